"""fairness: groups of people are not treated too differently."""

from __future__ import annotations

import math
from typing import Any, Final

from forebear.analysis.verdict import listed
from forebear.core.errors import InvalidInput
from forebear.core.validation import FairnessSummary, Validation
from forebear.ops.policy_case import BY_GROUP, Case
from forebear.ops.requirement import Action, Evidence, Judged, Requirement, failed, passed, unknown

__all__ = ["REQUIREMENT"]

_IN_UNITS: Final = {"mae_difference", "bias_difference"}
"""Measures in the units of the answer, which say something only beside the usual error."""


def _read(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise InvalidInput("it is the greatest difference that is allowed, above 0 and up to 1.")
    return float(value)


def _apart(one: FairnessSummary, value: float, validation: Validation) -> tuple[float, str]:
    """Return how far groups are from being treated alike, as a share, and the words for it."""
    words = f"{one.metric} by {one.by} is {value:.3g}"
    if one.metric in _IN_UNITS:
        usual = validation.metrics["mae"].value or math.inf
        return abs(value) / usual, f"{words}, {abs(value) / usual:.0%} of the mean error"
    # A ratio is fair at 1, a difference at 0.
    return (1 - value if one.metric.endswith("_ratio") else abs(value)), words


def _judge(case: Case, most: float) -> Judged:
    again = Action(command=case.validate(BY_GROUP))
    shown, bad, seen = [], [], 0
    for said in case.validations:
        for one in said.value.fairness:
            if one.estimate.value is None:
                continue
            seen += 1
            apart, words = _apart(one, one.estimate.value, said.value)
            command = f"forebear show {case.ref}"
            shown.append(Evidence(command=command, words=words, seq=said.row.seq))
            if apart > most:
                bad.append(words)
    if bad:
        retrain = Action(command=case.retrain, words="with the groups treated alike")
        return failed(f"Groups are treated differently: {listed(bad)}.", *shown, ways=[[retrain]])
    if not seen:
        return unknown("How it treats groups of people is not recorded.", ways=[[again]])
    return passed(f"Groups differ by {most:g} at most.", *shown)


def _again(case: Case, _: Any) -> list[Action]:
    return [Action(command=case.validate(BY_GROUP, ref=case.next_ref))]


REQUIREMENT: Final = Requirement(
    key="fairness",
    title="Groups of people are treated alike",
    example="fairness = 0.2",
    read=_read,
    judge=_judge,
    again=_again,
    audit=0.2,
    weight=8,
    why="a biased model harms people",
)
