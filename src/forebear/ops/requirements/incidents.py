"""incidents: nothing is known to be wrong with its data now."""

from __future__ import annotations

from typing import Any, Final

from forebear.analysis.verdict import listed
from forebear.core.quality import INCIDENT
from forebear.core.statements import about_name
from forebear.ops.policy_case import Case
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
        return not_applicable("Incidents are not asked about.")
    about = [row.artifact for row in case.sources]
    about += [about_name("data", row.name) for row in case.sources]
    # What is wrong with a later version of its data is not wrong with it.
    used = {row.artifact for row in case.sources} | set(case.ancestors)
    open_ = [
        one
        for one in case.facts.latest(INCIDENT, about)
        if one.value.status == "open" and (one.value.artifact is None or one.value.artifact in used)
    ]
    if not open_:
        return passed("No incident of its data is open.", *_looked(case))
    titles = listed(f"{one.value.title} ({one.row.about})" for one in open_)
    names = list(dict.fromkeys(row.name for row in case.sources))
    return failed(
        f"Open incidents of its data: {titles}.",
        *(
            Evidence(
                command=f"forebear quality show {one.row.about}",
                words=f"{one.value.title}, open since {one.row.at:%Y-%m-%d}",
                seq=one.row.seq,
            )
            for one in open_
        ),
        ways=[
            [Action(command=f"forebear quality check data:{name}") for name in names],
            [Action(command=case.retrain, words="from data that is mended")],
        ],
    )


def _looked(case: Case) -> list[Evidence]:
    names = dict.fromkeys(row.name for row in case.sources)
    return [
        Evidence(command=f"forebear quality show data:{name}", words=f"no open incident of {name}")
        for name in names
    ] or [Evidence(command=f"forebear trace {case.ref}", words="no data that has a name")]


REQUIREMENT: Final = Requirement(
    key="incidents",
    title="Nothing is wrong with its data",
    example='incidents = "none"',
    read=_read,
    judge=_judge,
    of_data=True,
    default={"promote": "none"},
    audit="none",
    weight=8,
    why="a model is no better than its data",
)
