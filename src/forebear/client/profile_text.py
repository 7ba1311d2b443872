"""A profile as lines: a verdict, then a line for each column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from forebear.analysis.profile_view import ColumnView, Correlation
from forebear.client.formats import when
from forebear.client.lines import Line, heading, line, line_width, paragraph, table
from forebear.core.sketches import Bounded
from forebear.ops.profiles import ProfileAnswer

__all__ = ["profile_lines"]

_MOST: Final = 60
_MOST_PAIRS: Final = 10
_DETAILED: Final = 3
"""Columns of which everything is told, where there are no more."""
_BARS: Final = " ▁▂▃▄▅▆▇█"
_NAME: Final = 20
_HEAD: Final = ("column", "type", "empty", "distinct")


def profile_lines(answer: ProfileAnswer) -> list[Line]:
    """Return the verdict, what each column holds, and what is to be known beside it."""
    lines = paragraph(answer.verdict, style="name")
    shown = answer.columns[:_MOST]
    if shown:
        lines += [line(), *_table(shown)]
    left = len(answer.columns) - len(shown)
    if left > 0:
        lines.append(line((f"  and {left:,} more columns; --json has all", "dim")))
    if len(shown) <= _DETAILED:
        lines += [one for column in shown for one in _details(column)]
    lines += _correlations(answer.correlations)
    notes = [*_notes(answer), *answer.said]
    if notes:
        lines.append(line())
        lines += [one for text in notes for one in paragraph(text, style="dim")]
    return lines


def _table(columns: Sequence[ColumnView]) -> list[Line]:
    starts = [_start(one) for one in columns]
    widths = [max(len(head), *(len(row[i]) for row in starts)) for i, head in enumerate(_HEAD)]
    room = line_width() - sum(widths) - 2 * len(widths)
    lines = [line((_padded(_HEAD, widths), "dim"))]
    for one, row in zip(columns, starts, strict=True):
        name, facts = row[0].ljust(widths[0]) + "  ", _padded(row, widths)[widths[0] + 2 :]
        lines.append(line((name, "name"), (facts, "dim"), _middle(one, room)))
    return lines


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.ljust(width) if place < 2 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells) + "  "


def _details(one: ColumnView) -> list[Line]:
    """Return all that is known of a column."""
    rows = [(f"quantile {q}", _figure(value)) for q, value in one.quantiles.items()]
    for name, found in (("skewness", one.skewness), ("kurtosis", one.kurtosis)):
        if found is not None:
            bounds = "" if found.exact else f"({_figure(found.low)} to {_figure(found.high)})"
            rows.append((name, f"{_figure(found.value)} {bounds}".rstrip()))
    counts = {
        "zeros": one.zeros,
        "negative": one.negatives,
        "infinite": one.infinite,
        "NaN": one.nans,
        "empty texts": one.empties,
    }
    rows += [(name, f"{count:,}") for name, count in counts.items() if count]
    if one.lengths is not None:
        span = f"{one.lengths.min:,} to {one.lengths.max:,}, {one.lengths.mean:.1f} on average"
        rows.append(("length", span))
    rows += [(top.value, f"{top.rows:,} rows") for top in one.top]
    return [*heading(one.name), *table(rows)] if rows else []


def _start(one: ColumnView) -> tuple[str, str, str, str]:
    name = one.name if len(one.name) <= _NAME else one.name[: _NAME - 1] + "…"
    missing = one.nulls + one.nans
    return name, one.kind, _share(missing, one.rows), _distinct(one.distinct)


def _share(part: int, whole: int) -> str:
    """Return a part in per cent, never 0 % where there is something.

    >>> _share(0, 9), _share(1, 100_000), _share(1, 3)
    ('-', '<0.1%', '33.3%')
    """
    if not part or not whole:
        return "-"
    share = part / whole
    return "<0.1%" if share < 0.001 else f"{share:.1%}"


def _distinct(found: Bounded | None) -> str:
    if found is None:
        return "?"
    return f"{found.value:,.0f}" if found.exact else f"~{float(f'{found.value:.3g}'):,.0f}"


def _middle(one: ColumnView, room: int) -> str:
    """Return what is worth knowing of a column's values, in so many characters."""
    if one.veiled:
        return f"values not kept: {one.veiled}"
    if one.min is not None and one.max is not None:
        return _span(one, room)
    if one.top:
        return _fitting([f"{top.value} {_share(top.rows, one.rows)}" for top in one.top], room)
    if one.lengths is not None:
        span = f"{one.lengths.min:,} to {one.lengths.max:,}"
        unit = {"nested": "items", "binary": "bytes"}.get(one.kind, "characters")
        average = f", {one.lengths.mean:.1f} on average"
        return _longest([f"{span} {unit}{average}", f"{span} {unit}", span], room)
    return {"nested": "by reference: what is inside was not looked at", "null": "no value"}.get(
        one.kind, "values of several types" if one.kind == "other" else ""
    )


def _span(one: ColumnView, room: int) -> str:
    """Return the histogram, and the smallest, middle and greatest number."""
    assert one.min is not None
    assert one.max is not None
    infinite = f"   {one.infinite:,} infinite" if one.infinite else ""
    if one.min == one.max:
        return _longest(
            [f"always {_figure(one.min)}{infinite}", f"always {_figure(one.min)}"], room
        )
    three = [_figure(value) for value in (one.min, one.quantiles.get("0.5", ""), one.max)]
    if one.kind == "timestamp" and three[0][:7] != three[2][:7]:
        three = [text[:10] for text in three]  # over months the time of day is nothing to see
    more = "" if isinstance(one.min, str) else _moments(one)
    span, ends = " ‥ ".join(three), f"{three[0]} ‥ {three[2]}"
    shapes = [f"{_bars(one)} {text}" for text in (span + infinite, span, ends)]
    return _longest([shapes[0] + more, *shapes, ends], room)


def _longest(shapes: Sequence[str], room: int) -> str:
    """Return the first text that there is room for: a figure is told whole or not at all.

    >>> _longest(["1 ‥ 5 ‥ 90,000", "1 ‥ 90,000"], 12), _longest(["90,000"], 3)
    ('1 ‥ 90,000', '')
    """
    return next((text for text in shapes if len(text) <= room), "")


def _fitting(words: Sequence[str], room: int) -> str:
    """Return as many words as there is room for.

    >>> _fitting(["a 50%", "b 30%", "c 20%"], 15)
    'a 50%, b 30%, …'
    """
    for count in range(len(words), 0, -1):
        text = ", ".join(words[:count]) + (", …" if count < len(words) else "")
        if len(text) <= room:
            return text
    return words[0][: room - 1] + "…"


def _moments(one: ColumnView) -> str:
    if one.mean is None or one.std is None:
        return ""
    return f"   {_figure(one.mean)} ± {_figure(one.std)}"


def _figure(value: float | str) -> str:
    if isinstance(value, str):
        return value.removesuffix(" 00:00:00").partition(".")[0]
    if isinstance(value, int) and abs(value) < 10**9:
        return f"{value:,}"
    return f"{value:,.4g}" if 1e-4 <= abs(value) < 1e4 or not value else f"{value:.4g}"


def _bars(one: ColumnView) -> str:
    """Return the histogram as eight bars; each that is not empty can be seen."""
    if one.histogram is None:
        return " " * 8
    counts = one.histogram.counts
    pairs = [counts[i] + counts[i + 1] for i in range(0, len(counts), 2)]
    most = max(pairs)
    return "".join(_BARS[0 if not n else max(1, round(n / most * 8))] for n in pairs)


def _correlations(found: Sequence[Correlation]) -> list[Line]:
    if not found:
        return []
    rows = [(f"{one.value:+.3f}", one.a, one.b) for one in found[:_MOST_PAIRS]]
    lines = [*heading("Correlations"), *table(rows)]
    left = len(found) - len(rows)
    return lines + ([line((f"  and {left:,} more; --json has all", "dim"))] if left > 0 else [])


def _notes(answer: ProfileAnswer) -> list[str]:
    notes = []
    if any(one.distinct is not None and not one.distinct.exact for one in answer.columns):
        notes.append("~ is an estimate, within 4.9 % in 99.7 % of cases.")
    if any(one.quantile_error for one in answer.columns):
        worst = max(one.quantile_error or 0.0 for one in answer.columns)
        notes.append(f"Medians are within {worst:.2%} of themselves; all else is exact.")
    if answer.table is not None:
        notes.append(f"The rows have the digest {answer.table}.")
    if answer.at is not None:
        notes.append(f"Profiled {when(answer.at)}.")
    return notes
