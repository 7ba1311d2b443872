"""What a profile says of one column, and of columns together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from forebear.core.errors import InvalidInput
from forebear.core.numbers import NO_NUMBERS, Numbers
from forebear.core.sketches import (
    BUCKETS,
    LONGEST,
    Bounded,
    Exact,
    distinct_of,
    registers_of,
    text_hash,
    union,
)

__all__ = [
    "COMMON",
    "LONGEST",
    "NO_VALUES",
    "NUMERIC",
    "TIMES",
    "ColumnProfile",
    "Comoments",
    "Frequencies",
    "Kind",
    "Values",
    "veiled",
]

Kind = Literal[
    "integer",
    "float",
    "decimal",
    "boolean",
    "string",
    "binary",
    "date",
    "timestamp",
    "time",
    "duration",
    "nested",
    "null",
    "other",
]
NUMERIC: Final = frozenset({"integer", "float", "decimal"})
TIMES: Final = frozenset({"date", "timestamp", "time", "duration"})
"""Dates are days since 1970-01-01, the others microseconds."""
COMMON: Final = 10
"""Rows that must share a value before it is kept."""


class Frequencies(Struct, frozen=True, kw_only=True):
    """How often the values of a column occur, with a remainder."""

    values: dict[str, int]
    """By value, the most frequent first."""
    other: int = 0
    """Rows with other values."""
    exact: bool = True
    """False where a value may have more rows, among the others (sealed parts were merged)."""


class Values(Struct, frozen=True, array_like=True):
    """The distinct texts of a column with their counts, while there are at most 2048 short ones."""

    counts: dict[str, int] = {}
    """In order of the texts."""
    listed: bool = True
    """False once there were too many, or too long ones: then nothing is counted here."""
    other: int = 0
    """Rows whose values were taken out by sealing, because few share them."""
    others: int = 0
    """How many values these were; after a merge of sealed parts at most so many."""
    registers: bytes = b""
    """For the number of distinct values, where it cannot be counted any more."""
    parts: bool = False
    """Sealed parts were merged: a value counted here may be among the others too."""

    def merged(self, other: Values) -> Values:
        """Return the values of both together."""
        if NO_VALUES in (other, self):
            return other if self == NO_VALUES else self
        counts = dict(self.counts)
        for text, count in other.counts.items():
            counts[text] = counts.get(text, 0) + count
        both = Values(
            counts=dict(sorted(counts.items())),
            listed=self.listed and other.listed and len(counts) <= BUCKETS,
            other=self.other + other.other,
            others=self.others + other.others,
            parts=bool(self.other or other.other),
        )
        if both.listed and not both.others:
            return both
        both = replace(both, registers=union(self.hashed(), other.hashed()))
        return both if both.listed else Values(listed=False, registers=both.registers)

    def hashed(self) -> bytes:
        """Return the registers, made from the texts where they are not there yet."""
        return self.registers or registers_of(text_hash(text.encode()) for text in self.counts)

    @property
    def distinct(self) -> Bounded:
        """How many different texts there are."""
        if self.listed and not self.parts:
            return _sure(len(self.counts) + self.others)
        return distinct_of(self.registers)

    def sealed(self, common: int) -> Values:
        """Return what may be kept: values that at least `common` rows share."""
        rare = {text for text, count in self.counts.items() if count < common}
        if not rare:
            return self
        return replace(
            self,
            counts={text: count for text, count in self.counts.items() if text not in rare},
            other=self.other + sum(self.counts[text] for text in rare),
            others=self.others + len(rare),
            registers=self.hashed(),
        )


NO_VALUES: Final = Values()


class ColumnProfile(Struct, frozen=True, kw_only=True):
    """What one column holds.

    Numbers, dates, times and decimals (as the nearest float64) are summed up in `numbers`; texts
    and booleans in `values`, and the lengths of texts, in characters, in `lengths`.
    """

    name: str
    kind: Kind
    types: list[str] = []
    """As the engine calls the type; several where parts differ in width only."""
    rows: int
    nulls: int = 0
    numbers: Numbers = NO_NUMBERS
    values: Values = NO_VALUES
    lengths: Numbers = NO_NUMBERS
    veiled: str | None = None
    """Why values were taken out: what kind of personal data the column looks like."""

    @property
    def count(self) -> int:
        """Rows with a value; NaN is one."""
        return self.rows - self.nulls

    @property
    def nans(self) -> int:
        """Rows with NaN."""
        return self.numbers.nans

    @property
    def empties(self) -> int:
        """Rows with an empty text."""
        return self.lengths.zeros

    @property
    def distinct(self) -> Bounded | None:
        """Distinct values, null where they were not counted (nested types, veiled numbers)."""
        if self.kind in NUMERIC or self.kind in TIMES:
            return self.numbers.distinct if self.numbers.count or not self.veiled else None
        if self.kind in ("string", "binary", "boolean"):
            return self.values.distinct
        return _sure(0) if self.kind == "null" else None

    @property
    def min(self) -> int | float | None:
        """The smallest number; of a date its day, of a time its microsecond."""
        return self.numbers.low if self.numbers.count else None

    @property
    def max(self) -> int | float | None:
        """The greatest number; of a date its day, of a time its microsecond."""
        return self.numbers.high if self.numbers.count else None

    @property
    def mean(self) -> float | None:
        """The mean, correctly rounded."""
        return self.numbers.mean

    @property
    def std(self) -> float | None:
        """The standard deviation of a sample."""
        return self.numbers.std

    def quantile(self, q: float) -> Bounded | None:
        """Return a quantile between bounds; see `Numbers.quantile`."""
        return self.numbers.quantile(q)

    def histogram(self, edges: Sequence[float]) -> list[float]:
        """Return counts below, between and above edges; see `Numbers.histogram`."""
        return self.numbers.histogram(edges)

    def frequencies(self) -> Frequencies | None:
        """Return categories with their counts; null where there are too many to be counted."""
        if self.kind in ("string", "binary", "boolean"):
            counts, other = self.values.counts, self.values.other
            if not self.values.listed or self.veiled:
                return None
        else:
            found = self.numbers.frequencies()
            if found is None or self.kind not in NUMERIC or self.veiled:
                return None
            counts, other = {f"{number:.17g}": count for number, count in found.items()}, 0
        order = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        return Frequencies(values=dict(order), other=other, exact=not self.values.parts)

    def top(self, n: int = 5, *, common: int = COMMON) -> list[tuple[str, int]]:
        """Return the most frequent values, none that fewer than `common` rows share."""
        if max(self.numbers.buckets.counts, default=common) < common:
            return []
        found = self.frequencies()
        pairs = found.values.items() if found else []
        return [(text, count) for text, count in pairs if count >= common][:n]

    def merged(self, other: ColumnProfile) -> ColumnProfile:
        """Return the profile of both columns together.

        Raises:
            InvalidInput: they have not the same name, or types that have nothing in common.
        """
        kind = _common(self, other)
        mine, its = _as(self, kind), _as(other, kind)
        veils = {veil for veil in (mine.veiled, its.veiled) if veil}
        both = ColumnProfile(
            name=self.name,
            kind=kind,
            types=sorted({*mine.types, *its.types}),
            rows=mine.rows + its.rows,
            nulls=mine.nulls + its.nulls,
            numbers=mine.numbers.merged(its.numbers),
            values=mine.values.merged(its.values),
            lengths=mine.lengths.merged(its.lengths),
        )
        return veiled(both, ", ".join(sorted(veils))) if veils else both


class Comoments(Struct, frozen=True, kw_only=True):
    """Sums of products of numeric columns, over the rows in which all of them have a value."""

    columns: list[str]
    rows: int = 0
    sums: list[Exact] = []
    products: list[Exact] = []
    """Of columns i and j <= i: row by row the lower triangle."""

    def merged(self, other: Comoments) -> Comoments:
        """Return the sums of both parts."""
        if self.columns != other.columns:
            raise InvalidInput("Correlations of parts need the same columns in each.")
        if not self.rows or not other.rows:
            return self if self.rows else other
        return Comoments(
            columns=self.columns,
            rows=self.rows + other.rows,
            sums=[a + b for a, b in zip(self.sums, other.sums, strict=True)],
            products=[a + b for a, b in zip(self.products, other.products, strict=True)],
        )

    def correlations(self) -> dict[tuple[str, str], float]:
        """Return Pearson's correlation of each pair of columns that vary."""
        sums = [one.fraction() for one in self.sums]
        size = len(sums)
        products = [one.fraction() for one in self.products]

        def moment(i: int, j: int) -> Fraction:
            return products[i * (i + 1) // 2 + j] * self.rows - sums[i] * sums[j]

        spread = [moment(i, i) for i in range(size)]
        return {
            (self.columns[j], self.columns[i]): _ratio(moment(i, j), spread[i] * spread[j])
            for i in range(size)
            for j in range(i)
            if spread[i] and spread[j]
        }


def _ratio(part: Fraction, square: Fraction) -> float:
    """Return `part` over the root of `square`, which no float may be able to hold."""
    size = math.sqrt(part * part / square)
    return size if part > 0 else -size


def _common(a: ColumnProfile, b: ColumnProfile) -> Kind:
    """Return the kind of two parts of a column."""
    kinds = {a.kind, b.kind} - {"null"}
    if a.name == b.name and len(kinds) <= 1:
        return a.kind if a.kind != "null" else b.kind
    if a.name == b.name and kinds <= NUMERIC:
        return "float"
    raise InvalidInput(
        f"Column {a.name} is {a.kind} in one part and {b.kind} in another.",
        hint="Give all parts one type, or profile them one by one.",
    )


def _as(column: ColumnProfile, kind: Kind) -> ColumnProfile:
    """Return the column as one of a wider kind."""
    if kind == column.kind or kind != "float" or not column.numbers.count:
        return column
    numbers = column.numbers
    wide = replace(numbers, low=float(numbers.low), high=float(numbers.high))
    return replace(column, numbers=wide)


def veiled(column: ColumnProfile, reason: str) -> ColumnProfile:
    """Return the column without anything that tells a value."""
    values = column.values
    if values != NO_VALUES:
        values = Values(listed=False, registers=values.hashed())
    return replace(column, numbers=NO_NUMBERS, values=values, veiled=reason)


def _sure(value: float) -> Bounded:
    return Bounded(value, value, value)
