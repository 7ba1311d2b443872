"""named: somebody gave it its name, so that it is a version that people know of."""

from __future__ import annotations

from typing import Final

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
from forebear.ops.requirements._settings import read_true

__all__ = ["REQUIREMENT"]


def _judge(case: Case, asked: bool) -> Judged:
    if not asked:
        return not_applicable("A name is not asked for.")
    row = case.row
    stored = [node for node in case.kin if not node.in_memory]
    command = f"forebear show {case.ref}"
    shown = Evidence(command=command, words=f"{case.title}, {row.created:%Y-%m-%d}", seq=row.seq)
    if not stored:
        save = Action(command=case.retrain, words="saving the model to a file")
        return failed("It was only ever in memory: nobody can load it.", shown, ways=[[save]])
    names = case.store.versions_of(case.ids, case.seq)
    given = [one for rows in names.values() for one in rows if not one.automatic]
    if given or row.aliases:
        return passed(f"It is {case.title} by somebody's decision.", shown)
    name = Action(
        command=f"forebear alias {case.row.name} ALIAS {case.row.version}",
        words=f"or, for another name: forebear name {case.ref} NAME",
    )
    return failed(
        "It got its name by itself, from a file or script: nobody decided that it is a version.",
        shown,
        ways=[[name]],
    )


REQUIREMENT: Final = Requirement(
    key="named",
    title="It is a version that somebody decided on",
    example="named = true",
    read=read_true,
    judge=_judge,
    audit=True,
    weight=5,
    why="what has no version cannot be spoken of",
)
