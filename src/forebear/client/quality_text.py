"""Checks and incidents as lines."""

from __future__ import annotations

from collections.abc import Sequence

from forebear.client.lines import Line, Style, heading, line, paragraph
from forebear.core.quality import CheckResult
from forebear.ops.incidents import Change
from forebear.ops.quality import Checked, QualityCheckResponse

__all__ = ["check_lines", "result_lines"]

_WORDS: dict[str, tuple[str, Style]] = {
    "passed": ("pass", "good"),
    "failed": ("FAIL", "bad"),
    "skipped": ("skip", "dim"),
    "error": ("?", "weak"),
}


def check_lines(answer: QualityCheckResponse, *, every: bool = False) -> list[Line]:
    """Return the verdict, what fails with its rows, and how many pass."""
    style: Style = {"error": "bad", "warn": "weak"}.get(answer.worst or "", "good")  # type: ignore[assignment]
    lines = paragraph(answer.verdict, style="weak" if answer.unusable else style)
    if not answer.recorded:
        told = "Its content is not recorded, so this is not remembered."
        lines += paragraph(told, style="dim")
    shown = [one for one in answer.checks if every or one.result.status != "passed"]
    lines += [line()] if shown else []
    for one in shown:
        lines += result_lines(one)
    passing = sum(1 for one in answer.checks if one.result.status == "passed")
    if passing and not every:
        told = f"{passing} pass; --all lists them"
        lines += [line(), line((told, "dim"))]
    return lines + _incident_lines(answer.incidents)


def result_lines(one: Checked) -> list[Line]:
    """Return what a check found, and where."""
    word, style = _word(one.result)
    lines = [line((f"{word:<5}", style), (f"{one.id}", "name"))]
    lines += paragraph(one.result.message, indent="     ")
    if one.result.positions:
        more = " …" if (one.result.offending or 0) > len(one.result.positions) else ""
        places = ", ".join(str(place) for place in one.result.positions)
        lines += paragraph(f"rows {places}{more}", indent="     ", style="dim")
    return lines


def _word(result: CheckResult) -> tuple[str, Style]:
    if result.status == "failed" and result.severity != "error":
        return result.severity, "weak"
    return _WORDS[result.status]


def _incident_lines(changes: Sequence[Change]) -> list[Line]:
    if not changes:
        return []
    lines = heading("Incidents")
    for change in changes:
        opened = change.status == "open"
        word: tuple[str, Style] = ("opened", "bad") if opened else ("closed", "good")
        lines.append(line("  ", word, f"  {change.id}", (f"  {change.why}", "dim")))
    return lines
