"""What a value that was done again is made of, told from what went into it (see `replay`)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

from forebear.capture.passage import (
    SAME,
    Columns,
    Feed,
    Relation,
    lost,
    merged,
    names_of,
    through,
)
from forebear.capture.tracker import Operation, Origin

__all__ = [
    "Again",
    "Seen",
    "Several",
    "Unknown",
    "again_of",
    "are_aligned",
    "chosen_columns",
    "expect_data",
    "is_array",
    "is_frame",
    "is_number",
    "is_plain",
    "joined_ways",
    "origin_of",
    "picked_from",
    "rank_of",
    "same_values",
    "set_below",
    "set_beside",
]


class Unknown(Exception):
    """An expression that is not done again."""


class Again(Operation):
    """An operation that was not seen when it was done, and is done again."""

    __slots__ = ()


class Seen(NamedTuple):
    """A value, and where it comes from where that is known.

    `sure` says that nothing went into it whose own origin is unknown, but to choose rows.
    """

    value: Any
    origin: Origin | None = None
    sure: bool = True


class Several(Origin):
    """Where the parts of a list or tuple come from."""

    __slots__ = ("parts",)

    def __init__(self, parts: list[Seen]) -> None:
        super().__init__()
        self.parts = parts


def again_of(name: str) -> Operation:
    """Return an operation that was done again, at a line that is told later."""
    return Again(name, -1)


def origin_of(
    ways: Sequence[tuple[Origin, Relation]],
    name: str,
    columns: Columns | None,
    operation: Operation | None = None,
) -> Origin:
    """Return an origin made of others in one operation."""
    operation = operation or again_of(name)
    operation.lost |= lost([origin for origin, _ in ways], columns)
    operation.table = columns is not None and len(columns.names) > 1
    rows: dict[Origin, Relation] = {}
    before: dict[Operation, None] = {}
    for origin, way in ways:
        if isinstance(origin, Several):
            raise Unknown
        for source in origin.sources():
            found = through(way, origin.relation(source))
            if rows.get(source) is None:
                rows[source] = found
        if origin.artifact is None:
            before.update(dict.fromkeys(origin.operations))
    roles = {origin.role for origin, _ in ways}
    return Origin(
        parents=tuple(rows),
        operations=(*before, operation),
        role=roles.pop() if len(roles) == 1 else None,
        exact=all(origin.exact for origin, _ in ways),
        rows=rows,
        columns=columns,
    )


def picked_from(base: Seen, index: Any, value: Any) -> Origin:
    """Return the origin of rows, or columns, that were picked from an array."""
    from forebear.engines.rowmaps import identity

    assert base.origin is not None
    parts = index if isinstance(index, tuple) else (index,)
    rows, columns = parts[0], parts[1] if len(parts) > 1 else None
    operation = again_of("select")
    operation.rows_in = len(base.value)
    relation: Relation = SAME
    if isinstance(rows, int | sys.modules["numpy"].integer):
        relation = None
    elif not (isinstance(rows, slice) and rows == slice(None)):
        relation = identity(len(base.value)).pick(rows)
    known = base.origin.columns
    chosen = chosen_columns(known, columns, value) if known is not None else None
    if rank_of(value):
        operation.rows_out = len(value)
    return origin_of([(base.origin, relation)], "select", chosen, operation)


def chosen_columns(known: Columns, columns: Any, value: Any) -> Columns | None:
    """Return the columns that an index picks out of known ones."""
    names = names_of(value)
    if columns is None:
        same = len(names) == len(known.names)
        return Columns(names, known.feeds if same else (known.all(),) * len(names))
    if len(known.feeds) == 1:
        return Columns(names, known.feeds * len(names))
    numpy = sys.modules["numpy"]
    places = numpy.arange(len(known.feeds))[columns]
    feeds = tuple(known.feeds[int(place)] for place in numpy.atleast_1d(places))
    if len(feeds) != len(names):
        return None
    return Columns(names, feeds)


def set_beside(parts: Sequence[Seen], value: Any, name: str) -> Origin | None:
    """Return where a table is from whose columns are those of its parts, side by side."""
    known = [one for one in parts if one.origin is not None]
    if not known:
        return None
    names = names_of(value)
    feeds: list[Feed] = []
    for one in parts:
        columns = one.origin.columns if one.origin is not None else None
        width = one.value.shape[1] if rank_of(one.value) > 1 else 1
        inside = columns is not None and len(columns.feeds) == width
        feeds += columns.feeds if inside and columns is not None else [Feed()] * width
    columns = Columns(names, tuple(feeds)) if len(feeds) == len(names) else None
    return origin_of([(o, SAME) for one in known if (o := one.origin) is not None], name, columns)


def set_below(parts: Sequence[Seen], value: Any, name: str) -> Origin | None:
    """Return where a table is from whose rows are those of its parts, one below the other."""
    from forebear.engines.rowmaps import take

    numpy = sys.modules["numpy"]
    ways: list[tuple[Origin, Relation]] = []
    found: list[Columns] = []
    before = 0
    rows: dict[Origin, Any] = {}
    for one in parts:
        size = len(one.value)
        if one.origin is not None:
            positions = numpy.full(len(value), -1)
            positions[before : before + size] = numpy.arange(size)
            ways.append((one.origin, take(positions, size)))
            found += [one.origin.columns] if one.origin.columns is not None else []
        before += size
    if not ways or before != len(value):
        return None
    names = names_of(value)
    columns = None
    if all(len(each.feeds) == len(names) for each in found):
        feeds = tuple(merged(each.feeds[at] for each in found) for at in range(len(names)))
        columns = Columns(names, feeds)
    made = origin_of(ways, name, columns)
    for origin, way in ways:
        for source in origin.sources():
            relation = through(way, origin.relation(source))
            known = rows.get(source, relation)
            rows[source] = relation if known is relation else joined_ways(known, relation)
    made.rows = rows
    return made


def joined_ways(one: Relation, two: Relation) -> Relation:
    """Return one relation and then the other; None where either is not known."""
    return None if one is None or two is None else one.joined(two)


# Values --------------------------------------------------------------------------------------


def is_array(value: Any) -> bool:
    """Tell whether it is an array with no behaviour of its own."""
    return isinstance(value, sys.modules["numpy"].ndarray) and is_plain(value)


def is_plain(value: Any) -> bool:
    """Tell whether a thing's class is the library's own: others may do what they like."""
    return type(value).__module__.partition(".")[0] in ("numpy", "pandas")


def is_frame(value: Any) -> bool:
    """Tell whether it is a table or column of pandas."""
    return hasattr(value, "iloc") and is_plain(value)


def rank_of(value: Any) -> int:
    """Return in how many dimensions a value lies."""
    return int(getattr(value, "ndim", 0))


def are_aligned(value: Any, other: Any) -> bool:
    """Tell whether two values have the same number of rows."""
    return rank_of(value) > 0 and rank_of(other) > 0 and len(value) == len(other)


def expect_data(seen: Sequence[Seen]) -> None:
    """Refuse operators of classes of the user's own."""
    for one in seen:
        if not (is_array(one.value) or is_frame(one.value) or is_number(one.value)):
            raise Unknown


def is_number(value: Any) -> bool:
    """Tell whether it is one value and no array."""
    return isinstance(value, int | float | complex | str | bool | sys.modules["numpy"].generic)


def same_values(value: Any, thing: Any) -> bool:
    """Tell whether two arrays are equal, value for value."""
    numpy = sys.modules["numpy"]
    if value is thing:
        return True
    if not (is_array(value) and is_array(thing)):
        return False
    if value.shape != thing.shape or value.dtype != thing.dtype:
        return False
    nan = value.dtype.kind in "fc"
    return bool(numpy.array_equal(value, thing, equal_nan=nan))
