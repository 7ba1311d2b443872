"""used: somebody uses it."""

from __future__ import annotations

from typing import Final

from forebear.analysis.verdict import counted, listed
from forebear.core.serving import CONSUMER
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
from forebear.ops.requirements._settings import read_true

__all__ = ["REQUIREMENT"]


def _judge(case: Case, asked: bool) -> Judged:
    if not asked or case.stage == case.rules.order[-1]:
        return not_applicable("Use is not asked for.")
    consumers = case.facts.latest(CONSUMER, case.ids)
    runs = case.store.edges(case.ids, "down", seq=case.seq)
    nodes = case.store.nodes([edge.target for edge in runs if edge.type == "used"], case.seq)
    consuming = [node for node in nodes.values() if node.kind == "consume"]
    told = [row.name for row in case.deployments] + [one.row.key for one in consumers]
    told += [node.name or node.id for node in consuming]
    if not told:
        retire = Action(command=f"forebear retire {case.ref}", words="if nobody needs it")
        deploy = Action(command=case.deploy)
        return unknown("No deployment or consumer of it is recorded.", ways=[[deploy], [retire]])
    shown = [
        Evidence(command=f"forebear show run:{row.id}", words=row.name, seq=row.seq)
        for row in case.deployments
    ]
    shown += [
        Evidence(command=f"forebear consumers {case.ref}", words=one.row.key, seq=one.row.seq)
        for one in consumers
    ]
    shown += [
        Evidence(command=f"forebear impact {case.ref}", words=node.name or node.id)
        for node in consuming
    ]
    return passed(f"{counted(len(told), 'user')}: {listed(told)}.", *shown)


def _again(case: Case) -> list[Action]:
    return [Action(command=f"forebear deploy {case.next_ref} --env ENV --endpoint URL")]


REQUIREMENT: Final = Requirement(
    key="used",
    title="It is used",
    example="used = true",
    read=read_true,
    judge=_judge,
    again=_again,
    audit=True,
    weight=2,
    why="what nobody uses only costs care",
)
