"""The user's functions that are going on: their code, and the values that names have in it."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator
from functools import lru_cache
from types import FrameType, FunctionType, ModuleType
from typing import Any, Final

from forebear.capture.callsite import is_user_code, statement_at, statements_of

__all__ = [
    "DEEPEST",
    "FILLING",
    "KEEPS_LOCALS",
    "NOTHING",
    "Entered",
    "Function",
    "Scope",
    "covers",
    "expressions_in",
    "is_constant_in_code",
    "is_measure",
    "loaded",
    "name_in_code",
    "returned_by",
    "scopes",
    "user_frames",
]

DEEPEST: Final = 12
"""Assignments behind assignments that are looked at."""
_MOST_FRAMES: Final = 40
_PURE: Final = frozenset({"numpy", "numpy.random", "pandas", "random", "math", "itertools"})
_READING: Final = ("read", "load", "from", "genfrom", "memmap")
FILLING: Final = frozenset({"append", "extend", "add", "insert", "update"})
"""Methods by which a list or another container gets what it holds."""
NOTHING: Final = object()
"""The value of a name that has none."""
Function = ast.FunctionDef | ast.AsyncFunctionDef
KEEPS_LOCALS: Final = sys.version_info < (3, 13)
"""The dictionary of a function's locals stays with its frame and would keep values alive."""


def user_frames() -> Iterator[FrameType]:
    """Yield the frames of the user's code, the innermost first, up to its module."""
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
    for frame in user_frames():
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
        self._given = expressions_in(code.co_filename, code.co_name, self.line)

    def close(self) -> None:
        """Let go of the values."""
        if KEEPS_LOCALS and self._local is not self.frame.f_globals:
            self._local.clear()

    def expressions(self, thing: object) -> list[tuple[ast.AST, int]]:
        """Return expressions that may have had the value `thing`, each with its line."""
        found: list[tuple[ast.AST, int]] = []
        for name in [name for name, value in self._values.items() if value is thing]:
            before = self.assigned(name, self.line + 1)
            found += [(before[1], before[0])] if before is not None else []
        statement = statement_at(self.frame) if not found else None
        if statement is not None and not isinstance(statement, ast.With | ast.For | Function):
            parts = (ast.Subscript, ast.Call, ast.BinOp, ast.UnaryOp, ast.Attribute)
            found += [(n, self.line) for n in ast.walk(statement) if isinstance(n, parts)]
        return found

    def listed(self) -> list[ast.ListComp]:
        """Return the comprehensions in the present statement, and behind the names in it."""
        statement = statement_at(self.frame)
        if statement is None or isinstance(statement, ast.With | ast.For | Function):
            return []
        found = [node for node in ast.walk(statement) if isinstance(node, ast.ListComp)]
        for name in loaded(statement):
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
        if is_measure(node):
            return True
        if isinstance(node, ast.Name):
            value = self._values.get(node.id, NOTHING)
            if value is NOTHING:
                return hasattr(builtins, node.id)
            if isinstance(value, ModuleType):
                return value.__name__ in _PURE
            if isinstance(value, str | int | float | type(None)):
                return True
            if type(value).__module__.startswith("numpy.random"):
                return True
            before = self.assigned(node.id, line) if depth < DEEPEST else None
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


class Entered(Scope):
    """The code of a function of the user's that is over, and the values that names have outside."""

    def __init__(self, function: FunctionType, ending: ast.Return) -> None:
        code = function.__code__
        own = {*code.co_varnames, *code.co_cellvars}
        self._values = {n: v for n, v in function.__globals__.items() if n not in own}
        self.line = ending.lineno
        self.file = code.co_filename
        self._given = expressions_in(code.co_filename, code.co_name, self.line)

    def close(self) -> None:
        """Nothing is held."""


def returned_by(function: object) -> tuple[Entered, ast.expr] | None:
    """Return the one expression that a plain function of the user's returns, with its scope."""
    if not isinstance(function, FunctionType) or function.__closure__ is not None:
        return None
    code = function.__code__
    if not is_user_code(code.co_filename):
        return None
    for node in statements_of(code.co_filename):
        if isinstance(node, ast.FunctionDef) and node.lineno == code.co_firstlineno:
            ends = [one for one in ast.walk(node) if isinstance(one, ast.Return | ast.Yield)]
            ending = node.body[-1]
            if ends == [ending] and isinstance(ending, ast.Return) and ending.value is not None:
                return Entered(function, ending), ending.value
    return None


def name_in_code(thing: object) -> str | None:
    """Return what the user's code calls a thing at the moment, the innermost name first."""
    for frame in user_frames():
        local = frame.f_locals
        try:
            names = [name for name, value in local.items() if value is thing]
        finally:
            if KEEPS_LOCALS and local is not frame.f_globals:
                local.clear()
        for name in names:
            if name.isidentifier() and not name.startswith("_"):
                return name
    return None


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


def _called(node: ast.AST) -> str:
    return getattr(node.func, "attr", "") if isinstance(node, ast.Call) else ""


def is_measure(node: ast.AST) -> bool:
    """Tell whether an expression asks how large data is, rather than what is in it."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "len"
    return isinstance(node, ast.Attribute) and node.attr in ("shape", "size", "index", "columns")


@lru_cache(maxsize=256)
def expressions_in(
    filename: str, function: str, line: int
) -> dict[str, list[tuple[int, ast.AST | None]]]:
    """Return the expressions that the names of a function are given; None for another way."""
    statements = statements_of(filename)
    scopes = [s for s in statements if isinstance(s, Function) and covers(s, line)]
    scope = scopes[-1] if scopes and scopes[-1].name == function else None
    found: dict[str, list[tuple[int, ast.AST | None]]] = {}
    for statement in statements:
        if scope is None or covers(scope, statement.lineno):
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
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        if isinstance(function, ast.Attribute) and function.attr in FILLING:
            yield from _parts(function.value, None)


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


def covers(scope: ast.stmt, line: int) -> bool:
    """Tell whether a line lies in a statement."""
    return scope.lineno <= line <= (scope.end_lineno or 0)


def loaded(node: ast.AST) -> list[str]:
    """Return the names that an expression or statement reads, in order, once each."""
    found = [
        inner.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load)
    ]
    return list(dict.fromkeys(found))
