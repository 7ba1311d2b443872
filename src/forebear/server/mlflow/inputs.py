"""Data and models that runs use, and what they are in the graph."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import msgspec

from forebear.core.digest import of_bytes
from forebear.core.errors import ForebearError
from forebear.core.events import (
    AnyEvent,
    ArtifactRecorded,
    EdgesRecorded,
    Link,
    LocationSeen,
    VersionNamed,
)
from forebear.engines.files import FileDigest, digest_path
from forebear.server.mlflow.errors import invalid
from forebear.server.mlflow.facts import CONTEXT, INPUT, DatasetFact, InputFact, name_of
from forebear.server.mlflow.table import Desk
from forebear.server.mlflow.values import Body, free_pairs, short, text

__all__ = ["dataset_artifact", "dataset_events", "model_input_events"]

_ROLES: Final = {"training": "train", "train": "train", "validation": "validation", "eval": "test",
                 "evaluation": "test", "test": "test", "testing": "test"}  # fmt: skip

_UNNAMED: Final = "dataset"
"""What clients call data to which nobody gave a name."""


def dataset_artifact(data: DatasetFact) -> str:
    """Return the artifact that stands for data of which only a client's description is known."""
    said = [data.name, data.digest, data.source_type, data.source]
    return of_bytes(b"mlflow-dataset" + msgspec.json.encode(said))


def dataset_events(desk: Desk, run: str, said: Body) -> list[AnyEvent]:
    """Return what tells that a run of the graph used data in a context."""
    told = said.get("dataset")
    if not isinstance(told, dict):
        raise invalid("Missing value for required parameter 'dataset'.")
    data = DatasetFact(
        name=short(text(told, "name"), 500, "name"),
        digest=short(text(told, "digest"), 36, "digest"),
        **{
            part: str(told.get(part) or "")
            for part in ("source_type", "source", "schema", "profile")
        },
    )
    tags = free_pairs(said, "tags", 500)
    context = tags.get(CONTEXT, "")
    read, known = _read_here(desk, data), _known_artifact(desk, data)
    events: list[AnyEvent] = []
    if read is not None:
        artifact, path = read.digest, str(Path(_uri(data) or "").absolute())
        events += [
            ArtifactRecorded(
                artifact=artifact, kind="data", digest=artifact, run=run, label=data.name,
                size=read.size,
            ),
            LocationSeen(artifact=artifact, uri=path, mode="read", run=run),
        ]  # fmt: skip
    elif known is not None:
        artifact = known
    else:
        artifact = dataset_artifact(data)
        attrs = {"mlflow": {"digest": data.digest, "source_type": data.source_type}}
        events.append(
            ArtifactRecorded(
                artifact=artifact, kind="data", digest=artifact, run=run, label=data.name,
                by_reference=True, attrs=attrs,
            )
        )  # fmt: skip
        uri = _uri(data)
        if uri is not None:
            events.append(LocationSeen(artifact=artifact, uri=uri, mode="read", run=run))
    role = _ROLES.get(context.lower(), context or "input")
    link = Link(artifact=artifact, role=role, evidence="declared")
    fact = InputFact(dataset=data, tags=tags, artifact=artifact)
    return [
        *events,
        *_named(desk, data, artifact, run),
        EdgesRecorded(run=run, used=[link]),
        INPUT.say(run, fact, key=_key(data, context), run=run),
    ]


def _read_here(desk: Desk, data: DatasetFact) -> FileDigest | None:
    """Return the digest of the file that data came from, where the client runs in this process."""
    path = _uri(data) if desk.here else None
    if path is None or "://" in path:
        return None
    try:
        return digest_path(path)
    except ForebearError:
        return None  # it is gone, or may not be read


def _named(desk: Desk, data: DatasetFact, artifact: str, run: str) -> list[AnyEvent]:
    """Return what enters data into the catalog, where its user gave it a name."""
    if data.name == _UNNAMED:
        return []
    rows = desk.store.versions_of([artifact]).get(artifact, [])
    if any(row.kind == "data" for row in rows):
        return []
    name = name_of(desk.view.space, data.name)
    named = VersionNamed(
        kind="data", name=name, artifact=artifact, run=run, by=desk.author, automatic=True
    )
    return [named]


def _known_artifact(desk: Desk, data: DatasetFact) -> str | None:
    """Return the artifact that lies where the data came from, if our own tools saw it there."""
    uri = _uri(data)
    if uri is None:
        return None
    try:
        nodes = desk.store.find_location(uri)
    except ForebearError:
        return None
    # What another client said of this place may be other data: it is told apart by its hash.
    return next((one.id for one in nodes if "mlflow" not in one.attrs), None)


def _uri(data: DatasetFact) -> str | None:
    """Return where data came from, as our own tools write places: a path for a local file."""
    try:
        source = msgspec.json.decode(data.source)
    except msgspec.DecodeError:
        return None
    said = (
        source.get("uri") or source.get("url") or source.get("path")
        if isinstance(source, dict)
        else None
    )
    if not isinstance(said, str):
        return None
    parts = urlsplit(said)
    return unquote(parts.path) if parts.scheme == "file" else said


def model_input_events(desk: Desk, run: str, model_id: str) -> list[AnyEvent]:
    """Return what tells that a run of the graph used a logged model."""
    logged = desk.view.logged.get(model_id)
    events: list[AnyEvent] = [INPUT.say(run, InputFact(model=model_id), key=model_id, run=run)]
    if logged is not None and logged.fact.artifact:
        link = Link(artifact=logged.fact.artifact, role="model", evidence="declared")
        events.append(EdgesRecorded(run=run, used=[link]))
    return events


def _key(data: DatasetFact, context: str) -> str:
    """Return what tells uses of data by one run apart."""
    said = f"{data.name}\0{data.digest}\0{data.source}\0{context}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]
