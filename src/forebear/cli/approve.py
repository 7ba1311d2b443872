"""`forebear approve` and `reject`: what people say of a version before it enters a stage."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from forebear.cli.app import COMMON, MODELS, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.promote_text import approval_lines
from forebear.client.rules import find_rules
from forebear.ops.approvals import ApproveRequest
from forebear.ops.table import Target

__all__ = ["approve", "reject"]

For = Annotated[str, Parameter(name="--for")]


@command(MODELS)
def approve(
    ref: str,
    *,
    for_: For = "production",
    why: str | None = None,
    until: str | None = None,
    common: Common = COMMON,
) -> None:
    """Approve a version for a stage. Who made it cannot.

    It is bound to the content of the version, and to the policy as it is now.

    Parameters
    ----------
    ref
        A version of a model: churn:7.
    for_
        The stage or environment.
    why
        The reason, kept with it.
    until
        When the approval runs out: 2026-12-31.
    """
    request = ApproveRequest(
        target=Target(ref=ref), policy=for_, why=why, until=until, rules=find_rules(common.store)
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(approval_lines(answer))


@command(MODELS)
def reject(
    ref: str,
    *,
    for_: For = "production",
    why: str | None = None,
    until: str | None = None,
    common: Common = COMMON,
) -> None:
    """Reject a version for a stage: it cannot enter until you approve it.

    Parameters
    ----------
    ref
        A version of a model: churn:7.
    for_
        The stage or environment.
    why
        The reason, kept with it.
    until
        When the rejection runs out: 2026-12-31.
    """
    request = ApproveRequest(
        target=Target(ref=ref),
        policy=for_,
        decision="rejected",
        why=why,
        until=until,
        rules=find_rules(common.store),
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(approval_lines(answer))
