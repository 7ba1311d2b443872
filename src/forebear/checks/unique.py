"""Unique: no value comes twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from forebear.core.checking import (
    Ask,
    Check,
    Outcome,
    Shape,
    Stat,
    failed,
    passed,
    quoted,
    rows_of,
)
from forebear.core.suggesting import Seen

__all__ = ["Unique"]

_ENOUGH = 20


class Unique(Check, frozen=True, kw_only=True, omit_defaults=True):
    """No value comes twice; absent ones don't count."""

    kind: ClassVar[str] = "unique"

    column: str

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask how many values there are, and how many different ones."""
        return [Stat("rows"), Stat("nulls", self.column), Stat("distinct", self.column)]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail where there are fewer different values than values."""
        rows, nulls, distinct = found
        repeated = rows - nulls - distinct
        if repeated <= 0:
            return passed(f"no value of {self.column} comes twice", 0, 0, offending=0)
        told = f"{self.column} has an earlier value again in {rows_of(repeated)}"
        return failed(told, repeated, 0, offending=repeated)

    def offenders(self, shape: Shape) -> str | None:
        """Return the rows whose value came before."""
        column = quoted(self.column)
        return (
            f"SELECT place FROM (SELECT place, row_number() OVER (PARTITION BY {column}"
            f" ORDER BY place) AS nth FROM data WHERE {column} IS NOT NULL) WHERE nth > 1"
        )

    @classmethod
    def suggest(cls, seen: Seen) -> Iterable[tuple[Check, str]]:
        """Suggest it where it held in all versions, and not by the chance of exact figures."""
        for name, column in seen.columns.items():
            whole = column.type in ("integer", "text") and column.nulls < seen.rows - _ENOUGH
            if whole and all(
                one.columns[name].distinct == one.rows - one.columns[name].nulls
                for one in (seen, *seen.earlier)
                if name in one.columns
            ):
                yield cls(column=name), f"no value came twice in {seen.versions()}"
