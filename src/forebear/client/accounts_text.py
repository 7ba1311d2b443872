"""Accounts, tokens and the log of who did what, as lines and rows."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from forebear.analysis.verdict import counted
from forebear.client.lines import Line, line, table
from forebear.core.access import EVERYWHERE, Grant
from forebear.core.clock import now
from forebear.ops.access_log import AccessLogResponse, AccessPruneResponse
from forebear.ops.accounts import AccountsResponse, MembersResponse, WhoamiResponse
from forebear.ops.tokens import TokenEntry, TokensResponse

__all__ = [
    "access_rows",
    "account_rows",
    "log_lines",
    "member_rows",
    "pruned_lines",
    "token_rows",
    "whoami_lines",
]

_ID: Final = 13


def whoami_lines(answer: WhoamiResponse) -> list[Line]:
    """Return who asks, and what they may do where."""
    if not answer.signed_in:
        return [line((f"You are {answer.name}", "name"), ", and may do everything here.")]
    if not answer.permissions:
        return [
            line((f"You are {answer.name}", "name"), ", and may do nothing yet."),
            line("An admin gives you a role: `forebear member add`."),
        ]
    words = f", and work in the workspace {answer.workspace}."
    rows = [(_where(place), ", ".join(given)) for place, given in answer.permissions.items()]
    return [line((f"You are {answer.name}", "name"), words), line("You may:"), *table(rows)]


def account_rows(answer: AccountsResponse) -> list[list[str]]:
    """Return accounts as rows: name, kind, roles, since, state."""
    return [
        [
            one.name,
            one.kind,
            ", ".join(map(_role, one.roles)),
            _day(one.created),
            f"closed {_day(one.closed)}" if one.closed else "",
        ]
        for one in answer.accounts
    ]


def member_rows(answer: MembersResponse) -> list[list[str]]:
    """Return roles as rows: workspace, account, role, since."""
    return [
        [_where(one.workspace), one.account, one.role, _day(one.since)] for one in answer.members
    ]


def token_rows(answer: TokensResponse) -> list[list[str]]:
    """Return tokens as rows: id, account, what for, scopes, workspace, until, used."""
    return [
        [
            one.id[:_ID],
            one.account,
            one.name,
            ", ".join(one.scopes),
            one.workspace or "",
            _until(one),
            _day(one.used),
        ]
        for one in answer.tokens
    ]


def access_rows(answer: AccessLogResponse) -> list[list[str]]:
    """Return lines of the log as rows: when, who, what, about, status, from."""
    return [
        [
            f"{one.at:%Y-%m-%d %H:%M:%S}",
            one.by or "nobody known",
            f"{one.method} {one.route.removeprefix('/api/v1/')}",
            one.about or "",
            str(one.status),
            one.client or "",
        ]
        for one in answer.entries
    ]


def log_lines(answer: AccessLogResponse) -> list[Line]:
    """Return what is to be said of the log beside its lines."""
    found = []
    if answer.fault is not None:
        words = f"The log was changed: from line {answer.fault} on it is not what was written."
        found.append(line((words, "bad")))
    elif answer.verified:
        found.append(line(("The log is whole: each line is bound to all before it.", "good")))
    if not answer.entries:
        found.append(line("Nobody has asked for anything."))
    elif answer.more:
        last = answer.entries[-1].seq
        found.append(line((f"There are older lines: --before {last}", "dim")))
    if answer.begins > 1:
        words = f"It begins at line {answer.begins:,}: what was before was too old to be kept."
        found.append(line((words, "dim")))
    return found


def pruned_lines(answer: AccessPruneResponse) -> list[Line]:
    """Return what has become of the log."""
    if not answer.removed:
        return [line(f"Nothing in the log is from before {_day(answer.before)}.")]
    gone = f"{counted(answer.removed, 'line')} from before {_day(answer.before)} taken out."
    return [line((gone, "good"), f" The log begins at line {answer.begins:,} now.")]


def _until(one: TokenEntry) -> str:
    if one.revoked is not None:
        return f"revoked {_day(one.revoked)}"
    return f"over since {_day(one.expires)}" if one.expires <= now() else _day(one.expires)


def _role(grant: Grant) -> str:
    if grant.workspace == EVERYWHERE:
        return f"{grant.role} everywhere"
    return f"{grant.role} in {grant.workspace}"


def _where(workspace: str) -> str:
    return "everywhere" if workspace == EVERYWHERE else workspace


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d}"
