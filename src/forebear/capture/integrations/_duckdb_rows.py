"""Asking DuckDB for columns and numbers of rows, by a cursor of its own that only reads.

So the open result of the program's connection is left alone.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from forebear.capture.asking import Asked
from forebear.capture.datafiles import places_of
from forebear.capture.queryrows import MOST_ROWS, Reader

__all__ = ["Known", "columns_of_file", "in_catalogue", "is_small", "reader_of", "selected"]


class Known(NamedTuple):
    """A table or view in the catalogue: its database's file, if it has one, and its columns."""

    path: str | None
    columns: list[str]


def in_catalogue(connection: Any, name: str) -> Known | None:
    *before, table = name.split(".")
    cursor: Any = connection.cursor()
    try:
        rows = cursor.execute(
            "SELECT d.path, c.database_name, c.schema_name, c.column_name FROM duckdb_columns() c"
            " JOIN duckdb_databases() d USING (database_name)"
            " WHERE lower(c.table_name) = ? AND NOT c.internal ORDER BY c.column_index",
            [table.lower()],
        ).fetchall()
    finally:
        cursor.close()
    wanted = {word.lower() for word in before}
    fitting = [row for row in rows if wanted <= {str(row[1]).lower(), str(row[2]).lower()}]
    return Known(fitting[0][0], [row[3] for row in fitting]) if fitting else None


def columns_of_file(connection: Any, name: str) -> list[str]:
    """Return the columns of a file on this machine, as DuckDB reads it without being told how."""
    if not any(isinstance(place, Path) and place.is_file() for place in places_of(name)):
        return []
    cursor = connection.cursor()
    try:
        quoted = name.replace("'", "''")
        rows = cursor.execute(" ".join(["DESCRIBE", selected("*", f"'{quoted}'")])).fetchall()
    except Exception:  # it is not for us to say
        return []
    finally:
        cursor.close()
    return [row[0] for row in rows]


def reader_of(connection: Any, query: Asked) -> Reader:
    """Return how to ask a connection once more, by a cursor of its own."""
    alive = {name: one for name, ref in query.variables.items() if (one := ref()) is not None}

    def ask(sql: str, params: Any = None, cursor: Any = None) -> Any:
        # DuckDB looks for variables in the frame that calls it.
        cursor = connection.cursor() if cursor is None else cursor
        frame = {**alive, "_forebear": (cursor, sql, params)}
        return eval(_CALL, frame)  # noqa: S307  our own words

    def rows(sql: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        cursor = ask(sql, query.params)
        return [column[0] for column in cursor.description], cursor.fetchall()

    def numbers(table: str) -> Sequence[int] | None:
        if not _is_near(query) or any(ask(_FAR).fetchone()):
            return None
        (size,) = ask(" ".join(["SELECT count(*) FROM", table])).fetchone()
        return range(size) if size <= MOST_ROWS else None

    def figures(sql: str, seconds: float) -> Sequence[int] | None:
        if not _is_here(query) or any(ask(_FAR).fetchone()):
            return None
        cursor = connection.cursor()
        watch = threading.Timer(seconds, cursor.interrupt)
        watch.daemon = True
        watch.start()
        try:
            found: Sequence[int] = ask(sql, query.params, cursor).fetchone()
            return found
        finally:
            watch.cancel()
            cursor.close()

    def alike(one: str, two: str) -> bool:
        # It keeps the order of rows where it joins and groups nothing.
        return not any(word in two.lower() for word in (" join ", "group by", "sample"))

    return Reader(rows, numbers, alike, "duckdb", figures)


def _is_near(query: Asked) -> bool:
    """Tell whether all files that a query reads are small, and on this machine."""
    return _is_here(query) and sum(one.stat().st_size for one in _files(query)) <= _LARGEST


def _is_here(query: Asked) -> bool:
    """Tell whether all files that a query reads are on this machine."""
    return len(_files(query)) == sum(len(places_of(file)) for file in query.lineage.files)


def _files(query: Asked) -> list[Path]:
    places = [place for file in query.lineage.files for place in places_of(file)]
    return [place for place in places if isinstance(place, Path) and place.is_file()]


def is_small(place: Path) -> bool:
    """Tell whether a file can be read at once without the program's noticing."""
    return place.is_file() and place.stat().st_size <= _LARGEST


_LARGEST: Final = 64 << 20
_FAR: Final = (
    "SELECT (SELECT count(*) FROM duckdb_databases() WHERE NOT internal AND type <> 'duckdb'),"
    " (SELECT count(*) FROM duckdb_views() WHERE NOT internal AND contains(sql, '://'))"
)
"""Databases and views that lie elsewhere: to ask them again may take long, and cost."""
_CALL: Final = compile("_forebear[0].execute(_forebear[1], _forebear[2])", "<forebear>", "eval")


def selected(what: str, source: str) -> str:
    """Return a query, to be read only: nothing executes it."""
    return " ".join(["SELECT", what, "FROM", source])
