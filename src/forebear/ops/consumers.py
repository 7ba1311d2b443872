"""Who uses a model: deployments, callers, programs that loaded it, lock files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from forebear.analysis.verdict import called, counted, listed
from forebear.core.entities import Node
from forebear.core.ports import Store
from forebear.core.serving import CONSUMER
from forebear.ops.deployments import Deployment, deployments_at
from forebear.ops.kin import same_model
from forebear.ops.resolve import moment
from forebear.ops.subjects import Subject, subject
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "ConsumerEntry",
    "ConsumersRequest",
    "ConsumersResponse",
    "Use",
    "consumers",
    "consumers_of",
]

_MOST: Final = 2_000
_OWN: Final = frozenset({"train", "evaluate", "serve"})
"""Kinds of outermost runs that don't consume what they use, or are told as deployments."""


class ConsumerEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who uses a model."""

    who: str
    how: Literal["calls", "loads", "lock", "consumes", "declared"]
    title: str
    """The version that is used."""
    times: int | None
    last: datetime
    where: str | None = None
    """Of a caller the environment, of a lock how the model is named in it."""
    id: str | None = None
    """Of a program its last run."""


class Use(Struct, frozen=True, kw_only=True):
    """A consumer with what leads to it."""

    entry: ConsumerEntry
    model: str
    """The artifact that is used: a model may have other titles than the one it was deployed by."""
    through: str
    """The last node on the way: the deployment that it calls, its own run, or the model."""


class ConsumersResponse(Struct, frozen=True, kw_only=True):
    """Who uses a model, the most recent first."""

    title: str
    verdict: str
    deployments: list[Deployment]
    consumers: list[ConsumerEntry]
    gaps: list[str]


class ConsumersRequest(Request[ConsumersResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask who uses a model."""

    target: Target
    as_of: str | None = None


@operation(name="consumers", permission="read")
def consumers(context: Context, request: ConsumersRequest) -> ConsumersResponse:
    """Say who uses a model, or any version of a name: when last, how, and how often."""
    store = context.store
    seq = moment(store, request.as_of)
    about = subject(store, request.target, seq)
    ids = _every_version(store, about, seq)
    used = [one for one in deployments_at(store, seq, ended=True) if one.model in ids]
    found = [use.entry for use in consumers_of(store, ids, used, seq)]
    gaps = [
        f"nobody counts the calls of {one.title} in {one.env or 'use'}"
        for one in used
        if one.usage is None and one.status == "running" and one.mode != "batch"
    ]
    return ConsumersResponse(
        title=about.title,
        verdict=_verdict(about.title, used, found),
        deployments=used,
        consumers=found,
        gaps=list(dict.fromkeys(gaps)),
    )


def consumers_of(
    store: Store, ids: dict[str, str], used: Iterable[Deployment], seq: int | None
) -> list[Use]:
    """Return who uses models, given as their artifacts with what each is called."""
    found = [use for one in used if one.model is not None for use in _callers(one, one.model)]
    found += [
        Use(
            entry=ConsumerEntry(
                who=said.row.key,
                how=said.value.how if said.value.how != "load" else "loads",
                title=ids[said.row.about],
                times=None,
                last=said.row.at,
                where=said.value.ref,
            ),
            model=said.row.about,
            through=said.row.about,
        )
        for said in CONSUMER.latest(store.statements, list(ids), seq=seq)
    ]
    found += _programs(store, ids, seq)
    return sorted(found, key=lambda one: one.entry.last, reverse=True)


def _callers(one: Deployment, model: str) -> list[Use]:
    """Return who calls a deployment."""
    if one.usage is None:
        return []
    return [
        Use(
            entry=ConsumerEntry(
                who=who,
                how="calls",
                title=one.title,
                times=times,
                last=one.usage.last,
                where=one.env,
            ),
            model=model,
            through=one.id,
        )
        for who, times in one.usage.callers.items()
    ]


def _every_version(store: Store, about: Subject, seq: int | None) -> dict[str, str]:
    """Return the artifacts that are meant, all guises of all versions, with their titles."""
    ids = dict.fromkeys(about.ids, about.title)
    whole = len(about.versions) > 1 or about.about not in about.ids
    titles = {row.artifact: f"{row.name}:{row.version}" for row in about.versions}
    nodes = store.nodes(list(titles if whole else ids), seq)
    for node in nodes.values():
        title = titles.get(node.id, called(node))
        ids |= {one.id: title for one in same_model(store, node, seq)}
    return ids | {id: title for id, title in titles.items() if id in ids}


def _programs(store: Store, ids: dict[str, str], seq: int | None) -> list[Use]:
    """Return programs that used the model, and those that used what came of it."""
    makers = {e.source for e in store.edges(list(ids), "up", type="generated", seq=seq)}
    roots = {one.root or id for id, one in store.sketches(list(makers), seq).items()}
    used = store.edges(list(ids), "down", type="used", seq=seq)
    steps = store.sketches(list({edge.target for edge in used}), seq)
    models: dict[str, str] = {}
    for edge in used:
        if edge.target in steps:
            models.setdefault(steps[edge.target].root or edge.target, edge.source)
    below = store.closure(list(ids), "down", kinds=["consume"], seq=seq, limit=_MOST)
    for id, one in store.sketches(list(below.depths), seq).items():
        models.setdefault(one.root or id, next(iter(ids)))
    wanted = [id for id in models if id not in roots]
    known = steps | store.sketches([id for id in wanted if id not in steps], seq)
    others = [id for id in wanted if id in known and known[id].kind not in _OWN]
    return _by_name(store.nodes(others, seq).values(), models, ids)


def _by_name(programs: Iterable[Node], models: dict[str, str], titles: dict[str, str]) -> list[Use]:
    """Return runs of the same program as one entry."""
    groups: dict[tuple[str, str, str], list[tuple[datetime, str]]] = {}
    for node in programs:
        if node.started is not None:
            key = called(node), node.kind, titles[models[node.id]]
            groups.setdefault(key, []).append((node.started, node.id))
    found = []
    for (name, kind, title), members in groups.items():
        last, id = max(members)
        entry = ConsumerEntry(
            who=name,
            how="consumes" if kind == "consume" else "loads",
            title=title,
            times=len(members),
            last=last,
            id=id,
        )
        found.append(Use(entry=entry, model=models[id], through=id))
    return found


def _verdict(title: str, used: Iterable[Deployment], found: Iterable[ConsumerEntry]) -> str:
    live = [one for one in used if one.status == "running"]
    others = listed(one.who for one in found)
    if not live and not others:
        return f"Nobody is known to use {title}."
    where = listed(one.env or one.title for one in live)
    parts = [counted(len(live), "live deployment") + (f" ({where})" if where else "")]
    names = len({one.who for one in found})
    parts.append(counted(names, "other consumer") + (f": {others}" if others else ""))
    return f"{title} is used by {' and '.join(parts)}."
