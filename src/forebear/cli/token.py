"""`forebear token` and `forebear access-log`: what opens a server, and who came in."""

from __future__ import annotations

from typing import Final

from forebear.cli.app import COMMON, KEEP, Common, command, commands
from forebear.cli.output import ask, more, note, print_json, print_lines, print_table
from forebear.client.accounts_text import access_rows, log_lines, pruned_lines, token_rows
from forebear.client.lines import line
from forebear.core.access import Scope
from forebear.ops.access_log import AccessLogRequest, AccessPruneRequest
from forebear.ops.tokens import LIFETIME, TokenAddRequest, TokenRevokeRequest, TokensRequest

__all__ = ["access_log", "access_prune", "add", "list_", "revoke"]

token: Final = commands(KEEP, "token", "What programs come with when they ask a server.")


@token.command
def add(
    *,
    account: str | None = None,
    name: str = "",
    scope: list[Scope] | None = None,
    workspace: str | None = None,
    expires: str = LIFETIME,
    common: Common = COMMON,
) -> None:
    """Make a token and print it, this once; only a digest of it is kept.

    Parameters
    ----------
    account
        Whose it is (default: yours).
    name
        What it is for, to tell it from others.
    scope
        What it is good for: read, record, approve, admin (default: read and record).
    workspace
        The only workspace that it is good for.
    expires
        For how long: "30 days", a year at most.
    """
    answer = ask(
        common,
        TokenAddRequest(
            account=account, name=name, scopes=scope or [], workspace=workspace, expires=expires
        ),
    )
    if common.json:
        print_json(answer)
        return
    entry = answer.entry
    print(answer.token)
    scopes = ", ".join(entry.scopes)
    note(f"a token of {entry.account} for {scopes}, until {entry.expires:%Y-%m-%d}.")
    note("It is not shown again. FOREBEAR_TOKEN says it to programs.")


@token.command(name="list")
def list_(
    *,
    account: str | None = None,
    every: bool = False,
    limit: int | None = None,
    after: str | None = None,
    common: Common = COMMON,
) -> None:
    """List your tokens, without what is secret about them.

    Parameters
    ----------
    account
        Those of somebody else.
    every
        Those of everybody.
    limit
        How many are listed.
    after
        The next page: what the page before said.
    """
    request = TokensRequest(account=account, every=every, limit=limit, after=after)
    answer = ask(common, request)
    if common.json:
        print_json(answer)
    elif not answer.tokens:
        print_lines([line("There are no tokens.")])
    else:
        heads = ["id", "account", "for", "scopes", "workspace", "until", "used"]
        print_table(heads, token_rows(answer))
        more(answer.next)


@token.command
def revoke(id: str, *, common: Common = COMMON) -> None:
    """End a token now, with the sessions that were begun with it.

    Parameters
    ----------
    id
        Its id, as `forebear token list` shows it.
    """
    answer = ask(common, TokenRevokeRequest(id=id))
    if common.json:
        print_json(answer)
        return
    print_lines([line(f"The token {answer.id[:13]} of {answer.account} opens nothing any more.")])


@command(KEEP, name="access-log")
def access_log(
    *,
    account: str | None = None,
    since: str | None = None,
    before: int | None = None,
    limit: int = 50,
    verify: bool = False,
    common: Common = COMMON,
) -> int:
    """Who did what at the server, newest first; leaves with 1 if --verify finds it changed.

    Parameters
    ----------
    account
        Only what this account did.
    since
        Only what was done since: 2026-03-01 or 2026-03-01T12:00:00Z.
    before
        Only lines older than this one, by its place.
    limit
        How many lines.
    verify
        Check that no line was changed or taken out.
    """
    answer = ask(
        common,
        AccessLogRequest(account=account, since=since, before=before, limit=limit, verify=verify),
    )
    if common.json:
        print_json(answer)
    else:
        if answer.entries:
            print_table(["when", "who", "what", "about", "answer", "from"], access_rows(answer))
        print_lines(log_lines(answer))
    return 1 if answer.fault is not None else 0


@command(KEEP, name="access-prune")
def access_prune(*, keep: str, common: Common = COMMON) -> None:
    """Take out of the log of who did what all that is older; the rest can be checked as before.

    Parameters
    ----------
    keep
        For how long lines are kept, a month at least: "400 days".
    """
    answer = ask(common, AccessPruneRequest(keep=keep))
    print_json(answer) if common.json else print_lines(pruned_lines(answer))
