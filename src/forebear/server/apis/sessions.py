"""Becoming known: the first admin, and sessions of browsers.

A session is begun with an API token and lives in a cookie that pages cannot read. Everything in
here may be asked by anybody; what it gives is only for those who bring a secret.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from starlette.responses import Response

from forebear.core.access import SCOPES
from forebear.core.accounts import Account, Token, check_account
from forebear.core.clock import now
from forebear.core.errors import Unauthenticated
from forebear.core.ids import new_id
from forebear.core.secrets import digest_of, is_secret, new_secret
from forebear.ops.tokens import TokenAddResponse, TokenEntry
from forebear.server.access import check_page
from forebear.server.accounts import COOKIES
from forebear.server.apis.operations import PREFIX
from forebear.server.endpoints import Call, Endpoint, json_response, read_little
from forebear.server.openapi import described

__all__ = ["Begun", "SessionRequest", "SetUpRequest", "begin_session", "endpoints"]

_FIRST_TOKEN: Final = timedelta(days=90)
_SESSION: Final = timedelta(hours=12)


class SetUpRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Make the first account, which is that of an admin."""

    token: str
    """What the server has printed when it was started."""
    name: str


class SessionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Begin a session of a browser."""

    token: str


class Begun(Struct, frozen=True):
    """A session that has begun."""

    name: str
    expires: datetime


def endpoints() -> list[Endpoint]:
    """Return the endpoints of set-up and sessions."""
    session = f"{PREFIX}/session"
    return [
        Endpoint(
            method="POST",
            path=f"{PREFIX}/account-setup",
            permission="anybody",
            answer=_set_up,
            spec=described(
                "account-setup",
                "Make the first account, an admin, with what the server printed at its start.",
                "anybody",
                takes=SetUpRequest,
                answer=TokenAddResponse,
            ),
        ),
        Endpoint(
            method="POST",
            path=session,
            permission="anybody",
            answer=_begin,
            spec=described(
                "begin-session",
                "Begin a session of a browser with an API token; it lives in a cookie.",
                "anybody",
                takes=SessionRequest,
                answer=Begun,
            ),
        ),
        Endpoint(
            method="DELETE",
            path=session,
            permission="anybody",
            answer=_end,
            spec=described(
                "end-session", "End the session of this browser.", "anybody", answer=None,
                status=204,
            ),
        ),
    ]  # fmt: skip


async def _set_up(call: Call) -> Response:
    check_page(call.request, https=call.service.is_secure(call.request))
    asked: SetUpRequest = await read_little(call.request, SetUpRequest)
    made = now()
    account = Account(id=new_id(), name=check_account(asked.name), created=made)
    token = Token(
        id=new_id(),
        account=account.id,
        name="the first admin's",
        scopes=list(SCOPES),
        made=made,
        expires=made + _FIRST_TOKEN,
    )
    secret, kept = new_secret("api"), call.service.store.accounts
    digest = digest_of(asked.token) if is_secret(asked.token, "setup") else ""
    done = await call.service.in_thread(
        lambda: kept.set_up(digest, account, token, digest_of(secret))
    )
    if not done:
        raise Unauthenticated(
            "This is not the set-up token, or it was used or is over.",
            hint="A server without accounts prints a new one each time it is started.",
        )
    call.request.state.account = account.id
    entry = TokenEntry(
        id=token.id,
        account=account.name,
        name=token.name,
        scopes=token.scopes,
        made=made,
        expires=token.expires,
    )
    return json_response(TokenAddResponse(token=secret, entry=entry))


async def _begin(call: Call) -> Response:
    check_page(call.request, https=call.service.is_secure(call.request))
    asked: SessionRequest = await read_little(call.request, SessionRequest)
    kept = call.service.store.accounts

    def work() -> tuple[Account, Token] | None:
        token = kept.token(digest_of(asked.token)) if is_secret(asked.token, "api") else None
        account = kept.account_by_id(token.account or "") if token is not None else None
        if token is None or account is None or account.closed or not token.is_good(now()):
            return None
        return account, token

    found = await call.service.in_thread(work)
    if found is None:
        raise Unauthenticated("This is no valid token.", hint="`forebear token add` makes one.")
    account, token = found
    ends = min(token.expires, now() + _SESSION)
    response = json_response(Begun(name=account.name, expires=ends))
    await begin_session(call, response, account, token)
    return response


async def begin_session(
    call: Call, response: Response, account: Account, token: Token | None = None
) -> Token:
    """Begin a session, and have the answer set its cookie.

    It reaches as far as the `token` that it was begun with, and ends with it.
    """
    made = now()
    ends = made + _SESSION if token is None else min(token.expires, made + _SESSION)
    session = Token(
        id=new_id(),
        account=account.id,
        purpose="session",
        name=token.id if token is not None else "",
        scopes=token.scopes if token is not None else list(SCOPES),
        workspace=token.workspace if token is not None else None,
        made=made,
        expires=ends,
    )
    secret, kept = new_secret("session"), call.service.store.accounts
    await call.service.in_thread(lambda: kept.add_token(session, digest_of(secret)))
    _set_cookie(response, call, secret, int((ends - made).total_seconds()))
    call.request.state.account = account.id
    return session


async def _end(call: Call) -> Response:
    check_page(call.request, https=call.service.is_secure(call.request))
    kept = call.service.store.accounts
    for name in COOKIES:
        secret = call.request.cookies.get(name, "")
        if is_secret(secret, "session"):

            def work(digest: str = digest_of(secret)) -> None:
                if (token := kept.token(digest)) is not None:
                    kept.revoke(token.id, now())

            await call.service.in_thread(work)
    response = Response(status_code=204)
    _set_cookie(response, call, "", 0)
    return response


def _set_cookie(response: Response, call: Call, secret: str, seconds: int) -> None:
    # A browser takes a name with this beginning only over HTTPS, and from this very host.
    secure = call.service.is_secure(call.request)
    response.set_cookie(
        COOKIES[0] if secure else COOKIES[1],
        secret,
        max_age=seconds,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    response.headers["Cache-Control"] = "no-store"
