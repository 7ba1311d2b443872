"""completeness: enough was seen of what led to the version."""

from __future__ import annotations

from typing import Final

from forebear.ops.policy_case import Case
from forebear.ops.requirement import Action, Evidence, Judged, Requirement, failed, passed
from forebear.ops.requirements._settings import read_share

__all__ = ["REQUIREMENT"]


def _judge(case: Case, least: float) -> Judged:
    answer = case.completeness
    told = ", ".join(f"{one.share:.0%} of {one.what}" for one in answer.shares if one.whole)
    shown = Evidence(command=f"forebear check-completeness {case.ref}", words=told or "nothing")
    lowest = min((one for one in answer.shares if one.whole), key=lambda x: x.share, default=None)
    seen = f"{answer.figure:.1%} of {lowest.what if lowest else 'links'}"
    if answer.figure >= 1 and not answer.omitted:
        return passed("All that led to it was seen.", shown)
    if answer.figure >= least and not answer.omitted:
        return passed(f"{seen} that led to it were seen, the smallest share.", shown)
    again = Action(
        command=case.retrain,
        words=f"after closing what `forebear check-completeness {case.ref}` lists",
    )
    return failed(
        f"{seen} that led to it were seen, and {least:.1%} is asked.",
        shown,
        ways=[[again]],
    )


REQUIREMENT: Final = Requirement(
    key="completeness",
    title="The record of its making is complete",
    example="completeness = 0.95",
    read=read_share,
    judge=_judge,
    audit=0.9,
    weight=8,
    why="what was not seen cannot be judged",
)
