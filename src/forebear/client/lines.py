"""Lines of text with styles by name: what is printed, shown in notebooks and tested alike."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal

from msgspec import Struct

from forebear.client.formats import safe
from forebear.core.commitments import unknown_told

__all__ = [
    "WIDTH",
    "Line",
    "Span",
    "Style",
    "as_html",
    "as_text",
    "fit",
    "heading",
    "line",
    "line_width",
    "paragraph",
    "table",
]

WIDTH = 100
"""Columns that no line exceeds, wherever it is printed."""
_NARROWEST = 60
_width = WIDTH

Style = Literal["plain", "name", "dim", "good", "weak", "bad", "head"]
Span = tuple[str, Style]


def fit(columns: int) -> None:
    """Make lines no wider than a terminal of so many columns."""
    global _width
    _width = min(WIDTH, max(_NARROWEST, columns))


def line_width() -> int:
    """Return how many columns a line may have where it is going to be printed."""
    return _width


class Line(Struct, frozen=True, kw_only=True):
    """One line: spans from the left, and perhaps a word at the right edge."""

    left: list[Span]
    right: Span | None = None

    def fitted(self) -> list[Span]:
        """Return the spans as they are printed, cut or filled to the width.

        In a narrower terminal, what would fit elsewhere is left to it to wrap, not cut.
        """
        edge = len(self.right[0]) + 2 if self.right else 0
        fits = sum(len(text) for text, _ in self.left) + edge <= line_width()
        room = (line_width() if fits else WIDTH) - edge
        spans: list[Span] = []
        for text, style in self.left:
            if len(text) > room:
                spans.append((text[: max(room - 1, 0)] + "…", style))
                room = 0
                break
            spans.append((text, style))
            room -= len(text)
        if self.right:
            spans += [(" " * (room + 2 if fits else 2), "plain"), self.right]
        return spans


def line(*spans: str | Span, right: Span | None = None) -> Line:
    """Return a line of plain words and styled ones; nothing in it can command a terminal."""
    pairs = [(span, "plain") if isinstance(span, str) else span for span in spans]
    left: list[Span] = [(safe(unknown_told(text)), style) for text, style in pairs if text]  # type: ignore[misc]
    return Line(left=left, right=(safe(right[0]), right[1]) if right else None)


def heading(text: str) -> list[Line]:
    """Return an empty line and a heading."""
    return [line(), line((text, "head"))]


def paragraph(
    text: str, *, indent: str = "", style: Style = "plain", most: int | None = None
) -> list[Line]:
    """Return text broken into lines, at most `most`."""
    clean = safe(unknown_told(text))
    lines = textwrap.wrap(
        clean,
        line_width(),
        initial_indent=indent,
        subsequent_indent=indent,
        max_lines=most,
        placeholder=" …",
        break_on_hyphens=False,
    )
    return [line((one, style)) for one in lines]


def table(rows: Iterable[Sequence[str]], *, indent: str = "  ") -> list[Line]:
    """Return rows as columns that stand below each other; the first is the name."""
    cells = [[safe(unknown_told(cell)) for cell in row] for row in rows]
    if not cells:
        return []
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
    lines = []
    for row in cells:
        padded = [cell.ljust(wide) for cell, wide in zip(row, widths, strict=True) if wide]
        text = indent + "  ".join(padded).rstrip()
        lines.append(line(text))
    return lines


def as_text(lines: Iterable[Line]) -> str:
    """Return lines as plain text."""
    return "\n".join("".join(text for text, _ in one.fitted()).rstrip() for one in lines)


def as_html(lines: Iterable[Line]) -> str:
    """Return lines as HTML that holds nothing but text."""
    # Not all notebooks give text of an answer a font of their own.
    return f'<pre style="font-family: monospace">{escape(as_text(lines))}</pre>'
