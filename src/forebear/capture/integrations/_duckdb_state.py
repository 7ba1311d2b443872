"""What one session knows of DuckDB: its connections, their databases, and open queries."""

from __future__ import annotations

import sys
import weakref
from pathlib import Path
from typing import Any

from forebear.capture.asking import Asked, Database
from forebear.capture.integrations._duckdb_rows import Known, in_catalogue
from forebear.capture.patching import Call
from forebear.capture.session import Session

__all__ = ["State", "connection_of", "database_of", "looked_up", "query_of", "state_of", "uri_of"]

_STATES: weakref.WeakKeyDictionary[Session, State] = weakref.WeakKeyDictionary()


class State:
    """What one session knows of DuckDB: the databases of connections, and open queries."""

    def __init__(self) -> None:
        self.databases: weakref.WeakKeyDictionary[Any, Database] = weakref.WeakKeyDictionary()
        self.asked: weakref.WeakKeyDictionary[Any, Asked] = weakref.WeakKeyDictionary()
        self.catalogue: dict[tuple[int, str], Known | None] = {}


def state_of(session: Session) -> State:
    """Return what a session knows."""
    return _STATES.setdefault(session, State())


def connection_of(call: Call) -> tuple[Any, tuple[Any, ...]]:
    """Return the connection of a call, the default one where none is given, and the rest."""
    duckdb = sys.modules["duckdb"]
    first = call.args[0] if call.args else None
    if isinstance(first, duckdb.DuckDBPyConnection):
        return first, call.args[1:]
    given = call.kwargs.get("connection")
    return (given if given is not None else duckdb.default_connection()), call.args


def database_of(session: Session, connection: Any) -> Database:
    """Return the database of a connection."""
    return state_of(session).databases.setdefault(connection, Database(None, "duckdb"))


def looked_up(session: Session, connection: Any, name: str) -> Known | None:
    """Return what the catalogue says of a table or view; asked once until it is changed.

    A cursor of its own leaves the open result of the program's connection alone.
    """
    known = state_of(session).catalogue
    key = (id(database_of(session, connection)), name.lower())
    if key not in known:
        known[key] = in_catalogue(connection, name)
    return known[key]


def uri_of(known: Known | None) -> str | None:
    """Return by what address a table's database is known, None for one in memory."""
    return f"duckdb://{Path(known.path).absolute()}" if known is not None and known.path else None


def query_of(session: Session, thing: Any) -> Asked | None:
    """Return the query whose result this is, None where it is none."""
    try:
        return state_of(session).asked.get(thing)
    except TypeError:  # cannot be watched
        return None
