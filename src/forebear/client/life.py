"""The life of models from a program or a notebook: stages, approvals, audits.

The functions are skins of operations, as the commands are: the same rules hold, those of the
nearest `forebear.toml`. Nothing heavy is imported before the first call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from forebear.client.refs import Ref, target_of

if TYPE_CHECKING:
    from forebear.client.life_answers import Approval, Audit, Kpis, Moved, PolicyChecked
    from forebear.ops.approvals import ApproveResponse
    from forebear.ops.promotion import MoveResponse
    from forebear.ops.table import Request

__all__ = [
    "approve",
    "audit",
    "check_policy",
    "demote",
    "kpi",
    "promote",
    "reject",
    "retire",
    "rollback",
]


def promote(
    ref: Ref,
    to: str,
    *,
    why: str | None = None,
    override: str | None = None,
    until: str | None = None,
    expect: int | None = None,
    store: str | None = None,
) -> Moved:
    """Let a version enter a stage or an environment if it meets the policy.

    A refusal raises nothing: then `moved` is False, and `outcomes` say what is missing and what
    would mend it. `override` says why the version shall enter all the same; that is signed, shown
    with it from then on, and ends at `until`. With `expect` it enters only if the stage holds
    that version now (0: none).

    Raises:
        InvalidInput: nothing is promoted to that stage.
        Conflict: the stage holds another version than the one that was expected.
    """
    from forebear.client.rules import find_rules
    from forebear.ops.promotion import PromoteRequest

    request = PromoteRequest(
        target=target_of(ref),
        stage=to,
        why=why,
        override=override,
        until=until,
        expect=expect,
        rules=find_rules(store),
    )
    return _moved(request, store)


def demote(
    ref: Ref, to: str | None = None, *, why: str | None = None, store: str | None = None
) -> Moved:
    """Take a version back to an earlier stage: by default the one before its own."""
    from forebear.client.rules import find_rules
    from forebear.ops.promotion import DemoteRequest

    request = DemoteRequest(target=target_of(ref), stage=to, why=why, rules=find_rules(store))
    return _moved(request, store)


def rollback(
    name: str,
    env: str = "production",
    *,
    version: int | None = None,
    why: str | None = None,
    store: str | None = None,
) -> Moved:
    """Let an environment, stage or alias hold the version again that it held before.

    `version` goes back further than to the last one.
    """
    from forebear.client.rules import find_rules
    from forebear.ops.promotion import RollbackRequest

    request = RollbackRequest(
        name=name, stage=env, version=version, why=why, rules=find_rules(store)
    )
    return _moved(request, store)


def retire(ref: Ref, *, why: str | None = None, store: str | None = None) -> Moved:
    """Say that a version is used no more; it leaves every stage. Refused while it is served."""
    from forebear.client.rules import find_rules
    from forebear.ops.promotion import RetireRequest

    return _moved(RetireRequest(target=target_of(ref), why=why, rules=find_rules(store)), store)


def approve(
    ref: Ref,
    policy: str = "production",
    *,
    why: str | None = None,
    until: str | None = None,
    store: str | None = None,
) -> Approval:
    """Approve a version for a stage, in the name of who runs this program. Its author cannot.

    It is bound to the content of the version and to the policy as it is now; `until` is the day
    when it runs out.
    """
    from forebear.client.rules import find_rules
    from forebear.ops.approvals import ApproveRequest

    request = ApproveRequest(
        target=target_of(ref), policy=policy, why=why, until=until, rules=find_rules(store)
    )
    return _decided(request, store)


def reject(
    ref: Ref,
    policy: str = "production",
    *,
    why: str | None = None,
    until: str | None = None,
    store: str | None = None,
) -> Approval:
    """Reject a version for a stage: it cannot enter until whoever rejected it approves it."""
    from forebear.client.rules import find_rules
    from forebear.ops.approvals import ApproveRequest

    request = ApproveRequest(
        target=target_of(ref),
        policy=policy,
        decision="rejected",
        why=why,
        until=until,
        rules=find_rules(store),
    )
    return _decided(request, store)


def check_policy(
    ref: Ref, policy: str = "production", *, as_of: str | None = None, store: str | None = None
) -> PolicyChecked:
    """Say whether a version meets a policy (`well`), and if not, what is missing."""
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.life_answers import PolicyChecked
    from forebear.client.rules import find_rules
    from forebear.ops.policy import PolicyCheckRequest

    request = PolicyCheckRequest(
        target=target_of(ref), policy=policy, rules=find_rules(store), as_of=as_of
    )
    return PolicyChecked(**asdict(asked(request, store)))


def audit(
    ref: Ref | None = None,
    *,
    wanted: float = 100.0,
    evidence: bool = False,
    as_of: str | None = None,
    store: str | None = None,
) -> Audit:
    """Say how one version, or every model, stands to the rules and to good practice.

    Of each name the newest version is audited, and those that an alias points to. `wanted` is
    the score that the actions shall lead to. With `evidence` it brings the events that it rests
    on, for `report()`.
    """
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.life_answers import Audit
    from forebear.client.rules import find_rules
    from forebear.ops.audit import AuditRequest

    request = AuditRequest(
        target=None if ref is None else target_of(ref),
        rules=find_rules(store),
        wanted=wanted,
        evidence=evidence,
        as_of=as_of,
    )
    return Audit(**asdict(asked(request, store)))


def kpi(
    ref: Ref,
    figures: Mapping[str, float] | None = None,
    *,
    unit: str | None = None,
    since: str | None = None,
    until: str | None = None,
    source: str | None = None,
    why: str | None = None,
    as_of: str | None = None,
    store: str | None = None,
) -> Kpis:
    """Record what a version is worth to the business; with no figures, return what is recorded.

    `since` and `until` are the days that the figures are about, `source` is where they come from.
    """
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.life_answers import Kpis
    from forebear.ops.kpis import KpiRequest

    request = KpiRequest(
        target=target_of(ref),
        figures=dict(figures or {}),
        unit=unit,
        since=since,
        until=until,
        source=source,
        why=why,
        as_of=as_of,
    )
    return Kpis(**asdict(asked(request, store)))


def _moved(request: Request[MoveResponse], store: str | None) -> Moved:
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.life_answers import Moved

    return Moved(**asdict(asked(request, store)))


def _decided(request: Request[ApproveResponse], store: str | None) -> Approval:
    from msgspec.structs import asdict

    from forebear.client.answers import asked
    from forebear.client.life_answers import Approval

    return Approval(**asdict(asked(request, store)))
