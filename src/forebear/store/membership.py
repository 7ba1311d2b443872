"""Which artifacts hold which rows of one source, as bits on disk: an index, made from row maps.

It answers in one short read for each row, however many artifacts there are: bits lie in blocks of
512 rows, in each block 64 bytes for one artifact after the other. What holds consecutive rows has
no bits, only where they begin and end. Files are written once and never changed; an update adds
one. The index is tied to the ledger by the hash of the last event that it covers, each block by a
sum, and whatever is not as it was written counts as not there: it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct

__all__ = ["Membership", "Span"]

_log = logging.getLogger(__name__)

Array = npt.NDArray[Any]
Span = tuple[int, int]
"""The first row and the one behind the last."""

_FORMAT: Final = 1
_ROWS: Final = 512
_BYTES: Final = _ROWS // 8
_PART: Final = 96 << 20
"""Bytes of bits that are gathered before they are written."""
_MOST_UPDATES: Final = 16
_TOGETHER: Final = 256
"""Rows that are looked up at once."""
_HEADER: Final = "header"
_UNFINISHED: Final = "unfinished-"


class _Part(Struct, frozen=True):
    file: str
    blocks: int
    artifacts: list[int]
    """Numbers of the artifacts whose bits are in the file, in order."""
    sums: list[int]


class _Header(Struct, frozen=True, kw_only=True):
    format: int
    source: str
    after: int
    seq: int
    leaf: str
    artifacts: list[str]
    spans: list[tuple[int, int, int]]
    """(number of the artifact, first row, row behind the last)."""
    parts: list[_Part]


class _Damaged(Exception):
    pass


class Membership:
    """The index of one source. Not for several threads at once."""

    def __init__(self, folder: Path, source: str, leaf_at: Callable[[int], str | None]) -> None:
        """`leaf_at` returns the hash of the event with this seq."""
        self._folder, self._source, self._leaf_at = folder, source, leaf_at
        self._updates: list[_Update] = _chain(folder, source, leaf_at)

    @property
    def covered(self) -> int:
        """The last seq of which the index knows."""
        return self._updates[-1].header.seq if self._updates else 0

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())

    def forget(self) -> None:
        """Delete it."""
        self._updates = []
        shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, holders: Iterable[tuple[str, Array | Span]], seq: int) -> None:
        """Add artifacts with the rows that they hold: a mask, or a span.

        With this everything up to the event `seq` is covered. An artifact that is there already
        holds what either entry says. Where nothing can be written, the index is as it was.
        """
        leaf = self._leaf_at(seq)
        if leaf is None:
            return
        name = f"{seq:016d}-{uuid.uuid4().hex[:12]}"
        unfinished = self._folder / (_UNFINISHED + name)
        try:
            unfinished.mkdir(mode=0o700, parents=True)
            covers: dict[str, Any] = {"source": self._source, "after": self.covered, "seq": seq}
            header = _written(unfinished, holders, leaf=leaf, **covers)
            unfinished.rename(self._folder / name)
            self._updates.append(_Update(self._folder / name, header))
            if len(self._updates) > _MOST_UPDATES:
                self._compact()
        except (OSError, _Damaged) as error:
            _log.debug("cannot write to %s: %s", self._folder, error)
            shutil.rmtree(unfinished, ignore_errors=True)

    def artifacts(self) -> list[list[str]]:
        """Return the artifacts of each piece of the index, in the order of `counts`."""
        return [piece for update in self._updates for piece in update.pieces()]

    def counts(self, rows: Array) -> list[Array] | None:
        """Return for each piece how many of these rows (ascending, each once) its artifacts hold.

        An artifact may be in several pieces; it holds what any of them says. None where the index
        turns out to be damaged; then it is gone.
        """
        try:
            return [counts for update in self._updates for counts in update.counts(rows)]
        except (_Damaged, OSError, ValueError) as error:
            _log.debug("%s is damaged: %s", self._folder, error)
            self.forget()
            return None

    def _compact(self) -> None:
        """Put the updates behind the largest one together, so that there are few to read."""
        sizes = [len(update.header.artifacts) for update in self._updates]
        first = sizes.index(max(sizes)) + 1
        if len(sizes) - first < 2:
            first = 0
        old = self._updates[first:]
        entries = (entry for update in old for entry in update.entries())
        head = old[-1].header
        name = f"{head.seq:016d}-{uuid.uuid4().hex[:12]}"
        unfinished = self._folder / (_UNFINISHED + name)
        unfinished.mkdir(mode=0o700)
        covers: dict[str, Any] = {
            "source": self._source,
            "after": old[0].header.after,
            "seq": head.seq,
        }
        header = _written(unfinished, entries, leaf=head.leaf, **covers)
        unfinished.rename(self._folder / name)
        self._updates[first:] = [_Update(self._folder / name, header)]
        for update in old:
            shutil.rmtree(update.folder, ignore_errors=True)


class _Update:
    """One update, open; its files stay readable when they are deleted."""

    def __init__(self, folder: Path, header: _Header) -> None:
        self.folder, self.header = folder, header
        spans = np.array(header.spans, np.int64).reshape(-1, 3)
        self._spans = spans[:, 0], spans[:, 1], spans[:, 2]
        self._parts = [_OpenPart(folder, part) for part in header.parts]

    def pieces(self) -> Iterator[list[str]]:
        """Yield the artifacts that `counts` speaks of."""
        names = self.header.artifacts
        yield [names[number] for number, _, _ in self.header.spans]
        for part in self._parts:
            yield [names[number] for number in part.artifacts]

    def counts(self, rows: Array) -> Iterator[Array]:
        """Yield how many of the rows artifacts hold."""
        _, start, stop = self._spans
        yield np.searchsorted(rows, stop) - np.searchsorted(rows, start)
        for part in self._parts:
            yield part.counts(rows)

    def entries(self) -> Iterator[tuple[str, Array | Span]]:
        """Yield what `Membership.add` takes."""
        for number, start, stop in self.header.spans:
            yield self.header.artifacts[number], (start, stop)
        for part in self._parts:
            for place, number in enumerate(part.artifacts):
                yield self.header.artifacts[number], part.mask(place)


class _OpenPart:
    def __init__(self, folder: Path, part: _Part) -> None:
        self.artifacts = part.artifacts
        shape = part.blocks, len(part.artifacts), _BYTES
        path = folder / part.file
        if path.stat().st_size != part.blocks * len(part.artifacts) * _BYTES:
            raise _Damaged(f"{path} has another size than was written")
        self._bits: Array = np.asarray(np.memmap(path, np.uint8, "r", shape=shape))
        self._sums = part.sums
        self._checked = bytearray(part.blocks)

    def counts(self, rows: Array) -> Array:
        """Return for each artifact how many of the rows it holds."""
        found = np.zeros(len(self.artifacts), np.int64)
        rows = rows[: np.searchsorted(rows, len(self._sums) * _ROWS)]
        blocks, places = rows // _ROWS, rows % _ROWS
        for block in np.unique(blocks).tolist():
            self._check(block)
        for first in range(0, len(rows), _TOGETHER):
            some = slice(first, first + _TOGETHER)
            bits = self._bits[blocks[some], :, places[some] >> 3]
            shifts = (7 - (places[some] & 7)).astype(np.uint8)
            found += ((bits >> shifts[:, None]) & 1).sum(0, dtype=np.int64)
        return found

    def mask(self, place: int) -> Array:
        """Return the rows that one artifact holds."""
        for block in range(len(self._sums)):
            self._check(block)
        mask: Array = np.unpackbits(np.ascontiguousarray(self._bits[:, place]).reshape(-1))
        return mask.astype(bool)

    def _check(self, block: int) -> None:
        if not self._checked[block]:
            if _sum(self._bits[block]) != self._sums[block]:
                raise _Damaged(f"block {block} has other content than was written")
            self._checked[block] = 1


def _chain(folder: Path, source: str, leaf_at: Callable[[int], str | None]) -> list[_Update]:
    """Open the updates that follow each other from the first event on, as far as they are sound."""
    found: dict[int, list[tuple[int, Path, _Header]]] = {}
    for one in _folders(folder):
        try:
            header = _read(one / _HEADER)
        except (OSError, msgspec.MsgspecError, _Damaged):
            continue
        if header.format == _FORMAT and header.source == source:
            found.setdefault(header.after, []).append((header.seq, one, header))
    chain: list[_Update] = []
    covered = 0
    while covered in found:
        candidates = sorted(found.pop(covered), key=lambda one: one[0], reverse=True)
        update = next((u for one in candidates if (u := _opened(*one[1:], leaf_at))), None)
        if update is None:
            break
        chain.append(update)
        covered = update.header.seq
    return chain


def _opened(folder: Path, header: _Header, leaf_at: Callable[[int], str | None]) -> _Update | None:
    if leaf_at(header.seq) != header.leaf:
        return None
    try:
        return _Update(folder, header)
    except (_Damaged, OSError, ValueError):
        return None


def _folders(folder: Path) -> list[Path]:
    try:
        return [one for one in folder.iterdir() if not one.name.startswith(_UNFINISHED)]
    except OSError:
        return []


def _written(
    folder: Path,
    holders: Iterable[tuple[str, Array | Span]],
    *,
    source: str,
    after: int,
    seq: int,
    leaf: str,
) -> _Header:
    names: list[str] = []
    spans: list[tuple[int, int, int]] = []
    parts: list[_Part] = []
    waiting: list[tuple[int, Array]] = []
    size = 0
    for name, rows in holders:
        names.append(name)
        if isinstance(rows, tuple):
            spans.append((len(names) - 1, *rows))
            continue
        bits = np.packbits(rows)
        waiting.append((len(names) - 1, bits))
        size += len(bits)
        if size >= _PART:
            parts.append(_write_part(folder, len(parts), waiting))
            waiting, size = [], 0
    if waiting:
        parts.append(_write_part(folder, len(parts), waiting))
    header = _Header(
        format=_FORMAT,
        source=source,
        after=after,
        seq=seq,
        leaf=leaf,
        artifacts=names,
        spans=spans,
        parts=parts,
    )
    body = msgspec.json.encode(header)
    (folder / _HEADER).write_bytes(hashlib.sha256(body).digest() + body)
    return header


def _read(path: Path) -> _Header:
    """Read a header back, every byte of which must be as it was written."""
    data = path.read_bytes()
    digest, body = data[:32], data[32:]
    if hashlib.sha256(body).digest() != digest:
        raise _Damaged(f"{path} is damaged")
    return msgspec.json.decode(body, type=_Header)


def _write_part(folder: Path, number: int, waiting: Sequence[tuple[int, Array]]) -> _Part:
    """Write bits block by block; all that lies in one block is one piece of the file."""
    blocks = max(-(-len(bits) // _BYTES) for _, bits in waiting)
    table = np.zeros((len(waiting), blocks * _BYTES), np.uint8)
    for place, (_, bits) in enumerate(waiting):
        table[place, : len(bits)] = bits
    turned = np.ascontiguousarray(table.reshape(len(waiting), blocks, _BYTES).transpose(1, 0, 2))
    name = f"{number}.bits"
    turned.tofile(folder / name)
    sums = [_sum(turned[block]) for block in range(blocks)]
    return _Part(name, blocks, [which for which, _ in waiting], sums)


def _sum(bits: Array) -> int:
    """Return a sum over all bytes, which any flipped bit and any page of zeros changes."""
    return int(np.ascontiguousarray(bits).reshape(-1).view(np.uint64).sum(dtype=np.uint64))
