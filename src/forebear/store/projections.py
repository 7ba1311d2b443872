"""Projections: what each event adds to the tables, in the same transaction.

One small function per type of event turns it into rows; what follows from several events
together is worked out afterwards (`consequences`). No event is refused for speaking of
something that is not recorded yet: that something gets a node now, and its details when they
come.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from math import copysign
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete

from forebear.core import clock
from forebear.core.entities import Metric
from forebear.core.events import (
    AliasMoved,
    AnyEvent,
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    GapNoticed,
    LocationSeen,
    MetricsLogged,
    ParamsLogged,
    ReproductionRecorded,
    RunEnded,
    RunStarted,
    SeriesLogged,
    Stated,
    StepRecorded,
    VersionNamed,
)
from forebear.core.flows import aggregates
from forebear.store import bulk, consequences, schema
from forebear.store.batch import Batch, Numbered, next_id
from forebear.store.engine import over
from forebear.store.schema import PROJECTIONS
from forebear.store.texts import Texts
from forebear.store.words import GRADES

__all__ = ["clear", "project"]

_encoder: Final = msgspec.json.Encoder(order="sorted")

# What is asked of the versions of a name: `named` is an artifact, `key` its id.
_SAME_CONTENT: Final = """
SELECT min(number) FROM version WHERE name = :of AND artifact IN (
    WITH said AS (
        SELECT digest FROM artifact WHERE node = :named UNION SELECT CAST(:key AS text)
    )
    SELECT node FROM artifact WHERE digest IN (SELECT digest FROM said)
    UNION SELECT id FROM node WHERE key IN (SELECT digest FROM said)
)"""
_KNOWN: Final = (
    "SELECT EXISTS (SELECT 1 FROM version WHERE name = :of AND artifact = :named),"  # noqa: S608
    f" ({_SAME_CONTENT}), (SELECT max(number) FROM version WHERE name = :of)"
)


def project(connection: Connection, events: Sequence[Numbered]) -> None:
    """Write the rows of these events, and what follows from them."""
    batch = Batch(connection, events)
    texts = Texts(connection, events)
    for seq, event in events:
        _PROJECTORS[type(event)](batch, seq, event)
        texts.add(batch, seq, event)
    batch.write()
    consequences.draw(connection, events)


def clear(connection: Connection) -> None:
    """Empty all projections."""
    for table in reversed(PROJECTIONS):
        connection.execute(delete(table))


def _run_started(batch: Batch, seq: int, event: RunStarted) -> None:
    batch.add(
        schema.run,
        seq=seq,
        node=batch.run(event.run, seq),
        parent=batch.run(event.parent, seq) if event.parent else None,
        said=_micros(event.time),
        kind=event.kind,
        name=event.name,
        started=_micros(event.started),
        ended=None,
        status="running",
        place=None,
        command=_json(event.command),
        cwd=event.cwd,
        attrs=_json(event.attrs),
    )


def _step_recorded(batch: Batch, seq: int, event: StepRecorded) -> None:
    run, said = batch.run(event.run, seq), _micros(event.time)
    batch.add(
        schema.run,
        seq=seq,
        node=run,
        parent=batch.run(event.parent, seq),
        said=said,
        kind=event.kind,
        name=event.name,
        started=_micros(event.started),
        ended=_micros(event.ended),
        status=event.status,
        place=event.where,
        command=None,
        cwd=None,
        attrs=_json(event.attrs),
    )
    if event.params:
        batch.add(schema.param, seq=seq, run=run, said=said, params=_json(event.params))
    _links(batch, seq, run, event)
    _flows(batch, seq, run, event)
    if aggregates(event):
        batch.add(schema.aggregate, seq=seq, run=run)


def _flows(batch: Batch, seq: int, run: int, event: StepRecorded) -> None:
    """Add one row for each source of each flow, told of its rows or not."""
    pairs = (
        (flow.target, source, rows)
        for flow in event.flows
        for source, rows in zip_longest(flow.sources, flow.rows[: len(flow.sources)])
    )
    for n, (target, source, rows) in enumerate(pairs):
        batch.add(
            schema.flow,
            seq=seq,
            n=n,
            run=run,
            source=batch.artifact(source, seq),
            target=batch.artifact(target, seq),
            n_in=rows.n_in if rows else None,
            n_out=rows.n_out if rows else None,
            reached=rows.reached if rows else None,
            whole=rows is not None and rows.map is None and rows.data is None,
            map=rows.map if rows else None,
            data=rows.data if rows else None,
        )


def _links(batch: Batch, seq: int, run: int, event: StepRecorded | EdgesRecorded) -> None:
    for link in event.used:
        artifact = batch.artifact(link.artifact, seq)
        batch.edge(
            seq, "used", artifact, run, evidence=link.evidence, role=link.role, slot=link.slot
        )
    for link in event.generated:
        artifact = batch.artifact(link.artifact, seq)
        batch.edge(
            seq, "generated", run, artifact, evidence=link.evidence, role=link.role, slot=link.slot
        )


def _run_ended(batch: Batch, seq: int, event: RunEnded) -> None:
    batch.add(
        schema.run_end,
        seq=seq,
        node=batch.run(event.run, seq),
        said=_micros(event.time),
        status=event.status,
        ended=_micros(event.ended),
        exit_code=event.exit_code,
        error=event.error,
        attrs=_json(event.attrs),
    )


def _artifact_recorded(batch: Batch, seq: int, event: ArtifactRecorded) -> None:
    node, said = batch.artifact(event.artifact, seq), _micros(event.time)
    details = {
        "kind": event.kind,
        "digest": event.digest,
        "label": event.label,
        "format": event.format,
        "size": event.size,
        "rows": event.rows,
        "columns": _json(event.columns),
        "table_digest": event.table,
        "weights_digest": event.weights,
        "kept": event.kept,
        "by_reference": event.by_reference,
        "attrs": _json(event.attrs),
    }
    if batch.is_news(node, said, details):
        batch.add(schema.artifact, seq=seq, node=node, said=said, **details)


def _location_seen(batch: Batch, seq: int, event: LocationSeen) -> None:
    batch.add(
        schema.location,
        seq=seq,
        artifact=batch.artifact(event.artifact, seq),
        uri=event.uri,
        mode=event.mode,
        run=batch.run(event.run, seq) if event.run else None,
        at=_micros(event.time),
    )


def _edges_recorded(batch: Batch, seq: int, event: EdgesRecorded) -> None:
    run = batch.run(event.run, seq)
    _links(batch, seq, run, event)
    for n, link in enumerate(event.used if event.context else ()):
        batch.add(
            schema.context,
            seq=seq,
            n=n,
            run=run,
            artifact=batch.artifact(link.artifact, seq),
            role=link.role or "",
            slot=link.slot or "",
            evidence=GRADES[link.evidence],
        )


def _derived(batch: Batch, seq: int, event: Derived) -> None:
    batch.edge(
        seq,
        "derived",
        batch.artifact(event.source, seq),
        batch.artifact(event.target, seq),
        evidence=event.evidence,
        relation=event.relation,
        run=batch.run(event.run, seq) if event.run else 0,
    )


def _params_logged(batch: Batch, seq: int, event: ParamsLogged) -> None:
    batch.add(
        schema.param,
        seq=seq,
        run=batch.run(event.run, seq),
        said=_micros(event.time),
        params=_json(event.params) or "{}",
    )


def _metrics_logged(batch: Batch, seq: int, event: MetricsLogged) -> None:
    common = {
        "seq": seq,
        "run": batch.run(event.run, seq),
        "at": _micros(event.time),
        "model": batch.artifact(event.model, seq) if event.model else None,
        "data": batch.artifact(event.data, seq) if event.data else None,
        "split": event.split,
        "evidence": GRADES[event.evidence],
        "params": _json(event.params),
    }
    for n, metric in enumerate(event.metrics):
        batch.add(schema.metric, n=n, key=metric.key, step=metric.step, **_value(metric), **common)


def _value(metric: Metric) -> dict[str, Any]:
    if isinstance(metric.value, str):
        return {"value": None, "special": metric.value}
    if metric.value == 0 and copysign(1, metric.value) < 0:
        return {"value": 0.0, "special": "-0.0"}
    return {"value": float(metric.value), "special": None}


def _series_logged(batch: Batch, seq: int, event: SeriesLogged) -> None:
    for n, one in enumerate(event.series):
        summary = {"last": one.last, "least": one.least, "greatest": one.greatest}
        batch.add(
            schema.series,
            seq=seq,
            n=n,
            run=batch.run(one.run, seq),
            key=one.last.key,
            count=one.count,
            summary=_json(summary),
            at=_micros(one.time),
            model=batch.artifact(one.model, seq) if one.model else None,
            data=batch.artifact(one.data, seq) if one.data else None,
            split=one.split,
            evidence=GRADES[one.evidence],
            params=_json(one.params),
            points=event.points,
        )


def _gap_noticed(batch: Batch, seq: int, event: GapNoticed) -> None:
    batch.add(
        schema.gap,
        seq=seq,
        run=batch.run(event.run, seq),
        what=event.what,
        artifact=batch.artifact(event.artifact, seq) if event.artifact else None,
    )


def _version_named(batch: Batch, seq: int, event: VersionNamed) -> None:
    """Give the artifact the name's next number, or the one that its content or form has already."""
    artifact = batch.artifact(event.artifact, seq)
    run = batch.run(event.run, seq) if event.run else None
    name = _name(batch, seq, event.kind, event.name)
    asked = {"of": name, "named": artifact, "key": event.artifact}
    [(itself, number, newest)] = over(batch.connection).tuples(_KNOWN, **asked)
    if itself:
        return
    if number is None and event.form_of:
        number = over(batch.connection).value(_SAME_CONTENT, **(asked | {"key": event.form_of}))
    batch.add(
        schema.version,
        seq=seq,
        name=name,
        number=number or (newest or 0) + 1,
        minted=number is None,
        artifact=artifact,
        run=run,
        who=event.by,
        automatic=event.automatic,
        at=_micros(event.time),
    )


def _name(batch: Batch, seq: int, kind: str, name: str) -> int:
    """Return the integer id of a name, registering it when it is new.

    Names are few, and what they stand for depends on all that came before: the rows gathered
    so far are written first, and the database answers.
    """
    batch.write()
    query = "SELECT id FROM name WHERE kind = :kind AND name = :name"
    id: int | None = over(batch.connection).value(query, kind=kind, name=name)
    if id is None:
        id = next_id(batch.connection, schema.name)
        row = {"id": id, "kind": kind, "name": name, "seq": seq}
        bulk.insert(batch.connection, schema.name, [row])
    return id


def _alias_moved(batch: Batch, seq: int, event: AliasMoved) -> None:
    artifact = batch.artifact(event.artifact, seq) if event.artifact else None
    name = _name(batch, seq, event.kind, event.name)
    number = None
    if artifact is not None and event.artifact is not None:
        asked = {"of": name, "named": artifact, "key": event.artifact}
        number = over(batch.connection).value(_SAME_CONTENT, **asked)
    batch.add(
        schema.alias,
        seq=seq,
        name=name,
        alias=event.alias,
        # Where the event came from the version may have had another number.
        version=number or event.version,
        who=event.by,
        why=event.why,
        at=_micros(event.time),
    )


def _reproduction_recorded(batch: Batch, seq: int, event: ReproductionRecorded) -> None:
    run = batch.run(event.run, seq)
    batch.add(
        schema.reproduction,
        seq=seq,
        artifact=batch.artifact(event.artifact, seq),
        run=run,
        verdict=event.verdict,
        reason=event.reason,
        environment=event.environment,
        who=event.by,
        at=_micros(event.time),
        matched=_json(event.matched),
        details=_json(event.details),
    )
    for n, artifact in enumerate(event.matched):
        batch.add(schema.reproduced, seq=seq, n=n, artifact=batch.artifact(artifact, seq), run=run)


def _stated(batch: Batch, seq: int, event: Stated) -> None:
    batch.add(
        schema.statement,
        seq=seq,
        topic=event.topic,
        about=event.about,
        key=event.key,
        # Zero, an empty list and False are something said; only None takes back.
        value=None if event.value is None else _encoder.encode(event.value).decode(),
        who=event.by,
        why=event.why,
        until=_micros(event.until) if event.until else None,
        run=batch.run(event.run, seq) if event.run else None,
        evidence=GRADES[event.evidence],
        packet=event.packet,
        at=_micros(event.time),
    )


def _json(value: Any) -> str | None:
    return _encoder.encode(value).decode() if value else None


def _micros(moment: datetime) -> int:
    return clock.micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


_PROJECTORS: Final[dict[type[AnyEvent], Callable[[Batch, int, Any], None]]] = {
    RunStarted: _run_started,
    StepRecorded: _step_recorded,
    RunEnded: _run_ended,
    ArtifactRecorded: _artifact_recorded,
    LocationSeen: _location_seen,
    EdgesRecorded: _edges_recorded,
    Derived: _derived,
    ParamsLogged: _params_logged,
    MetricsLogged: _metrics_logged,
    SeriesLogged: _series_logged,
    GapNoticed: _gap_noticed,
    VersionNamed: _version_named,
    AliasMoved: _alias_moved,
    ReproductionRecorded: _reproduction_recorded,
    Stated: _stated,
}
