"""The graph: artifacts and runs as nodes, and the edges between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, Final

import msgspec

from forebear.core.digest import is_digest
from forebear.core.entities import Edge, EdgeType, Node
from forebear.core.lineage import Direction
from forebear.core.rows import Fringe, RunRow, Sketch, VersionRow
from forebear.store import registry, runs
from forebear.store.reading import Reader
from forebear.store.recursion import Passing, kinds_of, numbers_of
from forebear.store.words import EDGE_TYPES, EVIDENCE_WORDS, TYPE_WORDS

__all__ = [
    "MOST_SPECIFIC",
    "artifacts",
    "edges",
    "edges_of_runs",
    "find_artifacts",
    "find_location",
    "fringe",
    "most_specific",
    "nodes",
    "same_content",
    "sketches",
]

_KINDS: Final = ("file", "data", "environment", "code", "model")
"""What an artifact may be taken for, from the vaguest word to the most specific."""
MOST_SPECIFIC: Final = _KINDS[-1]
_UNKNOWN: Final = "unknown"
_PAST_HEX: Final = "g"

_NODES: Final = "SELECT * FROM node WHERE key IN :keys AND seq <= :bound"
_KEYS: Final = "SELECT id, key FROM node WHERE id IN :ids"
_DIGESTS: Final = ("digest", "table_digest", "weights_digest")
_DIGESTED: Final = """
SELECT * FROM node
WHERE (id IN (
          SELECT node FROM artifact
          WHERE {column} >= :least AND {column} < :most AND seq <= :bound
      ) {or_key})
  AND type = 'artifact' AND seq <= :bound
ORDER BY seq, id
"""
_OR_KEY: Final = "OR key >= :least AND key < :most"
_EQUAL: Final = """
SELECT digest, id FROM (
    SELECT artifact.{column} AS digest, node.id, node.seq
    FROM artifact JOIN node ON node.id = artifact.node
    WHERE artifact.{column} IN :digests AND artifact.seq <= :bound
    {or_key}
) AS equal
WHERE seq <= :bound ORDER BY seq, id
"""
_OR_KEY_IS: Final = (
    "UNION SELECT key, id, seq FROM node WHERE key IN :digests AND type = 'artifact'"
)
_LOCATED: Final = """
SELECT node.* FROM node JOIN location ON location.artifact = node.id
WHERE location.uri = :uri AND location.seq <= :bound
ORDER BY location.at DESC, location.seq DESC
"""
_TOLD: Final = """
SELECT source.key AS source_key, target.key AS target_key,
       edge.type, edge.role, edge.relation, edge.slot,
       MAX(edge.evidence) AS grade, MIN(edge.seq) AS first{more}
FROM {edges} JOIN node AS source ON source.id = edge.source
             JOIN node AS target ON target.id = edge.target
WHERE {which}
GROUP BY source.key, target.key, edge.type, edge.role, edge.relation, edge.slot{more}
"""
_EDGES: Final = _TOLD.format(edges="edge", which="{which} AND edge.seq <= :bound", more="{more}")
_MAY: Final = "edge.evidence >= :evidence AND edge.seq <= :bound AND NOT (edge.role IN :without)"
_DEGREES: Final = """
SELECT node.id, node.key,
       (SELECT COUNT(*) FROM edge WHERE edge.{here} = node.id AND {may}) AS edges
FROM node WHERE node.id IN :nodes
"""
# The order is that of an index, so that of a million edges no more than these are read.
_NEWEST: Final = """
(SELECT * FROM edge WHERE edge.{here} = :node AND {may}
 ORDER BY edge.{newest} DESC LIMIT :most) AS edge
"""
_RECORDED: Final = itemgetter(7, 2, 0, 1, 3, 4, 5)
"""The order of edges: by when they were recorded, of one event by type and ends."""
_ENDS: Final = {"up": "target", "down": "source"}
_ORDER: Final = {"up": "seq", "down": "target"}
# The index on who declared an edge serves only a query that says that somebody did.
_OF_RUN: Final = (
    ("target", "edge.target IN :inside", EDGE_TYPES["used"]),
    ("source", "edge.source IN :inside", EDGE_TYPES["generated"]),
    ("run", "edge.run IN :inside AND edge.run <> 0", EDGE_TYPES["derived"]),
)


def nodes(reader: Reader, keys: Sequence[str], bound: int) -> dict[str, Node]:
    """Return the artifacts and runs with these ids; unknown ones are left out."""
    rows = reader.rows(_NODES, keys=list(dict.fromkeys(keys)), bound=bound)
    found = {described.id: described for described in _described(reader, rows, bound)}
    return {key: found[key] for key in keys if key in found}


def sketches(reader: Reader, keys: Sequence[str], bound: int) -> dict[str, Sketch]:
    """Return in short what these are; it costs a fraction of what `nodes` costs."""
    rows = reader.rows(_NODES, keys=list(dict.fromkeys(keys)), bound=bound)
    kinds, begun, _ = kinds_of(reader, [row.id for row in rows], bound)
    tops = runs.roots(reader, list(begun), bound)
    names = dict(reader.tuples(_KEYS, ids=list(set(tops.values()))))
    return {
        row.key: Sketch(type="run", kind=runs.first_said(said), root=names[tops[row.id]])
        if (said := begun.get(row.id))
        else Sketch(type=row.type, kind=_kind(row.type, kinds.get(row.id, ())))
        for row in rows
    }


def _kind(type: str, said: Iterable[str]) -> str:
    return "run" if type == "run" else most_specific(said)


def artifacts(reader: Reader, kind: str, bound: int) -> list[str]:
    """Return the ids of all artifacts that were said to be of this kind, oldest first."""
    query = (
        "SELECT key FROM node WHERE id IN"
        " (SELECT node FROM artifact WHERE kind = :kind AND seq <= :bound) ORDER BY id"
    )
    return reader.column(query, kind=kind, bound=bound)


def find_artifacts(reader: Reader, digest: str, bound: int) -> list[Node]:
    """Return artifacts whose content, table or weights digest begins with `digest`."""
    order: dict[int, Any] = {}
    for column in _DIGESTS:
        query = _DIGESTED.format(column=column, or_key=_OR_KEY if column == "digest" else "")
        for row in reader.rows(query, least=digest, most=digest + _PAST_HEX, bound=bound):
            order.setdefault(row.id, row)
    return _described(reader, list(order.values()), bound)


def same_content(reader: Reader, digests: Sequence[str], bound: int) -> dict[str, list[Node]]:
    """Return for each digest the artifacts whose content, table or weights digest it is."""
    wanted = list(dict.fromkeys(digests))
    found: dict[str, dict[int, None]] = {digest: {} for digest in wanted}
    for column in _DIGESTS:
        query = _EQUAL.format(column=column, or_key=_OR_KEY_IS if column == "digest" else "")
        for digest, node in reader.tuples(query, digests=wanted, bound=bound):
            found[digest][node] = None
    numbers = list({node for nodes in found.values() for node in nodes})
    rows = reader.rows("SELECT * FROM node WHERE id IN :numbers", numbers=numbers)
    told = {row.id: node for row, node in zip(rows, _described(reader, rows, bound), strict=True)}
    return {digest: [told[node] for node in nodes] for digest, nodes in found.items()}


def find_location(reader: Reader, uri: str, bound: int) -> list[Node]:
    """Return artifacts seen at a place, the one seen last first."""
    order: dict[int, Any] = {}
    for row in reader.rows(_LOCATED, uri=uri, bound=bound):
        order.setdefault(row.id, row)
    return _described(reader, list(order.values()), bound)


def edges(
    reader: Reader,
    keys: Sequence[str],
    direction: Direction,
    passing: Passing,
    type: EdgeType | None = None,
) -> list[Edge]:
    """Return the edges that arrive at (`up`) or leave (`down`) any of these."""
    which = f"edge.{_ENDS[direction]} IN :nodes AND edge.evidence >= :evidence"
    nodes = list(numbers_of(reader, keys).values())
    given = {"nodes": nodes, "evidence": passing.evidence, "bound": passing.seq}
    if type is not None:
        which += " AND edge.type = :type"
        given["type"] = EDGE_TYPES[type]
    return _strongest(reader.tuples(_EDGES.format(which=which, more=""), **given))


def fringe(
    reader: Reader,
    keys: Sequence[str],
    direction: Direction,
    *,
    most: int,
    without: Sequence[str],
    evidence: int,
    bound: int,
) -> Fringe:
    """Return the newest `most` edges at each of these, and how many there are where it is more."""
    here, nodes = _ENDS[direction], list(numbers_of(reader, keys).values())
    passing = {"evidence": evidence, "bound": bound, "without": list(without)}
    degrees = reader.rows(_DEGREES.format(here=here, may=_MAY), nodes=nodes, **passing)
    crowded = {row.id: row for row in degrees if row.edges > most}
    few = [row.id for row in degrees if row.edges and row.id not in crowded]
    query = _TOLD.format(edges="edge", which=f"edge.{here} IN :nodes AND {_MAY}", more="")
    found = reader.rows(query, nodes=few, **passing) if few else []
    newest = _NEWEST.format(here=here, may=_MAY, newest=_ORDER[direction])
    for node in crowded:
        query = _TOLD.format(edges=newest, which="true", more="")
        found += reader.rows(query, node=node, most=most, **passing)
    return Fringe(edges=_strongest(found), counts={row.key: row.edges for row in crowded.values()})


def edges_of_runs(reader: Reader, keys: Sequence[str], bound: int) -> dict[str, list[Edge]]:
    """Return for each run its edges and those of all steps below it, and what they declared."""
    inside = runs.inside(reader, keys, bound)
    found: dict[str, list[Any]] = {key: [] for key in keys}
    for end, which, type in _OF_RUN:
        query = _EDGES.format(which=f"{which} AND edge.type = :type", more=f", edge.{end}")
        for *told, node in reader.tuples(query, inside=list(inside), type=type, bound=bound):
            for key in inside[node]:
                found[key].append(told)
    return {key: _strongest(rows) for key, rows in found.items()}


def most_specific(kinds: Iterable[str]) -> str:
    """Return what an artifact is, of all that it was said to be."""
    return max(kinds, key=_KINDS.index, default=_UNKNOWN)


def _strongest(rows: Iterable[Any]) -> list[Edge]:
    """Make one edge of parallel ones, in the order in which they were recorded."""
    best: dict[tuple[Any, ...], int] = {}
    for *said, grade, _ in sorted(rows, key=_RECORDED):
        key = tuple(said)
        best[key] = max(grade, best.get(key, grade))
    return [
        Edge(
            source=source,
            target=target,
            type=TYPE_WORDS[type],
            role=role or None,
            relation=relation or None,
            slot=slot or None,
            evidence=EVIDENCE_WORDS[grade],
        )
        for (source, target, type, role, relation, slot), grade in best.items()
    ]


def _described(reader: Reader, rows: Sequence[Any], bound: int) -> list[Node]:
    artifacts = [row.id for row in rows if row.type == "artifact"]
    details = _details(reader, artifacts, bound)
    versions = registry.versions_of(reader, artifacts, bound)
    known = runs.load(reader, [row.id for row in rows if row.type == "run"], bound)
    return [
        _artifact(row.key, details.get(row.id, []), versions.get(row.id, []))
        if row.type == "artifact"
        else _run(row.key, known.get(row.id))
        for row in rows
    ]


def _details(reader: Reader, artifacts: Sequence[int], bound: int) -> dict[int, list[Any]]:
    """Return all that was said of each artifact, in the order in which it was said."""
    query = "SELECT * FROM artifact WHERE node IN :nodes AND seq <= :bound ORDER BY said, seq"
    found: dict[int, list[Any]] = {}
    for row in reader.rows(query, nodes=list(artifacts), bound=bound):
        found.setdefault(row.node, []).append(row)
    return found


def _artifact(key: str, said: Sequence[Any], versions: Sequence[VersionRow]) -> Node:
    """Add up what was said of an artifact: the most specific kind, of the rest the first."""

    def first(field: str) -> Any:
        for row in said:
            value = getattr(row, field)
            if value is not None:
                return value
        return None

    columns = first("columns")
    schema = msgspec.json.decode(columns) if columns else []
    attrs: dict[str, Any] = {}
    for row in reversed(said):
        attrs |= msgspec.json.decode(row.attrs) if row.attrs else {}
    more = {
        "schema": schema,
        "table": first("table_digest"),
        "weights": first("weights_digest"),
        "kept": any(row.kept for row in said),
        "by_reference": any(row.by_reference for row in said),
    }
    # Of several names, the one that people point to tells most, then one that somebody gave.
    known = max(versions, key=lambda v: (bool(v.aliases), not v.automatic, v.seq), default=None)
    return Node(
        id=key,
        type="artifact",
        kind=most_specific(row.kind for row in said),
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
