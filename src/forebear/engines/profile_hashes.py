"""How many distinct values: hashes of many at once, and the registers that they reach."""

from __future__ import annotations

import threading
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forebear.core.sketches import FIRST, RANKS, REGISTERS, SECOND
from forebear.engines.profile_loops import EXPONENTS, load

__all__ = ["CHUNK", "Hashes", "mixed", "room"]

Words = npt.NDArray[np.uint64]
Whole = npt.NDArray[np.int64]

CHUNK: Final = 131_072
"""Rows that are counted together: what is made of them on the way stays in the cache."""
_HALF: Final = np.uint64(32)
_ALL: Final = 2**64 - 1


class Hashes:
    """Which registers a column's distinct values have reached."""

    def __init__(self) -> None:
        self._ranks = np.zeros(REGISTERS, np.uint8)
        self._below = _ALL
        self.seen = False

    def add_keys(self, words: Words) -> None:
        """Take in values by their keys."""
        self.add(mixed(words, room.words(len(words)), room.spare(len(words))))

    def add(self, hashes: Words) -> None:
        """Take in values by their hashes."""
        self.seen = True
        loops = load()
        if loops is not None:
            self._below = loops.reach(hashes, self._ranks, self._below)
            return
        if self._below < _ALL:
            hashes = hashes[np.flatnonzero(hashes <= np.uint64(self._below))]
        if not len(hashes):
            return
        places = ((hashes ^ (hashes >> np.uint64(32))) & np.uint64(REGISTERS - 1)).astype(np.intp)
        ranks = _ranks(hashes)
        better = np.flatnonzero(ranks > self._ranks[places])
        if len(better):
            np.maximum.at(self._ranks, places[better], ranks[better])
            least = int(self._ranks.min())
            # Only a hash up to this can still raise a register.
            self._below = (1 << (64 - least)) - 1 if least else _ALL

    def add_registers(self, ranks: npt.NDArray[np.uint8]) -> None:
        """Take in the registers that other values have reached."""
        self.seen = True
        np.maximum(self._ranks, ranks, out=self._ranks)

    def registers(self) -> bytes:
        """Return the registers as profiles hold them."""
        return self._ranks.tobytes() if self.seen else b""


class Room(threading.local):
    """Arrays that a thread writes over and over: new ones would cost more than what is done."""

    def __init__(self) -> None:
        self._words, self._spare = np.empty(CHUNK, np.uint64), np.empty(CHUNK, np.uint64)
        self._keys, self._cells = np.empty(CHUNK, np.int64), np.empty(CHUNK, np.int64)
        self.sums: Words = np.zeros((EXPONENTS, 4), np.uint64)
        self._floats, self._present = np.empty(CHUNK, np.float64), np.empty(CHUNK, np.uint64)

    def words(self, size: int) -> Words:
        return self._words[:size] if size <= CHUNK else np.empty(size, np.uint64)

    def spare(self, size: int) -> Words:
        return self._spare[:size] if size <= CHUNK else np.empty(size, np.uint64)

    def keys(self, size: int) -> Whole:
        return self._keys[:size] if size <= CHUNK else np.empty(size, np.int64)

    def cells(self, size: int) -> Whole:
        return self._cells[:size] if size <= CHUNK else np.empty(size, np.int64)

    def present(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return room for as many values of the same type."""
        if len(values) > CHUNK or values.itemsize > 8:
            return np.empty_like(values)
        return self._present.view(values.dtype)[: len(values)]

    def floats(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return numbers as float64, where they lie if they are that."""
        if values.dtype == np.float64 or len(values) > CHUNK:
            return np.ascontiguousarray(values, np.float64)
        found = self._floats[: len(values)]
        np.copyto(found, values, casting="unsafe")
        return found


room = Room()


def mixed(words: Words, found: Words | None = None, spare: Words | None = None) -> Words:
    """Return words whose bits all depend on all bits of the given ones, in `found`."""
    found = np.right_shift(words, _HALF, out=found)
    found ^= words
    found *= np.uint64(FIRST)
    found ^= np.right_shift(found, _HALF, out=spare)
    found *= np.uint64(SECOND)
    return found


def _ranks(hashes: Words) -> npt.NDArray[np.uint8]:
    """Return 65 minus how many bits each hash has, at most `RANKS`."""
    # The upper half alone is exact as a float; below it, what is left is beyond the last rank.
    high = (hashes >> np.uint64(12)).astype(np.float64)
    bits = np.frexp(high)[1]
    ranks: npt.NDArray[np.uint8] = np.minimum(53 - bits, RANKS).astype(np.uint8)
    return ranks
