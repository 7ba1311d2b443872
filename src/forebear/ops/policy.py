"""The questions about policies: what is asked, and whether a version meets it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from forebear.analysis.verdict import counted
from forebear.core.policies import Rules, RulesFile, digest_of
from forebear.core.ports import Store
from forebear.ops.facts import Facts
from forebear.ops.judging import case_of, judge, moment_of, short_of
from forebear.ops.policies import (
    AUDIT,
    models_of,
    rules_in_force,
    said_of,
    settings_of,
    written,
)
from forebear.ops.requirement import Outcome, requirements
from forebear.ops.resolve import moment
from forebear.ops.standing import Standing, stage_of, standing, version_of
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "PolicyCheckRequest",
    "PolicyCheckResponse",
    "PolicyShowRequest",
    "PolicyShowResponse",
    "PolicyText",
    "check",
    "show_policies",
    "verdict_of",
]


class Asked(Struct, frozen=True, kw_only=True):
    """One requirement of a policy."""

    requirement: str
    title: str
    setting: str
    said: bool
    """The file says it; otherwise it is a default."""


class PolicyText(Struct, frozen=True, kw_only=True):
    """One policy, as it holds."""

    name: str
    model: str | None
    """The one model of which it asks this; null: of all others."""
    digest: str
    asks: list[Asked]


class PolicyShowResponse(Struct, frozen=True, kw_only=True):
    """The rules that hold."""

    source: str | None
    stages: list[str]
    environments: dict[str, str]
    policies: list[PolicyText]
    may_ask: list[Asked]
    """Every requirement that there is, with an example of its setting."""
    gaps: list[str] = []


class PolicyShowRequest(Request[PolicyShowResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask which rules hold."""

    rules: RulesFile | None = None
    as_of: str | None = None


class PolicyCheckResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a version stands to a policy."""

    version: str
    artifact: str
    stage: str
    policy: str
    policy_digest: str
    verdict: str
    well: bool
    outcomes: list[Outcome]
    overrides: list[Standing] = []
    authors: list[str] = []
    source: str | None = None
    at: datetime


class PolicyCheckRequest(
    Request[PolicyCheckResponse], frozen=True, kw_only=True, omit_defaults=True
):
    """Ask whether a version meets a policy."""

    target: Target
    policy: str
    rules: RulesFile | None = None
    as_of: str | None = None


@operation(name="policy-show", permission="read")
def show_policies(context: Context, request: PolicyShowRequest) -> PolicyShowResponse:
    """Tell the stages, and what each policy asks."""
    seq = moment(context.store, request.as_of)
    rules = rules_in_force(context, request.rules, seq)
    table = requirements().values()
    return PolicyShowResponse(
        source=rules.source,
        stages=list(rules.order),
        environments=rules.environments,
        policies=_texts(rules),
        may_ask=[
            Asked(requirement=one.key, title=one.title, setting=one.example, said=False)
            for one in table
        ],
        gaps=_strange(context.store, rules, seq),
    )


@operation(name="policy-check", permission="read", decides=True)
def check(context: Context, request: PolicyCheckRequest) -> PolicyCheckResponse:
    """Say whether a version meets a policy, what is missing, and how to get it."""
    store = context.store
    seq = moment(store, request.as_of)
    rules = rules_in_force(context, request.rules, seq)
    policy = rules.policy_name(request.policy)
    row = version_of(store, request.target, seq)
    case = case_of(context, row, rules, policy, as_of=request.as_of)
    outcomes = judge(case)
    facts = Facts(store, seq)
    return PolicyCheckResponse(
        version=case.title,
        artifact=row.artifact,
        stage=stage_of(row, rules, facts),
        policy=policy,
        policy_digest=case.policy_digest,
        verdict=verdict_of(case.title, policy, outcomes),
        well=not short_of(outcomes),
        outcomes=outcomes,
        overrides=standing(context, rules.trusted, facts, case.ids, case.now),
        authors=case.authors,
        source=rules.source,
        at=moment_of(request.as_of),
    )


def verdict_of(title: str, policy: str, outcomes: list[Outcome]) -> str:
    """Return in a sentence whether a version meets a policy."""
    asked = [one for one in outcomes if one.state != "not applicable"]
    if not asked:
        return f"Nothing is asked of {title} for {policy}."
    missing = len(short_of(asked))
    of = counted(len(asked), "requirement")
    if missing:
        verb = "is" if missing == 1 else "are"
        return f"{title} does not meet the policy for {policy}: {missing} of {of} {verb} missing."
    waived = sum(one.state == "waived" for one in asked)
    let = f", {waived} of them by an override" if waived else ""
    return f"{title} meets the policy for {policy}: {of}{let}."


def _texts(rules: Rules) -> list[PolicyText]:
    """Return each policy, and after it what it asks of single models instead."""
    return [
        _text(rules, name, model)
        for name in (*rules.policy_names, AUDIT)
        for model in (None, *models_of(rules, name))
    ]


def _strange(store: Store, rules: Rules, seq: int | None) -> list[str]:
    """Say which models the rules name that there are none of: a slip would go unnoticed."""
    named = dict.fromkeys(one for name in rules.policy_names for one in models_of(rules, name))
    return [
        f"No model is called {one}: what is asked of it is asked of nobody."
        for one in named
        if not store.versions("model", one, seq)
    ]


def _text(rules: Rules, name: str, model: str | None) -> PolicyText:
    settings = settings_of(rules, name, model)
    said = rules.audit if name == AUDIT else said_of(rules, name, model)
    table = requirements()
    return PolicyText(
        name=name,
        model=model,
        digest=digest_of(name, settings),
        asks=[
            Asked(
                requirement=key,
                title=table[key].title,
                setting=f"{key} = {written(value)}",
                said=key in said,
            )
            for key, value in settings.items()
        ],
    )
