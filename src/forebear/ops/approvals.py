"""Approvals: what people say of a version before it may enter a stage."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from forebear.core import redaction
from forebear.core.clock import parse_when
from forebear.core.errors import InvalidInput
from forebear.core.events import AnyEvent
from forebear.core.policies import APPROVAL, Approval, RulesFile
from forebear.ops.judging import case_of, judge
from forebear.ops.policies import in_force_from_now, rules_in_force
from forebear.ops.requirement import Outcome
from forebear.ops.standing import version_of
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["ApproveRequest", "ApproveResponse", "approve"]


class ApproveResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An approval or rejection that is now recorded."""

    version: str
    artifact: str
    digest: str
    decision: Literal["approved", "rejected"]
    policy: str
    policy_digest: str
    by: str
    why: str | None = None
    until: datetime | None = None
    outcomes: list[Outcome]
    """How the version stands to the policy now."""


class ApproveRequest(Request[ApproveResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Approve a version for a stage, or reject it."""

    target: Target
    policy: str
    decision: Literal["approved", "rejected"] = "approved"
    why: str | None = None
    until: str | None = None
    rules: RulesFile | None = None


@operation(name="approve", permission="approve")
def approve(context: Context, request: ApproveRequest) -> ApproveResponse:
    """Record that the caller approves a version for a stage, or rejects it.

    It is bound to the content of the version and to the policy as it is now.

    Raises:
        InvalidInput: the caller is the author, or the day is over.
    """
    store = context.store
    rules = rules_in_force(context, request.rules)
    policy = rules.policy_name(request.policy)
    row = version_of(store, request.target)
    case = case_of(context, row, rules, policy)
    if request.decision == "approved" and context.by in case.authors:
        raise InvalidInput(
            f"You are the author of {case.title}: somebody else has to approve it.",
            hint="Who started the run that made it, or gave it its name, is the author.",
        )
    until = parse_when(request.until) if request.until else None
    if until is not None and until <= case.now:
        raise InvalidInput(f"{request.until} is over already.")
    why = None if request.why is None else redaction.text(request.why).value
    said = APPROVAL.say(
        row.artifact,
        Approval(decision=request.decision, of=row.digest, policy=case.policy_digest),
        key=policy,
        by=context.author,
        why=why,
        until=until,
    )
    events: list[AnyEvent] = [*in_force_from_now(context, rules), said]
    store.append(events)
    return ApproveResponse(
        version=case.title,
        artifact=row.artifact,
        digest=row.digest,
        decision=request.decision,
        policy=policy,
        policy_digest=case.policy_digest,
        by=context.by,
        why=why,
        until=until,
        outcomes=judge(case_of(context, row, rules, policy)),
    )
