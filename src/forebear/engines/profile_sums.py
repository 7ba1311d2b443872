"""Sums of float64 and of their products without any rounding, at the speed of rounded ones.

Each number is cut along a fixed grid into slices of 20 bits. Products of slices, and sums of
64 of them, are whole numbers below 2^53 in units of the grid: float64 arithmetic is exact on
them, whatever the order. (The idea is that of Demmel and Nguyen's reproducible summation, and of
Ozaki's error-free matrix products; here no slice is left out.)
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forebear.core.sketches import ZERO, Exact

__all__ = ["ROWS", "Slice", "SumOf", "add_powers", "add_slices", "slices_of", "wild"]

Floats = npt.NDArray[np.float64]

ROWS: Final = 32_768
"""Numbers that are cut together."""
_DOT: Final = 64
"""Numbers whose products are added up as float64: few enough to be exact, and so few that there
are many such sums, for which NumPy lets other threads work."""
_WIDTH: Final = 20
_TAME: Final = 2.0**250
"""Beyond it, and below its reciprocal, products of slices would leave the range of float64."""
_ONES: Final = np.ones(ROWS)

Slice = tuple[Floats, int]
"""Parts of numbers, and the exponent of the grid that they are multiples of."""


class SumOf:
    """A sum that is added to in any order."""

    def __init__(self) -> None:
        self._parts: dict[int, int] = {}

    def add(self, whole: int, exponent: int) -> None:
        """Add `whole` x 2^`exponent`."""
        self._parts[exponent] = self._parts.get(exponent, 0) + whole

    def add_dot(self, a: Slice, b: Slice, times: int = 1) -> None:
        """Add the products of two slices, row by row."""
        exponent = a[1] + b[1]
        whole = len(a[0]) - len(a[0]) % _DOT
        total = 0
        if whole:
            dots = np.vecdot(a[0][:whole].reshape(-1, _DOT), b[0][:whole].reshape(-1, _DOT))
            total = int((dots * 2.0**-exponent).astype(np.int64).sum())
        if whole < len(a[0]):
            total += int(float(np.dot(a[0][whole:], b[0][whole:])) * 2.0**-exponent)
        self.add(times * total, exponent)

    def add_slice(self, one: Slice) -> None:
        """Add the numbers of a slice."""
        self.add_dot(one, (_ONES[: len(one[0])], 0))

    def exact(self) -> Exact:
        """Return the sum."""
        if not self._parts:
            return ZERO
        low = min(self._parts)
        return Exact.of(sum(whole << (exp - low) for exp, whole in self._parts.items()), low)


class _Room(threading.local):
    """Arrays that a thread writes over and over: new ones would cost more than what is done."""

    def __init__(self) -> None:
        self.rest: Floats = np.empty(ROWS)
        self.parts: list[Floats] = []

    def part(self, place: int) -> Floats:
        while len(self.parts) <= place:
            self.parts.append(np.empty(ROWS))
        return self.parts[place]


_room = _Room()


def add_powers(values: Floats, highest: float, total: SumOf, squares: SumOf) -> None:
    """Add finite numbers, none beyond ±`highest`, to one sum, and their squares to another."""
    if highest >= _TAME or _tiny(values):
        values = _add_wild(values, total, squares)
        highest = float(np.abs(values).max(initial=0.0))
    depth = 1
    for start in range(0, len(values), ROWS):
        slices = slices_of(values[start : start + ROWS], highest, depth, _room)
        add_slices(slices, total, squares)
        depth = len(slices)


def add_slices(slices: Sequence[Slice], total: SumOf, squares: SumOf) -> None:
    """Add numbers that were cut, and their squares."""
    for place, one in enumerate(slices):
        total.add_slice(one)
        squares.add_dot(one, one)
        for other in slices[:place]:
            squares.add_dot(one, other, 2)


def slices_of(
    values: Floats, highest: float, depth: int = 1, room: _Room | None = None
) -> list[Slice]:
    """Cut at most `ROWS` tame numbers, none beyond ±`highest`, into at least `depth` slices.

    With `room` the slices are written over by the next call of the same thread.
    """
    found: list[Slice] = []
    size, exponent = len(values), math.frexp(highest)[1]
    rest, left = values, (room.rest[:size] if room else np.empty(size))
    while highest:
        exponent -= _WIDTH
        # Adding a large number rounds to the grid, and taking it away leaves the rounded one.
        anchor = math.ldexp(1.5, 52 + exponent)
        part = room.part(len(found))[:size] if room else np.empty(size)
        np.add(rest, anchor, out=part)
        np.subtract(part, anchor, out=part)
        found.append((part, exponent))
        np.subtract(rest, part, out=left)
        rest = left
        if len(found) >= depth and not rest.any():
            break
    return found


def wild(values: Floats) -> npt.NDArray[np.bool_]:
    """Tell which numbers are so large, or so near to zero, that products leave float64."""
    size = np.abs(values)
    found: npt.NDArray[np.bool_] = (size >= _TAME) | ((size <= 1 / _TAME) & (size != 0))
    return found


def _tiny(values: Floats) -> bool:
    small = (values < 1 / _TAME) & (values > -1 / _TAME)
    return bool(small.any()) and bool((values[small] != 0).any())


def _add_wild(values: Floats, total: SumOf, squares: SumOf) -> Floats:
    """Add very large and very small numbers with Python's own integers; return the others."""
    odd = wild(values)
    mantissas, exponents = np.frexp(values[odd])
    whole: npt.NDArray[Any] = np.ldexp(mantissas, 53).astype(np.int64).astype(object)
    for exponent in np.unique(exponents):
        own = whole[exponents == exponent]
        total.add(int(own.sum()), int(exponent) - 53)
        squares.add(int((own * own).sum()), 2 * (int(exponent) - 53))
    tame: Floats = values[~odd]
    return tame
