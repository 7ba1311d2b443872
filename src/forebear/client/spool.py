"""The spool: where a recording program puts its events, without waiting for anybody.

A spool is one append-only file of one process: a magic line, a header, then records of
length, CRC-32 and bytes. An event that `append` has returned for is with the operating system
and survives the death of the process; `sync` makes it survive the death of the machine.
The writer holds a lock on the file as long as it lives, so that a reader can tell a program
that works from one that is gone, whatever became of its process id.
"""

from __future__ import annotations

import fcntl
import logging
import os
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from forebear.core.errors import StoreUnwritable, Unreadable
from forebear.core.events import AnyEvent, encode

__all__ = ["SpoolHeader", "SpoolReader", "SpoolWriter", "is_live", "spools_of"]

_MAGIC: Final = b"forebear-spool-1\n"
_FRAME: Final = struct.Struct("<II")
_LARGEST: Final = 256 << 20
_log = logging.getLogger(__name__)


class SpoolHeader(Struct, frozen=True, kw_only=True):
    """Whose spool it is."""

    run: str
    pid: int
    host: str


class SpoolWriter:
    """Appends events for one run from one process; safe to use from many threads."""

    def __init__(self, folder: Path, header: SpoolHeader) -> None:
        """Open a new spool in `folder`.

        Raises:
            StoreUnwritable: the folder cannot be written.
        """
        self.path = folder / f"{header.run}.{header.pid}.{os.urandom(3).hex()}.spool"
        self._lock = threading.Lock()
        self._dirty = False
        hidden = self.path.with_suffix(".new")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
            _write_all(self._file, _MAGIC + _framed(msgspec.json.encode(header)))
            # Only a locked file with a header ever bears the name that readers look for.
            hidden.rename(self.path)
        except OSError as error:
            raise StoreUnwritable(
                f"Cannot record into {folder}: {error.strerror or error}.",
                hint="Check that the folder is writable and the disk has room.",
            ) from error

    def append(self, event: AnyEvent) -> None:
        """Hand one event to the operating system.

        Raises:
            StoreUnwritable: it could not be written whole (disk full, file gone bad). What was
                written of it is cut off again, so the spool stays readable.
        """
        record = _framed(encode(event))
        with self._lock:
            start = os.lseek(self._file, 0, os.SEEK_END)
            try:
                _write_all(self._file, record)
            except OSError as error:
                try:
                    os.ftruncate(self._file, start)
                except OSError:
                    _log.debug("could not cut the torn record off %s", self.path)
                raise StoreUnwritable(
                    f"Cannot record into {self.path}: {error.strerror or error}."
                ) from error
            self._dirty = True

    def sync(self) -> None:
        """Make everything appended so far survive a power cut.

        Raises:
            StoreUnwritable: the disk did not take it.
        """
        with self._lock:
            if not self._dirty:
                return
            self._dirty = False
        try:
            os.fdatasync(self._file)
        except OSError as error:
            raise StoreUnwritable(f"Cannot write {self.path} to disk: {error.strerror}.") from error

    def close(self) -> None:
        """Sync, and let readers know that this writer is done."""
        try:
            self.sync()
        finally:
            os.close(self._file)

    def abandon(self) -> None:
        """Let go of the file in a forked child, whose parent goes on writing."""
        os.close(self._file)


class SpoolReader:
    """Reads a spool from a given position; stops, and says why, where bytes are damaged."""

    def __init__(self, path: Path) -> None:
        """Open the spool and read its header.

        Raises:
            Unreadable: it is no spool.
        """
        self.path = path
        self.damage: str | None = None
        self._data = path.read_bytes()
        if not self._data.startswith(_MAGIC):
            raise Unreadable(f"{path} is not a spool.")
        first = self._record(len(_MAGIC))
        if first is None:
            raise Unreadable(f"The header of {path} is damaged.")
        body, self.start = first
        self.header = msgspec.json.decode(body, type=SpoolHeader)

    def records(self, position: int = 0) -> Iterator[tuple[bytes, int]]:
        """Yield each record with the position behind it, from `position` on.

        At a record that is not whole or whose check sum is wrong it ends and sets `damage`.
        """
        position = max(position, self.start)
        while position < len(self._data):
            found = self._record(position)
            if found is None:
                left = len(self._data) - position
                self.damage = f"{left} bytes after byte {position} of {self.path.name} are damaged"
                return
            body, position = found
            yield body, position

    def _record(self, position: int) -> tuple[bytes, int] | None:
        if position + _FRAME.size > len(self._data):
            return None
        length, check = _FRAME.unpack_from(self._data, position)
        begin, end = position + _FRAME.size, position + _FRAME.size + length
        if length > _LARGEST or end > len(self._data):
            return None
        body = self._data[begin:end]
        return (body, end) if zlib.crc32(body) == check else None


def is_live(path: Path) -> bool:
    """Tell whether the writer of a spool is still at work."""
    try:
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False
    except OSError:
        return False


def spools_of(folder: Path, run: str = "*") -> list[Path]:
    """Return the spools in `folder`, oldest first, of one run or of all."""
    return sorted(folder.glob(f"{run}.*.spool"))


def _framed(body: bytes) -> bytes:
    return _FRAME.pack(len(body), zlib.crc32(body)) + body


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
