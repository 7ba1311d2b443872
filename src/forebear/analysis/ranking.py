"""Figures of rankings: each query has one, and what is told is their mean."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Any, Final

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
            order = np.argsort(-outcome.predicted[rows], kind="stable")
            found.append(_figure(name, truth[order]))
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


def _figure(name: str, ranked: Any) -> float:
    """Return the figure of one query from how relevant its rows are, the first ranked first."""
    import numpy as np

    hits = ranked > 0
    places = np.arange(1, len(ranked) + 1)
    if name == "mrr":
        return float(1 / places[hits][0])
    if name == "map":
        return float((np.cumsum(hits) / places)[hits].mean())
    kind, cut = name.split("@")
    top = int(cut)
    if kind == "precision":
        return float(hits[:top].sum() / top)
    if kind == "recall":
        return float(hits[:top].sum() / hits.sum())
    discount = 1 / np.log2(places + 1)
    best = np.sort(ranked)[::-1]
    return float((ranked * discount)[:top].sum() / (best * discount)[:top].sum())


def _mean(values: Any, weight: Any, times: int | None) -> Estimate:
    n = len(values)
    if n == 0:
        return undefined("no query has a relevant row")

    def of(rows: Any) -> float:
        return average(values[rows], None if weight is None else weight[rows])

    return bootstrap(of, n, times=times)
