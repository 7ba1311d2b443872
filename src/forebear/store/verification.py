"""Verification: does the store still hold what was written into it?"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from typing import Any, Final

import msgspec
from sqlalchemy import Boolean, Connection, Integer, Row, Table, select, type_coerce

from forebear.core.errors import StoreError
from forebear.core.events import decode
from forebear.core.merkle import Frontier, leaf_hash
from forebear.core.rows import Fault
from forebear.store import (
    access_log,
    account_lines,
    facts,
    flows,
    ledger,
    projections,
    shape,
    statements,
)
from forebear.store.blobs import FileBlobs
from forebear.store.database import Database
from forebear.store.engine import over, scratch
from forebear.store.schema import PROJECTIONS, artifact, event, head, metadata, word
from forebear.store.texts import word_faults

__all__ = ["faults"]

_FETCH: Final = 1000


def faults(
    database: Database, blobs: FileBlobs, reveal: Callable[[bytes], bytes]
) -> Iterator[Fault]:
    """Yield all that is wrong: first in the ledger, then in projections and kept bytes.

    `reveal` puts names in place of the commitments in an event's bytes, as projections do.
    """
    kept: list[str] = []
    try:
        with database.inspecting() as connection:
            yield from _database_faults(connection, database.place)
            yield from shape.faults(connection)
            readable = yield from _ledger_faults(connection)
            if readable:
                yield from _projection_faults(connection, reveal)
            else:
                yield Fault(
                    what="projection",
                    where="all tables",
                    message="They could not be compared with events that cannot be read.",
                )
            query = select(artifact.c.digest).where(artifact.c.kept).distinct()
            kept += connection.execute(query.order_by(artifact.c.digest)).scalars()
            reader = over(connection)
            if (line := access_log.fault(reader)) is not None:
                where = f"access log, line {line}"
                yield Fault(what="database", where=where, message="It is not what was written.")
            yield from account_lines.faults(reader)
            kept += [
                *facts.packets(reader),
                *flows.maps(reader),
                *statements.packets(reader),
            ]
    except StoreError as error:
        yield Fault(what="database", where=database.place, message=error.message)
    yield from _blob_faults(blobs, kept)


def _database_faults(connection: Connection, place: str) -> Iterator[Fault]:
    """Let the database check its own pages, where it can."""
    if connection.dialect.name == "sqlite":
        for said in connection.exec_driver_sql("PRAGMA integrity_check").scalars():
            if said != "ok":
                yield Fault(what="database", where=place, message=f"SQLite says: {said}.")


def _ledger_faults(connection: Connection) -> Generator[Fault, None, bool]:
    """Check each event and the root over them; return whether all events can be read."""
    frontier, readable, expected, recorded, clock = Frontier(), True, 1, 0, b""
    rows = connection.execution_options(yield_per=_FETCH).execute(
        select(event).order_by(event.c.seq)
    )
    for row in rows:
        where = f"event {row.seq}"
        if row.seq != expected:
            yield Fault(
                what="sequence",
                where=where,
                message=f"It follows event {expected - 1}: what was in between is missing.",
            )
        at = row.recorded
        if not isinstance(at, int):  # SQLite keeps any type in any column
            at, readable = 0, False
        if at < recorded:
            yield Fault(what="sequence", where=where, message="It is older than the one before.")
        body = ledger.as_bytes(row.body)
        leaf = leaf_hash(body)
        if leaf != row.leaf or body is not row.body:
            yield Fault(
                what="event", where=where, message="Its bytes are not those that were recorded."
            )
        try:
            if decode(body).id != row.id:
                yield Fault(what="event", where=where, message=f"It is filed under {row.id}.")
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            readable = False
            yield Fault(what="event", where=where, message=f"It cannot be read: {error}.")
        frontier.append(leaf)
        expected, recorded, clock = row.seq + 1, at, ledger.ticked(clock, at)
    yield from _head_faults(connection, frontier, recorded, clock)
    return readable


def _head_faults(
    connection: Connection, frontier: Frontier, recorded: int, clock: bytes
) -> Iterator[Fault]:
    row = connection.execute(select(head)).one_or_none()
    if row is None:
        yield Fault(what="root", where="head", message="The ledger has lost its head.")
        return
    if row.size != frontier.size:
        message = f"{row.size} events were recorded, and {frontier.size} are there."
        yield Fault(what="root", where="head", message=message)
    elif row.root != frontier.root():
        message = "The events, in this order, do not have the root that was recorded."
        yield Fault(what="root", where="head", message=message)
    elif (row.id, row.frontier, row.recorded) != (1, frontier.to_bytes(), recorded):
        message = "What the next event would be added to is not what the events say."
        yield Fault(what="root", where="head", message=message)
    elif (row.clock or b"") != clock:
        message = "The times at which events were recorded are not those that were kept."
        yield Fault(what="root", where="head", message=message)


def _projection_faults(connection: Connection, reveal: Callable[[bytes], bytes]) -> Iterator[Fault]:
    """Make the projections again in a database of their own, and compare row by row."""
    engine = scratch()
    try:
        with engine.begin() as copy:
            metadata.create_all(copy, tables=PROJECTIONS, checkfirst=False)
            for batch in ledger.batches(over(connection), reveal):
                projections.project(copy, batch)
            for table in PROJECTIONS:
                if table is not word:
                    yield from _differences(table, _rows(connection, table), _rows(copy, table))
            yield from word_faults(connection)
    finally:
        engine.dispose()


def _rows(connection: Connection, table: Table) -> Iterator[Row[Any]]:
    # A truth value that is neither 0 nor 1 would be read as one of them.
    plain = [
        type_coerce(one, Integer).label(one.name) if isinstance(one.type, Boolean) else one
        for one in table.columns
    ]
    query = select(*plain).order_by(*table.primary_key.columns)
    yield from connection.execution_options(yield_per=_FETCH).execute(query)


def _differences(
    table: Table, stored: Iterator[Row[Any]], expected: Iterator[Row[Any]]
) -> Iterator[Fault]:
    """Walk two sorted tables in step."""
    names = [column.name for column in table.primary_key.columns]

    def fault(row: Row[Any], message: str) -> Fault:
        key = " ".join(f"{name}={row._mapping[name]!r}" for name in names)
        return Fault(what="projection", where=f"{table.name} {key}", message=message)

    def place(row: Row[Any]) -> tuple[tuple[int, Any], ...]:
        # SQLite holds any type in any column, and sorts numbers before text before bytes.
        values = (row._mapping[name] for name in names)
        return tuple((_TYPES.get(type(value), 0), value) for value in values)

    here, there = next(stored, None), next(expected, None)
    while here is not None or there is not None:
        if there is None or (here is not None and place(here) < place(there)):
            assert here is not None
            yield fault(here, "No event says this row.")
            here = next(stored, None)
        elif here is None or place(there) < place(here):
            yield fault(there, "The events say this row, and it is missing.")
            there = next(expected, None)
        else:
            for column in (each.name for each in table.columns):
                was, ought = here._mapping[column], there._mapping[column]
                if was != ought and not _same_but_for_names(was, ought):
                    yield fault(here, f"'{column}' is {was!r}, and the events say {ought!r}.")
            here, there = next(stored, None), next(expected, None)


def _same_but_for_names(was: Any, ought: Any) -> bool:
    """Tell whether one text is the other with names in place of commitments.

    Whoever shares a database, but not the folder with the names, can't know those of others.
    """
    if not (isinstance(was, str) and isinstance(ought, str)):
        return False
    return any(
        _COMMITMENT.search(one) is not None
        and re.fullmatch(".+".join(map(re.escape, _COMMITMENT.split(one))), other) is not None
        for one, other in ((was, ought), (ought, was))
    )


_COMMITMENT: Final = re.compile("identity:[0-9a-f]{64}")
_TYPES: Final[dict[type, int]] = {str: 1, bytes: 2}


def _blob_faults(blobs: FileBlobs, kept: list[str]) -> Iterator[Fault]:
    for digest in kept:
        if not blobs.has(digest):
            yield Fault(
                what="missing-blob",
                where=digest,
                message="These bytes were kept, and are gone.",
            )
    try:
        for digest in blobs.digests():
            damage = blobs.damage(digest)
            if damage is not None:
                yield Fault(what="blob", where=digest, message=damage)
    except OSError as error:
        yield Fault(what="blob", where=str(blobs.root), message=f"It cannot be read: {error}.")
