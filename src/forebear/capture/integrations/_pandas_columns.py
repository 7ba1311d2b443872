"""pandas: what each column of a frame was made of.

A column that keeps its name through an operation was made of the column of that name. The
operations that make other columns have rules of their own here. Where no rule fits, a column
may come from every column that went in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from forebear.capture.integrations._pandas_asked import Asked, known_of
from forebear.capture.integrations._pandas_names import by_name, labels_of, of_series
from forebear.capture.integrations._pandas_reshaping import (
    concatenated,
    dummies,
    indexed,
    joined,
    melted,
    pivoted,
    unstacked,
)
from forebear.capture.passage import Columns, Feed, merged, names_of

__all__ = ["RULES", "columns"]

_POOLED: Final = frozenset({"rank", "qcut", "value_counts", "quantile"})
"""Operations whose values depend on all rows."""


def columns(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """Return what the columns of `made` were made of; None where that was not seen."""
    rule = RULES.get(asked.function)
    asked.operation.pooled |= asked.operation.name in _POOLED
    found = rule(made, parents, asked) if rule is not None else None
    if found is None:
        framed = getattr(made, "columns", None) is not None
        found = (by_name if framed else of_series)(made, parents, asked)
    if found is None:
        return None
    return found.with_levels({**labels_of(made, parents, asked), **found.levels})


def _constructed(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """A frame made of one array has its columns, under names of its own."""
    known = known_of([one for one in parents if one is not made], asked)
    if len(known) != 1 or getattr(known[0][0], "columns", None) is not None:
        return None
    names, found = names_of(made), known[0][1]
    return Columns(names, found.feeds) if len(names) == len(found.feeds) else None


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


def _of_all(made: Any, parents: Sequence[Any], asked: Asked) -> Columns | None:
    """Return columns made of all that went in, which is more than pandas tells inside."""
    fresh = [one for one in parents if one is not made]
    asked.operation.pooled |= asked.function == "map" and len(fresh) > 1
    if asked.function in ("where", "mask") and len(fresh) > 1:
        fresh = [one for one in fresh if one is not asked.option(1, "cond")]
    if getattr(made, "columns", None) is not None:
        return by_name(made, fresh, asked)
    return of_series(made, fresh, asked)


_Rule = Callable[[Any, Sequence[Any], Asked], "Columns | None"]


RULES: Final[dict[str, _Rule]] = {
    "__delitem__": _without,
    "__init__": _constructed,
    "__setitem__": _set_item,
    "insert": _set_item,
    "set_at": _set_at,
    "merge": joined,
    "get_dummies": dummies,
    "melt": melted,
    "pivot": pivoted,
    "pivot_table": pivoted,
    "stack": unstacked,
    "unstack": unstacked,
    "set_index": indexed,
    "concat": concatenated,
    **dict.fromkeys(
        "__getitem__ _arith_method _cmp_method _logical_method _flex_method where mask fillna"
        " replace clip isin"
        " map combine combine_first dot case_when apply to_numpy __array__".split(),
        _of_all,
    ),
}
