"""`forebear scan`: which columns hold what is sensitive."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from forebear.cli.app import COMMON, DATA, Common, command
from forebear.cli.output import note, print_json, print_lines
from forebear.client.scan_text import scan_lines
from forebear.client.scanning import scan as looked_through

__all__ = ["scan"]


@command(DATA)
def scan(
    ref: str,
    *,
    rows: int = 50_000,
    all_rows: Annotated[bool, Parameter(name="--all")] = False,
    common: Common = COMMON,
) -> None:
    """Find the columns of data that hold what is sensitive, by name, form and check digits.

    The file is read where it lies now. Classes, counts and shares are kept, never a value.

    Parameters
    ----------
    ref
        Data: a name (data:adult), a version (data:adult:3), a digest, a file, a folder of parts.
    rows
        How many rows to look at, from the first on.
    all_rows
        Look at all rows.
    """
    with common.connect() as client:
        for text in client.notes:
            note(text)
        answer = looked_through(client, ref, rows=None if all_rows else max(1, rows))
    print_json(answer) if common.json else print_lines(scan_lines(answer))
