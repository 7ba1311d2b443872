"""Doing again, on values that are still there, what the user's code did to arrays.

NumPy's operators can't be watched. When an array that nobody saw being made reaches a point that
matters, the expression that the code has for it is worked out again from values that are known,
by pure functions only. Where the result is the array, value for value, the way was found: it is
as good as seen. Nothing of the user's own is ever called.
"""

from __future__ import annotations

import ast
import inspect
import operator
import sys
from collections.abc import Callable, Mapping, Sequence
from threading import get_ident
from typing import Any, Final

from forebear.capture.passage import (
    SAME,
    At,
    Columns,
    Feed,
    Relation,
    merged,
    names_of,
)
from forebear.capture.remade import (
    Again,
    Seen,
    Several,
    Unknown,
    again_of,
    are_aligned,
    expect_data,
    is_array,
    is_frame,
    is_plain,
    origin_of,
    picked_from,
    rank_of,
    same_values,
    set_below,
    set_beside,
)
from forebear.capture.scopes import Scope, returned_by, scopes
from forebear.capture.tracker import Origin, Tracker

__all__ = ["replayed"]

_DEEPEST: Final = 24
_MOST_BYTES: Final = 256 << 20
_MOST_TRIES: Final = 40
_ELEMENTWISE: Final = frozenset(
    "log log1p log2 log10 exp expm1 sqrt abs absolute sign square power where nan_to_num clip isnan"
    " maximum minimum round around rint floor ceil sin cos tan arctan tanh asarray array astype"
    " ascontiguousarray copy float32 float64 int64 int32 logical_and logical_or logical_not invert"
    " isin isfinite fmax fmin add subtract multiply divide true_divide negative cumsum diff"
    " reciprocal sigmoid degrees radians hypot mod floor_divide equal not_equal greater"
    " less".split()
)
"""Functions and methods that work row by row, or keep the rows in their order."""
_POOLING: Final = frozenset(
    "mean std var min max sum median nanmean nanstd nanmedian ptp any all argmax argmin prod"
    " nanmin nanmax percentile quantile".split()
)
_BESIDE: Final = frozenset({"column_stack", "hstack"})
_BELOW: Final = frozenset({"concatenate", "vstack", "row_stack"})
_SHAPING: Final = frozenset({"reshape", "ravel", "flatten", "squeeze"})
_OPERATORS: Final[dict[type[ast.AST], Callable[..., Any]]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.Pow: operator.pow, ast.BitAnd: operator.and_, ast.BitOr: operator.or_,
    ast.BitXor: operator.xor, ast.MatMult: operator.matmul, ast.Invert: operator.invert,
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip


_TYPES: Final[dict[str, Any]] = {"int": int, "float": float, "bool": bool, "str": str}


def replayed(tracker: Tracker, thing: Any) -> Origin | None:
    """Return the origin of an array that the code makes of known values, if that can be shown."""
    if getattr(thing, "nbytes", _MOST_BYTES) >= _MOST_BYTES:
        return None
    for scope in scopes():
        tracker.redoing = get_ident()
        try:
            found = _Player(tracker, scope).find(thing)
        finally:
            tracker.redoing = None
            scope.close()
        if found is not None:
            return found
    return None


class _Player:
    """Works out expressions in one scope of the user's code."""

    def __init__(
        self, tracker: Tracker, scope: Scope, given: Mapping[str, Seen] | None = None
    ) -> None:
        """Begin in a scope; `given` are the arguments, where that is a function that is over."""
        self.tracker = tracker
        self.scope = scope
        self.given = given or {}
        self.depth = 0

    def find(self, thing: Any) -> Origin | None:
        """Return the origin of `thing`, whose value an expression here has."""
        for node, line in self.scope.expressions(thing)[:_MOST_TRIES]:
            seen = self._tried(node, line)
            if seen.origin is not None and same_values(seen.value, thing):
                seen.origin.exact = seen.origin.exact and seen.sure
                return seen.origin
        return None

    def _tried(self, node: ast.AST, line: int) -> Seen:
        """Return the value of an expression, or nothing where it is not to be had."""
        try:
            return self.value(node, line)
        except Exception:  # whatever the code means by it, it is not what we look for
            return Seen(None)

    def value(self, node: ast.AST, line: int) -> Seen:
        """Return the value of an expression at a line, with where it comes from.

        Raises:
            Unknown: it holds something that is not done again.
        """
        self.depth += 1
        try:
            if self.depth > _DEEPEST:
                raise Unknown
            work: Any = getattr(self, "_" + type(node).__name__.lower(), None)
            if work is None:
                raise Unknown
            seen: Seen = work(node, line)
            last = seen.origin.operations[-1:] if seen.origin is not None else ()
            if last and isinstance(last[0], Again) and last[0].at is None:
                last[0].at = At(0, 0, self.scope.file, getattr(node, "lineno", line))
            return seen
        finally:
            self.depth -= 1

    def _name(self, node: ast.Name, line: int) -> Seen:
        if node.id in self.given and self.scope.assigned(node.id, line) is None:
            return self.given[node.id]
        held = self.scope.held(node.id, line)
        if held is None and node.id in _TYPES:
            return Seen(_TYPES[node.id])
        if held is not None:
            value, current = held
            origin = self.tracker.get(value) if current else None
            if origin is not None or (current and not is_array(value)):
                return Seen(value, origin)
        before = self.scope.assigned(node.id, line)
        seen = self._tried(before[1], before[0]) if before is not None else Seen(None)
        if held is not None and held[1]:
            same = seen.value is not None and same_values(seen.value, held[0])
            return seen if same else Seen(held[0], None, sure=False)
        if seen.value is None:
            raise Unknown
        return seen

    def _constant(self, node: ast.Constant, line: int) -> Seen:
        return Seen(node.value)

    def _tuple(self, node: ast.Tuple | ast.List, line: int) -> Seen:
        parts = [self.value(one, line) for one in node.elts]
        made = tuple if isinstance(node, ast.Tuple) else list
        value = made(part.value for part in parts)
        origins = [part.origin for part in parts if part.origin is not None]
        return Seen(value, Several(parts) if origins else None)

    _list = _tuple

    def _slice(self, node: ast.Slice, line: int) -> Seen:
        ends = (node.lower, node.upper, node.step)
        return Seen(slice(*(None if e is None else self.value(e, line).value for e in ends)))

    def _unaryop(self, node: ast.UnaryOp, line: int) -> Seen:
        one = self.value(node.operand, line)
        return self._mapped(_OPERATORS[type(node.op)](one.value), [one], "arithmetic")

    def _binop(self, node: ast.BinOp, line: int) -> Seen:
        pair = [self.value(node.left, line), self.value(node.right, line)]
        if isinstance(node.op, ast.MatMult):
            raise Unknown
        expect_data(pair)
        value = _OPERATORS[type(node.op)](*(one.value for one in pair))
        return self._mapped(value, pair, "arithmetic")

    def _compare(self, node: ast.Compare, line: int) -> Seen:
        if len(node.ops) != 1:
            raise Unknown
        pair = [self.value(node.left, line), self.value(node.comparators[0], line)]
        expect_data(pair)
        value = _OPERATORS[type(node.ops[0])](*(one.value for one in pair))
        return self._mapped(value, pair, "comparison")

    def _attribute(self, node: ast.Attribute, line: int) -> Seen:
        one = self.value(node.value, line)
        if node.attr in ("values", "size", "shape", "ndim", "index", "columns"):
            value = getattr(one.value, node.attr)
            origin = self.tracker.get(value)
            if node.attr == "values" and origin is None and one.origin is not None:
                return self._mapped(value, [one], "to_numpy")
            return Seen(value, origin)
        if is_frame(one.value) and node.attr in map(str, getattr(one.value, "columns", ())):
            return self._column(one, node.attr)
        raise Unknown

    def _column(self, frame: Seen, name: Any) -> Seen:
        value = frame.value[name]
        origin = self.tracker.get(value)
        if origin is None and frame.origin is not None and frame.origin.columns is not None:
            feed = frame.origin.columns.feed(str(name)) or Feed()
            origin = origin_of([(frame.origin, SAME)], "select", Columns((str(name),), (feed,)))
        return Seen(value, origin)

    def _part_of_frame(self, frame: Seen, index: Any) -> Seen:
        """Return some columns of a frame, or the rows that a mask chooses."""
        value = frame.value[index]
        origin = self.tracker.get(value)
        if origin is not None or frame.origin is None:
            return Seen(value, origin, frame.sure)
        known = frame.origin.columns
        names = names_of(value)
        feeds = [known.feed(name) if known is not None else None for name in names]
        columns = None
        if all(feed is not None for feed in feeds):
            columns = Columns(names, tuple(feed for feed in feeds if feed is not None))
        relation: Relation = SAME
        if getattr(getattr(index, "dtype", None), "kind", "") == "b" and rank_of(index) == 1:
            from forebear.engines.rowmaps import identity

            relation = identity(len(frame.value)).pick(sys.modules["numpy"].asarray(index))
        elif len(value) != len(frame.value):
            raise Unknown
        return Seen(value, origin_of([(frame.origin, relation)], "select", columns), frame.sure)

    def _subscript(self, node: ast.Subscript, line: int) -> Seen:
        base, index = self.value(node.value, line), self.value(node.slice, line)
        if is_frame(base.value):
            if isinstance(index.value, str):
                return self._column(base, index.value)
            return self._part_of_frame(base, index.value)
        if isinstance(base.value, dict | list | tuple):
            value = base.value[index.value]
            if isinstance(base.origin, Several) and isinstance(index.value, int):
                return base.origin.parts[index.value]
            return Seen(value, self.tracker.get(value))
        if not is_array(base.value):
            if not is_plain(base.value):
                raise Unknown
            value = base.value[index.value]  # an open archive
            return Seen(value, self.tracker.get(value))
        value = base.value[index.value]
        if base.origin is None:
            return Seen(value, None, base.sure)
        return Seen(value, picked_from(base, index.value, value), base.sure)

    def _call(self, node: ast.Call, line: int) -> Seen:
        numpy = sys.modules["numpy"]
        held = self._held(node)
        if held is not None:
            return Seen(held, self.tracker.get(held))
        arguments = [self.value(one, line) for one in node.args]
        options = {word.arg: self.value(word.value, line) for word in node.keywords if word.arg}
        values = [one.value for one in arguments]
        named = {name: one.value for name, one in options.items()}
        function = node.func
        if isinstance(function, ast.Name):
            if function.id in ("len", "int", "float", "range", "abs", "round", "slice"):
                return Seen(getattr(_builtins(), function.id)(*values, **named))
            return self._returned(function.id, line, arguments, options)
        if not isinstance(function, ast.Attribute):
            raise Unknown
        given = [*arguments, *options.values()]
        if isinstance(function.value, ast.Name):
            holder = self.scope.held(function.value.id, line)
            if holder is not None and holder[0] is numpy:
                return self._numpy(function.attr, given, values, named)
        one = self.value(function.value, line)
        if not (is_array(one.value) or is_frame(one.value)):
            raise Unknown
        name = function.attr
        if name not in (_ELEMENTWISE | _POOLING | _SHAPING | {"to_numpy"}):
            raise Unknown
        value = getattr(one.value, name)(*values, **named)
        if name in _POOLING:
            return self._pooled(value, one, name)
        return self._mapped(value, [one, *given], name)

    def _returned(
        self, name: str, line: int, arguments: Sequence[Seen], options: Mapping[str, Seen]
    ) -> Seen:
        """Return what a function of the user's has returned, by its code: it is not called."""
        held = self.scope.held(name, line)
        found = returned_by(held[0]) if held is not None else None
        if held is None or found is None:
            raise Unknown
        scope, ending = found
        bound = inspect.signature(held[0]).bind(*arguments, **options)
        bound.apply_defaults()
        given = {n: v if isinstance(v, Seen) else Seen(v) for n, v in bound.arguments.items()}
        player = _Player(self.tracker, scope, given)
        player.depth = self.depth
        return player.value(ending, scope.line)

    def _held(self, node: ast.Call) -> Any:
        """Return what a call has returned that gave it no name, if that is kept."""
        function = node.func
        if not isinstance(function, ast.Attribute):
            return None
        holder = function.value.id if isinstance(function.value, ast.Name) else ""
        place = f"{self.scope.file}:{node.lineno}"
        return self.tracker.held(f"{place} {holder}.{function.attr}")

    def _numpy(
        self, name: str, given: list[Seen], values: list[Any], named: dict[str, Any]
    ) -> Seen:
        numpy = sys.modules["numpy"]
        axis = named.get("axis", values[1] if len(values) > 1 and name == "concatenate" else 0)
        known = (
            _ELEMENTWISE | _POOLING | _BESIDE | _BELOW | _SHAPING
            | {"flatnonzero", "arange", "delete", "append", "nonzero", "unique", "zeros", "ones"}
        )  # fmt: skip
        if name not in known:
            raise Unknown
        value = getattr(numpy, name)(*values, **named)
        parts = given[0].origin.parts if given and isinstance(given[0].origin, Several) else given
        sure = all(one.sure for one in parts)
        if name in _BESIDE or (name == "concatenate" and axis == 1):
            return Seen(value, set_beside(parts, value, name), sure)
        if name in _BELOW or name == "append":
            return Seen(value, set_below(parts, value, name), sure)
        if name == "delete":
            along = named.get("axis", 0)
            kept = numpy.delete(numpy.arange(values[0].shape[along]), values[1])
            chosen = kept if along == 0 else (slice(None), kept)
            return Seen(value, picked_from(given[0], chosen, value) if given[0].origin else None)
        if name in ("flatnonzero", "arange", "nonzero", "unique", "zeros", "ones"):
            return Seen(value)
        if name in _POOLING:
            return self._pooled(value, given[0], name)
        return self._mapped(value, given, name)

    def _mapped(self, value: Any, given: Sequence[Seen], name: str) -> Seen:
        """Return a value that was made row by row of others."""
        sure = all(one.sure for one in given)
        known = [one for one in given if one.origin is not None]
        if name == "where" and len(given) == 3:
            # What only chooses between values is no value, unless there is nothing else.
            known = [one for one in given[1:] if one.origin is not None] or known
        if not known:
            return Seen(value, None, sure)
        names = names_of(value)
        operation = again_of(name)
        if rank_of(value):
            operation.rows_in = operation.rows_out = len(value)
        ways: list[tuple[Origin, Relation]] = []
        feeds: list[list[Feed]] = [[] for _ in names]
        for one in known:
            assert one.origin is not None
            columns = one.origin.columns
            wide = columns is not None and len(columns.names) > 1 and rank_of(one.value) == 1
            operation.pooled = operation.pooled or wide or not rank_of(one.value)
            ways.append((one.origin, SAME if are_aligned(value, one.value) and not wide else None))
            spread = columns is not None and len(columns.feeds) == len(names) > 1
            for place, of in enumerate(feeds):
                if columns is not None:
                    of.append(columns.feeds[place] if spread else columns.all())
        plain = name in ("asarray", "array", "astype", "copy", "to_numpy", "ascontiguousarray")
        made = tuple(merged(of, None if plain else operation) for of in feeds)
        return Seen(value, origin_of(ways, name, Columns(names, made), operation), sure)

    def _pooled(self, value: Any, one: Seen, name: str) -> Seen:
        """Return a figure over rows, or one for each row."""
        if one.origin is None:
            return Seen(value)
        columns, rank = one.origin.columns, rank_of(value)
        operation = again_of(name)
        by_row = rank > 0 and are_aligned(value, one.value) and rank_of(one.value) > 1
        made = None
        if columns is not None and rank == 1 and not by_row and len(value) == len(columns.feeds):
            feeds = tuple(merged([feed], operation) for feed in columns.feeds)
            made = Columns(tuple(map(str, range(len(feeds)))), feeds)
        elif columns is not None:
            made = Columns(("",), (merged([columns.all()], operation),))
        way = SAME if by_row else None
        return Seen(value, origin_of([(one.origin, way)], name, made, operation), one.sure)


def _builtins() -> Any:
    import builtins

    return builtins
