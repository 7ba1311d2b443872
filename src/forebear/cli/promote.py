"""`forebear promote`, `demote`, `rollback`, `retire` and `moves`: the stages of a model's life."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from forebear.cli.app import COMMON, MODELS, Common, command
from forebear.cli.output import ask, print_json, print_lines, print_table
from forebear.client.lines import line
from forebear.client.promote_text import move_lines
from forebear.client.rules import find_rules
from forebear.ops.moves import MovesRequest
from forebear.ops.promotion import (
    DemoteRequest,
    MoveResponse,
    PromoteRequest,
    RetireRequest,
    RollbackRequest,
)
from forebear.ops.table import Target

__all__ = ["demote", "moves", "promote", "retire", "rollback"]

Stage = Annotated[str, Parameter(name="--to")]


@command(MODELS)
def promote(
    ref: str,
    *,
    to: Stage,
    why: str | None = None,
    override: str | None = None,
    until: str | None = None,
    expect: int | None = None,
    common: Common = COMMON,
) -> int:
    """Let a version enter a stage, if it meets the policy. Leaves with 1 if it does not.

    Parameters
    ----------
    ref
        A version of a model: churn:7.
    to
        The stage, or the environment: staging, production, prod.
    why
        The reason, kept with the move.
    override
        Why it shall enter although it does not meet the policy; signed, and shown with it.
    until
        When the override runs out: 2026-12-31.
    expect
        Only if the stage holds this version now (0: none).
    """
    request = PromoteRequest(
        target=Target(ref=ref),
        stage=to,
        why=why,
        override=override,
        until=until,
        expect=expect,
        rules=find_rules(common.store),
    )
    return _told(ask(common, request), common)


@command(MODELS)
def demote(
    ref: str,
    *,
    to: Annotated[str | None, Parameter(name="--to")] = None,
    why: str | None = None,
    common: Common = COMMON,
) -> int:
    """Take a version back to an earlier stage.

    Parameters
    ----------
    ref
        A version of a model: churn:7.
    to
        The stage (default: the one before its own).
    why
        The reason, kept with the move.
    """
    request = DemoteRequest(
        target=Target(ref=ref), stage=to, why=why, rules=find_rules(common.store)
    )
    return _told(ask(common, request), common)


@command(MODELS)
def rollback(
    name: str,
    *,
    env: Annotated[str, Parameter(name=["--env", "--stage"])] = "production",
    version: int | None = None,
    why: str | None = None,
    common: Common = COMMON,
) -> int:
    """Let a stage hold the version again that it held before.

    Parameters
    ----------
    name
        The model: churn.
    env
        The environment, stage or alias: prod, production, champion.
    version
        An earlier version than the last one.
    why
        The reason, kept with the move.
    """
    request = RollbackRequest(
        name=name, stage=env, version=version, why=why, rules=find_rules(common.store)
    )
    return _told(ask(common, request), common)


@command(MODELS)
def retire(ref: str, *, why: str | None = None, common: Common = COMMON) -> int:
    """Say that a version is used no more; it leaves every stage. Refused while it is served.

    Parameters
    ----------
    ref
        A version of a model: churn:3.
    why
        The reason, kept with the move.
    """
    request = RetireRequest(target=Target(ref=ref), why=why, rules=find_rules(common.store))
    return _told(ask(common, request), common)


@command(MODELS)
def moves(ref: str, *, common: Common = COMMON) -> None:
    """Tell whether a version could be demoted, rolled back or retired now, and why not.

    Parameters
    ----------
    ref
        A version of a model: churn:7.
    """
    answer = ask(common, MovesRequest(target=Target(ref=ref), rules=find_rules(common.store)))
    if common.json:
        print_json(answer)
        return
    print_lines([line(f"{answer.version} is in {answer.stage}.")])
    rows = [[one.move, "yes" if one.open else "no", one.words] for one in answer.moves]
    print_table(["move", "open", "what it would do, or what stands against it"], rows)


def _told(answer: MoveResponse, common: Common) -> int:
    print_json(answer) if common.json else print_lines(move_lines(answer))
    return 0 if all(one.well for one in answer.outcomes) else 1
