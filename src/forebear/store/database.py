"""A database: its transactions, for reading and for writing, and its errors in our words."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from forebear.core.addresses import without_password
from forebear.core.errors import CorruptStore, InvalidInput
from forebear.store.reading import Reader
from forebear.store.sqlite import SqliteFile, explained

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from forebear.store.engine import Engines

__all__ = ["Database"]


class Database:
    """One database: `reading` and `writing` are its transactions, `place` is what it is called.

    May be used from several threads, and in a child after a fork. Errors of the driver come
    out as `StoreError`s. SQLAlchemy is imported for PostgreSQL, and for SQLite when somebody
    writes.
    """

    def __init__(self, location: Path | str) -> None:
        self._file: SqliteFile | None = None
        self._engines: Engines | None = None
        if isinstance(location, Path):
            self.place = str(location)
            self._file = SqliteFile(location)
        else:
            from forebear.store import engine

            self.place = without_password(location)
            self._engines = engine.postgresql(location, self.place)
        self._lock = threading.Lock()
        self._pid = os.getpid()

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A transaction that sees one state of the database, whatever others write meanwhile."""
        self._after_fork()
        if self._file is not None:
            with self._translated(), self._file.reading() as reader:
                yield reader
        else:
            from forebear.store.engine import over

            with self.inspecting() as connection:
                yield over(connection)

    @contextmanager
    def inspecting(self) -> Iterator[Connection]:
        """The same for those who look at tables as such, by SQLAlchemy."""
        self._after_fork()
        engines = self._made()
        with self._translated(), engines.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction alone in writing; what it did is durable when it has ended well."""
        self._after_fork()
        engines = self._made()
        with self._translated(), self._lock, engines.writing() as connection:
            yield connection

    def scrub(self) -> None:
        """Write the database anew, so that nothing deleted is left in its free pages."""
        self._after_fork()
        engines = self._made()
        with self._translated(), self._lock:
            engines.scrub()

    def close(self) -> None:
        """Close the connections."""
        self._after_fork()
        if self._file is not None:
            self._file.close()
        if self._engines is not None:
            self._engines.close()

    def __del__(self) -> None:
        # Python 3.13 warns of connections that are left to the garbage collector.
        with suppress(Exception):
            self.close()

    def _made(self) -> Engines:
        with self._lock:
            if self._engines is None:
                from forebear.store import engine

                assert self._file is not None
                self._engines = engine.sqlite(self._file.connect, self.place)
            return self._engines

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise explained(error, self.place) from error
        except OverflowError as error:
            raise InvalidInput("A number of more than 64 bits has no place in a store.") from error
        except UnicodeDecodeError as error:
            raise CorruptStore(
                f"The store at {self.place} is damaged: it holds a text that is none.",
                hint="`forebear verify` says what is wrong.",
            ) from error
        except UnicodeEncodeError as error:
            raise InvalidInput(
                "A text that is no valid Unicode has no place in a store."
            ) from error
        except msgspec.MsgspecError as error:
            raise CorruptStore(
                f"The store at {self.place} holds a row that cannot be read: {error}.",
                hint="`forebear verify` says what is wrong.",
            ) from error

    def _after_fork(self) -> None:
        if self._pid != os.getpid():
            if self._file is not None:
                self._file.leave()
            if self._engines is not None:
                self._engines.leave()
            self._lock = threading.Lock()
            self._pid = os.getpid()
