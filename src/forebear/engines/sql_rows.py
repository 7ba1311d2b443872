"""Which rows of tables are in the result of a query: asked of the database by a second query.

The second query is the first one with more columns: for each table the number of the row that
went into a row of the result, or all of them where rows are grouped or made distinct. It reads
and changes nothing. Tables inside a subquery that unites others get no such column.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, Final

from msgspec import Struct

from forebear.engines.sql_columns import gathers
from forebear.engines.sql_lineage import files_of, name_of, parsed

__all__ = [
    "PREFIX",
    "Numbered",
    "Numbering",
    "groups_counted",
    "numbered",
    "selected_in",
    "whole_table",
]

PREFIX: Final = "forebear_row_"
_DECIDING: Final = (
    "joins where group having qualify order limit offset distinct laterals sample"
).split()


class Numbering(Struct, frozen=True):
    """One more column: numbers of rows of the table `name`, which `source` is in SQL."""

    name: str
    source: str


class Numbered(Struct, frozen=True):
    """A query with the numbers of rows as its last columns, one column for each table."""

    sql: str
    tables: list[Numbering]


def whole_table(sql: str, dialect: str | None) -> str | None:
    """Return the one table whose every row is a row of the result, in its order, if that is plain.

    >>> whole_table("SELECT a, b + 1 FROM t", None), whole_table("SELECT a FROM t LIMIT 3", None)
    ('t', None)
    """
    try:
        (query,) = parsed(sql, dialect)
    except Exception:
        return None
    from sqlglot import exp

    if not isinstance(query, exp.Select) or any(query.args.get(word) for word in _DECIDING):
        return None
    source = query.args["from_"].this if query.args.get("from_") is not None else None
    if not isinstance(source, exp.Table) or source.args.get("joins") or query.ctes:
        return None
    if query.find(exp.TableSample, exp.Pivot):
        return None
    if any(one.find(exp.AggFunc, exp.UDTF, exp.Query) for one in query.selects):
        return None
    return _shown(source)


def numbered(sql: str, dialect: str | None) -> Numbered | None:
    """Return a query that tells the numbers of rows too; None where that cannot be."""
    try:
        from sqlglot import exp

        (query,) = parsed(sql, dialect)
        if not isinstance(query, exp.Select | exp.Union) or query.args.get("into") is not None:
            return None
        if sum(1 for _ in query.find_all(exp.With)) > 1:
            return None  # names inside may hide those of tables
        if any(not files_of(one.parent) for one in query.find_all(*_unknown_functions())):
            return None  # it may be the program's own, or count on
        query, carried = _Writer(query, dialect).carry(query)
        return Numbered(query.sql(dialect=dialect), carried) if carried else None
    except Exception:
        return None


def _unknown_functions() -> tuple[Any, ...]:
    from sqlglot import exp

    return exp.Anonymous, exp.AnonymousAggFunc, exp.NextValueFor


def groups_counted(sql: str, dialect: str | None) -> str | None:
    """Return a query that tells how many rows a query made groups of, and how many groups.

    None where it is not plain that all that comes out are keys of groups, and figures over the rows
    of one table: joined rows are there several times, and lists of values are no figures.
    """
    try:
        from sqlglot import exp

        (query,) = parsed(sql, dialect)
        if not isinstance(query, exp.Select) or not _is_pooled(query):
            return None
        words = ("qualify", "limit", "offset", "distinct")
        if any(query.args.get(word) for word in words):
            return None
        if query.find(exp.Cube, exp.Rollup, exp.GroupingSets):
            return None  # a row is in several groups
        if query.find(exp.TableSample, exp.Rand, exp.Randn):
            return None  # asked again, it finds other rows
        if not _of_one_table(query, {one.alias: one.this for one in query.ctes}):
            return None
        if gathers(query) or any(one.find(exp.UDTF, exp.Query) for one in query.selects):
            return None
        if any(not files_of(one.parent) for one in query.find_all(*_unknown_functions())):
            return None
        query.set("order", None)
        query.select(exp.alias_(exp.Count(this=exp.Star()), PREFIX), append=True, copy=False)
        rows = exp.func("coalesce", exp.Sum(this=exp.column(PREFIX)), exp.Literal.number(0))
        groups = exp.Count(this=exp.Star())
        whole = exp.select(rows, groups).from_(query.subquery("grouped"))
        return str(whole.sql(dialect=dialect))
    except Exception:
        return None


def _of_one_table(query: Any, named: dict[str, Any]) -> bool:
    """Tell whether each row that a query looks at is another row of the same table."""
    from sqlglot import exp

    first = query.args.get("from_")
    source = first.this if first is not None else None
    if query.args.get("joins") or query.args.get("laterals") or query.find(exp.Pivot):
        return False
    if isinstance(source, exp.Table):
        inner = named.get(source.name) if not source.args.get("db") else None
        if source.args.get("joins") or inner is None:
            return not source.args.get("joins")
    else:
        inner = source.this if isinstance(source, exp.Subquery) else None
    if not isinstance(inner, exp.Select) or inner.ctes or _is_pooled(inner):
        return False
    if inner.args.get("distinct") or any(one.find(exp.UDTF) for one in inner.selects):
        return False
    return _of_one_table(inner, {})


def selected_in(sql: str, dialect: str | None) -> str | None:
    """Return the query by which a statement makes a table or a file, if it does."""
    try:
        from sqlglot import exp

        (statement,) = parsed(sql, dialect)
        query = statement.expression if isinstance(statement, exp.Create) else None
        if isinstance(statement, exp.Copy) and not statement.args.get("kind"):
            inner = statement.this
            is_table = isinstance(inner, exp.Table)
            query = exp.select("*").from_(inner) if is_table else inner.unnest()
        return query.sql(dialect=dialect) if isinstance(query, exp.Query) else None
    except Exception:
        return None


def _shown(table: Any) -> str:
    files = files_of(table)
    return files[0] if files else name_of(table)


class _Writer:
    """Puts the numbers of rows into a query, from its innermost tables outwards."""

    def __init__(self, query: Any, dialect: str | None) -> None:
        self.dialect = dialect
        self.named = {one.alias: one.this for one in query.ctes}
        self.carried: dict[str, list[tuple[str, Numbering]]] = {}
        self.count = 0

    def carry(self, query: Any) -> tuple[Any, list[Numbering]]:
        """Add columns to a query, and return it with what they are."""
        from sqlglot import exp

        if isinstance(query, exp.Union):
            return self._united(query)
        return query, [numbering for _, numbering in self._selected(query)]

    def _united(self, query: Any) -> tuple[Any, list[Numbering]]:
        """Add the columns of each part to all parts of a union: a row comes from one of them."""
        from sqlglot import exp

        unions, parts = [query], []
        for union in unions:
            unions += [one for one in (union.left,) if isinstance(one, exp.Union)]
            parts += [one for one in (union.right, union.left) if isinstance(one, exp.Select)]
        apart = {bool(one.args.get("distinct")) for one in unions}
        if len(parts) != len(unions) + 1 or len(apart) > 1 or any(p.is_star for p in parts):
            return query, []
        added = [self._selected(part) for part in parts]
        every = [column for columns in added for column in columns]
        for part, columns in zip(parts, added, strict=True):
            own = {name: part.selects[at] for at, (name, _) in enumerate(columns, -len(columns))}
            shown = part.selects[: len(part.selects) - len(columns)]
            nothing = [own.get(n) or exp.alias_(exp.Null(), n) for n, _ in every]
            part.set("expressions", [*shown, *nothing])
        told = [numbering for _, numbering in every]
        return (self._once(query, unions, every) if apart == {True} else query), told

    def _once(self, query: Any, unions: list[Any], added: list[tuple[str, Numbering]]) -> Any:
        """Return a union that has each row once, with all numbers of the rows that were alike."""
        from sqlglot import exp

        names = query.named_selects[: len(query.named_selects) - len(added)]
        if not all(names) or any(query.args.get(word) for word in ("limit", "offset", "with_")):
            raise ValueError("the rows of this union are not told")
        query.set("order", None)  # rows that are there once are found by their values
        for union in unions:
            union.set("distinct", False)
        shown = [exp.column(name, quoted=True) for name in names]
        numbers = [exp.alias_(self._pooled(exp.column(n)), n) for n, _ in added]
        places = [exp.Literal.number(at + 1) for at in range(len(names))]
        return exp.select(*shown, *numbers).from_(query.subquery("united")).group_by(*places)

    def _selected(self, query: Any) -> list[tuple[str, Numbering]]:
        """Add columns to a query, and return them with their names."""
        from sqlglot import exp

        if not isinstance(query, exp.Select):
            return []
        distinct, pooled = query.args.get("distinct"), _is_pooled(query)
        if distinct is not None and (pooled or distinct.args.get("on") or query.is_star):
            return []
        inner = [column for source in self._sources(query) for column in self._of_source(source)]
        if distinct is not None and inner:
            # Rows that are alike are one group of rows.
            query.set("distinct", None)
            query.group_by(*map(str, range(1, len(query.selects) + 1)), copy=False)
            pooled = True
        found: list[tuple[str, Numbering]] = []
        for column, numbering in inner:
            name = self._new_name()
            value = self._pooled(column) if pooled else column
            query.select(exp.alias_(value, name), append=True, copy=False)
            found.append((name, numbering))
        return found

    def _sources(self, query: Any) -> list[Any]:
        first = query.args.get("from_")
        joins = query.args.get("joins") or []
        return [one.this for one in (first, *joins) if one is not None]

    def _of_source(self, source: Any) -> list[tuple[Any, Numbering]]:
        """Return the columns by which a table or subquery tells the numbers of its rows."""
        from sqlglot import exp

        if isinstance(source, exp.Subquery) and source.alias:
            return self._under(source.alias, self._selected(source.this))
        if not isinstance(source, exp.Table):
            return []
        if not source.args.get("db") and source.name in self.named:
            if source.name not in self.carried:
                self.carried[source.name] = self._selected(self.named[source.name])
            return self._under(source.alias or source.name, self.carried[source.name])
        return [self._of_table(source)]

    def _under(
        self, alias: str, columns: list[tuple[str, Numbering]]
    ) -> list[tuple[Any, Numbering]]:
        from sqlglot import exp

        return [(exp.column(name, table=alias), numbering) for name, numbering in columns]

    def _of_table(self, table: Any) -> tuple[Any, Numbering]:
        """Return the column of row numbers of a table of the database."""
        from sqlglot import exp

        bare = table.copy()
        bare.set("alias", None)
        numbering = Numbering(_shown(table), bare.sql(dialect=self.dialect))
        files = files_of(table)
        alias = table.alias or (PurePosixPath(files[0]).stem if files else table.name)
        if self.dialect == "sqlite":
            return exp.column("rowid", table=alias), numbering
        name = self._new_name()
        number = exp.Sub(this=exp.Window(this=exp.RowNumber()), expression=exp.Literal.number(1))
        inner = exp.Subquery(this=exp.select("*", exp.alias_(number, name)).from_(bare))
        inner.set("alias", table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(alias)))
        table.replace(inner)
        return exp.column(name, table=alias), numbering

    def _pooled(self, column: Any) -> Any:
        """Return all numbers in a group, as text with commas."""
        from sqlglot import exp

        if self.dialect == "sqlite":
            return exp.Anonymous(this="group_concat", expressions=[column])
        text = exp.cast(column, "varchar")
        return exp.Anonymous(this="string_agg", expressions=[text, exp.Literal.string(",")])

    def _new_name(self) -> str:
        self.count += 1
        return f"{PREFIX}{self.count}"


def _is_pooled(query: Any) -> bool:
    """Tell whether a query makes one row of several."""
    from sqlglot import exp

    if query.args.get("group") is not None:
        return True
    return any(
        not isinstance(one.parent, exp.Window) and one.find_ancestor(exp.Select) is query
        for select in query.selects
        for one in select.find_all(exp.AggFunc)
    )
