"""The registry: names, their versions, and the aliases that point to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from forebear.core.clock import from_micros
from forebear.core.refs import NameKind
from forebear.core.rows import AliasRow, NameRow, VersionRow
from forebear.store.reading import Reader

__all__ = [
    "alias_at",
    "history",
    "named",
    "names",
    "newest",
    "versions_of",
    "versions_of_names",
]

_NAMES: Final = """
SELECT name.name, COUNT(*) AS versions, MIN(version.at) AS created, MAX(version.at) AS named,
       MAX(moves.at) AS moved
FROM name JOIN version ON version.name = name.id
LEFT JOIN (SELECT name, MAX(at) AS at FROM alias WHERE seq <= :bound GROUP BY name) AS moves
       ON moves.name = name.id
WHERE name.kind = :kind AND version.minted AND version.seq <= :bound
GROUP BY name.id, name.name
"""

# A version is the row that gave the number; `named` is any row that says that an artifact is
# that version, which for content named again is another one. Until the artifact itself is
# recorded its id has to stand for its digest. What came by itself may be decided on later, by a
# statement (`forebear.core.catalog.NAMED`).
_VERSIONS: Final = """
SELECT version.*, name.id AS name_id, name.kind, name.name AS name_text,
       node.key AS artifact_key, maker.key AS run_key, named.artifact AS named_artifact,
       COALESCE((
           SELECT artifact.digest FROM artifact
           WHERE artifact.node = version.artifact AND artifact.seq <= :bound
           ORDER BY artifact.said, artifact.seq LIMIT 1
       ), node.key) AS digest,
       version.automatic AND NOT EXISTS (
           SELECT 1 FROM statement
           WHERE statement.topic = 'named' AND statement.about = node.key
                 AND statement.key = name.kind || ':' || name.name AND statement.seq <= :bound
       ) AS undecided
FROM version
JOIN name ON name.id = version.name
JOIN version AS named
     ON named.name = version.name AND named.number = version.number AND version.minted
JOIN node ON node.id = version.artifact
LEFT JOIN node AS maker ON maker.id = version.run
WHERE named.seq <= :bound
"""
_NEWEST: Final = """
SELECT name.name, node.key
FROM name JOIN version ON version.name = name.id AND version.minted
JOIN node ON node.id = version.artifact
WHERE name.kind = :kind AND version.seq <= :bound
ORDER BY version.number
"""
_MOVES: Final = """
SELECT alias.*, name.kind, name.name AS name_text
FROM alias JOIN name ON name.id = alias.name
WHERE name.kind = :kind AND name.name = :of AND alias.seq <= :bound
"""


def names(reader: Reader, kind: NameKind, bound: int) -> list[NameRow]:
    """Return names that have versions, most recently changed first."""
    rows = [
        NameRow(
            kind=kind,
            name=row.name,
            versions=row.versions,
            created=from_micros(row.created),
            updated=from_micros(max(row.named, row.moved or 0)),
        )
        for row in reader.rows(_NAMES, kind=kind, bound=bound)
    ]
    rows.sort(key=lambda row: row.name)
    rows.sort(key=lambda row: row.updated, reverse=True)
    return rows


def newest(reader: Reader, kind: NameKind, bound: int) -> dict[str, str]:
    """Return for each name the artifact of its newest version."""
    return dict(reader.tuples(_NEWEST, kind=kind, bound=bound))


def versions_of_names(
    reader: Reader, kind: NameKind, names: Sequence[str], bound: int
) -> dict[str, list[VersionRow]]:
    """Return the versions of each name, newest first, each with the aliases that point to it."""
    query = f"{_VERSIONS} AND name.kind = :kind AND name.name IN :names AND named.minted"
    query += " ORDER BY version.number DESC"
    rows = reader.rows(query, kind=kind, names=list(names), bound=bound)
    pointing = _pointing(reader, rows, bound)
    found: dict[str, list[VersionRow]] = {}
    for row in rows:
        found.setdefault(row.name_text, []).append(_version(row, pointing))
    return found


def versions_of(
    reader: Reader, artifacts: Sequence[int], bound: int
) -> dict[int, list[VersionRow]]:
    """Return for each artifact (integer id) the versions that it is, newest first."""
    if not artifacts:
        return {}
    query = f"{_VERSIONS} AND named.artifact IN :artifacts ORDER BY named.seq DESC"
    rows = reader.rows(query, artifacts=list(artifacts), bound=bound)
    pointing = _pointing(reader, rows, bound)
    found: dict[int, list[VersionRow]] = {}
    for row in rows:
        found.setdefault(row.named_artifact, []).append(_version(row, pointing))
    return found


def named(reader: Reader, kind: NameKind, bound: int) -> list[str]:
    """Return the ids of all artifacts that are a version of some name, oldest first."""
    query = (
        "SELECT key FROM node WHERE id IN (SELECT version.artifact FROM version"
        " JOIN name ON name.id = version.name WHERE name.kind = :kind AND version.seq <= :bound)"
        " ORDER BY id"
    )
    return reader.column(query, kind=kind, bound=bound)


def alias_at(reader: Reader, kind: NameKind, of: str, called: str, bound: int) -> AliasRow | None:
    """Return the last move of an alias, None when it points nowhere."""
    query = f"{_MOVES} AND alias.alias = :called ORDER BY alias.seq DESC LIMIT 1"
    for row in reader.rows(query, kind=kind, of=of, called=called, bound=bound):
        return None if row.version is None else _move(row)
    return None


def history(reader: Reader, kind: NameKind, of: str, bound: int) -> list[AliasRow]:
    """Return every move of every alias of a name, newest first."""
    query = f"{_MOVES} ORDER BY alias.seq DESC"
    return [_move(row) for row in reader.rows(query, kind=kind, of=of, bound=bound)]


def _version(row: Any, pointing: dict[tuple[int, int], list[str]]) -> VersionRow:
    return VersionRow(
        kind=row.kind,
        name=row.name_text,
        version=row.number,
        artifact=row.artifact_key,
        digest=row.digest,
        created=from_micros(row.at),
        run=row.run_key,
        by=row.who,
        automatic=bool(row.undecided),
        aliases=pointing.get((row.name_id, row.number), []),
        seq=row.seq,
    )


def _pointing(
    reader: Reader, versions: Sequence[Any], bound: int
) -> dict[tuple[int, int], list[str]]:
    """Return for (name, number) the aliases that point there, in alphabetical order."""
    if not versions:
        return {}
    query = (
        "SELECT name, alias, version FROM alias WHERE name IN :names AND seq <= :bound ORDER BY seq"
    )
    names = list({row.name_id for row in versions})
    last = {
        (name, called): number
        for name, called, number in reader.tuples(query, names=names, bound=bound)
    }
    pointing: dict[tuple[int, int], list[str]] = {}
    for (id, called), number in sorted(last.items()):
        if number is not None:
            pointing.setdefault((id, number), []).append(called)
    return pointing


def _move(row: Any) -> AliasRow:
    return AliasRow(
        kind=row.kind,
        name=row.name_text,
        alias=row.alias,
        version=row.version,
        at=from_micros(row.at),
        by=row.who,
        why=row.why,
        seq=row.seq,
    )
