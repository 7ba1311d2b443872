"""What some SQL reads and makes: its tables and files, its columns, and which rows came out.

A table of a database is data by reference: its address is the database's, without user and
password, and the table's name. Tables of a database in memory are known by what went into them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

from msgspec import Struct, structs

from forebear.capture.datafiles import file_read, name_in, places_of, referenced
from forebear.capture.passage import Columns, Feed, Relation, combined, merged, through
from forebear.capture.queryrows import Grouped
from forebear.capture.session import Session
from forebear.capture.tracker import Operation, Origin
from forebear.core import redaction
from forebear.core.events import Link
from forebear.core.warehouses import system_of, table_uri
from forebear.engines.sql_lineage import ColumnMaking, SqlLineage, columns_of

__all__ = ["Asked", "Database", "address", "asked"]

Mode = Literal["read", "write"]


class Database:
    """A database as a program has opened it; `uri` is None for one in memory."""

    def __init__(self, uri: str | None, dialect: str | None) -> None:
        self.uri = uri
        self.dialect = dialect
        self.tables: dict[str, Origin] = {}
        """Tables in memory, and what they are made of."""
        self.made: dict[str, Asked] = {}
        """What was asked that has made tables in memory, where it says all that is in them."""
        self.frames: dict[str, Any] = {}
        """Weak references to frames that were put under a name."""
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
        artifact = referenced(session, address(where, name), mode, label=name, format=self.dialect)
        return Origin(artifact=artifact, label=name)

    def first_time(self, sql: str) -> bool:
        """Tell whether some SQL has not been told yet, and remember it."""
        if sql in self.said:
            return False
        self.said.add(sql)
        return True


def address(uri: str, table: str) -> str:
    """Return a table's address; the schema that a database takes by itself is left out."""
    scheme, _, rest = uri.partition("://")
    known = system_of(scheme)
    if known is not None:
        place, _, opened = ("", "", rest) if known[1].placeless else rest.partition("/")
        return table_uri(scheme, place, table.split("."), opened) or uri
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
    named: dict[str, list[Origin]] = {}
    """What tables and files stand for, by the names that the SQL has for them."""
    own: str | None = None
    """Its text alone."""
    variables: dict[str, Any] = {}
    """Weak references to the variables of the program that it names."""
    params: Any = None
    gaps: list[str] = []

    @property
    def lineage(self) -> SqlLineage:
        """What is known of its columns."""
        return SqlLineage() if self.sql is None else _parsed(self.sql, self.dialect, self.schema)

    def then(
        self, sql: str | None, others: Iterable[Asked] = (), *, own: str | None = None
    ) -> Asked:
        """Return a query over this one and others; without `sql` its columns are not known.

        `own` is what would give the same rows, where `sql` only says what columns are made of.
        """
        told = [gap for one in (self, *others) for gap in one.gaps]
        origins = [origin for one in (self, *others) for origin in one.origins]
        named = {name: known for one in (self, *others) for name, known in one.named.items()}
        variables = {name: ref for one in (self, *others) for name, ref in one.variables.items()}
        return structs.replace(
            self,
            sql=sql,
            own=own,
            origins=origins,
            named=named,
            variables=variables,
            gaps=list(dict.fromkeys(told)),
        )

    def origin(
        self,
        name: str,
        columns: Sequence[str] = (),
        rows: Mapping[str, Relation] | None = None,
        size: int | None = None,
        grouped: Grouped | None = None,
    ) -> Origin:
        """Return the origin of its result, before that is looked at.

        Args:
            name: of the operation.
            columns: what came out is called, where that is known.
            rows: which rows of tables are in it, by the names of the tables.
            size: the number of rows that came out.
            grouped: what is known of its groups, where it made figures over rows of one table.
        """
        sources = {id(source): source for one in self.origins for source in one.sources()}
        before = [op for one in self.origins if one.artifact is None for op in one.operations]
        operation = Operation(name, -1)
        if grouped is not None and size not in (None, grouped.groups):
            grouped = None  # asked again, it found other rows
        if grouped is not None:
            operation.pooled, operation.rows_in, size = True, grouped.rows, grouped.groups
        operation.gathers = self.lineage.gathers
        made = self._columns(columns, operation)
        pooled = tuple(one for one in before if one.pooled)
        if made is not None and pooled and len(self.origins) == 1:
            made = made.through(pooled)  # its SQL is read as one with that of the table
        ways = self._rows(rows or {})
        operation.by = dict.fromkeys(self._deciding())
        operation.dropped = dict.fromkeys(self._dropped(made))
        operation.lost = self._lost(made)
        operation.table = True
        operation.rows_out = size
        operation.unknown = made is None and not any(way is not None for way in ways.values())
        return Origin(
            parents=tuple(sources.values()),
            operations=(*dict.fromkeys(before), operation),
            exact=all(one.exact for one in self.origins),
            rows=ways,
            columns=made,
        )

    def _columns(self, names: Sequence[str], operation: Operation) -> Columns | None:
        """Return what the columns that came out are made of; None where that is not known."""
        known = _starred(self.lineage, names).columns
        unknown = any(gap.startswith("Which table") for gap in self.lineage.gaps)
        if not known or "*" in known or unknown:
            return None
        names = names or tuple(known)
        by_place = list(known.values()) if len(known) == len(names) else None
        feeds: list[Feed] = []
        for place, name in enumerate(names):
            making = by_place[place] if by_place is not None else known.get(name)
            feed = self._feed(making, operation) if making is not None else None
            if feed is None:
                return None
            feeds.append(feed)
        return Columns(tuple(names), tuple(feeds))

    def _feed(self, making: ColumnMaking, operation: Operation) -> Feed | None:
        parts: list[Feed] = []
        counted = making.kind in ("aggregate", "window") and not making.sources
        # What counts rows is made of what they were grouped by.
        for source in self.lineage.influences.get("group", ()) if counted else making.sources:
            table, _, column = source.rpartition(".")
            origins = self.named.get(table, [])
            for one in origins:
                feed = _column_of(one, column)
                if feed is None:
                    return None
                parts.append(feed)
            if not origins:
                return None
        # A key of groups is one value for many rows, as the figures beside it are.
        return merged(parts, operation if making.kind != "copy" or operation.pooled else None)

    def _rows(self, relations: Mapping[str, Relation]) -> dict[Origin, Relation]:
        """Return which rows of each recorded source came out."""
        found: dict[Origin, Relation] = {}
        for name, relation in relations.items():
            origins = self.named.get(name, [])
            for one in origins if len(origins) == 1 else ():
                for source in one.sources():
                    way = through(relation, one.relation(source))
                    found[source] = combined(found[source], way) if source in found else way
        return found

    def _deciding(self) -> list[str]:
        """Return the columns that decide about rows."""
        told = [name for names in self.lineage.influences.values() for name in names]
        return [name.rpartition(".")[2] for name in told]

    def _dropped(self, made: Columns | None) -> list[str]:
        """Return the columns of its tables that are in nothing that came out."""
        if made is None or self.sql is None:
            return []
        used = {one for making in self.lineage.columns.values() for one in making.sources}
        if any(one.endswith("*") for one in used):
            used |= {f"{table}.{name}" for table, *names in self.schema for name in names}
        return [
            name
            for table, *names in self.schema
            for name in names
            if f"{table}.{name}" not in used and name not in made.names
        ]

    def _lost(self, made: Columns | None) -> set[tuple[Origin, str]]:
        """Return the columns of recorded tables that nothing that came out was made of."""
        if made is None:
            return set()
        known = {
            (origin, column)
            for table, *columns in self.schema
            for origin in self.named.get(table, ())
            if origin.artifact is not None
            for column in columns
        }
        return known - made.sources()

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


def _column_of(origin: Origin, column: str) -> Feed | None:
    """Return what a column of a table is made of, down to what is recorded."""
    if origin.artifact is not None:
        return Feed(frozenset({(origin, column)}))
    if origin.columns is None:
        return None
    return origin.columns.feed(column)


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
    made: Mapping[str, Asked] | None = None,
) -> Asked:
    """Return what a piece of SQL reads, its files recorded.

    Args:
        resolve: returns the origin of a table or view by its name.
        schema: returns the columns of those tables whose columns are known, by name.
        made: what has made tables, by their names: their columns are seen through.
    """
    lineage = _parsed(sql, dialect, ())
    before = [made[name.lower()] for name in lineage.tables if made and name.lower() in made]
    full = ";\n".join([*(one.sql or "" for one in before), sql])
    columns = _schema(full, dialect, lineage, schema)
    found = Asked(
        sql=full,
        own=sql,
        action=lineage.action,
        targets=lineage.targets,
        dialect=dialect,
        schema=columns,
        origins=[],
        named={name: known for one in before for name, known in one.named.items()},
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
            origin = Origin(artifact=artifact, label=file)
            found.origins.append(origin)
            found.named.setdefault(file, []).append(origin)
    for name in lineage.tables:
        known_as = resolve(name)
        if known_as is None:
            found.gaps.append(f"What is in the table {name} was not seen.")
        else:
            found.origins.append(known_as)
            found.named[name] = [known_as]
    return found


def _schema(
    sql: str,
    dialect: str | None,
    own: SqlLineage,
    schema: Callable[[Iterable[str]], Mapping[str, Sequence[str]]] | None,
) -> tuple[tuple[str, ...], ...]:
    """Return the columns of tables, and of files where the SQL can't be read without them."""
    if schema is None:
        return ()
    known = schema(list(dict.fromkeys([*_parsed(sql, dialect, ()).tables, *own.tables])))
    found = tuple((name, *known[name]) for name in sorted(known))
    lineage = _parsed(sql, dialect, found)
    if lineage.gaps and lineage.files:
        known = {**schema(lineage.files), **known}
        found = tuple((name, *known[name]) for name in sorted(known))
    # A schema may lack columns that a database has beside it, such as row numbers.
    return found if _parsed(sql, dialect, found).columns else ()
