"""Who holds rows of a source: data by the row maps, models by what they learned from.

What does not depend on the rows asked about is gathered once for each state of the ledger; the rows
themselves are looked up in the index of the store, or by composing the maps where there are few.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct, structs

from forebear.analysis.flowgraph import FlowGraph
from forebear.analysis.verdict import called
from forebear.core.entities import Node
from forebear.core.flows import Membership
from forebear.core.ports import Store
from forebear.ops.learners import Holder, Learners
from forebear.ops.row_maps import MapReader
from forebear.ops.training import rows_known

__all__ = ["Catalogue", "Held"]

_FEW: Final = 200
"""Artifacts up to which maps are composed for a question, and nothing is written."""


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
        self._index: Membership | None = None
        self._pieces: list[Any] = []
        """Places of the artifacts of each piece of the index; one too many for strangers."""
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
        if self.graph.cyclic or self._is_vast():
            return self._step_by_step(wanted)
        counts = self._counts(wanted)
        certain = counts > 0
        several = counts if len(wanted) > 1 else None
        return Held(certain=certain, perhaps=self._beyond(certain), counts=several)

    def _is_vast(self) -> bool:
        """Tell whether there is no room for the rows of some data: those are left unseen."""
        from forebear.analysis.rowways import sizes
        from forebear.engines.rowmaps import MOST_ROWS

        return max(sizes(self.graph).values(), default=0) > MOST_ROWS

    def everything(self) -> Held:
        """Return what holds where nobody knows which rows are meant: all may."""
        import numpy as np

        nothing = np.zeros(len(self._place), bool)
        perhaps = nothing.copy()
        perhaps[[self._place[id] for id in self.graph.below([self.source])]] = True
        return Held(certain=nothing, perhaps=perhaps)

    def _counts(self, rows: Any) -> Any:
        """Return how many of the rows each artifact holds, from the index or without it."""
        import numpy as np

        if len(self._place) <= _FEW or self._seq is not None:
            return self._composed(rows)
        if self._index is None:
            self._index = self._up_to_date()
        pieces = self._index.counts(rows) if self._index is not None else None
        if pieces is None:
            self._index = None
            return self._composed(rows)
        counts = np.zeros(len(self._place) + 1, np.int64)
        for places, piece in zip(self._pieces, pieces, strict=True):
            np.maximum.at(counts, places, piece)
        return counts[:-1]

    def _composed(self, rows: Any) -> Any:
        import numpy as np

        from forebear.analysis.rowways import down_from

        counts = np.zeros(len(self._place), np.int64)
        for id, holding in down_from(self.graph, self.source, self.reader):
            if holding.rows is not None:
                inside = rows[rows < holding.rows.n_in]
                counts[self._place[id]] = holding.rows.reached()[inside].sum()
        return counts

    def _up_to_date(self) -> Membership | None:
        """Return the index with what was recorded since added, and what lies below that."""
        import numpy as np

        from forebear.analysis.rowways import reached_from

        index = self._store.flows.membership(self.source)
        if index.covered < self._head:
            wanted = None
            if index.covered:
                later = [id for id in self._store.flows.later(index.covered) if id in self._place]
                wanted = self.graph.below(later)
            reader = self.reader
            masks = reached_from(self.graph, self.source, reader, reader.mask, wanted=wanted)
            index.add(masks, self._head)
        if self.reader.lost:
            index.forget()  # what is not known of the lost must be told each time
        if index.covered < self._head:
            return None
        last = len(self._place)
        self._pieces = [
            np.array([self._place.get(id, last) for id in piece], np.int64)
            for piece in index.artifacts()
        ]
        return index

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
        return data, self._learners.holding(held.certain, held.perhaps)
