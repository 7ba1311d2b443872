"""What needs somebody now: recalls, bad data, what runs out, drift, models below the bar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from forebear.analysis.verdict import counted
from forebear.core.catalog import FRESHNESS
from forebear.core.clock import now, parse_when
from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.policies import APPROVAL, OVERRIDE
from forebear.core.quality import CHECK, INCIDENT
from forebear.core.recalls import RECALL
from forebear.core.rows import VersionRow
from forebear.core.serving import USAGE
from forebear.core.statements import about_name
from forebear.ops.audit import AuditRequest, audit
from forebear.ops.card import freshness_of
from forebear.ops.deployments import Deployment, deployments_at
from forebear.ops.drift import DriftRequest, drift
from forebear.ops.recall import RecallsRequest, recalls
from forebear.ops.resolve import moment
from forebear.ops.rules_used import used_last
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["AttentionRequest", "AttentionResponse", "Concern", "ConcernKind", "attention"]

ConcernKind = Literal["recall", "incident", "quality", "freshness", "expiry", "drift", "audit"]

_KINDS: Final = ("recall", "incident", "drift", "quality", "expiry", "freshness", "audit")
_GRAVE: Final = frozenset({"high", "critical"})
_MOST_AUDITED: Final = 100


class Concern(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that somebody has to do something about."""

    kind: ConcernKind
    urgent: bool
    """It harms now; else it will, or may."""
    ref: str
    """What it is about, as people write it."""
    words: str
    command: str
    """What tells more of it, or mends it."""
    at: datetime | None = None
    """Since when; of what runs out, until when."""


class AttentionResponse(Struct, frozen=True, kw_only=True):
    """What needs somebody, the most urgent first."""

    verdict: str
    concerns: list[Concern]
    gaps: list[str]
    """What was not looked at."""


class AttentionRequest(Request[AttentionResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask what needs somebody now."""

    bar: float = 60.0
    """Models in use whose audit has fewer points are told."""
    days: int = 14
    """Approvals and overrides are told that run out within so many days."""
    as_of: str | None = None


class _Look(Struct, frozen=True):
    """One look at the store: what is asked, of which moment, and which versions are in use."""

    context: Context
    request: AttentionRequest
    seq: int | None
    at: datetime
    live: list[Deployment]
    used: list[VersionRow]


@operation(name="attention", permission="read")
def attention(context: Context, request: AttentionRequest) -> AttentionResponse:
    """Tell what needs somebody now: recalls, failing or late data, drift, what runs out, audits.

    Raises:
        InvalidInput: the bar is no score, or the days are none.
    """
    if not 0 <= request.bar <= 100 or not 0 <= request.days <= 3650:
        raise InvalidInput("A bar is from 0 to 100 points, and days are from 0 to 3650.")
    look = _look(context, request)
    found = [*_recalled(look), *_incidents(look), *_failing(look), *_late(look)]
    found += [*_expiring(look), *_drifting(look), *_below(look)]
    found.sort(key=lambda one: (not one.urgent, _KINDS.index(one.kind), one.ref))
    left = len(look.used) - _MOST_AUDITED
    return AttentionResponse(
        verdict=_verdict(found),
        concerns=found,
        gaps=[f"{counted(left, 'version')} in use were not audited"] if left > 0 else [],
    )


def _look(context: Context, request: AttentionRequest) -> _Look:
    store, seq = context.store, moment(context.store, request.as_of)
    live = deployments_at(store, seq)
    served = {(one.name, one.version) for one in live}
    rules = used_last(store, seq)
    stages = set(rules.held) if rules is not None else set()
    used = [
        row
        for name in store.names("model", seq)
        for row in store.versions("model", name.name, seq)
        if (row.name, row.version) in served or not stages.isdisjoint(row.aliases)
    ]
    at = now() if request.as_of is None else parse_when(request.as_of)
    return _Look(context, request, seq, at, live, used)


def _recalled(look: _Look) -> Iterator[Concern]:
    statements = look.context.store.statements
    about = {one.row.key: one.row.about for one in RECALL.latest(statements, seq=look.seq)}
    for one in recalls(look.context, RecallsRequest(as_of=look.request.as_of)).recalls:
        if not one.open:
            continue
        things = f"{one.open} of {counted(one.affected or 0, 'thing')}"
        yield Concern(
            kind="recall",
            urgent=one.severity in _GRAVE,
            ref=about[one.id],
            words=f"{one.title} was recalled ({one.severity}): {one.reason}. Something is left to"
            f" do about {things}.",
            command=f"forebear recall status {one.id[:13]}",
            at=one.at,
        )


def _incidents(look: _Look) -> Iterator[Concern]:
    for one in INCIDENT.latest(look.context.store.statements, seq=look.seq):
        if one.value.status == "open":
            yield Concern(
                kind="incident",
                urgent=True,
                ref=one.row.about,
                words=f"{one.value.title}.".replace("..", "."),
                command=f"forebear quality show {one.row.about}",
                at=one.row.at,
            )


def _failing(look: _Look) -> Iterator[Concern]:
    """Yield data whose newest version fails checks that are not grave enough for an incident."""
    store = look.context.store
    grave = {
        one.row.about
        for one in INCIDENT.latest(store.statements, seq=look.seq)
        if one.value.status == "open"
    }
    newest = store.newest("data", look.seq)
    failed: dict[str, list[str]] = {}
    for one in CHECK.latest(store.statements, list(newest.values()), seq=look.seq):
        if one.value.status == "failed":
            failed.setdefault(one.row.about, []).append(one.value.message or one.value.check)
    for name, artifact in newest.items():
        about = about_name("data", name)
        if artifact in failed and about not in grave:
            said = failed[artifact]
            rest = len(said) - 1
            fail = "fails" if rest == 1 else "fail"
            more = f", and {counted(rest, 'other check')} {fail}" if rest else ""
            yield Concern(
                kind="quality",
                urgent=False,
                ref=about,
                words=f"{said[0].rstrip('.')}{more}.",
                command=f"forebear quality show {about}",
            )


def _late(look: _Look) -> Iterator[Concern]:
    store = look.context.store
    for one in FRESHNESS.latest(store.statements, seq=look.seq):
        kind, _, name = one.row.about.partition(":")
        rows = store.versions("data", name, look.seq) if kind == "data" else []
        every = one.value.every_seconds
        if not rows or not freshness_of(rows[0].created, every, look.request.as_of).overdue:
            continue
        due = rows[0].created + timedelta(seconds=every or 0)
        yield Concern(
            kind="freshness",
            urgent=False,
            ref=one.row.about,
            words=f"A new version was due on {due:%Y-%m-%d}; the newest is {name}:"
            f"{rows[0].version} of {rows[0].created:%Y-%m-%d}.",
            command=f"forebear show {one.row.about}",
            at=due,
        )


def _expiring(look: _Look) -> Iterator[Concern]:
    statements = look.context.store.statements
    named = {row.artifact: f"{row.name}:{row.version}" for row in look.used}
    said = [
        *(("override", one.row) for one in OVERRIDE.latest(statements, list(named), seq=look.seq)),
        *(
            ("approval", one.row)
            for one in APPROVAL.latest(statements, list(named), seq=look.seq)
            if one.value.decision == "approved"
        ),
    ]
    for what, row in said:
        if row.until is None or row.until > look.at + timedelta(days=look.request.days):
            continue
        over = row.until <= look.at
        ref = named[row.about]
        yield Concern(
            kind="expiry",
            urgent=over,
            ref=ref,
            words=f"The {what} of {ref} for {row.key} {'ran' if over else 'runs'} out on"
            f" {row.until:%Y-%m-%d}.",
            command=f"forebear policy check {ref} --for {row.key}",
            at=row.until,
        )


def _drifting(look: _Look) -> Iterator[Concern]:
    statements = look.context.store.statements
    ids = [one.id for one in look.live]
    counted_of = {
        one.row.about
        for one in USAGE.latest(statements, ids, seq=look.seq)
        if ids and one.value.inputs
    }
    for one in look.live:
        if one.id not in counted_of or one.model is None:
            continue
        request = DriftRequest(
            before=Target(ref=one.model), deployment=one.id, as_of=look.request.as_of
        )
        try:
            found = drift(look.context, request)
        except Unreadable:
            continue  # what it learned from has no profile: `forebear drift` says so when asked
        if found.drift in {"moderate", "strong"}:
            yield Concern(
                kind="drift",
                urgent=found.drift == "strong",
                ref=one.title,
                words=found.verdict,
                command=f"forebear drift {one.title} --deployment {one.id[:13]}",
            )


def _below(look: _Look) -> Iterator[Concern]:
    for row in look.used[:_MOST_AUDITED]:
        ref = f"{row.name}:{row.version}"
        request = AuditRequest(
            target=Target(ref=f"model:{ref}"), wanted=look.request.bar, as_of=look.request.as_of
        )
        found = audit(look.context, request).models[0]
        if found.score < look.request.bar:
            yield Concern(
                kind="audit",
                urgent=False,
                ref=ref,
                words=found.verdict,
                command=f"forebear audit {ref} --fail-under {look.request.bar:g}",
            )


def _verdict(found: list[Concern]) -> str:
    if not found:
        return "Nothing needs attention now."
    now_ones = sum(one.urgent for one in found)
    needs = f"{counted(len(found), 'thing')} {'needs' if len(found) == 1 else 'need'} attention"
    if now_ones == len(found):
        return f"{needs} now."
    return f"{needs}, {now_ones} of them now." if now_ones else f"{needs}."
