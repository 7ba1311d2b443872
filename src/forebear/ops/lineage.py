"""Where a thing came from, what it reaches, and how two things hang together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from forebear.analysis.completeness import Completeness, completeness, gaps_of
from forebear.analysis.path import way_between, ways_from
from forebear.analysis.verdict import (
    called,
    impact_verdict,
    maker,
    path_verdict,
    sources,
    trace_verdict,
)
from forebear.analysis.walk import Graded, Neighbours, Walk, walk
from forebear.core.entities import Edge, Evidence, EvidenceWord, Node, RunStatus, at_least
from forebear.core.ports import Direction, Store
from forebear.core.rows import RunRow
from forebear.ops.consumers import consumers_of
from forebear.ops.deployments import deployments_at
from forebear.ops.graph import (
    Figure,
    Graph,
    Reproduction,
    RunFacts,
    edges_out,
    facts_of,
    figures_out,
    nodes_out,
    reproductions_out,
)
from forebear.ops.kin import grouped, same_model
from forebear.ops.live import with_live_deployments
from forebear.ops.resolve import Found, moment, resolve
from forebear.ops.standing import Standing, life_of
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "ImpactRequest",
    "ImpactResponse",
    "PathRequest",
    "PathResponse",
    "Reached",
    "Seen",
    "TraceRequest",
    "TraceResponse",
    "impact",
    "look",
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


class Reached(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One model, deployment or consumer that a thing reaches, and a shortest way there."""

    id: str
    title: str
    kind: str
    name: str | None
    version: int | None
    path: list[str]
    """Ids from the thing asked about to this one."""
    evidence: EvidenceWord
    """The weakest link on that way."""
    aliases: list[str] = []
    also: list[str] = []
    """Ids of its other guises: the same model in memory, or saved elsewhere."""
    status: RunStatus | None = None
    started: datetime | None = None


class ImpactResponse(Graph, kw_only=True, omit_defaults=True):
    """What a thing reaches."""

    models: list[Reached]
    deployments: list[Reached]
    consumers: list[Reached]
    runs: list[RunFacts]


class ImpactRequest(Request[ImpactResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask what something reaches."""

    target: Target
    as_of: str | None = None
    evidence: EvidenceWord | None = None
    depth: int | None = None
    limit: int = _LIMIT


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


@operation(name="impact", permission="read")
def impact(context: Context, request: ImpactRequest) -> ImpactResponse:
    """Say what something reaches: models, deployments, consumers."""
    seen = look(context.store, request.target, "down", request)
    starts = set(seen.found.ids)
    reach = partial(_reach, ways_from(seen.found.ids, seen.walk.edges), seen.nodes)
    models = [
        node for node in seen.nodes.values() if node.kind == "model" and node.id not in starts
    ]
    reached = [reach(group) for group in grouped(models, seen.walk.edges)]
    kinds = {run.id: run.kind for run in seen.runs}
    ends: dict[str, dict[str, list[Node]]] = {"serve": {}, "consume": {}}
    for node in seen.nodes.values():
        whole = node.root or node.id
        kind = node.kind if node.kind in ends else kinds.get(whole, "")
        if node.type == "run" and kind in ends and node.id not in starts:
            ends[kind].setdefault(whole, []).append(node)
    deployments, consumers = ([reach(g) for g in ends[k].values()] for k in ("serve", "consume"))
    consumers = _users(seen, [*starts, *(node.id for node in models)], reach, consumers)
    return ImpactResponse(
        **seen.graph(seen.gaps()),
        verdict=impact_verdict(
            seen.found.title,
            models=[item.title for item in reached],
            deployments=[item.title for item in deployments],
            consumers=[item.title for item in consumers],
            omitted=seen.walk.omitted,
        ),
        models=reached,
        deployments=deployments,
        consumers=consumers,
        runs=seen.facts(),
    )


@operation(name="path", permission="read")
def path(context: Context, request: PathRequest) -> PathResponse:
    """Say how one thing leads to another, in whichever direction there is a way."""
    store = context.store
    seq = moment(store, request.as_of)
    start, end = (resolve(store, target, seq) for target in (request.start, request.end))
    graded = Graded(_neighbours(store, seq), request.evidence)
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


class Seen:
    """What a walk saw, with all that is told about it."""

    def __init__(
        self,
        *,
        store: Store,
        seq: int | None,
        found: Found,
        walk: Walk,
        graded: Graded,
        least: EvidenceWord | None,
    ) -> None:
        self.store, self.seq, self.found, self.walk = store, seq, found, walk
        self._graded, self._least = graded, least
        self.nodes = store.nodes(list(walk.depths), seq) | {node.id: node for node in found.nodes}
        for id, depth in walk.depths.items():
            if id in self.nodes:
                self.nodes[id] = msgspec.structs.replace(self.nodes[id], depth=depth)
        whole = dict.fromkeys(n.root or n.id for n in self.nodes.values() if n.type == "run")
        self.runs: list[RunRow] = [row for id in whole if (row := store.run(id, seq)) is not None]

    def gaps(self) -> list[str]:
        """Say what was not seen."""
        return gaps_of(
            runs=self.runs,
            noticed=self.store.gaps([run.id for run in self.runs], self.seq),
            nodes=self.nodes,
            edges=self.walk.edges,
            hidden=len(self._graded.hidden),
            least=self._least,
        )

    def facts(self) -> list[RunFacts]:
        """Tell of the outermost runs."""
        return facts_of(self.runs, self.nodes, self.walk.edges)

    def graph(self, gaps: list[str]) -> dict[str, Any]:
        """Return the fields that all answers about the graph have, but for the verdict."""
        places: dict[str, str] = {}
        stored = [n.id for n in self.nodes.values() if n.type == "artifact" and not n.in_memory]
        for place in self.store.locations(stored, self.seq):
            places.setdefault(place.artifact, place.uri)
        return {
            "root": self.found.nodes[0].id,
            "roots": self.found.ids,
            "nodes": nodes_out(self.nodes, self.walk.depths, places),
            "edges": edges_out(self.walk.edges),
            "complete": not gaps and not self.walk.omitted,
            "omitted": self.walk.omitted,
            "gaps": gaps,
        }


def look(
    store: Store, target: Target, direction: Direction, asked: TraceRequest | ImpactRequest
) -> Seen:
    """Walk up or down from a thing, as far as was asked for."""
    seq = moment(store, asked.as_of)
    found = resolve(store, target, seq)
    graded = Graded(_neighbours(store, seq), asked.evidence)
    walked = walk(
        found.ids, graded, direction, max_depth=asked.depth, max_nodes=max(1, asked.limit)
    )
    if walked.omitted and direction == "down" and asked.depth is None:
        walked = with_live_deployments(
            store, found.ids, walked, evidence=at_least(asked.evidence), seq=seq
        )
    return Seen(store=store, seq=seq, found=found, walk=walked, graded=graded, least=asked.evidence)


def _neighbours(store: Store, seq: int | None) -> Neighbours:
    edges: Callable[[Sequence[str], Direction], list[Edge]] = partial(store.edges, seq=seq)
    return edges


def _metrics(store: Store, root: Node, kin: list[str], found: Found, seq: int | None) -> list[Any]:
    if root.type == "run":
        return store.metrics(runs=found.ids, seq=seq)
    return store.metrics(models=kin, seq=seq) if root.kind == "model" else []


def _users(
    seen: Seen,
    models: Sequence[str],
    reach: Callable[[Sequence[Node]], Reached],
    known: Sequence[Reached],
) -> list[Reached]:
    """Return who uses these models: programs on the way, callers, lock files, and who is known."""
    titles = {id: called(seen.nodes[id]) for id in models if seen.nodes[id].kind == "model"}
    used = [one for one in deployments_at(seen.store, seen.seq, ended=True) if one.model in titles]
    uses: dict[str, Edge] = {}
    for edge in seen.walk.edges:
        step = seen.nodes[edge.target]
        if edge.source in titles and step.type == "run":
            uses.setdefault(step.root or step.id, edge)
    below = {node.root or node.id: node for node in seen.nodes.values() if node.type == "run"}
    by_title = {title: id for id, title in reversed(titles.items())}
    found: dict[str, Reached] = {}
    for entry in consumers_of(seen.store, titles, used, seen.seq) if titles else ():
        who = f"{entry.who} ({entry.title})"
        if entry.id is None:
            way = reach([seen.nodes[by_title[entry.title]]])
            user = replace(
                way, id=f"consumer:{entry.who}", title=who, kind="consumer", name=None, version=None
            )
        elif entry.id in uses:
            user = replace(_through(reach, uses[entry.id], seen.nodes), title=who)
        elif entry.id in below:
            user = replace(reach([below[entry.id]]), title=who)
        else:
            continue  # further than was asked, or by weaker links
        found.setdefault(user.id, user)
    return list(({one.id: one for one in known} | found).values())


def _through(
    reach: Callable[[Sequence[Node]], Reached], use: Edge, nodes: Mapping[str, Node]
) -> Reached:
    """Return who uses a model, by the way that leads through the model."""
    way, step = reach([nodes[use.source]]), nodes[use.target]
    return Reached(
        id=step.id,
        title=called(step),
        kind=step.kind,
        name=None,
        version=None,
        path=[*way.path, step.id],
        evidence=min(way.evidence, use.evidence, key=lambda word: Evidence[word]),
        status=step.status,
        started=step.started,
    )


def _reach(
    ways: Mapping[str, list[Edge]], nodes: Mapping[str, Node], group: Sequence[Node]
) -> Reached:
    node = group[0]
    back = [node.id]
    links: list[Edge] = []
    while before := ways.get(back[-1]):
        links.append(before[0])
        back.append(before[0].source)
    return Reached(
        id=node.id,
        title=called(node),
        kind=node.kind,
        name=node.name,
        version=node.version,
        path=back[::-1],
        evidence=min((e.evidence for e in links), key=lambda w: Evidence[w], default="observed"),
        aliases=node.aliases,
        also=[other.id for other in group[1:]],
        status=node.status,
        started=node.started,
    )
