"""Queries: the steps that results of SQL, and tables written by it, are."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from forebear.capture import queryrows
from forebear.capture.asking import Asked, Database, address
from forebear.capture.datafiles import referenced
from forebear.capture.flows import flow_of, operations_of
from forebear.capture.objects import new_data
from forebear.capture.passage import Columns, Relation, names_of
from forebear.capture.patching import Call
from forebear.capture.queryrows import Reader
from forebear.capture.session import Session
from forebear.capture.tracker import Operation, Origin
from forebear.core.entities import EvidenceWord
from forebear.core.events import Flow, Link
from forebear.engines import tables
from forebear.engines.sql_lineage import NO_PARSER

__all__ = ["frame_way", "result_read", "rows_read", "table_written"]

_MOST_CELLS: Final = 1_000_000


def result_read(
    call: Call,
    query: Asked,
    result: object,
    name: str,
    *,
    params: Mapping[str, Any] | None = None,
    reader: Reader | None = None,
) -> None:
    """Record that a query's result has come into memory: a step from tables and files to data."""
    session = call.session
    results = list(result.values()) if isinstance(result, dict) else [result]
    label = call.target()
    found = [tables.fingerprint(one) for one in results]
    way = _way(session, query, result, found, reader)
    made = [
        new_data(session, one, found=seen, label=label) if seen is not None else None
        for one, seen in zip(results, found, strict=True)
    ]
    columns = [c.name for seen in found if seen is not None for c in seen.columns]
    columns = list(map(str, result)) if isinstance(result, dict) else columns
    links = query.links()
    attrs = query.attrs(columns)
    session.step(
        _kind(session, links),
        name,
        started=call.started,
        used=links,
        generated=[Link(artifact=one.artifact) for one in made if one and one.artifact],
        params=dict(params or {}),
        site=call.site,
        operations=operations_of(session, way.operations),
        flows=_flows(session, way, made, found),
        attrs=attrs,
    )
    _say(session, query, attrs, next((one.artifact for one in made if one), None))
    for one, data in zip(results, made, strict=True):
        if data is None:
            session.tracker.bind(one, query.origin("sql"))


def _way(
    session: Session,
    query: Asked,
    result: object,
    found: Sequence[tables.Fingerprint | None],
    reader: Reader | None,
) -> Origin:
    """Return the way from tables and files to a query's result."""
    sizes = {seen.rows for seen in found if seen is not None}
    rows: Mapping[str, Relation] = {}
    if query.own is not None and len(sizes) == 1:
        values = partial(queryrows.values_of, result)
        rows = queryrows.relations(session, query.own, values, reader, query.dialect)
    arrow = getattr(result, "column_names", None)
    named = result if isinstance(result, dict) else arrow or names_of(result)
    names = list(map(str, named))
    groups = queryrows.grouped(session, query.own, reader) if not rows else None
    return query.origin("query", names, rows, sizes.pop() if len(sizes) == 1 else None, groups)


def _flows(
    session: Session,
    way: Origin,
    made: Sequence[Origin | None],
    found: Sequence[tables.Fingerprint | None],
) -> list[Flow]:
    """Return how rows and columns went into each thing that a result is."""
    flows: list[Flow] = []
    for place, (one, seen) in enumerate(zip(made, found, strict=True)):
        if one is None or one.artifact is None or seen is None:
            continue
        part = way
        if len(made) > 1:
            feeds = way.columns.feeds[place : place + 1] if way.columns is not None else ()
            part = Origin(operations=way.operations, rows=way.rows)
            part.columns = Columns(("",), feeds) if feeds else None
        flows.append(flow_of(session, one.artifact, part, way.parents, rows=seen.rows))
    return flows


def _say(session: Session, query: Asked, attrs: dict[str, Any], artifact: str | None) -> None:
    resolved = "*" not in attrs.get("sql", {}).get("columns", {"*": None})
    for gap in dict.fromkeys([*query.gaps, *query.lineage.gaps]):
        if gap == NO_PARSER:
            session.gap_once(gap)
        elif not (resolved and "`*`" in gap):
            session.gap(gap, artifact)


def _kind(session: Session, links: Iterable[Link]) -> str:
    """Return `ingest` where all that goes in lies outside the program, else `transform`."""
    return "ingest" if all(link.artifact.startswith("sha256:") for link in links) else "transform"


def rows_read(
    call: Call,
    query: Asked,
    rows: object,
    names: Sequence[str],
    database: Database,
    *,
    name: str,
    reader: Reader | None = None,
) -> None:
    """Record rows that came as Python values; frames made of them are known by their columns."""
    frame = _framed(rows, names)
    if frame is not None:
        result_read(call, query, frame, name, reader=reader)
    elif database.first_time(f"{name} {query.sql}"):
        call.session.step(
            "ingest",
            name,
            started=call.started,
            used=query.links(),
            site=call.site,
            attrs=query.attrs(),
        )


def _framed(rows: object, names: Sequence[str]) -> Any:
    """Return rows as the frame that people make of them, where pandas is there to do it."""
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(rows, list) or len(rows) < 2:
        return None
    if len(rows) * max(1, len(names)) > _MOST_CELLS:
        return None
    return pandas.DataFrame([tuple(row) for row in rows], columns=list(names))


def table_written(
    call: Call,
    database: Database,
    table: str,
    way: Origin,
    name: str,
    *,
    uri: str | None = None,
    adds: bool = False,
    size: int = 0,
    attrs: dict[str, Any] | None = None,
) -> None:
    """Record that a table of a database was made, or added to, in some way.

    Args:
        size: the number of rows that were written, where the way says which they are.
    """
    session = call.session
    earlier = database.tables.get(table.lower()) if adds else None
    where = uri or database.uri
    if where is None:
        origins = [way] if earlier is None else [way, earlier]
        database.tables[table.lower()] = way if earlier is None else _more(origins, name)
        return
    artifact = referenced(
        session, address(where, table), "write", label=table, format=database.dialect
    )
    if adds:
        way.rows = {}  # which rows of the table they have become is not known
    sources = [one for one in way.parents if one.artifact not in (artifact, None)]
    evidence: EvidenceWord = "observed" if way.exact else "inferred"
    session.step(
        "transform",
        name,
        started=call.started,
        used=[Link(artifact=o.artifact or "", role="input", evidence=evidence) for o in sources],
        generated=[Link(artifact=artifact)],
        site=call.site,
        operations=operations_of(session, way.operations),
        flows=[flow_of(session, artifact, way, sources, rows=size)] if sources else [],
        attrs=attrs,
    )


def _more(origins: Sequence[Origin], name: str) -> Origin:
    """Return the origin of a table to which rows were added."""
    return Asked(origins=list(origins)).origin(name)


def frame_way(origin: Origin, name: str) -> Origin:
    """Return the way of a frame into a table that has its columns and rows."""
    known = origin.columns
    operation = Operation(name, -1)
    columns = known and Columns(
        (*known.names, *known.levels), (*known.feeds, *known.levels.values())
    )
    return Origin(
        parents=origin.sources(),
        operations=(operation,),
        exact=origin.exact,
        rows={source: origin.relation(source) for source in origin.sources()},
        columns=columns,
    )
