"""The content store: files under their own digest."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from forebear.core.blobs import Blobs
from forebear.core.digest import is_digest, of_bytes
from forebear.core.errors import (
    CorruptStore,
    InvalidInput,
    NotFound,
    StoreUnwritable,
    Unreadable,
)

__all__ = ["FileBlobs"]

_TEMPORARY: Final = ".new-"
_DAY: Final = 86_400
_CHUNK: Final = 1 << 20
_MOST_AT_ONCE: Final = 256 << 20
"""Bytes that are read whole: what a stranger says is a note may be as large as a disk."""
_log = logging.getLogger(__name__)


class FileBlobs(Blobs):
    """Kept bytes as files `<root>/<2 hex digits>/<62 hex digits>`, readable by the owner only.

    A file appears under its name only when it is whole and on the disk, so any number of
    threads and processes may keep the same bytes at the same time.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._sound: dict[str, tuple[int, int, int]] = {}
        """What `checked` has found to be sound, and by what a change would be noticed."""

    def put(self, data: bytes) -> str:
        """Keep `data`, durably, and return its digest; keeping it twice costs nothing.

        Raises:
            StoreUnwritable: the store is full or read-only.
        """
        digest = of_bytes(data)
        target = self._path(digest)
        if not target.exists():
            with _temporary(self.root, self._refuse) as (file, path):
                file.write(data)
                _make_folder(target.parent)
                _publish(file, path, target)
        return digest

    def put_file(self, path: Path, digest: str | None = None) -> str:
        """Keep a copy of the file's present bytes and return their digest.

        Raises:
            Unreadable: the file cannot be read, or `digest` is given and is not its digest.
            StoreUnwritable: the store is full or read-only.
        """
        with _opened(path) as source:
            if digest is not None and self.has(digest):
                _expect(path, digest, _copy(_chunks(source, path), None))
                return digest
            # The digest is of what was copied: the source may change while it is read.
            with _temporary(self.root, self._refuse) as (file, temporary):
                found = _copy(_chunks(source, path), file)
                _expect(path, digest, found)
                target = self._path(found)
                if not target.exists():
                    _make_folder(target.parent)
                    _publish(file, temporary, target)
        return found

    def has(self, digest: str) -> bool:
        """Tell whether the bytes are kept."""
        return is_digest(digest) and self._path(digest).exists()

    def get(self, digest: str) -> bytes:
        """Return kept bytes, if they fit into memory well.

        Raises:
            NotFound: they are not kept.
            Unreadable: they are too many.
            CorruptStore: the file is damaged.
        """
        path = self._path(digest)
        with self._kept(digest) as file:
            if os.fstat(file.fileno()).st_size > _MOST_AT_ONCE:
                raise Unreadable(
                    f"The bytes of {digest} are more than {_MOST_AT_ONCE >> 20} MiB, and are not"
                    " read at once."
                )
            data = b"".join(_chunks(file, path))
        if of_bytes(data) != digest:
            raise _damaged(path)
        return data

    def copy_to(self, digest: str, path: Path) -> None:
        """Write kept bytes to `path`, checked on the way; nothing is left there on failure.

        Raises:
            NotFound: they are not kept.
            CorruptStore: the file is damaged.
            InvalidInput: `path` cannot be written.
        """

        def refuse(error: OSError) -> InvalidInput:
            return InvalidInput(f"'{path}' cannot be written: {error.strerror or error}.")

        kept = self._path(digest)
        with self._kept(digest) as source, _temporary(path.parent, refuse) as (file, temporary):
            if _copy(_chunks(source, kept), file) != digest:
                raise _damaged(kept)
            _publish(file, temporary, path)

    def checked(self, digest: str) -> Path:
        """Return the file that holds kept bytes, whose content was checked since it was written.

        Raises:
            NotFound: they are not kept.
            CorruptStore: the file is damaged.
        """
        path = self._path(digest)
        with self._kept(digest) as file:
            known = os.fstat(file.fileno())
            mark = (known.st_ino, known.st_size, known.st_mtime_ns)
            if self._sound.get(digest) != mark and _copy(_chunks(file, path), None) != digest:
                raise _damaged(path)
        self._sound[digest] = mark
        return path

    def digests(self) -> Iterator[str]:
        """All kept digests, in order."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            for name in sorted(entry.name for entry in folder.iterdir()):
                digest = f"sha256:{folder.name}{name}"
                if is_digest(digest):
                    yield digest

    def damage(self, digest: str) -> str | None:
        """Return what is wrong with kept bytes, None when they are what their name says."""
        path = self._path(digest)
        try:
            with self._kept(digest) as file:
                if _copy(_chunks(file, path), None) != digest:
                    return _damaged(path).message
        except (NotFound, Unreadable) as error:
            return error.message
        return None

    def sweep(self) -> None:
        """Delete what programs that died while keeping something left a day ago or longer."""
        old = time.time() - _DAY
        try:
            for path in self.root.glob(f"{_TEMPORARY}*"):
                if path.stat().st_mtime <= old:
                    path.unlink(missing_ok=True)
        except OSError as error:
            _log.debug("cannot clear %s: %s", self.root, error)

    def _path(self, digest: str) -> Path:
        if not is_digest(digest):
            raise InvalidInput(f"'{digest}' is not a whole digest.")
        name = digest.removeprefix("sha256:")
        return self.root / name[:2] / name[2:]

    @contextmanager
    def _kept(self, digest: str) -> Iterator[BinaryIO]:
        path = self._path(digest)
        if not path.exists():
            raise NotFound(f"The bytes of {digest} are not kept in this store.")
        with _opened(path) as file:
            yield file

    def _refuse(self, error: OSError) -> StoreUnwritable:
        return StoreUnwritable(f"Nothing can be kept in {self.root}: {error.strerror or error}.")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error
    with file:
        yield file


def _chunks(file: BinaryIO, path: Path) -> Iterator[bytes]:
    try:
        while chunk := file.read(_CHUNK):
            yield chunk
    except OSError as error:
        raise _unreadable(path, error) from error


def _copy(chunks: Iterator[bytes], target: BinaryIO | None) -> str:
    """Write `chunks` to `target`, if there is one, and return their digest."""
    found = hashlib.sha256()
    for chunk in chunks:
        found.update(chunk)
        if target is not None:
            target.write(chunk)
    return "sha256:" + found.hexdigest()


@contextmanager
def _temporary(
    folder: Path, refuse: Callable[[OSError], Exception]
) -> Iterator[tuple[BinaryIO, Path]]:
    """Open a new private file in `folder`; it is gone at the end unless it was published."""
    try:
        _make_folder(folder)
        handle, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=folder)
    except OSError as error:
        raise refuse(error) from error
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file, path
    except OSError as error:
        raise refuse(error) from error
    finally:
        with suppress(FileNotFoundError):
            path.unlink()


def _publish(file: BinaryIO, temporary: Path, target: Path) -> None:
    """Give a written file its name, durably."""
    file.flush()
    os.fsync(file.fileno())
    temporary.replace(target)
    _sync_folder(target.parent)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _expect(path: Path, digest: str | None, found: str) -> None:
    if digest is not None and found != digest:
        raise Unreadable(f"'{path}' has changed: its bytes are {found}, no longer {digest}.")


def _unreadable(path: Path, error: OSError) -> Unreadable:
    return Unreadable(f"'{path}' cannot be read: {error.strerror or error}.")


def _damaged(path: Path) -> CorruptStore:
    return CorruptStore(
        f"The kept file {path.parent.name}/{path.name} is damaged: its bytes do not match its name."
    )
