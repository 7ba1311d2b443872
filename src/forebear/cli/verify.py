"""`forebear verify`: is everything stored still what it was?"""

from __future__ import annotations

from forebear.analysis.verdict import counted
from forebear.cli.app import COMMON, KEEP, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.lines import line
from forebear.ops.integrity import VerifyRequest

__all__ = ["verify"]


@command(KEEP)
def verify(*, common: Common = COMMON) -> int:
    """Check every stored event and artifact; leaves with 1 when something is wrong."""
    answer = ask(common, VerifyRequest())
    code = 0 if answer.well else 1
    if common.json:
        print_json(answer)
        return code
    checked = ", ".join(
        [
            counted(answer.events, "event"),
            counted(answer.artifacts, "artifact"),
            counted(answer.blobs, "kept blob"),
        ]
    )
    if answer.well:
        print_lines([line(("All well: ", "good"), f"{checked}."), line(f"root {answer.root}")])
        return code
    lines = [line((f"{counted(len(answer.faults), 'fault')} found ", "bad"), f"in {checked}.")]
    lines += [line(f"  {f.what} {f.where}: {f.message}") for f in answer.faults]
    print_lines([*lines, line(f"root {answer.root}")])
    return code
