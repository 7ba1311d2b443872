"""Which version of a data set a run wrote or read.

What a version facet says holds. A writer that says none makes a version of its own; a reader that
says none has read what was written last before it, by a run or by anything that was seen there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from forebear.core.digest import is_digest
from forebear.core.entities import EvidenceWord
from forebear.exchange.openlineage import facets
from forebear.exchange.openlineage.naming import DatasetKey, artifact_id, uri_of
from forebear.exchange.openlineage.states import DatasetState, Part, RunState
from forebear.exchange.openlineage.view import View

__all__ = ["Met", "Version", "read", "said", "whole", "writes", "written"]

_WRITTEN: Final = ("COMPLETED", "RUNNING")


class Version(NamedTuple):
    """A version of a data set in the graph."""

    artifact: str
    version: str | None
    """The source's own word for it."""
    evidence: EvidenceWord = "declared"


class Met(NamedTuple):
    """The data sets that a run met, with their versions."""

    view: View
    inputs: dict[DatasetKey, Part]
    outputs: dict[DatasetKey, Part]
    read: dict[DatasetKey, list[Version]]
    written: dict[DatasetKey, list[Version]]


class Write(NamedTuple):
    """Something was written at a moment."""

    at: datetime
    artifact: str
    by_run: bool


def whole(key: DatasetKey) -> Version:
    """Return the artifact of a data set of which no version is known."""
    return Version(artifact_id(uri_of(key)), None)


def written(part: Part, run: RunState) -> list[Version]:
    """Return the versions that a run wrote; none while it has not ended and says none.

    What it dropped is not there any more, and nothing was written.
    """
    became = facets.read(part.facets, "lifecycleStateChange", facets.Lifecycle)
    if became is not None and became.state == "DROP":
        return []
    told = said(part)
    if told or not run.is_whole:
        return told
    return [Version(artifact_id(uri_of(part.key), f"run:{run.id}"), None)]


def read(view: View, part: Part, run: RunState) -> list[Version]:
    """Return the versions that a run read; none while it has not ended and says none."""
    told = said(part)
    if told or not run.is_whole:
        return told
    until = max(run.ended or part.last, part.last)
    known = [one for one in writes(view, part.key, but=run.id) if one.at <= until]
    before = [one for one in known if one.at <= part.first]
    if not known:
        return [whole(part.key)]
    last = max(before) if before else min(known)
    # What another tool left there, or what came while it was reading, is no more than likely.
    sure = bool(before) and last.by_run and last == max(known)
    return [Version(last.artifact, None, "declared" if sure else "inferred")]


def writes(view: View, key: DatasetKey, *, but: str = "") -> list[Write]:
    """Return all that is known to have been written to a data set, with what it made."""
    state = view.dataset(key)
    known = _of_runs(view, state) if state else []
    found = [write for write, run in known if run != but]
    uri = uri_of(view.canonical(key))
    # Whoever reads without seeing content says nothing of what is there.
    told = (
        one
        for one in view.sightings.get(uri, ())
        if one.artifact != artifact_id(uri) or one.mode == "write"
    )
    return found + [Write(one.at, one.artifact, False) for one in told]


def _of_runs(view: View, state: DatasetState) -> list[tuple[Write, str]]:
    """Return what runs have written, with their ids."""
    if state.writes is None:
        state.writes = []
        for id in sorted(state.writers):
            run = view.runs[id]
            part = run.parts("outputs", view.links).get(state.key)
            if part is not None and run.is_whole and run.state in _WRITTEN:
                at = run.ended or part.last
                made = written(part, run)[-1:]
                state.writes += [(Write(at, one.artifact, True), id) for one in made]
    return state.writes


def said(part: Part) -> list[Version]:
    """Return the versions that a run told, in the order in which it did."""
    use = facets.read(part.use, "forebear_use", facets.Use)
    if use is not None and use.digest is not None and is_digest(use.digest):
        return [Version(use.digest, None)]
    return [Version(artifact_id(uri_of(part.key), one), one) for one in part.versions]
