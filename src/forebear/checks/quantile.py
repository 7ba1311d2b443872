"""Quantile: so much of the data lies below a bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from forebear.core.checking import Ask, Check, Outcome, Shape, Stat, failed, no_numbers, passed

__all__ = ["Quantile"]


class Quantile(Check, frozen=True, kw_only=True, omit_defaults=True):
    """The quantile `at` (0.5 is the median) lies between `least` and `greatest`."""

    kind: ClassVar[str] = "quantile"

    column: str
    at: float
    least: float | None = None
    greatest: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.at <= 1:
            raise ValueError(f"`at` is a part of the rows, from 0 to 1, not {self.at}")
        if self.least is None and self.greatest is None:
            raise ValueError("`least` or `greatest` has to be said")

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask for the quantile."""
        return [Stat("quantile", self.column, self.at)]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail outside the bounds."""
        (value,) = found
        expected = {"least": self.least, "greatest": self.greatest}
        if value is None:
            return no_numbers(self.column, shape)
        below = self.least is not None and value < self.least
        above = self.greatest is not None and value > self.greatest
        told = f"the quantile {self.at:g} of {self.column} is {value:.6g}"
        if not below and not above:
            return passed(told, value, expected)
        bound = f"at least {self.least:g}" if below else f"at most {self.greatest:g}"
        return failed(f"{told}, and should be {bound}", value, expected)
