"""pyarrow: following methods of types that don't let their attributes be set.

Tables and arrays of Arrow are types written in C, which refuse `setattr`. Their methods stand
in an ordinary dictionary all the same; Python has to be told when that changed, since it
remembers where it found a method.
"""

from __future__ import annotations

import ctypes
import functools
import gc
import sys
from collections.abc import Callable, Iterable
from typing import Any, Final

from forebear.capture.flow import Seeing, note, parts
from forebear.capture.patching import Patches, is_ours, marked
from forebear.capture.session import active

__all__ = ["follow_function", "follow_method"]

_LIBRARIES: Final = ("pyarrow.", "pandas.", "polars.", "forebear.", "sklearn.")
"""What these call of Arrow is a part of what the program has called."""


def follow_function(patches: Patches, owner: Any, name: str, seeing: Seeing) -> None:
    """Follow what a function of a module, or a method of an ordinary class, makes."""
    original = vars(owner).get(name)
    if original is not None and callable(original) and not is_ours(original):
        patches.replace(owner, name, _followed(original, name, seeing))


def follow_method(patches: Patches, cls: type, name: str, seeing: Seeing) -> None:
    """Follow what a method of a type written in C makes; a name it lacks is passed over."""
    owner = next((one for one in cls.__mro__ if name in vars(one)), None)
    original = vars(owner).get(name) if owner is not None else None
    if owner is None or original is None or is_ours(getattr(original, "__func__", original)):
        return
    if isinstance(original, classmethod | staticmethod):
        wrapped: Any = type(original)(_followed(original.__func__, name, seeing))
    elif callable(original):
        wrapped = _followed(original, name, seeing)
    else:
        return
    if _put(owner, name, wrapped):
        patches.on_undo(lambda: _restore(owner, name, original))


def _put(owner: type, name: str, value: Any) -> bool:
    """Set an attribute of a type; tell whether that was possible."""
    if sys.implementation.name != "cpython":
        return False
    inside = [one for one in gc.get_referents(vars(owner)) if isinstance(one, dict)]
    if len(inside) != 1 or name not in inside[0]:
        return False
    inside[0][name] = value
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(owner))
    return vars(owner).get(name) is value


def _restore(owner: type, name: str, original: Any) -> None:
    _put(owner, name, original)


def _followed(original: Callable[..., Any], name: str, seeing: Seeing) -> Callable[..., Any]:
    @functools.wraps(original)
    def followed(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        session = active()
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if session is None or caller.startswith(_LIBRARIES):
            return result
        try:
            with session.own_work():
                made = tuple(result) if isinstance(result, list) else result
                note(session, made, _given(args, kwargs), name, seeing=seeing,
                     args=args, kwargs=kwargs)  # fmt: skip
        except Exception as error:
            session.trouble(name, error)
        return result

    return marked(followed, original)


def _given(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterable[Any]:
    """Yield what was handed over, and the table that groups were made of."""
    table = getattr(args[0], "_table", None) if args else None
    if table is not None:
        yield table
    yield from parts(args, kwargs)
