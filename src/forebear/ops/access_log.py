"""The log of who did what at the server."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from forebear.core.access import EVERYWHERE
from forebear.core.accounts import Accounts
from forebear.core.clock import now, parse_since
from forebear.core.durations import parse_duration
from forebear.core.errors import Forbidden, InvalidInput
from forebear.ops.accounts import account_called, must_be_admin
from forebear.ops.table import Context, Request, operation

__all__ = [
    "AccessEntry",
    "AccessLogRequest",
    "AccessLogResponse",
    "AccessPruneRequest",
    "AccessPruneResponse",
    "pruned",
]

_MOST: Final = 10_000
_LEAST_KEPT: Final = timedelta(days=30)
"""Whoever has something to hide may not take out what they have just done."""


class AccessEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the log."""

    seq: int
    at: datetime
    by: str | None = None
    """None where nobody was known."""
    token: str | None = None
    """The id of the token that they came with."""
    method: str
    route: str
    about: str | None = None
    workspace: str | None = None
    client: str | None = None
    status: int


class AccessLogResponse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Lines of the log, newest first."""

    entries: list[AccessEntry]
    more: bool = False
    """There are older ones."""
    begins: int = 1
    """The place of the oldest line that is kept; those before it were taken out."""
    fault: int | None = None
    """Where the log is not what was written, if that was asked."""
    verified: bool = False


class AccessLogRequest(Request[AccessLogResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask who did what."""

    account: str | None = None
    since: str | None = None
    before: int | None = None
    limit: int = 50
    verify: bool = False
    """Check that no line was changed or taken out."""


class AccessPruneResponse(Struct, frozen=True, kw_only=True):
    """What is left of the log."""

    removed: int
    begins: int
    """The place of the oldest line that is kept."""
    before: datetime
    """All lines from before this moment are gone."""


class AccessPruneRequest(Request[AccessPruneResponse], frozen=True, kw_only=True):
    """Take out what is old."""

    keep: str
    """For how long lines are kept, "400 days": a month at least."""


@operation(name="access-log", permission="audit", reads=True)
def access_log(context: Context, request: AccessLogRequest) -> AccessLogResponse:
    """Tell who did what at the server, from where, and what came of it."""
    if context.who is not None and not context.who.may("audit", EVERYWHERE):
        raise Forbidden(
            f"{context.by} may not read the log: it is of all workspaces.",
            hint="An auditor or admin everywhere may.",
        )
    if not 1 <= request.limit <= _MOST:
        raise InvalidInput(f"Ask for 1 to {_MOST:,} lines at a time.")
    kept = context.store.accounts
    names = {one.id: one.name for one in kept.accounts()}
    found = kept.log(
        account=account_called(context, request.account).id if request.account else None,
        since=parse_since(request.since) if request.since else None,
        before=request.before,
        limit=request.limit + 1,
    )
    entries = [
        AccessEntry(
            seq=one.seq,
            at=one.at,
            by=names.get(one.account or ""),
            token=one.token,
            method=one.method,
            route=one.route,
            about=_revealed(context, one.about),
            workspace=one.workspace,
            client=one.client,
            status=one.status,
        )
        for one in found[: request.limit]
    ]
    return AccessLogResponse(
        entries=entries,
        more=len(found) > request.limit,
        begins=kept.log_begins(),
        fault=kept.log_fault() if request.verify else None,
        verified=request.verify,
    )


@operation(name="access-prune", permission="admin")
def prune(context: Context, request: AccessPruneRequest) -> AccessPruneResponse:
    """Take out of the log what is older than so long; the rest can be checked as before.

    Raises:
        InvalidInput: less than a month would be kept.
    """
    must_be_admin(context)
    account = context.who.account if context.who is not None else None
    return pruned(context.store.accounts, request.keep, account)


def pruned(accounts: Accounts, keep: str, by: str | None = None) -> AccessPruneResponse:
    """Take out of a log what is older than so long, in the name of an account."""
    lasts = parse_duration(keep)
    if lasts < _LEAST_KEPT:
        raise InvalidInput(
            f"The log is kept for a month at least, and {keep} is less.",
            hint='Write for instance "400 days".',
        )
    before = now() - lasts
    removed = accounts.prune_log(before, by)
    return AccessPruneResponse(removed=removed, begins=accounts.log_begins(), before=before)


def _revealed(context: Context, about: str | None) -> str | None:
    return None if about is None else context.store.identities.reveal(about.encode()).decode()
