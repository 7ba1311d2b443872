"""Things that no recorded program made: models of any kind, and data, as they lie there."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from forebear.core.entities import ArtifactKind, Column
from forebear.core.events import (
    AnyEvent,
    ArtifactRecorded,
    Derived,
    LocationSeen,
    VersionNamed,
)
from forebear.core.refs import NameKind, check_name
from forebear.ops.table import Context, Request, operation

__all__ = ["RegisterRequest", "RegisterResponse", "register"]


class RegisterResponse(Struct, frozen=True, kw_only=True):
    """What was registered."""

    artifact: str
    kind: ArtifactKind
    name: str | None
    version: int | None
    new: bool
    """False when that content was a version of that name already."""


class RegisterRequest(Request[RegisterResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Record an artifact that lies at a place, and make it a version of a name."""

    digest: str
    kind: ArtifactKind
    uri: str
    label: str
    name: str | None = None
    format: str | None = None
    size: int | None = None
    kept: bool = False
    """Its bytes are in the content store."""
    by_reference: bool = False
    rows: int | None = None
    columns: list[Column] = []
    """Of data what they hold, where they can be read as a table."""
    table: str | None = None
    """The digest of that table."""
    parts: list[str] = []
    """Digests of the files in a model's folder that may be models by themselves."""


@operation(name="register", permission="write")
def register(context: Context, request: RegisterRequest) -> RegisterResponse:
    """Record something as it is now, and make it a version of a name where one is given."""
    store = context.store
    said: list[AnyEvent] = [
        ArtifactRecorded(
            artifact=request.digest,
            kind=request.kind,
            digest=request.digest,
            label=request.label,
            format=request.format,
            size=request.size,
            kept=request.kept,
            by_reference=request.by_reference,
            rows=request.rows,
            columns=request.columns,
            table=request.table,
        ),
        LocationSeen(artifact=request.digest, uri=request.uri, mode="read"),
        *_made_of(context, request),
    ]
    kind: NameKind = "model" if request.kind == "model" else "data"
    name = None if request.name is None else check_name(request.name)
    before = [] if name is None else store.versions(kind, name)
    if name is not None:
        said.append(VersionNamed(kind=kind, name=name, artifact=request.digest, by=context.author))
    store.append(said)
    rows = [] if name is None else store.versions_of([request.digest]).get(request.digest, [])
    version = next((row.version for row in rows if (row.kind, row.name) == (kind, name)), None)
    return RegisterResponse(
        artifact=request.digest,
        kind=request.kind,
        name=name,
        version=version,
        new=version not in {row.version for row in before},
    )


def _made_of(context: Context, request: RegisterRequest) -> Iterator[Derived]:
    """Yield what ties a folder to the models whose files are in it, and so to their makers."""
    store, folder = context.store, request.digest
    tied = {edge.target for edge in store.edges([folder], "down")}
    tied |= {edge.source for edge in store.edges([folder], "up")} | {folder}
    for part in request.parts:
        for known in store.find_artifacts(part):
            if known.kind == "model" and known.digest == part and known.id not in tied:
                yield Derived(source=known.id, target=folder, relation="copy", evidence="observed")
