"""Referential integrity: each value is known in another table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from forebear.core.checking import Ask, Check, Outcome, Query, Shape, Stat, failed, passed, quoted

__all__ = ["Referential"]


class Referential(Check, frozen=True, kw_only=True, omit_defaults=True):
    """Each value of `column` is a value of `key` in another table `within`: a ref or a file."""

    kind: ClassVar[str] = "referential"

    column: str
    within: str
    key: str | None = None
    """Its column there; the same name if it is not said."""

    @property
    def another(self) -> str | None:
        """Return the other table."""
        return self.within

    def _unknown(self, what: str) -> str:
        column, key = quoted(self.column), quoted(self.key or self.column)
        return (
            f"SELECT {what} FROM data WHERE {column} IS NOT NULL AND CAST({column} AS VARCHAR)"
            f" NOT IN (SELECT CAST({key} AS VARCHAR) FROM other WHERE {key} IS NOT NULL)"
        )

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask how many are not known there."""
        return [Query(self._unknown("count(*)")), Stat("rows")]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail where any is not known there."""
        unknown, rows = found
        told = f"{self.column} is not known in {self.within} in {unknown:,} of {rows:,} rows"
        if unknown:
            return failed(told, unknown, 0, offending=unknown)
        return passed(f"each {self.column} is known in {self.within}", 0, 0, offending=0)

    def offenders(self, shape: Shape) -> str | None:
        """Return the rows with unknown values."""
        return self._unknown("place")
