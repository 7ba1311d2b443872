"""validated_within: it was validated, and not too long ago."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from forebear.core.durations import parse_duration, spoken
from forebear.ops.policy_case import BY_GROUP, Case
from forebear.ops.requirement import Action, Evidence, Judged, Requirement, failed, passed, unknown

__all__ = ["REQUIREMENT"]


def _judge(case: Case, longest: timedelta) -> Judged:
    newest = case.validations[0] if case.validations else None
    again = Action(command=case.validate())
    by_group = Action(command=case.validate(BY_GROUP))
    if newest is None:
        return unknown("No validation of it is recorded.", ways=[[again], [by_group]])
    row = newest.row
    shown = Evidence(
        command=f"forebear show {case.ref}",
        words=f"validated on {newest.value.data_title or newest.value.data} on {row.at:%Y-%m-%d}",
        seq=row.seq,
    )
    if newest.value.passed is False:
        bad = [str(one) for one in newest.value.thresholds if one.passed is False]
        retrain = Action(command=case.retrain, words="with a better result")
        words = f"Its validation of {row.at:%Y-%m-%d} did not pass: {', '.join(bad)}."
        return failed(words, shown, ways=[[retrain, again], [retrain, by_group]])
    if row.at + longest <= case.now:
        return failed(
            f"Its last validation is of {row.at:%Y-%m-%d}, older than {spoken(longest)}.",
            shown,
            ways=[[again], [by_group]],
        )
    return passed(f"It was validated on {row.at:%Y-%m-%d}.", shown)


def _again(case: Case, _: Any) -> list[Action]:
    return [Action(command=case.validate(ref=case.next_ref))]


REQUIREMENT: Final = Requirement(
    key="validated_within",
    short="validation",
    title="Validated, and lately",
    example='validated_within = "90 days"',
    read=parse_duration,
    judge=_judge,
    again=_again,
    audit="180 days",
    weight=12,
    why="without a validation nobody knows how good it is",
)
