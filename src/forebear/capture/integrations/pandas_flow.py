"""pandas: which frame was made of which, between the points that are recorded.

Nothing is digested here. Most operations of pandas hand their result to `__finalize__` with
what it was made of; the others, and those that take further data, are followed one by one.
"""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sized
from types import ModuleType
from typing import Any, Final

from forebear.capture.callsite import is_user_code
from forebear.capture.flow import Made, follow, follow_property, note, parts
from forebear.capture.integrations import _pandas_columns, _pandas_rows
from forebear.capture.integrations._pandas_asked import Asked, is_pandas, is_wide
from forebear.capture.integrations._pandas_reshaping import grouped_columns
from forebear.capture.passage import SAME, Columns, Feed, Passage, Relation, names_of
from forebear.capture.patching import Patches, marked
from forebear.capture.session import Session, active
from forebear.capture.tracker import Operation

__all__ = ["MODULES"]

_FUNCTIONS: Final = (
    "cut qcut get_dummies from_dummies to_datetime to_numeric to_timedelta crosstab factorize"
    " melt pivot pivot_table lreshape wide_to_long unique isna isnull notna notnull array"
).split()
_WITH_OTHERS: Final = (
    "melt pivot_table stack unstack explode where mask fillna replace clip isin map combine"
    " combine_first dot corrwith case_when assign"
    " quantile pivot value_counts unique apply transform agg aggregate pipe to_records"
    " to_numpy __array__ pop _arith_method _cmp_method _logical_method _flex_method"
).split()
"""Methods that take data beside their own, or whose result is no frame."""
_IN_PLACE: Final = ("__setitem__", "__delitem__", "insert", "update")
_PLACES: Final = ("_LocIndexer", "_iLocIndexer", "_AtIndexer", "_iAtIndexer")


def patch(patches: Patches, module: ModuleType) -> None:
    """Follow data through frames, series, groups, windows and the functions of pandas."""
    base = sys.modules["pandas.core.generic"].NDFrame
    patches.replace(base, "__finalize__", _finalizing(base.__finalize__))
    _pandas_rows.patch_rows(patches)
    merging = sys.modules["pandas.core.reshape.merge"]._MergeOperation
    follow(patches, merging, "_reindex_and_concat", _both_sides, _merged)
    follow(patches, module.DataFrame, "__getitem__", seeing=_passage)
    for name in _FUNCTIONS:
        follow(patches, module, name, seeing=_passage)
    for cls in (module.DataFrame, module.Series):
        follow(patches, cls, "__init__", _made_of, _passage)
        for name in _WITH_OTHERS:
            for owner in _defining(cls, name):
                follow(patches, owner, name, seeing=_passage, before=_chained(name))
        for name in _IN_PLACE:
            for owner in _defining(cls, name):
                follow(patches, owner, name, _changed, _passage, before=_chained(name))
        for owner in _defining(cls, "set_index"):
            follow(patches, owner, "set_index", _or_itself, _passage)
        for owner in _defining(cls, "_update_inplace"):
            patches.replace(owner, "_update_inplace", _updating(vars(owner)["_update_inplace"]))
        for owner in _defining(cls, "values"):
            follow_property(patches, owner, "values", _passage)
    _patch_indexers(patches)
    _patch_groups(patches)
    _patch_others(patches)


def _patch_indexers(patches: Patches) -> None:
    indexing = sys.modules["pandas.core.indexing"]
    for name in _PLACES:
        cls = getattr(indexing, name, None)
        for owner in _defining(cls, "__setitem__"):
            follow(patches, owner, "__setitem__", _changed_at, _set_at)
    for owner in _defining(getattr(indexing, "_LocIndexer", None), "__getitem__"):
        follow(patches, owner, "__getitem__", _taken_at, _passage)


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
                    follow(patches, cls, method, _held, _grouped)
            if cls is not None and "__iter__" in vars(cls):
                patches.replace(cls, "__iter__", _iterating(vars(cls)["__iter__"]))


def _patch_others(patches: Patches) -> None:
    for name, words in (("parsers.readers", ["TextFileReader"]), ("json._json", ["JsonReader"])):
        readers = sys.modules.get(f"pandas.io.{name}")
        for reader in (getattr(readers, word, None) for word in words):
            for method in ("read", "__next__") if reader is not None else ():
                follow(patches, reader, method, seeing=_chunk)
    categories = sys.modules.get("pandas.core.arrays.categorical")
    accessor = getattr(categories, "CategoricalAccessor", None)
    if accessor is not None:
        follow(patches, accessor, "__init__", _made_of, _passage)
        follow(patches, accessor, "_delegate_method", seeing=_passage)
        follow_property(patches, accessor, "codes", _passage)


def _defining(cls: type | None, name: str) -> list[type]:
    """Return the class that gives `cls` an attribute, if any does."""
    return [owner for owner in (cls.__mro__ if cls else ()) if name in vars(owner)][:1]


# What comes from what ----------------------------------------------------------------------


def _made_of(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    return args[0], _known_arrays(parts(args[1:], kwargs))


def _changed(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    return args[0], [args[0], *_known_arrays(parts(args[1:], kwargs))]


def _known_arrays(things: Iterable[Any]) -> list[Any]:
    """Find out where arrays come from that the user puts into a frame and nobody saw made."""
    found = list(things)
    session = active()
    if session is None or session.opened_inside is not None:
        return found
    numpy = sys.modules["numpy"]
    for thing in found:
        unseen = type(thing) is numpy.ndarray and thing.ndim and session.tracker.get(thing) is None
        if unseen and is_user_code(sys._getframe(3).f_code.co_filename):
            from forebear.capture.replay import replayed

            with session.own_work():
                origin = replayed(session.tracker, thing)
            if origin is not None:
                session.tracker.bind(thing, origin)
    return found


def _changed_at(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    frame = args[0].obj
    return frame, [frame, *parts(args[1:], kwargs)]


def _both_sides(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    return result, (args[0].left, args[0].right)


def _chained(name: str) -> Callable[[tuple[Any, ...], dict[str, Any]], None] | None:
    """Return what warns, as pandas does, where a thing is changed that nobody will see.

    pandas tells such a thing by how few references there are to it, and we hold one more.
    """
    constants = sys.modules.get("pandas.compat._constants")
    cow = sys.modules.get("pandas.errors.cow")
    setting = name == "__setitem__"
    most = getattr(constants, "REF_COUNT" if setting else "REF_COUNT_METHOD", None)
    words = {"__setitem__": "_chained_assignment_msg", "update": _UPDATE_WORDS}
    message = getattr(cow, words.get(name, "_chained_assignment_method_msg"), None)
    if most is None or message is None or (name not in _CHANGING and name not in words):
        return None

    def check(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        in_place = name in words or kwargs.get("inplace") is True
        if in_place and sys.getrefcount(args[0]) <= most:
            kind = sys.modules["pandas"].errors.ChainedAssignmentError
            warnings.warn(message, kind, stacklevel=3)

    return check


_UPDATE_WORDS: Final = "_chained_assignment_method_update_msg"
_CHANGING: Final = frozenset("fillna replace clip where mask".split())
"""Followed methods that change a thing in place when they are asked to."""


def _or_itself(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    return (args[0], args[:1]) if result is None else (result, args[:1])


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
                note(session, part, (getattr(self, "obj", None),), "group", seeing=_passage)
            yield entry

    return marked(followed, original)


def _updating(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return `_update_inplace` that notes, before it is done, what is put in place of what."""

    @functools.wraps(original)
    def update(self: Any, result: Any, **kwargs: Any) -> Any:
        session = active()
        if session is not None and result is not self:
            try:
                # A result that pandas has not told about is seen beside the frame it came from.
                if session.tracker.get(result) is None:
                    note(session, result, (self,), "_update_inplace", seeing=_passage)
                origin = session.tracker.get(result)
                if origin is not None:
                    session.tracker.bind(self, origin)
            except Exception as error:
                session.trouble("_update_inplace", error)
        return original(self, result, **kwargs)

    return marked(update, original)


def _finalizing(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return `__finalize__` that also notes what the new frame was made of."""

    @functools.wraps(original)
    def finalize(self: Any, other: Any, method: str | None = None, **kwargs: Any) -> Any:
        result = original(self, other, method, **kwargs)
        session = active()
        if session is not None:
            try:
                made_of = (other,) if hasattr(other, "iloc") else getattr(other, "input_objs", ())
                note(session, result, made_of, method or "accessor", seeing=_passage)
            except Exception as error:
                session.trouble("__finalize__", error)
        return result

    return marked(finalize, original)


# How rows and columns pass -------------------------------------------------------------------


def _passage(made: Made, operation: Operation, parents: list[Any]) -> Passage | None:
    """Return which rows and columns of known parents are in what one call has made."""
    return _passed(made, operation, parents, None)


def _set_at(made: Made, operation: Operation, parents: list[Any]) -> Passage | None:
    return _passed(made._replace(function="set_at"), operation, parents, None)


def _merged(made: Made, operation: Operation, parents: list[Any]) -> Passage | None:
    """Return what a join has made, which some kinds of join tell in no other way."""
    merging, _, left, right = made.args
    _pandas_rows.joined(made.thing, merging, left, right)
    if isinstance(original := getattr(merging, "orig_left", None), Sized):
        operation.rows_in = len(original)  # not of the side that was looked at first
    suffixes = getattr(merging, "suffixes", None)
    told = {"suffixes": suffixes, "keys": _keys_of_right(merging)}
    join = made._replace(function="merge", args=(), kwargs=told)
    for keys in (getattr(merging, "left_on", ()), getattr(merging, "right_on", ())):
        operation.by.update({str(key): None for key in keys or () if isinstance(key, str)})
    return _passed(join, operation, parents, None)


def _keys_of_right(merging: Any) -> dict[str, Feed]:
    """Return what the keys of the right side are made of: pandas keeps the equal left ones."""
    session, right = active(), getattr(merging, "orig_right", None)
    origin = session.tracker.get(right) if session is not None else None
    if origin is None or origin.columns is None:
        return {}
    pairs = zip(merging.left_on or (), merging.right_on or (), strict=False)
    same = [
        one for one, two in pairs if isinstance(one, str) and isinstance(two, str) and one == two
    ]
    return {one: feed for one in same if (feed := origin.columns.feed(one)) is not None}


def _grouped(made: Made, operation: Operation, parents: list[Any]) -> Passage | None:
    """Return what a group-by has made: one row for each group, or as many as there were."""
    groups = made.args[0]
    aligned = hasattr(made.thing, "__len__") and len(made.thing) == len(parents[-1])
    operation.pooled |= aligned and made.function not in _ONE_BY_ONE
    return _passed(made, operation, parents, groups if hasattr(groups, "_grouper") else None)


def _chunk(made: Made, operation: Operation, parents: list[Any]) -> Passage | None:
    """Return which rows of a file a reader has just given: those behind the ones before."""
    thing, reader = made.thing, made.args[0]
    after = getattr(reader, "_currow", None)
    names = names_of(thing)
    known = active()
    origin = known.tracker.get(reader) if known is not None else None
    if after is None or origin is None or not is_pandas(thing):
        return None
    from forebear.engines.rowmaps import span

    place = span(after - len(thing), len(thing), after)
    rows: list[Relation] = [place if one is reader else None for one in parents]
    source = origin.sources()[0]
    feeds = tuple(Feed(frozenset({(source, name)})) for name in names)
    return Passage(rows, Columns(names, feeds))


def _passed(made: Made, operation: Operation, parents: list[Any], groups: Any) -> Passage | None:
    session = active()
    if session is None:
        return None
    thing = made.thing
    asked = Asked(session.tracker, operation, made.function, made.args, made.kwargs)
    fresh = [parent for parent in parents if parent is not thing]
    rows = dict(zip(map(id, fresh), _pandas_rows.relations(thing, fresh), strict=True))
    if made.function == "concat" or operation.name == "concat":
        rows |= _stacked(thing, made.parents, rows)
    if made.function == "melt" and fresh:
        rows[id(fresh[0])] = _pandas_rows.repeated(thing, fresh[0])
    if made.function in _TABULATING and fresh and made.args and fresh[0] is made.args[0]:
        with session.own_work():
            rows[id(fresh[0])] = _pandas_rows.tabulated(thing, fresh[0], made.function, asked)
    if groups is not None:
        columns = grouped_columns(thing, groups, parents, asked)
        if made.function not in _PICKING:
            relation = _pandas_rows.grouped(thing, groups)
            for parent in fresh:
                if rows[id(parent)] is None and len(parent) == len(groups._grouper.ids):
                    rows[id(parent)] = relation
    else:
        columns = _pandas_columns.columns(thing, parents, asked)
    before = session.tracker.get(thing)
    inner = before is not None and before.operations[-1:] == (operation,)
    own: Relation = SAME
    if inner and before is not None and made.function not in _pandas_columns.RULES:
        # What was seen inside this operation is finer than what is seen around it.
        columns = _finer(before.columns, columns)
    found = [own if parent is thing else rows[id(parent)] for parent in parents]
    if made.function == "__delitem__" and before is not None and before.columns is not None:
        gone = [name for name in before.columns.names if name not in names_of(thing)]
        operation.dropped = dict.fromkeys(gone)
    _tell(operation, thing, _before(operation, fresh, session), found)
    if columns is not None and is_wide(thing, columns):
        operation.unknown = False  # a mean, say, of each column: it is of all rows, and has none
    return Passage(found, columns)


def _before(operation: Operation, parents: list[Any], session: Session) -> list[Any]:
    """Return the parents that were there before the operation, not made by a part of it."""
    found = []
    for parent in parents:
        origin = session.tracker.get(parent)
        if origin is None or origin.operations[-1:] != (operation,):
            found.append(parent)
    return found


def _finer(inner: Columns | None, outer: Columns | None) -> Columns | None:
    if inner is None or outer is None:
        return inner or outer
    return inner.with_levels({**outer.levels, **inner.levels})


_TABULATING: Final = frozenset("value_counts pivot_table unstack stack".split())
"""What makes rows of the values, or of the labels, that rows have."""
_PICKING: Final = frozenset("head tail nth sample filter".split())
"""What groups pick rows with, rather than making one row of each group."""


_ONE_BY_ONE: Final = frozenset(
    "shift diff cumsum cumprod cummax cummin cumcount ffill bfill pct_change ngroup head tail nth"
    " filter sample rolling expanding ewm apply".split()
)
"""What groups compute for a row of itself or of the rows before it."""


def _stacked(
    thing: Any, parents: tuple[Any, ...], rows: dict[int, Relation]
) -> dict[int, Relation]:
    """Return the rows of frames that were put one below the other."""
    beside = all(relation is not None for relation in rows.values())
    found = None if beside else _pandas_rows.stacked(thing, parents)
    if found is None:
        return {}
    return {
        id(parent): way for parent, way in zip(parents, found, strict=True) if id(parent) in rows
    }


def _tell(operation: Operation, thing: Any, fresh: list[Any], found: list[Relation]) -> None:
    """Note what happened to rows and columns, for people."""
    frames = [one for one in fresh if getattr(one, "ndim", 0) == 2]
    sized = frames or [one for one in fresh if hasattr(one, "__len__")]
    if not sized or not hasattr(thing, "__len__"):
        return
    if operation.rows_in is None:
        operation.rows_in = len(sized[0])
    operation.rows_out = len(thing)
    # What is told last of one operation is what it has come to.
    operation.unknown = bool(found) and all(way is None for way in found)
    if len(frames) == 1 and getattr(thing, "ndim", 0) == 2:
        before = dict.fromkeys(names_of(frames[0]))
        after = dict.fromkeys(names_of(thing))
        operation.dropped = {name: None for name in before if name not in after}
        operation.added = {name: None for name in after if name not in before}


MODULES = {"pandas": patch}
