"""polars: shadows, by which rows of a frame are found again in what was made of it.

A shadow is the same frame with the number of each row as a further column. An operation that
picks rows is done to it too, and only the numbers are collected: polars then reads and moves no
other columns than those that decide. Functions of the program and draws without a seed are never
run again; what they did to rows is unknown. A lazy frame has a shadow from its source on, which
is collected when the program collects.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Final, NamedTuple

from forebear.capture.flow import Made
from forebear.capture.integrations._polars_columns import (
    Beside,
    Groups,
    expressions,
    groups,
    is_frame,
    schema_of,
)
from forebear.capture.integrations._polars_plans import Plan

__all__ = ["RULES", "Anchor", "Shadow", "shadow_of", "shadowed", "shadows"]

_numbers = count()


def _new_name() -> str:
    """Return a name that no column of the program has."""
    return f"__forebear_{next(_numbers)}__"


class Anchor:
    """Stands for a source of rows for as long as something is made of it."""

    __slots__ = ("__weakref__", "frame", "height", "quick")

    def __init__(self, frame: Any, height: int | None = None, *, quick: bool = True) -> None:
        self.frame = frame
        self.height = height
        self.quick = quick
        """One column can be read without the others."""

    def rows(self) -> int:
        """Return the number of rows."""
        if self.height is None:
            polars: Any = sys.modules["polars"]
            self.height = int(self.frame.select(polars.len()).collect().item())
        return self.height


class Shadow(NamedTuple):
    """A lazy frame with row numbers of its sources as further columns."""

    frame: Any
    numbers: Mapping[str, Anchor]
    unsure: bool = False
    """The order of rows is not promised: it has to be compared."""
    free: bool = False
    """Rows come in another order each time: they have to be found again by their values."""
    nested: bool = False
    """The numbers are lists: each row holds several rows."""

    def visible(self) -> Any:
        """Return the frame without the numbers."""
        return self.frame.drop(list(self.numbers))


shadows: Final[Beside[Shadow]] = Beside()
"""The shadows of lazy frames."""


def shadow_of(frame: Any, anchor: Anchor) -> Shadow:
    """Return a new shadow of a frame that rows come from."""
    name = _new_name()
    return Shadow(frame.lazy().with_row_index(name), {name: anchor})


def _shadow(frame: Any) -> Shadow | None:
    """Return the shadow of a frame that an operation was done to."""
    if hasattr(frame, "collect"):
        return shadows.get(frame)
    return shadow_of(frame, Anchor(frame, frame.height))


def shadowed(made: Made, plan: Plan | None) -> Shadow | None:
    """Return the shadow of what an operation has made, if the operation can be done to one."""
    if made.function == "concat":
        return _concatenated(made)
    asked = groups.get(made.args[0])
    if asked is not None:
        found = _shadow(asked.frame)
        return _grouped(found, made, asked, plan) if found is not None else None
    rule = RULES.get(made.function)
    if rule is None or not is_frame(made.args[0]):
        return None
    found = _shadow(made.args[0])
    return rule(found, made, plan) if found is not None else None


# What operations do to shadows -----------------------------------------------------------------

_Rule = Callable[[Shadow, Made, "Plan | None"], "Shadow | None"]


def _keeps(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow:
    return shadow


def _is_wide(made: Made) -> bool:
    """Tell whether an argument may stand for several columns, those of a shadow too."""
    given = expressions(made.args[1:], made.kwargs)
    return any(
        meta is not None and hasattr(meta, "root_names") and meta.has_multiple_outputs()
        for meta in (getattr(one, "meta", None) for _, one in given)
    )


def _done_too(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow | None:
    """Do the same to the shadow."""
    if plan is None or plan.hidden or _is_wide(made):
        return None
    frame = getattr(shadow.frame, made.function)(*made.args[1:], **made.kwargs)
    return shadow._replace(frame=frame)


def _sliced(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow | None:
    frame = getattr(shadow.frame, made.function)(*made.args[1:], **made.kwargs)
    return shadow._replace(frame=frame)


def _sorted(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow | None:
    found = _done_too(shadow, made, plan)
    return found._replace(unsure=True) if found is not None else None


def _beside(shadow: Shadow, visible: Any) -> Shadow | None:
    """Return a frame beside the numbers of the rows that it was made of.

    Both halves are worked out by themselves: each must come in the same order.
    """
    if shadow.unsure or shadow.free:
        return None
    polars: Any = sys.modules["polars"]
    numbers = shadow.frame.select(list(shadow.numbers))
    return shadow._replace(frame=polars.concat([visible, numbers], how="horizontal"))


def _filtered(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow | None:
    if plan is None or plan.hidden:
        return None
    if not _is_wide(made):
        return _done_too(shadow, made, plan)
    if made.kwargs or made.function != "filter":
        return None
    polars: Any = sys.modules["polars"]
    mask = _new_name()
    masked = _beside(
        shadow, shadow.visible().with_columns(polars.all_horizontal(*made.args[1:]).alias(mask))
    )
    if masked is None:
        return None
    return masked._replace(frame=masked.frame.filter(polars.col(mask)).drop(mask))


def _with_columns(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow | None:
    if plan is None:
        return None
    if _is_wide(made):
        if any(one.hidden for one in plan.columns.values()):
            return None
        visible = getattr(shadow.visible(), made.function)(*made.args[1:], **made.kwargs)
        return _beside(shadow, visible)
    hidden = {name for name, one in plan.columns.items() if one.hidden}
    args, kwargs = _without(hidden, made)
    frame = shadow.frame.drop(hidden, strict=False).with_columns(*args, **kwargs)
    return shadow._replace(frame=frame)


def _without(hidden: set[str], made: Made) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of a call but those that make hidden columns."""
    if not hidden:
        return list(made.args[1:]), dict(made.kwargs)
    args = [
        one
        for name, one in expressions(made.args[1:], {})
        if isinstance(one, str) or one.meta.output_name() not in hidden
    ]
    return args, {name: one for name, one in made.kwargs.items() if name not in hidden}


def _selected(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow | None:
    if plan is None:
        return None
    outputs = [one for one in plan.columns.values() if not one.hidden]
    if not any(one.kind == "rows" for one in outputs) or any(o.kind == "moved" for o in outputs):
        return None
    if _is_wide(made):
        if len(outputs) != len(plan.columns):
            return None
        visible = getattr(shadow.visible(), made.function)(*made.args[1:], **made.kwargs)
        return _beside(shadow, visible)
    args, kwargs = _without({name for name, one in plan.columns.items() if one.hidden}, made)
    args = [one for _, one in expressions(args, {})]
    return shadow._replace(frame=shadow.frame.select(*args, *shadow.numbers, **kwargs))


def _in_place(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow | None:
    """Do what changes values to the visible columns that it changes."""
    if plan is None or _is_wide(made):
        return None
    polars: Any = sys.modules["polars"]
    names = [name for name, one in plan.columns.items() if one.changed]
    args = [getattr(polars.col(names), made.function)(*made.args[1:], **made.kwargs)]
    return shadow._replace(frame=shadow.frame.with_columns(args if names else []))


def _cast(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow | None:
    if plan is None:
        return None
    schema, strict = schema_of(made.thing), made.kwargs.get("strict", True)
    types = {name: schema[name] for name, one in plan.columns.items() if one.changed}
    return shadow._replace(frame=shadow.frame.cast(types, strict=strict) if types else shadow.frame)


def _dropped(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow | None:
    names = schema_of(made.thing)
    return shadow._replace(frame=shadow.frame.select(*names, *shadow.numbers))


def _renamed(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow | None:
    before, after = schema_of(made.args[0]), schema_of(made.thing)
    return shadow._replace(frame=shadow.frame.rename(dict(zip(before, after, strict=True))))


def _without_missing(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow | None:
    """`drop_nulls`, `drop_nans`: without a subset all visible columns are looked at."""
    if len(made.args) > 1 or made.kwargs.get("subset") is not None:
        return _done_too(shadow, made, plan)
    schema = schema_of(made.args[0])
    nans = made.function == "drop_nans"
    names = [name for name, type in schema.items() if not nans or type.is_float()]
    frame = getattr(shadow.frame, made.function)(subset=names) if names else shadow.frame
    return shadow._replace(frame=frame)


_DISTINCT: Final = {
    "any": "is_first_distinct",
    "first": "is_first_distinct",
    "last": "is_last_distinct",
    "none": "is_unique",
}


def _unique(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow | None:
    polars: Any = sys.modules["polars"]
    kwargs = dict(made.kwargs)
    subset = made.args[1] if len(made.args) > 1 else kwargs.pop("subset", None)
    keep, ordered = kwargs.get("keep", "any"), bool(kwargs.get("maintain_order"))
    if subset is None:
        subset = list(schema_of(made.args[0]))
    elif not isinstance(subset, str | list | tuple) or _is_wide(made):
        return None
    alone = subset if isinstance(subset, str) else subset[0] if len(subset) == 1 else None
    if isinstance(alone, str):
        frame = shadow.frame.filter(getattr(polars.col(alone), _DISTINCT[keep])())
    else:
        keep = "first" if keep == "any" else keep
        frame = shadow.frame.unique(subset, keep=keep, maintain_order=True)
    return shadow._replace(frame=frame, unsure=True, free=shadow.free or not ordered)


def _joined(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow | None:
    if plan is None or plan.hidden:
        return None
    other = made.args[1] if len(made.args) > 1 else made.kwargs["other"]
    right = _shadow(other)
    if shadow.nested or (right is not None and right.nested):
        return None
    frame, index = (other.lazy(), {}) if right is None else (right.frame, dict(right.numbers))
    twice = {name: _new_name() for name in index if name in shadow.numbers}
    if twice:
        frame = frame.rename(twice)
        index = {twice.get(name, name): anchor for name, anchor in index.items()}
    args = made.args[2:] if len(made.args) > 1 else ()
    kwargs = {key: value for key, value in made.kwargs.items() if key != "other"}
    joined = getattr(shadow.frame, made.function)(frame, *args, **kwargs)
    if kwargs.get("how") in ("semi", "anti"):
        index = {}
    ordered = kwargs.get("maintain_order") not in (None, "none") or made.function == "join_asof"
    free = any(one is not None and one.free for one in (shadow, right))
    lazy = hasattr(made.thing, "collect")  # in memory the order is the same each time
    how = kwargs.get("how")
    if not ordered and (how == "full" or (lazy and how not in ("semi", "anti"))):
        free = True
    return Shadow(joined, {**shadow.numbers, **index}, unsure=True, free=free)


def _exploded(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow | None:
    given = [one for _, one in expressions(made.args[1:], {})]
    if not all(isinstance(one, str) for one in given) or shadow.nested:
        return None
    return _sliced(shadow, made, plan)


def _unpivoted(shadow: Shadow, made: Made, plan: Plan | None) -> Shadow | None:
    if shadow.nested or plan is None:
        return None
    kwargs = dict(made.kwargs)
    on = made.args[1] if len(made.args) > 1 else kwargs.pop("on", None)
    index = kwargs.pop("index", None)
    index = [index] if isinstance(index, str) else list(index or [])
    on = [on] if isinstance(on, str) else on
    if on is None:
        on = [name for name in schema_of(made.args[0]) if name not in index]
    if not all(isinstance(one, str) for one in (*index, *on)):
        return None
    frame = shadow.frame.unpivot(on, index=[*index, *shadow.numbers], **kwargs)
    return shadow._replace(frame=frame)


def _grouped(shadow: Shadow, made: Made, asked: Groups, plan: Plan | None) -> Shadow | None:
    """Return the shadow of groups: each holds all its rows."""
    if plan is None or plan.hidden or made.function in ("head", "tail", "map_groups"):
        return None
    if asked.function == "rolling":
        return None
    polars: Any = sys.modules["polars"]
    numbers = [polars.col(one).explode() if shadow.nested else one for one in shadow.numbers]
    chosen, named = _aggregates(made, plan)
    ordered = {"maintain_order": True} if asked.function == "group_by" else {}
    frame = asked.of(shadow.frame, **ordered).agg(*chosen, *numbers, **named)
    free = asked.function == "group_by" and not asked.kwargs.get("maintain_order")
    return Shadow(frame, shadow.numbers, unsure=True, free=shadow.free or free, nested=True)


def _aggregates(made: Made, plan: Plan) -> tuple[list[Any], dict[str, Any]]:
    """Return the aggregates of groups that can be worked out again beside the row numbers."""
    polars: Any = sys.modules["polars"]
    if made.function == "agg":
        if _is_wide(made):
            return [], {}
        hidden = {name for name, one in plan.columns.items() if one.hidden}
        return _without(hidden, made)
    if made.function == "len":
        return [polars.len().alias(made.kwargs.get("name") or "len")], {}
    names = [name for name, one in plan.columns.items() if one.kind == "scalar"]
    every = polars.col(names)
    return [getattr(every, made.function)(*made.args[1:], **made.kwargs)] if names else [], {}


def _concatenated(made: Made) -> Shadow | None:
    """Return the shadow of lazy frames below or beside each other."""
    items = made.args[0] if made.args else made.kwargs["items"]
    how = made.kwargs.get("how", "vertical")
    polars: Any = sys.modules["polars"]
    found = [shadows.get(one) for one in items]
    if how.startswith("align") or any(one is None or one.nested for one in found):
        return None
    known = [one for one in found if one is not None]
    index = {name: anchor for one in known for name, anchor in one.numbers.items()}
    if how == "horizontal":
        if len(index) < sum(len(one.numbers) for one in known):
            return None
    else:
        how = "diagonal_relaxed" if how.endswith("relaxed") else "diagonal"
    frame = polars.concat([one.frame for one in known], how=how)
    return Shadow(frame, index, True, any(one.free for one in known))


RULES: Final[dict[str, _Rule]] = {
    **dict.fromkeys("lazy cache clone set_sorted inspect collect_schema".split(), _keeps),
    **dict.fromkeys("head tail limit slice first last reverse gather_every".split(), _sliced),
    **dict.fromkeys("fill_null fill_nan shift interpolate".split(), _in_place),
    "cast": _cast,
    "with_row_index": _sliced,
    **dict.fromkeys("sort top_k bottom_k".split(), _sorted),
    **dict.fromkeys("filter remove".split(), _filtered),
    **dict.fromkeys("with_columns with_columns_seq".split(), _with_columns),
    **dict.fromkeys("select select_seq".split(), _selected),
    **dict.fromkeys("drop_nulls drop_nans".split(), _without_missing),
    **dict.fromkeys("join join_asof join_where".split(), _joined),
    "drop": _dropped,
    "rename": _renamed,
    "unique": _unique,
    "explode": _exploded,
    "unnest": _done_too,
    "unpivot": _unpivoted,
}
