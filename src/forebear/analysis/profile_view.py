"""What a profile says, in figures and words for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from msgspec import Struct

from forebear.core.profiles import COMMON, ColumnProfile, Comoments, Kind, Profile
from forebear.core.sketches import Bounded

__all__ = [
    "ColumnView",
    "Correlation",
    "Histogram",
    "LengthView",
    "TopValue",
    "column_view",
    "column_views",
    "correlation_views",
]

QUANTILES: Final = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_CELLS: Final = 16
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

Shown = int | float | str
"""A number; of a date or time its text."""


class TopValue(Struct, frozen=True, kw_only=True):
    """A value that many rows share."""

    value: str
    rows: int


class Histogram(Struct, frozen=True, kw_only=True):
    """How many numbers lie in each of equally wide cells from the smallest to the greatest."""

    edges: list[Shown]
    counts: list[float]


class LengthView(Struct, frozen=True, kw_only=True):
    """How long texts are in characters, bytes in bytes, lists in items."""

    min: int
    max: int
    mean: float


class Correlation(Struct, frozen=True, kw_only=True):
    """Pearson's correlation of two columns."""

    a: str
    b: str
    value: float


class ColumnView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one column holds."""

    name: str
    kind: Kind
    types: list[str]
    rows: int
    nulls: int
    nans: int = 0
    infinite: int = 0
    zeros: int | None = None
    negatives: int | None = None
    empties: int | None = None
    distinct: Bounded | None = None
    min: Shown | None = None
    max: Shown | None = None
    mean: Shown | None = None
    std: float | None = None
    """Of times in seconds, of dates in days."""
    skewness: Bounded | None = None
    kurtosis: Bounded | None = None
    quantiles: dict[str, Shown] = {}
    quantile_error: float | None = None
    """By how much of itself a quantile may be off, at most."""
    histogram: Histogram | None = None
    top: list[TopValue] = []
    lengths: LengthView | None = None
    veiled: str | None = None


def column_views(profile: Profile, columns: Sequence[str] | None = None) -> list[ColumnView]:
    """Return what is said of the columns, of these or of all."""
    return [column_view(one) for one in profile.columns if columns is None or one.name in columns]


def column_view(column: ColumnProfile) -> ColumnView:
    """Return what is said of one column."""
    numbers = column.numbers
    plain = column.kind in ("integer", "float", "decimal")
    timed = column.kind in ("date", "timestamp", "time", "duration")
    low, high = column.min, column.max
    return ColumnView(
        name=column.name,
        kind=column.kind,
        types=column.types,
        rows=column.rows,
        nulls=column.nulls,
        nans=column.nans,
        infinite=numbers.plus_infinite + numbers.minus_infinite,
        zeros=numbers.zeros if plain and not column.veiled else None,
        negatives=numbers.negatives if plain and not column.veiled else None,
        empties=column.empties if column.kind in ("string", "binary") else None,
        distinct=column.distinct,
        min=None if low is None else _shown(low, column.kind),
        max=None if high is None else _shown(high, column.kind),
        mean=None if column.mean is None else _shown(column.mean, column.kind),
        std=_spread(column),
        skewness=numbers.skewness() if plain or timed else None,
        kurtosis=numbers.kurtosis() if plain or timed else None,
        quantiles=_quantiles(column),
        quantile_error=_error(column),
        histogram=_histogram(column),
        top=[TopValue(value=text, rows=count) for text, count in column.top(10, common=COMMON)],
        lengths=_lengths(column),
        veiled=column.veiled,
    )


def correlation_views(comoments: Comoments | None) -> list[Correlation]:
    """Return the correlations of all pairs of columns, the strongest first."""
    if comoments is None:
        return []
    found = [
        Correlation(a=a, b=b, value=value) for (a, b), value in comoments.correlations().items()
    ]
    return sorted(found, key=lambda one: (-abs(one.value), one.a, one.b))


def _shown(value: float, kind: Kind) -> Shown:
    """Return a number as it is shown: dates and times as text.

    >>> _shown(0, "date"), _shown(1_500_000, "duration")
    ('1970-01-01', '0:00:01.500000')
    """
    try:
        if kind == "date":
            return (date(1970, 1, 1) + timedelta(days=round(value))).isoformat()
        if kind == "timestamp":
            return (_EPOCH + _MICROSECOND * round(value)).replace(tzinfo=None).isoformat(sep=" ")
        if kind == "time":
            return (_EPOCH + _MICROSECOND * round(value)).time().isoformat()
        if kind == "duration":
            return str(_MICROSECOND * round(value))
    except OverflowError:
        return value  # beyond the years that Python's calendar knows
    return value


def _spread(column: ColumnProfile) -> float | None:
    if column.std is None or column.kind in ("integer", "float", "decimal", "date"):
        return column.std
    return column.std / 1_000_000


def _quantiles(column: ColumnProfile) -> dict[str, Shown]:
    found = {}
    for q in QUANTILES:
        said = column.quantile(q)
        if said is not None:
            value = round(said.value) if column.kind == "integer" else said.value
            found[f"{q:g}"] = _shown(value, column.kind)
    return found


def _error(column: ColumnProfile) -> float | None:
    if not column.numbers.count:
        return None
    # Half the width of a bucket, of its lowest number.
    shift = column.numbers.buckets.shift
    return 0.0 if shift == 0 else float(2.0 ** (shift - 53))


def _histogram(column: ColumnProfile) -> Histogram | None:
    numbers = column.numbers
    if not numbers.count or numbers.low == numbers.high:
        return None
    low, high = float(numbers.low), float(numbers.high)
    inner = [low + (high - low) * (place / _CELLS) for place in range(1, _CELLS)]
    edges = [_shown(edge, column.kind) for edge in (numbers.low, *inner, numbers.high)]
    return Histogram(edges=edges, counts=numbers.histogram(inner))


def _lengths(column: ColumnProfile) -> LengthView | None:
    lengths = column.lengths
    if not lengths.count or lengths.mean is None:
        return None
    return LengthView(min=int(lengths.low), max=int(lengths.high), mean=lengths.mean)
