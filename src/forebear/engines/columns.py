"""The canonical bytes of one column, and the digest over them (the rule: docs/identity.md).

Every library's column becomes a `Source`: a type word, a number of rows, and a function that
writes rows `start` to `stop` in their one canonical form. Equal values give equal bytes,
whatever held them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from forebear.core.digest import combine
from forebear.engines.threads import spread

__all__ = [
    "BLOCK",
    "NANOS",
    "Buffer",
    "Source",
    "block_digest",
    "byte_cells",
    "column_digest",
    "digest_columns",
    "encode_array",
    "fixed",
    "floats",
    "instants",
    "list_word",
    "lists",
    "nulls",
    "numpy_source",
    "struct_word",
    "structs",
    "texts",
    "timestamp_word",
    "utf8",
    "validity",
    "word_of",
]

BLOCK: Final = 65_536
"""Rows under one block digest."""
NANOS: Final = 1_000_000_000
_PARALLEL_CELLS: Final = 1_000_000
_DATE_UNITS: Final = ("Y", "M", "W", "D")
_PER_SECOND: Final = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": NANOS}
_UTC: Final = frozenset(
    {"utc", "etc/utc", "z", "zulu", "etc/zulu", "uct", "etc/uct", "universal", "etc/universal"}
    | {"+00:00", "-00:00", "utc+00:00"}
)

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
Buffer = bytes | memoryview


class Source(NamedTuple):
    """One column of any library, ready to be written in canonical blocks."""

    word: str
    rows: int
    encode: Callable[[int, int], list[Buffer]]
    """Canonical bytes of rows start to stop, as buffers to be hashed one after the other."""
    unknown: set[str] = set()
    """Types of values that could not be written, known once all blocks are encoded."""


def digest_columns(sources: Sequence[Source]) -> list[str]:
    """Return the digest of each column; big tables are hashed on all processors."""
    tasks = [(source, start) for source in sources for start in range(0, source.rows, BLOCK)]
    cells = sum(source.rows for source in sources)
    blocks = iter(spread(_hash_block, tasks, parallel=cells >= _PARALLEL_CELLS))
    return [_column(source, blocks) for source in sources]


def _hash_block(task: tuple[Source, int]) -> bytes:
    source, start = task
    return block_digest(source, start, min(start + BLOCK, source.rows))


def block_digest(source: Source, start: int, stop: int) -> bytes:
    """Return the digest of rows that are one block of a column."""
    block = hashlib.sha256()
    for buffer in source.encode(start, stop):
        block.update(buffer)
    return block.digest()


def column_digest(word: str, rows: int, blocks: Iterable[bytes]) -> str:
    """Return the digest of a column of which the blocks are digested."""
    return combine("column.v1", [utf8(word), rows.to_bytes(8, "little"), *blocks])


def _column(source: Source, blocks: Iterator[bytes]) -> str:
    own = [next(blocks) for _ in range(0, source.rows, BLOCK)]
    return column_digest(source.word, source.rows, own)


# Words


def utf8(text: str) -> bytes:
    """Return the bytes of `text`; half of a surrogate pair is no reason to fail."""
    return text.encode("utf-8", "surrogatepass")


def list_word(item: str) -> str:
    """Return the word of lists of `item`."""
    return f"list<{item}>"


def struct_word(fields: Iterable[tuple[str, str]]) -> str:
    """Return the word of records; names are quoted, so that no name can forge a type.

    >>> struct_word([("a", "int64")])
    'struct<"a": int64>'
    """
    inner = ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {word}" for name, word in fields)
    return f"struct<{inner}>"


def timestamp_word(zone: str | None) -> str:
    """Return the word of instants: without zone, or in a zone, all names of UTC being one.

    >>> timestamp_word("Etc/UTC")
    'timestamp[UTC]'
    """
    if zone is None:
        return "timestamp"
    if zone.lower() in _UTC:
        return "timestamp[UTC]"
    return f"timestamp[{zone.removeprefix('UTC') if zone.startswith(('UTC+', 'UTC-')) else zone}]"


def word_of(dtype: np.dtype[Any]) -> str:
    """Return the type word of a NumPy dtype other than `object`."""
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return "list<" * len(shape) + word_of(base) + ">" * len(shape)
    if dtype.names is not None:
        return struct_word((name, word_of(dtype[name])) for name in dtype.names)
    kind = dtype.kind
    if kind in "Mm":
        return _time_word(dtype)
    if kind in "fc" and dtype.itemsize > (8 if kind == "f" else 16):
        return "longdouble" if kind == "f" else "clongdouble"
    words = {"b": "bool", "U": "string", "T": "string", "S": "binary", "V": "binary"}
    return words.get(kind) or dtype.name


def _time_word(dtype: np.dtype[Any]) -> str:
    unit, step = np.datetime_data(dtype)
    if dtype.kind == "M" and unit in _DATE_UNITS:
        return "date"
    word = "timestamp" if dtype.kind == "M" else "duration"
    # Months have no length in seconds, and picoseconds don't fit beside them: raw counts.
    raw = unit in ("ps", "fs", "as") or (dtype.kind == "m" and unit in ("Y", "M"))
    return f"{word}:{step}{unit}" if raw else word


# Parts of a block


def validity(valid: Mask | None) -> bytes:
    """Return which rows have a value: one zero byte for all, else 1 and a bit a row."""
    if valid is None or valid.all():
        return b"\0"
    return b"\1" + np.packbits(valid, bitorder="little").tobytes()


def nulls(rows: int) -> list[Buffer]:
    """Return a block without any value."""
    return [validity(np.zeros(rows, dtype=np.bool_))]


def fixed(values: Array, valid: Mask | None = None) -> list[Buffer]:
    """Return a block of fixed-width values, little-endian, zero where there is none."""
    return [validity(valid), *_payload(values, valid)]


def _payload(values: Array, valid: Mask | None) -> list[Buffer]:
    plain = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
    if valid is not None and not valid.all():
        plain = np.where(valid, plain, plain.dtype.type(0))
    return [plain.view(np.uint8).data] if plain.size else []


def floats(values: Array, valid: Mask | None = None) -> list[Buffer]:
    """Return a block of real or complex numbers: NaN is no value, and -0.0 is 0.0.

    Both are looked for by reductions that make no copy: most blocks hold neither, and are
    hashed where they lie.
    """
    plain = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("="))
    if not plain.size:
        return [validity(None)]
    parts = plain.view(plain.real.dtype)
    with np.errstate(invalid="ignore"):
        has_nan = bool(np.isnan(parts.min()))
    if has_nan:
        there = ~np.isnan(plain)
        valid = there if valid is None else valid & there
    bits = parts.view(f"i{parts.itemsize}")
    if bits.min() == np.iinfo(bits.dtype).min:
        plain = (parts + parts.dtype.type(0)).view(plain.dtype)
    return fixed(plain, valid)


def instants(values: Array, per_second: int, valid: Mask | None = None) -> list[Buffer]:
    """Return a block of times or durations as whole seconds, then nanoseconds."""
    ticks = values.astype(np.int64, copy=False)
    if valid is not None and not valid.all():
        ticks = np.where(valid, ticks, 0)
    seconds = ticks // per_second
    rest = (ticks - seconds * per_second) * (NANOS // per_second)
    return [validity(valid), *_payload(seconds, None), *_payload(rest.astype(np.int32), None)]


def texts(lengths: Array, data: Buffer, valid: Mask | None = None) -> list[Buffer]:
    """Return a block of strings or bytes: all lengths, then all bytes.

    Rows without a value must already have no bytes and length 0.
    """
    return [validity(valid), *_payload(lengths.astype(np.int64, copy=False), None), data]


def lists(lengths: Array, items: list[Buffer], valid: Mask | None = None) -> list[Buffer]:
    """Return a block of lists: all lengths, then the items of all of them as one block."""
    return [validity(valid), *_payload(lengths.astype(np.int64, copy=False), None), *items]


def structs(fields: Iterable[list[Buffer]], valid: Mask | None = None) -> list[Buffer]:
    """Return a block of records: each field as a block, null wherever the record is."""
    return [validity(valid), *(buffer for field in fields for buffer in field)]


# NumPy values of every dtype but object


def numpy_source(values: Array, valid: Mask | None = None) -> Source:
    """Return the column of an array without objects; `valid` marks rows with a value."""

    def encode(start: int, stop: int) -> list[Buffer]:
        return encode_array(values[start:stop], None if valid is None else valid[start:stop])

    return Source(word_of(values.dtype), len(values), encode)


def encode_array(values: Array, valid: Mask | None = None) -> list[Buffer]:
    """Return the block of one array without objects; axes after the first are lists in it."""
    if values.ndim > 1:
        lengths = np.full(len(values), values.shape[1], dtype=np.int64)
        if valid is not None:
            values, lengths = values[valid], np.where(valid, lengths, 0)
        items = values.reshape(int(lengths.sum()), *values.shape[2:])
        return lists(lengths, encode_array(items), valid)
    if values.dtype.names is not None:
        return structs([encode_array(values[name], valid) for name in values.dtype.names], valid)
    kind = values.dtype.kind
    if kind in "Mm":
        return _encode_times(values, valid)
    if kind in "USTV" or word_of(values.dtype) in ("longdouble", "clongdouble"):
        return _encode_texts(values, valid)
    return floats(values, valid) if kind in "fc" else fixed(values, valid)


def _encode_times(values: Array, valid: Mask | None) -> list[Buffer]:
    there = ~np.isnat(values)
    if not there.all():
        valid = there if valid is None else valid & there
    word = _time_word(values.dtype)
    if word == "date":
        return fixed(values.astype("M8[D]").astype(np.int64), valid)
    if ":" in word:
        return fixed(values.astype(np.int64), valid)
    unit, step = np.datetime_data(values.dtype)
    if unit not in _PER_SECOND or step != 1:
        unit = unit if unit in _PER_SECOND else "s"
        values = values.astype(f"{values.dtype.kind}8[{unit}]")
    return instants(values.astype(np.int64), _PER_SECOND[unit], valid)


def _encode_texts(values: Array, valid: Mask | None) -> list[Buffer]:
    if values.dtype.kind in "VS":
        cells = [cell if isinstance(cell, bytes) else cell.tobytes() for cell in values.tolist()]
    elif values.dtype.kind in "fc":
        # The shortest text that reads back as the same number; + 0 takes the sign off zero.
        cells = [None if np.isnan(cell) else str(cell + 0).encode() for cell in values]
    else:
        cells = [
            cell.encode("utf-8", "surrogatepass") if isinstance(cell, str) else None
            for cell in values.tolist()
        ]
    if valid is not None:
        cells = [cell if there else None for cell, there in zip(cells, valid, strict=True)]
    return byte_cells(cells)


def byte_cells(cells: Sequence[bytes | None]) -> list[Buffer]:
    """Return a block of byte strings, None being no value."""
    lengths = np.fromiter((len(cell or b"") for cell in cells), np.int64, len(cells))
    valid = None
    if None in cells:
        valid = np.fromiter((cell is not None for cell in cells), np.bool_, len(cells))
    return texts(lengths, b"".join([cell or b"" for cell in cells]), valid)
