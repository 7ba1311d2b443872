"""Breadth first through the rows: what is reached, and at what distance."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np

from forebear.store.csr import compiled
from forebear.store.csr.rows import Array, Rows, Sieve, distinct
from forebear.store.csr.slates import Slate, Slates

__all__ = ["Reach", "walk"]

_NARROW = 8
"""Nodes up to which a level is walked one by one."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a walk has reached, the nearest first, without where it began.

    `counts[d]` nodes lie at a distance of `d + 1`. `beyond` nodes one step past the allowed
    depth were seen and left out.
    """

    nodes: Array
    counts: list[int]
    beyond: int = 0

    def depths(self) -> Array:
        """Return the distance of each node."""
        return np.repeat(np.arange(1, len(self.counts) + 1), self.counts)

    def places(self, among: Collection[int]) -> list[int]:
        """Return where in `nodes` those stand that are among some, in order."""
        if not self.nodes.size or not among:
            return []
        wanted = np.fromiter(among, np.int64, len(among))
        marked = np.zeros(int(self.nodes.max()) + 1, np.bool_)
        marked[wanted[wanted < len(marked)]] = True
        return np.flatnonzero(marked[self.nodes]).tolist()


def walk(
    sides: Sequence[Rows],
    starts: Sequence[int],
    slates: Slates,
    sieve: Sieve,
    depth: int | None = None,
) -> Reach:
    """Walk from `starts` along all edges that pass, each node once, at most `depth` steps.

    `sides` are the snapshot's rows and, where there is something newer, the rows of that.
    """
    with slates.one() as slate:
        return _walked(Walker(sides, slate, sieve), sides, starts, sieve, depth)


def _walked(
    walker: Walker, sides: Sequence[Rows], starts: Sequence[int], sieve: Sieve, depth: int | None
) -> Reach:
    size = len(walker.slate.numbers)
    levels = [walker.begin(starts)]
    simple = len(starts) == 1 and sieve.open and depth is None and starts[0] < len(sides[0])
    while levels[-1].size and (depth is None or len(levels) <= depth):
        if simple and compiled.pays(walker.found, len(levels), size):
            return Reach(*compiled.walk(sides, starts[0], size))
        levels.append(walker.step(levels[-1]))
    beyond = walker.step(levels[-1]).size if levels[-1].size else 0
    found = [level for level in levels[1:] if level.size]
    nodes = np.concatenate(found) if found else levels[0][:0]
    if simple:
        compiled.note(len(nodes))
    return Reach(nodes, [level.size for level in found], beyond)


class Walker:
    """One walk, level by level, which numbers nodes on its slate as they are found."""

    def __init__(self, sides: Sequence[Rows], slate: Slate, sieve: Sieve) -> None:
        self.slate = slate
        self._sides, self._sieve = sides, sieve
        self._type = sides[0].ends.dtype

    @property
    def found(self) -> int:
        """At least as many nodes as have been found, those that were named twice counted so."""
        return self.slate.last - self.slate.blank

    def has(self, nodes: Array) -> Array:
        """Tell which nodes have been found."""
        seen: Array = self.slate.numbers[nodes] > self.slate.blank
        return seen

    def begin(self, starts: Sequence[int] | Array) -> Array:
        """Begin at these nodes."""
        return self._number(distinct(np.asarray(starts, self._type)))

    def step(self, frontier: Array) -> Array:
        """Return what is new one step behind these nodes."""
        if frontier.size <= _NARROW:
            few = self._few(frontier.tolist())
            if few is not None:
                return few
        found = [side.reached(frontier, self._sieve) for side in self._sides]
        ends = found[0] if len(found) == 1 else np.concatenate(found).astype(self._type, copy=False)
        return self._number(ends[self.slate.numbers[ends] <= self.slate.blank])

    def again(self, reach: Reach) -> list[int]:
        """Number what a walk from here has reached; return the last number of each level."""
        begin = self.slate.last
        self._number(reach.nodes)
        return [begin + behind for behind in accumulate(reach.counts)]

    def _few(self, frontier: list[int]) -> Array | None:
        slate = self.slate
        fresh: list[int] = []
        lists = [side.few(frontier, self._sieve) for side in self._sides]
        if None in lists:
            return None
        for end in chain.from_iterable(lists):  # type: ignore[arg-type]
            if slate.numbers.item(end) <= slate.blank:
                slate.last += 1
                slate.numbers[end] = slate.last
                fresh.append(end)
        return np.asarray(fresh, self._type)

    def _number(self, ends: Array) -> Array:
        """Number nodes, each once, though they may be named many times."""
        slate = self.slate
        numbers = np.arange(slate.last + 1, slate.last + 1 + ends.size, dtype=np.uint32)
        slate.numbers[ends] = numbers
        slate.last += ends.size
        once: Array = ends[slate.numbers[ends] == numbers]
        return once
