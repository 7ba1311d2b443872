"""kpis: what it is worth to the business is recorded."""

from __future__ import annotations

import re
from typing import Any, Final

from forebear.analysis.verdict import listed
from forebear.core.policies import KPI
from forebear.core.refs import check_name
from forebear.core.validation import Estimate, Threshold, parse_threshold
from forebear.ops.policy_case import Case
from forebear.ops.requirement import Action, Evidence, Judged, Requirement, failed, passed, unknown
from forebear.ops.requirements._settings import read_texts

__all__ = ["REQUIREMENT"]


def _read(value: Any) -> list[str | Threshold]:
    texts = read_texts(value)
    return [
        parse_threshold(one) if re.search("[<>]", one) else check_name(one, "figure's name")
        for one in texts
    ]


def _judge(case: Case, asked: list[str | Threshold]) -> Judged:
    known = {one.row.key: one for one in case.facts.latest(KPI, case.ids)}
    missing, below, shown = [], [], []
    for one in asked:
        name = one if isinstance(one, str) else one.metric
        said = known.get(name)
        if said is None:
            missing.append(name)
            continue
        words = f"{name} = {said.value.value:g}" + (
            f" {said.value.unit}" if said.value.unit else ""
        )
        shown.append(Evidence(command=f"forebear kpi {case.ref}", words=words, seq=said.row.seq))
        if isinstance(one, Threshold) and one.judged(Estimate(said.value.value)).passed is False:
            below.append(f"{one} ({said.value.value:g})")
    todo = [Action(command=f"forebear kpi {case.ref} {name}=VALUE") for name in missing]
    if below:
        retrain = Action(command=case.retrain, words="with a better result")
        return failed(f"Not reached: {listed(below)}.", *shown, ways=[[retrain, *todo]])
    if missing:
        return unknown(f"Not recorded: {listed(missing)}.", *shown, ways=[todo])
    return passed(f"Recorded: {listed(one.words for one in shown)}.", *shown)


def _again(case: Case, asked: list[str | Threshold]) -> list[Action]:
    names = [one if isinstance(one, str) else one.metric for one in asked]
    return [Action(command=f"forebear kpi {case.next_ref} {name}=VALUE") for name in names]


REQUIREMENT: Final = Requirement(
    key="kpis",
    short="business figures",
    title="What it is worth is known",
    example='kpis = ["revenue_uplift", "cost >= 0"]',
    read=_read,
    judge=_judge,
    again=_again,
)
