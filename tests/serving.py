"""A server without a socket: its application is asked in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from starlette.testclient import TestClient

from forebear.client.http import HttpClient
from forebear.client.locate import Place
from forebear.core.ports import Store
from forebear.server.access import SingleUser
from forebear.server.app import create_app
from forebear.server.service import Service


@contextmanager
def asked(
    store: Store, *, by: str = "ops", webhooks_to: Sequence[str] = ()
) -> Iterator[TestClient]:
    """Yield what asks the application that serves a store."""
    service = Service(Place(folder=store.blobs.root.parent), store, webhooks_to)
    try:
        app = create_app(service, SingleUser(name=by))
        with TestClient(app, "http://localhost", raise_server_exceptions=False) as http:
            yield http
    finally:
        service.stopping.set()


@contextmanager
def served(store: Store, *, by: str = "ops") -> Iterator[HttpClient]:
    """Yield a client of the server of a store."""
    with asked(store, by=by) as http, over(http) as client:
        yield client


@contextmanager
def over(http: TestClient, token: str | None = None) -> Iterator[HttpClient]:
    """Yield a client that asks an application by way of `http`, with this token."""
    client = HttpClient("http://localhost")
    client._connection._client.close()
    base, http.base_url = http.base_url, http.base_url.join("/api/v1")
    if token is not None:
        http.headers["Authorization"] = f"Bearer {token}"
    client._connection._client = http
    try:
        yield client
    finally:
        http.base_url = base
        http.headers.pop("Authorization", None)
