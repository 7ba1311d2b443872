"""pandas: which frame was made of which, between the points that are recorded.

Nothing is digested here. Most operations of pandas hand their result to `__finalize__` with
what it was made of; the others, and those that take further data, are followed one by one.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any, Final

from forebear.capture.flow import follow, follow_property, note, parts
from forebear.capture.patching import Patches, marked
from forebear.capture.session import active

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


def patch(patches: Patches, module: ModuleType) -> None:
    """Follow data through frames, series, groups, windows and the functions of pandas."""
    base = sys.modules["pandas.core.generic"].NDFrame
    patches.replace(base, "__finalize__", _finalizing(base.__finalize__))
    follow(patches, module.DataFrame, "__getitem__")
    for name in _FUNCTIONS:
        follow(patches, module, name)
    for cls in (module.DataFrame, module.Series):
        follow(patches, cls, "__init__", _made_of)
        for name in _WITH_OTHERS:
            for owner in _defining(cls, name):
                follow(patches, owner, name)
        for name in _IN_PLACE:
            for owner in _defining(cls, name):
                follow(patches, owner, name, _changed)
        for owner in _defining(cls, "values"):
            follow_property(patches, owner, "values")
    _patch_indexers(patches)
    _patch_groups(patches)
    _patch_others(patches)


def _patch_indexers(patches: Patches) -> None:
    indexing = sys.modules["pandas.core.indexing"]
    for name in _PLACES:
        cls = getattr(indexing, name, None)
        for owner in _defining(cls, "__setitem__"):
            follow(patches, owner, "__setitem__", _changed_at)
    for owner in _defining(getattr(indexing, "_LocIndexer", None), "__getitem__"):
        follow(patches, owner, "__getitem__", _taken_at)


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
                    follow(patches, cls, method, _held)
            if cls is not None and "__iter__" in vars(cls):
                patches.replace(cls, "__iter__", _iterating(vars(cls)["__iter__"]))


def _patch_others(patches: Patches) -> None:
    for name, words in (("parsers.readers", ["TextFileReader"]), ("json._json", ["JsonReader"])):
        readers = sys.modules.get(f"pandas.io.{name}")
        for reader in (getattr(readers, word, None) for word in words):
            for method in ("read", "__next__") if reader is not None else ():
                follow(patches, reader, method)
    categories = sys.modules.get("pandas.core.arrays.categorical")
    accessor = getattr(categories, "CategoricalAccessor", None)
    if accessor is not None:
        follow(patches, accessor, "__init__", _made_of)
        follow(patches, accessor, "_delegate_method")
        follow_property(patches, accessor, "codes")


def _defining(cls: type | None, name: str) -> list[type]:
    """Return the class that gives `cls` an attribute, if any does."""
    return [owner for owner in (cls.__mro__ if cls else ()) if name in vars(owner)][:1]


# What comes from what ----------------------------------------------------------------------


def _made_of(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    return args[0], parts(args[1:], kwargs)


def _changed(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    return args[0], [args[0], *parts(args[1:], kwargs)]


def _changed_at(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    frame = args[0].obj
    return frame, [frame, *parts(args[1:], kwargs)]


def _taken_at(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    return result, [args[0].obj, *parts(args[1:], kwargs)]


def _held(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[Any, Iterable[Any]]:
    return result, [getattr(args[0], "obj", None), *parts(args[1:], kwargs)]


def _iterating(original: Callable[[Any], Iterator[Any]]) -> Callable[[Any], Iterator[Any]]:
    @functools.wraps(original)
    def followed(self: Any) -> Iterator[Any]:
        for entry in original(self):
            session = active()
            if session is not None:
                part = entry[1] if isinstance(entry, tuple) else entry
                note(session, part, (getattr(self, "obj", None),), "group")
            yield entry

    return marked(followed, original)


def _finalizing(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return `__finalize__` that also notes what the new frame was made of."""

    @functools.wraps(original)
    def finalize(self: Any, other: Any, method: str | None = None, **kwargs: Any) -> Any:
        result = original(self, other, method, **kwargs)
        session = active()
        if session is not None:
            try:
                made_of = (other,) if hasattr(other, "iloc") else getattr(other, "input_objs", ())
                note(session, result, made_of, method or "accessor")
            except Exception as error:
                session.trouble("__finalize__", error)
        return result

    return marked(finalize, original)


MODULES = {"pandas": patch}
