"""pandas: which frame was made of which, between the points that are recorded.

Nothing is digested here. Most operations of pandas hand their result to `__finalize__` with
what it was made of; the others, and those that take further data, are followed one by one.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from types import FrameType, ModuleType
from typing import Any, Final

from forebear.capture.patching import Patches, is_ours
from forebear.capture.session import active
from forebear.capture.tracker import At, Tracker

__all__ = ["MODULES"]

_FUNCTIONS: Final = (
    "cut qcut get_dummies from_dummies to_datetime to_numeric to_timedelta crosstab factorize"
    " melt pivot pivot_table lreshape wide_to_long unique isna isnull notna notnull array"
).split()
_WITH_OTHERS: Final = (
    "where mask fillna replace clip isin map combine combine_first dot corrwith case_when assign"
    " quantile pivot value_counts unique apply transform agg aggregate pipe to_records"
    " to_numpy __array__"
).split()
"""Methods that take data beside their own, or whose result is no frame."""
_IN_PLACE: Final = ("__setitem__", "insert", "update")
_PLACES: Final = ("_LocIndexer", "_iLocIndexer", "_AtIndexer", "_iAtIndexer")
_OURS: Final = __file__
_INSIDE: Final = f"{os.sep}pandas{os.sep}"
_HELPERS: Final = frozenset({"new_method", "wrapper", "_getter", "f", "<lambda>"})
_MOST_PARTS: Final = 1000


def patch(patches: Patches, module: ModuleType) -> None:
    """Follow data through frames, series, groups, windows and the functions of pandas."""
    base = sys.modules["pandas.core.generic"].NDFrame
    patches.replace(base, "__finalize__", _finalizing(base.__finalize__))
    _follow(patches, module.DataFrame, "__getitem__", _arguments)
    for name in _FUNCTIONS:
        _follow(patches, module, name, _arguments)
    for cls in (module.DataFrame, module.Series):
        _follow(patches, cls, "__init__", _made_of)
        for name in _WITH_OTHERS:
            for owner in _defining(cls, name):
                _follow(patches, owner, name, _arguments)
        for name in _IN_PLACE:
            for owner in _defining(cls, name):
                _follow(patches, owner, name, _changed)
        for owner in _defining(cls, "values"):
            _follow_property(patches, owner, "values")
    _patch_indexers(patches)
    _patch_groups(patches)
    _patch_others(patches)


def _patch_indexers(patches: Patches) -> None:
    indexing = sys.modules["pandas.core.indexing"]
    for name in _PLACES:
        cls = getattr(indexing, name, None)
        for owner in _defining(cls, "__setitem__"):
            _follow(patches, owner, "__setitem__", _changed_at)
    for owner in _defining(getattr(indexing, "_LocIndexer", None), "__getitem__"):
        _follow(patches, owner, "__getitem__", _taken_at)


def _patch_groups(patches: Patches) -> None:
    """Follow what groups and windows compute of the frame that they hold."""
    for name, classes in (
        ("pandas.core.groupby.groupby", ["GroupBy", "BaseGroupBy"]),
        ("pandas.core.groupby.generic", ["DataFrameGroupBy", "SeriesGroupBy"]),
        ("pandas.core.resample", ["Resampler"]),
        ("pandas.core.window.rolling", ["BaseWindow", "RollingAndExpandingMixin", "Rolling"]),
        ("pandas.core.window.expanding", ["Expanding"]),
        ("pandas.core.window.ewm", ["ExponentialMovingWindow"]),
    ):
        module = sys.modules.get(name)
        for cls in (getattr(module, word, None) for word in classes):
            for method, value in list(vars(cls).items()) if cls is not None else ():
                if not method.startswith("_") and callable(value) and not isinstance(value, type):
                    _follow(patches, cls, method, _held)
            if cls is not None and "__iter__" in vars(cls):
                patches.replace(cls, "__iter__", _iterating(vars(cls)["__iter__"]))


def _patch_others(patches: Patches) -> None:
    for name, words in (("parsers.readers", ["TextFileReader"]), ("json._json", ["JsonReader"])):
        readers = sys.modules.get(f"pandas.io.{name}")
        for reader in (getattr(readers, word, None) for word in words):
            for method in ("read", "__next__") if reader is not None else ():
                _follow(patches, reader, method, _arguments)
    categories = sys.modules.get("pandas.core.arrays.categorical")
    accessor = getattr(categories, "CategoricalAccessor", None)
    if accessor is not None:
        _follow(patches, accessor, "__init__", _made_of)
        _follow(patches, accessor, "_delegate_method", _arguments)
        _follow_property(patches, accessor, "codes")


def _defining(cls: type | None, name: str) -> list[type]:
    """Return the class that gives `cls` an attribute, if any does."""
    return [owner for owner in (cls.__mro__ if cls else ()) if name in vars(owner)][:1]


# What comes from what ----------------------------------------------------------------------

Parents = Callable[[tuple[Any, ...], dict[str, Any], Any], tuple[Any, Iterable[Any]]]
"""Returns what was made, and what of, by arguments and result of a call."""


def _arguments(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    return result, _parts(args, kwargs)


def _made_of(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    return args[0], _parts(args[1:], kwargs)


def _changed(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    return args[0], [args[0], *_parts(args[1:], kwargs)]


def _changed_at(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    frame = args[0].obj
    return frame, [frame, *_parts(args[1:], kwargs)]


def _taken_at(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    return result, [args[0].obj, *_parts(args[1:], kwargs)]


def _held(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[Any, Iterable[Any]]:
    return result, [getattr(args[0], "obj", None), *_parts(args[1:], kwargs)]


def _parts(args: Iterable[Any], kwargs: dict[str, Any]) -> Iterator[Any]:
    """Yield arguments, and what lists and dicts among them hold, but plain values."""
    for value in (*args, *kwargs.values()):
        if isinstance(value, dict):
            yield from list(value.values())[:_MOST_PARTS]
        elif isinstance(value, list | tuple):
            if value and not isinstance(value[0], str):
                yield from value[:_MOST_PARTS]
        elif not isinstance(value, str | int | float | type(None)):
            yield value


def _follow(patches: Patches, owner: Any, name: str, parents: Parents) -> None:
    original = vars(owner).get(name)
    if original is None or not callable(original) or is_ours(original):
        return

    @functools.wraps(original)
    def followed(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        session = active()
        if session is not None:
            try:
                _note(session.tracker, *parents(args, kwargs, result), name)
            except Exception as error:
                session.trouble(name, error)
        return result

    followed.__forebear__ = followed  # type: ignore[attr-defined]
    patches.replace(owner, name, followed)


def _note(tracker: Tracker, made: Any, parents: Iterable[Any], name: str) -> None:
    """Note that `made` comes from the known among `parents`, and what it was known to be of."""
    if getattr(made, "ndim", 0) == 0 and not isinstance(made, tuple):
        return
    known = [parent for parent in parents if tracker.get(parent) is not None]
    if not known:
        return
    operation, at = _operation(sys._getframe(1), name)
    for one in made if isinstance(made, tuple) else (made,):
        if not any(one is parent for parent in known[1:]):
            tracker.derive(one, (one, *known), operation, at)


def _operation(frame: FrameType | None, name: str) -> tuple[str, At | None]:
    """Return the function of pandas that was called from outside, and which call that is."""
    while frame is not None:
        code = frame.f_code
        if _INSIDE in code.co_filename:
            if code.co_name not in _HELPERS:
                name = code.co_name
        elif code.co_filename != _OURS:
            return name.strip("_"), At(id(frame), frame.f_lasti, code.co_filename, frame.f_lineno)
        frame = frame.f_back
    return name.strip("_"), None


def _follow_property(patches: Patches, owner: type, name: str) -> None:
    original = vars(owner)[name]
    if not isinstance(original, property) or original.fget is None:
        return
    get = original.fget

    @functools.wraps(get)
    def followed(self: Any) -> Any:
        result = get(self)
        session = active()
        if session is not None:
            try:
                session.tracker.derive(result, (self,), name)
            except Exception as error:
                session.trouble(name, error)
        return result

    patches.replace(owner, name, property(followed, original.fset, original.fdel, original.__doc__))


def _iterating(original: Callable[[Any], Iterator[Any]]) -> Callable[[Any], Iterator[Any]]:
    @functools.wraps(original)
    def followed(self: Any) -> Iterator[Any]:
        for entry in original(self):
            session = active()
            if session is not None:
                part = entry[1] if isinstance(entry, tuple) else entry
                session.tracker.derive(part, (getattr(self, "obj", None),), "group")
            yield entry

    return followed


def _finalizing(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return `__finalize__` that also notes what the new frame was made of."""

    @functools.wraps(original)
    def finalize(self: Any, other: Any, method: str | None = None, **kwargs: Any) -> Any:
        result = original(self, other, method, **kwargs)
        session = active()
        if session is not None:
            try:
                parents = (other,) if hasattr(other, "iloc") else getattr(other, "input_objs", ())
                _note(session.tracker, result, parents, method or "")
            except Exception as error:
                session.trouble("__finalize__", error)
        return result

    return finalize


MODULES = {"pandas": patch}
