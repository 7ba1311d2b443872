"""DuckDB: what its queries read and make, whether told in SQL or by relations.

Tables of a database file are data by reference; tables in memory are known by what went into
them. It opens files in native code, where the file watcher doesn't see them: what is known of
them comes from the SQL and the arguments.
"""

from __future__ import annotations

import functools
import sys
import weakref
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from forebear.capture.asking import Asked, Database, asked
from forebear.capture.datafiles import data_written
from forebear.capture.integrations._duckdb_rows import columns_of_file, reader_of, selected
from forebear.capture.integrations._duckdb_state import (
    connection_of,
    database_of,
    looked_up,
    query_of,
    state_of,
    uri_of,
)
from forebear.capture.integrations._duckdb_steps import own_sql_of_step, sql_of_step
from forebear.capture.integrations._duckdb_ways import Chosen, way_into_file, way_into_table
from forebear.capture.objects import data_of
from forebear.capture.passing import observe_in_frame, sql_among
from forebear.capture.patching import Call, Patches
from forebear.capture.queries import frame_way, result_read, rows_read, table_written
from forebear.capture.session import Session
from forebear.capture.tracker import Origin
from forebear.engines import tables

__all__ = ["MODULES", "asked_of"]

_ASKING: Final = "sql query from_query execute".split()
_READERS: Final = {
    "read_csv": "read_csv",
    "from_csv_auto": "read_csv",
    "read_parquet": "read_parquet",
    "from_parquet": "read_parquet",
    "read_json": "read_json",
}
_TAKING: Final = "from_df from_arrow".split()
_FRAMES: Final = (
    "df fetchdf fetch_df to_df pl arrow fetch_arrow_table to_arrow_table fetchnumpy torch tf"
).split()
_ROWS: Final = "fetchall fetchone fetchmany to_dicts".split()
_FILES: Final = {
    "to_csv": "csv",
    "write_csv": "csv",
    "to_parquet": "parquet",
    "write_parquet": "parquet",
}
_INTO_TABLES: Final = "create to_table insert_into create_view to_view".split()
_CHANGES: Final = ("insert", "update", "delete", "merge", "load")


def patch(patches: Patches, module: ModuleType) -> None:
    """Observe connections, relations, and the functions that use the default connection."""
    for owner in (module.DuckDBPyConnection, module):
        for name in _ASKING:
            observe_in_frame(patches, owner, name, _after_asked)
        for name in _READERS:
            patches.observe(owner, name, _after_reader)
        for name in _TAKING:
            patches.observe(owner, name, _after_taking)
        for name in (*_FRAMES, *_ROWS):
            patches.observe(owner, name, _after_fetch)
        for name in ("table", "view"):
            patches.observe(owner, name, _after_table)
        for name in ("cursor", "duplicate"):
            patches.observe(owner, name, _after_cursor)
        for name in ("register", "append"):
            patches.observe(owner, name, _after_given)
    _patch_relations(patches, module.DuckDBPyRelation)


def _patch_relations(patches: Patches, relation: type) -> None:
    for name in (*_FRAMES, *_ROWS):
        patches.observe(relation, name, _after_relation)
    for name, format in _FILES.items():
        patches.observe(relation, name, functools.partial(_after_file, format=format))
    for name in _INTO_TABLES:
        patches.observe(relation, name, _after_into_table)
    known = {*_FRAMES, *_ROWS, *_FILES, *_INTO_TABLES, "query"}
    for name, method in list(vars(relation).items()):
        if not name.startswith("_") and name not in known and _is_method(method):
            patches.observe(relation, name, _after_step)
    observe_in_frame(patches, relation, "query", _after_step)


def _is_method(thing: Any) -> bool:
    return callable(thing) and not isinstance(thing, type | classmethod | staticmethod)


# Connections ----------------------------------------------------------------------------------


def _after_cursor(call: Call, result: Any) -> None:
    connection, _ = connection_of(call)
    state_of(call.session).databases[result] = database_of(call.session, connection)


# SQL ------------------------------------------------------------------------------------------


def _after_asked(call: Call, result: Any) -> None:
    connection, _ = connection_of(call)
    sql = sql_among(call.args, call.kwargs)
    if sql is None:
        return
    session = call.session
    query = asked_of(session, connection, sql, call.before or {})
    query.params = _params(call)
    name = f"duckdb.{call.function}"
    if query.action not in ("select", "values", "copy", *_CHANGES):
        state_of(session).catalogue.clear()
    if query.action == "copy":
        _copied(call, connection, query, name)
    elif query.targets:
        _written(call, connection, query, sql, name)
    elif query.action in ("select", "values", "pivot"):
        holder = connection if call.function == "execute" else result
        if holder is not None:
            state_of(session).asked[holder] = query


def asked_of(session: Session, connection: Any, sql: str, variables: Mapping[str, Any]) -> Asked:
    """Return what SQL reads on a connection; `variables` are those of the program it may name."""
    database = database_of(session, connection)

    def resolve(name: str) -> Origin | None:
        known = looked_up(session, connection, name)
        if known is None and name in variables:
            return _of_variable(session, variables[name], name)
        return database.table(session, name, uri_of(known))

    def schema(names: Iterable[str]) -> dict[str, Sequence[str]]:
        found: dict[str, Sequence[str]] = {}
        for name in names:
            known = looked_up(session, connection, name)
            columns = known.columns if known is not None else _columns(variables.get(name))
            columns = columns or columns_of_file(connection, name)
            found |= {name: columns} if columns else {}
        return found

    found = asked(session, sql, "duckdb", resolve, schema=schema, made=database.made)
    found.variables = {name: weakref.ref(one) for name, one in _frames_among(variables)}
    found.variables |= database.frames
    return found


def _params(call: Call) -> Any:
    """Return the parameters that were given with SQL."""
    for name in ("parameters", "params"):
        if name in call.kwargs:
            return call.kwargs[name]
    return next((one for one in call.args[1:] if isinstance(one, list | tuple | dict)), None)


def _frames_among(variables: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the variables that are tables in memory; what is asked of them may be asked again."""
    return [(name, one) for name, one in variables.items() if tables.is_tabular(one)]


def _of_variable(session: Session, thing: Any, name: str) -> Origin | None:
    """Return the origin of a frame, array or relation that SQL calls by its variable."""
    query = query_of(session, thing)
    if query is not None:
        return query.origin("sql")
    return data_of(session, thing, label=name) or session.tracker.get(thing)


def _columns(thing: Any) -> list[str]:
    if not tables.is_tabular(thing):
        return []
    named: Any = getattr(thing, "column_names", None) or getattr(thing, "columns", ())
    return [str(name) for name in named]


class _Stand:
    """Stands for the rows of a query on their way into a file."""


def _copied(call: Call, connection: Any, query: Asked, name: str) -> None:
    rows = Chosen.of(connection, query)
    for target in query.targets:
        format = Path(target).suffix.lstrip(".") or "csv"
        _into_file(call, rows, target, name, format=format)


def _into_file(call: Call, rows: Chosen, target: object, name: str, *, format: str) -> None:
    stand = _Stand()
    way, size = way_into_file(call.session, rows, target, call.function)
    call.session.tracker.bind(stand, way)
    data_written(call, [stand], target, name, format=format, rows=size)


def _written(call: Call, connection: Any, query: Asked, sql: str, name: str) -> None:
    """Record what a statement has made of tables; one that comes again in a loop is told once."""
    database = database_of(call.session, connection)
    if query.action in _CHANGES and not query.origins and not database.first_time(sql):
        return
    rows = Chosen.of(connection, query)
    for target in query.targets:
        known = looked_up(call.session, connection, target)
        database.made.pop(target.lower(), None)
        if query.action == "create" and query.origins and uri_of(known) is None:
            database.made[target.lower()] = query
        adds = query.action in _CHANGES
        way, size = way_into_table(call.session, rows, target, name, adds=adds)
        table_written(
            call,
            database,
            target,
            way,
            name,
            uri=uri_of(known),
            adds=adds,
            size=size,
            attrs=query.attrs(),
        )


# Relations ------------------------------------------------------------------------------------


def _after_reader(call: Call, result: Any) -> None:
    """Remember the files behind a relation."""
    _, rest = connection_of(call)
    given = rest[0] if rest else next(iter(call.kwargs.values()), None)
    files = given if isinstance(given, list | tuple) else [given]
    texts = [str(file) for file in files if isinstance(file, str | Path)]
    listed = ", ".join("'" + text.replace("'", "''") + "'" for text in texts)
    # What options of a reader do to rows is not followed: no function of that name is there.
    alone = len(rest) + len(call.kwargs) == 1
    reader = _READERS[call.function] if alone else "read_files"
    sql = selected("*", f"{reader}([{listed}])")
    state_of(call.session).asked[result] = asked(call.session, sql, "duckdb", lambda name: None)


def _after_taking(call: Call, result: Any) -> None:
    """Remember the frame behind a relation."""
    _, rest = connection_of(call)
    if rest:
        state_of(call.session).asked[result] = _of_frame(call, rest[0], call.label(0, "df") or "df")


def _of_frame(call: Call, frame: Any, name: str) -> Asked:
    connection, _ = connection_of(call)
    sql = selected("*", '"' + name.replace('"', "") + '"')
    return asked_of(call.session, connection, sql, {name: frame})


def _after_table(call: Call, result: Any) -> None:
    connection, rest = connection_of(call)
    if rest and isinstance(rest[0], str):
        sql = selected("*", rest[0])
        state_of(call.session).asked[result] = asked_of(call.session, connection, sql, {})


def _after_given(call: Call, result: Any) -> None:
    """Remember a frame that was put under a name, or whose rows were added to a table."""
    connection, rest = connection_of(call)
    if len(rest) < 2:
        return
    database = database_of(call.session, connection)
    origin = _of_variable(call.session, rest[1], str(rest[0]))
    named = {str(rest[0]): rest[1]}
    state_of(call.session).catalogue.clear()
    if origin is not None and call.function == "register":
        database.tables[str(rest[0]).lower()] = origin
        database.frames |= {name: weakref.ref(one) for name, one in _frames_among(named)}
    elif origin is not None:
        uri = uri_of(looked_up(call.session, connection, str(rest[0])))
        way = frame_way(origin, "append")
        table_written(call, database, str(rest[0]), way, "duckdb.append", uri=uri, adds=True)


def _after_step(call: Call, result: Any) -> None:
    """Follow a relation that was made of others."""
    relation = sys.modules["duckdb"].DuckDBPyRelation
    if not isinstance(result, relation):
        return
    state = state_of(call.session)
    given = [one for one in (*call.args, *call.kwargs.values()) if isinstance(one, relation)]
    known = [query for one in given if (query := state.asked.get(one)) is not None]
    if not known:
        return
    sql = sql_of_step(call.function, known, [one for one in call.args[1:] if one is not None])
    own = own_sql_of_step(call.function, known, [one for one in call.args[1:] if one is not None])
    made = known[0].then(sql, known[1:], own=own)
    if sql is None:
        made.gaps.append(f"The columns of DuckDB's {call.function} were not followed.")
    state.asked[result] = made


def _after_relation(call: Call, result: Any) -> None:
    query = state_of(call.session).asked.get(call.args[0])
    if query is not None:
        names = list(call.args[0].columns) if call.function in _ROWS else []
        connection = _of_relation(call.args[0])
        _fetched(call, query, result, names, Database(None, "duckdb"), connection=connection)


def _of_relation(relation: Any) -> Any:
    """Return the connection behind a relation, the default one where it does not tell."""
    connection = getattr(relation, "_con", None)
    return sys.modules["duckdb"].default_connection() if connection is None else connection


def _after_fetch(call: Call, result: Any) -> None:
    connection, rest = connection_of(call)
    if rest and call.function in ("df", "arrow"):  # duckdb.df(frame) makes a relation of it
        _after_taking(call, result)
        return
    query = state_of(call.session).asked.get(connection)
    if query is not None:
        names = [column[0] for column in connection.description or ()]
        database = database_of(call.session, connection)
        _fetched(call, query, result, names, database, connection=connection)


def _fetched(
    call: Call,
    query: Asked,
    result: Any,
    names: Sequence[str],
    database: Database,
    *,
    connection: Any,
) -> None:
    name, reader = f"duckdb.{call.function}", reader_of(connection, query)
    if call.function in _ROWS:
        rows_read(call, query, result, names, database, name=name, reader=reader)
    else:
        result_read(call, query, result, name, reader=reader)


def _after_file(call: Call, result: Any, *, format: str) -> None:
    query = state_of(call.session).asked.get(call.args[0])
    target, name = call.argument(1, "file_name"), f"duckdb.{call.function}"
    if query is None:
        data_written(call, [_Stand()], target, name, format=format)
    else:
        rows = Chosen(_of_relation(call.args[0]), query, query.own)
        _into_file(call, rows, target, name, format=format)


def _after_into_table(call: Call, result: Any) -> None:
    query = state_of(call.session).asked.get(call.args[0])
    name = call.argument(1, "table_name", "view_name")
    connection = _of_relation(call.args[0])
    state_of(call.session).catalogue.clear()
    table_written(
        call,
        database_of(call.session, connection),
        str(name),
        query.origin(call.function) if query is not None else Origin(),
        f"duckdb.{call.function}",
        uri=uri_of(looked_up(call.session, connection, str(name))),
        adds=call.function == "insert_into",
        attrs=query.attrs() if query is not None else None,
    )


MODULES = {"duckdb": patch}
