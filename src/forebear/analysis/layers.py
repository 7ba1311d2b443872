"""A drawing of a graph in layers, causes at the left: which layer, how far down, which bends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

__all__ = ["Layout", "layered"]

_SWEEPS: Final = 8

Key = str | tuple[str, str, int]
"""A node, or the bend of an edge (source, target) in a layer that it passes."""


class Layout(Struct, frozen=True, kw_only=True):
    """Where things are: (layer, row), rows being 1 apart at least."""

    places: dict[str, tuple[int, float]]
    bends: dict[tuple[str, str], list[tuple[int, float]]]
    """For each edge the points between its ends, from left to right."""


def layered(nodes: Sequence[str], edges: Iterable[tuple[str, str]]) -> Layout:
    """Lay out a graph so that edges point to the right and few of them cross.

    After Sugiyama, Tagawa and Toda (1981): layers by longest ways, edges over several layers bent
    in each, rows by the mean of the neighbours in sweeps to and fro. Edges that close a circle
    point to the left.

    >>> layered(["a", "b"], [("a", "b")]).places
    {'a': (0, 0.0), 'b': (1, 0.0)}
    """
    known = set(nodes)
    drawn = list(dict.fromkeys((s, t) for s, t in edges if s in known and t in known and s != t))
    forward = _without_circles(nodes, drawn)
    level = _levels(nodes, forward)
    left: dict[Key, list[Key]] = {}
    right: dict[Key, list[Key]] = {}
    rows: list[list[Key]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for node in nodes:
        rows[level[node]].append(node)
    for source, target in forward:
        chain: list[Key] = [source]
        for layer in range(level[source] + 1, level[target]):
            bend = (source, target, layer)
            rows[layer].append(bend)
            chain.append(bend)
        for before, after in zip(chain, [*chain[1:], target], strict=True):
            right.setdefault(before, []).append(after)
            left.setdefault(after, []).append(before)
    _uncross(rows, left, right)
    at = _spread(rows, left, right)
    return Layout(
        places={node: (level[node], at[node]) for node in nodes},
        bends={
            (source, target): [
                (layer, at[source, target, layer])
                for layer in range(level[source] + 1, level[target])
            ]
            for source, target in drawn
        },
    )


def _without_circles(
    nodes: Sequence[str], edges: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return the edges but those that lead back to where a way came from."""
    out: dict[str, list[str]] = {}
    for source, target in edges:
        out.setdefault(source, []).append(target)
    done: set[str] = set()
    back: set[tuple[str, str]] = set()
    for start in nodes:
        way, on_way = [(start, iter(out.get(start, ())))], {start}
        while way and start not in done:
            node, rest = way[-1]
            after = next(rest, None)
            if after is None:
                way.pop()
                on_way.discard(node)
                done.add(node)
            elif after in on_way:
                back.add((node, after))
            elif after not in done:
                way.append((after, iter(out.get(after, ()))))
                on_way.add(after)
    return [edge for edge in edges if edge not in back]


def _levels(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    level = dict.fromkeys(nodes, 0)
    waiting = dict.fromkeys(nodes, 0)
    out: dict[str, list[str]] = {}
    for source, target in edges:
        out.setdefault(source, []).append(target)
        waiting[target] += 1
    ready = [node for node in nodes if not waiting[node]]
    for node in ready:
        for after in out.get(node, ()):
            level[after] = max(level[after], level[node] + 1)
            waiting[after] -= 1
            if not waiting[after]:
                ready.append(after)
    # What nothing leads to stands just before what it leads to first.
    inner = {target for _, target in edges}
    for node in nodes:
        if node not in inner and node in out:
            level[node] = min(level[after] for after in out[node]) - 1
    return level


def _uncross(
    rows: list[list[Key]], left: Mapping[Key, list[Key]], right: Mapping[Key, list[Key]]
) -> None:
    for sweep in range(_SWEEPS):
        to_the_right = sweep % 2 == 0
        beside = left if to_the_right else right
        for row in rows if to_the_right else reversed(rows):
            order = {key: place for some in rows for place, key in enumerate(some)}
            row.sort(key=lambda key: _mean(beside.get(key), order, order[key]))


def _spread(
    rows: list[list[Key]], left: Mapping[Key, list[Key]], right: Mapping[Key, list[Key]]
) -> dict[Key, float]:
    """Return how far down each is: near its neighbours, in order, and 1 from the next at least."""
    at = {key: place - (len(row) - 1) / 2 for row in rows for place, key in enumerate(row)}
    for sweep in range(_SWEEPS):
        to_the_right = sweep % 2 == 0
        beside = left if to_the_right else right
        for row in rows if to_the_right else reversed(rows):
            wanted = [_mean(beside.get(key), at, at[key]) for key in row]
            placed = _apart(wanted)
            shift = sum(wanted) / len(wanted) - sum(placed) / len(placed) if row else 0.0
            for key, place in zip(row, placed, strict=True):
                at[key] = place + shift
    top = min(at.values(), default=0.0)
    return {key: place - top for key, place in at.items()}


def _apart(wanted: Sequence[float]) -> list[float]:
    placed: list[float] = []
    for place in wanted:
        placed.append(place if not placed else max(place, placed[-1] + 1))
    return placed


def _mean(beside: Sequence[Key] | None, at: Mapping[Key, float], otherwise: float) -> float:
    return sum(at[key] for key in beside) / len(beside) if beside else otherwise
