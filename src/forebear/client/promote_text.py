"""Stages, policies, approvals and business figures as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from forebear.analysis.verdict import listed
from forebear.client.formats import figure, hex12
from forebear.client.life_text import kpi_rows, override_lines
from forebear.client.lines import Line, Style, heading, line, line_width, paragraph, table
from forebear.ops.approvals import ApproveResponse
from forebear.ops.kpis import KpiResponse
from forebear.ops.policy import PolicyCheckResponse, PolicyShowResponse
from forebear.ops.promotion import MoveResponse
from forebear.ops.requirement import Action, Outcome, State

__all__ = [
    "STATES",
    "action_text",
    "approval_lines",
    "kpi_lines",
    "move_lines",
    "outcome_lines",
    "policy_check_lines",
    "policy_show_lines",
]

STATES: Final[dict[State, tuple[str, Style]]] = {
    "passed": ("met", "good"),
    "failed": ("not met", "bad"),
    "unknown": ("not known", "bad"),
    "waived": ("overridden", "weak"),
    "not applicable": ("not asked", "dim"),
}
_NAME: Final = 17
_STATE: Final = 11
_SETTING: Final = 44
_DEFAULTS: Final = "There is no forebear.toml here: the defaults hold."


def move_lines(answer: MoveResponse) -> list[Line]:
    """Return whether a version changed its stage, and if not, what is missing."""
    missing = [one for one in answer.outcomes if not one.well]
    style: Style = "bad" if missing else "good" if answer.moved else "plain"
    lines = paragraph(answer.verdict, style=style)
    if answer.override_until is not None:
        lines.append(line((f"The override runs out on {answer.override_until:%Y-%m-%d}.", "weak")))
    if answer.source is None and answer.outcomes:
        lines.append(line((_DEFAULTS, "dim")))
    if answer.outcomes:
        lines += [line(), *outcome_lines(answer.outcomes)]
    if missing and answer.move == "promote":
        lines += _next(answer.version)
    for action in answer.deploy:
        lines += [line(), line(f"{action.words}: ", (action.command, "name"))]
    if answer.users:
        told = f"What still leads to it or uses it: {listed(answer.users, 6)}."
        lines += [line(), *paragraph(told, style="weak")]
    return lines


def approval_lines(answer: ApproveResponse) -> list[Line]:
    """Return what was said of a version, and what is still missing."""
    until = f" until {answer.until:%Y-%m-%d}" if answer.until else ""
    style: Style = "good" if answer.decision == "approved" else "weak"
    lines = paragraph(
        f"{answer.by} {answer.decision} {answer.version} for {answer.policy}{until}.", style=style
    )
    bound = f"content {hex12(answer.digest)}, policy {hex12(answer.policy_digest)}"
    lines.append(line((f"It holds for this {bound}.", "dim")))
    missing = [one for one in answer.outcomes if not one.well]
    if missing:
        lines += [*heading(f"Missing for {answer.policy}"), *outcome_lines(missing)]
    return lines


def policy_check_lines(answer: PolicyCheckResponse) -> list[Line]:
    """Return whether a version meets a policy, requirement by requirement."""
    lines = paragraph(answer.verdict, style="good" if answer.well else "bad")
    told = f"{answer.version} is in {answer.stage}."
    told += f" By {answer.source}." if answer.source else f" {_DEFAULTS}"
    lines += paragraph(told, style="dim")
    lines += override_lines(answer.overrides)
    if answer.outcomes:
        lines += [line(), *outcome_lines(answer.outcomes)]
    missing = [one for one in answer.outcomes if not one.well]
    promoted = answer.policy not in {"demote", "rollback", "retired"}
    return lines + (_next(answer.version) if missing and promoted else [])


def policy_show_lines(answer: PolicyShowResponse) -> list[Line]:
    """Return the stages and what each policy asks."""
    lines = paragraph(f"Stages: {' → '.join(answer.stages)}.")
    lines += [x for gap in answer.gaps for x in paragraph(gap, style="weak")]
    lines += paragraph(f"Said by {answer.source}." if answer.source else _DEFAULTS, style="dim")
    for policy in answer.policies:
        name = f"{policy.name} of {policy.model}" if policy.model else policy.name
        lines += [line(), line((name, "head"), (f"  {hex12(policy.digest)}", "dim"))]
        rows = [
            (one.setting, one.title + ("" if one.said else " (default)")) for one in policy.asks
        ]
        lines += _settings(rows) if rows else [line(("  nothing is asked", "dim"))]
    lines += heading("What a policy may ask")
    for one in answer.may_ask:
        lines.append(line(f"  {one.requirement:<{_NAME}}", one.title))
        lines += paragraph(one.setting, indent=f"  {'':<{_NAME}}", style="dim")
    return lines


def _settings(rows: Sequence[tuple[str, str]]) -> list[Line]:
    """Return settings beside what they mean; a long one stands alone, above its meaning."""
    width = max((len(setting) for setting, _ in rows if len(setting) <= _SETTING), default=0)
    lines: list[Line] = []
    for setting, title in rows:
        beside = setting if len(setting) <= width else ""
        if not beside:
            lines += paragraph(setting, indent="  ")
        lines.append(line(f"  {beside:<{width}}  {title}"))
    return lines


def kpi_lines(answer: KpiResponse) -> list[Line]:
    """Return business figures beside technical ones."""
    lines = [line((answer.version, "name"))]
    lines += heading("Business")
    lines += table(kpi_rows(answer.kpis)) or [line(("  not recorded", "dim"))]
    lines += heading("Technical")
    last = {(one.key, one.split, one.data_name): one for one in answer.metrics}
    rows = [(k, figure(one.value), split or "", on or "") for (k, split, on), one in last.items()]
    return lines + (table(rows) or [line(("  not recorded", "dim"))])


def outcome_lines(outcomes: Sequence[Outcome]) -> list[Line]:
    """Return requirements one by one, each with what is missing and the command that gets it."""
    lines: list[Line] = []
    width = max([len(one.requirement) for one in outcomes], default=0) + 2
    indent = "  " + " " * (width + _STATE)
    for one in outcomes:
        word, style = STATES[one.state]
        first, *rest = paragraph(one.words, indent=indent) or [line()]
        text = first.left[0][0].strip() if first.left else ""
        lines.append(line(f"  {one.requirement:<{width}}", (f"{word:<{_STATE}}", style), text))
        lines += rest
        if not one.well:
            lines += _ways(one.ways, indent)
    return lines


def action_text(action: Action) -> str:
    """Return a command with what to know about it."""
    return action.command + (f"  ({action.words})" if action.words else "")


def _ways(ways: Sequence[Sequence[Action]], indent: str) -> list[Line]:
    lines: list[Line] = []
    for number, way in enumerate(_apart(ways)):
        for place, action in enumerate(way):
            mark = "or " if number and not place else "→ " if not place else "  "
            words = f"{mark}{action.command}"
            if action.words and len(indent) + len(words) + len(action.words) + 4 <= line_width():
                lines.append(line(indent, (words, "name"), (f"  ({action.words})", "dim")))
                continue
            lines.append(line(indent, (words, "name")))
            if action.words:
                lines += paragraph(f"({action.words})", indent=f"{indent}  ", style="dim")
    return lines


def _apart(ways: Sequence[Sequence[Action]]) -> list[Sequence[Action]]:
    """Return ways without those that do what one before does, and more than it takes."""
    found: list[Sequence[Action]] = []
    for way in ways:
        more = any(
            len(way) == len(one)
            and all(a.command.startswith(b.command) for a, b in zip(way, one, strict=True))
            for one in found
        )
        found += [] if more else [way]
    return found


def _next(version: str) -> list[Line]:
    hint = f'--override "why" --until DATE lets {version} pass without, signed and in sight.'
    return [line(), line((hint, "dim"))]
