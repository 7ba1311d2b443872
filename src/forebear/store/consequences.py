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
    Insert,
    Select,
    bindparam,
    case,
    cast,
    func,
    literal,
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
from forebear.store import bulk
from forebear.store.engine import over
from forebear.store.schema import context, edge, reproduced, run
from forebear.store.words import EDGE_TYPES, GRADES

__all__ = ["draw"]

_PLACING: Final = (RunStarted, StepRecorded, EdgesRecorded)
_MAKING: Final = (*_PLACING, Derived, ReproductionRecorded)
_USED, _GENERATED, _DERIVED = EDGE_TYPES["used"], EDGE_TYPES["generated"], EDGE_TYPES["derived"]
_FIRST: Final = bindparam("first", type_=BigInteger)
_ENDS: Final = tuple(column for column in edge.primary_key.columns if column.name != "evidence")


def draw(connection: Connection, events: Sequence[tuple[int, AnyEvent]]) -> None:
    """Add the edges that follow from these events, which are written, and all before them."""
    first = events[0][0]
    if any(isinstance(event, _PLACING) for _, event in events):
        bulk.run(connection, _extend_contexts, first=first)
    if any(isinstance(event, _MAKING) for _, event in events) and _anything_reproduced(connection):
        bulk.run(connection, _verify, first=first)


def _anything_reproduced(connection: Connection) -> bool:
    found: int | None = over(connection).value("SELECT 1 FROM reproduced LIMIT 1")
    return found is not None


def _extend_contexts(dialect: str) -> Insert:
    """Let contexts hold for runs to which they, or which below them, are new."""
    has_new_context = select(context.c.run).where(context.c.seq >= _FIRST)
    above = _above(_placed(has_new_context))
    said = (context.c.seq, above.c.seq)
    rows: Select[Any] = select(
        context.c.artifact.label("source"),
        above.c.node.label("target"),
        literal(_USED).label("type"),
        context.c.role,
        literal("").label("relation"),
        context.c.slot,
        literal(0).label("run"),
        context.c.evidence,
        func.min(case((said[0] > said[1], said[0]), else_=said[1])).label("seq"),
    ).join(above, above.c.ancestor == context.c.run)
    ends = (context.c.artifact, above.c.node, context.c.role, context.c.slot, context.c.evidence)
    return _insert_earliest(dialect, rows.group_by(*ends))


def _verify(dialect: str) -> Insert:
    """Verify edges by which reproduced artifacts were made below a run that was done again."""
    placed = _placed()
    into = edge.join(reproduced, reproduced.c.artifact == edge.c.target)
    generated = (edge.c.type == _GENERATED, edge.c.source.label("maker"))
    derived = (edge.c.type == _DERIVED, edge.c.run.label("maker"))
    made = union(
        *(
            select(*_ENDS, edge.c.seq, maker).select_from(into).where(of_type, is_new)
            for of_type, maker in (generated, derived)
            for is_new in (edge.c.seq >= _FIRST, reproduced.c.seq >= _FIRST)
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
    later = case((made.c.seq > above.c.seq, made.c.seq), else_=above.c.seq)
    last = case((later > reproduced.c.seq, later), else_=reproduced.c.seq)
    ends = [made.c[column.name] for column in _ENDS]
    rows: Select[Any] = (
        select(*ends, literal(GRADES["verified"]).label("evidence"), func.min(last).label("seq"))
        .join(above, above.c.node == made.c.maker)
        .join(
            reproduced,
            (reproduced.c.artifact == made.c.target) & (reproduced.c.run == above.c.ancestor),
        )
        .group_by(*ends)
    )
    return _insert_earliest(dialect, rows)


def _insert_earliest(dialect: str, rows: Select[Any]) -> Insert:
    """Return an INSERT that keeps, of edges with one primary key, the one with the lowest seq."""
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    statement = insert(edge).from_select([column.name for column in rows.selected_columns], rows)
    return statement.on_conflict_do_update(
        index_elements=list(edge.primary_key.columns),
        set_={"seq": statement.excluded.seq},
        where=statement.excluded.seq < edge.c.seq,
    )


def _placed(more: Select[Any] | None = None) -> CTE:
    """Select runs that are newly below another run (and `more`), with all that is below them."""
    base = select(run.c.node).where(run.c.seq >= _FIRST, run.c.parent.is_not(None))
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
