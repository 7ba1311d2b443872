"""Clients: who asks an operation need not know whether it runs here or elsewhere."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from forebear.client.locate import KEYS, Place, init_store, locate
from forebear.client.signing import StoreSigner
from forebear.core.errors import InvalidInput, UnknownRef
from forebear.core.notes import Signer
from forebear.core.ports import Store
from forebear.core.refs import parse
from forebear.ops.table import Context, Request, Target, find

__all__ = ["Client", "LocalClient", "caller", "connect", "open_at", "with_content"]

Answer = TypeVar("Answer")


class Client(Protocol):
    """What carries requests to the operations."""

    notes: list[str]
    """What went wrong on the way without harming the answer, for people to read."""

    def call(self, request: Request[Answer]) -> Answer:
        """Answer a request, or raise a `ForebearError`."""

    def close(self) -> None:
        """Let go of the store."""

    def __enter__(self) -> Client:
        """Use as a context manager, which closes at the end."""

    def __exit__(self, *_: object) -> None: ...


class LocalClient:
    """Runs the operations in this process over an open store."""

    def __init__(
        self, store: Store, *, by: str | None = None, signer: Signer | None = None
    ) -> None:
        self.store = store
        self.notes: list[str] = []
        self._context = Context(store=store, by=by or caller(), signer=signer)

    def call(self, request: Request[Answer]) -> Answer:
        """Answer a request.

        Files that the request names are digested here, where they are; a plain word only when
        nothing of that name is recorded.
        """
        asked = with_content(request, words=False)
        try:
            return self._run(asked)
        except UnknownRef:
            again = with_content(asked, words=True)
            if again == asked:
                raise
            return self._run(again)

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def _run(self, request: Request[Answer]) -> Answer:
        answer: Answer = find(request).run(self._context, request)
        return answer

    def __enter__(self) -> LocalClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(store: str | None = None, *, start: Path | None = None) -> Client:
    """Open the store that is meant, and take in what running programs have left for it.

    Raises:
        NoStore: there is none.
        CorruptStore, NewerStore, StoreUnwritable: it cannot be used.
    """
    place = locate(store, start=start)
    if place.folder is None:
        raise InvalidInput(
            f"{place} is a server, and this version works with stores only.",
            hint="Name a folder, or the URL of a database.",
        )
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


def with_content(request: Request[Answer], *, words: bool) -> Request[Answer]:
    """Return the request with the digests of the files and folders that it names.

    What can be nothing but a path is always digested, what could be a name too (`churn`, but
    also `model.pkl`) only with `words`.
    """
    changes: dict[str, Target | list[Target]] = {}
    for name in request.__struct_fields__:
        value = getattr(request, name)
        if isinstance(value, Target):
            changes[name] = _digested(value, words=words)
        elif isinstance(value, list) and value and isinstance(value[0], Target):
            changes[name] = [_digested(one, words=words) for one in value]
    return msgspec.structs.replace(request, **changes) if changes else request


def _digested(target: Target, *, words: bool) -> Target:
    if target.digest is not None:
        return target
    ref = parse(target.ref)
    if ref.path is None and (ref.name is None or not words):
        return target
    path = Path(target.ref).expanduser().absolute()
    if not path.exists():
        return msgspec.structs.replace(target, path=str(path))
    from forebear.engines.files import digest_path

    return msgspec.structs.replace(target, path=str(path), digest=digest_path(path).digest)


def _open(folder: Path, store: Store) -> LocalClient:
    from forebear.client.drain import drain

    try:
        client = LocalClient(store, signer=StoreSigner(folder / KEYS))
        client.notes += drain(folder, store).notes
    except BaseException:
        store.close()
        raise
    return client
