"""Where in the user's own code a call came from, and what its result is called there."""

from __future__ import annotations

import ast
import linecache
import sys
from functools import lru_cache
from itertools import islice
from types import CodeType, FrameType
from typing import NamedTuple

from msgspec import Struct

from forebear.capture.ownership import is_foreign

__all__ = ["CallSite", "call_site", "is_user_code", "statement_at", "statements_of"]


class CallSite(Struct, frozen=True, kw_only=True):
    """One statement of the user's code."""

    where: str
    """`file:line`, the file as the interpreter knows it."""
    targets: tuple[str, ...] = ()
    """Names to which the call's result is assigned, in order, when that is what happens."""
    arguments: tuple[str, ...] = ()
    """The positional arguments that are plain names; others are ''."""
    keywords: dict[str, str] = {}
    """The same for keyword arguments, by keyword."""
    receiver: str = ""
    """What stands before the dot of the call: `clf` in `clf.fit(X, y)`."""

    def name_of(self, position: int, *keywords: str) -> str | None:
        """Return what the user calls an argument, given by position or one of the keywords."""
        for keyword in keywords:
            if keyword in self.keywords:
                return self.keywords[keyword] or None
        if 0 <= position < len(self.arguments):
            return self.arguments[position] or None
        return None


class _Span(NamedTuple):
    """The part of the source that an instruction was made from; columns count bytes."""

    first: int
    start: int
    last: int
    end: int | None


@lru_cache(maxsize=4096)
def is_user_code(filename: str) -> bool:
    """Tell whether a source file is neither the standard library, installed, nor ours.

    Cells of a notebook and text given to `exec` by the user count as the user's.
    """
    if filename.startswith("<frozen") or filename in ("<string>", "<__array_function__ internals>"):
        return False
    if filename.startswith("<"):
        return True
    return not is_foreign(filename) or "ipykernel_" in filename


def call_site(called: str | None = None) -> CallSite | None:
    """Return the innermost statement of the user's code on the stack.

    `called` is the name of the function whose call is looked for on that statement; its
    plain-name arguments are reported.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not is_user_code(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return None
    code = frame.f_code
    return _describe(code, code.co_filename, frame.f_lasti, frame.f_lineno, called)


@lru_cache(maxsize=4096)
def _describe(
    code: CodeType, file: str, instruction: int, line: int, called: str | None
) -> CallSite:
    # The file is asked for apart: code of another file may be equal to this.
    span = _span(code, instruction, line)
    statement = _statement(file, span)
    where = f"{file}:{span.first}"
    if statement is None:
        return CallSite(where=where)
    call = _call(statement, called, span)
    if call is None:
        return CallSite(where=where, targets=_targets(statement, None))
    function = call.func
    return CallSite(
        where=where,
        targets=_targets(statement, call),
        arguments=tuple(_spoken(argument) for argument in call.args),
        keywords={word.arg: _spoken(word.value) for word in call.keywords if word.arg},
        receiver=_spoken(function.value) if isinstance(function, ast.Attribute) else "",
    )


def _span(code: CodeType, instruction: int, line: int) -> _Span:
    found = next(islice(code.co_positions(), instruction // 2, None), None)
    if found is None:
        return _Span(line, 0, line, None)
    first, last, start, end = found
    return _Span(first or line, start or 0, last or line, end)


def _statement(filename: str, span: _Span) -> ast.stmt | None:
    best: ast.stmt | None = None
    for node in statements_of(filename):
        begins = (node.lineno, node.col_offset)
        ends = (node.end_lineno or 0, node.end_col_offset or 0)
        if (
            begins <= (span.first, span.start)
            and ends >= (span.last, span.end or 0)
            and (best is None or begins >= (best.lineno, best.col_offset))
        ):
            best = node
    return best


def statement_at(frame: FrameType) -> ast.stmt | None:
    """Return the statement that a frame is in, if its source is there."""
    code = frame.f_code
    return _statement(code.co_filename, _span(code, frame.f_lasti, frame.f_lineno))


@lru_cache(maxsize=256)
def statements_of(filename: str) -> list[ast.stmt]:
    """Return all statements of a source file, nested ones too, outer ones first."""
    source = "".join(linecache.getlines(filename))
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    return [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]


def _call(statement: ast.stmt, called: str | None, span: _Span) -> ast.Call | None:
    """Return the call of that name in the statement: where it ends tells which of many."""
    if called is None:
        return None
    calls = [
        node
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and _name_of(node.func) == called
    ]
    ending = [c for c in calls if (c.end_lineno, c.end_col_offset) == (span.last, span.end)]
    return next(iter(ending or calls), None)


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else _spoken(function)


def _targets(statement: ast.stmt, call: ast.Call | None) -> tuple[str, ...]:
    """Return what the statement assigns to, unless it assigns something made of the call."""
    if isinstance(statement, ast.AnnAssign | ast.AugAssign):
        target: ast.expr = statement.target
    elif isinstance(statement, ast.Assign):
        target = statement.targets[0]
    else:
        return ()
    targets = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    value = statement.value
    if call is None or value is call:
        return tuple(_spoken(node) for node in targets)
    if isinstance(value, ast.Tuple | ast.List) and call in value.elts:
        place = value.elts.index(call)
        return (_spoken(targets[place]),) if len(targets) == len(value.elts) else ()
    return ()


def _spoken(node: ast.expr) -> str:
    """Return the name a person would use for an expression, or '' where there is none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    ):
        return node.slice.value
    return ""
