"""The graph: artifacts and runs as nodes, and the edges between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from forebear.core.digest import is_digest
from forebear.core.entities import Edge, Node
from forebear.core.ports import Direction, RunRow, VersionRow
from forebear.store import registry, runs
from forebear.store.engine import chunked
from forebear.store.schema import (
    EDGE_TYPES,
    EVIDENCE_WORDS,
    TYPE_WORDS,
    artifact,
    edge,
    location,
    node,
)

__all__ = [
    "artifacts",
    "edges",
    "find_artifacts",
    "find_location",
    "ids_of",
    "most_specific",
    "nodes",
    "run_edges",
]

_KINDS: Final = ("file", "data", "environment", "code", "model")
"""What an artifact may be taken for, from the vaguest word to the most specific."""
_UNKNOWN: Final = "unknown"
_PAST_HEX: Final = "g"

_source: Final = node.alias("source")
_target: Final = node.alias("target")


def nodes(connection: Connection, keys: Sequence[str], bound: int) -> dict[str, Node]:
    """Return the artifacts and runs with these ids; unknown ones are left out."""
    rows = [
        row
        for part in chunked(list(dict.fromkeys(keys)))
        for row in connection.execute(select(node).where(node.c.key.in_(part), node.c.seq <= bound))
    ]
    found = {described.id: described for described in _described(connection, rows, bound)}
    return {key: found[key] for key in keys if key in found}


def artifacts(connection: Connection, kind: str, bound: int) -> list[str]:
    """Return the ids of all artifacts that were said to be of this kind, oldest first."""
    said = select(artifact.c.node).where(artifact.c.kind == kind, artifact.c.seq <= bound)
    query = select(node.c.key).where(node.c.id.in_(said)).order_by(node.c.id)
    return list(connection.execute(query).scalars())


def find_artifacts(connection: Connection, digest: str, bound: int) -> list[Node]:
    """Return artifacts whose content, table or weights digest begins with `digest`."""

    def begins(column: ColumnElement[Any]) -> ColumnElement[bool]:
        return (column >= digest) & (column < digest + _PAST_HEX)

    order: dict[int, Row[Any]] = {}
    for column in (artifact.c.digest, artifact.c.table_digest, artifact.c.weights_digest):
        said = select(artifact.c.node).where(begins(column), artifact.c.seq <= bound)
        matches: ColumnElement[bool] = node.c.id.in_(said)
        if column is artifact.c.digest:
            matches = or_(matches, begins(node.c.key))
        query = select(node).where(matches, node.c.type == "artifact", node.c.seq <= bound)
        for row in connection.execute(query.order_by(node.c.seq, node.c.id)):
            order.setdefault(row.id, row)
    return _described(connection, list(order.values()), bound)


def find_location(connection: Connection, uri: str, bound: int) -> list[Node]:
    """Return artifacts seen at a place, the one seen last first."""
    query = (
        select(node)
        .join(location, location.c.artifact == node.c.id)
        .where(location.c.uri == uri, location.c.seq <= bound)
        .order_by(location.c.at.desc(), location.c.seq.desc())
    )
    order: dict[int, Row[Any]] = {}
    for row in connection.execute(query):
        order.setdefault(row.id, row)
    return _described(connection, list(order.values()), bound)


def ids_of(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    """Return the integer ids behind ids; unknown ones are left out."""
    return {
        row.key: row.id
        for part in chunked(list(dict.fromkeys(keys)))
        for row in connection.execute(select(node.c.key, node.c.id).where(node.c.key.in_(part)))
    }


def edges(
    connection: Connection, keys: Sequence[str], direction: Direction, evidence: int, bound: int
) -> list[Edge]:
    """Return the edges that arrive at (`up`) or leave (`down`) any of these."""
    end = edge.c.target if direction == "up" else edge.c.source
    found: list[Row[Any]] = []
    for part in chunked(list(ids_of(connection, keys).values())):
        query = _edges(bound).where(end.in_(part), edge.c.evidence >= evidence)
        found += connection.execute(query)
    return _strongest(found)


def run_edges(connection: Connection, run: str, bound: int) -> list[Edge]:
    """Return the edges of a run and all steps below it, and those that they declared."""
    arms = (
        (edge.c.target, EDGE_TYPES["used"]),
        (edge.c.source, EDGE_TYPES["generated"]),
        (edge.c.run, EDGE_TYPES["derived"]),
    )
    found: list[Row[Any]] = []
    for part in chunked(runs.subtree(connection, run, bound)):
        for end, type in arms:
            found += connection.execute(_edges(bound).where(end.in_(part), edge.c.type == type))
    return _strongest(found)


def most_specific(kinds: Iterable[str]) -> str:
    """Return what an artifact is, of all that it was said to be."""
    return max(kinds, key=_KINDS.index, default=_UNKNOWN)


def _edges(bound: int) -> Select[Any]:
    ends = (_source.c.key.label("source_key"), _target.c.key.label("target_key"))
    words = (edge.c.type, edge.c.role, edge.c.relation, edge.c.slot)
    return (
        select(*ends, *words, func.max(edge.c.evidence).label("grade"))
        .add_columns(func.min(edge.c.seq).label("first"))
        .join(_source, _source.c.id == edge.c.source)
        .join(_target, _target.c.id == edge.c.target)
        .where(edge.c.seq <= bound)
        .group_by(*ends, *words)
    )


def _strongest(rows: Iterable[Row[Any]]) -> list[Edge]:
    """Make one edge of parallel ones, in the order in which they were recorded."""
    best: dict[tuple[Any, ...], Row[Any]] = {}
    for row in sorted(rows, key=lambda row: (row.first, row.type, *row[:6])):
        known = best.setdefault(tuple(row[:6]), row)
        if row.grade > known.grade:
            best[tuple(row[:6])] = row
    return [
        Edge(
            source=row.source_key,
            target=row.target_key,
            type=TYPE_WORDS[row.type],
            role=row.role or None,
            relation=row.relation or None,
            slot=row.slot or None,
            evidence=EVIDENCE_WORDS[row.grade],
        )
        for row in best.values()
    ]


def _described(connection: Connection, rows: Sequence[Row[Any]], bound: int) -> list[Node]:
    artifacts = [row.id for row in rows if row.type == "artifact"]
    details = _details(connection, artifacts, bound)
    versions = registry.versions_of(connection, artifacts, bound)
    known = runs.load(connection, [row.id for row in rows if row.type == "run"], bound)
    return [
        _artifact(row.key, details.get(row.id, []), versions.get(row.id, []))
        if row.type == "artifact"
        else _run(row.key, known.get(row.id))
        for row in rows
    ]


def _details(
    connection: Connection, artifacts: Sequence[int], bound: int
) -> dict[int, list[Row[Any]]]:
    """Return all that was said of each artifact, in the order in which it was said."""
    found: dict[int, list[Row[Any]]] = {}
    for part in chunked(artifacts):
        query = select(artifact).where(artifact.c.node.in_(part), artifact.c.seq <= bound)
        for row in connection.execute(query.order_by(artifact.c.said, artifact.c.seq)):
            found.setdefault(row.node, []).append(row)
    return found


def _artifact(key: str, said: Sequence[Row[Any]], versions: Sequence[VersionRow]) -> Node:
    """Add up what was said of an artifact: the most specific kind, of the rest the first."""

    def first(field: str) -> Any:
        return next((row[field] for row in rows if row[field] is not None), None)

    rows = [row._mapping for row in said]
    columns = first("columns")
    schema = msgspec.json.decode(columns) if columns else []
    attrs: dict[str, Any] = {}
    for row in reversed(rows):
        attrs |= msgspec.json.decode(row["attrs"]) if row["attrs"] else {}
    more = {
        "schema": schema,
        "table": first("table_digest"),
        "weights": first("weights_digest"),
        "kept": any(row["kept"] for row in rows),
        "by_reference": any(row["by_reference"] for row in rows),
    }
    # Of several names, the one that people point to tells most, then one that somebody gave.
    known = max(versions, key=lambda v: (bool(v.aliases), not v.automatic, v.seq), default=None)
    return Node(
        id=key,
        type="artifact",
        kind=most_specific(row["kind"] for row in rows),
        name=known.name if known else first("label"),
        version=known.version if known else None,
        aliases=known.aliases if known else [],
        digest=first("digest") or (key if is_digest(key) else None),
        label=first("label"),
        format=first("format"),
        size=first("size"),
        rows=first("rows"),
        columns=len(schema) or None,
        in_memory=not is_digest(key),
        attrs=attrs | {word: value for word, value in more.items() if value},
    )


def _run(key: str, row: RunRow | None) -> Node:
    if row is None:
        return Node(id=key, type="run", kind="run")
    return Node(
        id=key,
        type="run",
        kind=row.kind,
        name=row.name,
        parent=row.parent,
        root=row.root,
        status=row.status,
        started=row.started,
        ended=row.ended,
        where=row.where,
        attrs=row.attrs | ({"params": row.params} if row.params else {}),
    )
