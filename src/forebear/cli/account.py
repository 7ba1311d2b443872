"""`forebear account` and `forebear member`: who may sign in at a server, and do what."""

from __future__ import annotations

import getpass
import sys
from typing import Final

from forebear.cli.app import COMMON, KEEP, Common, commands
from forebear.cli.output import ask, more, print_json, print_lines, print_table
from forebear.client.accounts_text import account_rows, member_rows, whoami_lines
from forebear.client.lines import line
from forebear.client.locate import locate
from forebear.core.access import DEFAULT, Role
from forebear.core.errors import InvalidInput
from forebear.ops.accounts import (
    AccountAddRequest,
    AccountCloseRequest,
    AccountsRequest,
    MemberAddRequest,
    MemberRemoveRequest,
    MembersRequest,
    WhoamiRequest,
)

__all__ = ["add", "close", "list_", "member_add", "member_list", "member_remove", "setup",
           "sign_in", "sign_out", "whoami"]  # fmt: skip

account: Final = commands(KEEP, "account", "Who may sign in at the server of a store.")
member: Final = commands(KEEP, "member", "Who has which role in which workspace.")


@account.command
def setup(name: str, *, token: str, common: Common = COMMON) -> None:
    """Become the first admin of a server, with the token that it printed when it was started.

    Parameters
    ----------
    name
        What your account shall be called.
    token
        What the server has printed.
    """
    from forebear.client.credentials import keep_token
    from forebear.client.setting_up import set_up

    url = _server(common)
    answer = set_up(url, name, token)
    path = keep_token(url, answer.token)
    if common.json:
        print_json(answer.entry)
        return
    print_lines(
        [
            line((f"{name} is the admin of {url}.", "good")),
            line(f"Your token is kept in {path}, until {answer.entry.expires:%Y-%m-%d}."),
            line("`forebear account add NAME` adds others, `forebear member add` gives roles."),
        ]
    )


@account.command(name="sign-in")
def sign_in(*, common: Common = COMMON) -> None:
    """Keep a token for a server, in a file that only you can read; it is asked for, or piped in."""
    from forebear.client.credentials import keep_token
    from forebear.client.setting_up import known_as

    url = _server(common)
    said = getpass.getpass("Token: ") if sys.stdin.isatty() else sys.stdin.readline()
    answer = known_as(url, said.strip())
    path = keep_token(url, said.strip())
    if common.json:
        print_json(answer)
        return
    print_lines([line((f"You are {answer.name} at {url}.", "good"), f" The token is in {path}.")])


@account.command(name="sign-out")
def sign_out(*, common: Common = COMMON) -> None:
    """Forget the token for a server on this machine; `forebear token revoke` ends it everywhere."""
    from forebear.client.credentials import forget_token

    url = _server(common)
    known = forget_token(url)
    if common.json:
        print_json({"server": url, "known": known})
        return
    words = f"The token for {url} is forgotten." if known else f"No token for {url} is kept here."
    print_lines([line(words)])


@account.command
def whoami(*, common: Common = COMMON) -> None:
    """Say who you are to the store, and what you may do there."""
    answer = ask(common, WhoamiRequest())
    print_json(answer) if common.json else print_lines(whoami_lines(answer))


@account.command
def add(
    name: str,
    *,
    service: bool = False,
    issuer: str | None = None,
    subject: str | None = None,
    common: Common = COMMON,
) -> None:
    """Add an account; it may do nothing until it has a role.

    Parameters
    ----------
    name
        What it is called.
    service
        It is no person: a pipeline, a scheduler.
    issuer
        The provider of OpenID Connect that vouches for them, where it verifies no addresses.
    subject
        What they are called there (`sub`).
    """
    request = AccountAddRequest(
        name=name,
        kind="service" if service else "user",
        issuer=issuer,
        subject=subject,
    )
    answer = ask(common, request)
    if common.json:
        print_json(answer)
        return
    kind = "a service" if service else "a user"
    print_lines(
        [
            line((f"{name} is added, as {kind}.", "good")),
            line(f"Next: `forebear member add {name} ROLE`, `forebear token add --account {name}`"),
        ]
    )


@account.command(name="list")
def list_(*, limit: int | None = None, after: str | None = None, common: Common = COMMON) -> None:
    """List the accounts with their roles.

    Parameters
    ----------
    limit
        How many are listed.
    after
        The next page: what the page before said.
    """
    answer = ask(common, AccountsRequest(limit=limit, after=after))
    if common.json:
        print_json(answer)
    elif not answer.accounts:
        print_lines([line("There are no accounts.")])
    else:
        print_table(["name", "kind", "roles", "since", "state"], account_rows(answer))
        more(answer.next)


@account.command
def close(name: str, *, common: Common = COMMON) -> None:
    """Close an account: its roles, tokens and sessions end now. What it did stays on record.

    Parameters
    ----------
    name
        Whose account.
    """
    answer = ask(common, AccountCloseRequest(name=name))
    if common.json:
        print_json(answer)
        return
    print_lines([line(f"{name} is closed: no token of it opens anything any more.")])


@member.command(name="add")
def member_add(name: str, role: Role, *, workspace: str = DEFAULT, common: Common = COMMON) -> None:
    """Give an account a role in a workspace; a new workspace is there from then on.

    Parameters
    ----------
    name
        Whose account.
    role
        viewer (asks), contributor (records too), approver (asks and approves), auditor (asks and
        reads the log), admin (everything).
    workspace
        Where; '*' is everywhere.
    """
    answer = ask(common, MemberAddRequest(name=name, role=role, workspace=workspace))
    if common.json:
        print_json(answer)
        return
    told = f"{name} is {role} {_where(workspace)}"
    print_lines([line(told + ("." if answer.changed else " already."))])


@member.command(name="remove")
def member_remove(
    name: str, role: Role, *, workspace: str = DEFAULT, common: Common = COMMON
) -> None:
    """Take a role away from an account.

    Parameters
    ----------
    name
        Whose account.
    role
        Which role.
    workspace
        Where; '*' is everywhere.
    """
    answer = ask(common, MemberRemoveRequest(name=name, role=role, workspace=workspace))
    if common.json:
        print_json(answer)
        return
    was = "is no longer" if answer.changed else "was not"
    print_lines([line(f"{name} {was} {role} {_where(workspace)}.")])


@member.command(name="list")
def member_list(
    *, limit: int | None = None, after: str | None = None, common: Common = COMMON
) -> None:
    """List who has which role, in the workspaces that you are an admin of.

    Parameters
    ----------
    limit
        How many are listed.
    after
        The next page: what the page before said.
    """
    answer = ask(common, MembersRequest(limit=limit, after=after))
    if common.json:
        print_json(answer)
    elif not answer.members:
        print_lines([line("Nobody has a role.")])
    else:
        print_table(["workspace", "account", "role", "since"], member_rows(answer))
        more(answer.next)


def _where(workspace: str) -> str:
    return "everywhere" if workspace == "*" else f"in the workspace {workspace}"


def _server(common: Common) -> str:
    place = locate(common.store)
    if not place.is_server or place.url is None:
        raise InvalidInput(
            f"{place} is no server.",
            hint="Name one: `--store https://models.example`, or FOREBEAR_STORE.",
        )
    return place.url
