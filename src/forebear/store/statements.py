"""What is said of things on topics: the table of statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, Select, and_, select

from forebear.core.clock import from_micros
from forebear.core.statements import StatementRow, Statements
from forebear.store.engine import Database, chunked
from forebear.store.schema import ALL, EVIDENCE_WORDS, node, statement

__all__ = ["StatementTable", "packets"]

_later: Final = statement.alias("later")


class StatementTable(Statements):
    """The statements of one store; implements `forebear.core.statements.Statements`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(
        self,
        topics: Sequence[str],
        about: Sequence[str] | None = None,
        *,
        key: str | None = None,
        seq: int | None = None,
    ) -> list[StatementRow]:
        """What holds now, oldest first, without what was taken back."""
        bound = ALL if seq is None else seq
        superseded = (
            select(_later.c.seq)
            .where(
                _later.c.topic == statement.c.topic,
                _later.c.about == statement.c.about,
                _later.c.key == statement.c.key,
                _later.c.seq > statement.c.seq,
                _later.c.seq <= bound,
            )
            .exists()
        )
        query = _said(topics, key, bound).where(~superseded, statement.c.value.is_not(None))
        return sorted(self._rows(query, about), key=lambda row: row.seq)

    def history(
        self,
        topics: Sequence[str],
        about: Sequence[str] | None = None,
        *,
        key: str | None = None,
        seq: int | None = None,
        limit: int | None = None,
    ) -> list[StatementRow]:
        """All that was ever said, newest first."""
        query = _said(topics, key, ALL if seq is None else seq)
        newest = query.order_by(statement.c.seq.desc()).limit(limit)
        found = sorted(self._rows(newest, about), key=lambda row: row.seq, reverse=True)
        return found[:limit]

    def _rows(self, query: Select[Any], about: Sequence[str] | None) -> Iterator[StatementRow]:
        with self._database.reading() as connection:
            if about is None:
                yield from map(_row, connection.execute(query))
            for part in chunked(list(dict.fromkeys(about or ()))):
                yield from map(_row, connection.execute(query.where(statement.c.about.in_(part))))


def packets(connection: Connection) -> list[str]:
    """Return the digests of all bytes in the content store that statements speak of."""
    query = select(statement.c.packet).where(statement.c.packet.is_not(None)).distinct()
    return list(connection.execute(query).scalars())


def _said(topics: Sequence[str], key: str | None, bound: int) -> Select[Any]:
    keyed = [] if key is None else [statement.c.key == key]
    return (
        select(statement, node.c.key.label("run_key"))
        .outerjoin(node, node.c.id == statement.c.run)
        .where(and_(statement.c.topic.in_(topics), statement.c.seq <= bound, *keyed))
    )


def _row(row: Row[Any]) -> StatementRow:
    return StatementRow(
        topic=row.topic,
        about=row.about,
        key=row.key,
        value=None if row.value is None else msgspec.json.decode(row.value),
        by=row.who,
        why=row.why,
        until=None if row.until is None else from_micros(row.until),
        run=row.run_key,
        evidence=EVIDENCE_WORDS[row.evidence],
        packet=row.packet,
        at=from_micros(row.at),
        seq=row.seq,
    )
