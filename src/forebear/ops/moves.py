"""Which moves are open to a version of a model, and why the others are not."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from forebear.core.errors import ForebearError
from forebear.core.policies import Move, RulesFile
from forebear.core.rows import VersionRow
from forebear.ops.facts import Facts
from forebear.ops.judging import short_of
from forebear.ops.policies import rules_in_force
from forebear.ops.promotion import (
    DemoteRequest,
    Plan,
    RetireRequest,
    RollbackRequest,
    demotion,
    retirement,
    return_to,
)
from forebear.ops.requirement import Outcome
from forebear.ops.stage_moves import Change
from forebear.ops.standing import stage_of, version_of
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["MovesRequest", "MovesResponse", "PossibleMove", "moves"]


class PossibleMove(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A move out of a version's stage, and what it would do or what stands against it."""

    move: Move
    open: bool
    words: str
    stage: str | None = None
    """Where it would lead, or for a rollback the stage that is rolled back."""


class MovesResponse(Struct, frozen=True, kw_only=True):
    """How a version could leave the stage that it is in."""

    version: str
    stage: str
    moves: list[PossibleMove]


class MovesRequest(Request[MovesResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask how a version could leave the stage that it is in."""

    target: Target
    rules: RulesFile | None = None


@operation(name="moves", permission="read")
def moves(context: Context, request: MovesRequest) -> MovesResponse:
    """Tell whether a version could be demoted, rolled back or retired now, and why not.

    Raises:
        UnknownRef: what is meant is no version of a model.
    """
    said = request.rules
    rules = rules_in_force(context, said)
    row = version_of(context.store, request.target)
    stage = stage_of(row, rules, Facts(context.store, None))
    target = Target(ref=f"model:{row.name}:{row.version}")
    down = DemoteRequest(target=target, rules=said)
    last = RetireRequest(target=target, rules=said)
    return MovesResponse(
        version=f"{row.name}:{row.version}",
        stage=stage,
        moves=[
            _possible("demote", lambda: demotion(context, down)),
            _back(context, row, stage, stage in rules.held, said),
            _possible("retire", lambda: retirement(context, last)),
        ],
    )


def _back(
    context: Context, row: VersionRow, stage: str, held: bool, said: RulesFile | None
) -> PossibleMove:
    """Return whether the stage that a version holds would go back to the one before it."""
    if not held:
        words = f"{row.name}:{row.version} is in {stage}, which holds no single version."
        return PossibleMove(move="rollback", open=False, words=words)
    request = RollbackRequest(name=row.name, stage=stage, rules=said)
    return _possible("rollback", lambda: return_to(context, request))


def _possible(move: Move, plan: Callable[[], Plan]) -> PossibleMove:
    try:
        change, outcomes, _, done = plan()
    except ForebearError as error:
        return PossibleMove(move=move, open=False, words=error.message)
    short = short_of(outcomes)
    return PossibleMove(
        move=move,
        open=not (done or short),
        words=_against(change, outcomes) if done or short else _effect(change),
        stage=change.stage,
    )


def _effect(change: Change) -> str:
    instead = f" instead of {change.case.row.name}:{change.before}" if change.before else ""
    again = " again" if change.move == "rollback" else ""
    return f"{change.case.title} would be in {change.stage}{again}{instead}."


def _against(change: Change, outcomes: list[Outcome]) -> str:
    short = short_of(outcomes)
    if not short:
        return f"{change.case.title} is {change.stage} already."
    return " ".join(one.words for one in short)
