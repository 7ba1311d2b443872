"""Queries: which tables and files some SQL reads, and the steps that its results and writes are.

A table of a database is data by reference: its address is the database's, without user and
password, and the table's name. Tables of a database in memory are known by what went into them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Literal

from msgspec import Struct, structs

from forebear.capture.datafiles import file_read, name_in, places_of, referenced
from forebear.capture.objects import new_data
from forebear.capture.patching import Call
from forebear.capture.session import Session
from forebear.capture.tracker import Operation, Origin
from forebear.core import redaction
from forebear.core.events import Link
from forebear.engines import tables
from forebear.engines.sql_lineage import NO_PARSER, ColumnMaking, SqlLineage, columns_of

__all__ = ["Asked", "Database", "asked", "result_read", "rows_read", "table_written"]

Mode = Literal["read", "write"]
_MOST_CELLS: Final = 1_000_000


class Database:
    """A database as a program has opened it; `uri` is None for one in memory."""

    def __init__(self, uri: str | None, dialect: str | None) -> None:
        self.uri = uri
        self.dialect = dialect
        self.tables: dict[str, Origin] = {}
        """Tables in memory, and what they are made of."""
        self.made: dict[str, str] = {}
        """The SQL that has made tables in memory, where it says all that is in them."""
        self.said: set[str] = set()
        """SQL that was told already: in a loop it is one thing."""

    def table(
        self, session: Session, name: str, uri: str | None = None, *, mode: Mode = "read"
    ) -> Origin | None:
        """Return the origin of a table that is read or written.

        Args:
            uri: the address of its database, if that is another, attached one.
        """
        known = self.tables.get(name.lower())
        if known is not None and mode == "read":
            return known
        where = uri or self.uri
        if where is None:
            return None
        artifact = referenced(session, _address(where, name), mode, label=name, format=self.dialect)
        return Origin(artifact=artifact, label=name)

    def first_time(self, sql: str) -> bool:
        """Tell whether some SQL has not been told yet, and remember it."""
        if sql in self.said:
            return False
        self.said.add(sql)
        return True


def _address(uri: str, table: str) -> str:
    """Return a table's address; the schema that a database takes by itself is left out."""
    schema, dot, name = table.rpartition(".")
    return f"{uri}#{name}" if schema.lower() in ("main", "public") else f"{uri}#{schema}{dot}{name}"


class Asked(Struct, kw_only=True):
    """One query: what it reads, and what is known of its columns."""

    sql: str | None = None
    """Its text, after that of the tables in memory that it reads."""
    action: str = "select"
    targets: list[str] = []
    dialect: str | None = None
    schema: tuple[tuple[str, ...], ...] = ()
    """The columns of tables, each after its table's name."""
    origins: list[Origin] = []
    gaps: list[str] = []

    @property
    def lineage(self) -> SqlLineage:
        """What is known of its columns."""
        return SqlLineage() if self.sql is None else _parsed(self.sql, self.dialect, self.schema)

    def then(self, sql: str | None, others: Iterable[Asked] = ()) -> Asked:
        """Return a query over this one and others; without `sql` its columns are not known."""
        told = [gap for one in (self, *others) for gap in one.gaps]
        origins = [origin for one in (self, *others) for origin in one.origins]
        return structs.replace(self, sql=sql, origins=origins, gaps=list(dict.fromkeys(told)))

    def origin(self, operation: str) -> Origin:
        """Return the origin of its result, before that is looked at."""
        sources = {id(source): source for one in self.origins for source in one.sources()}
        before = [op for one in self.origins if one.artifact is None for op in one.operations]
        return Origin(
            parents=tuple(sources.values()),
            operations=(*dict.fromkeys(before), Operation(operation, -1)),
            exact=all(one.exact for one in self.origins),
        )

    def links(self) -> list[Link]:
        """Return the links by which a step uses what is read."""
        return [
            Link(
                artifact=source.artifact or "",
                role="input",
                evidence="observed" if one.exact else "inferred",
            )
            for one in self.origins
            for source in one.sources()
        ]

    def attrs(self, columns: Sequence[str] = ()) -> dict[str, Any]:
        """Return the lineage of its columns as a step carries it."""
        lineage = _starred(self.lineage, columns)
        return {"sql": redaction.mapping(lineage.plain()).value} if self.sql is not None else {}


def _starred(lineage: SqlLineage, columns: Sequence[str]) -> SqlLineage:
    """Return a lineage with `*` of one table resolved by the columns that came out of it."""
    star = lineage.columns.get("*")
    if star is None or len(lineage.columns) != 1 or len(star.sources) != 1 or not columns:
        return lineage
    table = star.sources[0].removesuffix(".*")
    found = {name: ColumnMaking([f"{table}.{name}"]) for name in columns}
    gaps = [gap for gap in lineage.gaps if "`*`" not in gap]
    return structs.replace(lineage, columns=found, gaps=gaps)


@lru_cache(maxsize=256)
def _parsed(sql: str, dialect: str | None, schema: tuple[tuple[str, ...], ...]) -> SqlLineage:
    return columns_of(sql, dialect, {name: columns for name, *columns in schema})


def asked(
    session: Session,
    sql: str,
    dialect: str | None,
    resolve: Callable[[str], Origin | None],
    *,
    schema: Callable[[Iterable[str]], Mapping[str, Sequence[str]]] | None = None,
    made: Mapping[str, str] | None = None,
) -> Asked:
    """Return what a piece of SQL reads, its files recorded.

    Args:
        resolve: returns the origin of a table or view by its name.
        schema: returns the columns of those tables whose columns are known, by name.
        made: SQL that has made tables, by their names: their columns are seen through.
    """
    lineage = _parsed(sql, dialect, ())
    before = [made[name.lower()] for name in lineage.tables if made and name.lower() in made]
    full = ";\n".join([*before, sql])
    known = schema(_parsed(full, dialect, ()).tables) if schema is not None else {}
    columns = tuple((name, *known[name]) for name in sorted(known))
    found = Asked(
        sql=full,
        action=lineage.action,
        targets=lineage.targets,
        dialect=dialect,
        schema=columns,
        origins=[],
        gaps=[],
    )
    for file in lineage.files:
        read = [place for place in places_of(file) if isinstance(place, str) or place.exists()]
        if not read:
            found.gaps.append(
                f"What was read from {name_in(redaction.url(file).value)} was not seen."
            )
        for place in read:
            artifact = file_read(session, place, format=None, kind="data")
            found.origins.append(Origin(artifact=artifact, label=file))
    for name in lineage.tables:
        origin = resolve(name)
        if origin is None:
            found.gaps.append(f"What is in the table {name} was not seen.")
        else:
            found.origins.append(origin)
    return found


def result_read(
    call: Call,
    query: Asked,
    result: object,
    name: str,
    *,
    params: Mapping[str, Any] | None = None,
) -> None:
    """Record that a query's result has come into memory: a step from tables and files to data."""
    session = call.session
    results = list(result.values()) if isinstance(result, dict) else [result]
    label = call.target()
    found = [tables.fingerprint(one) for one in results]
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
        attrs=attrs,
    )
    _say(session, query, attrs, next((one.artifact for one in made if one), None))
    for one, data in zip(results, made, strict=True):
        if data is None:
            session.tracker.bind(one, query.origin("sql"))


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
    call: Call, query: Asked, rows: object, names: Sequence[str], database: Database, *, name: str
) -> None:
    """Record rows that came as Python values; frames made of them are known by their columns."""
    frame = _framed(rows, names)
    if frame is not None:
        result_read(call, query, frame, name)
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
    origins: Sequence[Origin],
    name: str,
    *,
    uri: str | None = None,
    adds: bool = False,
    attrs: dict[str, Any] | None = None,
) -> None:
    """Record that a table of a database was made, or added to, of what `origins` stand for."""
    session = call.session
    asking = Asked(origins=list(origins))
    earlier = database.tables.get(table.lower()) if adds else None
    where = uri or database.uri
    if where is None:
        asking.origins += [earlier] if earlier is not None else []
        database.tables[table.lower()] = asking.origin(name)
        return
    artifact = referenced(
        session, _address(where, table), "write", label=table, format=database.dialect
    )
    links = [link for link in asking.links() if link.artifact != artifact]
    session.step(
        "transform",
        name,
        started=call.started,
        used=links,
        generated=[Link(artifact=artifact)],
        site=call.site,
        attrs=attrs,
    )
