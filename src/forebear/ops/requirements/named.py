"""named: somebody gave it its name, so that it is a version that people know of."""

from __future__ import annotations

from typing import Final

from forebear.core.catalog import NAMED
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
    words = f"It is {case.title} by somebody's decision"
    if given:
        return passed(f"{words}.", shown, *_decisions(case))
    if row.aliases:
        pointing = " and ".join(f"@{alias}" for alias in row.aliases)
        return passed(f"{words}, who pointed {pointing} to it.", *_pointed(case), shown)
    name = Action(
        command=f"forebear name {case.ref} {row.name}",
        words="this name, or another one: that says that it is meant to be a version",
    )
    return failed(
        "It got its name by itself, from a file or script: nobody decided that it is a version.",
        shown,
        ways=[[name]],
    )


def _again(case: Case, _: bool) -> list[Action]:
    """Return what decides on the next version, where neither a program nor its stage does."""
    if case.stage in case.rules.held or case.rename or _by_a_program(case):
        return []
    return [Action(command=f"forebear name {case.next_ref} {case.row.name}")]


def _by_a_program(case: Case) -> bool:
    row, decided = case.row, case.facts.latest(NAMED, [case.row.artifact])
    return row.run is not None and not row.automatic and not decided


def _decisions(case: Case) -> list[Evidence]:
    return [
        Evidence(
            command=f"forebear history {case.row.name} --all",
            words=f"decided by {one.row.by} on {one.row.at:%Y-%m-%d}",
            seq=one.row.seq,
        )
        for one in case.facts.latest(NAMED, [case.row.artifact])
    ]


def _pointed(case: Case) -> list[Evidence]:
    row = case.row
    found = [case.store.alias(row.kind, row.name, alias, case.seq) for alias in row.aliases]
    return [
        Evidence(
            command=f"forebear history {row.name}",
            words=f"@{one.alias}, by {one.by} on {one.at:%Y-%m-%d}",
            seq=one.seq,
        )
        for one in found
        if one is not None
    ]


REQUIREMENT: Final = Requirement(
    key="named",
    short="naming",
    title="It is a version that somebody decided on",
    example="named = true",
    read=read_true,
    judge=_judge,
    again=_again,
    audit=True,
    weight=5,
    why="what has no version cannot be spoken of",
)
