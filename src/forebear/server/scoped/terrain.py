"""The edges that one walk goes along, read many levels ahead of it.

To ask for the edges of each level by itself is quick where a walk is short. A long one would ask
thousands of times: so what lies ahead is found out by the fast ways of the store, seen or not,
and the edges of all that is seen there are read at once. The walk itself goes along seen edges
only, and of what was read ahead nothing counts that it does not come to.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from forebear.core.entities import Edge
from forebear.core.lineage import Direction
from forebear.core.ports import Store
from forebear.server.scoped.sight import Sight

__all__ = ["Terrain"]

_FIRST_READS: Final = 2
"""Reads of what is asked for alone: most walks end there."""
_MOST_LEVELS: Final = 4096
_MOST_NODES: Final = 20_000
"""What is read ahead at once: it may turn out to lie where nobody sees it."""


class Terrain:
    """Edges at nodes as somebody sees them, for the length of one walk."""

    def __init__(self, store: Store, sight: Sight, *, evidence: int, seq: int | None) -> None:
        self._store, self._sight = store, sight
        self._evidence, self._seq = evidence, seq
        self._sides: dict[Direction, _Side] = {"up": _Side(), "down": _Side()}

    def edges(self, ids: Sequence[str], direction: Direction) -> list[Edge]:
        """Return the edges at some nodes between what is seen; ends that are not are withheld."""
        side = self._sides[direction]
        fresh = [id for id in ids if id not in side.seen]
        if fresh:
            self._read(fresh, direction, side)
        for id in ids:
            if id in side.hidden:
                self._sight.withhold(side.hidden[id])
        return [edge for id in dict.fromkeys(ids) for edge in side.seen[id]]

    def _read(self, fresh: Sequence[str], direction: Direction, side: _Side) -> None:
        wanted = dict.fromkeys(fresh)
        if ahead := side.next_levels():
            region = self._store.closure(
                fresh, direction,
                evidence=self._evidence, seq=self._seq, depth=ahead, limit=_MOST_NODES,
            )  # fmt: skip
            wanted |= dict.fromkeys(id for id in region.depths if id not in side.seen)
        there = self._sight.things(wanted)
        found = self._store.edges(
            [id for id in wanted if id in there],
            direction, evidence=self._evidence, seq=self._seq,
        )  # fmt: skip
        ends = self._sight.things({end for edge in found for end in (edge.source, edge.target)})
        side.add(wanted, found, ends, direction)


class _Side:
    """What is known of edges in one direction."""

    def __init__(self) -> None:
        self.seen: dict[str, list[Edge]] = {}
        self.hidden: dict[str, set[str]] = {}
        self._reads = 0

    def next_levels(self) -> int:
        """Return how many levels to read ahead, twice as many each time."""
        self._reads += 1
        late = self._reads - _FIRST_READS
        return min(2 << late, _MOST_LEVELS) if late > 0 else 0

    def add(
        self,
        nodes: Collection[str],
        edges: Sequence[Edge],
        ends: Collection[str],
        direction: Direction,
    ) -> None:
        """Remember edges at nodes, of which these ends are seen."""
        for id in nodes:
            self.seen[id] = []
        for edge in edges:
            near, far = (
                (edge.target, edge.source) if direction == "up" else (edge.source, edge.target)
            )
            if far in ends:
                self.seen[near].append(edge)
            else:
                self.hidden.setdefault(near, set()).add(far)
