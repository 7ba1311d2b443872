"""Answers of the catalog that show themselves, in a prompt and in a notebook."""

from __future__ import annotations

from forebear.client.answers import Shown
from forebear.client.lines import Line
from forebear.client.scan_text import scan_lines
from forebear.client.search_text import search_lines
from forebear.client.stated_text import stated_lines
from forebear.ops.describing import StatedResponse
from forebear.ops.scan import ScanResponse
from forebear.ops.search import SearchResponse

__all__ = ["Found", "ScanFound", "Stated"]


class Found(Shown, SearchResponse, frozen=True, kw_only=True):
    """What a search has found."""

    def lines(self) -> list[Line]:
        """Return the verdict, then each thing with the texts that answer."""
        return search_lines(self)


class Stated(Shown, StatedResponse, frozen=True, kw_only=True):
    """What is said of a thing now."""

    def lines(self) -> list[Line]:
        """Return a line for each fact."""
        return stated_lines(self)


class ScanFound(Shown, ScanResponse, frozen=True, kw_only=True):
    """What a scan for sensitive columns has found."""

    def lines(self) -> list[Line]:
        """Return the verdict, then each column."""
        return scan_lines(self)
