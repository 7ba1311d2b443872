"""What commands print: lines, tables, JSON; stored text never commands the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

import msgspec
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from forebear.cli.app import Common
from forebear.client.afterwards import news
from forebear.client.formats import safe
from forebear.client.lines import WIDTH, Line
from forebear.client.locate import locate
from forebear.ops.table import Request

__all__ = ["ask", "console", "more", "note", "print_json", "print_lines", "print_table"]

Answer = TypeVar("Answer")

_STYLES: Final = {
    "plain": "",
    "name": "bold",
    "dim": "dim",
    "good": "green",
    "weak": "yellow",
    "bad": "red",
    "head": "bold",
}

_NAME: Final = 24
"""Cells of the first column that are not broken."""
_FOLDING: Final = frozenset({"what", "made", "file", "metrics", "aliases", "tags", "state"})
"""Columns that may take several lines where the width is short."""
_FOLDED: Final = 10
"""Cells that they need all the same."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to `main`, which ends quietly."""
        raise BrokenPipeError


def console() -> Console:
    """Return a console that prints what it is given, at most 100 columns wide."""
    made = _Console(highlight=False, markup=False, emoji=False)
    made.width = min(made.width, WIDTH) if made.is_terminal else WIDTH
    return made


def ask(common: Common, request: Request[Answer]) -> Answer:
    """Put a request to the store that is meant, and tell what was noticed on the way."""
    with common.connect() as client:
        for text in [*client.notes, *news(str(locate(common.store).folder))]:
            note(text)
        return client.call(request)


def note(text: str) -> None:
    """Print a sentence on the error output, where it is in nobody's way."""
    print(f"forebear: {safe(text)}", file=sys.stderr)


def more(cursor: str | None, option: str = "after") -> None:
    """Say how to ask for the next page, where there is one."""
    if cursor is not None:
        note(f"there are more: --{option} {cursor}")


def print_json(answer: Any) -> None:
    """Print an answer as JSON, in ASCII where the output has no room for more."""
    body = msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()
    try:
        body.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        body = json.dumps(json.loads(body), indent=2)
    sys.stdout.write(body + "\n")


def print_lines(lines: Iterable[Line]) -> None:
    """Print lines in their styles."""
    out = console()
    for one in lines:
        text = Text()
        for words, style in one.fitted():
            text.append(words, _STYLES[style])
        text.rstrip()
        out.print(text, soft_wrap=True)


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table without its empty columns; a head that begins with `>` stands over figures."""
    cells = [[safe(cell) for cell in row] for row in rows]
    told = [place for place in range(len(heads)) if any(row[place] for row in cells)]
    shown = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        header_style="bold",
        show_edge=False,
    )
    sizes = {place: max(cell_len(row[place]) for row in [heads, *cells]) for place in told}
    out = console()
    least = [min(size, _FOLDED if heads[at] in _FOLDING else size) for at, size in sizes.items()]
    narrow = sum(least) + len(least) > out.width
    for place in told:
        right = heads[place].startswith(">")
        shown.add_column(
            Text(heads[place].lstrip(">")),
            justify="right" if right else "left",
            overflow="fold",
            # What has no room is told on more lines, and a name on as few as can be.
            no_wrap=heads[place] not in _FOLDING and not narrow,
            min_width=min(sizes[place], _NAME) if place == told[0] else None,
        )
    for row in cells:
        shown.add_row(*(Text(row[place]) for place in told))
    out.print(shown)
