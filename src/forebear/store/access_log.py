"""The log of who did what: lines that are added, each bound to all before it by a hash."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from forebear.core.accounts import Access
from forebear.core.clock import micros
from forebear.store.reading import Reader

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["add", "fault", "lines"]

_START: Final = hashlib.sha256(b"forebear:access-log\n").digest()
_PAGE: Final = 10_000
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
    where = ["seq > 0", *(text for text, (name, _) in wanted.items() if name in given)]
    query = f"SELECT seq, line FROM access WHERE {' AND '.join(where)}"  # noqa: S608
    rows = reader.tuples(f"{query} ORDER BY seq DESC LIMIT :limit", limit=limit, **given)
    return [
        msgspec.structs.replace(msgspec.json.decode(line, type=Access), seq=seq)
        for seq, line in rows
    ]


def fault(reader: Reader) -> int | None:
    """Return the first place at which the log is not what was written; None if there is none."""
    expected, chain = 1, _START
    query = "SELECT * FROM access WHERE seq >= :after ORDER BY seq LIMIT :limit"
    while page := reader.rows(query, after=expected, limit=_PAGE):
        for row in page:
            chain = _linked(chain, row.line.encode())
            told = msgspec.json.decode(row.line, type=Access)
            same = (row.account, row.at) == (told.account, micros(told.at))
            if row.seq != expected or row.chain != chain or not same:
                return expected
            expected += 1
    return None


def _linked(chain: bytes, line: bytes) -> bytes:
    return hashlib.sha256(chain + line).digest()
