"""Events in words: what a record says, for somebody who has nothing but the record."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch

from forebear.analysis.verdict import counted, listed
from forebear.core.digest import is_digest, short
from forebear.core.events import (
    AliasMoved,
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    Event,
    GapNoticed,
    Link,
    LocationSeen,
    MetricsLogged,
    ParamsLogged,
    ReproductionRecorded,
    RunEnded,
    RunStarted,
    Stated,
    StepRecorded,
    VersionNamed,
)

__all__ = ["in_words"]

_MOST = 5
_PLAIN = (str, int, float)


@singledispatch
def in_words(event: Event) -> str:
    """Return one sentence that says what an event says.

    >>> in_words(GapNoticed(run="r1", what="A file was not seen."))
    'In the run r1 something was not seen: A file was not seen.'
    """
    run = getattr(event, "run", None)
    about = f" about the run {run}" if run else ""
    return f"A record of the type {event.__struct_config__.tag}{about}."


@in_words.register
def _version(event: VersionNamed) -> str:
    by = f" by {event.by}" if event.by else ""
    how = " automatically" if event.automatic else ""
    return (
        f"{_id(event.artifact)} was registered{how}{by} as a version of the"
        f" {event.kind} {event.name}."
    )


@in_words.register
def _alias(event: AliasMoved) -> str:
    where = f"to version {event.version}" if event.version else "to no version"
    why = f" ({event.why})" if event.why else ""
    return f"{event.by} pointed {event.name}@{event.alias} {where}{why}."


@in_words.register
def _artifact(event: ArtifactRecorded) -> str:
    label = f" ({event.label})" if event.label else ""
    if event.artifact == event.digest:
        return f"The {event.kind} {event.digest}{label} was recorded."
    return f"The {event.kind} {event.artifact}{label} was recorded with the content {event.digest}."


@in_words.register
def _started(event: RunStarted) -> str:
    by = f" by {event.attrs['by']}" if "by" in event.attrs else ""
    command = f": {' '.join(event.command)}" if event.command else ""
    return f"The run {event.run} ({event.kind} {event.name}) was started{by}{command}."


@in_words.register
def _ended(event: RunEnded) -> str:
    why = f": {event.error}" if event.error else ""
    return f"The run {event.run} ended as {event.status}{why}."


@in_words.register
def _step(event: StepRecorded) -> str:
    flow = _flow(event.used, event.generated)
    return f"The step {event.run} ({event.kind} {event.name}) of the run {event.parent} {flow}."


@in_words.register
def _edges(event: EdgesRecorded) -> str:
    return f"The run {event.run} {_flow(event.used, event.generated)}."


@in_words.register
def _location(event: LocationSeen) -> str:
    return f"{_id(event.artifact)} was seen at {event.uri} ({event.mode})."


@in_words.register
def _derived(event: Derived) -> str:
    return (
        f"{_id(event.target)} comes from {_id(event.source)} ({event.relation}, {event.evidence})."
    )


@in_words.register
def _params(event: ParamsLogged) -> str:
    return f"The run {event.run} had the settings {listed(sorted(event.params))}."


@in_words.register
def _metrics(event: MetricsLogged) -> str:
    figures = listed(f"{metric.key} = {metric.value}" for metric in event.metrics)
    about = f" about {_id(event.model)}" if event.model else ""
    return f"The run {event.run} measured {figures}{about}."


@in_words.register
def _gap(event: GapNoticed) -> str:
    return f"In the run {event.run} something was not seen: {event.what}"


@in_words.register
def _reproduction(event: ReproductionRecorded) -> str:
    return (
        f"{_id(event.artifact)} was made again by {event.by}, with the verdict {event.verdict}:"
        f" {event.reason}"
    )


@in_words.register
def _stated(event: Stated) -> str:
    said = "taken back" if event.value is None else "stated"
    what = f"{event.topic} {event.key}" if event.key else event.topic
    by = f" by {event.by}" if event.by else ""
    why = f" ({event.why})" if event.why else ""
    value = event.value if isinstance(event.value, dict) else {}
    plain = [f"{key} {_short(one)}" for key, one in value.items() if isinstance(one, _PLAIN)]
    told = f": {listed(plain, _MOST)}" if plain else ""
    return f"About {_id(event.about)} the {what} was {said}{by}{why}{told}."


def _short(value: object) -> str:
    text = str(value)
    return short(text) if is_digest(text) else text


def _flow(used: Sequence[Link], generated: Sequence[Link]) -> str:
    ways = (("used", used), ("generated", generated))
    return listed(f"{verb} {_links(links)}" for verb, links in ways if links) or "used nothing"


def _links(links: Sequence[Link]) -> str:
    if len(links) > _MOST:
        return counted(len(links), "artifact")
    return ", ".join(
        _id(link.artifact) + (f" as {link.role}" if link.role else "") for link in links
    )


def _id(text: str) -> str:
    return short(text) if is_digest(text) else text
