"""`forebear policy`: what the rules ask, and whether a version meets them."""

from __future__ import annotations

from typing import Annotated, Final

from cyclopts import Parameter

from forebear.cli.app import COMMON, MODELS, Common, commands
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.promote_text import policy_check_lines, policy_show_lines
from forebear.client.rules import find_rules
from forebear.ops.policy import PolicyCheckRequest, PolicyShowRequest
from forebear.ops.table import Target

__all__ = ["check", "show"]

policy: Final = commands(MODELS, "policy", "What has to hold before a version enters a stage.")


@policy.command
def show(*, as_of: str | None = None, common: Common = COMMON) -> None:
    """Show the stages, what each policy asks, and all that a policy may ask.

    Parameters
    ----------
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    answer = ask(common, PolicyShowRequest(rules=find_rules(common.store), as_of=as_of))
    print_json(answer) if common.json else print_lines(policy_show_lines(answer))


@policy.command
def check(
    ref: str,
    *,
    for_: Annotated[str, Parameter(name="--for")] = "production",
    as_of: str | None = None,
    common: Common = COMMON,
) -> int:
    """Does a version meet a policy, and if not, what is missing? Leaves with 1 if it does not.

    Parameters
    ----------
    ref
        A version of a model: churn:7.
    for_
        The stage or environment, or `demote` or `rollback`.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    request = PolicyCheckRequest(
        target=Target(ref=ref), policy=for_, rules=find_rules(common.store), as_of=as_of
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(policy_check_lines(answer))
    return 0 if answer.well else 1
