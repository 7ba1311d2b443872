"""SQL databases: what programs say in SQL, and what `sql_frames` hands on of pandas and polars.

A table is data by reference. Rows that come as Python values are not followed: the run is said
to have used the table, and frames made of them are tied to it as `inferred`.
"""

from __future__ import annotations

import os
import re
import sys
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any, Final
from urllib.parse import parse_qsl

from forebear.capture.asking import Asked, Database, asked
from forebear.capture.datafiles import remember_read
from forebear.capture.flows import flow_of, operations_of
from forebear.capture.integrations._duckdb_rows import reader_of
from forebear.capture.integrations._sqlite_rows import sqlite_columns, sqlite_reader
from forebear.capture.integrations.duckdb_ import asked_of
from forebear.capture.objects import data_of
from forebear.capture.patching import Call, Patches
from forebear.capture.queries import frame_way, result_read, table_written
from forebear.capture.queryrows import Reader
from forebear.capture.session import Session, active, guarded
from forebear.capture.tracker import Origin
from forebear.core.clock import now
from forebear.core.events import Flow, Link
from forebear.core.warehouses import database_uri, host_and_port

__all__ = [
    "MODULES",
    "after_pandas_read",
    "after_pandas_write",
    "after_polars_read",
    "after_polars_write",
    "opened",
    "read_by",
    "whole_table",
]

_DIALECTS: Final = {"postgresql": "postgres", "mssql": "tsql", "awsathena": "athena"}
"""Databases that sqlglot calls otherwise than addresses do."""
_DRIVERS: Final = {
    "mysql": ("mysql", "server_host", "server_port", "database"),
    "pyathena": ("awsathena", "region_name", "", "catalog_name", "schema_name"),
    "pymysql": ("mysql", "host", "port", "db"),
    "snowflake": ("snowflake", "host", "", "database", "schema"),
    "trino": ("trino", "host", "port", "catalog", "schema"),
}
"""Drivers by their packages: of what kind the database is, and which attributes of a connection
say its host, port, database (or catalog) and schema."""
_KEY_LENGTH: Final = 1000
_MOST_STATEMENTS: Final = 1000
_VALUES: Final = re.compile(r"[xX]?'(?:[^']|'')*+'?|\b\d[\w.+\-]*+|\bNULL\b")
_ENGINES: weakref.WeakKeyDictionary[Any, Database] = weakref.WeakKeyDictionary()
_SQLITE: dict[int, Database] = {}
"""SQLite databases in memory, by the identity of connections, which cannot be watched."""


def patch_sqlite(patches: Patches, module: ModuleType) -> None:
    """Observe connections of the program's own; SQLite then tells of the statements."""
    patches.observe(module, "connect", _after_connect)


def patch_sqlalchemy(patches: Patches, module: ModuleType) -> None:
    """Observe what is executed on SQLAlchemy's connections."""
    for name in ("execute", "exec_driver_sql", "scalar", "scalars"):
        patches.observe(module.Connection, name, partial(_after_execute, position=1))


def patch_psycopg(patches: Patches, module: ModuleType) -> None:
    """Observe what is executed on cursors of psycopg."""
    patches.observe(module.Cursor, "execute", partial(_after_execute, position=1))


# Databases ------------------------------------------------------------------------------------


def _database(session: Session, connection: Any) -> Database | None:
    """Return the database behind a URL, connection, cursor or engine; None for our own store."""
    if isinstance(connection, Database):
        return connection
    if isinstance(connection, str):
        return _by_url(connection)
    engine = getattr(connection, "engine", None)
    if engine is None and hasattr(connection, "get_bind"):
        engine = getattr(connection.get_bind(), "engine", None)
    if engine is not None and hasattr(engine, "url"):
        found = _ENGINES.get(engine)
        if found is None:
            found = _ENGINES[engine] = _by_parts(engine.url)
        return None if _is_ours(session, found) else found
    if isinstance(connection, getattr(sys.modules.get("sqlite3"), "Connection", ())):
        return _of_sqlite(connection)
    return _of_driver(getattr(connection, "connection", connection))


def _by_url(url: str) -> Database:
    sqlalchemy = sys.modules.get("sqlalchemy.engine")
    if sqlalchemy is not None:
        return _by_parts(sqlalchemy.make_url(url))
    scheme, _, rest = url.partition("://")
    whole, _, options = rest.partition("?")
    where = whole.rpartition("@")[2]
    backend = scheme.partition("+")[0]
    if backend in ("sqlite", "duckdb"):
        return Database(_file_uri(backend, where.removeprefix("/")), backend)
    place, _, database = where.partition("/")
    host, port = host_and_port(place)
    return opened(backend, host, port, database, dict(parse_qsl(options)))


def _by_parts(url: Any) -> Database:
    backend = url.get_backend_name()
    if backend in ("sqlite", "duckdb"):
        return Database(_file_uri(backend, url.database), backend)
    return opened(backend, url.host, url.port, url.database, url.query)


def opened(
    backend: str, host: Any, port: Any, database: Any, options: Mapping[str, object]
) -> Database:
    """Return the database that a program opens so; one behind a socket is on this machine."""
    if str(host or "").startswith("/"):
        host = "localhost"
    uri = database_uri(backend, host, port, database, options)
    scheme = uri.partition("://")[0]
    return Database(uri, _DIALECTS.get(scheme, scheme))


def _of_driver(connection: Any) -> Database:
    """Return the database behind a connection of a driver, as its attributes tell."""
    info: Any = getattr(connection, "info", None)
    if hasattr(info, "dbname"):
        return opened("postgresql", info.host, info.port, info.dbname, {})
    known = _DRIVERS.get(type(connection).__module__.partition(".")[0])
    if known is None:
        return Database(None, None)
    backend, *names = known
    host, port, *within = (getattr(connection, name, None) for name in names)
    if backend == "awsathena":
        host = f"athena.{host}.amazonaws.com"
    parts = [one.decode() if isinstance(one, bytes) else str(one or "") for one in within]
    options = {"catalog_name": parts.pop(0)} if backend == "awsathena" else {}
    return opened(backend, host, port, "/".join(parts).rstrip("/"), options)


def _file_uri(backend: str, path: str | None) -> str | None:
    if not path or path == ":memory:" or "mode=memory" in path:
        return None
    return f"{backend}://{os.path.realpath(path.removeprefix('file:').partition('?')[0])}"


def _is_ours(session: Session, database: Database) -> bool:
    store = session.config.store.url
    ours = {_file_uri("sqlite", str(session.folder / "ledger.db"))}
    ours |= {_by_url(store).uri} if store else set()
    return database.uri is not None and database.uri in ours


def _of_sqlite(connection: Any) -> Database:
    cursor = connection.cursor()
    cursor.row_factory = None
    path = cursor.execute("PRAGMA database_list").fetchall()[0][2]
    uri = _file_uri("sqlite", path)
    return (
        Database(uri, "sqlite")
        if uri
        else _SQLITE.setdefault(id(connection), Database(None, "sqlite"))
    )


# Frames ---------------------------------------------------------------------------------------


def after_pandas_read(call: Call, result: Any) -> None:
    """Record what pandas has read of a database."""
    connection = call.argument(1, "con")
    sql = call.argument(0, "sql", "table_name")
    schema = call.kwargs.get("schema")
    name = f"pandas.{call.function}"
    if call.function == "read_sql_table" or (isinstance(sql, str) and not sql.strip().count(" ")):
        sql = whole_table(f"{schema}.{sql}" if schema else str(sql))
    read_by(call, connection, str(sql), result, name)


def after_polars_read(call: Call, result: Any) -> None:
    """Record what polars has read of a database."""
    connection = call.argument(1, "connection", "uri")
    read_by(call, connection, str(call.argument(0, "query")), result, f"polars.{call.function}")


def whole_table(table: str, quote: str = '"') -> str:
    """Return a query of a table, to be read only: nothing executes it."""
    parts = (f"{quote}{part}{quote}" for part in table.split("."))
    return " ".join(["SELECT * FROM", ".".join(parts)])


def read_by(call: Call, connection: Any, sql: str, result: Any, name: str) -> None:
    """Record what was read by a connection (or its URL, or the database), and came as `result`."""
    session = call.session
    query = _query(session, connection, sql)
    if query is None:
        return
    if hasattr(result, "__next__"):
        query.gaps.append(f"The parts in which {name} gave its result were not followed.")
    query.params = call.kwargs.get("params", query.params)
    result_read(
        call,
        query,
        result,
        name,
        params={"chunks": True} if query.gaps else None,
        reader=_reader(session, connection, query),
    )


def _query(session: Session, connection: Any, sql: str) -> Asked | None:
    duckdb = sys.modules.get("duckdb")
    if duckdb is not None and isinstance(connection, duckdb.DuckDBPyConnection):
        found: Asked = asked_of(session, connection, sql, {})
        return found
    database = _database(session, connection)
    if database is None:
        return None

    def resolve(name: str) -> Any:
        return database.table(session, name)

    def schema(names: Iterable[str]) -> dict[str, Sequence[str]]:
        return {name: found for name in names if (found := sqlite_columns(database.uri, name))}

    return asked(session, sql, database.dialect, resolve, schema=schema, made=database.made)


def _reader(session: Session, connection: Any, query: Asked) -> Reader | None:
    """Return how to ask the database once more, where that is cheap."""
    duckdb = sys.modules.get("duckdb")
    if duckdb is not None and isinstance(connection, duckdb.DuckDBPyConnection):
        found: Reader = reader_of(connection, query)
        return found
    database = _database(session, connection)
    return sqlite_reader(database.uri, query.params) if database is not None else None


def after_pandas_write(call: Call, result: Any) -> None:
    """Record what pandas has written to a database."""
    schema = call.kwargs.get("schema")
    table = str(call.argument(1, "name"))
    adds = call.kwargs.get("if_exists") == "append"
    _write(call, call.argument(2, "con"), f"{schema}.{table}" if schema else table, adds)


def after_polars_write(call: Call, result: Any) -> None:
    """Record what polars has written to a database."""
    adds = call.kwargs.get("if_table_exists") == "append"
    _write(call, call.argument(2, "connection"), str(call.argument(1, "table_name")), adds)


def _write(call: Call, connection: Any, table: str, adds: bool) -> None:
    session = call.session
    database = _database(session, connection)
    site = call.site
    origin = data_of(session, call.args[0], label=(site.receiver if site else "") or "data")
    if database is None or origin is None:
        return
    name = f"{type(call.args[0]).__name__}.{call.function}"
    way = frame_way(origin, call.function)
    table_written(call, database, table, way, name, adds=adds, size=len(call.args[0]))


# Statements -----------------------------------------------------------------------------------


def _after_execute(call: Call, result: Any, *, position: int) -> None:
    """Tell what a statement reads and writes, and where its result comes from."""
    statement = call.argument(position, "statement", "query")
    database = _database(call.session, call.args[0])
    if statement is None or database is None:
        return
    query = _told(call.session, database, str(statement), f"{_library(call)}.execute")
    if query is not None and query.origins and result is not None:
        call.session.tracker.bind(result, query.origin("sql"))


def _library(call: Call) -> str:
    return type(call.args[0]).__module__.partition(".")[0]


def _told(session: Session, database: Database, sql: str, name: str) -> Asked | None:
    """Record what a statement reads and writes, once for each place and text."""

    def resolve(table: str) -> Any:
        return database.table(session, table)

    query = asked(session, sql, database.dialect, resolve, made=database.made)
    for origin in query.origins:
        for source in origin.sources():
            remember_read(session, source.artifact or "")
            if not query.targets:
                session.used(source.artifact or "", "input")
    for target in query.targets:
        if database.first_time(f"{target} {bool(query.origins)}"):
            _changed(session, database, target, query, name)
    return query


def _changed(session: Session, database: Database, table: str, query: Asked, name: str) -> None:
    """Record that a statement has made or changed a table."""
    if query.action == "delete":
        return
    links = query.links()
    way = query.origin(name, tuple(query.lineage.columns))
    if not links and query.action != "create":
        links = [Link(artifact=one, role="input", evidence="inferred") for one in session.leaves()]
    written = database.table(session, table, mode="write")
    if written is None:
        way.exact = bool(query.origins)
        database.tables[table.lower()] = way
        return
    if not links:
        return
    if not query.origins:
        session.gap(f"What went into the table {table} was not seen.", written.artifact)
    session.step(
        "transform",
        name,
        started=now(),
        used=[link for link in links if link.artifact != written.artifact],
        generated=[Link(artifact=written.artifact or "")],
        operations=operations_of(session, way.operations) if query.origins else [],
        flows=[_flow(session, written.artifact or "", way)] if query.origins else [],
        attrs=query.attrs(),
    )


def _flow(session: Session, artifact: str, way: Origin) -> Flow:
    sources = [one for one in way.parents if one.artifact != artifact]
    return flow_of(session, artifact, way, sources, rows=0)


def _after_connect(call: Call, result: Any) -> None:
    """Let SQLite tell of the statements on a connection that the program has opened itself."""
    _SQLITE.pop(id(result), None)
    if not call.direct or call.kwargs.get("factory") is not None:
        return
    database = _of_sqlite(result)
    if not _is_ours(call.session, database):
        result.set_trace_callback(_listener(database))


def _listener(database: Database) -> Callable[[str], None]:
    told: set[str] = set()

    def listen(sql: str) -> None:
        # The text holds the values of parameters: what differs only there is one statement.
        key = _VALUES.sub("?", sql[:_KEY_LENGTH])
        session = active()
        if session is None or key in told or session.opened_inside is not None:
            return
        if len(told) >= _MOST_STATEMENTS:
            session.gap_once("What further statements on a SQLite database did was not seen.")
            return
        if session.is_own_thread() or sql.startswith(("PRAGMA", "BEGIN", "COMMIT", "--")):
            return
        told.add(key)
        with session.own_work():
            tell(session, sql)

    @guarded
    def tell(session: Session, sql: str) -> None:
        _told(session, database, sql, "sqlite3.execute")

    return listen


MODULES = {
    "sqlite3": patch_sqlite,
    "sqlalchemy": patch_sqlalchemy,
    "psycopg": patch_psycopg,
}
