"""Order and pages of what a search found."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from forebear.server.mlflow.errors import invalid
from forebear.server.mlflow.filters import Fields, sort_key
from forebear.server.mlflow.values import Body, optional

__all__ = ["page", "sorted_by"]

T = TypeVar("T")

_CLAUSE: Final = re.compile(
    r"\s*(?:(?P<kind>\w+)\.)?(?P<key>`[^`]+`|\"[^\"]+\"|[^\s`\"]+)(?:\s+(?P<way>asc|desc))?\s*",
    re.IGNORECASE,
)
_KINDS: Final = {"metric": "metric", "param": "param", "tag": "tag", "parameter": "param"}


def sorted_by(
    found: Sequence[T],
    clauses: Sequence[str],
    fields: Fields,
    value: Callable[[T, str, str], Any],
    tie: Callable[[T], Any],
) -> list[T]:
    """Return what was found in the order of the clauses (`metrics.f1 DESC`); `tie` decides last.

    Whatever lacks a value comes last, whichever way it is sorted.
    """
    ordered = sorted(found, key=tie)
    for clause in reversed(clauses):
        kind, key, down = _clause(clause, fields)
        there: list[T] = []
        lacking: list[T] = []
        for one in ordered:
            (lacking if value(one, kind, key) is None else there).append(one)

        def by(one: T, kind: str = kind, key: str = key) -> Any:
            return sort_key(value(one, kind, key))

        numbers = [one for one in there if by(one)[0] == 0]
        odd = [one for one in there if by(one)[0] != 0]
        numbers.sort(key=by, reverse=down)
        ordered = [*numbers, *odd, *lacking]
    return ordered


def page(found: Sequence[T], body: Body, size: int, most: int) -> tuple[list[T], str | None]:
    """Return one page of what was found, and what asks for the next one."""
    if not 0 < size <= most:
        raise invalid(
            f"Invalid value {size} for parameter 'max_results' supplied. It must be at least 1"
            f" and at most {most}."
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


def _clause(clause: str, fields: Fields) -> tuple[str, str, bool]:
    found = _CLAUSE.fullmatch(clause) if len(clause) < 1000 else None
    if found is None:
        raise invalid(f"Invalid order_by clause '{clause[:200]}'.")
    said = (found["kind"] or "attribute").lower().rstrip("s")
    kind = _KINDS.get(said, "attribute")
    key = found["key"].strip('`"')
    down = (found["way"] or "asc").lower() == "desc"
    if kind != "attribute" and kind in fields.kinds:
        return kind, key, down
    key = fields.renamed.get(key, key)
    if said not in {"attribute", "attr", "run"} or key not in fields.texts | fields.numbers:
        raise invalid(
            f"Invalid order_by clause '{clause[:200]}'. Valid keys are"
            f" {sorted(fields.texts | fields.numbers)}"
        )
    return "attribute", key, down
