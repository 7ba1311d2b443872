"""Signing in the name of a store, where its key is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from forebear.core.errors import InvalidInput
from forebear.core.notes import Note, Signer, check_signed, parse_key

__all__ = ["StoreSigner"]


class StoreSigner(Signer):
    """Signs with the key in a store's folder of keys, which is made at its first use.

    Implements `forebear.core.notes.Signer`. What Ed25519 needs is imported when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sign(self, text: str) -> Note:
        """Return a text with the store's signature under it.

        Raises:
            StoreUnwritable: there is no key, and none can be kept.
        """
        from forebear.client.keys import LogKey

        return LogKey.open(self._folder).signed(text)

    def signed(self, note: Note, trusted: Sequence[str] = ()) -> bool:
        """Tell whether a note is signed by the store, or by one of the verifier keys `trusted`.

        Raises:
            InvalidInput: one of those is no key.
        """
        from forebear.client.keys import local_key, verify

        own = local_key(self._folder)
        for key in [*([own] if own else []), *map(parse_key, trusted)]:
            try:
                check_signed(note, key, verify)
            except InvalidInput:
                continue
            return True
        return False
