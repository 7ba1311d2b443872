"""The shortest way from one thing to another along the arrows."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from forebear.analysis.walk import Neighbours
from forebear.core.entities import Edge

__all__ = ["Way", "way_between", "ways_from"]


class Way(Struct, frozen=True, kw_only=True):
    """A way from `nodes[0]` to `nodes[-1]` by `edges`, from cause to effect."""

    nodes: list[str] = []
    edges: list[Edge] = []
    found: bool = False
    backwards: bool = False
    """The way leads from the second thing asked about to the first."""
    complete: bool = True
    """False when the search was cut off, so that a way may exist though none was found."""


def way_between(
    starts: Sequence[str],
    ends: Sequence[str],
    neighbours: Neighbours,
    *,
    max_nodes: int = 100_000,
) -> Way:
    """Return a shortest way from any of `starts` to any of `ends`, or else the other way round."""
    forward = _search(starts, ends, neighbours, max_nodes)
    if forward.found:
        return forward
    back = _search(ends, starts, neighbours, max_nodes)
    return Way(
        nodes=back.nodes,
        edges=back.edges,
        found=back.found,
        backwards=back.found,
        complete=back.found or (forward.complete and back.complete),
    )


def ways_from(starts: Sequence[str], edges: Sequence[Edge]) -> dict[str, list[Edge]]:
    """Return for every node that `edges` reach from `starts` the last edge of a shortest way.

    Shaped for following backwards: the way to `x` ends with `ways[x][0]`, the one before it
    with `ways[ways[x][0].source]`, and so on; starts have an empty list.
    """
    leaving: dict[str, list[Edge]] = {}
    for edge in edges:
        leaving.setdefault(edge.source, []).append(edge)
    last: dict[str, list[Edge]] = {start: [] for start in starts}
    frontier = list(last)
    while frontier:
        following = []
        for node in frontier:
            for edge in leaving.get(node, ()):
                if edge.target not in last:
                    last[edge.target] = [edge]
                    following.append(edge.target)
        frontier = following
    return last


def _search(
    starts: Sequence[str], ends: Sequence[str], neighbours: Neighbours, max_nodes: int
) -> Way:
    # Up from the ends: things have few ancestors and many descendants.
    goals = set(starts)
    towards: dict[str, Edge | None] = dict.fromkeys(ends)
    frontier = list(towards)
    complete = True
    met = next((node for node in frontier if node in goals), None)
    while frontier and met is None:
        following: list[str] = []
        for edge in neighbours(frontier, "up"):
            if edge.source in towards:
                continue
            if len(towards) >= max_nodes:
                complete = False
                break
            towards[edge.source] = edge
            following.append(edge.source)
        met = next((node for node in following if node in goals), None)
        frontier = following if complete else []
    if met is None:
        return Way(complete=complete)
    nodes, edges = [met], []
    while (step := towards[nodes[-1]]) is not None:
        edges.append(step)
        nodes.append(step.target)
    return Way(nodes=nodes, edges=edges, found=True)
