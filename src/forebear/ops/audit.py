"""Audits: how models stand to the rules and to good practice, and what would mend them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Final

from msgspec import Struct, structs

from forebear.analysis.audit import score
from forebear.analysis.verdict import counted, listed
from forebear.core.errors import InvalidInput
from forebear.core.policies import Rules, RulesFile
from forebear.core.ports import Store
from forebear.core.rows import VersionRow
from forebear.ops.audit_facts import Fact, facts_about
from forebear.ops.audit_plan import AuditFinding, advice
from forebear.ops.event import EventRef, events_at
from forebear.ops.facts import Facts
from forebear.ops.judging import Asked, asked_by, case_of, moment_of, outcomes_of, waived
from forebear.ops.policies import (
    AUDIT,
    WEIGHTS,
    models_of,
    rules_in_force,
    said_of,
    settings_of,
)
from forebear.ops.policy_case import Case
from forebear.ops.remembered import remembering
from forebear.ops.requirement import Action, Outcome, requirements
from forebear.ops.resolve import moment
from forebear.ops.standing import Standing, stage_of, standing, version_of
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "AuditFinding",
    "AuditRequest",
    "AuditResponse",
    "ModelAudit",
    "audit",
]

_USUAL: Final = 5
"""What a requirement of a policy counts where nobody gave it a weight."""


class ModelAudit(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version, as the audit found it."""

    version: str
    artifact: str
    stage: str
    aliases: list[str] = []
    verdict: str
    score: float
    met: float
    asked: float
    """Points that it has, and points that it could have."""
    findings: list[AuditFinding]
    actions: list[Action] | None
    """The fewest things to do that bring the score that was asked for; None where none do."""
    after: float
    """The score that they lead to."""
    overrides: list[Standing] = []
    about: list[Fact] = []
    """What the version is; only where one is asked about, or the evidence is."""


class AuditResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How models stand to the rules and to good practice."""

    verdict: str
    models: list[ModelAudit]
    """The worst first."""
    least: float | None
    """The lowest score."""
    wanted: float
    source: str | None = None
    """The file of rules; None for the defaults."""
    at: datetime
    """The moment that the audit is about."""
    seq: int
    """The last event that it takes in."""
    events: list[EventRef] = []
    """The events that findings rest on, where their evidence is asked for."""


class AuditRequest(Request[AuditResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask how one version, or every model, stands to the rules and to good practice."""

    target: Target | None = None
    """None for all: of each name the newest version, and those that an alias points to."""
    rules: RulesFile | None = None
    wanted: float = 100.0
    """The score that actions shall lead to."""
    evidence: bool = False
    """Also the events that findings rest on."""
    as_of: str | None = None


@operation(name="audit", permission="read", decides=True)
def audit(context: Context, request: AuditRequest) -> AuditResponse:
    """Judge one version or all models by the rules and by good practice, and say what to do.

    Raises:
        InvalidInput: the wanted score is none.
    """
    if not 0 <= request.wanted <= 100:
        raise InvalidInput(f"{request.wanted:g} is no score.", hint="Say one from 0 to 100.")
    store = context.store
    seq = moment(store, request.as_of)
    rules = rules_in_force(context, request.rules, seq)
    rows = _selected(store, request.target, seq)
    facts = Facts(store, seq, whole=request.target is None)
    one = request.target is not None or request.evidence
    if request.target is None:
        known = remembering(store, [row.artifact for row in rows], seq)
        context = structs.replace(context, store=known)
    asks = cache(partial(_asked, rules))
    audits = [_audited(context, row, rules, facts, request, asks=asks, told=one) for row in rows]
    audits.sort(key=lambda found: (found.score, found.version))
    return AuditResponse(
        verdict=_verdict(audits, request.wanted),
        models=audits,
        least=audits[0].score if audits else None,
        wanted=request.wanted,
        source=rules.source,
        at=moment_of(request.as_of),
        seq=store.head().size if seq is None else seq,
        events=events_at(store, _seqs(audits)) if request.evidence else [],
    )


def _seqs(audits: Sequence[ModelAudit]) -> set[int]:
    shown = [x for one in audits for told in one.findings for x in told.evidence]
    shown += [x for one in audits for fact in one.about for x in fact.evidence]
    overridden = {x.seq for one in audits for x in one.overrides}
    return {x.seq for x in shown if x.seq is not None} | overridden


def _selected(store: Store, target: Target | None, seq: int | None) -> list[VersionRow]:
    if target is not None:
        return [version_of(store, target, seq)]
    names = [row.name for row in store.names("model", seq)]
    versions = store.versions_of_names("model", names, seq)
    return [
        row
        for name in names
        for place, row in enumerate(versions.get(name, ()))
        if place == 0 or row.aliases
    ]


def _audited(
    context: Context,
    row: VersionRow,
    rules: Rules,
    facts: Facts,
    request: AuditRequest,
    *,
    asks: Callable[[str, str | None], list[Asked]],
    told: bool,
) -> ModelAudit:
    stage = stage_of(row, rules, facts)
    policy = stage if stage in rules.held else (rules.held or rules.order)[-1]
    case = case_of(context, row, rules, policy, as_of=request.as_of, facts=facts, auditing=True)
    own = row.name if row.name in models_of(rules, stage) else None
    wanted = asks(stage, own)
    findings = _weighed(rules, waived(case, outcomes_of(case, wanted)))
    asked = sum(one.weight for one in findings if one.state != "not applicable")
    met = sum(one.weight for one in findings if one.state == "passed")
    settings = {one.requirement.key: one.setting for one in wanted}
    advised = advice(case, findings, settings, request.wanted)
    return ModelAudit(
        version=case.title,
        artifact=row.artifact,
        stage=stage,
        aliases=row.aliases,
        verdict=_said(case, stage, findings, score(met, asked)),
        score=score(met, asked),
        met=met,
        asked=asked,
        findings=findings,
        actions=advised.actions,
        after=advised.after,
        overrides=standing(context, rules.trusted, facts, case.ids, case.now),
        about=facts_about(case) if told else [],
    )


def _asked(rules: Rules, stage: str, model: str | None) -> list[Asked]:
    """Return what is asked: by the audit, by the policy of the stage that the version is in.

    What `[audit]` says itself comes before both. `model` is a name of which the policy says more.
    """
    of_stage = said_of(rules, stage, model) if stage in rules.held else {}
    said = {key: one for key, one in rules.audit.items() if key != WEIGHTS}
    return asked_by(rules, AUDIT, settings_of(rules, AUDIT) | of_stage | said)


def _weighed(rules: Rules, outcomes: Sequence[Outcome]) -> list[AuditFinding]:
    weights: Mapping[str, float] = rules.audit.get(WEIGHTS, {})
    table = requirements()
    findings = [
        AuditFinding(
            **structs.asdict(one),
            weight=weights.get(one.requirement, table[one.requirement].weight or _USUAL),
            why=table[one.requirement].why or "the policy of its stage asks for it",
        )
        for one in outcomes
    ]
    rank = {"failed": 0, "unknown": 1, "waived": 2, "passed": 3, "not applicable": 4}
    return sorted(findings, key=lambda one: (rank[one.state], -one.weight, one.requirement))


def _said(case: Case, stage: str, findings: Sequence[AuditFinding], points: float) -> str:
    told = {
        "failed": " Not met: {}.",
        "unknown": " Not known: {}.",
        "waived": " Let pass by an override: {}.",
    }
    sentence = f"{case.title} ({stage}) has {points:g} of 100 points."
    for state, words in told.items():
        short = [one.short for one in findings if one.state == state]
        sentence += words.format(listed(short, 8)) if short else ""
    if all(one.state in {"passed", "not applicable"} for one in findings):
        return f"{sentence} Everything that is asked of it is met."
    return sentence


def _verdict(audits: Sequence[ModelAudit], wanted: float) -> str:
    if not audits:
        return "No model is recorded."
    if len(audits) == 1:
        return audits[0].verdict
    below = sum(one.score < wanted for one in audits)
    mean = sum(one.score for one in audits) / len(audits)
    return (
        f"{counted(len(audits), 'version')} audited, {mean:.1f} points on average:"
        f" {below} below {wanted:g}, the lowest {audits[0].version} with {audits[0].score:g}."
    )
