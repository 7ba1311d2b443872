"""Figures over many rows, by what the code says: a mean that goes into the values of all rows."""

from __future__ import annotations

import ast
from typing import Final

from forebear.capture.callsite import statements_of
from forebear.capture.scopes import Function, covers, expressions_in

__all__ = ["pools_at"]

_FEW: Final = 1
_POOLING: Final = frozenset(
    "mean median std var min max sum quantile mode nanmean nanmedian nanstd nanmax nanmin describe"
    " value_counts percentile".split()
)
_BY_GROUPS: Final = frozenset("groupby rolling resample expanding ewm pivot_table".split())


def pools_at(file: str, line: int) -> bool:
    """Tell whether a statement uses figures over all rows of some data, by what its code says.

    A figure is looked for in the statement and in what the names that it reads were given.
    """
    statement = next((s for s in statements_of(file) if s.lineno == line), None)
    if statement is None or isinstance(statement, Function | ast.ClassDef | ast.For | ast.With):
        return False
    return _pools(file, statement, line, 0)


def _pools(file: str, node: ast.AST, line: int, depth: int) -> bool:
    inner = list(ast.walk(node))
    if any(isinstance(one, ast.Call) and _is_figure(one) for one in inner):
        return True
    names = {n.id for n in inner if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return depth < _FEW and any(
        _gives_figure(given) for name in names for given in _given_before(file, name, line)
    )


def _given_before(file: str, name: str, line: int) -> list[ast.AST]:
    scopes = [s for s in statements_of(file) if isinstance(s, Function) and covers(s, line)]
    function = scopes[-1].name if scopes else "<module>"
    before = [v for at, v in expressions_in(file, function, line).get(name, ()) if at < line and v]
    return before[-1:]


def _gives_figure(node: ast.AST) -> bool:
    """Tell whether an expression is a figure over rows, rather than data with figures in it."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Dict | ast.Tuple | ast.List):
        return any(_gives_figure(child) for child in ast.iter_child_nodes(node))
    return isinstance(node, ast.Call) and _is_figure(node)


def _is_figure(call: ast.Call) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in _POOLING:
        return False
    for word in call.keywords:
        if word.arg == "axis" and isinstance(word.value, ast.Constant) and word.value.value != 0:
            return False
    chain = [n.attr for n in ast.walk(function.value) if isinstance(n, ast.Attribute)]
    return not _BY_GROUPS & {*chain}
