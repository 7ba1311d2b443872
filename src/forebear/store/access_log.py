"""The log of who did what: lines that are added, each bound to all before it by a hash.

Old lines may be taken out. Of the last of them a row without a line stays, which holds the hash
that the next line is bound to, and a new line of the log says up to where it was pruned, with
that hash. So what is left is checked as before, and that nobody else has taken the old lines out.

Some lines say what an account, a role or a token has become (`account_lines`). They are listed to
nobody, and what they say last of a row is said again before it would be taken out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from forebear.core.accounts import Access
from forebear.core.clock import micros, now
from forebear.store.reading import Reader

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["GONE", "add", "begins", "fault", "lines", "prune", "row_line", "rows_said", "says_rows"]

_START: Final = hashlib.sha256(b"forebear:access-log\n").digest()
_PAGE: Final = 10_000
_PRUNED: Final = ("PRUNE", "access-log")
"""The method and route of a line that says what was taken out."""
_ROWS: Final = "rows"
"""In place of an account: lines that say what a row of accounts, roles and tokens is."""
GONE: Final = "gone"
"""In place of the digest of a row that was taken out."""
_BOUND_BY: Final = 32
"""So many hex digits of a hash are enough that no other lines lead to it."""
_BEFORE: Final = "SELECT seq, chain FROM access WHERE line = '' ORDER BY seq"
_encoder = msgspec.json.Encoder(order="sorted")


def add(connection: Connection, accesses: Sequence[Access]) -> None:
    """Add lines; needs a transaction that is alone in writing."""
    from forebear.store import bulk, schema
    from forebear.store.engine import over

    last = over(connection).tuples("SELECT seq, chain FROM access ORDER BY seq DESC LIMIT 1")
    end, chain = last[0] if last else (0, _START)
    rows = []
    for seq, one in enumerate(accesses, start=end + 1):
        line = _encoder.encode(msgspec.structs.replace(one, seq=0))
        chain = _linked(chain, line)
        rows.append(
            {
                "seq": seq,
                "at": micros(one.at),
                "account": one.account,
                "line": line.decode(),
                "chain": chain,
            }
        )
    bulk.insert(connection, schema.access, rows)


def lines(
    reader: Reader, *, account: str | None, since: int | None, before: int | None, limit: int
) -> list[Access]:
    """Return lines, newest first."""
    wanted = {
        "account = :account": ("account", account),
        "at >= :since": ("since", since),
        "seq < :before": ("before", before),
    }
    given: dict[str, Any] = {name: value for name, value in wanted.values() if value is not None}
    where = [
        "line != ''",
        f"COALESCE(account, '') != '{_ROWS}'",
        *(text for text, (name, _) in wanted.items() if name in given),
    ]
    query = f"SELECT seq, line FROM access WHERE {' AND '.join(where)}"  # noqa: S608
    rows = reader.tuples(f"{query} ORDER BY seq DESC LIMIT :limit", limit=limit, **given)
    return [
        msgspec.structs.replace(msgspec.json.decode(line, type=Access), seq=seq)
        for seq, line in rows
    ]


def row_line(at: datetime, key: str, digest: str) -> Access:
    """Return the line that says what a row is."""
    return Access(
        at=at, account=_ROWS, method="ROW", route=_ROWS, about=f"{key} {digest}", status=200
    )


def says_rows(reader: Reader) -> bool:
    """Tell whether any line says what a row is."""
    query = "SELECT 1 FROM access WHERE account = :rows LIMIT 1"
    return reader.value(query, rows=_ROWS) is not None


def rows_said(reader: Reader, *, until: int | None = None) -> dict[str, str]:
    """Return what is said last of each row: of all, or of those last said up to a place."""
    query = "SELECT seq, line FROM access WHERE account = :rows AND line != '' ORDER BY seq"
    found: dict[str, tuple[int, str]] = {}
    for seq, line in reader.tuples(query, rows=_ROWS):
        key, _, digest = (msgspec.json.decode(line, type=Access).about or "").rpartition(" ")
        found[key] = seq, digest
    return {key: said for key, (seq, said) in found.items() if until is None or seq <= until}


def fault(reader: Reader) -> int | None:
    """Return the first place at which the log is not what was written; None if there is none."""
    before = reader.tuples(_BEFORE)
    expected, chain = (before[0][0] + 1, before[0][1]) if before else (1, _START)
    unsaid = [_said_of(*before[0])] if before else []
    query = "SELECT * FROM access WHERE line != '' AND seq >= :after ORDER BY seq LIMIT :limit"
    while page := reader.rows(query, after=expected, limit=_PAGE):
        for row in page:
            chain = _linked(chain, row.line.encode())
            told = msgspec.json.decode(row.line, type=Access)
            same = (row.account, row.at) == (told.account, micros(told.at))
            if row.seq != expected or row.chain != chain or not same:
                return expected
            if unsaid == [told.about] and (told.method, told.route) == _PRUNED:
                unsaid = []
            expected += 1
    if unsaid or reader.value("SELECT 1 FROM access WHERE seq < :seq", seq=begins(reader) - 1):
        return 1
    return None


def begins(reader: Reader) -> int:
    """Return the place of the oldest line that is kept."""
    before = reader.tuples(_BEFORE)
    return before[0][0] + 1 if before else 1


def prune(connection: Connection, before: int, by: str | None) -> int:
    """Take out lines from before a moment, and return how many; in a transaction of its own."""
    from sqlalchemy import text

    from forebear.store.engine import over

    reader = over(connection)
    kept = reader.value("SELECT MIN(seq) FROM access WHERE line != '' AND at >= :at", at=before)
    newest = reader.value("SELECT MAX(seq) FROM access WHERE line != ''")
    last, first = (kept or (newest or 0) + 1) - 1, begins(reader)
    if last < first:
        return 0
    chain = reader.value("SELECT chain FROM access WHERE seq = :seq", seq=last)
    said_there = rows_said(reader, until=last)
    # A row that is not said is one that is gone; a log in which none is said would begin anew.
    again = {key: digest for key, digest in said_there.items() if digest != GONE} or said_there
    connection.execute(text("DELETE FROM access WHERE seq < :seq"), {"seq": last})
    connection.execute(
        text("UPDATE access SET line = '', account = NULL WHERE seq = :seq"), {"seq": last}
    )
    method, route = _PRUNED
    about = _said_of(last, chain)
    said = Access(at=now(), account=by, method=method, route=route, about=about, status=200)
    add(connection, [said, *(row_line(now(), *one) for one in again.items())])
    return last + 1 - first


def _said_of(last: int, chain: bytes) -> str:
    return f"{last} {bytes(chain).hex()[:_BOUND_BY]}"


def _linked(chain: bytes, line: bytes) -> bytes:
    return hashlib.sha256(chain + line).digest()
