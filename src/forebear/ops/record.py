"""Recording: events from elsewhere go into the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from forebear.core import events
from forebear.core.errors import InvalidInput
from forebear.core.rows import Head
from forebear.core.statements import check_form
from forebear.ops.table import Context, Request, operation

__all__ = ["RecordRequest", "RecordResponse", "check_forms", "record"]

_STATED: Final = b'"stated"'


class RecordResponse(Struct, frozen=True, kw_only=True):
    """What became of the events."""

    accepted: int
    duplicates: int
    head: Head


class RecordRequest(Request[RecordResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Add events, in order, all or none; each in its canonical bytes."""

    events: list[msgspec.Raw]


@operation(name="record", permission="write")
def record(context: Context, request: RecordRequest) -> RecordResponse:
    """Write events into the ledger; those that are there already are counted, not repeated."""
    bodies = [bytes(body) for body in request.events]
    for place, body in enumerate(bodies, start=1):
        _received(body, place, len(bodies))
    check_forms(bodies)
    done = context.store.append_encoded(bodies)
    return RecordResponse(accepted=done.accepted, duplicates=done.duplicates, head=done.head)


def check_forms(bodies: Sequence[bytes]) -> None:
    """Return when all statements among events from elsewhere can be read here.

    Raises:
        InvalidInput: one cannot.
    """
    for place, body in enumerate(bodies, start=1):
        if _STATED in body:
            event = _received(body, place, len(bodies))
            if isinstance(event, events.Stated):
                check_form(event)


def _received(body: bytes, place: int, many: int) -> events.AnyEvent:
    try:
        return events.received(body)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise InvalidInput(f"Event {place} of {many} is no event: {error}.") from None
