"""Identities: the names behind the commitments in events, in files that can be erased.

Each is a file `<root>/<64 hex digits>` with a value and its salt, readable by the owner only.
They are files because a deleted row of a database goes on lying in free pages and logs. Erasing
leaves a file that says when. It has two steps, so that it can be taken up again after a crash:
a hidden value is shown to nobody, and still found by whoever comes to erase it.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from forebear.core import commitments
from forebear.core.clock import now
from forebear.core.concealment import Concealer, spelled
from forebear.core.errors import StoreUnwritable
from forebear.core.ports import Identities
from forebear.store.persons import this_person

__all__ = ["FileIdentities"]

_PREFIX: Final = "identity:"
_MOST: Final = 500
"""New values that one process keeps: each takes a file that is written to the disk."""
_TOO_MANY: Final = "[REDACTED:person]"


class _Opening(Struct, omit_defaults=True):
    value: str | None = None
    salt: str | None = None
    erased: str | None = None


class FileIdentities(Identities):
    """Values and salts in a folder; any number of processes may add and erase."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._seen: int | None = None
        self._known: dict[str, _Opening] = {}
        self._given: dict[str, str] | None = None
        self._made = 0
        self._concealer: Concealer | None = None

    def commitment(self, value: str) -> str:
        """Return the commitment to a value, making one at its first use.

        Raises:
            StoreUnwritable: it is new and cannot be kept.
        """
        known = self._load()
        found = sorted(
            key for key, one in known.items() if one.value == value and one.erased is None
        )
        if found:
            return found[0]
        return self._new(value)

    def value_of(self, commitment: str) -> str | None:
        """Return the value, what to show when it was erased, or None when it was never here."""
        one = self._load().get(commitment)
        if one is None:
            return None
        return commitments.erased_words(commitment) if one.erased else one.value

    def matching(self, name: str) -> list[str]:
        """Commitments to `name` or to what has it as a word in it, unless they are erased."""
        word = re.compile(rf"(?<![\w.-])(?:{spelled(name)})(?![\w-]|\.\w)", re.IGNORECASE)
        return sorted(
            key
            for key, one in self._load().items()
            if one.value is not None and word.search(one.value)
        )

    def conceal(self, body: bytes) -> bytes:
        """Return an event's bytes with commitments in place of personal data.

        Raises:
            StoreUnwritable: a value is new and cannot be kept.
        """
        if self._concealer is None:
            self._concealer = self.concealer()
        return self._concealer(body)

    def concealer(self) -> Concealer:
        """Return what conceals personal data, the names of this account's user among it."""
        self._index()
        return Concealer(self._token, *this_person())

    def reveal(self, body: bytes) -> bytes:
        """Return an event's bytes with the values that are known in place of commitments."""
        return commitments.reveal(body, self.value_of)

    def hide(self, hidden: Iterable[str]) -> None:
        """Show the values behind commitments to nobody from now on.

        Raises:
            StoreUnwritable: the files cannot be replaced.
        """
        known = self._load()
        for one in hidden:
            opening = known[one]
            self._keep(one, _Opening(opening.value, opening.salt, now().isoformat()))

    def erase(self, erased: Iterable[str]) -> None:
        """Erase the values and salts behind commitments, for good.

        Raises:
            StoreUnwritable: the files cannot be replaced.
        """
        for one in erased:
            self._keep(one, _Opening(erased=now().isoformat()))
        self._given = None

    def _token(self, value: str) -> str:
        """Return the commitment to a value that was found in an event.

        What others add meanwhile is not looked at: two commitments to one value do no harm, and
        reading all of them for each new one would take long. There is no lock for the same
        reason, and because a child may be forked while a thread holds it.
        """
        given = self._index()
        if value not in given:
            if self._made >= _MOST:
                return _TOO_MANY
            self._made += 1
            given.setdefault(value, self._new(value))
        return given[value]

    def _index(self) -> dict[str, str]:
        if self._given is None:
            known = sorted(self._load().items(), reverse=True)
            self._given = {one.value: key for key, one in known if one.value and not one.erased}
        return self._given

    def _new(self, value: str) -> str:
        salt = secrets.token_bytes(commitments.SALT)
        made = commitments.commit(salt, value)
        self._keep(made, _Opening(value=value, salt=salt.hex()))
        return made

    def _load(self) -> dict[str, _Opening]:
        """Return all openings by commitment; another process may have changed them."""
        try:
            state = self.root.stat().st_mtime_ns
        except (FileNotFoundError, NotADirectoryError):
            return {}
        if state != self._seen:
            self._known = {
                _PREFIX + path.name: opening
                for path in self.root.glob("[0-9a-f]*")
                if (opening := _read(path)) is not None
            }
            self._seen = state
        return self._known

    def _keep(self, commitment: str, opening: _Opening) -> None:
        target = self.root / commitment.removeprefix(_PREFIX)
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=".new-", dir=self.root)
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(opening))
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(target)
            folder = os.open(self.root, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise StoreUnwritable(
                f"Cannot keep identities in {self.root}: {error.strerror or error}."
            ) from error
        self._seen = None


def _read(path: Path) -> _Opening | None:
    """Return what a file says, None when it does not open the commitment that it is named by."""
    try:
        one = msgspec.json.decode(path.read_bytes(), type=_Opening)
        salt = bytes.fromhex(one.salt or "")
    except (OSError, ValueError):
        return None
    if one.value is not None and not commitments.opens(_PREFIX + path.name, salt, one.value):
        return None
    return one
