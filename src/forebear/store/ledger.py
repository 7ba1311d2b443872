"""The ledger: events in the order in which they were recorded, under one Merkle root."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, select, update

from forebear.core.clock import from_micros, micros, now
from forebear.core.errors import (
    Conflict,
    CorruptStore,
    CycleRefused,
    EventConflict,
    ForebearError,
    InvalidInput,
)
from forebear.core.events import AnyEvent, decode, encode
from forebear.core.merkle import Frontier, leaf_hash
from forebear.core.ports import Appended, Expectation, Head, Refusal, StoredEvent
from forebear.store import bulk, expectations, projections
from forebear.store.engine import chunked
from forebear.store.schema import event, head, refusal

__all__ = [
    "Call",
    "Conceal",
    "Incoming",
    "Outcome",
    "Reveal",
    "append",
    "batches",
    "decoded",
    "encoded",
    "leaf_hashes",
    "page",
    "read_head",
    "refusals",
    "seq_at",
    "told",
]

Conceal = Callable[[bytes], bytes]
Reveal = Callable[[bytes], bytes]
Outcome = Appended | ForebearError

_BATCH: Final = 1000
_NUL: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


class Incoming(NamedTuple):
    """An event on its way into the ledger, with its canonical bytes and their leaf hash."""

    event: AnyEvent
    body: bytes
    leaf: bytes


class Call(NamedTuple):
    """What one caller wants written: all of it or nothing, and only if what it expects holds."""

    incoming: Sequence[Incoming]
    expect: Expectation | None = None


def encoded(events: Iterable[AnyEvent], conceal: Conceal) -> list[Incoming]:
    """Give events their canonical bytes, in which `conceal` puts commitments for personal data."""
    incoming = []
    for one in events:
        try:
            incoming.append(_incoming(one, conceal(encode(one))))
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"The event {one.id} cannot be written down: {error}.") from error
    return incoming


def decoded(bodies: Iterable[bytes]) -> list[Incoming]:
    """Read events from their canonical bytes."""
    incoming = []
    for body in bodies:
        try:
            incoming.append(_incoming(decode(body), bytes(body)))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidInput(f"These bytes are no event of this forebear: {error}.") from error
    return incoming


def told(body: bytes, reveal: Reveal) -> AnyEvent:
    """Return an event as projections tell it: names revealed, U+FFFD for each NUL in a text.

    PostgreSQL keeps no NUL in a text. The event's own bytes keep it in either database.
    """
    shown = reveal(body)
    return decode(_NUL.sub(rb"\1\\ufffd", shown) if rb"\u0000" in shown else shown)


def _is_special(body: bytes) -> bool:
    """Tell whether an event may be told otherwise than it is written."""
    return b"identity:" in body or rb"\u0000" in body


def append(connection: Connection, calls: Sequence[Call], reveal: Reveal) -> list[Outcome]:
    """Add the events of several callers and all that follows from them.

    Needs a transaction that is alone in writing. Returns for each caller what became of it:
    events of a refused call are not there, and nobody else has to care.
    """
    at, frontier = _head_for_update(connection)
    before = frontier.size
    writing = _Writing(connection, frontier, max(at, micros(now())), reveal)
    known = _known(connection, [one.event.id for call in calls for one in call.incoming])
    outcomes = [writing.add(call, known) for call in calls]
    writing.flush()
    if frontier.size > before:
        connection.execute(
            update(head).values(
                size=frontier.size,
                root=frontier.root(),
                frontier=frontier.to_bytes(),
                recorded=writing.at,
            )
        )
    return outcomes


class _Writing:
    """One transaction's events, gathered to be written together."""

    def __init__(self, connection: Connection, frontier: Frontier, at: int, reveal: Reveal) -> None:
        self.at = at
        self._connection = connection
        self._frontier = frontier
        self._reveal = reveal
        self._fresh: list[tuple[int, Incoming]] = []

    def add(self, call: Call, known: dict[str, tuple[bytes, int]]) -> Outcome:
        """Take in the new events of a call; `known` gives leaf hash and seq by id."""
        try:
            if call.expect is not None:
                self.flush()
                expectations.check(self._connection, call.expect)
            fresh = self._without_duplicates(call.incoming, known)
        except (Conflict, CycleRefused) as refused:
            return refused
        for one in fresh:
            self._frontier.append(one.leaf)
            known[one.event.id] = one.leaf, self._frontier.size
            self._fresh.append((self._frontier.size, one))
        if len(self._fresh) >= _BATCH:
            self.flush()
        return Appended(
            accepted=len(fresh),
            duplicates=len(call.incoming) - len(fresh),
            head=Head(size=self._frontier.size, root=f"sha256:{self._frontier.root().hex()}"),
        )

    def flush(self) -> None:
        """Write what was taken in so far."""
        for part in chunked(self._fresh):
            rows = [
                {
                    "seq": seq,
                    "id": one.event.id,
                    "recorded": self.at,
                    "leaf": one.leaf,
                    "body": one.body,
                }
                for seq, one in part
            ]
            bulk.insert(self._connection, event, rows)
            projections.project(
                self._connection,
                [
                    (seq, told(one.body, self._reveal) if _is_special(one.body) else one.event)
                    for seq, one in part
                ],
            )
        self._fresh = []

    def _without_duplicates(
        self, incoming: Sequence[Incoming], known: dict[str, tuple[bytes, int]]
    ) -> list[Incoming]:
        fresh: dict[str, Incoming] = {}
        for one in incoming:
            leaf, seq = known.get(one.event.id, (None, 0))
            if leaf is None:
                leaf = fresh.setdefault(one.event.id, one).leaf
            if leaf != one.leaf:
                self._refuse(one, seq)
                raise EventConflict(
                    f"The event {one.event.id} is there already, and says something else.",
                    hint="An event is never changed; say the correction in a new one.",
                )
        return list(fresh.values())

    def _refuse(self, one: Incoming, seq: int) -> None:
        """Record that something was refused; `seq` is 0 when both came in the same call."""
        row = {"id": one.event.id, "leaf": one.leaf, "seq": seq, "at": self.at}
        bulk.insert_earliest(self._connection, refusal, [row])


def refusals(connection: Connection) -> list[Refusal]:
    """Return what was refused for having the id of another event, oldest first."""
    query = select(refusal).order_by(refusal.c.at, refusal.c.id)
    return [
        Refusal(id=row.id, seq=row.seq or None, leaf=row.leaf.hex(), at=from_micros(row.at))
        for row in connection.execute(query)
    ]


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


def batches(connection: Connection, reveal: Reveal) -> Iterator[list[tuple[int, AnyEvent]]]:
    """Return all events with their seq, batch by batch, as `reveal` has their bytes read."""
    after = 0
    while events := page(connection, after):
        yield [(stored.seq, told(stored.body, reveal)) for stored in events]
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


def _known(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[bytes, int]]:
    """Return leaf hash and seq of the events that are there already."""
    rows = bulk.matching(connection, event.c.id, ids, event.c.id, event.c.leaf, event.c.seq)
    return {row.id: (bytes(row.leaf), row.seq) for row in rows}


def _incoming(one: AnyEvent, body: bytes) -> Incoming:
    if "\0" in one.id:
        raise InvalidInput("The id of an event cannot hold a NUL character.")
    return Incoming(one, body, leaf_hash(body))
