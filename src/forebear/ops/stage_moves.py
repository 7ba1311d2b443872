"""What is written when a version changes its stage: one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct, structs

from forebear.core import redaction
from forebear.core.errors import InvalidInput
from forebear.core.events import AliasMoved, AnyEvent, Stated
from forebear.core.expectations import Expected
from forebear.core.policies import (
    APPROVAL,
    OVERRIDE,
    POLICY,
    PROMOTION,
    STAGE,
    Move,
    Override,
    Promotion,
    Stage,
    key_of,
    override_text,
)
from forebear.core.quality import INCIDENT
from forebear.core.recalls import RECALL
from forebear.ops.policy_case import Case
from forebear.ops.requirement import Outcome

__all__ = ["Change", "Held", "ended_overrides", "override", "stage_moves", "write_moves"]


Held = tuple[str, int | None]

_NEWS: Final = [APPROVAL.name, INCIDENT.name, RECALL.name, POLICY.name]
"""Topics on which something may be said that forbids what was allowed."""


class Change(Struct, frozen=True):
    """What is to be done to a version's stage."""

    move: Move
    case: Case
    stage: str
    """The stage that it shall have."""
    before: int | None
    """The version that is in the stage now."""
    why: str | None
    since: int
    """How many events there were when the version began to be judged."""


def stage_moves(change: Change, outcomes: Iterable[Outcome]) -> list[AnyEvent]:
    """Return what changes a version's stage: why it does, and then the moves of the aliases."""
    case, stage = change.case, change.stage
    row, rules, author = case.row, case.rules, case.context.author
    reason = None if change.why is None else redaction.text(change.why).value
    artifacts = {one.version: one.artifact for one in case.store.versions("model", row.name)}
    promotion = Promotion(
        move=change.move,
        origin=case.stage,
        stage=stage,
        before=artifacts.get(change.before or 0),
        policy=case.policy_digest,
        waived=[one.requirement for one in outcomes if one.state == "waived"],
    )
    events: list[AnyEvent] = []
    if change.move != "promote":
        gone, was = (promotion.before, stage) if change.move == "rollback" else (None, case.stage)
        events += ended_overrides(case, gone or row.artifact, was)
    last = rules.order[-1]
    if last in {stage, case.stage}:
        ended = Stage(stage=stage) if stage == last else None
        events.append(STAGE.say(row.artifact, ended, key=row.name, by=author, why=reason))
    key = key_of(row.name, stage)
    events.append(PROMOTION.say(row.artifact, promotion, key=key, by=author, why=reason))
    # An alias that is no stage is rolled back by itself.
    left = rules.held if stage in rules.order else ()
    moves: dict[str, int | None] = {x: None for x in left if x in row.aliases and x != stage}
    if stage not in {rules.order[0], last} and stage not in row.aliases:
        moves[stage] = row.version
    for alias, version in moves.items():
        events.append(
            AliasMoved(
                kind="model",
                name=row.name,
                alias=alias,
                version=version,
                by=author,
                why=reason,
                artifact=row.artifact if version else None,
            )
        )
    return events


def override(case: Case, short: Sequence[Outcome], why: str, until: datetime) -> Stated:
    """Return the signed statement that lets a version pass without some requirements.

    Raises:
        InvalidInput: the key of the store is not here.
    """
    store, signer = case.store, case.context.signer
    if signer is None:
        raise InvalidInput(
            "An override is signed with the key of the store, and that is not here.",
            hint="Override where the store is.",
        )
    said = OVERRIDE.say(
        case.row.artifact,
        Override(
            of=case.row.digest,
            policy=case.policy_digest,
            waives=[one.requirement for one in short],
        ),
        key=case.policy,
        by=case.context.author,
        why=store.identities.commitment(redaction.text(why).value),
        until=until,
    )
    note = signer.sign(override_text(said))
    return structs.replace(said, packet=store.blobs.put(str(note).encode()))


def ended_overrides(case: Case, artifact: str, policy: str) -> list[AnyEvent]:
    """Return what takes back an override: it is not needed, or what it was for is over."""
    return [
        OVERRIDE.say(one.row.about, None, key=one.row.key, by=case.context.author)
        for one in case.facts.latest(OVERRIDE, [artifact])
        if one.row.key == policy
    ]


def write_moves(change: Change, events: Sequence[AnyEvent], held: Held | None) -> None:
    """Write all of it, if nobody moved the stage and no news came since the version was judged.

    `held` is the stage that must still hold what it held, and which version; None for none.

    Raises:
        Conflict: somebody else has moved the stage.
        Overtaken: something was said that may have led to another judgement.
    """
    name, since = change.case.row.name, change.since
    expected = None
    if held is not None:
        stage, version = held
        expected = Expected(
            kind="model", name=name, alias=stage, version=version, quiet=_NEWS, since=since
        )
    change.case.store.append(events, expect=expected)
