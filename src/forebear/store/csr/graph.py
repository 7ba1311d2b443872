"""The whole graph in memory: a snapshot, and beside it what is newer."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from forebear.core.lineage import Direction
from forebear.store.csr import meeting, snapshot
from forebear.store.csr.meeting import Ground
from forebear.store.csr.order import Order, ordered
from forebear.store.csr.reading import edges_after
from forebear.store.csr.rows import Edges, Rows, Sieve, distinct, merged, sparse
from forebear.store.csr.slates import Slates
from forebear.store.csr.snapshot import Snapshot, Witness
from forebear.store.csr.walk import Reach, walk
from forebear.store.csr.ways import ways
from forebear.store.reading import Reader
from forebear.store.revision import REVISION

__all__ = ["Graph", "brought_up", "loaded"]

_log = logging.getLogger(__name__)

_NEW_SHARE: Final = 0.03
_NEW_LEAST: Final = 10_000
_NEW_MOST: Final = 100_000
"""A new snapshot is made when so many edges, or such a share of all, are not in the last one."""


@dataclass(slots=True)
class Graph:
    """All edges up to `seq`. Never changed: what is newer makes another graph."""

    seq: int
    size: int
    """Above every node number."""
    covered: Witness
    _snapshot: Snapshot | None
    _newer: Edges | None = None
    _sides: dict[str, list[Rows]] = field(default_factory=dict)
    _order: Order | None = None
    _slates: Slates | None = None
    _last: tuple[object, Reach] | None = None
    """The last walk: an answer about all that is below a thing asks for it several times."""

    def sides(self, direction: Direction) -> list[Rows]:
        """Return the rows to walk in this direction: the snapshot's, and newer ones if any."""
        found = self._sides.get(direction)
        if found is None:
            assert self._snapshot is not None
            found = [self._snapshot.rows(direction)]
            if self._newer is not None:
                found.append(_sparse(self._newer, direction))
            self._sides[direction] = found
        return found

    def order(self) -> Order:
        """Return what tells quickly that a node is not an ancestor of another."""
        if self._order is None:
            assert self._snapshot is not None
            self._order = self._snapshot.order()
            if self._newer is not None:
                self._order = self._ordered(self._order, self._newer)
        return self._order

    def reach(
        self, starts: list[int], direction: Direction, sieve: Sieve, depth: int | None = None
    ) -> Reach:
        """Return what lies above or below these nodes."""
        sieve = self._needed(sieve)
        asked, last = (tuple(starts), direction, sieve, depth), self._last
        if last is None or last[0] != asked:
            found = walk(self.sides(direction), starts, self._room(), sieve, depth)
            self._last = last = asked, found
        return last[1]

    def neighbours(self, nodes: list[int], direction: Direction, sieve: Sieve) -> set[int]:
        """Return what lies one step from these nodes."""
        at = np.asarray(nodes, np.int64)
        sieve = self._needed(sieve)
        found = [distinct(side.reached(at, sieve)) for side in self.sides(direction)]
        return set(np.concatenate(found).tolist())

    def way(self, starts: list[int], ends: list[int], sieve: Sieve) -> list[int]:
        """Return the nodes of a shortest way from any of `starts` to any of `ends`."""
        return meeting.way(self._ground(), starts, ends, self._needed(sieve))

    def ways(
        self,
        starts: list[int],
        goals: list[int],
        closed: list[int],
        direction: Direction,
        sieve: Sieve,
    ) -> dict[int, list[int]]:
        """Return a shortest way for each goal that `starts` reach around what is closed."""
        up, sieve = direction == "up", self._needed(sieve)
        sides = self.sides(direction), self.sides("down" if up else "up")
        last = self._last
        walked = last is not None and last[0] == (tuple(starts), direction, sieve, None)
        return ways(
            sides,
            starts,
            goals,
            closed,
            up=up,
            slates=self._room(),
            sieve=sieve,
            known=last[1] if last is not None and walked and not closed else None,
        )

    def related(self, a: int, b: int, sieve: Sieve) -> bool:
        """Tell whether a way leads from one node to the other."""
        return meeting.related(self._ground(), a, b, self._needed(sieve))

    def with_newer(self, more: Edges, seq: int, size: int) -> Graph:
        """Return this graph with edges recorded since."""
        size = max(size, self.size)
        if not len(more):
            order = self._order and _resized(self._order, size)
            return replace(self, seq=seq, size=size, _order=order, _last=None)
        newer = more if self._newer is None else self._newer.with_more(more)
        sides = {way: [side[0], _sparse(newer, way)] for way, side in self._sides.items()}
        grown = replace(
            self, seq=seq, size=size, _newer=newer, _sides=sides, _order=None, _last=None
        )
        if self._order is not None:
            grown._order = grown._ordered(self._order, more)
        return grown

    def outgrown(self) -> bool:
        """Tell whether it is time for a new snapshot."""
        if self._newer is None:
            return False
        share = _NEW_SHARE * len(self.sides("up")[0].ends)
        return len(self._newer) > min(max(_NEW_LEAST, share), _NEW_MOST)

    def gathered(self, witness: Witness) -> Graph:
        """Return the same graph with all edges in one place."""
        assert self._newer is not None
        rows = {way: [_merged(self, self._newer, way)] for way in ("up", "down")}
        return Graph(
            self.seq, self.size, witness, None, None, rows, _resized(self.order(), self.size)
        )

    def _ground(self) -> Ground:
        return Ground(self.sides("up"), self.sides("down"), self.order(), self._room())

    def _room(self) -> Slates:
        if self._slates is None or self._slates.capacity < self.size:
            self._slates = Slates(self.size)
        return self._slates

    def _ordered(self, base: Order, edges: Edges) -> Order:
        return ordered(base, self.size, edges, self.sides("up"), self.sides("down"))

    def _needed(self, sieve: Sieve) -> Sieve:
        """Return a sieve that is open where it would let everything pass."""
        if sieve.seq is not None and sieve.seq >= self.seq:
            return Sieve(sieve.evidence)
        return sieve


def loaded(reader: Reader, folder: Path) -> Graph | None:
    """Return the graph of the newest snapshot that fits this ledger, if there is one."""
    found = snapshot.newest(folder, lambda witness: witness == _witness(reader, witness))
    if found is None:
        return None
    return Graph(found.witness.seq, found.witness.node + 1, found.witness, found)


def brought_up(reader: Reader, graph: Graph | None, seq: int, folder: Path) -> Graph:
    """Return the graph of at least all events up to `seq`, the last that this transaction sees.

    Without `graph` it is made from the database.

    Raises:
        Damaged: the snapshot behind `graph` turns out not to be what was written.
    """
    if graph is None or seq < graph.covered.seq:
        return _saved(_built(reader, seq), folder)
    if seq > graph.seq:
        more = edges_after(reader, graph.seq)
        graph = graph.with_newer(more, seq, _last_node(reader) + 1)
    if graph.outgrown():
        graph = _saved(graph.gathered(_seen(reader, seq)), folder)
    return graph


def _built(reader: Reader, seq: int) -> Graph:
    edges = edges_after(reader, 0)
    size = _last_node(reader) + 1
    rows = {
        "up": [merged(None, size, edges.targets, (edges.sources, edges.evidence, edges.seqs))],
        "down": [merged(None, size, edges.sources, (edges.targets, edges.evidence, edges.seqs))],
    }
    order = ordered(None, size, edges, rows["up"], rows["down"])
    return Graph(seq, size, _seen(reader, seq), None, None, rows, order)


def _saved(graph: Graph, folder: Path) -> Graph:
    """Write a snapshot of a graph; where that cannot be, the graph serves this process alone."""
    try:
        rows = {way: side[0] for way, side in graph._sides.items()}
        snapshot.write(folder, graph.covered, rows, graph.order())
    except OSError as error:
        _log.warning("No snapshot of the graph can be kept in %s: %s", folder, error)
    return graph


def _merged(graph: Graph, newer: Edges, direction: str) -> Rows:
    at, ends = newer.along(direction)
    base = graph.sides("up" if direction == "up" else "down")[0]
    return merged(base, graph.size, at, (ends, newer.evidence, newer.seqs))


def _sparse(edges: Edges, direction: str) -> Rows:
    at, ends = edges.along(direction)
    return sparse(at, ends, edges.evidence, edges.seqs)


def _resized(order: Order, size: int) -> Order:
    if len(order) == size:
        return order
    own = np.arange(len(order), size, dtype=order.latest.dtype)
    return Order(np.append(order.latest, own), np.append(order.earliest, own))


def _seen(reader: Reader, seq: int) -> Witness:
    last = _last_node(reader)
    return _witness(reader, Witness(revision=REVISION, seq=seq, leaf=None, node=last, key=None))


def _witness(reader: Reader, at: Witness) -> Witness:
    """Return what the ledger says of the place that a witness speaks of."""
    leaf = reader.value("SELECT leaf FROM event WHERE seq = :seq", seq=at.seq)
    key = reader.value("SELECT key FROM node WHERE id = :node", node=at.node)
    return Witness(
        revision=REVISION,
        seq=at.seq,
        leaf=None if leaf is None else leaf.hex(),
        node=at.node,
        key=key,
    )


def _last_node(reader: Reader) -> int:
    return reader.value("SELECT MAX(id) FROM node") or 0
