"""Arrays in which walks write down what they have seen, used again and again.

A fresh array with a place for every node costs more than a small walk in a large graph. So
nothing is wiped: each walk writes greater numbers than the walks before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from forebear.store.csr.rows import Array

__all__ = ["Slate", "Slates"]

_SLACK = 16
"""One in so many places is spare, for nodes to come."""
_FULL = 2**31


class Slate:
    """Numbers for nodes; those of at most `blank` are of earlier walks and mean nothing."""

    __slots__ = ("blank", "last", "numbers")

    def __init__(self, size: int) -> None:
        self.numbers: Array = np.zeros(size, np.uint32)
        self.blank = self.last = 0

    def wipe(self) -> None:
        """Make place for another walk."""
        if self.last > _FULL:
            self.numbers[:] = 0
            self.last = 0
        self.blank = self.last


class Slates:
    """Slates for walks among up to `capacity` nodes, one for each walk that goes on."""

    def __init__(self, size: int) -> None:
        self.capacity = size + size // _SLACK
        self._free: list[Slate] = []

    @contextmanager
    def one(self) -> Iterator[Slate]:
        """Lend a slate."""
        try:
            slate = self._free.pop()
        except IndexError:
            slate = Slate(self.capacity)
        slate.wipe()
        yield slate
        self._free.append(slate)
