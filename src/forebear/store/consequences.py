"""What follows from several events together, in whatever order they arrived.

Two rules: a context holds for a run and all steps below it, and a reproduction verifies what
the steps of the run have made. Both are worked out for all that is new in a batch. The seq of
an edge that follows is that of the last of the events it follows from, and if there are
several ways, that of the earliest: the same whatever the batches were.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    CTE,
    BigInteger,
    Connection,
    FromClause,
    Select,
    case,
    cast,
    select,
    union,
)

from forebear.core.events import (
    AnyEvent,
    Derived,
    EdgesRecorded,
    ReproductionRecorded,
    RunStarted,
    StepRecorded,
)
from forebear.store.engine import insert_earliest
from forebear.store.schema import EDGE_TYPES, GRADES, context, edge, reproduced, run

__all__ = ["draw"]

_PLACING: Final = (RunStarted, StepRecorded, EdgesRecorded)
_MAKING: Final = (*_PLACING, Derived, ReproductionRecorded)
_USED, _GENERATED, _DERIVED = EDGE_TYPES["used"], EDGE_TYPES["generated"], EDGE_TYPES["derived"]
_ENDS: Final = tuple(column for column in edge.primary_key.columns if column.name != "evidence")


def draw(connection: Connection, events: Sequence[tuple[int, AnyEvent]]) -> None:
    """Add the edges that follow from these events, which are written, and all before them."""
    first = events[0][0]
    if any(isinstance(event, _PLACING) for _, event in events):
        _insert(connection, _extended_contexts(connection, first))
    if any(isinstance(event, _MAKING) for _, event in events):
        _insert(connection, _verified(connection, first))


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert_earliest(connection, edge), rows)


def _extended_contexts(connection: Connection, first: int) -> list[dict[str, Any]]:
    """Let contexts hold for runs to which they, or which below them, are new."""
    has_new_context = select(context.c.run).where(context.c.seq >= first)
    above = _above(_placed(first, has_new_context))
    query = select(
        context.c.artifact,
        context.c.role,
        context.c.slot,
        context.c.evidence,
        context.c.seq.label("said"),
        above.c.node,
        above.c.seq.label("placed"),
    ).join(above, above.c.ancestor == context.c.run)
    return [
        {
            "source": row.artifact,
            "target": row.node,
            "type": _USED,
            "role": row.role,
            "relation": "",
            "slot": row.slot,
            "run": 0,
            "evidence": row.evidence,
            "seq": max(row.said, row.placed),
        }
        for row in connection.execute(query)
    ]


def _verified(connection: Connection, first: int) -> list[dict[str, Any]]:
    """Verify edges by which reproduced artifacts were made below a run that was done again."""
    if connection.execute(select(reproduced.c.seq).limit(1)).first() is None:
        return []
    placed = _placed(first)
    into = edge.join(reproduced, reproduced.c.artifact == edge.c.target)
    generated = (edge.c.type == _GENERATED, edge.c.source.label("maker"))
    derived = (edge.c.type == _DERIVED, edge.c.run.label("maker"))
    made = union(
        *(
            select(*_ENDS, edge.c.seq, maker).select_from(into).where(of_type, is_new)
            for of_type, maker in (generated, derived)
            for is_new in (edge.c.seq >= first, reproduced.c.seq >= first)
        ),
        select(*_ENDS, edge.c.seq, generated[1])
        .select_from(into.join(placed, placed.c.node == edge.c.source))
        .where(generated[0]),
        select(*_ENDS, edge.c.seq, derived[1])
        .select_from(into.join(placed, placed.c.node == edge.c.run))
        .where(derived[0], edge.c.run != 0),
    ).cte("made")
    makers = select(made.c.maker.label("node")).distinct().subquery()
    above = _above(makers)
    query = (
        select(made, above.c.seq.label("placed"), reproduced.c.seq.label("said"))
        .join(above, above.c.node == made.c.maker)
        .join(
            reproduced,
            (reproduced.c.artifact == made.c.target) & (reproduced.c.run == above.c.ancestor),
        )
    )
    return [
        {column.name: row[column.name] for column in _ENDS}
        | {
            "evidence": GRADES["verified"],
            "seq": max(row["seq"], row["placed"], row["said"]),
        }
        for row in connection.execute(query).mappings()
    ]


def _placed(first: int, more: Select[Any] | None = None) -> CTE:
    """Select runs that are newly below another run (and `more`), with all that is below them."""
    base = select(run.c.node).where(run.c.seq >= first, run.c.parent.is_not(None))
    start = base if more is None else select(base.union(more).subquery().c.node)
    placed = start.cte("placed", recursive=True)
    return placed.union(select(run.c.node).join(placed, run.c.parent == placed.c.node))


def _above(runs: FromClause) -> CTE:
    """Select each of these runs with itself and every run above it, and since when it is so."""
    start = select(runs.c.node, runs.c.node.label("ancestor"), cast(0, BigInteger).label("seq"))
    above = start.cte("above", recursive=True)
    later = case((run.c.seq > above.c.seq, run.c.seq), else_=above.c.seq)
    return above.union(
        select(above.c.node, run.c.parent, later)
        .join(run, run.c.node == above.c.ancestor)
        .where(run.c.parent.is_not(None))
    )
