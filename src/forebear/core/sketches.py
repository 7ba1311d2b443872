"""Summaries of many numbers that add up exactly: the whole's is made from its parts', bit for bit.

Four things, each a commutative monoid, each of bounded size: `Exact` sums, `Buckets` for
quantiles, `Registers` for how many distinct values there are, and `Numbers`, which holds one of
each for the numbers of a column. What they are and why: docs/decisions/0023-exact-profiles.md.
"""

from __future__ import annotations

import hashlib
import math
import struct
import sys
from array import array
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

from msgspec import Struct

__all__ = [
    "BUCKETS",
    "COARSEST",
    "EXACT_WHOLE",
    "FIRST",
    "LONGEST",
    "NO_BUCKETS",
    "RANKS",
    "REGISTERS",
    "SECOND",
    "THIRD",
    "ZERO",
    "Bounded",
    "Buckets",
    "Exact",
    "coarsened",
    "distinct_of",
    "key_of",
    "number_hash",
    "registers_of",
    "text_hash",
    "union",
    "value_of",
]

BUCKETS: Final = 2048
"""Buckets that are kept before neighbours are joined."""
COARSEST: Final = 45
"""Low bits of a number that buckets give up at most: 128 buckets from a number to its double."""
EXACT_WHOLE: Final = 2**53
"""Whole numbers up to here are exact as float64."""
LONGEST: Final = 256
"""Bytes of a text up to which it counts as a category, and is hashed as it is."""
REGISTERS: Final = 4096
RANKS: Final = 53
"""The rarest that a hash can be: rank r has r - 1 zeros before its first one."""

_WORD: Final = 2**64 - 1
_LOW: Final = 2**63 - 1
FIRST: Final = 0xFF51AFD7ED558CCD
SECOND: Final = 0xC4CEB9FE1A85EC53
THIRD: Final = 0x9E3779B97F4A7C15
"""Odd numbers that hashes are multiplied by (those of MurmurHash3, and the golden ratio)."""


class Bounded(Struct, frozen=True):
    """A figure, and between which bounds the true one lies."""

    value: float
    low: float
    high: float

    @property
    def exact(self) -> bool:
        """Tell whether there is nothing between the bounds."""
        return self.low == self.high


# Exact sums


class Exact(Struct, frozen=True, array_like=True):
    """A sum without any rounding: `mantissa` x 2^`exponent`, the mantissa odd or zero."""

    mantissa: bytes = b""
    """Big-endian, two's complement, as short as it can be."""
    exponent: int = 0

    @classmethod
    def of(cls, whole: int, exponent: int = 0) -> Exact:
        """Return `whole` x 2^`exponent`.

        >>> Exact.of(12).exponent, Exact.of(12).fraction()
        (2, Fraction(12, 1))
        """
        if whole == 0:
            return ZERO
        low = (whole & -whole).bit_length() - 1
        whole >>= low
        length = (whole if whole >= 0 else ~whole).bit_length() // 8 + 1
        return cls(whole.to_bytes(length, "big", signed=True), exponent + low)

    @classmethod
    def of_fraction(cls, value: Fraction) -> Exact:
        """Return a fraction whose denominator is a power of two."""
        return cls.of(value.numerator, 1 - value.denominator.bit_length())

    def fraction(self) -> Fraction:
        """Return the sum as a fraction."""
        whole = int.from_bytes(self.mantissa, "big", signed=True)
        if self.exponent >= 0:
            return Fraction(whole << self.exponent)
        return Fraction(whole, 1 << -self.exponent)

    def __add__(self, other: Exact) -> Exact:
        low = min(self.exponent, other.exponent)
        return Exact.of(self._scaled(low) + other._scaled(low), low)

    def _scaled(self, exponent: int) -> int:
        return int.from_bytes(self.mantissa, "big", signed=True) << (self.exponent - exponent)


ZERO: Final = Exact()


# Buckets


class Buckets(Struct, frozen=True, array_like=True):
    """How many numbers lie in each of at most 2048 cells of one fixed grid of all float64.

    A number's key counts float64 numbers from zero; its bucket is the key without its low
    `shift` bits. The shift is the smallest that leaves at most `BUCKETS` buckets with anything in
    them, and never above `COARSEST`. So few distinct numbers are kept as they are, and for many the
    width of a bucket is at most 1/128 of its numbers. Because the rule speaks of nothing but which
    numbers there are, parts give the same buckets as the whole.
    """

    shift: int = 0
    first: int = 0
    gaps: list[int] = []
    """From each bucket that has anything in it to the next one."""
    counts: list[int] = []

    @classmethod
    def of(cls, counts: Mapping[int, int], shift: int = 0) -> Buckets:
        """Return buckets from counts by bucket number at `shift`."""
        shift, cells = coarsened(counts, shift)
        keys = sorted(cells)
        if not keys:
            return NO_BUCKETS
        gaps = [after - before for before, after in pairwise(keys)]
        return cls(shift, keys[0], gaps, [cells[key] for key in keys])

    @property
    def keys(self) -> list[int]:
        """Bucket numbers, ascending."""
        return list(accumulate(self.gaps, initial=self.first)) if self.counts else []

    def cells(self) -> list[tuple[float, float, int]]:
        """Return the lowest and highest number that each bucket can hold, and its count."""
        shift, rest = self.shift, (1 << self.shift) - 1
        lows = [key << shift for key in self.keys]
        highs = _values(low + rest for low in lows) if shift else None
        lowest = _values(lows)
        return list(zip(lowest, highs or lowest, self.counts, strict=True))

    def cell(self, place: int) -> tuple[float, float, int]:
        """Return one of the cells, from 0 on."""
        low = (self.first + sum(self.gaps[:place])) << self.shift
        return value_of(low), value_of(low + (1 << self.shift) - 1), self.counts[place]

    def merged(self, other: Buckets) -> Buckets:
        """Return the buckets of both together."""
        if not self.counts or not other.counts:
            return self if self.counts else other
        shift = max(self.shift, other.shift)
        sums: dict[int, int] = {}
        for part in (self, other):
            down = shift - part.shift
            for key, count in zip(part.keys, part.counts, strict=True):
                sums[key >> down] = sums.get(key >> down, 0) + count
        return Buckets.of(sums, shift)


NO_BUCKETS: Final = Buckets()


def coarsened(counts: Mapping[int, int], shift: int) -> tuple[int, Mapping[int, int]]:
    """Return the smallest shift, from `shift` on, that leaves few enough buckets, and these."""
    while len(counts) > BUCKETS and shift < COARSEST:
        halved: dict[int, int] = {}
        for key, count in counts.items():
            halved[key >> 1] = halved.get(key >> 1, 0) + count
        counts, shift = halved, shift + 1
    return shift, counts


def key_of(value: float) -> int:
    """Return the number of a float64 in their order: 0 for zero, negative for negative ones.

    >>> key_of(0.0), key_of(5e-324), key_of(-5e-324) < 0
    (0, 1, True)
    """
    bits: int = struct.unpack("<q", struct.pack("<d", value + 0.0))[0]
    return bits if bits >= 0 else bits ^ _LOW


def value_of(key: int) -> float:
    """Return the float64 that has this key; the ends of the order are the largest numbers.

    >>> value_of(key_of(-1.5))
    -1.5
    """
    return _values([key])[0]


def _values(keys: Iterable[int]) -> list[float]:
    """Return the float64 of each key; many at once cost a tenth of one by one."""
    bits = array("q", [key if key >= 0 else key ^ _LOW for key in keys])
    values = array("d", bits.tobytes()).tolist()
    if all(map(math.isfinite, values)):
        return values
    return [one if math.isfinite(one) else math.copysign(sys.float_info.max, one) for one in values]


# Distinct values


def _mixed(word: int) -> int:
    word = ((word ^ (word >> 32)) * FIRST) & _WORD
    return ((word ^ (word >> 32)) * SECOND) & _WORD


def number_hash(value: float) -> int:
    """Return the 64-bit hash of a number: equal numbers, equal hashes, whatever their type."""
    if isinstance(value, int) and abs(value) > EXACT_WHOLE:
        return _mixed((value * THIRD) & _WORD)
    return _mixed(key_of(float(value)) & _WORD)


def text_hash(data: bytes) -> int:
    """Return the 64-bit hash of bytes, taken in words of eight; of long ones, that of a digest."""
    if len(data) > LONGEST:
        data = hashlib.sha256(data).digest()
    state = (len(data) * THIRD) & _WORD
    for start in range(0, len(data), 8):
        word = int.from_bytes(data[start : start + 8], "little")
        state = ((state ^ word) * FIRST) & _WORD
        state ^= state >> 32
    return _mixed(state)


def registers_of(hashes: Iterable[int]) -> bytes:
    """Return the HyperLogLog registers of hashes: the rarest that each register has seen."""
    registers = bytearray(REGISTERS)
    for one in hashes:
        place = (one ^ (one >> 32)) % REGISTERS
        registers[place] = max(registers[place], min(65 - one.bit_length(), RANKS))
    return bytes(registers)


def union(a: bytes, b: bytes) -> bytes:
    """Return the registers of both together."""
    if not a or not b:
        return a or b
    return bytes(map(max, a, b))


def distinct_of(registers: bytes) -> Bounded:
    """Return how many distinct values the registers have seen, by Ertl's improved estimator.

    The bounds are three standard errors, 1.04/sqrt(4096) each: 4.9 % to both sides. (Otmar Ertl,
    "New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6.)
    """
    if not registers:
        return Bounded(0.0, 0.0, 0.0)
    seen = [0] * (RANKS + 1)
    for one in registers:
        seen[one] += 1
    total = float(REGISTERS) * _tau(1.0 - seen[RANKS] / REGISTERS)
    for rank in range(RANKS - 1, 0, -1):
        total = 0.5 * (total + seen[rank])
    total += REGISTERS * _sigma(seen[0] / REGISTERS)
    value = REGISTERS**2 / (2 * math.log(2)) / total
    error = 3 * 1.04 / math.sqrt(REGISTERS)
    return Bounded(value, value * (1 - error), value * (1 + error))


def _sigma(share: float) -> float:
    if share == 1.0:
        return math.inf
    total, power, before = share, 1.0, -1.0
    while total != before:
        share, before = share * share, total
        total += share * power
        power *= 2
    return total


def _tau(share: float) -> float:
    if share in (0.0, 1.0):
        return 0.0
    total, power, before = 1.0 - share, 1.0, -1.0
    while total != before:
        share, before, power = math.sqrt(share), total, power / 2
        total -= (1.0 - share) ** 2 * power
    return total / 3
