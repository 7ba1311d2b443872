"""Facts beside the graph: figures, places, gaps and verdicts of reproductions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from operator import itemgetter
from typing import Any, Final

import msgspec
from msgspec import Struct

from forebear.core.clock import from_micros
from forebear.core.entities import Figure, Metric, finite
from forebear.core.points import greater, lesser, unpack
from forebear.core.rows import GapRow, LocationRow, MetricRow, ReproductionRow
from forebear.store import runs as run_rows
from forebear.store.reading import Reader
from forebear.store.recursion import numbers_of
from forebear.store.words import EVIDENCE_WORDS

__all__ = [
    "first_recorded",
    "gaps",
    "last_of",
    "locations",
    "locations_of_runs",
    "metrics",
    "packets",
    "points",
    "recorded_at",
    "recorded_by",
    "reproductions",
    "value_of",
]


class _Summary(Struct):
    last: Metric
    least: Figure | None
    greatest: Figure | None


_MEASURED: Final = """
SELECT {table}.*, of_run.key AS run_key, of_model.key AS model_key, of_data.key AS data_key
FROM {table} JOIN node AS of_run ON of_run.id = {table}.run
LEFT JOIN node AS of_model ON of_model.id = {table}.model
LEFT JOIN node AS of_data ON of_data.id = {table}.data
WHERE {table}.{whose} IN :nodes AND {table}.seq <= :bound
"""
_LOCATED: Final = """
SELECT location.*, of_artifact.key AS artifact_key, of_run.key AS run_key
FROM location JOIN node AS of_artifact ON of_artifact.id = location.artifact
LEFT JOIN node AS of_run ON of_run.id = location.run
WHERE location.artifact IN :artifacts AND location.seq <= :bound
ORDER BY location.at, location.seq
"""
_GAPS: Final = """
SELECT gap.*, of_run.key AS run_key, of_artifact.key AS artifact_key
FROM gap JOIN node AS of_run ON of_run.id = gap.run
LEFT JOIN node AS of_artifact ON of_artifact.id = gap.artifact
WHERE gap.run IN :runs AND gap.seq <= :bound
ORDER BY gap.seq
"""
_REPRODUCED: Final = """
SELECT reproduction.*, of_run.key AS run_key, of_artifact.key AS artifact_key
FROM reproduction JOIN node AS of_run ON of_run.id = reproduction.run
JOIN node AS of_artifact ON of_artifact.id = reproduction.artifact
WHERE reproduction.artifact IN :artifacts AND reproduction.seq <= :bound
ORDER BY reproduction.seq DESC
"""
_RECORDED: Final = """
SELECT {table}.seq FROM {table} JOIN node ON node.id = {table}.node WHERE node.key = :key
"""
_FIRST: Final = """
SELECT node.key, event.recorded FROM node JOIN event ON event.seq = node.seq
WHERE node.key IN :keys
"""


def metrics(
    reader: Reader, runs: Sequence[str], models: Sequence[str], bound: int
) -> list[MetricRow]:
    """Return figures of the given runs or about the given models, oldest first.

    Of figures whose points lie in packets there is one row with the last point.
    """
    rows = [(place, _single(row)) for place, row in _found(reader, "metric", runs, models, bound)]
    newest: dict[tuple[Any, ...], tuple[tuple[int, int], MetricRow]] = {}
    for place, row in _found(reader, "series", runs, models, bound):
        whose = (row.run, row.key, row.model, row.data, row.split, row.evidence, row.params)
        known = newest.pop(whose, None)
        newest[whose] = place, _summary(row, known[1] if known else None)
    rows += newest.values()
    return [row for _, row in sorted(rows, key=itemgetter(0))]


def points(
    reader: Reader,
    runs: Sequence[str],
    models: Sequence[str],
    bound: int,
    packet: Callable[[str], bytes],
) -> list[MetricRow]:
    """Return what `metrics` does, with every point of every packet; `packet` returns its bytes.

    What a spool wrote again, since a disk had refused it, may lie in two packets: it counts once.
    """
    rows = [(place, _single(row)) for place, row in _found(reader, "metric", runs, models, bound)]
    packets: dict[tuple[int, str], dict[int, MetricRow]] = {}
    for (seq, n), short in _found(reader, "series", runs, models, bound):
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


def packets(reader: Reader) -> list[str]:
    """Return the digests of all packets of points."""
    return reader.column("SELECT DISTINCT points FROM series")


def _found(
    reader: Reader, table: str, runs: Sequence[str], models: Sequence[str], bound: int
) -> list[tuple[tuple[int, int], Any]]:
    """Return the rows of these runs or about these models by their place, in order."""
    found: dict[tuple[int, int], Any] = {}
    for whose, keys in (("run", runs), ("model", models)):
        nodes = list(numbers_of(reader, keys).values())
        query = _MEASURED.format(table=table, whose=whose)
        for row in reader.rows(query, nodes=nodes, bound=bound):
            found[row.seq, row.n] = row
    return sorted(found.items(), key=itemgetter(0))


def _row(row: Any, figure: Metric) -> MetricRow:
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


def _single(row: Any) -> MetricRow:
    return _row(row, Metric(key=row.key, value=value_of(row), step=row.step))


def _summary(row: Any, before: MetricRow | None) -> MetricRow:
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
        points=row.count + (before.points if before else 0),
        least=least,
        greatest=greatest,
    )


def last_of(row: Any) -> Any:
    """Return the last value of a row of `series`."""
    return msgspec.json.decode(row.summary, type=_Summary).last.value


def value_of(row: Any) -> Any:
    """Return the value of a row of `metric`."""
    if row.special is None:
        return row.value
    return -0.0 if row.special == "-0.0" else row.special


def locations(reader: Reader, artifacts: Sequence[str], bound: int) -> list[LocationRow]:
    """Return where artifacts were seen, newest first, one row for each artifact and place."""
    seen = {(row.artifact_key, row.uri): _place(row) for row in _located(reader, artifacts, bound)}
    return _newest_first(seen.values())


def locations_of_runs(
    reader: Reader, artifacts: Sequence[str], keys: Sequence[str], bound: int
) -> dict[str, list[LocationRow]]:
    """Return for each run where it and the steps below it saw artifacts, as `locations` does.

    What was read and written at one place is told twice.
    """
    inside = run_rows.inside(reader, keys, bound)
    seen: dict[str, dict[tuple[str, str, str], LocationRow]] = {key: {} for key in keys}
    for row in _located(reader, artifacts, bound):
        for key in inside.get(row.run, ()):
            seen[key][row.artifact_key, row.uri, row.mode] = _place(row)
    return {key: _newest_first(rows.values()) for key, rows in seen.items()}


def _located(reader: Reader, artifacts: Sequence[str], bound: int) -> list[Any]:
    nodes = list(numbers_of(reader, artifacts).values())
    return reader.rows(_LOCATED, artifacts=nodes, bound=bound)


def _place(row: Any) -> LocationRow:
    return LocationRow(
        artifact=row.artifact_key,
        uri=row.uri,
        mode=row.mode,
        at=from_micros(row.at),
        run=row.run_key,
        seq=row.seq,
    )


def _newest_first(rows: Iterable[LocationRow]) -> list[LocationRow]:
    return sorted(rows, key=lambda row: (row.at, row.seq), reverse=True)


def recorded_by(reader: Reader, key: str) -> list[int]:
    """Return the seqs of the events that tell of an artifact or run itself, in order."""
    found: set[int] = set()
    for table in ("artifact", "run", "run_end"):
        found.update(reader.column(_RECORDED.format(table=table), key=key))
    return sorted(found)


def first_recorded(reader: Reader, keys: Sequence[str]) -> dict[str, datetime]:
    """Return when artifacts and runs were first spoken of."""
    rows = reader.tuples(_FIRST, keys=list(keys))
    return {key: from_micros(recorded) for key, recorded in rows}


def recorded_at(reader: Reader, seqs: Sequence[int]) -> dict[int, datetime]:
    """Return when events were recorded."""
    rows = reader.tuples("SELECT seq, recorded FROM event WHERE seq IN :seqs", seqs=list(seqs))
    return {seq: from_micros(recorded) for seq, recorded in rows}


def gaps(reader: Reader, runs: Sequence[str], bound: int) -> list[GapRow]:
    """Return what was not seen in the given runs and the steps below them, oldest first."""
    inside = run_rows.inside(reader, runs, bound)
    return [
        GapRow(run=row.run_key, what=row.what, artifact=row.artifact_key, seq=row.seq)
        for row in reader.rows(_GAPS, runs=list(inside), bound=bound)
    ]


def reproductions(reader: Reader, artifacts: Sequence[str], bound: int) -> list[ReproductionRow]:
    """Return verdicts about artifacts, newest first."""
    nodes = list(numbers_of(reader, artifacts).values())
    return [
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
        for row in reader.rows(_REPRODUCED, artifacts=nodes, bound=bound)
    ]
