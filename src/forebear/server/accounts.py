"""The doorkeeper of a server with accounts: a token or a session says who asks.

Everything that is wrong with what somebody came with is answered by the same words: whether a
token is unknown, over or revoked is nobody's business but its owner's.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from msgspec import structs
from starlette.requests import Request

from forebear.core.access import (
    DEFAULT,
    EVERYWHERE,
    Principal,
    anybody,
    check_workspace,
    permissions_of,
)
from forebear.core.accounts import Access, Accounts, Token
from forebear.core.clock import now
from forebear.core.errors import Forbidden, StoreError, Unauthenticated
from forebear.core.secrets import Purpose, digest_of, is_secret
from forebear.server.access import UNSAFE, Allowed, Doorkeeper, check_host, check_page
from forebear.server.journal import Journal
from forebear.server.service import Service

__all__ = ["COOKIES", "WORKSPACE", "AccountDoor"]

WORKSPACE: Final = "forebear-workspace"
"""The header that says in which workspace a request is meant to do something."""
COOKIES: Final = ("__Host-forebear", "forebear")
"""What a browser's session is called: over HTTPS, and over HTTP on this machine."""
_READING: Final = frozenset({"anybody", "read"})
_TOUCH_EVERY: Final = timedelta(minutes=1)


class AccountDoor(Doorkeeper):
    """Lets in whoever has an account.

    `hosts` are the names by which the server is reached; without any all are answered for. A
    stranger's page has no token, and for sessions its origin is checked.
    """

    def __init__(self, service: Service, hosts: Iterable[str] = ()) -> None:
        self._service = service
        self._accounts: Accounts = service.store.accounts
        self._hosts = frozenset(host.lower() for host in hosts)
        self._journal = Journal(service)
        service.has_workspaces()
        service.has_accounts = True

    async def admit(self, request: Request, permission: Allowed) -> Principal:
        """Find out who asks by the token or session that they came with."""
        if self._hosts:
            check_host(request, self._hosts)
        if permission == "anybody":
            return anybody()
        # Over HTTP anybody on the way could set the other one.
        cookies = COOKIES[:1] if self._service.is_secure(request) else COOKIES
        secret, purpose = _shown(request, cookies)
        if purpose == "session":
            _check_session(request, https=self._service.is_secure(request))
        if secret is None or not is_secret(secret, purpose):
            raise _unknown()
        return await self._service.in_thread(lambda: self._principal(request, secret, purpose))

    async def note(
        self, request: Request, who: Principal | None, permission: Allowed, status: int
    ) -> None:
        """Add a line to the log: at once for what changes something, soon for what reads."""
        began: str | None = getattr(request.state, "account", None)
        if permission == "anybody" and began is None and request.method not in UNSAFE:
            return
        route = request.scope["route"].path
        line = Access(
            at=now(),
            account=began or (who.account if who else None) or None,
            token=who.token if who else None,
            method=request.method,
            route=getattr(request.state, "call", route),
            about=getattr(request.state, "about", None),
            workspace=who.workspace if who else None,
            client=request.client.host if request.client else None,
            status=status,
        )
        reads = permission in _READING or getattr(request.state, "reads", False)
        if began is None and (who is None or reads):
            self._journal.soon(line)
        else:
            await self._service.in_thread(lambda: self._journal.at_once(line))

    def _principal(self, request: Request, secret: str, purpose: Purpose) -> Principal:
        token, at = self._accounts.token(digest_of(secret)), now()
        if token is None or token.purpose != purpose or not token.is_good(at):
            raise _unknown()
        account = self._accounts.account_by_id(token.account or "")
        if account is None or account.closed is not None:
            raise _unknown()
        self._touch(token, at)
        permissions = permissions_of(
            self._accounts.grants(account.id), token.scopes, token.workspace
        )
        who = Principal(
            name=account.name,
            permissions=permissions,
            account=account.id,
            token=token.id,
            scopes=tuple(token.scopes),
            bound=token.workspace,
        )
        return _in_workspace(who, request)

    def _touch(self, token: Token, at: datetime) -> None:
        if token.used is None or at - token.used > _TOUCH_EVERY:
            # Questions are answered while a disk is full or a database read-only.
            with suppress(StoreError):
                self._accounts.touch(token.id, at)


def _shown(request: Request, cookies: Sequence[str]) -> tuple[str | None, Purpose]:
    """Return the token that a request came with: in its header, else in its cookie."""
    said = request.headers.getlist("authorization")
    if len(said) > 1:
        raise _unknown()
    if said:
        scheme, _, value = said[0].strip().partition(" ")
        value = value.strip()
        return (_password(value) if scheme.lower() == "basic" else value), "api"
    for name in cookies:
        if name in request.cookies:
            return request.cookies[name], "session"
    return None, "api"


def _password(value: str) -> str | None:
    """Return the password of a Basic header: there a token stands, whatever the name says."""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None


def _check_session(request: Request, *, https: bool) -> None:
    """Return when our own page sends what a browser adds its cookie to.

    Raises:
        Forbidden: another page does, or it cannot be told.
    """
    check_page(request, https=https)
    own = "origin" in request.headers or request.headers.get("sec-fetch-site") == "same-origin"
    if request.method in UNSAFE and not own:
        raise Forbidden(
            "A session changes things only from this server's own pages.",
            hint="A program comes with a token: `Authorization: Bearer …`.",
        )


def _in_workspace(who: Principal, request: Request) -> Principal:
    """Return them in the workspace that is meant: said, the token's, or the only one they have."""
    said = request.path_params.get("space") or request.headers.get(WORKSPACE)
    given = who.permissions
    named = [one for one in given if one != EVERYWHERE]
    only = named[0] if len(named) == 1 and EVERYWHERE not in given else DEFAULT
    if said and (said == EVERYWHERE or (said not in given and EVERYWHERE not in given)):
        raise Forbidden(
            f"{who.name} has nothing to do in the workspace '{said[:60]}'.",
            hint="`forebear account whoami` says in which workspaces you may do something.",
        )
    place = check_workspace(said) if said else who.bound or only
    return structs.replace(who, workspace=place)


def _unknown() -> Unauthenticated:
    return Unauthenticated(
        "This server answers only those it knows, and what you came with is no valid token.",
        hint="`forebear account sign-in` keeps a token for this server; FOREBEAR_TOKEN says one.",
    )
