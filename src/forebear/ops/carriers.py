"""Who carries tags, licences and incidents, and where these go no further."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from forebear.analysis.propagation import Carrier, Inherited, Kind, Stops, Ways, inherited, reached
from forebear.core.catalog import LICENCE, STOP, TAG
from forebear.core.ports import Direction, Store
from forebear.core.quality import INCIDENT
from forebear.core.statements import Said

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


def carried_to(store: Store, ids: Sequence[str], seq: int | None = None) -> list[Inherited]:
    """Return what comes down to a thing from all that is above it, the nearest first."""
    carriers = _carriers(store, _claims(store, seq), seq)
    if not carriers:
        return []
    return inherited(ids, carriers, _stops(store, seq), _ways(store, seq))


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
    return reached(carriers, ends, _stops(store, seq), _ways(store, seq))


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
        _Claim("tag", one.row.key, one.row.about, one.value, None, one.value.through_aggregates)
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
            steps = (edge.target if edge.type == "used" else edge.source for edge in edges)
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
