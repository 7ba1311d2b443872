"""The rows of a store that cannot be made again from others: out of it, and into an empty one.

These are the events with the times at which they were recorded, what was refused, and what a
server knows of people. All other tables are projections, and made again.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, LargeBinary, Table, func, select, update

from forebear.core.errors import Conflict, Unreadable
from forebear.core.merkle import Frontier, leaf_hash
from forebear.core.rows import Head
from forebear.store import bulk, ledger, schema
from forebear.store.database import Database
from forebear.store.engine import over

__all__ = ["TABLES", "load", "save"]

Row = dict[str, Any]

_KEPT: Final = (
    schema.event,
    schema.refusal,
    schema.account,
    schema.member,
    schema.token,
    schema.access,
    schema.intake,
    schema.sighting,
)
TABLES: Final = tuple(table.name for table in _KEPT)
"""The names of the tables, those that others refer to first."""
_BATCH: Final = 1000


def save(database: Database, write: Callable[[str, Iterator[bytes]], None]) -> Head:
    """Give the rows of each table to `write`, a line of JSON each, and return how far they reach.

    All of them are of one moment, whatever is written meanwhile.
    """
    with database.inspecting() as connection:
        head = ledger.read_head(over(connection))
        for table in _KEPT:
            write(table.name, _lines(connection, table))
    return head


def load(
    database: Database,
    lines: Callable[[str], Iterable[bytes]],
    rebuild: Callable[[Connection], None],
) -> Head:
    """Write rows into an empty store and make its projections, all or nothing.

    Raises:
        Conflict: the store is not empty.
        Unreadable: the rows are none of this schema, or the events are not what was recorded.
    """
    with database.writing() as connection:
        _check_empty(connection)
        frontier, recorded, clock = Frontier(), 0, b""
        for table in _KEPT:
            rows = _rows(lines(table.name), table)
            while batch := list(islice(rows, _BATCH)):
                if table is schema.event:
                    recorded, clock = _followed(frontier, clock, batch)
                bulk.insert(connection, table, batch)
        connection.execute(
            update(schema.head).values(
                size=frontier.size,
                root=frontier.root(),
                frontier=frontier.to_bytes(),
                recorded=recorded,
                clock=clock,
            )
        )
        rebuild(connection)
        return ledger.read_head(over(connection))


def _check_empty(connection: Connection) -> None:
    for table in _KEPT:
        if connection.scalar(select(func.count()).select_from(table)):
            raise Conflict(
                f"There is something in this store already ({table.name}s).",
                hint="Restore into a new one: --store FOLDER, or an empty database.",
            )


def _followed(frontier: Frontier, clock: bytes, rows: Iterable[Row]) -> tuple[int, bytes]:
    """Let a frontier grow by events; return when the last was recorded, and all times bound."""
    recorded = 0
    for row in rows:
        if row["seq"] != frontier.size + 1 or row["leaf"] != leaf_hash(row["body"]):
            raise Unreadable(f"Event {frontier.size + 1} of the backup is not what was recorded.")
        frontier.append(row["leaf"])
        recorded = row["recorded"]
        clock = ledger.ticked(clock, recorded)
    return recorded, clock


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    asked = select(table).order_by(*table.primary_key.columns)
    found = connection.execution_options(yield_per=_BATCH).execute(asked)
    for row in found.mappings():
        yield msgspec.json.encode({key: _written(value) for key, value in row.items()})


def _written(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes | memoryview) else value


def _rows(lines: Iterable[bytes], table: Table) -> Iterator[Row]:
    """Yield rows with a value for every column; what a column of later days lacks is null."""
    packed = {one.name for one in table.columns if isinstance(one.type, LargeBinary)}
    names = [one.name for one in table.columns]
    for line in lines:
        try:
            said: Mapping[str, Any] = msgspec.json.decode(line, type=dict[str, Any])
            unpacked = {key: base64.b64decode(said[key], validate=True) for key in packed}
        except (msgspec.MsgspecError, KeyError, TypeError, binascii.Error) as error:
            raise Unreadable(f"A row of {table.name} cannot be read: {error}.") from error
        if not said.keys() <= set(names):
            raise Unreadable(
                f"The rows of {table.name} have columns that are not known here.",
                hint="Restore with the forebear that made the backup, or a later one.",
            )
        yield {name: said.get(name) for name in names} | unpacked
