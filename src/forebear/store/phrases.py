"""Full-text search, what is asked: texts by their words.

The words are an ordinary table, so that both databases find the same, a name that is erased
is erased here too, and what people ask for is never part of a query language.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from forebear.core.search import FIELDS, Phrase, Phrases
from forebear.store.database import Database
from forebear.store.words import ALL

__all__ = ["PhraseTable"]

_END: Final = "\U0010ffff"
_HOLDS: Final = """
phrase.seq <= :bound AND phrase.text IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM phrase AS later
    WHERE later.about = phrase.about AND later.field = phrase.field
      AND later.key = phrase.key AND later.seq > phrase.seq AND later.seq <= :bound
)
"""
# In this order the key of the words is read from the place on where the first one is.
_HAVING: Final = """
SELECT phrase.about, phrase.field, phrase.key, phrase.text, phrase.seq
FROM word JOIN phrase ON phrase.seq = word.seq AND phrase.n = word.n
WHERE word.word >= :first AND word.word < :last AND {holds}
ORDER BY word.word, word.field, word.seq LIMIT :most
"""
_COUNT: Final = "SELECT count(*) FROM ({having}) AS found"
_ABOUT: Final = "SELECT phrase.* FROM phrase WHERE phrase.about IN :things AND {holds}"
# In each the table by which rows are chosen comes first, and CROSS JOIN keeps SQLite to that.
_BY_KEY: Final = """
SELECT node.key AS own, name.kind || ':' || name.name AS ref
FROM node CROSS JOIN version CROSS JOIN name
WHERE node.key IN :values AND version.artifact = node.id AND name.id = version.name
  AND version.seq <= :bound
"""
_BY_DIGEST: Final = """
SELECT artifact.{own} AS own, name.kind || ':' || name.name AS ref
FROM artifact CROSS JOIN version CROSS JOIN name
WHERE artifact.{own} IN :values AND version.artifact = artifact.node AND name.id = version.name
  AND version.seq <= :bound
"""
_DIGESTS: Final = ("digest", "table_digest", "weights_digest")
_CONTENTS: Final = """
SELECT name.name, node.key, artifact.digest, artifact.table_digest, artifact.weights_digest
FROM name CROSS JOIN version CROSS JOIN node LEFT JOIN artifact ON artifact.node = node.id
WHERE name.kind = :kind AND name.name IN :names AND version.name = name.id
  AND node.id = version.artifact AND version.seq <= :bound
"""


class PhraseTable(Phrases):
    """The texts of one store; implements `forebear.core.search.Phrases`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, word: str, seq: int | None = None, *, most: int) -> int:
        """How many texts have a word that begins with this one, at most `most`."""
        having = _HAVING.format(holds=_HOLDS)
        with self._database.reading() as reader:
            return int(
                reader.value(_COUNT.format(having=having), **_beginning(word, seq), most=most)
            )

    def having(self, word: str, seq: int | None = None, *, limit: int) -> list[Phrase]:
        """Texts with a word that begins with this one: equal words first, then telling fields."""
        with self._database.reading() as reader:
            rows = reader.rows(_HAVING.format(holds=_HOLDS), **_beginning(word, seq), most=limit)
            return list(dict.fromkeys(map(_phrase, rows)))

    def about(self, things: Sequence[str], seq: int | None = None) -> list[Phrase]:
        """All texts about these things."""
        with self._database.reading() as reader:
            query, wanted = _ABOUT.format(holds=_HOLDS), list(dict.fromkeys(things))
            rows = reader.rows(query, things=wanted, bound=_bound(seq))
            return [_phrase(row) for row in rows]

    def names(self, contents: Sequence[str], seq: int | None = None) -> dict[str, list[str]]:
        """For each id or digest the names of which a version has that content."""
        queries = [_BY_KEY, *(_BY_DIGEST.format(own=own) for own in _DIGESTS)]
        values, found = list(dict.fromkeys(contents)), _Lists()
        with self._database.reading() as reader:
            for query in queries if values else ():
                found.add(reader.tuples(query, values=values, bound=_bound(seq)))
        return found.lists()

    def contents(self, names: Sequence[str], seq: int | None = None) -> dict[str, list[str]]:
        """For each name the ids and digests of its versions, and of the tables in them."""
        found = _Lists()
        with self._database.reading() as reader:
            for kind in ("data", "model"):
                bare = [ref.partition(":")[2] for ref in names if ref.startswith(f"{kind}:")]
                given = {"kind": kind, "names": bare, "bound": _bound(seq)}
                for name, *owns in reader.tuples(_CONTENTS, **given) if bare else ():
                    found.add((f"{kind}:{name}", own) for own in owns if own is not None)
        return found.lists()


class _Lists:
    """Values by keys, each once, in the order in which they come."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, None]] = {}

    def add(self, pairs: Iterable[tuple[str, str]]) -> None:
        for key, value in pairs:
            self._found.setdefault(key, {})[value] = None

    def lists(self) -> dict[str, list[str]]:
        return {key: list(values) for key, values in self._found.items()}


def _beginning(word: str, seq: int | None) -> dict[str, Any]:
    return {"first": word, "last": word + _END, "bound": _bound(seq)}


def _bound(seq: int | None) -> int:
    return ALL if seq is None else seq


def _phrase(row: Any) -> Phrase:
    return Phrase(
        about=row.about, field=FIELDS[row.field - 1], key=row.key, text=row.text, seq=row.seq
    )
