"""The log's own key: what it signs, it must never contradict.

`<folder>/log.key` is the secret (readable by the owner only), `log.pub` the verifier key for
others, `last-checkpoint` what was signed last. Both keys are in the one-line form that tools for
signed notes use. The key is made at its first use. Ed25519 comes from the package
`cryptography`, imported when something is signed or checked.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from forebear.client.locate import KEYS
from forebear.core.digest import to_raw
from forebear.core.errors import Conflict, InvalidInput, StoreUnwritable
from forebear.core.merkle import verify_consistency
from forebear.core.notes import (
    ED25519,
    Checkpoint,
    Note,
    Signature,
    VerifierKey,
    check_key_name,
    check_signed,
    parse_checkpoint,
    parse_key,
    parse_note,
)
from forebear.ops.proofs import TreeResponse

__all__ = ["KEYS", "LAST", "LogKey", "local_key", "verify"]

_PRIVATE: Final = "log.key"
_PUBLIC: Final = "log.pub"
LAST: Final = "last-checkpoint"
"""The file with what was signed last, beside the key."""
_FORM: Final = "PRIVATE+KEY+"
_SEED: Final = 32


class LogKey:
    """The key of one log. May be used by several processes at once."""

    def __init__(self, folder: Path, name: str, seed: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._folder = folder
        self._secret = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = VerifierKey(name, self._secret.public_key().public_bytes_raw())

    @classmethod
    def open(cls, folder: Path, *, origin: str | None = None) -> LogKey:
        """Open the key in `folder`, making one where there is none.

        `origin` names a new log (default: `forebear/` and the beginning of the key's digest).

        Raises:
            Conflict: there is a key, and it has another name.
            InvalidInput: the file is no key, or the name cannot be one.
            StoreUnwritable: no key can be kept there.
        """
        path = folder / _PRIVATE
        try:
            if not path.exists():
                _make(folder, origin)
            key = _read(path)
            if not (folder / _PUBLIC).exists():
                _publish(folder / _PUBLIC, f"{key.public}\n".encode())
        except OSError as error:
            raise StoreUnwritable(
                f"The key of the log cannot be kept in {folder}: {error.strerror or error}."
            ) from error
        if origin not in {None, key.public.name}:
            raise Conflict(
                f"This log is called {key.public.name}, and has signed under that name.",
                hint="A name belongs to a key; leave --origin out.",
            )
        return key

    def sign(self, grown: Callable[[int], TreeResponse]) -> tuple[Checkpoint, Note]:
        """Sign what the log is now, after making sure that it continues what was signed last.

        `grown` asks the log for its head, and for the proof since an earlier size.

        Raises:
            Conflict: the log does not continue what was signed last.
            StoreUnwritable: what is signed cannot be remembered.
        """
        with self._alone():
            last = self.last()
            now = grown(0 if last is None else last.size)
            checkpoint = Checkpoint(self.public.name, now.size, to_raw(now.root))
            if last is not None:
                _continues(last, now)
            note = self.signed(checkpoint.text)
            if checkpoint != last:
                _publish(self._folder / LAST, str(note).encode())
            return checkpoint, note

    def signed(self, text: str) -> Note:
        """Return a text with the signature of this key under it.

        A text that is no checkpoint says so in its first line, which cannot be the name of a log.
        """
        signature = Signature(self.public.name, self.public.id, self._secret.sign(text.encode()))
        return Note(text, [signature])

    def last(self) -> Checkpoint | None:
        """Return what was signed last, None when nothing was.

        Raises:
            Conflict: it is not what this key signed.
        """
        path = self._folder / LAST
        try:
            note = parse_note(path.read_bytes())
            check_signed(note, self.public, verify)
            return parse_checkpoint(note.text)
        except FileNotFoundError:
            return None
        except InvalidInput as error:
            raise Conflict(
                f"What this log signed last is damaged ({path}): {error.message}",
                hint="Put it back from a backup, or from a checkpoint that was kept elsewhere.",
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            handle = os.open(self._folder / _PRIVATE, os.O_RDONLY)
        except OSError as error:
            raise StoreUnwritable(f"The key of the log is gone: {error.strerror}.") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            try:
                yield
            except OSError as error:
                raise StoreUnwritable(
                    f"Nothing is signed that cannot be remembered in {self._folder}:"
                    f" {error.strerror or error}."
                ) from error
        finally:
            os.close(handle)


def local_key(folder: Path) -> VerifierKey | None:
    """Return the verifier key in a store's folder of keys, None when there is none yet.

    Raises:
        InvalidInput: the file is no verifier key.
    """
    try:
        return parse_key((folder / _PUBLIC).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{folder / _PUBLIC} cannot be read: {error}.") from error


def verify(key: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether this Ed25519 key made this signature of this message."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _continues(last: Checkpoint, now: TreeResponse) -> None:
    hint = (
        "`forebear verify` says whether events are damaged. If the store was put back from an"
        " older copy, move its folder `keys` away: the log goes on under a new name."
    )
    if now.size < last.size:
        raise Conflict(
            f"The log has {now.size} events, and a checkpoint of {last.size} was signed before:"
            " a shorter one is not signed.",
            hint=hint,
        )
    if last.size == 0:
        return
    try:
        proof = [to_raw(step) for step in now.proof]
        verify_consistency(last.size, now.size, proof, last.root, to_raw(now.root))
    except InvalidInput as error:
        raise Conflict(
            f"The log of {now.size} events does not continue the {last.size} events that were"
            " signed before: nothing is signed.",
            hint=hint,
        ) from error


def _make(folder: Path, origin: str | None) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    secret = Ed25519PrivateKey.generate()
    public = secret.public_key().public_bytes_raw()
    name = origin or f"forebear/{hashlib.sha256(public).hexdigest()[:16]}"
    key = VerifierKey(check_key_name(name), public)
    coded = base64.b64encode(bytes([ED25519]) + secret.private_bytes_raw()).decode()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = f"{_FORM}{name}+{key.id.hex()}+{coded}\n"
    with suppress(FileExistsError):  # another process was faster: its key it is
        _publish(folder / _PRIVATE, text.encode(), new=True)


def _read(path: Path) -> LogKey:
    text = path.read_bytes().decode(errors="replace").strip()
    name, _, rest = text.removeprefix(_FORM).partition("+")
    id, _, coded = rest.partition("+")
    try:
        data = base64.b64decode(coded, validate=True)
    except ValueError:
        data = b""
    if text.startswith(_FORM) and data[:1] == bytes([ED25519]) and len(data) == 1 + _SEED:
        key = LogKey(path.parent, check_key_name(name), data[1:])
        if key.public.id.hex() == id:
            return key
    raise InvalidInput(
        f"{path} is not the key of a log, or is damaged.",
        hint="Put it back from a backup; what it signed can be checked with log.pub alone.",
    )


def _publish(path: Path, data: bytes, *, new: bool = False) -> None:
    """Write a file that only its owner reads; it is there whole or not at all.

    With `new` it raises FileExistsError rather than replacing one.
    """
    handle, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if new:
            os.link(temporary, path)
        else:
            Path(temporary).replace(path)
    finally:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
