"""Events: the facts. Everything else in a store can be made again from them.

An event is written once and never changed; its bytes (`encode`) are what is hashed, stored,
replicated and verified. Two events with one id and the same bytes are one event.
What tells who somebody is stands in it as commitments, so that it can be erased
(`forebear.core.concealment`).
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from forebear.core.clock import now
from forebear.core.entities import (
    ArtifactKind,
    Column,
    EvidenceWord,
    Figure,
    Metric,
    RunStatus,
)
from forebear.core.ids import new_id
from forebear.core.refs import NameKind
from forebear.core.steps import Feed, Flow, Operation, Rows

__all__ = [
    "AliasMoved",
    "AnyEvent",
    "ArtifactRecorded",
    "Derived",
    "EdgesRecorded",
    "Event",
    "Feed",
    "Flow",
    "GapNoticed",
    "Link",
    "LocationSeen",
    "MetricsLogged",
    "Operation",
    "ParamsLogged",
    "ReproductionRecorded",
    "Rows",
    "RunEnded",
    "RunStarted",
    "Series",
    "SeriesLogged",
    "Stated",
    "StepRecorded",
    "VersionNamed",
    "decode",
    "encode",
    "received",
]


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event"):
    """What all events share: an id that sorts by time, and when it was said."""

    id: str = field(default_factory=new_id)
    time: datetime = field(default_factory=now)


class Link(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One end of an edge, seen from a run: an artifact's id, its role there, the evidence."""

    artifact: str
    role: str | None = None
    slot: str | None = None
    evidence: EvidenceWord = "observed"


class RunStarted(Event, frozen=True, kw_only=True, omit_defaults=True, tag="run-started"):
    """An activity began. `parent` is the run it is part of."""

    run: str
    kind: str
    name: str
    parent: str | None = None
    command: list[str] = []
    cwd: str | None = None
    started: datetime = field(default_factory=now)
    attrs: dict[str, Any] = {}


class RunEnded(Event, frozen=True, kw_only=True, omit_defaults=True, tag="run-ended"):
    """An activity ended, well or not. A later one with more certain news supersedes `lost`."""

    run: str
    status: RunStatus
    ended: datetime = field(default_factory=now)
    exit_code: int | None = None
    error: str | None = None
    attrs: dict[str, Any] = {}


class StepRecorded(Event, frozen=True, kw_only=True, omit_defaults=True, tag="step-recorded"):
    """One operation inside a run, told whole after it happened: a child run with its edges."""

    run: str
    parent: str
    kind: str
    name: str
    started: datetime
    ended: datetime
    status: RunStatus = "finished"
    where: str | None = None
    """`file:line` of the statement in the user's own code."""
    params: dict[str, Any] = {}
    used: list[Link] = []
    generated: list[Link] = []
    operations: list[Operation] = []
    """What was done to data between the points that are recorded, first to last."""
    flows: list[Flow] = []
    attrs: dict[str, Any] = {}


class ArtifactRecorded(Event, frozen=True, kw_only=True, omit_defaults=True, tag="artifact"):
    """An artifact exists. Said again with more detail, the details add up."""

    artifact: str
    """The digest for what has bytes outside a process, else an id of its own."""
    kind: ArtifactKind
    digest: str
    run: str | None = None
    label: str | None = None
    format: str | None = None
    size: int | None = None
    rows: int | None = None
    columns: list[Column] = []
    table: str | None = None
    """Digest of the table that a data file holds, as it was read or written."""
    weights: str | None = None
    """Digest of a model's learned state, equal across saves."""
    kept: bool = False
    """The bytes are in the content store under `digest`."""
    by_reference: bool = False
    """The content was never read: the digest covers the URI and the source's own version."""
    attrs: dict[str, Any] = {}


class LocationSeen(Event, frozen=True, kw_only=True, omit_defaults=True, tag="location"):
    """An artifact's content was found at, or written to, a place."""

    artifact: str
    uri: str
    mode: Literal["read", "write", "copy"]
    run: str | None = None


class EdgesRecorded(Event, frozen=True, kw_only=True, omit_defaults=True, tag="edges"):
    """Edges of one run that are no step of their own.

    With `context` the used artifacts (code, environment) hold for every step of the run too.
    """

    run: str
    used: list[Link] = []
    generated: list[Link] = []
    context: bool = False


class Derived(Event, frozen=True, kw_only=True, omit_defaults=True, tag="derived"):
    """One artifact comes from another, where no run is known."""

    source: str
    target: str
    relation: str
    evidence: EvidenceWord = "declared"
    run: str | None = None


class ParamsLogged(Event, frozen=True, kw_only=True, omit_defaults=True, tag="params"):
    """Settings of a run; a key said twice keeps the last value."""

    run: str
    params: dict[str, Any]


class MetricsLogged(Event, frozen=True, kw_only=True, omit_defaults=True, tag="metrics"):
    """Figures measured in a run, with the model and the data they speak of, where known."""

    run: str
    metrics: list[Metric]
    model: str | None = None
    data: str | None = None
    split: str | None = None
    evidence: EvidenceWord = "observed"
    params: dict[str, Any] = {}


class Series(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One figure over many steps, in short; `SeriesLogged` says where all its points are."""

    run: str
    last: Metric
    """Its last point."""
    time: datetime
    """When the last point was said."""
    count: int
    least: Figure | None = None
    """The smallest of its values; NaN counts only where there is nothing else."""
    greatest: Figure | None = None
    model: str | None = None
    data: str | None = None
    split: str | None = None
    evidence: EvidenceWord = "observed"
    params: dict[str, Any] = {}


class SeriesLogged(Event, frozen=True, kw_only=True, omit_defaults=True, tag="series"):
    """Many points of figures over steps, in one packet of bytes in the content store.

    What `metrics` events would say one by one. The packet is covered by its digest; how it is
    written is told in `forebear.core.points`.
    """

    run: str
    """The run whose program logged them."""
    points: str
    """Digest of the packet."""
    size: int
    """Bytes of the packet."""
    count: int
    """Points in the packet."""
    series: list[Series]


class GapNoticed(Event, frozen=True, kw_only=True, omit_defaults=True, tag="gap"):
    """Something about a run was not seen."""

    run: str
    what: str
    artifact: str | None = None


class VersionNamed(Event, frozen=True, kw_only=True, omit_defaults=True, tag="version"):
    """An artifact is a version of a name.

    The store numbers versions in the order of its events; content that the name already has
    gets no new number, nor does another form of a version.
    """

    kind: NameKind
    name: str
    artifact: str
    form_of: str | None = None
    """An artifact of that name of which this is another form, such as a model's other file."""
    run: str | None = None
    by: str | None = None
    automatic: bool = False


class AliasMoved(Event, frozen=True, kw_only=True, omit_defaults=True, tag="alias"):
    """An alias points to a version from now on; with no version it points nowhere.

    A version's number is that of the store where this was said. What is meant is `artifact`:
    a store to which the event came from elsewhere finds the number that it has there.
    """

    kind: NameKind
    name: str
    alias: str
    version: int | None
    by: str
    why: str | None = None
    artifact: str | None = None


class ReproductionRecorded(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="reproduction"
):
    """Somebody rebuilt what made an artifact, ran it again and compared."""

    artifact: str
    run: str
    """The recorded run that was run again."""
    verdict: Literal["bitwise", "numerical", "decision", "refuted"]
    reason: str
    environment: Literal["rebuilt", "current"]
    by: str
    matched: list[str] = []
    """Artifacts whose content came out the same: their making is now verified."""
    details: dict[str, Any] = {}


class Stated(Event, frozen=True, kw_only=True, omit_defaults=True, tag="stated"):
    """Something is said of a thing, on one topic; see `forebear.core.statements`.

    A later statement with the same topic, thing and key takes the place of this one.
    """

    topic: str
    about: str
    """An artifact's or run's id, `data:name` or `model:name`, or what the topic speaks of."""
    key: str = ""
    """Which of several things that are said of it on this topic: a column, a check, a tag."""
    value: Any = None
    """What is said; None takes back what was said before."""
    by: str | None = None
    why: str | None = None
    until: datetime | None = None
    """It holds until then."""
    run: str | None = None
    """The run in which it was found out."""
    evidence: EvidenceWord = "declared"
    packet: str | None = None
    """Digest of bytes in the content store that say more."""


AnyEvent = (
    RunStarted
    | RunEnded
    | StepRecorded
    | ArtifactRecorded
    | LocationSeen
    | EdgesRecorded
    | Derived
    | ParamsLogged
    | MetricsLogged
    | SeriesLogged
    | GapNoticed
    | VersionNamed
    | AliasMoved
    | ReproductionRecorded
    | Stated
)

_encoder = msgspec.json.Encoder(order="sorted")


@cache
def _decoder() -> msgspec.json.Decoder[AnyEvent]:
    return msgspec.json.Decoder(AnyEvent)  # takes a while, and a program that records reads nothing


def encode(event: AnyEvent) -> bytes:
    """Return the canonical bytes of an event: compact JSON with sorted keys."""
    return _encoder.encode(event)


class _Said(Struct, frozen=True):
    """What is made up where an event does not say it, another one each time that it is read."""

    id: str
    time: datetime
    started: datetime | None = None
    ended: datetime | None = None


@cache
def _said_decoder() -> msgspec.json.Decoder[_Said]:
    return msgspec.json.Decoder(_Said)


def received(data: bytes) -> AnyEvent:
    """Read an event that others wrote down, which has to say its id and its times itself.

    Raises:
        msgspec.ValidationError: the bytes are no event this version knows.
    """
    event, said = decode(data), _said_decoder().decode(data)
    untold = (isinstance(event, RunStarted) and said.started is None) or (
        isinstance(event, RunEnded) and said.ended is None
    )
    if untold:
        raise msgspec.ValidationError("it does not say its time")
    return event


def decode(data: bytes | memoryview) -> AnyEvent:
    """Read an event back.

    Raises:
        msgspec.ValidationError: the bytes are no event this version knows.
    """
    return _decoder().decode(data)
