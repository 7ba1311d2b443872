"""What differs between databases: connecting, transactions, locks, and the words of errors."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote

import msgspec
from sqlalchemy import Connection, Engine, QueuePool, StaticPool, create_engine, event, exc
from sqlalchemy.engine import make_url

from forebear.core.addresses import without_password
from forebear.core.errors import CorruptStore, InvalidInput, StoreError, StoreUnwritable
from forebear.store.filesystem import network_filesystem

__all__ = ["Database", "chunked", "scratch"]

T = TypeVar("T")

_BUSY_SECONDS: Final = 60
_REACH_SECONDS: Final = 10
_CHUNK: Final = 1000
_WRITES: Final = "forebear_writes"
_LOG_LOCK: Final = int.from_bytes(b"forebear")
_inherited: list[object] = []
"""Pools made before a fork: a child must neither use nor close their connections."""


class Database:
    """One database: `reading` and `writing` are its transactions, `place` is what it is called.

    May be used from several threads, and in a child after a fork. Errors of the driver come
    out as `StoreError`s.
    """

    def __init__(self, location: Path | str) -> None:
        if isinstance(location, Path):
            self._engine = _sqlite_file(location)
            self._reader = self._engine
            self.place = str(location)
        else:
            self._engine = _postgresql(location)
            self._reader = self._engine.execution_options(isolation_level="REPEATABLE READ")
            self.place = without_password(location)
        self._writer = self._engine.execution_options(**{_WRITES: True})
        self._lock = threading.Lock()
        self._pid = os.getpid()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database, whatever others write meanwhile."""
        self._after_fork()
        with self._translated(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction alone in writing; what it did is durable when it has ended well."""
        self._after_fork()
        with self._translated(), self._lock, self._writer.begin() as connection:
            yield connection

    def scrub(self) -> None:
        """Write the database anew, so that nothing deleted is left in its free pages."""
        self._after_fork()
        with self._translated(), self._lock, closing(self._engine.raw_connection()) as connection:
            driver = connection.driver_connection
            assert driver is not None
            if self._engine.dialect.name == "sqlite":
                driver.execute("VACUUM")
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                driver.autocommit = True
                driver.execute("VACUUM FULL")
                driver.autocommit = False

    def close(self) -> None:
        """Close the connections."""
        self._after_fork()
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OverflowError as error:
            raise InvalidInput("A number of more than 64 bits has no place in a store.") from error
        except UnicodeEncodeError as error:
            raise InvalidInput(
                "A text that is no valid Unicode has no place in a store."
            ) from error
        except exc.DataError as error:
            raise InvalidInput(f"The database refuses a value: {_said(error)}.") from error
        except exc.DBAPIError as error:
            raise _translate(error, self.place) from error
        except msgspec.MsgspecError as error:
            raise CorruptStore(
                f"The store at {self.place} holds a row that cannot be read: {error}.",
                hint="`forebear verify` says what is wrong.",
            ) from error

    def _after_fork(self) -> None:
        if self._pid != os.getpid():
            _inherited.append(self._engine.pool)
            self._engine.dispose(close=False)
            self._lock = threading.Lock()
            self._pid = os.getpid()


def scratch() -> Engine:
    """Return an empty private database, in memory while small; it goes when it is disposed of."""
    return _sqlite_engine(lambda: _connect("file:?mode=rwc"), poolclass=StaticPool)


def _sqlite_file(path: Path) -> Engine:
    writable = os.access(path if path.exists() else path.parent, os.W_OK)
    if writable and (kind := network_filesystem(path.parent)) is not None:
        raise StoreUnwritable(
            f"{path.parent} is on a network file system ({kind}), where SQLite can lose what it"
            " has confirmed.",
            hint="Keep the store on a local disk, or in a database that all can reach:"
            " FOREBEAR_STORE=postgresql://user@host/database.",
        )
    uri = f"file:{quote(str(path.absolute()))}?mode={'rwc' if writable else 'ro'}"
    # In a folder where nothing can be written SQLite cannot make the index of the log that
    # it wants for reading; where there is no log either, the file alone is everything.
    if not os.access(path.parent, os.W_OK) and not path.with_name(path.name + "-wal").exists():
        uri += "&immutable=1"

    def connect() -> sqlite3.Connection:
        connection = _connect(uri)
        if writable:
            _log_ahead(connection)
        return connection

    return _sqlite_engine(connect, poolclass=QueuePool, max_overflow=-1)


def _connect(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    for pragma in ("foreign_keys = ON", "synchronous = FULL", "cache_size = -32000"):
        connection.execute(f"PRAGMA {pragma}")
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


def _sqlite_engine(connect: Any, **pool: Any) -> Engine:
    engine = create_engine("sqlite://", creator=connect, **pool)

    # A transaction that turns from reading to writing fails when somebody else has written
    # since it began, however patient it is: a writer takes its place at the beginning.
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "before_cursor_execute", _refuse_nul)
    return engine


def _postgresql(address: str) -> Engine:
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
        patience = {} if "connect_timeout" in url.query else {"connect_timeout": _REACH_SECONDS}
        engine = create_engine(url, max_overflow=-1, pool_pre_ping=True, connect_args=patience)
    except exc.ArgumentError:
        raise InvalidInput("The address of the store is no URL of a database.") from None
    except ImportError:
        raise InvalidInput(
            "A store in PostgreSQL needs the package psycopg, which is not installed.",
            hint="pip install 'forebear[postgres]'",
        ) from None

    # One writer at a time, as in SQLite: sequence numbers stay dense and in commit order. What is
    # acknowledged is on the disk, whatever the server does for others.
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_WRITES, False):
            connection.exec_driver_sql(
                f"SET LOCAL synchronous_commit = on; SELECT pg_advisory_xact_lock({_LOG_LOCK})"
            )

    event.listen(engine, "before_cursor_execute", _refuse_nul)
    return engine


def _refuse_nul(*call: Any) -> None:
    """Refuse a NUL in a text that is asked for: PostgreSQL has none, and SQLite would find none.

    In events it is told as U+FFFD (`ledger.told`), so rows have none in either database.
    """
    _, _, _, parameters, _, many = call
    if many or not parameters:
        return
    values = parameters.values() if isinstance(parameters, dict) else parameters
    if any(type(value) is str and "\0" in value for value in values):
        raise InvalidInput("A text with a NUL character has no place in a store.")


def chunked(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut `items` into pieces that fit into one statement."""
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]


_SQLITE_UNWRITABLE: Final = {
    sqlite3.SQLITE_BUSY: "another program has locked it",
    sqlite3.SQLITE_LOCKED: "another program has locked it",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_PERM: "access is denied",
}
_POSTGRESQL_UNWRITABLE: Final = {
    "25006": "it is read-only",
    "42501": "access is denied",
    "53100": "the disk is full",
    "55P03": "another program has locked it",
}


def _translate(error: exc.DBAPIError, place: str) -> StoreError:
    """Say in our words what a driver's error means for the store."""
    cause = error.orig
    code = getattr(cause, "sqlite_errorcode", None)
    state = getattr(cause, "sqlstate", None)
    # The low byte is the kind of an SQLite error, the rest its finer cause.
    why = _SQLITE_UNWRITABLE.get(code & 0xFF) if code else _POSTGRESQL_UNWRITABLE.get(state or "")
    said = _said(error)
    if why is not None:
        return StoreUnwritable(f"The store at {place} cannot be used: {why} ({said}).")
    if code and code & 0xFF == sqlite3.SQLITE_NOTADB:
        return CorruptStore(f"The file {place} is not a forebear store: it is no database.")
    damaged = code is not None and code & 0xFF in {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_MISMATCH,
    }
    if isinstance(error, exc.OperationalError) and _unreachable(cause, state):
        return StoreError(
            f"The store at {place} cannot be reached: {said}.",
            hint="Recording goes on: it waits in the spool until the server answers.",
        )
    damaged |= (state or "")[:2] in {"XX", "42"} or "decode to UTF-8" in said
    if damaged or isinstance(error, exc.IntegrityError):
        return CorruptStore(
            f"The store at {place} is damaged: {said}.",
            hint="`forebear verify` says what is wrong.",
        )
    return StoreError(f"The store at {place} cannot do its work: {said}.")


def _unreachable(cause: BaseException | None, state: str | None) -> bool:
    """Tell whether a server did not let us in: there is none, or it is full, or it refuses."""
    if isinstance(cause, sqlite3.Error):
        return False
    return state is None or state[:2] in {"08", "28", "3D", "53", "57"}


def _said(error: exc.DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    if len(lines) > 1 and lines[0].startswith("Multiple connection attempts"):
        return lines[-1].lstrip("- ").rstrip(".")
    return lines[0].rstrip(".") if lines else type(error.orig).__name__
