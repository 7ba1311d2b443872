"""What lies around a thing: a part of the graph that can be drawn, and what lies beyond it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from forebear.analysis.verdict import called, counted, listed
from forebear.core.entities import EvidenceWord, Node, RunStatus, at_least
from forebear.core.errors import InvalidInput
from forebear.core.ports import Store
from forebear.ops.badges import QUICK, Badge, BadgeWord, badges_of
from forebear.ops.outline import Link, Outline
from forebear.ops.resolve import Found, moment, resolve
from forebear.ops.surroundings import SORTS, Opened, Sort, Stub, Surroundings, sort_of
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "Near",
    "NeighbourhoodRequest",
    "NeighbourhoodResponse",
    "neighbourhood",
]

_LIMIT: Final = 200
_EACH: Final = 6
_MOST_IN_USE: Final = 20
_PLURALS: Final = {"data": "data sets", "other": "other things"}
Detail = Literal["runs", "steps"]


class Near(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing in the neighbourhood."""

    id: str
    title: str
    sort: Sort
    kind: str
    depth: int
    """Links to the thing asked about: negative where it lies above, towards the causes."""
    name: str | None = None
    version: int | None = None
    aliases: list[str] = []
    digest: str | None = None
    status: RunStatus | None = None
    started: datetime | None = None
    ended: datetime | None = None
    rows: int | None = None
    columns: int | None = None
    size: int | None = None
    in_memory: bool = False
    run: str | None = None
    """Of a step the outermost run."""
    steps: int = 0
    """Of a run that is shown as one thing, how many steps it has."""
    badges: list[Badge] = []


class NeighbourhoodResponse(Struct, frozen=True, kw_only=True):
    """A part of the graph around a thing, with what lies one link beyond."""

    root: str
    roots: list[str]
    title: str
    verdict: str
    nodes: list[Near]
    """The nearest first."""
    links: list[Link]
    stubs: list[Stub]
    way: list[str]
    """Where a way was asked for, what is shown of it, the cause first."""
    complete: bool
    """There is nothing beyond, and nothing was left out for the limit."""
    full: bool
    """More was asked for than the limit lets be shown."""
    withheld: int = 0
    """Things next to these that whoever asks may not see: they are in other workspaces."""


class NeighbourhoodRequest(
    Request[NeighbourhoodResponse], frozen=True, kw_only=True, omit_defaults=True
):
    """Ask what lies around something."""

    target: Target
    up: int = 1
    """How many links to go towards the causes."""
    down: int = 1
    """How many links to go towards the effects."""
    opened: list[Opened] = []
    """Of which things more neighbours are wanted, each of them shown by what comes before."""
    inside: list[str] = []
    """Runs to be shown step by step."""
    detail: Detail = "runs"
    """`steps` shows all runs step by step."""
    toward: Target | None = None
    """Show a shortest way to this too, or from it."""
    sorts: list[Sort] = []
    """Only things of these sorts; what lies between is passed through. None means all."""
    status: list[RunStatus] = []
    """Only runs with one of these states."""
    context: bool = False
    """Show code and environments too."""
    evidence: EvidenceWord | None = None
    """The weakest grade of links to follow."""
    badges: list[BadgeWord] = []
    """What to judge all that is shown by; none means all but drift, which takes longer."""
    each: int = _EACH
    """How many neighbours of one sort are shown of a thing; the others are counted."""
    limit: int = _LIMIT
    as_of: str | None = None


@operation(name="neighbourhood", permission="read")
def neighbourhood(context: Context, request: NeighbourhoodRequest) -> NeighbourhoodResponse:
    """Show what lies around something, a few of each sort, and count what lies beyond.

    Raises:
        InvalidInput: a bound makes no sense.
    """
    _check(request)
    store = context.store
    seq = moment(store, request.as_of)
    found = resolve(store, request.target, seq)
    asked = _Asked(store, seq, request, found)
    outline = _outline(asked)
    roots = _roots(outline, found)
    way, sentence = _way(asked, outline)
    near = _grown(asked, outline, roots, way)
    links, stubs = near.links(), near.stubs()
    nodes = outline.nodes(near.depths)
    shown = {id: nodes[id] for id in sorted(near.depths, key=lambda id: abs(near.depths[id]))}
    badges = badges_of(store, shown, request.badges or QUICK, seq)
    # Who asks by one of its names is answered by that name.
    named = {found.nodes[0].id: found.nodes[0]}
    return NeighbourhoodResponse(
        root=roots[0],
        roots=roots,
        title=found.title,
        verdict=sentence or _verdict(found.title, shown, roots, stubs),
        nodes=[
            _out(
                named.get(id, node),
                near.depths[id],
                badges.get(id, []),
                outline.steps.get(id, 0),
            )
            for id, node in shown.items()
        ],
        links=links,
        stubs=stubs,
        way=[id for id in way if id in near.depths],
        complete=not stubs and not near.full,
        full=near.full,
    )


class _Asked(NamedTuple):
    """What is asked, of which store, and what it means."""

    store: Store
    seq: int | None
    request: NeighbourhoodRequest
    found: Found


def _check(request: NeighbourhoodRequest) -> None:
    for name in ("up", "down", "each", "limit"):
        least = 0 if name in {"up", "down"} else 1
        if getattr(request, name) < least:
            raise InvalidInput(f"{getattr(request, name)} is no number for '{name}'.")


def _outline(asked: _Asked) -> Outline:
    """Return the graph as it is to be drawn; who asks about a step sees its run from inside."""
    first, request = asked.found.nodes[0], asked.request
    opened = set(request.inside)
    if first.type == "run" and first.root not in {None, first.id}:
        opened.add(str(first.root))
    surrounds = {"code", "environment"}
    return Outline(
        asked.store,
        asked.seq,
        evidence=at_least(request.evidence),
        opened=None if request.detail == "steps" else opened,
        context=request.context or first.kind in surrounds or bool(surrounds & set(request.sorts)),
    )


def _roots(outline: Outline, found: Found) -> list[str]:
    """Return what is in the middle: a run as one thing, or its steps."""
    ids = found.ids if found.run is None else [found.run.id]
    stands = outline.stands_for(ids)
    return list(dict.fromkeys(stands[id] for id in ids))


def _filter(outline: Outline, request: NeighbourhoodRequest) -> Callable[[Iterable[str]], set[str]]:
    """Return what tells which of some things are to be shown."""
    sorts, status = set(request.sorts), set(request.status)

    def shows(ids: Iterable[str]) -> set[str]:
        known = outline.sketches(ids := list(ids))
        wanted = {
            id for id in ids if id in known and (not sorts or sort_of(id, known[id]) in sorts)
        }
        runs = {id for id in wanted if known[id].type == "run"} if status else set()
        nodes = outline.nodes(runs)
        return wanted - {id for id in runs if nodes[id].status not in status}

    return shows


def _way(asked: _Asked, outline: Outline) -> tuple[list[str], str | None]:
    """Return a shortest way in either direction, as it is drawn, and what there is to say."""
    store, seq, request, found = asked
    if request.toward is None:
        return [], None
    other = resolve(store, request.toward, seq)
    for starts, ends in ((found, other), (other, found)):
        way = store.shortest_path(starts.ids, ends.ids, evidence=outline.evidence, seq=seq)
        if way:
            stands = outline.stands_for(way)
            drawn = list(dict.fromkeys(stands[id] for id in way))
            steps = counted(len(way) - 1, "link")
            return drawn, f"{starts.title} leads to {ends.title} in {steps}."
    stands = outline.stands_for(other.ids[:1])
    sentence = f"No recorded way leads from {found.title} to {other.title}, or back."
    return [stands[other.ids[0]]], sentence


def _grown(
    asked: _Asked, outline: Outline, roots: Sequence[str], way: Sequence[str]
) -> Surroundings:
    """Return what is shown: the way, what lies around the roots, and what was opened."""
    request = asked.request
    near = Surroundings(
        outline,
        roots,
        _filter(outline, request),
        each=request.each,
        limit=max(request.limit, len(roots)),
    )
    near.add(way)
    near.hop("up", request.up)
    near.hop("down", request.down)
    near.open(request.opened)
    if request.down > 1 and near.is_cut("down"):
        near.add(_in_use(asked, outline, near.depths))
    return near


def _in_use(asked: _Asked, outline: Outline, shown: Mapping[str, int]) -> list[str]:
    """Return the ways to what is in use and not shown: that must not be missed."""
    store, seq, _, found = asked
    grade = outline.evidence
    ways: dict[str, None] = {}
    for row in store.live_deployments(found.ids, evidence=grade, seq=seq)[:_MOST_IN_USE]:
        parts = [row.id, *store.steps([row.id], seq)]
        if shown.keys().isdisjoint(parts):
            way = store.shortest_path(found.ids, parts, evidence=grade, seq=seq)
            stands = outline.stands_for(way)
            ways |= dict.fromkeys(stands[id] for id in way)
    return list(ways)


def _out(node: Node, depth: int, badges: list[Badge], steps: int) -> Near:
    whole = node.type == "run" and node.root in {None, node.id}
    return Near(
        id=node.id,
        title=called(node),
        sort=sort_of(node.id, node),
        kind=node.kind,
        depth=depth,
        name=node.name,
        version=node.version,
        aliases=node.aliases,
        digest=node.digest,
        status=node.status,
        started=node.started,
        ended=node.ended,
        rows=node.rows,
        columns=node.columns,
        size=node.size,
        in_memory=node.in_memory,
        run=None if whole or node.type != "run" else node.root,
        steps=steps,
        badges=badges,
    )


def _verdict(
    title: str, shown: Mapping[str, Node], roots: Sequence[str], stubs: Sequence[Stub]
) -> str:
    around = [sort_of(id, node) for id, node in shown.items() if id not in roots]
    if not around and not stubs:
        return f"Nothing is recorded around {title}."
    told = listed(_counted(around.count(sort), sort) for sort in SORTS if sort in around)
    beyond = sum(stub.count for stub in stubs)
    least = "At least " if any(stub.links is not None for stub in stubs) else ""
    sentence = f"Around {title}: {told or 'nothing that the filter shows'}."
    return sentence + (f" {least}{beyond:,} more lie one link beyond." if beyond else "")


def _counted(number: int, sort: str) -> str:
    if number != 1 and sort in _PLURALS:
        return f"{number:,} {_PLURALS[sort]}"
    return counted(number, {"data": "data set", "other": "other thing"}.get(sort, sort))
