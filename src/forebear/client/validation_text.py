"""Validations as lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from forebear.analysis.validation import headline, number
from forebear.client.formats import when
from forebear.client.lines import Line, Style, heading, line, paragraph, table
from forebear.core.validation import Estimate, Threshold, Validation
from forebear.ops.validation import ValidationRow, ValidationsResponse

__all__ = ["figures_of", "validation_lines", "validations_lines"]


def validation_lines(verdict: str, validation: Validation, unknown: Sequence[str]) -> list[Line]:
    """Return the verdict, what to know, thresholds, figures, slices and groups."""
    style: Style = "good" if validation.passed else "plain"
    if validation.passed is False or unknown:
        style = "bad" if validation.passed is False else "weak"
    lines = paragraph(verdict, style=style)
    lines += [row for note in validation.notes for row in paragraph(f"Note: {note}.", style="weak")]
    if validation.thresholds:
        lines += heading("Thresholds")
        lines += [_threshold(one) for one in validation.thresholds]
        lines += [row for one in unknown for row in paragraph(one, indent="  ", style="weak")]
    lines += heading("Figures, with 95 % intervals")
    return lines + table(figures_of(validation))


def figures_of(validation: Validation) -> list[tuple[str, ...]]:
    """Return the figures that people look at first as rows of a table."""
    return [(name, *_cells(validation.metrics[name])) for name in headline(validation)]


def _cells(one: Estimate) -> tuple[str, ...]:
    if one.value is None:
        return "-", one.why or "", f"n {one.n:,}" if one.n else ""
    between = f"{number(one.low)} to {number(one.high)}" if one.low is not None else one.why or ""
    return number(one.value), between, f"n {one.n:,}"


def _threshold(one: Threshold) -> Line:
    word: tuple[str, Style] = {
        True: ("passes", "good"),
        False: ("fails", "bad"),
        None: ("not judged", "weak"),
    }[one.passed]  # type: ignore[assignment]
    figure = number(one.measured.value) if one.measured and one.measured.value is not None else "-"
    return line("  ", (f"{word[0]:<11}", word[1]), f"{one!s:<40} ", (figure, "name"))


def validations_lines(answer: ValidationsResponse) -> list[Line]:
    """Return one line for each validation, newest first."""
    if not answer.validations:
        return [line(f"{answer.title} was never validated."), *_hint(answer.title)]
    count = len(answer.validations)
    times = "once" if count == 1 else f"{count} times"
    return [
        *paragraph(f"{answer.title} was validated {times}."),
        line(),
        *table(_row(one) for one in answer.validations),
    ]


def _hint(title: str) -> Iterable[Line]:
    return [line((f"`forebear validate {title} --on data:…` does it.", "dim"))]


def _row(one: ValidationRow) -> tuple[str, ...]:
    said = one.validation
    word = {True: "passed", False: "failed", None: "no thresholds"}[said.passed]
    if said.passed is None and said.thresholds:
        word = "not judged"
    figure = said.metrics.get(said.main)
    value = f"{said.main} {' '.join(_cells(figure)[:1])}" if figure else ""
    later = "" if one.current else "done again since"
    notes = "trained on some of it" if said.trained_on else ""
    return (when(one.at), one.title, f"on {said.data_title}", word, value, later or notes)
