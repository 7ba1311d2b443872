"""Small walks in SQL: one recursive statement with a budget, or one statement a level.

Statements differ between databases in where a recursion may be cut off, and in what keeps a
planner from reading whole tables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, get_args

from forebear.core.entities import ArtifactKind
from forebear.core.lineage import Direction
from forebear.store.reading import Reader

__all__ = [
    "Near",
    "Passing",
    "any_said_to_be",
    "artifacts_said_to_be",
    "by_levels",
    "keys_of",
    "kinds_of",
    "neighbours",
    "numbers_of",
    "recursive",
    "runs_said_to_be",
    "spread",
    "trail",
    "trails",
]

_OF_ARTIFACTS: Final = frozenset(get_args(ArtifactKind))
_UNSAID: Final = frozenset({"run", "unknown"})
"""What nodes are of which nothing is said."""


class Passing(NamedTuple):
    """Which edges a question may follow: known well enough, and recorded early enough."""

    evidence: int
    seq: int


class Near(NamedTuple):
    """Reached nodes, the nearest first, how many at each distance, and how many beyond."""

    nodes: list[int]
    counts: list[int]
    beyond: int = 0

    def places(self, among: Collection[int]) -> list[int]:
        """Return where in `nodes` those stand that are among some, in order."""
        return [place for place, node in enumerate(self.nodes) if node in among]


_SQLITE: Final = {
    "ids": "SELECT value FROM json_each(:ids)",
    "inner": "LIMIT :budget",
    "outer": "",
    "edges": "CROSS JOIN edge WHERE edge.{here} = node AND {may}",
}
_POSTGRESQL: Final = {
    "ids": "SELECT unnest(CAST(:ids AS bigint[]))",
    "inner": "",
    "outer": "LIMIT :budget",
    # OFFSET 0 keeps the planner from reading the whole table once a level when it knows no
    # better: it has to look each node up.
    "edges": (
        "CROSS JOIN LATERAL (SELECT source, target FROM edge"
        " WHERE edge.{here} = node AND {may} OFFSET 0) AS edge WHERE true"
    ),
}
_ENDS: Final = {
    "up": {"here": "target", "there": "source"},
    "down": {"here": "source", "there": "target"},
}
_MAY: Final = "edge.evidence >= :evidence AND edge.seq <= :seq"
_RECURSION: Final = """
WITH RECURSIVE reach(node) AS (
    {ids}
    UNION
    SELECT edge.{there} FROM reach {edges}
    {inner}
), visited AS MATERIALIZED (SELECT node FROM reach {outer})
SELECT 0, COUNT(*) FROM visited
UNION ALL
SELECT edge.{here}, edge.{there} FROM visited {edges}
AND (SELECT COUNT(*) FROM visited) < :budget
"""
_LEVEL: Final = """
SELECT DISTINCT edge.{there} FROM edge WHERE edge.{here} IN :ids AND {may}
"""
# The index on models serves only a query that names their kind as it does; the plus keeps SQLite
# from reading all rows up to `seq` instead.
_MODELS: Final = "SELECT node FROM artifact WHERE kind = 'model' AND +seq <= :seq"
_KINDS: Final = """
SELECT node, kind FROM {table} WHERE node IN :ids AND seq <= :seq ORDER BY said, seq
"""


def recursive(
    reader: Reader,
    starts: Sequence[int],
    direction: Direction,
    passing: Passing,
    budget: int,
) -> dict[int, list[int]] | None:
    """Return all that is reached with where its edges lead, or None if it is too much.

    Shaped for walking: each node with edges maps to their far ends. Parallel edges are there
    as often as they are recorded. Recursion is on the node alone: with the depth beside it, a
    node would come up again for each length of a way to it.
    """
    query = _along(direction, reader.dialect, _RECURSION)
    given = {"ids": list(starts), "budget": budget, **passing._asdict()}
    edges: dict[int, list[int]] = {}
    for here, there in reader.tuples(query, **given):
        edges.setdefault(here, []).append(there)
    (reached,) = edges.pop(0)
    return edges if reached < budget else None


def spread(edges: dict[int, list[int]], starts: Iterable[int], depth: int | None = None) -> Near:
    """Walk along `edges` breadth first and tell what is reached at which distance."""
    frontier = list(dict.fromkeys(starts))
    seen = set(frontier)
    nodes: list[int] = []
    counts: list[int] = []
    while frontier:
        fresh = {end for here in frontier for end in edges.get(here, ()) if end not in seen}
        if len(counts) == depth:
            return Near(nodes, counts, len(fresh))
        frontier = sorted(fresh)
        seen |= fresh
        nodes += frontier
        counts += [len(frontier)] if frontier else []
    return Near(nodes, counts)


def by_levels(
    reader: Reader,
    starts: Sequence[int],
    direction: Direction,
    passing: Passing,
    depth: int | None = None,
) -> Near:
    """Walk with one statement a level, for as long as it takes."""
    frontier, seen = sorted(set(starts)), set(starts)
    nodes: list[int] = []
    counts: list[int] = []
    while frontier:
        fresh = neighbours(reader, frontier, direction, passing) - seen
        if len(counts) == depth:
            return Near(nodes, counts, len(fresh))
        frontier = sorted(fresh)
        seen |= fresh
        nodes += frontier
        counts += [len(frontier)] if frontier else []
    return Near(nodes, counts)


def neighbours(
    reader: Reader, nodes: Sequence[int], direction: Direction, passing: Passing
) -> set[int]:
    """Return what lies one step from these nodes."""
    query = _along(direction, reader.dialect, _LEVEL)
    return set(reader.column(query, ids=list(nodes), **passing._asdict()))


def trail(edges: dict[int, list[int]], starts: Iterable[int], goals: Iterable[int]) -> list[int]:
    """Return the nodes of a shortest way along `edges` from a goal back to a start, or none."""
    wanted = set(goals)
    before: dict[int, int | None] = dict.fromkeys(starts)
    frontier = list(before)
    while frontier:
        met = [node for node in frontier if node in wanted]
        if met:
            way: list[int] = []
            node: int | None = min(met)
            while node is not None:
                way.append(node)
                node = before[node]
            return way
        fresh: dict[int, int | None] = {}
        for here in frontier:
            for end in edges.get(here, ()):
                if end not in before:
                    fresh.setdefault(end, here)
        before |= fresh
        frontier = list(fresh)
    return []


def trails(
    edges: dict[int, list[int]],
    starts: Sequence[int],
    goals: Iterable[int],
    closed: Iterable[int],
    direction: Direction,
) -> dict[int, list[int]]:
    """Return for each goal that is reached the nodes of a shortest way, the cause first.

    No way arrives by an edge at a node that is `closed`; it may begin there.
    """
    up, shut = direction == "up", set(closed)
    before: dict[int, int | None] = dict.fromkeys(starts)
    frontier = [node for node in before if not (up and node in shut)]
    while frontier:
        fresh: dict[int, int | None] = {}
        for here in frontier:
            for end in edges.get(here, ()):
                if end not in before and (up or end not in shut):
                    fresh.setdefault(end, here)
        before |= fresh
        frontier = [node for node in fresh if node not in shut]
    found = {}
    for goal in dict.fromkeys(goals):
        way: list[int] = []
        node: int | None = goal if goal in before else None
        while node is not None:
            way.append(node)
            node = before[node]
        if way:
            found[goal] = way if up else way[::-1]
    return found


def numbers_of(reader: Reader, keys: Sequence[str]) -> dict[str, int]:
    """Return the numbers of the nodes with these ids; unknown ones are left out."""
    query = "SELECT key, id FROM node WHERE key IN :keys"
    return dict(reader.tuples(query, keys=list(keys)))


def keys_of(reader: Reader, numbers: Sequence[int]) -> dict[int, str]:
    """Return the ids of the nodes with these numbers."""
    query = "SELECT id, key FROM node WHERE id IN :numbers"
    return dict(reader.tuples(query, numbers=list(numbers)))


def kinds_of(
    reader: Reader, numbers: Sequence[int], seq: int
) -> tuple[dict[int, list[str]], dict[int, list[str]], dict[int, str]]:
    """Return what kinds artifacts and runs were said to be of, in that order, and their types."""
    ids = list(numbers)
    artifacts: dict[int, list[str]] = {}
    begun: dict[int, list[str]] = {}
    for table, found in (("artifact", artifacts), ("run", begun)):
        for number, kind in reader.tuples(_KINDS.format(table=table), ids=ids, seq=seq):
            found.setdefault(number, []).append(kind)
    types = dict(reader.tuples("SELECT id, type FROM node WHERE id IN :ids", ids=ids))
    return artifacts, begun, types


def artifacts_said_to_be(reader: Reader, kind: str, seq: int) -> set[int]:
    """Return the numbers of artifacts that were ever said to be of this kind."""
    if kind not in _OF_ARTIFACTS:
        return set()
    if kind == "model":
        return set(reader.column(_MODELS, seq=seq))
    query = "SELECT node FROM artifact WHERE kind = :kind AND seq <= :seq"
    return set(reader.column(query, kind=kind, seq=seq))


def runs_said_to_be(reader: Reader, kinds: Sequence[str], seq: int) -> set[int]:
    """Return the numbers of runs that were ever said to be of one of these kinds."""
    query = "SELECT node FROM run WHERE kind IN :kinds AND seq <= :seq"
    return set(reader.column(query, kinds=list(kinds), seq=seq))


def any_said_to_be(reader: Reader, kinds: Sequence[str], seq: int) -> bool:
    """Tell whether anything may be of one of these kinds."""
    if _UNSAID.intersection(kinds):
        return True
    given = {"kinds": list(kinds), "seq": seq}
    tables = ["artifact", "run"] if _OF_ARTIFACTS.intersection(kinds) else ["run"]
    query = "SELECT 1 FROM {table} WHERE kind IN :kinds AND seq <= :seq LIMIT 1"
    return any(reader.value(query.format(table=table), **given) for table in tables)


@lru_cache(maxsize=16)
def _along(direction: Direction, dialect: str, form: str) -> str:
    """Return a statement that follows edges in one direction."""
    words = _SQLITE if dialect == "sqlite" else _POSTGRESQL
    ends = {"may": _MAY, **_ENDS[direction]}
    return form.format_map(ends | {name: word.format_map(ends) for name, word in words.items()})
