"""Figures of rankings: each query has one, and what is told is their mean."""

from __future__ import annotations

import re
from collections.abc import Set
from itertools import pairwise
from typing import Any, Final, NamedTuple

from forebear.analysis.intervals import bootstrap, undefined
from forebear.analysis.outcome import Outcome
from forebear.analysis.weighting import average
from forebear.core.validation import Estimate

__all__ = ["CUTS", "by_query", "measure", "unanswerable", "weights"]

CUTS: Final = (1, 5, 10)
_NAME: Final = re.compile(r"(ndcg|precision|recall)@(\d+)")


def measure(
    outcome: Outcome, only: Set[str] | None = None, *, times: int | None = None
) -> dict[str, Estimate]:
    """Return all figures of a ranking, or those that are asked for.

    `times` is how often queries are resampled; 0 for figures alone.
    """
    names = [f"{one}@{cut}" for one in ("ndcg", "precision", "recall") for cut in CUTS]
    names += ["map", "mrr"]
    if only is not None:
        names = [name for name in only if name in {"map", "mrr"} or _NAME.fullmatch(name)]
    weight = weights(outcome)
    return {name: _mean(by_query(outcome, name), weight, times) for name in names}


def unanswerable(outcome: Outcome) -> int:
    """Return how many queries have no relevant row: they have no figure."""
    return sum(1 for one in _queries(outcome) if not (outcome.truth[one] > 0).any())


def by_query(outcome: Outcome, name: str) -> Any:
    """Return a figure for each query that has a relevant row, in their order."""
    import numpy as np

    found = []
    for rows in _queries(outcome):
        truth = outcome.truth[rows]
        if (truth > 0).any():
            found.append(_figure(name, _Ranked.of(truth, outcome.predicted[rows])))
    return np.array(found)


def weights(outcome: Outcome) -> Any:
    """Return what each query with a relevant row counts, that of its first row; None for alike."""
    import numpy as np

    if outcome.weight is None:
        return None
    kept = [rows for rows in _queries(outcome) if (outcome.truth[rows] > 0).any()]
    return np.array([outcome.weight[rows[0]] for rows in kept])


def _queries(outcome: Outcome) -> list[Any]:
    import numpy as np

    order = np.argsort(outcome.query, kind="stable")
    starts = np.flatnonzero(np.diff(outcome.query[order])) + 1
    return np.split(order, starts) if len(order) else []


class _Ranked(NamedTuple):
    """The rows of a query, the first ranked first.

    Rows that are ranked alike have no order. What is told is the mean over all orders of them
    (McSherry and Najork 2008), so the order in which they happen to lie says nothing.
    """

    gains: Any
    """How relevant rows are; of those ranked alike the mean."""
    hits: Any
    """Whether they are relevant at all, likewise."""
    best: Any
    """How relevant the rows would be in the best order."""
    ties: Any
    """Where each set of rows that are ranked alike begins, and the end."""

    @classmethod
    def of(cls, truth: Any, predicted: Any) -> _Ranked:
        """Rank rows by what was predicted of them."""
        import numpy as np

        order = np.argsort(-predicted, kind="stable")
        starts = np.append(0, np.flatnonzero(np.diff(predicted[order])) + 1)
        ties = np.append(starts, len(truth))
        counts = np.diff(ties)
        gains, hits = (
            np.repeat(np.add.reduceat(one[order].astype(float), starts) / counts, counts)
            for one in (truth, truth > 0)
        )
        return cls(gains, hits, np.sort(truth)[::-1].astype(float), ties)


def _figure(name: str, ranked: _Ranked) -> float:
    """Return the figure of one query."""
    import numpy as np

    if name == "mrr":
        return _reciprocal(ranked)
    if name == "map":
        return _average_precision(ranked)
    kind, cut = name.split("@")
    top = int(cut)
    if kind == "precision":
        return float(ranked.hits[:top].sum() / top)
    if kind == "recall":
        return float(ranked.hits[:top].sum() / ranked.hits.sum())
    discount = 1 / np.log2(np.arange(2, len(ranked.gains) + 2))
    best = (ranked.best * discount)[:top].sum()
    return float((ranked.gains * discount)[:top].sum() / best)


def _reciprocal(ranked: _Ranked) -> float:
    """Return one by the place of the first relevant row, over all orders of those beside it."""
    start, end = next(
        (a, b) for a, b in pairwise(ranked.ties.tolist()) if ranked.hits[a:b].sum() > 0
    )
    left, relevant = end - start, round(ranked.hits[start:end].sum())
    found, none_yet = 0.0, 1.0
    for place in range(start + 1, end + 1):
        here = relevant / left
        found += none_yet * here / place
        none_yet *= 1 - here
        left -= 1
        if none_yet <= 0:
            break
    return found


def _average_precision(ranked: _Ranked) -> float:
    """Return the precision at each relevant row, on average, over all orders of those beside it."""
    import numpy as np

    found, before = 0.0, 0.0
    for start, end in pairwise(ranked.ties.tolist()):
        n, relevant = end - start, float(ranked.hits[start:end].sum())
        within = np.arange(n) * ((relevant - 1) / (n - 1) if n > 1 else 0.0)
        places = np.arange(start + 1, end + 1)
        found += float((relevant / n * (before + within + 1) / places).sum())
        before += relevant
    return found / before


def _mean(values: Any, weight: Any, times: int | None) -> Estimate:
    n = len(values)
    if n == 0:
        return undefined("no query has a relevant row")

    def of(rows: Any) -> float:
        return average(values[rows], None if weight is None else weight[rows])

    return bootstrap(of, n, times=times)
