"""Events in words: what a record says, for somebody who has nothing but the record."""

from __future__ import annotations

from collections.abc import Sequence

from forebear.analysis.verdict import counted, listed
from forebear.core.digest import is_digest, short
from forebear.core.events import (
    AliasMoved,
    AnyEvent,
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    GapNoticed,
    Link,
    LocationSeen,
    MetricsLogged,
    ParamsLogged,
    ReproductionRecorded,
    RunEnded,
    RunStarted,
    StepRecorded,
    VersionNamed,
)

__all__ = ["in_words"]


def in_words(event: AnyEvent) -> str:
    """Return one sentence that says what an event says.

    >>> in_words(GapNoticed(run="r1", what="A file was not seen."))
    'In the run r1 something was not seen: A file was not seen.'
    """
    match event:
        case VersionNamed():
            who = f" by {event.by}" if event.by else ""
            how = " automatically" if event.automatic else who
            return f"{_id(event.artifact)} was registered{how} as a version of the {event.kind} {event.name}."
        case AliasMoved():
            where = f"to version {event.version}" if event.version else "to no version"
            why = f" ({event.why})" if event.why else ""
            return f"{event.by} pointed {event.name}@{event.alias} {where}{why}."
        case ArtifactRecorded():
            return f"The {event.kind} {_artifact(event)} has the content {event.digest}."
        case RunStarted():
            by = f" by {event.attrs['by']}" if "by" in event.attrs else ""
            how = f": {' '.join(event.command)}" if event.command else ""
            return f"The run {event.run} ({event.kind} {event.name}) was started{by}{how}."
        case RunEnded():
            why = f": {event.error}" if event.error else ""
            return f"The run {event.run} ended as {event.status}{why}."
        case StepRecorded():
            flow = _flow(event.used, event.generated)
            return f"The step {event.run} ({event.kind} {event.name}) of the run {event.parent} {flow}."
        case EdgesRecorded():
            return f"The run {event.run} {_flow(event.used, event.generated)}."
        case LocationSeen():
            return f"{_id(event.artifact)} was seen at {event.uri} ({event.mode})."
        case Derived():
            return f"{_id(event.target)} comes from {_id(event.source)} ({event.relation}, {event.evidence})."
        case ParamsLogged():
            return f"The run {event.run} had the settings {listed(sorted(event.params))}."
        case MetricsLogged():
            figures = listed([f"{metric.key} = {metric.value}" for metric in event.metrics])
            about = f" about {_id(event.model)}" if event.model else ""
            return f"The run {event.run} measured {figures}{about}."
        case GapNoticed():
            return f"In the run {event.run} something was not seen: {event.what}"
        case ReproductionRecorded():
            return f"{_id(event.artifact)} was made again by {event.by}, with the verdict {event.verdict}."


def _artifact(event: ArtifactRecorded) -> str:
    label = f" ({event.label})" if event.label else ""
    same = event.artifact == event.digest
    return (_id(event.artifact) if same else event.artifact) + label


def _flow(used: Sequence[Link], generated: Sequence[Link]) -> str:
    parts = [
        f"{verb} {_links(links)}"
        for verb, links in (("used", used), ("generated", generated))
        if links
    ]
    return " and ".join(parts) or "used nothing and generated nothing"


def _links(links: Sequence[Link]) -> str:
    if len(links) > 5:
        return counted(len(links), "artifact")
    return listed([_id(link.artifact) + (f" as {link.role}" if link.role else "") for link in links])


def _id(text: str) -> str:
    return short(text) if is_digest(text) else text
