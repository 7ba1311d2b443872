"""checks: its training data passed these quality checks."""

from __future__ import annotations

import difflib
from typing import Final

from forebear.analysis.verdict import listed
from forebear.checks import kinds as known_checks
from forebear.core.quality import CHECK, CheckResult
from forebear.core.rows import VersionRow
from forebear.core.statements import Said
from forebear.ops.policy_case import Case
from forebear.ops.requirement import Action, Evidence, Judged, Requirement, failed, passed, unknown
from forebear.ops.requirements._actions import no_data, quality_checks
from forebear.ops.requirements._settings import read_texts

__all__ = ["REQUIREMENT"]


def _judge(case: Case, kinds: list[str]) -> Judged:
    if not case.data:
        return no_data(case)
    shown: list[Evidence] = []
    bad: list[str] = []
    missing: list[str] = []
    todo: dict[str, list[Action]] = {}
    for row in case.data:
        title = f"data:{row.name}:{row.version}"
        for kind in kinds:
            results = [s for s in case.facts.latest(CHECK, [row.artifact]) if s.value.check == kind]
            wrong = [one for one in results if one.value.status in {"failed", "error"}]
            shown += [_shown(row, one) for one in wrong or results[-1:]]
            if wrong:
                bad.append(f"{kind} on {title}: {wrong[0].value.message or wrong[0].value.status}")
            elif not any(one.value.status == "passed" for one in results):
                missing.append(f"{kind} on {title}")
                todo[title] = quality_checks(case, row)
    if bad:
        retrain = Action(command=case.retrain, words="from data that is mended")
        return failed(f"Failed: {listed(bad)}.", *shown, ways=[[retrain]])
    if missing:
        words = f"Not done: {listed(missing)}.{_strange(kinds)}"
        ways = [[action for actions in todo.values() for action in actions]]
        return unknown(words, *shown, ways=ways)
    return passed(f"Its training data passed {listed(kinds)}.", *shown)


def _again(case: Case, _: list[str]) -> list[Action]:
    return [action for row in case.data for action in quality_checks(case, row)]


def _strange(asked: list[str]) -> str:
    """Say which of these are no checks of ours, though they nearly bear the name of one."""
    known = known_checks()
    near = {
        one: found[0]
        for one in asked
        if one not in known and (found := difflib.get_close_matches(one, known, n=1))
    }
    return "".join(
        f" {one} is no check of forebear: is {other} meant?" for one, other in near.items()
    )


def _shown(row: VersionRow, said: Said[CheckResult]) -> Evidence:
    return Evidence(
        command=f"forebear quality show data:{row.name}:{row.version}",
        words=f"{said.value.check}: {said.value.status}",
        seq=said.row.seq,
    )


REQUIREMENT: Final = Requirement(
    key="checks",
    short="data checks",
    title="Its training data passed the required checks",
    example='checks = ["schema", "nulls"]',
    read=read_texts,
    judge=_judge,
    again=_again,
    of_data=True,
)
