"""pandas: columns made of those of the same name, where no rule says more."""

from __future__ import annotations

from collections.abc import Sequence
from types import CodeType
from typing import Any, Final

from forebear.capture.integrations._pandas_asked import Asked, is_wide, known_of
from forebear.capture.passage import Columns, Feed, merged, names_of

__all__ = ["by_name", "labels_of", "of_series"]

_CONSTANTS: Final = 400


def by_name(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """Return columns made of those of the same name, and of all series that went in beside."""
    known = known_of(parents, asked)
    frames = [found for one, found in known if getattr(one, "ndim", 0) == 2 or is_wide(one, found)]
    selecting = asked.function in ("__getitem__", "take") or not asked.changes()
    beside = [] if selecting else [f.all() for o, f in known if f not in frames]
    if not frames and not known:
        return None
    asked.operation.pooled |= any(is_wide(one, found) for one, found in known)
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


def labels_of(made: Any, parents: Sequence[Any], asked: Asked) -> dict[str, Feed]:
    """Return what the labels of the rows were made of, where they were columns once."""
    frames = [found for _, found in known_of(parents, asked)]
    levels = {name: feed for found in reversed(frames) for name, feed in found.levels.items()}
    for name in getattr(getattr(made, "index", None), "names", None) or ():
        feeds = [feed for found in frames if (feed := found.feed(str(name))) is not None]
        if name is not None and feeds:
            levels[str(name)] = feeds[0]
    return levels


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


def of_series(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """Return the columns of a series or array."""
    known = known_of(parents, asked)
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
