"""Audits as lines."""

from __future__ import annotations

from collections.abc import Sequence

from forebear.client.life_text import override_lines
from forebear.client.lines import Line, Style, heading, line, paragraph, table
from forebear.client.promote_text import STATES
from forebear.ops.audit import AuditFinding, AuditResponse, ModelAudit
from forebear.ops.requirement import Action

__all__ = ["audit_lines", "event_note", "points", "provided"]

_NAME = 18
_GOOD = 80
_FAIR = 50
_MOST = 40


def audit_lines(answer: AuditResponse, *, fail_under: float | None = None) -> list[Line]:
    """Return an audit: of one version finding by finding, of several a line each."""
    if not answer.models:
        return paragraph(answer.verdict)
    if len(answer.models) == 1:
        return _one(answer.models[0], answer.wanted)
    lines = paragraph(answer.verdict)
    lines += [line(), *_overview(answer.models)]
    below = [one for one in answer.models if fail_under is not None and one.score < fail_under]
    lines += [line(), line(("`forebear audit NAME:VERSION` tells why, and what to do.", "dim"))]
    if below:
        words = f"{len(below)} of {len(answer.models)} are below {fail_under:g}."
        lines += paragraph(words, style="bad")
    return lines


def points(number: float) -> str:
    """Return a number of points.

    >>> points(5.0), points(62.5)
    ('5', '62.5')
    """
    return f"{number:g}"


def event_note(seq: int | None) -> str:
    """Return how an event is referred to."""
    return f"event {seq}" if seq is not None else ""


def _overview(models: Sequence[ModelAudit]) -> list[Line]:
    rows = [
        (
            one.version,
            points(one.score),
            one.stage,
            "override" if any(x.active for x in one.overrides) else "",
            ", ".join(x.short for x in one.findings if x.state in {"failed", "unknown"}),
        )
        for one in models[:_MOST]
    ]
    lines = table([("version", "score", "stage", "", "missing"), *rows])
    if len(models) > _MOST:
        lines.append(line((f"  and {len(models) - _MOST} more; --json has all", "dim")))
    return lines


def _one(model: ModelAudit, wanted: float) -> list[Line]:
    style: Style = "good" if model.score >= _GOOD else "weak" if model.score >= _FAIR else "bad"
    lines = paragraph(model.verdict, style=style)
    lines += override_lines(model.overrides)
    lines += heading(f"Findings ({points(model.met)} of {points(model.asked)} points)")
    for one in model.findings:
        lines += _finding(one)
    lines += _actions(model, wanted)
    lines += heading("What it is")
    lines += [
        x
        for one in model.about
        for x in paragraph(f"{one.label}: {one.value or 'not recorded'}", indent="  ")
    ]
    return lines


def _finding(one: AuditFinding) -> list[Line]:
    word, style = STATES[one.state]
    seqs = list(dict.fromkeys(event_note(x.seq) for x in one.evidence if x.seq is not None))[:3]
    counts = f"{points(one.weight):>3}  "
    if one.state == "not applicable":
        counts = "  -  "
    indent = " " * (2 + _NAME + 11 + 5)
    first, *rest = paragraph(one.words, indent=indent) or [line()]
    head = line(f"  {one.short:<{_NAME}}", (f"{word:<11}", style), (counts, "dim"), _text(first))
    note = ", ".join([*(seqs or []), *dict.fromkeys(x.command for x in one.evidence[:1])])
    return [head, *rest, *(paragraph(note, indent=indent, style="dim", most=2) if note else [])]


def _text(one: Line) -> str:
    return one.left[0][0].strip() if one.left else ""


def _actions(model: ModelAudit, wanted: float) -> list[Line]:
    if model.score >= wanted:
        return []
    if model.actions is None:
        words = f"Nothing that can be done now leads to {points(wanted)} points."
        return [*heading("What to do"), *paragraph(words, indent="  ", style="weak")]
    lines = heading(f"The least to do for {points(wanted)} points{provided(model)}")
    for number, action in enumerate(model.actions, 1):
        lines.append(line(f"  {number}. ", (action.command, "name")))
        lines += _words(action)
    return lines


def provided(model: ModelAudit) -> str:
    """Return under which condition that is enough: nobody knows yet what will be measured."""
    unsure = any(one.state == "unknown" for one in model.findings)
    return ", if what is not known turns out well" if unsure and model.actions else ""


def _words(action: Action) -> list[Line]:
    return paragraph(action.words, indent="     ", style="dim") if action.words else []
