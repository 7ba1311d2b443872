"""Errors as MLflow's client expects them: a code that it branches on, and a message."""

from __future__ import annotations

import logging
from typing import Final

from forebear.core.errors import ForebearError, StoreError

__all__ = ["MlflowError", "exists", "invalid", "missing", "translated"]

_log = logging.getLogger(__name__)
_STATUS: Final = {
    "INVALID_PARAMETER_VALUE": 400,
    "RESOURCE_ALREADY_EXISTS": 400,
    "INVALID_STATE": 400,
    "BAD_REQUEST": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "RESOURCE_DOES_NOT_EXIST": 404,
    "ENDPOINT_NOT_FOUND": 404,
    "RESOURCE_CONFLICT": 409,
    "REQUEST_LIMIT_EXCEEDED": 413,
    "RESOURCE_EXHAUSTED": 429,
    "NOT_IMPLEMENTED": 501,
    "TEMPORARILY_UNAVAILABLE": 503,
}
_CODES: Final = {
    400: "INVALID_PARAMETER_VALUE",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "RESOURCE_DOES_NOT_EXIST",
    409: "RESOURCE_CONFLICT",
    413: "REQUEST_LIMIT_EXCEEDED",
    421: "PERMISSION_DENIED",
    422: "INVALID_PARAMETER_VALUE",
    429: "RESOURCE_EXHAUSTED",
    503: "TEMPORARILY_UNAVAILABLE",
}


class MlflowError(Exception):
    """What a call answers in place of what was asked for."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, _STATUS[code]


def missing(message: str) -> MlflowError:
    """Return the error for a thing that is not there."""
    return MlflowError("RESOURCE_DOES_NOT_EXIST", message)


def exists(message: str) -> MlflowError:
    """Return the error for a thing that is there already."""
    return MlflowError("RESOURCE_ALREADY_EXISTS", message)


def invalid(message: str) -> MlflowError:
    """Return the error for a value that can't be."""
    return MlflowError("INVALID_PARAMETER_VALUE", message)


def translated(error: ForebearError) -> MlflowError:
    """Return one of our errors in MLflow's words."""
    if isinstance(error, StoreError):
        _log.error("A call was not answered: %s", error.message)
        return MlflowError("TEMPORARILY_UNAVAILABLE", error.plain)
    hint = f" {error.hint}" if error.hint else ""
    return MlflowError(_CODES.get(error.status, "BAD_REQUEST"), error.message + hint)
