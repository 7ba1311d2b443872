"""Who holds rows of a source: data by the row maps, models by what they learned from.

What does not depend on the rows asked about is gathered once for each state of the ledger; the rows
themselves are looked up in the index of the store, or by composing the maps where there are few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct, structs

from forebear.analysis.flowgraph import FlowGraph
from forebear.analysis.verdict import called
from forebear.core.entities import Node
from forebear.core.flows import Membership
from forebear.core.ports import Store
from forebear.ops.learners import Learners, PartWord
from forebear.ops.row_maps import MapReader
from forebear.ops.training import rows_known

__all__ = ["Catalogue", "Held", "Holder"]

_FEW: Final = 200
"""Artifacts up to which maps are composed for a question, and nothing is written."""


class Holder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that contains a record, or may."""

    id: str
    title: str
    kind: str
    certain: bool
    """False: it may contain it, by a way of which the rows were not seen."""
    parts: list[PartWord] = []
    """Of data: what it was used for. Of a model: in which part it met the record; `fitted` by a
    fitted transformer on the way, `base` by a model that it builds on."""
    name: str | None = None
    version: int | None = None
    in_memory: bool = False
    rows: int | None = None
    """How many of the source's rows with these keys it contains, where there are several."""
    also: list[str] = []
    """Ids of the same model elsewhere."""


class Held(Struct, kw_only=True):
    """Which of a catalogue's data hold rows: masks over its `data`."""

    certain: Any
    perhaps: Any
    counts: Any = None
    """How many of the rows each holds; None where it is one, or was not counted."""


class Catalogue:
    """All that rows of one source can reach, with the parts that it plays."""

    def __init__(self, store: Store, source: str, seq: int | None) -> None:
        self.source = source
        self.reader = MapReader(store)
        self._store, self._seq = store, seq
        self._head = store.head().size
        self._learners = Learners(store, source, seq)
        self.graph: FlowGraph = self._learners.graph
        nodes = store.nodes(self.graph.order, seq)
        self.graph.rows = rows_known(nodes)
        self._place = {id: place for place, id in enumerate(self.graph.order)}
        self._ways = [
            (self._place[p.source], self._place[p.target], p) for p in self.graph.passages
        ]
        self._unseen = [(source, target) for source, target, p in self._ways if not p.seen]
        self._certain = [self._described(id, nodes.get(id)) for id in self.graph.order]
        self._perhaps = [structs.replace(one, certain=False) for one in self._certain]

    def _described(self, id: str, node: Node | None) -> Holder:
        return Holder(
            id=id,
            title=called(node) if node else id,
            kind=node.kind if node else "data",
            certain=True,
            parts=list(self._learners.parts.get(id, ())),
            name=node.name if node and node.version is not None else None,
            version=node.version if node else None,
            in_memory=bool(node and node.in_memory),
        )

    @property
    def rows(self) -> int | None:
        """How many rows of the source are known to have been read."""
        sizes = [p.n_in for p in self.graph.passages if p.source == self.source and p.n_in]
        known = self.graph.rows.get(self.source)
        return max([*sizes, *([known] if known else [])], default=None)

    def is_of(self, head: int) -> bool:
        """Tell whether nothing was recorded since."""
        return self._head == head

    def holding(self, rows: Sequence[int]) -> Held:
        """Return which data hold any of these rows of the source."""
        import numpy as np

        wanted = np.unique(np.asarray(rows, np.int64))
        if self.graph.cyclic:
            return self._step_by_step(wanted)
        counts = np.zeros(len(self._place), np.int64)
        for id, count in self._counts(wanted).items():
            if id in self._place:
                counts[self._place[id]] = count
        certain = counts > 0
        several = counts if len(wanted) > 1 else None
        return Held(certain=certain, perhaps=self._beyond(certain), counts=several)

    def everything(self) -> Held:
        """Return what holds where nobody knows which rows are meant: all may."""
        import numpy as np

        nothing = np.zeros(len(self._place), bool)
        perhaps = nothing.copy()
        perhaps[[self._place[id] for id in self.graph.below([self.source])]] = True
        return Held(certain=nothing, perhaps=perhaps)

    def _counts(self, rows: Any) -> dict[str, int]:
        if len(self._place) <= _FEW or self._seq is not None:
            return self._composed(rows)
        index = self._store.flows.membership(self.source)
        if not self._bring_up_to_date(index):
            return self._composed(rows)
        found = index.counts(rows)
        return self._composed(rows) if found is None else found

    def _composed(self, rows: Any) -> dict[str, int]:
        """Return how many of the rows each artifact holds, by composing all maps on the way."""
        from forebear.analysis.rowways import down_from

        found = {}
        for id, holding in down_from(self.graph, self.source, self.reader):
            if holding.rows is not None:
                inside = rows[rows < holding.rows.n_in]
                found[id] = int(holding.rows.reached()[inside].sum())
        return found

    def _bring_up_to_date(self, index: Membership) -> bool:
        """Add to the index what was recorded since, and what lies below that."""
        if index.covered < self._head:
            wanted = None
            if index.covered:
                later = [id for id in self._store.flows.later(index.covered) if id in self._place]
                wanted = self.graph.below(later)
            index.add(self._masks(wanted), self._head)
        if self.reader.lost:
            index.forget()  # what is not known of the lost must be told each time
        return index.covered >= self._head

    def _masks(self, wanted: Sequence[str] | None) -> Iterator[tuple[str, Any]]:
        from forebear.analysis.rowways import consecutive, down_from

        chosen = None if wanted is None else set(wanted)
        if chosen is not None and not chosen:
            return
        for id, holding in down_from(self.graph, self.source, self.reader, wanted=wanted):
            if holding.rows is not None and (chosen is None or id in chosen):
                span = consecutive(holding.rows)
                yield id, holding.rows.reached() if span is None else span

    def _step_by_step(self, rows: Any) -> Held:
        import numpy as np

        from forebear.analysis.rowways import spread

        found = spread(self.graph, self.source, rows, self.reader)
        certain, perhaps = (np.zeros(len(self._place), bool) for _ in range(2))
        certain[[self._place[id] for id, there in found.rows.items() if len(there)]] = True
        perhaps[[self._place[id] for id in found.perhaps]] = True
        return Held(certain=certain, perhaps=perhaps & ~certain)

    def _beyond(self, certain: Any) -> Any:
        """Return which data may hold rows by ways that were not seen, and all that lies below."""
        import numpy as np

        perhaps = np.zeros(len(self._place), bool)
        unseen = self._unseen
        if self.reader.lost:
            unseen = [(s, t) for s, t, p in self._ways if not p.seen or p in self.reader.lost]
        starts = [target for source, target in unseen if certain[source]]
        if starts:
            perhaps[starts] = True
            for source, target, _ in self._ways:
                if perhaps[source]:
                    perhaps[target] = True
        return perhaps & ~certain

    def holders(self, held: Held) -> tuple[list[Holder], list[Holder]]:
        """Return the data and the models that hold rows, described."""
        certain, perhaps = held.certain.nonzero()[0].tolist(), held.perhaps.nonzero()[0].tolist()
        if held.counts is None:
            data = [self._certain[place] for place in certain]
        else:
            counts = held.counts.tolist()
            data = [structs.replace(self._certain[at], rows=counts[at]) for at in certain]
        data += [self._perhaps[place] for place in perhaps]
        order = self.graph.order
        models = self._learners.holding(
            {order[place] for place in certain}, {order[place] for place in perhaps}
        )
        return data, [self._model(*one) for one in models]

    def _model(self, group: Sequence[Node], parts: Sequence[PartWord], certain: bool) -> Holder:
        first = group[0]
        return Holder(
            id=first.id,
            title=called(first),
            kind="model",
            certain=certain,
            parts=list(parts),
            name=first.name if first.version is not None else None,
            version=first.version,
            in_memory=first.in_memory,
            also=[node.id for node in group[1:]],
        )
