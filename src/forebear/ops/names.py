"""What lists of names tell: the newest version, the aliases, how many versions there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from forebear.core.entities import Node
from forebear.core.ports import Store
from forebear.core.refs import NameKind
from forebear.core.rows import NameRow
from forebear.ops.graph import Figure, figures_out
from forebear.ops.kin import same_model, table_of

__all__ = ["NameEntry", "entries"]


class NameEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A name with its newest version."""

    kind: NameKind
    name: str
    versions: int
    version: int
    artifact: str
    digest: str
    created: datetime
    """When the newest version was named."""
    run: str | None
    aliases: dict[str, int]
    """Each alias with the version it points to."""
    label: str | None = None
    format: str | None = None
    size: int | None = None
    rows: int | None = None
    columns: int | None = None
    in_memory: bool = False
    location: str | None = None
    metrics: list[Figure] = []
    overridden: list[int] = []
    """Versions for which an override is in force."""


def entries(
    store: Store,
    kind: NameKind,
    seq: int | None = None,
    *,
    only: Sequence[NameRow] | None = None,
) -> list[NameEntry]:
    """Return all names of a kind, the most recently changed first, or `only` these."""
    listed = store.names(kind, seq) if only is None else only
    versions = store.versions_of_names(kind, [row.name for row in listed], seq)
    newest = []
    for row in listed:
        if here := versions.get(row.name):
            aliases = {word: one.version for one in here for word in one.aliases}
            newest.append((row, here[0], aliases))
    ids = list({version.artifact for _, version, _ in newest})  # one may have many names
    nodes = store.nodes(ids, seq)
    figures = {id: _figures(store, nodes.get(id), seq) for id in ids}
    facts = {id: _facts(store, nodes.get(id), seq) for id in ids}
    places: dict[str, str] = {}
    for place in store.locations(ids, seq):
        places.setdefault(place.artifact, place.uri)
    return [
        NameEntry(
            kind=kind,
            name=row.name,
            versions=row.versions,
            version=version.version,
            artifact=version.artifact,
            digest=version.digest,
            created=version.created,
            run=version.run,
            aliases=aliases,
            location=places.get(version.artifact),
            metrics=figures[version.artifact],
            **facts[version.artifact],
        )
        for row, version, aliases in newest
    ]


def _figures(store: Store, node: Node | None, seq: int | None) -> list[Figure]:
    if node is None or node.kind != "model":
        return []
    kin = [one.id for one in same_model(store, node, seq)]
    return figures_out(store, store.metrics(models=kin, seq=seq), seq)


def _facts(store: Store, node: Node | None, seq: int | None) -> dict[str, Any]:
    if node is None:
        return {}
    table = table_of(store, node, seq)
    shape = {"rows": table.rows, "columns": table.columns}
    return {f: getattr(node, f) for f in ("label", "format", "size", "in_memory")} | shape
