"""Runs that fit a filter, in an order: `metrics.f1 > 0.8 and (params.depth = 5 or model = 'x')`.

The language is MLflow's with OR, NOT and brackets (`forebear.analysis.expressions`). A figure is
the last one of its name that the run or a step of it measured; a setting is the run's own, or else
that of a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from msgspec import Struct

from forebear.analysis.expressions import comparisons, fitting, read
from forebear.analysis.filters import Comparison, Fields
from forebear.analysis.ordering import sorted_by
from forebear.core.clock import micros
from forebear.core.errors import InvalidInput
from forebear.core.ports import Store
from forebear.core.rows import RunFigures, RunRow

__all__ = ["Candidate", "RunFilter"]

_FIELDS: Final = Fields(
    texts=frozenset(["id", "name", "kind", "status", "error", "where", "data", "model"]),
    numbers=frozenset(["duration", "exit_code", "steps"]),
    kinds=frozenset(["metric", "param", "attribute"]),
    renamed={"run_id": "id", "run_name": "name", "start_time": "started", "end_time": "ended"},
    times=frozenset(["started", "ended"]),
    either=frozenset(["param"]),
)
_BATCH: Final = 500
_MOST: Final = 20_000
"""So many runs are looked at for one page at most; an order is one of the newest of these."""


class Candidate(Struct, frozen=True):
    """A run with what a filter may ask of it."""

    row: RunRow
    figures: RunFigures
    data: Sequence[str] = ()
    """Names of data that it used."""
    model: Sequence[str] = ()
    """Names of models that it made."""

    def values(self, kind: str, key: str) -> Iterable[Any]:
        """Return the values of a field: none, one, or of names several."""
        if kind == "metric":
            found = self.figures.metrics.get(key)
        elif kind == "param":
            found = self.figures.params.get(key)
        elif key in {"data", "model"}:
            return self.data if key == "data" else self.model
        elif key == "duration":
            ended = self.row.ended
            found = None if ended is None else (ended - self.row.started).total_seconds()
        else:
            found = getattr(self.row, key)
        return () if found is None else (found,)


class RunFilter:
    """Looks through runs, the newest first."""

    def __init__(self, store: Store, where: str | None, order: str | None, seq: int | None) -> None:
        """Read the filter and the order.

        Raises:
            InvalidInput: either is not in the language.
        """
        self._store, self._seq = store, seq
        sought = read(where, _FIELDS)
        self._fits = fitting(sought)
        self._order = order
        self.cut = False
        """There are older runs that were not looked at."""
        self._named = {one.key for one in comparisons(sought) if _is_name(one)}
        sorted_by((), self._clauses, _FIELDS, _first, id)

    @property
    def _clauses(self) -> list[str]:
        return [self._order] if self._order else []

    def page(
        self, *, roots_only: bool, before: str | None, limit: int
    ) -> tuple[list[Candidate], str | None]:
        """Return a page of the runs that fit, and the run after which the next page begins.

        A page may have less than `limit` runs, or none, and yet have a next one, where very
        many runs had to be looked at for it.
        """
        if self._order:
            return self._ordered(roots_only=roots_only, before=before, limit=limit)
        found: list[Candidate] = []
        last = None
        for batch in self._batches(before, roots_only=roots_only):
            for one in batch:
                if len(found) == limit:
                    return found, last
                if self._fits(one):
                    found.append(one)
                last = one.row.id
        return found, last if self.cut else None

    def _ordered(
        self, *, roots_only: bool, before: str | None, limit: int
    ) -> tuple[list[Candidate], str | None]:
        every = [one for batch in self._batches(None, roots_only=roots_only) for one in batch]
        fitting = [one for one in every if self._fits(one)]
        found = sorted_by(fitting, self._clauses, _FIELDS, _first, _newest_first)
        start = 0
        if before is not None:
            places = [place for place, one in enumerate(found) if one.row.id == before]
            if not places:
                raise InvalidInput(f"The run {before}, after which to go on, is not among these.")
            start = places[0] + 1
        page = found[start : start + limit]
        return page, page[-1].row.id if len(found) > start + limit else None

    def _batches(self, before: str | None, *, roots_only: bool) -> Iterator[list[Candidate]]:
        looked = 0
        while looked < _MOST:
            rows = self._store.runs(
                roots_only=roots_only, before=before, limit=_BATCH, seq=self._seq
            )
            yield self.candidates(rows)
            if len(rows) < _BATCH:
                return
            looked, before = looked + len(rows), rows[-1].id
        self.cut = True

    def candidates(self, rows: Sequence[RunRow]) -> list[Candidate]:
        """Return runs with what this filter asks of them."""
        figures = self._store.figures([row.id for row in rows], self._seq)
        return [Candidate(row, figures[row.id], *self._names(row)) for row in rows]

    def _names(self, row: RunRow) -> tuple[list[str], list[str]]:
        if not self._named:
            return [], []
        edges = self._store.run_edges(row.id, self._seq)
        used = {edge.source for edge in edges if edge.type == "used"}
        made = {e.target for e in edges if e.type == "generated" or e.relation == "export"}
        nodes = self._store.nodes([*used, *made], self._seq).values()
        return (
            [one.name for one in nodes if one.name and one.kind == "data" and one.id in used],
            [one.name for one in nodes if one.name and one.kind == "model" and one.id in made],
        )


def _is_name(one: Comparison) -> bool:
    return one.kind == "attribute" and one.key in {"data", "model"}


def _newest_first(one: Candidate) -> tuple[int, str]:
    return -micros(one.row.started), one.row.id


def _first(one: Candidate, kind: str, key: str) -> Any:
    """Return by what a run is sorted: numbers before texts, which can't be compared with them."""
    value = next(iter(one.values(kind, key)), None)
    if value is None:
        return None
    if isinstance(value, int | float):
        return (0, value, "")
    return (1, 0.0, str(value))
