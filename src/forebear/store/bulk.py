"""Many rows at once, in and out, with as little as possible between us and the driver.

SQLAlchemy Core builds a dictionary of parameters for each row and a parameter for each value of
an IN, which takes longer than the database itself. The statements here are text, made once for
each table: SQLite's driver runs a prepared INSERT over tuples, PostgreSQL takes whole columns as
arrays.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    ClauseElement,
    Column,
    Connection,
    Double,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg

from forebear.store.reading import row_type

__all__ = ["insert", "insert_earliest", "matching", "run"]

_ARRAYS: Final = (
    (SmallInteger, "smallint"),
    (BigInteger, "bigint"),
    (Integer, "integer"),
    (Boolean, "boolean"),
    (Double, "double precision"),
    (LargeBinary, "bytea"),
)


def insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, each of which has a value for every column."""
    if rows:
        _write(connection, _insertion(table, _dialect(connection)), list(map(_tuple(table), rows)))


def insert_earliest(
    connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Insert rows, keeping of those with one primary key the one with the lowest `seq`."""
    key = itemgetter(*(column.name for column in table.primary_key.columns))
    first: dict[Any, Mapping[str, Any]] = {}
    for row in rows:
        known = first.setdefault(key(row), row)
        if row["seq"] < known["seq"]:
            first[key(row)] = row
    if first:
        dialect = _dialect(connection)
        statement = _insertion(table, dialect) + _unless_later(table, dialect)
        _write(connection, statement, list(map(_tuple(table), first.values())))


def run(connection: Connection, make: Callable[[str], ClauseElement], **given: Any) -> None:
    """Run a statement that `make` makes for a dialect, and that is compiled only once."""
    statement, constants = _compiled(make, _dialect(connection))
    values = {**constants, **given}
    if connection.dialect.name == "sqlite":
        _driver(connection).execute(statement, values)
    else:
        connection.exec_driver_sql(statement, values)


def matching(
    connection: Connection, column: Column[Any], keys: Collection[Any], *wanted: Column[Any]
) -> Sequence[Any]:
    """Select columns of the rows in which `column` has one of the values `keys`."""
    if not keys:
        return ()
    statement = _selection(column, wanted, _dialect(connection))
    if connection.dialect.name != "sqlite":
        return connection.exec_driver_sql(statement, (list(keys),)).all()
    make = row_type(tuple(one.name for one in wanted))
    found = _driver(connection).execute(statement, (msgspec.json.encode(list(keys)).decode(),))
    return list(map(make, found))


def _write(connection: Connection, statement: str, rows: list[tuple[Any, ...]]) -> None:
    if connection.dialect.name == "sqlite":
        _driver(connection).executemany(statement, rows)
    else:
        connection.exec_driver_sql(statement, tuple(map(list, zip(*rows, strict=True))))


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _dialect(connection: Connection) -> str:
    return connection.dialect.name


@lru_cache(maxsize=64)
def _tuple(table: Table) -> itemgetter[Any]:
    return itemgetter(*(column.name for column in table.columns))


@lru_cache(maxsize=64)
def _insertion(table: Table, dialect: str) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    if dialect == "sqlite":
        values = ", ".join("?" for _ in table.columns)
        return f'INSERT INTO "{table.name}" ({names}) VALUES ({values})'  # noqa: S608
    arrays = ", ".join(f"%b::{_array(column)}[]" for column in table.columns)
    return f'INSERT INTO "{table.name}" ({names}) SELECT * FROM unnest({arrays})'  # noqa: S608


@lru_cache(maxsize=64)
def _unless_later(table: Table, dialect: str) -> str:
    key = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    # SQLite would read the ON of a SELECT as that of a join, but VALUES has no such trouble.
    return (
        f" ON CONFLICT ({key}) DO UPDATE SET seq = excluded.seq"
        f' WHERE excluded.seq < "{table.name}".seq'
    )


@lru_cache(maxsize=64)
def _compiled(make: Callable[[str], ClauseElement], dialect: str) -> tuple[str, dict[str, Any]]:
    """Return the text of a statement, and the values that it brings itself."""
    make_dialect: Any = sqlite.dialect if dialect == "sqlite" else psycopg.dialect
    style = "named" if dialect == "sqlite" else "pyformat"
    compiled: Any = make(dialect).compile(dialect=make_dialect(paramstyle=style))
    constants = {name: one.value for name, one in compiled.binds.items() if not one.required}
    return str(compiled), constants


@lru_cache(maxsize=64)
def _selection(column: Column[Any], wanted: tuple[Column[Any], ...], dialect: str) -> str:
    names = ", ".join(f'"{one.name}"' for one in wanted)
    table = f'"{column.table.name}"'
    if dialect == "sqlite":
        chosen = f'"{column.name}" IN (SELECT value FROM json_each(?))'  # noqa: S608
    else:
        chosen = f'"{column.name}" = ANY(%s::{_array(column)}[])'
    return f"SELECT {names} FROM {table} WHERE {chosen}"  # noqa: S608


def _array(column: Column[Any]) -> str:
    return next((word for kind, word in _ARRAYS if isinstance(column.type, kind)), "text")
