"""Business figures: what a version is worth, beside how well it predicts."""

from __future__ import annotations

import math
from datetime import datetime

from msgspec import Struct

from forebear.core import redaction
from forebear.core.clock import parse_since, parse_when
from forebear.core.errors import InvalidInput
from forebear.core.policies import KPI, Kpi
from forebear.core.refs import check_name
from forebear.ops.facts import Facts
from forebear.ops.graph import Figure, figures_out
from forebear.ops.kin import same_model
from forebear.ops.resolve import moment
from forebear.ops.standing import version_of
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["KpiEntry", "KpiRequest", "KpiResponse", "kpi", "kpis_of"]


class KpiEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A business figure with where it comes from."""

    key: str
    value: float
    unit: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None
    by: str | None = None
    why: str | None = None
    at: datetime
    seq: int


class KpiResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Business figures of a version beside its technical ones."""

    version: str
    artifact: str
    kpis: list[KpiEntry]
    metrics: list[Figure]


class KpiRequest(Request[KpiResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Record business figures of a version; with none, ask for those that are recorded."""

    target: Target
    figures: dict[str, float] = {}
    unit: str | None = None
    since: str | None = None
    until: str | None = None
    source: str | None = None
    why: str | None = None
    as_of: str | None = None


@operation(name="kpi", permission="write")
def kpi(context: Context, request: KpiRequest) -> KpiResponse:
    """Record what a version is worth to the business, and tell it beside its technical figures."""
    store = context.store
    seq = moment(store, request.as_of)
    row = version_of(store, request.target, seq)
    if request.figures:
        store.append(
            KPI.say(
                row.artifact,
                _kpi(request, name, value),
                key=check_name(name, "figure's name"),
                by=context.author,
                why=None if request.why is None else redaction.text(request.why).value,
            )
            for name, value in request.figures.items()
        )
    node = store.node(row.artifact, seq)
    ids = [one.id for one in same_model(store, node, seq)] if node else [row.artifact]
    return KpiResponse(
        version=f"{row.name}:{row.version}",
        artifact=row.artifact,
        kpis=kpis_of(Facts(store, seq), ids),
        metrics=figures_out(store, store.metrics(models=ids, seq=seq), seq),
    )


def kpis_of(facts: Facts, ids: list[str]) -> list[KpiEntry]:
    """Return the business figures of a version, by any of its guises."""
    return [
        KpiEntry(
            key=one.row.key,
            value=one.value.value,
            unit=one.value.unit,
            since=one.value.since,
            until=one.value.until,
            source=one.value.source,
            by=one.row.by,
            why=one.row.why,
            at=one.row.at,
            seq=one.row.seq,
        )
        for one in facts.latest(KPI, ids)
    ]


def _kpi(request: KpiRequest, name: str, value: float) -> Kpi:
    if not math.isfinite(value):
        raise InvalidInput(f"{name} is {value}, which is no figure.")
    since = parse_since(request.since) if request.since else None
    until = parse_when(request.until) if request.until else None
    if since is not None and until is not None and since > until:
        raise InvalidInput("The time of a figure begins before it ends.")
    source = None if request.source is None else redaction.text(request.source).value
    return Kpi(value=value, unit=request.unit, since=since, until=until, source=source)
