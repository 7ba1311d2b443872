"""Intervals around figures: 95 % unless another level is asked for.

Proportions have Wilson's score interval, means Student's, quantiles that of order statistics,
areas under ROC curves DeLong's (in log-odds). What has no formula is resampled with a fixed
seed, so that the same data always give the same interval. Rows of unequal weight stand for as
many equal ones as they are worth.

>>> found = wilson(8, 10)
>>> round(found.low, 4), round(found.high, 4)
(0.4902, 0.9433)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Any, Final

from forebear.analysis import weighting
from forebear.core.validation import Estimate

__all__ = [
    "LEVEL",
    "bootstrap",
    "mean",
    "newcombe",
    "normal",
    "percentiles",
    "quantile",
    "ratio",
    "resamples",
    "undefined",
    "wilson",
]

LEVEL: Final = 0.95
_MOST_DRAWS: Final = 20_000_000
"""Rows that a bootstrap draws in all: more rows are resampled fewer times."""
_MOST_RESAMPLES: Final = 1000
_FEWEST_RESAMPLES: Final = 100
_MOST_ROWS: Final = 2_000_000


def normal(level: float = LEVEL) -> float:
    """Return how many standard errors an interval of this level reaches to each side."""
    return NormalDist().inv_cdf((1 + level) / 2)


def undefined(why: str, n: int = 0) -> Estimate:
    """Return a figure that is not defined, with the reason."""
    return Estimate(None, n=n, why=why)


def wilson(hits: float, n: float, level: float = LEVEL, *, rows: int | None = None) -> Estimate:
    """Return a proportion with Wilson's score interval (Wilson 1927).

    `n` is how many equal rows there are, `rows` how many there really are.
    """
    told = round(n) if rows is None else rows
    if n == 0:
        return undefined("there is no such row", told)
    z2 = normal(level) ** 2
    share = hits / n
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    low = 0.0 if hits <= 0 else max(0.0, middle - half)
    high = 1.0 if hits >= n else min(1.0, middle + half)
    return Estimate(share, low, high, told, "wilson")


def newcombe(one: tuple[float, float], two: tuple[float, float], level: float = LEVEL) -> Estimate:
    """Return the difference of two independent proportions, each (hits, n) (Newcombe 1998)."""
    first, second = wilson(*one, level), wilson(*two, level)
    if first.value is None or second.value is None:
        return undefined("one of the groups has no such row")
    assert first.low is not None
    assert first.high is not None
    assert second.low is not None
    assert second.high is not None
    gap = first.value - second.value
    low = gap - math.hypot(first.value - first.low, second.high - second.value)
    high = gap + math.hypot(first.high - first.value, second.value - second.low)
    return Estimate(gap, max(low, -1.0), min(high, 1.0), round(one[1] + two[1]), "newcombe")


def ratio(one: tuple[float, float], two: tuple[float, float], level: float = LEVEL) -> Estimate:
    """Return the ratio of two independent proportions, each (hits, n) (Katz 1978, in logs).

    With no hit on one side half a hit is added to both, as is usual.
    """
    (a, m), (b, n) = one, two
    if m == 0 or n == 0 or b == 0:
        return undefined("the proportion below is nothing", round(m + n))
    value = (a / m) / (b / n)
    if a == 0:
        a, b, m, n = a + 0.5, b + 0.5, m + 1, n + 1
    middle = math.log((a / m) / (b / n))
    half = normal(level) * math.sqrt(max(1 / a - 1 / m + 1 / b - 1 / n, 0.0))
    low = 0.0 if value == 0 else math.exp(middle - half)
    return Estimate(value, low, math.exp(middle + half), round(one[1] + two[1]), "katz")


def mean(
    values: Any, level: float = LEVEL, *, least: float = -math.inf, weight: Any = None
) -> Estimate:
    """Return the mean of an array with Student's interval; no mean can be smaller than `least`."""
    from scipy import stats

    n = len(values)
    if n == 0:
        return undefined("there is no such row")
    middle = weighting.average(values, weight)
    if n == 1:
        return Estimate(middle, n=1, why="one row gives no interval")
    error, freedom = weighting.error_of_mean(values, weight)
    half = float(stats.t.ppf((1 + level) / 2, freedom) * error)
    return Estimate(middle, max(middle - half, least), middle + half, n, "t")


def quantile(values: Any, share: float, level: float = LEVEL, *, weight: Any = None) -> Estimate:
    """Return a quantile of an array with the exact interval of order statistics.

    Of weighted rows it is that of the share which lies below (Woodruff 1952).
    """
    import numpy as np
    from scipy import stats

    n = len(values)
    if n == 0:
        return undefined("there is no such row")
    if weight is not None:
        return _weighted_quantile(values, share, level, weight)
    ordered = np.sort(values)
    low = int(stats.binom.ppf((1 - level) / 2, n, share)) - 1
    high = int(stats.binom.ppf((1 + level) / 2, n, share))
    return Estimate(
        float(np.quantile(ordered, share)),
        float(ordered[low]) if low >= 0 else None,
        float(ordered[high]) if high < n else None,
        n,
        "order statistics",
    )


def _weighted_quantile(values: Any, share: float, level: float, weight: Any) -> Estimate:
    value = float(weighting.quantiles(values, share, weight))
    below = weighting.rate(values <= value, weight)
    ends = wilson(share * below[1], below[1], level)
    low, high = (float(one) for one in weighting.quantiles(values, [ends.low, ends.high], weight))
    return Estimate(value, low, high, len(values), "woodruff")


def resamples(n: int) -> int:
    """Return how often `n` rows are resampled; 0 where that would take too long."""
    if n > _MOST_ROWS:
        return 0
    return max(_FEWEST_RESAMPLES, min(_MOST_RESAMPLES, _MOST_DRAWS // max(n, 1)))


def bootstrap(
    statistic: Callable[[Any], float | None],
    n: int,
    *,
    times: int | None = None,
    seed: int = 0,
    level: float = LEVEL,
    units: int | None = None,
) -> Estimate:
    """Return a statistic of row numbers with the percentile interval of its resamples.

    `statistic` is called with the numbers of the rows that count, each as often as it was drawn;
    resamples in which it is not defined (None, NaN) are passed over. `units` is the `n` to tell.
    """
    import numpy as np

    told = n if units is None else units
    value = statistic(np.arange(n))
    if value is None or math.isnan(value):
        return undefined("it is not defined on these rows", told)
    times = resamples(n) if times is None else times
    if not times:
        return Estimate(float(value), n=told, why="too many rows to be resampled")
    random = np.random.default_rng(seed)
    drawn = [statistic(random.integers(0, n, n)) for _ in range(times)]
    kept = [one for one in drawn if one is not None and not math.isnan(one)]
    if len(kept) < _FEWEST_RESAMPLES // 2:
        return Estimate(float(value), n=told, why="too few resamples for an interval")
    return percentiles(float(value), kept, told, level)


def percentiles(value: float, drawn: Any, n: int, level: float = LEVEL) -> Estimate:
    """Return a figure with the percentile interval of what resamples gave.

    Where all gave the same, such as of rows without an error, they tell nothing of other rows.
    """
    import numpy as np

    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    if np.ptp(drawn) == 0:
        return Estimate(value, n=n, why="resamples are all alike")
    return Estimate(value, float(low), float(high), n, "bootstrap")
