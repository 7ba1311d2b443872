"""Remotes: other stores that events and kept bytes are handed to, one file for each way there.

A module in this folder has `SCHEMES`, the beginnings of addresses that it serves (`""` is a
path), and `connect(address, known)`, which returns a `Remote`. A new way is a new file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Protocol

from msgspec import Struct

from forebear.core.blobs import Blobs
from forebear.core.errors import InvalidInput
from forebear.core.rows import Appended
from forebear.plugins import load_folder

__all__ = ["Mark", "Remote", "connect_remote"]

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.\-]+)://", re.IGNORECASE)


class Mark(Struct, frozen=True, kw_only=True):
    """A place in a ledger: an event's seq, and the hash of its bytes; seq 0 in an empty one."""

    seq: int
    leaf: str


class Remote(Protocol):
    """Another store; whatever goes wrong on the way there is a `ForebearError`."""

    place: str
    """What it is called; free of secrets."""

    def receive(self, bodies: Sequence[bytes]) -> Appended:
        """Hand events over, in order; when this returns they are durable there.

        Raises:
            EventConflict: an id is there already with other bytes; then none was taken.
        """

    def lacks(self, digests: Sequence[str]) -> list[str]:
        """Return which of these kept bytes are not there."""

    def keep(self, digest: str, blobs: Blobs) -> None:
        """Hand kept bytes over, checked against their digest at both ends."""

    def mark(self) -> Mark | None:
        """Return the present end of the ledger there, None when it is empty."""

    def goes_on_from(self, mark: Mark) -> bool:
        """Tell whether the ledger there is the one that had this end, perhaps grown."""

    def close(self) -> None:
        """Let go of it."""


def connect_remote(address: str, *, known: bool = False) -> Remote:
    """Open the remote at an address: a folder, or a URL.

    With `known` it was pushed to before, and is not made anew where it is gone.

    Raises:
        InvalidInput: there is no way to such an address.
        StoreError, NotFound: it is away.
    """
    found = _SCHEME.match(address)
    scheme = found[1].lower() if found else ""
    ways = {scheme: way for way in load_folder(__name__) for scheme in way.SCHEMES}
    if scheme in ways:
        remote: Remote = ways[scheme].connect(address, known=known)
        return remote
    raise InvalidInput(
        f"Nothing can be pushed to an address that begins with {scheme}://.",
        hint="Name a folder, postgresql://user@host/database, or a server: https://host.",
    )
