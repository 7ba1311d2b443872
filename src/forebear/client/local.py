"""The client of a store on this machine, and how such a store is opened."""

from __future__ import annotations

import getpass
from typing import TypeVar

from forebear.client.asking import Asking
from forebear.client.locate import Place, init_store
from forebear.client.signing import StoreSigner
from forebear.core.blobs import KeptBytes
from forebear.core.notes import Signer
from forebear.core.ports import Store
from forebear.ops.table import Context, Request, find

__all__ = ["LocalClient", "caller", "open_at", "open_local"]

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
        answer: Answer = find(request).answer(self._context, request)
        return answer

    @property
    def blobs(self) -> KeptBytes:
        """The bytes that the store keeps."""
        return self.store.blobs

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def __enter__(self) -> LocalClient:
        """Use as a context manager, which closes at the end."""
        return self


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


def open_local(place: Place) -> LocalClient:
    """Open the store on this machine that is at a place, and take in what programs have left.

    Raises:
        CorruptStore, NewerStore, StoreError: it cannot be used.
    """
    from forebear.client.drain import drain

    assert place.folder is not None
    store = open_at(place)
    try:
        client = LocalClient(store, signer=StoreSigner(place.keys))
        client.notes += drain(place.folder, store).notes
    except BaseException:
        store.close()
        raise
    return client
