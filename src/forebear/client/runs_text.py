"""Runs beside each other as text: comparison, code, environment, figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from forebear.client.formats import duration, figure, hex12, id_of_run, size
from forebear.client.lines import Line, Style, heading, line, paragraph, table
from forebear.core.digest import is_digest
from forebear.ops.code import CodeDiffResponse, CodeResponse, FileDiff
from forebear.ops.compare_runs import CompareRunsResponse, What
from forebear.ops.environment import EnvironmentDiffResponse, EnvironmentResponse
from forebear.ops.series import Series, SeriesResponse

__all__ = [
    "code_diff_lines",
    "code_lines",
    "compare_lines",
    "environment_diff_lines",
    "environment_lines",
    "series_lines",
    "sparkline",
]

_HEADS: Final[dict[What, str]] = {
    "parameter": "Parameters",
    "metric": "Figures",
    "data": "Data",
    "code": "Code",
    "environment": "Environment",
}
_BARS: Final = "▁▂▃▄▅▆▇█"
_WIDE: Final = 24
_BESIDE: Final = 5
"""So many runs have room beside each other."""
_MARKS: Final[dict[str, Style]] = {"+": "good", "-": "bad", " ": "plain"}


def compare_lines(answer: CompareRunsResponse, *, everything: bool = False) -> list[Line]:
    """Return a comparison: verdict, the runs, then what differs; all facts with `everything`."""
    lines = [*paragraph(answer.verdict), *heading("Runs")]
    lines += table(
        [
            (f"{place}", id_of_run(one.id), one.name, one.status,
             duration(one.started, one.ended), ", ".join(one.made))
            for place, one in enumerate(answer.runs, 1)
        ]
    )  # fmt: skip
    hidden = 0
    for what, head in _HEADS.items():
        facts = [one for one in answer.facts if one.what == what]
        shown = [one for one in facts if everything or one.differs]
        hidden += len(facts) - len(shown)
        if shown:
            rows = [(one.key, *(_short(value) for value in one.values[:_BESIDE])) for one in shown]
            lines += [*heading(head), *table(rows)]
    more = len(answer.runs) - _BESIDE
    if more > 0:
        lines += [line(), line((f"{more} more runs; --json has all", "dim"))]
    if hidden:
        lines += [line(), line((f"{hidden} facts are the same of all; --all lists them", "dim"))]
    return lines


def _short(value: Any) -> str:
    if value is None:
        return "-"
    text = figure(value) if isinstance(value, float) else str(value)
    text = hex12(text) if is_digest(text) else text
    return text if len(text) <= _WIDE else text[: _WIDE - 1] + "…"


def code_lines(answer: CodeResponse, path: str | None = None) -> list[Line]:
    """Return the list of source files, or the text of one."""
    if path is not None:
        found = next(one for one in answer.files if one.path == path)
        if found.text is None:
            return paragraph(f"The text of {path} is not kept here.")
        return [line(text) for text in found.text.splitlines()]
    rows = [
        (one.path, size(one.size), hex12(one.digest), "" if one.kept else "not kept")
        for one in answer.files
    ]
    return [*paragraph(answer.verdict), line(), *table(rows)]


def code_diff_lines(answer: CodeDiffResponse) -> list[Line]:
    """Return what differs, file by file, as `diff -u` writes it."""
    lines = paragraph(answer.verdict)
    for one in answer.files:
        if one.change != "same":
            lines += [line(), line((f"{one.path}  {one.change}", "head"), *_counts(one))]
            lines += [line((f"  {one.why}", "dim"))] if one.why else []
        for hunk in one.hunks:
            lines.append(line((f"@@ line {hunk.left} → line {hunk.right}", "dim")))
            lines += [line((text.mark + text.text, _MARKS[text.mark])) for text in hunk.lines]
    return lines


def _counts(one: FileDiff) -> list[tuple[str, Style]]:
    return [(f"  +{one.added}", "good"), (f" -{one.removed}", "bad")]


def environment_lines(answer: EnvironmentResponse) -> list[Line]:
    """Return an environment: verdict, facts, packages."""
    lines = paragraph(answer.verdict)
    if answer.facts:
        lines += [*heading("Interpreter and machine"), *table(list(answer.facts.items()))]
    if answer.packages:
        rows = [(one.name, one.version) for one in answer.packages]
        lines += [*heading("Packages"), *table(rows)]
    return lines


def environment_diff_lines(answer: EnvironmentDiffResponse) -> list[Line]:
    """Return how two environments differ: packages, then other facts."""
    lines = paragraph(answer.verdict)
    for what, head in (("package", "Packages"), ("fact", "Interpreter and machine")):
        rows = [
            (one.name, one.left or "-", one.right or "-")
            for one in answer.differences
            if one.what == what
        ]
        if rows:
            lines += [*heading(head), *table(rows)]
    return lines


def series_lines(answer: SeriesResponse) -> list[Line]:
    """Return figures, each with its last value, its extremes and how it went."""
    rows = [
        (
            f"{one.key} {one.split or ''}".strip(),
            figure(one.last),
            "" if one.count == 1 else f"{one.count:,} values",
            ""
            if one.count == 1 or one.least is None
            else f"{figure(one.least)} to {figure(one.greatest or 0.0)}",
            sparkline(_numbers(one)) if one.count > 1 else "",
        )
        for one in answer.series
    ]
    return [*paragraph(answer.verdict), line(), *table(rows)]


def _numbers(of: Series) -> list[float]:
    return [point.value for point in of.points if isinstance(point.value, int | float)]


def sparkline(values: Sequence[float], width: int = _WIDE) -> str:
    """Return how values went as one short word of bars.

    >>> sparkline([0, 1, 2, 3])
    '▁▃▆█'
    """
    if not values:
        return ""
    step = max(1, len(values) / width)
    picked = [values[int(place * step)] for place in range(min(width, len(values)))]
    low, high = min(picked), max(picked)
    if low == high:
        return _BARS[0] * len(picked)
    return "".join(_BARS[round((one - low) / (high - low) * (len(_BARS) - 1))] for one in picked)
