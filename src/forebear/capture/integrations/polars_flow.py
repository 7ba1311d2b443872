"""polars: which frame was made of which, between the points that are recorded.

Nothing is digested here. What polars calls of itself is not looked at. A lazy frame stands for
the files that it will read.
"""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import GeneratorType, ModuleType
from typing import Any, Final

from forebear.capture.flow import Made, Parents, note
from forebear.capture.integrations import (
    _polars_columns,
    _polars_numbers,
    _polars_rows,
    _polars_shadows,
)
from forebear.capture.integrations._polars_columns import (
    Asked,
    Groups,
    attempted,
    groups,
    is_frame,
)
from forebear.capture.passage import Columns, Passage, Relation
from forebear.capture.patching import Patches, is_ours, marked
from forebear.capture.session import Session, active
from forebear.capture.tracker import Operation

__all__ = ["MODULES"]

_MADE: Final = (
    "concat from_pandas from_arrow from_numpy from_dict from_dicts from_dataframe merge_sorted"
    " align_frames union"
).split()
_OPERATORS: Final = (
    "add sub mul truediv floordiv mod pow eq ne lt le gt ge and or xor invert neg radd rsub rmul"
    " rtruediv array getitem setitem init"
).split()
_LOOKING: Final = frozenset(
    "pipe columns dtypes schema collect_schema explain show show_graph glimpse equals height width"
    " serialize deserialize estimated_size n_chunks is_empty flags inspect profile".split()
)
"""Methods that make no data, or hand over to functions that are followed themselves."""
_ONCE: Final = (GeneratorType, map, filter, zip)
"""Arguments that can be read once."""
_IN_PLACE: Final = frozenset(
    "__setitem__ insert_column replace_column extend append scatter".split()
)
_GROUPING: Final = frozenset(("group_by", "group_by_dynamic", "rolling"))
_SPACES: Final = {
    "string": "StringNameSpace",
    "datetime": "DateTimeNameSpace",
    "categorical": "CatNameSpace",
    "list": "ListNameSpace",
    "array": "ArrayNameSpace",
    "struct": "StructNameSpace",
    "binary": "BinaryNameSpace",
}


def patch(patches: Patches, module: ModuleType) -> None:
    """Follow frames through functions and methods."""
    for name in _MADE:
        _follow(patches, module, name, _made_of_items)
    _follow(patches, module, "collect_all", _collected_all)
    for cls in (module.DataFrame, module.LazyFrame, module.Series):
        for name, method in list(vars(cls).items()):
            if inspect.isfunction(method) and _is_followed(name):
                _follow(patches, cls, name, _SPECIAL.get(name, _made))
    for name, space in _SPACES.items():
        _patch_space(patches, getattr(sys.modules.get(f"polars.series.{name}"), space, None))


def patch_groups(patches: Patches, module: ModuleType) -> None:
    """Follow what groups compute of the frame that they hold."""
    for name in ("GroupBy", "RollingGroupBy", "DynamicGroupBy", "LazyGroupBy"):
        cls = getattr(module, name, None)
        for method, value in list(vars(cls).items()) if cls is not None else ():
            if inspect.isfunction(value) and not method.startswith("_"):
                _follow(patches, cls, method, _made_of_group)
        if cls is not None:
            _follow(patches, cls, "__iter__", _made_of_iter)
    for name in ("GroupByIter", "RollingGroupByIter", "DynamicGroupByIter"):
        cls = getattr(module, name, None)
        if cls is not None:
            _follow(patches, cls, "__next__", _made_of_next)


def _patch_space(patches: Patches, cls: type | None) -> None:
    """Follow the methods of `series.str`, `series.dt` and the like."""
    if cls is None:
        return
    _follow(patches, cls, "__init__", _space_of, inside=True)
    for name, method in list(vars(cls).items()):
        if inspect.isfunction(method) and not name.startswith("_"):
            _follow(patches, cls, name, _made)


def _is_followed(name: str) -> bool:
    if name.startswith(("write_", "sink_")) or name in _LOOKING:
        return False
    return not name.startswith("_") or name.strip("_") in _OPERATORS


def _follow(
    patches: Patches, owner: Any, name: str, parents: Parents, *, inside: bool = False
) -> None:
    """Follow what a function or method makes, when the program calls it or (`inside`) polars."""
    original = vars(owner).get(name)
    if original is None or not callable(original) or is_ours(original):
        return

    @functools.wraps(original)
    def followed(*args: Any, **kwargs: Any) -> Any:
        session = active()
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if session is None or (not inside and caller.startswith(("polars.", "forebear."))):
            return original(*args, **kwargs)
        kept: list[list[Any]] = []
        result = original(*(_kept(one, kept) for one in args), **kwargs)
        if parents is _made and not type(result).__weakrefoffset__:
            return result  # a plain value, which nothing can be known of
        try:
            with session.own_work(), _quietly():
                given = iter(kept)
                args = tuple(next(given) if isinstance(one, _ONCE) else one for one in args)
                made, of = parents(args, kwargs, result)
                note(session, made, of, name, seeing=_passage, args=args, kwargs=kwargs)
        except Exception as error:
            session.trouble(name, error)
        return result

    patches.replace(owner, name, marked(followed, original))


@contextmanager
def _quietly() -> Iterator[None]:
    """Let polars warn of nothing that it is asked for us.

    `warnings.catch_warnings` would make Python forget which warnings it has shown.
    """
    ignoring = ("ignore", None, Warning, None, 0)
    filters: Any = warnings.filters
    filters.insert(0, ignoring)
    try:
        yield
    finally:
        filters.remove(ignoring)


def _kept(value: Any, kept: list[list[Any]]) -> Any:
    """Return an argument; a generator keeps what it gives for a second reading."""
    if not isinstance(value, _ONCE):
        return value
    seen: list[Any] = []
    kept.append(seen)

    def reading() -> Iterator[Any]:
        for one in value:
            seen.append(one)
            yield one

    return reading()


# What comes from what --------------------------------------------------------------------------


def _made(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[Any, Iterable[Any]]:
    return result, _given([*args, *kwargs.values()])


def _given(values: Iterable[Any]) -> Iterable[Any]:
    """Yield arguments, and what lists and dicts among them hold, but plain values."""
    for value in values:
        if isinstance(value, dict):
            yield from _given(value.values())
        elif isinstance(value, list | tuple):
            if value and not isinstance(value[0], str | int | float):
                yield from _given(value)
        elif not isinstance(value, str | int | float | bool | type(None)):
            yield value


def _made_of_self(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    return args[0], _given([*args[1:], *kwargs.values()])


def _changed(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    return args[0], [args[0], *_given([*args[1:], *kwargs.values()])]


def _made_of_items(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    made = tuple(result) if isinstance(result, list) else result
    return made, _given([*args, *kwargs.values()])


def _made_of_group(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    asked = groups.get(args[0])
    if asked is not None and not is_frame(result):  # `having`
        groups.put(result, asked)
    return result, args[:1]


def _made_of_next(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    """One group of rows, from an iteration over groups."""
    iteration, part = args[0], result[1]
    asked = groups.get(iteration)
    if asked is None:
        return None, ()
    rows = iteration._group_indices[iteration._current_index - 1]
    _polars_rows.parts.put(part, _polars_numbers.relation(rows, asked.frame.height))
    return part, (asked.frame,)


def _made_of_iter(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    asked = groups.get(args[0])
    if asked is not None:
        groups.put(result, asked)
    return None, ()


def _partitioned(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    made = tuple(result.values() if isinstance(result, dict) else result)
    _polars_rows.note_parts(args[0], made, args[1:], kwargs)
    return made, args[:1]


def _in_parts(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    return tuple(result), args[:1]


def _collected(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    """A lazy frame became one in memory: its rows are those of its sources."""
    shadow = _polars_shadows.shadows.get(args[0])
    anchors = dict.fromkeys(shadow.numbers.values()) if shadow is not None else ()
    return result, [args[0], *anchors]


def _collected_all(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    """Several lazy frames became frames in memory, each by itself."""
    session = active()
    lazies = args[0] if args else kwargs["lazy_frames"]
    for lazy, frame in zip(lazies, result, strict=False):
        if session is None:
            break
        _, parents = _collected((lazy,), {}, frame)
        seen = partial(_passage, Made(frame, "collect", (lazy,)))
        session.tracker.derive(frame, parents, "collect", seen=seen)
    return None, ()


def _space_of(
    args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> tuple[Any, Iterable[Any]]:
    """A namespace of a series stands for the series."""
    session, origin = active(), None
    if session is not None:
        origin = session.tracker.get(args[1])
    if session is not None and origin is not None:
        session.tracker.bind(args[0], origin)
        _polars_rows.sizes.put(args[0], len(args[1]))
    return None, ()


_SPECIAL: Final[dict[str, Parents]] = {
    "__init__": _made_of_self,
    **dict.fromkeys(_IN_PLACE, _changed),
    "collect": _collected,
    "partition_by": _partitioned,
    "get_columns": _in_parts,
}


# How rows and columns pass ---------------------------------------------------------------------


def _passage(made: Made, operation: Operation, parents: list[Any]) -> Passage | None:
    """Return which rows and columns of known parents are in what one call has made."""
    session = active()
    if session is None:
        return None
    thing, first = made.thing, made.args[0] if made.args else None
    if made.function in _GROUPING and is_frame(first):
        groups.put(thing, Groups(first, made.function, made.args[1:], dict(made.kwargs)))
    if not _is_within_sight(session, made):
        operation.unknown = True
        return None
    plan = attempted(_polars_columns.planned, made)
    asked = Asked(session.tracker, operation, made, parents)
    columns = attempted(_polars_columns.columns, asked, plan)
    if hasattr(thing, "collect"):
        _go_on_lazily(session, made, operation, plan[0] if plan is not None else None)
        return Passage([None] * len(parents), columns)
    if made.function == "collect":
        found = attempted(_rows_collected, session, made, columns) or {}
        rows: Sequence[Relation] = [found.get(id(one)) for one in parents]
        operation.unknown = operation.unknown or not found
    else:
        known = plan[0] if plan is not None else None
        rows = attempted(_polars_rows.relations, made, parents, known) or [None] * len(parents)
    _tell(operation, made, parents, rows)
    # Sources of a lazy frame are parents of its result because of the rows.
    lazy = [place for place, one in enumerate(parents) if one is first]
    return Passage(rows, columns, lazy if made.function == "collect" else None)


def _is_within_sight(session: Session, made: Made) -> bool:
    """Tell whether the columns of all lazy frames are known: asking may fetch or run something."""
    given = [one for one in _given([*made.args, *made.kwargs.values()]) if hasattr(one, "collect")]
    origins = [session.tracker.get(one) for one in given if is_frame(one)]
    return all(origin is not None and origin.columns is not None for origin in origins)


def _rows_collected(session: Session, made: Made, columns: Columns | None) -> dict[int, Relation]:
    """Return which rows of its sources a lazy frame has become, by the identity of anchors."""
    shadow, result = _polars_shadows.shadows.get(made.args[0]), made.thing
    if shadow is None or not is_frame(result):
        return {}
    if not _polars_numbers.is_large(shadow):
        found = _polars_numbers.collected(shadow, result, made.kwargs.get("engine", "auto"))
    elif columns is not None and not shadow.nested:
        known = [(one, session.tracker.get(one)) for one in dict.fromkeys(shadow.numbers.values())]
        sources = [(one, origin) for one, origin in known if origin is not None]
        found = _polars_numbers.looked_up(sources, result, columns)
    else:
        found = {}
    return {id(anchor): way for anchor, way in found.items()}


def _go_on_lazily(session: Session, made: Made, operation: Operation, plan: Any) -> None:
    """Keep the shadow of a lazy frame, by which its rows will be known."""
    first: Any = made.args[0] if made.args else None
    if made.function == "lazy" and not hasattr(first, "collect"):
        origin = session.tracker.get(first)
        if origin is not None:
            anchor = _polars_shadows.Anchor(first.clone().lazy(), len(first))
            session.tracker.bind(anchor, origin)
            _polars_shadows.shadows.put(made.thing, _polars_shadows.shadow_of(first, anchor))
        return
    shadow = attempted(_polars_shadows.shadowed, made, plan)
    if shadow is not None:
        _polars_shadows.shadows.put(made.thing, shadow)
    elif is_frame(first) and _polars_shadows.shadows.get(first) is not None:
        operation.unknown = True


def _tell(
    operation: Operation, made: Made, parents: Sequence[Any], rows: Sequence[Relation]
) -> None:
    """Note what happened to rows and columns, for people."""
    thing = made.thing
    frames = [one for one in parents if is_frame(one) and not hasattr(one, "collect")]
    sized = frames or [one for one in parents if hasattr(one, "__len__")]
    if not hasattr(thing, "__len__") or not sized:
        return
    if operation.rows_in is None:
        operation.rows_in = len(sized[0])
    operation.rows_out = len(thing)
    if all(way is None for way in rows):
        operation.unknown = operation.unknown or len(thing) > 1
    if len(frames) == 1 and is_frame(thing):
        before, after = dict.fromkeys(frames[0].columns), dict.fromkeys(thing.columns)
        operation.dropped |= {name: None for name in before if name not in after}
        operation.added |= {name: None for name in after if name not in before}


MODULES = {
    "polars": patch,
    "polars.dataframe.group_by": patch_groups,
    "polars.lazyframe.group_by": patch_groups,
}
