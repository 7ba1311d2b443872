"""Stores that this machine can open itself: a folder, or a PostgreSQL database."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from forebear.client.local import open_at
from forebear.client.locate import locate, place_for_recording
from forebear.client.remotes import Mark, Remote
from forebear.core.blobs import Blobs
from forebear.core.errors import NoStore
from forebear.core.ports import Store
from forebear.core.rows import Appended

__all__ = ["SCHEMES", "StoreRemote", "connect"]

SCHEMES: Final = ("", "postgresql", "postgres")


class StoreRemote(Remote):
    """A store as a remote."""

    def __init__(self, place: str, store: Store) -> None:
        self.place = place
        self._store = store
        self._folder = tempfile.TemporaryDirectory(prefix="forebear-push-")

    def receive(self, bodies: Sequence[bytes]) -> Appended:
        """Append events."""
        return self._store.append_encoded(bodies)

    def lacks(self, digests: Sequence[str]) -> list[str]:
        """Look for each."""
        return [digest for digest in digests if not self._store.blobs.has(digest)]

    def keep(self, digest: str, blobs: Blobs) -> None:
        """Copy kept bytes by way of a file, so that a large one is never in memory whole."""
        path = Path(self._folder.name) / "kept"
        blobs.copy_to(digest, path)
        self._store.blobs.put_file(path, digest)

    def mark(self) -> Mark | None:
        """Look at the last event."""
        size = self._store.head().size
        return self._mark(size) if size else None

    def goes_on_from(self, mark: Mark) -> bool:
        """Compare the event that was the last one."""
        return self._store.head().size >= mark.seq and self._mark(mark.seq) == mark

    def close(self) -> None:
        """Close the store."""
        self._folder.cleanup()
        self._store.close()

    def _mark(self, seq: int) -> Mark:
        (leaf,) = self._store.leaf_hashes(seq - 1, seq)
        return Mark(seq=seq, leaf=leaf.hex())


def connect(address: str, *, known: bool) -> StoreRemote:
    """Open the store at an address; a folder where there is none yet becomes one.

    Raises:
        NoStore: there is none, and it was `known` or its parent folder is not there either.
    """
    if "://" in address:
        place = place_for_recording(address)
        return StoreRemote(str(place), open_at(place))
    folder = Path(address).expanduser().absolute()
    found = locate(str(folder)) if known else None
    if found is None:
        if not folder.parent.is_dir():
            raise NoStore(f"There is no folder {folder.parent} to make a store in.")
        found = place_for_recording(str(folder))
    return StoreRemote(str(found), open_at(found))
