"""What the receiver says in statements: each event as it came, and facets that hold now."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from forebear.core.blobs import Blobs
from forebear.core.catalog import COLUMN, DESCRIPTION, OWNER, TAG
from forebear.core.events import Stated
from forebear.core.quality import CHECK
from forebear.core.statements import Topic
from forebear.exchange.openlineage.naming import event_id
from forebear.exchange.openlineage.reading import Told

__all__ = [
    "EVENT",
    "FACETS",
    "OURS",
    "EventFact",
    "about",
    "event_of",
    "kept_event",
    "statement_id",
]

_LARGE: Final = 256 << 10


class EventFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event without its secrets; a large one is the packet of its statement."""

    event: dict[str, Any] | None = None


EVENT: Final = Topic("openlineage.event", EventFact)
"""About what the event is of (a run, a job, a data set); the key is the event's digest."""

FACETS: Final[dict[str, Topic[dict[str, Any]]]] = {
    what: Topic(f"openlineage.{what}", dict) for what in ("run", "job", "dataset")
}
"""Facets by what they are of; the key is the facet's name."""

OURS: Final = (
    EVENT.name,
    *(one.name for one in FACETS.values()),
    *(one.name for one in (CHECK, OWNER, DESCRIPTION, TAG, COLUMN)),
)
"""Topics on which the receiver speaks."""


def statement_id(at: datetime, place: tuple[str, str, str], value: Any, count: int) -> str:
    """Return the id of a statement of the receiver's, the `count`th in its place.

    A place is a topic, what it is about, and a key.
    """
    said = msgspec.json.encode(value, order="sorted").decode()
    return event_id(at, "openlineage", *place, said, str(count))


def event_of(told: Told, event: dict[str, Any], about: str, blobs: Blobs) -> Stated:
    """Return the statement that keeps an event; said again it is the same."""
    body = msgspec.json.encode(event, order="sorted")
    packet = blobs.put(body) if len(body) > _LARGE else None
    return Stated(
        id=event_id(told.at, "openlineage", told.digest),
        time=told.at,
        topic=EVENT.name,
        about=about,
        key=told.digest,
        value=msgspec.to_builtins(EventFact(event=None if packet else event)),
        packet=packet,
    )


def kept_event(said: Stated, blobs: Blobs) -> dict[str, Any]:
    """Return the event that a statement keeps."""
    if said.packet is not None:
        found: dict[str, Any] = msgspec.json.decode(blobs.get(said.packet), type=dict[str, Any])
        return found
    return msgspec.convert(said.value, EventFact).event or {}


def about(told: Told) -> str:
    """Return what an event is about."""
    if told.run is not None:
        return told.run
    if told.job is not None:
        return told.job.about
    assert told.dataset is not None
    return told.dataset.key.about
