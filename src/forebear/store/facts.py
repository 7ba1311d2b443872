"""Facts beside the graph: figures, places, gaps and verdicts of reproductions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from operator import itemgetter
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, Select, Table, select

from forebear.core.clock import from_micros
from forebear.core.entities import Figure, Metric, finite
from forebear.core.points import greater, lesser, unpack
from forebear.core.ports import GapRow, LocationRow, MetricRow, ReproductionRow
from forebear.store import runs as run_rows
from forebear.store.engine import chunked
from forebear.store.graph import ids_of
from forebear.store.schema import (
    EVIDENCE_WORDS,
    artifact,
    gap,
    location,
    metric,
    node,
    reproduction,
    run,
    run_end,
    series,
)

__all__ = ["gaps", "locations", "metrics", "packets", "points", "recorded_by", "reproductions"]


class _Summary(Struct):
    last: Metric
    least: Figure | None
    greatest: Figure | None


_artifact = node.alias("of_artifact")
_run = node.alias("of_run")
_data = node.alias("of_data")


def metrics(
    connection: Connection, runs: Sequence[str], models: Sequence[str], bound: int
) -> list[MetricRow]:
    """Return figures of the given runs or about the given models, oldest first.

    Of figures whose points lie in packets there is one row with the last point.
    """
    rows = [(place, _single(row)) for place, row in _found(connection, metric, runs, models, bound)]
    newest: dict[tuple[Any, ...], tuple[tuple[int, int], MetricRow]] = {}
    for place, row in _found(connection, series, runs, models, bound):
        whose = (row.run, row.key, row.model, row.data, row.split, row.evidence, row.params)
        known = newest.pop(whose, None)
        newest[whose] = place, _summary(row, known[1] if known else None)
    rows += newest.values()
    return [row for _, row in sorted(rows, key=itemgetter(0))]


def points(
    connection: Connection,
    runs: Sequence[str],
    models: Sequence[str],
    bound: int,
    packet: Callable[[str], bytes],
) -> list[MetricRow]:
    """Return what `metrics` does, with every point of every packet; `packet` returns its bytes.

    What a spool wrote again, since a disk had refused it, may lie in two packets: it counts once.
    """
    rows = [(place, _single(row)) for place, row in _found(connection, metric, runs, models, bound)]
    packets: dict[tuple[int, str], dict[int, MetricRow]] = {}
    for (seq, n), short in _found(connection, series, runs, models, bound):
        empty = _row(short, Metric(key=short.key, value=0.0))
        packets.setdefault((seq, short.points), {})[n] = empty
    spans = [(at, at) for at in {row.at for _, row in rows if row.metric.step is not None}]
    for (seq, digest), wanted in packets.items():
        begin = len(rows)
        for n, point in enumerate(unpack(packet(digest))):
            row = wanted.get(point.series)
            if row is not None:
                figure = Metric(key=row.metric.key, value=finite(point.value), step=point.step)
                at = from_micros(point.time)
                rows.append(((seq, n), msgspec.structs.replace(row, metric=figure, at=at)))
        if begin < len(rows):
            spans.append((rows[begin][1].at, rows[-1][1].at))
    told = [row for _, row in sorted(rows, key=itemgetter(0))]
    return _once(told) if packets and _overlap(spans) else told


def _overlap(spans: list[tuple[datetime, datetime]]) -> bool:
    """Tell whether any of these spans of time have a moment in common."""
    spans.sort()
    return any(begin <= last for (_, last), (begin, _) in pairwise(spans))


def _once(rows: list[MetricRow]) -> list[MetricRow]:
    """Leave out points that were said before, to the microsecond."""
    first: dict[Any, MetricRow] = {}
    for row in rows:
        point = row.metric.step is not None
        words = (row.run, row.model, row.data, row.split, row.metric.key, row.metric.step)
        first.setdefault((words, row.at, str(row.metric.value)) if point else id(row), row)
    return list(first.values())


def packets(connection: Connection) -> list[str]:
    """Return the digests of all packets of points."""
    return list(connection.execute(select(series.c.points).distinct()).scalars())


def _found(
    connection: Connection, table: Table, runs: Sequence[str], models: Sequence[str], bound: int
) -> list[tuple[tuple[int, int], Row[Any]]]:
    """Return the rows of these runs or about these models by their place, in order."""
    found: dict[tuple[int, int], Row[Any]] = {}
    for column, keys in ((table.c.run, runs), (table.c.model, models)):
        for part in chunked(list(ids_of(connection, keys).values())):
            for row in connection.execute(_measured(table, bound).where(column.in_(part))):
                found[row.seq, row.n] = row
    return sorted(found.items(), key=itemgetter(0))


def _measured(table: Table, bound: int) -> Select[Any]:
    return (
        select(
            table,
            _run.c.key.label("run_key"),
            _artifact.c.key.label("model_key"),
            _data.c.key.label("data_key"),
        )
        .join(_run, _run.c.id == table.c.run)
        .outerjoin(_artifact, _artifact.c.id == table.c.model)
        .outerjoin(_data, _data.c.id == table.c.data)
        .where(table.c.seq <= bound)
    )


def _row(row: Row[Any], figure: Metric) -> MetricRow:
    return MetricRow(
        run=row.run_key,
        metric=figure,
        at=from_micros(row.at),
        model=row.model_key,
        data=row.data_key,
        split=row.split,
        evidence=EVIDENCE_WORDS[row.evidence],
        params=msgspec.json.decode(row.params) if row.params else {},
        seq=row.seq,
    )


def _single(row: Row[Any]) -> MetricRow:
    return _row(row, Metric(key=row.key, value=_value(row), step=row.step))


def _summary(row: Row[Any], before: MetricRow | None) -> MetricRow:
    """Return the short form of a series, continuing what earlier packets said of it."""
    said = msgspec.json.decode(row.summary, type=_Summary)
    least, greatest = said.least, said.greatest
    told = _row(row, said.last)
    if before is not None:
        least, greatest = lesser(before.least, least), greater(before.greatest, greatest)
        if before.at > told.at:  # another process of the run has logged longer
            told = msgspec.structs.replace(told, metric=before.metric, at=before.at)
    return msgspec.structs.replace(
        told,
        points=row._mapping["count"] + (before.points if before else 0),
        least=least,
        greatest=greatest,
    )


def _value(row: Row[Any]) -> Any:
    if row.special is None:
        return row.value
    return -0.0 if row.special == "-0.0" else row.special


def locations(
    connection: Connection, artifacts: Sequence[str], within: str | None, bound: int
) -> list[LocationRow]:
    """Return where artifacts were seen, newest first, one row for each artifact and place.

    With a run `within`, what that run and the steps below it saw, one row a place and mode.
    """
    inside = None if within is None else set(run_rows.subtree(connection, within, bound))
    seen: dict[tuple[str, str, str | None], LocationRow] = {}
    for part in chunked(list(ids_of(connection, artifacts).values())):
        query = (
            select(location, _artifact.c.key.label("artifact_key"), _run.c.key.label("run_key"))
            .join(_artifact, _artifact.c.id == location.c.artifact)
            .outerjoin(_run, _run.c.id == location.c.run)
            .where(location.c.artifact.in_(part), location.c.seq <= bound)
            .order_by(location.c.at, location.c.seq)
        )
        for row in connection.execute(query):
            if inside is not None and row._mapping[location.c.run] not in inside:
                continue
            seen[row.artifact_key, row.uri, None if inside is None else row.mode] = LocationRow(
                artifact=row.artifact_key,
                uri=row.uri,
                mode=row.mode,
                at=from_micros(row.at),
                run=row.run_key,
                seq=row.seq,
            )
    return sorted(seen.values(), key=lambda row: (row.at, row.seq), reverse=True)


def recorded_by(connection: Connection, key: str) -> list[int]:
    """Return the seqs of the events that tell of an artifact or run itself, in order."""
    found: set[int] = set()
    for table in (artifact, run, run_end):
        query = select(table.c.seq).join(node, node.c.id == table.c.node).where(node.c.key == key)
        found.update(connection.execute(query).scalars())
    return sorted(found)


def gaps(connection: Connection, runs: Sequence[str], bound: int) -> list[GapRow]:
    """Return what was not seen in the given runs and the steps below them, oldest first."""
    inside = {id for run in runs for id in run_rows.subtree(connection, run, bound)}
    found = []
    for part in chunked(list(inside)):
        query = (
            select(gap, _run.c.key.label("run_key"), _artifact.c.key.label("artifact_key"))
            .join(_run, _run.c.id == gap.c.run)
            .outerjoin(_artifact, _artifact.c.id == gap.c.artifact)
            .where(gap.c.run.in_(part), gap.c.seq <= bound)
        )
        found += [
            GapRow(run=row.run_key, what=row.what, artifact=row.artifact_key, seq=row.seq)
            for row in connection.execute(query)
        ]
    return sorted(found, key=lambda row: row.seq)


def reproductions(
    connection: Connection, artifacts: Sequence[str], bound: int
) -> list[ReproductionRow]:
    """Return verdicts about artifacts, newest first."""
    found = []
    for part in chunked(list(ids_of(connection, artifacts).values())):
        query = (
            select(reproduction, _run.c.key.label("run_key"), _artifact.c.key.label("artifact_key"))
            .join(_run, _run.c.id == reproduction.c.run)
            .join(_artifact, _artifact.c.id == reproduction.c.artifact)
            .where(reproduction.c.artifact.in_(part), reproduction.c.seq <= bound)
        )
        found += [
            ReproductionRow(
                artifact=row.artifact_key,
                run=row.run_key,
                verdict=row.verdict,
                reason=row.reason,
                environment=row.environment,
                by=row.who,
                at=from_micros(row.at),
                matched=msgspec.json.decode(row.matched) if row.matched else [],
                details=msgspec.json.decode(row.details) if row.details else {},
                seq=row.seq,
            )
            for row in connection.execute(query)
        ]
    return sorted(found, key=lambda row: row.seq, reverse=True)
