"""When what lies around a thing came to be known: the stops of a walk through time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from forebear.analysis.verdict import called, counted, listed
from forebear.core.entities import Node
from forebear.core.errors import InvalidInput, NotFound
from forebear.core.ports import Store
from forebear.ops.resolve import resolve
from forebear.ops.surroundings import sort_of
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["Moment", "MomentsRequest", "MomentsResponse", "moments"]

_LOOKED_AT: Final = 2_000
_NAMED: Final = 3


class Moment(Struct, frozen=True, kw_only=True):
    """A moment at which something was recorded."""

    at: datetime
    """Asked as of this moment, an answer knows it, and nothing that came later."""
    words: str
    count: int
    """How many things were recorded until the next moment."""


class MomentsResponse(Struct, frozen=True, kw_only=True):
    """The moments at which what lies around a thing was recorded, oldest first."""

    title: str
    verdict: str
    moments: list[Moment]
    omitted: int
    """Things around it of which it was not looked up."""


class MomentsRequest(Request[MomentsResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask when what lies around something was recorded."""

    target: Target
    most: int = 100
    """How many moments to tell; those near each other become one."""


@operation(name="moments", permission="read")
def moments(context: Context, request: MomentsRequest) -> MomentsResponse:
    """Tell at which moments a thing, its ancestors and what it leads to were recorded.

    Raises:
        InvalidInput: it makes no sense to tell so few.
    """
    if request.most < 1:
        raise InvalidInput(f"{request.most} is no number of moments.")
    store = context.store
    found = resolve(store, request.target)
    ids, omitted = dict.fromkeys(found.ids), 0
    for direction in ("up", "down"):
        closure = store.closure(found.ids, direction, limit=_LOOKED_AT)
        ids |= dict.fromkeys(closure.depths)
        omitted += closure.omitted
    nodes = store.nodes(list(ids))
    # What went through a step went through the run around it, which has no links of its own.
    nodes |= store.nodes(list({node.root for node in nodes.values() if node.root} - nodes.keys()))
    told = sorted([*_recorded(store, nodes), *_moved(store, nodes)])
    grouped = _grouped(_from_first(store, request.target, told), request.most)
    return MomentsResponse(
        title=found.title,
        verdict=_verdict(found.title, grouped),
        moments=grouped,
        omitted=omitted,
    )


def _from_first(
    store: Store, target: Target, told: list[tuple[datetime, str]]
) -> list[tuple[datetime, str]]:
    """Put what was recorded before the thing itself was known at the moment when it was."""

    def known(at: datetime) -> bool:
        try:
            resolve(store, target, store.seq_at(at))
        except NotFound:
            return False
        return True

    times = sorted({at for at, _ in told})
    first = bisect_left(times, True, key=known)
    return [(max(at, times[min(first, len(times) - 1)]), words) for at, words in told]


def _recorded(store: Store, nodes: Mapping[str, Node]) -> Iterable[tuple[datetime, str]]:
    """Yield when runs and what outlived them were recorded, and in words what they are."""
    kept = [id for id, node in nodes.items() if _is_told(node)]
    for id, at in store.first_recorded(kept).items():
        node = nodes[id]
        yield at, f"{sort_of(id, node)} {called(node)}"


def _is_told(node: Node) -> bool:
    if node.type == "run":
        return node.root in {None, node.id}
    return not node.in_memory and node.kind not in {"code", "environment"}


def _moved(store: Store, nodes: Mapping[str, Node]) -> Iterable[tuple[datetime, str]]:
    """Yield when versions were named and aliases of their names moved."""
    named = store.versions_of([id for id, node in nodes.items() if node.type == "artifact"])
    rows = [row for some in named.values() for row in some]
    told = [(row.seq, f"{row.name}:{row.version} named") for row in rows]
    for kind, name in dict.fromkeys((row.kind, row.name) for row in rows):
        for move in store.alias_history(kind, name):
            where = f"to {move.version}" if move.version else "away"
            told.append((move.seq, f"{name}@{move.alias} moved {where}"))
    times = store.recorded_at([seq for seq, _ in told])
    yield from ((times[seq], words) for seq, words in told if seq in times)


def _grouped(told: list[tuple[datetime, str]], most: int) -> list[Moment]:
    """Make one moment of those that are nearest to each other, until there are few enough."""
    groups: dict[datetime, list[str]] = {}
    for at, words in told:
        groups.setdefault(at, []).append(words)
    times = list(groups)
    while len(times) > most:
        gap = min(range(1, len(times)), key=lambda place: times[place] - times[place - 1])
        groups[times[gap]] = groups.pop(times[gap - 1]) + groups[times[gap]]
        del times[gap - 1]
    return [Moment(at=at, words=listed(groups[at], _NAMED), count=len(groups[at])) for at in times]


def _verdict(title: str, found: list[Moment]) -> str:
    if not found:
        return f"When what lies around {title} was recorded is not known."
    return (
        f"What lies around {title} was recorded at {counted(len(found), 'moment')}, from"
        f" {found[0].at:%Y-%m-%d %H:%M} to {found[-1].at:%Y-%m-%d %H:%M} UTC."
    )
