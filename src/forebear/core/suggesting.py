"""What trusted data looked like, from which checks are inferred; and how much room a bound needs.

A bound that sits on the last value seen fails on the next good version, and after the third such
alarm nobody looks any more. So bounds have room: what chance does in samples of this size, what
the versions before did among themselves, and a little for what was never seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from forebear.core.checking import Ask, Check, ColumnType, Outcome, Shape, Stat, failed, skipped

__all__ = ["ColumnSeen", "Seen", "known_of", "rounded_down", "rounded_up", "spread"]


class ColumnSeen(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One column of one version."""

    type: ColumnType
    nulls: int = 0
    distinct: int | None = None
    least: float | None = None
    """Figures of numbers; None where a column holds none."""
    greatest: float | None = None
    mean: float | None = None
    std: float | None = None
    quantiles: dict[float, float] = {}
    values: dict[str, int] = {}
    """How often each value comes, where they are few, of those that several rows share."""
    others: int = 0
    """Rows with rarer values."""
    sensitive: bool = False
    """It may tell who somebody is: its values are written nowhere."""


class Seen(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One trusted version, and those before it, the newest first."""

    rows: int
    columns: dict[str, ColumnSeen]
    earlier: list[Seen] = []

    def of(self, column: str) -> list[ColumnSeen]:
        """Return a column in this version and in those before that have it."""
        return [one.columns[column] for one in (self, *self.earlier) if column in one.columns]

    def answer(self, ask: Ask) -> float | None:
        """Return a figure that a check asks for; None where it is not known exactly."""
        if not isinstance(ask, Stat):
            return None
        if ask.what == "rows":
            return self.rows
        column = self.columns.get(ask.column or "")
        if column is None:
            return None
        known = {
            "nulls": column.nulls,
            "distinct": column.distinct,
            "min": column.least,
            "max": column.greatest,
            "mean": column.mean,
            "std": column.std,
        }
        return known.get(ask.what)

    def numbers(self) -> Iterator[tuple[str, ColumnSeen]]:
        """Yield the columns of numbers of which the figures are known."""
        for name, column in self.columns.items():
            if column.type in ("integer", "number") and column.least is not None:
                yield name, column

    def between(self, least: str, greatest: str) -> str:
        """Return what was seen from the least to the greatest, and in how many versions.

        >>> Seen(rows=1, columns={}).between("3", "3")
        '3 in 1 version'
        """
        span = least if least == greatest else f"{least} to {greatest}"
        return f"{span} in {self.versions()}"

    def versions(self) -> str:
        """Return how many versions were looked at, in words."""
        count = 1 + len(self.earlier)
        return "1 version" if count == 1 else f"{count} versions"


def spread(values: Sequence[float]) -> float:
    """Return how far values lie from each other, as a standard deviation; 0 for fewer than two.

    >>> spread([1.0, 3.0])
    1.4142135623730951
    """
    if len(values) < 2:
        return 0.0
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def rounded_up(value: float, digits: int = 2) -> float | int:
    """Return a bound for people, never smaller than `value`, with so many digits that count.

    >>> rounded_up(99.03), rounded_up(-0.01234), rounded_up(1234567)
    (100, -0.012, 1300000)
    """
    return _rounded(value, digits, math.ceil)


def rounded_down(value: float, digits: int = 2) -> float | int:
    """Return a bound for people, never greater than `value`.

    >>> rounded_down(10.7), rounded_down(-1.234)
    (10, -1.3)
    """
    return _rounded(value, digits, math.floor)


def _rounded(value: float, digits: int, towards: Callable[[float], int]) -> float | int:
    if value == 0 or not math.isfinite(value):
        return value
    places = digits - 1 - math.floor(math.log10(abs(value)))
    scaled = value * 10.0**places
    # 3 * 0.1 is a little more than 0.3, which must not become 0.4.
    whole = round(scaled) if math.isclose(scaled, round(scaled), rel_tol=1e-9) else None
    found = whole if whole is not None else towards(scaled)
    result = found * 10.0**-places if places < 0 else found / 10.0**places
    return int(result) if float(result).is_integer() else result


def known_of(check: Check, seen: Seen) -> Outcome | None:
    """Return what a check makes of what was seen, without the rows; None where it needs them."""
    shape = Shape(columns={name: column.type for name, column in seen.columns.items()})
    lacking = [name for name in check.involved() if name not in shape.columns]
    if lacking:
        return failed(f"there is no column {lacking[0]}")
    if seen.rows == 0 and not check.on_empty:
        return skipped("there are no rows")
    by_itself = check.judge_seen(seen, shape)
    if by_itself is not None:
        return by_itself
    asks = check.asks(shape)
    answers = [seen.answer(ask) for ask in asks]
    if not asks or any(answer is None for answer in answers):
        return check.judge((), shape) if not asks else None
    return check.judge(answers, shape)
