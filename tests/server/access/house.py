"""A server with accounts, without a socket, and people who ask it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
from starlette.testclient import TestClient

from forebear.client.client import LocalClient
from forebear.client.locate import Place
from forebear.core.access import EVERYWHERE, Grant
from forebear.core.accounts import Account, Token
from forebear.core.clock import now
from forebear.core.ids import new_id
from forebear.core.ports import Store
from forebear.core.secrets import digest_of, new_secret
from forebear.server.accounts import AccountDoor
from forebear.server.app import create_app
from forebear.server.limits import Limited
from forebear.server.service import Service

ALL_SCOPES = ["read", "record", "approve", "admin"]


class House:
    """`house.as_("ada")` is what ada's programs ask the server with."""

    def __init__(
        self, store: Store, hosts: list[str] | None = None, limits: dict[str, Any] | None = None
    ) -> None:
        self.store, self.kept = store, store.accounts
        self.service = Service(Place(folder=store.blobs.root.parent), store)
        door = Limited(AccountDoor(self.service, hosts or []), **(limits or {}))
        self.app = create_app(self.service, door)
        self.owner = LocalClient(store, by="owner")
        self._http = TestClient(self.app, "http://localhost", raise_server_exceptions=False)

    def __enter__(self) -> House:
        self._http.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.__exit__(None, None, None)

    def account(self, name: str, *roles: tuple[str, str]) -> str:
        """Return the id of an account with these roles: (role, workspace)."""
        account = self.kept.account(name)
        if account is None:
            account = Account(id=new_id(), name=name, created=now())
            self.kept.add(account)
        for role, workspace in roles:
            self.kept.grant(account.id, Grant(workspace=workspace, role=role), now())
        return account.id

    def token(self, name: str, *, lasts: timedelta = timedelta(days=1), **more: object) -> str:
        secret, made = new_secret("api"), now()
        token = Token(
            id=new_id(),
            account=self.account(name),
            made=made,
            expires=made + lasts,
            **{"scopes": ALL_SCOPES, **more},
        )
        self.kept.add_token(token, digest_of(secret))
        return secret

    def setup_token(self, *, lasts: timedelta = timedelta(hours=1)) -> str:
        secret, made = new_secret("setup"), now()
        token = Token(id=new_id(), account=None, purpose="setup", made=made, expires=made + lasts)
        self.kept.add_token(token, digest_of(secret))
        return secret

    def with_(self, secret: str | None, **headers: str) -> Asking:
        """Return what asks with this token."""
        if secret is not None:
            headers["Authorization"] = f"Bearer {secret}"
        return Asking(self._http, headers)

    def as_(self, name: str, *roles: tuple[str, str], **more: object) -> Asking:
        """Return what asks as somebody with these roles."""
        self.account(name, *roles)
        return self.with_(self.token(name, **more))

    def admin(self) -> Asking:
        return self.as_("root", ("admin", EVERYWHERE))


class Asking:
    """Asks with headers; cookies are sent only where a test says so."""

    def __init__(self, http: TestClient, headers: dict[str, str]) -> None:
        self._http, self.headers = http, headers

    def request(self, method: str, path: str, **more: object) -> httpx.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        self._http.cookies.clear()
        return self._http.request(method, path, headers=headers, **more)

    def get(self, path: str, **more: object) -> httpx.Response:
        return self.request("GET", path, **more)

    def post(self, path: str, json: object = None, **more: object) -> httpx.Response:
        return self.request("POST", path, json=json, **more)

    def call(self, name: str, status: int = 200, /, **asked: object) -> dict:
        """Ask an operation and return its answer."""
        answer = self.post(f"/api/v1/{name}", asked)
        assert answer.status_code == status, answer.text
        return answer.json()
