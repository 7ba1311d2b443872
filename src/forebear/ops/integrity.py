"""Whether everything stored still is what it was."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from forebear.core import events
from forebear.core.errors import InvalidInput
from forebear.core.events import ArtifactRecorded, Stated
from forebear.core.rows import Fault, Refusal
from forebear.core.statements import check_form
from forebear.ops.table import Context, Request, operation, operations

__all__ = ["VerifyRequest", "VerifyResponse", "verify"]


class VerifyResponse(Struct, frozen=True, kw_only=True):
    """What was checked, and what is wrong."""

    well: bool
    events: int
    artifacts: int
    blobs: int
    root: str
    faults: list[Fault]
    refusals: list[Refusal] = []
    """Events that were refused because their id was taken: somebody else's fault, not damage."""
    unread: list[str] = []
    """Statements in a form that this version does not know: another has written them, no damage."""


class VerifyRequest(Request[VerifyResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Check the whole store."""


@operation(name="verify", permission="read")
def verify(context: Context, request: VerifyRequest) -> VerifyResponse:
    """Check every event, the root over them, the tables made from them, and all kept content."""
    store = context.store
    operations()  # with them come all topics, without which no form would be known
    faults = list(store.verify())
    artifacts: set[str] = set()
    unread: list[str] = []
    count = 0
    for stored in store.events():
        count += 1
        try:
            event = events.decode(stored.body)
        except msgspec.MsgspecError:
            continue  # `store.verify` has said so
        if isinstance(event, ArtifactRecorded):
            artifacts.add(event.artifact)
        elif isinstance(event, Stated):
            try:
                check_form(event)
            except InvalidInput as error:
                unread.append(error.message)
    return VerifyResponse(
        well=not faults,
        events=count,
        artifacts=len(artifacts),
        blobs=sum(1 for _ in store.blobs.digests()),
        root=store.head().root,
        faults=faults,
        refusals=store.refusals(),
        unread=unread,
    )
