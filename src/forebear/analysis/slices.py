"""Figures on parts of the rows: those that are asked for, and those where a model is worse.

A slice is judged by one loss for each row: whether it was wrong, or how far off. The search
goes through all conditions on one column and on two, tests each once, and keeps the rate of
false discoveries below one in twenty (Benjamini and Hochberg).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise
from typing import Any, Final

from msgspec import Struct, structs

from forebear.analysis import metrics
from forebear.analysis.conditions import Clause, Condition, column_of, parse
from forebear.analysis.discoveries import adjusted
from forebear.analysis.outcome import Outcome, label
from forebear.analysis.weighting import average, welch
from forebear.core.validation import Estimate, SliceSummary

__all__ = ["SMALLEST", "bins", "find", "given"]

SMALLEST: Final = 30
"""Slices and groups with fewer rows are not judged."""
_SMALLEST_SHARE: Final = 0.01
_LARGEST_SHARE: Final = 0.9
_MOST_VALUES: Final = 20
_FEW_NUMBERS: Final = 8
_QUANTILES: Final = 4
_MOST_FOUND: Final = 10
_MOST_LOOKED_AT: Final = 300
_CHUNK: Final = 50_000
_SIGNIFICANT: Final = 0.05


class _Judged(Struct, frozen=True):
    """The rows on which slices are judged, with their losses and the figure that tells them."""

    rows: Any
    losses: Any
    metric: str
    weight: Any = None

    def p(self, inside: Any, outside: Any) -> float:
        """Return the two-sided p of the losses of some rows and those of others (masks)."""
        weights = (None, None)
        if self.weight is not None:
            weights = self.weight[inside], self.weight[outside]
        return _p(self.losses[inside], self.losses[outside], weights)

    def alone(self) -> _Judged:
        """Return it for the rows that are judged, without the others."""
        weight = None if self.weight is None else self.weight[self.rows]
        kept = self.rows[self.rows]
        return _Judged(kept, self.losses[self.rows], self.metric, weight)


def given(outcome: Outcome, frame: Any, texts: Sequence[str], main: str) -> list[SliceSummary]:
    """Return how the model does on slices that somebody asked for, beside all other rows."""
    judged = _judged(outcome, main)
    found, ps = [], []
    for text in texts:
        mask = parse(text).mask(frame)
        one = _summary(outcome, judged, mask, text)
        found.append(one)
        ps.append(one.p)
    known = [p for p in ps if p is not None]
    after = iter(adjusted(known))
    return [one if one.p is None else _worded(one, next(after)) for one in found]


def _judged(outcome: Outcome, main: str) -> _Judged:
    """Return what the main metric is about: all rows, or the positive ones only."""
    import numpy as np

    everything = np.ones(len(outcome), dtype=bool)
    if outcome.task == "ranking":
        return _Judged(everything, everything.astype(float), main, outcome.weight)
    about = {
        "recall": outcome.truth == outcome.positive,
        "specificity": outcome.truth != outcome.positive,
        "precision": outcome.predicted == outcome.positive,
    }
    if outcome.binary and main in about:
        return _Judged(about[main], outcome.losses, main, outcome.weight)
    return _Judged(everything, outcome.losses, metrics.MAIN[outcome.task], outcome.weight)


def _summary(outcome: Outcome, judged: _Judged, mask: Any, where: str) -> SliceSummary:
    inside, outside = mask & judged.rows, ~mask & judged.rows
    told = _figure(outcome, mask, judged.metric)
    n = int(inside.sum())
    small = outcome.take(inside).rows_worth() < SMALLEST
    if small or outcome.task == "ranking":
        verdict = "too small" if small else "no difference seen"
        return SliceSummary(where, n, judged.metric, told, verdict=verdict)  # type: ignore[arg-type]
    p = judged.p(inside, outside) if outside.any() else None
    beside = _figure(outcome, ~mask, judged.metric) if outside.any() else None
    return SliceSummary(where, n, judged.metric, told, beside, p)


def _figure(outcome: Outcome, mask: Any, metric: str) -> Estimate:
    found = metrics.one(outcome.take(mask), metric) if mask.any() else None
    return found or Estimate(None, why="there is no such row")


def _worded(one: SliceSummary, p: float) -> SliceSummary:
    there = one.outside.value if one.outside is not None else None
    if p >= _SIGNIFICANT or one.inside.value is None or there is None:
        return structs.replace(one, p=p)
    worse = (one.inside.value < there) != metrics.lower_is_better(one.metric)
    return structs.replace(one, p=p, verdict="worse" if worse else "better")


def _p(inside: Any, outside: Any, weights: tuple[Any, Any]) -> float:
    """Return the two-sided p of a difference of losses: Fisher's exact test, or Welch's.

    Fisher's knows no weights.
    """
    import numpy as np
    from scipy import stats

    equal = weights[0] is None
    if equal and np.isin(np.concatenate([inside, outside]), (0.0, 1.0)).all():
        table = [[part.sum(), len(part) - part.sum()] for part in (inside, outside)]
        return float(stats.fisher_exact(table).pvalue)
    if min(len(inside), len(outside)) < 2:
        return 1.0
    gap, error, freedom = welch(inside, outside, weights)
    if error == 0:
        return 1.0 if gap == 0 else 0.0
    return float(2 * stats.t.sf(abs(gap) / error, freedom))


def find(
    outcome: Outcome, frame: Any, columns: Iterable[str], main: str
) -> tuple[list[SliceSummary], int]:
    """Return slices where the model is worse than elsewhere, and how many were tested.

    Of slices that overlap, one is told only where it is worse on rows that no other one has.
    """
    judged = _judged(outcome, main)
    rows, alone = frame[judged.rows], judged.alone()
    n = len(rows)
    smallest = max(SMALLEST, int(n * _SMALLEST_SHARE))
    if n < 2 * smallest or outcome.task == "ranking" or not alone.losses.any():
        return [], 0
    parts = [part for name in columns for part in [bins(rows, name, smallest)] if len(part) > 1]
    clauses = [one for part in parts for one in part]
    which = [number for number, part in enumerate(parts) for _ in part]
    if not clauses:
        return [], 0
    masks = _masks(rows, clauses)
    tested = _tested(masks, alone, which, smallest)
    worse = sorted((one for one in tested if one[1] < _SIGNIFICANT), key=lambda one: one[2])
    kept = _apart(masks, alone, [one[0] for one in worse[:_MOST_LOOKED_AT]], smallest)
    qs = {one[0]: one[1] for one in tested}
    found = []
    for pair in kept:
        whole = Condition(tuple(clause for one in pair for clause in clauses[one].clauses))
        told = _summary(outcome, judged, whole.mask(frame), str(whole))
        found.append(structs.replace(told, p=qs[pair], verdict="worse", found=True))
    return found, len(tested)


def bins(frame: Any, name: str, smallest: int = 1) -> list[Condition]:
    """Return conditions that divide the rows by a column: its values, or quarters of numbers."""
    import numpy as np

    values = column_of(frame, name)
    if values.dtype.kind in "iuf" and values.nunique() > _FEW_NUMBERS:
        numbers = values.dropna().to_numpy(dtype=float)
        cuts = np.unique(np.quantile(numbers, np.arange(1, _QUANTILES) / _QUANTILES))
        texts = [_written(float(cut)) for cut in cuts]
        edges = [None, *texts, None]
        found = [_between(name, low, high) for low, high in pairwise(edges)]
    else:
        counts = values.value_counts()
        common = [one for one, count in counts.items() if count >= smallest][:_MOST_VALUES]
        found = [Condition((Clause(name, "=", (label(one),)),)) for one in common]
    missing = int(values.isna().sum())
    return [*found, *([Condition((Clause(name, "is missing"),))] if missing >= smallest else [])]


def _written(cut: float) -> str:
    return f"{cut:.6g}"


def _between(name: str, low: str | None, high: str | None) -> Condition:
    clauses = [Clause(name, ">", (low,))] if low is not None else []
    clauses += [Clause(name, "<=", (high,))] if high is not None else []
    return Condition(tuple(clauses))


def _masks(frame: Any, conditions: Sequence[Condition]) -> Any:
    import numpy as np

    return np.stack([one.mask(frame) for one in conditions], axis=1)


_Pair = tuple[int, ...]


def _tested(
    masks: Any, judged: _Judged, which: Sequence[int], smallest: int
) -> list[tuple[_Pair, float, float]]:
    """Return each slice that is large enough with its p after adjustment, and its p before."""
    import numpy as np

    n, k = masks.shape
    terms = _terms(judged)
    sums = np.zeros((len(terms), k, k))
    for start in range(0, n, _CHUNK):
        part = masks[start : start + _CHUNK].astype(float)
        for place, one in enumerate(terms):
            sums[place] += part.T @ (part * one[start : start + _CHUNK, np.newaxis])
    pairs: list[_Pair] = [(one,) for one in range(k)]
    pairs += [(a, b) for a, b in combinations(range(k), 2) if which[a] != which[b]]
    ends = [(pair[0], pair[-1]) for pair in pairs]
    found = np.array([[table[end] for end in ends] for table in sums])
    counts = found[0]
    fits = (counts >= smallest) & (counts <= _LARGEST_SHARE * n)
    if judged.weight is not None:
        fits &= found[3] ** 2 >= SMALLEST * found[4]
    if not fits.any():
        return []
    if judged.weight is not None:
        ps = _one_sided_weighted(found[:, fits], np.array([one.sum() for one in terms]))
    else:
        ps = _one_sided(found[0, fits], found[1, fits], found[2, fits], judged.losses)
    left = [pair for pair, fit in zip(pairs, fits, strict=True) if fit]
    return list(zip(left, adjusted(list(ps)), map(float, ps), strict=True))


def _terms(judged: _Judged) -> list[Any]:
    """Return what is summed over the rows of each slice to test it."""
    import numpy as np

    loss, weight = judged.losses, judged.weight
    if weight is None:
        return [np.ones(len(loss)), loss, loss**2]
    squares = weight**2
    return [np.ones(len(loss)), weight * loss, squares * loss**2, weight, squares, squares * loss]


def _one_sided_weighted(inside: Any, everything: Any) -> Any:
    """Return the p of each slice being worse than the other rows, by weighted means (Welch)."""
    import numpy as np
    from scipy import stats

    means, variances, freedoms = [], [], []
    for n, total, squares, weight, weights, between in (inside, everything[:, np.newaxis] - inside):
        mean = total / weight
        spread = np.maximum(squares - 2 * mean * between + mean**2 * weights, 0) / weight**2
        means.append(mean)
        variances.append(spread * n / np.maximum(n - 1, 1))
        freedoms.append(np.maximum(weight**2 / weights - 1, 1))
    whole = np.maximum(variances[0] + variances[1], 1e-300)
    below = sum(one**2 / freedom for one, freedom in zip(variances, freedoms, strict=True))
    freedom = np.where(below > 0, whole**2 / np.where(below > 0, below, 1), freedoms[0])
    return stats.t.sf((means[0] - means[1]) / np.sqrt(whole), freedom)


def _one_sided(counts: Any, total: Any, squares: Any, losses: Any) -> Any:
    """Return the p of each slice being worse than the other rows: exact for right and wrong."""
    import numpy as np
    from scipy import stats

    n = len(losses)
    if np.isin(losses, (0.0, 1.0)).all():
        return stats.hypergeom.sf(np.round(total) - 1, n, round(losses.sum()), np.round(counts))
    rest = n - counts
    mean, other = total / counts, (losses.sum() - total) / rest
    spread = np.maximum(squares / counts - mean**2, 0) / np.maximum(counts - 1, 1)
    others = (losses**2).sum() - squares
    beside = np.maximum(others / rest - other**2, 0) / np.maximum(rest - 1, 1)
    error = np.sqrt(np.maximum(spread + beside, 1e-300))
    return stats.norm.sf((mean - other) / error)


def _apart(masks: Any, judged: _Judged, pairs: Sequence[_Pair], smallest: int) -> list[_Pair]:
    """Return the slices that are worse beyond what those before them hold."""
    import numpy as np

    losses, weight = judged.losses, judged.weight
    weight = np.ones(len(losses)) if weight is None else weight
    covered = np.zeros(len(losses), dtype=bool)
    kept = []
    for pair in pairs:
        mine = np.logical_and.reduce([masks[:, one] for one in pair]) & ~covered
        rest = ~mine & ~covered
        if mine.sum() < smallest or not rest.any():
            continue
        worse = average(losses[mine], weight[mine]) > average(losses[rest], weight[rest])
        if worse and judged.p(mine, rest) < 0.01:
            kept.append(pair)
            covered |= mine
            if len(kept) == _MOST_FOUND:
                break
    return kept
