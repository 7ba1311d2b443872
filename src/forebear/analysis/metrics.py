"""Figures of an outcome, whatever the task, and which way each is better."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Set
from typing import Any, Final

from forebear.analysis import classification, ranking, regression
from forebear.analysis.intervals import bootstrap, resamples
from forebear.analysis.outcome import Outcome
from forebear.core.errors import InvalidInput
from forebear.core.validation import Estimate, Task

__all__ = [
    "MAIN",
    "by_row",
    "custom",
    "lower_is_better",
    "measure",
    "one",
    "point",
    "takes_weights",
]

MAIN: Final[dict[Task, str]] = {
    "classification": "accuracy",
    "regression": "mae",
    "ranking": "ndcg@10",
}
"""By what slices, comparisons and probes are judged where nothing else is said."""

_LOWER: Final = frozenset("log_loss brier ece mae rmse mape smape median_error width".split())
_MEASURES: Final[dict[Task, Callable[..., dict[str, Estimate]]]] = {
    "classification": classification.measure,
    "regression": regression.measure,
    "ranking": ranking.measure,
}
_MOST_OF_CUSTOM: Final = 200


def measure(outcome: Outcome, only: Set[str] | None = None) -> dict[str, Estimate]:
    """Return all figures of an outcome by name, or those that are asked for."""
    return _MEASURES[outcome.task](outcome, only)


def point(outcome: Outcome, metric: str) -> float | None:
    """Return one figure without its interval, which costs much less."""
    found = _MEASURES[outcome.task](outcome, {metric}, times=0).get(metric)
    return None if found is None else found.value


def by_row(outcome: Outcome, metric: str) -> Any:
    """Return the figure of each row where the metric is the mean of them, else None."""
    if metric == "mae":
        return outcome.losses
    if metric in {"log_loss", "brier"} and outcome.probabilities:
        return classification.row_scores(outcome, metric)
    return None


def one(outcome: Outcome, metric: str) -> Estimate | None:
    """Return one figure, None where the task has none of that name."""
    return measure(outcome, {metric}).get(metric)


def lower_is_better(metric: str) -> bool:
    """Tell whether a smaller figure is the better one.

    >>> lower_is_better("log_loss"), lower_is_better("recall")
    (True, False)
    """
    return metric in _LOWER


def custom(outcome: Outcome, function: Callable[..., float]) -> Estimate:
    """Return a figure of the caller's own, from arrays of truth and prediction.

    Labels come as the data hold them, weights as `sample_weight` where the function takes that. It
    is resampled as often as 200 times, for its interval; where it fails on a resample, that one is
    passed over.

    Raises:
        InvalidInput: the function fails, or gives no number.
    """
    import numpy as np

    truth, predicted = outcome.truth, outcome.predicted
    if outcome.task == "classification":
        labels = _labels(outcome)
        truth, predicted = labels[truth], labels[predicted]
    times = min(_MOST_OF_CUSTOM, resamples(len(outcome)))
    weighted = outcome.weight is not None and takes_weights(function)

    def of(rows: Any) -> float:
        more = {"sample_weight": outcome.weight[rows]} if weighted else {}
        return float(function(truth[rows], predicted[rows], **more))

    def resampled(rows: Any) -> float | None:
        try:
            return of(rows)
        except Exception:  # such as where a resample holds one class only
            return None

    try:
        of(np.arange(len(outcome)))
    except Exception as error:
        name = getattr(function, "__name__", "A figure of your own")
        raise InvalidInput(
            f"{name} failed with {type(error).__name__}: {error}.",
            hint="It is given arrays of what is true and what was predicted, and returns a number.",
        ) from error
    return bootstrap(resampled, len(outcome), times=times)


def _labels(outcome: Outcome) -> Any:
    """Return the classes as an array: of numbers or truths where all are that, else of objects."""
    import numpy as np

    labels = outcome.labels or outcome.classes
    array = np.array(labels)
    return array if array.dtype.kind in "biuf" else np.array(labels, dtype=object)


def takes_weights(function: Callable[..., float]) -> bool:
    """Tell whether a figure of the caller's own can be given `sample_weight`."""
    try:
        return "sample_weight" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False
