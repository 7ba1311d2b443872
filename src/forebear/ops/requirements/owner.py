"""owner: somebody answers for the model."""

from __future__ import annotations

from typing import Final

from forebear.analysis.verdict import listed
from forebear.core.catalog import OWNER
from forebear.ops.policy_case import Case
from forebear.ops.requirement import (
    Action,
    Evidence,
    Judged,
    Requirement,
    not_applicable,
    passed,
    unknown,
)
from forebear.ops.requirements._settings import read_true

__all__ = ["REQUIREMENT"]


def _judge(case: Case, asked: bool) -> Judged:
    if not asked:
        return not_applicable("An owner is not asked for.")
    owners = case.facts.latest(OWNER, case.everything)
    if owners:
        return passed(
            f"{listed(one.value.who for one in owners)} answers for it.",
            *(
                Evidence(
                    command=f"forebear show {case.ref}",
                    words=f"{one.value.role}: {one.value.who}",
                    seq=one.row.seq,
                )
                for one in owners
            ),
        )
    tell = Action(command=f"forebear own model:{case.row.name} --by WHO")
    return unknown("Nobody is recorded as its owner.", ways=[[tell]])


REQUIREMENT: Final = Requirement(
    key="owner",
    title="Somebody answers for it",
    example="owner = true",
    read=read_true,
    judge=_judge,
    audit=True,
    weight=5,
    why="without an owner nobody mends it",
)
