"""The content store: bytes under their own digest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

__all__ = ["Blobs", "KeptBytes"]


class KeptBytes(Protocol):
    """Bytes under their own digest, to be read."""

    def has(self, digest: str) -> bool:
        """Tell whether the bytes are kept."""

    def get(self, digest: str) -> bytes:
        """Return kept bytes after checking them; NotFound or CorruptStore otherwise."""

    def copy_to(self, digest: str, path: Path) -> None:
        """Write kept bytes to `path`, checked on the way; nothing is left on failure."""


class Blobs(KeptBytes, Protocol):
    """A content store: bytes under their own digest."""

    def put(self, data: bytes) -> str:
        """Keep `data`, durably, and return its digest; keeping it twice costs nothing."""

    def put_file(self, path: Path, digest: str | None = None) -> str:
        """Keep a copy of the file's present bytes and return their digest.

        With `digest`, refuse (Unreadable) when the file's bytes are no longer those.
        """

    def checked(self, digest: str) -> Path:
        """Return the file that holds kept bytes, whose content was checked since it was written.

        For those who read parts of it again and again; NotFound or CorruptStore otherwise.
        """

    def digests(self) -> Iterator[str]:
        """All kept digests, in order."""
