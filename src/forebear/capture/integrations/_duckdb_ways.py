"""How the result of a query went into a table or file that DuckDB has written itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

from forebear.capture.asking import Asked
from forebear.capture.datafiles import place_of
from forebear.capture.integrations._duckdb_rows import (
    columns_of_file,
    is_small,
    reader_of,
    selected,
)
from forebear.capture.integrations._duckdb_state import looked_up
from forebear.capture.queryrows import MOST_ROWS, Values, grouped, relations
from forebear.capture.session import Session
from forebear.capture.tracker import Origin
from forebear.engines.sql_rows import selected_in

__all__ = ["Chosen", "way_into_file", "way_into_table"]


class Chosen(NamedTuple):
    """The rows that a query chooses on a connection; `sql` is what gives them, where known."""

    connection: Any
    query: Asked
    sql: str | None

    @classmethod
    def of(cls, connection: Any, query: Asked) -> Self:
        """Return what the SELECT in a statement chooses."""
        return cls(connection, query, selected_in(query.own or "", "duckdb"))


def way_into_table(
    session: Session, rows: Chosen, table: str, name: str, *, adds: bool
) -> tuple[Origin, int]:
    """Return the way of rows into a table, and how many it has got."""
    known = looked_up(session, rows.connection, table)
    names = known.columns if known is not None else []
    if adds or rows.sql is None or not names:
        columns = rows.query.lineage.columns
        return rows.query.origin(name, names if not adds else tuple(columns)), 0
    way, size = _followed(session, rows, table, names, name, called=names)
    return way, size or 0


def way_into_file(session: Session, rows: Chosen, target: object, name: str) -> tuple[Origin, int]:
    """Return the way of rows into a file, and how many it has got: -1 where that was not seen."""
    place = place_of(target)
    if rows.sql is None or not isinstance(place, Path) or not place.is_file():
        return rows.query.origin(name), -1
    columns = columns_of_file(rows.connection, str(place)) if is_small(place) else []
    where = "'" + str(place).replace("'", "''") + "'"
    way, size = _followed(session, rows, where, columns, name)
    return way, -1 if size is None else size


def _followed(
    session: Session,
    rows: Chosen,
    where: str,
    columns: Sequence[str],
    name: str,
    *,
    called: Sequence[str] = (),
) -> tuple[Origin, int | None]:
    """Return the way of rows to `where` they lie now, and how many it has where that was seen.

    Args:
        where: a table, or a file in quotes.
        columns: there; none where there is too much to be looked at.
        called: what the columns of the result are called from now on.
    """
    reader = reader_of(rows.connection, rows.query)
    size: int | None = None

    def values() -> Values | None:
        nonlocal size
        limit = str(MOST_ROWS + 1)
        _, found = reader.rows(" ".join([selected("*", where), "LIMIT", limit]))
        if len(found) > MOST_ROWS:
            return None
        size = len(found)
        return [[row[at] for row in found] for at in range(len(columns))]

    chosen = rows.sql or ""
    ways = relations(session, chosen, values if columns else _nothing, reader, "duckdb")
    ways = ways if size is not None else {}
    groups = grouped(session, chosen, reader) if not ways else None
    return rows.query.origin(name, called, ways, size, groups), size


def _nothing() -> None:
    """Nothing can be compared."""
