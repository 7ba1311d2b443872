"""`forebear show`: everything known of one thing."""

from __future__ import annotations

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.show_text import show_lines
from forebear.ops.show import ShowRequest
from forebear.ops.table import Target

__all__ = ["show"]


@command(ASK)
def show(
    ref: str,
    *,
    as_of: str | None = None,
    history: bool = False,
    common: Common = COMMON,
) -> None:
    """Show everything known of one thing: a name, a version, data, a run, a file.

    Parameters
    ----------
    ref
        What is asked about: a name (churn), a version (churn:3), an alias (churn@champion),
        data (data:adult), a run (run:0192a4c1), a digest (sha256:…), or any file.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    history
        Also every move of its aliases: when, who, why.
    """
    view = ask(common, ShowRequest(target=Target(ref=ref), as_of=as_of))
    print_json(view) if common.json else print_lines(show_lines(view, history=history))
