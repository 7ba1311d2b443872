"""`forebear reproduce`: can it be made again?"""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Literal

from rich.console import Console
from rich.text import Text

from forebear.cli.app import ASK, COMMON, Common, command
from forebear.cli.output import print_json

__all__ = ["reproduce"]

_WORDS = {
    "bitwise": "the same, bit for bit",
    "numerical": "the same up to rounding",
    "decision": "the same decisions",
    "refuted": "not reproduced",
}


@command(ASK)
def reproduce(
    ref: str,
    *,
    env: Literal["rebuilt", "current"] = "rebuilt",
    keep: bool = False,
    common: Common = COMMON,
) -> int:
    """Rebuild what something was made with, run it again, and say how equal the result is.

    The verdict is bitwise, numerical (predictions equal up to 1e-6), decision (the same labels
    on the recorded data) or refuted, with the first difference named. It is recorded. The exit
    code is 0 unless it is refuted, then 1.

    Parameters
    ----------
    ref
        A model, data or run: churn:3, data:clean, run:0192a4, or a file.
    env
        Build the recorded environment anew (rebuilt), or use the present one (current).
    keep
        Keep the folder in which it ran again, to look into.
    """
    from forebear.capture.reproduce.reproduction import reproduce as make_again

    # Whoever ends this finds its folder gone, and no verdict recorded.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with common.connect() as client, _stages(quiet=common.json) as say:
        found = make_again(client, ref, env=env, keep=keep, say=say)
    if common.json:
        print_json(found)
    else:
        _show(found.verdict, ref, found.reason, found.details, found.workshop)
    return 1 if found.verdict == "refuted" else 0


def _show(
    verdict: str, ref: str, reason: str, details: dict[str, object], workshop: str | None
) -> None:
    console = Console(width=None if sys.stdout.isatty() else 100, highlight=False)
    style = "bold red" if verdict == "refuted" else "bold green"
    console.print(Text.assemble((f"{ref}: {verdict}", style), f" - {_WORDS[verdict]}"))
    console.print(Text(reason))
    for what, rows in (
        ("Differs", details.get("differences")),
        ("In the way", details.get("obstacles")),
    ):
        for row in [row for row in rows if row != reason] if isinstance(rows, list) else []:
            console.print(Text(f"  {what}: {row}", style="dim"))
    compared = details.get("compared")
    if isinstance(compared, list) and compared:
        equal = sum(1 for one in compared if one["equal"])
        console.print(Text(f"  {equal} of {len(compared)} results are equal.", style="dim"))
    if workshop is not None:
        console.print(Text(f"  It ran in {workshop}"))


@contextlib.contextmanager
def _stages(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show what is going on to a person who waits; say nothing into a pipe."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with console.status("Reading the record") as status:
        yield lambda stage: status.update(Text(f"{stage} …"))
