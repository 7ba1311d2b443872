"""The same walk by SciPy's compiled search, for large and deep graphs.

It starts at one node and follows every edge of the snapshot; what newer edges add or shorten
is put right afterwards.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np

from forebear.store.csr.rows import Array, Rows, Sieve, distinct, ranges

__all__ = ["available", "note", "pays", "walk"]

_LARGE = 1_000
_LARGE_SHARE = 400
"""Found nodes, and one in how many of all, from which on the compiled search is quicker.

Its set-up touches every node.
"""
_DEEP = 200
"""Levels from which on even importing it is worth while."""
_SAMPLE = 4096
"""Nodes whose distance is told first."""
_MODULE = "scipy.sparse.csgraph"
_ALL = Sieve()
_large_walks = 0


def note(found: int) -> None:
    """Remember a large walk: who makes one and comes again is worth the import."""
    global _large_walks
    _large_walks += found >= _LARGE


def pays(found: int, levels: int, size: int) -> bool:
    """Tell whether a walk that has come so far had better be made by compiled code."""
    large = found >= max(_LARGE, size // _LARGE_SHARE)
    worth = levels > _DEEP or (large and (_MODULE in sys.modules or _large_walks > 0))
    return worth and available()


def available() -> bool:
    """Tell whether there is compiled code."""
    try:
        import scipy.sparse.csgraph  # noqa: F401
    except ImportError:
        return False
    return True


def walk(sides: Sequence[Rows], start: int, size: int) -> tuple[Array, list[int]]:
    """Return the nodes that can be reached, the nearest first, and how many at each distance."""
    order, bounds = _search(sides[0], start)
    if len(sides) > 1:
        return _with_newer(sides, order, bounds, size)
    return order[1:], np.diff(bounds)[1:].tolist()


def _search(rows: Rows, start: int) -> tuple[Array, Array]:
    """Return nodes in the order of a search, and where in it each distance begins."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    # The search wants a weight for each edge and never looks at it: one number serves for all.
    weights = np.broadcast_to(np.float64(1), rows.ends.shape)
    size = len(rows)
    graph = csr_array((weights, rows.ends, rows.first), shape=(size, size), copy=False)
    order, before = breadth_first_order(graph, start, return_predecessors=True)
    return order, np.asarray(_sampled(order, before) or _deep(order, before))


def _sampled(order: Array, before: Array) -> list[int] | None:
    """Return where each distance begins, by looking at few nodes; None if there are too many.

    Distances ascend in `order`. So a few nodes tell between which two a distance begins, and
    those in between tell where exactly.
    """
    start, last = order.item(0), len(order) - 1

    def distances(places: Array) -> Array:
        nodes = order[places]
        far = np.zeros(len(places), np.int32)
        for _ in range(_DEEP):
            climbing = nodes != start
            if not climbing.any():
                break
            far += climbing
            nodes = np.where(climbing, before.take(nodes, mode="clip"), nodes)
        return far

    if distances(np.asarray([last]))[0] == _DEEP:
        return None
    places = np.linspace(0, last, min(last + 1, _SAMPLE)).astype(order.dtype)
    change = np.flatnonzero(np.diff(distances(places)))
    between = ranges(places[change], places[change + 1] - places[change] + 1)
    exact = distances(between)
    begins = between[np.flatnonzero(np.diff(exact, prepend=-1) > 0)]
    return [0, *begins[begins > 0].tolist(), last + 1]


def _deep(order: Array, before: Array) -> list[int]:
    """Return where each distance begins, by looking at the parents of all nodes.

    Parents come in the order in which they were found, so that a distance begins with the
    first node whose parent is not before the beginning of the previous one.
    """
    places = np.empty(len(before), order.dtype)
    places[order] = np.arange(len(order), dtype=order.dtype)
    parents = places.take(before.take(order[1:]))
    bounds = [0, 1]
    while bounds[-1] < len(order) and len(bounds) < _DEEP:
        bounds.append(1 + int(parents.searchsorted(parents.dtype.type(bounds[-1]))))
    if bounds[-1] < len(order):
        children = np.cumsum(np.bincount(parents, minlength=len(order)))
        while bounds[-1] < len(order):
            bounds.append(1 + children.item(bounds[-1] - 1))
    return bounds


def _with_newer(
    sides: Sequence[Rows], order: Array, bounds: Array, size: int
) -> tuple[Array, list[int]]:
    """Add what only newer edges reach, and correct what they bring nearer."""
    newer = sides[1]
    assert newer.keys is not None
    # Distance plus one; 0 is out of reach, which in unsigned numbers minus one is the farthest.
    marks = np.zeros(size, np.uint32)
    marks[order] = np.repeat(np.arange(1, len(bounds), dtype=np.uint32), np.diff(bounds))
    pending: dict[int, list[Array]] = {}

    def offer(ends: Array, mark: int) -> None:
        better = ends[marks[ends] - np.uint32(1) > mark - 1]
        if better.size:
            pending.setdefault(mark, []).append(better)

    known = newer.keys[marks[newer.keys] > 0]
    for mark in distinct(marks[known]).tolist():
        offer(newer.reached(known[marks[known] == mark], _ALL), mark + 1)
    found = [order]
    while pending:
        mark = min(pending)
        nodes = np.concatenate(pending.pop(mark))
        nodes = distinct(nodes[marks[nodes] - np.uint32(1) > mark - 1])
        found.append(nodes[marks[nodes] == 0])
        marks[nodes] = mark
        for side in sides:
            offer(side.reached(nodes, _ALL), mark + 1)
    nodes = np.concatenate(found)
    depths = marks[nodes]
    # Numbers of 16 bits are sorted without comparing them.
    short = depths.astype(np.uint16) if int(depths.max()) < 2**16 else depths
    order = np.argsort(short, kind="stable")
    return nodes[order][1:], np.bincount(depths)[2:].tolist()
