"""SQLAlchemy's side of a database: engines, what begins their transactions, and their errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import Any, Final, TypeVar

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    QueuePool,
    StaticPool,
    TextClause,
    create_engine,
    event,
    exc,
    text,
)
from sqlalchemy.engine import make_url

from forebear.core.errors import CorruptStore, InvalidInput, StoreError, StoreUnwritable
from forebear.store.reading import Reader, SqliteReader, refuse_nul, row_type, spelled
from forebear.store.sqlite import connect, explained

__all__ = ["Engines", "chunked", "over", "postgresql", "scratch", "sqlite"]

T = TypeVar("T")

_REACH_SECONDS: Final = 10
_TURN_SECONDS: Final = 60
_CHUNK: Final = 1000
_WRITES: Final = "forebear_writes"
_LOG_LOCK: Final = int.from_bytes(b"forebear")
_inherited: list[object] = []
"""Pools made before a fork: a child must neither use nor close their connections."""


class Engines:
    """One pool of connections, and the two kinds of transactions on them."""

    def __init__(self, place: str, engine: Engine, reader: Engine) -> None:
        self._place, self._engine, self._reader = place, engine, reader
        self._writer = engine.execution_options(**{_WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database."""
        with self._translated(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other program writes beside."""
        with self._translated(), self._writer.begin() as connection:
            yield connection

    def scrub(self) -> None:
        """Write the database anew, so that nothing deleted is left in its free pages."""
        with closing(self._engine.raw_connection()) as connection:
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
        self._engine.dispose()

    def leave(self) -> None:
        """Let go of the connections of the process that this one was forked from."""
        _inherited.append(self._engine.pool)
        self._engine.dispose(close=False)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            if isinstance(error.orig, sqlite3.Error):
                raise explained(error.orig, self._place) from error
            if getattr(error.orig, "sqlstate", None) == _READ_ONLY:
                # Another server may have taken over: connections made from now on lead there.
                self._engine.dispose()
            raise _explained(error, self._place) from error


class PostgresqlReader:
    """A transaction of PostgreSQL that is read by questions in text."""

    dialect = "postgresql"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def driver(self) -> Any:
        """The driver's own connection, for what only it can do."""
        return self._connection.connection.driver_connection

    def rows(self, query: str, **given: Any) -> list[Any]:
        """Return rows, with columns as attributes and in order."""
        found = self._asked(query, given)
        return list(map(row_type(tuple(found.keys())), found))

    def tuples(self, query: str, **given: Any) -> list[Any]:
        """Return rows as plain tuples."""
        return [tuple(row) for row in self._asked(query, given)]

    def column(self, query: str, **given: Any) -> list[Any]:
        """Return the first column of all rows."""
        return list(self._asked(query, given).scalars())

    def value(self, query: str, **given: Any) -> Any:
        """Return the first column of the first row; None if there is no row."""
        return self._asked(query, given).scalar()

    def _asked(self, query: str, given: dict[str, Any]) -> CursorResult[Any]:
        refuse_nul(given.values())
        return self._connection.execute(_statement(query), given)


@lru_cache(maxsize=256)
def _statement(query: str) -> TextClause:
    return text(spelled(query, "postgresql"))


def over(connection: Connection) -> Reader:
    """Return what reads within a transaction of SQLAlchemy."""
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        return SqliteReader(driver)
    return PostgresqlReader(connection)


def sqlite(connection: Callable[[], sqlite3.Connection], place: str) -> Engines:
    """Return the engines of a file to which `connection` makes connections."""
    engine = _sqlite_engine(connection, poolclass=QueuePool, max_overflow=-1)
    return Engines(place, engine, engine)


def scratch() -> Engine:
    """Return an empty private database, in memory while small; it goes when it is disposed of."""
    return _sqlite_engine(lambda: connect("file:?mode=rwc"), poolclass=StaticPool)


def _sqlite_engine(creator: Callable[[], sqlite3.Connection], **pool: Any) -> Engine:
    engine = create_engine("sqlite://", creator=creator, **pool)

    # A transaction that turns from reading to writing fails when somebody else has written
    # since it began, however patient it is: a writer takes its place at the beginning.
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        writes = connection.get_execution_options().get(_WRITES, False)
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "before_cursor_execute", _refuse_nul)
    return engine


def postgresql(address: str, place: str) -> Engines:
    """Return the engines of a database on a server."""
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
    # acknowledged is on the disk, whatever the server does for others. A writer that is frozen
    # must not freeze the others for ever.
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_WRITES, False):
            connection.exec_driver_sql(
                f"SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = '{_TURN_SECONDS}s';"
                f" SELECT pg_advisory_xact_lock({_LOG_LOCK})"
            )

    event.listen(engine, "before_cursor_execute", _refuse_nul)
    return Engines(place, engine, engine.execution_options(isolation_level="REPEATABLE READ"))


def _refuse_nul(*call: Any) -> None:
    """Refuse a NUL in a text that a statement of SQLAlchemy asks for."""
    _, _, _, parameters, _, many = call
    if not many and parameters:
        values = parameters.values() if isinstance(parameters, dict) else parameters
        refuse_nul(value for value in values if type(value) is str)


def chunked(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut `items` into pieces that fit into one statement."""
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]


_READ_ONLY: Final = "25006"
_UNWRITABLE: Final = {
    _READ_ONLY: "it is read-only",
    "42501": "access is denied",
    "53100": "the disk is full",
    "55P03": "another program has locked it",
}


def _explained(error: exc.DBAPIError, place: str) -> StoreError | InvalidInput:
    """Say in our words what an error of PostgreSQL means for the store."""
    state = getattr(error.orig, "sqlstate", None) or ""
    said = _said(error)
    if isinstance(error, exc.DataError):
        return InvalidInput(f"The database refuses a value: {said}.")
    if state in _UNWRITABLE:
        return StoreUnwritable(
            f"The store at {place} cannot be used: {_UNWRITABLE[state]} ({said})."
        )
    # A server did not let us in: there is none, or it is full, or it refuses.
    if isinstance(error, exc.OperationalError) and state[:2] in {"", "08", "28", "3D", "53", "57"}:
        return StoreError(
            f"The store at {place} cannot be reached: {said}.",
            hint="Recording goes on: it waits in the spool until the server answers.",
        )
    if state[:2] in {"XX", "42"} or isinstance(error, exc.IntegrityError):
        return CorruptStore(
            f"The store at {place} is damaged: {said}.",
            hint="`forebear verify` says what is wrong.",
        )
    return StoreError(f"The store at {place} cannot do its work: {said}.")


def _said(error: exc.DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    if len(lines) > 1 and lines[0].startswith("Multiple connection attempts"):
        return lines[-1].lstrip("- ").rstrip(".")
    return lines[0].rstrip(".") if lines else type(error.orig).__name__
