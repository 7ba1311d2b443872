"""What an audit advises: the fewest things to do, each said once, in an order that works."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product
from typing import Any, Final

from msgspec import Struct, structs

from forebear.analysis.audit import Lost, fewest, score
from forebear.ops.policy_case import Case
from forebear.ops.requirement import Action, Outcome, requirements

__all__ = ["Advice", "AuditFinding", "advice", "in_order", "renewed", "together"]

_ORDER: Final = (
    "run", "register", "name", "own", "licence", "quality suggest", "quality check", "validate",
    "reproduce", "kpi", "recall", "alias", "approve", "promote", "deploy", "undeploy", "retire",
)  # fmt: skip
"""People approve when the evidence is there; what is approved is promoted, and then used."""
_VALIDATE: Final = "forebear validate "
_CHOICES: Final = 64
"""Ways to do without an override of which the cheapest is looked for."""
_DATA: Final = re.compile(r"(?<=\sdata:)(\S+):\d+(?=\s|$)")


class AuditFinding(Outcome, frozen=True, kw_only=True, omit_defaults=True):
    """One requirement in an audit, with what it counts."""

    weight: float
    why: str = ""
    """Why it counts that much."""


class Advice(Struct, frozen=True):
    """What to do, and the score that it leads to; None where nothing does."""

    actions: list[Action] | None
    after: float


def advice(
    case: Case, findings: Sequence[AuditFinding], settings: Mapping[str, Any], wanted: float
) -> Advice:
    """Return the fewest actions that lead to the wanted score.

    What comes with an action counts too: a new version has to be validated and approved like the
    one before, and what is put into use has to be approved. `settings` are those of the
    requirements, by their word.
    """
    asked = sum(one.weight for one in findings if one.state != "not applicable")
    met = sum(one.weight for one in findings if one.state == "passed")
    if met >= wanted / 100 * asked - 1e-9:
        return Advice([], score(met, asked))
    missing = [one for one in findings if one.state not in {"passed", "not applicable"}]
    lost = [Lost(weight=one.weight, ways=_ways(one, missing)) for one in missing]
    actions = together(action for one in missing for way in one.ways for action in way)
    again = _again(case, findings, settings) if case.retrain in actions else {}
    coming = [one for one in findings if one.state == "not applicable" and one.ways]
    first_use = together(action for one in coming for action in one.ways[0])
    costs = {command: action.times for command, action in actions.items()}
    for command, more in ((case.retrain, again), (case.deploy, first_use)):
        if command in costs:
            costs[command] += sum(action.times for action in more.values())
    plan = fewest(lost, wanted / 100 * asked - met, costs)
    if plan is None:
        return Advice(None, score(met, asked))
    chosen = [actions[key] for key in plan.actions]
    if case.deploy in plan.actions:
        chosen += first_use.values()
        met, asked = (x + sum(one.weight for one in coming) for x in (met, asked))
    if case.retrain in plan.actions:
        chosen = renewed(case, chosen, again)
    return Advice(in_order(chosen), score(met + plan.gain, asked))


def together(actions: Iterable[Action]) -> dict[str, Action]:
    """Return actions by their commands; what there is to know about one is told together."""
    found: dict[str, Action] = {}
    for action in actions:
        known = found.get(action.command)
        if known is None:
            found[action.command] = action
            continue
        told = (known.words, action.words)
        words = dict.fromkeys(word for one in told if one for word in one.split("; "))
        found[action.command] = structs.replace(
            known, words="; ".join(words), times=max(known.times, action.times)
        )
    return found


def in_order(actions: Iterable[Action]) -> list[Action]:
    """Return each action once, in an order in which they can be done.

    A validation that another one is too, with more, is left out.
    """
    once = together(actions)
    checks = [command for command in once if command.startswith(_VALIDATE)]
    less = {one for one in checks if any(other.startswith(f"{one} --") for other in checks)}
    rest = [action for command, action in once.items() if command not in less]
    return sorted(rest, key=lambda action: _place(action.command))


def renewed(case: Case, chosen: Iterable[Action], again: Mapping[str, Action]) -> list[Action]:
    """Return actions of which one makes a new version: the others are then for that one.

    `again` is what was done for this version, and has to be done for the new one too.
    """
    moved = [
        action
        if action.command == case.retrain
        else structs.replace(action, command=_of_the_next(case, action.command))
        for action in chosen
    ]
    return [*moved, *again.values()]


def _ways(finding: AuditFinding, missing: Sequence[AuditFinding]) -> list[list[str]]:
    """Return the ways to meet a finding, as commands.

    An override ends when all that it lets pass is met, so that comes with it.
    """
    ways = [[action.command for action in way] for way in finding.ways]
    waived = [one.ways for one in missing if one.state == "waived"]
    if finding.requirement != "overrides" or not waived:
        return ways
    both = islice(product(*waived, finding.ways), _CHOICES)
    return [list(dict.fromkeys(x.command for way in one for x in way)) for one in both]


def _again(
    case: Case, findings: Sequence[AuditFinding], settings: Mapping[str, Any]
) -> dict[str, Action]:
    """Return what has to be done for a new version besides what this one lacks."""
    table = requirements()
    of_data = any(
        table[one.requirement].of_data and one.state not in {"passed", "not applicable"}
        for one in findings
    )
    words = "the file that it is saved to: that makes it the next version"
    actions = [Action(command=case.rename, words=words)] if case.rename else []
    for one in findings:
        wanted = table[one.requirement]
        # Data that is as it was, was looked at already.
        if one.state == "passed" and wanted.again is not None and (of_data or not wanted.of_data):
            actions += wanted.again(case, settings[one.requirement])
    if case.stage in case.rules.held:
        words = f"it takes the place of {case.title}"
        actions.append(
            Action(command=f"forebear promote {case.next_ref} --to {case.stage}", words=words)
        )
    return {
        command: structs.replace(action, command=_newest_data(command))
        for command, action in together(actions).items()
    }


def _of_the_next(case: Case, command: str) -> str:
    """Return a command for this version as one for the next, and the data that it will have."""
    words = [case.next_ref if word == case.ref else word for word in command.split(" ")]
    return _newest_data(" ".join(words))


def _newest_data(command: str) -> str:
    return _DATA.sub(r"\1", command) if command.startswith("forebear quality ") else command


def _place(command: str) -> int:
    said = command.removeprefix("forebear ") + " "
    found = (place for place, verb in enumerate(_ORDER) if said.startswith(f"{verb} "))
    return next(found, len(_ORDER))
