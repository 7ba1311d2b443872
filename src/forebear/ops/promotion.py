"""Promotion: a version enters a stage when it meets the policy, and leaves it by one command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from msgspec import Struct, structs

from forebear.analysis.verdict import listed
from forebear.core.clock import parse_when
from forebear.core.errors import Conflict, InvalidInput, Overtaken, UnknownRef
from forebear.core.events import AnyEvent
from forebear.core.expectations import Expected, moved_away
from forebear.core.policies import Move, Rules, RulesFile
from forebear.core.rows import VersionRow
from forebear.ops.judging import case_of, judge, short_of
from forebear.ops.left_behind import deployments_behind, still_used_by
from forebear.ops.policies import in_force_from_now, rules_in_force
from forebear.ops.policy import verdict_of
from forebear.ops.requirement import Action, Outcome
from forebear.ops.resolve import closest
from forebear.ops.stage_history import Held, held_before
from forebear.ops.stage_moves import (
    Change,
    ended_overrides,
    override,
    stage_moves,
    write_moves,
)
from forebear.ops.standing import version_of
from forebear.ops.table import Context, Request, Target, operation

__all__ = [
    "DemoteRequest",
    "MoveResponse",
    "Plan",
    "PromoteRequest",
    "RetireRequest",
    "RollbackRequest",
    "demote",
    "demotion",
    "promote",
    "retire",
    "retirement",
    "return_to",
    "rollback",
]

_TRIES: Final = 4


class MoveResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a version's stage, or what is missing."""

    move: Move
    moved: bool
    verdict: str
    version: str
    artifact: str
    origin: str
    """The stage that it was in."""
    stage: str
    """The stage that it was to have."""
    before: str | None = None
    """The version that was in the stage before."""
    policy: str
    policy_digest: str
    outcomes: list[Outcome]
    override_until: datetime | None = None
    why: str | None = None
    source: str | None = None
    deploy: list[Action] = []
    """What makes deployments follow that still serve another version in this stage."""
    users: list[str] = []
    """Who still uses what was retired."""


class PromoteRequest(Request[MoveResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask that a version enter a stage."""

    target: Target
    stage: str
    why: str | None = None
    override: str | None = None
    """Why it shall enter although it does not meet the policy."""
    until: str | None = None
    """When the override runs out."""
    expect: int | None = None
    """Only when the stage holds this version now (0: none)."""
    rules: RulesFile | None = None


class DemoteRequest(Request[MoveResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask that a version go back to an earlier stage."""

    target: Target
    stage: str | None = None
    """Default: the stage before its own."""
    why: str | None = None
    rules: RulesFile | None = None


class RollbackRequest(Request[MoveResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask that a stage hold the version again that it held before."""

    name: str
    stage: str
    version: int | None = None
    """An earlier one than the last."""
    why: str | None = None
    rules: RulesFile | None = None


class RetireRequest(Request[MoveResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask that a version be used no more."""

    target: Target
    why: str | None = None
    rules: RulesFile | None = None


class Plan(NamedTuple):
    """A move as it would be made now, with how its version stands to the policy."""

    change: Change
    outcomes: list[Outcome]
    held: tuple[str, int | None] | None
    """The stage that must still hold this version then."""
    done: bool = False
    """It is so already."""


@operation(name="promote", permission="approve")
def promote(context: Context, request: PromoteRequest) -> MoveResponse:
    """Let a version enter a stage if it meets the stage's policy; else say what is missing."""
    return _in_quiet(lambda: _promote(context, request))


def _promote(context: Context, request: PromoteRequest) -> MoveResponse:
    since = context.store.head().size
    rules = rules_in_force(context, request.rules)
    stage = rules.stage(request.stage)
    row = version_of(context.store, request.target)
    if stage not in rules.held:
        other = "`forebear retire`" if stage == rules.order[-1] else "`forebear demote`"
        raise InvalidInput(
            f"Nothing is promoted to {stage}: {other} does that.",
            hint=f"Promote to {' or '.join(rules.held)}." if rules.held else None,
        )
    case = case_of(context, row, rules, stage)
    until = _until(request, case.now)
    if rules.order.index(case.stage) > rules.order.index(stage) and case.stage in rules.held:
        raise InvalidInput(
            f"{case.title} is in {case.stage}, which comes after {stage}.",
            hint=f"`forebear demote {case.ref} --to {stage}` takes it back.",
        )
    held = context.store.alias("model", row.name, stage)
    before = held.version if held else None
    expected = before if request.expect is None else request.expect or None
    if before != expected:
        raise moved_away(
            Expected(kind="model", name=row.name, alias=stage, version=expected), before
        )
    change = Change("promote", case, stage, before, request.why, since)
    outcomes = judge(case)
    short = short_of(outcomes)
    events: list[AnyEvent] = [*in_force_from_now(context, rules)]
    if short and until is not None:
        events.append(override(case, short, request.override or "", until))
        outcomes = [structs.replace(x, state="waived") if x in short else x for x in outcomes]
    elif short or before == row.version:
        return _answer(change, outcomes, moved=False)
    elif not any(one.state == "waived" for one in outcomes):
        events += ended_overrides(case, row.artifact, stage)
    events += stage_moves(change, outcomes)
    write_moves(change, events, (stage, before))
    return _answer(change, outcomes, moved=True, until=until)


@operation(name="demote", permission="approve")
def demote(context: Context, request: DemoteRequest) -> MoveResponse:
    """Take a version back to an earlier stage."""
    return _in_quiet(lambda: _carried_out(demotion(context, request)))


def demotion(context: Context, request: DemoteRequest) -> Plan:
    """Return how a version would go back to an earlier stage.

    Raises:
        InvalidInput: it is in no stage that it could leave, or not after that one.
        Conflict: the stage holds another version.
    """
    since = context.store.head().size
    rules = rules_in_force(context, request.rules)
    row = version_of(context.store, request.target)
    case = case_of(context, row, rules, "demote")
    if case.stage not in rules.held:
        raise InvalidInput(f"{case.title} is in {case.stage}: there is nothing to take back.")
    place = rules.order.index(case.stage)
    stage = rules.stage(request.stage) if request.stage else rules.order[place - 1]
    if rules.order.index(stage) >= place:
        raise InvalidInput(
            f"{stage} does not come before {case.stage}, in which {case.title} is.",
            hint=f"The stages are {', '.join(rules.order)}.",
        )
    held = context.store.alias("model", row.name, stage) if stage in rules.held else None
    if held is not None and held.version != row.version:
        raise Conflict(
            f"{stage} holds {row.name}:{held.version}.",
            hint=f"`--to {rules.order[0]}` takes {case.title} back without it.",
        )
    change = Change("demote", case, stage, None, request.why, since)
    return Plan(change, judge(case), (case.stage, row.version))


@operation(name="rollback", permission="approve")
def rollback(context: Context, request: RollbackRequest) -> MoveResponse:
    """Let a stage hold the version again that it held before."""
    return _in_quiet(lambda: _carried_out(return_to(context, request)))


def return_to(context: Context, request: RollbackRequest) -> Plan:
    """Return how a stage would hold a version again that it held before.

    Raises:
        InvalidInput: it held no other version before, or that one is retired.
        UnknownRef: no model has that name.
    """
    store = context.store
    since = context.store.head().size
    rules = rules_in_force(context, request.rules)
    rows = {row.version: row for row in store.versions("model", request.name)}
    if not rows:
        near = closest(store, request.name, None)
        hint = f"Did you mean {' or '.join(near)}?" if near else "`forebear models` lists them."
        raise UnknownRef(f"There is no model called '{request.name}'.", hint=hint)
    stage = _rolled(rules, rows, request)
    history = held_before(store, request.name, stage)
    earlier = _earlier(rows, history, request, stage)
    case = case_of(context, earlier, rules, "rollback")
    outcomes = judge(case)
    if case.stage == rules.order[-1]:
        again = f"`forebear promote {case.ref} --to {stage}` takes it into use again."
        others = len(history.earlier) > 1
        raise InvalidInput(
            f"{case.title}, which was in {stage} before, is {case.stage}.",
            hint=_others(history, request) if others else again,
        )
    change = Change("rollback", case, stage, history.now, request.why, since)
    return Plan(change, outcomes, (stage, history.now))


@operation(name="retire", permission="approve")
def retire(context: Context, request: RetireRequest) -> MoveResponse:
    """Say that a version is used no more; it leaves every stage that holds it."""
    return _in_quiet(lambda: _carried_out(retirement(context, request)))


def retirement(context: Context, request: RetireRequest) -> Plan:
    """Return how a version would leave every stage."""
    since = context.store.head().size
    rules = rules_in_force(context, request.rules)
    row = version_of(context.store, request.target)
    last = rules.order[-1]
    case = case_of(context, row, rules, last)
    change = Change("retire", case, last, None, request.why, since)
    if case.stage == last:
        return Plan(change, [], None, done=True)
    held = (case.stage, row.version) if case.stage in rules.held else None
    return Plan(change, judge(case), held)


def _carried_out(plan: Plan) -> MoveResponse:
    """Write what a plan says, if its version meets the policy and it is not so already."""
    change, outcomes = plan.change, plan.outcomes
    if plan.done or short_of(outcomes):
        return _answer(change, outcomes, moved=False)
    events: list[AnyEvent] = [*in_force_from_now(change.case.context, change.case.rules)]
    events += stage_moves(change, outcomes)
    write_moves(change, events, plan.held)
    return _answer(change, outcomes, moved=True)


def _in_quiet(decide: Callable[[], MoveResponse]) -> MoveResponse:
    """Decide again where news came meanwhile, a few times."""
    for _ in range(_TRIES):
        try:
            return decide()
        except Overtaken:
            continue
    return decide()


def _rolled(rules: Rules, rows: dict[int, VersionRow], request: RollbackRequest) -> str:
    """Return the alias that is rolled back: a stage, or one that was moved by hand."""
    if request.stage in {word for row in rows.values() for word in row.aliases}:
        return request.stage
    stage = rules.stage(request.stage)
    if stage not in rules.held:
        raise InvalidInput(
            f"{stage} holds no single version that could be rolled back.",
            hint=f"There is: {', '.join(rules.held)}.",
        )
    return stage


def _earlier(
    rows: dict[int, VersionRow], history: Held, request: RollbackRequest, stage: str
) -> VersionRow:
    if request.version is not None:
        if request.version not in history.earlier:
            raise InvalidInput(
                f"{request.name}:{request.version} is none that {stage} would go back to.",
                hint=_others(history, request),
            )
        return rows[request.version]
    if not history.earlier and history.now is None:
        raise InvalidInput(f"{stage} never held a version of {request.name}.")
    if not history.earlier:
        raise InvalidInput(
            f"{request.name}:{history.now} is the first that {stage} holds: there is no earlier"
            " one to go back to.",
            hint=f"`forebear demote {request.name}:{history.now}` leaves it empty.",
        )
    return rows[history.earlier[0]]


def _others(history: Held, request: RollbackRequest) -> str:
    told = ", ".join(f"{request.name}:{version}" for version in history.earlier)
    return f"Before were there: {told}; --version says which." if told else "None was before it."


def _until(request: PromoteRequest, present: datetime) -> datetime | None:
    if request.override is None and request.until is None:
        return None
    example = f'--override "why" --until {present + timedelta(days=14):%Y-%m-%d}'
    if not (request.override or "").strip() or request.until is None:
        raise InvalidInput(
            "An override needs a reason and a day on which it runs out.", hint=f"Say {example}."
        )
    until = parse_when(request.until)
    if until <= present:
        raise InvalidInput(f"{request.until} is over already.", hint=f"Say {example}.")
    return until


def _answer(
    change: Change, outcomes: list[Outcome], *, moved: bool, until: datetime | None = None
) -> MoveResponse:
    case, before = change.case, change.before
    return MoveResponse(
        move=change.move,
        moved=moved,
        verdict=_verdict(change, outcomes, moved=moved),
        version=case.title,
        artifact=case.row.artifact,
        origin=case.stage,
        stage=change.stage,
        before=None if before is None else f"{case.row.name}:{before}",
        policy=case.policy,
        policy_digest=case.policy_digest,
        outcomes=outcomes,
        override_until=until if any(one.state == "waived" for one in outcomes) else None,
        why=change.why if moved else None,
        source=case.rules.source,
        deploy=deployments_behind(change) if moved else [],
        users=still_used_by(change) if moved else [],
    )


def _verdict(change: Change, outcomes: list[Outcome], *, moved: bool) -> str:
    case, stage, before = change.case, change.stage, change.before
    other = f"{case.row.name}:{before}" if before not in {None, case.row.version} else ""
    if short_of(outcomes):
        kept = f"{case.title} stays in {case.stage}"
        if change.move == "rollback":
            kept = f"{stage} keeps {other}" if other else f"{stage} stays empty"
        return f"{kept}. {verdict_of(case.title, case.policy, outcomes)}"
    if not moved:
        return f"{case.title} is in {stage} already."
    waived = [one.short for one in outcomes if one.state == "waived"]
    again = " again" if change.move == "rollback" else ""
    instead = f" instead of {other}" if other else ""
    told = f"{case.title} is in {stage}{again}{instead}; before it was in {case.stage}."
    if change.move != "promote" and case.stage in case.rules.held and case.stage != stage:
        told += f" {case.stage} holds no version of {case.row.name} now."
    return told + (f" An override lets it pass without {listed(waived, 6)}." if waived else "")
