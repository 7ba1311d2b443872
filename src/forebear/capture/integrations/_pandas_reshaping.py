"""pandas: columns of joins, pivots, stacks and groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from forebear.capture.integrations._pandas_asked import Asked, known_of
from forebear.capture.integrations._pandas_names import by_name
from forebear.capture.passage import Columns, Feed, is_pooled, merged, names_of

__all__ = [
    "concatenated",
    "dummies",
    "grouped_columns",
    "indexed",
    "joined",
    "melted",
    "pivoted",
    "unstacked",
]


def joined(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
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


def dummies(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """`get_dummies`: each new column is made of the one whose name it begins with."""
    known = known_of([one for one in parents if one is not made], asked)
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


def melted(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    known = known_of([one for one in parents if one is not made], asked)
    if not known:
        return None
    source = known[0][1]
    chosen = _listed(asked.option(2, "value_vars"))
    kept = set(names_of(made))
    spread = chosen or [name for name in source.names if name not in kept]
    melted = [feed for name in spread if (feed := source.feed(name)) is not None]
    value = merged(melted, asked.operation)
    return Columns(names_of(made), tuple(source.feed(n) or value for n in names_of(made)))


def pivoted(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """`pivot` and `pivot_table`: values spread over columns, by keys."""
    known = known_of([one for one in parents if one is not made], asked)
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


def unstacked(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """`stack`, `unstack`: values go below each other, or into columns named by their labels."""
    known = known_of([one for one in parents if one is not made], asked)
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


def indexed(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    found = by_name(made, parents, asked)
    for one in parents:
        source = asked.of(one)
        if source is not None and found is not None:
            keys = _listed(asked.option(1, "keys"))
            levels = {key: feed for key in keys if (feed := source.feed(key)) is not None}
            found = found.with_levels({**found.levels, **levels})
    return found


def concatenated(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """Return the columns of frames beside each other by position, below each other by name."""
    others = [one for one in parents if one is not made]
    known = known_of(others, asked)
    if not known:
        return asked.of(made)
    names = names_of(made)
    if getattr(made, "columns", None) is None:
        return Columns(names, (merged(found.all() for _, found in known),))
    beside = sum(len(found.names) for _, found in known) == len(names)
    if beside and (len(known) > 1 or len(names) == 1):
        return Columns(names, tuple(f for _, found in known for f in found.feeds))
    return by_name(made, others, asked)


def grouped_columns(made: Any, groups: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """Return the columns that a group-by has made: each of its own column, counts of the keys."""
    keys = dict(_keys(groups, asked))
    asked.operation.by.update(dict.fromkeys(keys))
    known = known_of([p for p in parents if p is not made], asked)
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
