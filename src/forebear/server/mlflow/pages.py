"""Pages of what a search found."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TypeVar

from forebear.server.mlflow.errors import invalid
from forebear.server.mlflow.values import Body, optional

__all__ = ["page"]

T = TypeVar("T")


def page(found: Sequence[T], body: Body, size: int, most: int) -> tuple[list[T], str | None]:
    """Return one page of what was found, and what asks for the next one."""
    if not 0 < size <= most:
        rule = f"at most {most}" if size > most else "a positive integer"
        raise invalid(
            f"Invalid value {size} for parameter 'max_results' supplied. It must be {rule}."
        )
    start = _start(optional(body, "page_token"))
    end = start + size
    token = base64.b64encode(str(end).encode()).decode() if end < len(found) else None
    return list(found[start:end]), token


def _start(token: str | None) -> int:
    if token is None:
        return 0
    try:
        said = base64.b64decode(token, validate=True).decode()
    except ValueError:
        said = ""
    if not (said.isascii() and said.isdigit() and len(said) < 12):
        raise invalid("Invalid page token, could not base64-decode")
    return int(said)
