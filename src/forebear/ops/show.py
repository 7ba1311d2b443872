"""Everything that is known of one thing: an artifact, a run, or a name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, structs

from forebear.analysis.verdict import CONTEXT, called
from forebear.core.entities import Column, Edge, EvidenceWord, Node
from forebear.core.ports import Store
from forebear.core.refs import NameKind
from forebear.core.rows import AliasRow, LocationRow, RunRow, VersionRow
from forebear.ops.card import Card, card_of
from forebear.ops.facts import Facts
from forebear.ops.graph import (
    Figure,
    GraphNode,
    Reproduction,
    RunFacts,
    facts_of,
    figures_out,
    node_out,
    reproductions_out,
)
from forebear.ops.kin import same_model, table_of
from forebear.ops.kpis import KpiEntry, kpis_of
from forebear.ops.profiles import profiled_at
from forebear.ops.resolve import Found, moment, resolve
from forebear.ops.schemas import SchemaVersion, columns_in, schema_history, schema_of
from forebear.ops.standing import LifeFacts, life_of
from forebear.ops.subjects import Subject, subject
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.validations import Validated, validated_on

__all__ = ["ArtifactView", "Deed", "NameView", "RunView", "ShowRequest", "Tie", "show"]

_MOST_DEEDS = 50
_MOST_STEPS = 1000
_MOST_SCHEMAS = 200


class Tie(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A thing that something else is tied to, and how."""

    id: str
    title: str
    type: str
    kind: str
    role: str | None
    evidence: EvidenceWord
    slot: str | None = None
    relation: str | None = None
    in_memory: bool = False
    rows: int | None = None
    columns: int | None = None
    size: int | None = None
    digest: str | None = None


class Deed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run or step that made or used the thing, inside its outermost run."""

    id: str
    kind: str
    name: str
    evidence: EvidenceWord
    role: str | None
    where: str | None = None
    params: dict[str, Any] = {}
    inputs: list[Tie] = []
    run: RunFacts | None = None


class ArtifactView(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="thing", tag="artifact"
):
    """An artifact: a version of a model or of data, a file, code, an environment."""

    title: str
    node: GraphNode
    versions: list[VersionRow]
    made_by: list[Deed]
    used_by: list[Deed]
    derived_from: list[Tie]
    derived: list[Tie]
    schema: list[Column]
    metrics: list[Figure]
    locations: list[LocationRow]
    reproductions: list[Reproduction]
    gaps: list[str]
    history: list[AliasRow]
    same: list[str]
    """Ids of the same model elsewhere: in memory, saved, loaded again."""
    profiled: datetime | None = None
    """Of data when the profile that is kept was made."""
    card: Card
    """What is said of it in the catalog, and what comes down to it."""
    life: LifeFacts | None = None
    """Of a model its stage and its overrides."""
    kpis: list[KpiEntry] = []
    """Of a model what it is worth to the business."""
    validations: list[Validated] = []
    """How it was last validated on each data, newest first."""


class RunView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="thing", tag="run"):
    """A run, with what went in, what came out, and its steps."""

    title: str
    run: RunFacts
    parent: str | None
    inputs: list[Tie]
    outputs: list[Tie]
    context: list[Tie]
    """Code and environment."""
    steps: list[RunRow]
    metrics: list[Figure]
    gaps: list[str]
    card: Card


class NameView(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="thing", tag="name"
):
    """A name with its catalog card, its versions and the moves of its aliases."""

    title: str
    kind: NameKind
    card: Card
    versions: list[VersionRow]
    aliases: dict[str, int]
    history: list[AliasRow]
    newest: ArtifactView
    """The newest version: where it is, what made it, what uses it."""
    schemas: list[SchemaVersion] = []
    """Of data how its columns changed, the newest version first."""


class ShowRequest(
    Request[ArtifactView | RunView | NameView], frozen=True, kw_only=True, omit_defaults=True
):
    """Ask for everything known of one thing."""

    target: Target
    as_of: str | None = None


@operation(name="show", permission="read")
def show(context: Context, request: ShowRequest) -> ArtifactView | RunView | NameView:
    """Tell everything that is known of one thing."""
    store = context.store
    seq = moment(store, request.as_of)
    thing = subject(store, request.target, seq)
    if thing.about.startswith(("data:", "model:")):
        card = card_of(store, thing, thing.ids, seq, request.as_of)
        named = _name(store, thing, card, seq)
        newest = _with_life(context, named.newest, thing.versions[:1], seq, request.as_of)
        return structs.replace(named, newest=newest)
    found = resolve(store, request.target, seq)
    ids = found.ids if found.run is not None else thing.ids
    card = card_of(store, thing, ids, seq, request.as_of)
    if found.run is not None:
        return _run(store, found.run, card, seq)
    view = _artifact(store, found, card, seq)
    return _with_life(context, view, view.versions, seq, request.as_of)


def _with_life(
    context: Context,
    view: ArtifactView,
    rows: Sequence[VersionRow],
    seq: int | None,
    as_of: str | None,
) -> ArtifactView:
    if view.node.kind != "model":
        return view
    ids = [view.node.id, *view.same]
    life = life_of(context, ids, rows, seq, as_of)
    return structs.replace(view, life=life, kpis=kpis_of(Facts(context.store, seq), ids))


def _name(store: Store, thing: Subject, card: Card, seq: int | None) -> NameView:
    versions = thing.versions
    kind = versions[0].kind
    newest = resolve(store, Target(ref=f"{kind}:{thing.title}:{versions[0].version}"), seq)
    return NameView(
        title=thing.title,
        kind=kind,
        card=card,
        versions=versions,
        aliases={word: row.version for row in versions for word in row.aliases},
        history=store.alias_history(kind, thing.title, seq),
        newest=_artifact(store, newest, card, seq),
        schemas=schema_history(store, versions[:_MOST_SCHEMAS], seq) if kind == "data" else [],
    )


def _artifact(store: Store, found: Found, card: Card, seq: int | None) -> ArtifactView:
    node = found.nodes[0]
    table = table_of(store, node, seq)
    kin = same_model(store, node, seq) if node.kind == "model" else found.nodes
    ids = [one.id for one in kin]
    up, down = store.edges(ids, "up", seq=seq), store.edges(ids, "down", seq=seq)
    kept = [e for e in (*up, *down) if e.type == "derived" and not {e.source, e.target} <= set(ids)]
    versions = [row for rows in store.versions_of(ids, seq).values() for row in rows]
    made = _deeds(store, [e for e in up if e.type == "generated"], seq)
    runs = [deed.run.id for deed in made if deed.run is not None]
    return ArtifactView(
        title=called(node),
        node=node_out(structs.replace(node, rows=table.rows, columns=table.columns)),
        versions=sorted(versions, key=lambda row: (row.artifact != node.id, row.name)),
        made_by=made,
        used_by=_deeds(store, [e for e in down if e.type == "used"], seq),
        derived_from=_ties(store, [e for e in kept if e.target in ids], "up", seq),
        derived=_ties(store, [e for e in kept if e.source in ids], "down", seq),
        schema=columns_in(table) or schema_of(store, node, seq),
        profiled=profiled_at(store, node, seq),
        metrics=figures_out(store, store.metrics(models=ids, seq=seq), seq)
        if node.kind == "model"
        else [],
        locations=store.locations(ids, seq),
        reproductions=reproductions_out(store.reproductions(ids, seq)),
        gaps=[
            row.what
            for row in (store.gaps(list(dict.fromkeys(runs)), seq) if runs else [])
            if row.artifact is None or row.artifact in ids
        ],
        history=[
            move
            for kind, name in dict.fromkeys((row.kind, row.name) for row in versions)
            for move in store.alias_history(kind, name, seq)
        ],
        same=[id for id in ids if id != node.id],
        card=card,
        validations=validated_on(store, ids, seq) if node.kind == "model" else [],
    )


def _run(store: Store, row: RunRow, card: Card, seq: int | None) -> RunView:
    edges = store.run_edges(row.id, seq)
    made = {edge.target for edge in edges if edge.type != "used"}
    used = {edge.source for edge in edges if edge.type == "used"}
    inputs = [e for e in edges if e.type == "used" and e.source not in made]
    nodes = store.nodes(list(dict.fromkeys(e.target for e in edges)), seq)
    steps = store.runs(parent=row.id, limit=_MOST_STEPS, seq=seq)
    below = [node.id for node in nodes.values() if node.type == "run"]
    speaking = list(dict.fromkeys([row.id, *below, *(step.id for step in steps)]))
    ends = {
        n.id for n in nodes.values() if not n.in_memory or n.kind == "model" or n.id not in used
    }
    out = [e for e in edges if e.target in ends and (e.type == "generated" or e.relation)]
    return RunView(
        title=row.name,
        run=facts_of([row], nodes, edges)[0],
        parent=row.parent,
        inputs=_ties(store, [e for e in inputs if e.role not in CONTEXT], "up", seq),
        outputs=_ties(store, out, "down", seq),
        context=_ties(store, [e for e in inputs if e.role in CONTEXT], "up", seq),
        steps=steps,
        metrics=figures_out(store, store.metrics(runs=speaking, seq=seq), seq),
        gaps=[gap.what for gap in store.gaps([row.id], seq)],
        card=card,
    )


def _deeds(store: Store, edges: Iterable[Edge], seq: int | None) -> list[Deed]:
    deeds: dict[str, Deed] = {}
    for edge in edges:
        id = edge.source if edge.type == "generated" else edge.target
        row = store.run(id, seq) if len(deeds) < _MOST_DEEDS and id not in deeds else None
        if row is None:
            continue
        arriving = store.edges([id], "up", seq=seq)
        whole = row if row.root == row.id else store.run(row.root, seq)
        inside = {id: Node(id=id, type="run", kind=row.kind, root=row.root)}
        deeds[id] = Deed(
            id=id,
            kind=row.kind,
            name=row.name,
            evidence=edge.evidence,
            role=edge.role,
            where=row.where,
            params=row.params,
            inputs=_ties(store, [e for e in arriving if e.role not in CONTEXT], "up", seq),
            run=facts_of([whole], inside, arriving)[0] if whole else None,
        )
    return list(deeds.values())


def _ties(store: Store, edges: Iterable[Edge], way: str, seq: int | None) -> list[Tie]:
    ends = {(edge.source if way == "up" else edge.target): edge for edge in edges}
    nodes = store.nodes(list(ends), seq)
    return [_tie(nodes[id], edge) for id, edge in ends.items() if id in nodes]


def _tie(node: Node, edge: Edge) -> Tie:
    return Tie(
        id=node.id,
        title=called(node),
        type=node.type,
        kind=node.kind,
        role=edge.role,
        slot=edge.slot,
        relation=edge.relation,
        evidence=edge.evidence,
        in_memory=node.in_memory,
        rows=node.rows,
        columns=node.columns,
        size=node.size,
        digest=node.digest,
    )
