"""Where a thing came from, and how two things hang together."""

from __future__ import annotations

from typing import Any

from forebear.analysis.completeness import Completeness, completeness
from forebear.analysis.path import way_between
from forebear.analysis.verdict import (
    maker,
    path_verdict,
    sources,
    trace_verdict,
)
from forebear.analysis.walk import Graded, Walk
from forebear.core.entities import EvidenceWord, Node
from forebear.core.ports import Store
from forebear.ops.graph import (
    Figure,
    Graph,
    Reproduction,
    RunFacts,
    figures_out,
    reproductions_out,
)
from forebear.ops.kin import same_model
from forebear.ops.resolve import Found, moment, resolve
from forebear.ops.seen import Seen, look, neighbours_of
from forebear.ops.standing import Standing, life_of
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "PathRequest",
    "PathResponse",
    "TraceRequest",
    "TraceResponse",
    "path",
    "trace",
]

_LIMIT = 2_000


class TraceResponse(Graph, kw_only=True, omit_defaults=True):
    """Where a thing came from."""

    completeness: Completeness
    runs: list[RunFacts]
    """The outermost runs involved, newest first."""
    made_by: str | None
    """The run or step that made it, or made what it was saved from."""
    params: dict[str, Any]
    """The settings of that run or step."""
    metrics: list[Figure]
    reproduction: Reproduction | None
    """The newest verdict of `forebear reproduce`."""
    overrides: list[Standing] = []
    """Of a model the exceptions that are made for it."""


class TraceRequest(Request[TraceResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask where something came from."""

    target: Target
    as_of: str | None = None
    evidence: EvidenceWord | None = None
    """The weakest grade of links to follow."""
    depth: int | None = None
    limit: int = _LIMIT
    """How many nodes the answer may have."""


class PathResponse(Graph, kw_only=True, omit_defaults=True):
    """How one thing leads to another."""

    found: bool
    backwards: bool
    """The way leads from `end` to `start`."""
    path: list[str]
    """Ids from cause to effect."""
    runs: list[RunFacts]


class PathRequest(Request[PathResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask how one thing leads to another."""

    start: Target
    end: Target
    as_of: str | None = None
    evidence: EvidenceWord | None = None


@operation(name="trace", permission="read")
def trace(context: Context, request: TraceRequest) -> TraceResponse:
    """Say where something came from: data, code, environment, settings, runs."""
    store = context.store
    seen = look(store, request.target, "up", request)
    root, seq = seen.found.nodes[0], seen.seq
    by = seen.found.nodes[0] if root.type == "run" else maker(root.id, seen.nodes, seen.walk.edges)
    row = store.run(by.id, seq) if by else None
    kin = same_model(store, root, seq) if root.kind == "model" else seen.found.nodes
    kin_ids = [node.id for node in kin]
    reproduced = reproductions_out(store.reproductions(kin_ids, seq))
    gaps = seen.gaps()
    scripts = {run.id: run.name for run in seen.runs}
    return TraceResponse(
        **seen.graph(gaps),
        verdict=trace_verdict(
            root,
            title=seen.found.title,
            by=None if root.type == "run" else by,
            script=scripts.get(by.root or by.id) if by else None,
            begins=sources(seen.found.ids, seen.nodes, seen.walk.edges),
            edges=seen.walk.edges,
            gaps=len(gaps),
            omitted=seen.walk.omitted,
            least=request.evidence,
            reproduced=reproduced[0].verdict if reproduced else None,
        ),
        completeness=completeness(seen.walk.edges, len(gaps)),
        runs=seen.facts(),
        made_by=row.id if row else None,
        params=row.params if row else {},
        metrics=figures_out(store, _metrics(store, root, kin_ids, seen.found, seq), seq),
        reproduction=reproduced[0] if reproduced else None,
        overrides=life_of(context, kin_ids, (), seq, request.as_of).overrides,
    )


@operation(name="path", permission="read")
def path(context: Context, request: PathRequest) -> PathResponse:
    """Say how one thing leads to another, in whichever direction there is a way."""
    store = context.store
    seq = moment(store, request.as_of)
    start, end = (resolve(store, target, seq) for target in (request.start, request.end))
    graded = Graded(neighbours_of(store, seq), request.evidence)
    way = way_between(start.ids, end.ids, graded)
    ids = way.nodes or [start.nodes[0].id, end.nodes[0].id]
    seen = Seen(
        store=store,
        seq=seq,
        found=start,
        walk=Walk(depths={id: place for place, id in enumerate(ids)}, edges=way.edges),
        graded=graded,
        least=request.evidence,
    )
    gaps = seen.gaps()
    graph = seen.graph(gaps)
    first, last = (way.nodes[-1], way.nodes[0]) if way.backwards else (ids[0], ids[-1])
    graph |= {
        "root": first,
        "roots": [first, last],
        "complete": way.complete and not gaps,
        "verdict": path_verdict(
            start.title,
            end.title,
            found=way.found,
            steps=len(way.edges),
            backwards=way.backwards,
            complete=way.complete,
        ),
    }
    return PathResponse(
        **graph, found=way.found, backwards=way.backwards, path=way.nodes, runs=seen.facts()
    )


def _metrics(store: Store, root: Node, kin: list[str], found: Found, seq: int | None) -> list[Any]:
    if root.type == "run":
        return store.metrics(runs=found.ids, seq=seq)
    return store.metrics(models=kin, seq=seq) if root.kind == "model" else []
