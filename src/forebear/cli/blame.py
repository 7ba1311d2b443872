"""`forebear blame`: by what did a fault come into data?"""

from __future__ import annotations

from forebear.cli.app import COMMON, DATA, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.blame_text import blame_lines
from forebear.ops.blame import BlameRequest
from forebear.ops.table import Target

__all__ = ["blame"]


@command(DATA)
def blame(
    ref: str,
    *,
    column: str | None = None,
    check: str | None = None,
    good: str | None = None,
    as_of: str | None = None,
    common: Common = COMMON,
) -> None:
    """By what did a fault or drift come in: the first thing above it that has it, and the way.

    Nothing is read but stored profiles and results of checks.

    Parameters
    ----------
    ref
        Data that is not as it should be: data:clean:4.
    column
        Only faults of this column.
    check
        Only what this check found (`forebear quality show` lists them).
    good
        A version that is as it should be (default: the last one before that fails nothing).
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    request = BlameRequest(
        target=Target(ref=ref),
        column=column,
        check=check,
        good=Target(ref=good) if good else None,
        as_of=as_of,
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(blame_lines(answer))
