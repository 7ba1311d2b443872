"""The one form in which pieces of the graph leave forebear: nodes, edges, facts of runs.

Fields without a default are always there, if only as null; the others when they say something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from forebear.core.entities import Edge, EdgeType, EvidenceWord, Node, RunStatus
from forebear.core.ports import Store
from forebear.core.rows import MetricRow, ReproductionRow, RunRow

__all__ = [
    "Figure",
    "Graph",
    "GraphEdge",
    "GraphNode",
    "Reproduction",
    "RunFacts",
    "as_core",
    "edges_out",
    "facts_of",
    "figures_out",
    "node_out",
    "nodes_out",
    "reproductions_out",
]


_TOLD_ELSEWHERE = frozenset({"params", "schema"})
"""What a node holds among its `attrs` and an answer tells in a field, or `show` in full."""


class GraphNode(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A node as answers give it; see `core.entities.Node` for the meaning of the fields."""

    id: str
    type: str
    kind: str
    name: str | None
    version: int | None
    digest: str | None
    depth: int
    label: str | None = None
    aliases: list[str] = []
    format: str | None = None
    size: int | None = None
    rows: int | None = None
    columns: int | None = None
    in_memory: bool = False
    parent: str | None = None
    root: str | None = None
    status: RunStatus | None = None
    started: datetime | None = None
    ended: datetime | None = None
    where: str | None = None
    location: str | None = None
    """Where the content was last seen."""
    params: dict[str, Any] = {}
    attrs: dict[str, Any] = {}


class GraphEdge(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An edge as answers give it, from cause to effect."""

    source: str = field(name="from")
    target: str = field(name="to")
    type: EdgeType
    role: str | None
    relation: str | None
    evidence: EvidenceWord
    slot: str | None = None


class Graph(Struct, kw_only=True, omit_defaults=True):
    """What trace, impact and path have in common."""

    root: str
    roots: list[str]
    """All nodes asked about: several artifacts may have the content, a run has its steps."""
    verdict: str
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    complete: bool
    """Nothing was left out, and nothing is known to be missing."""
    omitted: int
    """Nodes that are known and were left out by the depth or the limit."""
    gaps: list[str]
    withheld: int = 0
    """Nodes next to these that whoever asks may not see: they are in other workspaces."""


class RunFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is told once about an outermost run."""

    id: str
    name: str
    kind: str
    status: RunStatus
    started: datetime
    ended: datetime | None
    command: list[str]
    params: dict[str, Any]
    cwd: str | None = None
    exit_code: int | None = None
    error: str | None = None
    steps: int = 0
    code: list[str] = []
    """Ids of the code artifacts that ran."""
    environment: list[str] = []
    attrs: dict[str, Any] = {}


class Figure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A metric with what it was measured on."""

    key: str
    value: float | str
    evidence: EvidenceWord
    run: str
    at: datetime
    step: int | None = None
    model: str | None = None
    data: str | None = None
    data_name: str | None = None
    split: str | None = None
    params: dict[str, Any] = {}


class Reproduction(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One verdict of `forebear reproduce`."""

    verdict: str
    reason: str
    at: datetime
    by: str
    environment: str
    run: str
    details: dict[str, Any] = {}


def node_out(node: Node, *, depth: int = 0, location: str | None = None) -> GraphNode:
    """Return a node in its outward form, with the place where it was last seen."""
    shared = {f: getattr(node, f) for f in node.__struct_fields__}
    attrs = {key: value for key, value in node.attrs.items() if key not in _TOLD_ELSEWHERE}
    params = node.attrs.get("params", {})
    return GraphNode(
        **(shared | {"depth": depth, "attrs": attrs}), params=params, location=location
    )


def nodes_out(
    nodes: Mapping[str, Node], depths: Mapping[str, int], places: Mapping[str, str]
) -> list[GraphNode]:
    """Return nodes in the order of `depths`, each with its depth."""
    return [
        node_out(nodes[id], depth=depth, location=places.get(id))
        for id, depth in depths.items()
        if id in nodes
    ]


def edges_out(edges: Iterable[Edge]) -> list[GraphEdge]:
    """Return edges in their outward form."""
    return [GraphEdge(**{f: getattr(edge, f) for f in edge.__struct_fields__}) for edge in edges]


def as_core(graph: Graph) -> tuple[dict[str, Node], list[Edge]]:
    """Return an answer's nodes and edges as the analysis floor takes them."""
    nodes = [Node(**{f: getattr(node, f) for f in Node.__struct_fields__}) for node in graph.nodes]
    edges = [Edge(**{f: getattr(edge, f) for f in Edge.__struct_fields__}) for edge in graph.edges]
    return {node.id: node for node in nodes}, edges


def facts_of(
    rows: Iterable[RunRow], nodes: Mapping[str, Node], edges: Iterable[Edge]
) -> list[RunFacts]:
    """Return what is told about outermost runs, newest first, with the code and environment
    that `edges` tie to them or to their steps.
    """
    around: dict[tuple[str, str], dict[str, None]] = {}
    for edge in edges:
        run = nodes.get(edge.target)
        if edge.role and run is not None and run.type == "run":
            around.setdefault((run.root or run.id, edge.role), {})[edge.source] = None
    return [
        RunFacts(
            **{f: getattr(row, f) for f in RunFacts.__struct_fields__ if hasattr(row, f)},
            code=list(around.get((row.id, "code"), ())),
            environment=list(around.get((row.id, "environment"), ())),
        )
        for row in sorted(rows, key=lambda row: row.started, reverse=True)
    ]


def figures_out(store: Store, rows: Sequence[MetricRow], seq: int | None = None) -> list[Figure]:
    """Return metrics with the names of the data they were measured on."""
    data = store.nodes([row.data for row in rows if row.data], seq)
    figures = []
    for row in rows:
        on = data.get(row.data or "")
        figures.append(
            Figure(
                key=row.metric.key,
                value=row.metric.value,
                step=row.metric.step,
                evidence=row.evidence,
                run=row.run,
                at=row.at,
                model=row.model,
                data=row.data,
                data_name=(on.label or on.name) if on else None,
                split=row.split,
                params=row.params,
            )
        )
    return figures


def reproductions_out(rows: Iterable[ReproductionRow]) -> list[Reproduction]:
    """Return verdicts of reproductions in their outward form."""
    return [
        Reproduction(**{f: getattr(row, f) for f in Reproduction.__struct_fields__}) for row in rows
    ]
