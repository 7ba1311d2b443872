"""Range: numbers lie between two bounds."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from forebear.core.checking import (
    Check,
    Outcome,
    RowCheck,
    Shape,
    failed,
    number,
    passed,
    quoted,
)
from forebear.core.suggesting import ColumnSeen, Seen, rounded_down, rounded_up

__all__ = ["Range"]

_SCALES = 6
"""Lengths of an exponential tail in which all but one in 400 of the next highest values lie."""
_HEAVY = 4
_SKEWED = 4
"""Times the median at which the last hundredth begins where a column is skewed."""
_NATURAL: Final = {
    "second": (0, 59),
    "minute": (0, 59),
    "hour": (0, 23),
    "day": (1, 31),
    "month": (1, 12),
    "quarter": (1, 4),
    "week": (1, 53),
    "dayofyear": (1, 366),
}
"""What numbers of a name can be, where what was seen is so and spans at least half of it."""


class Range(RowCheck, frozen=True, kw_only=True, omit_defaults=True):
    """Each number lies between `least` and `greatest`; what is no number is outside."""

    kind: ClassVar[str] = "range"

    column: str
    least: float | int | None = None
    greatest: float | int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.least is None and self.greatest is None:
            raise ValueError("`least` or `greatest` has to be said")

    def bad(self, shape: Shape) -> str:
        """Return what holds outside the bounds."""
        column = quoted(self.column)
        value = column if shape.numeric(self.column) else number(self.column)
        outside = []
        if not shape.numeric(self.column):
            outside.append(f"({column} IS NOT NULL AND {value} IS NULL)")
        if self.least is not None:
            outside.append(f"{value} < {self.least!r}")
        if self.greatest is not None:
            outside.append(f"{value} > {self.greatest!r}")
        return f"({' OR '.join(outside)})"

    def words(self) -> str:
        """Return the bounds."""
        if self.greatest is None:
            return f"at least {self.least}"
        if self.least is None:
            return f"at most {self.greatest}"
        return f"between {self.least} and {self.greatest}"

    def expects(self) -> Any:
        """Return the bounds as they are recorded."""
        return {"least": self.least, "greatest": self.greatest}

    def judge_seen(self, seen: Seen, shape: Shape) -> Outcome | None:
        """Compare the smallest and the greatest with the bounds; how many offend is not known."""
        column = seen.columns[self.column]
        if self.most or column.least is None or column.greatest is None:
            return None
        below = self.least is not None and column.least < self.least
        above = self.greatest is not None and column.greatest > self.greatest
        if not below and not above:
            return passed(f"{self.column} is {self.words()}", None, self.expects())
        return failed(f"{self.column} is not {self.words()} everywhere", None, self.expects())

    @classmethod
    def suggest(cls, seen: Seen) -> Iterable[tuple[Check, str]]:
        """Suggest what was seen, with a tenth of its width as room, more where a tail is long."""
        for name, column in seen.numbers():
            known = [one for one in seen.of(name) if one.least is not None]
            least = min(one.least for one in known if one.least is not None)
            greatest = max(one.greatest for one in known if one.greatest is not None)
            why = seen.between(f"{least:g}", f"{greatest:g}")
            fixed = all(one.least == one.greatest for one in known)
            natural = _natural(name, least, greatest, some=fixed)
            if natural is not None:
                word = f"{why}, and by its name it may be {natural[0]} to {natural[1]}"
                yield cls(column=name, least=natural[0], greatest=natural[1]), word
                continue
            if fixed or not math.isfinite(greatest - least):
                # One value in each version tells nothing of the next, and infinite ones have no
                # bounds.
                continue
            if column.distinct == seen.rows - column.nulls and column.type == "integer":
                continue  # a number for each row grows with the rows
            if (least, greatest) == (0, 1):
                yield cls(column=name, least=0, greatest=1), f"{why}: parts of a whole"
                continue
            low, high = _bounds(column, least, greatest)
            yield cls(column=name, least=low, greatest=high), f"{why}, and room for what is rarer"


def _bounds(column: ColumnSeen, least: float, greatest: float) -> tuple[float, float]:
    """Return bounds with a tenth of what was seen as room, and more where a tail is long."""
    room = (greatest - least) / 10
    at = column.quantiles
    low = least - max(room, _tail(at.get(0.05), at.get(0.01), least))
    high = greatest + max(room, _tail(at.get(0.95), at.get(0.99), greatest))
    if least >= 0 and 0 < _SKEWED * at.get(0.5, 0) < at.get(0.99, 0):
        # Such a tail grows by factors, not by steps.
        factor = (at[0.99] / at[0.95]) ** (_SCALES / math.log(5))
        high = max(high, greatest * factor)
    low, high = rounded_down(low), rounded_up(high)
    if column.type == "integer":
        low, high = math.floor(low), math.ceil(high)
    return (max(low, 0) if least >= 0 else low), high


def _natural(
    name: str, least: float, greatest: float, *, some: bool = False
) -> tuple[int, int] | None:
    """Return the bounds that a column's last word has: `pickup_hour` is an hour.

    What was seen has to span at least half of them, unless it is `some` of them only.

    >>> _natural("pickup_hour", 5, 22), _natural("pickup_hour", 5, 30), _natural("hour", 5, 6)
    ((0, 23), None, None)
    """
    low, high = _NATURAL.get(name.lower().rpartition("_")[2], (0, -1))
    within = low <= least and greatest <= high
    return (low, high) if within and (some or 2 * (greatest - least) >= high - low) else None


def _tail(inner: float | None, outer: float | None, end: float) -> float:
    """Return how far beyond the last value the next may lie, by the last twentieth of the rows."""
    if inner is None or outer is None:
        return 0.0
    # Of an exponential tail a fifth of the last twentieth is left after ln 5 lengths.
    last, beyond = abs(outer - inner), abs(end - outer)
    heavy = _HEAVY * beyond if beyond > last else 0.0
    return max(_SCALES * last / math.log(5), heavy)
