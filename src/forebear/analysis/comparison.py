"""Two models on the same rows, by paired tests, with a verdict in words.

Right and wrong are compared by McNemar's exact test, areas under ROC curves by DeLong's, all
else by resampling rows of both models together. What could not be told apart comes with the
smallest difference that would have been seen 8 times of 10.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from forebear.analysis import metrics, ranking
from forebear.analysis.areas import delong
from forebear.analysis.classification import scored
from forebear.analysis.intervals import normal, resamples
from forebear.analysis.outcome import Outcome
from forebear.analysis.weighting import average, error_of_mean
from forebear.core.validation import ComparisonSummary, ComparisonVerdict, Estimate

__all__ = ["baseline", "compare"]

_POWER: Final = 1.959964 + 0.841621
"""Standard errors of a difference that is seen 8 times of 10 at a level of 5 %."""
_SIGNIFICANT: Final = 0.05


def compare(
    mine: Outcome,
    other: Outcome,
    metric: str,
    *,
    to: str,
    title: str,
    role: str,
    margin: float | None = None,
) -> ComparisonSummary:
    """Return how one model stands to another on the same rows, by one metric."""
    difference, p, error, test = _tested(mine, other, metric)
    figure = metrics.one(other, metric) or Estimate(None, why="it has no such figure")
    return ComparisonSummary(
        to,
        title,
        role,  # type: ignore[arg-type]
        metric,
        figure,
        difference,
        test,
        p,
        _verdict(difference, error, p, metric, margin),
        None if error is None else _POWER * error,
        margin,
    )


def _tested(
    mine: Outcome, other: Outcome, metric: str
) -> tuple[Estimate, float | None, float | None, str]:
    """Return the difference, its p, its standard error, and the name of the test."""
    if metric == "accuracy":
        return _mcnemar(mine, other) if mine.weight is None else _rights(mine, other)
    alike = mine.binary and mine.classes == other.classes and mine.positive == other.positive
    if metric == "roc_auc" and alike:
        found = _areas(mine, other)
        if found is not None:
            return found
    return _paired(mine, other, metric)


def _mcnemar(mine: Outcome, other: Outcome) -> tuple[Estimate, float | None, float | None, str]:
    """Compare by the rows on which only one of the two is right (exact McNemar test).

    The interval is that of Bonett and Price (2012), for paired proportions.
    """
    from scipy import stats

    n = len(mine)
    right, theirs = mine.losses == 0, other.losses == 0
    only_mine, only_theirs = int((right & ~theirs).sum()), int((~right & theirs).sum())
    p = (
        float(stats.binomtest(only_mine, only_mine + only_theirs).pvalue)
        if (only_mine + only_theirs)
        else 1.0
    )
    one, two = (only_mine + 1) / (n + 2), (only_theirs + 1) / (n + 2)
    error = math.sqrt((one + two - (one - two) ** 2) / (n + 2))
    middle, half = one - two, normal() * error
    value = (only_mine - only_theirs) / n
    difference = Estimate(
        value, max(-1.0, middle - half), min(1.0, middle + half), n, "bonett-price"
    )
    return difference, p, error, "McNemar, exact"


def _rights(mine: Outcome, other: Outcome) -> tuple[Estimate, float, float, str]:
    """Compare weighted shares of right answers by the mean of their differences, row by row."""
    from scipy import stats

    gaps = other.losses - mine.losses
    gap, n = average(gaps, mine.weight), len(mine)
    if n < 2:
        return Estimate(gap, n=n, why="one row gives no interval"), 1.0, 0.0, "paired t, weighted"
    error, freedom = error_of_mean(gaps, mine.weight)
    p = 1.0 if gap == 0 else 0.0 if error == 0 else float(2 * stats.t.sf(abs(gap) / error, freedom))
    half = float(stats.t.ppf(0.975, freedom)) * error
    found = Estimate(gap, max(-1.0, gap - half), min(1.0, gap + half), n, "t")
    return found, p, error, "paired t, weighted"


def _areas(
    mine: Outcome, other: Outcome
) -> tuple[Estimate, float | None, float | None, str] | None:
    from scipy import stats

    if mine.scores is None or other.scores is None:
        return None
    known = scored(mine), scored(other)
    if len(known[0]) != len(known[1]) or len(known[0]) != len(mine):
        return None
    positive = mine.truth == mine.positive
    if positive.all() or not positive.any():
        return None
    scores = [mine.positive_scores, other.positive_scores]
    areas, covariance = delong(positive, scores, mine.weight)
    value = float(areas[0] - areas[1])
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    error = math.sqrt(max(variance, 0.0))
    p = 1.0 if value == 0 else 0.0 if error == 0 else float(2 * stats.norm.sf(abs(value) / error))
    half = normal() * error
    found = Estimate(value, value - half, value + half, len(mine), "delong")
    return found, p, error, "DeLong"


def _paired(
    mine: Outcome, other: Outcome, metric: str
) -> tuple[Estimate, float | None, float | None, str]:
    """Compare by resampling rows, or queries, of both models together."""
    import numpy as np

    units, of = _units(mine, other, metric)
    whole = of(np.arange(units))
    if whole is None:
        return Estimate(None, n=units, why="one has no such figure"), None, None, "none"
    random = np.random.default_rng(0)
    drawn = [of(random.integers(0, units, units)) for _ in range(resamples(units))]
    kept = np.array([one for one in drawn if one is not None])
    if len(kept) < 50:
        return Estimate(whole, n=units, why="too few resamples"), None, None, "none"
    low, high = np.quantile(kept, [0.025, 0.975])
    tail = min(np.sum(kept <= 0), np.sum(kept >= 0))
    p = min(1.0, 2 * (float(tail) + 1) / (len(kept) + 1))
    found = Estimate(whole, float(low), float(high), units, "bootstrap")
    return found, p, float(kept.std(ddof=1)), "paired bootstrap"


def _units(mine: Outcome, other: Outcome, metric: str) -> tuple[int, Any]:
    """Return how many units are resampled, and what gives the difference on some of them."""
    if mine.task == "ranking":
        gaps = ranking.by_query(mine, metric) - ranking.by_query(other, metric)
        return len(gaps), _mean_of(gaps, ranking.weights(mine))
    each = metrics.by_row(mine, metric), metrics.by_row(other, metric)
    if each[0] is not None and each[1] is not None:
        return len(mine), _mean_of(each[0] - each[1], mine.weight)

    def of(rows: Any) -> float | None:
        one = metrics.point(mine.take(rows), metric)
        two = metrics.point(other.take(rows), metric)
        return None if one is None or two is None else one - two

    return len(mine), of


def _mean_of(values: Any, weight: Any) -> Callable[[Any], float | None]:
    """Return what gives the mean of some of the values."""

    def of(rows: Any) -> float | None:
        if not len(rows):
            return None
        return average(values[rows], None if weight is None else weight[rows])

    return of


def _verdict(
    difference: Estimate,
    error: float | None,
    p: float | None,
    metric: str,
    margin: float | None,
) -> ComparisonVerdict:
    value = difference.value
    if value is None or error is None or p is None:
        return "not distinguishable"
    if margin is not None and abs(value) + 1.644854 * error < margin:
        return "equivalent"  # both one-sided tests at 5 % (TOST)
    if p >= _SIGNIFICANT or value == 0:
        return "not distinguishable"
    return "better" if (value > 0) != metrics.lower_is_better(metric) else "worse"


def baseline(outcome: Outcome, kind: str) -> Outcome:
    """Return what somebody who knows only the answers' distribution would say of every row.

    Raises:
        ValueError: the task has no such baseline.
    """
    import numpy as np
    from msgspec import structs

    n = len(outcome)
    if kind == "majority" and outcome.task == "classification":
        shares = np.bincount(outcome.truth, outcome.weight, minlength=len(outcome.classes))
        shares = shares / shares.sum()
        return structs.replace(
            outcome,
            predicted=np.full(n, int(shares.argmax())),
            scores=np.tile(shares, (n, 1)),
            probabilities=True,
        )
    if kind == "mean" and outcome.task == "regression":
        said = np.full(n, average(outcome.truth, outcome.weight))
        return structs.replace(outcome, predicted=said, low=None, high=None)
    raise ValueError(f"there is no baseline '{kind}' for {outcome.task}")
