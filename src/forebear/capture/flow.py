"""Following data between the points that are recorded: which object was made of which.

Nothing is digested here: it costs a few microseconds an operation. What a library does inside
one call of the user's code is one operation, by the name that the user called.
"""

from __future__ import annotations

import functools
import sys
import weakref
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from threading import get_ident
from types import FrameType
from typing import Any, Final, NamedTuple

from forebear.capture.callsite import is_user_code
from forebear.capture.flows import own_columns
from forebear.capture.passage import Passage, names_of
from forebear.capture.patching import Patches, is_ours, marked
from forebear.capture.session import Session, active
from forebear.capture.tracker import At, Operation
from forebear.engines.tables import fingerprint, is_tabular

__all__ = ["Made", "Parents", "Seeing", "arguments", "follow", "follow_property", "note", "parts"]

_HELPERS: Final = frozenset(
    "new_method wrapper _getter f <lambda> followed finalize wrap inner deco"
    " _delegate_property_get _delegate_method".split()
)
"""Functions in a library that stand before the one that the user has called."""
_SPOKEN: Final = {
    "__getitem__": "select",
    "__getattr__": "select",
    "__setitem__": "assign",
    "__array__": "to_numpy",
    "__init__": "construct",
    "values": "to_numpy",
    "__array_ufunc__": "ufunc",
}
"""What people call operations that have no name of their own."""
_MOST_PARTS: Final = 1000
_DEEPEST: Final = 60

Parents = Callable[[tuple[Any, ...], dict[str, Any], Any], tuple[Any, Iterable[Any]]]
"""Returns what was made, and what of, by the arguments and the result of a call."""

Seeing = Callable[["Made", Operation, list[Any]], "Passage | None"]
"""Tells how rows and columns passed in one operation, from known parents to what was made."""


class Made(NamedTuple):
    """What one call has made, and how it was called."""

    thing: Any
    function: str = ""
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}
    parents: tuple[Any, ...] = ()
    """All that it was made of, known or not."""


def arguments(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    """The result was made of the arguments."""
    return result, parts(args, kwargs)


def parts(args: Iterable[Any], kwargs: dict[str, Any]) -> Iterator[Any]:
    """Yield arguments, and what lists and dicts among them hold, but plain values."""
    for value in (*args, *kwargs.values()):
        if isinstance(value, dict):
            yield from list(value.values())[:_MOST_PARTS]
        elif isinstance(value, list | tuple):
            if value and not isinstance(value[0], str):
                yield from value[:_MOST_PARTS]
        elif not isinstance(value, str | int | float | type(None)):
            yield value


def follow(
    patches: Patches,
    owner: Any,
    name: str,
    parents: Parents = arguments,
    seeing: Seeing | None = None,
    *,
    before: Callable[[tuple[Any, ...], dict[str, Any]], None] | None = None,
) -> None:
    """Follow what a function or method of a library makes; a name it lacks is passed over.

    `before` is called with the arguments before the function is.
    """
    original = vars(owner).get(name)
    if original is None or not callable(original) or is_ours(original):
        return

    @functools.wraps(original)
    def followed(*args: Any, **kwargs: Any) -> Any:
        if before is not None:
            before(args, kwargs)
        result = original(*args, **kwargs)
        session = active()
        if session is not None:
            try:
                made, of = parents(args, kwargs, result)
                note(session, made, of, name, seeing=seeing, args=args, kwargs=kwargs)
            except Exception as error:
                session.trouble(name, error)
        return result

    patches.replace(owner, name, marked(followed, original))


def follow_property(patches: Patches, owner: type, name: str, seeing: Seeing | None = None) -> None:
    """Follow what a property of a library's class returns."""
    original = vars(owner).get(name)
    if not isinstance(original, property) or original.fget is None:
        return
    get = original.fget

    @functools.wraps(get)
    def followed(self: Any) -> Any:
        result = get(self)
        session = active()
        if session is not None:
            try:
                note(session, result, (self,), name, seeing=seeing, args=(self,))
            except Exception as error:
                session.trouble(name, error)
        return result

    getter = marked(followed, get)
    patches.replace(owner, name, property(getter, original.fset, original.fdel, original.__doc__))


def note(
    session: Session,
    made: Any,
    parents: Iterable[Any],
    name: str,
    *,
    seeing: Seeing | None = None,
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
) -> None:
    """Note that `made` comes from the known among `parents`, and what it was known to be of."""
    made_of = made if isinstance(made, tuple) else (made,)
    if getattr(made_of[0] if made_of else None, "ndim", 1) == 0 or made is None:
        return
    tracker = session.tracker
    if tracker.redoing == get_ident():
        return  # what the code did is being done again
    every = tuple(parents)
    if session.shared and session.opened_inside is None:
        for parent in every:
            _adopt(session, parent)
    known = [parent for parent in every if tracker.get(parent) is not None]
    if not known or session.opened_inside is not None:
        return
    operation, at = _operation(sys._getframe(1), name)
    for one in made_of:
        if not any(one is parent for parent in known[1:]):
            seen = None
            if seeing is not None:
                seen = partial(seeing, Made(one, name, args, kwargs or {}, every))
            tracker.derive(one, (one, *known), operation, at, seen)


def _adopt(session: Session, thing: Any) -> None:
    """Bind data that came from another process of this run, once it is met here."""
    if session.tracker.get(thing) is not None or not is_tabular(thing) or is_labels(thing):
        return
    if (met := session.met.get(id(thing))) is not None and met() is thing:
        return
    session.met[id(thing)] = weakref.ref(thing)
    shape = getattr(thing, "shape", None)
    if shape and not session.perhaps_elsewhere(shape[0]):
        return
    with session.inside():  # a frame that is digested takes its own columns
        found = fingerprint(thing)
    came = session.elsewhere(found.digest) if found is not None else None
    if came is not None:
        if came.columns is None:
            came.columns = own_columns(came, names_of(thing))
        session.tracker.bind(thing, came)


def is_labels(thing: Any) -> bool:
    """Tell whether a thing is the row labels of a frame."""
    return hasattr(thing, "is_") and not hasattr(thing, "columns") and not hasattr(thing, "index")


def _operation(frame: FrameType | None, name: str) -> tuple[str, At | None]:
    """Return the library's function that the user has called, and which call that is."""
    for _ in range(_DEEPEST):
        if frame is None:
            break
        code = frame.f_code
        if is_user_code(code.co_filename):
            at = At(id(frame), frame.f_lasti, code.co_filename, frame.f_lineno)
            return _SPOKEN.get(name) or name.strip("_"), at
        if code.co_name not in _HELPERS:
            name = code.co_name
        frame = frame.f_back
    return _SPOKEN.get(name) or name.strip("_"), None
