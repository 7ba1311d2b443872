"""SQLite: a file, its connections, and the words of its errors. The standard library only."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from forebear.core.errors import CorruptStore, InvalidInput, StoreError, StoreUnwritable
from forebear.store.filesystem import network_filesystem
from forebear.store.reading import SqliteReader

__all__ = ["SqliteFile", "connect", "explained"]

_BUSY_SECONDS: Final = 60
_PRAGMAS: Final = (
    "foreign_keys = ON",
    "synchronous = FULL",
    "cache_size = -32000",
    # The log is copied into the file when it has 16 MB instead of 4: pages that many events
    # change are copied less often, and so an event costs a tenth less.
    "wal_autocheckpoint = 4000",
)
_ROOM: Final = 64 << 10
"""Bytes without which SQLite can't even read where it keeps a log."""
_IDLE: Final = 5
"""Connections that are kept for questions to come."""
_inherited: list[sqlite3.Connection] = []
"""Connections made before a fork: a child must neither use nor close them."""


class SqliteFile:
    """The file of a database, and connections that are free for reading."""

    def __init__(self, path: Path) -> None:
        self._writable = os.access(path if path.exists() else path.parent, os.W_OK)
        if self._writable and (kind := network_filesystem(path.parent)) is not None:
            raise StoreUnwritable(
                f"{path.parent} is on a network file system ({kind}), where SQLite can lose what"
                " it has confirmed.",
                hint="Keep the store on a local disk, or in a database that all can reach:"
                " FOREBEAR_STORE=postgresql://user@host/database.",
            )
        self._uri = f"file:{quote(str(path.absolute()))}?mode={'rwc' if self._writable else 'ro'}"
        # In a folder where nothing can be written SQLite cannot make the index of the log that
        # it wants for reading; where there is no log either, the file alone is everything.
        log = path.with_name(path.name + "-wal")
        if not os.access(path.parent, os.W_OK) and not log.exists():
            self._uri += "&immutable=1"
        self._idle: list[sqlite3.Connection] = []

    def connect(self) -> sqlite3.Connection:
        """Return a new connection."""
        connection = connect(self._uri)
        if self._writable:
            _log_ahead(connection)
        return connection

    @contextmanager
    def reading(self) -> Iterator[SqliteReader]:
        """A transaction that sees one state of the database."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self.connect()
        try:
            connection.execute("BEGIN")
            yield SqliteReader(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        if len(self._idle) < _IDLE:
            self._idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            self._idle.pop().close()

    def leave(self) -> None:
        """Let go of the connections of the process that this one was forked from."""
        _inherited.extend(self._idle)
        self._idle = []


def connect(uri: str) -> sqlite3.Connection:
    """Return a connection that keeps what it confirms."""
    connection = sqlite3.connect(
        uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log; a new file may be locked by another that does the same.

    SQLite gives up at once here, without its usual patience.
    """
    patience = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                connection.close()
                raise
            time.sleep(0.01)
        except sqlite3.Error:
            connection.close()
            raise
        else:
            return


_UNWRITABLE: Final = {
    sqlite3.SQLITE_BUSY: "another program has locked it",
    sqlite3.SQLITE_LOCKED: "another program has locked it",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_PERM: "access is denied",
}
_DAMAGED: Final = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_MISMATCH,
}


def explained(error: sqlite3.Error, place: str) -> StoreError | InvalidInput:
    """Say in our words what an error of SQLite means for the store."""
    said = str(error).strip().rstrip(".") or type(error).__name__
    # The low byte is the kind of an error, the rest its finer cause.
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if isinstance(error, sqlite3.DataError):
        return InvalidInput(f"The database refuses a value: {said}.")
    if code == sqlite3.SQLITE_IOERR and _is_full(Path(place).parent):
        code = sqlite3.SQLITE_FULL  # it has no room for the index of its log, and does not say so
    if code in _UNWRITABLE:
        why = _UNWRITABLE[code]
        return StoreUnwritable(f"The store at {place} cannot be used: {why} ({said}).")
    if code == sqlite3.SQLITE_NOTADB:
        return CorruptStore(f"The file {place} is not a forebear store: it is no database.")
    if code in _DAMAGED or "decode to UTF-8" in said or isinstance(error, sqlite3.IntegrityError):
        return CorruptStore(
            f"The store at {place} is damaged: {said}.",
            hint="`forebear verify` says what is wrong.",
        )
    return StoreError(f"The store at {place} cannot do its work: {said}.")


def _is_full(folder: Path) -> bool:
    try:
        disk = os.statvfs(folder)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < _ROOM
