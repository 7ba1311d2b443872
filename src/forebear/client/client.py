"""Clients: who asks an operation need not know whether it runs here or elsewhere."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TypeVar

from forebear.client.asking import Asking
from forebear.client.locate import KEYS, Place, init_store, locate
from forebear.client.signing import StoreSigner
from forebear.core.notes import Signer
from forebear.core.ports import Store
from forebear.ops.table import Context, Request, find

__all__ = ["LocalClient", "caller", "connect", "open_at"]

Answer = TypeVar("Answer")


class LocalClient(Asking):
    """Runs the operations in this process over an open store."""

    def __init__(
        self, store: Store, *, by: str | None = None, signer: Signer | None = None
    ) -> None:
        self.store = store
        self.notes: list[str] = []
        self._context = Context(store=store, by=by or caller(), signer=signer)

    def run(self, request: Request[Answer]) -> Answer:
        """Run the operation that answers a request."""
        answer: Answer = find(request).run(self._context, request)
        return answer

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def __enter__(self) -> LocalClient:
        """Use as a context manager, which closes at the end."""
        return self


def connect(store: str | None = None, *, start: Path | None = None) -> Asking:
    """Open the store that is meant, and take in what running programs have left for it.

    Raises:
        NoStore: there is none.
        CorruptStore, NewerStore, StoreUnwritable: it cannot be used.
    """
    place = locate(store, start=start)
    if place.folder is None:
        from forebear.client.http import HttpClient

        return HttpClient(place.address)
    return _open(place.folder, open_at(place))


def open_at(place: Place) -> Store:
    """Open the ledger at a place, making it where there is none yet.

    Raises:
        CorruptStore, NewerStore, StoreError: it cannot be used.
    """
    from forebear.store import BLOBS, open_store

    assert place.folder is not None
    if place.url is None:
        return open_store(place.folder, create=True)
    init_store(place.folder, url=place.url)
    return open_store(place.url, create=True, blobs=place.kept / BLOBS)


def caller() -> str:
    """Return the name under which the caller's deeds are recorded."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _open(folder: Path, store: Store) -> LocalClient:
    from forebear.client.drain import drain

    try:
        client = LocalClient(store, signer=StoreSigner(folder / KEYS))
        client.notes += drain(folder, store).notes
    except BaseException:
        store.close()
        raise
    return client
