"""What statements are about: a name as a whole, or one artifact or run."""

from __future__ import annotations

from msgspec import Struct

from forebear.analysis.verdict import called
from forebear.core.ports import Store
from forebear.core.refs import NameKind, parse
from forebear.core.rows import VersionRow
from forebear.core.statements import about_name
from forebear.ops.kin import same_model
from forebear.ops.resolve import named, resolve
from forebear.ops.table import Target

__all__ = ["Subject", "of_name", "subject"]


class Subject(Struct, frozen=True, kw_only=True):
    """A thing that statements are made about."""

    about: str
    """How statements write it: `data:adult`, or the id of an artifact or run."""
    title: str
    """How answers call it."""
    kind: str
    """model, data, file, code, environment, or the kind of a run."""
    ids: list[str]
    """Ids of its nodes: of a name those of its newest version, of a model all its guises."""
    versions: list[VersionRow]
    """Of a name all its versions, newest first; of an artifact those that it is."""

    @property
    def everything(self) -> list[str]:
        """What holds for it was said about any of these: itself, its guises, its names."""
        names = [about_name(row.kind, row.name) for row in self.versions]
        return list(dict.fromkeys([self.about, *self.ids, *names]))


def subject(store: Store, target: Target, seq: int | None = None) -> Subject:
    """Return what a target means to statements: a bare name is the name, all else one thing.

    Raises:
        BadRef, UnknownRef: as `forebear.ops.resolve.resolve` does.
    """
    ref = parse(target.ref)
    if ref.name is not None and ref.version is None and ref.alias is None:
        newest = named(store, ref, seq)
        if newest is not None:
            return of_name(store, newest.kind, newest.name, seq)
    found = resolve(store, target, seq)
    if found.run is not None:
        return Subject(
            about=found.run.id,
            title=found.run.name,
            kind=found.run.kind,
            ids=[found.run.id],
            versions=[],
        )
    node = found.nodes[0]
    kin = same_model(store, node, seq) if node.kind == "model" else found.nodes
    ids = list(dict.fromkeys([node.id, *(one.id for one in kin)]))
    rows = [row for rows in store.versions_of(ids, seq).values() for row in rows]
    versions = {(row.kind, row.name, row.version): row for row in rows}
    return Subject(
        about=node.id,
        title=called(node),
        kind=node.kind,
        ids=ids,
        versions=list(versions.values()),
    )


def of_name(store: Store, kind: NameKind, name: str, seq: int | None = None) -> Subject:
    """Return a name that is known to be there as what statements are about."""
    versions = store.versions(kind, name, seq)
    return Subject(
        about=about_name(kind, name),
        title=name,
        kind=kind,
        ids=[row.artifact for row in versions[:1]],
        versions=versions,
    )
