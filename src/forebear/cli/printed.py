"""`forebear output`: what a run printed."""

from __future__ import annotations

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import ask, note, print_json, print_lines
from forebear.client.lines import line
from forebear.ops.output import OutputRequest
from forebear.ops.table import Target

__all__ = ["output"]


@command(ASK)
def output(ref: str, *, as_of: str | None = None, common: Common = COMMON) -> None:
    """What did a run print? (kept by `forebear run --keep-output`)

    Parameters
    ----------
    ref
        A run, or what it made.
    as_of
        Answer as things were at this time: 2026-03-01 or 2026-03-01T12:00:00Z.
    """
    answer = ask(common, OutputRequest(target=Target(ref=ref), as_of=as_of))
    if common.json:
        print_json(answer)
        return
    note(answer.verdict)
    print_lines([line(text) for text in (answer.text or "").splitlines()])
