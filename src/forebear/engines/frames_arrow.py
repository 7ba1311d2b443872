"""Columns of pyarrow in canonical blocks, read from Arrow's own buffers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from forebear.engines.arrow_values import booleans_of, present, values_of
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
    numpy_source,
    struct_word,
    structs,
    texts,
    timestamp_word,
    validity,
)
from forebear.engines.objects import decimal_cells, mixed

__all__ = ["arrow_columns", "arrow_source"]

_PER_SECOND: Final = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def arrow_columns(obj: Any) -> Iterator[tuple[str, Source]]:
    """Yield name and column of a Table, RecordBatch, Array or ChunkedArray."""
    schema = getattr(obj, "schema", None)
    if schema is None:
        yield "", arrow_source(obj)
        return
    for name, column in zip(schema.names, obj.columns, strict=True):
        yield name, arrow_source(column)
    noted = _noted_index(schema, obj.num_rows)
    if noted is not None and noted[0] not in schema.names:
        yield noted[0], numpy_source(np.array(noted[1], dtype=np.int64))


def _noted_index(schema: Any, rows: int) -> tuple[str, range] | None:
    """Return the named range of numbers that pandas' index was, where the schema notes one.

    Of a table that was cut since then the note no longer says anything.
    """
    try:
        (index,) = schema.pandas_metadata["index_columns"]
        name, numbers = index["name"], range(index["start"], index["stop"], index["step"])
    except (KeyError, TypeError, ValueError):
        return None
    return (name, numbers) if isinstance(name, str) and len(numbers) == rows else None


def arrow_source(column: Any) -> Source:
    """Return the column of a `pyarrow.Array` or `ChunkedArray`, however it is chunked."""
    pa = sys.modules["pyarrow"]
    unknown: set[str] = set()

    def encode(start: int, stop: int) -> list[Buffer]:
        rows = column.slice(start, stop - start)
        if isinstance(rows, pa.ChunkedArray):
            rows = rows.chunk(0) if rows.num_chunks == 1 else rows.combine_chunks()
        return _encode(pa, rows, unknown)

    return Source(_word(pa, column.type), len(column), encode, unknown)


def _word(pa: Any, kind: Any) -> str:
    """Return the type word; encodings (dictionary, large, view, run-end) leave no trace."""
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return _extension_word(pa, kind)
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return _word(pa, kind.value_type)
    if types.is_timestamp(kind):
        return timestamp_word(kind.tz)
    if types.is_map(kind):
        return f"map<{_word(pa, kind.key_type)}, {_word(pa, kind.item_type)}>"
    if _is_list(pa, kind):
        return list_word(_word(pa, kind.value_type))
    if types.is_struct(kind):
        return struct_word((field.name, _word(pa, field.type)) for field in _fields(kind))
    for word, tests in _WORDS.items():
        if any(getattr(types, test, _never)(kind) for test in tests):
            return word
    return {"halffloat": "float16", "float": "float32", "double": "float64"}.get(
        str(kind), str(kind)
    )


_WORDS: Final = {
    "string": ("is_string", "is_large_string", "is_string_view"),
    "binary": ("is_binary", "is_large_binary", "is_binary_view", "is_fixed_size_binary"),
    "date": ("is_date",),
    "time": ("is_time",),
    "duration": ("is_duration",),
    "decimal": ("is_decimal",),
}


def _never(_: Any) -> bool:
    return False


def _extension_word(pa: Any, kind: Any) -> str:
    """Return the name over what it stores; pandas' two own kinds as pandas columns have them."""
    if kind.extension_name == "pandas.period":
        return f"period[{kind.freq}]"
    if kind.extension_name == "pandas.interval":
        return f"interval[{kind.closed}]<{_word(pa, kind.subtype)}>"
    return f"{kind.extension_name}<{_word(pa, kind.storage_type)}>"


def _is_list(pa: Any, kind: Any) -> bool:
    names = ("list", "large_list", "fixed_size_list", "list_view", "large_list_view")
    return any(getattr(pa.types, f"is_{name}", _never)(kind) for name in names)


def _fields(kind: Any) -> list[Any]:
    return [kind.field(i) for i in range(kind.num_fields)]


def _encode(pa: Any, array: Any, unknown: set[str]) -> list[Buffer]:
    kind, types = array.type, pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return _encode(pa, array.storage, unknown)
    if types.is_dictionary(kind):
        return _encode(pa, array.dictionary_decode(), unknown)
    if types.is_run_end_encoded(kind):
        return _encode(pa, _compute().run_end_decode(array), unknown)
    if types.is_null(kind):
        return nulls(len(array)) if len(array) else [validity(None)]
    if types.is_map(kind) or _is_list(pa, kind):
        return _encode_lists(pa, array, unknown)
    if types.is_decimal(kind):
        return decimal_cells(array.to_pylist())
    if types.is_fixed_size_binary(kind):
        return byte_cells(array.to_pylist())
    valid = present(array)
    if types.is_struct(kind):
        return structs([_encode(pa, field, unknown) for field in array.flatten()], valid)
    if _word(pa, kind) in ("string", "binary"):
        return _encode_texts(pa, array, valid)
    if types.is_boolean(kind):
        plain = booleans_of(array)
        return fixed(plain if valid is None else plain & valid, valid)
    if types.is_integer(kind) or types.is_floating(kind):
        return encode_array(values_of(array, _word(pa, kind)), valid)
    if types.is_temporal(kind) and not types.is_interval(kind):
        return _encode_times(types, array, valid)
    return mixed(array.to_pylist(), unknown)


def _compute() -> Any:
    import pyarrow.compute

    return pyarrow.compute


def _encode_times(types: Any, array: Any, valid: Mask | None) -> list[Buffer]:
    kind = array.type
    ticks = values_of(array, f"i{kind.bit_width // 8}").astype(np.int64, copy=False)
    if types.is_date(kind):
        return fixed(ticks // 86_400_000 if types.is_date64(kind) else ticks, valid)
    per_second = _PER_SECOND[kind.unit]
    if types.is_time(kind):
        return fixed(ticks * (_PER_SECOND["ns"] // per_second), valid)
    return instants(ticks, per_second, valid)


def _encode_texts(pa: Any, array: Any, valid: Mask | None) -> list[Buffer]:
    kind, types = array.type, pa.types
    if str(kind).endswith("_view"):
        array = array.cast(pa.large_string() if "string" in str(kind) else pa.large_binary())
    wide = types.is_large_string(array.type) or types.is_large_binary(array.type)
    lengths, data = _cells(array, "i8" if wide else "i4")
    if valid is not None and lengths[~valid].any():
        blank = "" if types.is_string(kind) or types.is_large_string(kind) else b""
        lengths, data = _cells(_compute().fill_null(array, blank), "i8" if wide else "i4")
    return texts(lengths, data, valid)


def _cells(array: Any, width: str) -> tuple[np.ndarray[Any, Any], Buffer]:
    _, offsets, data = array.buffers()
    if offsets is None or not len(array):
        return np.zeros(len(array), dtype=np.int64), b""
    ends = np.frombuffer(offsets, dtype=width)[array.offset : array.offset + len(array) + 1]
    return np.diff(ends), memoryview(data)[ends[0] : ends[-1]] if data is not None else b""


def _encode_lists(pa: Any, array: Any, unknown: set[str]) -> list[Buffer]:
    kind = array.type
    if pa.types.is_map(kind):
        entry = pa.struct([("key", kind.key_type), ("value", kind.item_type)])
        array = array.cast(pa.list_(entry))
    lengths = _compute().list_value_length(array)
    valid = present(array)
    if valid is not None:
        lengths = _compute().fill_null(lengths, 0)
    return lists(values_of(lengths), _encode(pa, array.flatten(), unknown), valid)
