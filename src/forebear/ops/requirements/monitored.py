"""monitored: the quality of its training data is checked at all."""

from __future__ import annotations

from typing import Final

from forebear.analysis.verdict import listed
from forebear.core.quality import CHECK
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
from forebear.ops.requirements._actions import no_data, quality_checks
from forebear.ops.requirements._settings import read_true

__all__ = ["REQUIREMENT"]


def _judge(case: Case, asked: bool) -> Judged:
    if not asked:
        return not_applicable("Quality monitoring is not asked for.")
    if not case.data:
        return no_data(case)
    shown, missing = [], dict[str, list[Action]]()
    for row in case.data:
        title = f"data:{row.name}:{row.version}"
        results = case.facts.latest(CHECK, [row.artifact])
        if results:
            wrong = sum(one.value.status == "failed" for one in results)
            words = f"{len(results)} checks of {title}, {wrong} failed"
            command = f"forebear quality show {title}"
            shown.append(Evidence(command=command, words=words, seq=results[-1].row.seq))
        else:
            missing[title] = quality_checks(case, row)
    if missing:
        todo = [action for actions in missing.values() for action in actions]
        return unknown(f"No check of {listed(missing)} is recorded.", *shown, ways=[todo])
    return passed("The quality of its training data is checked.", *shown)


def _again(case: Case, _: bool) -> list[Action]:
    return [action for row in case.data for action in quality_checks(case, row)]


REQUIREMENT: Final = Requirement(
    key="monitored",
    short="data monitoring",
    title="The quality of its data is watched",
    example="monitored = true",
    read=read_true,
    judge=_judge,
    again=_again,
    of_data=True,
    audit=True,
    weight=8,
    why="nobody would notice bad data",
)
