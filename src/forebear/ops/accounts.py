"""Accounts and their roles: who may sign in at the server of this store, and do what."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime
from typing import get_args

from msgspec import Struct

from forebear.core.access import (
    ALL,
    DEFAULT,
    EVERYWHERE,
    ROLES,
    Grant,
    Permission,
    Role,
    check_workspace,
)
from forebear.core.accounts import Account, AccountKind, check_account
from forebear.core.clock import now
from forebear.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from forebear.core.ids import new_id
from forebear.ops.paging import KeyPages
from forebear.ops.table import Context, Request, operation

__all__ = [
    "AccountAddRequest",
    "AccountCloseRequest",
    "AccountEntry",
    "AccountsRequest",
    "AccountsResponse",
    "MemberAddRequest",
    "MemberEntry",
    "MemberRemoveRequest",
    "MembersRequest",
    "MembersResponse",
    "WhoamiRequest",
    "WhoamiResponse",
    "account_called",
    "keep_an_admin",
    "must_be_admin",
]


class AccountEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An account, with its roles."""

    name: str
    kind: AccountKind
    created: datetime
    closed: datetime | None = None
    vouched: str | None = None
    """Who vouches for it when it signs in (OpenID Connect)."""
    roles: list[Grant] = []


class MemberEntry(Struct, frozen=True, kw_only=True):
    """A role that an account has in a workspace; `*` is everywhere."""

    account: str
    workspace: str
    role: Role
    since: datetime | None = None
    changed: bool = True
    """False when it was so already."""


class AccountsResponse(Struct, frozen=True, kw_only=True):
    """A page of accounts, by name."""

    accounts: list[AccountEntry]
    next: str | None = None
    """Asks for the page after it."""


class AccountsRequest(Request[AccountsResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask which accounts there are."""

    limit: int | None = None
    after: str | None = None
    """The `next` of the page before."""


class AccountAddRequest(Request[AccountEntry], frozen=True, kw_only=True, omit_defaults=True):
    """Add an account."""

    name: str
    kind: AccountKind = "user"
    issuer: str | None = None
    """Who vouches for its owner (OpenID Connect), with `subject`: what they are called there."""
    subject: str | None = None


class AccountCloseRequest(Request[AccountEntry], frozen=True, kw_only=True, omit_defaults=True):
    """Close an account."""

    name: str


class MembersResponse(Struct, frozen=True, kw_only=True):
    """A page of who has which role, by workspace."""

    members: list[MemberEntry]
    next: str | None = None
    """Asks for the page after it."""


class MembersRequest(Request[MembersResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask who has which role."""

    limit: int | None = None
    after: str | None = None
    """The `next` of the page before."""


class MemberAddRequest(Request[MemberEntry], frozen=True, kw_only=True, omit_defaults=True):
    """Give an account a role."""

    name: str
    role: Role
    workspace: str = DEFAULT


class MemberRemoveRequest(Request[MemberEntry], frozen=True, kw_only=True, omit_defaults=True):
    """Take a role away from an account."""

    name: str
    role: Role
    workspace: str = DEFAULT


class WhoamiResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who asks, and what they may do."""

    name: str
    signed_in: bool
    """False where there are no accounts, and whoever asks may do everything."""
    workspace: str
    """Where what they do is done, if they say nothing else."""
    permissions: dict[str, list[Permission]]
    """What they may do, by workspace; `*` is everywhere."""
    roles: list[Grant] = []


class WhoamiRequest(Request[WhoamiResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask who asks."""


@operation(name="whoami", permission="self", reads=True)
def whoami(context: Context, request: WhoamiRequest) -> WhoamiResponse:
    """Tell who asks, and what they may do in which workspace."""
    who = context.who
    given = {EVERYWHERE: ALL} if who is None else who.permissions
    return WhoamiResponse(
        name=context.by,
        signed_in=who is not None,
        workspace=DEFAULT if who is None else who.workspace,
        permissions={place: sorted(one) for place, one in sorted(given.items())},
        roles=[] if who is None else context.store.accounts.grants(who.account or ""),
    )


@operation(name="accounts", permission="admin", reads=True)
def accounts(context: Context, request: AccountsRequest) -> AccountsResponse:
    """List the accounts, closed ones too."""
    must_be_admin(context)
    pages = KeyPages("accounts", limit=request.limit, after=request.after)
    kept = context.store.accounts
    page, more = pages.cut(kept.accounts(after=pages.after, limit=pages.most), lambda one: one.name)
    roles: dict[str, list[Grant]] = {}
    for one in kept.members():
        roles.setdefault(one.account, []).append(Grant(workspace=one.workspace, role=one.role))
    entries = [_entry(one, roles.get(one.id, [])) for one in page]
    return AccountsResponse(accounts=entries, next=more)


@operation(name="account-add", permission="admin")
def add(context: Context, request: AccountAddRequest) -> AccountEntry:
    """Add an account, of a person or of a service; it may do nothing yet.

    Raises:
        Conflict: there is one of that name, or of that person.
    """
    must_be_admin(context)
    kept, issuer, subject = context.store.accounts, request.issuer, request.subject
    if (issuer is None) != (subject is None):
        raise InvalidInput("Who vouches for somebody is said by both issuer and subject.")
    if issuer is not None and subject is not None and kept.account_of(issuer, subject) is not None:
        raise Conflict(f"What {issuer} calls '{subject[:60]}' has an account already.")
    account = Account(
        id=new_id(),
        name=check_account(request.name),
        kind=request.kind,
        created=now(),
        issuer=issuer,
        subject=subject,
    )
    kept.add(account)
    return _entry(account, [])


@operation(name="account-close", permission="admin")
def close(context: Context, request: AccountCloseRequest) -> AccountEntry:
    """Close an account: its roles, tokens and sessions end now; its deeds stay on record.

    Raises:
        Conflict: it is the last admin.
    """
    must_be_admin(context)
    account = account_called(context, request.name)
    keep_an_admin(context, account)
    at = account.closed or now()
    context.store.accounts.close_account(account.id, at)
    return _entry(account, [], closed=at)


@operation(name="members", permission="admin", reads=True)
def members(context: Context, request: MembersRequest) -> MembersResponse:
    """List who has which role, in the workspaces that the caller is an admin of."""
    pages = KeyPages("members", limit=request.limit, after=request.after)
    found = [
        MemberEntry(account=one.name, workspace=one.workspace, role=one.role, since=one.since)
        for one in context.store.accounts.members()
        if _is_admin(context, one.workspace)
    ]
    begin = 0 if pages.after is None else bisect_right(found, pages.after, key=_place_of)
    page, more = pages.cut(found[begin:], _place_of)
    return MembersResponse(members=page, next=more)


@operation(name="member-add", permission="admin")
def member_add(context: Context, request: MemberAddRequest) -> MemberEntry:
    """Give an account a role in a workspace, or everywhere (`*`)."""
    place = _place(context, request.workspace, request.role)
    account = account_called(context, request.name)
    grant = Grant(workspace=place, role=request.role)
    changed = context.store.accounts.grant(account.id, grant, now())
    return MemberEntry(account=account.name, workspace=place, role=request.role, changed=changed)


@operation(name="member-remove", permission="admin")
def member_remove(context: Context, request: MemberRemoveRequest) -> MemberEntry:
    """Take a role away from an account.

    Raises:
        Conflict: it is the last admin.
    """
    place = _place(context, request.workspace, request.role)
    account = account_called(context, request.name)
    grant = Grant(workspace=place, role=request.role)
    if grant == Grant(workspace=EVERYWHERE, role="admin"):
        keep_an_admin(context, account)
    changed = context.store.accounts.ungrant(account.id, grant)
    return MemberEntry(account=account.name, workspace=place, role=request.role, changed=changed)


def must_be_admin(context: Context, workspace: str = EVERYWHERE) -> None:
    """Return when the caller is an admin of a workspace, or by default of everything.

    Raises:
        Forbidden: they are not.
    """
    if not _is_admin(context, workspace):
        where = "of everything" if workspace == EVERYWHERE else f"of the workspace '{workspace}'"
        raise Forbidden(f"{context.by} is no admin {where}.", hint="Ask somebody who is.")


def account_called(context: Context, name: str) -> Account:
    """Return the account of this name that is not closed.

    Raises:
        NotFound: there is none.
    """
    found = context.store.accounts.account(name)
    if found is None or found.closed is not None:
        raise NotFound(
            f"There is no account called '{name[:60]}'.",
            hint="`forebear account list` lists them.",
        )
    return found


def _is_admin(context: Context, workspace: str) -> bool:
    return context.who is None or context.who.may("admin", workspace)


def _place_of(one: MemberEntry) -> str:
    # Sorts as its parts do: a space comes before all that they are made of.
    return f"{one.workspace} {one.account} {one.role}"


def _place(context: Context, workspace: str, role: Role) -> str:
    if role not in ROLES:
        raise InvalidInput(f"'{role}' is no role.", hint=f"There is: {', '.join(get_args(Role))}.")
    place = workspace if workspace == EVERYWHERE else check_workspace(workspace)
    must_be_admin(context, place)
    return place


def keep_an_admin(context: Context, account: Account) -> None:
    """Return when somebody is an admin of everything beside this account.

    Raises:
        Conflict: nobody is.
    """
    admins = {
        one.account
        for one in context.store.accounts.members()
        if (one.workspace, one.role) == (EVERYWHERE, "admin")
    }
    if admins == {account.id}:
        raise Conflict(
            f"{account.name} is the only admin: nobody could undo this.",
            hint="Make somebody else an admin first: `forebear member add NAME admin"
            " --workspace '*'`.",
        )


def _entry(account: Account, roles: list[Grant], closed: datetime | None = None) -> AccountEntry:
    return AccountEntry(
        name=account.name,
        kind=account.kind,
        created=account.created,
        closed=closed or account.closed,
        vouched=account.issuer,
        roles=roles,
    )
