"""The ledger: events in the order in which they were recorded, under one Merkle root."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, insert, select, update

from forebear.core.clock import from_micros, micros, now
from forebear.core.errors import CorruptStore, EventConflict, InvalidInput
from forebear.core.events import AnyEvent, decode, encode
from forebear.core.merkle import Frontier, leaf_hash
from forebear.core.ports import Appended, Head, StoredEvent
from forebear.store import projections
from forebear.store.engine import chunked
from forebear.store.schema import event, head

__all__ = [
    "Incoming",
    "append",
    "batches",
    "decoded",
    "encoded",
    "leaf_hashes",
    "page",
    "read_head",
    "seq_at",
]

_BATCH = 1000


class Incoming(NamedTuple):
    """An event on its way into the ledger, with its canonical bytes."""

    event: AnyEvent
    body: bytes


def encoded(events: Iterable[AnyEvent]) -> list[Incoming]:
    """Give events their canonical bytes."""
    incoming = []
    for one in events:
        try:
            incoming.append(Incoming(one, encode(one)))
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"The event {one.id} cannot be written down: {error}.") from error
    return incoming


def decoded(bodies: Iterable[bytes]) -> list[Incoming]:
    """Read events from their canonical bytes."""
    incoming = []
    for body in bodies:
        try:
            incoming.append(Incoming(decode(body), bytes(body)))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidInput(f"These bytes are no event of this forebear: {error}.") from error
    return incoming


def append(connection: Connection, incoming: Sequence[Incoming]) -> Appended:
    """Add events and all that follows from them, in a transaction that is alone in writing.

    Raises:
        EventConflict: an id is there already with other bytes.
    """
    at, frontier = _head_for_update(connection)
    at = max(at, micros(now()))
    accepted = 0
    for batch in chunked(incoming):
        fresh = _without_duplicates(connection, batch)
        if not fresh:
            continue
        first = frontier.size + 1
        rows = []
        for seq, one in enumerate(fresh, first):
            leaf = leaf_hash(one.body)
            frontier.append(leaf)
            rows.append(
                {"seq": seq, "id": one.event.id, "recorded": at, "leaf": leaf, "body": one.body}
            )
        connection.execute(insert(event), rows)
        projections.project(connection, [(seq, one.event) for seq, one in enumerate(fresh, first)])
        accepted += len(fresh)
    root = frontier.root()
    if accepted:
        connection.execute(
            update(head).values(
                size=frontier.size, root=root, frontier=frontier.to_bytes(), recorded=at
            )
        )
    return Appended(
        accepted=accepted,
        duplicates=len(incoming) - accepted,
        head=Head(size=frontier.size, root=f"sha256:{root.hex()}"),
    )


def read_head(connection: Connection) -> Head:
    """Return how far the ledger reaches."""
    row = connection.execute(select(head.c.size, head.c.root)).one_or_none()
    if row is None:
        raise _headless()
    return Head(size=row.size, root=f"sha256:{row.root.hex()}")


def page(connection: Connection, after: int) -> list[StoredEvent]:
    """Return the next events after `after`, at most a batch; none when there are no more."""
    return [
        StoredEvent(seq=row.seq, recorded=from_micros(row.recorded), body=as_bytes(row.body))
        for row in connection.execute(
            select(event.c.seq, event.c.recorded, event.c.body)
            .where(event.c.seq > after)
            .order_by(event.c.seq)
            .limit(_BATCH)
        )
    ]


def as_bytes(body: bytes | str) -> bytes:
    """Return an event's bytes; SQLite keeps text where bytes belong if somebody writes it there."""
    return body.encode() if isinstance(body, str) else body


def batches(
    connection: Connection, reveal: Callable[[bytes], bytes]
) -> Iterator[list[tuple[int, AnyEvent]]]:
    """Return all events with their seq, batch by batch, as `reveal` has their bytes read."""
    after = 0
    while events := page(connection, after):
        yield [(stored.seq, decode(reveal(stored.body))) for stored in events]
        after = events[-1].seq


def leaf_hashes(connection: Connection, start: int, stop: int) -> list[bytes]:
    """Return the leaf hashes of the events with start < seq <= stop, in order."""
    query = select(event.c.leaf).where(event.c.seq > start, event.c.seq <= stop)
    return list(connection.execute(query.order_by(event.c.seq)).scalars())


def seq_at(connection: Connection, moment: int) -> int:
    """Return the last seq recorded at or before `moment` (microseconds), or 0."""
    found = connection.execute(
        select(event.c.seq)
        .where(event.c.recorded <= moment)
        .order_by(event.c.recorded.desc(), event.c.seq.desc())
        .limit(1)
    ).scalar()
    return found or 0


def _head_for_update(connection: Connection) -> tuple[int, Frontier]:
    row = connection.execute(select(head)).one_or_none()
    if row is None:
        raise _headless()
    try:
        return row.recorded, Frontier.from_bytes(row.size, row.frontier)
    except InvalidInput as error:
        raise CorruptStore(
            f"The head of the ledger is damaged: {error.message}",
            hint="`forebear verify` says what is wrong.",
        ) from error


def _headless() -> CorruptStore:
    return CorruptStore("The store has lost the head of its ledger.")


def _without_duplicates(connection: Connection, batch: Sequence[Incoming]) -> list[Incoming]:
    ids = [one.event.id for one in batch]
    there = {
        row.id: row.body
        for row in connection.execute(select(event.c.id, event.c.body).where(event.c.id.in_(ids)))
    }
    fresh = []
    for one in batch:
        body = there.get(one.event.id)
        if body is None:
            there[one.event.id] = one.body
            fresh.append(one)
        elif body != one.body:
            raise EventConflict(
                f"The event {one.event.id} is there already, and says something else.",
                hint="An event is never changed; say the correction in a new one.",
            )
    return fresh
