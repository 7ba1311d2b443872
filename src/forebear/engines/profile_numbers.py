"""Counting the numbers of one column, chunk by chunk, into `forebear.core.numbers.Numbers`."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from forebear.core.numbers import Numbers
from forebear.core.sketches import (
    BUCKETS,
    COARSEST,
    EXACT_WHOLE,
    NO_BUCKETS,
    THIRD,
    Buckets,
)
from forebear.engines.profile_hashes import CHUNK, Hashes, room
from forebear.engines.profile_loops import Counts, load, sums_in
from forebear.engines.profile_sums import ROWS, SumOf, add_powers, add_slices, slices_of

__all__ = ["NumberTally"]

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]
Whole = npt.NDArray[np.int64]

_WINDOW: Final = 1 << 17
"""Whole numbers, or buckets, in a range as narrow as this are counted in an array."""
_BELOW: Final = 256
"""How far below the first numbers of a column that range begins."""
_DENSE: Final = 4
"""Cells for each row of a chunk up to which buckets are counted in an array."""
_CHUNKS: Final = 16
"""Chunks after which it is looked whether there are too many buckets."""
_PENDING: Final = 1 << 16
_LOW: Final = np.int64(2**63 - 1)


class _Cells:
    """Counts by bucket, at a shift that grows with how many there are."""

    def __init__(self) -> None:
        self.shift = 0
        self.keys: Whole = np.empty(0, np.int64)
        self.counts: Whole = np.empty(0, np.int64)
        self._waiting: list[tuple[Whole, Whole]] = []
        self._windows: dict[bool, tuple[int, Whole]] = {}
        self._waits = 0

    def add(self, keys: Whole, counts: Whole) -> None:
        """Take in counts of buckets at the present shift."""
        self._waiting.append((keys, counts))
        self._waits += len(keys)
        if self._waits >= _PENDING or not len(self.keys):
            self.settle()

    def add_dense(self, low: int, counts: Whole) -> None:
        """Take in counts of all buckets from `low` on, at the present shift.

        Most chunks of a column lie in the same range: their counts are added in place.
        """
        base, held = self._windows.get(low < 0, (low, counts[:0]))
        first, last = min(base, low), max(base + len(held), low + len(counts))
        if last - first > _WINDOW:
            there = np.flatnonzero(counts != 0)
            self.add(there + low, counts[there])
            return
        if last - first > len(held):
            wider = np.zeros(last - first, np.int64)
            wider[base - first : base - first + len(held)] = held
            base, held = first, wider
        held[low - base : low - base + len(counts)] += counts
        self._windows[low < 0] = base, held
        self._waits += _PENDING // _CHUNKS
        if self._waits >= _PENDING:
            self.settle()

    def add_shifted(self, shift: int, keys: Whole, counts: Whole) -> None:
        """Take in counts of sorted buckets at another shift."""
        self.settle()
        coarser = max(shift - self.shift, 0)
        self.shift += coarser
        self.keys, self.counts = _grouped(self.keys >> coarser, self.counts)
        self.add(*_grouped(keys >> self.shift - shift, counts))

    def settle(self) -> None:
        """Bring all together, and coarsen where there are too many."""
        for base, held in self._windows.values():
            there = np.flatnonzero(held != 0)
            self._waiting.append((there + base, held[there]))
        if not self._waiting:
            return
        keys = np.concatenate([self.keys, *(keys for keys, _ in self._waiting)])
        counts = np.concatenate([self.counts, *(counts for _, counts in self._waiting)])
        self._waiting, self._windows, self._waits = [], {}, 0
        order = np.argsort(keys, kind="stable")
        self.keys, self.counts = _grouped(keys[order], counts[order])
        coarser = min(_coarser(self.keys), COARSEST - self.shift)
        if coarser > 0:
            self.shift += coarser
            self.keys, self.counts = _grouped(self.keys >> coarser, self.counts)

    def buckets(self) -> Buckets:
        """Return them as profiles hold them."""
        self.settle()
        if not len(self.keys):
            return NO_BUCKETS
        # From the most negative number to the greatest it is further than int64 reaches.
        gaps = np.diff(self.keys.view(np.uint64))
        return Buckets(self.shift, int(self.keys[0]), gaps.tolist(), self.counts.tolist())


def _coarser(keys: Whole) -> int:
    """Return the bits to drop from sorted keys for at most `BUCKETS` different ones to be left."""
    if len(keys) <= BUCKETS:
        return 0
    # Two neighbours stay apart for as long as the highest bit in which they differ is kept.
    apart = (keys[1:] ^ keys[:-1]).view(np.uint64)
    # Without the bit below the highest one, nothing is rounded up to the next power of two.
    highest = np.frexp((apart & ~(apart >> np.uint64(1))).astype(np.float64))[1]
    left = 1 + np.cumsum(np.bincount(highest, minlength=65)[::-1])[::-1]
    return int(np.flatnonzero(left[1:] <= BUCKETS)[0])


def _grouped(keys: Whole, counts: Whole) -> tuple[Whole, Whole]:
    """Return each of sorted keys once, with its counts added up."""
    if not len(keys):
        return keys, counts
    starts = _starts(keys)
    return keys[starts], np.add.reduceat(counts, starts)


def _runs(keys: Whole) -> tuple[Whole, Whole]:
    """Return each of sorted keys once, with how often it is there."""
    starts = _starts(keys)
    return keys[starts], np.diff(starts, append=len(keys))


def _starts(keys: Whole) -> Whole:
    return np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))


class NumberTally:
    """What is known so far of the numbers of a column."""

    def __init__(self) -> None:
        self._count = self._zeros = self._nans = self._plus = self._minus = 0
        self._low: int | float | None = None
        self._high: int | float | None = None
        self._total, self._squares = SumOf(), SumOf()
        self._cells, self._hashes = _Cells(), Hashes()
        self._narrow: _Narrow | None = None
        self._looped: Counts | None = None
        self._whole = True

    def add(self, values: Array) -> None:
        """Count numbers of an integer or float type, none of them missing."""
        for start in range(0, len(values), CHUNK):
            chunk = values[start : start + CHUNK]
            if chunk.dtype.kind in "iu":
                self._add_whole(chunk)
            else:
                self._whole = False
                self._add_floats(room.floats(chunk))

    def add_counted(self, values: Whole, counts: Whole) -> None:
        """Count whole numbers that have a float64 of their own, each of them so often."""
        if len(values):
            self._extent(int(counts.sum()), int(values.min()), int(values.max()))
            self._spill(values, counts)

    def finish(self) -> Numbers:
        """Return the summary."""
        if self._narrow is not None:
            self._spill(*self._narrow.counted())
        if self._looped is not None:
            self._take_over(self._looped)
            self._looped = None
        buckets = self._cells.buckets()
        kind: type[int | float] = int if self._whole or not self._count else float
        found = Numbers(
            count=self._count,
            low=kind(self._low or 0),
            high=kind(self._high or 0),
            total=self._total.exact(),
            squares=self._squares.exact(),
            zeros=self._zeros,
            nans=self._nans,
            plus_infinite=self._plus,
            minus_infinite=self._minus,
            buckets=buckets,
        )
        if found.listed:
            return found
        return replace(found, registers=self._hashes.registers())

    # Whole numbers

    def _add_whole(self, values: Array) -> None:
        low, high = int(values.min()), int(values.max())
        if self._narrow is None:
            self._narrow = _Narrow(low)
        if self._narrow.holds(low, high):
            self._extent(len(values), low, high)
            self._narrow.add(values)
        elif max(-low, high) <= EXACT_WHOLE:
            self._extent(len(values), low, high)
            self._add_finite(room.floats(values), float(low), float(high))
        else:
            self._extent(len(values), low, high)
            self._add_huge(values)

    def _add_huge(self, values: Array) -> None:
        """Count whole numbers that have no float64 of their own."""
        self._zeros += len(values) - int(np.count_nonzero(values))
        near = values.astype(np.float64)
        self._count_keys(_keys(near))
        plain = (values >= -EXACT_WHOLE) & (values <= EXACT_WHOLE)
        self._hashes.add_keys(_keys(near[plain]).view(np.uint64))
        self._hashes.add_keys(values[~plain].astype(np.uint64) * np.uint64(THIRD))
        for start in range(0, len(values), ROWS):
            part = values[start : start + ROWS]
            high = slices_of((part >> 32).astype(np.float64) * 2.0**32, 2.0**64)
            low = slices_of((part & 0xFFFFFFFF).astype(np.float64), 2.0**32)
            add_slices([*high, *low], self._total, self._squares)

    # Floats

    def _add_floats(self, values: Floats) -> None:
        low, high = float(values.min()), float(values.max())
        if not (math.isfinite(low) and math.isfinite(high)):
            self._nans += int(np.count_nonzero(np.isnan(values)))
            self._plus += int(np.count_nonzero(values == math.inf))
            self._minus += int(np.count_nonzero(values == -math.inf))
            values = values[np.isfinite(values)]
            if not len(values):
                return
            low, high = float(values.min()), float(values.max())
        self._extent(len(values), low + 0.0, high + 0.0)
        if self._narrow is None:
            self._narrow = _Narrow(math.floor(max(min(low, 2.0**52), -(2.0**52))))
        if self._narrow.holds(low, high) and _are_whole(values[:64]) and _are_whole(values):
            self._narrow.add(values.astype(np.int64))
            return
        self._add_finite(values, low, high)

    def _extent(self, count: int, low: int | float, high: int | float) -> None:
        self._count += count
        self._low = low if self._low is None else min(self._low, low)
        self._high = high if self._high is None else max(self._high, high)

    def _add_finite(self, values: Floats, low: float, high: float) -> None:
        """Count finite numbers between `low` and `high`."""
        loops = load()
        if loops is not None:
            if self._looped is None:
                self._looped = Counts()
            left = loops.count_numbers(self._looped, room.sums, values, room.keys(len(values)))
            for exponent, total, square in sums_in(room.sums):
                self._total.add(total, exponent)
                self._squares.add(square, 2 * exponent)
            if len(left):
                self._count_keys(left)
            return
        if low <= 0 <= high:
            zeros = len(values) - int(np.count_nonzero(values))
            if zeros:
                self._zeros += zeros
                values = values + 0.0
        keys = _keys(values)
        distinct = self._count_keys(keys)
        self._hashes.add_keys((keys if distinct is None else distinct).view(np.uint64))
        add_powers(values, max(-low, high), self._total, self._squares)

    def _take_over(self, looped: Counts) -> None:
        """Bring what the compiled loop has counted to the rest."""
        self._zeros += looped.zeros
        self._cells.add_shifted(*looped.found())
        self._hashes.add_registers(looped.registers())

    def _spill(self, values: Whole, counts: Whole) -> None:
        """Bring whole numbers, with how often each occurs, to the buckets."""
        keys = _keys(values.astype(np.float64))
        self._cells.settle()
        order = np.argsort(keys)
        shifted, sums = _grouped(keys[order] >> self._cells.shift, counts[order])
        self._cells.add(shifted, sums)
        self._hashes.add_keys(keys.view(np.uint64))
        self._zeros += int(counts[values == 0].sum())
        exact: Array = values.astype(object)
        self._total.add(int((exact * counts).sum()), 0)
        self._squares.add(int((exact * exact * counts).sum()), 0)

    def _count_keys(self, keys: Whole) -> Whole | None:
        """Count keys into buckets; return the distinct ones where they were found on the way."""
        cells = self._cells
        if not cells.shift:
            ordered = np.sort(keys)
            found, counts = _runs(ordered)
            cells.add(found, counts)
            cells.settle()
            return found
        places = np.right_shift(keys, cells.shift, out=room.cells(len(keys)))
        low, high = int(places.min()), int(places.max())
        middle = 0
        if low < 0 <= high:
            middle = _closed(places)
            low, high = low + middle, high - middle
        if high - low > _DENSE * len(places):
            places = keys >> cells.shift
            places.sort()
            cells.add(*_runs(places))
            return None
        places -= low
        dense = np.bincount(places)
        if low < 0 <= high:
            cells.add_dense(low - middle, dense[:-low])
            cells.add_dense(middle, dense[-low:])
        else:
            cells.add_dense(low, dense)
        return None


def _closed(places: Whole) -> int:
    """Close the gap around zero in which there is none of `places`; return half its width."""
    signs = np.right_shift(places, np.int64(63), out=room.spare(len(places)).view(np.int64))
    places ^= signs
    middle = int(places.min())
    places -= middle
    places ^= signs
    return middle


class _Narrow:
    """Whole numbers in a narrow range, counted one by one."""

    def __init__(self, near: int) -> None:
        self._base = min(max(near - _BELOW, -EXACT_WHOLE), EXACT_WHOLE)
        self._counts: Whole = np.zeros(0, np.int64)

    def holds(self, low: float, high: float) -> bool:
        """Tell whether a range lies in this one."""
        return bool(self._base <= low and high < min(self._base + _WINDOW, EXACT_WHOLE))

    def add(self, values: Array) -> None:
        """Count numbers of the range."""
        loops = load()
        if loops is not None:
            more = int(values.max()) + 1 - self._base - len(self._counts)
            if more > 0:
                self._counts = np.concatenate([self._counts, np.zeros(more, np.int64)])
            loops.count_whole(values, self._base, self._counts)
            return
        places = room.cells(len(values))
        np.subtract(values, self._base, out=places, dtype=np.int64, casting="unsafe")
        found = np.bincount(places)
        short, long = sorted((self._counts, found), key=len)
        long[: len(short)] += short
        self._counts = long

    def counted(self) -> tuple[Whole, Whole]:
        """Return the numbers that occur, with their counts."""
        there = np.flatnonzero(self._counts)
        return there + self._base, self._counts[there]


def _are_whole(values: Floats) -> bool:
    return bool(np.array_equal(np.rint(values), values))


def _keys(values: Floats) -> Whole:
    """Return each number's place in the order of all float64 (`forebear.core.sketches.key_of`).

    What is returned is written over by the next call of the same thread.
    """
    bits = values.view(np.int64)
    if not len(bits) or bits.min() >= 0:
        return bits
    signs = np.right_shift(bits, np.int64(63), out=room.keys(len(bits)))
    signs &= _LOW
    signs ^= bits
    return signs
