"""How data went into data: the table of flows, and the steps as they were told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Select, and_, exists, select

from forebear.core.events import StepRecorded
from forebear.core.flows import Flows, Passage
from forebear.core.ports import Direction
from forebear.store import ledger
from forebear.store import runs as run_rows
from forebear.store.blobs import FileBlobs
from forebear.store.closure import folder_for
from forebear.store.engine import Database, chunked
from forebear.store.graph import ids_of
from forebear.store.schema import ALL, EDGE_TYPES, artifact, edge, event, flow, node, run

if TYPE_CHECKING:
    from forebear.store.membership import Membership

__all__ = ["FlowTables", "maps"]

_source = node.alias("flow_source")
_target = node.alias("flow_target")
_run = node.alias("flow_run")
_used = edge.alias("used")
_made = edge.alias("made")
_NO_DATA = ("code", "environment", "diff", "model", "base", "teacher")
"""Roles of what is used and no row of it goes anywhere."""
_SAME = ("copy", "export")
"""Relations of what has the rows of what it is derived from."""


class FlowTables(Flows):
    """The flows of one store; implements `forebear.core.flows.Flows`."""

    def __init__(
        self, database: Database, blobs: FileBlobs, reveal: Callable[[bytes], bytes]
    ) -> None:
        self._database, self._blobs, self._reveal = database, blobs, reveal

    def passages(
        self, artifacts: Sequence[str], direction: Direction, seq: int | None = None
    ) -> list[Passage]:
        """What arrives at (`up`) or leaves (`down`) any of these, in the order of recording."""
        bound = ALL if seq is None else seq
        found: list[Passage] = []
        with self._database.reading() as connection:
            for part in chunked(list(ids_of(connection, artifacts).values())):
                found += [_told(row) for row in connection.execute(_flows(part, direction, bound))]
                found += _followed(connection, part, direction, bound)
        return sorted(found, key=lambda one: (one.seq, one.n))

    def later(self, after: int) -> list[str]:
        """Artifacts into which something went that was recorded after this `seq`."""
        with self._database.reading() as connection:
            flowed = select(flow.c.target).where(flow.c.seq > after)
            made = select(edge.c.target).where(edge.c.seq > after)
            used = (
                select(_made.c.target)
                .join(_used, _used.c.target == _made.c.source)
                .where(_used.c.seq > after)
            )
            reached = flowed.union(made, used)
            query = select(node.c.key).where(node.c.id.in_(reached), node.c.type == "artifact")
            return list(connection.execute(query.order_by(node.c.id)).scalars())

    def map_bytes(self, passage: Passage) -> bytes | None:
        """The row map of a passage in its encoded form; None where it is `whole` or not seen."""
        if passage.map is not None:
            return self._blobs.get(passage.map)
        if passage.whole or not passage.seen:
            return None
        query = select(flow.c.data).where(flow.c.seq == passage.seq, flow.c.n == passage.n)
        with self._database.reading() as connection:
            data = connection.execute(query).scalar()
        return None if data is None else bytes(data)

    def membership(self, source: str) -> Membership:
        """The index of which artifacts hold which rows of `source`, as far as it was made."""
        from forebear.store.membership import Membership

        graph = folder_for(self._database.place, self._blobs.root.parent)
        beside = graph.name == "graph"
        folder = graph.with_name("rows") if beside else graph.parent.with_name("rows") / graph.name
        name = hashlib.sha256(source.encode()).hexdigest()[:32]
        return Membership(folder / name, source, self._leaf_at)

    def _leaf_at(self, seq: int) -> str | None:
        with self._database.reading() as connection:
            found = ledger.leaf_hashes(connection, seq - 1, seq)
        return found[0].hex() if found else None

    def steps(self, runs: Sequence[str], seq: int | None = None) -> dict[str, StepRecorded]:
        """What was recorded of these steps, by their ids; runs that are no steps are left out."""
        with self._database.reading() as connection:
            numbers = list(ids_of(connection, runs).values())
            return {step.run: step for step in self._steps(connection, numbers, seq)}

    def steps_below(self, runs: Sequence[str], seq: int | None = None) -> list[StepRecorded]:
        """All steps inside these runs, in the order of recording."""
        bound = ALL if seq is None else seq
        with self._database.reading() as connection:
            inside = {id for one in runs for id in run_rows.subtree(connection, one, bound)}
            return self._steps(connection, list(inside), seq)

    def _steps(
        self, connection: Connection, numbers: Sequence[int], seq: int | None
    ) -> list[StepRecorded]:
        found: dict[int, StepRecorded] = {}
        for part in chunked(numbers):
            said = select(run.c.seq).where(run.c.node.in_(part))
            query = select(event.c.seq, event.c.body).where(event.c.seq.in_(said))
            if seq is not None:
                query = query.where(event.c.seq <= seq)
            for row in connection.execute(query):
                told = ledger.told(ledger.as_bytes(row.body), self._reveal)
                if isinstance(told, StepRecorded):
                    found[row.seq] = told
        return [found[seq] for seq in sorted(found)]


def maps(connection: Connection) -> list[str]:
    """Return the digests of all row maps that are in the content store."""
    query = select(flow.c.map).where(flow.c.map.is_not(None)).distinct()
    return list(connection.execute(query).scalars())


def _flows(part: Sequence[int], direction: Direction, bound: int) -> Select[Any]:
    end = flow.c.target if direction == "up" else flow.c.source
    columns = [column for column in flow.columns if column.name not in {"data", "run"}]
    return (
        select(
            *columns,
            _source.c.key.label("source_key"),
            _target.c.key.label("target_key"),
            _run.c.key.label("run_key"),
        )
        .join(_source, _source.c.id == flow.c.source)
        .join(_target, _target.c.id == flow.c.target)
        .join(_run, _run.c.id == flow.c.run)
        .where(end.in_(part), flow.c.seq <= bound)
    )


def _told(row: Row[Any]) -> Passage:
    return Passage(
        source=row.source_key,
        target=row.target_key,
        run=row.run_key,
        seq=row.seq,
        n=row.n,
        n_in=row.n_in,
        n_out=row.n_out,
        reached=row.reached,
        whole=row.whole,
        map=row.map,
    )


def _followed(
    connection: Connection, part: Sequence[int], direction: Direction, bound: int
) -> list[Passage]:
    """Return what must have gone where, though no flow says so."""
    found: dict[tuple[str, str, str | None], Passage] = {}
    for row in connection.execute(_unsaid(part, direction, bound)):
        key = row.source_key, row.target_key, row.run_key
        found.setdefault(
            key, Passage(source=key[0], target=key[1], run=key[2], seq=row.seq, told=False)
        )
    for row in connection.execute(_derived(part, direction, bound)):
        found.setdefault(
            (row.source_key, row.target_key, None),
            Passage(
                source=row.source_key,
                target=row.target_key,
                run=None,
                seq=row.seq,
                told=False,
                relation=row.relation,
                whole=row.relation in _SAME,
            ),
        )
    return list(found.values())


def _unsaid(part: Sequence[int], direction: Direction, bound: int) -> Select[Any]:
    """Select pairs of what a run used and made, but for what flows of that run tell of."""
    end = _made.c.target if direction == "up" else _used.c.source
    said = exists().where(flow.c.run == _made.c.source, flow.c.target == _made.c.target)
    no_rows = exists().where(
        artifact.c.node.in_([_made.c.target, _used.c.source]),
        artifact.c.kind.in_(["model", "code", "environment"]),
    )
    ends = and_(_made.c.source == _used.c.target, _made.c.type == EDGE_TYPES["generated"])
    return (
        select(
            _source.c.key.label("source_key"),
            _target.c.key.label("target_key"),
            _run.c.key.label("run_key"),
            _made.c.seq,
        )
        .select_from(_used)
        .join(_made, ends)
        .join(_source, _source.c.id == _used.c.source)
        .join(_target, _target.c.id == _made.c.target)
        .join(_run, _run.c.id == _made.c.source)
        .where(
            end.in_(part),
            _used.c.type == EDGE_TYPES["used"],
            _used.c.role.not_in(_NO_DATA),
            _used.c.source != _made.c.target,
            _used.c.seq <= bound,
            _made.c.seq <= bound,
            ~said,
            ~no_rows,
        )
    )


def _derived(part: Sequence[int], direction: Direction, bound: int) -> Select[Any]:
    end = edge.c.target if direction == "up" else edge.c.source
    no_rows = exists().where(
        artifact.c.node.in_([edge.c.target, edge.c.source]),
        artifact.c.kind.in_(["model", "code", "environment"]),
    )
    return (
        select(
            _source.c.key.label("source_key"),
            _target.c.key.label("target_key"),
            edge.c.relation,
            edge.c.seq,
        )
        .join(_source, _source.c.id == edge.c.source)
        .join(_target, _target.c.id == edge.c.target)
        .where(end.in_(part), edge.c.type == EDGE_TYPES["derived"], edge.c.seq <= bound, ~no_rows)
    )
