"""The versions of a name beside each other: figures, stage, what is said against them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from forebear.analysis.verdict import counted
from forebear.core.clock import now, parse_when
from forebear.core.errors import InvalidInput, UnknownRef
from forebear.core.policies import OVERRIDE, Rules
from forebear.core.rows import VersionRow
from forebear.core.validation import VALIDATION
from forebear.ops.facts import Facts
from forebear.ops.graph import Figure, figures_out
from forebear.ops.kin import same_model
from forebear.ops.recalled import open_recalls, recalled
from forebear.ops.resolve import closest, moment
from forebear.ops.rules_used import used_last
from forebear.ops.standing import stage_of
from forebear.ops.subjects import subject
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["VersionEntry", "VersionsRequest", "VersionsResponse", "versions"]

_MOST: Final = 200


class VersionEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of a model."""

    version: int
    artifact: str
    digest: str
    created: datetime
    by: str | None = None
    automatic: bool = False
    """Named by recording, and by nobody's decision."""
    run: str | None = None
    aliases: list[str] = []
    stage: str | None = None
    """None where no rules were ever used."""
    metrics: list[Figure] = []
    passed: bool | None = None
    """Whether it passed its last validation; None without one, or without thresholds."""
    recalls: int = 0
    """How many open recalls reach it."""
    overridden: bool = False
    """An override is in force for it."""


class VersionsResponse(Struct, frozen=True, kw_only=True):
    """The versions of a model, newest first."""

    name: str
    verdict: str
    versions: list[VersionEntry]
    next: int | None
    """Ask for those `before` this one for more."""


class VersionsRequest(Request[VersionsResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask how the versions of a model compare."""

    name: str
    limit: int = 50
    before: int | None = None
    as_of: str | None = None


@operation(name="versions", permission="read")
def versions(context: Context, request: VersionsRequest) -> VersionsResponse:
    """List the versions of a model with their figures, stages and what is said against them.

    Raises:
        UnknownRef: no model has that name.
        InvalidInput: more are asked for than are answered at once.
    """
    if not 0 < request.limit <= _MOST:
        raise InvalidInput(f"At least 1 and at most {_MOST} versions are listed at once.")
    store, seq = context.store, moment(context.store, request.as_of)
    rows = store.versions("model", request.name, seq)
    if not rows:
        near = closest(store, request.name, seq)
        hint = f"Did you mean {' or '.join(near)}?" if near else "`forebear models` lists them."
        raise UnknownRef(f"No model is called '{request.name}'.", hint=hint)
    older = [row for row in rows if request.before is None or row.version < request.before]
    told = older[: request.limit]
    at = now() if request.as_of is None else parse_when(request.as_of)
    return VersionsResponse(
        name=request.name,
        verdict=f"{request.name} has {counted(len(rows), 'version')}.",
        versions=_told(context, told, seq, at),
        next=told[-1].version if len(older) > len(told) else None,
    )


def _told(
    context: Context, rows: Sequence[VersionRow], seq: int | None, at: datetime
) -> list[VersionEntry]:
    store = context.store
    rules, facts = used_last(store, seq), Facts(store, seq)
    nodes = store.nodes([row.artifact for row in rows], seq)
    any_recall = bool(open_recalls(store, seq))
    return [
        VersionEntry(
            version=row.version,
            artifact=row.artifact,
            digest=row.digest,
            created=row.created,
            by=row.by,
            automatic=row.automatic,
            run=row.run,
            aliases=row.aliases,
            stage=_stage(row, rules, facts),
            recalls=_recalls(context, row, seq) if any_recall else 0,
            overridden=_overridden(row, facts, at),
            metrics=figures_out(store, store.metrics(models=kin, seq=seq), seq),
            passed=_passed(facts, kin),
        )
        for row in rows
        for kin in [[one.id for one in same_model(store, nodes[row.artifact], seq)]]
    ]


def _stage(row: VersionRow, rules: Rules | None, facts: Facts) -> str | None:
    return None if rules is None else stage_of(row, rules, facts)


def _recalls(context: Context, row: VersionRow, seq: int | None) -> int:
    about = subject(context.store, Target(ref=f"model:{row.name}:{row.version}"), seq)
    return len(recalled(context.store, about.everything, seq))


def _overridden(row: VersionRow, facts: Facts, at: datetime) -> bool:
    said = facts.latest(OVERRIDE, [row.artifact])
    return any(one.row.until is not None and one.row.until > at for one in said)


def _passed(facts: Facts, kin: Sequence[str]) -> bool | None:
    said = facts.latest(VALIDATION, kin)
    return said[-1].value.passed if said else None
