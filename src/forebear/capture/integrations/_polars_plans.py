"""polars: what a query plan says of columns, read from polars' own resolved form of it.

An operation is asked for once more, on empty stand-ins for its frames: polars then resolves
names, selectors and suffixes, and nothing of the program's data is touched. A stand-in is
known by its height: the first has three rows of nulls, the second four.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

__all__ = ["Output", "Plan", "plan_of", "stand_in"]

Source = tuple[int, str]
"""The number of a frame and the name of one of its columns."""

_VALUES: Final[dict[str, tuple[str, ...]]] = {
    "Alias": ("expr",),
    "Cast": ("expr",),
    "BinaryExpr": ("left", "right"),
    "Ternary": ("predicate", "truthy", "falsy"),
    "Function": ("input",),
    "Agg": ("arguments",),
    "Sort": ("expr",),
    "SortBy": ("expr",),
    "Filter": ("input",),
    "Gather": ("expr",),
    "Slice": ("input",),
    "Explode": ("expr",),
    "Window": ("function",),
    "Rolling": ("function",),
    "Column": (),
    "Literal": (),
    "Len": (),
}
"""Which parts of an expression its values are made of."""
_DECIDING: Final[dict[str, tuple[str, ...]]] = {
    "SortBy": ("by",),
    "Filter": ("by",),
    "Gather": ("idx",),
    "Slice": ("offset", "length"),
    "Window": ("partition_by", "order_by"),
}
"""Which parts decide about rows."""
_PICKING: Final = frozenset(("Sort", "SortBy", "Filter", "Gather", "Slice", "Explode"))
_LEAVING: Final = frozenset(("Column", "Alias", *_PICKING))
"""Expressions that leave values as they are."""
_MOVING: Final = frozenset(
    "reverse shuffle sample arg_sort arg_unique arg_where unique drop_nulls drop_nans top_k"
    " top_k_by mode value_counts rle gather_every repeat explode hist".split()
)
"""Functions whose results do not stand beside the rows they were made of."""
_RANDOM: Final = frozenset(("shuffle", "sample"))
_KEEPING: Final = frozenset(
    "reverse shuffle sample unique drop_nulls drop_nans top_k top_k_by gather_every explode".split()
)
"""Functions that leave values as they are."""
_LOWEST: Final = 3
"""The height of the first stand-in: more than that of a literal."""


class Output(NamedTuple):
    """What a column was made of."""

    sources: frozenset[Source] = frozenset()
    changed: bool = False
    """It holds other values than what it was made of."""
    kind: str = "scalar"
    """`rows`: row by row; `scalar`: one value for all; `moved`: neither."""
    hidden: bool = False
    """A function of the program, or chance, made it: it can't be made again."""


class Plan(NamedTuple):
    """What an operation makes of the columns of its frames."""

    columns: Mapping[str, Output]
    by: frozenset[Source] = frozenset()
    """Columns that decided about rows."""
    hidden: bool = False
    """What decided about rows can't be worked out again."""


class _Unreadable(Exception):
    """A plan has a part that is not known here."""


def stand_in(schema: Mapping[str, Any], number: int) -> Any:
    """Return a lazy frame of nulls that stands for a frame with this schema."""
    return _stand_in(tuple(schema.items()), number)


@functools.lru_cache(maxsize=128)
def _stand_in(schema: tuple[tuple[str, Any], ...], number: int) -> Any:
    polars: Any = sys.modules["polars"]
    return polars.DataFrame(schema=dict(schema)).clear(_LOWEST + number).lazy()


def plan_of(frame: Any, roots: Callable[[str], Iterable[str] | None]) -> Plan | None:
    """Return what a lazy frame over stand-ins makes of their columns; None where unreadable.

    `roots` names the columns that the expression for an output speaks of, as far as known: a
    function of the program hides what it is given from the plan.
    """
    try:
        return _Reader(frame._ldf.visit(), roots).read()
    except (_Unreadable, AttributeError, NotImplementedError, TypeError, ValueError, KeyError):
        return None


class _Reader:
    """Reads one plan, from the node on which polars' traverser stands downwards."""

    def __init__(self, plan: Any, roots: Callable[[str], Iterable[str] | None]) -> None:
        self.plan = plan
        self.roots = roots

    def read(self) -> Plan:
        plan = self.plan
        node, here = plan.view_current_node(), plan.get_node()
        rule = _NODES.get(type(node).__name__)
        if rule is None:
            raise _Unreadable(type(node).__name__)
        below = []
        for number in plan.get_inputs():
            plan.set_node(number)
            below.append(self.read())
            plan.set_node(here)
        return rule(self, node, below)

    def made(self, expression: Any, given: Plan) -> tuple[Output, frozenset[Source]]:
        """Return what an output is made of, and what decides about its rows."""
        name = expression.output_name
        try:
            found, by = self._walk(expression.node, given.columns)
        except NotImplementedError:  # a function of the program
            names = self.roots(name)
            sources = [
                given.columns[n].sources for n in names or given.columns if n in given.columns
            ]
            return Output(frozenset().union(*sources), True, "moved", True), frozenset()
        return found, by

    def _walk(self, number: int, given: Mapping[str, Output]) -> tuple[Output, frozenset[Source]]:
        expression = self.plan.view_expression(number)
        kind = type(expression).__name__
        if kind not in _VALUES:
            raise _Unreadable(kind)
        if kind == "Column":
            return given[expression.name]._replace(kind="rows"), frozenset()
        parts = [self._walk(one, given) for one in _numbers(expression, _VALUES[kind])]
        deciding = [self._walk(one, given) for one in _numbers(expression, _DECIDING.get(kind, ()))]
        by = frozenset().union(*(one.sources for one, _ in deciding), *(b for _, b in parts))
        values = [one for one, _ in parts]
        leaving = kind in _LEAVING or _function(expression, kind) in _KEEPING
        changed = not leaving or any(one.changed for one in values)
        hidden = any(one.hidden for one, _ in (*parts, *deciding)) or _by_chance(expression, kind)
        sources = frozenset().union(*(one.sources for one in values))
        return Output(
            sources, changed and bool(values), _kind(expression, kind, values), hidden
        ), by


def _numbers(expression: Any, fields: Iterable[str]) -> Iterable[int]:
    for field in fields:
        value = getattr(expression, field, None)
        if isinstance(value, list | tuple):
            yield from value
        elif value is not None:
            yield value


def _function(expression: Any, kind: str) -> str:
    """Return the name of a function: `shuffle`, `BooleanFunction.IsIn`."""
    return str(expression.function_data[0]) if kind == "Function" else ""


def _by_chance(expression: Any, kind: str) -> bool:
    """Tell whether an expression draws at random without a seed."""
    return _function(expression, kind) in _RANDOM and expression.function_data[-1] is None


def _kind(expression: Any, kind: str, values: list[Output]) -> str:
    kinds = {one.kind for one in values}
    if kind in ("Agg", "Len"):
        return "scalar"
    if kind == "Window":
        return "moved" if "xplode" in str(expression.options.kind) else "rows"
    if kind in _PICKING or _function(expression, kind) in _MOVING or "moved" in kinds:
        return "moved"
    return "rows" if "rows" in kinds else "scalar"


# Nodes of a plan -----------------------------------------------------------------------------

_Columns = dict[str, Output]


def _scan(reader: _Reader, node: Any, below: list[Plan]) -> Plan:
    number = node.df.height() - _LOWEST
    if number < 0 or node.selection is not None:
        raise _Unreadable("a stand-in was changed")
    names = node.projection if node.projection is not None else node.df.columns()
    return Plan({name: Output(frozenset({(number, name)}), kind="rows") for name in names})


def _outputs(reader: _Reader, expressions: Iterable[Any], given: Plan) -> tuple[_Columns, Any]:
    found: _Columns = {}
    by: frozenset[Source] = frozenset()
    for expression in expressions:
        found[expression.output_name], more = reader.made(expression, given)
        by |= more
    return found, by


def _select(reader: _Reader, node: Any, below: list[Plan]) -> Plan:
    found, by = _outputs(reader, node.expr, below[0])
    return Plan(found, below[0].by | by, below[0].hidden)


def _with_columns(reader: _Reader, node: Any, below: list[Plan]) -> Plan:
    found, by = _outputs(reader, node.exprs, below[0])
    return Plan({**below[0].columns, **found}, below[0].by | by, below[0].hidden)


def _decided(reader: _Reader, expressions: Iterable[Any], given: Plan) -> Plan:
    """Return a plan whose rows were decided about by some expressions."""
    found, by = _outputs(reader, expressions, given)
    sources = frozenset().union(*(one.sources for one in found.values()))
    hidden = any(one.hidden for one in found.values())
    return Plan(given.columns, given.by | by | sources, given.hidden or hidden)


def _filter(reader: _Reader, node: Any, below: list[Plan]) -> Plan:
    return _decided(reader, [node.predicate], below[0])


def _sort(reader: _Reader, node: Any, below: list[Plan]) -> Plan:
    return _decided(reader, node.by_column, below[0])


def _distinct(reader: _Reader, node: Any, below: list[Plan]) -> Plan:
    names = node.options[1] or list(below[0].columns)
    sources = frozenset().union(*(below[0].columns[name].sources for name in names))
    return below[0]._replace(by=below[0].by | sources)


def _same(reader: _Reader, node: Any, below: list[Plan]) -> Plan:
    return below[0]


def _group_by(reader: _Reader, node: Any, below: list[Plan]) -> Plan:
    keyed = _decided(reader, node.keys, below[0])
    keys, _ = _outputs(reader, node.keys, below[0])
    found, by = _outputs(reader, node.aggs, below[0])
    windows = [node.options.dynamic, node.options.rolling]
    for window in filter(None, windows):
        name = window.index_column
        keys[name] = below[0].columns[name]
        by |= keys[name].sources
    return Plan({**keys, **found}, keyed.by | by, keyed.hidden)


def _join(reader: _Reader, node: Any, below: list[Plan]) -> Plan:
    left, right = below
    how, suffix = str(node.options[0]), node.options[3]
    one, two = _decided(reader, node.left_on, left), _decided(reader, node.right_on, right)
    keys = dict(zip(_names(node.right_on), _names(node.left_on), strict=False))
    found: _Columns = {}
    for name in reader.plan.get_schema():
        if name in left.columns:
            found[name] = left.columns[name]
            partner = next((r for r, one in keys.items() if one == name), "")
            # A key that the sides have under one name is left once, and is that of both.
            equal = partner == name and how.startswith(("Inner", "Left"))
            if (equal or how.startswith(("Full", "Right"))) and partner in right.columns:
                found[name] = _both(found[name], right.columns[partner])
        elif name in right.columns:
            found[name] = right.columns[name]
        else:
            found[name] = right.columns[name.removesuffix(suffix)]
    return Plan(found, one.by | two.by, one.hidden or two.hidden)


def _names(expressions: Iterable[Any]) -> list[str]:
    return [one.output_name for one in expressions]


def _both(one: Output, two: Output) -> Output:
    return Output(one.sources | two.sources, one.changed or two.changed, one.kind)


def _function_node(reader: _Reader, node: Any, below: list[Plan]) -> Plan:
    name, *facts = node.function
    given = below[0]
    if name == "unpivot":
        index, on, variable, value = facts
        on = on or [one for one in given.columns if one not in index]
        sources = frozenset().union(*(given.columns[one].sources for one in on))
        found = {one: given.columns[one] for one in index}
        found |= {variable: Output(), value: Output(sources, changed=True, kind="moved")}
        return given._replace(columns=found)
    if name == "rename":
        new = dict(zip(facts[0], facts[1], strict=True))
        return given._replace(columns={new.get(n, n): made for n, made in given.columns.items()})
    if name == "row_index":
        return given._replace(columns={facts[0]: Output(kind="rows"), **given.columns})
    if name in ("explode", "rechunk"):
        return given
    if name == "unnest":
        return given._replace(columns=_unnested(reader, given, list(facts[0])))
    raise _Unreadable(name)


def _unnested(reader: _Reader, given: Plan, structs: list[str]) -> _Columns:
    """Return the fields of structs: each may come from all that the struct was made of."""
    found: _Columns = {}
    every = [given.columns[name].sources for name in structs]
    field = Output(frozenset().union(*every), True, "rows")
    for name in reader.plan.get_schema():
        found[name] = given.columns.get(name, field)
    return found


def _projection(reader: _Reader, node: Any, below: list[Plan]) -> Plan:
    names = list(reader.plan.get_schema())
    return below[0]._replace(columns={name: below[0].columns[name] for name in names})


def _beside(reader: _Reader, node: Any, below: list[Plan]) -> Plan:
    columns: _Columns = {}
    for one in below:
        columns |= one.columns
    return Plan(columns, frozenset().union(*(one.by for one in below)))


def _stacked(reader: _Reader, node: Any, below: list[Plan]) -> Plan:
    columns: _Columns = {}
    for one in below:
        for name, made in one.columns.items():
            columns[name] = _both(columns[name], made) if name in columns else made
    return Plan(columns, frozenset().union(*(one.by for one in below)))


_NODES: Final[dict[str, Callable[[_Reader, Any, list[Plan]], Plan]]] = {
    "DataFrameScan": _scan,
    "Select": _select,
    "HStack": _with_columns,
    "Filter": _filter,
    "Sort": _sort,
    "Slice": _same,
    "Distinct": _distinct,
    "GroupBy": _group_by,
    "Join": _join,
    "MapFunction": _function_node,
    "SimpleProjection": _projection,
    "Projection": _projection,
    "HConcat": _beside,
    "Union": _stacked,
    "Cache": _same,
}
