"""Searching jobs and data sets, in the two ways in which Marquez' pages do it.

The plain one looks at names. The other one, which Marquez answers with OpenSearch, looks at what
facets tell too, and shows where the words were found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from forebear.exchange.openlineage import facets
from forebear.exchange.openlineage.states import DatasetState, JobState
from forebear.exchange.openlineage.view import View
from forebear.server.openlineage import walks
from forebear.server.openlineage.shapes import moment

__all__ = ["hits", "search"]

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST: Final = 20
_AROUND: Final = 60
_ENDS: Final = {"COMPLETED": "COMPLETE", "FAILED": "FAIL", "ABORTED": "ABORT"}
"""The event after which a run stands so."""


def search(view: View, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the jobs and data sets whose name or namespace has the words."""
    words = query.get("q", "").lower()
    wanted = query.get("filter", "").upper()
    namespace = query.get("namespace")
    things: list[tuple[str, Any]] = [("DATASET", one) for one in view.datasets.values()]
    things += [("JOB", one) for one in view.jobs.values()]
    found = [
        _named(kind, thing)
        for kind, thing in things
        if wanted in ("", kind)
        and namespace in (None, thing.key.namespace)
        and (words in thing.key.name.lower() or words in thing.key.namespace.lower())
    ]
    order = "updatedAt" if query.get("sort", "").upper() == "UPDATE_AT" else "name"
    found.sort(key=lambda one: (one[order], one["namespace"]), reverse=order != "name")
    return found


def _named(kind: str, thing: JobState | DatasetState) -> dict[str, Any]:
    return {
        "type": kind,
        "name": thing.key.name,
        "updatedAt": moment(_last(thing)),
        "namespace": thing.key.namespace,
        "nodeId": walks.node_id(thing.key),
    }


def hits(view: View, kind: str, words: str) -> dict[str, Any]:
    """Return the jobs or the data sets in which words are, newest first, and where they are."""
    known = view.jobs if kind == "jobs" else view.datasets
    things: list[JobState | DatasetState] = [*known.values()]
    things.sort(key=lambda one: (_last(one), one.key.namespace, one.key.name), reverse=True)
    found = []
    for thing in things:
        if shown := _shown(_texts(thing), words):
            found.append((thing, shown))
        if len(found) == _MOST:
            break
    return {"hits": [_hit(one) for one, _ in found], "highlights": [shown for _, shown in found]}


def _hit(thing: JobState | DatasetState) -> dict[str, Any]:
    hit = {"name": thing.key.name, "namespace": thing.key.namespace, "facets": thing.known}
    if isinstance(thing, DatasetState):
        last = max(thing.writers | thing.readers, default=None)
        return {**hit, "run_id": last, "eventType": None}
    run = max(thing.runs.values(), key=lambda one: (one.ordered[0].at, one.id), default=None)
    kind = facets.read(thing.known, "jobType", facets.JobType)
    return {
        **hit,
        "run_id": run.id if run else None,
        "type": (kind.processing_type if kind else None) or "BATCH",
        "eventType": _ENDS.get(run.state, "RUNNING") if run else None,
        "runFacets": _of_engine(run.known) if run else {},
    }


def _of_engine(known: dict[str, Any]) -> dict[str, Any]:
    """Return facets without an engine that has no name, of which Marquez' pages break."""
    engine = known.get("processing_engine")
    named = isinstance(engine, dict) and isinstance(engine.get("name"), str)
    return {name: one for name, one in known.items() if named or name != "processing_engine"}


def _texts(thing: JobState | DatasetState) -> Iterator[tuple[str, str]]:
    """Yield what can be found, with what it is."""
    yield "name", thing.key.name
    yield "namespace", thing.key.namespace
    known = thing.known
    text = facets.read(known, "documentation", facets.Documentation)
    if text is not None:
        yield "facets.documentation.description", text.description
    if isinstance(thing, DatasetState):
        schema = facets.read(known, "schema", facets.Schema)
        for one in schema.fields if schema else ():
            yield "facets.schema.fields.name", one.name
        return
    for facet, field in (("sql", "query"), ("sourceCode", "sourceCode")):
        told = known.get(facet)
        if isinstance(told, dict) and isinstance(told.get(field), str):
            yield f"facets.{facet}.{field}", told[field]


def _shown(texts: Iterable[tuple[str, str]], words: str) -> dict[str, Sequence[str]]:
    """Return the texts that have the words, with the words marked."""
    shown: dict[str, list[str]] = {}
    for what, text in texts:
        at = text.lower().find(words.lower())
        if at >= 0 and len(text.lower()) == len(text):
            end = at + len(words)
            before, after = text[max(at - _AROUND, 0) : at], text[end : end + _AROUND]
            shown.setdefault(what, []).append(f"{before}<em>{text[at:end]}</em>{after}")
    return dict(shown)


def _last(thing: JobState | DatasetState) -> datetime:
    return max(thing.latest.times, default=_NEVER)
