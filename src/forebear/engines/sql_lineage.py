"""What SQL reads and writes, and which columns each column of its result is made of.

sqlglot parses it. Where that is not installed or gives up, the tables are found by their words
and the columns are not known; either is said in `gaps`. Nothing is executed, and no error leaves
this module.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any, Final

from msgspec import Struct, structs

from forebear.engines.sql_columns import KINDS, ColumnMaking, Follower, Made, gathers
from forebear.engines.sql_words import is_file, words_of

__all__ = ["NO_PARSER", "ColumnMaking", "SqlLineage", "columns_of", "files_of", "name_of", "parsed"]

NO_PARSER: Final = "Columns of SQL were not followed: sqlglot is not installed."
_READER: Final = re.compile(r"read_|(parquet|delta|iceberg|sqlite)_scan", re.IGNORECASE)
_LONGEST: Final = 200_000
_MOST_COLUMNS: Final = 2_000


class SqlLineage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one piece of SQL reads, writes and computes."""

    tables: list[str] = []
    """Tables and views that it reads, as it names them; not its own `WITH` names."""
    files: list[str] = []
    """Files that it reads, as DuckDB lets people write."""
    targets: list[str] = []
    """Tables, views and files that it writes."""
    action: str = "select"
    """What it does: select, create, insert, update, delete, merge, drop…; `copy` is into a file,
    and `load` out of one."""
    columns: dict[str, ColumnMaking] = {}
    """The columns of its result, or of what it writes, in order."""
    influences: dict[str, list[str]] = {}
    """Columns that decide about rows: under `filter`, `join`, `group`, `order`."""
    gathers: bool = False
    """Values of its columns hold those of many rows, as lists do: they are no figures."""
    gaps: list[str] = []

    def plain(self) -> dict[str, Any]:
        """Return it as plain JSON, as a step carries it."""
        found: dict[str, Any] = {"tables": [*self.tables, *self.files]}
        found["columns"] = {
            name: {"from": made.sources, "kind": made.kind} for name, made in self.columns.items()
        }
        return {**found, "influences": self.influences} if self.influences else found


def columns_of(
    sql: str, dialect: str | None = None, schema: Mapping[str, Sequence[str]] | None = None
) -> SqlLineage:
    """Return what SQL reads and what its result is made of.

    Args:
        sql: one statement or several; the columns are those of the last.
        dialect: the database's, by sqlglot's name for it.
        schema: the columns of tables and files, by the names that the SQL uses for them;
            without it `SELECT *` and names that stand in no one table stay unresolved.

    >>> columns_of("SELECT a + b AS c FROM t", "duckdb").columns
    {'c': ColumnMaking(sources=['t.a', 't.b'], kind='computed')}
    """
    if len(sql) > _LONGEST:
        return _by_words(sql[:_LONGEST], "The SQL is too long to read its columns.")
    try:
        with _in_silence():
            found = [_of_statement(one, dialect, schema or {}) for one in parsed(sql, dialect)]
        return _several(found)
    except ModuleNotFoundError:
        return _by_words(sql, NO_PARSER)
    except (Exception, RecursionError):
        return _by_words(sql, "The SQL could not be parsed, so its columns were not followed.")


def parsed(sql: str, dialect: str | None) -> list[Any]:
    """Return the statements in some SQL as sqlglot's trees.

    Raises:
        Exception: it is not installed, or cannot make sense of the SQL.
    """
    import sqlglot

    with _in_silence():
        found = [one for one in sqlglot.parse(sql, dialect=dialect) if one is not None]
    if dialect == "postgres":
        _fold_tables(found)
    return found


def _fold_tables(trees: Iterable[Any]) -> None:
    """Write names of tables that are not quoted in small letters, as PostgreSQL reads them.

    Elsewhere case tells no tables apart, or it does with quotes and without.
    """
    from sqlglot import exp

    for tree in trees:
        for table in tree.find_all(exp.Table):
            for part in table.parts:
                if isinstance(part, exp.Identifier) and not part.quoted:
                    part.set("this", part.name.lower())


@contextmanager
def _in_silence() -> Iterator[None]:
    """Let sqlglot not warn of SQL that it only partly knows; the program has not asked."""
    logger = logging.getLogger("sqlglot")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def _by_words(sql: str, gap: str) -> SqlLineage:
    words = words_of(sql)
    return SqlLineage(tables=words.tables, files=words.files, targets=words.targets, gaps=[gap])


def _several(found: list[SqlLineage]) -> SqlLineage:
    """Return several statements as one: what is read of what another has written is inside."""
    if len(found) == 1:
        return found[0]
    written: dict[str, SqlLineage] = {}
    tables: dict[str, None] = {}
    columns: dict[str, ColumnMaking] = {}
    for one in found:
        tables.update(dict.fromkeys(name for name in one.tables if name not in written))
        columns = {name: _through(made, written) for name, made in one.columns.items()}
        written.update(dict.fromkeys(one.targets, structs.replace(one, columns=columns)))
    return SqlLineage(
        tables=list(tables),
        action=found[-1].action if found else "select",
        files=_once(name for one in found for name in one.files),
        targets=_once(name for one in found for name in one.targets),
        columns=columns,
        influences=found[-1].influences if found else {},
        gathers=any(one.gathers for one in found),
        gaps=_once(gap for one in found for gap in one.gaps),
    )


def _through(made: ColumnMaking, written: Mapping[str, SqlLineage]) -> ColumnMaking:
    """Return how a column is made, seen through tables that were made just before."""
    sources: list[str] = []
    kind = made.kind
    for source in made.sources:
        table, _, column = source.rpartition(".")
        before = written[table].columns.get(column) if table in written else None
        sources += before.sources if before is not None else [source]
        if before is not None:
            kind = max(kind, before.kind, key=KINDS.index)
    return ColumnMaking(_once(sources), kind)


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


# One statement ------------------------------------------------------------------------------


def _of_statement(
    tree: Any, dialect: str | None, schema: Mapping[str, Sequence[str]]
) -> SqlLineage:
    from sqlglot import exp

    query, targets, names = _parts(tree)
    if query is None:
        reading = exp.Update | exp.Delete | exp.Merge | exp.Pivot | exp.Insert
        read = [name_of(t) for t in tree.find_all(exp.Table)] if isinstance(tree, reading) else []
        copied = isinstance(tree, exp.Copy)
        tables = [name for name in _once(read) if name not in targets]
        return SqlLineage(
            tables=tables,
            files=[file.name for file in tree.args.get("files") or ()] if copied else [],
            targets=targets,
            action="load" if copied else tree.key,
            gaps=["The columns of the SQL could not be followed."] if tables else [],
        )
    reads = _Reads(query, schema)
    action = "select" if query is tree else tree.key
    found = SqlLineage(
        tables=reads.tables,
        files=reads.files,
        targets=targets,
        action=action,
        gathers=gathers(query),
    )
    try:
        columns, influences, gaps = _columns(query, dialect, reads)
    except Exception:
        return structs.replace(found, gaps=["The columns of the SQL could not be followed."])
    if names and len(names) == len(columns):
        columns = dict(zip(names, columns.values(), strict=True))
    return structs.replace(found, columns=columns, influences=influences, gaps=gaps)


def _parts(tree: Any) -> tuple[Any, list[str], list[str]]:
    """Return the query in a statement, what it writes, and what it calls the columns."""
    from sqlglot import exp

    names: list[str] = []
    writing = exp.Create | exp.Insert | exp.Update | exp.Delete | exp.Merge
    target = tree.this if isinstance(tree, writing) else None
    if isinstance(target, exp.Schema):
        names = [one.name for one in target.expressions] if isinstance(tree, exp.Insert) else []
        target = target.this
    targets = [name_of(target)] if isinstance(target, exp.Table) else []
    if isinstance(tree, exp.Copy):
        if tree.args.get("kind"):  # COPY table FROM file
            return None, [name_of(tree.this)], []
        targets = [file.name for file in tree.args.get("files") or ()]
        inner = tree.this
        query = exp.select("*").from_(inner) if isinstance(inner, exp.Table) else inner.unnest()
        return query, targets, []
    query = tree if isinstance(tree, exp.Query) else tree.args.get("expression")
    if isinstance(query, exp.Subquery):
        query = query.unnest()
    known = isinstance(query, exp.Query) and not isinstance(query, exp.Table)
    return query if known else None, targets, names


def name_of(table: Any) -> str:
    """Return what SQL calls a table."""
    return ".".join(part.name for part in table.parts)


class _Reads:
    """The tables and files of a query, each renamed to a plain name of its own.

    So tables under long names, files and table functions are all alike for what follows.
    """

    def __init__(self, query: Any, schema: Mapping[str, Sequence[str]]) -> None:
        from sqlglot import exp
        from sqlglot.optimizer.scope import traverse_scope

        self.shown: dict[str, str] = {}
        self.files: list[str] = []
        self.schema: dict[str, dict[str, str]] = {}
        self._given = {name.lower(): list(columns) for name, columns in schema.items()}
        self._spelled: dict[tuple[str, str], str] = {}
        for scope in traverse_scope(query):
            for source in list(scope.sources.values()):
                if isinstance(source, exp.Table):
                    self._rename(source)
        self.tables = [name for name in _once(self.shown.values()) if name not in self.files]

    def _rename(self, table: Any) -> None:
        from sqlglot import exp

        files = files_of(table)
        shown = files[0] if files else name_of(table)
        is_named = bool(files) or isinstance(table.this, exp.Identifier)
        if table.name in self.shown or not shown or not is_named:
            return
        name = f"forebear_{len(self.shown)}"
        self.shown[name] = shown
        self.files += [file for file in files if file not in self.files]
        if not table.alias:
            stem = PurePosixPath(shown).name.partition(".")[0] if files else table.name
            table.set("alias", exp.TableAlias(this=exp.to_identifier(stem, quoted=False)))
        for part in ("db", "catalog"):
            table.set(part, None)
        table.set("this", exp.to_identifier(name))
        columns = self._given.get(shown.lower())
        if columns:
            self.schema[name] = {column.lower(): "unknown" for column in columns}
            self._spelled |= {(name, column.lower()): column for column in columns}

    def column(self, table: str, column: str) -> str:
        """Return a column by the name of its table and its own spelling."""
        return f"{self.shown[table]}.{self._spelled.get((table, column.lower()), column)}"


def files_of(table: Any) -> list[str]:
    """Return the files that a table stands for: a quoted path, or the texts given to `read_…`."""
    from sqlglot import exp

    inner = table.this
    if isinstance(inner, exp.Identifier):
        return [name_of(table)] if is_file(name_of(table)) else []
    if not isinstance(inner, exp.Func):
        return []
    called = inner.name if isinstance(inner, exp.Anonymous) else inner.sql_name()
    if not _READER.match(called):
        return []
    given = inner.this if isinstance(inner.this, exp.Expression) else None
    first = given or next(iter(inner.expressions), None)
    if isinstance(first, exp.Literal) and first.is_string:
        return [first.name]
    listed = first.expressions if isinstance(first, exp.Array) else ()
    return [one.name for one in listed if isinstance(one, exp.Literal) and one.is_string]


def _columns(
    query: Any, dialect: str | None, reads: _Reads
) -> tuple[dict[str, ColumnMaking], dict[str, list[str]], list[str]]:
    from sqlglot import MappingSchema, exp
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    spelled = {select.alias_or_name.lower(): select.alias_or_name for select in query.selects}
    schema = MappingSchema(reads.schema, dialect=dialect, normalize=False)
    qualified: Any = qualify(
        query,
        dialect=dialect,
        schema=schema,
        validate_qualify_columns=False,
        identify=False,
        quote_identifiers=False,
    )
    root = build_scope(qualified)
    if root is None:
        return {}, {}, ["The columns of the SQL could not be followed."]
    follower = Follower(reads.shown, reads.column)
    columns: dict[str, ColumnMaking] = {}
    for place, select in enumerate(root.expression.selects[:_MOST_COLUMNS]):
        made = follower.output(root, place)
        if select.is_star or select.find(exp.Columns):
            name = "*"
            follower.gaps["Which columns `*` stands for is not known."] = None
        else:
            name = spelled.get(select.alias_or_name.lower()) or _same_name(select, made)
        columns[name or f"column {place + 1}"] = made.told()
    return columns, follower.influences(root), list(follower.gaps)


def _same_name(select: Any, made: Made) -> str:
    """Return a column's name, spelled as its only source is where that is the same word."""
    name = str(select.alias_or_name)
    source = next(iter(made.sources), "").rpartition(".")[2] if len(made.sources) == 1 else ""
    return source if source.lower() == name.lower() else name
