"""reproduced: it was made again, and came out the same."""

from __future__ import annotations

from typing import Any, Final

from forebear.ops.policy_case import Case
from forebear.ops.requirement import Action, Evidence, Judged, Requirement, failed, passed, unknown
from forebear.ops.requirements._settings import choice

__all__ = ["REQUIREMENT"]

_GRADES: Final = ("refuted", "decision", "numerical", "bitwise")
"""Verdicts of `forebear reproduce`, from the worst to the best."""

_WORDS: Final = {
    "refuted": "different",
    "decision": "with the same decisions",
    "numerical": "with the same predictions",
    "bitwise": "the same, bit for bit",
}


def _read(value: Any) -> str:
    return choice(value, _GRADES[1:])


def _judge(case: Case, least: str) -> Judged:
    again = Action(command=f"forebear reproduce {case.ref}")
    rows = case.store.reproductions(case.ids, case.seq)
    if not rows:
        return unknown("It was never reproduced.", ways=[[again]])
    newest = rows[0]
    shown = Evidence(
        command=f"forebear show {case.ref}",
        words=f"reproduced by {newest.by} on {newest.at:%Y-%m-%d}: {newest.verdict}",
        seq=newest.seq,
    )
    if _GRADES.index(newest.verdict) >= _GRADES.index(least):
        words = f"It was made again on {newest.at:%Y-%m-%d} and came out {_WORDS[newest.verdict]}."
        return passed(words, shown)
    retrain = Action(command=case.retrain, words="with fixed seeds, then reproduce the new version")
    return failed(
        f"Made again on {newest.at:%Y-%m-%d} it came out {_WORDS[newest.verdict]}; asked is that it"
        f" comes out {_WORDS[least]}.",
        shown,
        ways=[[retrain, again]],
    )


def _again(case: Case, _: Any) -> list[Action]:
    return [Action(command=f"forebear reproduce {case.next_ref}")]


REQUIREMENT: Final = Requirement(
    key="reproduced",
    short="reproduction",
    title="It can be made again",
    example='reproduced = "numerical"',
    read=_read,
    judge=_judge,
    again=_again,
    audit="decision",
    weight=8,
    why="what cannot be made again cannot be mended",
)
