"""What a move between stages leaves behind: who goes on using another version than is meant."""

from __future__ import annotations

import shlex

from forebear.core.serving import CONSUMER
from forebear.ops.deployments import deployments_at
from forebear.ops.requirement import Action
from forebear.ops.stage_moves import Change

__all__ = ["deployments_behind", "still_used_by"]


def deployments_behind(change: Change) -> list[Action]:
    """Return how deployments would follow that serve another version in the stage's environment."""
    case, rules = change.case, change.case.rules
    words = {change.stage, *(word for word, to in rules.environments.items() if to == change.stage)}
    return [
        Action(
            command=f"forebear deploy {case.ref} --env {shlex.quote(one.env or '')}",
            words=f"{one.title} still serves there",
        )
        for one in deployments_at(case.store)
        if change.stage in rules.held and one.env in words
        if one.name == case.row.name and one.version != case.row.version
    ]


def still_used_by(change: Change) -> list[str]:
    """Return who goes on using a version that is retired: aliases that are no stage, consumers."""
    case = change.case
    if change.move != "retire":
        return []
    aliases = [f"@{word}" for word in case.row.aliases if word not in case.rules.held]
    said = case.facts.latest(CONSUMER, case.ids)
    return [*aliases, *dict.fromkeys(f"{one.row.key} ({one.value.how})" for one in said)]
