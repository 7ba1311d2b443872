"""Snapshots on disk: a folder for each generation, complete or not there at all."""

from __future__ import annotations

import hashlib
import shutil
import time
import uuid
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct

from forebear.store.csr.order import Order
from forebear.store.csr.rows import Array, Rows

__all__ = ["Damaged", "Snapshot", "Witness", "newest", "write"]

_FORMAT: Final = 2
_HEADER: Final = "header"
_DIGEST: Final = 32
_PAGE: Final = 2048
"""Words of 8 bytes that are summed together; of smaller pieces it takes three times as long."""
_UNFINISHED: Final = "unfinished-"
_PATIENCE: Final = 3600
"""Seconds after which an unfinished snapshot is nobody's work any more."""
_COLUMNS: Final = ("first", "ends", "evidence", "seqs")


class Damaged(Exception):
    """The files of a snapshot are not what was written."""


class Witness(Struct, frozen=True, kw_only=True):
    """What ties a snapshot to one state of one ledger."""

    revision: str
    """Of the schema."""
    seq: int
    """The last event that the snapshot covers."""
    leaf: str | None
    """The hash of that event in the ledger."""
    node: int
    """The greatest node number."""
    key: str | None
    """The id of that node."""


class _File(Struct, frozen=True):
    type: str
    length: int
    sum: int


class _Header(Struct, frozen=True, kw_only=True):
    format: int
    witness: Witness
    files: dict[str, _File]


class Snapshot:
    """An open snapshot; its arrays are mapped when they are asked for, and checked then."""

    def __init__(self, folder: Path, header: _Header) -> None:
        self.witness = header.witness
        self._folder, self._files = folder, header.files
        # Opened at once, so that it does no harm when the folder is deleted now.
        self._maps = {name: self._mapped(name) for name in header.files}

    def rows(self, direction: str) -> Rows:
        """Return the rows in one direction."""
        return Rows(*(self._checked(f"{direction}.{column}") for column in _COLUMNS))

    def order(self) -> Order:
        """Return the order of the nodes."""
        return Order(self._checked("latest"), self._checked("earliest"))

    def _mapped(self, name: str) -> Array:
        file = self._files[name]
        dtype = np.dtype(file.type)
        path = self._folder / name
        if path.stat().st_size != dtype.itemsize * file.length:
            raise Damaged(f"{path} has another size than was written.")
        if not file.length:
            return np.zeros(0, dtype)
        return np.asarray(np.memmap(path, dtype, "r"))

    def _checked(self, name: str) -> Array:
        array = self._maps[name]
        if _sum(array) != self._files[name].sum:
            raise Damaged(f"{self._folder / name} has other content than was written.")
        return array


def newest(folder: Path, fits: Callable[[Witness], bool]) -> Snapshot | None:
    """Open the newest snapshot in `folder` that is whole and fits the ledger, if there is one."""
    for generation in _generations(folder):
        try:
            header = _read(generation / _HEADER)
            if header.format == _FORMAT and fits(header.witness):
                return Snapshot(generation, header)
        except (OSError, msgspec.MsgspecError, KeyError, TypeError, ValueError, Damaged):
            continue
    return None


def write(folder: Path, witness: Witness, rows: dict[str, Rows], order: Order) -> None:
    """Write a snapshot and take older ones away; OSError when that cannot be.

    Readers that have an older one open keep it.
    """
    arrays = {
        f"{direction}.{column}": getattr(side, column)
        for direction, side in rows.items()
        for column in _COLUMNS
    } | {"latest": order.latest, "earliest": order.earliest}
    # By what they cover, then by age: whoever writes takes away what sorts before.
    name = f"{witness.seq:016d}-{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
    unfinished = folder / (_UNFINISHED + name)
    unfinished.mkdir(mode=0o700, parents=True)
    try:
        for file, array in arrays.items():
            array.tofile(unfinished / file)
        files = {
            file: _File(array.dtype.str, len(array), _sum(array)) for file, array in arrays.items()
        }
        header = _Header(format=_FORMAT, witness=witness, files=files)
        body = msgspec.json.encode(header)
        (unfinished / _HEADER).write_bytes(hashlib.sha256(body).digest() + body)
        unfinished.rename(folder / name)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    _clear_away(folder, name)


def _read(path: Path) -> _Header:
    """Read a header back, every byte of which must be as it was written."""
    data = path.read_bytes()
    digest, body = data[:_DIGEST], data[_DIGEST:]
    if hashlib.sha256(body).digest() != digest:
        raise Damaged(f"{path} has other content than was written.")
    return msgspec.json.decode(body, type=_Header)


def _generations(folder: Path) -> list[Path]:
    """Return the folders of whole snapshots, the one that covers most first."""
    try:
        found = sorted(folder.iterdir(), reverse=True)
    except OSError:
        return []
    return [one for one in found if not one.name.startswith(_UNFINISHED)]


def _clear_away(folder: Path, before: str) -> None:
    """Remove generations before this one, and what writers left unfinished long ago."""
    long_ago = time.time() - _PATIENCE
    for one in folder.iterdir():
        if one.name.startswith(_UNFINISHED):
            try:
                old = one.stat().st_mtime < long_ago
            except FileNotFoundError:
                continue
        else:
            old = one.name < before
        if old:
            shutil.rmtree(one, ignore_errors=True)


def _sum(array: Array) -> int:
    """Return a sum over all bytes, which any flipped bit and any page in a wrong place changes."""
    data = array.view(np.uint8)
    words = data[: len(data) // 8 * 8].view(np.uint64)
    pages = words[: len(words) // _PAGE * _PAGE].reshape(-1, _PAGE)
    sums = pages.sum(axis=1, dtype=np.uint64)
    return zlib.crc32(data[pages.nbytes :].tobytes(), zlib.crc32(sums.tobytes()))
