"""Drift: how far one version of data is from another, column by column.

An effect comes first: a p-value of a million rows is 0 whatever happened. Only what is large
enough to matter is called drift; then chance must not explain it (Benjamini and Hochberg's
control of the false discoveries among all columns); then the error of what is stored must not
explain it either, or the verdict is `unsure`.

| measure | of | moderate | strong |
|---|---|---|---|
| population stability index | all | 0.1 | 0.25 |
| Wasserstein distance, in standard deviations before | numbers | 0.1 | 0.25 |
| largest difference of a share (L-infinity) | categories | 0.05 | 0.1 |
| difference of the share of absent values | all | 0.05 | 0.1 |

Jensen-Shannon distance and Kolmogorov-Smirnov statistic are told too and decide nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from forebear.analysis.column_facts import ColumnFacts
from forebear.analysis.distributions import (
    Rare,
    aligned,
    binned,
    jensen_shannon,
    kolmogorov_smirnov,
    largest_difference,
    paired,
    population_stability,
    wasserstein,
)
from forebear.core.sketches import Bounded

__all__ = [
    "LIMITS",
    "ColumnDrift",
    "Drift",
    "DriftWord",
    "Measure",
    "adjusted",
    "compared",
]

DriftWord = Literal["strong", "moderate", "none", "unsure", "not compared"]
LIMITS: Final[dict[str, tuple[float, float]]] = {
    "psi": (0.1, 0.25),
    "wasserstein": (0.1, 0.25),
    "l_infinity": (0.05, 0.1),
    "nulls": (0.05, 0.1),
}
"""From where on a measure is moderate and strong; measures that are not here decide nothing."""
ALPHA: Final = 0.05
"""The share of false discoveries among what is called drift that is put up with."""
_BINS: Final = 10
_EACH: Final = 30
"""Rows that a bin needs on average."""
_TELLING: Final = 5
"""Bins that leave little room within them."""
_SHOWN: Final = 20


class Measure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One distance, between the bounds that what is stored allows."""

    value: float
    low: float
    high: float


class ColumnDrift(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far one column is from what it was."""

    column: str
    verdict: DriftWord
    kind: str
    """Its type, or `text -> integer` where that is another now."""
    by: str | None = None
    """The measure that decided."""
    measures: dict[str, Measure] = {}
    bins: int = 0
    """Parts in which shares are compared; what lies in each is known exactly."""
    p: float | None = None
    """That chance alone makes them so different: their spread, their mean, their absence."""
    p_least: float | None = None
    """The least that p can be, where the error of what is stored leaves room."""
    p_adjusted: float | None = None
    """The same, when all columns are looked at."""
    nulls: tuple[float, float] = (0.0, 0.0)
    """The shares of absent values, before and now."""
    new: list[str] = []
    """Categories that were not there before."""
    vanished: list[str] = []
    why: str = ""


class Drift(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far data is from what it was."""

    columns: list[ColumnDrift]
    """The farthest first."""
    new: list[str] = []
    """Columns that were not there before."""
    vanished: list[str] = []
    rows: tuple[int, int]
    p_values: bool
    """False where SciPy is not there: then effects alone decide."""

    @property
    def worst(self) -> DriftWord:
        """The severest verdict of any column; a column that came or went is a strong change."""
        words = {one.verdict for one in self.columns}
        if self.vanished:
            return "strong"
        order: list[DriftWord] = ["strong", "moderate", "unsure", "none"]
        return next((word for word in order if word in words), "not compared")


def compared(before: Mapping[str, ColumnFacts], now: Mapping[str, ColumnFacts]) -> Drift:
    """Compare two versions column by column."""
    chance = _chance()
    found = [_column(name, before[name], now[name], chance) for name in before if name in now]
    told = [one for one in found if one.p is not None]
    corrected = dict(
        zip((one.column for one in told), adjusted([one.p or 0.0 for one in told]), strict=True)
    )
    judged = [_judged(replace(one, p_adjusted=corrected.get(one.column))) for one in found]
    order = {"strong": 0, "moderate": 1, "unsure": 2, "not compared": 3, "none": 4}
    rows = tuple(max((one.rows for one in part.values()), default=0) for part in (before, now))
    return Drift(
        columns=sorted(judged, key=lambda one: (order[one.verdict], -_size(one))),
        new=[name for name in now if name not in before],
        vanished=[name for name in before if name not in now],
        rows=(rows[0], rows[1]),
        p_values=chance is not None,
    )


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Return p-values after Benjamini and Hochberg: below alpha, at most alpha of them are false.

    >>> adjusted([0.01, 0.04, 0.03])
    [0.03, 0.04, 0.04]
    """
    count = len(p_values)
    order = sorted(range(count), key=lambda at: p_values[at], reverse=True)
    found = [0.0] * count
    least = 1.0
    for place, at in enumerate(order):
        least = min(least, p_values[at] * count / (count - place))
        found[at] = least
    return found


def _column(name: str, before: ColumnFacts, now: ColumnFacts, chance: Any) -> ColumnDrift:
    kind = before.kind if before.kind == now.kind else f"{before.kind} -> {now.kind}"
    shares = tuple(one.nulls / one.rows if one.rows else 0.0 for one in (before, now))
    apart = abs(shares[0] - shares[1])
    found = ColumnDrift(
        column=name,
        verdict="none",
        kind=kind,
        nulls=(shares[0], shares[1]),
        measures={"nulls": Measure(value=apart, low=apart, high=apart)},
        p=_p_nulls(before, now, chance),
    )
    if before.form != now.form or "other" in (before.form, now.form):
        changed = before.form != now.form
        why = f"its type was {before.kind} and is {now.kind}" if changed else before.why_not
        return replace(found, why=why or now.why_not or f"{before.kind} is not compared")
    if before.key and now.key:
        return replace(found, why=before.why_not)
    if before.rows == before.nulls or now.rows == now.nulls:
        return replace(found, why="it has no values in one of them")
    if before.key or now.key:
        if not before.cells or not now.cells:
            return replace(found, why=before.why_not or now.why_not)
        why = "it named rows, and does not now" if before.key else "it names rows, and did not"
        found = replace(found, why=why)
    if before.form == "number":
        return _numbers(found, before, now, chance)
    return _categories(found, before, now, chance)


def _numbers(found: ColumnDrift, before: ColumnFacts, now: ColumnFacts, chance: Any) -> ColumnDrift:
    groups = aligned(before.cells, now.cells)
    counts = sum(group.one for group in groups), sum(group.other for group in groups)
    bins = binned(groups, max(2, min(_BINS, int(min(counts)) // _EACH)))
    distance = kolmogorov_smirnov(groups)
    moved = wasserstein(groups)
    measures = {"psi": _exact(population_stability(bins)), "js": _exact(jensen_shannon(bins))}
    if before.std:
        measures["wasserstein"] = _measure(moved, before.std)
    measures["ks"] = _measure(distance)
    means = _p_means(before, now, chance)
    p = chance.kolmogorov(distance.low, *counts) if chance else None
    least = chance.kolmogorov(distance.high, *counts) if chance else None
    return replace(
        found,
        measures=measures | found.measures,
        bins=len(bins),
        p=_least(p, means, found.p),
        p_least=None if distance.exact else _least(least, means, found.p),
    )


def _categories(
    found: ColumnDrift, before: ColumnFacts, now: ColumnFacts, chance: Any
) -> ColumnDrift:
    if before.values is None or now.values is None:
        why = found.why or before.why_not or now.why_not or "it has too many categories"
        if not before.cells or not now.cells:
            return replace(found, why=why)
        lengths = _numbers(found, before, now, chance)
        return replace(lengths, why=f"{why}; the lengths of its texts are compared")
    one, other = before.values, now.values
    names = sorted({*one, *other}, key=lambda name: -(one.get(name, 0) + other.get(name, 0)))
    unlisted = before.unlisted, now.unlisted
    alike = paired(one, other, (Rare(unlisted[0], before.rarest), Rare(unlisted[1], now.rarest)))
    apart: list[tuple[float, float]] = [(one.get(name, 0), other.get(name, 0)) for name in names]
    apart += [(unlisted[0], 0), (0, unlisted[1])] if any(unlisted) else []
    measures = {
        "psi": _between(*(population_stability(_pooled(bins)) for bins in (alike, apart))),
        "js": _between(*map(jensen_shannon, (_rare_together(one, other, unlisted), apart))),
        "l_infinity": _measure(largest_difference(one, other, unlisted)),
    }
    p = chance.homogeneity(_pooled(alike)) if chance else None
    return replace(
        found,
        measures=measures | found.measures,
        p=_least(p, found.p),
        new=[name for name in names if name not in one and not before.unlisted][:_SHOWN],
        vanished=[name for name in names if name not in other and not now.unlisted][:_SHOWN],
    )


def _rare_together(
    one: Mapping[str, int], other: Mapping[str, int], unlisted: tuple[int, int]
) -> list[tuple[float, float]]:
    """Return counts of categories that both tell of, and of all others together."""
    shared: list[tuple[float, float]] = [(one[name], other[name]) for name in one if name in other]
    if not any(unlisted):
        return [
            *shared,
            *((n, 0) for name, n in one.items() if name not in other),
            *((0, n) for name, n in other.items() if name not in one),
        ]
    rest = [
        sum(told.values()) + rare - sum(pair[at] for pair in shared)
        for at, (told, rare) in enumerate(zip((one, other), unlisted, strict=True))
    ]
    return [*shared, (rest[0], rest[1])]


def _judged(one: ColumnDrift) -> ColumnDrift:
    """Give the verdict: the severest of any measure, unless chance may have done it."""
    changed = "->" in one.kind and one.why.startswith("its type")
    if changed:
        return replace(one, verdict="strong", by="type")
    may_be_chance = one.p_adjusted is not None and one.p_adjusted >= ALPHA
    by_chance = may_be_chance and (one.p_least is None or one.p_least >= ALPHA)
    verdicts = {name: _verdict(name, value) for name, value in one.measures.items()}
    if one.bins >= _TELLING and verdicts["psi"] == "none" and "wasserstein" in verdicts:
        # Where the shares of many parts are the same, what is left is less than a part apart.
        unsure = verdicts["wasserstein"] == "unsure"
        small = one.measures["wasserstein"].value < LIMITS["wasserstein"][0]
        verdicts["wasserstein"] = "none" if unsure and small else verdicts["wasserstein"]
    for word in ("strong", "moderate", "unsure"):
        deciding = [name for name, verdict in verdicts.items() if verdict == word]
        if deciding and not by_chance:
            by = max(deciding, key=lambda name: one.measures[name].high / LIMITS[name][1])
            return replace(one, verdict="unsure" if may_be_chance else word, by=by)
    if set(one.measures) == {"nulls"}:
        return replace(one, verdict="not compared")
    if by_chance and set(verdicts.values()) != {"none"}:
        return replace(one, verdict="none", why="no more than chance")
    return replace(one, verdict="none")


def _verdict(name: str, measure: Measure) -> DriftWord:
    if name not in LIMITS:
        return "none"
    moderate, strong = LIMITS[name]
    if measure.low >= strong:
        return "strong"
    if measure.low >= moderate:
        return "moderate"
    # What may be strong and looks like nothing is not known to be nothing.
    return "none" if measure.value < moderate and measure.high < strong else "unsure"


def _size(one: ColumnDrift) -> float:
    """Return how far a column is, in units of what is strong."""
    return max(
        (found.value / LIMITS[name][1] for name, found in one.measures.items() if name in LIMITS),
        default=0.0,
    )


def _pooled(bins: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Put together categories of which too few are expected, as the tests of shares need it."""
    first, second = sum(p for p, _ in bins), sum(q for _, q in bins)
    least = min(first, second) / (first + second) if first and second else 0.0
    kept = [pair for pair in bins if (pair[0] + pair[1]) * least >= 5]
    rest = [pair for pair in bins if (pair[0] + pair[1]) * least < 5]
    if rest:
        kept.append((sum(p for p, _ in rest), sum(q for _, q in rest)))
    return kept


def _p_nulls(before: ColumnFacts, now: ColumnFacts, chance: Any) -> float | None:
    if not chance or not before.rows or not now.rows:
        return None
    bins = [(before.nulls, now.nulls), (before.rows - before.nulls, now.rows - now.nulls)]
    p: float | None = chance.homogeneity([(float(a), float(b)) for a, b in bins])
    return p


def _p_means(before: ColumnFacts, now: ColumnFacts, chance: Any) -> float | None:
    """Return the p-value of equal means: a few impossible numbers move nothing but the mean."""
    if not chance or before.mean is None or now.mean is None:
        return None
    error = math.hypot(
        *((one.std or 0.0) / math.sqrt(max(one.rows - one.nulls, 1)) for one in (before, now))
    )
    return float(chance.normal((before.mean - now.mean) / error)) if error else None


def _least(*p_values: float | None) -> float | None:
    """Return the smallest of some p-values, times their number since each was a chance."""
    known = [p for p in p_values if p is not None]
    return min(1.0, min(known) * len(known)) if known else None


def _between(low: float, high: float) -> Measure:
    """Return a measure that is nearer to what is more alike, which chance makes of equal ones."""
    return Measure(value=low, low=low, high=max(low, high))


def _exact(value: float) -> Measure:
    return Measure(value=value, low=value, high=value)


def _measure(found: Bounded, unit: float = 1.0) -> Measure:
    return Measure(value=found.value / unit, low=found.low / unit, high=found.high / unit)


class _Chance:
    """What chance alone does, by SciPy."""

    def __init__(self) -> None:
        from scipy import special

        self._special = special

    def kolmogorov(self, distance: float, first: float, second: float) -> float:
        """Return the p-value of a Kolmogorov-Smirnov distance, for many rows."""
        root = (first * second / (first + second)) ** 0.5
        return float(self._special.kolmogorov(root * distance))

    def normal(self, deviations: float) -> float:
        """Return the p-value of so many standard errors, to either side."""
        return float(2 * self._special.ndtr(-abs(deviations)))

    def homogeneity(self, bins: Iterable[tuple[float, float]]) -> float | None:
        """Return the p-value of Pearson's test that both have the same shares."""
        pairs = [(p, q) for p, q in bins if p + q]
        first, second = sum(p for p, _ in pairs), sum(q for _, q in pairs)
        if len(pairs) < 2 or not first or not second:
            return None
        total = first + second
        statistic = 0.0
        for p, q in pairs:
            for found, part in ((p, first), (q, second)):
                expected = (p + q) * part / total
                statistic += (found - expected) ** 2 / expected
        return float(self._special.chdtrc(len(pairs) - 1, statistic))


def _chance() -> _Chance | None:
    try:
        return _Chance()
    except ImportError:
        return None
