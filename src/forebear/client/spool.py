"""The spool: where a recording program puts its events, without waiting for anybody.

A spool is a row of append-only files, its *segments*, all of one process: each a magic line, a
header, then records of length, CRC-32 and bytes. What `append` has returned for is with the
operating system and survives the death of the process; what `sync` has returned for survives
the death of the machine. The writer holds a lock on its newest segment as long as it lives, so
that a reader can tell a program that works from one that is gone, whatever became of its
process id; an older segment is let go of when it is on the disk, and may be taken away by
whoever has read it.

A spool has no limit of its own. A new segment is refused when it would leave the disk less than
`RESERVE`: a record must not be what fills the disk of the program that it is about.
"""

from __future__ import annotations

import errno
import fcntl
import io
import logging
import os
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from msgspec import Struct

from forebear.core.errors import StoreUnwritable, Unreadable
from forebear.core.events import AnyEvent, encode

__all__ = [
    "RESERVE",
    "SEGMENT",
    "SpoolHeader",
    "SpoolReader",
    "SpoolWriter",
    "is_live",
    "run_of",
    "spools_of",
]

SEGMENT: Final = 64 << 20
"""Bytes after which a spool goes on in a new file."""
RESERVE: Final = 256 << 20
"""Bytes that a new segment leaves free on the disk."""

_MAGIC: Final = b"forebear-spool-1\n"
_FRAME: Final = struct.Struct("<II")
_LARGEST: Final = 256 << 20
_log = logging.getLogger(__name__)


class SpoolHeader(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whose spool it is."""

    run: str
    """The outermost run."""
    pid: int
    host: str
    inner: str | None = None
    """The run inside it that this process records, when it is a program of its own."""


class SpoolWriter:
    """Appends events for one run from one process; safe to use from many threads."""

    def __init__(
        self,
        folder: Path,
        header: SpoolHeader,
        *,
        conceal: Callable[[bytes], bytes] = bytes,
        segment: int = SEGMENT,
    ) -> None:
        """Open a new spool in `folder`; `conceal` takes personal data out of events' bytes.

        Raises:
            StoreUnwritable: the folder cannot be written.
        """
        self._folder = folder
        self._first = _MAGIC + _framed(msgspec.json.encode(header))
        self._name = f"{header.run}.{header.pid}.{os.urandom(3).hex()}"
        self._conceal = conceal
        self._limit = segment
        self._lock = threading.Lock()
        self._syncing = threading.Lock()
        self._opened = 0
        self._closed = False
        self._full: list[_Segment] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._now = self._new_segment()
        except OSError as error:
            raise StoreUnwritable(
                f"Cannot record into {folder}: {error.strerror or error}.",
                hint="Check that the folder is writable and the disk has room.",
            ) from error

    @property
    def path(self) -> Path:
        """The segment that is written now."""
        return self._now.path

    def append(self, event: AnyEvent) -> None:
        """Hand one event to the operating system.

        Raises:
            StoreUnwritable: it could not be written whole (disk full, file gone bad). What was
                written of it is cut off again, so the spool stays readable.
        """
        record = _framed(self._conceal(encode(event)))
        with self._lock:
            if self._closed:
                raise StoreUnwritable(f"Cannot record into {self.path}: it is closed.")
            try:
                self._make_room(len(record))
                self._now.write(record)
            except OSError as error:
                raise self._refused(error) from error

    def sync(self) -> None:
        """Make everything appended so far survive a power cut.

        When the disk refuses a file, its bytes may be gone whatever a second try says: then
        they are written again, into a new segment.

        Raises:
            StoreUnwritable: the disk did not take that either.
        """
        with self._syncing:
            with self._lock:
                waiting = [] if self._closed else [*self._full, self._now]
            for segment in waiting:
                try:
                    segment.sync()
                except OSError as error:
                    _log.warning("%s is not on the disk (%s); writing anew.", segment.path, error)
                    self._write_again(segment)
            with self._lock:
                for segment in self._full:
                    if segment.synced == segment.size:
                        segment.close()
                self._full = [one for one in self._full if one.synced != one.size]

    def close(self) -> None:
        """Sync, and let readers know that this writer is done."""
        try:
            self.sync()
        finally:
            with self._syncing, self._lock:
                self.abandon()

    def abandon(self) -> None:
        """Let go of the files in a forked child, whose parent goes on writing."""
        # No lock is taken: in a child it may be held by a thread that is not there.
        if not self._closed:
            self._closed = True
            for segment in (*self._full, self._now):
                segment.close()

    def _make_room(self, size: int) -> None:
        now = self._now
        if not now.broken and (now.size + size <= self._limit or now.size == len(self._first)):
            return
        disk = os.statvfs(self._folder)
        if not now.broken and disk.f_bavail * disk.f_frsize < RESERVE + self._limit:
            raise OSError(errno.ENOSPC, f"less than {RESERVE >> 20} MiB would stay free")
        try:
            fresh = self._new_segment()
        except OSError as error:
            if now.broken:
                raise
            _log.debug("%s grows beyond its size: %s", now.path, error)
            return
        self._full.append(now)
        self._now = fresh

    def _new_segment(self) -> _Segment:
        self._opened += 1
        return _Segment(self._folder / f"{self._name}.{self._opened:06}.spool", self._first)

    def _write_again(self, failed: _Segment) -> None:
        """Write what is not on the disk for certain into a new segment, and that to the disk."""
        with self._lock:
            try:
                fresh = self._new_segment()
                try:
                    fresh.write(failed.unsynced())
                    fresh.sync()
                except OSError:
                    fresh.close()
                    raise
            except OSError as error:
                raise self._refused(error) from error
            if failed is self._now:
                self._now = fresh
            else:
                self._full = [one for one in self._full if one is not failed]
                self._full.append(fresh)
            failed.give_up()

    def _refused(self, error: OSError) -> StoreUnwritable:
        return StoreUnwritable(f"Cannot record into {self.path}: {error.strerror or error}.")


class _Segment:
    """One file of a spool, open, and locked until it is closed."""

    def __init__(self, path: Path, first: bytes) -> None:
        self.path = path
        self.broken = False
        """A torn record could not be cut off: whatever followed it would not be found."""
        self._named = False
        self._failed = False
        hidden = path.with_suffix(".new")
        self._file = os.open(hidden, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            _write_all(self._file, first)
            # Only a locked file with a header ever bears the name that readers look for.
            hidden.rename(path)
        except BaseException:
            os.close(self._file)
            hidden.unlink(missing_ok=True)
            raise
        self.size = self.synced = len(first)

    def write(self, record: bytes) -> None:
        try:
            _write_all(self._file, record)
        except OSError:
            try:
                os.ftruncate(self._file, self.size)
            except OSError as error:
                self.broken = True
                _log.debug("could not cut the torn record off %s: %s", self.path, error)
            raise
        self.size += len(record)

    def sync(self) -> None:
        size = self.size
        if size == self.synced:
            return
        if self._failed:
            # Asked again, a disk may say yes and have nothing.
            raise OSError(errno.EIO, "the disk has refused it before")
        try:
            os.fdatasync(self._file)
            if not self._named:
                _sync_folder(self.path.parent)
                self._named = True
        except OSError:
            self._failed = True
            raise
        self.synced = size

    def unsynced(self) -> bytes:
        """Return the records that are not on the disk for certain, as they were written."""
        data = os.pread(self._file, self.size - self.synced, self.synced)
        file = io.BytesIO(data)
        while _read_record(file, len(data) - file.tell()) is not None:
            continue
        if file.tell() != self.size - self.synced:
            raise OSError(errno.EIO, "the last events can't be read back")
        return data

    def give_up(self) -> None:
        """Keep only what is on the disk for certain: the rest is written elsewhere by now."""
        try:
            os.ftruncate(self._file, self.synced)
        except OSError as error:
            _log.debug("%s still holds what is elsewhere too: %s", self.path, error)
        self.close()

    def close(self) -> None:
        os.close(self._file)


class SpoolReader:
    """Reads a segment from a given position; stops, and says why, where bytes are damaged.

    Memory holds one record at a time, however long the segment is.
    """

    def __init__(self, path: Path) -> None:
        """Open the segment and read its header.

        Raises:
            Unreadable: it is no spool.
        """
        self.path = path
        self.damage: str | None = None
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise Unreadable(f"{path} is not a spool.")
            body = _read_record(file, os.fstat(file.fileno()).st_size - len(_MAGIC))
        try:
            self.header = msgspec.json.decode(body or b"", type=SpoolHeader)
        except msgspec.MsgspecError:
            raise Unreadable(f"The header of {path} is damaged.") from None
        self.start = len(_MAGIC) + _FRAME.size + len(body or b"")

    def records(self, position: int = 0) -> Iterator[tuple[bytes, int]]:
        """Yield each record with the position behind it, from `position` on.

        At a record that is not whole or whose check sum is wrong it ends and sets `damage`.
        What is appended after the beginning is left for the next time.
        """
        position = max(position, self.start)
        with self.path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(position)
            while position < size:
                body = _read_record(file, size - position)
                if body is None:
                    self.damage = (
                        f"{size - position} bytes after byte {position} of {self.path.name} "
                        "are damaged"
                    )
                    return
                position += _FRAME.size + len(body)
                yield body, position


def is_live(path: Path) -> bool:
    """Tell whether the writer of a segment still holds it."""
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
    """Return the segments in `folder`, each writer's oldest first, of one run or of all."""
    return sorted(folder.glob(f"{run}.*.spool"))


def run_of(path: Path) -> str:
    """Return the run that a segment belongs to, as its name says."""
    return path.name.partition(".")[0]


def _read_record(file: BinaryIO, left: int) -> bytes | None:
    """Read the record that begins here; None when it is damaged or longer than what is left."""
    frame = file.read(_FRAME.size)
    if len(frame) < _FRAME.size:
        return None
    length, check = _FRAME.unpack(frame)
    if length > min(_LARGEST, left - _FRAME.size):
        return None
    body = file.read(length)
    return body if len(body) == length and zlib.crc32(body) == check else None


def _framed(body: bytes) -> bytes:
    return _FRAME.pack(len(body), zlib.crc32(body)) + body


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
