"""Following the columns of a query, parsed and qualified by sqlglot, down to its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal

from msgspec import Struct

__all__ = ["KINDS", "ColumnMaking", "Follower", "Kind", "Made", "gathers"]

Kind = Literal["constant", "copy", "computed", "window", "aggregate"]
KINDS: Final[tuple[Kind, ...]] = ("constant", "copy", "computed", "window", "aggregate")
"""What is done to columns, the strongest last."""
_DEEPEST: Final = 200
_GATHERING: Final = frozenset(
    "arrayagg arrayconcatagg arrayuniqueagg collectlist collectset groupconcat histogram"
    " jsonagg jsonarrayagg jsonbagg jsonbobjectagg jsongrouparray jsongroupobject jsonobjectagg"
    " listagg mapagg objectagg stringagg".split()
)
"""Aggregates that make one value of those of many rows, and leave them as they are in it."""


class ColumnMaking(Struct, frozen=True, omit_defaults=True):
    """How one column is made: `sources` are columns of tables or files, as `table.column`.

    `kind` is the strongest thing done on the way: `copy` (renaming included), `computed`,
    `window` or `aggregate`; `constant` where no column goes in.
    """

    sources: list[str] = []
    kind: Kind = "copy"


class Made:
    """Source columns, in order, and the rank of the strongest thing done to them."""

    def __init__(self, sources: Iterable[str] = (), rank: int = 0) -> None:
        self.sources = dict.fromkeys(sources)
        self.rank = rank

    def add(self, other: Made) -> None:
        """Take in what else goes into it."""
        self.sources |= other.sources
        self.rank = max(self.rank, other.rank)

    def told(self) -> ColumnMaking:
        """Return it as it is told."""
        return ColumnMaking(list(self.sources), KINDS[self.rank])


class Follower:
    """Follows columns through the nested queries of a statement down to tables."""

    def __init__(self, names: Mapping[str, str], column: Callable[[str, str], str]) -> None:
        """Take the tables that are known, and what gives a column of one its full name."""
        self._tables = names
        self._full_name = column
        self.gaps: dict[str, None] = {}
        self._known: dict[tuple[int, int], Made] = {}
        self._above: set[tuple[int, int]] = set()

    def output(self, scope: Any, place: int) -> Made:
        """Return how the column at a place of a query's result is made."""
        key = (id(scope), place)
        if key in self._known:
            return self._known[key]
        if key in self._above or len(self._above) > _DEEPEST:
            return Made()  # a recursive query comes back to itself
        self._above.add(key)
        made = Made()
        if scope.set_operation_scopes:
            for part in scope.set_operation_scopes:
                made.add(self.output(part, place))
        else:
            selects = scope.expression.selects
            if place < len(selects):
                made.add(self.expression(scope, selects[place]))
        self._above.discard(key)
        self._known[key] = made
        return made

    def expression(self, scope: Any, node: Any) -> Made:
        """Return what goes into an expression of a query."""
        from sqlglot import exp
        from sqlglot.optimizer.scope import find_all_in_scope

        inner = node.unalias()
        made = Made()
        for column in find_all_in_scope(node, exp.Column):
            made.add(self.column(scope, column))
        if isinstance(inner, exp.Star):
            for name in scope.selected_sources:
                made.add(self.column(scope, exp.column("*", table=name)))
        below = {id(part.expression): part for part in scope.subquery_scopes}
        for query in find_all_in_scope(node, exp.Query):
            if (part := below.get(id(query))) is not None:
                made.add(self.output(part, 0))
        made.rank = max(made.rank, _rank(inner))
        return made

    def column(self, scope: Any, column: Any) -> Made:
        """Return what a column of a query's sources is made of."""
        from sqlglot import exp

        name, table = column.name, column.table
        if not table and len(scope.selected_sources) == 1:
            table = next(iter(scope.selected_sources))
        if not table and (made := self._own(scope, name)) is not None:
            return made
        looked: Any = scope
        while looked is not None and table not in looked.sources:
            looked = looked.parent
        if looked is None or not table:
            self.gaps[f"Which table the column {name} is of is not known."] = None
            return Made()
        source = looked.sources[table]
        if isinstance(source, exp.Table):
            known = source.name in self._tables  # else what a function of the database makes
            return Made([self._full_name(source.name, name)] if known else (), 1)
        return self._of_query(source, name)

    def _own(self, scope: Any, name: str) -> Made | None:
        """Return a column of the result, which ORDER BY and the like may name."""
        names = [select.alias_or_name for select in getattr(scope.expression, "selects", ())]
        if name not in names or (id(scope), names.index(name)) in self._above:
            return None
        return self.output(scope, names.index(name))

    def _of_query(self, scope: Any, name: str) -> Made:
        expression = scope.expression
        if not hasattr(expression, "selects") or scope.is_udtf:
            made = self.expression(scope, expression)
            for part in (*scope.subquery_scopes, *scope.derived_table_scopes):
                made.add(self._of_query(part, name))
            return made
        selects = scope.expression.selects
        names = [select.alias_or_name for select in selects]
        if name in names:
            return self.output(scope, names.index(name))
        made = Made(rank=1)
        if name == "*":
            for place in range(len(selects)):
                made.add(self.output(scope, place))
        elif any(select.is_star for select in selects):
            from sqlglot import exp

            for source in scope.selected_sources:
                made.add(self.column(scope, exp.column(name, table=source)))
        return made

    def influences(self, root: Any) -> dict[str, list[str]]:
        """Return the columns by which rows are chosen, tied, grouped and ordered."""
        found: dict[str, dict[str, None]] = {}
        for scope in root.traverse():
            for word, node in _clauses(scope.expression):
                sources = self.expression(scope, node).sources
                found.setdefault(word, {}).update(sources)
        return {word: list(sources) for word, sources in found.items() if sources}


def gathers(query: Any) -> bool:
    """Tell whether a query puts the values of many rows into one: a list, a text with commas."""
    from sqlglot import exp

    names = (
        one.name if isinstance(one, exp.Anonymous) else one.sql_name()
        for one in query.find_all(exp.Func)
    )
    return any(name.lower().replace("_", "") in _GATHERING for name in names)


def _rank(node: Any) -> int:
    """Return the rank of an expression by what it does itself."""
    from sqlglot import exp

    if isinstance(node, exp.Column | exp.Star):
        return 1
    if node.find(exp.Window):
        return 3
    if node.find(exp.AggFunc):
        return 4
    return 2 if node.find(exp.Column) else 0


def _clauses(query: Any) -> Iterator[tuple[str, Any]]:
    for clause, word in (
        ("where", "filter"),
        ("having", "filter"),
        ("qualify", "filter"),
        ("group", "group"),
        ("order", "order"),
    ):
        if query.args.get(clause) is not None:
            yield word, query.args[clause]
    for join in query.args.get("joins") or ():
        if join.args.get("on") is not None:
            yield "join", join.args["on"]
