"""`forebear columns`, `rows` and `who-used`: what of the data went where."""

from __future__ import annotations

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.columns_text import columns_lines
from forebear.ops.columns import ColumnsRequest
from forebear.ops.table import Target

__all__ = ["columns"]


@command(ASK)
def columns(ref: str, *, as_of: str | None = None, common: Common = COMMON) -> None:
    """Which columns of which sources does a model learn from, and where did the others end?

    Parameters
    ----------
    ref
        A model: a name, a version, an alias, a digest or a file.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    answer = ask(common, ColumnsRequest(target=Target(ref=ref), as_of=as_of))
    print_json(answer) if common.json else print_lines(columns_lines(answer))
