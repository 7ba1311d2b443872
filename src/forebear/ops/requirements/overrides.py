"""overrides: it meets its policy by itself, without an exception."""

from __future__ import annotations

from typing import Any, Final

from forebear.analysis.verdict import listed
from forebear.core.policies import OVERRIDE
from forebear.ops.policy_case import Case
from forebear.ops.requirement import (
    Action,
    Evidence,
    Judged,
    Requirement,
    failed,
    not_applicable,
    passed,
    spoken,
)
from forebear.ops.requirements._settings import choice
from forebear.ops.standing import is_signed

__all__ = ["REQUIREMENT"]


def _read(value: Any) -> str:
    return choice(value, ["none", "any"])


def _judge(case: Case, asked: str) -> Judged:
    if asked == "any":
        return not_applicable("Overrides are not asked about.")
    said = case.facts.latest(OVERRIDE, case.ids)
    active = [one for one in said if one.row.until is not None and one.row.until > case.now]
    command = f"forebear history {case.row.name} --all"
    if not active:
        return passed("No exception is made for it.", Evidence(command=command, words="none"))
    told, shown = [], []
    for one in active:
        good = is_signed(case.context, case.rules.trusted, one)
        mark = "" if good else ", without a good signature"
        told.append(
            f"{listed(map(spoken, one.value.waives))} of {one.row.key}"
            f" until {one.row.until:%Y-%m-%d} ({one.row.why}){mark}"
        )
        shown.append(
            Evidence(
                command=command, words=f"by {one.row.by} on {one.row.at:%Y-%m-%d}", seq=one.row.seq
            )
        )
    again = Action(
        command=f"forebear promote {case.ref} --to {active[0].row.key}",
        words="when all that it asks is met: that takes the override back",
    )
    return failed(f"Overridden: {listed(told)}.", *shown, ways=[[again]])


REQUIREMENT: Final = Requirement(
    key="overrides",
    title="No exception is made for it",
    example='overrides = "none"',
    read=_read,
    judge=_judge,
    audit="none",
    weight=5,
    why="an exception is a promise to mend it",
)
