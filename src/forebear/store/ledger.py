"""The ledger: events in the order in which they were recorded, under one Merkle root."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from forebear.core.clock import from_micros
from forebear.core.errors import CorruptStore, ForebearError, InvalidInput
from forebear.core.events import AnyEvent, decode, encode, received
from forebear.core.expectations import Expectation
from forebear.core.intakes import Intake
from forebear.core.merkle import leaf_hash
from forebear.core.rows import Appended, Head, Refusal, StoredEvent
from forebear.store.reading import Reader
from forebear.store.revision import check_revision

__all__ = [
    "PAGE",
    "Call",
    "Conceal",
    "Incoming",
    "Outcome",
    "Reveal",
    "as_bytes",
    "batches",
    "decoded",
    "encoded",
    "headless",
    "leaf_hashes",
    "page",
    "read_head",
    "refusals",
    "seq_at",
    "ticked",
    "told",
]

Conceal = Callable[[bytes], bytes]
Reveal = Callable[[bytes], bytes]
Outcome = Appended | ForebearError

PAGE: Final = 1000
"""Events that are read at once."""
_DEEPEST: Final = 200
# A text that has no end takes all the rest: nothing is ever read twice.
_BRACKETS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
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
    intake: Intake | None = None


def encoded(events: Iterable[AnyEvent], conceal: Conceal) -> list[Incoming]:
    """Give events their canonical bytes, in which `conceal` puts commitments for personal data."""
    incoming = []
    for one in events:
        try:
            body = conceal(encode(one))
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidInput(f"The event {one.id} cannot be written down: {error}.") from error
        _check_depth(body)
        incoming.append(_incoming(one, body))
    return incoming


def decoded(bodies: Iterable[bytes]) -> list[Incoming]:
    """Read events from their canonical bytes."""
    incoming = []
    for body in bodies:
        _check_depth(body)
        try:
            incoming.append(_incoming(received(body), bytes(body)))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidInput(f"These bytes are no event of this forebear: {error}.") from error
    return incoming


def told(body: bytes, reveal: Reveal) -> AnyEvent:
    """Return an event as projections tell it: names revealed, U+FFFD for each NUL in a text.

    PostgreSQL keeps no NUL in a text. The event's own bytes keep it in either database.
    """
    shown = reveal(body)
    return decode(_NUL.sub(rb"\1\\ufffd", shown) if rb"\u0000" in shown else shown)


def refusals(reader: Reader) -> list[Refusal]:
    """Return what was refused for having the id of another event, oldest first."""
    return [
        Refusal(id=row.id, seq=row.seq or None, leaf=row.leaf.hex(), at=from_micros(row.at))
        for row in reader.rows("SELECT * FROM refusal ORDER BY at, id")
    ]


def read_head(reader: Reader) -> Head:
    """Return how far the ledger reaches.

    Raises:
        NewerStore: somebody has upgraded it meanwhile.
    """
    query = "SELECT size, root, (SELECT version_num FROM alembic_version) FROM head"
    for size, root, revision in reader.tuples(query):
        check_revision(revision)
        return Head(size=size, root=f"sha256:{root.hex()}")
    raise headless()


def page(reader: Reader, after: int) -> list[StoredEvent]:
    """Return the next events after `after`, at most a batch; none when there are no more."""
    query = "SELECT seq, recorded, body FROM event WHERE seq > :after ORDER BY seq LIMIT :limit"
    return [
        StoredEvent(seq=seq, recorded=from_micros(recorded), body=as_bytes(body))
        for seq, recorded, body in reader.tuples(query, after=after, limit=PAGE)
    ]


def as_bytes(body: bytes | str) -> bytes:
    """Return an event's bytes; SQLite keeps text where bytes belong if somebody writes it there."""
    return body.encode() if isinstance(body, str) else body


def batches(reader: Reader, reveal: Reveal) -> Iterator[list[tuple[int, AnyEvent]]]:
    """Return all events with their seq, batch by batch, as `reveal` has their bytes read."""
    after = 0
    while events := page(reader, after):
        yield [(stored.seq, told(stored.body, reveal)) for stored in events]
        after = events[-1].seq


def leaf_hashes(reader: Reader, start: int, stop: int) -> list[bytes]:
    """Return the leaf hashes of the events with start < seq <= stop, in order."""
    query = "SELECT leaf FROM event WHERE seq > :start AND seq <= :stop ORDER BY seq"
    return reader.column(query, start=start, stop=stop)


def seq_at(reader: Reader, moment: int) -> int:
    """Return the last seq recorded at or before `moment` (microseconds), or 0."""
    query = (
        "SELECT seq FROM event WHERE recorded <= :moment ORDER BY recorded DESC, seq DESC LIMIT 1"
    )
    return reader.value(query, moment=moment) or 0


def ticked(clock: bytes, recorded: int) -> bytes:
    """Return what stands for the times of all events when one more was recorded at this time.

    `clock` is what stood for those before it, nothing for none.
    """
    return hashlib.sha256(clock + recorded.to_bytes(8, "big", signed=True)).digest()


def headless() -> CorruptStore:
    """Return the error of a ledger that does not know how far it reaches."""
    return CorruptStore("The store has lost the head of its ledger.")


def _check_depth(body: bytes) -> None:
    """Refuse what is nested so deeply that who reads it runs out of stack.

    Raises:
        InvalidInput: it is.
    """
    if body.count(b"[") + body.count(b"{") <= _DEEPEST:
        return
    depth = 0
    for part in _BRACKETS.finditer(body):
        depth += (part[0] in b"[{") - (part[0] in b"]}")
        if depth > _DEEPEST:
            raise InvalidInput(f"An event is nested {_DEEPEST} levels deep at most.")


def _incoming(one: AnyEvent, body: bytes) -> Incoming:
    if "\0" in one.id:
        raise InvalidInput("The id of an event cannot hold a NUL character.")
    return Incoming(one, body, leaf_hash(body))
