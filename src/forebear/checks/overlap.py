"""Overlap: rows of one table are not in another, as test data must not be in training data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from forebear.core.checking import (
    Ask,
    Check,
    Outcome,
    Part,
    Query,
    Shape,
    Stat,
    failed,
    passed,
    quoted,
    share,
)

__all__ = ["Overlap"]


class Overlap(Check, frozen=True, kw_only=True, omit_defaults=True):
    """At most a share `most` of the rows is in `other` too, the same in all `columns`."""

    kind: ClassVar[str] = "overlap"

    other: str
    columns: list[str] = []
    """What makes two rows the same: a key, or all columns if none is said."""
    most: Part = 0.0

    @property
    def another(self) -> str | None:
        """Return the other table."""
        return self.other

    def _shared(self, what: str, shape: Shape) -> str:
        names = [quoted(name) for name in self.columns or shape.columns]
        same = " AND ".join(
            f"CAST(data.{name} AS VARCHAR) IS NOT DISTINCT FROM CAST(other.{name} AS VARCHAR)"
            for name in names
        )
        return f"SELECT {what} FROM data SEMI JOIN other ON {same}"

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask how many rows are in both."""
        return [Query(self._shared("count(*)", shape)), Stat("rows")]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail where more are than may be."""
        shared, rows = found
        told = f"in {self.other} too: {shared:,} of {rows:,} rows ({share(shared / rows)})"
        outcome = passed if shared <= self.most * rows else failed
        return outcome(told, shared / rows, self.most, offending=shared)

    def offenders(self, shape: Shape) -> str | None:
        """Return the rows that are there too."""
        return self._shared("place", shape)
