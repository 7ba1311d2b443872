"""Proving: proof files and checkpoints, signed where the store is, checked anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from forebear.client.asking import Asking
from forebear.client.keys import LAST, LogKey, local_key, verify
from forebear.client.locate import locate
from forebear.core.digest import to_raw
from forebear.core.errors import InvalidInput, NoStore, Unreadable
from forebear.core.notes import (
    Checkpoint,
    Note,
    Proof,
    VerifierKey,
    check_proof,
    check_signed,
    parse_checkpoint,
    parse_key,
)
from forebear.ops.proofs import Proved, ProveRequest, ProveResponse, TreeRequest
from forebear.ops.table import Target

__all__ = ["checked", "keys_folder", "last_signed", "proof_files", "prove", "sign", "trusted"]

_ENDING: Final = ".tlog-proof"


class Proofs(Struct, frozen=True):
    """What was proved of a thing, and the checkpoint that all of it leads to."""

    answer: ProveResponse
    key: VerifierKey
    note: Note

    def file(self, event: Proved) -> Proof:
        """Return the proof of one event as a file has it: with the event's own bytes."""
        body = event.body.encode()
        proof = Proof(event.index, [to_raw(step) for step in event.proof], self.note, body)
        check_proof(proof, body, self.key, verify)
        return proof


def keys_folder(store: str | None) -> Path:
    """Return where the key of a store is: in its folder, or in the companion of a database.

    Raises:
        NoStore: there is no store.
        InvalidInput: it is a server, which has its key itself.
    """
    place = locate(store)
    if place.folder is None or place.is_server:
        raise InvalidInput(
            f"{place} is a server: its log is not signed here.",
            hint="Say with --key whose signature shall be checked.",
        )
    return place.keys


def last_signed(store: str | None) -> Path | None:
    """Return the file with what the log of a store signed last, if it is here and has signed."""
    place = locate(store)
    if place.folder is None or place.is_server:
        return None
    path = place.keys / LAST
    return path if path.exists() else None


def sign(client: Asking, key: LogKey) -> tuple[Checkpoint, Note]:
    """Sign what the log is now; see `LogKey.sign`."""
    return key.sign(lambda since: client.call(TreeRequest(since=since)))


def prove(client: Asking, key: LogKey, ref: str) -> Proofs:
    """Prove what is recorded of the thing that `ref` means, against a checkpoint signed now."""
    checkpoint, note = sign(client, key)
    if checkpoint.size == 0:
        raise InvalidInput("The log is empty: there is nothing to prove.")
    answer = client.call(ProveRequest(target=Target(ref=ref), size=checkpoint.size))
    return Proofs(answer, key.public, note)


def proof_files(path: Path, events: Sequence[Proved]) -> list[Path]:
    """Return a file for each event: `path` for one, `x.1.tlog-proof`, … for several."""
    if len(events) == 1:
        return [path]
    stem = path.name.removesuffix(_ENDING)
    return [path.with_name(f"{stem}.{event.number}{_ENDING}") for event in events]


def trusted(said: str | None, store: str | None) -> VerifierKey:
    """Return the key to trust: what the caller says (or the file with it), else the store's own.

    Raises:
        InvalidInput: there is neither, or it is no key.
        Unreadable: the file cannot be read.
    """
    if said is None:
        try:
            own = local_key(keys_folder(store))
        except NoStore:
            own = None
        if own is None:
            raise InvalidInput(
                "There is no key to check the signature with.",
                hint="Say whose log it is with --key: the line in `.forebear/keys/log.pub`.",
            )
        return own
    if "+" in said:
        return parse_key(said)
    try:
        return parse_key(Path(said).expanduser().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"'{said}' is neither a key nor a file with one.") from error


def checked(note: Note, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint in a note that `key` signed for its own log.

    Raises:
        InvalidInput: it is none, is signed by another key, or is about another log.
    """
    check_signed(note, key, verify)
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != key.name:
        raise InvalidInput(f"It is about the log {checkpoint.origin}, not about {key.name}.")
    return checkpoint
