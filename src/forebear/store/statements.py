"""What is said of things on topics: the table of statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from forebear.core.clock import from_micros
from forebear.core.statements import StatementRow, Statements
from forebear.store.database import Database
from forebear.store.reading import Reader
from forebear.store.words import ALL, EVIDENCE_WORDS

__all__ = ["StatementTable", "packets"]

_SAID: Final = """
SELECT statement.*, node.key AS run_key
FROM statement LEFT JOIN node ON node.id = statement.run
WHERE statement.topic IN :topics AND statement.seq <= :bound
"""
_HOLDS: Final = """
AND statement.value IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM statement AS later
    WHERE later.topic = statement.topic AND later.about = statement.about
      AND later.key = statement.key AND later.seq > statement.seq AND later.seq <= :bound
)
ORDER BY statement.seq
"""


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
        return self._rows(_HOLDS, topics, about, key, seq)

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
        newest = "ORDER BY statement.seq DESC" + ("" if limit is None else " LIMIT :limit")
        return self._rows(newest, topics, about, key, seq, limit=limit)

    def _rows(
        self,
        which: str,
        topics: Sequence[str],
        about: Sequence[str] | None,
        key: str | None,
        seq: int | None,
        **more: Any,
    ) -> list[StatementRow]:
        given = {"topics": list(topics), "bound": ALL if seq is None else seq, **more}
        query = _SAID
        if about is not None:
            query += " AND statement.about IN :about"
            given["about"] = list(about)
        if key is not None:
            query += " AND statement.key = :key"
            given["key"] = key
        with self._database.reading() as reader:
            return [_row(row) for row in reader.rows(f"{query} {which}", **given)]


def packets(reader: Reader) -> list[str]:
    """Return the digests of all bytes in the content store that statements speak of."""
    return reader.column("SELECT DISTINCT packet FROM statement WHERE packet IS NOT NULL")


def _row(row: Any) -> StatementRow:
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
