"""A shortest way between nodes, searched from both ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from forebear.store.csr import compiled
from forebear.store.csr.order import Order
from forebear.store.csr.rows import Array, Rows, Sieve, distinct
from forebear.store.csr.slates import Slate, Slates
from forebear.store.csr.walk import Walker

__all__ = ["Ground", "related", "way"]

_PATIENCE = 64
"""Steps after which a plain walk by compiled code is quicker at finding out."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where to search: rows for walking up and for walking down, and what helps."""

    up: Sequence[Rows]
    down: Sequence[Rows]
    order: Order
    slates: Slates


def way(ground: Ground, starts: Sequence[int], ends: Sequence[int], sieve: Sieve) -> list[int]:
    """Return the nodes of a shortest way from any of `starts` to any of `ends`, or none."""
    with ground.slates.one() as one, ground.slates.one() as other:
        search = _Search(ground, (one, other), starts, ends, sieve)
        for _ in search:
            pass
        if search.middle is None:
            return []
        before = search.forward.trail(search.middle, ground.up, sieve)
        after = search.back.trail(search.middle, ground.down, sieve)
        return [*before[::-1], search.middle, *after]


def related(ground: Ground, a: int, b: int, sieve: Sieve) -> bool:
    """Tell whether a way leads from `a` to `b`."""
    with ground.slates.one() as one, ground.slates.one() as other:
        search = _Search(ground, (one, other), [a], [b], sieve)
        for steps, _ in enumerate(search):
            simple = steps == _PATIENCE and sieve.open and b < len(ground.up[0])
            if simple and compiled.available():
                nodes, _ = compiled.walk(ground.up, b, ground.slates.capacity)
                return bool((nodes == a).any())
        return search.middle is not None


class _Search:
    """A search from both sides; ends when they meet in `middle` or one side is exhausted."""

    def __init__(
        self,
        ground: Ground,
        slates: tuple[Slate, Slate],
        starts: Sequence[int],
        ends: Sequence[int],
        sieve: Sieve,
    ) -> None:
        order = ground.order
        kind = order.latest.dtype
        causes, effects = (distinct(np.asarray(nodes, kind)) for nodes in (starts, ends))
        forward = Walker(ground.down, slates[0], sieve)
        back = Walker(ground.up, slates[1], sieve)
        self.forward = _Half(forward, causes, order.before(effects))
        self.back = _Half(back, effects, order.after(causes))
        self.middle = self._met(self.forward, self.back)

    def __iter__(self) -> Iterator[None]:
        """Go one step of one side at a time."""
        while self.middle is None and len(self.forward.frontier) and len(self.back.frontier):
            smaller = len(self.forward.frontier) <= len(self.back.frontier)
            here, there = (self.forward, self.back) if smaller else (self.back, self.forward)
            here.step()
            self.middle = self._met(here, there)
            yield

    @staticmethod
    def _met(here: _Half, there: _Half) -> int | None:
        """Return the node that is nearest to the other side of those just found by both."""
        met = here.frontier[there.walker.has(here.frontier)]
        return int(met[there.walker.slate.numbers[met].argmin()]) if len(met) else None


class _Half:
    """The search from one side; nodes that cannot lie on a way are not followed."""

    def __init__(self, walker: Walker, starts: Array, may: Callable[[Array], Array]) -> None:
        self.walker, self._may = walker, may
        starts = walker.begin(starts)
        self.frontier = starts[may(starts)]
        self._bounds = [walker.slate.last]

    def step(self) -> None:
        """Go one step further."""
        fresh = self.walker.step(self.frontier)
        self._bounds.append(self.walker.slate.last)
        self.frontier = fresh[self._may(fresh)]

    def trail(self, node: int, back: Sequence[Rows], sieve: Sieve) -> list[int]:
        """Return the nodes by which `node` was reached, the nearest to it first."""
        numbers = self.walker.slate.numbers
        bounds = [self.walker.slate.blank, *self._bounds]
        level = int(np.searchsorted(self._bounds, numbers.item(node)))
        found = []
        for below in range(level, 0, -1):
            at = np.asarray([node])
            near = np.concatenate([side.reached(at, sieve) for side in back])
            number = numbers[near]
            node = int(near[(number > bounds[below - 1]) & (number <= bounds[below])][0])
            found.append(node)
        return found
