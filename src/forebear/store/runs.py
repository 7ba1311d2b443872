"""Runs: what is known of an activity, added up from all that was said of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    Connection,
    Row,
    Select,
    Table,
    func,
    literal_column,
    select,
    text,
    tuple_,
)

from forebear.core import clock
from forebear.core.errors import InvalidInput
from forebear.core.ports import RunRow
from forebear.store.engine import chunked
from forebear.store.schema import ALL, node, param, run, run_end

__all__ = [
    "find",
    "first_said",
    "listing",
    "load",
    "one",
    "serving",
    "subtree",
    "unfinished",
]

_CERTAINTY: Final = {"running": 0, "lost": 1, "finished": 2, "failed": 2}
_FOUND: Final = 20
_PAST_HEX: Final = "g"
"""Sorts after all that ids are written with."""

_SUBTREE: Final = text(
    """
WITH RECURSIVE subtree(node) AS (
    SELECT id FROM node WHERE key = :key AND seq <= :bound
    UNION
    SELECT run.node FROM run JOIN subtree ON run.parent = subtree.node WHERE run.seq <= :bound
)
SELECT node FROM subtree
"""
)


def one(connection: Connection, id: str, bound: int) -> RunRow | None:
    """Return one run; None when its beginning is not recorded."""
    found = connection.execute(select(node.c.id).where(node.c.key == id)).scalar()
    return None if found is None else load(connection, [found], bound).get(found)


def find(connection: Connection, prefix: str, bound: int) -> list[RunRow]:
    """Return runs whose id begins with `prefix`, by id, at most 20."""
    query = (
        select(node.c.id)
        .where(node.c.key >= prefix, node.c.key < prefix + _PAST_HEX)
        .where(select(run.c.seq).where(run.c.node == node.c.id, run.c.seq <= bound).exists())
        .order_by(node.c.key)
        .limit(_FOUND)
    )
    ids = connection.execute(query).scalars().all()
    rows = load(connection, ids, bound)
    return [rows[id] for id in ids]


def unfinished(connection: Connection) -> list[RunRow]:
    """Return root runs without an end, oldest first."""
    ended = (
        select(run_end.c.seq)
        .where(run_end.c.node == run.c.node, run_end.c.status != "running")
        .exists()
    )
    ids = connection.execute(select(run.c.node).where(run.c.parent.is_(None), ~ended)).scalars()
    rows = load(connection, list(dict.fromkeys(ids)), ALL).values()
    return sorted(
        (row for row in rows if row.status == "running" and row.parent is None),
        key=lambda row: (row.started, row.id),
    )


def serving(connection: Connection, bound: int, *, ended: bool = False) -> list[RunRow]:
    """Return deployments that have not ended, oldest first; with `ended` those too."""
    over = (
        select(run_end.c.seq)
        .where(run_end.c.node == run.c.node, run_end.c.status != "running")
        .where(run_end.c.seq <= bound)
        .exists()
    )
    # The index on deployments serves only a query that names their kind as it does.
    begun = select(run.c.node).where(run.c.kind == literal_column("'serve'"), run.c.seq <= bound)
    query = begun if ended else begun.where(~over)
    ids = connection.execute(query.distinct()).scalars().all()
    rows = load(connection, ids, bound).values()
    return sorted(
        (row for row in rows if row.kind == "serve" and (ended or row.status == "running")),
        key=lambda row: (row.started, row.id),
    )


def listing(
    connection: Connection,
    *,
    roots_only: bool,
    parent: str | None,
    before: str | None,
    limit: int,
    bound: int,
) -> list[RunRow]:
    """Return a page of runs, newest first, or of the steps of `parent` as they happened."""
    query = select(run.c.node, run.c.started, node.c.key).join(node, node.c.id == run.c.node)
    query = query.where(run.c.seq <= bound)
    if parent is not None:
        inside = select(node.c.id).where(node.c.key == parent).scalar_subquery()
        query = query.where(run.c.parent == inside).order_by(run.c.started, node.c.key)
    else:
        query = query.order_by(run.c.started.desc(), node.c.key.desc())
        if roots_only:
            query = query.where(run.c.parent.is_(None))
    last = None
    if before is not None:
        row = one(connection, before, bound)
        if row is None:
            raise InvalidInput(f"The run {before}, after which to go on, is not recorded.")
        last = (clock.micros(row.started), row.id)

    # A run may have been announced more than once, and then has several rows: it is listed
    # where the first announcement puts it.
    found: dict[str, RunRow] = {}
    while len(found) < limit:
        page = connection.execute(_beyond(query, last, parent is None).limit(limit)).all()
        rows = load(connection, [row.node for row in page], bound)
        for place in page:
            row = rows[place.node]
            belongs = row.parent == parent if roots_only or parent else True
            if belongs and clock.micros(row.started) == place.started:
                found[row.id] = row
        if len(page) < limit:
            break
        last = (page[-1].started, page[-1].key)
    return list(found.values())[:limit]


def _beyond(query: Select[Any], last: tuple[int, str] | None, descending: bool) -> Select[Any]:
    """Let a listing go on behind its last row."""
    if last is None:
        return query
    place = tuple_(run.c.started, node.c.key)
    if descending:
        return query.where(run.c.started <= last[0], place < last)
    return query.where(run.c.started >= last[0], place > last)


def subtree(connection: Connection, id: str, bound: int) -> list[int]:
    """Return the integer ids of a run and all steps below it."""
    return list(connection.execute(_SUBTREE, {"key": id, "bound": bound}).scalars())


def load(connection: Connection, nodes: Sequence[int], bound: int) -> dict[int, RunRow]:
    """Return the runs with these integer ids that had been recorded at `bound`."""
    begun = _said(connection, run, "node", nodes, bound)
    ends = _said(connection, run_end, "node", nodes, bound)
    params = _said(connection, param, "run", nodes, bound)
    counts = _step_counts(connection, list(begun), bound)
    parents = _ancestry(connection, list(begun), bound)
    keys = _keys(connection, {*parents, *(up for up in parents.values() if up is not None)})
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
    connection: Connection, table: Table, column: str, nodes: Sequence[int], bound: int
) -> dict[int, list[Row[Any]]]:
    """Return the rows of each node, in the order in which they were said."""
    found: dict[int, list[Row[Any]]] = {}
    for part in chunked(nodes):
        query = select(table).where(table.c[column].in_(part), table.c.seq <= bound)
        for row in connection.execute(query.order_by(table.c.said, table.c.seq)):
            found.setdefault(getattr(row, column), []).append(row)
    return found


def _beginning(rows: Sequence[Row[Any]]) -> dict[str, Any]:
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


def _end(begun: Sequence[Row[Any]], ends: Sequence[Row[Any]]) -> dict[str, Any]:
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


def _step_counts(connection: Connection, nodes: Sequence[int], bound: int) -> dict[int, int]:
    counts: dict[int, int] = {}
    for part in chunked(nodes):
        query = (
            select(run.c.parent, func.count(run.c.node.distinct()))
            .where(run.c.parent.in_(part), run.c.seq <= bound)
            .group_by(run.c.parent)
        )
        counts.update((parent, number) for parent, number in connection.execute(query))
    return counts


def _ancestry(connection: Connection, nodes: Sequence[int], bound: int) -> dict[int, int | None]:
    """Return the parent of each of these runs and of all runs above them."""
    parents: dict[int, int | None] = {}
    frontier = list(nodes)
    while frontier:
        parents.update((id, None) for id in frontier)
        for part in chunked(frontier):
            query = select(run.c.node, run.c.parent).where(
                run.c.node.in_(part), run.c.parent.is_not(None), run.c.seq <= bound
            )
            for id, parent in connection.execute(query.order_by(run.c.said, run.c.seq)):
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


def _keys(connection: Connection, nodes: Iterable[int]) -> dict[int, str]:
    return {
        id: key
        for part in chunked(list(nodes))
        for id, key in connection.execute(select(node.c.id, node.c.key).where(node.c.id.in_(part)))
    }


def _merged(texts: Iterable[str | None]) -> dict[str, Any]:
    """Add up JSON objects; of a key said twice the last value holds."""
    merged: dict[str, Any] = {}
    for said in texts:
        if said:
            merged |= msgspec.json.decode(said)
    return merged


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)
