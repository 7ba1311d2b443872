"""Signed notes, checkpoints and proof files: the text forms of transparency logs (C2SP).

A *note* is a text with signature lines under it (c2sp.org/signed-note). A *checkpoint* is a note
that says how large a log is and what its Merkle root is (c2sp.org/tlog-checkpoint). A *proof
file* leads from one entry to the root in a checkpoint (c2sp.org/tlog-proof). Everything here
reads and writes text; Ed25519 itself is handed in.

Readers are strict: whatever has a second way to be written (padding bits of base64, leading
zeros) is refused, so that no byte of a file can change unnoticed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from msgspec import Struct

from forebear.core.errors import InvalidInput
from forebear.core.merkle import leaf_hash, verify_inclusion

__all__ = [
    "ED25519",
    "Checkpoint",
    "Note",
    "Proof",
    "Signature",
    "Signer",
    "VerifierKey",
    "Verify",
    "check_key_name",
    "check_proof",
    "check_signed",
    "parse_checkpoint",
    "parse_key",
    "parse_note",
    "parse_proof",
]

ED25519: Final = 1
"""The type byte of plain Ed25519 signatures."""

Verify = Callable[[bytes, bytes, bytes], bool]
"""Whether (public key, signature, message) belong together."""

_HEADER: Final = "c2sp.org/tlog-proof@v1"
_DASH: Final = "\N{EM DASH} "
_HASH: Final = 32
_SIGNATURE: Final = 64
_ID: Final = 4
_MOST_DIGITS: Final = 19
_MOST_SIGNATURES: Final = 100


class VerifierKey(Struct, frozen=True):
    """The public half of a log's key; its text is `name+id+base64(type ‖ key)`."""

    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that, with the name, tell which key signed."""
        named = self.name.encode() + b"\n" + bytes([ED25519]) + self.key
        return hashlib.sha256(named).digest()[:_ID]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_b64(bytes([ED25519]) + self.key)}"


class Signature(Struct, frozen=True):
    """One signature line of a note."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {_b64(self.key_id + self.value)}\n"


class Note(Struct, frozen=True):
    """A text, which ends in a newline, and who signed it."""

    text: str
    signatures: list[Signature]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))


class Signer(Protocol):
    """What signs in the name of a store; who asks never sees the key."""

    def sign(self, text: str) -> Note:
        """Return a text with the store's signature under it."""

    def signed(self, note: Note, trusted: Sequence[str] = ()) -> bool:
        """Tell whether a note is signed by the store, or by one of the verifier keys `trusted`."""


class Checkpoint(Struct, frozen=True):
    """What a log says of itself: who it is, how many entries it has, and their root."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed."""
        return "\n".join([self.origin, str(self.size), _b64(self.root), *self.extensions, ""])


class Proof(Struct, frozen=True):
    """An entry's place in a log and its way to the root; `extra` is the entry's bytes."""

    index: int
    hashes: list[bytes]
    note: Note
    extra: bytes | None = None

    def __str__(self) -> str:
        lines = [_HEADER]
        if self.extra is not None:
            lines.append(f"extra {_b64(self.extra)}")
        lines += [f"index {self.index}", *map(_b64, self.hashes), "", str(self.note)]
        return "\n".join(lines)


def parse_key(text: str) -> VerifierKey:
    """Read a verifier key.

    Raises:
        InvalidInput: it is none, its parts don't belong together, or it is not Ed25519.

    >>> parse_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").name
    'PeterNeumann'
    """
    name, _, rest = text.strip().partition("+")
    id, _, coded = rest.partition("+")
    data = _unb64(coded, "The key")
    check_key_name(name)
    if data[:1] != bytes([ED25519]) or len(data) != 1 + _HASH:
        raise InvalidInput(f"The key of {name} is not an Ed25519 key.")
    key = VerifierKey(name, data[1:])
    if id != key.id.hex():
        raise InvalidInput(
            f"The key of {name} is damaged: its parts don't belong together.",
            hint="A verifier key is written name+id+base64, in one piece.",
        )
    return key


def parse_note(data: bytes) -> Note:
    """Read a signed note; nothing in it is to be believed before `check_signed`.

    Raises:
        InvalidInput: it is not in the form of a note.
    """
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        raise InvalidInput("It is no signed note: it is not UTF-8 text.") from None
    if any(char < " " and char != "\n" for char in whole):
        raise InvalidInput("It is no signed note: it holds control characters.")
    above, blank, below = whole.rpartition("\n\n")
    if not blank or not below.endswith("\n"):
        raise InvalidInput("It is no signed note: it has no signature lines at its end.")
    lines = below[:-1].split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise InvalidInput(f"It has more than {_MOST_SIGNATURES} signatures.")
    return Note(above + "\n", [_signature(line) for line in lines])


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a note as a checkpoint.

    Raises:
        InvalidInput: it is not in that form.
    """
    lines = text.split("\n")
    if len(lines) < len(["origin", "size", "root", ""]) or lines.pop() or not all(lines):
        raise InvalidInput("It is no checkpoint: that has an origin, a size and a root.")
    origin, size, root, *extensions = lines
    return Checkpoint(origin, _number(size, "size"), _hash(root, "The root"), tuple(extensions))


def parse_proof(data: bytes) -> Proof:
    """Read a proof file; nothing in it is to be believed before `check_proof`.

    Raises:
        InvalidInput: it is not in that form.
    """
    head, blank, signed = data.partition(b"\n\n")
    if not blank:
        raise InvalidInput("It is no proof file: it has no checkpoint.")
    if not head.isascii():
        raise InvalidInput("It is no proof file: its upper part is not ASCII text.")
    lines = head.decode().split("\n")
    if lines.pop(0) != _HEADER:
        raise InvalidInput(f"It is no proof file: it does not begin with {_HEADER}.")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = _unb64(lines.pop(0).removeprefix("extra "), "The extra line")
    if not lines or not lines[0].startswith("index "):
        raise InvalidInput("It is no proof file: it has no index.")
    index = _number(lines.pop(0).removeprefix("index "), "index")
    return Proof(index, [_hash(line, "A hash") for line in lines], parse_note(signed), extra)


def check_signed(note: Note, key: VerifierKey, verify: Verify) -> None:
    """Return when the note is signed by `key`; signatures of others don't matter.

    Raises:
        InvalidInput: it is not, or a signature that says so is wrong.
    """
    ours = [one for one in note.signatures if (one.name, one.key_id) == (key.name, key.id)]
    if not ours:
        names = ", ".join(dict.fromkeys(one.name for one in note.signatures))
        raise InvalidInput(
            f"It is not signed by {key.name} ({key.id.hex()}), but by {names}"
            f" ({note.signatures[0].key_id.hex()})."
        )
    for one in ours:
        if len(one.value) != _SIGNATURE or not verify(key.key, one.value, note.text.encode()):
            raise InvalidInput(f"The signature of {key.name} does not belong to this text.")


def check_proof(proof: Proof, entry: bytes, key: VerifierKey, verify: Verify) -> Checkpoint:
    """Return the checkpoint of a log that has `entry`, when the proof shows that it has.

    Raises:
        InvalidInput: the signature is wrong, the log is another one than the key's, or the
            proof does not lead from the entry to the signed root.
    """
    check_signed(proof.note, key, verify)
    checkpoint = parse_checkpoint(proof.note.text)
    if checkpoint.origin != key.name:
        raise InvalidInput(f"It is about the log {checkpoint.origin}, not about {key.name}.")
    verify_inclusion(proof.index, checkpoint.size, leaf_hash(entry), proof.hashes, checkpoint.root)
    return checkpoint


def check_key_name(name: str) -> str:
    """Return the name of a key or log, which has neither spaces nor '+'.

    Raises:
        InvalidInput: it has, or it is empty.
    """
    if not name or any(char.isspace() or char < " " or char == "+" for char in name):
        raise InvalidInput(
            f"'{name}' cannot be the name of a log: it is empty, or holds a space or '+'.",
            hint="Write it like an address: example.com/models",
        )
    return name


def _signature(line: str) -> Signature:
    name, space, coded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise InvalidInput("It is no signed note: a signature line is not in its form.")
    check_key_name(name)
    data = _unb64(coded, "A signature")
    if len(data) <= _ID:
        raise InvalidInput("It is no signed note: a signature is too short.")
    return Signature(name, data[:_ID], data[_ID:])


def _number(text: str, what: str) -> int:
    digits = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    if not digits or (text[0] == "0" and text != "0"):
        raise InvalidInput(f"'{text[:40]}' is no {what} of a log.")
    return int(text)


def _hash(text: str, what: str) -> bytes:
    data = _unb64(text, what)
    if len(data) != _HASH:
        raise InvalidInput(f"{what} is not {_HASH} bytes long.")
    return data


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str, what: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = None
    if data is None or _b64(data) != text:
        raise InvalidInput(f"{what} is not written in base64 as it must be.")
    return data
