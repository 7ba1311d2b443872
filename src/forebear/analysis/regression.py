"""Figures of models that say values."""

from __future__ import annotations

import math
from collections.abc import Callable, Set
from typing import Any, Final

from forebear.analysis.intervals import bootstrap, mean, quantile, undefined, wilson
from forebear.analysis.outcome import Outcome
from forebear.analysis.weighting import average, rate
from forebear.core.validation import Estimate

__all__ = ["measure"]


def measure(
    outcome: Outcome, only: Set[str] | None = None, *, times: int | None = None
) -> dict[str, Estimate]:
    """Return all figures of a regression, or those that are asked for.

    `times` is how often rows are resampled; 0 for figures alone.
    """
    makers = _FIGURES | (_BOUNDED if outcome.low is not None else {})
    asked = [name for name in makers if only is None or name in only]
    return {name: _r2(outcome, times) if name == "r2" else makers[name](outcome) for name in asked}


def _errors(outcome: Outcome) -> Any:
    return outcome.predicted - outcome.truth


def _mae(outcome: Outcome) -> Estimate:
    return mean(abs(_errors(outcome)), least=0.0, weight=outcome.weight)


def _rmse(outcome: Outcome) -> Estimate:
    squares = mean(_errors(outcome) ** 2, weight=outcome.weight)
    if squares.value is None:
        return squares
    bounds = [None if b is None else math.sqrt(max(b, 0.0)) for b in (squares.low, squares.high)]
    return Estimate(math.sqrt(squares.value), bounds[0], bounds[1], squares.n, squares.how)


def _r2(outcome: Outcome, times: int | None = None) -> Estimate:
    squares = _errors(outcome) ** 2

    def of(rows: Any) -> float | None:
        truth = outcome.truth[rows]
        weight = 1.0 if outcome.weight is None else outcome.weight[rows]
        middle = average(truth, None if outcome.weight is None else weight)
        around = float((weight * (truth - middle) ** 2).sum())
        return 1 - float((weight * squares[rows]).sum()) / around if around > 0 else None

    return bootstrap(of, len(outcome), times=times)


def _mape(outcome: Outcome) -> Estimate:
    if (outcome.truth == 0).any():
        return undefined("some true values are 0", len(outcome))
    return mean(abs(_errors(outcome) / outcome.truth), least=0.0, weight=outcome.weight)


def _smape(outcome: Outcome) -> Estimate:
    import numpy as np

    sizes = abs(outcome.truth) + abs(outcome.predicted)
    each = 2 * abs(_errors(outcome)) / np.where(sizes > 0, sizes, 1)
    return mean(each, least=0.0, weight=outcome.weight)


def _quantile(share: float) -> Callable[[Outcome], Estimate]:
    return lambda outcome: quantile(_errors(outcome), share, weight=outcome.weight)


def _median_error(outcome: Outcome) -> Estimate:
    return quantile(abs(_errors(outcome)), 0.5, weight=outcome.weight)


def _coverage(outcome: Outcome) -> Estimate:
    inside = (outcome.low <= outcome.truth) & (outcome.truth <= outcome.high)
    return wilson(*rate(inside, outcome.weight), rows=len(outcome))


_FIGURES: Final[dict[str, Callable[[Outcome], Estimate]]] = {
    "mae": _mae,
    "rmse": _rmse,
    "r2": _r2,
    "mape": _mape,
    "smape": _smape,
    "median_error": _median_error,
    "bias": lambda outcome: mean(_errors(outcome), weight=outcome.weight),
    "residual_q05": _quantile(0.05),
    "residual_q25": _quantile(0.25),
    "residual_q50": _quantile(0.5),
    "residual_q75": _quantile(0.75),
    "residual_q95": _quantile(0.95),
}
_BOUNDED: Final[dict[str, Callable[[Outcome], Estimate]]] = {
    "coverage": _coverage,
    "width": lambda outcome: mean(outcome.high - outcome.low, weight=outcome.weight),
}
