"""Observing functions that look for variables in the frame of their caller.

DuckDB lets SQL name a frame by its variable, and looks for it in the one frame that calls it,
which would be a wrapper's. So the wrapper calls it from a frame with the user's own variables.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Mapping
from types import CodeType, FrameType, FunctionType
from typing import Any, Final

from forebear.capture.patching import Observer, Patches, is_ours, marked, observed
from forebear.capture.session import Session
from forebear.engines.sql_words import named_in

__all__ = ["observe_in_frame", "sql_among"]

_STATEMENTS: Final = ("Statement", "DuckDBPyStatement")


def observe_in_frame(patches: Patches, owner: Any, name: str, after: Observer) -> None:
    """Let `after` see calls of a function that takes SQL; `call.before` holds the variables.

    These are what the SQL may name of the variables that the caller has.
    """
    original = vars(owner).get(name)
    if original is None or not callable(original) or is_ours(original):
        return
    wrapper: Any = observed(_passing(original), name, after, _variables)
    wrapper.__wrapped__ = original
    patches.replace(owner, name, wrapper)


def sql_among(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str | None:
    """Return the SQL among the arguments of a call, as text or as a parsed statement."""
    given = [*args, *(kwargs[name] for name in ("query", "sql_query") if name in kwargs)]
    for one in given:
        if isinstance(one, str):
            return one
        if type(one).__name__ in _STATEMENTS:
            return str(one.query)
    return None


def _passing(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def passed(*args: Any, **kwargs: Any) -> Any:
        frame = _user_frame()
        if frame is None:
            return original(*args, **kwargs)
        local = {} if frame.f_locals is frame.f_globals else _locals(frame, args, kwargs)
        call = FunctionType(_TRAMPOLINE, frame.f_globals)
        return call(original, args, kwargs, sys._getframe, local)

    return marked(passed, original)


def _trampoline(__original: Any, __args: Any, __kwargs: Any, __frame: Any, __local: Any) -> Any:
    __frame().f_locals.update(__local)
    return __original(*__args, **__kwargs)


_TRAMPOLINE: Final[CodeType] = marked(_trampoline, _trampoline).__code__


def _user_frame() -> FrameType | None:
    """Return the frame that has called into our wrappers."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("forebear."):
        frame = frame.f_back
    return frame


def _variables(session: Session, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    frame = _user_frame()
    if frame is None:
        return {}
    words = named_in(sql_among(args, kwargs) or "")
    found = {name: frame.f_globals[name] for name in words if name in frame.f_globals}
    return found | _locals(frame, args, kwargs)


def _locals(frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the variables of a function that the SQL may name.

    Its locals are only looked at when there are such: in older Pythons the look makes copies.
    """
    words = named_in(sql_among(args, kwargs) or "")
    code = frame.f_code
    if code.co_flags & inspect.CO_OPTIMIZED:
        words &= {*code.co_varnames, *code.co_cellvars, *code.co_freevars}
    return {name: frame.f_locals[name] for name in words if name in frame.f_locals} if words else {}
