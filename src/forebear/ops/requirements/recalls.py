"""recalls: neither it nor anything that led to it is recalled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from forebear.analysis.verdict import listed
from forebear.ops.policy_case import Case
from forebear.ops.recalled import RecallStanding, let_be, recalled
from forebear.ops.requirement import (
    Action,
    Evidence,
    Judged,
    Requirement,
    failed,
    not_applicable,
    passed,
)
from forebear.ops.requirements._settings import choice

__all__ = ["REQUIREMENT"]


def _read(value: Any) -> str:
    return choice(value, ["none", "any"])


def _judge(case: Case, asked: str) -> Judged:
    if asked == "any":
        return not_applicable("Recalls are not asked about.")
    found = recalled(case.store, case.everything, case.seq)
    if not found:
        return _free(case)
    said = listed(f"{one.title} ({one.reason})" for one in found)
    titles = listed(one.title for one in found)
    return failed(
        f"Recalled: {said}.",
        *(
            Evidence(
                command=f"forebear recall status {one.id}",
                words=f"{one.title} was recalled on {one.at:%Y-%m-%d}",
                seq=one.seq,
            )
            for one in found
        ),
        ways=[[Action(command=case.retrain, words=f"without {titles}{_or_accepted(case, found)}")]],
    )


def _free(case: Case) -> Judged:
    """Say that no recall stands against it; what was decided about those that reach it is told."""
    decided = let_be(case.store, case.everything, case.seq)
    if not decided:
        shown = Evidence(command="forebear recall status", words="no open recall reaches it")
        return passed("Nothing that led to it is recalled.", shown)
    told, shown_each = [], []
    for one in decided:
        row, value = one.remedy.row, one.remedy.value
        what = "accepted" if value.status == "accepted" else "disclosed"
        note = f": {value.note}" if value.note else ""
        told.append(f"{one.title} was recalled, which {row.by} {what} on {row.at:%Y-%m-%d}{note}")
        shown_each.append(
            Evidence(command=f"forebear recall status {row.key}", words=told[-1], seq=row.seq)
        )
    return passed(f"{'; '.join(told)}.", *shown_each)


def _or_accepted(case: Case, found: Sequence[RecallStanding]) -> str:
    """Say how it may stay as it is: that is no advice, though it takes less."""
    commands = [
        f"`forebear recall remedy {one.id[:13]} {case.ref} --accepted --note WHY`"
        for one in found
        if not one.withdrawn
    ]
    return f"; or, where it may stay as it is: {listed(commands)}" if commands else ""


REQUIREMENT: Final = Requirement(
    key="recalls",
    title="Not recalled",
    example='recalls = "none"',
    read=_read,
    judge=_judge,
    of_data=True,
    default={"promote": "none", "rollback": "none"},
    audit="none",
    weight=15,
    why="somebody found that it, or what it is made of, must not be used",
)
