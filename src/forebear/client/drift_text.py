"""Drift as lines."""

from __future__ import annotations

from forebear.analysis.drift import LIMITS, ColumnDrift
from forebear.client.lines import Line, Style, heading, line, paragraph, table
from forebear.client.render import gap_lines
from forebear.ops.drift import DriftResponse

__all__ = ["drift_lines"]

_MOST = 30
_STYLES: dict[str, Style] = {"strong": "bad", "moderate": "weak", "unsure": "weak", "none": "good"}
_NAMES = {
    "psi": "PSI",
    "js": "JS",
    "wasserstein": "Wasserstein",
    "l_infinity": "L∞",
    "ks": "KS",
    "nulls": "absent",
}
_EXPLAINED = {
    "psi": "population stability index",
    "wasserstein": "standard deviations moved on average",
    "l_infinity": "largest difference of a share",
    "nulls": "difference of the share of absent values",
}


def drift_lines(answer: DriftResponse, *, every: bool = False) -> list[Line]:
    """Return the verdict, the columns that differ, and what the figures mean."""
    lines = paragraph(answer.verdict, style=_STYLES.get(answer.drift, "weak"))
    before, now = answer.rows
    lines.append(line((f"{before:,} rows before, {now:,} now", "dim")))
    shown = [one for one in answer.columns if every or one.verdict != "none"]
    lines += [line()] if shown else []
    for one in shown[:_MOST]:
        lines += _column(one)
    if len(shown) > _MOST:
        lines.append(line((f"  and {len(shown) - _MOST} more; --json has all", "dim")))
    same = sum(1 for one in answer.columns if one.verdict == "none")
    if same and not every:
        lines += [line(), line((f"{same} differ by less than matters; --all lists them", "dim"))]
    if shown:
        lines += heading("What counts")
        lines += table(
            [
                (_NAMES[name], f"moderate from {moderate:g}", f"strong from {strong:g}", told)
                for name, told in _EXPLAINED.items()
                for moderate, strong in [LIMITS[name]]
            ]
        )
        told = "Only where chance does not explain it: p < 0.05 after Benjamini and Hochberg."
        lines += paragraph(told, indent="  ", style="dim")
    return lines + gap_lines(answer.gaps)


def _column(one: ColumnDrift) -> list[Line]:
    style = _STYLES.get(one.verdict, "dim")
    lines = [
        line((f"{one.verdict:<12}", style), ("  ", "plain"), (one.column, "name"), f"  {one.kind}")
    ]
    figures = [f"{_NAMES[name]} {_figure(one, name)}" for name in one.measures if name != "nulls"]
    before, now = one.nulls
    if before or now:
        figures.append(f"absent {before:.1%} → {now:.1%}")
    if one.p_adjusted is not None:
        figures.append(f"p {'< 0.001' if one.p_adjusted < 0.001 else f'= {one.p_adjusted:.3f}'}")
    if figures:
        lines += paragraph("   ".join(figures), indent="              ")
    if one.new:
        lines += paragraph(f"new: {', '.join(one.new)}", indent="              ")
    if one.vanished:
        lines += paragraph(f"gone: {', '.join(one.vanished)}", indent="              ")
    if one.why:
        lines += paragraph(one.why, indent="              ", style="dim")
    return lines


def _figure(one: ColumnDrift, name: str) -> str:
    measure = one.measures[name]
    told = f"{measure.value:.3f}"
    if measure.high - measure.low >= 0.0005:
        told += f" ({measure.low:.3f} to {measure.high:.3f})"
    return told
