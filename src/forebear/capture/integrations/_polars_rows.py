"""polars: which rows of one frame in memory are in another.

Rows that were picked by their place are picked from row numbers; those that were picked by
values are found with a shadow. Nothing is said of operations that are not known here.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from forebear.capture.flow import Made
from forebear.capture.integrations._polars_columns import Beside, groups, is_frame
from forebear.capture.integrations._polars_numbers import collected, relation
from forebear.capture.integrations._polars_plans import Plan
from forebear.capture.integrations._polars_shadows import RULES, Anchor, shadow_of, shadowed
from forebear.capture.passage import SAME, Relation, combined

__all__ = ["note_parts", "parts", "relations", "sizes"]

_ALIGNED: Final = frozenset(
    "with_columns with_columns_seq with_row_index rename drop cast fill_null fill_nan clone rechunk"
    " shrink_to_fit to_numpy to_pandas to_arrow to_torch to_jax get_column get_columns to_series"
    " to_struct to_frame hstack insert_column replace_column __setitem__ set_sorted shift unnest"
    " interpolate to_dummies is_duplicated is_unique hash_rows fold max_horizontal min_horizontal"
    " sum_horizontal mean_horizontal map_columns map_rows update drop_in_place match_to_schema"
    " __array__ __init__ from_pandas from_arrow from_numpy from_dict from_dataframe iter_columns"
    " __add__ __sub__ __mul__ __truediv__ __floordiv__ __mod__ __eq__ __ne__ __lt__ __le__ __gt__"
    " __ge__ to_list to_dict rows".split()
)
"""Methods of frames whose result has the rows of the frame."""
_MOVED: Final = frozenset(
    "sort reverse shuffle sample top_k bottom_k top_k_by bottom_k_by gather gather_every filter"
    " head tail limit slice unique drop_nulls drop_nans arg_sort arg_unique arg_true mode"
    " value_counts unique_counts explode append extend rle hist describe implode search_sorted sql"
    " reshape extend_constant new_from_index map_batches concat vstack".split()
)
"""Methods of series whose result hasn't the rows of the series."""
_BY_NUMBER: Final = frozenset(
    "head tail limit slice reverse gather_every gather sample shuffle filter".split()
)
"""Methods that pick rows whatever the values are."""
_BY_VALUE: Final = frozenset(("sort", "drop_nulls", "drop_nans"))
_STACKING: Final = frozenset(("vstack", "extend", "append"))


def relations(made: Made, parents: Sequence[Any], plan: Plan | None) -> list[Relation]:
    """Return which rows of each parent are in what was made."""
    thing, function = made.thing, made.function
    first = made.args[0] if made.args else None
    if groups.get(thing) is not None:
        return [SAME] * len(parents)
    told = parts.get(thing)
    if told is not None:
        return [told] * len(parents)
    if function == "concat" or function in _STACKING:
        return _stacked(made, parents)
    grouped = groups.get(first) is not None
    if grouped or (is_frame(first) and function in RULES and function not in _ALIGNED):
        return _by_shadow(made, parents, plan)
    if function in _BY_VALUE and _is_series(first):
        ordered = _ordered(made, first)
        return [ordered if one is first else None for one in parents]
    if function in _BY_NUMBER or function == "__getitem__":
        picked = _picked(made, first)
        return [picked if one is first else None for one in parents]
    of_values = _is_series(first) or sizes.get(first) is not None
    aligned = function not in _MOVED if of_values else function in _ALIGNED
    return [SAME if aligned and _size(one) == _size(thing) else None for one in parents]


_NUMBER: Final = "__forebear_number__"
parts: Final[Beside[Any]] = Beside()
"""Which rows of a frame one of several parts of it holds."""


sizes: Final[Beside[int]] = Beside()
"""How long the series is that a namespace such as `.str` stands for."""


def _size(thing: Any) -> int:
    return len(thing) if hasattr(thing, "__len__") else sizes.get(thing) or -1


def _is_series(thing: Any) -> bool:
    return isinstance(thing, sys.modules["polars"].Series)


def _by_shadow(made: Made, parents: Sequence[Any], plan: Plan | None) -> list[Relation]:
    """Return rows by doing the same to row numbers."""
    shadow = shadowed(made, plan)
    asked = groups.get(made.args[0])
    if shadow is None:
        rolling = asked is not None and asked.function == "rolling"
        same = rolling and asked is not None and asked.frame.height == made.thing.height
        return [SAME if same else None] * len(parents)
    if made.function in _LEAVING and made.thing.height == made.args[0].height:
        return [SAME if one is made.args[0] else None for one in parents]
    found = collected(shadow, made.thing)
    by_frame: dict[int, Relation] = {}
    for anchor, way in found.items():
        key = id(anchor.frame)
        by_frame[key] = combined(by_frame[key], way) if key in by_frame else way
    held = asked.frame if asked is not None else None
    return [by_frame.get(id(held if one is made.args[0] and held is not None else one))
            for one in parents]  # fmt: skip


_LEAVING: Final = frozenset(("select", "select_seq"))
"""Operations whose result has all rows if it has as many."""


def _stacked(made: Made, parents: Sequence[Any]) -> list[Relation]:
    """Return the rows of frames that were put one below or beside the other."""
    thing = made.thing
    if made.function == "concat":
        pieces = list(made.args[0] if made.args else made.kwargs["items"])
        sizes = [_size(one) for one in pieces]
        how = made.kwargs.get("how", made.args[1] if len(made.args) > 1 else "vertical")
        if how == "horizontal":
            return [SAME if _size(one) == _size(thing) else None for one in parents]
        if how.startswith("align"):
            return [None] * len(parents)
    else:
        pieces = list(made.args[:2])
        sizes = [len(thing) - len(pieces[1]), len(pieces[1])]
    if sum(sizes) != len(thing):
        return [None] * len(parents)
    return [_placed(one, pieces, sizes) for one in parents]


def _placed(parent: Any, pieces: list[Any], sizes: list[int]) -> Relation:
    from forebear.engines import rowmaps

    numpy = sys.modules["numpy"]
    positions = numpy.full(sum(sizes), -1)
    before, height = 0, None
    for piece, size in zip(pieces, sizes, strict=True):
        if piece is parent:
            positions[before : before + size] = numpy.arange(size)
            height = size
        before += size
    return rowmaps.take(positions, height) if height is not None else None


def _picked(made: Made, source: Any) -> Relation:
    """Return rows that were picked by place, by a mask or by chance with a seed."""
    polars: Any = sys.modules["polars"]
    numbers = polars.int_range(len(source), eager=True)
    args, kwargs = list(made.args[1:]), dict(made.kwargs)
    if made.function == "__getitem__":
        key = args[0][0] if isinstance(args[0], tuple) else args[0]
        if isinstance(key, str) or _are_names(key) or (key is args[0] and is_frame(source)
                                                      and _is_mask(key)):  # fmt: skip
            return SAME if _size(made.thing) == len(source) else None
        return relation(numbers[key], len(source)) if not isinstance(key, int) else None
    if made.function in ("sample", "shuffle"):
        seed = kwargs.get("seed", args[0] if made.function == "shuffle" and args else None)
        if seed is None:
            return _found_again(source, made.thing)
    if is_frame(source):
        found = getattr(numbers.to_frame("number"), made.function)(*args, **kwargs)["number"]
    else:
        found = getattr(numbers, made.function)(*args, **kwargs)
    return relation(found, len(source))


def _ordered(made: Made, series: Any) -> Relation:
    """Return rows of a series that was sorted, or cleared of missing values."""
    frame = series.alias("value").to_frame().with_row_index(_NUMBER)
    found = getattr(frame, made.function)("value", *made.args[1:], **made.kwargs)
    return relation(found[_NUMBER], len(series))


def _are_names(key: Any) -> bool:
    return isinstance(key, list | tuple) and bool(key) and isinstance(key[0], str)


def _is_mask(key: Any) -> bool:
    return isinstance(key, list) and bool(key) and isinstance(key[0], bool)


def _found_again(source: Any, thing: Any) -> Relation:
    """Return rows drawn by chance: found by their values, where no two rows are alike."""
    if not is_frame(source):
        return None
    if not bool(source.is_unique().all()):
        return None
    numbers = source.with_row_index(_NUMBER)
    names = source.columns
    found = thing.join(numbers, on=names, how="left", nulls_equal=True, maintain_order="left")
    return relation(found[_NUMBER], source.height) if found[_NUMBER].null_count() == 0 else None


def note_parts(frame: Any, found: Sequence[Any], args: Any, kwargs: Mapping[str, Any]) -> None:
    """Note which rows each part of `partition_by` holds."""
    shadow = shadow_of(frame, Anchor(frame, frame.height))
    name = next(iter(shadow.numbers))
    chosen = {key: value for key, value in kwargs.items() if key not in ("as_dict", "include_key")}
    if chosen.get("maintain_order") is False:
        return
    numbered = shadow.frame.collect().partition_by(*args, **chosen)
    for part, numbers in zip(found, numbered, strict=True):
        parts.put(part, relation(numbers[name], frame.height))
