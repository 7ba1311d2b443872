"""Questions about a piece of the graph that was fetched already."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import count
from typing import Final

from msgspec import Struct

from forebear.core.entities import Edge

__all__ = ["Ways", "all_ways"]

_MOST_TRIED: Final = 100_000


class Ways(Struct, frozen=True, kw_only=True):
    """Ways by their nodes, the shortest first; `complete` is False when there may be more."""

    found: list[list[str]]
    complete: bool


def all_ways(
    starts: Sequence[str],
    ends: Sequence[str],
    edges: Iterable[Edge],
    *,
    most: int,
    longest: int | None = None,
) -> Ways:
    """Return up to `most` ways from any of `starts` to any of `ends`, none through a node twice.

    Ways of more than `longest` links are left out. Links between the same two nodes make one
    way.
    """
    leaving: dict[str, dict[str, None]] = {}
    for edge in edges:
        leaving.setdefault(edge.source, {})[edge.target] = None
    left = _distances(ends, leaving)
    acyclic = _is_acyclic(leaving)
    order = count()
    # Ways that have begun, by the least number of links that they come to in the end.
    begun: list[tuple[int, int, _Way]] = [
        (left[start], next(order), _Way(start, None, 0))
        for start in dict.fromkeys(starts)
        if start in left
    ]
    heapq.heapify(begun)
    goals, tried = set(ends), 0
    found: list[list[str]] = []
    while begun and len(found) < most and tried < _MOST_TRIED:
        length, _, way = heapq.heappop(begun)
        if longest is not None and length > longest:
            begun = []
            break
        tried += 1
        if way.node in goals:
            found.append(way.nodes())
            continue
        for end in leaving.get(way.node, ()):
            if end in left and (acyclic or not way.passes(end)):
                step = _Way(end, way, way.links + 1)
                heapq.heappush(begun, (step.links + left[end], next(order), step))
    return Ways(found=found, complete=not begun)


class _Way:
    """A way as its last node and the way to the one before it."""

    __slots__ = ("before", "links", "node")

    def __init__(self, node: str, before: _Way | None, links: int) -> None:
        self.node, self.before, self.links = node, before, links

    def nodes(self) -> list[str]:
        found: list[str] = []
        way: _Way | None = self
        while way is not None:
            found.append(way.node)
            way = way.before
        return found[::-1]

    def passes(self, node: str) -> bool:
        way: _Way | None = self
        while way is not None:
            if way.node == node:
                return True
            way = way.before
        return False


def _distances(ends: Sequence[str], leaving: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return how many links each node is away from the nearest of `ends`."""
    arriving: dict[str, list[str]] = {}
    for source, targets in leaving.items():
        for target in targets:
            arriving.setdefault(target, []).append(source)
    left = dict.fromkeys(ends, 0)
    queue = deque(left)
    while queue:
        node = queue.popleft()
        for source in arriving.get(node, ()):
            if source not in left:
                left[source] = left[node] + 1
                queue.append(source)
    return left


def _is_acyclic(leaving: Mapping[str, Iterable[str]]) -> bool:
    try:
        TopologicalSorter(leaving).prepare()
    except CycleError:
        return False
    return True
