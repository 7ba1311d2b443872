"""What is shown of a version wherever it is shown: its overrides, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterable

from forebear.analysis.verdict import listed
from forebear.client.formats import figure
from forebear.client.lines import Line, paragraph
from forebear.ops.kpis import KpiEntry
from forebear.ops.requirement import spoken
from forebear.ops.standing import Standing

__all__ = ["kpi_rows", "override_lines"]


def kpi_rows(kpis: Iterable[KpiEntry]) -> list[tuple[str, ...]]:
    """Return business figures as rows of a table."""
    return [
        (
            one.key,
            figure(one.value) + (f" {one.unit}" if one.unit else ""),
            " to ".join(f"{end:%Y-%m-%d}" for end in (one.since, one.until) if end),
            one.source or "",
            f"by {one.by}" if one.by else "",
        )
        for one in kpis
    ]


def override_lines(overrides: Iterable[Standing]) -> list[Line]:
    """Return the overrides of a version; they are shown wherever it is."""
    lines: list[Line] = []
    for one in overrides:
        state = "Override" if one.active else "An override that ran out"
        signed = "" if one.signed else " Its signature is not one that is trusted here."
        text = (
            f"{state}: {listed(map(spoken, one.waives), 8)} need not be met for {one.policy} until"
            f" {one.until:%Y-%m-%d}, by {one.by}: {one.why}{signed}"
        )
        lines += paragraph(text, style="weak" if one.active else "dim")
    return lines
