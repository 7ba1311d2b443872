"""The registry: names, their versions, and the aliases that point to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, select

from forebear.core.clock import from_micros
from forebear.core.ports import AliasRow, NameRow, VersionRow
from forebear.core.refs import NameKind
from forebear.store.engine import chunked
from forebear.store.schema import alias, artifact, name, node, version

__all__ = ["alias_at", "history", "names", "versions", "versions_of"]

# A version is the row that gave the number; `named` is any row that says that an artifact is
# that version, which for content named again is another one.
_named: Final = version.alias("named")
_maker: Final = node.alias("maker")


def names(connection: Connection, kind: NameKind, bound: int) -> list[NameRow]:
    """Return names that have versions, most recently changed first."""
    moves = (
        select(alias.c.name, func.max(alias.c.at).label("at"))
        .where(alias.c.seq <= bound)
        .group_by(alias.c.name)
        .subquery()
    )
    query = (
        select(
            name.c.name,
            func.count().label("versions"),
            func.min(version.c.at).label("created"),
            func.max(version.c.at).label("named"),
            func.max(moves.c.at).label("moved"),
        )
        .join(version, version.c.name == name.c.id)
        .outerjoin(moves, moves.c.name == name.c.id)
        .where(name.c.kind == kind, version.c.minted, version.c.seq <= bound)
        .group_by(name.c.id, name.c.name)
    )
    rows = [
        NameRow(
            kind=kind,
            name=row.name,
            versions=row.versions,
            created=from_micros(row.created),
            updated=from_micros(max(row.named, row.moved or 0)),
        )
        for row in connection.execute(query)
    ]
    rows.sort(key=lambda row: row.name)
    rows.sort(key=lambda row: row.updated, reverse=True)
    return rows


def versions(connection: Connection, kind: NameKind, of: str, bound: int) -> list[VersionRow]:
    """Return the versions of a name, newest first, each with the aliases that point to it."""
    query = _versions(bound).where(
        name.c.kind == kind, name.c.name == of, _named.c.minted, _named.c.seq <= bound
    )
    rows = connection.execute(query.order_by(version.c.number.desc())).all()
    pointing = _pointing(connection, {row.name_id for row in rows}, bound)
    return [_version(row, pointing) for row in rows]


def versions_of(
    connection: Connection, artifacts: Sequence[int], bound: int
) -> dict[int, list[VersionRow]]:
    """Return for each artifact (integer id) the versions that it is, newest first."""
    rows: list[Row[Any]] = []
    for part in chunked(artifacts):
        query = _versions(bound).where(_named.c.artifact.in_(part), _named.c.seq <= bound)
        rows += connection.execute(query.order_by(_named.c.seq.desc()))
    pointing = _pointing(connection, {row.name_id for row in rows}, bound)
    found: dict[int, list[VersionRow]] = {}
    for row in rows:
        found.setdefault(row.named_artifact, []).append(_version(row, pointing))
    return found


def alias_at(
    connection: Connection, kind: NameKind, of: str, called: str, bound: int
) -> AliasRow | None:
    """Return the last move of an alias, None when it points nowhere."""
    query = _moves(kind, of, bound).where(alias.c.alias == called).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None or row.version is None else _move(row)


def history(connection: Connection, kind: NameKind, of: str, bound: int) -> list[AliasRow]:
    """Return every move of every alias of a name, newest first."""
    return [_move(row) for row in connection.execute(_moves(kind, of, bound))]


def _versions(bound: int) -> Select[Any]:
    # Until the artifact itself is recorded its id has to stand for its digest.
    digest = (
        select(artifact.c.digest)
        .where(artifact.c.node == version.c.artifact, artifact.c.seq <= bound)
        .order_by(artifact.c.said, artifact.c.seq)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            version,
            name.c.id.label("name_id"),
            name.c.kind,
            name.c.name.label("name_text"),
            node.c.key.label("artifact_key"),
            func.coalesce(digest, node.c.key).label("digest"),
            _maker.c.key.label("run_key"),
            _named.c.artifact.label("named_artifact"),
        )
        .join(name, name.c.id == version.c.name)
        .join(
            _named,
            (_named.c.name == version.c.name)
            & (_named.c.number == version.c.number)
            & version.c.minted,
        )
        .join(node, node.c.id == version.c.artifact)
        .outerjoin(_maker, _maker.c.id == version.c.run)
    )


def _version(row: Row[Any], pointing: dict[tuple[int, int], list[str]]) -> VersionRow:
    return VersionRow(
        kind=row.kind,
        name=row.name_text,
        version=row.number,
        artifact=row.artifact_key,
        digest=row.digest,
        created=from_micros(row.at),
        run=row.run_key,
        by=row.who,
        automatic=row.automatic,
        aliases=pointing.get((row.name_id, row.number), []),
        seq=row.seq,
    )


def _pointing(
    connection: Connection, ids: Collection[int], bound: int
) -> dict[tuple[int, int], list[str]]:
    """Return for (name, number) the aliases that point there, in alphabetical order."""
    last: dict[tuple[int, str], int | None] = {}
    for part in chunked(list(ids)):
        query = (
            select(alias.c.name, alias.c.alias, alias.c.version)
            .where(alias.c.name.in_(part), alias.c.seq <= bound)
            .order_by(alias.c.seq)
        )
        for row in connection.execute(query):
            last[row.name, row.alias] = row.version
    pointing: dict[tuple[int, int], list[str]] = {}
    for (id, called), number in sorted(last.items()):
        if number is not None:
            pointing.setdefault((id, number), []).append(called)
    return pointing


def _moves(kind: NameKind, of: str, bound: int) -> Select[Any]:
    return (
        select(alias, name.c.kind, name.c.name.label("name_text"))
        .join(name, name.c.id == alias.c.name)
        .where(name.c.kind == kind, name.c.name == of, alias.c.seq <= bound)
        .order_by(alias.c.seq.desc())
    )


def _move(row: Row[Any]) -> AliasRow:
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
