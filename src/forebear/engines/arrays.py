"""NumPy arrays of any shape, and SciPy's sparse ones, as columns of canonical values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from forebear.core.digest import combine, to_raw
from forebear.engines.columns import (
    Buffer,
    Mask,
    Source,
    digest_columns,
    encode_array,
    numpy_source,
    struct_word,
    structs,
    utf8,
    word_of,
)
from forebear.engines.objects import object_source

__all__ = ["array_source", "column_sources", "digest_array", "digest_sparse", "shape_bytes"]

Array = npt.NDArray[Any]


def array_source(array: Array) -> Source:
    """Return all values of an array as one column, in C order, whatever its layout."""
    mask = getattr(array, "mask", None) if isinstance(array, np.ma.MaskedArray) else None
    plain = np.asarray(array.data if mask is not None else array)
    if plain.dtype.hasobject:
        return _with_objects(plain if mask is None else array)
    if plain.ndim == 1:
        return numpy_source(plain, _row_mask(array, mask))
    valid = None if mask is None else _row_mask(array.reshape(-1), np.ravel(mask))

    def encode(start: int, stop: int) -> list[Buffer]:
        return encode_array(_slab(plain, start, stop), None if valid is None else valid[start:stop])

    return Source(word_of(plain.dtype), plain.size, encode)


def _row_mask(array: Array, mask: Any) -> Mask | None:
    """Return which values are there; a record is gone when all its fields are masked."""
    if mask is None or mask is np.ma.nomask:
        return None
    if array.dtype.names is not None:
        mask = np.array([all(row) for row in np.asarray(mask).tolist()], dtype=np.bool_)
    return np.broadcast_to(~np.asarray(mask), array.shape)


def _slab(array: Array, start: int, stop: int) -> Array:
    """Return values start to stop in C order, copying no more of the array than their rows."""
    if array.flags.c_contiguous:
        return array.reshape(-1)[start:stop]
    inner = array.size // array.shape[0]
    first = start // inner
    rows = np.ascontiguousarray(array[first : -(-stop // inner)]).reshape(-1)
    return rows[start - first * inner : stop - first * inner]


def _with_objects(array: Array) -> Source:
    """Return the column of an array of objects; a masked array lists None where it is masked."""
    flat = array.reshape(-1)
    names = flat.dtype.names
    if names is None:
        # Strings of variable width are objects to NumPy, and strings to everybody else.
        return object_source(flat.tolist(), "string" if flat.dtype.kind == "T" else None)
    fields = [array_source(flat[name]) for name in names]
    unknown: set[str] = set()

    def encode(start: int, stop: int) -> list[Buffer]:
        parts = [field.encode(start, stop) for field in fields]
        unknown.update(*(field.unknown for field in fields))
        return structs(parts)

    word = struct_word((name, field.word) for name, field in zip(names, fields, strict=True))
    return Source(word, len(flat), encode, unknown)


def column_sources(array: Array) -> list[Source]:
    """Return the columns of a 2-D array, or the one of a 1-D array."""
    if array.ndim == 1:
        return [array_source(array)]
    return [array_source(array[:, i]) for i in range(array.shape[1])]


def shape_bytes(shape: Sequence[int]) -> bytes:
    """Return a shape as it enters a digest: 8 bytes a dimension."""
    return b"".join(int(size).to_bytes(8, "little") for size in shape)


def digest_array(array: Array) -> tuple[str, Source, str]:
    """Return the digest of an array, the column of all its values, and that column's digest."""
    source = array_source(array)
    (column,) = digest_columns([source])
    parts = [utf8(source.word), shape_bytes(array.shape), to_raw(column)]
    return combine("array.v1", parts), source, column


def digest_sparse(array: Any) -> tuple[str, str]:
    """Return the digest of a SciPy sparse array or matrix, and its type word.

    What counts is which cells hold what: one column of coordinates a dimension, in row-major
    order, and the values. Storage format, order, duplicates (summed) and stored zeros don't.
    """
    if len(array.shape) == 2:
        rows = array.tocsr()
        if not (rows.has_canonical_format and np.count_nonzero(rows.data) == rows.nnz):
            rows = rows.copy()
            rows.sum_duplicates()
            rows.eliminate_zeros()
        cells = rows.tocoo()
        coords = (cells.row, cells.col)
    else:
        cells = array.tocoo(copy=True)
        cells.sum_duplicates()
        cells.eliminate_zeros()
        order = np.lexsort(cells.coords[::-1])
        coords, cells.data = tuple(axis[order] for axis in cells.coords), cells.data[order]
    sources = [numpy_source(axis.astype(np.int64, copy=False)) for axis in coords]
    digests = digest_columns([*sources, numpy_source(cells.data)])
    word = word_of(cells.data.dtype)
    parts = [utf8(word), shape_bytes(array.shape), *map(to_raw, digests)]
    return combine("sparse.v1", parts), word
