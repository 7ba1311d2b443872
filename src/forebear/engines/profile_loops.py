"""The inner loops of a profile, compiled where the installation found a C compiler.

Without it `load` returns None, and NumPy counts the same, more slowly.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forebear.core.sketches import BUCKETS, REGISTERS

__all__ = ["Counts", "Loops", "load"]

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

LIBRARY: Final = "libprofile_loops.so"
_EXPONENTS: Final = 2047
_UNIT: Final = -1074
"""The exponent of the smallest number: significands of the first exponent are multiples of it."""


class Counts(ctypes.Structure):
    """What is known so far of finite numbers; the struct of the same name in `profile_loops.c`."""

    _fields_ = (
        ("below", ctypes.c_uint64),
        ("zeros", ctypes.c_int64),
        ("shift", ctypes.c_int64),
        ("used", ctypes.c_int64),
        ("places", ctypes.c_int64 * (2 * BUCKETS)),
        ("counts", ctypes.c_int64 * (2 * BUCKETS)),
        ("sums", (ctypes.c_uint64 * 5) * _EXPONENTS),
        ("ranks", ctypes.c_uint8 * REGISTERS),
    )

    def __init__(self) -> None:
        super().__init__(below=2**64 - 1)

    def buckets(self) -> tuple[int, Whole, Whole]:
        """Return the shift of the buckets, their places in order, and their counts."""
        places, counts = np.frombuffer(self.places, np.int64), np.frombuffer(self.counts, np.int64)
        there = np.flatnonzero(counts)
        there = there[np.argsort(places[there])]
        return self.shift, places[there], counts[there]

    def registers(self) -> npt.NDArray[np.uint8]:
        """Return which registers the distinct values have reached."""
        return np.frombuffer(self.ranks, np.uint8)

    def sums_by_exponent(self) -> list[tuple[int, int, int]]:
        """Return exponents with a sum in units of 2^exponent, and one of squares in its square."""
        words = np.frombuffer(self.sums, np.uint64).reshape(_EXPONENTS, 5)
        found = []
        for place in np.flatnonzero(words.any(axis=1)).tolist():
            low, high, *squares = words[place].tolist()
            total = low + ((high - (high >> 63 << 64)) << 64)
            square = squares[0] + (squares[1] << 64) + (squares[2] << 128)
            found.append((_UNIT + place, total, square))
        return found


class Loops:
    """The compiled loops; other threads work while they do."""

    def __init__(self, library: Any) -> None:
        self._count, self._hash = library.count_numbers, library.hash_texts
        array = ctypes.c_void_p
        self._count.argtypes = [ctypes.POINTER(Counts), array, ctypes.c_int64, array]
        self._count.restype = ctypes.c_int64
        self._hash.argtypes = [array, array, ctypes.c_int64, array]
        self._hash.restype = None

    def count_numbers(self, known: Counts, values: Floats, left: Whole) -> Whole:
        """Count finite numbers; return the keys, in `left`, of those that found no bucket."""
        values = np.ascontiguousarray(values)
        place = ctypes.byref(known)
        count = self._count(place, values.ctypes.data, len(values), left.ctypes.data)
        return left[:count]

    def hash_texts(self, ends: Whole, data: npt.NDArray[np.uint8]) -> Words:
        """Return the hashes of the texts between these ends; none is beyond `data`."""
        ends, data = np.ascontiguousarray(ends), np.ascontiguousarray(data)
        found = np.empty(len(ends) - 1, np.uint64)
        self._hash(data.ctypes.data, ends.ctypes.data, len(found), found.ctypes.data)
        return found


@cache
def load() -> Loops | None:
    """Return the compiled loops; None where there are none that fit."""
    place = Path(__file__).parent / LIBRARY
    if sys.byteorder != "little" or not place.exists():
        return None
    try:
        library = ctypes.CDLL(str(place))
    except OSError:  # built for another machine
        return None
    library.size_of_counts.restype = ctypes.c_int64
    if library.size_of_counts() != ctypes.sizeof(Counts):  # built from another version's source
        return None
    return Loops(library)
