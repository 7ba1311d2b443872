"""Columns of Python objects: the type that all of them share, or each one under its own tag.

A column of strings is the column of strings whether Arrow or a list of `str` held it; so are
numbers, times, decimals, lists and records. What shares no type is `mixed`: every value is
written with a tag. What even that cannot write is named, so that no change passes unsaid.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from forebear.engines.columns import (
    NANOS,
    Buffer,
    Mask,
    Source,
    byte_cells,
    encode_array,
    fixed,
    list_word,
    lists,
    nulls,
    struct_word,
    structs,
    texts,
    timestamp_word,
    utf8,
    validity,
    word_of,
)

__all__ = ["decimal_cells", "mixed", "object_source", "zone_name"]

_EXACT: Final = 2**53
"""Whole numbers up to here are exact as float64."""
_NAIVE: Final = datetime(1970, 1, 1)
_AWARE: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Kind(NamedTuple):
    """The type that values share; `item` is set for lists, `fields` for records."""

    word: str
    item: Kind | None = None
    fields: tuple[tuple[str, Kind], ...] | None = None


_NULL: Final = Kind("null")
_MIXED: Final = Kind("mixed")


def object_source(values: Sequence[Any] | npt.NDArray[Any], word: str | None = None) -> Source:
    """Return the column of Python objects; `word` says the type where it is already known."""
    cells: list[Any] = values.tolist() if isinstance(values, np.ndarray) else list(values)
    unknown: set[str] = set()
    try:
        kind = Kind(word) if word else infer(cells)
    except RecursionError:
        kind = _MIXED

    def encode(start: int, stop: int) -> list[Buffer]:
        try:
            return _encode(kind, cells[start:stop], unknown)
        except RecursionError:
            unknown.add("a value that holds itself, or is nested too deep")
            return nulls(stop - start)

    return Source(kind.word, len(cells), encode, unknown)


def zone_name(zone: tzinfo) -> str:
    """Return the name of a time zone: its key, else its offset from UTC, else its text."""
    name = getattr(zone, "key", None) or getattr(zone, "zone", None)
    if isinstance(name, str):
        return name
    offset = zone.utcoffset(None)
    if offset is None:
        return str(zone)
    minutes, seconds = divmod(int(offset.total_seconds()), 60)
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    rest = f":{seconds:02}" if seconds else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}{rest}"


# Which type values share


def _classify(cls: type) -> str:
    """Return what a class of values counts as, beside all its like."""
    # The order matters: numpy.float64 is a float, a bool is an int, a datetime is a date.
    families: list[tuple[type | tuple[type, ...], str]] = [
        ((np.number, np.datetime64, np.timedelta64), "numpy"),
        (np.bool_, "bool"),
        (type(None), "none"),
        (str, "str"),
        (bool, "bool"),
        (int, "int"),
        (float, "float"),
        ((bytes, bytearray), "bytes"),
        (Decimal, "decimal"),
        (datetime, "datetime"),
        (date, "date"),
        (time, "time"),
        (timedelta, "timedelta"),
        ((list, tuple), "list"),
        (dict, "dict"),
        (np.ndarray, "ndarray"),
    ]
    if cls.__name__ in ("NAType", "NaTType") and cls.__module__.startswith("pandas."):
        return "none"
    return next((name for base, name in families if issubclass(cls, base)), "other")


_family: Final[Callable[[type], str]] = lru_cache(maxsize=1024)(_classify)


def _missing(value: Any) -> bool:
    family = _family(type(value))
    if family == "none":
        return True
    if family == "float":
        return bool(value != value)  # noqa: PLR0124  (only NaN differs from itself)
    if family == "numpy":
        return bool(np.isnat(value) if value.dtype.kind in "Mm" else np.isnan(value))
    return family == "decimal" and bool(value.is_nan())


def infer(values: Sequence[Any]) -> Kind:
    """Return the type that all values share, those without a value aside."""
    families = {_family(cls) for cls in set(map(type, values))}
    if families & {"none", "float", "numpy", "decimal"}:
        if families <= {"none", "str"}:
            return Kind("string") if "str" in families else _NULL
        values = [value for value in values if not _missing(value)]
        families = {_family(cls) for cls in set(map(type, values))}
    if not families:
        return _NULL
    if families <= {"int", "float", "numpy"}:
        return _number(values)
    if families == {"decimal", "int"}:
        return Kind("decimal")
    if families <= {"list", "ndarray"}:
        return _list(values)
    if len(families) > 1:
        return _MIXED
    family = families.pop()
    if family == "datetime":
        zones = {value.tzinfo and zone_name(value.tzinfo) for value in values}
        return Kind(timestamp_word(zones.pop())) if len(zones) == 1 else _MIXED
    if family == "dict":
        return _record(values)
    if family == "time" and any(value.tzinfo for value in values):
        return _MIXED
    words = {"str": "string", "bool": "bool", "bytes": "binary", "decimal": "decimal"}
    words |= {"date": "date", "time": "time", "timedelta": "duration"}
    return Kind(words[family]) if family in words else _MIXED


def _number(values: Sequence[Any]) -> Kind:
    """Return the narrowest NumPy type that holds all numbers without loss, else mixed."""
    dtypes: set[np.dtype[Any]] = {v.dtype for v in values if isinstance(v, np.generic)}
    whole = [value for value in values if _family(type(value)) == "int"]
    if any(_family(type(value)) == "float" for value in values):
        dtypes.add(np.dtype("f8"))
    if whole:
        low, high = min(whole), max(whole)
        if low < -(2**63) or high >= 2**64 or (low < 0 and high >= 2**63):
            return _MIXED
        dtypes.add(np.dtype("u8") if high >= 2**63 else np.dtype("i8"))
    kinds = {dtype.kind for dtype in dtypes}
    if kinds & {"M", "m"}:
        words = {word_of(dtype) for dtype in dtypes}
        plain = len(words) == 1 and words <= {"date", "timestamp", "duration"}
        return Kind(words.pop()) if plain else _MIXED
    if len(dtypes) == 1:
        return Kind(word_of(dtypes.pop()))
    if "c" in kinds or (np.dtype("u8") in dtypes and kinds != {"u"}):
        return _MIXED
    if "f" in kinds and np.dtype("i8") in dtypes:
        wide = (v for v in values if _family(type(v)) == "int" or isinstance(v, np.int64))
        if any(not -_EXACT <= v <= _EXACT for v in wide):
            return _MIXED
    return Kind(word_of(np.result_type(*dtypes)))


def _list(values: Sequence[Any]) -> Kind:
    typed = [v for v in values if isinstance(v, np.ndarray) and v.ndim and v.dtype.kind != "O"]
    if len(typed) == len(values):
        kind = _same_arrays(typed)
        if kind:
            return kind
    if any(isinstance(value, np.ndarray) and not value.ndim for value in values):
        return _MIXED
    item = infer(list(chain.from_iterable(values)))
    return Kind(list_word(item.word), item)


def _same_arrays(arrays: Sequence[np.ndarray[Any, Any]]) -> Kind | None:
    """Return the type of arrays with one dtype, which need no look at their values."""
    shapes = {(array.dtype.newbyteorder("="), array.ndim) for array in arrays}
    dtype, depth = next(iter(shapes))
    if len(shapes) > 1 or dtype.kind not in "biufUSMm":
        return None
    kind = Kind(word_of(dtype))
    for _ in range(depth):
        kind = Kind(list_word(kind.word), kind)
    return kind


def _record(values: Sequence[dict[Any, Any]]) -> Kind:
    names = dict.fromkeys(chain.from_iterable(values))
    if not all(isinstance(name, str) for name in names):
        return _MIXED
    fields = tuple((str(name), infer([value.get(name) for value in values])) for name in names)
    return Kind(struct_word((name, kind.word) for name, kind in fields), fields=fields)


# Writing values of a known type


def _encode(kind: Kind, values: Sequence[Any], unknown: set[str]) -> list[Buffer]:
    word = kind.word
    if word == "null":
        return nulls(len(values)) if len(values) else [validity(None)]
    if word == "string":
        return _strings(values)
    if word == "mixed":
        return mixed(values, unknown)
    if word == "decimal":
        return decimal_cells([None if _missing(v) else Decimal(v) for v in values])
    there = [not _missing(value) for value in values]
    valid = None if all(there) else np.array(there, dtype=np.bool_)
    if word == "binary":
        return byte_cells([bytes(v) if ok else None for v, ok in zip(values, there, strict=True)])
    if kind.item is not None:
        return _encode_lists(kind.item, values, there, unknown)
    if kind.fields is not None:
        records = [v if ok else {} for v, ok in zip(values, there, strict=True)]
        return structs(
            [_encode(k, [r.get(name) for r in records], unknown) for name, k in kind.fields],
            valid,
        )
    return _encode_plain(word, values, there, valid)


def _strings(values: Sequence[Any]) -> list[Buffer]:
    valid: Mask | None = None
    try:
        joined = "".join(values)
    except TypeError:
        there = [isinstance(value, str) for value in values]
        valid = np.array(there, dtype=np.bool_)
        values = [v if ok else "" for v, ok in zip(values, there, strict=True)]
        joined = "".join(values)
    if joined.isascii():
        return texts(np.fromiter(map(len, values), np.int64, len(values)), joined.encode(), valid)
    cells = [value.encode("utf-8", "surrogatepass") for value in values]
    return texts(np.fromiter(map(len, cells), np.int64, len(cells)), b"".join(cells), valid)


def _encode_lists(
    item: Kind, values: Sequence[Any], there: Sequence[bool], unknown: set[str]
) -> list[Buffer]:
    present = [value for value, ok in zip(values, there, strict=True) if ok]
    sizes = iter(len(value) for value in present)
    lengths = np.fromiter((next(sizes) if ok else 0 for ok in there), np.int64, len(there))
    valid = None if all(there) else np.array(there, dtype=np.bool_)
    if present and all(isinstance(v, np.ndarray) and v.dtype.kind in "iuf" for v in present):
        joined = np.concatenate(present)
        if word_of(joined.dtype) == item.word and joined.ndim == 1:
            return lists(lengths, encode_array(joined), valid)
    return lists(lengths, _encode(item, list(chain.from_iterable(present)), unknown), valid)


def _encode_plain(
    word: str, values: Sequence[Any], there: Sequence[bool], valid: Mask | None
) -> list[Buffer]:
    cells = zip(values, there, strict=True)
    count = len(values)
    if word == "date":
        return fixed(np.fromiter((_days(v) if ok else 0 for v, ok in cells), "i8", count), valid)
    if word == "time":
        return fixed(np.fromiter((_clock(v) if ok else 0 for v, ok in cells), "i8", count), valid)
    if word == "duration" or word.startswith("timestamp"):
        pairs = [_instant(v) if ok else (0, 0) for v, ok in cells]
        seconds = np.fromiter((pair[0] for pair in pairs), np.int64, count)
        rest = np.fromiter((pair[1] for pair in pairs), np.int32, count)
        return [*fixed(seconds, valid), *fixed(rest)[1:]]
    dtype = np.dtype("longdouble" if word == "longdouble" else word)
    array = np.array([v if ok else 0 for v, ok in cells], dtype=dtype)
    return encode_array(array, valid)


def _days(value: Any) -> int:
    if isinstance(value, np.datetime64):
        return int(value.astype("M8[D]").astype(np.int64))
    return int(value.toordinal()) - date(1970, 1, 1).toordinal()


def _clock(value: time) -> int:
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return seconds * NANOS + value.microsecond * 1000


def _instant(value: Any) -> tuple[int, int]:
    """Return a moment or duration as whole seconds and the nanoseconds above them."""
    if isinstance(value, (np.datetime64, np.timedelta64)):
        (cell,) = np.asarray([value]).astype(f"{value.dtype.kind}8[s]")
        # NumPy cuts off towards zero or downwards, as units have it.
        whole = int(cell.astype(np.int64)) - bool(cell > value)
        rest = np.asarray([value]) - np.asarray([whole]).astype(cell.dtype)
        return whole, int(rest.astype("m8[ns]").astype(np.int64)[0])
    if isinstance(value, datetime):
        value = value - (_NAIVE if value.tzinfo is None else _AWARE)
    nanos = value.microseconds * 1000 + getattr(value, "nanoseconds", 0)
    return value.days * 86_400 + value.seconds, nanos


def decimal_cells(values: Iterable[Decimal | None]) -> list[Buffer]:
    """Return a block of decimal numbers, each as the shortest text with its value."""
    return byte_cells([None if value is None else _decimal(value) for value in values])


def _decimal(value: Decimal) -> bytes:
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return str(value).encode()
    text = "".join(map(str, digits)).lstrip("0")
    plain = text.rstrip("0")
    if not plain:
        return b"0"
    return f"{'-' if sign else ''}{plain}E{exponent + len(text) - len(plain)}".encode()


# Values that share no type


def mixed(values: Sequence[Any], unknown: set[str]) -> list[Buffer]:
    """Return a block of values under their own tags; types that cannot go in `unknown`."""
    return byte_cells([None if _missing(v) else _tagged(v, unknown) for v in values])


def _tagged(value: Any, unknown: set[str]) -> bytes:
    family = _family(type(value))
    if family == "numpy" and value.dtype.name in ("int64", "float64"):
        value = value.item()
        family = type(value).__name__
    if family == "int":
        return b"i" + format(int(value), "x").encode()
    if family == "float":
        return b"f" + _double(float(value))
    if family == "list":
        return b"l" + _framed(_tagged_or_null(item, unknown) for item in value)
    if family == "dict":
        pairs = (
            _framed((_tagged_or_null(key, unknown), _tagged_or_null(item, unknown)))
            for key, item in value.items()
        )
        return b"m" + _framed(sorted(pairs))
    if isinstance(value, (set, frozenset)):
        return b"e" + _framed(sorted(_tagged_or_null(item, unknown) for item in value))
    if isinstance(value, complex):
        return b"c" + _double(value.real) + _double(value.imag)
    if isinstance(value, np.ndarray):
        return _tagged_array(value, unknown)
    if family == "other":
        name = f"{type(value).__module__}.{type(value).__qualname__}"
        unknown.add(name)
        return b"?" + name.encode()
    if isinstance(value, time) and value.tzinfo:
        return b"o" + f"{zone_name(value.tzinfo)}/{_clock(value)}".encode()
    kind = infer([value])
    return b"v" + _framed((utf8(kind.word), b"".join(_encode(kind, [value], unknown))))


def _tagged_or_null(value: Any, unknown: set[str]) -> bytes:
    return b"n" if _missing(value) else _tagged(value, unknown)


def _tagged_array(value: np.ndarray[Any, Any], unknown: set[str]) -> bytes:
    shape = ",".join(map(str, value.shape)).encode()
    flat = value.reshape(-1)
    if value.dtype.hasobject:
        return b"a" + shape + _framed(_tagged_or_null(item, unknown) for item in flat.tolist())
    return b"a" + shape + _framed((utf8(word_of(value.dtype)), b"".join(encode_array(flat))))


def _double(value: float) -> bytes:
    return struct.pack("<d", math.nan if value != value else value + 0.0)  # noqa: PLR0124


def _framed(parts: Iterable[bytes]) -> bytes:
    return b"".join(len(part).to_bytes(8, "little") + part for part in parts)
