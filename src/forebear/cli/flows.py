"""`forebear columns`, `rows` and `who-used`: what of the data went where."""

from __future__ import annotations

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.columns_text import columns_lines
from forebear.client.rows_text import rows_lines
from forebear.ops.columns import ColumnsRequest
from forebear.ops.rows import RowsRequest
from forebear.ops.table import Target

__all__ = ["columns", "rows"]


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


@command(ASK)
def rows(
    ref: str, *, source: str | None = None, as_of: str | None = None, common: Common = COMMON
) -> None:
    """How many rows of a source reached a model; where, and why, were the others lost?

    Parameters
    ----------
    ref
        A model: a name, a version, an alias, a digest or a file.
    source
        The data whose rows are meant: a file, a name, a digest. Needed where there are several.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    request = RowsRequest(
        target=Target(ref=ref), source=Target(ref=source) if source else None, as_of=as_of
    )
    answer = ask(common, request)
    print_json(answer) if common.json else print_lines(rows_lines(answer))
