"""polars: the numbers of rows that a shadow holds, as relations to where they come from."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

from forebear.capture.integrations._polars_columns import schema_of
from forebear.capture.integrations._polars_shadows import Anchor, Shadow
from forebear.capture.passage import SAME, Columns, Relation, combined
from forebear.capture.tracker import Origin

__all__ = ["IN_MEMORY", "collected", "is_large", "looked_up", "relation"]

_MOST_ROWS: Final = 500_000
"""The number of rows up to which a lazy query is asked once more for row numbers."""
_MOST_COMPARED: Final = 2
_FEW: Final = 1000
IN_MEMORY: Final = "in-memory"
"""How polars works out what is asked of a frame in memory: the same way each time."""


def collected(shadow: Shadow, result: Any, engine: Any = IN_MEMORY) -> dict[Anchor, Relation]:
    """Return which rows of its sources are in what a frame has become."""
    asked = shadow.free or (shadow.unsure and engine != IN_MEMORY)  # in memory the order is sure
    compared = _compared(shadow, result) if asked else []
    numbers = shadow.frame.select([*shadow.numbers, *compared])
    numbers = numbers.collect(engine=engine)
    if numbers.height != result.height:
        return {}
    if compared or shadow.free:
        numbers = _in_order_of(result, numbers, compared, free=shadow.free)
        if numbers is None:
            return {}
    found: dict[Anchor, Relation] = {}
    for name, anchor in shadow.numbers.items():
        way = relation(numbers[name], anchor.rows(), nested=shadow.nested)
        found[anchor] = combined(found[anchor], way) if anchor in found else way
    return found


def is_large(shadow: Shadow) -> bool:
    """Tell whether asking a lazy query once more costs too much."""
    return any(anchor.rows() > _MOST_ROWS for anchor in shadow.numbers.values())


def looked_up(
    sources: Iterable[tuple[Anchor, Origin]], result: Any, columns: Columns
) -> dict[Anchor, Relation]:
    """Return which rows of its sources are in a large result, by a column that names them.

    Where a column of the result holds values of a source as they are, and there each value
    stands in one row only, a value says which row it came from.
    """
    found: dict[Anchor, Relation] = {}
    for anchor, origin in sources:
        for name, feed in zip(columns.names, columns.feeds, strict=True):
            if feed.through or len(feed.sources) != 1 or not anchor.quick:
                continue
            ((of, column),) = feed.sources
            exact = result.schema[name].is_integer() or result.schema[name] == _text()
            if of is origin and exact and anchor not in found:
                way = _by_value(anchor, column, result[name])
                if way is not None:
                    found[anchor] = way
    return found


def _text() -> Any:
    return sys.modules["polars"].String


def _by_value(anchor: Anchor, column: str, values: Any) -> Relation:
    """Return the rows of a source by the values of one of its columns, if those are unique."""
    named = anchor.frame.select(column)
    if not _tells_apart(named.head(_FEW).collect()[column]):
        return None
    named = named.with_row_index(_FOUND).collect()
    if not _tells_apart(named[column]):
        return None
    asked = values.alias(column).to_frame()
    rows = asked.join(named, on=column, how="left", maintain_order="left")
    return relation(rows[_FOUND], named.height)


def _compared(shadow: Shadow, result: Any) -> list[str]:
    """Return columns by which rows are told apart: one that is exact, and unique if it has to."""
    has = schema_of(shadow.frame)
    known = [(n, type) for n, type in result.schema.items() if n in has and not type.is_nested()]
    exact = [name for name, type in known if type.is_integer() or type.is_temporal()]
    exact += [name for name, type in known if name not in exact and not type.is_float()]
    if not shadow.free:
        return (exact or [name for name, _ in known])[:_MOST_COMPARED]
    for name in exact:
        if _tells_apart(result[name].head(_FEW)) and _tells_apart(result[name]):
            return [name]
    if result.height > _MOST_ROWS:
        return []
    telling = bool(exact) and _tells_apart(result.select(exact))
    return exact if telling else [name for name, _ in known]


def _tells_apart(values: Any) -> bool:
    """Tell whether no two rows are alike."""
    return (
        int(values.n_unique()) == values.len()
        if hasattr(values, "len")
        else bool(values.is_unique().all())
    )


def _in_order_of(result: Any, numbers: Any, names: Sequence[str], *, free: bool) -> Any:
    """Return row numbers in the order of the result, None where that can't be told."""
    if not names:
        return None
    here, there = result.select(names), numbers.select(names)
    if not free and here.equals(there):
        return numbers
    if not bool(here.is_unique().all()):
        return None
    polars: Any = sys.modules["polars"]
    numbers = numbers.with_columns(polars.lit(True).alias(_FOUND))
    found = here.join(numbers, on=names, how="left", nulls_equal=True, maintain_order="left")
    return (
        found if found.height == result.height and found[_FOUND].all(ignore_nulls=False) else None
    )


_FOUND: Final = "__forebear_found__"


def relation(numbers: Any, height: int, *, nested: bool = False) -> Relation:
    """Return numbers of rows as a relation to a source of that height."""
    from forebear.engines import rowmaps

    polars, numpy = sys.modules["polars"], sys.modules["numpy"]
    if not nested:
        positions = numbers.cast(polars.Int64).fill_null(-1).to_numpy()
        found = rowmaps.take(positions, height)
        return SAME if found.is_identity() else found
    held = numbers.list.drop_nulls()
    outs = numpy.repeat(numpy.arange(len(held)), held.list.len().to_numpy())
    ins = held.explode().drop_nulls().cast(polars.Int64).to_numpy()
    return rowmaps.pairs(outs, ins, len(held), height)
