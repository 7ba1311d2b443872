"""Answers about runs that show themselves, in a prompt and in a notebook."""

from __future__ import annotations

from forebear.client.answers import Shown
from forebear.client.lines import Line
from forebear.client.runs_text import compare_lines, series_lines
from forebear.ops.compare_runs import CompareRunsResponse
from forebear.ops.series import SeriesResponse

__all__ = ["Comparison", "Figures"]


class Comparison(Shown, CompareRunsResponse, frozen=True, kw_only=True):
    """Runs beside each other."""

    def lines(self) -> list[Line]:
        """Return the verdict, the runs, and what differs."""
        return compare_lines(self)


class Figures(Shown, SeriesResponse, frozen=True, kw_only=True):
    """What a run measured."""

    def lines(self) -> list[Line]:
        """Return each figure with its last value, its extremes and how it went."""
        return series_lines(self)
