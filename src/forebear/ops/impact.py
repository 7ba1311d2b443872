"""What a thing reaches: models, deployments, consumers, each with a shortest way there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from forebear.analysis.path import ways_from
from forebear.analysis.verdict import called, impact_verdict
from forebear.core.entities import Edge, Evidence, EvidenceWord, Node, RunStatus
from forebear.ops.consumers import consumers_of
from forebear.ops.deployments import deployments_at
from forebear.ops.graph import Graph, RunFacts
from forebear.ops.kin import grouped
from forebear.ops.seen import Seen, look
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["ImpactRequest", "ImpactResponse", "Reached", "impact"]

_LIMIT: Final = 2_000
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


@operation(name="impact", permission="read")
def impact(context: Context, request: ImpactRequest) -> ImpactResponse:
    """Say what something reaches: models, deployments, consumers."""
    seen = look(context.store, request.target, "down", request)
    starts = set(seen.found.ids)
    reach = partial(_reach, ways_from(seen.found.ids, seen.walk.edges), seen.nodes)
    itself = {
        (node.name, node.version)
        for node in seen.found.nodes
        if node.kind == "model" and node.version is not None
    }
    models = [
        node
        for node in seen.nodes.values()
        if node.kind == "model"
        and node.id not in starts
        # Another form of the very version that is asked about is nothing that it reaches.
        and (node.name, node.version) not in itself
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
            # What each of them uses stands beside it below.
            consumers=[item.title.partition(" (")[0] for item in consumers],
            omitted=seen.walk.omitted,
        ),
        models=reached,
        deployments=deployments,
        consumers=consumers,
        runs=seen.facts(),
    )


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
    found: dict[str, Reached] = {}
    for use in consumers_of(seen.store, titles, used, seen.seq) if titles else ():
        entry = use.entry
        who = f"{entry.who} ({entry.title})"
        if entry.id is None:
            way = reach([seen.nodes[use.model]])
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
