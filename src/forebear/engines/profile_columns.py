"""Counting one Arrow column of any type, batch by batch, into its `ColumnProfile`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forebear.core.numbers import NO_NUMBERS
from forebear.core.profile_columns import NO_VALUES, ColumnProfile, Kind, Values
from forebear.engines.arrow_values import array_of, values_of
from forebear.engines.profile_hashes import CHUNK, room
from forebear.engines.profile_loops import load
from forebear.engines.profile_numbers import NumberTally
from forebear.engines.profile_texts import TextTally

__all__ = ["MIXED", "ColumnTally", "kind_of", "numbers_in"]

MIXED: Final = pa.struct([pa.field("mixed", pa.null())])
"""Stands for values of several types, which have no order and no text of their own."""
_MICROS: Final = {"s": 1_000_000, "ms": 1_000}
_DAY_MS: Final = 86_400_000
_DIGITS: Final = 15
"""Decimal digits that float64 always keeps."""
_FEW: Final = 8
"""A dictionary this many times shorter than the batch is worth counting through."""


def kind_of(type: Any) -> Kind:
    """Return what a profile calls an Arrow type.

    >>> kind_of(pa.int8()), kind_of(pa.list_(pa.int8()))
    ('integer', 'nested')
    """
    type, types = _plain(type), pa.types
    if type == MIXED:
        return "other"
    tests: list[tuple[Any, Kind]] = [
        (types.is_null, "null"),
        (types.is_boolean, "boolean"),
        (types.is_integer, "integer"),
        (types.is_floating, "float"),
        (types.is_decimal, "decimal"),
        (types.is_date, "date"),
        (types.is_timestamp, "timestamp"),
        (types.is_time, "time"),
        (types.is_duration, "duration"),
        (types.is_nested, "nested"),
    ]
    for test, kind in tests:
        if test(type):
            return kind
    name = str(type)
    if "string" in name or name == "utf8":
        return "string"
    return "binary" if "binary" in name else "other"


def _plain(type: Any) -> Any:
    """Return the type without what only says how values are stored."""
    while True:
        if isinstance(type, pa.BaseExtensionType):
            type = type.storage_type
        elif pa.types.is_dictionary(type) or pa.types.is_run_end_encoded(type):
            type = type.value_type
        else:
            return type


class ColumnTally:
    """What is known so far of one column."""

    def __init__(self, name: str, type: Any) -> None:
        self.name, self.kind = name, kind_of(type)
        self._types = [str(_plain(type))]
        self._rows = self._nulls = self._true = 0
        self._numbers = NumberTally()
        self._texts = TextTally(binary=self.kind == "binary")

    def add(self, array: Any) -> None:
        """Count the rows of a `pyarrow.Array`."""
        self._rows += len(array)
        if isinstance(array, pa.ExtensionArray):
            array = array.storage
        if isinstance(array, pa.RunEndEncodedArray):
            from pyarrow.compute import run_end_decode

            array = run_end_decode(array)
        array = _with_offsets(array)
        if pa.types.is_dictionary(array.type):
            array = self._through_dictionary(array)
            if array is None:
                return
        self._nulls += array.null_count
        if self.kind in ("integer", "float"):
            for start in range(0, len(array), CHUNK):
                self._numbers.add(_present(array.slice(start, CHUNK)))
        elif array.null_count < len(array):
            self._count(array.drop_null() if array.null_count else array)

    def finish(self) -> ColumnProfile:
        """Return the profile of the column."""
        values, lengths = NO_VALUES, NO_NUMBERS
        if self.kind in ("string", "binary"):
            values, lengths = self._texts.finish()
        elif self.kind == "nested":
            lengths = self._numbers.finish()
        elif self.kind == "boolean":
            counts = {"false": self._rows - self._nulls - self._true, "true": self._true}
            values = Values({text: count for text, count in counts.items() if count})
        return ColumnProfile(
            name=self.name,
            kind=self.kind,
            types=self._types,
            rows=self._rows,
            nulls=self._nulls,
            numbers=NO_NUMBERS if self.kind == "nested" else self._numbers.finish(),
            values=values,
            lengths=lengths,
        )

    def _count(self, array: Any) -> None:
        if self.kind in ("string", "binary"):
            self._texts.add(_of_any_size(array))
        elif self.kind == "boolean":
            self._true += array.true_count
        elif self.kind == "nested":
            if pa.types.is_map(array.type):
                array = array.cast(pa.list_(pa.struct(list(_entries(array.type)))))
            if "list" in str(array.type).split("<")[0]:
                from pyarrow.compute import list_value_length

                self._numbers.add(values_of(list_value_length(array)))
        elif self.kind not in ("null", "other"):
            self._numbers.add(numbers_in(array))

    def _through_dictionary(self, array: Any) -> Any:
        """Count texts through their dictionary; return the rows where that would not pay."""
        if self.kind != "string" or len(array.dictionary) * _FEW > len(array):
            return array.dictionary_decode()
        if array.dictionary.null_count:
            return array.dictionary_decode()
        self._nulls += array.null_count
        indices = array.indices
        places = values_of(indices.drop_null() if indices.null_count else indices)
        loops = load()
        if loops is None:
            counts = np.bincount(places, minlength=len(array.dictionary))
        else:
            counts = np.zeros(len(array.dictionary), np.int64)
            loops.count_whole(places, 0, counts)
        there = np.flatnonzero(counts)
        texts = array.dictionary
        if len(there) < len(texts):
            texts = texts.take(array_of(there))
        self._texts.add_counted(texts, counts[there])
        return None


def _present(array: Any) -> npt.NDArray[Any]:
    """Return the numbers of an array that has some; they may be written over by the next call."""
    values, loops = values_of(array), load()
    if not array.null_count:
        return values
    if loops is None or values.itemsize < 4:
        return values_of(array.drop_null())
    bits = np.frombuffer(array.buffers()[0], np.uint8)
    return loops.copy_present(values, bits, array.offset, room.present(values))


def numbers_in(array: Any) -> npt.NDArray[Any]:
    """Return the numbers of an array without nulls; times in microseconds, dates in days."""
    type, types = array.type, pa.types
    if types.is_decimal(type):
        return _decimals(array)
    if types.is_date(type):
        ticks = _ticks(array)
        return ticks // _DAY_MS if types.is_date64(type) else ticks
    if types.is_temporal(type):
        ticks = _ticks(array)
        if type.unit == "ns":
            return ticks // 1_000
        return ticks if type.unit == "us" else ticks * _MICROS[type.unit]
    return values_of(array)


def _decimals(array: Any) -> npt.NDArray[np.float64]:
    """Return the nearest float64 of each decimal; Arrow's own cast is off by a bit in some."""
    scale = array.type.scale
    if array.type.precision > _DIGITS or not 0 <= scale <= _DIGITS:
        return np.fromiter(map(float, array.to_pylist()), np.float64, len(array))
    # Of numbers with so few digits both parts are exact, and a division rounds once.
    wide = array.cast(pa.decimal128(_DIGITS, scale))
    words = np.frombuffer(wide.buffers()[1], np.int64)[::2]
    low = words[wide.offset : wide.offset + len(wide)]
    found: npt.NDArray[np.float64] = low.astype(np.float64) / 10.0**scale
    return found


def _ticks(array: Any) -> npt.NDArray[np.int64]:
    ticks = values_of(array, f"i{array.type.bit_width // 8}")
    return ticks.astype(np.int64, copy=False)


def _with_offsets(array: Any) -> Any:
    """Return views of texts, for which Arrow has few functions, as texts with offsets."""
    if pa.types.is_dictionary(array.type):
        texts = _with_offsets(array.dictionary)
        if texts is array.dictionary:
            return array
        return pa.DictionaryArray.from_arrays(array.indices, texts)
    if pa.types.is_string_view(array.type):
        return array.cast(pa.large_string())
    return array.cast(pa.large_binary()) if pa.types.is_binary_view(array.type) else array


def _of_any_size(array: Any) -> Any:
    """Return bytes that all have one size in a type with offsets."""
    return array.cast(pa.binary()) if pa.types.is_fixed_size_binary(array.type) else array


def _entries(type: Any) -> tuple[pa.Field, pa.Field]:
    """Return the fields of a map's entries, which Arrow takes for no list."""
    return pa.field("key", type.key_type, nullable=False), pa.field("value", type.item_type)
