"""Areas under ROC and precision-recall curves, with intervals, and two of them compared."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from forebear.analysis.intervals import LEVEL, bootstrap, normal, undefined
from forebear.analysis.outcome import Outcome
from forebear.analysis.weighting import average
from forebear.core.validation import Estimate

__all__ = ["auc", "auc_estimate", "average_precision", "delong", "one_against_rest", "precision_of"]

_FEW_DRAWS: Final = 200


def delong(positive: Any, scores: list[Any], weight: Any = None) -> tuple[Any, Any]:
    """Return the areas under the ROC curves of several scores of the same rows, with covariance.

    DeLong, DeLong and Clarke-Pearson 1988: an area is the mean, over the positive rows, of the
    share of the others that each lies above, and both sides vary. O(n log n) by sorting once.
    """
    import numpy as np

    weight = np.ones(len(positive)) if weight is None else weight
    sides = [_above(positive, one, weight) for one in scores]
    areas = np.array([average(above, weight[positive]) for above, _ in sides])
    covariance = _cov(np.array([above for above, _ in sides]), weight[positive])
    covariance = covariance + _cov(np.array([below for _, below in sides]), weight[~positive])
    return areas, covariance


def _above(positive: Any, scores: Any, weight: Any) -> tuple[Any, Any]:
    """Return for each positive row the share of others below it, and for those of it above them.

    Of equal scores half counts.
    """
    import numpy as np

    _, place = np.unique(scores, return_inverse=True)
    shares = []
    for side in (~positive, positive):
        here = np.bincount(place, weights=np.where(side, weight, 0.0))
        shares.append(((np.cumsum(here) - here / 2) / here.sum())[place])
    return shares[0][positive], 1 - shares[1][~positive]


def _cov(values: Any, weight: Any) -> Any:
    """Return the covariance of the weighted means of several rows of values."""
    import numpy as np

    n = len(weight)
    if n < 2:
        return np.full((len(values), len(values)), np.nan)
    share = weight / weight.sum()
    apart = (values - (values @ share)[:, np.newaxis]) * share
    return apart @ apart.T * n / (n - 1)


def auc(positive: Any, scores: Any, weight: Any = None) -> float | None:
    """Return the area under a ROC curve; None where there is one class only."""
    import numpy as np

    if positive.all() or not positive.any():
        return None
    weight = np.ones(len(positive)) if weight is None else weight
    return average(_above(positive, scores, weight)[0], weight[positive])


def auc_estimate(positive: Any, scores: Any, weight: Any = None) -> Estimate:
    """Return the area under a ROC curve with DeLong's interval, symmetric in log-odds."""
    n = len(positive)
    if positive.all() or not positive.any():
        return undefined("all rows are of one class", n)
    areas, covariance = delong(positive, [scores], weight)
    value, variance = float(areas[0]), float(covariance[0, 0])
    if math.isnan(variance):
        return Estimate(value, n=n, why="too few rows of one class for an interval")
    if variance == 0 or value in (0.0, 1.0):
        return Estimate(value, *_degenerate(value, positive), n, "rule of three")
    odds = math.log(value / (1 - value))
    half = normal(LEVEL) * math.sqrt(variance) / (value * (1 - value))
    low, high = (1 / (1 + math.exp(-bound)) for bound in (odds - half, odds + half))
    return Estimate(value, low, high, n, "delong")


def _degenerate(value: float, positive: Any) -> tuple[float, float]:
    """Return bounds where no variance shows: what the smaller class could hide."""
    slack = 3 / min(int(positive.sum()), int((~positive).sum()))
    return max(0.0, value - slack), min(1.0, value + slack)


def average_precision(
    positive: Any, scores: Any, times: int | None = None, weight: Any = None
) -> Estimate:
    """Return the area under a precision-recall curve, step by step, with a resampled interval."""
    n = len(positive)
    if not positive.any():
        return undefined("no row is positive", n)
    return bootstrap(precision_of(positive, scores, weight), n, times=times)


def precision_of(positive: Any, scores: Any, weight: Any = None) -> Callable[[Any], float | None]:
    """Return what computes the average precision of a resample from its row numbers.

    Rows are sorted once; a resample only weights them.
    """
    import numpy as np

    n = len(positive)
    order = np.argsort(-scores, kind="stable")
    hits = positive[order].astype(float)
    ends = np.append(np.flatnonzero(np.diff(scores[order])), n - 1)
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    each = 1.0 if weight is None else weight[order]

    def of(rows: Any) -> float | None:
        weights = np.bincount(place[rows], minlength=n) * each
        found = np.cumsum(weights * hits)[ends]
        said = np.cumsum(weights)[ends]
        if found[-1] == 0:
            return None
        precision = found / np.where(said > 0, said, 1)
        return float((np.diff(found, prepend=0.0) * precision).sum() / found[-1])

    return of


def one_against_rest(outcome: Outcome, what: str, times: int | None = None) -> Estimate:
    """Return the mean over classes of each one's area against the rest."""
    import numpy as np

    present = np.unique(outcome.truth)
    if len(present) < 2:
        return undefined("all rows are of one class", len(outcome))

    def of(rows: Any) -> float | None:
        areas = []
        for place in present:
            positive, scores = outcome.truth[rows] == place, outcome.scores[rows, place]
            weight = None if outcome.weight is None else outcome.weight[rows]
            if what == "auc":
                area = auc(positive, scores, weight)
            else:
                area = precision_of(positive, scores, weight)(np.arange(len(rows)))
            if area is not None:
                areas.append(area)
        return float(np.mean(areas)) if areas else None

    return bootstrap(of, len(outcome), times=_FEW_DRAWS if times is None else times)
