"""Mean: the average lies where it should."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from forebear.core.checking import Ask, Check, Outcome, Shape, Stat, failed, no_numbers, passed
from forebear.core.suggesting import Seen, spread

__all__ = ["Mean"]


class Mean(Check, frozen=True, kw_only=True, omit_defaults=True):
    """The mean of a column lies between `least` and `greatest`."""

    kind: ClassVar[str] = "mean"

    column: str
    least: float
    greatest: float

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask for the mean."""
        return [Stat("mean", self.column)]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail outside the bounds."""
        (mean,) = found
        expected = {"least": self.least, "greatest": self.greatest}
        if mean is None:
            return no_numbers(self.column, shape)
        told = f"the mean of {self.column} is {mean:.6g}"
        outcome = passed if self.least <= mean <= self.greatest else failed
        return outcome(f"{told}; {self.least:g} to {self.greatest:g} is allowed", mean, expected)

    @classmethod
    def suggest(cls, seen: Seen) -> Iterable[tuple[Check, str]]:
        """Suggest a quarter of a deviation around, more where chance or versions vary more."""
        for name, column in seen.numbers():
            unlike = column.type == "integer" and column.distinct == seen.rows - column.nulls
            if unlike or not column.std or column.mean is None:
                continue
            means = [one.mean for one in seen.of(name) if one.mean is not None]
            count = max(seen.rows - column.nulls, 1)
            room = max(column.std / 4, 6 * column.std / math.sqrt(count), 3 * spread(means))
            low, high = min(means) - room, max(means) + room
            told = seen.between(f"{min(means):.4g}", f"{max(means):.4g}")
            why = f"{told}, and room for chance"
            bounds = [float(f"{bound:.4g}") for bound in (low, high)]
            if bounds[0] < bounds[1]:
                yield cls(column=name, least=bounds[0], greatest=bounds[1], severity="warn"), why
