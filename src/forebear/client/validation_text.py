"""Validations as lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from forebear.analysis.validation import headline, in_words, number
from forebear.client.formats import when
from forebear.client.lines import WIDTH, Line, Style, heading, line, paragraph, table
from forebear.core.validation import Estimate, SliceSummary, Threshold, Validation
from forebear.ops.validations import Validated, ValidationRow, ValidationsResponse

__all__ = ["figures_of", "validation_lines", "validations_lines"]


def validation_lines(
    verdict: str,
    validation: Validation,
    unknown: Sequence[str],
    title: str,
    *,
    comparing: bool = False,
) -> list[Line]:
    """Return the verdict, comparisons, what to know, thresholds, figures, slices and groups.

    `comparing` puts the comparisons first: they are what was asked about.
    """
    style: Style = "good" if validation.passed else "plain"
    if validation.passed is False or unknown:
        style = "bad" if validation.passed is False else "weak"
    lines = paragraph(verdict, style=style)
    beside: list[Line] = []
    for one in validation.comparisons:
        beside += paragraph(in_words(one, title), style=_STYLES.get(one.verdict, "plain"))
    lines = [*beside, *lines] if comparing else [*lines, *beside]
    lines += [row for note in validation.notes for row in paragraph(f"Note: {note}.", style="weak")]
    if validation.thresholds:
        lines += heading("Thresholds")
        lines += [_threshold(one) for one in validation.thresholds]
        lines += [row for one in unknown for row in paragraph(one, indent="  ", style="weak")]
    weighted = f" weighted by {validation.weight}" if validation.weight else ""
    lines += heading(f"Figures{weighted}, with 95 % intervals")
    lines += table(figures_of(validation))
    parts = (_slices, _groups, _fairness, _probes, _charts)
    return [*lines, *(one for part in parts for one in part(validation))]


_STYLES: Final[dict[str, Style]] = {
    "better": "good",
    "worse": "bad",
    "too small": "dim",
    "no difference seen": "plain",
}


def _slices(validation: Validation) -> list[Line]:
    lines: list[Line] = []
    tested = f"Slices found where it is worse, of {validation.searched or 0:,} that were tested"
    for title, found in (("Slices", False), (tested, True)):
        rows = [one for one in validation.slices if one.found is found]
        if not rows:
            continue
        lines += heading(title)
        figures = [_slice_figures(one) for one in rows]
        words = ["" if one.found else one.verdict for one in rows]
        room = (
            WIDTH
            - 4
            - max(len(told) + len(word) for told, word in zip(figures, words, strict=True))
        )
        width = min(max(len(one.where) for one in rows), room)
        for one, told, word in zip(rows, figures, words, strict=True):
            where = f"  {one.where:<{width}}"
            if len(one.where) > width:
                lines += paragraph(one.where, indent="  ")
                where = "  "
            lines.append(line(f"{where}  {told}", (word, _STYLES[one.verdict])))
    if validation.searched is not None and not any(one.found for one in validation.slices):
        told = f"Of {validation.searched:,} slices that were tested none is surely worse."
        lines += [line(), line(told)]
    return lines


def _slice_figures(one: SliceSummary) -> str:
    other = f"else {number(one.outside.value)}" if one.outside else ""
    p = "" if one.p is None else f"p {'<0.001' if one.p < 0.001 else f'{one.p:.3f}'}"
    between = f"{number(one.inside.low)} to {number(one.inside.high)}"
    figure = f"{number(one.inside.value)}  {between if one.inside.low is not None else ''}"
    return f"n {one.n:<6,} {one.metric} {figure}  {other}  {p}  "


def _groups(validation: Validation) -> list[Line]:
    lines: list[Line] = []
    for by in dict.fromkeys(one.by for one in validation.groups):
        rows = [one for one in validation.groups if one.by == by]
        names = [name for name in _GROUP_FIGURES if name in rows[0].metrics]
        lines += heading(f"By {by}")
        head = ("", "n", *(name.replace("false_positive_rate", "fpr") for name in names), "")
        body = [
            (
                _within(one.value, by),
                f"{one.n:,}",
                *(_short(one.metrics[name]) if name in one.metrics else "" for name in names),
                "too small to be judged" if one.small and one.metrics else "",
            )
            for one in rows
        ]
        lines += table([head, *body])
    return lines


def _within(value: str, by: str) -> str:
    """Return a range of a column without its name, which stands above.

    >>> _within("age>30 and age<=50", "age")
    '>30 and <=50'
    """
    clauses = value.split(" and ")
    if all(one.startswith((f"{by}<", f"{by}>")) for one in clauses):
        return " and ".join(one.removeprefix(by) for one in clauses)
    return value


_GROUP_FIGURES: Final = (
    "accuracy",
    "selection_rate",
    "recall",
    "false_positive_rate",
    "mae",
    "bias",
)


def _short(one: Estimate) -> str:
    if one.value is None:
        return "-"
    if one.low is None or one.high is None:
        return number(one.value)
    return f"{number(one.value)} ±{number((one.high - one.low) / 2)}"


def _fairness(validation: Validation) -> list[Line]:
    lines: list[Line] = []
    for by in dict.fromkeys(one.by for one in validation.fairness):
        rows = [one for one in validation.fairness if one.by == by]
        lines += heading(f"The largest gaps by {by}")
        lines += table(
            (
                one.metric,
                *_cells(one.estimate)[:2],
                " / ".join(_within(value, by) for value in one.between),
            )
            for one in rows
        )
        left = dict.fromkeys(_within(name, by) for one in rows for name in one.left_out)
        if left:
            told = ", ".join(list(left)[:6]) + (" …" if len(left) > 6 else "")
            lines += paragraph(f"too few rows to be compared: {told}", indent="  ", style="dim")
    return lines


def _probes(validation: Validation) -> list[Line]:
    if not validation.probes:
        return []
    lines = heading(f"Probes: what became of {validation.main}")
    rows = []
    for one in validation.probes:
        fell = "" if one.fall is None else _fallen(one.fall)
        changed = "" if one.changed is None else f"{one.changed:.1%} changed"
        rows.append((one.probe, number(one.after.value), fell, changed, one.what))
    lines += table(rows)
    told = [one for one in validation.probes if one.why]
    return lines + [
        row for one in told for row in paragraph(f"{one.probe}: {one.why}", indent="  ", most=2)
    ]


def _fallen(fall: float) -> str:
    if round(fall, 3) == 0:
        return "as before"
    return f"{'worse' if fall > 0 else 'better'} by {number(abs(fall))}"


def _charts(validation: Validation) -> list[Line]:
    if not validation.charts:
        return []
    names = ", ".join(validation.charts)
    return [
        line(),
        line((f"Charts are kept with it: {names}. --charts FOLDER writes them.", "dim")),
    ]


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


def short_lines(rows: Iterable[Validated]) -> list[Line]:
    """Return one line for each of the last validations of a model."""
    return [
        line(
            f"  {when(one.at)}  on {one.on}  {one.main} {' '.join(_cells(one.figure)[:2])}  ",
            f"weighted by {one.weight}  " if one.weight else "",
            _WORDS[one.passed],
            (f"  trained on {one.trained_on:,} of its rows" if one.trained_on else "", "weak"),
        )
        for one in rows
    ]


_WORDS: Final[dict[bool | None, tuple[str, Style]]] = {
    True: ("passed", "good"),
    False: ("failed", "bad"),
    None: ("not judged", "dim"),
}


def validations_lines(answer: ValidationsResponse) -> list[Line]:
    """Return one line for each validation, newest first."""
    gaps = [row for gap in answer.gaps for row in paragraph(gap, style="weak")]
    if not answer.validations and not gaps:
        return [line(f"{answer.title} was never validated."), *_hint(answer.title)]
    count = len(answer.validations)
    times = "once" if count == 1 else f"{count} times"
    more = ", and before these" if answer.next else ""
    said = f"{answer.title} was validated {times}{more}."
    return [
        *paragraph(said if count else f"No validation of {answer.title} can be told of."),
        line(),
        *_rows(answer.validations),
        *gaps,
    ]


def _hint(title: str) -> Iterable[Line]:
    return [line((f"`forebear validate {title} --on data:…` does it.", "dim"))]


def _rows(rows: Sequence[ValidationRow]) -> list[Line]:
    """Return one line each, and another where what is to be known of it has no room beside."""
    lines: list[Line] = []
    for one, told in zip(rows, table(map(_row, rows)), strict=True):
        notes = _notes(one)
        room = WIDTH - sum(len(text) for text, _ in told.left)
        if len(notes) + 2 <= room:
            lines.append(line(*told.left, f"  {notes}" if notes else ""))
        else:
            lines += [told, line(f"  {'':<16}  {notes}")]
    return lines


def _row(one: ValidationRow) -> tuple[str, ...]:
    said = one.validation
    word = _WORDS[said.passed][0] if said.thresholds else "no thresholds"
    figure = said.metrics.get(said.main)
    value = f"{said.main} {' '.join(_cells(figure)[:1])}" if figure else ""
    return (when(one.at), one.title, f"on {said.data_title}", word, value)


def _notes(one: ValidationRow) -> str:
    said = one.validation
    told = [
        f"weighted by {said.weight}" if said.weight else "",
        "" if one.current else "done again since",
        "trained on some of it" if said.trained_on else "",
        "thresholds set afterwards" if said.thresholds_changed and said.thresholds else "",
    ]
    return ", ".join(filter(None, told))
