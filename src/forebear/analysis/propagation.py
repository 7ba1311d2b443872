"""What goes down the graph by rule: tags, terms of licences, incidents.

Nothing of it is stored with what it comes down to. A thing has what it carries itself, and what
any of its carriers above leads down to it on any way that nothing closes. So when one source loses
a tag, a thing keeps it as long as another source or another way remains, and each answer names
the way by which it is so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

__all__ = ["Carrier", "Inherited", "Stops", "Ways", "inherited", "reached"]

Kind = Literal["tag", "licence", "incident"]
Ways = Callable[
    [Sequence[str], Sequence[str], Literal["up", "down"], Sequence[str]],
    Mapping[str, list[str]],
]
"""Starts, goals, direction, closed nodes: for each goal that is reached a shortest way, cause
first; see `forebear.core.ports.Store.ways`."""


class Carrier(Struct, frozen=True, kw_only=True):
    """Something that has a tag, a licence or an incident of its own, and hands it down."""

    kind: Kind
    key: str
    """Which: the tag, the incident's id; empty for a licence."""
    about: str
    """The thing as statements write it."""
    ids: tuple[str, ...]
    """Its nodes, from each of which it goes down."""
    value: Any = None
    columns: tuple[str, ...] = ()
    """It goes only where these columns go, which the walk does not know; none means everywhere."""
    through_aggregates: bool = True
    """It is not stopped where only figures over many rows go on."""


class Stops(Struct, frozen=True, kw_only=True):
    """Where things go no further."""

    said: dict[str, frozenset[str]] = {}
    """Nodes by what stops there: `tag:pii`, `tag`, `licence`, `incident`; empty for everything."""
    aggregates: frozenset[str] = frozenset()
    """Steps that made nothing but figures over many rows."""

    def closed(self, carrier: Carrier) -> frozenset[str]:
        """Return the nodes to which nothing of this carrier comes."""
        nothing: frozenset[str] = frozenset()
        keys = ("", carrier.kind, f"{carrier.kind}:{carrier.key}")
        said = nothing.union(*(self.said.get(key, nothing) for key in keys))
        return said if carrier.through_aggregates else said | self.aggregates


class Inherited(Struct, frozen=True, kw_only=True):
    """What comes down to a thing, from one carrier, and a shortest way of it."""

    carrier: Carrier
    path: list[str]
    """Ids of nodes, from the carrier's to the thing's."""


def inherited(
    subject: Sequence[str], carriers: Sequence[Carrier], stops: Stops, ways: Ways
) -> list[Inherited]:
    """Return what comes down to a thing (any of its nodes), the nearest carriers first.

    A carrier may be the thing itself, or something else that is the same content: then the way
    is that one node.
    """
    found = []
    for closed, group in _groups(carriers, stops).items():
        goals = list(dict.fromkeys(id for one in group for id in one.ids))
        way = ways(subject, goals, "up", sorted(closed))
        for carrier in group:
            paths = [way[id] for id in carrier.ids if id in way]
            if paths:
                found.append(Inherited(carrier=carrier, path=min(paths, key=len)))
    return sorted(found, key=lambda one: (len(one.path), one.carrier.kind, one.carrier.key))


def reached(
    carriers: Sequence[Carrier], ends: Sequence[str], stops: Stops, ways: Ways
) -> dict[str, list[Inherited]]:
    """Return for each of many nodes what comes down to it: of each kind, key and columns one."""
    found: dict[str, list[Inherited]] = {}
    for closed, group in _groups(carriers, stops).items():
        keys: dict[tuple[str, str, tuple[str, ...]], list[Carrier]] = {}
        for carrier in group:
            keys.setdefault((carrier.kind, carrier.key, carrier.columns), []).append(carrier)
        for alike in keys.values():
            home = {id: carrier for carrier in alike for id in carrier.ids}
            for end, path in ways(list(home), ends, "down", sorted(closed)).items():
                found.setdefault(end, []).append(Inherited(carrier=home[path[0]], path=path))
    return found


def _groups(carriers: Sequence[Carrier], stops: Stops) -> dict[frozenset[str], list[Carrier]]:
    """Return carriers together whose way is closed at the same nodes: one walk serves them all."""
    groups: dict[frozenset[str], list[Carrier]] = {}
    for carrier in carriers:
        groups.setdefault(stops.closed(carrier), []).append(carrier)
    return groups
