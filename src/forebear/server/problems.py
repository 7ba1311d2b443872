"""Errors on the wire: problem details (RFC 9457), one form for whatever goes wrong."""

from __future__ import annotations

import logging
import math
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import msgspec
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match

from forebear.core.errors import ForebearError, StoreError, TooMany
from forebear.core.ids import new_id

__all__ = ["HANDLERS", "ProblemDetails", "headers_of", "problem"]

_MEDIA: Final = "application/problem+json"
_HEADERS: Final[dict[int, dict[str, str]]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": 'Bearer realm="forebear"'},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "1"},
}
_LONGEST: Final = 300
_log = logging.getLogger(__name__)


class ProblemDetails(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong: for programs (`type`, `code`), and in a sentence for people."""

    type: str
    """`urn:forebear:error:` and the code."""
    title: str
    status: int
    detail: str
    code: str
    hint: str | None = None
    """What to do next."""
    incident: str | None = None
    """Under which the server's log has more of what should not have happened."""


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    hint: str | None = None,
    incident: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return the response that says what went wrong."""
    body = ProblemDetails(
        type=f"urn:forebear:error:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        hint=hint,
        incident=incident,
    )
    return Response(msgspec.json.encode(body), status, headers, media_type=_MEDIA)


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, ForebearError)
    if isinstance(error, StoreError):
        return _unable(request, error)
    return problem(
        error.status, error.code, error.message, hint=error.hint, headers=headers_of(error)
    )


def headers_of(error: ForebearError) -> dict[str, str]:
    """Return the headers that tell clients what to do about an error, in whatever form it is."""
    if isinstance(error, TooMany):
        return {"Retry-After": str(max(1, math.ceil(error.after)))}
    return _HEADERS.get(error.status, {})


def _unable(request: Request, error: StoreError) -> Response:
    # What it says is for who runs the server: where things lie is nobody else's business.
    incident = new_id()
    what = f"{error.message} {error.hint or ''}".rstrip()
    _log.error(
        "%s %s was not answered (incident %s): %s",
        _quoted(request.method),
        _quoted(request.scope["path"]),
        incident,
        what,
    )
    return problem(
        error.status,
        error.code,
        error.plain,
        hint="Whoever runs the server finds more in its log, under the incident's id.",
        incident=incident,
        headers=headers_of(error),
    )


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.NOT_FOUND:
        detail, hint = "There is nothing at this address.", "/openapi.json lists what there is."
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        detail, hint = f"This address does not take {request.method}.", None
        headers["Allow"] = ", ".join(_methods(request))
    else:
        detail, hint = error.detail, None
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return problem(error.status_code, code, detail, hint=hint, headers=headers or None)


def _methods(request: Request) -> list[str]:
    """Return what the address takes: each method has a route of its own."""
    return sorted(
        {
            method
            for route in request.app.routes
            if route.matches(request.scope)[0] is not Match.NONE
            for method in getattr(route, "methods", None) or ()
        }
    )


async def _unexpected(request: Request, error: Exception) -> Response:
    # The body says nothing of the error: its text may hold what the caller must not see.
    incident = new_id()
    what = _quoted(request.method), _quoted(request.scope["path"])
    _log.error("%s %s failed (incident %s)", *what, incident, exc_info=error)
    return problem(
        500,
        "internal",
        "The server failed at this request; nothing was changed by it.",
        hint="Tell whoever runs the server the incident's id: its log has more.",
        incident=incident,
    )


def _quoted(said: str) -> str:
    """Return what a stranger has written as one line of the log that shows itself as it is."""
    return quote(said, safe="/:@", errors="replace")[:_LONGEST]


async def _gone(_: Request, __: Exception) -> Response:
    # Whoever asked has hung up: this is never read, and nothing is wrong with the server.
    return Response(status_code=HTTPStatus.BAD_REQUEST)


HANDLERS: Final = {
    ClientDisconnect: _gone,
    ForebearError: _known,
    HTTPException: _http,
    Exception: _unexpected,
}
"""Handlers of exceptions, for Starlette."""
