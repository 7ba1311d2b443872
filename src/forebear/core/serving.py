"""What is in use: deployments with their traffic, what was counted of them, who consumes them.

A deployment is a run of the kind `serve` that used a model version and has not ended. What a
serving program counts is said window by window; windows of several workers, and parts of windows,
add up (`Usage.plus`), whatever the order.

>>> two = Latency().with_one(1_500_000).plus(Latency().with_one(40_000_000))
>>> two.count, two.quantile(0.5) < 2_000_000 < two.quantile(1.0)
(2, True)
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from forebear.core.statements import Topic

__all__ = [
    "CONSUMER",
    "TRAFFIC",
    "USAGE",
    "Buckets",
    "Consumer",
    "InputColumn",
    "Latency",
    "Traffic",
    "Usage",
    "bucket_of",
    "counts",
    "middle_of",
    "size_of",
]

_FINE: Final = 3
"""Bits that tell buckets apart between one power of two and the next: errors are below 1/16."""
_CELLS: Final = 1 << _FINE

Buckets = list[tuple[int, int]]
"""How many fell into each bucket: (bucket, count) in the order of buckets."""


class Traffic(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Said about a deployment: its part of the calls for its model in its environment."""

    share: float = 1.0
    shadow: bool = False
    """It gets copies of calls, and nobody sees its answers."""


class Latency(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How long calls took, in nanoseconds: how many fell into each bucket (`bucket_of`)."""

    buckets: Buckets = []
    total: int = 0

    @property
    def count(self) -> int:
        """How many calls were measured."""
        return sum(count for _, count in self.buckets)

    def with_one(self, nanoseconds: int) -> Latency:
        """Return this with one more call."""
        return self.plus(Latency(buckets=[(bucket_of(nanoseconds), 1)], total=nanoseconds))

    def plus(self, other: Latency) -> Latency:
        """Return both together."""
        return Latency(
            buckets=_together(self.buckets, other.buckets), total=self.total + other.total
        )

    def quantile(self, part: float) -> float | None:
        """Return how long it took at most in that part of the calls; None without any."""
        left = max(1, math.ceil(part * self.count))
        for bucket, count in self.buckets:
            left -= count
            if left <= 0:
                return middle_of(bucket)
        return None


class InputColumn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What values of one input looked like, without any of them.

    Numbers are counted in buckets of their size (`size_of`), so that a distribution can be
    compared with that of training data. Of text only lengths are counted, and how often it was
    each of the categories that the program itself named.
    """

    count: int = 0
    nulls: int = 0
    numbers: int = 0
    total: float = 0.0
    squares: float = 0.0
    positive: Buckets = []
    negative: Buckets = []
    """Of what numbers below zero are without their sign."""
    zeros: int = 0
    texts: int = 0
    lengths: Buckets = []
    categories: dict[str, int] = {}
    others: int = 0
    """Values of which nothing else is counted: lists, NaN, texts that are no named category."""

    def plus(self, other: InputColumn) -> InputColumn:
        """Return both together."""
        return InputColumn(
            count=self.count + other.count,
            nulls=self.nulls + other.nulls,
            numbers=self.numbers + other.numbers,
            total=self.total + other.total,
            squares=self.squares + other.squares,
            positive=_together(self.positive, other.positive),
            negative=_together(self.negative, other.negative),
            zeros=self.zeros + other.zeros,
            texts=self.texts + other.texts,
            lengths=_together(self.lengths, other.lengths),
            categories=_added(self.categories, other.categories),
            others=self.others + other.others,
        )

    @property
    def mean(self) -> float | None:
        """The mean of the numbers."""
        return self.total / self.numbers if self.numbers else None


class Usage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Said about a deployment, under the window's start and the worker: what was counted."""

    start: datetime
    end: datetime
    """When the last call ended."""
    calls: int = 0
    errors: int = 0
    unmeasured: int = 0
    """Calls that came too fast to be measured; they are counted all the same."""
    latency: Latency = Latency()
    callers: dict[str, int] = {}
    """Calls by who called: a service named by the program, else a commitment."""
    profiled: int = 0
    """Rows that `inputs` were counted of, at most that many a second."""
    inputs: dict[str, InputColumn] = {}
    program: str | None = None

    def plus(self, other: Usage) -> Usage:
        """Return both together."""
        inputs = dict(self.inputs)
        for name, column in other.inputs.items():
            inputs[name] = inputs[name].plus(column) if name in inputs else column
        return replace(
            self,
            start=min(self.start, other.start),
            end=max(self.end, other.end),
            calls=self.calls + other.calls,
            errors=self.errors + other.errors,
            unmeasured=self.unmeasured + other.unmeasured,
            latency=self.latency.plus(other.latency),
            callers=_added(self.callers, other.callers),
            profiled=self.profiled + other.profiled,
            inputs=inputs,
        )

    @staticmethod
    def sum(windows: Iterable[Usage]) -> Usage | None:
        """Return all together; None of none."""
        whole: Usage | None = None
        for one in windows:
            whole = one if whole is None else whole.plus(one)
        return whole


class Consumer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Said about a model version, under the consumer's name: how it uses the model."""

    how: Literal["lock", "load", "declared"]
    ref: str
    """How the consumer names the model: `churn@champion`."""


TRAFFIC: Final = Topic("traffic", Traffic)
USAGE: Final = Topic("usage", Usage)
CONSUMER: Final = Topic("consumer", Consumer)


def bucket_of(value: int) -> int:
    """Return the bucket of a whole number of 0 or more: eight of them for each power of two.

    >>> [bucket_of(x) for x in (0, 7, 8, 9, 1000, 1001)]
    [0, 7, 8, 9, 63, 63]
    """
    shift = value.bit_length() - _FINE - 1
    return value if shift <= 0 else (shift << _FINE) + (value >> shift)


def middle_of(bucket: int) -> float:
    """Return the number in the middle of a bucket.

    >>> middle_of(7), middle_of(63)
    (7.0, 991.5)
    """
    shift = (bucket >> _FINE) - 1
    if shift <= 0:
        return float(bucket)
    low = ((bucket & 7) + 8) << shift
    return low + ((1 << shift) - 1) / 2


def size_of(value: float) -> int:
    """Return the bucket of a finite number above 0: eight of them for each power of two.

    >>> [size_of(x) for x in (0.5, 1.0, 1.1, 1.2, 1000.0)]
    [0, 8, 8, 9, 87]
    """
    part, power = math.frexp(value)
    return power * _CELLS + int((part - 0.5) * 2 * _CELLS)


def counts(buckets: Mapping[int, int]) -> Buckets:
    """Return counts by bucket as they are said."""
    return sorted(buckets.items())


def _together(one: Buckets, two: Buckets) -> Buckets:
    return counts(Counter(dict(one)) + Counter(dict(two)))


def _added(one: Mapping[str, int], two: Mapping[str, int]) -> dict[str, int]:
    return dict(Counter(one) + Counter(two))
