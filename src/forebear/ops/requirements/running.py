"""running: nothing serves it now."""

from __future__ import annotations

from typing import Any, Final

from forebear.analysis.verdict import listed
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
        return not_applicable("Deployments are not asked about.")
    if not case.deployments:
        return passed("Nothing serves it.", Evidence(command="forebear deployments", words="none"))
    return failed(
        f"It is being served: {listed(row.name for row in case.deployments)}.",
        *(
            Evidence(command=f"forebear show run:{row.id}", words=row.name, seq=row.seq)
            for row in case.deployments
        ),
        ways=[
            [Action(command=f"forebear undeploy run:{row.id}") for row in case.deployments],
        ],
    )


REQUIREMENT: Final = Requirement(
    key="running",
    short="deployments",
    title="Nothing serves it any more",
    example='running = "none"',
    read=_read,
    judge=_judge,
    default={"retire": "none"},
)
