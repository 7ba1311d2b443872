"""Columns of polars in canonical blocks, by polars' own expressions: pyarrow isn't needed."""

from __future__ import annotations

import sys
from typing import Any, Final

import numpy as np

from forebear.engines.columns import (
    Buffer,
    Mask,
    Source,
    byte_cells,
    encode_array,
    fixed,
    instants,
    list_word,
    lists,
    nulls,
    struct_word,
    structs,
    texts,
    timestamp_word,
    validity,
)
from forebear.engines.objects import decimal_cells, mixed, object_source

__all__ = ["polars_source"]

_PER_SECOND: Final = {"ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_WORDS: Final = {
    "Boolean": "bool",
    "String": "string",
    "Categorical": "string",
    "Enum": "string",
    "Binary": "binary",
    "Date": "date",
    "Time": "time",
    "Duration": "duration",
    "Decimal": "decimal",
    "Null": "null",
}
_FIXED: Final = frozenset(
    {"Boolean", "Float16", "Float32", "Float64"}
    | {f"{sign}{bits}" for sign in ("Int", "UInt") for bits in (8, 16, 32, 64)}
)


def polars_source(series: Any) -> Source:
    """Return the column of a polars Series."""
    if _base(series.dtype) == "Object":
        return object_source(series.to_list())
    pl = sys.modules["polars"]
    unknown: set[str] = set()

    def encode(start: int, stop: int) -> list[Buffer]:
        return _encode(pl, series.slice(start, stop - start), unknown)

    return Source(_word(series.dtype), len(series), encode, unknown)


def _base(dtype: Any) -> str:
    return str(dtype.base_type().__name__)


def _word(dtype: Any) -> str:
    base = _base(dtype)
    if base == "Datetime":
        return timestamp_word(dtype.time_zone)
    if base in ("List", "Array"):
        return list_word(_word(dtype.inner))
    if base == "Struct":
        return struct_word((field.name, _word(field.dtype)) for field in dtype.fields)
    if base in _FIXED or base in ("Int128", "UInt128"):
        return _WORDS.get(base, base.lower())
    return _WORDS.get(base, str(dtype))


def _encode(pl: Any, series: Any, unknown: set[str]) -> list[Buffer]:
    base = _base(series.dtype)
    if base == "Null":
        return nulls(len(series)) if len(series) else [validity(None)]
    if base == "Decimal":
        return decimal_cells(series.to_list())
    if base == "Binary":
        return byte_cells(series.to_list())
    if base in ("Categorical", "Enum"):
        series, base = series.cast(pl.String), "String"
    if base == "Array":
        series, base = series.cast(pl.List(series.dtype.inner)), "List"
    valid: Mask | None = series.is_not_null().to_numpy() if series.has_nulls() else None
    if base == "String":
        return texts(_lengths(series.str.len_bytes()), series.str.join("")[0].encode(), valid)
    if base == "List":
        lengths = series.list.len()
        items = series.filter((lengths > 0).fill_null(False)).explode()
        return lists(_lengths(lengths), _encode(pl, items, unknown), valid)
    if base == "Struct":
        names = series.struct.fields
        return structs([_encode(pl, series.struct.field(n), unknown) for n in names], valid)
    if base in _FIXED:
        filler = False if base == "Boolean" else 0
        return encode_array(
            (series.fill_null(filler) if valid is not None else series).to_numpy(), valid
        )
    if base in ("Date", "Time", "Datetime", "Duration"):
        ticks = series.to_physical().fill_null(0).to_numpy().astype(np.int64)
        if base in ("Date", "Time"):
            return fixed(ticks, valid)
        return instants(ticks, _PER_SECOND[series.dtype.time_unit], valid)
    if base in ("Int128", "UInt128"):
        whole = ((v or 0).to_bytes(16, "little", signed=base == "Int128") for v in series.to_list())
        return [validity(valid), b"".join(whole)]
    return mixed(series.to_list(), unknown)


def _lengths(series: Any) -> np.ndarray[Any, Any]:
    lengths: np.ndarray[Any, Any] = series.fill_null(0).to_numpy()
    return lengths
