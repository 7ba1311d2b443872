"""Leaks as lines."""

from __future__ import annotations

from forebear.client.formats import safe
from forebear.client.lines import Line, Style, heading, line, paragraph
from forebear.client.render import gap_lines
from forebear.ops.leak_case import At, Finding
from forebear.ops.leaks import LeakCheck, LeaksResponse

__all__ = ["leaks_lines"]

_MOST = 30
_RESULTS: dict[str, tuple[str, Style]] = {
    "none": ("none", "good"),
    "found": ("found", "bad"),
    "unknown": ("not known", "weak"),
    "not asked": ("not asked", "dim"),
}


def leaks_lines(answer: LeaksResponse) -> list[Line]:
    """Return verdict, each finding with its lines of code, then what was looked for."""
    style: Style = "bad" if answer.findings else "good" if answer.leaks is False else "weak"
    lines = paragraph(answer.verdict, style=style)
    for one in answer.findings[:_MOST]:
        lines += _finding(one)
    if len(answer.findings) > _MOST:
        lines.append(line((f"  and {len(answer.findings) - _MOST} more; --json has all", "dim")))
    lines += heading("Looked for")
    for check in answer.checks:
        lines += _check(check)
    return lines + gap_lines(answer.gaps)


def _finding(one: Finding) -> list[Line]:
    lines = [line(), line((one.kind, "bad"))]
    lines += paragraph(one.words, indent="  ")
    lines += _at("taken by", one.at)
    if one.cause is not None:
        lines += _at("let in by", one.cause)
    if one.rows:
        more = " …" if one.count > len(one.rows) else ""
        numbers = ", ".join(str(row) for row in one.rows)
        lines += paragraph(f"rows {numbers}{more}", indent="  ", style="dim")
    return lines


def _at(how: str, at: At) -> list[Line]:
    lines = [line(f"  {how:<9} {at.name}", (f"  {at.where}" if at.where else "", "dim"))]
    if at.line:
        lines.append(line((f"            {safe(at.line)}", "dim")))
    return lines


def _check(check: LeakCheck) -> list[Line]:
    word, style = _RESULTS[check.result]
    why = check.why or ("--time COLUMN" if check.result == "not asked" else "")
    return [line(f"  {check.kind:<14}", (f"{word:<10}", style), (why, "dim"))]
