"""Appending: events of several callers go into the ledger, with all that follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import repeat
from typing import Final

from sqlalchemy import Connection, Update, bindparam, update

from forebear.core.clock import micros, now
from forebear.core.errors import (
    Conflict,
    CorruptStore,
    CycleRefused,
    EventConflict,
    InvalidInput,
)
from forebear.core.merkle import Frontier
from forebear.core.rows import Appended, Head
from forebear.store import bulk, expectations, intakes, projections
from forebear.store.engine import chunked, over
from forebear.store.ledger import Call, Incoming, Outcome, Reveal, headless, ticked, told
from forebear.store.revision import check_revision
from forebear.store.schema import event, head, refusal

__all__ = ["append"]

_BATCH: Final = 1000
_HEAD: Final = """
SELECT size, frontier, recorded, clock, (SELECT version_num FROM alembic_version) FROM head
"""


def append(connection: Connection, calls: Sequence[Call], reveal: Reveal) -> list[Outcome]:
    """Add the events of several callers and all that follows from them.

    Needs a transaction that is alone in writing. Returns for each caller what became of it:
    events of a refused call are not there, and nobody else has to care.
    """
    at, clock, frontier = _head_for_update(connection)
    before = frontier.size
    writing = _Writing(connection, frontier, max(at, micros(now())), reveal)
    known = _known(connection, [one.event.id for call in calls for one in call.incoming])
    outcomes = [writing.add(call, known) for call in calls]
    writing.flush()
    if frontier.size > before:
        bulk.run(
            connection,
            _new_head,
            size=frontier.size,
            root=frontier.root(),
            frontier=frontier.to_bytes(),
            recorded=writing.at,
            clock=reduce(ticked, repeat(writing.at, frontier.size - before), clock),
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
        if call.intake is not None and fresh:
            last = self._frontier.size
            events = [one.event for one in fresh]
            intakes.add(self._connection, call.intake, last - len(fresh) + 1, last, events)
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


def _head_for_update(connection: Connection) -> tuple[int, bytes, Frontier]:
    rows = over(connection).tuples(_HEAD)
    if not rows:
        raise headless()
    size, edge, recorded, clock, revision = rows[0]
    check_revision(revision)
    try:
        return recorded, clock or b"", Frontier.from_bytes(size, edge)
    except InvalidInput as error:
        raise CorruptStore(
            f"The head of the ledger is damaged: {error.message}",
            hint="`forebear verify` says what is wrong.",
        ) from error


def _new_head(_: str) -> Update:
    return update(head).values(
        {name: bindparam(name) for name in ("size", "root", "frontier", "recorded", "clock")}
    )


def _known(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[bytes, int]]:
    """Return leaf hash and seq of the events that are there already."""
    rows = bulk.matching(connection, event.c.id, ids, event.c.id, event.c.leaf, event.c.seq)
    return {row.id: (bytes(row.leaf), row.seq) for row in rows}


def _is_special(body: bytes) -> bool:
    """Tell whether an event may be told otherwise than it is written."""
    return b"identity:" in body or rb"\u0000" in body
