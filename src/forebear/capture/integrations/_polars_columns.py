"""polars: what each column of a frame was made of.

What polars can plan is read from the plan; what it can't has rules of its own here. Where no
rule fits, a column may come from every column that went in.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

from forebear.capture.flow import Made
from forebear.capture.integrations._polars_plans import Plan, plan_of, stand_in
from forebear.capture.passage import Columns, Feed, merged
from forebear.capture.tracker import Operation, Tracker

__all__ = ["Beside", "Groups", "attempted", "columns", "groups", "is_frame", "names_of", "planned"]

_PLANNED: Final = frozenset(
    "select select_seq with_columns with_columns_seq filter remove sort top_k bottom_k unique"
    " drop_nulls drop_nans rename drop cast fill_null fill_nan shift reverse gather_every"
    " interpolate unnest explode unpivot join join_asof join_where update with_row_index slice"
    " head tail limit first last merge_sorted min max sum mean median std var quantile count"
    " null_count".split()
)
"""Methods whose plan can be asked for by the same arguments."""
_PASSING: Final = frozenset(
    "to_frame to_series get_column get_columns to_numpy to_pandas to_arrow to_torch to_jax lazy"
    " clone collect __getitem__ __array__ __init__ __setitem__ insert_column replace_column hstack"
    " vstack extend concat from_pandas from_arrow from_numpy from_dict from_dataframe sample gather"
    " gather_every head tail limit slice reverse sort unique drop_nulls drop_nans filter shuffle"
    " append alias rename top_k bottom_k partition_by __next__ explode clear cache set_sorted"
    " rechunk drop_in_place collect_all merge_sorted to_list group_by group_by_dynamic rolling"
    " to_physical shrink_dtype shrink_to_fit first last".split()
)
"""Operations that leave the values of a column as they are."""

V = TypeVar("V")


class Beside(Generic[V]):
    """Values beside objects, known by identity; gone when the object goes."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Any], V]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def put(self, thing: Any, value: V) -> None:
        """Remember a value for an object."""
        key = id(thing)
        self._known[key] = weakref.ref(thing, lambda _: self._known.pop(key, None)), value

    def get(self, thing: Any) -> V | None:
        """Return the value for an object."""
        found = self._known.get(id(thing))
        return found[1] if found is not None and found[0]() is thing else None


def attempted(look: Callable[..., Any], *args: Any) -> Any:
    """Return what a look finds; None where polars can't do for us what it did for the program."""
    try:
        return look(*args)
    except Exception:
        return None


class Groups(NamedTuple):
    """How groups were asked for: of which frame, by which method and arguments."""

    frame: Any
    function: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def of(self, frame: Any, **changed: Any) -> Any:
        """Return the same groups of another frame."""
        return getattr(frame, self.function)(*self.args, **{**self.kwargs, **changed})


groups: Final[Beside[Groups]] = Beside()
"""How the groups of the program were asked for."""


class Asked(NamedTuple):
    """One call: what is needed to say what columns were made of."""

    tracker: Tracker
    operation: Operation
    made: Made
    parents: Sequence[Any]
    """The known things that it was made of."""

    def of(self, thing: Any) -> Columns | None:
        """Return what the columns of a known thing were made of, by their present names."""
        origin = self.tracker.get(thing)
        known = origin.columns if origin is not None else None
        if known is None:
            return None
        names = names_of(thing)
        if names is not None and names != known.names and len(names) == len(known.names):
            return known.renamed(names)
        return known


def is_frame(thing: Any) -> bool:
    """Tell whether a thing is a frame of polars, eager or lazy."""
    polars = sys.modules.get("polars")
    return polars is not None and isinstance(thing, polars.DataFrame | polars.LazyFrame)


def schema_of(frame: Any) -> Mapping[str, Any]:
    """Return the names and types of a frame's columns."""
    schema: Mapping[str, Any] = frame.collect_schema()
    return schema


def names_of(thing: Any) -> tuple[str, ...] | None:
    """Return the names of a thing's columns: positions for an array; None for a lazy frame."""
    if hasattr(thing, "collect"):
        return None
    labels = getattr(thing, "column_names", None) or getattr(thing, "columns", None)
    if labels is not None and not callable(labels):
        return tuple(str(one) for one in labels)
    if getattr(thing, "ndim", 0) == 2:
        return tuple(map(str, range(thing.shape[1])))
    name = getattr(thing, "name", None)
    return (name if isinstance(name, str) else "",)


# Plans -----------------------------------------------------------------------------------------


def planned(made: Made) -> tuple[Plan, list[Any]] | None:
    """Return the plan of one call, and the frames that its stand-ins stand for."""
    if not made.args:
        return None
    asked = groups.get(made.args[0])
    if asked is None and made.function not in _PLANNED:
        return None
    frames: list[Any] = []

    def standing(value: Any) -> Any:
        if not is_frame(value):
            return value
        number = next((at for at, one in enumerate(frames) if one is value), len(frames))
        if number == len(frames):
            frames.append(value)
        return stand_in(schema_of(value), number)

    first = asked.of(standing(asked.frame)) if asked is not None else standing(made.args[0])
    method = getattr(first, made.function, None)
    if method is None:
        return None
    rest = [standing(one) for one in made.args[1:]]
    named = {key: standing(one) for key, one in made.kwargs.items()}
    plan = plan_of(method(*rest, **named), lambda name: _roots(made, name))
    return (plan, frames) if plan is not None else None


def expressions(args: Iterable[Any], kwargs: Mapping[str, Any]) -> list[tuple[str | None, Any]]:
    """Return the expressions among arguments, each with the name it was given by keyword."""
    found: list[tuple[str | None, Any]] = []
    for value in args:
        inner = value if isinstance(value, list | tuple) else [value]
        found += [(None, one) for one in inner]
    return found + list(kwargs.items())


def _roots(made: Made, output: str) -> list[str] | None:
    """Return the columns that the expression for an output speaks of."""
    for name, one in expressions(made.args[1:], made.kwargs):
        meta = getattr(one, "meta", None)
        if meta is None or not hasattr(meta, "root_names"):
            continue
        if (name or meta.output_name(raise_if_undetermined=False)) == output:
            roots: list[str] = meta.root_names()
            return roots
    return None


# Columns ---------------------------------------------------------------------------------------


def columns(asked: Asked, plan: tuple[Plan, list[Any]] | None) -> Columns | None:
    """Return what the columns of what was made were made of; None where that was not seen."""
    if plan is not None:
        return _by_plan(asked, *plan)
    rule = _RULES.get(asked.made.function)
    found = rule(asked) if rule is not None else None
    return found or _by_name(asked)


def _by_plan(asked: Asked, plan: Plan, frames: list[Any]) -> Columns | None:
    known = [asked.of(frame) for frame in frames]
    tracker = asked.tracker
    if any(k is None and tracker.get(f) is not None for k, f in zip(known, frames, strict=True)):
        return None
    asked.operation.by.update(dict.fromkeys(sorted(name for _, name in plan.by)))
    names = names_of(asked.made.thing) or tuple(plan.columns)
    feeds = []
    for name in names:
        found = plan.columns.get(name)
        if found is None:
            return None
        sources = [
            feed
            for number, column in sorted(found.sources)
            if (of := known[number]) is not None and (feed := of.feed(column)) is not None
        ]
        added = asked.made.function.startswith("with_columns") and found.kind == "moved"
        operation = asked.operation if (found.changed or added) and sources else None
        feeds.append(sources[0] if len(sources) == 1 and operation is None
                     else merged(sources, operation))  # fmt: skip
        if found.hidden:
            asked.operation.unknown = True
    series = [one for one in asked.parents if not is_frame(one)]
    return Columns(names, tuple(feeds)) if not series else _with_series(asked, names, feeds)


def _with_series(asked: Asked, names: tuple[str, ...], feeds: list[Feed]) -> Columns | None:
    """Return columns some of which were handed over as known series."""
    if asked.made.function in ("filter", "remove"):
        masks = [
            found.all() for one in asked.parents if not is_frame(one) and (found := asked.of(one))
        ]
        asked.operation.by.update(dict.fromkeys(sorted(n for one in masks for _, n in one.sources)))
        return Columns(names, tuple(feeds))
    given = {
        name or names_of(one)[-1]: one  # type: ignore[index]
        for name, one in expressions(asked.made.args[1:], asked.made.kwargs)
        if any(one is parent for parent in asked.parents) and not is_frame(one)
    }
    new = {name: found.all() for name, one in given.items() if (found := asked.of(one)) is not None}
    return Columns(names, tuple(new.get(n, f) for n, f in zip(names, feeds, strict=True)))


def _known(asked: Asked) -> list[Columns]:
    return [found for one in asked.parents if (found := asked.of(one)) is not None]


def _by_name(asked: Asked) -> Columns | None:
    """Return columns made of those of the same name, or of all that went in."""
    thing, known = asked.made.thing, _known(asked)
    names = names_of(thing)
    if not known:
        return None
    if names is None:  # a lazy frame
        names = tuple(schema_of(thing))
    passing = asked.made.function in _PASSING
    if len(names) == 1 and len(known) > 1 and not is_frame(thing):
        return Columns(names, (merged((one.all() for one in known), asked.operation),))
    operation = None if passing else asked.operation
    if len(known) == 1 and len(names) == len(known[0].names) and passing:
        return Columns(names, known[0].feeds)
    if len(names) == sum(len(one.names) for one in known) and passing:
        return Columns(names, tuple(feed for one in known for feed in one.feeds))
    every = merged((one.all() for one in known), asked.operation)
    feeds = []
    for name in names:
        same = [feed for one in known if (feed := one.feed(name)) is not None]
        plain = len(same) == 1 and operation is None
        feeds.append(same[0] if plain else merged(same, operation) if same else every)
    return Columns(names, tuple(feeds))


# Operations with rules of their own ----------------------------------------------------------


def _made_of_parts(asked: Asked) -> Columns | None:
    """`DataFrame(data)`: each column is made of the part that was given for it."""
    data = asked.made.args[1:2] or (asked.made.kwargs.get("data"),)
    if not isinstance(data[0], dict):
        return None
    feeds = []
    for one in data[0].values():
        found = asked.of(one)
        feeds.append(found.all() if found is not None else Feed())
    names = names_of(asked.made.thing) or ()
    return Columns(names, tuple(feeds)) if len(feeds) == len(names) else None


def _changed(asked: Asked) -> Columns | None:
    """Columns put into a frame where it stands: `df[name] = ...`, `insert_column`, `hstack`."""
    before = next((f for one in asked.parents if (f := asked.of(one)) is not None), None)
    names = names_of(asked.made.thing) or ()
    frame = asked.made.args[0]
    origin = asked.tracker.get(frame)
    before = origin.columns if origin is not None and origin.columns is not None else before
    given = list(_parts(asked.made.args[1:]))
    new = {name: found.all() for one in given for name in (names_of(one) or ())
           if (found := asked.of(one)) is not None}  # fmt: skip
    if asked.made.function == "__setitem__" and isinstance(asked.made.args[1], str):
        value = asked.of(asked.made.args[2])
        new = {asked.made.args[1]: value.all() if value is not None else Feed()}
    if before is None:
        return None
    return Columns(names, tuple(new.get(n) or before.feed(n) or Feed() for n in names))


def _parts(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        if isinstance(value, list | tuple):
            yield from value
        elif not isinstance(value, str | int | slice):
            yield value


def _pivoted(asked: Asked) -> Columns | None:
    """`pivot`: values spread over columns, by keys."""
    known = _known(asked)
    names = names_of(asked.made.thing)
    if not known or names is None:
        return None
    source, kwargs = known[0], asked.made.kwargs
    index = _listed(kwargs.get("index"))
    on = _listed(kwargs.get("on") or asked.made.args[1:2])
    values = _listed(kwargs.get("values"))
    values = values or [n for n in source.names if n not in (*on, *index)]
    asked.operation.by.update(dict.fromkeys([*on, *index]))
    spread = merged((f for n in values if (f := source.feed(n)) is not None), asked.operation)
    return Columns(
        names, tuple((source.feed(n) or spread) if n in index else spread for n in names)
    )


def _listed(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list | tuple):
        return [one for inner in value for one in _listed(inner)]
    return []


def _dummies(asked: Asked) -> Columns | None:
    """`to_dummies`: each new column is made of the one whose name it begins with."""
    known, names = _known(asked), names_of(asked.made.thing)
    if not known or names is None:
        return None
    source = known[0]
    separator = asked.made.kwargs.get("separator", "_")
    before = sorted(source.names, key=len, reverse=True)
    feeds = []
    for name in names:
        feed = source.feed(name)
        if feed is None:
            root = next((one for one in before if name.startswith(one + separator)), None)
            one = source.feed(root) if root is not None else None
            feed = merged([one or source.all()], asked.operation)
        feeds.append(feed)
    return Columns(names, tuple(feeds))


def _of_mapped(asked: Asked) -> Columns | None:
    """A function of the program made it: each column may come from all."""
    asked.operation.unknown = True
    known = _known(asked)
    names = names_of(asked.made.thing) or tuple(schema_of(asked.made.thing))
    every = merged((one.all() for one in known), asked.operation)
    return Columns(names, (every,) * len(names)) if known else None


def _collected(asked: Asked) -> Columns | None:
    return asked.of(asked.made.args[0])


def _chosen(asked: Asked) -> Columns | None:
    """`df["a"]`, `df[rows, "a"]`, `get_column`: one column of a frame."""
    known, names = asked.of(asked.made.args[0]), names_of(asked.made.thing)
    if known is None or names is None or not is_frame(asked.made.args[0]):
        return None
    feeds = [known.feed(name) for name in names]
    found = tuple(feed for feed in feeds if feed is not None)
    return Columns(names, found) if len(found) == len(names) else None


_Rule = Callable[[Asked], "Columns | None"]
_RULES: Final[dict[str, _Rule]] = {
    "__init__": _made_of_parts,
    "from_dict": lambda asked: _made_of_parts(asked._replace(
        made=asked.made._replace(args=(None, *asked.made.args)))),
    "collect": _collected,
    "__setitem__": _changed,
    "insert_column": _changed,
    "replace_column": _changed,
    "hstack": _changed,
    "pivot": _pivoted,
    "to_dummies": _dummies,
    "map_rows": _of_mapped,
    "map_batches": _of_mapped,
    "map_groups": _of_mapped,
    "map_columns": _of_mapped,
    "__getitem__": _chosen,
    "get_column": _chosen,
    "to_series": _chosen,
    "drop_in_place": _chosen,
}  # fmt: skip
