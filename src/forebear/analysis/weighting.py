"""Weights of rows: what shares and means are of rows that do not count alike.

An interval needs to know how many equal rows unequal ones are worth: at most what Kish (1965)
says, and fewer where the heavy rows are those that vary (Korn and Graubard 1998).

>>> import numpy as np
>>> round(worth(np.array([1.0, 1.0, 2.0])), 3)
2.667
"""

from __future__ import annotations

import math
from typing import Any, Final

__all__ = ["average", "equal_rows", "error_of_mean", "quantiles", "rate", "welch", "worth"]

_NOTHING: Final = 1e-12


def worth(weight: Any) -> float:
    """Return how many equal rows are as good as these, after Kish."""
    return float(weight.sum() ** 2 / (weight**2).sum()) if len(weight) else 0.0


def equal_rows(
    hit: float, whole: float, hit_squared: float, whole_squared: float
) -> tuple[float, float]:
    """Return a share of `hit` in `whole` as hits among the equal rows that it is worth.

    The first two are sums of weights, the others sums of their squares.
    """
    if whole == 0 or (hit == hit_squared and whole == whole_squared):
        return hit, whole
    share, n = hit / whole, whole**2 / whole_squared
    variance = (hit_squared * (1 - 2 * share) + share**2 * whole_squared) / whole**2
    if share * (1 - share) > _NOTHING and variance > 0:
        n = min(n, share * (1 - share) / variance)
    return share * n, n


def rate(hit: Any, weight: Any = None) -> tuple[float, float]:
    """Return which share of rows is hit (a mask), as hits among rows that count alike."""
    if weight is None:
        return float(hit.sum()), float(len(hit))
    squares = weight**2
    sums = weight[hit].sum(), weight.sum(), squares[hit].sum(), squares.sum()
    return equal_rows(*map(float, sums))


def average(values: Any, weight: Any = None) -> float:
    """Return the mean of values, by their weights where there are any."""
    import numpy as np

    return float(np.average(values, weights=weight))


def error_of_mean(values: Any, weight: Any = None) -> tuple[float, float]:
    """Return the standard error of a mean and its degrees of freedom; two rows at least."""
    import numpy as np

    n = len(values)
    weight = np.ones(n) if weight is None else weight
    apart = weight * (values - average(values, weight))
    error = math.sqrt(n / (n - 1) * float((apart**2).sum())) / float(weight.sum())
    return error, worth(weight) - 1


def welch(
    one: Any, two: Any, weights: tuple[Any, Any] = (None, None)
) -> tuple[float, float, float]:
    """Return the difference of two means, its standard error, and the degrees of freedom.

    Welch (1947), of samples that have two rows each at least.
    """
    gap = average(one, weights[0]) - average(two, weights[1])
    (first, m), (second, n) = error_of_mean(one, weights[0]), error_of_mean(two, weights[1])
    whole = first**2 + second**2
    below = first**4 / m + second**4 / n
    return gap, math.sqrt(whole), whole**2 / below if below > 0 else m + n


def quantiles(values: Any, shares: Any, weight: Any) -> Any:
    """Return quantiles of weighted values: where their sum of weights is passed.

    Where it is met exactly, half-way to the next value, as scikit-learn does.
    """
    import numpy as np

    order = np.argsort(values, kind="stable")
    ordered, sums = np.asarray(values)[order], np.cumsum(weight[order])
    wanted = np.asarray(shares) * sums[-1]
    last = len(ordered) - 1
    place = np.minimum(np.searchsorted(sums, wanted), last)
    beyond = np.where(
        sums[place] - wanted > np.finfo(float).eps, place, np.minimum(place + 1, last)
    )
    return (ordered[place] + ordered[beyond]) / 2
