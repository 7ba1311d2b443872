"""Answers about rows and columns that show themselves, like those about the graph."""

from __future__ import annotations

from forebear.client.answers import Shown
from forebear.client.bias_text import bias_lines
from forebear.client.columns_text import columns_lines
from forebear.client.completeness_text import completeness_lines
from forebear.client.leaks_text import leaks_lines
from forebear.client.lines import Line
from forebear.client.rows_text import rows_lines
from forebear.client.who_used_text import who_used_lines
from forebear.ops.bias import BiasResponse
from forebear.ops.columns import ColumnsResponse
from forebear.ops.completeness import CompletenessResponse
from forebear.ops.leaks import LeaksResponse
from forebear.ops.rows import RowsResponse
from forebear.ops.who_used import WhoUsedResponse

__all__ = ["Bias", "Columns", "Completeness", "Leaks", "Rows", "WhoUsed"]


class Columns(Shown, ColumnsResponse, kw_only=True, omit_defaults=True):
    """Which columns of which sources a model learns from."""

    def lines(self) -> list[Line]:
        """Return the verdict and the columns."""
        return columns_lines(self)


class Rows(Shown, RowsResponse, kw_only=True, omit_defaults=True):
    """What became of the rows of a source."""

    def lines(self) -> list[Line]:
        """Return the verdict and how many rows were left after each step."""
        return rows_lines(self)


class WhoUsed(Shown, WhoUsedResponse, kw_only=True, omit_defaults=True):
    """Who contains some records of a source."""

    def lines(self) -> list[Line]:
        """Return the verdict, the models and the data."""
        return who_used_lines(self)


class Leaks(Shown, LeaksResponse, kw_only=True, omit_defaults=True):
    """Whether anything of the test data reached a fit."""

    def lines(self) -> list[Line]:
        """Return the verdict and the findings."""
        return leaks_lines(self)


class Bias(Shown, BiasResponse, kw_only=True, omit_defaults=True):
    """Where groups lost their share, and how the model treats them."""

    def lines(self) -> list[Line]:
        """Return the verdict, the steps and the figures."""
        return bias_lines(self)


class Completeness(Shown, CompletenessResponse, kw_only=True, omit_defaults=True):
    """How much of what happened was seen."""

    def lines(self) -> list[Line]:
        """Return the verdict and the shares."""
        return completeness_lines(self)
