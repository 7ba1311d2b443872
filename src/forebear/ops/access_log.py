"""The log of who did what at the server."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec import Struct

from forebear.core.access import EVERYWHERE
from forebear.core.clock import parse_when
from forebear.core.errors import Forbidden, InvalidInput
from forebear.ops.accounts import account_called
from forebear.ops.table import Context, Request, operation

__all__ = ["AccessEntry", "AccessLogRequest", "AccessLogResponse"]

_MOST: Final = 10_000


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
        since=parse_when(request.since) if request.since else None,
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
        fault=kept.log_fault() if request.verify else None,
        verified=request.verify,
    )


def _revealed(context: Context, about: str | None) -> str | None:
    return None if about is None else context.store.identities.reveal(about.encode()).decode()
