"""Recalls as lines: a verdict, then what is left to do about each thing."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Final

from forebear.client.formats import id_of_run, when
from forebear.client.lines import Line, Style, heading, line, paragraph, table
from forebear.client.render import gap_lines
from forebear.client.tree_text import evidence_style
from forebear.ops.affected import Affected
from forebear.ops.recall import RecallsResponse
from forebear.ops.recall_view import SETTLED, RecallView
from forebear.ops.recalled import RecalledResponse

__all__ = ["recall_lines", "recalled_lines", "recalls_lines"]

_MOST: Final = 60
_HEADS: Final = (
    ("deployment", "Deployments"),
    ("model", "Models"),
    ("consumer", "Consumers"),
)
_STYLES: Final[dict[str, Style]] = {
    "quarantine": "bad",
    "retrain": "bad",
    "disclose": "weak",
    "none": "good",
}


def recall_lines(view: RecallView) -> list[Line]:
    """Return the verdict, why it was recalled, then each thing with its verdict and its way."""
    lines = paragraph(view.verdict)
    by = f" by {view.by}" if view.by else ""
    about = f"{view.severity}, {view.cause}: {view.reason} ({when(view.at)}{by})"
    lines += paragraph(about, indent="  ", style="dim")
    if view.closed is not None:
        why = f": {view.closed_why}" if view.closed_why else ""
        lines += paragraph(f"closed {when(view.closed)}{why}", indent="  ", style="dim")
    left = _MOST
    for kind, title in _HEADS:
        found = [one for one in view.affected if one.kind == kind]
        if found:
            lines += heading(title)
        for one in found[: max(left, 0)]:
            lines += _affected(one)
        if len(found) > max(left, 0):
            lines.append(line((f"  and {len(found) - max(left, 0):,} more; --json has all", "dim")))
        left -= len(found)
    return lines + gap_lines(view.gaps) + _next(view)


def _next(view: RecallView) -> list[Line]:
    """Say how to tell what was done about a thing, or that all is done."""
    short = id_of_run(view.id)
    if view.closed is not None:
        return []
    if not view.open:
        return [line(), line((f"Next: forebear recall close {short}", "dim"))]
    first = next(one for one in view.affected if one.status not in SETTLED)
    begin = f"forebear recall remedy {short} {shlex.quote(first.title)}"
    said = f'Once something was done: {begin} {_how(first)}, or --accepted --note "why".'
    return [line(), *paragraph(said, style="dim")]


def _how(one: Affected) -> str:
    """Return what says of a thing that something was done about it."""
    if one.kind == "consumer" or one.verdict == "disclose":
        return '--done --note "how"'
    replaced = one.kind == "model" and one.verdict == "retrain"
    return "--done --by-version NEW" if replaced else "--done"


def recalls_lines(answer: RecallsResponse) -> list[Line]:
    """Return how much is left to do, then one line a recall."""
    lines = paragraph(answer.verdict)
    if answer.recalls:
        lines.append(line())
    rows = [
        (
            id_of_run(one.id),
            one.severity,
            one.title,
            one.status if one.status == "closed" else f"{one.open} of {one.affected} open",
            when(one.at),
            one.reason,
        )
        for one in answer.recalls
    ]
    return lines + table(rows)


def recalled_lines(answer: RecalledResponse) -> list[Line]:
    """Return whether a thing was recalled, and by which recalls."""
    lines = paragraph(answer.verdict)
    rows: Sequence[Sequence[str]] = [
        (id_of_run(one.id), one.severity, one.title, "replaced" if one.withdrawn else one.reason)
        for one in answer.recalls
    ]
    return lines + table(rows)


def _affected(one: Affected) -> list[Line]:
    aliases = "".join(f" @{alias}" for alias in one.aliases)
    settled = one.status in {"done", "accepted"}
    state = f"{one.verdict}: {one.status}" if settled else one.verdict
    style: Style = "good" if settled else _STYLES[one.verdict]
    live = "  live" if one.live and one.kind != "deployment" else ""
    replaced = f"  replaced by {one.by_version}" if one.by_version else ""
    run = one.kind != "model" and not one.id.startswith("consumer:")
    id = f"  run:{id_of_run(one.id)}" if run else ""
    lines = [
        line(
            "  ",
            (one.title, "name"),
            (aliases, "good"),
            (live + replaced + id, "dim"),
            right=(state, style),
        )
    ]
    note = f" ({one.note})" if one.note else ""
    lines += paragraph(one.reason + note, indent="      ")
    if len(one.way) > 1 and one.verdict != "none":
        words = f" ({one.evidence})" if one.evidence else ""
        weak = evidence_style(one.evidence) if one.evidence else "dim"
        told: Style = "weak" if weak == "weak" else "dim"
        lines += paragraph(" → ".join(one.way) + words, indent="      ", style=told, most=3)
    return lines
