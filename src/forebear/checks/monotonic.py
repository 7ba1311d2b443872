"""Monotonic: values rise, or fall, from row to row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from forebear.core.checking import (
    Ask,
    Check,
    Outcome,
    Query,
    Shape,
    failed,
    passed,
    quoted,
    rows_of,
)

__all__ = ["Monotonic"]


class Monotonic(Check, frozen=True, kw_only=True, omit_defaults=True):
    """Values rise (or fall) from row to row in the order of the file, `strictly` without equals."""

    kind: ClassVar[str] = "monotonic"

    column: str
    way: Literal["rising", "falling"] = "rising"
    strictly: bool = False

    def _steps(self) -> str:
        """Return the rows with the value before; absent values are passed over."""
        column = quoted(self.column)
        return (
            f"SELECT place, {column} AS now, lag({column}) OVER (ORDER BY place) AS before FROM"
            f" (SELECT {column}, row_number() OVER () - 1 AS place FROM data)"
            f" WHERE {column} IS NOT NULL"
        )

    def _wrong(self) -> str:
        sign = {"rising": "<", "falling": ">"}[self.way]
        return f"now {sign}{'=' if self.strictly else ''} before"

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask how many steps go the wrong way."""
        return [Query(f"SELECT count(*) FROM ({self._steps()}) WHERE {self._wrong()}")]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail where any does."""
        (wrong,) = found
        how = f"{'strictly ' if self.strictly else ''}{self.way}"
        if not wrong:
            return passed(f"{self.column} is {how}", 0, how, offending=0)
        told = f"{self.column} is not {how}: it goes the other way in {rows_of(wrong)}"
        return failed(told, wrong, how, offending=wrong)

    def offenders(self, shape: Shape) -> str | None:
        """Return the rows after which it goes the wrong way."""
        return f"SELECT place FROM ({self._steps()}) WHERE {self._wrong()}"
