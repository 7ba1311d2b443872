"""pyarrow: what each column of a table, or an array, was made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from forebear.capture.flow import Made
from forebear.capture.integrations._pyarrow_rows import named_in
from forebear.capture.passage import Columns, Feed, merged
from forebear.capture.tracker import Operation, Tracker

__all__ = ["Asked", "columns", "is_table", "names_of"]

_PASSING: Final = frozenset(
    "select drop drop_columns append_column add_column set_column remove_column rename_columns"
    " slice filter take sort_by drop_null to_pandas to_numpy column combine_chunks to_batches table"
    " record_batch from_pandas from_arrays from_pydict from_batches concat_tables concat_arrays"
    " chunked_array array replace_schema_metadata unify_dictionaries sort unique array_filter"
    " array_take __array__ group_by itercolumns chunk concat_batches".split()
)
"""Functions that leave the values of a column as they are."""


class Asked(NamedTuple):
    """One call: what is needed to say what columns were made of."""

    tracker: Tracker
    operation: Operation
    made: Made
    parents: Sequence[Any]
    """The known things that it was made of."""

    def of(self, thing: Any) -> Columns | None:
        """Return what the columns of a known thing were made of."""
        origin = self.tracker.get(thing)
        return origin.columns if origin is not None else None


def is_table(thing: Any) -> bool:
    """Tell whether a thing has columns with names."""
    return hasattr(thing, "column_names") or hasattr(thing, "columns")


def names_of(thing: Any) -> tuple[str, ...]:
    """Return the names of a thing's columns: positions for an array of two dimensions."""
    labels = getattr(thing, "column_names", None)
    labels = getattr(thing, "columns", None) if labels is None else labels
    if labels is not None:
        return tuple(map(str, labels))
    if getattr(thing, "ndim", 1) == 2:
        return tuple(map(str, range(thing.shape[1])))
    name = getattr(thing, "name", None)
    return (name if isinstance(name, str) else "",)


def columns(asked: Asked) -> Columns | None:
    """Return what the columns of what was made were made of; None where that was not seen."""
    rule = _RULES.get(asked.made.function)
    if rule is not None:
        found = rule(asked)
        if found is not None:
            return found
    return _by_name(asked)


def _known(asked: Asked) -> list[Columns]:
    return [found for one in asked.parents if (found := asked.of(one)) is not None]


def _by_name(asked: Asked) -> Columns | None:
    """Return columns made of those of the same name, or of all that went in."""
    known, names = _known(asked), names_of(asked.made.thing)
    if not known:
        return None
    operation = None if asked.made.function in _PASSING else asked.operation
    if operation is None and len(known[0].names) == len(names) and len(known) == 1:
        return Columns(names, known[0].feeds)
    if operation is None and len(names) == sum(len(one.names) for one in known):
        return Columns(names, tuple(feed for one in known for feed in one.feeds))
    every = merged((one.all() for one in known), operation)
    feeds = []
    for name in names:
        same = [feed for one in known if (feed := one.feed(name)) is not None and name]
        feeds.append(merged(same, operation) if same else every)
    return Columns(names, tuple(feeds))


# Operations with rules of their own ------------------------------------------------------------


def _column(asked: Asked) -> Columns | None:
    """`table["a"]`: one column, under no name of its own."""
    table, key = asked.made.args[0], asked.made.args[1]
    found = asked.of(table)
    if found is None:
        return None
    feed = found.feed(table.schema.names[key] if isinstance(key, int) else str(key))
    return Columns(("",), (feed,)) if feed is not None else None


def _with_column(asked: Asked) -> Columns | None:
    """A column put into a table: it is made of the array that was given for it."""
    table, value = asked.made.args[0], asked.made.args[-1]
    before, given, names = asked.of(table), asked.of(value), names_of(asked.made.thing)
    value = asked.made.kwargs.get("column", value)
    given = asked.of(value)
    field = asked.made.kwargs.get("field_", asked.made.args[-2])
    new = str(getattr(field, "name", field))
    feed = given.all() if given is not None else Feed()
    found = {} if before is None else dict(zip(before.names, before.feeds, strict=True))
    return Columns(names, tuple(feed if n == new else found.get(n, Feed()) for n in names))


def _renamed(asked: Asked) -> Columns | None:
    found, names = asked.of(asked.made.args[0]), names_of(asked.made.thing)
    return Columns(names, found.feeds) if found is not None else None


def _filtered(asked: Asked) -> Columns | None:
    """Columns stay; those that the mask was made of decide about rows."""
    source, rest = asked.made.args[0], [*asked.made.args[1:], *asked.made.kwargs.values()]
    found = asked.of(source)
    if found is None:
        return None
    for mask in rest:
        if type(mask).__name__ == "Expression":
            asked.operation.by.update(dict.fromkeys(named_in(mask, found.names)))
        elif (made_of := asked.of(mask)) is not None:
            names = sorted(name for _, name in made_of.all().sources)
            asked.operation.by.update(dict.fromkeys(names))
    return Columns(names_of(asked.made.thing), found.feeds)


def _sorted(asked: Asked) -> Columns | None:
    found = asked.of(asked.made.args[0])
    for key in [*asked.made.args[1:], *asked.made.kwargs.values()]:
        keys = [(key,)] if isinstance(key, str) else key
        asked.operation.by.update(dict.fromkeys(str(one[0]) for one in keys))
    return found


def _aggregated(asked: Asked) -> Columns | None:
    groups = asked.made.args[0]
    found, names = asked.of(groups._table), names_of(asked.made.thing)
    if found is None:
        return None
    keys = [groups.keys] if isinstance(groups.keys, str) else list(groups.keys)
    asked.operation.by.update(dict.fromkeys(keys))
    given = asked.made.args[1] if len(asked.made.args) > 1 else asked.made.kwargs["aggregations"]
    made_of = {}
    for aggregation in given:
        of, function = aggregation[0], aggregation[1]
        of = [of] if isinstance(of, str) else list(of)
        feeds = [feed for one in of if (feed := found.feed(one)) is not None]
        made_of["_".join([*of, function])] = merged(feeds, asked.operation if feeds else None)
    made_of |= {name: feed for name in keys if (feed := found.feed(name)) is not None}
    return Columns(names, tuple(made_of.get(name) or Feed() for name in names))


def _joined(asked: Asked) -> Columns | None:
    """Return the columns of a join: those of both sides, suffixes taken off."""
    made = asked.made
    right = made.kwargs.get("right_table", made.args[1] if len(made.args) > 1 else None)
    keys = made.kwargs.get("keys", made.args[2] if len(made.args) > 2 else [])
    asked.operation.by.update(dict.fromkeys([keys] if isinstance(keys, str) else keys))
    sides = (
        (asked.of(made.args[0]), made.kwargs.get("left_suffix") or ""),
        (asked.of(right), made.kwargs.get("right_suffix") or ""),
    )
    names = names_of(made.thing)
    feeds = []
    for name in names:
        plain = [feed for side, _ in sides if side and (feed := side.feed(name)) is not None]
        ended = [
            feed
            for side, end in sides
            if side and end and name.endswith(end)
            and (feed := side.feed(name.removesuffix(end))) is not None
        ]  # fmt: skip
        feeds.append(plain[0] if plain else merged(ended))
    return Columns(names, tuple(feeds))


def _of_dict(asked: Asked) -> Columns | None:
    """`pa.table({...})`: each column is made of the array that was given for it."""
    data = next((one for one in asked.made.args if isinstance(one, dict)), None)
    if data is None:
        return None
    feeds = [found.all() if (found := asked.of(one)) else Feed() for one in data.values()]
    names = names_of(asked.made.thing)
    return Columns(names, tuple(feeds)) if len(names) == len(feeds) else None


_Rule = Callable[[Asked], "Columns | None"]
_RULES: Final[dict[str, _Rule]] = {
    **dict.fromkeys(("append_column", "add_column", "set_column"), _with_column),
    **dict.fromkeys(("rename_columns", "combine_chunks"), _renamed),
    **dict.fromkeys(("filter", "array_filter", "take", "array_take", "slice"), _filtered),
    **dict.fromkeys(("join", "join_asof"), _joined),
    **dict.fromkeys(("table", "from_pydict", "record_batch"), _of_dict),
    "column": _column,
    "sort_by": _sorted,
    "aggregate": _aggregated,
}
