"""Asking a SQLite file for columns and numbers of rows, by a connection of our own that only reads.

It sees what is committed; where the program sees something else, the answers differ from what
the program has got, and count for nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from forebear.capture.queryrows import MOST_ROWS, Reader

__all__ = ["sqlite_columns", "sqlite_reader"]

_SCHEME: Final = "sqlite://"


@contextmanager
def _opened(uri: str) -> Iterator[Any]:
    """Open the file at an address for reading; what is locked is not waited for."""
    place = Path(uri.removeprefix(_SCHEME)).as_uri()
    connection = sys.modules["sqlite3"].Connection(f"{place}?mode=ro", timeout=0, uri=True)
    try:
        yield connection
    finally:
        connection.close()


def sqlite_columns(uri: str | None, table: str) -> list[str]:
    """Return the columns of a table; none where it cannot be asked."""
    if uri is None or not uri.startswith(_SCHEME):
        return []
    schema, _, name = table.rpartition(".")
    try:
        with _opened(uri) as connection:
            rows = connection.execute("SELECT name FROM pragma_table_info(?)", (name,)).fetchall()
    except Exception:
        return []
    return [row[0] for row in rows] if schema.lower() in ("", "main") else []


def sqlite_reader(uri: str | None, params: Any) -> Reader | None:
    """Return how to ask the database at an address, with the parameters of a query."""
    if uri is None or not uri.startswith(_SCHEME):
        return None

    def rows(sql: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        with _opened(uri) as connection:
            cursor = connection.execute(sql, _plain(params))
            return [column[0] for column in cursor.description], cursor.fetchall()

    def numbers(table: str) -> Sequence[int] | None:
        chosen = " ".join(["SELECT rowid FROM", table, "ORDER BY rowid LIMIT", str(MOST_ROWS + 1)])
        with _opened(uri) as connection:
            found = [row[0] for row in connection.execute(chosen)]
        return found if len(found) <= MOST_ROWS else None

    def alike(one: str, two: str) -> bool:
        with _opened(uri) as connection:
            plans = [
                connection.execute(" ".join(["EXPLAIN QUERY PLAN", sql]), _plain(params)).fetchall()
                for sql in (one, two)
            ]
        # An index that covers a query gives its rows in the order of one that does not.
        one_plan, two_plan = ([row[3].replace("COVERING ", "") for row in plan] for plan in plans)
        return one_plan == two_plan

    return Reader(rows, numbers, alike, "sqlite")


def _plain(params: Any) -> Any:
    return () if params is None else params if isinstance(params, dict) else tuple(params)
