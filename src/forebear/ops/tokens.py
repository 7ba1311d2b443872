"""API tokens: made for an account, shown once, for some deeds, until some day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, structs

from forebear.core.access import EVERYWHERE, SCOPES, Scope, check_workspace
from forebear.core.accounts import Token
from forebear.core.clock import now
from forebear.core.durations import parse_duration
from forebear.core.errors import Forbidden, InvalidInput, NotFound
from forebear.core.ids import new_id
from forebear.core.secrets import digest_of, new_secret
from forebear.ops.accounts import account_called, must_be_admin
from forebear.ops.paging import KeyPages
from forebear.ops.table import Context, Request, operation

__all__ = [
    "LIFETIME",
    "TokenAddRequest",
    "TokenAddResponse",
    "TokenEntry",
    "TokenRevokeRequest",
    "TokensRequest",
    "TokensResponse",
]

LIFETIME: Final = "90 days"
_LONGEST: Final = timedelta(days=366)
_SHOWN: Final = 8
_USUAL: Final[tuple[Scope, ...]] = ("read", "record")


class TokenEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a token; the token itself is not."""

    id: str
    account: str
    name: str = ""
    scopes: list[Scope]
    workspace: str | None = None
    made: datetime
    expires: datetime
    used: datetime | None = None
    revoked: datetime | None = None


class TokenAddResponse(Struct, frozen=True, kw_only=True):
    """A new token. It is shown this once."""

    token: str
    entry: TokenEntry


class TokenAddRequest(Request[TokenAddResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Make a token."""

    account: str | None = None
    """Whose it is; default: the caller's own."""
    name: str = ""
    """What it is for, to tell it from others."""
    scopes: list[Scope] = []
    workspace: str | None = None
    """The only workspace that it is good for; default: all that the account has a role in."""
    expires: str = LIFETIME
    """After which time it is good for nothing."""


class TokensResponse(Struct, frozen=True, kw_only=True):
    """A page of API tokens, the newest first."""

    tokens: list[TokenEntry]
    next: str | None = None
    """Asks for the page after it."""


class TokensRequest(Request[TokensResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask which tokens there are."""

    account: str | None = None
    every: bool = False
    """Those of all accounts."""
    limit: int | None = None
    after: str | None = None
    """The `next` of the page before."""


class TokenRevokeRequest(Request[TokenEntry], frozen=True, kw_only=True, omit_defaults=True):
    """End a token."""

    id: str
    """Its id, or the beginning of it."""


@operation(name="token-add", permission="self")
def add(context: Context, request: TokenAddRequest) -> TokenAddResponse:
    """Make an API token; only a digest of it is kept.

    Raises:
        Forbidden: it would reach further than the caller does.
    """
    account = account_called(context, _whose(context, request.account))
    scopes = list(dict.fromkeys(request.scopes or _USUAL))
    made = now()
    lifetime = parse_duration(request.expires)
    if lifetime > _LONGEST:
        raise InvalidInput("A token is good for a year at most.", hint="Make a new one then.")
    token = Token(
        id=new_id(),
        account=account.id,
        name=request.name.strip()[:120],
        scopes=scopes,
        workspace=None if request.workspace is None else check_workspace(request.workspace),
        made=made,
        expires=made + lifetime,
    )
    secret = new_secret("api")
    context.store.accounts.add_token(_within(context, token), digest_of(secret))
    return TokenAddResponse(token=secret, entry=_entry(token, account.name))


@operation(name="tokens", permission="self", reads=True)
def tokens(context: Context, request: TokensRequest) -> TokensResponse:
    """List API tokens: the caller's own, or for admins those of others."""
    kept = context.store.accounts
    names = {one.id: one.name for one in kept.accounts()}
    pages = KeyPages("tokens", limit=request.limit, after=request.after)
    if request.every or (context.who is None and request.account is None):
        must_be_admin(context)
        account = None
    else:
        account = account_called(context, _whose(context, request.account)).id
    found = kept.tokens(account, after=pages.after, limit=pages.most)
    page, more = pages.cut(found, lambda one: one.id)
    entries = [_entry(one, names[one.account or ""]) for one in page]
    return TokensResponse(tokens=entries, next=more)


@operation(name="token-revoke", permission="self")
def revoke(context: Context, request: TokenRevokeRequest) -> TokenEntry:
    """End a token now.

    Raises:
        NotFound: the caller has none that is called so.
    """
    kept, who = context.store.accounts, context.who
    everyone = who is None or who.may("admin", EVERYWHERE)
    own = kept.tokens(None if everyone or who is None else who.account)
    found = [one for one in own if one.id.startswith(request.id)]
    exact = [one for one in found if one.id == request.id]
    if len(request.id) < _SHOWN or len(exact or found) != 1:
        raise NotFound(
            f"There is no one token '{request.id[:60]}'.",
            hint="`forebear token list` lists them with their ids.",
        )
    (token,) = exact or found
    at = token.revoked or now()
    kept.revoke(token.id, at)
    account = kept.account_by_id(token.account or "")
    return _entry(structs.replace(token, revoked=at), account.name if account else "")


def _whose(context: Context, said: str | None) -> str:
    if said is None or said == context.by:
        if context.who is None and said is None:
            raise InvalidInput(
                "Say whose token it is.", hint="`forebear token add --account NAME`."
            )
        return context.by
    must_be_admin(context)
    return said


def _within(context: Context, token: Token) -> Token:
    """Return the token if it reaches no further than the one that the caller came with."""
    who = context.who
    if who is None:
        return token
    whole = set(who.scopes) == set(SCOPES)
    scoped = whole or ("admin" in who.scopes and set(token.scopes) <= set(who.scopes))
    if not scoped or who.bound not in {None, token.workspace}:
        raise Forbidden(
            "A token makes no other token that reaches further, and none at all without the"
            " scope 'admin'.",
            hint="Sign in yourself, or ask an admin for a token.",
        )
    return token


def _entry(token: Token, account: str) -> TokenEntry:
    return TokenEntry(
        id=token.id,
        account=account,
        name=token.name,
        scopes=token.scopes,
        workspace=token.workspace,
        made=token.made,
        expires=token.expires,
        used=token.used,
        revoked=token.revoked,
    )
