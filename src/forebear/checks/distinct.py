"""Distinct: there are as many different values as there should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from forebear.core.checking import Ask, Check, Outcome, Shape, Stat, failed, passed

__all__ = ["Distinct"]


class Distinct(Check, frozen=True, kw_only=True, omit_defaults=True):
    """The number of different values lies between `least` and `greatest`."""

    kind: ClassVar[str] = "distinct"

    column: str
    least: int = 1
    greatest: int | None = None

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask how many there are."""
        return [Stat("distinct", self.column)]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail outside the bounds."""
        (count,) = found
        expected = {"least": self.least, "greatest": self.greatest}
        told = f"{self.column} has {count:,} different values"
        if count < self.least:
            return failed(f"{told}, fewer than {self.least:,}", count, expected)
        if self.greatest is not None and count > self.greatest:
            return failed(f"{told}, more than {self.greatest:,}", count, expected)
        return passed(told, count, expected)
