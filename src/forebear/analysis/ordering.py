"""The order of what a search found, in the words of MLflow: `metrics.f1 DESC`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Final, TypeVar

from forebear.analysis.filters import Fields, sort_key
from forebear.core.errors import InvalidInput

__all__ = ["sorted_by"]

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

    Raises:
        InvalidInput: a clause is not in the language, or names what there is not.
    """
    ordered = sorted(found, key=tie)
    for clause in reversed(clauses):
        kind, key, down = _clause(clause, fields)
        ranks: tuple[list[tuple[Any, T]], ...] = ([], [], [])
        for one in ordered:
            rank, by = sort_key(value(one, kind, key))
            ranks[rank].append((by, one))
        ranks[0].sort(key=itemgetter(0), reverse=down)
        ordered = [one for rank in ranks for _, one in rank]
    return ordered


def _clause(clause: str, fields: Fields) -> tuple[str, str, bool]:
    found = _CLAUSE.fullmatch(clause) if len(clause) < 1000 else None
    if found is None:
        raise InvalidInput(f"Invalid order_by clause '{clause[:200]}'.")
    said = (found["kind"] or "attribute").lower().rstrip("s")
    kind = _KINDS.get(said, "attribute")
    key = found["key"].strip('`"')
    down = (found["way"] or "asc").lower() == "desc"
    if kind != "attribute" and kind in fields.kinds:
        return kind, key, down
    key = fields.renamed.get(key, key)
    if said not in {"attribute", "attr", "run"} or key not in fields.attributes:
        raise InvalidInput(
            f"Invalid order_by clause '{clause[:200]}'. Valid keys are {sorted(fields.attributes)}"
        )
    return "attribute", key, down
