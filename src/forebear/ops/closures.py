"""Everything above or below a thing, what several things have in common, all ways between two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from msgspec import Struct

from forebear.analysis.queries import all_ways
from forebear.analysis.verdict import counted, listed
from forebear.core.entities import EvidenceWord, Node, at_least
from forebear.core.errors import InvalidInput
from forebear.core.lineage import Direction
from forebear.ops.graph import Graph, GraphNode, edges_out, node_out, nodes_out
from forebear.ops.resolve import Found, moment, resolve
from forebear.ops.seen import natural
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "ClosureRequest",
    "ClosureResponse",
    "CommonRequest",
    "CommonResponse",
    "PathsRequest",
    "PathsResponse",
    "SharedNode",
    "closure",
    "common",
    "paths",
]

_LIMIT = 1_000
_WAY_NODES = 20_000
"""Nodes between two things up to which ways are looked for."""


class ClosureResponse(Struct, kw_only=True):
    """All that lies above or below a thing."""

    root: str
    roots: list[str]
    direction: Direction
    verdict: str
    nodes: list[GraphNode]
    """The nearest first; `depth` counts links on a shortest way."""
    count: int
    """How many there are within the depth, listed or not."""
    counts: list[int]
    """How many there are at each distance, from 1 on."""
    omitted: int
    """Known to be there and not listed, for the limit or one step past the depth."""
    complete: bool
    withheld: int = 0
    """Nodes next to these that whoever asks may not see: they are in other workspaces."""


class ClosureRequest(Request[ClosureResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask for all ancestors (`up`) or descendants (`down`) of something."""

    target: Target
    direction: Direction
    kinds: list[str] = []
    """Only nodes of these kinds; none means all."""
    as_of: str | None = None
    evidence: EvidenceWord | None = None
    depth: int | None = None
    limit: int = _LIMIT


class SharedNode(Struct, frozen=True, kw_only=True):
    """A common ancestor with its distance from each of the things asked about."""

    id: str
    depths: list[int]
    nearest: bool
    """Nothing that comes of it is common to all of them too."""


class CommonResponse(Struct, kw_only=True):
    """What several things have in common."""

    roots: list[str]
    verdict: str
    nodes: list[GraphNode]
    common: list[SharedNode]
    """The nearest first, as in `nodes`."""
    count: int
    omitted: int
    complete: bool
    withheld: int = 0
    """Nodes next to these that whoever asks may not see: they are in other workspaces."""


class CommonRequest(Request[CommonResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask what several things have in common."""

    targets: list[Target]
    kinds: list[str] = []
    as_of: str | None = None
    evidence: EvidenceWord | None = None
    limit: int = _LIMIT


class PathsResponse(Graph, kw_only=True, omit_defaults=True):
    """All ways by which one thing leads to another, up to a bound."""

    paths: list[list[str]]
    """Ids from cause to effect, the shortest way first."""
    backwards: bool
    """The ways lead from `end` to `start`."""


class PathsRequest(Request[PathsResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask for all ways by which one thing leads to another."""

    start: Target
    end: Target
    as_of: str | None = None
    evidence: EvidenceWord | None = None
    most: int = 10
    longest: int | None = None
    """Links that a way may have."""


@operation(name="closure", permission="read")
def closure(context: Context, request: ClosureRequest) -> ClosureResponse:
    """List everything that something comes from, or everything that comes of it."""
    store = context.store
    seq = moment(store, request.as_of)
    found = resolve(store, request.target, seq)
    reached = store.closure(
        found.ids,
        request.direction,
        kinds=request.kinds or None,
        evidence=at_least(request.evidence),
        seq=seq,
        depth=natural(request.depth, "depth"),
        limit=natural(request.limit, "limit"),
    )
    nodes = store.nodes(list(reached.depths), seq)
    word = "ancestor" if request.direction == "up" else "descendant"
    return ClosureResponse(
        root=found.ids[0],
        roots=found.ids,
        direction=request.direction,
        verdict=_told(found.title, word, reached.count, len(reached.counts), nodes.values()),
        nodes=nodes_out(nodes, reached.depths, {}),
        count=reached.count,
        counts=reached.counts,
        omitted=reached.omitted,
        complete=reached.omitted == 0,
    )


@operation(name="common", permission="read")
def common(context: Context, request: CommonRequest) -> CommonResponse:
    """List what several things have among their ancestors, themselves included."""
    store = context.store
    if len(request.targets) < 2:
        raise InvalidInput("What is common takes at least two things.")
    seq = moment(store, request.as_of)
    asked = [resolve(store, target, seq) for target in request.targets]
    shared = store.common_ancestors(
        [found.ids for found in asked],
        kinds=request.kinds or None,
        evidence=at_least(request.evidence),
        seq=seq,
        limit=natural(request.limit, "limit"),
    )
    nodes = store.nodes([one.id for one in shared.ancestors], seq)
    titles = listed([found.title for found in asked])
    omitted = shared.count - len(shared.ancestors)
    verdict = f"{titles} have {counted(shared.count, 'common ancestor')}."
    return CommonResponse(
        roots=[found.ids[0] for found in asked],
        verdict=verdict if shared.count else f"{titles} have nothing in common.",
        nodes=[node_out(nodes[one.id], depth=max(one.depths)) for one in shared.ancestors],
        common=[
            SharedNode(id=one.id, depths=one.depths, nearest=one.nearest)
            for one in shared.ancestors
        ],
        count=shared.count,
        omitted=omitted,
        complete=omitted == 0,
    )


@operation(name="paths", permission="read")
def paths(context: Context, request: PathsRequest) -> PathsResponse:
    """List all ways by which one thing leads to another, the shortest first."""
    store = context.store
    seq = moment(store, request.as_of)
    start, end = (resolve(store, target, seq) for target in (request.start, request.end))
    least = at_least(request.evidence)
    backwards = False
    inside = store.between(start.ids, end.ids, evidence=least, seq=seq, limit=_WAY_NODES)
    if not inside.depths:
        inside = store.between(end.ids, start.ids, evidence=least, seq=seq, limit=_WAY_NODES)
        backwards = bool(inside.depths)
    first, last = (end, start) if backwards else (start, end)
    edges = [
        edge
        for edge in store.edges(list(inside.depths), "up", evidence=least, seq=seq)
        if edge.source in inside.depths
    ]
    ways = all_ways(first.ids, last.ids, edges, most=max(1, request.most), longest=request.longest)
    told = list(dict.fromkeys(node for way in ways.found for node in way))
    links = {pair for way in ways.found for pair in pairwise(way)}
    nodes = store.nodes(told or [first.ids[0], last.ids[0]], seq)
    complete = ways.complete and not inside.omitted
    return PathsResponse(
        root=first.ids[0],
        roots=[first.ids[0], last.ids[0]],
        verdict=_ways_told(first, last, len(ways.found), complete=complete),
        nodes=nodes_out(nodes, {id: inside.depths.get(id, 0) for id in nodes}, {}),
        edges=edges_out(edge for edge in edges if (edge.source, edge.target) in links),
        complete=complete,
        omitted=inside.omitted,
        gaps=[],
        paths=ways.found,
        backwards=backwards,
    )


def _told(title: str, word: str, count: int, deepest: int, nodes: Iterable[Node]) -> str:
    if not count:
        return f"{title} has no {word}s."
    kinds = Counter(node.kind for node in nodes)
    which = listed([f"{number:,} {kind}" for kind, number in kinds.most_common()], most=6)
    whole = sum(kinds.values()) == count
    far = f"at most {counted(deepest, 'link')} away"
    return f"{title} has {counted(count, word)}, {far}" + (f": {which}." if whole else ".")


def _ways_told(first: Found, last: Found, found: int, *, complete: bool) -> str:
    if not found:
        sure = "No way leads" if complete else "No way was found that leads"
        return f"{sure} from {first.title} to {last.title}."
    number = counted(found, "way") if complete else f"{counted(found, 'way')} and perhaps more"
    verb = "leads" if found == 1 and complete else "lead"
    return f"{number} {verb} from {first.title} to {last.title}."
