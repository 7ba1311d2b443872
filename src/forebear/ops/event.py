"""Single events: what a fact rests on, as it lies in the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from forebear.analysis.saying import in_words
from forebear.core.errors import UnknownRef
from forebear.core.events import decode
from forebear.core.ports import Store
from forebear.ops.table import Context, Request, operation

__all__ = ["EventRef", "EventRequest", "EventResponse", "events_at", "show_event"]

_NEAR = 500
"""Events so close to each other are read in one go."""


class EventRef(Struct, frozen=True, kw_only=True):
    """An event that something rests on."""

    seq: int
    id: str
    at: datetime
    """When it was recorded."""
    words: str


class EventResponse(Struct, frozen=True, kw_only=True):
    """One event of the ledger."""

    seq: int
    id: str
    at: datetime
    words: str
    body: Any
    """The event itself, people by their names where these are known."""


class EventRequest(Request[EventResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask for one event by its place in the ledger."""

    seq: int


@operation(name="event", permission="read")
def show_event(context: Context, request: EventRequest) -> EventResponse:
    """Tell one event of the ledger, by its place in it."""
    store = context.store
    size = store.head().size
    if not 1 <= request.seq <= size:
        raise UnknownRef(f"There is no event {request.seq}.", hint=f"The last one is {size}.")
    stored = next(iter(store.events(after=request.seq - 1)), None)
    if stored is None or stored.seq != request.seq:
        raise UnknownRef(f"There is no event {request.seq} that you may see.")
    shown = store.identities.reveal(stored.body)
    event = decode(shown)
    return EventResponse(
        seq=stored.seq,
        id=event.id,
        at=stored.recorded,
        words=in_words(event),
        body=msgspec.json.decode(shown),
    )


def events_at(store: Store, seqs: Iterable[int]) -> list[EventRef]:
    """Return the events at these places of the ledger, in order."""
    found = []
    rows = iter(store.events(after=0))
    last = -_NEAR
    for seq in sorted(set(seqs)):
        if seq - last > _NEAR:
            rows = iter(store.events(after=seq - 1))
        stored = next(row for row in rows if row.seq == seq)
        last = seq
        event = decode(store.identities.reveal(stored.body))
        found.append(EventRef(seq=seq, id=event.id, at=stored.recorded, words=in_words(event)))
    return found
