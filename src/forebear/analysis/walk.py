"""Walking the graph breadth first, up to the causes or down to the effects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from forebear.core.entities import Edge, Evidence, EvidenceWord
from forebear.core.lineage import Direction

__all__ = ["Graded", "Neighbours", "Walk", "far_end", "walk"]

Neighbours = Callable[[Sequence[str], Direction], Iterable[Edge]]
"""Given ids and a direction, the edges that arrive at them (`up`) or leave them (`down`)."""


class Walk(Struct, frozen=True, kw_only=True):
    """What a walk saw: nodes with their distance from the nearest start, and edges between."""

    depths: dict[str, int]
    edges: list[Edge]
    omitted: int = 0
    """Nodes that are known to be there and were left out."""


def far_end(edge: Edge, direction: Direction) -> str:
    """Return the end of an edge that lies further on in `direction`."""
    return edge.source if direction == "up" else edge.target


def walk(
    starts: Sequence[str],
    neighbours: Neighbours,
    direction: Direction,
    *,
    max_depth: int | None = None,
    max_nodes: int = 10_000,
) -> Walk:
    """Walk from `starts` to everything that lies in `direction`, each node once.

    Where the depth or the number of nodes ends the walk, the nodes seen beyond are counted in
    `omitted`; what lies beyond those is not known and not counted. Cycles end by themselves.
    """
    depths = dict.fromkeys(starts, 0)
    edges: dict[Edge, None] = {}
    beyond: set[str] = set()
    frontier, depth = list(depths), 0
    while frontier:
        found = list(neighbours(frontier, direction))
        fresh = list(dict.fromkeys(_unseen(found, direction, depths)))
        depth += 1
        stop = max_depth is not None and depth > max_depth
        room = 0 if stop else max(0, max_nodes - len(depths))
        for node in fresh[:room]:
            depths[node] = depth
        beyond.update(fresh[room:])
        edges.update((edge, None) for edge in found if far_end(edge, direction) in depths)
        frontier = fresh[:room]
    return Walk(depths=depths, edges=list(edges), omitted=len(beyond - depths.keys()))


class Graded:
    """A neighbour function that lets only edges of a grade pass, and remembers the others."""

    def __init__(self, neighbours: Neighbours, least: EvidenceWord | None) -> None:
        self._neighbours = neighbours
        self._least = Evidence[least] if least else Evidence.inferred
        self.hidden: set[Edge] = set()

    def __call__(self, ids: Sequence[str], direction: Direction) -> list[Edge]:
        """Return the edges at `ids` whose evidence is strong enough."""
        near = self._neighbours(ids, direction)
        if self._least is Evidence.inferred:
            return list(near)
        passed = []
        for edge in near:
            if Evidence[edge.evidence] >= self._least:
                passed.append(edge)
            else:
                self.hidden.add(edge)
        return passed


def _unseen(edges: list[Edge], direction: Direction, depths: dict[str, int]) -> list[str]:
    return [end for edge in edges if (end := far_end(edge, direction)) not in depths]
