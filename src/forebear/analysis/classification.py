"""Figures of classifiers: from the confusion matrix, and from scores.

Names without an ending are those of the positive class where there are two classes; with more
there are `_macro`, `_micro`, `_weighted`, and `recall.setosa` for one class.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Set
from typing import Any, Final, NamedTuple

from forebear.analysis.areas import auc_estimate, average_precision, one_against_rest
from forebear.analysis.intervals import bootstrap, mean, percentiles, resamples, undefined, wilson
from forebear.analysis.outcome import Outcome
from forebear.analysis.weighting import average, equal_rows, rate
from forebear.core.validation import Estimate

__all__ = [
    "BINS",
    "calibration",
    "calibration_error",
    "confusion",
    "measure",
    "row_scores",
    "scored",
]

BINS: Final = 10
"""Bins of equal width for the expected calibration error."""
_MOST_CLASSES: Final = 50
"""With more classes there are no figures for each of them."""
_TINY: Final = sys.float_info.epsilon


def confusion(outcome: Outcome) -> Any:
    """Return how often each class (row) was taken for each (column), or what these rows weigh."""
    return _table(outcome, outcome.weight)


def _table(outcome: Outcome, weight: Any) -> Any:
    import numpy as np

    k = len(outcome.classes)
    flat = np.bincount(_cells(outcome), weights=weight, minlength=k * k)
    return flat.reshape(k, k)


def _cells(outcome: Outcome) -> Any:
    """Return in which cell of the matrix each row is counted."""
    return outcome.truth * len(outcome.classes) + outcome.predicted


def measure(
    outcome: Outcome, only: Set[str] | None = None, *, times: int | None = None
) -> dict[str, Estimate]:
    """Return all figures of a classification, or those that are asked for.

    `times` is how often rows are resampled; 0 for figures alone.
    """
    matrix = confusion(outcome)
    found = _exact(outcome, only)
    found |= _resampled(outcome, matrix, only, done=found, times=times)
    makers = _SCORES if outcome.scores is not None else {}
    return found | {
        name: make(outcome, times) for name, make in makers.items() if only is None or name in only
    }


def scored(outcome: Outcome) -> Outcome:
    """Return the rows whose true class the model can give a score to."""
    known = outcome.scores.any(axis=0)
    return outcome if known.all() else outcome.take(known[outcome.truth])


def _exact(outcome: Outcome, only: Set[str] | None) -> dict[str, Estimate]:
    """Return what is a proportion of rows, with its score interval."""
    right, true, said, every = _Sums.of(outcome)
    found = {"accuracy": every.share(right.over_all())}
    places: dict[str, int] = {}
    if outcome.positive is not None:
        places[""] = outcome.positive
        other = 1 - outcome.positive
        found["specificity"] = true.share(right, other)
    if len(outcome.classes) <= _MOST_CLASSES:
        places |= {f".{name}": place for place, name in enumerate(outcome.classes)}
    for ending, place in places.items():
        found[f"precision{ending}"] = said.share(right, place)
        found[f"recall{ending}"] = true.share(right, place)
    return {name: one for name, one in found.items() if only is None or name in only}


class _Sums(NamedTuple):
    """What rows of each class sum to: their weights, the squares of these, and their number."""

    weights: Any
    squares: Any
    rows: Any

    @classmethod
    def of(cls, outcome: Outcome) -> list[_Sums]:
        """Return the sums of rows that are right, by true and by predicted class, and of all."""
        counts = _table(outcome, None)
        if outcome.weight is None:
            tables = [counts, counts, counts]
        else:
            tables = [confusion(outcome), _table(outcome, outcome.weight**2), counts]
        right = cls(*(one.diagonal() for one in tables))
        true, said = (cls(*(one.sum(axis=axis) for one in tables)) for axis in (1, 0))
        return [right, true, said, true.over_all()]

    def over_all(self) -> _Sums:
        """Return the sums over all classes."""
        return _Sums(*(one.sum(keepdims=True) for one in self))

    def share(self, hits: _Sums, place: int = 0) -> Estimate:
        """Return which share of the rows of a class are hits."""
        sums = hits.weights, self.weights, hits.squares, self.squares
        equal = equal_rows(*(float(one[place]) for one in sums))
        return wilson(*equal, rows=int(self.rows[place]))


def _resampled(
    outcome: Outcome,
    matrix: Any,
    only: Set[str] | None,
    *,
    done: Container[str],
    times: int | None,
) -> dict[str, Estimate]:
    """Return what else follows from the matrix; resampling rows is drawing its cells."""
    import numpy as np

    n, k = len(outcome), len(matrix)
    if n == 0:
        return {}
    values = {
        name: figure
        for name, figure in _of_matrices(outcome, matrix[np.newaxis]).items()
        if name not in done and (only is None or name in only)
    }
    if not values:
        return {}
    times = resamples(k * k) if times is None else min(times, resamples(k * k))
    drawn = _drawn(outcome, matrix, times)
    spread = _of_matrices(outcome, drawn) if times else {}
    return {name: _between(figure[0], spread.get(name), n) for name, figure in values.items()}


def _drawn(outcome: Outcome, matrix: Any, times: int) -> Any:
    """Return confusion matrices of resamples: of cells, or of rows where these weigh unequal."""
    import numpy as np

    random = np.random.default_rng(0)
    n, k = len(outcome), len(matrix)
    if outcome.weight is None:
        return random.multinomial(n, matrix.ravel() / n, times).reshape(times, k, k)
    cells, tables = _cells(outcome), []
    for _ in range(min(times, resamples(n))):
        rows = random.integers(0, n, n)
        tables.append(np.bincount(cells[rows], outcome.weight[rows], minlength=k * k))
    return np.reshape(tables, (len(tables), k, k))


def _between(value: float, spread: Any, n: int) -> Estimate:
    import numpy as np

    if np.isnan(value):
        return undefined("there is no such row", n)
    if spread is None or np.isnan(spread).all():
        many = "classes" if resamples(n) else "rows"
        return Estimate(float(value), n=n, why=f"too many {many} to be resampled")
    return percentiles(float(value), spread[~np.isnan(spread)], n)


def _of_matrices(outcome: Outcome, matrices: Any) -> dict[str, Any]:
    """Return figures of many confusion matrices at a time, NaN where one is not defined."""
    import numpy as np

    right = np.diagonal(matrices, axis1=1, axis2=2).astype(float)
    true, said = matrices.sum(axis=2), matrices.sum(axis=1)
    total = matrices.sum(axis=(1, 2)).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision, recall, f1 = right / said, right / true, 2 * right / (true + said)
        found = {"balanced_accuracy": _mean_where(recall, true > 0)}
        present = (true > 0) | (said > 0)
        for name, each in (("precision", precision), ("recall", recall), ("f1", f1)):
            filled = np.nan_to_num(each)
            found[f"{name}_macro"] = _mean_where(filled, present)
            found[f"{name}_micro"] = right.sum(axis=1) / total
            found[f"{name}_weighted"] = (filled * true).sum(axis=1) / total
        found["mcc"] = _matthews(right.sum(axis=1), true, said, total)
    if outcome.positive is not None:
        found["f1"] = f1[:, outcome.positive]
    if len(outcome.classes) <= _MOST_CLASSES:
        found |= {f"f1.{name}": f1[:, place] for place, name in enumerate(outcome.classes)}
    return found


def _mean_where(values: Any, counts: Any) -> Any:
    import numpy as np

    return np.where(counts, np.nan_to_num(values), 0.0).sum(axis=1) / counts.sum(axis=1)


def _matthews(right: Any, true: Any, said: Any, total: Any) -> Any:
    """Return Matthews' coefficient for any number of classes; 0 where one side is constant."""
    import numpy as np

    true, said = true.astype(float), said.astype(float)
    above = right * total - (true * said).sum(axis=1)
    below = np.sqrt((total**2 - (said**2).sum(axis=1)) * (total**2 - (true**2).sum(axis=1)))
    return np.where(below > 0, above / np.where(below > 0, below, 1), 0.0)


def _roc_auc(outcome: Outcome, times: int | None) -> Estimate:
    rows = scored(outcome)
    if outcome.binary:
        return auc_estimate(rows.truth == outcome.positive, rows.positive_scores, rows.weight)
    return one_against_rest(rows, "auc", times)


def _pr_auc(outcome: Outcome, times: int | None) -> Estimate:
    rows = scored(outcome)
    if outcome.binary:
        positive = rows.truth == outcome.positive
        return average_precision(positive, rows.positive_scores, times, rows.weight)
    return one_against_rest(rows, "precision", times)


def _log_loss(outcome: Outcome, times: int | None) -> Estimate:
    if not outcome.probabilities:
        return undefined("the scores are no probabilities", len(outcome))
    rows = scored(outcome)
    return mean(row_scores(rows, "log_loss"), least=0.0, weight=rows.weight)


def _brier(outcome: Outcome, times: int | None) -> Estimate:
    if not outcome.probabilities:
        return undefined("the scores are no probabilities", len(outcome))
    return mean(row_scores(outcome, "brier"), least=0.0, weight=outcome.weight)


def row_scores(outcome: Outcome, metric: str) -> Any:
    """Return the log loss or the Brier score of each row."""
    import numpy as np

    if metric == "log_loss":
        chance = np.clip(outcome.scores, _TINY, 1 - _TINY)
        chance = chance / chance.sum(axis=1, keepdims=True)
        return -np.log(chance[np.arange(len(outcome)), outcome.truth])
    if outcome.binary:
        return (outcome.positive_scores - (outcome.truth == outcome.positive)) ** 2
    target = np.eye(len(outcome.classes))[outcome.truth]
    return ((outcome.scores - target) ** 2).sum(axis=1)


def _ece(outcome: Outcome, times: int | None) -> Estimate:
    if not outcome.probabilities:
        return undefined("the scores are no probabilities", len(outcome))
    chance, hit = calibration_error(outcome)
    weight = outcome.weight

    def of(rows: Any) -> float:
        return _gap(chance[rows], hit[rows], None if weight is None else weight[rows])

    return bootstrap(of, len(outcome), times=times)


def calibration_error(outcome: Outcome) -> tuple[Any, Any]:
    """Return for each row the probability that was said, and whether it came true.

    Of two classes that is the positive one's, of more that of the class that was predicted.
    """
    if outcome.binary:
        return outcome.positive_scores, (outcome.truth == outcome.positive).astype(float)
    best = outcome.scores.argmax(axis=1)
    return outcome.scores.max(axis=1), (best == outcome.truth).astype(float)


def calibration(outcome: Outcome) -> list[dict[str, float | int | None]]:
    """Return the reliability curve: for each bin what was said, what came true, and how often."""
    import numpy as np

    chance, hit = calibration_error(outcome)
    bins = np.minimum((chance * BINS).astype(int), BINS - 1)
    found: list[dict[str, float | int | None]] = []
    for place in range(BINS):
        here = bins == place
        if here.any():
            weight = None if outcome.weight is None else outcome.weight[here]
            came = wilson(*rate(hit[here] > 0, weight), rows=int(here.sum()))
            row = {"said": average(chance[here], weight), "came": came.value}
            found.append({**row, "low": came.low, "high": came.high, "n": came.n})
    return found


def _gap(chance: Any, hit: Any, weight: Any) -> float:
    """Return the expected calibration error over bins of equal width (Naeini 2015)."""
    import numpy as np

    weight = np.ones(len(chance)) if weight is None else weight
    bins = np.minimum((chance * BINS).astype(int), BINS - 1)
    said = np.bincount(bins, weights=weight * chance, minlength=BINS)
    came = np.bincount(bins, weights=weight * hit, minlength=BINS)
    return float(np.abs(said - came).sum() / weight.sum())


_SCORES: Final[dict[str, Callable[[Outcome, int | None], Estimate]]] = {
    "roc_auc": _roc_auc,
    "pr_auc": _pr_auc,
    "log_loss": _log_loss,
    "brier": _brier,
    "ece": _ece,
}
