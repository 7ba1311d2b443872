"""Reading the user's code for what an object was made of, where nothing was seen.

NumPy's operators can't be watched. When an array of unknown origin reaches a point that
matters, the assignments to its name are followed back to names whose values are known. What is
found so is `inferred`: the code says it, nobody saw it happen.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator
from functools import lru_cache
from types import FrameType, ModuleType
from typing import Any, Final

from forebear.capture.callsite import is_user_code, statement_at, statements_of
from forebear.capture.passage import Feed, merged
from forebear.capture.tracker import Origin, Tracker

__all__ = [
    "Scope",
    "columns_in_code",
    "is_constant_in_code",
    "name_in_code",
    "origins_in_code",
    "pools_at",
    "scopes",
    "written_in_code",
]

_DEEPEST: Final = 12
_MOST_FRAMES: Final = 40
_FEW: Final = 1
_PURE: Final = frozenset({"numpy", "numpy.random", "pandas", "random", "math", "itertools"})
_READING: Final = ("read", "load", "from", "genfrom", "memmap")
_nothing: Final = object()
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_KEEPS_LOCALS: Final = sys.version_info < (3, 13)
"""The dictionary of a function's locals stays with its frame and would keep values alive."""


def origins_in_code(tracker: Tracker, thing: object) -> list[Origin]:
    """Return the recorded origins of the known values that the code makes `thing` of."""
    for frame in _user_frames():
        local = frame.f_locals
        try:
            reader = _Reader(tracker, frame, {**frame.f_globals, **local})
            origins = reader.origins(thing)
        finally:
            if _KEEPS_LOCALS and local is not frame.f_globals:
                local.clear()
        if origins:
            return list({id(source): source for o in origins for source in o.sources()}.values())
    return []


def columns_in_code(tracker: Tracker, thing: object) -> list[Feed]:
    """Return what the code makes `thing` of, column by column: `frame.a`, `frame["a"]`.

    `thing` has a name, or is the value of the statement that is going on. Nothing is evaluated.
    """
    for frame in _user_frames():
        local = frame.f_locals
        try:
            reader = _Reader(tracker, frame, {**frame.f_globals, **local})
            feeds = reader.feeds(thing)
        finally:
            if _KEEPS_LOCALS and local is not frame.f_globals:
                local.clear()
        if feeds:
            return feeds
    return []


def is_constant_in_code(thing: object) -> bool:
    """Tell whether the code makes `thing` of nothing but constants, sizes and random numbers."""
    for scope in scopes():
        try:
            found = scope.expressions(thing)
            if len(found) > 1:  # it has no name: what makes a thing of its class is looked for
                kind = type(thing).__name__
                found = [one for one in found if _called(one[0]) == kind]
            if len(found) == 1:
                return scope.is_constant(*found[0])
        finally:
            scope.close()
    return False


def written_in_code(tracker: Tracker) -> list[Origin] | None:
    """Return what the statement that opens a file for writing speaks of; None if that is unclear.

    That is `with open(...)` and what is inside, or one call such as `path.write_text(...)`. A
    statement that speaks of constants only writes nothing that comes from anywhere.
    """
    for scope in scopes():
        try:
            statement = statement_at(scope.frame)
            if not isinstance(statement, ast.With | ast.Expr):
                return None
            spoken = _Spoken(tracker, scope)
            for name in _loaded(statement):
                spoken.look(name, scope.line + len(ast.unparse(statement)), 0)
            found = list(dict.fromkeys(o for one in spoken.found for o in one.sources()))
            return found if found or not spoken.unclear else None
        finally:
            scope.close()
    return None


class _Spoken:
    """Looks for the known things that names stand for, or that their values were made of."""

    def __init__(self, tracker: Tracker, scope: Scope) -> None:
        self.tracker = tracker
        self.scope = scope
        self.found: list[Origin] = []
        self.unclear = False
        self._seen: set[tuple[str, int]] = set()

    def look(self, name: str, line: int, depth: int) -> None:
        """Look at one name as it was before a line."""
        value = self.scope.values.get(name, _nothing)
        known = self.tracker.get(value)
        if known is not None:
            self.found.append(known)
            return
        if value is _nothing or callable(value) or isinstance(value, ModuleType):
            return
        if hasattr(value, "write"):
            return  # an open file: the one that is written, or an earlier one of that name
        before = self.scope.assigned(name, line)
        if before is None or depth > _DEEPEST:
            given = self.scope.is_given(name)
            self.unclear = self.unclear or not given
            return
        if (name, before[0]) in self._seen:
            return
        self._seen.add((name, before[0]))
        for inner in _loaded(before[1]):
            self.look(inner, before[0], depth + 1)


def name_in_code(thing: object) -> str | None:
    """Return what the user's code calls a thing at the moment, the innermost name first."""
    for frame in _user_frames():
        local = frame.f_locals
        try:
            names = [name for name, value in local.items() if value is thing]
        finally:
            if _KEEPS_LOCALS and local is not frame.f_globals:
                local.clear()
        for name in names:
            if name.isidentifier() and not name.startswith("_"):
                return name
    return None


def _user_frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    seen = 0
    while frame is not None and seen < _MOST_FRAMES:
        if is_user_code(frame.f_code.co_filename) and frame.f_code.co_name != "<module>":
            seen += 1
            yield frame
        elif is_user_code(frame.f_code.co_filename):
            yield frame
            return
        frame = frame.f_back


def scopes() -> Iterator[Scope]:
    """Yield the user's functions that are going on, the innermost first, and the module."""
    for frame in _user_frames():
        yield Scope(frame)


class Scope:
    """The code of one function or module, and the values that its names have now."""

    def __init__(self, frame: FrameType) -> None:
        self.frame = frame
        self._local = frame.f_locals
        self._values = {**frame.f_globals, **self._local}
        self.line = frame.f_lineno
        code = frame.f_code
        self.file = code.co_filename
        self._given = _expressions(code.co_filename, code.co_name, self.line)

    def close(self) -> None:
        """Let go of the values."""
        if _KEEPS_LOCALS and self._local is not self.frame.f_globals:
            self._local.clear()

    def expressions(self, thing: object) -> list[tuple[ast.AST, int]]:
        """Return expressions that may have had the value `thing`, each with its line."""
        found: list[tuple[ast.AST, int]] = []
        for name in [name for name, value in self._values.items() if value is thing]:
            before = self.assigned(name, self.line + 1)
            found += [(before[1], before[0])] if before is not None else []
        statement = statement_at(self.frame) if not found else None
        if statement is not None and not isinstance(statement, ast.With | ast.For | _Function):
            parts = (ast.Subscript, ast.Call, ast.BinOp, ast.UnaryOp, ast.Attribute)
            found += [(n, self.line) for n in ast.walk(statement) if isinstance(n, parts)]
        return found

    def listed(self) -> list[ast.ListComp]:
        """Return the comprehensions in the present statement, and behind the names in it."""
        statement = statement_at(self.frame)
        if statement is None or isinstance(statement, ast.With | ast.For | _Function):
            return []
        found = [node for node in ast.walk(statement) if isinstance(node, ast.ListComp)]
        for name in _loaded(statement):
            before = self.assigned(name, self.line + 1)
            if before is not None and isinstance(before[1], ast.ListComp):
                found.append(before[1])
        return found

    def held(self, name: str, line: int) -> tuple[Any, bool] | None:
        """Return the value of a name, and whether it had that at `line` too."""
        if name not in self._values:
            return None
        later = any(line <= place < self.line for place, _ in self._given.get(name, ()))
        return self._values[name], not later

    def is_constant(self, node: ast.AST, line: int, depth: int = 0) -> bool:
        """Tell whether an expression reads nothing that could be data."""
        if _is_measure(node):
            return True
        if isinstance(node, ast.Name):
            value = self._values.get(node.id, _nothing)
            if value is _nothing:
                return hasattr(builtins, node.id)
            if isinstance(value, ModuleType):
                return value.__name__ in _PURE
            if isinstance(value, str | int | float | type(None)):
                return True
            if type(value).__module__.startswith("numpy.random"):
                return True
            before = self.assigned(node.id, line) if depth < _DEEPEST else None
            return before is not None and self.is_constant(before[1], before[0], depth + 1)
        if isinstance(node, ast.Attribute) and node.attr.startswith(_READING):
            return False
        return all(self.is_constant(one, line, depth) for one in ast.iter_child_nodes(node))

    @property
    def values(self) -> dict[str, Any]:
        """The values that names have now."""
        return self._values

    def is_given(self, name: str) -> bool:
        """Tell whether a name has its value by being opened or counted, and from no data."""
        return name in self._given or hasattr(builtins, name)

    def assigned(self, name: str, line: int) -> tuple[int, ast.AST] | None:
        """Return what a name was given last before `line`, with the line, where that is plain."""
        before = [given for given in self._given.get(name, ()) if given[0] < line]
        if not before or before[-1][1] is None:
            return None
        return before[-1][0], before[-1][1]


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
    if statement is None or isinstance(statement, _Function | ast.ClassDef | ast.For | ast.With):
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
    scopes = [s for s in statements_of(file) if isinstance(s, _Function) and _covers(s, line)]
    function = scopes[-1].name if scopes else "<module>"
    before = [v for at, v in _expressions(file, function, line).get(name, ()) if at < line and v]
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


class _Reader:
    """Follows names back through the code of one function, or of a module."""

    def __init__(self, tracker: Tracker, frame: FrameType, values: dict[str, Any]) -> None:
        self.tracker = tracker
        self.frame = frame
        self.values = values
        self.line = frame.f_lineno
        self.assignments = _assignments(frame.f_code.co_filename, frame.f_code.co_name, self.line)
        self.seen: set[tuple[str, int]] = set()

    def origins(self, thing: object) -> list[Origin]:
        """Return the known origins behind `thing`, which has a name here or is an expression."""
        values = self.values.items()
        names = [name for name, value in values if value is thing and name.isidentifier()]
        if names:
            return self.behind(names[0], self.line + 1, 0)
        statement = statement_at(self.frame)
        if statement is None or isinstance(
            statement, ast.With | ast.For | _Function | ast.ClassDef
        ):
            return []
        found = {name: self.value(name, self.line, 0) for name in _loaded(statement)}
        # Of a call's arguments those that look like the thing are its likelier makers.
        shape = getattr(thing, "ndim", 0)
        alike = [name for name in found if getattr(self.values.get(name), "ndim", 0) == shape]
        best = [origin for name in alike for origin in found[name]]
        every = best or [origin for origins in found.values() for origin in origins]
        return [origin for origin in every if origin.model is None] or every

    def feeds(self, thing: object) -> list[Feed]:
        """Return what the columns are made of from which the code makes `thing`."""
        named = [n for n, v in self.values.items() if v is thing and n in self.assignments]
        if named:
            before = [v for line, v in self.assignments[named[0]] if line <= self.line]
            expression = before[-1] if before else None
        else:
            statement = statement_at(self.frame)
            expression = getattr(statement, "value", None)
        return self._columns(expression, self.line, 0) if expression is not None else []

    def _columns(self, node: ast.AST, line: int, depth: int) -> list[Feed]:
        """Return the columns that an expression reads, those behind plain names included."""
        if depth > _DEEPEST:
            return []
        if _is_measure(node):
            return []
        column = self._column(node)
        if column is not None:
            return [column]
        if isinstance(node, ast.Name):
            return self._behind_name(node.id, line, depth)
        found: list[Feed] = []
        for child in ast.iter_child_nodes(node):
            found += self._columns(child, line, depth + 1)
        return found

    def _column(self, node: ast.AST) -> Feed | None:
        """Return the column of a known frame that `frame.name` or `frame["name"]` is."""
        holder = getattr(node, "value", None)
        if isinstance(node, ast.Attribute):
            name = node.attr
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            name = str(node.slice.value)
        else:
            return None
        if not isinstance(holder, ast.Name):
            return None
        origin = self.tracker.get(self.values.get(holder.id))
        return origin.columns.feed(name) if origin is not None and origin.columns else None

    def _behind_name(self, name: str, line: int, depth: int) -> list[Feed]:
        value = self.values.get(name)
        origin = self.tracker.get(value)
        if origin is not None:
            return [merged(origin.columns.feeds)] if origin.columns is not None else []
        before = [given for given in self.assignments.get(name, ()) if given[0] < line]
        if not before or hasattr(value, "fit"):
            return []
        return self._columns(before[-1][1], before[-1][0], depth + 1)

    def value(self, name: str, line: int, depth: int) -> list[Origin]:
        """Return the origin of the value that `name` has, or the known origins behind it."""
        value = self.values.get(name)
        if hasattr(value, "fit") or callable(value):
            return []  # data isn't made of models and functions
        known = self.tracker.get(value)
        return [known] if known is not None else self.behind(name, line, depth)

    def behind(self, name: str, line: int, depth: int) -> list[Origin]:
        """Return the known origins of what `name` was last given before `line`."""
        before = [found for found in self.assignments.get(name, ()) if found[0] < line]
        if not before or depth > _DEEPEST or (name, before[-1][0]) in self.seen:
            return []
        place, value = before[-1]
        self.seen.add((name, place))
        origins: list[Origin] = []
        for loaded in _loaded(value):
            given = self.assignments.get(loaded, ())
            again = any(place <= found < self.line for found, _ in given)
            follow = self.behind if again else self.value
            origins += follow(loaded, place, depth + 1)
        return origins


def _called(node: ast.AST) -> str:
    return getattr(node.func, "attr", "") if isinstance(node, ast.Call) else ""


def _is_measure(node: ast.AST) -> bool:
    """Tell whether an expression asks how large data is, rather than what is in it."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "len"
    return isinstance(node, ast.Attribute) and node.attr in ("shape", "size", "index", "columns")


def _loaded(node: ast.AST) -> list[str]:
    """Return the names that an expression or statement reads, in order, once each."""
    found = [
        inner.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load)
    ]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=256)
def _assignments(filename: str, function: str, line: int) -> dict[str, list[tuple[int, ast.AST]]]:
    """Return what each name in a function is given, with the lines, in order."""
    statements = statements_of(filename)
    scopes = [s for s in statements if isinstance(s, _Function) and _covers(s, line)]
    scope = scopes[-1] if scopes and scopes[-1].name == function else None
    found: dict[str, list[tuple[int, ast.AST]]] = {}
    for statement in statements:
        inside = _covers(scope, statement.lineno) if scope is not None else True
        for target, value in _given(statement) if inside else ():
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    found.setdefault(name.id, []).append((statement.lineno, value))
    return {name: sorted(given, key=lambda one: one[0]) for name, given in found.items()}


@lru_cache(maxsize=256)
def _expressions(
    filename: str, function: str, line: int
) -> dict[str, list[tuple[int, ast.AST | None]]]:
    """Return the expressions that the names of a function are given; None for another way."""
    statements = statements_of(filename)
    scopes = [s for s in statements if isinstance(s, _Function) and _covers(s, line)]
    scope = scopes[-1] if scopes and scopes[-1].name == function else None
    found: dict[str, list[tuple[int, ast.AST | None]]] = {}
    for statement in statements:
        if scope is None or _covers(scope, statement.lineno):
            for name, value in _named(statement):
                found.setdefault(name, []).append((statement.lineno, value))
    return {name: sorted(given, key=lambda one: one[0]) for name, given in found.items()}


def _named(statement: ast.stmt) -> Iterator[tuple[str, ast.AST | None]]:
    """Yield the names that a statement gives a value, each with the expression for it."""
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            yield from _parts(target, statement.value)
    elif isinstance(statement, ast.AnnAssign):
        yield from _parts(statement.target, statement.value)
    elif isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        before = ast.Name(id=statement.target.id, ctx=ast.Load())
        yield statement.target.id, ast.BinOp(left=before, op=statement.op, right=statement.value)
    elif isinstance(statement, ast.For | ast.AsyncFor):
        yield from _parts(statement.target, None)


def _parts(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.AST | None]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple | ast.List):
        listed = value.elts if isinstance(value, ast.Tuple | ast.List) else []
        for place, inner in enumerate(target.elts):
            part = listed[place] if len(listed) == len(target.elts) else None
            if part is None and value is not None:
                part = ast.Subscript(value=value, slice=ast.Constant(place), ctx=ast.Load())
            yield from _parts(inner, part)


def _given(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.AST]]:
    """Yield targets and values of an assignment; a loop gives its target what it goes over."""
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            pairs = isinstance(target, ast.Tuple) and isinstance(statement.value, ast.Tuple)
            if pairs and len(target.elts) == len(statement.value.elts):  # type: ignore[attr-defined]
                yield from zip(target.elts, statement.value.elts, strict=True)  # type: ignore[attr-defined]
            else:
                yield target, statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        yield statement.target, statement.value
    elif isinstance(statement, ast.AugAssign):
        load = ast.Name(id=getattr(statement.target, "id", ""), ctx=ast.Load())
        yield statement.target, ast.Tuple(elts=[load, statement.value], ctx=ast.Load())
    elif isinstance(statement, ast.For | ast.AsyncFor):
        yield statement.target, statement.iter


def _covers(scope: ast.stmt, line: int) -> bool:
    return scope.lineno <= line <= (scope.end_lineno or 0)
