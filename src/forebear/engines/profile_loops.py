"""The inner loops of a profile, compiled where the installation found a C compiler.

Without it `load` returns None, and NumPy counts the same, more slowly.
"""

from __future__ import annotations

import ctypes
import sys
import zlib
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forebear.core.sketches import BUCKETS, REGISTERS

__all__ = ["EXPONENTS", "Counts", "Loops", "load", "sums_in"]

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

LIBRARY: Final = "libprofile_loops.so"
EXPONENTS: Final = 2047
_UNIT: Final = -1074
"""The exponent of the smallest number: significands of the first exponent are multiples of it."""


class Counts(ctypes.Structure):
    """What is known so far of finite numbers; the struct of the same name in `profile_loops.c`."""

    _fields_ = (
        ("below", ctypes.c_uint64),
        ("zeros", ctypes.c_int64),
        ("shift", ctypes.c_int64),
        ("used", ctypes.c_int64),
        ("buckets", (ctypes.c_uint64 * 2) * (2 * BUCKETS)),
        ("ranks", ctypes.c_uint8 * REGISTERS),
    )

    def __init__(self) -> None:
        super().__init__(below=2**64 - 1)

    def found(self) -> tuple[int, Whole, Whole]:
        """Return the shift of the buckets, their places in order, and their counts."""
        table = np.frombuffer(self.buckets, np.uint64).reshape(-1, 2)
        table = table[np.flatnonzero(table[:, 0])]
        places, counts = table[np.argsort(table[:, 0])].T
        middle = np.uint64(1 << (63 - self.shift))
        return self.shift, (places - middle).view(np.int64), counts.view(np.int64)

    def registers(self) -> Bytes:
        """Return which registers the distinct values have reached."""
        return np.frombuffer(self.ranks, np.uint8)


class Loops:
    """The compiled loops; other threads work while they do."""

    def __init__(self, library: Any) -> None:
        array, whole, truth = ctypes.c_void_p, ctypes.c_int64, ctypes.c_bool
        known, word = ctypes.POINTER(Counts), ctypes.c_uint64
        self._count = _typed(library.count_numbers, whole, known, array, array, whole, array)
        self._whole = _typed(library.count_whole, None, array, whole, truth, whole, whole, array)
        self._copy = _typed(library.copy_present, whole, array, whole, array, whole, whole, array)
        self._hash = _typed(library.hash_texts, whole, array, array, truth, whole, array, array)
        self._reach = _typed(library.reach_hashes, word, array, whole, array, word)

    def count_numbers(self, known: Counts, sums: Words, values: Floats, left: Whole) -> Whole:
        """Count finite numbers; return the keys, in `left`, of those that found no bucket.

        For each exponent `sums` has the sum of significands in two words, and of their squares.
        """
        values = np.ascontiguousarray(values)
        places = [one.ctypes.data for one in (sums, values, left)]
        return left[: self._count(ctypes.byref(known), *places[:2], len(values), places[2])]

    def count_whole(self, values: npt.NDArray[Any], base: int, counts: Whole) -> None:
        """Count whole numbers by how far they are above `base`; `counts` has a cell for each."""
        values = np.ascontiguousarray(values)
        width, signed = values.itemsize, values.dtype.kind == "i"
        self._whole(values.ctypes.data, width, signed, len(values), base, counts.ctypes.data)

    def copy_present(
        self, values: npt.NDArray[Any], bits: Bytes, offset: int, found: npt.NDArray[Any]
    ) -> npt.NDArray[Any]:
        """Return, in `found`, the values of 4 or 8 bytes whose bit from `offset` on is set."""
        places = values.ctypes.data, values.itemsize, bits.ctypes.data, offset
        return found[: self._copy(*places, len(values), found.ctypes.data)]

    def hash_texts(self, ends: npt.NDArray[Any], data: Bytes, lengths: Whole, hashes: Words) -> int:
        """Write lengths and hashes of the texts between these ends; return the greatest length.

        Texts beyond `LONGEST` bytes get no hash that is of use.
        """
        places = [one.ctypes.data for one in (data, ends, lengths, hashes)]
        found: int = self._hash(*places[:2], ends.itemsize == 8, len(hashes), *places[2:])
        return found

    def reach(self, hashes: Words, ranks: Bytes, below: int) -> int:
        """Raise the registers that hashes reach; return beyond which no hash can any more."""
        hashes = np.ascontiguousarray(hashes)
        found: int = self._reach(hashes.ctypes.data, len(hashes), ranks.ctypes.data, below)
        return found


def sums_in(sums: Words) -> list[tuple[int, int, int]]:
    """Return the exponents of which there are sums: each in units of 2^exponent, and of squares in
    those of its square; `sums` is empty then."""
    there = np.flatnonzero(sums[:, 2:].any(axis=1))
    words = sums[there]
    sums[there] = 0
    return [
        (_UNIT + place, low + ((high - (high >> 63 << 64)) << 64), square + (rest << 64))
        for place, (low, high, square, rest) in zip(there.tolist(), words.tolist(), strict=True)
    ]


def _typed(function: Any, returns: Any, *takes: Any) -> Any:
    function.restype, function.argtypes = returns, takes
    return function


@cache
def load() -> Loops | None:
    """Return the compiled loops; None where there are none that fit."""
    source = Path(__file__).with_suffix(".c")
    library = source.parent / LIBRARY
    if sys.byteorder != "little" or not library.exists():
        return None
    try:
        loaded = ctypes.CDLL(str(library))
        built_from = ctypes.CFUNCTYPE(ctypes.c_uint32)(("source", loaded))()
        # Another source's library may hold the struct otherwise, and would write anywhere.
        return Loops(loaded) if built_from == zlib.crc32(source.read_bytes()) else None
    except (OSError, AttributeError):  # built for another machine, or long ago
        return None
