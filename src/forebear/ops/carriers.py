"""Who carries tags, licences and incidents, and where these go no further."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from msgspec import structs

from forebear.analysis.propagation import Carrier, Inherited, Kind, Stops, Ways, inherited, reached
from forebear.core.catalog import LICENCE, STOP, TAG
from forebear.core.lineage import Direction
from forebear.core.ports import Store
from forebear.core.quality import INCIDENT
from forebear.core.statements import Said
from forebear.ops.column_ways import columns_above, data_behind

__all__ = ["carried_down", "carried_to", "nodes_of"]

_STILL: Final = frozenset({"code", "environment"})
"""Kinds of artifacts that hand nothing down: a result is not under the licence of its script."""


class _Claim(NamedTuple):
    kind: Kind
    key: str
    about: str
    value: Any
    artifact: str | None = None
    """The one version that is meant, where it is said of a name."""
    through_aggregates: bool = True
    columns: tuple[str, ...] = ()


def carried_to(store: Store, ids: Sequence[str], seq: int | None = None) -> list[Inherited]:
    """Return what comes down to a thing from all that is above it, the nearest first."""
    carriers = _carriers(store, _claims(store, seq), seq)
    if not carriers:
        return []
    stops = _stops(store, seq)
    return _by_columns(store, ids, inherited(ids, carriers, stops, _ways(store, seq)), stops, seq)


def carried_down(
    store: Store, ends: Sequence[str], seq: int | None = None, *, tags: Sequence[str] | None = None
) -> dict[str, list[Inherited]]:
    """Return for each of many artifacts what comes down to it; with `tags` only these."""
    claims = _claims(store, seq)
    if tags is not None:
        claims = [one for one in claims if one.kind == "tag" and one.key in tags]
    carriers = _carriers(store, claims, seq)
    if not carriers:
        return {}
    stops = _stops(store, seq)
    found = reached(carriers, ends, stops, _ways(store, seq))
    told = {end: _by_columns(store, [end], down, stops, seq) for end, down in found.items()}
    return {end: down for end, down in told.items() if down}


def _by_columns(
    store: Store, ids: Sequence[str], found: Sequence[Inherited], stops: Stops, seq: int | None
) -> list[Inherited]:
    """Leave out what speaks of columns that do not come down, and tell the way of those that do."""
    kept = []
    for one in found:
        if not one.carrier.columns:
            kept.append(one)
            continue
        own = {id: dict.fromkeys(one.carrier.columns, one.carrier.key) for id in one.carrier.ids}
        closed = stops.closed(one.carrier)
        for data in data_behind(store, ids, seq):
            columns = columns_above(store, data, own, seq, closed=closed).columns
            if columns:
                path = list(next(iter(columns.values())).artifacts)
                end = [] if path[-1] in ids else [ids[0]]
                kept.append(structs.replace(one, path=[*path, *end]))
                break
    return kept


def _ways(store: Store, seq: int | None) -> Ways:
    def ways(
        starts: Sequence[str], goals: Sequence[str], direction: Direction, closed: Sequence[str]
    ) -> dict[str, list[str]]:
        return store.ways(starts, goals, direction, without=closed, seq=seq)

    return ways


def _claims(store: Store, seq: int | None) -> list[_Claim]:
    """Return what is said that goes further than the thing it is said of."""
    ask = partial(_said, store, seq)
    tags = [
        _Claim(
            "tag",
            one.row.key,
            one.row.about,
            one.value,
            through_aggregates=one.value.through_aggregates,
            columns=tuple(one.value.columns),
        )
        for one in ask(TAG)
        if one.value.propagates
    ]
    licences = [_Claim("licence", "", one.row.about, one.value) for one in ask(LICENCE)]
    incidents = [
        _Claim("incident", one.row.key, one.row.about, one.value, one.value.artifact)
        for one in ask(INCIDENT)
        if one.value.status == "open"
    ]
    return [*tags, *licences, *incidents]


def _said(store: Store, seq: int | None, topic: Any) -> list[Said[Any]]:
    found: list[Said[Any]] = topic.latest(store.statements, seq=seq)
    return found


def _carriers(store: Store, claims: Sequence[_Claim], seq: int | None) -> list[Carrier]:
    nodes = nodes_of(store, [one.about for one in claims], seq)
    carriers = []
    for one in claims:
        ids = (one.artifact,) if one.artifact else tuple(nodes.get(one.about, ()))
        if ids:
            carriers.append(
                Carrier(
                    kind=one.kind,
                    key=one.key,
                    about=one.about,
                    ids=ids,
                    value=one.value,
                    through_aggregates=one.through_aggregates,
                    columns=one.columns,
                )
            )
    return carriers


def _stops(store: Store, seq: int | None) -> Stops:
    said: dict[str, set[str]] = {}
    rows = STOP.latest(store.statements, seq=seq)
    nodes = nodes_of(store, [one.row.about for one in rows], seq)
    for one in rows:
        said.setdefault(one.row.key, set()).update(nodes.get(one.row.about, ()))
    return Stops(
        said={key: frozenset(ids) for key, ids in said.items()},
        aggregates=frozenset(store.flows.aggregating(seq)),
    )


def nodes_of(store: Store, about: Iterable[str], seq: int | None) -> dict[str, list[str]]:
    """Return the nodes of things as statements write them: of a name all versions, in any guise.

    A run stands for its steps, by which all edges go.
    """
    wanted = list(dict.fromkeys(about))
    names = [one for one in wanted if one.startswith(("data:", "model:"))]
    found = store.phrases.contents(names, seq)
    others = store.nodes([one for one in wanted if one not in found], seq)
    for id, node in others.items():
        if node.type == "run":
            edges = store.run_edges(id, seq)
            # What a derivation comes from was there before the run.
            steps = (edge.source if edge.type == "generated" else edge.target for edge in edges)
            found[id] = list(dict.fromkeys([id, *steps]))
        elif node.kind not in _STILL:
            found[id] = [id]
    models = [one for one in found if one.startswith("model:") or _is_model(others.get(one))]
    saved = {
        edge.target: edge.source
        for edge in store.edges([id for one in models for id in found[one]], "up", seq=seq)
        if edge.relation == "export"
    }
    for one in models:
        found[one] += [
            saved[id] for id in found[one] if id in saved and saved[id] not in found[one]
        ]
    return found


def _is_model(node: Any) -> bool:
    return node is not None and node.kind == "model"
