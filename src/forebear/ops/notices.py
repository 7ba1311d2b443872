"""Who was told of a recall, and who is still to be told."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from forebear.core import redaction
from forebear.core.events import AnyEvent
from forebear.core.ports import Store
from forebear.core.recalls import DELIVERY, RECALL, Delivery, Happening, Severity
from forebear.ops.paging import Pages
from forebear.ops.recall_view import RecallView, recall_at, view_of
from forebear.ops.table import Context, Request, operation

__all__ = [
    "DeliveredRequest",
    "DeliveredResponse",
    "DeliveriesRequest",
    "DeliveriesResponse",
    "DeliveryEntry",
    "NoticeRequest",
    "Told",
    "delivered",
    "deliveries",
    "notice",
]


class DeliveryEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How telling somebody went."""

    recall: str
    at: datetime
    delivery: Delivery


class Told(Struct, frozen=True, kw_only=True):
    """Something that people are to be told: a recall was opened, or closed."""

    recall: str
    happening: Happening
    severity: Severity
    at: datetime


class DeliveriesResponse(Struct, frozen=True, kw_only=True):
    """A page of who was told of what, the newest first, and what there is to be told."""

    deliveries: list[DeliveryEntry]
    happenings: list[Told]
    """With the first page; the pages after it have none."""
    next: str | None = None
    """Asks for the page after it."""


class DeliveriesRequest(Request[DeliveriesResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask who was told."""

    as_of: str | None = None
    limit: int | None = None
    after: str | None = None
    """The `next` of the page before."""


class DeliveredResponse(Struct, frozen=True, kw_only=True):
    """It is recorded."""

    recorded: int


class DeliveredRequest(Request[DeliveredResponse], frozen=True, kw_only=True):
    """Record how telling went."""

    recall: str
    deliveries: list[Delivery]


class NoticeRequest(Request[RecallView], frozen=True, kw_only=True):
    """Ask what is to be told of a recall."""

    recall: str


@operation(name="notice", permission="read")
def notice(context: Context, request: NoticeRequest) -> RecallView:
    """Return a recall as it is told to people."""
    return view_of(context.store, recall_at(context.store, request.recall))


@operation(name="deliveries", permission="read")
def deliveries(context: Context, request: DeliveriesRequest) -> DeliveriesResponse:
    """List who was told of which recall, and which recalls there are to be told of."""
    store, pages = context.store, Pages(context.store, request)
    said = DELIVERY.latest(store.statements, seq=pages.seq)
    page = pages.cut(said[::-1], lambda one: one.row.seq)
    entries = [
        DeliveryEntry(
            recall=one.row.about.removeprefix("recall:"), at=one.row.at, delivery=one.value
        )
        for one in page.listed
    ]
    told = _happenings(store, pages.seq) if request.after is None else []
    return DeliveriesResponse(deliveries=entries, happenings=told, next=page.next)


def _happenings(store: Store, seq: int | None) -> list[Told]:
    found: list[Told] = []
    for one in RECALL.latest(store.statements, seq=seq):
        opened = RECALL.history(store.statements, [one.row.about], key=one.row.key, seq=seq)[-1]
        times: dict[Happening, datetime] = {"opened": opened.row.at}
        if one.value.status == "closed":
            times["closed"] = one.row.at
        found += [
            Told(recall=one.row.key, happening=word, severity=one.value.severity, at=at)
            for word, at in times.items()
        ]
    return found


@operation(name="delivered", permission="write")
def delivered(context: Context, request: DeliveredRequest) -> DeliveredResponse:
    """Record how telling people of a recall went; their addresses stand behind commitments."""
    store = context.store
    key = recall_at(store, request.recall).row.key
    events: list[AnyEvent] = []
    for one in request.deliveries:
        target = one.target
        if one.channel == "email":
            target = store.identities.commitment(target)
        error = None if one.error is None else redaction.text(one.error[:500]).value
        told = replace(one, target=target, error=error)
        place = f"{one.happening}/{one.channel}/{target[-16:]}"
        events.append(DELIVERY.say(f"recall:{key}", told, key=place, evidence="observed"))
    if events:
        store.append(events)
    return DeliveredResponse(recorded=len(events))
