"""A shortest way between nodes, searched from both ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from forebear.store.csr.order import Order
from forebear.store.csr.rows import Array, Rows, Sieve
from forebear.store.csr.walk import Walker

__all__ = ["way"]


def way(
    sides: tuple[Sequence[Rows], Sequence[Rows]],
    order: Order,
    starts: Sequence[int],
    ends: Sequence[int],
    sieve: Sieve,
) -> list[int]:
    """Return the nodes of a shortest way from any of `starts` to any of `ends`, or none.

    `sides` are the rows for walking up and those for walking down.
    """
    up, down = sides
    causes, effects = (np.unique(np.asarray(nodes, order.latest.dtype)) for nodes in (starts, ends))
    both = np.intersect1d(causes, effects)
    if both.size:
        return [int(both[0])]
    forward = _Half(
        Walker(down, len(order), sieve), causes, lambda nodes: order.before(nodes, effects)
    )
    back = _Half(Walker(up, len(order), sieve), effects, lambda nodes: order.after(nodes, causes))
    while len(forward.frontier) and len(back.frontier):
        smaller = len(forward.frontier) <= len(back.frontier)
        here, there = (forward, back) if smaller else (back, forward)
        here.step()
        met = here.frontier[there.walker.numbers[here.frontier] > 0]
        if len(met):
            middle = int(met[there.walker.numbers[met].argmin()])
            before, after = forward.trail(middle, up, sieve), back.trail(middle, down, sieve)
            return [*before[::-1], middle, *after]
    return []


class _Half:
    """The search from one side; nodes that cannot lie on a way are not followed."""

    def __init__(self, walker: Walker, starts: Array, may: Callable[[Array], Array]) -> None:
        self.walker, self._may = walker, may
        starts = walker.begin(starts)
        self.frontier = starts[may(starts)]
        self._bounds = [walker.found]

    def step(self) -> None:
        """Go one step further."""
        fresh = self.walker.step(self.frontier)
        self._bounds.append(self.walker.found)
        self.frontier = fresh[self._may(fresh)]

    def trail(self, node: int, back: Sequence[Rows], sieve: Sieve) -> list[int]:
        """Return the nodes by which `node` was reached, the nearest to it first."""
        numbers, bounds = self.walker.numbers, [0, *self._bounds]
        level = int(np.searchsorted(self._bounds, numbers.item(node)))
        found = []
        for below in range(level, 0, -1):
            at = np.asarray([node])
            near = np.concatenate([side.reached(at, sieve) for side in back])
            number = numbers[near]
            node = int(near[(number > bounds[below - 1]) & (number <= bounds[below])][0])
            found.append(node)
        return found
