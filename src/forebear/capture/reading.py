"""Reading the user's code for what an object was made of, where nothing was seen.

NumPy's operators can't be watched. When an array of unknown origin reaches a point that
matters, the assignments to its name are followed back to names whose values are known. What is
found so is `inferred`: the code says it, nobody saw it happen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from types import FrameType, ModuleType
from typing import Any

from forebear.capture.callsite import statement_at, statements_of
from forebear.capture.passage import Feed, merged
from forebear.capture.scopes import (
    DEEPEST,
    FILLING,
    KEEPS_LOCALS,
    NOTHING,
    Function,
    Scope,
    covers,
    is_measure,
    loaded,
    scopes,
    user_frames,
)
from forebear.capture.tracker import Origin, Tracker

__all__ = ["columns_in_code", "origins_in_code", "written_in_code"]


def origins_in_code(tracker: Tracker, thing: object) -> list[Origin]:
    """Return the recorded origins of the known values that the code makes `thing` of."""
    for frame in user_frames():
        local = frame.f_locals
        try:
            reader = _Reader(tracker, frame, {**frame.f_globals, **local})
            origins = reader.origins(thing)
        finally:
            if KEEPS_LOCALS and local is not frame.f_globals:
                local.clear()
        if origins:
            return list({id(source): source for o in origins for source in o.sources()}.values())
    return []


def columns_in_code(tracker: Tracker, thing: object) -> list[Feed]:
    """Return what the code makes `thing` of, column by column: `frame.a`, `frame["a"]`.

    `thing` has a name, or is the value of the statement that is going on. Nothing is evaluated.
    """
    for frame in user_frames():
        local = frame.f_locals
        try:
            reader = _Reader(tracker, frame, {**frame.f_globals, **local})
            feeds = reader.feeds(thing)
        finally:
            if KEEPS_LOCALS and local is not frame.f_globals:
                local.clear()
        if feeds:
            return feeds
    return []


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
            spoken.unclear = _reads(statement, opens=1)
            for name in loaded(statement):
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
        value = self.scope.values.get(name, NOTHING)
        known = self.tracker.get(value)
        if known is not None:
            self.found.append(known)
            return
        if value is NOTHING or callable(value) or isinstance(value, ModuleType):
            return
        if hasattr(value, "write"):
            # An open file: the one that is written, an earlier one, or one that is read.
            self.unclear |= bool({"r", "+"} & {*str(getattr(value, "mode", ""))})
            return
        before = self.scope.assigned(name, line)
        if before is None or depth > DEEPEST:
            given = self.scope.is_given(name)
            self.unclear = self.unclear or not given
            return
        if (name, before[0]) in self._seen:
            return
        self._seen.add((name, before[0]))
        self.unclear |= _reads(before[1], opens=0)
        for inner in loaded(before[1]):
            self.look(inner, before[0], depth + 1)


def _reads(node: ast.AST, opens: int) -> bool:
    """Tell whether code opens more files than `opens`, or reads from one."""
    found = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    named = sum(isinstance(one, ast.Name) and one.id == "open" for one in found)
    asked = [one.attr for one in found if isinstance(one, ast.Attribute)]
    return named > opens or any(word.startswith(("read", "load", "open")) for word in asked)


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
        if statement is None or isinstance(statement, ast.With | ast.For | Function | ast.ClassDef):
            return []
        found = {name: self.value(name, self.line, 0) for name in loaded(statement)}
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
        if depth > DEEPEST:
            return []
        if is_measure(node):
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
        if not before or depth > DEEPEST or (name, before[-1][0]) in self.seen:
            return []
        place, value = before[-1]
        self.seen.add((name, place))
        origins: list[Origin] = []
        for word in loaded(value):
            given = self.assignments.get(word, ())
            again = any(place <= found < self.line for found, _ in given)
            follow = self.behind if again else self.value
            origins += follow(word, place, depth + 1)
        return origins


@lru_cache(maxsize=256)
def _assignments(filename: str, function: str, line: int) -> dict[str, list[tuple[int, ast.AST]]]:
    """Return what each name in a function is given, with the lines, in order."""
    statements = statements_of(filename)
    scopes = [s for s in statements if isinstance(s, Function) and covers(s, line)]
    scope = scopes[-1] if scopes and scopes[-1].name == function else None
    found: dict[str, list[tuple[int, ast.AST]]] = {}
    for statement in statements:
        inside = covers(scope, statement.lineno) if scope is not None else True
        for target, value in _given(statement) if inside else ():
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    found.setdefault(name.id, []).append((statement.lineno, value))
    return {name: sorted(given, key=lambda one: one[0]) for name, given in found.items()}


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
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if isinstance(call.func, ast.Attribute) and call.func.attr in FILLING:
            yield call.func.value, ast.Tuple(elts=[call.func.value, *call.args], ctx=ast.Load())
