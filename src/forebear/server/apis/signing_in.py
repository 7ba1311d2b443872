"""Signing in with a browser through a provider of OpenID Connect.

`/api/v1/sign-in` tells pages which ways there are. A browser is sent to the provider, comes back
with a code, and gets a session. Whatever goes wrong leads to the page for signing in, with a word
for what it was; what is secret is never in an address that stays.
"""

from __future__ import annotations

import base64
import hmac
import logging
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode, urlsplit

import msgspec
from msgspec import Struct
from starlette.responses import RedirectResponse, Response

from forebear.core.accounts import Account
from forebear.core.clock import now
from forebear.core.errors import Forbidden, ForebearError, NotFound, Unauthenticated
from forebear.server.apis.operations import PREFIX
from forebear.server.apis.sessions import begin_session
from forebear.server.endpoints import Call, Endpoint, json_response
from forebear.server.oidc import Identity, Provider, new_words
from forebear.server.openapi import described, parameter

__all__ = ["PAGE", "Ways", "endpoints"]

PAGE: Final = "/ui/sign-in"
"""The page that shows the ways to sign in; `?problem=` says what went wrong with one."""
_START: Final = f"{PREFIX}/sign-in/oidc"
_BACK: Final = f"{_START}/callback"
_COOKIES: Final = ("__Host-forebear-sign-in", "forebear-sign-in")
_PATIENCE: Final = timedelta(minutes=10)
_TEXT: Final = {"type": "string"}
_log = logging.getLogger(__name__)


class Ways(Struct, frozen=True):
    """How a browser signs in here."""

    accounts: bool
    """False where a single user needs no account."""
    token: bool
    """An API token begins a session (`POST /api/v1/session`)."""
    oidc: str | None
    """Where a browser goes to sign in with the provider; `?back=/ui/…` says where it ends."""
    provider: str | None
    """The host that vouches for people."""


def endpoints() -> list[Endpoint]:
    """Return the endpoints for signing in."""
    return [
        Endpoint(
            method="GET",
            path=f"{PREFIX}/sign-in",
            permission="anybody",
            answer=_ways,
            spec=described("get-sign-in", "Tell how a browser signs in.", "anybody", answer=Ways),
        ),
        Endpoint(
            method="GET",
            path=_START,
            permission="anybody",
            answer=_start,
            spec=described(
                "start-sign-in",
                "Send a browser to the provider.",
                "anybody",
                answer=None,
                status=303,
                parameters=[parameter("back", _TEXT)],
            ),
        ),
        Endpoint(
            method="GET",
            path=_BACK,
            permission="anybody",
            answer=_come_back,
            spec=described(
                "end-sign-in",
                "Take a browser back from the provider, and begin its session.",
                "anybody",
                answer=None,
                status=303,
                parameters=[parameter(name, _TEXT) for name in ("code", "state", "iss", "error")],
            ),
        ),
    ]


async def _ways(call: Call) -> Response:
    provider = call.service.provider
    return json_response(
        Ways(
            accounts=call.service.has_accounts,
            token=call.service.has_accounts,
            oidc=_START if provider else None,
            provider=urlsplit(provider.issuer).hostname if provider else None,
        )
    )


class _Begun(Struct, frozen=True, array_like=True):
    """A sign-in that this browser has begun, which it carries itself.

    Strangers may begin any number, and the store must not have to remember them.
    """

    state: str
    nonce: str
    verifier: str
    back: str
    expires: datetime


async def _start(call: Call) -> Response:
    provider, begun = _provider(call), _begun(call.request.query_params.get("back", ""))
    try:
        address = await provider.address(
            _returning(call), state=begun.state, nonce=begun.nonce, verifier=begun.verifier
        )
    except ForebearError as error:
        return _problem(error)
    response = RedirectResponse(address, 303)
    value = base64.urlsafe_b64encode(msgspec.json.encode(begun)).decode()
    _carry(response, call, value, int(_PATIENCE.total_seconds()))
    return response


async def _come_back(call: Call) -> Response:
    try:
        account, back = await _signed_in(call)
    except ForebearError as error:
        response = _problem(error)
    else:
        response = RedirectResponse(back, 303)
        await begin_session(call, response, account)
    _carry(response, call, "", 0)
    return response


async def _signed_in(call: Call) -> tuple[Account, str]:
    """Return whose session begins, and on which page they began.

    Raises:
        ForebearError: nobody's.
    """
    provider, asked, begun = _provider(call), call.request.query_params, _carried(call)
    # A link that somebody else has begun must not sign this browser in as them.
    state = asked.get("state", "").encode()
    if begun is None or not hmac.compare_digest(begun.state.encode(), state):
        raise _again()
    if asked.get("iss", provider.issuer) != provider.issuer or "code" not in asked:
        raise _again()
    identity = await provider.identity(
        asked["code"], _returning(call), nonce=begun.nonce, verifier=begun.verifier
    )
    account = await call.service.in_thread(lambda: _account_of(call, identity))
    return account, _own_page(begun.back)


def _begun(back: str) -> _Begun:
    state, nonce, verifier = new_words()
    return _Begun(state, nonce, verifier, _own_page(back), now() + _PATIENCE)


def _carried(call: Call) -> _Begun | None:
    """Return what this browser has begun, if it is not over."""
    name = _COOKIES[0] if call.service.is_secure(call.request) else _COOKIES[1]
    try:
        value = base64.urlsafe_b64decode(call.request.cookies.get(name, ""))
        begun = msgspec.json.decode(value, type=_Begun)
    except (ValueError, msgspec.MsgspecError):
        return None
    return begun if begun.state and now() < begun.expires else None


def _account_of(call: Call, identity: Identity) -> Account:
    """Return the account of whom the provider vouches for, which an admin has made before.

    By its first sign-in it is bound to what the provider calls them for ever: addresses change
    hands.
    """
    kept = call.service.store.accounts
    found = kept.account_of(identity.issuer, identity.subject)
    fresh = kept.account(identity.email) if found is None and identity.email else None
    if fresh is not None and fresh.issuer is None:
        found = fresh
    if found is None or found.closed is not None or found.kind != "user":
        raise Forbidden(
            "Nobody with this address has an account here.",
            hint="An admin adds one that is called like your address.",
        )
    if found is fresh:
        kept.vouch(found.id, identity.issuer, identity.subject)
    return found


def _provider(call: Call) -> Provider:
    if call.service.provider is None:
        raise NotFound("This server knows no provider to sign in with.")
    return call.service.provider


def _returning(call: Call) -> str:
    base = call.service.url or str(call.request.base_url)
    return base.rstrip("/") + _BACK


def _own_page(said: str) -> str:
    """Return the page to end on: one of our own, whatever was said."""
    parts = urlsplit(said)
    own = said.startswith("/") and not said.startswith("//") and said.isprintable()
    if not own or "\\" in said or parts.netloc or parts.scheme:
        return "/ui/"
    return said


def _problem(error: ForebearError) -> Response:
    if not isinstance(error, Unauthenticated | Forbidden):
        # The page tells a stranger no more than its code.
        _log.warning("Nobody can sign in: %s %s", error, error.hint or "")
    return RedirectResponse(f"{PAGE}?{urlencode({'problem': error.code})}", 303)


def _again() -> Unauthenticated:
    return Unauthenticated("This sign-in was not begun here, or took too long.")


def _carry(response: Response, call: Call, value: str, seconds: int) -> None:
    secure = call.service.is_secure(call.request)
    response.set_cookie(
        _COOKIES[0] if secure else _COOKIES[1],
        value,
        max_age=seconds,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    response.headers["Cache-Control"] = "no-store"
