"""What logged models and versions are in the graph: their content, and what led to it."""

from __future__ import annotations

from typing import Any

import msgspec

from forebear.core.digest import of_bytes
from forebear.core.entities import EvidenceWord
from forebear.core.events import (
    AnyEvent,
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    GapNoticed,
    Link,
)
from forebear.core.ids import new_id
from forebear.server.mlflow import artifacts
from forebear.server.mlflow.bases import base_events
from forebear.server.mlflow.facts import LOGGED, FileFact, LoggedFact, run_of
from forebear.server.mlflow.registered import copied_from
from forebear.server.mlflow.table import Desk
from forebear.server.mlflow.things import Model, Run

__all__ = ["content", "data_not_told", "files_of", "version_content"]

_NO_DATA = "the MLflow client did not say which data was used (`mlflow.log_input` does)"


def content(
    desk: Desk,
    id: str,
    fact: LoggedFact,
    files: dict[str, FileFact],
    evidence: EvidenceWord = "observed",
) -> tuple[LoggedFact, list[AnyEvent]]:
    """Return the fact of a logged model with these files, and the events that tell the graph.

    That is its content, the run that made it, and what it holds.
    """
    digest = artifacts.digest_of(files) if files else None
    if digest is None or fact.artifact == digest:
        return fact, []
    run = run_of(fact.run)
    attrs: dict[str, Any] = {"mlflow": {"model_id": id, "files": len(files)}}
    events: list[AnyEvent] = [
        ArtifactRecorded(
            artifact=digest, kind="model", digest=digest, run=run, label=fact.name,
            format="mlflow", size=sum(file.size for file in files.values()), attrs=attrs,
        )
    ]  # fmt: skip
    if run is not None:
        made = Link(artifact=digest, evidence=evidence)
        events.append(EdgesRecorded(run=run, generated=[made]))
    # A file in it that our own tools saw made ties it to all that led there.
    events += [
        Derived(source=known.id, target=digest, relation="copy", evidence="observed", run=run)
        for file in files.values()
        for known in desk.store.find_artifacts(file.digest)
        if known.kind == "model" and known.id != digest
    ]
    events += base_events(desk, files, digest)
    return msgspec.structs.replace(fact, artifact=digest), events


def files_of(desk: Desk, fact: LoggedFact) -> dict[str, FileFact]:
    """Return the files of a logged model."""
    return artifacts.files_below(desk.view, artifacts.path_of(fact.artifact_uri) or "")


def data_not_told(desk: Desk, run: Run) -> list[AnyEvent]:
    """Return what says of a run that made a model that nobody knows from which data."""
    inside = run_of(run.id)
    if inside is None or any(one.dataset is not None for one in run.inputs.values()):
        return []
    return [GapNoticed(run=inside, what=_NO_DATA)]


def version_content(
    desk: Desk, model: Model, source: str, model_id: str, run: str
) -> tuple[str, list[AnyEvent]]:
    """Return what a version is in the graph, and the events that say so.

    Content that is a version of that name already gets an artifact of its own: MLflow's clients
    expect a new number each time they register.
    """
    found, events = _content_of(desk, model, source, model_id, run)
    if found not in model.numbers:
        return found, events
    again = new_id()
    digest = of_bytes(again.encode())
    return again, [
        *events,
        ArtifactRecorded(
            artifact=again, kind="model", digest=digest, label=model.name, by_reference=True
        ),
        Derived(source=found, target=again, relation="copy"),
    ]


def _content_of(
    desk: Desk, model: Model, source: str, model_id: str, run: str
) -> tuple[str, list[AnyEvent]]:
    logged = desk.view.logged.get(model_id)
    if logged is not None:
        fact, events = content(desk, logged.id, logged.fact, files_of(desk, logged.fact))
        if events:
            events.append(LOGGED.say(logged.id, fact, by=desk.author))
        if fact.artifact is not None:
            return fact.artifact, events
    origin = copied_from(desk, source)
    if origin is not None:
        return origin.artifact, []
    path = artifacts.path_of(source)
    files = artifacts.files_below(desk.view, path) if path else {}
    if files:
        digest, size = artifacts.digest_of(files), sum(one.size for one in files.values())
    else:
        digest, size = of_bytes(b"mlflow-source" + source.encode()), None
    known = model.versions.get(model.numbers.get(digest, 0))
    if known is not None and known.run == run:
        return digest, []  # that was told with the first version that is it
    return digest, _made(desk, digest, model.name, run, size)


def _made(desk: Desk, content: str, label: str, run: str, size: int | None) -> list[AnyEvent]:
    inside = run_of(run)
    recorded = ArtifactRecorded(
        artifact=content, kind="model", digest=content, run=inside, label=label, format="mlflow",
        size=size, by_reference=size is None,
    )  # fmt: skip
    if inside is None or desk.view.runs.get(run) is None:
        return [recorded]
    return [
        recorded,
        EdgesRecorded(run=inside, generated=[Link(artifact=content, evidence="declared")]),
    ]
