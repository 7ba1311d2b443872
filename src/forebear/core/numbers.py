"""The summary of a column's numbers: extremes, moments, quantiles, a histogram, distinct values."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from forebear.core.sketches import (
    EXACT_WHOLE,
    NO_BUCKETS,
    ZERO,
    Bounded,
    Buckets,
    Exact,
    distinct_of,
    key_of,
    number_hash,
    registers_of,
    union,
)

__all__ = ["NO_NUMBERS", "Numbers", "numbers_of"]


class Numbers(Struct, frozen=True, kw_only=True, array_like=True):
    """What is known of many numbers; `merged` is exact, associative and commutative."""

    count: int = 0
    """Finite ones: NaN and infinities are counted beside them."""
    low: int | float = 0
    high: int | float = 0
    total: Exact = ZERO
    squares: Exact = ZERO
    zeros: int = 0
    nans: int = 0
    plus_infinite: int = 0
    minus_infinite: int = 0
    buckets: Buckets = NO_BUCKETS
    registers: bytes = b""
    """For the number of distinct ones, where the buckets don't say it exactly."""

    @property
    def listed(self) -> bool:
        """Tell whether the buckets are the distinct numbers themselves, with their counts."""
        return not self.buckets.shift and max(abs(self.low), abs(self.high)) <= EXACT_WHOLE

    def merged(self, other: Numbers) -> Numbers:
        """Return the summary of both together."""
        if not self.count or not other.count:
            full, empty = (self, other) if self.count else (other, self)
            return _beside(full, empty)
        both = Numbers(
            count=self.count + other.count,
            low=min(self.low, other.low),
            high=max(self.high, other.high),
            total=self.total + other.total,
            squares=self.squares + other.squares,
            zeros=self.zeros + other.zeros,
            buckets=self.buckets.merged(other.buckets),
            nans=self.nans,
            plus_infinite=self.plus_infinite,
            minus_infinite=self.minus_infinite,
        )
        if not both.listed:
            registers = union(self._hashed(), other._hashed())
            both = replace(both, registers=registers)
        return _beside(both, other)

    def _hashed(self) -> bytes:
        if self.registers:
            return self.registers
        return registers_of(number_hash(low) for low, _, _ in self.buckets.cells())

    # Figures

    @property
    def negatives(self) -> int:
        """How many are below zero, infinity too."""
        pairs = zip(self.buckets.keys, self.buckets.counts, strict=True)
        return sum(count for key, count in pairs if key < 0) + self.minus_infinite

    @property
    def distinct(self) -> Bounded:
        """How many different finite ones there are."""
        if self.listed:
            return _sure(len(self.buckets.counts))
        return distinct_of(self.registers)

    @property
    def mean(self) -> float | None:
        """The mean, correctly rounded."""
        return _rounded(self.total.fraction() / self.count) if self.count else None

    @property
    def variance(self) -> float | None:
        """The variance of a sample (divided by count - 1), correctly rounded."""
        if self.count < 2:
            return None
        return _rounded(self._second() / (self.count - 1))

    @property
    def std(self) -> float | None:
        """The standard deviation of a sample."""
        variance = self.variance
        return None if variance is None else math.sqrt(variance)

    def _second(self) -> Fraction:
        total = self.total.fraction()
        return self.squares.fraction() - total * total / self.count

    def skewness(self) -> Bounded | None:
        """The third standardised moment, from the buckets; null where all are equal."""
        return self._standardised(3)

    def kurtosis(self) -> Bounded | None:
        """The fourth standardised moment, 3 for a normal distribution, from the buckets."""
        return self._standardised(4)

    def _standardised(self, power: int) -> Bounded | None:
        second = self._second() if self.count else Fraction(0)
        std = math.sqrt(_rounded(second / self.count)) if second > 0 else 0.0
        mean = self.mean
        if not std or mean is None or not math.isfinite(std):
            return None
        value = low = high = 0.0
        for one, other, count in self._cells():
            a, b = (one - mean) / std, (other - mean) / std
            middle = (a + b) / 2
            least = 0.0 if power == 4 and a < 0 < b else min(a**power, b**power)
            value += count * middle**power
            low += count * least
            high += count * max(a**power, b**power)
        return Bounded(value / self.count, low / self.count, high / self.count)

    def _cells(self) -> list[tuple[float, float, int]]:
        """Return the buckets, none reaching beyond the extremes."""
        cells = self.buckets.cells()
        for place in {0, len(cells) - 1} if cells else ():  # only the outermost can
            low, high, count = cells[place]
            cells[place] = max(low, float(self.low)), min(high, float(self.high)), count
        return cells

    def quantile(self, q: float) -> Bounded | None:
        """Return the number at rank floor(q x (count - 1)), in order from the lowest.

        Its true value lies between the bounds, at most 1/128 of it apart.
        """
        if not self.count:
            return None
        rank = math.floor(q * (self.count - 1))
        if rank <= 0 or rank >= self.count - 1:
            return _sure(float(self.low if rank <= 0 else self.high))
        sums = list(accumulate(self.buckets.counts))
        cell = self.buckets.cell(bisect_left(sums, rank + 1))
        low, high = max(cell[0], float(self.low)), min(cell[1], float(self.high))
        return Bounded(low + (high - low) / 2, low, high)

    def histogram(self, edges: Sequence[float]) -> list[float]:
        """Return how many lie below the first edge, in [edge, next edge) each, from the last on.

        A bucket that an edge cuts is divided as if its numbers were spread evenly; with
        `listed` the counts are exact.
        """
        cells = self._cells()
        highs = [high for _, high, _ in cells]
        sums = list(accumulate((count for _, _, count in cells), initial=0))
        under = []
        for edge in edges:
            place = bisect_left(highs, edge)
            low, high, count = cells[place] if place < len(cells) else (edge, edge, 0)
            cut = count * ((edge - low) / (high - low)) if low < edge else 0.0
            under.append(sums[place] + cut)
        bounds = [0.0, *under, float(self.count)]
        return [after - before for before, after in pairwise(bounds)]

    def below(self, value: float) -> Bounded:
        """Return how many are smaller than `value`, between bounds."""
        sure = sum(count for _, high, count in self._cells() if high < value)
        open = sum(count for low, high, count in self._cells() if low < value <= high)
        return Bounded(self.histogram([value])[0], sure, sure + open)

    def frequencies(self) -> dict[float, int] | None:
        """Return each distinct number with its count, where there are few enough."""
        if not self.listed:
            return None
        return {low: count for low, _, count in self.buckets.cells()}


NO_NUMBERS: Final = Numbers()


def numbers_of(values: Sequence[int | float]) -> Numbers:
    """Return the summary of a few numbers, all whole or all float.

    >>> found = numbers_of([1, 2, 2, 10])
    >>> found.mean, found.quantile(0.5).value, found.distinct.value
    (3.75, 2.0, 3.0)
    """
    finite = [value + 0 for value in values if isinstance(value, int) or math.isfinite(value)]
    exact = [Fraction(value) for value in finite]
    counts = Counter(key_of(float(value)) for value in finite)
    found = Numbers(
        count=len(finite),
        low=min(finite, default=0),
        high=max(finite, default=0),
        total=Exact.of_fraction(sum(exact, Fraction(0))),
        squares=Exact.of_fraction(sum((value * value for value in exact), Fraction(0))),
        zeros=finite.count(0),
        nans=sum(value != value for value in values),  # noqa: PLR0124  (only NaN does)
        plus_infinite=sum(value == math.inf for value in values),
        minus_infinite=sum(value == -math.inf for value in values),
        buckets=Buckets.of(counts),
    )
    if found.listed:
        return found
    return replace(found, registers=registers_of(map(number_hash, finite)))


def _beside(numbers: Numbers, other: Numbers) -> Numbers:
    """Return `numbers` with what `other` counts beside its finite ones."""
    return replace(
        numbers,
        nans=numbers.nans + other.nans,
        plus_infinite=numbers.plus_infinite + other.plus_infinite,
        minus_infinite=numbers.minus_infinite + other.minus_infinite,
    )


def _sure(value: float) -> Bounded:
    return Bounded(value, value, value)


def _rounded(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
