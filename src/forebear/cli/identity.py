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
    """Erase a person's name and what has it in it, for good; the record and its proofs stay valid.

    Parameters
    ----------
    name
        A login, a full name or an address, as answers show it.
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
            f"{total} hold the word '{name}' in the clear and cannot be changed ({kinds}): others"
            " or an older forebear have recorded them, or it is in the name of a model or data."
        )
        lines += paragraph(text, style="weak")
    print_lines(lines)
