"""pandas: what each column of a frame was made of.

A column that keeps its name through an operation was made of the column of that name. The
operations that make other columns have rules of their own here. Where no rule fits, a column
may come from every column that went in.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import CodeType
from typing import Any, Final

from forebear.capture.passage import Columns, Feed, is_pooled, merged, names_of
from forebear.capture.tracker import Operation, Tracker

__all__ = ["RULES", "Asked", "columns", "columns_now", "grouped_columns", "is_pandas"]

_PASSING: Final = frozenset(
    "__getitem__ select take copy head tail sample sort_values sort_index dropna drop query filter"
    " drop_duplicates loc iloc reset_index set_index reindex rename rename_axis set_axis concat"
    " merge join get xs nlargest nsmallest truncate squeeze pop to_numpy array values construct"
    " insert assign __setitem__ columns add_prefix add_suffix __finalize__ to_frame group"
    " train_test_split between_time at_time first last asfreq DataFrame Series slice"
    " explode".split()
)
"""Operations that leave the values of a column as they are."""
_POOLED: Final = frozenset({"rank", "qcut", "value_counts", "quantile"})
"""Operations whose values depend on all rows."""
_CONSTANTS: Final = 400


class Asked:
    """One call: what is needed to say what columns were made of."""

    def __init__(
        self,
        tracker: Tracker,
        operation: Operation,
        function: str,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        self.tracker = tracker
        self.operation = operation
        self.function = function
        """The function of pandas that was followed; the operation is the one the user called."""
        self.args = args
        self.kwargs = dict(kwargs or {})

    def of(self, thing: Any) -> Columns | None:
        """Return what the columns of a known thing were made of, by their present names."""
        return columns_now(self.tracker, thing)

    def changes(self) -> bool:
        """Tell whether the operation makes new values."""
        return not {self.operation.name, self.function} & _PASSING

    def option(self, position: int, name: str) -> Any:
        """Return an argument of the followed function, `self` counted."""
        if name in self.kwargs:
            return self.kwargs[name]
        return self.args[position] if position < len(self.args) else None


def columns_now(tracker: Tracker, thing: Any) -> Columns | None:
    """Return the columns of a known thing; those that were renamed in place by their new names."""
    origin = tracker.get(thing)
    known = origin.columns if origin is not None else None
    if known is None:
        return None
    if _is_wide(thing, known):
        return known
    names = names_of(thing)
    if names != known.names and len(names) == len(known.names) and _renamed(known.names, names):
        return Columns(names, known.feeds, known.levels)
    return known


def _renamed(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Tell whether columns were renamed in their places, rather than others put there."""
    old = set(before)
    return all(one == two or two not in old for one, two in zip(before, after, strict=True))


def columns(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """Return what the columns of `made` were made of; None where that was not seen."""
    rule = RULES.get(asked.function)
    asked.operation.pooled |= asked.operation.name in _POOLED
    found = rule(made, parents, asked) if rule is not None else None
    if found is None:
        framed = getattr(made, "columns", None) is not None
        found = (_by_name if framed else _of_series)(made, parents, asked)
    if found is None:
        return None
    return found._replace(levels={**_levels(made, parents, asked), **found.levels})


def _known(parents: Iterable[Any], asked: Asked) -> list[tuple[Any, Columns]]:
    return [(one, found) for one in parents if (found := asked.of(one)) is not None]


def _is_wide(thing: Any, known: Columns) -> bool:
    """Tell whether a series has a value for each column of a frame, as its means have."""
    return getattr(thing, "ndim", 0) == 1 and len(known.names) > 1


# Frames ------------------------------------------------------------------------------------


def _by_name(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """Return columns made of those of the same name, and of all series that went in beside."""
    known = _known(parents, asked)
    frames = [found for one, found in known if getattr(one, "ndim", 0) == 2 or _is_wide(one, found)]
    selecting = asked.function in ("__getitem__", "take") or not asked.changes()
    beside = [] if selecting else [f.all() for o, f in known if f not in frames]
    if not frames and not known:
        return None
    asked.operation.pooled |= any(_is_wide(one, found) for one, found in known)
    operation = asked.operation if asked.changes() else None
    names = names_of(made)
    if not frames:
        return _stacked_series(names, known, asked)
    every: Feed | None = None
    feeds = []
    for name in names:
        same = [feed for found in frames if (feed := found.feed(name)) is not None]
        if not same:
            every = every or merged((f.all() for _, f in known), asked.operation)
            feeds.append(every)
        else:
            plain = operation is None and not beside and len(same) == 1
            feeds.append(same[0] if plain else merged([*same, *beside], operation))
    return Columns(names, tuple(feeds))


def _levels(made: Any, parents: Sequence[Any], asked: Asked) -> dict[str, Feed]:
    """Return what the labels of the rows were made of, where they were columns once."""
    frames = [found for _, found in _known(parents, asked)]
    levels = {name: feed for found in reversed(frames) for name, feed in found.levels.items()}
    for name in getattr(getattr(made, "index", None), "names", None) or ():
        feeds = [feed for found in frames if (feed := found.feed(str(name))) is not None]
        if name is not None and feeds:
            levels[str(name)] = feeds[0]
    return levels


def _constructed(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """A frame made of one array has its columns, under names of its own."""
    known = _known([one for one in parents if one is not made], asked)
    if len(known) != 1 or getattr(known[0][0], "columns", None) is not None:
        return None
    names, found = names_of(made), known[0][1]
    return Columns(names, found.feeds) if len(names) == len(found.feeds) else None


def _stacked_series(
    names: tuple[str, ...], known: list[tuple[Any, Columns]], asked: Asked
) -> Columns:
    """Return the columns of a frame that was made of series or arrays."""
    width = sum(len(found.names) for _, found in known)
    if len(names) == width:
        feeds = tuple(feed for _, found in known for feed in found.feeds)
        return Columns(names, feeds)
    by_name = {name: feed for _, f in known for name, feed in zip(f.names, f.feeds, strict=True)}
    every = merged((f.all() for _, f in known), asked.operation)
    return Columns(names, tuple(by_name.get(name, every) for name in names))


def _of_series(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """Return the columns of a series or array."""
    known = _known(parents, asked)
    if not known:
        return None
    first, found = known[0]
    if getattr(made, "ndim", 0) == 2:
        return _of_array(made, known, asked)
    frame = getattr(first, "columns", None) is not None
    index = getattr(made, "index", None)
    name = names_of(made)[0]
    operation = asked.operation if asked.changes() else None
    if frame and index is not None and len(index) == len(found.names) != len(first):
        labels = tuple(map(str, index))
        if labels == found.names:  # one value for each column
            feeds = tuple(merged([feed], asked.operation) for feed in found.feeds)
            return Columns(labels, feeds)
    if frame and operation is None:
        feed = found.feed(name) or (found.all() if len(found.names) == 1 else None)
        return Columns((name,), (feed or _all(known, asked),))
    own = found.feed(name) if frame and getattr(made, "name", None) is not None else None
    if own is not None and index is not None and len(index) == len(first):
        return Columns((name,), (merged([own], asked.operation),))
    if frame:
        used = _named_in(asked, found.names)
        if used:
            feeds = tuple(feed for name in used if (feed := found.feed(name)) is not None)
            return Columns((name,), (merged(feeds, asked.operation),))
    if operation is None:
        return Columns((name,), (merged(f.all() for _, f in known),))
    return Columns((name,), (_all(known, asked),))


def _all(known: list[tuple[Any, Columns]], asked: Asked) -> Feed:
    return merged((found.all() for _, found in known), asked.operation)


def _of_array(made: Any, known: list[tuple[Any, Columns]], asked: Asked) -> Columns:
    names = names_of(made)
    found = known[0][1]
    if len(known) == 1 and len(names) == len(found.feeds):
        return Columns(names, found.feeds)
    every = _all(known, asked)
    return Columns(names, (every,) * len(names))


def _named_in(asked: Asked, names: tuple[str, ...]) -> list[str]:
    """Return the columns that a function applied to rows speaks of."""
    found: set[str] = set()
    for value in (*asked.args[1:], *asked.kwargs.values()):
        code = getattr(value, "__code__", None)
        if isinstance(code, CodeType):
            found |= _words(code)
    return [name for name in names if name in found]


def _words(code: CodeType) -> set[str]:
    words = {*code.co_names, *(one for one in code.co_consts if isinstance(one, str))}
    for inner in code.co_consts[:_CONSTANTS]:
        if isinstance(inner, CodeType):
            words |= _words(inner)
        elif isinstance(inner, tuple):
            words |= {one for one in inner if isinstance(one, str)}
    return words


# Operations with rules of their own ----------------------------------------------------------


def _set_item(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """`frame[key] = value`: the column is made of the value, the others stay."""
    before = asked.of(made)
    key, value = asked.option(1, "key"), asked.option(2, "value")
    if asked.function == "insert":
        key, value = asked.option(2, "column"), asked.option(3, "value")
    return _with(made, before, (key, value), asked)


def _without(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """`del frame[key]`: the other columns stay; in `set_index` it becomes a label."""
    before = asked.of(made)
    if before is None:
        return None
    names = names_of(made)
    kept = [(name, feed) for name in names if (feed := before.feed(name)) is not None]
    gone = zip(before.names, before.feeds, strict=True)
    labels = {n: f for n, f in gone if asked.operation.name == "set_index" and n not in names}
    return Columns(tuple(n for n, _ in kept), tuple(f for _, f in kept), labels)


def _set_at(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """`frame.loc[rows, key] = value`: values of the column may be old or new ones."""
    before = asked.of(made)
    key, value = asked.args[1], asked.args[2]
    condition, key = (key[0], key[1]) if isinstance(key, tuple) and len(key) == 2 else (key, None)
    positional = type(asked.args[0]).__name__ in ("_iLocIndexer", "_iAtIndexer")
    if key is None or isinstance(key, slice) or before is None:
        return before
    if positional and isinstance(key, int):
        key = names_of(made)[key]
    return _with(made, before, (key, value), asked, also=condition)


def _with(
    made: Any, before: Columns | None, item: tuple[Any, Any], asked: Asked, *, also: Any = None
) -> Columns | None:
    """Return columns of which some were given another value, in rows that `also` chooses."""
    if before is None:
        return None
    key, value = item
    given, old = asked.of(value), asked.of(also)
    if isinstance(key, str | int | tuple) or not isinstance(key, Iterable):
        keys = [str(key)]
    else:
        keys = [str(one) for one in key]
    new: dict[str, Feed] = {}
    for place, name in enumerate(keys):
        parts = [before.feed(name)] if also is not None and before.feed(name) else []
        if given is not None and len(given.names) == len(keys) > 1:
            parts.append(given.feeds[place])
        else:
            parts.append(_given(name, value, before, asked))
        operation = asked.operation if also is not None else None
        made_of = merged([part for part in parts if part is not None], operation)
        if not made_of.sources and old is not None:
            # Constants say where the condition held.
            made_of = merged([old.all()], operation)
        new[name] = made_of
    names = names_of(made)
    feeds = tuple(new[n] if n in new else before.feed(n) or Feed() for n in names)
    return Columns(names, feeds)


def _given(name: str, value: Any, before: Columns, asked: Asked) -> Feed:
    """Return what a value that becomes a column was made of."""
    given = asked.of(value)
    if given is not None:
        return given.feed(name) or given.all()
    if name in before.levels and asked.operation.name in ("reset_index", "agg", "aggregate"):
        return before.levels[name]
    if _is_plain(value):
        return Feed()
    if asked.operation.name not in ("assign", "insert"):  # pandas itself puts it there
        own = before.feed(name)
        return merged([own if own is not None else before.all()], asked.operation)
    return before.levels.get(name) or _read_in_code(asked, value) or Feed()


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float | bool | type(None))


def _read_in_code(asked: Asked, value: Any) -> Feed | None:
    """Return what the code says of a value that nobody saw being made."""
    from forebear.capture.reading import columns_in_code

    found = columns_in_code(asked.tracker, value)
    return merged(found, asked.operation) if found else None


def _merge(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """Return the columns of a join: those of both sides, suffixes taken off."""
    frames = [found for one in parents if one is not made and (found := asked.of(one)) is not None]
    if not frames:
        return asked.of(made)
    suffixes = asked.kwargs.get("suffixes") or ("_x", "_y")
    endings = [str(end) for end in suffixes if end]
    if asked.operation.name == "join":
        endings += [str(asked.kwargs.get(side) or "") for side in ("lsuffix", "rsuffix")]
    names = names_of(made)
    keys = _merge_keys(made, parents, asked)
    right, inside = asked.kwargs.get("keys", {}), asked.of(made)
    feeds: list[Feed] = []
    for name in names:
        same = [feed for found in frames if (feed := found.feed(name)) is not None]
        for place, ending in enumerate(endings):
            if not same and ending and name.endswith(ending):
                side = frames[min(place % 2, len(frames) - 1)]
                same = [f for f in (side.feed(name[: -len(ending)]),) if f is not None]
        beside = keys if name not in frames[0].names else []
        if not same and len(frames) == 1:  # it is of the other side, of which nothing is known
            same = [merged([frames[0].all()], asked.operation)]
        equal = right.get(name)
        if equal is None and inside is not None and name in asked.operation.by:
            equal = inside.feed(name)  # as it was told inside this join
        feeds.append(merged([*same, *beside, *([equal] if equal is not None else [])]))
    return Columns(names, tuple(feeds))


def _merge_keys(made: Any, parents: Sequence[Any], asked: Asked) -> list[Feed]:
    """Return what the keys are made of where figures of groups come back to their rows.

    Such a figure says which group a row is in, as the key does.
    """
    pair = [one for one in parents if one is not made]
    if len(pair) != 2:
        return []
    left, right = (asked.tracker.get(one) for one in pair)
    if left is None or right is None:
        return []
    shared = [source for source in left.sources() if source in right.sources()]
    if not any(
        is_pooled(right.relation(one)) and not is_pooled(left.relation(one)) for one in shared
    ):
        return []
    columns = asked.of(pair[0])
    labels = asked.operation.by
    if columns is None:
        return []
    return [f for n, f in zip(columns.names, columns.feeds, strict=True) if n in labels]


def _dummies(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """`get_dummies`: each new column is made of the one whose name it begins with."""
    known = _known([one for one in parents if one is not made], asked)
    if not known:
        return None
    source = known[0][1]
    operation, names = asked.operation, names_of(made)
    prefix, chosen = asked.kwargs.get("prefix"), asked.kwargs.get("columns")
    before = sorted(source.names, key=len, reverse=True)
    spoken = {name: name for name in before}
    if isinstance(prefix, Mapping):
        spoken = {str(word): str(name) for name, word in prefix.items()}
    elif isinstance(prefix, list) and isinstance(chosen, list):
        spoken = dict(zip(map(str, prefix), map(str, chosen), strict=False))
    feeds = []
    for name in names:
        feed = source.feed(name)
        if feed is None:
            root = next((spoken[word] for word in spoken if name.startswith(word + "_")), None)
            one = source.feed(root) if root is not None else None
            feed = merged([one or source.all()], operation)
        feeds.append(feed)
    return Columns(names, tuple(feeds))


def _melt(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    known = _known([one for one in parents if one is not made], asked)
    if not known:
        return None
    source = known[0][1]
    chosen = _listed(asked.option(2, "value_vars"))
    spread = chosen or [name for name in source.names if name not in names_of(made)]
    melted = [feed for name in spread if (feed := source.feed(name)) is not None]
    value = merged(melted, asked.operation)
    return Columns(names_of(made), tuple(source.feed(n) or value for n in names_of(made)))


def _pivot(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """`pivot` and `pivot_table`: values spread over columns, by keys."""
    known = _known([one for one in parents if one is not made], asked)
    if not known:
        return None
    source = known[0][1]
    table = asked.function == "pivot_table"
    words = ("values", "index", "columns") if table else ("columns", "index", "values")
    parts = {word: asked.kwargs.get(word) for word in words}
    for place, word in enumerate(words):
        if parts[word] is None and len(asked.args) > place + 1:
            parts[word] = asked.args[place + 1]
    chosen = [_listed(parts[word]) for word in ("values", "columns", "index")]
    of = [f for names in chosen[:2] for n in names if (f := source.feed(n)) is not None]
    asked.operation.by.update(dict.fromkeys(chosen[2]))
    feed = merged(of, asked.operation) if of else merged([source.all()], asked.operation)
    levels = {n: f for n in chosen[2] if (f := source.feed(n)) is not None}
    return Columns(names_of(made), (feed,) * len(names_of(made)), levels)


def _unstacked(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """`stack`, `unstack`: values go below each other, or into columns named by their labels."""
    known = _known([one for one in parents if one is not made], asked)
    if not known:
        return None
    whole, source = known[0]
    moved: list[Feed] = []
    if asked.function == "unstack":
        level = asked.option(1, "level")
        names = getattr(whole.index.get_level_values(-1 if level is None else level), "names", ())
        moved = [feed for name in names if (feed := source.levels.get(str(name))) is not None]
    feeds = []
    for label in made.columns if hasattr(made, "columns") else [made.name]:
        outer = str(label[0]) if isinstance(label, tuple) else str(label)
        feeds.append(merged([source.feed(outer) or source.all(), *moved], asked.operation))
    return Columns(names_of(made), tuple(feeds))


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def _set_index(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    found = _by_name(made, parents, asked)
    for one in parents:
        source = asked.of(one)
        if source is not None and found is not None:
            keys = _listed(asked.option(1, "keys"))
            levels = {key: feed for key in keys if (feed := source.feed(key)) is not None}
            found = found._replace(levels={**found.levels, **levels})
    return found


def _concat(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """Return the columns of frames beside each other by position, below each other by name."""
    others = [one for one in parents if one is not made]
    known = _known(others, asked)
    if not known:
        return asked.of(made)
    names = names_of(made)
    if getattr(made, "columns", None) is None:
        return Columns(names, (merged(found.all() for _, found in known),))
    beside = sum(len(found.names) for _, found in known) == len(names)
    if beside and (len(known) > 1 or len(names) == 1):
        return Columns(names, tuple(f for _, found in known for f in found.feeds))
    return _by_name(made, others, asked)


def grouped_columns(made: Any, groups: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """Return the columns that a group-by has made: each of its own column, counts of the keys."""
    keys = dict(_keys(groups, asked))
    asked.operation.by.update(dict.fromkeys(keys))
    known = _known([p for p in parents if p is not made], asked)
    frame = _grouped_frame(groups, asked)
    sources = [found for _, found in known] + ([frame] if frame is not None else [])
    if not sources:
        return asked.of(made)
    named = {str(k): v for k, v in asked.kwargs.items() if isinstance(v, tuple) and len(v) == 2}
    feeds = []
    names = names_of(made)
    labels = list(getattr(made, "columns", [])) or [getattr(made, "name", None)]
    for name, label in zip(names, labels, strict=False):
        if name in keys:
            feeds.append(keys[name])
            continue
        wanted = str(named[name][0]) if name in named else name
        outer = str(label[0]) if isinstance(label, tuple) and label else wanted
        own = next((f for s in sources for w in (wanted, outer) if (f := s.feed(w))), None)
        if own is None and len(sources[0].names) == 1:
            own = sources[0].all()
        chosen = getattr(groups, "_selection", None)
        if own is None and chosen is not None and not isinstance(chosen, list):
            own = sources[0].feed(str(chosen))
        counted = asked.function in ("size", "ngroup", "cumcount")
        parts = keys.values() if counted else [own or sources[0].all()]
        feeds.append(merged(parts, asked.operation))
    return Columns(names, tuple(feeds), keys)


def _keys(groups: Any, asked: Asked) -> Iterable[tuple[str, Feed]]:
    for grouping in getattr(groups._grouper, "groupings", ()):
        source = asked.of(getattr(grouping, "obj", None))
        feed = source.feed(str(grouping.name)) if source is not None else None
        if feed is not None:
            yield str(grouping.name), feed


def _grouped_frame(groups: Any, asked: Asked) -> Columns | None:
    for grouping in getattr(groups._grouper, "groupings", ()):
        found = asked.of(getattr(grouping, "obj", None))
        if found is not None:
            return found
    return None


def _of_all(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """Return columns made of all that went in, which is more than pandas tells inside."""
    fresh = [one for one in parents if one is not made]
    asked.operation.pooled |= asked.function == "map" and len(fresh) > 1
    if asked.function in ("where", "mask") and len(fresh) > 1:
        fresh = [one for one in fresh if one is not asked.option(1, "cond")]
    if getattr(made, "columns", None) is not None:
        return _by_name(made, fresh, asked)
    return _of_series(made, fresh, asked)


_Rule = Callable[[Any, Sequence[Any], Asked], "Columns | None"]
RULES: Final[dict[str, _Rule]] = {
    "__delitem__": _without,
    "__init__": _constructed,
    "__setitem__": _set_item,
    "insert": _set_item,
    "set_at": _set_at,
    "merge": _merge,
    "get_dummies": _dummies,
    "melt": _melt,
    "pivot": _pivot,
    "pivot_table": _pivot,
    "stack": _unstacked,
    "unstack": _unstacked,
    "set_index": _set_index,
    "concat": _concat,
    **dict.fromkeys(
        "__getitem__ _arith_method _cmp_method _logical_method _flex_method where mask fillna"
        " replace clip isin"
        " map combine combine_first dot case_when apply to_numpy __array__".split(),
        _of_all,
    ),
}


def is_pandas(thing: Any) -> bool:
    """Tell whether a thing is a frame or series of pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(thing, pandas.DataFrame | pandas.Series)
