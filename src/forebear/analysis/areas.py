"""Areas under ROC and precision-recall curves, with intervals, and two of them compared."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from forebear.analysis.intervals import LEVEL, bootstrap, normal, undefined
from forebear.analysis.outcome import Outcome
from forebear.core.validation import Estimate

__all__ = ["auc", "auc_estimate", "average_precision", "delong", "one_against_rest", "precision_of"]

_FEW_DRAWS: Final = 200


def delong(positive: Any, scores: list[Any]) -> tuple[Any, Any]:
    """Return the areas under the ROC curves of several scores of the same rows, with covariance.

    DeLong, DeLong and Clarke-Pearson 1988, by the mid-ranks of Sun and Xu 2014: O(n log n).
    """
    import numpy as np
    from scipy.stats import rankdata

    m, n = int(positive.sum()), int((~positive).sum())
    areas, above, below = [], [], []
    for one in scores:
        all_ranks = rankdata(one)
        own, others = rankdata(one[positive]), rankdata(one[~positive])
        areas.append((all_ranks[positive].sum() - m * (m + 1) / 2) / (m * n))
        above.append((all_ranks[positive] - own) / n)
        below.append(1 - (all_ranks[~positive] - others) / m)
    covariance = _cov(np.array(above)) / m + _cov(np.array(below)) / n
    return np.array(areas), covariance


def _cov(values: Any) -> Any:
    import numpy as np

    if values.shape[1] < 2:
        return np.full((len(values), len(values)), np.nan)
    return np.atleast_2d(np.cov(values))


def auc(positive: Any, scores: Any) -> float | None:
    """Return the area under a ROC curve; None where there is one class only."""
    from scipy.stats import rankdata

    m = int(positive.sum())
    n = len(positive) - m
    if not m or not n:
        return None
    return float((rankdata(scores)[positive].sum() - m * (m + 1) / 2) / (m * n))


def auc_estimate(positive: Any, scores: Any) -> Estimate:
    """Return the area under a ROC curve with DeLong's interval, symmetric in log-odds."""
    n = len(positive)
    if positive.all() or not positive.any():
        return undefined("all rows are of one class", n)
    areas, covariance = delong(positive, [scores])
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


def average_precision(positive: Any, scores: Any, times: int | None = None) -> Estimate:
    """Return the area under a precision-recall curve, step by step, with a resampled interval."""
    n = len(positive)
    if not positive.any():
        return undefined("no row is positive", n)
    return bootstrap(precision_of(positive, scores), n, times=times)


def precision_of(positive: Any, scores: Any) -> Callable[[Any], float | None]:
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

    def of(rows: Any) -> float | None:
        weights = np.bincount(place[rows], minlength=n).astype(float)
        found = np.cumsum(weights * hits)[ends]
        said = np.cumsum(weights)[ends]
        if found[-1] == 0:
            return None
        precision = found / np.maximum(said, 1)
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
            if what == "auc":
                area = auc(positive, scores)
            else:
                area = precision_of(positive, scores)(np.arange(len(rows)))
            if area is not None:
                areas.append(area)
        return float(np.mean(areas)) if areas else None

    return bootstrap(of, len(outcome), times=_FEW_DRAWS if times is None else times)
