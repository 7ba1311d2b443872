"""`forebear proof`, `verify-proof` and `checkpoint`: records that others can check."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter
from msgspec import Struct

from forebear.cli.app import COMMON, KEEP, Common, command
from forebear.cli.output import note, print_json, print_lines
from forebear.client.keys import LogKey, verify
from forebear.client.lines import line, paragraph
from forebear.client.proving import keys_folder, proof_files, prove, sign, trusted
from forebear.core.commitments import reveal
from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.events import decode
from forebear.core.notes import Proof, check_proof, parse_proof
from forebear.ops.proofs import Proved

__all__ = ["checkpoint", "proof", "verify_proof"]

Output = Annotated[Path | None, Parameter(name=["--output", "-o"])]


class _Checked(Struct, frozen=True, kw_only=True):
    valid: bool
    message: str
    log: str
    index: int
    size: int | None = None
    root: str | None = None
    event: msgspec.Raw = msgspec.Raw(b"null")


@command(KEEP)
def proof(ref: str, *, output: Output = None, event: str = "1", common: Common = COMMON) -> None:
    """Prove what is recorded of something, in a file that anybody can check offline.

    Parameters
    ----------
    ref
        A version, alias, run, digest, or a file.
    output
        The file, by custom `….tlog-proof` (default: print it).
    event
        Which of the events that make it what it is: a number from the list that is printed
        (default: 1, the main one), or `all`, each in a file of its own.
    """
    with common.connect() as client:
        for text in client.notes:
            note(text)
        proofs = prove(client, LogKey.open(keys_folder(common.store)), ref)
    answer = proofs.answer
    chosen = _chosen(answer.events, event)
    files = proof_files(output, chosen) if output else []
    texts = [str(proofs.file(one)) for one in chosen]
    for path, text in zip(files, texts, strict=False):
        _write(path, text)
    if common.json:
        body = msgspec.to_builtins(answer)
        print_json(body | {"key": str(proofs.key), "files": [str(path) for path in files]})
    elif not files:
        if len(texts) > 1:
            raise InvalidInput("Several proofs need files.", hint="Say `-o x.tlog-proof`.")
        sys.stdout.write(texts[0])
    else:
        lines = [line((f"Proved in a log of {answer.size} events: ", "good"), answer.target)]
        for one in answer.events:
            lines += paragraph(
                f"{one.number}  {one.what}, event {one.seq}: {one.words}", indent="  "
            )
        lines += [
            line(f"event {one.seq} is proved in ", (str(path), "name"))
            for one, path in zip(chosen, files, strict=True)
        ]
        if len(chosen) < len(answer.events):
            lines.append(line("--event takes another one, by its number, or all"))
        print_lines([*lines, line(f"key {proofs.key}")])


@command(KEEP, name="verify-proof")
def verify_proof(
    file: Path, *, key: str | None = None, event: Path | None = None, common: Common = COMMON
) -> int:
    """Check a proof file, with no store and no network; leaves with 1 when it proves nothing.

    Parameters
    ----------
    file
        The proof file.
    key
        The verifier key of the log (name+id+base64), or a file with it (default: the key of
        the store here).
    event
        A file with the event's bytes, where the proof file does not have them.
    """
    proven = parse_proof(_read(file))
    entry = proven.extra if event is None else _read(event)
    if entry is None:
        raise InvalidInput(
            f"{file} does not hold the event that it proves.", hint="Name its file with --event."
        )
    checked = _check(proven, entry, key, common)
    if common.json:
        print_json(checked)
    elif checked.valid:
        lines = [line((f"Proved: event {proven.index + 1} of {checked.size} ", "good"), "says")]
        lines += paragraph(_said(_without_commitments(entry)), indent="  ")
        print_lines([*lines, line(f"log {checked.log}"), line(f"root {checked.root}")])
    else:
        print_lines(paragraph(checked.message, style="bad"))
    return 0 if checked.valid else 1


@command(KEEP)
def checkpoint(
    *, output: Output = None, origin: str | None = None, common: Common = COMMON
) -> None:
    """Sign how far the log reaches, to be kept where nobody who can change the store can go.

    Parameters
    ----------
    output
        The file (default: print it).
    origin
        What the log shall be called, when nothing was signed yet: example.com/models.
    """
    with common.connect() as client:
        for text in client.notes:
            note(text)
        key = LogKey.open(keys_folder(common.store), origin=origin)
        signed, whole = sign(client, key)
    if output:
        _write(output, str(whole))
    if common.json:
        print_json(
            {
                "origin": signed.origin,
                "size": signed.size,
                "root": f"sha256:{signed.root.hex()}",
                "key": str(key.public),
                "note": str(whole),
                "file": str(output) if output else None,
            }
        )
    elif output:
        print_lines(
            [
                line(f"Signed {signed.size} events of {signed.origin}: ", (str(output), "name")),
                line(f"key {key.public}"),
            ]
        )
    else:
        sys.stdout.write(str(whole))


def _check(proven: Proof, entry: bytes, key: str | None, common: Common) -> _Checked:
    trust = trusted(key, common.store)
    try:
        _compare(proven, entry)
        found = check_proof(proven, entry, trust, verify)
        body = msgspec.json.decode(entry, type=msgspec.Raw)
    except (InvalidInput, msgspec.MsgspecError) as error:
        message = f"Not proved: {error}"
        return _Checked(valid=False, message=message, log=trust.name, index=proven.index)
    return _Checked(
        valid=True,
        message=f"Event {proven.index + 1} of {found.size} is in the log.",
        log=trust.name,
        index=proven.index,
        size=found.size,
        root=f"sha256:{found.root.hex()}",
        event=body,
    )


def _compare(proven: Proof, entry: bytes) -> None:
    if proven.extra not in {None, entry}:
        raise InvalidInput("It is the proof of another event than the one in the file given.")


def _chosen(events: Sequence[Proved], which: str) -> list[Proved]:
    if which == "all":
        return list(events)
    chosen = [one for one in events if str(one.number) == which]
    if not chosen:
        raise InvalidInput(f"There is no event {which}.", hint=f"Say 1 to {len(events)}, or all.")
    return chosen


def _without_commitments(entry: bytes) -> bytes:
    """Return an event as people read it who do not have what its commitments stand for."""
    by = msgspec.json.decode(entry).get("by")

    def shown(one: str) -> str:
        return f"a person ({one[:21]}…)" if one == by else f"[{one[:21]}…]"

    return reveal(entry, shown)


def _said(body: bytes) -> str:
    from forebear.analysis.saying import in_words

    try:
        return in_words(decode(body))
    except msgspec.MsgspecError:
        return f"what this version cannot read: {body.decode(errors='replace')}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"'{path}' cannot be read: {error.strerror or error}.") from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InvalidInput(f"'{path}' cannot be written: {error.strerror or error}.") from error
