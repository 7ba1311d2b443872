"""`forebear erase-identity`: the right to be forgotten."""

from __future__ import annotations

from forebear.analysis.verdict import counted
from forebear.cli.app import COMMON, KEEP, Common, command
from forebear.cli.output import ask, print_json, print_lines
from forebear.client.lines import Line, line, paragraph
from forebear.ops.identities import EraseRequest

__all__ = ["erase_identity"]


@command(KEEP, name="erase-identity")
def erase_identity(name: str, *, common: Common = COMMON) -> None:
    """Erase a person's name and home folder, for good; the record and its proofs stay valid.

    Parameters
    ----------
    name
        The user's name, as answers show it.
    """
    answer = ask(common, EraseRequest(name=name))
    if common.json:
        print_json(answer)
        return
    lines: list[Line] = []
    if answer.erased:
        told = ", ".join(one.removeprefix("identity:")[:12] for one in answer.erased)
        lines += [line((f"Erased {name}", "good"), f": commitments {told} tell nothing any more.")]
    if answer.remaining:
        kinds = ", ".join(f"{number} {kind}" for kind, number in answer.remaining.items())
        total = counted(sum(answer.remaining.values()), "event")
        text = (
            f"{total} hold the word '{name}' in the clear and cannot be changed ({kinds}): they"
            " are older than this, or say it in a path, a command or a text."
        )
        lines += paragraph(text, style="weak")
    print_lines(lines)
