"""Connecting: who asks an operation need not know whether it runs here or elsewhere."""

from __future__ import annotations

from pathlib import Path

from forebear.client.asking import Asking
from forebear.client.local import LocalClient, open_local
from forebear.client.locate import Place, locate, waiting
from forebear.core.errors import Forbidden, StoreError

__all__ = ["LocalClient", "connect"]


def connect(store: str | None = None, *, start: Path | None = None) -> Asking:
    """Open the store that is meant, and take in what running programs have left for it.

    Raises:
        NoStore: there is none.
        CorruptStore, NewerStore, StoreUnwritable: it cannot be used.
    """
    place = locate(store, start=start)
    return _at_server(place) if place.is_server else open_local(place)


def _at_server(place: Place) -> Asking:
    """Return a client of a server that knows what was recorded here before it is asked."""
    from forebear.client.http import HttpClient

    client = HttpClient(place.address)
    if not waiting(place).exists():
        return client
    from forebear.client.replicate import push_from

    try:
        report = push_from(place)
        client.notes += report.notes if report is not None else []
    except (StoreError, Forbidden) as error:
        client.notes.append(f"{error} {error.hint or ''}".strip())
    return client
