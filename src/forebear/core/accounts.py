"""Accounts, their roles and tokens, and the log of who did what: what a server knows of people.

This is the server's own state. It is no lineage: it is in no event, is never pushed or exported,
and changes in place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, Protocol

from msgspec import Struct

from forebear.core.access import Grant, Role, Scope
from forebear.core.errors import InvalidInput
from forebear.core.secrets import Purpose

__all__ = [
    "Access",
    "Account",
    "AccountKind",
    "Accounts",
    "Member",
    "Token",
    "check_account",
]

AccountKind = Literal["user", "service"]

_NAME: Final = re.compile(r"\w[\w.@+\-]{0,119}", re.ASCII)


class Account(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody, or something, that may sign in."""

    id: str
    name: str
    kind: AccountKind = "user"
    created: datetime
    closed: datetime | None = None
    issuer: str | None = None
    """Who vouches for them (OpenID Connect), and what they are called there."""
    subject: str | None = None


class Member(Struct, frozen=True, kw_only=True):
    """A role that an account has in a workspace."""

    account: str
    name: str
    workspace: str
    role: Role
    since: datetime


class Token(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a token; the token itself is not."""

    id: str
    account: str | None
    """Whose it is; nobody's yet for the one that makes the first admin."""
    purpose: Purpose = "api"
    name: str = ""
    """What it is for; of a session the id of the token that it was begun with."""
    scopes: list[Scope] = []
    workspace: str | None = None
    """The only workspace that it is good for."""
    made: datetime
    expires: datetime
    used: datetime | None = None
    """When it was used last, to a minute."""
    revoked: datetime | None = None

    def is_good(self, at: datetime) -> bool:
        """Tell whether it opens anything at this time."""
        return self.revoked is None and at < self.expires


class Access(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the log: who did what to which thing, from where, and what came of it."""

    at: datetime
    account: str | None
    token: str | None = None
    method: str
    route: str
    about: str | None = None
    """Which thing was asked for or changed, as it was written."""
    workspace: str | None = None
    client: str | None = None
    """The address that it came from."""
    status: int
    seq: int = 0
    """Its place in the log, which has no gaps."""


class Accounts(Protocol):
    """What a server keeps of accounts."""

    def is_empty(self) -> bool:
        """Tell whether there is no account yet."""

    def account(self, name: str) -> Account | None:
        """The account that is called so."""

    def account_by_id(self, id: str) -> Account | None:
        """The account with this id."""

    def account_of(self, issuer: str, subject: str) -> Account | None:
        """The account of whom somebody vouches for."""

    def accounts(self, *, after: str | None = None, limit: int | None = None) -> list[Account]:
        """All accounts by name, or so many of those with a name behind this one."""

    def add(self, account: Account) -> None:
        """Add an account; Conflict when somebody is called so."""

    def vouch(self, id: str, issuer: str, subject: str) -> None:
        """Note by whom an account is vouched for, and under which name."""

    def rename(self, id: str, name: str) -> None:
        """Call an account otherwise."""

    def close_account(self, id: str, at: datetime) -> None:
        """Close an account: its tokens and sessions end with it."""

    def grants(self, account: str) -> list[Grant]:
        """The roles of an account."""

    def members(self) -> list[Member]:
        """All roles of accounts that are not closed."""

    def grant(self, account: str, grant: Grant, at: datetime) -> bool:
        """Give a role; False when it is there already."""

    def ungrant(self, account: str, grant: Grant) -> bool:
        """Take a role away; False when it is not there."""

    def add_token(self, token: Token, digest: str) -> None:
        """Keep a token by its digest."""

    def token(self, digest: str) -> Token | None:
        """What is known of the token with this digest."""

    def tokens(
        self, account: str | None = None, *, after: str | None = None, limit: int | None = None
    ) -> list[Token]:
        """The API tokens of one account, or all, newest first; or so many made before this one."""

    def revoke(self, id: str, at: datetime) -> None:
        """End a token, and the sessions that were begun with it."""

    def end_setup(self, at: datetime) -> None:
        """End all set-up tokens."""

    def touch(self, id: str, at: datetime) -> None:
        """Note that a token was used."""

    def set_up(self, digest: str, account: Account, token: Token, token_digest: str) -> bool:
        """Make the first account, an admin everywhere, with a token; uses up a set-up token.

        False when that is unknown, used or over, or when there is an account already.
        """

    def note(self, accesses: Sequence[Access]) -> None:
        """Add lines to the log."""

    def log(
        self,
        *,
        account: str | None = None,
        since: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Access]:
        """Lines of the log, newest first; `before` is the place of the last one of a page."""

    def log_begins(self) -> int:
        """The place of the oldest line that is kept; those before it were taken out."""

    def log_fault(self) -> int | None:
        """The first place at which the log is not what was written; None when all of it is."""

    def prune_log(self, before: datetime, by: str | None) -> int:
        """Take out what is older, which the log says itself, and return how many lines went."""


def check_account(name: str) -> str:
    """Return the name of an account if it can be one.

    Raises:
        InvalidInput: it cannot.
    """
    if _NAME.fullmatch(name) is None:
        raise InvalidInput(
            f"'{name[:60]}' cannot be the name of an account.",
            hint="It has letters, digits and . @ + - _, and begins with a letter or digit.",
        )
    return name
