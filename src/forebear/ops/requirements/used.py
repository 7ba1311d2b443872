"""used: somebody uses it."""

from __future__ import annotations

import shlex
from typing import Final

from forebear.analysis.verdict import counted, listed
from forebear.core.rows import RunRow
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
        # To retire it takes less, and is no advice for what was made to be used.
        words = f"or, if nobody needs it: forebear retire {case.ref}"
        deploy = Action(command=case.deploy, words=words)
        return unknown("No deployment or consumer of it is recorded.", ways=[[deploy]])
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


def _again(case: Case, _: bool) -> list[Action]:
    """Return how whoever uses it uses the next version."""
    commands = [_deployed_again(case, row) for row in case.deployments]
    if any(one.value.how == "lock" for one in case.facts.latest(CONSUMER, case.ids)):
        commands.append("forebear lock update")
    usual = f"forebear deploy {case.next_ref} --env ENV --endpoint URL"
    return [Action(command=one) for one in commands or [usual]]


def _deployed_again(case: Case, row: RunRow) -> str:
    said = {key: row.attrs.get(key) for key in ("env", "endpoint", "schedule")}
    options = [f" --{key} {shlex.quote(str(one))}" for key, one in said.items() if one]
    return f"forebear deploy {case.next_ref}{''.join(options)}"


REQUIREMENT: Final = Requirement(
    key="used",
    short="use",
    title="It is used",
    example="used = true",
    read=read_true,
    judge=_judge,
    again=_again,
    audit=True,
    weight=2,
    why="what nobody uses only costs care",
)
