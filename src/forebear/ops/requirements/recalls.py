"""recalls: neither it nor anything that led to it is recalled."""

from __future__ import annotations

from typing import Any, Final

from forebear.analysis.verdict import listed
from forebear.core.recalls import PACKAGE, RECALL, REMEDY, Recall
from forebear.core.statements import Said, about_name
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
        return not_applicable("Recalls are not asked about.")
    recalled = recalls_of(case)
    if not recalled:
        shown = Evidence(command="forebear recall status", words="no open recall reaches it")
        return passed("Nothing that led to it is recalled.", shown)
    said = listed(f"{one.value.title} ({one.value.reason})" for one in recalled)
    return failed(
        f"Recalled: {said}.",
        *(
            Evidence(
                command=f"forebear recall status {one.row.key}",
                words=f"{one.value.title} was recalled on {one.row.at:%Y-%m-%d}",
                seq=one.row.seq,
            )
            for one in recalled
        ),
        ways=[
            [Action(command=case.retrain, words=f"without {listed(_titles(recalled))}")],
            [
                Action(
                    command=f"forebear recall close {one.row.key}", words="once it is dealt with"
                )
                for one in recalled
            ],
        ],
    )


def recalls_of(case: Case) -> list[Said[Recall]]:
    """Return the open recalls of the version, its names, and anything that led to it.

    A recall that was accepted for this very version, or dealt with, does not stand in its way.
    """
    recalls = [one for one in case.facts.everything(RECALL) if one.value.status == "open"]
    if not recalls:
        return []
    settled = {
        one.row.key
        for one in case.facts.latest(REMEDY, case.ids)
        if one.value.status in {"done", "accepted"}
    }
    above = {*case.everything, *case.ancestors}
    named = case.store.versions_of([*case.ids, *case.ancestors], case.seq)
    above |= {about_name(row.kind, row.name) for rows in named.values() for row in rows}
    return [
        one
        for one in recalls
        if one.row.key not in settled and not one.row.about.startswith(PACKAGE)
        if one.row.about in above
    ]


def _titles(recalls: list[Said[Recall]]) -> list[str]:
    return [one.value.title for one in recalls]


REQUIREMENT: Final = Requirement(
    key="recalls",
    title="Not recalled",
    example='recalls = "none"',
    read=_read,
    judge=_judge,
    default={"promote": "none", "rollback": "none"},
    audit="none",
    weight=15,
    why="somebody found that it, or what it is made of, must not be used",
)
