"""Which rows of one table are in another: row maps, how they combine, and how they are kept.

A map leads from the rows of a *target* back to the rows of a *source*. Most steps of data work
pick rows (filter, sort, sample, split): then each row of the target holds one row of the source,
and a map is an array of positions. Grouping and joining several rows into one makes pairs.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct

from forebear.core.errors import CorruptStore

__all__ = ["RowMap", "decode", "encode", "identity", "members", "pairs", "span", "stacked", "take"]

Array = npt.NDArray[Any]
_MAGIC: Final = b"forebear.rows.v1\n"
_LEVEL: Final = 1


class RowMap:
    """For each row of a target, the rows of a source that it holds.

    One of three forms: a *span* (row i holds row `start` + i), *positions* (row i holds row
    `positions[i]`, or none where that is -1), or *pairs* (row `outs[k]` holds row `ins[k]`,
    ordered by `outs`). `n_in` and `n_out` are the numbers of rows of source and target. Never
    changed once made.
    """

    __slots__ = ("ins", "n_in", "n_out", "outs", "start")

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        start: int | None = None,
        ins: Array | None = None,
        outs: Array | None = None,
    ) -> None:
        self.n_in, self.n_out = n_in, n_out
        self.start, self.ins, self.outs = start, ins, outs

    def __repr__(self) -> str:
        form = "span" if self.start is not None else "pairs" if self.outs is not None else "take"
        return f"<RowMap {form} {self.n_in} → {self.n_out}>"

    def is_identity(self) -> bool:
        """Tell whether each row of the target is the source's row at the same place."""
        return self.start == 0 and self.n_in == self.n_out

    def pick(self, rows: Array | slice) -> RowMap:
        """Return the map of a target made of these rows of this one.

        `rows` are positions (-1: a row that comes from nowhere), a mask, or a slice.
        """
        if isinstance(rows, slice):
            first, stop, step = rows.indices(self.n_out)
            if step == 1 and self.start is not None:
                return span(self.start + first, max(0, stop - first), self.n_in)
            rows = np.arange(first, stop, step)
        rows = np.asarray(rows)
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        if self.outs is None:
            return take(_through(self.positions(), rows), self.n_in)
        return self._pick_pairs(rows)

    def _pick_pairs(self, rows: Array) -> RowMap:
        assert self.ins is not None
        assert self.outs is not None
        first = np.searchsorted(self.outs, rows, "left")
        counts = np.where(rows >= 0, np.searchsorted(self.outs, rows, "right") - first, 0)
        where = _ranges(first, counts)
        return pairs(np.repeat(np.arange(len(rows)), counts), self.ins[where], len(rows), self.n_in)

    def after(self, earlier: RowMap) -> RowMap:
        """Return the way through both: this map leads into the target of the earlier one."""
        if self.is_identity():
            return earlier
        if earlier.is_identity():
            return self
        if self.outs is None:
            rows = slice(self.start, self.start + self.n_out) if self.start is not None else None
            return earlier.pick(self.positions() if rows is None else rows)
        assert self.ins is not None
        through = earlier.pick(self.ins)
        outs, ins = through.as_pairs()
        return pairs(self.outs[outs], ins, self.n_out, earlier.n_in)

    def joined(self, other: RowMap) -> RowMap:
        """Return the map of the same target that holds the rows of both maps."""
        if self is other:
            return self
        if self.outs is None and other.outs is None:
            one, two = self.positions(), other.positions()
            if bool(((one == two) | (one < 0) | (two < 0)).all()):
                return take(np.maximum(one, two), self.n_in)
        (outs, ins), (more_outs, more_ins) = self.as_pairs(), other.as_pairs()
        both = np.unique(
            np.stack([np.append(outs, more_outs), np.append(ins, more_ins)], axis=1), axis=0
        )
        return pairs(both[:, 0], both[:, 1], self.n_out, self.n_in)

    def with_own_rows(self) -> RowMap:
        """Return this map joined with that of a target that has the rows of its source."""
        return self.joined(identity(self.n_in))

    def positions(self) -> Array:
        """Return the row of the source that each row of the target holds, -1 for none.

        Raises:
            ValueError: some hold several.
        """
        if self.start is not None:
            return np.arange(self.start, self.start + self.n_out)
        if self.outs is not None:
            raise ValueError("Rows of the target hold several rows of the source.")
        assert self.ins is not None
        return self.ins

    def as_pairs(self) -> tuple[Array, Array]:
        """Return (row of the target, row of the source), ordered by the first."""
        if self.outs is not None:
            assert self.ins is not None
            return self.outs, self.ins
        ins = self.positions()
        known = np.flatnonzero(ins >= 0)
        return known, ins[known]

    def reached(self) -> Array:
        """Return a mask over the rows of the source: which of them are in the target."""
        mask = np.zeros(self.n_in, bool)
        if self.start is not None:
            mask[self.start : self.start + self.n_out] = True
        else:
            assert self.ins is not None
            mask[self.ins[self.ins >= 0]] = True
        return mask

    def backward(self, rows: Array) -> Array:
        """Return the rows of the source that these rows of the target hold, ascending."""
        return np.flatnonzero(self.pick(np.asarray(rows, np.int64)).reached())

    def forward(self, rows: Array) -> Array:
        """Return the rows of the target that hold any of these rows of the source, ascending."""
        wanted = np.zeros(self.n_in, bool)
        wanted[np.asarray(rows, np.int64)] = True
        outs, ins = self.as_pairs()
        return np.unique(outs[wanted[ins]])


def identity(rows: int) -> RowMap:
    """Return the map of a target that has the rows of its source, in order.

    >>> identity(3).is_identity()
    True
    """
    return RowMap(rows, rows, start=0)


def span(start: int, n_out: int, n_in: int) -> RowMap:
    """Return the map of a target that holds consecutive rows of its source."""
    return RowMap(n_in, n_out, start=start)


def take(positions: Array, n_in: int) -> RowMap:
    """Return the map of a target whose row i holds row `positions[i]`, or none where it is -1.

    >>> take(np.array([2, 0]), 3).reached().tolist()
    [True, False, True]
    """
    positions = np.asarray(positions)
    size = len(positions)
    near = size > 0 and positions[0] >= 0 and positions[-1] - positions[0] == size - 1
    if near and bool((np.diff(positions) == 1).all()):
        return span(int(positions[0]), size, n_in)
    return RowMap(n_in, size, ins=positions)


def pairs(outs: Array, ins: Array, n_out: int, n_in: int) -> RowMap:
    """Return the map of a target whose row `outs[k]` holds row `ins[k]`, in any order.

    >>> pairs(np.array([0, 0, 1]), np.array([0, 2, 1]), 2, 3).backward([0]).tolist()
    [0, 2]
    """
    outs, ins = np.asarray(outs), np.asarray(ins)
    if len(outs) > 1 and bool((outs[1:] < outs[:-1]).any()):
        order = np.argsort(outs, kind="stable")
        outs, ins = outs[order], ins[order]
    if len(outs) < 2 or bool((outs[1:] > outs[:-1]).all()):
        positions = np.full(n_out, -1, np.int64)
        positions[outs] = ins
        return take(positions, n_in)
    return RowMap(n_in, n_out, outs=outs, ins=ins)


def stacked(maps: Sequence[RowMap]) -> RowMap:
    """Return the map of a target that is the targets of these maps one below the other."""
    n_in, n_out = maps[0].n_in, sum(one.n_out for one in maps)
    if all(one.outs is None for one in maps):
        return take(np.concatenate([one.positions() for one in maps]), n_in)
    outs, ins, before = [], [], 0
    for one in maps:
        out, in_ = one.as_pairs()
        outs.append(out + before)
        ins.append(in_)
        before += one.n_out
    return pairs(np.concatenate(outs), np.concatenate(ins), n_out, n_in)


# Kept bytes --------------------------------------------------------------------------------


class _Part(Struct, frozen=True, omit_defaults=True):
    name: str
    size: int
    type: str = ""


class _Header(Struct, frozen=True, kw_only=True, omit_defaults=True):
    n_in: int
    n_out: int
    start: int | None = None
    parts: list[_Part] = []


def encode(rows: RowMap) -> bytes:
    """Return a map as bytes: first which rows are reached (a bitmap), then in what order.

    Rows picked in their order need the bitmap alone, which is one bit a row of the source.
    """
    parts: list[tuple[str, str, bytes]] = []
    if rows.start is None:
        assert rows.ins is not None
        parts.append(("set", "", zlib.compress(np.packbits(rows.reached()).tobytes(), _LEVEL)))
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


def decode(data: bytes) -> RowMap:
    """Read a map back.

    Raises:
        CorruptStore: these bytes are not a row map.
    """
    header, found = _opened(data)
    try:
        if header.start is not None:
            return span(header.start, header.n_out, header.n_in)
        if "outs" in found:
            outs, ins = np.cumsum(_unpacked(*found["outs"])), _unpacked(*found["ins"])
            return RowMap(header.n_in, header.n_out, outs=outs, ins=ins)
        if "ins" in found:
            return RowMap(header.n_in, header.n_out, ins=_unpacked(*found["ins"]) - 1)
        mask = _mask(found["set"][1], header.n_in)
        return RowMap(header.n_in, header.n_out, ins=np.flatnonzero(mask))
    except (KeyError, ValueError, zlib.error) as error:
        raise CorruptStore(f"A row map is damaged: {error}.") from error


def members(data: bytes) -> Array:
    """Return which rows of the source are in the target (a mask), without reading their order.

    Raises:
        CorruptStore: these bytes are not a row map.
    """
    header, found = _opened(data)
    if header.start is not None:
        return span(header.start, header.n_out, header.n_in).reached()
    try:
        return _mask(found["set"][1], header.n_in)
    except (KeyError, ValueError, zlib.error) as error:
        raise CorruptStore(f"A row map is damaged: {error}.") from error


def _opened(data: bytes) -> tuple[_Header, dict[str, tuple[str, bytes]]]:
    if not data.startswith(_MAGIC):
        raise CorruptStore("These bytes are not a row map.")
    end = data.find(b"\n", len(_MAGIC))
    try:
        header = msgspec.json.decode(data[len(_MAGIC) : end], type=_Header)
    except msgspec.DecodeError as error:
        raise CorruptStore(f"A row map is damaged: {error}.") from error
    at, found = end + 1, {}
    for part in header.parts:
        found[part.name] = part.type, data[at : at + part.size]
        at += part.size
    return header, found


def _mask(data: bytes, rows: int) -> Array:
    bits = np.frombuffer(zlib.decompress(data), np.uint8)
    mask: Array = np.unpackbits(bits, count=rows).astype(bool)
    return mask


def _packed(values: Array) -> tuple[str, bytes]:
    """Return non-negative numbers in the narrowest type, their bytes grouped by weight."""
    narrow = values.astype(np.min_scalar_type(int(values.max())) if len(values) else np.uint8)
    narrow = np.ascontiguousarray(narrow, narrow.dtype.newbyteorder("<"))
    weights = narrow.view(np.uint8).reshape(len(narrow), -1).T
    return narrow.dtype.str, zlib.compress(np.ascontiguousarray(weights).tobytes(), _LEVEL)


def _unpacked(type: str, data: bytes) -> Array:
    dtype = np.dtype(type)
    weights = np.frombuffer(zlib.decompress(data), np.uint8).reshape(dtype.itemsize, -1)
    numbers: Array = np.ascontiguousarray(weights.T).view(dtype).reshape(-1).astype(np.int64)
    return numbers


def _ascending(positions: Array) -> bool:
    return len(positions) == 0 or bool(positions[0] >= 0 and (positions[1:] > positions[:-1]).all())


def _through(positions: Array, rows: Array) -> Array:
    """Return `positions[rows]`, and -1 where `rows` is -1."""
    found: Array = positions[rows] if len(positions) else np.full(len(rows), -1)
    if len(rows) and rows.min() < 0:
        found = np.where(rows < 0, -1, found)
    return found


def _ranges(first: Array, counts: Array) -> Array:
    """Return all places in these ranges, one after the other."""
    behind = np.cumsum(counts)
    total = int(behind[-1]) if len(behind) else 0
    places: Array = np.arange(total) - np.repeat(behind - counts - first, counts)
    return places
