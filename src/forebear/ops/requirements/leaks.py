"""leaks: nothing of the test data reached a fit."""

from __future__ import annotations

from typing import Any, Final

from forebear.ops.policy_case import BY_GROUP, Case
from forebear.ops.requirement import (
    Action,
    Evidence,
    Judged,
    Requirement,
    failed,
    not_applicable,
    passed,
    unknown,
)
from forebear.ops.requirements._settings import choice

__all__ = ["REQUIREMENT"]


def _read(value: Any) -> str:
    return choice(value, ["none", "none found", "any"])


def _judge(case: Case, asked: str) -> Judged:
    if asked == "any":
        return not_applicable("Leaks are not asked about.")
    command = f"forebear leaks {case.ref}"
    retrain = Action(command=case.retrain, words=f"after mending what `{command}` names")
    newest = case.validations[:1]
    if newest and newest[0].value.trained_on:
        first = newest[0]
        shown = Evidence(
            command=f"forebear show {case.ref}", words="its validation", seq=first.row.seq
        )
        return failed(
            f"{first.value.trained_on:,} rows of {first.value.data_title or 'the data'} that it was"
            " validated on were in its training data.",
            shown,
            ways=[[Action(command=f"forebear validate {case.ref} --on OTHER_DATA")], [retrain]],
        )
    answer = case.leaks
    if answer is None:
        words = "Whether test data reached its training cannot be asked here."
        return _unknown(asked, words, Evidence(command=command, words=words), retrain)
    shown = Evidence(command=command, words=answer.verdict)
    if answer.leaks:
        return failed(answer.verdict, shown, ways=[[retrain]])
    if answer.leaks is None and not case.validations and asked != "none found":
        tests = [[Action(command=case.validate(more))] for more in ("", BY_GROUP)]
        return unknown(answer.verdict, shown, ways=[*tests, [retrain]])
    if answer.leaks is None:
        return _unknown(asked, answer.verdict, shown, retrain)
    return passed("No test row reached its training.", shown)


def _unknown(asked: str, words: str, shown: Evidence, retrain: Action) -> Judged:
    if asked == "none found":
        return passed(f"No leak was found. {words}", shown)
    return unknown(words, shown, ways=[[retrain]])


REQUIREMENT: Final = Requirement(
    key="leaks",
    title="Its test data stayed out of its training",
    example='leaks = "none", or leaks = "none found", which lets pass what nobody can tell',
    read=_read,
    judge=_judge,
    default={"promote": "none found"},
    audit="none",
    weight=12,
    why="with a leak every figure of the test is too good",
)
