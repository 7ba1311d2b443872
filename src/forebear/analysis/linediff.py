"""How the lines of one text differ from those of another."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final, Literal

from msgspec import Struct

__all__ = ["MOST_LINES", "Hunk", "TextLine", "hunks"]

MOST_LINES: Final = 20_000
"""Longer texts are not compared line by line: it would take minutes."""
_LONG: Final = 2_000
"""In longer texts lines that come very often do not count as the same: it would take seconds."""


class TextLine(Struct, frozen=True, kw_only=True):
    """A line of a hunk."""

    mark: Literal[" ", "-", "+"]
    """In both, only in the left, only in the right."""
    text: str


class Hunk(Struct, frozen=True, kw_only=True):
    """Lines that differ, with some around them that don't."""

    left: int
    """The number of its first line on the left, from 1 on."""
    right: int
    lines: list[TextLine]


def hunks(left: Sequence[str], right: Sequence[str], context: int = 3) -> list[Hunk]:
    """Return the parts in which two texts differ, each with `context` lines around it.

    >>> [(line.mark, line.text) for line in hunks(["a", "b"], ["a", "c"])[0].lines]
    [(' ', 'a'), ('-', 'b'), ('+', 'c')]
    """
    long = len(left) + len(right) > _LONG
    matcher = SequenceMatcher(None, left, right, autojunk=long)
    found = []
    for group in matcher.get_grouped_opcodes(context):
        lines: list[TextLine] = []
        for tag, start, stop, begin, end in group:
            if tag == "equal":
                lines += (TextLine(mark=" ", text=text) for text in left[start:stop])
                continue
            lines += (TextLine(mark="-", text=text) for text in left[start:stop])
            lines += (TextLine(mark="+", text=text) for text in right[begin:end])
        found.append(Hunk(left=group[0][1] + 1, right=group[0][3] + 1, lines=lines))
    return found
