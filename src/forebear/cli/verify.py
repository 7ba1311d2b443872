"""`forebear verify`: is everything stored still what it was?"""

from __future__ import annotations

from pathlib import Path

import msgspec

from forebear.analysis.verdict import counted
from forebear.cli.app import COMMON, KEEP, Common, command
from forebear.cli.output import note, print_json, print_lines
from forebear.client.asking import Asking
from forebear.client.lines import line, paragraph
from forebear.client.proving import checked, last_signed, trusted
from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.notes import VerifierKey, parse_checkpoint, parse_note
from forebear.ops.integrity import VerifyRequest
from forebear.ops.proofs import AnchorRequest, AnchorResponse

__all__ = ["verify"]


@command(KEEP)
def verify(*, against: Path | None = None, key: str | None = None, common: Common = COMMON) -> int:
    """Check every stored event and artifact; leaves with 1 when something is wrong.

    Where this store's log has signed a checkpoint, it must still continue what it signed last.

    Parameters
    ----------
    against
        A checkpoint (`forebear checkpoint`) that was kept elsewhere: the log must still begin
        with the events that it speaks of.
    key
        The verifier key that signed it, or a file with it (default: the store's own).
    """
    trust = trusted(key, common.store) if against else None
    with common.connect() as client:
        for text in client.notes:
            note(text)
        if against is not None and trust is not None:
            anchored: AnchorResponse | None = _anchored(client, against, trust)
        else:
            anchored = _continued(client, common.store)
        answer = client.call(VerifyRequest())
    well = answer.well and (anchored is None or anchored.well)
    if common.json:
        body = msgspec.to_builtins(answer) | {"well": well}
        named = "against" if against else "last_signed"
        print_json(body if anchored is None else body | {named: anchored})
        return 0 if well else 1
    covered = ", ".join(
        [
            counted(answer.events, "event"),
            counted(answer.artifacts, "artifact"),
            counted(answer.blobs, "kept blob"),
        ]
    )
    if answer.well:
        lines = [line(("All well: ", "good"), f"{covered}.")] if well else []
    else:
        lines = [line((f"{counted(len(answer.faults), 'fault')} found ", "bad"), f"in {covered}.")]
        for fault in answer.faults:
            said = f"{fault.what} {fault.where}: {fault.message}"
            lines += paragraph(said, indent="  ")
    lines += [
        line(f"Refused {refused.at:%Y-%m-%d %H:%M}: event {refused.id} says something else.")
        for refused in answer.refusals
    ]
    lines += [row for text in answer.unread for row in paragraph(f"Not read here: {text}")]
    if anchored is not None and (against or not anchored.well):
        lines += paragraph(anchored.message, style="plain" if anchored.well else "bad")
    print_lines([*lines, line(f"root {answer.root}")])
    return 0 if well else 1


def _continued(client: Asking, store: str | None) -> AnchorResponse | None:
    """Compare the log with what it signed last, which may be more than the database still has."""
    path = last_signed(store)
    if path is None:
        return None
    try:
        return _anchored(client, path, trusted(None, store))
    except (InvalidInput, Unreadable) as error:
        message = f"What this log signed last is damaged ({path}): {error.message}"
        return AnchorResponse(well=False, size=0, message=message)


def _anchored(client: Asking, path: Path, key: VerifierKey) -> AnchorResponse:
    """Compare the log with a checkpoint; a file that is none is refused."""
    try:
        signed = parse_note(path.read_bytes())
    except OSError as error:
        raise Unreadable(f"'{path}' cannot be read: {error.strerror or error}.") from error
    parse_checkpoint(signed.text)
    try:
        anchor = checked(signed, key)
    except InvalidInput as error:
        message = f"The checkpoint says nothing about this log: {error.message}"
        return AnchorResponse(well=False, size=0, message=message)
    return client.call(AnchorRequest(size=anchor.size, root=f"sha256:{anchor.root.hex()}"))
