"""Runs: what is known of an activity, added up from all that was said of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from forebear.core import clock
from forebear.core.errors import InvalidInput
from forebear.core.rows import RunRow
from forebear.store.reading import Reader
from forebear.store.words import ALL

__all__ = [
    "find",
    "first_said",
    "inside",
    "listing",
    "load",
    "one",
    "roots",
    "serving",
    "steps",
    "subtree",
    "unfinished",
]

_CERTAINTY: Final = {"running": 0, "lost": 1, "finished": 2, "failed": 2}
_FOUND: Final = 20
_PAST_HEX: Final = "g"
"""Sorts after all that ids are written with."""

_SUBTREE: Final = """
WITH RECURSIVE subtree(node) AS (
    SELECT id FROM node WHERE key = :key AND seq <= :bound
    UNION
    SELECT run.node FROM run JOIN subtree ON run.parent = subtree.node WHERE run.seq <= :bound
)
SELECT node FROM subtree
"""
_SUBTREES: Final = """
WITH RECURSIVE subtree(top, node) AS (
    SELECT id, id FROM node WHERE key IN :keys AND seq <= :bound
    UNION
    SELECT subtree.top, run.node FROM run JOIN subtree ON run.parent = subtree.node
    WHERE run.seq <= :bound
)
"""
_INSIDE: Final = f"""
{_SUBTREES}
SELECT subtree.node, of_top.key FROM subtree JOIN node AS of_top ON of_top.id = subtree.top
"""  # noqa: S608
_STEPS: Final = f"""
{_SUBTREES}
SELECT of_top.key, of_node.key FROM subtree JOIN node AS of_top ON of_top.id = subtree.top
                                          JOIN node AS of_node ON of_node.id = subtree.node
WHERE subtree.top <> subtree.node
"""  # noqa: S608
_FIND: Final = """
SELECT id FROM node
WHERE key >= :least AND key < :most
  AND EXISTS (SELECT 1 FROM run WHERE run.node = node.id AND run.seq <= :bound)
ORDER BY key LIMIT :limit
"""
# The index on deployments serves only a query that names their kind as it does.
_UNENDED: Final = """
SELECT DISTINCT node FROM run
WHERE {which} AND seq <= :bound AND NOT EXISTS (
    SELECT 1 FROM run_end
    WHERE run_end.node = run.node AND run_end.status <> 'running' AND run_end.seq <= :bound
)
"""
_UNFINISHED: Final = _UNENDED.format(which="parent IS NULL")
_SERVING: Final = _UNENDED.format(which="kind = 'serve'")
_SERVED: Final = "SELECT DISTINCT node FROM run WHERE kind = 'serve' AND seq <= :bound"


def one(reader: Reader, id: str, bound: int) -> RunRow | None:
    """Return one run; None when its beginning is not recorded."""
    found = reader.value("SELECT id FROM node WHERE key = :key", key=id)
    return None if found is None else load(reader, [found], bound).get(found)


def find(reader: Reader, prefix: str, bound: int) -> list[RunRow]:
    """Return runs whose id begins with `prefix`, by id, at most 20."""
    ids = reader.column(_FIND, least=prefix, most=prefix + _PAST_HEX, bound=bound, limit=_FOUND)
    rows = load(reader, ids, bound)
    return [rows[id] for id in ids]


def unfinished(reader: Reader) -> list[RunRow]:
    """Return root runs without an end, oldest first."""
    rows = load(reader, reader.column(_UNFINISHED, bound=ALL), ALL).values()
    return sorted(
        (row for row in rows if row.status == "running" and row.parent is None),
        key=lambda row: (row.started, row.id),
    )


def serving(reader: Reader, bound: int, *, ended: bool = False) -> list[RunRow]:
    """Return deployments that have not ended, oldest first; with `ended` those too."""
    nodes = reader.column(_SERVED if ended else _SERVING, bound=bound)
    rows = load(reader, nodes, bound).values()
    return sorted(
        (row for row in rows if row.kind == "serve" and (ended or row.status == "running")),
        key=lambda row: (row.started, row.id),
    )


def listing(
    reader: Reader,
    *,
    roots_only: bool,
    parent: str | None,
    before: str | None,
    limit: int,
    bound: int,
) -> list[RunRow]:
    """Return a page of runs, newest first, or of the steps of `parent` as they happened."""
    query = _LISTED
    given: dict[str, Any] = {"bound": bound, "limit": limit}
    if parent is not None:
        query += " AND run.parent = (SELECT id FROM node WHERE key = :parent)"
        given["parent"] = parent
    elif roots_only:
        query += " AND run.parent IS NULL"
    order = _FORTH if parent is not None else _BACK
    last = None
    if before is not None:
        row = one(reader, before, bound)
        if row is None:
            raise InvalidInput(f"The run {before}, after which to go on, is not recorded.")
        last = (clock.micros(row.started), row.id)

    # A run may have been announced more than once, and then has several rows: it is listed
    # where the first announcement puts it.
    found: dict[str, RunRow] = {}
    while len(found) < limit:
        beyond = "" if last is None else order.beyond
        place = {} if last is None else {"at": last[0], "key": last[1]}
        page = reader.rows(f"{query} {beyond} {order.by} LIMIT :limit", **given, **place)
        rows = load(reader, [row.node for row in page], bound)
        for row in page:
            run = rows[row.node]
            belongs = run.parent == parent if roots_only or parent else True
            if belongs and clock.micros(run.started) == row.started:
                found[run.id] = run
        if len(page) < limit:
            break
        last = (page[-1].started, page[-1].key)
    return list(found.values())[:limit]


class _Order(NamedTuple):
    """In which order runs are listed, and what is beyond the last one."""

    by: str
    beyond: str


_LISTED: Final = (
    "SELECT run.node, run.started, node.key FROM run JOIN node ON node.id = run.node"
    " WHERE run.seq <= :bound"
)
_BACK: Final = _Order(
    by="ORDER BY run.started DESC, node.key DESC",
    beyond="AND run.started <= :at AND (run.started, node.key) < (:at, :key)",
)
_FORTH: Final = _Order(
    by="ORDER BY run.started, node.key",
    beyond="AND run.started >= :at AND (run.started, node.key) > (:at, :key)",
)


def subtree(reader: Reader, id: str, bound: int) -> list[int]:
    """Return the integer ids of a run and all steps below it."""
    return reader.column(_SUBTREE, key=id, bound=bound)


def inside(reader: Reader, ids: Sequence[str], bound: int) -> dict[int, list[str]]:
    """Return for each of these runs, and each step below one, which of them it belongs to."""
    found: dict[int, list[str]] = {}
    for node, top in reader.tuples(_INSIDE, keys=list(ids), bound=bound):
        found.setdefault(node, []).append(top)
    return found


def steps(reader: Reader, ids: Sequence[str], bound: int) -> dict[str, str]:
    """Return for each step below any of these runs that run."""
    return {step: run for run, step in reader.tuples(_STEPS, keys=list(ids), bound=bound)}


def roots(reader: Reader, nodes: Sequence[int], bound: int) -> dict[int, int]:
    """Return the outermost run of each of these runs (integer ids)."""
    parents = _ancestry(reader, nodes, bound)
    return {node: _root(node, parents) for node in nodes}


def load(reader: Reader, nodes: Sequence[int], bound: int) -> dict[int, RunRow]:
    """Return the runs with these integer ids that had been recorded at `bound`."""
    if not nodes:
        return {}
    begun = _said(reader, "run", "node", nodes, bound)
    ends = _said(reader, "run_end", "node", nodes, bound)
    params = _said(reader, "param", "run", nodes, bound)
    counts = _step_counts(reader, list(begun), bound)
    parents = _ancestry(reader, list(begun), bound)
    keys = _keys(reader, {*parents, *(up for up in parents.values() if up is not None)})
    loaded = {}
    for id, rows in begun.items():
        parent = parents[id]
        loaded[id] = RunRow(
            id=keys[id],
            parent=None if parent is None else keys[parent],
            root=keys[_root(id, parents)],
            steps=counts.get(id, 0),
            params=_merged(row.params for row in params.get(id, ())),
            seq=min(row.seq for row in rows),
            **_beginning(rows),
            **_end(rows, ends.get(id, [])),
            attrs=_merged(row.attrs for row in [*rows, *ends.get(id, ())]),
        )
    return loaded


def _said(
    reader: Reader, table: str, column: str, nodes: Sequence[int], bound: int
) -> dict[int, list[Any]]:
    """Return the rows of each node, in the order in which they were said."""
    query = (
        f"SELECT * FROM {table} WHERE {column} IN :nodes AND seq <= :bound"  # noqa: S608
        " ORDER BY said, seq"
    )
    found: dict[int, list[Any]] = {}
    for row in reader.rows(query, nodes=list(nodes), bound=bound):
        found.setdefault(getattr(row, column), []).append(row)
    return found


def _beginning(rows: Sequence[Any]) -> dict[str, Any]:
    command = _first(row.command for row in rows)
    return {
        "kind": first_said(row.kind for row in rows),
        "name": rows[0].name,
        "started": clock.from_micros(rows[0].started),
        "command": msgspec.json.decode(command) if command else [],
        "cwd": _first(row.cwd for row in rows),
        "where": _first(row.place for row in rows),
    }


def first_said(kinds: Iterable[str]) -> str:
    """Return what a run is, of all that it was said to be: the first that says anything."""
    return next((kind for kind in kinds if kind != "run"), "run")


def _end(begun: Sequence[Any], ends: Sequence[Any]) -> dict[str, Any]:
    """Return how a run ended: the most certain news, and of those the latest."""
    news = [row for row in [*begun, *ends] if _CERTAINTY[row.status]]
    if not news:
        return {"status": "running"}
    best = max(news, key=lambda row: (_CERTAINTY[row.status], row.said, row.seq))
    agreeing = [row for row in reversed(ends) if row.status == best.status]
    return {
        "status": best.status,
        "ended": None if best.ended is None else clock.from_micros(best.ended),
        "exit_code": _first(row.exit_code for row in agreeing),
        "error": _first(row.error for row in agreeing),
    }


def _step_counts(reader: Reader, nodes: Sequence[int], bound: int) -> dict[int, int]:
    query = (
        "SELECT parent, COUNT(DISTINCT node) FROM run"
        " WHERE parent IN :nodes AND seq <= :bound GROUP BY parent"
    )
    return dict(reader.tuples(query, nodes=list(nodes), bound=bound))


def _ancestry(reader: Reader, nodes: Sequence[int], bound: int) -> dict[int, int | None]:
    """Return the parent of each of these runs and of all runs above them."""
    query = (
        "SELECT node, parent FROM run WHERE node IN :nodes AND parent IS NOT NULL"
        " AND seq <= :bound ORDER BY said, seq"
    )
    parents: dict[int, int | None] = {}
    frontier = list(nodes)
    while frontier:
        parents.update((id, None) for id in frontier)
        for id, parent in reader.tuples(query, nodes=frontier, bound=bound):
            if parents[id] is None:
                parents[id] = parent
        found = {parents[id] for id in frontier}
        frontier = [id for id in found if id is not None and id not in parents]
    return parents


def _root(id: int, parents: dict[int, int | None]) -> int:
    seen = {id}
    while (parent := parents[id]) is not None and parent not in seen:
        id = parent
        seen.add(id)
    return id


def _keys(reader: Reader, nodes: Iterable[int]) -> dict[int, str]:
    query = "SELECT id, key FROM node WHERE id IN :nodes"
    return dict(reader.tuples(query, nodes=list(nodes)))


def _merged(texts: Iterable[str | None]) -> dict[str, Any]:
    """Add up JSON objects; of a key said twice the last value holds."""
    merged: dict[str, Any] = {}
    for said in texts:
        if said:
            merged |= msgspec.json.decode(said)
    return merged


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)
