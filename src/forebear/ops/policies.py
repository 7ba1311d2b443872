"""Policies: which rules are in force, what they ask, and how a version stands to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from forebear.core.errors import InvalidInput
from forebear.core.events import Stated
from forebear.core.policies import (
    POLICY,
    Move,
    PolicyInForce,
    Rules,
    RulesFile,
    digest_of,
    known_or_near,
    read_rules,
)
from forebear.core.ports import Store
from forebear.ops.requirement import requirements
from forebear.ops.rules_used import ABOUT, AUDIT, STAGES, used_last
from forebear.ops.table import Context

__all__ = [
    "AUDIT",
    "WEIGHTS",
    "check_settings",
    "in_force_from_now",
    "is_gated",
    "models_of",
    "move_into",
    "rules_in_force",
    "said_of",
    "settings_of",
    "written",
]

WEIGHTS: Final = "weights"
MODELS: Final = "models"
"""Below a policy, what it asks of single models instead."""


def rules_in_force(context: Context, given: RulesFile | None, seq: int | None = None) -> Rules:
    """Return the rules that hold: those of the caller's file, else those that were used last.

    Where requests come from elsewhere the file is that of the store, whatever callers send. About
    a moment in the past (`seq`) those that were used last by then come first. Where there are
    neither the defaults hold.

    Raises:
        InvalidInput: the file is wrong; the sentence says where.
    """
    if context.own_rules is not None:
        given = context.own_rules()
    if given is not None and seq is None:
        return _checked(read_rules(given.text, given.path))
    used = used_last(context.store, seq)
    if used is not None:
        return used
    return _checked(read_rules(given.text, given.path)) if given else Rules()


def settings_of(rules: Rules, name: str, model: str | None = None) -> dict[str, Any]:
    """Return what a policy asks: what the rules say, and the defaults of what they leave out.

    Of a `model` that the rules name it is what they say of that, before what they say of all.
    """
    if name == AUDIT:
        usual = {key: one.audit for key, one in requirements().items() if one.audit is not None}
        return usual | {key: one for key, one in rules.audit.items() if key != WEIGHTS}
    move = move_into(rules, name)
    usual = {key: one.default[move] for key, one in requirements().items() if move in one.default}
    return usual | said_of(rules, name, model)


def said_of(rules: Rules, name: str, model: str | None = None) -> dict[str, Any]:
    """Return what the rules themselves say of a policy, of one model or of all."""
    said = rules.policies.get(name, {})
    own = models_of(rules, name).get(model or "", {})
    return {key: one for key, one in said.items() if key != MODELS} | own


def models_of(rules: Rules, name: str) -> dict[str, dict[str, Any]]:
    """Return what a policy asks of single models instead, by their names."""
    found: dict[str, dict[str, Any]] = rules.policies.get(name, {}).get(MODELS, {})
    return found


def move_into(rules: Rules, name: str) -> Move:
    """Return the move that a policy gates: it bears its name, or leads into its stage."""
    if name == "demote":
        return "demote"
    if name == "rollback":
        return "rollback"
    return "retire" if name == rules.order[-1] else "promote"


def check_settings(
    rules: Rules, name: str, settings: Mapping[str, Any], *, model: str | None = None
) -> None:
    """Return when every setting of a policy is known and can be read.

    Raises:
        InvalidInput: one is not; the sentence names the file, the section and the setting.
    """
    section = name if name == AUDIT else f"policy.{name}"
    section += f".{MODELS}.{model}" if model else ""
    where = f"{rules.source or 'forebear.toml'}: [{section}]"
    table = requirements()
    for key, value in settings.items():
        known_or_near(key, table, f"{where} has no setting `{{word}}`.")
        try:
            setting = table[key].read(value)
            if (fits := table[key].fits) is not None:
                fits(setting, rules)
        except InvalidInput as error:
            raise InvalidInput(
                f"{where}: `{key}`: {error.message}",
                hint=error.hint or f"For example: {table[key].example}",
            ) from None


def in_force_from_now(context: Context, rules: Rules) -> list[Stated]:
    """Return the events that tell which policies hold, of those that hold not already.

    What a version was judged by can be read in the store, whatever becomes of the file.
    """
    names = [*rules.policy_names, AUDIT]
    settings = {STAGES: _stages(rules), **{name: settings_of(rules, name) for name in names}}
    settings[AUDIT] |= {WEIGHTS: rules.audit.get(WEIGHTS, {})}
    for name in rules.policy_names:
        settings[name] |= {MODELS: own} if (own := models_of(rules, name)) else {}
    known = POLICY.latest(context.store.statements, [ABOUT + name for name in settings])
    held = {one.row.about.removeprefix(ABOUT): one.value.digest for one in known}
    return [
        POLICY.say(ABOUT + name, PolicyInForce(digest=digest, settings=one), by=context.author)
        for name, one in settings.items()
        if held.get(name) != (digest := digest_of(name, one))
    ]


def is_gated(store: Store, alias: str) -> bool:
    """Tell whether an alias is a stage that a policy was used for, so that it moves by policy."""
    stages = POLICY.one(store.statements, ABOUT + STAGES)
    return stages is not None and alias in stages.value.settings["order"][1:-1]


def written(value: Any) -> str:
    """Return a setting as it would stand in the file.

    >>> written(["a", 2, True]), written({"people": 2})
    ('["a", 2, true]', '{ people = 2 }')
    """
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {written(one)}" for key, one in value.items()) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(written, value)) + "]"
    return msgspec.json.encode(value).decode()


def _stages(rules: Rules) -> dict[str, Any]:
    return {
        "order": list(rules.order),
        "environments": rules.environments,
        "trusted": rules.trusted,
    }


def _checked(rules: Rules) -> Rules:
    for name, settings in rules.policies.items():
        own = settings.get(MODELS, {})
        if not isinstance(own, dict) or not all(isinstance(one, dict) for one in own.values()):
            raise InvalidInput(
                f"{rules.source}: [policy.{name}.{MODELS}] has a section for each model.",
                hint=f"For example: [policy.{name}.{MODELS}.churn]",
            )
        check_settings(rules, name, said_of(rules, name))
        for model, asked in own.items():
            check_settings(rules, name, asked, model=model)
    weights = rules.audit.get(WEIGHTS, {})
    where = f"{rules.source}: [audit.{WEIGHTS}]"
    if not isinstance(weights, dict):
        raise InvalidInput(f"{where} must be a table of numbers.")
    for key, weight in weights.items():
        known_or_near(key, requirements(), f"{where} has no setting `{{word}}`.")
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < 1e6:
            raise InvalidInput(f"{where}: `{key}` must be a number of 0 or more.")
    check_settings(rules, AUDIT, {k: one for k, one in rules.audit.items() if k != WEIGHTS})
    return rules
