"""What the log of who did what says of accounts, roles and tokens, so that it can be compared.

Whatever changes a row of theirs adds a line with the row's digest, in the same transaction. A row
that somebody changes in the database itself has no such line, and `faults` names it. Names are in
no digest, because they can be erased; nor is when a token was used last, which says nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from forebear.core.accounts import Access
from forebear.core.clock import now
from forebear.core.rows import Fault
from forebear.store import access_log
from forebear.store.reading import Reader

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["faults", "say"]

_KEYS: Final = {"account": ("id",), "member": ("account", "workspace", "role"), "token": ("id",)}
_SAID: Final = {
    "account": ("id", "kind", "created", "closed", "issuer", "subject"),
    "member": ("account", "workspace", "role", "since"),
    "token": (
        *("id", "account", "purpose", "digest", "name", "scopes", "workspace", "made", "expires"),
        "revoked",
    ),
}
"""What of a row is in its digest. A column that comes later is left out while it is empty."""
_ADDED: Final = "It was not made by forebear: the log of who did what does not say it."
_CHANGED: Final = "It was not changed by forebear: the log of who did what says otherwise."
_REMOVED: Final = "It was not taken out by forebear: the log of who did what says it."
_encoder = msgspec.json.Encoder(order="sorted")


def say(connection: Connection, table: str, keys: Sequence[Sequence[str]]) -> None:
    """Add to the log what rows are now; in the transaction that has changed them.

    A log that says no row yet is that of an earlier version: it begins with what is there.
    """
    from forebear.store.engine import over

    reader = over(connection)
    if not access_log.says_rows(reader):
        access_log.add(connection, _lines(dict(_all(reader))))
        return
    found: dict[str, str] = {}
    where = " AND ".join(f"{name} = :{name}" for name in _KEYS[table])
    for key in keys:
        given = dict(zip(_KEYS[table], key, strict=True))
        rows = reader.rows(f"SELECT * FROM {table} WHERE {where}", **given)  # noqa: S608
        found[" ".join((table, *key))] = _digest(table, rows[0]) if rows else access_log.GONE
    access_log.add(connection, _lines(found))


def faults(reader: Reader) -> Iterator[Fault]:
    """Yield the accounts, roles and tokens that are not what the log says of them."""
    said = access_log.rows_said(reader)
    present = dict(_all(reader))
    names = {row.id: row.name for row in reader.rows("SELECT id, name FROM account")}
    for key in sorted({*said, *present}) if said else ():
        told, there = said.get(key, access_log.GONE), present.get(key, access_log.GONE)
        if told != there:
            what = (
                _ADDED
                if told == access_log.GONE
                else _REMOVED
                if there == access_log.GONE
                else _CHANGED
            )
            called = names.get(key.split(" ")[1])
            where = f"{key} ({called})" if called else key
            yield Fault(what="database", where=where, message=what)


def _all(reader: Reader) -> Iterator[tuple[str, str]]:
    for table, names in _KEYS.items():
        for row in reader.rows(f"SELECT * FROM {table}"):  # noqa: S608
            yield " ".join((table, *(getattr(row, name) for name in names))), _digest(table, row)


def _digest(table: str, row: Any) -> str:
    values = {name: getattr(row, name) for name in _SAID[table]}
    return hashlib.sha256(_encoder.encode(values)).hexdigest()


def _lines(said: Mapping[str, str]) -> list[Access]:
    return [access_log.row_line(now(), key, digest) for key, digest in said.items()]
