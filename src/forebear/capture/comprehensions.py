"""Lists that the code makes of records it has read from a file: `[r["size"] for r in records]`.

The records are still there. Where they are those of a file, and the comprehension gives the very
values once more, rows and columns are known. Only what is sure to do nothing but compute is done
again: plain values, operators and a few functions of Python itself.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from forebear.capture.passage import Columns, Feed, Operation, Origin
from forebear.capture.plainfiles import Found, feed_of, found_in_files, keys_of, origin_of
from forebear.capture.scopes import Scope, scopes
from forebear.capture.session import Session

__all__ = ["comprehended"]

_FUNCTIONS: Final = frozenset({"int", "float", "str", "bool", "len", "abs", "round"})
_METHODS: Final = frozenset({"strip", "lower", "upper", "title", "lstrip", "rstrip"})
_PLAIN: Final = (str, int, float, bool, type(None))
_NODES: Final = (
    ast.Constant, ast.Compare, ast.UnaryOp, ast.BoolOp, ast.IfExp, ast.List, ast.Tuple, ast.Load,
    ast.cmpop, ast.unaryop, ast.boolop, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod,
    ast.BinOp, ast.Subscript, ast.Slice,
)  # fmt: skip
_MOST: Final = 500_000


class _Records(NamedTuple):
    """Records that a comprehension goes over, and the columns that its names stand for."""

    values: Sequence[Any]
    names: dict[str, str | None]
    """For each name the column that it is; None for whole records."""


def comprehended(session: Session, thing: Any) -> Origin | None:
    """Return the origin of values that a comprehension makes of records of a file."""
    for scope in scopes():
        try:
            for node in scope.listed():
                origin = _of_node(session, scope, node, thing)
                if origin is not None:
                    return origin
        finally:
            scope.close()
    return None


def _of_node(session: Session, scope: Scope, node: ast.ListComp, thing: Any) -> Origin | None:
    records = _records(scope, node)
    if records is None or not _is_safe(scope, node, records):
        return None
    try:
        kept, made = _again(node, records)
        same = _is_same(made, thing)
    except Exception:  # it is not what the code has made
        return None
    columns = _columns(records.values) if same else {}
    found = found_in_files(session, columns) if columns else None
    return _origin(found, node, records, kept) if found is not None else None


def _records(scope: Scope, node: ast.ListComp) -> _Records | None:
    """Return what a comprehension goes over: a list of plain records that has a name."""
    loop = node.generators[0]
    if len(node.generators) != 1 or loop.is_async or not isinstance(loop.iter, ast.Name):
        return None
    held = scope.held(loop.iter.id, node.lineno)
    values: Any = held[0] if held is not None else None
    if type(values) not in (list, tuple) or not 0 < len(values) <= _MOST:
        return None
    if isinstance(loop.target, ast.Name):
        names: dict[str, str | None] = {loop.target.id: None}
    elif isinstance(loop.target, ast.Tuple):
        if not all(isinstance(one, ast.Name) for one in loop.target.elts):
            return None
        names = {one.id: str(at) for at, one in enumerate(loop.target.elts)}  # type: ignore[attr-defined]
    else:
        return None
    return _Records(values, names) if all(map(_is_plain, values)) else None


def _is_plain(record: Any) -> bool:
    """Tell whether a record is made of Python's own values alone."""
    if type(record) in (list, tuple):
        return all(type(one) in _PLAIN for one in record)
    if type(record) is dict:
        return all(type(one) in _PLAIN for one in record.values())
    return type(record) in _PLAIN


def _is_safe(scope: Scope, node: ast.ListComp, records: _Records) -> bool:
    """Tell whether a comprehension does nothing but compute."""
    parts = [node.elt, *node.generators[0].ifs]
    return all(_computes(scope, part, records) for part in parts)


def _computes(scope: Scope, node: ast.AST, records: _Records) -> bool:
    if isinstance(node, ast.Name):
        return node.id in records.names
    if isinstance(node, ast.Call):
        function = node.func
        if node.keywords or not all(_computes(scope, one, records) for one in node.args):
            return False
        if isinstance(function, ast.Name):
            return function.id in _FUNCTIONS and scope.held(function.id, node.lineno) is None
        named = isinstance(function, ast.Attribute) and function.attr in _METHODS
        return named and _computes(scope, function.value, records)  # type: ignore[attr-defined]
    if not isinstance(node, _NODES):
        return False
    return all(_computes(scope, child, records) for child in ast.iter_child_nodes(node))


def _again(node: ast.ListComp, records: _Records) -> tuple[list[int], list[Any]]:
    """Return which records a comprehension keeps, and what it makes of each."""
    loop = node.generators[0]
    value, ifs = _compiled(node.elt), [_compiled(one) for one in loop.ifs]
    names = {"__builtins__": {name: getattr(builtins, name) for name in _FUNCTIONS}}
    kept: list[int] = []
    made: list[Any] = []
    for at, record in enumerate(records.values):
        local = dict(zip(records.names, record, strict=True)) if _is_taken_apart(records) else {}
        local = local or dict.fromkeys(records.names, record)
        if all(eval(one, names, local) for one in ifs):  # noqa: S307  checked to compute only
            kept.append(at)
            made.append(eval(value, names, local))  # noqa: S307
    return kept, made


def _compiled(node: ast.expr) -> Any:
    return compile(ast.Expression(node), "<forebear>", "eval")


def _is_taken_apart(records: _Records) -> bool:
    return None not in records.names.values()


def _is_same(made: list[Any], thing: Any) -> bool:
    numpy = sys.modules["numpy"]
    again = numpy.asarray(made)
    return bool(again.shape == thing.shape and numpy.array_equal(again, thing))


def _columns(records: Sequence[Any]) -> dict[str, list[Any]]:
    """Return the columns of records as keys that compare with a file's."""
    first = records[0]
    if type(first) is dict:
        columns = {str(key): [one.get(key) for one in records] for key in first}
    elif type(first) in (list, tuple):
        columns = {str(at): [one[at] for one in records] for at in range(len(first))}
    else:
        columns = {"": list(records)}
    return {name: keys for name, values in columns.items() if (keys := keys_of(values))}


def _origin(found: Found, node: ast.ListComp, records: _Records, kept: list[int]) -> Origin:
    source, operation = Origin(artifact=found.artifact), Operation("comprehension", -1)
    numpy = sys.modules["numpy"]
    wide = isinstance(node.elt, ast.List | ast.Tuple)
    parts = node.elt.elts if isinstance(node.elt, ast.List | ast.Tuple) else [node.elt]
    feeds = tuple(_feed(found, source, part, records, operation) for part in parts)
    names = tuple(map(str, range(len(parts)))) if wide else ("",)
    for condition in node.generators[0].ifs:
        used = _used(condition, records)
        operation.by |= dict.fromkeys(found.columns[one] for one in used if one in found.columns)
    picked = found.rows.pick(numpy.asarray(kept, numpy.int64))
    return origin_of(found._replace(rows=picked), source, operation, Columns(names, feeds))


def _feed(
    found: Found, source: Origin, part: ast.expr, records: _Records, operation: Operation
) -> Feed:
    used = _used(part, records)
    return feed_of(found, source, used, operation) if used else Feed()


def _used(node: ast.AST, records: _Records) -> list[str]:
    """Return the columns that an expression reads: by its names, or in brackets behind them."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        of = node.value
        if isinstance(of, ast.Name) and records.names.get(of.id, "") is None:
            return [str(node.slice.value)]
    if isinstance(node, ast.Name):
        return [records.names[node.id] or ""] if node.id in records.names else []
    found = [name for child in ast.iter_child_nodes(node) for name in _used(child, records)]
    return list(dict.fromkeys(found))
