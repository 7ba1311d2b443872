"""How much of what happened was seen, of a model with all that led to it, or of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from forebear.analysis.completeness import Share, figure, floored, shares_of
from forebear.analysis.verdict import CONTEXT, called, counted, listed
from forebear.core.entities import Edge
from forebear.core.errors import InvalidInput
from forebear.core.events import StepRecorded
from forebear.core.ports import Store
from forebear.core.rows import RunRow
from forebear.ops.lineage import TraceRequest
from forebear.ops.resolve import moment
from forebear.ops.seen import look
from forebear.ops.table import Context, Request, Target, operation
from forebear.ops.training import FlowDeed, deed_of

__all__ = [
    "CompletenessRequest",
    "CompletenessResponse",
    "RunShares",
    "SeenShare",
    "UnfollowedFile",
    "check_completeness",
]

What = Literal["links", "bytes", "operations", "rows", "columns"]
_SEEN = frozenset({"observed", "verified"})


class SeenShare(Struct, frozen=True, kw_only=True):
    """How much of one kind of thing was seen."""

    what: What
    seen: int
    whole: int
    share: float


class UnfollowedFile(Struct, frozen=True, kw_only=True):
    """A file that a run read, and of which nobody saw where its content went."""

    id: str
    title: str
    size: int | None


class RunShares(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was seen of one outermost run."""

    id: str
    name: str
    figure: float
    shares: list[SeenShare]
    files: list[UnfollowedFile] = []


class CompletenessResponse(Struct, kw_only=True, omit_defaults=True):
    """How much of what happened was seen."""

    root: str
    verdict: str
    figure: float
    """The smallest of the shares."""
    minimum: float
    well: bool
    """The figure is not below the minimum."""
    shares: list[SeenShare]
    runs: list[RunShares]
    unknown: list[FlowDeed]
    """Operations of which nobody knows what they do."""
    omitted: int
    gaps: list[str]


class CompletenessRequest(
    Request[CompletenessResponse], frozen=True, kw_only=True, omit_defaults=True
):
    """Ask how much of what happened was seen."""

    target: Target
    minimum: float = 1.0
    as_of: str | None = None
    limit: int = 20_000


@operation(name="check-completeness", permission="read")
def check_completeness(context: Context, request: CompletenessRequest) -> CompletenessResponse:
    """Say how much of what led to a thing was seen: links, bytes, operations, rows, columns.

    Raises:
        InvalidInput: the minimum is no share.
    """
    if not 0 <= request.minimum <= 1:
        raise InvalidInput(f"{request.minimum} is no share.", hint="Say one from 0 to 1: 0.95.")
    store = context.store
    seq = moment(store, request.as_of)
    asked = TraceRequest(target=request.target, as_of=request.as_of, limit=request.limit)
    way = look(store, request.target, "up", asked)
    edges, gaps, omitted = way.walk.edges, way.gaps(), way.walk.omitted
    of_run = {id: node.root or id for id, node in way.nodes.items() if node.type == "run"}
    steps = store.flows.steps(list(of_run), seq)
    mine = _by_run(edges, of_run)
    runs = [
        _run(store, row, mine.get(row.id, []), steps, of_run=of_run, seq=seq)
        for row in sorted(way.runs, key=lambda row: row.started, reverse=True)
    ]
    links = sum(edge.evidence in _SEEN for edge in edges)
    shares = [
        Share(what="links", seen=links, whole=len(edges) + len(gaps)),
        _sum("bytes", runs),
        *shares_of(steps.values()),
    ]
    found = figure(shares)
    well = found >= request.minimum and not omitted
    return CompletenessResponse(
        root=way.found.nodes[0].id,
        verdict=_verdict(request.target.ref, found, shares, well=well, omitted=omitted),
        figure=found,
        minimum=request.minimum,
        well=well,
        shares=_told(shares),
        runs=runs,
        unknown=_unknown(steps),
        omitted=omitted,
        gaps=gaps,
    )


def _by_run(edges: Sequence[Edge], of_run: Mapping[str, str]) -> dict[str, list[Edge]]:
    """Return for each outermost run the edges that begin or end in it."""
    found: dict[str, list[Edge]] = {}
    for edge in edges:
        for run in {of_run.get(edge.source), of_run.get(edge.target)} - {None}:
            found.setdefault(run or "", []).append(edge)
    return found


def _run(
    store: Store,
    run: RunRow,
    edges: Sequence[Edge],
    steps: dict[str, StepRecorded],
    *,
    of_run: dict[str, str],
    seq: int | None,
) -> RunShares:
    read, files = _bytes(store, run.id, seq)
    gaps = len(store.gaps([run.id], seq))
    shares = [
        Share(
            what="links",
            seen=sum(edge.evidence in _SEEN for edge in edges),
            whole=len(edges) + gaps,
        ),
        read,
        *shares_of(step for id, step in steps.items() if of_run.get(id) == run.id),
    ]
    return RunShares(
        id=run.id, name=run.name, figure=figure(shares), shares=_told(shares), files=files
    )


def _bytes(store: Store, run: str, seq: int | None) -> tuple[Share, list[UnfollowedFile]]:
    """Return how many of the bytes that a run read went into steps that were seen.

    Where a run has no steps it is one itself.
    """
    used = [
        edge
        for edge in store.run_edges(run, seq)
        if edge.type == "used" and edge.role not in CONTEXT
    ]
    read = [
        row.artifact
        for row in store.locations(list(dict.fromkeys(e.source for e in used)), seq, run=run)
        if row.mode == "read"
    ]
    followed = {edge.source for edge in used if _follows(edge, run)}
    if all(edge.target == run for edge in used):
        followed = {edge.source for edge in used}
    nodes = store.nodes(list(dict.fromkeys(read)), seq)
    sizes = {id: node.size or 0 for id, node in nodes.items()}
    lost = [node for id, node in nodes.items() if id not in followed]
    whole = sum(sizes.values())
    return (
        Share(what="bytes", seen=whole - sum(sizes[node.id] for node in lost), whole=whole),
        [UnfollowedFile(id=node.id, title=called(node), size=node.size) for node in lost],
    )


def _follows(edge: Edge, run: str) -> bool:
    return edge.target != run and edge.evidence != "inferred"


def _sum(what: What, runs: Sequence[RunShares]) -> Share:
    of = [share for run in runs for share in run.shares if share.what == what]
    return Share(what=what, seen=sum(one.seen for one in of), whole=sum(one.whole for one in of))


def _told(shares: Sequence[Share]) -> list[SeenShare]:
    return [
        SeenShare(what=one.what, seen=one.seen, whole=one.whole, share=round(one.figure, 4))
        for one in shares
    ]


def _unknown(steps: dict[str, StepRecorded]) -> list[FlowDeed]:
    return list(
        dict.fromkeys(
            deed_of(steps, id, number)
            for id, step in steps.items()
            for number, one in enumerate(step.operations)
            if one.unknown
        )
    )


def _verdict(ref: str, found: float, shares: Sequence[Share], *, well: bool, omitted: int) -> str:
    told = listed((f"{floored(one.figure):.1%} of {one.what}" for one in shares if one.whole), 6)
    sentence = f"Seen of what led to {ref}: {told or 'nothing was to be seen'}."
    if found < 1:
        sentence += f" The smallest of these shares counts: {found:.1%}."
    if omitted:
        return sentence + f" {counted(omitted, 'node')} were not looked at; --limit looks further."
    return sentence if well else f"{sentence} That is too little."
