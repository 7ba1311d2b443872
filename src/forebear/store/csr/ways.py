"""Shortest ways from some nodes to each of many others, around nodes that let nothing through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forebear.store.csr.rows import Array, Rows, Sieve
from forebear.store.csr.slates import Slates
from forebear.store.csr.walk import Reach, Walker

__all__ = ["ways"]


def ways(
    sides: tuple[Sequence[Rows], Sequence[Rows]],
    starts: Sequence[int],
    goals: Sequence[int],
    closed: Sequence[int],
    *,
    up: bool,
    slates: Slates,
    sieve: Sieve,
    known: Reach | None = None,
) -> dict[int, list[int]]:
    """Return for each goal that is reached the nodes of a shortest way, the cause first.

    `sides` are the rows to walk along and those that lead back. No way arrives by an edge at a
    node that is `closed`; it may begin there. `known` is what `starts` reach where nothing is
    closed, if somebody has walked there before.
    """
    along, back = sides
    shut = np.zeros(slates.capacity, bool)
    shut[np.asarray(closed, np.int64)] = True
    wanted = np.unique(np.asarray(goals, np.int64))
    with slates.one() as slate:
        walker = Walker(along, slate, sieve)
        frontier = walker.begin(starts)
        bounds = [slate.blank, slate.last]
        if known is not None:
            bounds += walker.again(known)
            frontier = frontier[:0]
        if up:
            frontier = frontier[~shut[frontier]]
        while frontier.size and not walker.has(wanted).all():
            frontier = walker.step(frontier)
            bounds.append(slate.last)
            # What is closed may be where a way begins, which is its far end on a walk up.
            frontier = frontier[~shut[frontier]]
        reached = wanted[walker.has(wanted)]
        if not up:
            begun = slate.numbers[reached] <= bounds[1]
            reached = reached[begun | ~shut[reached]]
        trail = _Trail(back, slate.numbers, bounds, shut, sieve, up=up)
        return {int(goal): trail.of(int(goal)) for goal in reached}


class _Trail:
    """Finds by which nodes a goal was reached, level by level."""

    def __init__(
        self,
        back: Sequence[Rows],
        numbers: Array,
        bounds: Sequence[int],
        shut: Array,
        sieve: Sieve,
        *,
        up: bool,
    ) -> None:
        self._back, self._numbers, self._bounds = back, numbers, bounds
        self._shut, self._sieve, self._up = shut, sieve, up

    def of(self, goal: int) -> list[int]:
        """Return the way to a goal, the cause first."""
        found = [goal]
        level = int(np.searchsorted(self._bounds, self._numbers.item(goal))) - 1
        for below in range(level - 1, -1, -1):
            at = np.asarray([found[-1]])
            near = np.concatenate([side.reached(at, self._sieve) for side in self._back])
            number = self._numbers[near]
            fits = (number > self._bounds[below]) & (number <= self._bounds[below + 1])
            if self._up or below:
                fits &= ~self._shut[near]
            found.append(int(near[fits][0]))
        return found if self._up else found[::-1]
