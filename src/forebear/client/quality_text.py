"""Checks and incidents as lines."""

from __future__ import annotations

from collections.abc import Sequence

from forebear.analysis.verdict import counted, listed
from forebear.client.formats import when
from forebear.client.lines import Line, Style, heading, line, paragraph, table
from forebear.client.render import gap_lines
from forebear.core.checking import rows_of
from forebear.core.quality import CheckResult
from forebear.ops.cleansing import CleansingResponse, CleansingStep, Effect
from forebear.ops.cuts import Cut
from forebear.ops.incidents import Change
from forebear.ops.quality import Checked, QualityCheckResponse
from forebear.ops.quality_history import CheckTrend, IncidentView, QualityShowResponse
from forebear.ops.quality_import import QualityImportResponse

__all__ = ["check_lines", "cleansing_lines", "import_lines", "quality_lines", "result_lines"]

_MOST = 20
_POINTS = 8

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


def quality_lines(answer: QualityShowResponse) -> list[Line]:
    """Return the verdict, open incidents, what fails with its trend, and the versions."""
    open = [one for one in answer.incidents if one.closed is None]
    known = any(one.at for one in answer.versions)
    style: Style = "bad" if open else "good" if known and not answer.failing else "weak"
    lines = paragraph(answer.verdict, style=style)
    if answer.incidents:
        lines += heading("Incidents")
        for one in answer.incidents[:_MOST]:
            lines += _incident(one)
    if answer.failing:
        lines += heading("Failing now")
        for trend in answer.failing:
            lines += _trend(trend)
    if known:
        lines += heading("Versions")
        lines += table(
            [
                (
                    f"version {one.version}" if one.version is not None else "it",
                    when(one.at) if one.at else "not checked",
                    f"{one.passed} pass" if one.at else "",
                    f"{one.failed} fail" if one.failed else "",
                    f"{one.errors} of them errors" if one.errors else "",
                    f"{one.undone} not done" if one.undone else "",
                    ", ".join(one.tools),
                )
                for one in answer.versions[:_MOST]
            ]
        )
    return lines


def _incident(one: IncidentView) -> list[Line]:
    if one.closed is None:
        word: tuple[str, Style] = ("open  ", "bad")
        told = f"since {when(one.opened)}: {one.why or 'no reason said'}"
    else:
        word = ("closed", "good")
        told = f"{when(one.opened)} to {when(one.closed)}: {one.why_closed or 'no reason said'}"
    return [
        line("  ", word, "  ", (one.id, "name")),
        *paragraph(one.title, indent="          "),
        *paragraph(told, indent="          ", style="dim"),
    ]


def _trend(one: CheckTrend) -> list[Line]:
    style: Style = "bad" if one.severity == "error" else "weak"
    lines = [line("  ", (f"{one.severity:<5}", style), "  ", (one.id, "name"))]
    lines += paragraph(one.message, indent="         ")
    told = "  ".join(
        f"v{point.version} {_value(point.value)}{'' if point.status == 'passed' else ' ✗'}"
        for point in one.over[-_POINTS:]
        if point.version is not None
    )
    return lines + (paragraph(told, indent="         ", style="dim") if told else [])


def _value(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value.is_integer() else f"{value:.4g}"


def cleansing_lines(answer: CleansingResponse) -> list[Line]:
    """Return the verdict, then step by step what changed, and by what it did."""
    lines = paragraph(answer.verdict, style="good" if not answer.gaps else "weak")
    for stage in answer.stages:
        if stage.effects or stage.operations:
            lines += _stage_lines(stage)
    if any(stage.operations for stage in answer.stages):
        told = "`forebear rows MODEL` says which rows were lost on the way to a model."
        lines += [line(), *paragraph(told, style="dim")]
    return lines + gap_lines(answer.gaps)


def _stage_lines(stage: CleansingStep) -> list[Line]:
    before, after = (
        f"{rows:,} rows" if rows is not None else "rows not known"
        for rows in (stage.rows, stage.into_rows)
    )
    lines = heading(f"{stage.title} ({before}) → {stage.into_title} ({after})")
    lines += table([_operation(at, cut) for at, cut in enumerate(stage.operations, 1)])
    for one in stage.effects:
        if one.word not in ("same", "not known"):
            lines += _effect(one)
    for alike in _unknown(stage):
        lines += _effect(alike[0]) if len(alike) == 1 else _not_known(alike)
    same = sum(1 for one in stage.effects if one.word == "same")
    if same:
        lines.append(line((f"  {counted(same, 'check')} said the same of both", "dim")))
    return lines


def _unknown(stage: CleansingStep) -> list[list[Effect]]:
    """Return the effects that are not known, those together of which the same was said before."""
    found: dict[str, list[Effect]] = {}
    for one in stage.effects:
        if one.word == "not known":
            found.setdefault(one.before, []).append(one)
    return list(found.values())


def _not_known(alike: Sequence[Effect]) -> list[Line]:
    lines = paragraph(f"not known  {', '.join(one.id for one in alike)}", indent="  ", style="dim")
    return lines + paragraph(f"before: {alike[0].before}", indent=" " * 13, style="dim")


def _operation(number: int, cut: Cut) -> tuple[str, ...]:
    """Return the number of an operation, its line of code, and what became of the rows."""
    rows = "rows not known"
    if cut.rows_in is not None and cut.rows_out is not None:
        same = cut.rows_in == cut.rows_out
        rows = "all rows kept" if same else f"{cut.rows_in:,} → {cut.rows_out:,} rows"
    return f"{number}", rows, cut.where or "", cut.line or cut.name


_EFFECTS: dict[str, Style] = {
    "fixed": "good",
    "better": "good",
    "worse": "weak",
    "broken": "bad",
    "not known": "dim",
}


def _effect(one: Effect) -> list[Line]:
    # What both pass says the same of both: how many rows do not is what changed.
    same = one.before == one.after
    offending = (one.offending_before, one.offending_after)
    by = f"  by {listed([str(at + 1) for at in one.by])}" if one.by else ""
    counts = [f", but for {rows_of(n)}" if same and n is not None else "" for n in offending]
    return [
        line("  ", (f"{one.word:<9}", _EFFECTS[one.word]), "  ", (one.id, "name"), (by, "dim")),
        *paragraph(f"before: {one.before}{counts[0]}", indent="             "),
        *paragraph(f"after:  {one.after}{counts[1]}", indent="             "),
    ]


def import_lines(answer: QualityImportResponse) -> list[Line]:
    """Return what was taken over, by data, and what belongs to nothing known."""
    lines = paragraph(answer.verdict, style="weak" if answer.unmatched else "good")
    lines += table(
        [
            (
                one.title,
                one.how,
                counted(one.results, "result"),
                f"{one.failed} failed" if one.failed else "",
                f"{one.new} new",
            )
            for one in answer.matched
        ]
    )
    for lost in answer.unmatched:
        told = f"{counted(lost.results, 'result')} of {lost.words}: {lost.why}"
        lines += paragraph(told, indent="  ", style="weak")
    return lines + _incident_lines(answer.incidents)
