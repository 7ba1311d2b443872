"""The catalog card: what is said of a thing, and what comes down to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct

from forebear.analysis.propagation import Inherited
from forebear.analysis.source_kind import source_kind
from forebear.analysis.verdict import called
from forebear.core.catalog import (
    DESCRIPTION,
    FRESHNESS,
    LICENCE,
    OWNER,
    STOP,
    TAG,
)
from forebear.core.clock import now, parse_when
from forebear.core.licences import in_order
from forebear.core.ports import Store
from forebear.core.quality import CHECK, INCIDENT
from forebear.core.statements import Said
from forebear.ops.carriers import carried_to
from forebear.ops.sensitive import ColumnFact, ScanFact, columns_known, scan_of
from forebear.ops.subjects import Subject

__all__ = [
    "Card",
    "FreshnessFact",
    "IncidentFact",
    "LicenceFact",
    "OwnerFact",
    "TagFact",
    "Way",
    "card_of",
    "freshness_of",
]

T = TypeVar("T")


class Way(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How something came down: from what, and by which nodes."""

    source: str
    """The thing that has it of its own, as statements write it."""
    title: str
    path: list[str]
    """Ids of nodes, from the source to the thing."""
    titles: list[str]
    more: int = 0
    """So many other things above have it too."""


class OwnerFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who answers for it."""

    role: str
    who: str


class TagFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A tag, its own or with the way by which it came down."""

    tag: str
    way: Way | None = None
    """None where it is its own."""
    propagates: bool = True


class LicenceFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A licence, its own or one that something has of which it was made."""

    spdx: str
    terms: list[str]
    way: Way | None = None


class IncidentFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An open incident, its own or one of something of which it was made."""

    id: str
    title: str
    severity: str
    way: Way | None = None


class FreshnessFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How old the newest version is, against what is expected."""

    every_seconds: int | None
    """None where nobody has said what is expected."""
    age_seconds: int
    overdue: bool


class Card(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said of a thing, and what comes down to it."""

    description: str | None
    owners: list[OwnerFact]
    tags: list[TagFact]
    licences: list[LicenceFact]
    terms: list[str]
    """What all its licences ask, those of what it was made of too."""
    incidents: list[IncidentFact]
    source: str | None = None
    """What kind of source data is: file, download, database table, …"""
    freshness: FreshnessFact | None = None
    columns: list[ColumnFact] = []
    """Columns of which something is said, or that are sensitive."""
    columns_complete: bool = True
    """False where too much lies above for all its columns to be followed."""
    scan: ScanFact | None = None
    """When it was last looked through for what is sensitive."""
    checks: dict[str, int] = {}
    """How many checks of its newest version passed, failed, …"""
    stops: list[str] = []
    """What goes no further than here: `tag:pii`, `licence`; `everything`."""


def card_of(
    store: Store,
    thing: Subject,
    nodes: Sequence[str],
    seq: int | None = None,
    as_of: str | None = None,
) -> Card:
    """Return the catalog card of a name, an artifact or a run.

    `nodes` are those to which things come down: of a run its steps too.
    """
    about = thing.everything
    own_tags = _first(about, TAG.latest(store.statements, about, seq=seq))
    own_licence = _first(about, LICENCE.latest(store.statements, about, seq=seq))
    incidents = _first(about, INCIDENT.latest(store.statements, about, seq=seq))
    down = carried_to(store, nodes, seq)
    ways = _ways(store, [one for one in down if one.carrier.about not in about], seq)
    columns = columns_known(store, thing, seq)
    licences = [
        LicenceFact(spdx=one.value.spdx, terms=one.value.terms) for one in own_licence.values()
    ]
    licences += [
        LicenceFact(spdx=one.carrier.value.spdx, terms=one.carrier.value.terms, way=way)
        for one, way in _of_kind(ways, "licence")
    ]
    return Card(
        description=_description(store, about, seq),
        owners=[
            OwnerFact(role=role, who=one.value.who)
            for role, one in _first(about, OWNER.latest(store.statements, about, seq=seq)).items()
        ],
        tags=[
            *(TagFact(tag=key, propagates=one.value.propagates) for key, one in own_tags.items()),
            *(
                TagFact(tag=one.carrier.key, way=way)
                for one, way in _of_kind(ways, "tag")
                if one.carrier.key not in own_tags
            ),
        ],
        licences=licences,
        terms=in_order(term for one in licences for term in one.terms),
        incidents=[
            *(
                IncidentFact(id=key, title=one.value.title, severity=one.value.severity)
                for key, one in incidents.items()
                if one.value.status == "open"
            ),
            *(
                IncidentFact(
                    id=one.carrier.key,
                    title=one.carrier.value.title,
                    severity=one.carrier.value.severity,
                    way=way,
                )
                for one, way in _of_kind(ways, "incident")
            ),
        ],
        **_of_data(store, thing, seq, as_of),
        columns=columns.facts,
        columns_complete=columns.complete,
        stops=[
            one.row.key or "everything" for one in STOP.latest(store.statements, about, seq=seq)
        ],
    )


def freshness_of(made: datetime, every: int | None, as_of: str | None = None) -> FreshnessFact:
    """Return how old something is that was made then, and whether a newer one is overdue."""
    moment = now() if as_of is None else min(parse_when(as_of), now())
    age = max(0, round((moment - made).total_seconds()))
    return FreshnessFact(
        every_seconds=every, age_seconds=age, overdue=every is not None and age > every
    )


def _of_data(store: Store, thing: Subject, seq: int | None, as_of: str | None) -> dict[str, Any]:
    """Return what is told of data only."""
    if thing.kind not in {"data", "file"}:
        return {}
    places = store.locations(thing.ids, seq)
    nodes = list(store.nodes(thing.ids[:1], seq).values())
    expected = _first(
        thing.everything, FRESHNESS.latest(store.statements, thing.everything, seq=seq)
    )
    every = next((one.value.every_seconds for one in expected.values()), None)
    newest = max((row.created for row in thing.versions), default=None)
    checks: dict[str, int] = {}
    for one in CHECK.latest(store.statements, thing.ids, seq=seq):
        checks[one.value.status] = checks.get(one.value.status, 0) + 1
    return {
        "source": source_kind(
            [place.uri for place in places], in_memory=any(node.in_memory for node in nodes)
        ),
        "freshness": freshness_of(newest, every, as_of) if newest is not None else None,
        "checks": checks,
        "scan": scan_of(store, thing.ids, seq),
    }


def _description(store: Store, about: Sequence[str], seq: int | None) -> str | None:
    found = _first(about, DESCRIPTION.latest(store.statements, about, seq=seq))
    return next((one.value.text for one in found.values()), None)


def _first(about: Sequence[str], said: Iterable[Said[T]]) -> dict[str, Said[T]]:
    """Return for each key what is said of the nearest of these: the thing before its names."""
    places = {one: place for place, one in enumerate(about)}
    found: dict[str, Said[T]] = {}
    for one in sorted(said, key=lambda one: places[one.row.about]):
        found.setdefault(one.row.key, one)
    return found


def _ways(store: Store, down: Sequence[Inherited], seq: int | None) -> list[tuple[Inherited, Way]]:
    """Return what comes down with its ways in words; of one tag or incident the nearest."""
    nearest: dict[tuple[str, ...], list[Inherited]] = {}
    for one in down:
        many = (one.carrier.about, one.carrier.value.spdx) if one.carrier.kind == "licence" else ()
        nearest.setdefault((one.carrier.kind, one.carrier.key, *many), []).append(one)
    nodes = store.nodes(list({id for ones in nearest.values() for id in ones[0].path}), seq)
    return [
        (
            ones[0],
            Way(
                source=ones[0].carrier.about,
                title=_title(ones[0], nodes),
                path=ones[0].path,
                titles=[called(nodes[id]) if id in nodes else id for id in ones[0].path],
                more=len(ones) - 1,
            ),
        )
        for ones in nearest.values()
    ]


def _title(one: Inherited, nodes: Mapping[str, Any]) -> str:
    about = one.carrier.about
    if about.startswith(("data:", "model:")):
        return about
    node = nodes.get(one.path[0])
    return called(node) if node is not None else about


def _of_kind(ways: Iterable[tuple[Inherited, Way]], kind: str) -> list[tuple[Inherited, Way]]:
    return [(one, way) for one, way in ways if one.carrier.kind == kind]
