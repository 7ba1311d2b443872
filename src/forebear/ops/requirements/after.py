"""after: the version has been in other stages before."""

from __future__ import annotations

from typing import Final

from forebear.core.policies import PROMOTION, Rules, key_of, known_or_near
from forebear.ops.policy_case import Case
from forebear.ops.requirement import Action, Evidence, Judged, Requirement, failed, passed
from forebear.ops.requirements._settings import read_texts

__all__ = ["REQUIREMENT"]


def _fits(stages: list[str], rules: Rules) -> None:
    for one in stages:
        known_or_near(one, rules.order, "there is no stage `{word}`.")


def _judge(case: Case, stages: list[str]) -> Judged:
    moves = case.facts.history(PROMOTION, [case.row.artifact])
    been = {one.row.key: one.row for one in moves}
    missing = [one for one in stages if key_of(case.row.name, one) not in been]
    missing = [one for one in missing if one != case.stage]
    if missing:
        actions = [Action(command=f"forebear promote {case.ref} --to {one}") for one in missing]
        return failed(f"It has not been in {' and '.join(missing)}.", ways=[actions])
    rows = [been[key] for one in stages if (key := key_of(case.row.name, one)) in been]
    shown = [
        Evidence(command=f"forebear history {case.row.name} --all", words=row.key, seq=row.seq)
        for row in rows
    ]
    return passed(f"It has been in {' and '.join(stages)}.", *shown)


def _again(case: Case, stages: list[str]) -> list[Action]:
    commands = [f"forebear promote {case.next_ref} --to {one}" for one in stages]
    return [Action(command=command) for command in commands]


REQUIREMENT: Final = Requirement(
    key="after",
    short="earlier stages",
    title="Stages that come before",
    example='after = ["staging"]',
    read=read_texts,
    judge=_judge,
    again=_again,
    fits=_fits,
)
