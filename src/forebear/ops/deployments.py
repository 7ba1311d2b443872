"""What is in use, and what was then: deployments with their traffic and what was counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from forebear.analysis.verdict import called, counted, listed
from forebear.core.entities import Edge, Node, RunStatus
from forebear.core.ports import Store
from forebear.core.rows import RunRow, VersionRow
from forebear.core.serving import TRAFFIC, USAGE, Traffic, Usage
from forebear.core.statements import Said
from forebear.ops.kin import same_model
from forebear.ops.paging import Pages
from forebear.ops.table import Context, Request, operation

__all__ = [
    "CALLED",
    "Calls",
    "Deployment",
    "DeploymentsRequest",
    "DeploymentsResponse",
    "Mode",
    "deployments",
    "deployments_at",
]

Mode = Literal["online", "shadow", "batch"]
_MILLION: Final = 1e6
CALLED: Final = "called"
"""What a deployment's run says of the name that its model was deployed by."""


class Calls(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What serving programs counted of a deployment."""

    calls: int
    errors: int
    first: datetime
    last: datetime
    callers: dict[str, int] = {}
    half_ms: float | None = None
    """Half of the calls took no longer, in milliseconds."""
    most_ms: float | None = None
    """99 of 100 calls took no longer."""


class Deployment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A model version that is, or was, in use somewhere."""

    id: str
    """Of its run of the kind `serve`."""
    title: str
    """The model's version, as people call it."""
    model: str | None
    """The model's artifact; null where it was not seen."""
    name: str | None
    version: int | None
    env: str | None
    mode: Mode
    share: float
    """Its part of the calls for its model in its environment; 0 in the shadow."""
    status: RunStatus
    since: datetime
    until: datetime | None = None
    endpoint: str | None = None
    schedule: str | None = None
    by: str | None = None
    why: str | None = None
    usage: Calls | None = None
    """Null: nothing was counted."""

    @property
    def group(self) -> tuple[str | None, str | None]:
        """Deployments with equal groups share the calls for a model in an environment."""
        return self.env, self.name or self.model


class DeploymentsResponse(Struct, frozen=True, kw_only=True):
    """A page of deployments, by environment and model; the verdict counts all."""

    verdict: str
    deployments: list[Deployment]
    notes: list[str]
    """What is odd about them: shares that are not 1 together."""
    next: str | None = None
    """Asks for the page after it."""


class DeploymentsRequest(
    Request[DeploymentsResponse], frozen=True, kw_only=True, omit_defaults=True
):
    """Ask what is in use."""

    env: str | None = None
    ended: bool = False
    """Also those that have ended."""
    as_of: str | None = None
    limit: int | None = None
    after: str | None = None
    """The `next` of the page before."""


@operation(name="deployments", permission="read")
def deployments(context: Context, request: DeploymentsRequest) -> DeploymentsResponse:
    """List what is in use, or was in use at a time, by the order in which it was recorded."""
    pages = Pages(context.store, request)
    found = deployments_at(context.store, pages.seq, env=request.env, ended=request.ended)
    page = pages.cut(found, lambda one: one.id)
    return DeploymentsResponse(
        verdict=_verdict(found, request),
        deployments=page.listed,
        notes=_odd_shares(found),
        next=page.next,
    )


def deployments_at(
    store: Store, seq: int | None = None, *, env: str | None = None, ended: bool = False
) -> list[Deployment]:
    """Return deployments, by environment, model and share."""
    rows = [
        row
        for row in store.deployments(ended=ended, seq=seq)
        if env is None or row.attrs.get("env") == env
    ]
    ids = [row.id for row in rows]
    models = _models(store, ids, seq)
    said = {one.row.about: one for one in TRAFFIC.latest(store.statements, ids, seq=seq)}
    counts = _counted(store, ids, seq)
    versions = _versions(store, models.values(), seq)
    found = [
        _deployment(
            row,
            model := models.get(row.id),
            _deployed_as(row, versions.get(model.id, []) if model is not None else []),
            said.get(row.id),
            counts.get(row.id),
        )
        for row in rows
    ]
    return sorted(found, key=_order)


def _order(one: Deployment) -> tuple[str, str, bool, float, datetime]:
    return one.env or "", one.name or one.title, one.status != "running", -one.share, one.since


def _deployment(
    row: RunRow,
    model: Node | None,
    named: VersionRow | None,
    said: Said[Traffic] | None,
    counts: Usage | None,
) -> Deployment:
    title = f"{named.name}:{named.version}" if named else called(model) if model else row.name
    traffic = said.value if said else Traffic()
    mode: Mode = "batch" if row.attrs.get("schedule") else "online"
    return Deployment(
        id=row.id,
        title=title,
        model=model.id if model else None,
        name=named.name if named else None,
        version=named.version if named else None,
        env=row.attrs.get("env"),
        mode="shadow" if traffic.shadow else mode,
        share=0.0 if traffic.shadow else traffic.share,
        status=row.status,
        since=row.started,
        until=row.ended,
        endpoint=row.attrs.get("endpoint"),
        schedule=row.attrs.get("schedule"),
        by=row.attrs.get("by"),
        why=row.attrs.get("why"),
        usage=_calls(counts) if counts is not None else None,
    )


def _models(store: Store, runs: Sequence[str], seq: int | None) -> dict[str, Node]:
    """Return the model that each of these runs used, itself or in a part of it."""
    used = [edge for edge in store.edges(runs, "up", seq=seq) if edge.type == "used"]
    whole = {run: run for run in runs}
    for run in set(runs) - {edge.target for edge in used if edge.role == "model"}:
        inside: list[Edge] = [e for e in store.run_edges(run, seq) if e.type == "used"]
        whole |= {edge.target: run for edge in inside}
        used += inside
    nodes = store.nodes(list({edge.source for edge in used}), seq)
    found: dict[str, Node] = {}
    for edge in used:
        if edge.source in nodes and nodes[edge.source].kind == "model":
            found.setdefault(whole[edge.target], nodes[edge.source])
    return found


def _deployed_as(row: RunRow, versions: Sequence[VersionRow]) -> VersionRow | None:
    """Return under which of a model's names a deployment goes, given newest first.

    It is the one that it was deployed by; where that is not said, the newest of that time.
    """
    said = [one for one in versions if one.name == row.attrs.get(CALLED)]
    then = [one for one in versions if one.seq <= row.seq]
    return next(iter([*said, *then, *versions]), None)


def _versions(store: Store, models: Iterable[Node], seq: int | None) -> dict[str, list[VersionRow]]:
    """Return the versions that each model is, in whatever guise it was named, newest first."""
    nodes = {node.id: node for node in models}
    known = store.versions_of(list(nodes), seq)
    found = {id: rows for id, rows in known.items() if rows}
    for id in nodes.keys() - found.keys():
        kin = [one.id for one in same_model(store, nodes[id], seq)]
        rows = [row for rows in store.versions_of(kin, seq).values() for row in rows]
        if rows:
            found[id] = rows
    return found


def _counted(store: Store, runs: Sequence[str], seq: int | None) -> dict[str, Usage]:
    found: dict[str, Usage] = {}
    for one in USAGE.latest(store.statements, runs, seq=seq):
        before = found.get(one.row.about)
        found[one.row.about] = one.value if before is None else before.plus(one.value)
    return found


def _calls(usage: Usage) -> Calls:
    half, most = (usage.latency.quantile(part) for part in (0.5, 0.99))
    return Calls(
        calls=usage.calls,
        errors=usage.errors,
        first=usage.start,
        last=usage.end,
        callers=usage.callers,
        half_ms=None if half is None else half / _MILLION,
        most_ms=None if most is None else most / _MILLION,
    )


def _odd_shares(found: Sequence[Deployment]) -> list[str]:
    """Say where the traffic of a model in an environment does not add up."""
    groups: dict[tuple[str | None, str | None], list[Deployment]] = {}
    for one in found:
        if one.mode == "online" and one.status == "running" and one.env is not None:
            groups.setdefault(one.group, []).append(one)
    notes = []
    for (env, _), members in groups.items():
        whole = sum(one.share for one in members)
        if abs(whole - 1) > 1e-6:
            titles = listed(one.title for one in members)
            notes.append(f"In {env} the shares of {titles} are {whole:g} together, not 1.")
    return notes


def _verdict(found: Sequence[Deployment], request: DeploymentsRequest) -> str:
    where = f" in {request.env}" if request.env else ""
    when = f" on {request.as_of}" if request.as_of else ""
    was = "was" if request.as_of else "is"
    live = [one for one in found if one.status == "running"]
    if not live:
        sentence = f"Nothing {was} in use{where}{when}, as far as is recorded."
    else:
        models = listed(one.title for one in live)
        verb = was if len(live) == 1 else "were" if request.as_of else "are"
        sentence = f"{counted(len(live), 'deployment')} {verb} live{where}{when}: {models}."
    over = len(found) - len(live)
    return sentence + (
        f" {counted(over, 'deployment')} {'has' if over == 1 else 'have'} ended." if over else ""
    )
