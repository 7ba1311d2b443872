"""Two distributions side by side, as exactly as what is stored of them allows.

What is stored of numbers are counts in cells. Between the cells of both, what lies below is known
exactly; within a cell it is not, so that a distance comes with the bounds between which it lies.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from forebear.core.sketches import Bounded

__all__ = [
    "Cell",
    "Group",
    "Rare",
    "aligned",
    "binned",
    "jensen_shannon",
    "kolmogorov_smirnov",
    "largest_difference",
    "paired",
    "population_stability",
    "wasserstein",
]

Cell = tuple[float, float, float]
"""The lowest and the highest number that a cell can hold, and how many it holds."""


class Rare(NamedTuple):
    """Rows with categories that are not told."""

    rows: float
    most: float = math.inf
    """Rows that each of these categories has at most."""


class Group(Struct, frozen=True):
    """A stretch in which the cells of both overlap: what is in it can't be told apart further."""

    low: float
    high: float
    one: float
    """How many of the first."""
    other: float


def aligned(one: Sequence[Cell], other: Sequence[Cell]) -> list[Group]:
    """Return the finest stretches whose counts are exact for both, in order.

    >>> aligned([(0, 1, 5), (4, 4, 1)], [(1, 2, 3)])
    [Group(low=0, high=2, one=5, other=3), Group(low=4, high=4, one=1, other=0)]
    """
    cells = sorted(
        [(low, high, count, 0.0) for low, high, count in one]
        + [(low, high, 0.0, count) for low, high, count in other]
    )
    groups: list[list[float]] = []
    for low, high, first, second in cells:
        if groups and low <= groups[-1][1]:
            last = groups[-1]
            last[1] = max(last[1], high)
            last[2] += first
            last[3] += second
        else:
            groups.append([low, high, first, second])
    return [Group(low, high, _whole(a), _whole(b)) for low, high, a, b in groups]


def binned(groups: Sequence[Group], bins: int) -> list[tuple[float, float]]:
    """Return counts of both in bins of about equal shares of the first.

    >>> binned(aligned([(x, x, 1) for x in range(4)], [(3, 3, 2)]), 2)
    [(2, 0), (2, 2)]
    """
    total = sum(group.one for group in groups)
    found: list[tuple[float, float]] = []
    first = second = done = 0.0
    for group in groups:
        # A stretch that alone is more than a bin must not swallow what came before it.
        if (first or second) and len(found) < bins and first + group.one > 1.5 * total / bins:
            found.append((_whole(first), _whole(second)))
            done, first, second = done + first, 0.0, 0.0
        first, second = first + group.one, second + group.other
        if done + first >= total * (len(found) + 1) / bins:
            found.append((_whole(first), _whole(second)))
            done, first, second = done + first, 0.0, 0.0
    if (first or second) and found:
        last = found.pop()
        found.append((_whole(last[0] + first), _whole(last[1] + second)))
    elif first or second:
        found.append((_whole(first), _whole(second)))
    return found


def population_stability(bins: Iterable[tuple[float, float]]) -> float:
    """Return the population stability index: the sum of (q - p) ln(q / p).

    Half a row is added to each bin, so that an empty one costs much and not everything.
    """
    return math.fsum((q - p) * math.log(q / p) for p, q in _shares(bins, 0.5))


def jensen_shannon(bins: Iterable[tuple[float, float]]) -> float:
    """Return the Jensen-Shannon distance to base 2: 0 for equal shares, 1 for nothing in common.

    >>> jensen_shannon([(1, 0), (0, 1)])
    1.0
    """
    total = math.fsum(
        _information(p, (p + q) / 2) + _information(q, (p + q) / 2) for p, q in _shares(bins, 0)
    )
    return math.sqrt(max(total / 2, 0.0))


def paired(
    one: Mapping[str, float], other: Mapping[str, float], rare: tuple[Rare, Rare]
) -> list[tuple[float, float]]:
    """Return counts of categories in both, as much alike as the rare ones allow, these last.

    Which categories are told depends on chance: in 12 of 500 rows one is, in 9 it is rare. So a
    category that is told of one only has the rows in the other that may be among its rare ones.

    >>> paired({"a": 90, "b": 10}, {"a": 91}, (Rare(0), Rare(9, most=9)))
    [(90, 91), (10, 9)]
    """
    totals = [sum(told.values()) + left.rows for told, left in zip((one, other), rare, strict=True)]
    first = _given(one, other, totals[0] / (totals[1] or 1), rare[0])
    second = _given(other, one, totals[1] / (totals[0] or 1), rare[1])
    names = dict.fromkeys([*one, *other])
    told = [
        (_whole(one.get(n, first.get(n, 0))), _whole(other.get(n, second.get(n, 0)))) for n in names
    ]
    rest = [
        left.rows - sum(given.values()) for left, given in zip(rare, (first, second), strict=True)
    ]
    return [*told, (rest[0], rest[1])] if max(rest) > 1e-9 else told


def _given(
    one: Mapping[str, float], other: Mapping[str, float], scale: float, rare: Rare
) -> dict[str, float]:
    """Return how many rows categories that only the other tells of may have in this one."""
    wanted = {name: min(n * scale, rare.most) for name, n in other.items() if name not in one}
    enough = min(1.0, rare.rows / (sum(wanted.values()) or 1))
    return {name: count * enough for name, count in wanted.items()}


def largest_difference(
    one: Mapping[str, float], other: Mapping[str, float], unlisted: tuple[float, float] = (0, 0)
) -> Bounded:
    """Return the largest difference of the shares of a category (the L-infinity distance).

    `unlisted` rows of each have categories that are not told; one that is told of the other only
    may be among them.
    """
    first = sum(one.values()) + unlisted[0]
    second = sum(other.values()) + unlisted[1]
    value = low = high = 0.0
    for name in {*one, *other}:
        p, q = one.get(name), other.get(name)
        most_p = unlisted[0] if p is None else p
        most_q = unlisted[1] if q is None else q
        at = (p or 0) / first, most_p / first, (q or 0) / second, most_q / second
        value = max(value, abs(at[0] - at[2]))
        low = max(low, at[0] - at[3], at[2] - at[1])
        high = max(high, at[1] - at[2], at[3] - at[0])
    return Bounded(value, low, high)


def kolmogorov_smirnov(groups: Sequence[Group]) -> Bounded:
    """Return the largest difference of the shares below any number.

    At the ends of stretches it is exact; within one it may be larger, as the upper bound says.

    >>> kolmogorov_smirnov(aligned([(1, 1, 1), (2, 2, 1)], [(2, 2, 1), (3, 3, 1)]))
    Bounded(value=0.5, low=0.5, high=0.5)
    """
    value = high = 0.0
    for group, before, after in _sums(groups):
        value = max(value, abs(after[0] - after[1]))
        if group.high > group.low:
            high = max(high, abs(before[0] - after[1]), abs(after[0] - before[1]))
    return Bounded(value, value, max(value, high))


def wasserstein(groups: Sequence[Group]) -> Bounded:
    """Return how far the mass has to be moved on average, in the unit of the numbers.

    >>> wasserstein(aligned([(0, 0, 1)], [(3, 3, 2)]))
    Bounded(value=3.0, low=3.0, high=3.0)
    """
    value = low = high = 0.0
    end: float | None = None
    apart = 0.0
    for group, before, after in _sums(groups):
        if end is not None:
            step = apart * (group.low - end)
            value, low, high = value + step, low + step, high + step
        width = group.high - group.low
        start_apart, apart = abs(before[0] - before[1]), abs(after[0] - after[1])
        # Each rises somewhere within: between the two the distance is at least the gap that
        # neither can close, and at most the gap if one rises at once and the other at the end.
        low += width * max(0.0, before[0] - after[1], before[1] - after[0])
        high += width * max(abs(before[0] - after[1]), abs(after[0] - before[1]))
        value += width * (start_apart + apart) / 2
        end = group.high
    return Bounded(min(max(value, low), high), low, high)


def _sums(
    groups: Sequence[Group],
) -> Iterable[tuple[Group, tuple[float, float], tuple[float, float]]]:
    """Yield each stretch with the shares of both below it, and with it."""
    first = sum(group.one for group in groups) or 1
    second = sum(group.other for group in groups) or 1
    one = other = 0.0
    for group in groups:
        before = one / first, other / second
        one, other = one + group.one, other + group.other
        yield group, before, (one / first, other / second)


def _shares(bins: Iterable[tuple[float, float]], added: float) -> list[tuple[float, float]]:
    counts = [(p + added, q + added) for p, q in bins]
    first, second = sum(p for p, _ in counts) or 1, sum(q for _, q in counts) or 1
    return [(p / first, q / second) for p, q in counts]


def _information(share: float, against: float) -> float:
    return share * math.log2(share / against) if share > 0 else 0.0


def _whole(count: float) -> float | int:
    return int(count) if count == int(count) else count
