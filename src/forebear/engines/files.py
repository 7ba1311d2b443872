"""Digests of files and folders: all bytes, read once as long as a file stays what it was."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from forebear.core.digest import combine, to_raw
from forebear.core.errors import Unreadable
from forebear.engines.threads import spread

__all__ = ["FileDigest", "digest_file", "digest_path"]

_RACY_NS: Final = 2_000_000_000
"""A file that changed this recently may change again without its times showing it."""
_ATTEMPTS: Final = 3
_REMEMBERED: Final = 65_536
_PARALLEL_BYTES: Final = 8 << 20
_FOLDER_LINKS: Final = 10_000

_Key = tuple[int, int, int, int, int]
_memo: dict[_Key, str] = {}
_lock = threading.Lock()


class FileDigest(Struct, frozen=True):
    """The digest of a file or folder, and how many bytes stand behind it."""

    digest: str
    size: int


class _Entry(Struct, frozen=True):
    """One thing in a folder: a file to be read, or a text that stands for the rest."""

    path: bytes
    """Relative to the folder, with `/` between parts."""
    kind: str
    file: str | None = None
    text: bytes = b""


def digest_path(path: str | os.PathLike[str]) -> FileDigest:
    """Return the digest of a file's bytes, or of all files in a folder.

    A folder's digest is over the relative paths of its files, sorted, and their digests.
    Neither its own name nor times, permissions or empty folders matter.

    Raises:
        Unreadable: something there is missing, forbidden, or kept changing while it was read.
    """
    place = os.fspath(path)
    try:
        is_folder = stat.S_ISDIR(Path(place).stat().st_mode)
    except (OSError, ValueError) as error:
        raise _unreadable(place, error) from None
    return _digest_folder(place) if is_folder else digest_file(place)


def digest_file(path: str | os.PathLike[str]) -> FileDigest:
    """Return the SHA-256 of all bytes of a file, the same that `sha256sum` prints.

    A file that was read before and hasn't changed since isn't read again: device, inode,
    size, modification and change time are the same, and weren't fresh when it was read.

    Raises:
        Unreadable: it is missing, forbidden, no regular file, or kept changing while it was read.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     digest_file(file.name).digest[:19]
    'sha256:e3b0c44298fc'
    """
    place = os.fspath(path)
    try:
        for _ in range(_ATTEMPTS):
            found = _digest_once(place)
            if found is not None:
                return found
    except (OSError, ValueError) as error:
        raise _unreadable(place, error) from None
    raise Unreadable(
        f"'{_shown(place)}' kept changing while it was read.",
        hint="Try again when the program that writes it has finished.",
    )


def _digest_once(place: str) -> FileDigest | None:
    """Return the digest, or None when the file changed while it was read."""
    if not stat.S_ISREG(Path(place).stat().st_mode):
        raise Unreadable(f"'{_shown(place)}' is no regular file, so it has no content of its own.")
    with Path(place).open("rb", buffering=0) as file:
        before = os.fstat(file.fileno())
        key = _key(before)
        known = _memo.get(key)
        if known is not None:
            return FileDigest(known, before.st_size)
        started = time.time_ns()
        digest = "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
        if _key(os.fstat(file.fileno())) != key:
            return None
    if started - max(before.st_mtime_ns, before.st_ctime_ns) > _RACY_NS:
        _remember(key, digest)
    return FileDigest(digest, before.st_size)


def _key(status: os.stat_result) -> _Key:
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


def _remember(key: _Key, digest: str) -> None:
    with _lock:
        while len(_memo) >= _REMEMBERED:
            del _memo[next(iter(_memo))]
        _memo[key] = digest


def _digest_folder(place: str) -> FileDigest:
    try:
        entries = sorted(_Walk(place).entries(), key=lambda entry: entry.path)
        total = sum(Path(entry.file).stat().st_size for entry in entries if entry.file)
    except OSError as error:
        raise _unreadable(place, error) from None
    files = [entry.file for entry in entries if entry.file]
    read = iter(spread(digest_file, files, parallel=total >= _PARALLEL_BYTES))
    parts: list[bytes] = []
    size = 0
    for entry in entries:
        content = entry.text
        if entry.file:
            found = next(read)
            size += found.size
            content = to_raw(found.digest)
        parts += [entry.path, entry.kind.encode(), content]
    return FileDigest(combine("folder.v1", parts), size)


class _Walk:
    """A walk through a folder that follows links to what they lead to, but never in circles.

    A link counts as what it leads to, so that a folder of links (a cache's snapshot) is the
    same as its copy. A link back to a folder the walk is in, and a link to nothing, count as
    links: by where they lead. What is neither file nor folder counts by its kind.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.links = 0

    def entries(self) -> Iterator[_Entry]:
        """Yield everything below the root but the folders themselves."""
        status = Path(self.root).stat()
        yield from self._folder(self.root, b"", {(status.st_dev, status.st_ino): b"."})

    def _folder(
        self, place: str, inside: bytes, above: dict[tuple[int, int], bytes]
    ) -> Iterator[_Entry]:
        with os.scandir(place) as found:
            children = list(found)
        for child in children:
            path = inside + os.fsencode(child.name)
            try:
                status = child.stat()
            except OSError:
                if not child.is_symlink():
                    raise
                yield _Entry(path, "link", text=os.fsencode(Path(child.path).readlink()))
                continue
            if stat.S_ISREG(status.st_mode):
                yield _Entry(path, "file", file=child.path)
            elif not stat.S_ISDIR(status.st_mode):
                yield _Entry(path, "special", text=str(stat.S_IFMT(status.st_mode)).encode())
            elif (key := (status.st_dev, status.st_ino)) in above:
                yield _Entry(path, "loop", text=above[key])
            else:
                self._count(child)
                yield from self._folder(child.path, path + b"/", {**above, key: path})

    def _count(self, child: os.DirEntry[str]) -> None:
        self.links += child.is_symlink()
        if self.links > _FOLDER_LINKS:
            raise Unreadable(
                f"'{_shown(self.root)}' holds more than {_FOLDER_LINKS} links to folders.",
                hint="Give the folders that hold the data themselves.",
            )


def _unreadable(place: str, error: Exception) -> Unreadable:
    """Return what went wrong as one sentence."""
    name = _shown(
        os.fspath(error.filename) if isinstance(error, OSError) and error.filename else place
    )
    if isinstance(error, FileNotFoundError):
        return Unreadable(f"There is no file or folder '{name}'.")
    if isinstance(error, PermissionError):
        return Unreadable(f"'{name}' cannot be read: permission denied.")
    why = error.strerror if isinstance(error, OSError) else str(error)
    return Unreadable(f"'{name}' cannot be read: {why}.")


def _shown(place: str | bytes) -> str:
    return os.fsdecode(place).encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
