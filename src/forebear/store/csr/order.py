"""Two numbers for each node that tell at a glance that one cannot be an ancestor of another.

`latest` is the greatest node number among a node and its ancestors, `earliest` the smallest
among it and its descendants. Nodes are numbered as they are recorded, causes before effects as
a rule, so both are mostly the node's own number; and along any path neither ever falls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from forebear.store.csr.rows import Array, Edges, Rows, distinct, narrowest

__all__ = ["Order", "ordered"]

_ROUNDS = 64
"""Rounds after which numbers that keep changing are given up: without them it is slower."""


@dataclass(frozen=True, slots=True)
class Order:
    """`latest` and `earliest` of all nodes."""

    latest: Array
    earliest: Array

    def __len__(self) -> int:
        return len(self.latest)

    def before(self, ends: Array) -> Callable[[Array], Array]:
        """Return what tells of nodes which may be ancestors of any of `ends`, or one of them."""
        latest, earliest = self.latest[ends].max(), self.earliest[ends].max()

        def may(nodes: Array) -> Array:
            found: Array = (self.latest[nodes] <= latest) & (self.earliest[nodes] <= earliest)
            return found

        return may

    def after(self, starts: Array) -> Callable[[Array], Array]:
        """Return what tells of nodes which may come of any of `starts`, or be one of them."""
        latest, earliest = self.latest[starts].min(), self.earliest[starts].min()

        def may(nodes: Array) -> Array:
            found: Array = (self.latest[nodes] >= latest) & (self.earliest[nodes] >= earliest)
            return found

        return may


def ordered(
    base: Order | None, size: int, edges: Edges, up: Sequence[Rows], down: Sequence[Rows]
) -> Order:
    """Return the order of `size` nodes: that of `base`, and what these further edges change.

    `up` and `down` hold all edges, the further ones too.
    """
    own = np.arange(size, dtype=narrowest(size))
    latest, earliest = own.copy(), own
    if base is not None:
        latest[: len(base)], earliest[: len(base)] = base.latest, base.earliest
    _spread(latest, edges.sources, edges.targets, down, np.maximum)
    _spread(earliest, edges.targets, edges.sources, up, np.minimum)
    return Order(latest, earliest)


def _spread(values: Array, at: Array, ends: Array, sides: Sequence[Rows], pick: np.ufunc) -> None:
    """Carry values along edges, from `at` to `ends` and on from there, until nothing changes."""
    for _ in range(_ROUNDS):
        offered, held = values[at], values[ends]
        better = np.flatnonzero(pick(offered, held) != held)
        if not better.size:
            return
        pick.at(values, ends[better], offered[better])
        changed = distinct(ends[better])
        pairs = [side.pairs(changed) for side in sides]
        at, ends = (np.concatenate(column) for column in zip(*pairs, strict=True))
    values[:] = 0
