"""Questions about the whole graph, over edges that somebody sees: walked level by level.

The fast ways of a store know no workspaces. Here a walk ends where the one who asks sees no
further; `terrain` has the edges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from forebear.core.entities import Edge
from forebear.core.lineage import Direction
from forebear.core.rows import Closure, Common, CommonAncestor

__all__ = ["Edges", "Walks"]

Edges = Callable[[Sequence[str], Direction], list[Edge]]
"""The edges at some nodes that are seen."""


class Walks:
    """Walks over one set of edges."""

    def __init__(
        self,
        edges: Edges,
        *,
        ordered: Callable[[Sequence[str]], list[str]],
        of_kinds: Callable[[Sequence[str], Sequence[str] | None], list[str]],
    ) -> None:
        self._edges, self._ordered, self._of_kinds = edges, ordered, of_kinds

    def levels(
        self, starts: Sequence[str], direction: Direction, *, depth: int | None = None
    ) -> list[list[str]]:
        """Return what lies above or below at each distance from 1 on; one level past `depth`."""
        seen, frontier = set(starts), list(dict.fromkeys(starts))
        found: list[list[str]] = []
        while frontier and (depth is None or len(found) <= depth):
            ends = (_far(edge, direction) for edge in self._edges(frontier, direction))
            frontier = [id for id in dict.fromkeys(ends) if id not in seen]
            seen.update(frontier)
            if frontier:
                found.append(self._ordered(frontier))
        return found

    def closure(
        self,
        starts: Sequence[str],
        direction: Direction,
        *,
        kinds: Sequence[str] | None,
        depth: int | None,
        limit: int | None,
        first: int = 1,
    ) -> Closure:
        """Return all that lies above or below, as `Store.closure` does."""
        levels = self.levels(starts, direction, depth=depth)
        of_kinds = set(self._of_kinds([id for level in levels for id in level], kinds))
        levels = [[id for id in level if id in of_kinds] for level in levels]
        kept = levels if depth is None else levels[:depth]
        beyond = [] if depth is None else levels[depth:]
        depths = {id: place for place, level in enumerate(kept, start=first) for id in level}
        counts = [len(level) for level in kept]
        while counts and not counts[-1]:
            counts.pop()
        return Closure(
            depths=dict(list(depths.items())[:limit]),
            counts=counts,
            beyond=sum(map(len, beyond)),
        )

    def way(self, starts: Sequence[str], goals: Iterable[str]) -> list[str]:
        """Return the nodes of a shortest way down from any start to any goal."""
        found = self.ways(starts, list(goals), "down")
        return min(found.values(), key=len, default=[])

    def ways(
        self,
        starts: Sequence[str],
        goals: Sequence[str],
        direction: Direction,
        without: Sequence[str] = (),
    ) -> dict[str, list[str]]:
        """Return for each goal that is reached a shortest way, as `Store.ways` does."""
        before: dict[str, str | None] = dict.fromkeys(starts)
        closed, missing, frontier = set(without), set(goals) - set(starts), list(before)
        while frontier and missing:
            fresh: dict[str, None] = {}
            for edge in self._edges(frontier, direction):
                near, far = _near(edge, direction), _far(edge, direction)
                # No way arrives at what is closed, in whichever direction it is found.
                arrives = edge.target
                if far not in before and arrives not in closed:
                    before[far] = near
                    fresh[far] = None
            frontier = list(fresh)
            missing -= fresh.keys()
        return {goal: self._back(goal, before, direction) for goal in goals if goal in before}

    def between(self, starts: Sequence[str], ends: Sequence[str], limit: int | None) -> Closure:
        """Return all that lies on any way, as `Store.between` does."""
        above = {id for level in self.levels(ends, "up") for id in level} | set(ends)
        levels = [list(dict.fromkeys(starts)), *self.levels(starts, "down")]
        kept = [[id for id in level if id in above] for level in levels]
        if not any(id in set(ends) for level in kept for id in level):
            return Closure(depths={}, counts=[])
        while not kept[-1]:
            kept.pop()
        depths = {id: place for place, level in enumerate(kept) for id in level}
        return Closure(
            depths=dict(list(depths.items())[:limit]), counts=[len(level) for level in kept]
        )

    def common(
        self, groups: Sequence[Sequence[str]], kinds: Sequence[str] | None, limit: int | None
    ) -> Common:
        """Return what all groups have among themselves and their ancestors."""
        depths = []
        for group in groups:
            levels = [list(dict.fromkeys(group)), *self.levels(group, "up")]
            depths.append({id: place for place, level in enumerate(levels) for id in level})
        shared = [id for id in depths[0] if all(id in one for one in depths[1:])]
        effects = defaultdict(set)
        for edge in self._edges(shared, "down"):
            effects[edge.source].add(edge.target)
        found = [
            CommonAncestor(
                id=id,
                depths=[one[id] for one in depths],
                nearest=effects[id].isdisjoint(shared),
            )
            for id in self._of_kinds(self._ordered(shared), kinds)
        ]
        found.sort(key=lambda one: (max(one.depths), sum(one.depths)))
        return Common(ancestors=found[:limit], count=len(found))

    @staticmethod
    def _back(goal: str, before: dict[str, str | None], direction: Direction) -> list[str]:
        way, at = [goal], before[goal]
        while at is not None:
            way.append(at)
            at = before[at]
        return way if direction == "up" else way[::-1]


def _far(edge: Edge, direction: Direction) -> str:
    return edge.source if direction == "up" else edge.target


def _near(edge: Edge, direction: Direction) -> str:
    return edge.target if direction == "up" else edge.source
