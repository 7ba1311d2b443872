"""Accounts in SQL: who may sign in, with which roles and tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from forebear.core.access import EVERYWHERE, Grant
from forebear.core.accounts import Access, Account, Accounts, Member, Token
from forebear.core.clock import from_micros, micros, now
from forebear.core.errors import Conflict
from forebear.store import access_log, account_lines
from forebear.store.database import Database
from forebear.store.reading import Reader

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["AccountTables"]

_MEMBERS: Final = """
SELECT account.name, member.* FROM member JOIN account ON account.id = member.account
WHERE account.closed IS NULL ORDER BY member.workspace, account.name, member.role
"""
_MADE_BEFORE: Final = "(made, id) < (SELECT made, id FROM token WHERE id = :after)"


class AccountTables(Accounts):
    """The accounts of one store; implements `forebear.core.accounts.Accounts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_empty(self) -> bool:
        """Tell whether there is no account yet."""
        with self._database.reading() as reader:
            return _is_empty(reader)

    def account(self, name: str) -> Account | None:
        """The account that is called so."""
        return self._one("SELECT * FROM account WHERE name = :name", name=name)

    def account_by_id(self, id: str) -> Account | None:
        """The account with this id."""
        return self._one("SELECT * FROM account WHERE id = :id", id=id)

    def account_of(self, issuer: str, subject: str) -> Account | None:
        """The account of whom somebody vouches for."""
        query = "SELECT * FROM account WHERE issuer = :issuer AND subject = :subject"
        return self._one(query, issuer=issuer, subject=subject)

    def accounts(self, *, after: str | None = None, limit: int | None = None) -> list[Account]:
        """All accounts by name, or so many of those with a name behind this one."""
        query, given = _page(
            "SELECT * FROM account",
            {"name > :after": ("after", after)},
            order="name",
            limit=limit,
        )
        with self._database.reading() as reader:
            return [_account(row) for row in reader.rows(query, **given)]

    def add(self, account: Account) -> None:
        """Add an account; Conflict when somebody is called so."""
        with self._database.writing() as connection:
            _add(connection, account)
            account_lines.say(connection, "account", [[account.id]])

    def vouch(self, id: str, issuer: str, subject: str) -> None:
        """Note by whom an account is vouched for, and under which name."""
        query = "UPDATE account SET issuer = :issuer, subject = :subject WHERE id = :id"
        with self._database.writing() as connection:
            _run(connection, query, id=id, issuer=issuer, subject=subject)
            account_lines.say(connection, "account", [[id]])

    def rename(self, id: str, name: str) -> None:
        """Call an account otherwise."""
        self._do("UPDATE account SET name = :name WHERE id = :id", id=id, name=name)

    def close_account(self, id: str, at: datetime) -> None:
        """Close an account: its tokens and sessions end with it."""
        from forebear.store.engine import over

        close = "UPDATE account SET closed = :at WHERE id = :id AND closed IS NULL"
        roles = "SELECT account, workspace, role FROM member WHERE account = :id"
        with self._database.writing() as connection:
            held = over(connection).tuples(roles, id=id)
            _run(connection, close, id=id, at=micros(at))
            _revoke(connection, "account = :id", at, id=id)
            _run(connection, "DELETE FROM member WHERE account = :id", id=id)
            account_lines.say(connection, "account", [[id]])
            account_lines.say(connection, "member", held)

    def grants(self, account: str) -> list[Grant]:
        """The roles of an account."""
        query = "SELECT workspace, role FROM member WHERE account = :account"
        with self._database.reading() as reader:
            rows = reader.tuples(f"{query} ORDER BY workspace, role", account=account)
        return [Grant(workspace=workspace, role=role) for workspace, role in rows]

    def members(self) -> list[Member]:
        """All roles of accounts that are not closed."""
        with self._database.reading() as reader:
            return [
                Member(
                    account=row.account,
                    name=row.name,
                    workspace=row.workspace,
                    role=row.role,
                    since=from_micros(row.since),
                )
                for row in reader.rows(_MEMBERS)
            ]

    def grant(self, account: str, grant: Grant, at: datetime) -> bool:
        """Give a role; False when it is there already."""
        with self._database.writing() as connection:
            given = _grant(connection, account, grant, at)
            if given:
                account_lines.say(connection, "member", [[account, grant.workspace, grant.role]])
            return given

    def ungrant(self, account: str, grant: Grant) -> bool:
        """Take a role away; False when it is not there."""
        query = (
            "DELETE FROM member WHERE account = :account AND workspace = :place AND role = :role"
        )
        with self._database.writing() as connection:
            taken = _run(connection, query, account=account, place=grant.workspace, role=grant.role)
            if taken:
                account_lines.say(connection, "member", [[account, grant.workspace, grant.role]])
            return taken > 0

    def add_token(self, token: Token, digest: str) -> None:
        """Keep a token by its digest."""
        with self._database.writing() as connection:
            _add_token(connection, token, digest)
            account_lines.say(connection, "token", [[token.id]])

    def token(self, digest: str) -> Token | None:
        """What is known of the token with this digest."""
        with self._database.reading() as reader:
            rows = reader.rows("SELECT * FROM token WHERE digest = :digest", digest=digest)
            return _token(rows[0]) if rows else None

    def tokens(
        self, account: str | None = None, *, after: str | None = None, limit: int | None = None
    ) -> list[Token]:
        """The API tokens of one account, or all, newest first; or so many made before this one."""
        query, given = _page(
            "SELECT * FROM token",
            {
                "purpose = :purpose": ("purpose", "api"),
                "account = :account": ("account", account),
                _MADE_BEFORE: ("after", after),
            },
            order="made DESC, id DESC",
            limit=limit,
        )
        with self._database.reading() as reader:
            return [_token(row) for row in reader.rows(query, **given)]

    def revoke(self, id: str, at: datetime) -> None:
        """End a token, and the sessions that were begun with it."""
        begun = "(id = :id OR (purpose = 'session' AND name = :id))"
        with self._database.writing() as connection:
            _revoke(connection, begun, at, id=id)

    def end_setup(self, at: datetime) -> None:
        """End all set-up tokens."""
        with self._database.writing() as connection:
            _revoke(connection, "purpose = 'setup'", at)

    def touch(self, id: str, at: datetime) -> None:
        """Note that a token was used."""
        self._do("UPDATE token SET used = :at WHERE id = :id", id=id, at=micros(at))

    def set_up(self, digest: str, account: Account, token: Token, token_digest: str) -> bool:
        """Make the first account, an admin everywhere, with a token; uses up a set-up token.

        False when that is unknown, used or over, or when there is an account already.
        """
        from forebear.store.engine import over

        # Strangers may try as often as they like, and must hold up nobody who writes.
        if self.token(digest) is None:
            return False
        with self._database.writing() as connection:
            reader = over(connection)
            query = "SELECT * FROM token WHERE digest = :digest AND purpose = 'setup'"
            rows = reader.rows(query, digest=digest)
            if not rows or not _token(rows[0]).is_good(now()) or not _is_empty(reader):
                return False
            _revoke(connection, "id = :id", now(), id=rows[0].id)
            _add(connection, account)
            _grant(connection, account.id, Grant(workspace=EVERYWHERE, role="admin"), now())
            _add_token(connection, token, token_digest)
            account_lines.say(connection, "account", [[account.id]])
            account_lines.say(connection, "member", [[account.id, EVERYWHERE, "admin"]])
            account_lines.say(connection, "token", [[token.id]])
            return True

    def note(self, accesses: Sequence[Access]) -> None:
        """Add lines to the log."""
        if accesses:
            with self._database.writing() as connection:
                access_log.add(connection, accesses)

    def log(
        self,
        *,
        account: str | None = None,
        since: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Access]:
        """Lines of the log, newest first; `before` is the place of the last one of a page."""
        with self._database.reading() as reader:
            return access_log.lines(
                reader,
                account=account,
                since=None if since is None else micros(since),
                before=before,
                limit=limit,
            )

    def log_begins(self) -> int:
        """The place of the oldest line that is kept; those before it were taken out."""
        with self._database.reading() as reader:
            return access_log.begins(reader)

    def prune_log(self, before: datetime, by: str | None) -> int:
        """Take out what is older, which the log says itself, and return how many lines went."""
        with self._database.writing() as connection:
            return access_log.prune(connection, micros(before), by)

    def log_fault(self) -> int | None:
        """The first place at which the log is not what was written; None when all of it is."""
        with self._database.reading() as reader:
            return access_log.fault(reader)

    def _one(self, query: str, **given: Any) -> Account | None:
        with self._database.reading() as reader:
            rows = reader.rows(query, **given)
        return _account(rows[0]) if rows else None

    def _do(self, query: str, **given: Any) -> int:
        with self._database.writing() as connection:
            return _run(connection, query, **given)


def _page(
    select: str, conditions: Mapping[str, tuple[str, str | None]], *, order: str, limit: int | None
) -> tuple[str, dict[str, Any]]:
    """Return the question for a page, of those conditions that have a value, with the values."""
    held = {text: pair for text, pair in conditions.items() if pair[1] is not None}
    where = f" WHERE {' AND '.join(held)}" if held else ""
    given: dict[str, Any] = dict(held.values())
    if limit is not None:
        return f"{select}{where} ORDER BY {order} LIMIT :limit", given | {"limit": limit}
    return f"{select}{where} ORDER BY {order}", given


def _run(connection: Connection, query: str, **given: Any) -> int:
    from sqlalchemy import text

    return connection.execute(text(query), given).rowcount


def _revoke(connection: Connection, which: str, at: datetime, **given: str) -> None:
    """End the tokens that are not over yet, of those that a condition holds for."""
    from forebear.store.engine import over

    where = f"revoked IS NULL AND {which}"
    ids = over(connection).tuples(f"SELECT id FROM token WHERE {where}", **given)  # noqa: S608
    if ids:
        query = f"UPDATE token SET revoked = :at WHERE {where}"  # noqa: S608
        _run(connection, query, at=micros(at), **given)
        account_lines.say(connection, "token", ids)


def _is_empty(reader: Reader) -> bool:
    return reader.value("SELECT 1 FROM account LIMIT 1") is None


def _add(connection: Connection, account: Account) -> None:
    from forebear.store import bulk, schema
    from forebear.store.engine import over

    query = "SELECT 1 FROM account WHERE name = :name"
    if over(connection).value(query, name=account.name) is not None:
        raise Conflict(
            f"There is an account called '{account.name}' already.", hint="Choose another name."
        )
    row = {
        "id": account.id,
        "name": account.name,
        "kind": account.kind,
        "created": micros(account.created),
        "closed": None,
        "issuer": account.issuer,
        "subject": account.subject,
    }
    bulk.insert(connection, schema.account, [row])


def _grant(connection: Connection, account: str, grant: Grant, at: datetime) -> bool:
    from forebear.store import bulk, schema
    from forebear.store.engine import over

    row = {"account": account, "workspace": grant.workspace, "role": grant.role}
    query = (
        "SELECT 1 FROM member WHERE account = :account AND workspace = :workspace AND role = :role"
    )
    if over(connection).value(query, **row) is not None:
        return False
    bulk.insert(connection, schema.member, [{**row, "since": micros(at)}])
    return True


def _add_token(connection: Connection, token: Token, digest: str) -> None:
    from forebear.store import bulk, schema

    row = {
        "id": token.id,
        "account": token.account,
        "purpose": token.purpose,
        "digest": digest,
        "name": token.name,
        "scopes": " ".join(token.scopes),
        "workspace": token.workspace,
        "made": micros(token.made),
        "expires": micros(token.expires),
        "used": None,
        "revoked": None,
    }
    bulk.insert(connection, schema.token, [row])


def _account(row: Any) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        kind=row.kind,
        created=from_micros(row.created),
        closed=_moment(row.closed),
        issuer=row.issuer,
        subject=row.subject,
    )


def _token(row: Any) -> Token:
    return Token(
        id=row.id,
        account=row.account,
        purpose=row.purpose,
        name=row.name,
        scopes=row.scopes.split(),
        workspace=row.workspace,
        made=from_micros(row.made),
        expires=from_micros(row.expires),
        used=_moment(row.used),
        revoked=_moment(row.revoked),
    )


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_micros(value)
