"""Standard deviation: values vary as much as they should."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from forebear.core.checking import (
    Ask,
    Check,
    Outcome,
    Shape,
    Stat,
    failed,
    no_numbers,
    passed,
    skipped,
)

__all__ = ["StandardDeviation"]


class StandardDeviation(Check, frozen=True, kw_only=True, omit_defaults=True):
    """The standard deviation of a column lies between `least` and `greatest`."""

    kind: ClassVar[str] = "std"

    column: str
    least: float = 0.0
    greatest: float

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask for the deviation."""
        return [Stat("std", self.column)]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail outside the bounds."""
        (std,) = found
        expected = {"least": self.least, "greatest": self.greatest}
        if std is None and not shape.numeric(self.column):
            return no_numbers(self.column, shape)
        if std is None:
            return skipped(f"{self.column} holds fewer than two numbers")
        told = f"the standard deviation of {self.column} is {std:.6g}"
        outcome = passed if self.least <= std <= self.greatest else failed
        return outcome(f"{told}; {self.least:g} to {self.greatest:g} is allowed", std, expected)
