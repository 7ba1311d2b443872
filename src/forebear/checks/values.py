"""Values: nothing comes but what is known."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from forebear.core.checking import (
    Check,
    Outcome,
    RowCheck,
    Shape,
    among,
    failed,
    passed,
    share,
)
from forebear.core.suggesting import Seen, rounded_up

__all__ = ["Values"]

_MOST = 60


class Values(RowCheck, frozen=True, kw_only=True, omit_defaults=True):
    """Each value is one of `among`; case and blanks count."""

    kind: ClassVar[str] = "values"

    column: str
    among: Annotated[list[str | int | float | bool], Meta(min_length=1)]

    def bad(self, shape: Shape) -> str:
        """Return what holds for a value that is not among them."""
        return f"NOT ({among(self.column, self.among, shape)})"

    def words(self) -> str:
        """Return how many values there may be."""
        return f"one of {len(self.among)} known values"

    def expects(self) -> Any:
        """Return the values."""
        return self.among

    def judge_seen(self, seen: Seen, shape: Shape) -> Outcome | None:
        """Compare the categories of a profile, where they are all there."""
        column = seen.columns[self.column]
        if self.most or not column.values or shape.columns.get(self.column) != "text":
            return None
        unknown = sorted(set(column.values) - {str(one) for one in self.among})
        if unknown:
            count = sum(column.values[value] for value in unknown)
            told = f"{self.column} is not {self.words()} in {count:,} rows or more"
            return failed(told, count, self.expects(), offending=count)
        if column.others:
            return None
        return passed(f"{self.column} is {self.words()}", 0, self.expects(), offending=0)

    @classmethod
    def suggest(cls, seen: Seen) -> Iterable[tuple[Check, str]]:
        """Suggest the values of columns with few; rare ones are not listed, but have room."""
        for name, column in seen.columns.items():
            versions = [one for one in seen.of(name) if one.values]
            known = sorted({value for one in versions for value in one.values})
            if column.type != "text" or column.sensitive or not known or len(known) > _MOST:
                continue
            if not column.others:
                yield cls(column=name, among=[*known]), f"all values in {seen.versions()}"
                continue
            rare = column.others / seen.rows
            most = rounded_up(rare + 3 * math.sqrt(rare / seen.rows))
            why = (
                f"the common values in {seen.versions()}; {share(rare)} of the rows have rarer ones"
            )
            yield cls(column=name, among=[*known], most=most), why
