"""How row maps are kept: as bytes, of which the set of rows that are reached can be read alone."""

from __future__ import annotations

import zlib
from typing import Annotated, Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Meta, Struct

from forebear.core.errors import CorruptStore
from forebear.engines.rowmaps import RowMap, Via, span

__all__ = ["decode", "encode", "members"]

Array = npt.NDArray[Any]
_MAGIC: Final = b"forebear.rows.v1\n"
_LEVEL: Final = 1
_LEAD: Final = 4096
"""Bytes in which a map says what it has."""
_MOST: Final = 1 << 30
"""Bytes that a part may unpack to, which a few bytes could say without end."""
_DAMAGED: Final = (KeyError, ValueError, TypeError, MemoryError, RecursionError, zlib.error)
Bytes = bytes | memoryview
Count = Annotated[int, Meta(ge=0, le=1 << 40)]


class _Part(Struct, frozen=True, omit_defaults=True):
    name: str
    size: Count
    type: str = ""


class _Header(Struct, frozen=True, kw_only=True, omit_defaults=True):
    n_in: Count
    n_out: Count
    start: Count | None = None
    parts: list[_Part] = []


def encode(rows: RowMap) -> bytes:
    """Return a map as bytes: first which rows are reached (a bitmap), then in what order.

    Rows picked in their order need the bitmap alone, which is one bit a row of the source.
    """
    parts: list[tuple[str, str, bytes]] = []
    if rows.start is None:
        parts.append(("set", "", zlib.compress(np.packbits(rows.reached()).tobytes(), _LEVEL)))
    if rows.via is not None:
        parts += [("later", "", encode(rows.via.later)), ("earlier", "", encode(rows.via.earlier))]
    elif rows.ins is not None:
        if rows.outs is not None:
            parts.append(("outs", *_packed(np.diff(rows.outs, prepend=0))))
            parts.append(("ins", *_packed(rows.ins)))
        elif not _ascending(rows.ins):
            parts.append(("ins", *_packed(rows.ins + 1)))
    header = _Header(
        n_in=rows.n_in,
        n_out=rows.n_out,
        start=rows.start,
        parts=[_Part(name, len(body), type) for name, type, body in parts],
    )
    lead = msgspec.json.encode(header) + b"\n"
    return b"".join([_MAGIC, lead, *(body for _, _, body in parts)])


def decode(data: Bytes) -> RowMap:
    """Read a map back.

    Raises:
        CorruptStore: these bytes are not a row map.
    """
    header, found = _opened(data)
    try:
        return _checked(_made(header, found))
    except _DAMAGED as error:
        raise CorruptStore(f"A row map is damaged: {error}.") from error


def _made(header: _Header, found: dict[str, tuple[str, memoryview]]) -> RowMap:
    if header.start is not None:
        return span(header.start, header.n_out, header.n_in)
    if "later" in found:
        way = Via(decode(found["later"][1]), decode(found["earlier"][1]))
        return RowMap(header.n_in, header.n_out, via=way)
    if "outs" in found:
        outs, ins = np.cumsum(_unpacked(*found["outs"])), _unpacked(*found["ins"])
        return RowMap(header.n_in, header.n_out, outs=outs, ins=ins)
    if "ins" in found:
        return RowMap(header.n_in, header.n_out, ins=_unpacked(*found["ins"], header.n_out) - 1)
    mask = _mask(found["set"][1], header.n_in)
    return RowMap(header.n_in, header.n_out, ins=np.flatnonzero(mask))


def _checked(rows: RowMap) -> RowMap:
    """Return a map that leads to rows that are there; ValueError for any other."""
    ins, outs, via = rows.ins, rows.outs, rows.via
    if via is not None:
        ends = via.earlier.n_in, via.earlier.n_out, via.later.n_out
        sound = ends == (rows.n_in, via.later.n_in, rows.n_out)
    elif ins is None:
        sound = rows.start is not None and rows.start + rows.n_out <= rows.n_in
    else:
        sound = len(ins) == (rows.n_out if outs is None else len(outs))
        sound &= not len(ins) or bool(ins.min() >= (-1 if outs is None else 0))
        sound &= not len(ins) or bool(ins.max() < rows.n_in)
        if outs is not None and len(outs):
            sound &= bool(outs[0] >= 0 and outs[-1] < rows.n_out and (np.diff(outs) >= 0).all())
    if not sound:
        raise ValueError("it leads to rows that are not there")
    return rows


def members(data: Bytes) -> Array:
    """Return which rows of the source are in the target (a mask), without reading their order.

    Raises:
        CorruptStore: these bytes are not a row map.
    """
    header, found = _opened(data)
    try:
        if header.start is not None:
            return _checked(span(header.start, header.n_out, header.n_in)).reached()
        return _mask(found["set"][1], header.n_in)
    except _DAMAGED as error:
        raise CorruptStore(f"A row map is damaged: {error}.") from error


def _opened(data: Bytes) -> tuple[_Header, dict[str, tuple[str, memoryview]]]:
    view = memoryview(data)  # what is nested deeply is not copied at each level
    lead = bytes(view[:_LEAD])
    end = lead.find(b"\n", len(_MAGIC))
    if not lead.startswith(_MAGIC) or end < 0:
        raise CorruptStore("These bytes are not a row map.")
    try:
        header = msgspec.json.decode(lead[len(_MAGIC) : end], type=_Header)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CorruptStore(f"A row map is damaged: {error}.") from error
    at, found = end + 1, {}
    for part in header.parts:
        found[part.name] = part.type, view[at : at + part.size]
        at += part.size
    return header, found


def _mask(data: Bytes, rows: int) -> Array:
    length = (rows + 7) // 8
    bits = np.frombuffer(_bytes(data, length), np.uint8)
    if len(bits) < length:
        raise ValueError("it has fewer rows than it says")
    mask: Array = np.unpackbits(bits, count=rows).astype(bool)
    return mask


def _packed(values: Array) -> tuple[str, bytes]:
    """Return non-negative numbers in the narrowest type, their bytes grouped by weight."""
    narrow = values.astype(np.min_scalar_type(int(values.max())) if len(values) else np.uint8)
    narrow = np.ascontiguousarray(narrow, narrow.dtype.newbyteorder("<"))
    weights = narrow.view(np.uint8).reshape(len(narrow), -1).T
    return narrow.dtype.str, zlib.compress(np.ascontiguousarray(weights).tobytes(), _LEVEL)


def _unpacked(type: str, data: Bytes, rows: int | None = None) -> Array:
    """Read numbers back; `rows` is how many there have to be, where that is known."""
    dtype = np.dtype(type)
    if dtype.kind not in "iu":
        raise ValueError("its rows are no whole numbers")
    most = _MOST if rows is None else min(rows * dtype.itemsize, _MOST)
    weights = np.frombuffer(_bytes(data, most), np.uint8).reshape(dtype.itemsize, -1)
    numbers: Array = np.ascontiguousarray(weights.T).view(dtype).reshape(-1).astype(np.int64)
    return numbers


def _bytes(data: Bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj()
    found = unpacker.decompress(data, most + 1)
    if len(found) > most or not unpacker.eof:
        raise ValueError("it has another length than it says")
    return found


def _ascending(positions: Array) -> bool:
    return len(positions) == 0 or bool(positions[0] >= 0 and (positions[1:] > positions[:-1]).all())
