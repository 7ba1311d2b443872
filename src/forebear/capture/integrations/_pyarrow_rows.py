"""pyarrow: which rows of one table or array are in another.

What picks rows is asked again for the places: of the mask, of the sort keys, of row numbers
beside the columns that decide.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from forebear.capture.flow import Made
from forebear.capture.passage import SAME, Relation

__all__ = ["chosen", "named_in", "relations"]

_MOVED: Final = frozenset(
    "drop_null sort unique value_counts sort_indices array_sort_indices top_k_unstable"
    " bottom_k_unstable select_k_unstable partition_nth_indices indices_nonzero mode list_flatten"
    " list_parent_indices run_end_encode random inverse_permutation scatter binary_join quantile"
    " tdigest flatten".split()
)
"""Functions whose result hasn't the rows of what it was made of."""
_NUMBER: Final = "__forebear_row__"


def relations(made: Made, parents: Sequence[Any]) -> list[Relation]:
    """Return which rows of each parent are in what was made."""
    rule = _RULES.get(made.function)
    if rule is not None:
        found = rule(made)
        return [found.get(id(one)) for one in parents]
    size = _size(made.thing)
    aligned = made.function not in _MOVED
    return [SAME if aligned and _size(one) == size >= 0 else None for one in parents]


def _size(thing: Any) -> int:
    return len(thing) if hasattr(thing, "__len__") else -1


def _argument(made: Made, position: int, *names: str, default: Any = None) -> Any:
    for name in names:
        if name in made.kwargs:
            return made.kwargs[name]
    return made.args[position] if position < len(made.args) else default


def _taken(positions: Any, height: int) -> Relation:
    from forebear.engines import rowmaps

    found = rowmaps.take(positions.astype("int64"), height)
    return SAME if found.is_identity() else found


def _positions(mask: Any) -> Any:
    """Return the places at which a mask is true."""
    compute: Any = sys.modules["pyarrow.compute"]
    if not hasattr(mask, "type"):
        return sys.modules["numpy"].flatnonzero(sys.modules["numpy"].asarray(mask))
    return compute.indices_nonzero(compute.fill_null(mask, False)).to_numpy()


def chosen(table: Any, expression: Any) -> Any:
    """Return the places of a table's rows for which an expression is true."""
    dataset = importlib.import_module("pyarrow.dataset")
    names = named_in(expression, table.column_names)
    scanner = dataset.dataset(table.select(names)).scanner(columns={"mask": expression})
    return _positions(scanner.to_table()["mask"])


def named_in(expression: Any, names: Sequence[str]) -> list[str]:
    """Return the columns that an expression speaks of."""
    words = str(expression)
    return [one for one in names if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", words)]


# Operations with rules of their own ------------------------------------------------------------

_Found = dict[int, Relation]


def _filter(made: Made) -> _Found:
    source, mask = made.args[0], _argument(made, 1, "mask", "selection_filter", "expression")
    behavior = _argument(made, 2, "null_selection_behavior", default="drop")
    if behavior != "drop":
        return {}
    is_expression = type(mask).__name__ == "Expression"
    places = chosen(source, mask) if is_expression else _positions(mask)
    return _kept(made, source, places)


def _kept(made: Made, source: Any, places: Any) -> _Found:
    """Return rows by their places, where as many came out."""
    if len(places) != _size(made.thing):
        return {}
    return {id(source): _taken(places, len(source))}


def _take(made: Made) -> _Found:
    numpy = sys.modules["numpy"]
    indices = _argument(made, 1, "indices")
    if hasattr(indices, "null_count"):
        places = indices.fill_null(-1).to_numpy()
    else:
        places = numpy.asarray(indices)
    return _kept(made, made.args[0], places)


def _slice(made: Made) -> _Found:
    from forebear.engines import rowmaps

    source, start = made.args[0], _argument(made, 1, "offset", default=0)
    found = rowmaps.span(start, _size(made.thing), len(source))
    return {id(source): SAME if found.is_identity() else found}


def _sort(made: Made) -> _Found:
    compute: Any = sys.modules["pyarrow.compute"]
    source, keys = made.args[0], _argument(made, 1, "sorting", "order", default="ascending")
    if not hasattr(source, "column_names"):
        places = compute.array_sort_indices(source, order=keys)
    else:
        keys = [(keys, "ascending")] if isinstance(keys, str) else keys
        places = compute.sort_indices(source, sort_keys=keys)
    return _kept(made, source, places.to_numpy())


def _drop_null(made: Made) -> _Found:
    compute: Any = sys.modules["pyarrow.compute"]
    source = made.args[0]
    columns = source.columns if hasattr(source, "column_names") else [source]
    mask = compute.is_valid(columns[0])
    for column in columns[1:]:
        mask = compute.and_(mask, compute.is_valid(column))
    return _kept(made, source, _positions(mask))


def _numbered(table: Any, name: str = _NUMBER) -> Any:
    """Return a table with the number of each row as a further column."""
    arrow, numpy = sys.modules["pyarrow"], sys.modules["numpy"]
    return table.append_column(name, arrow.array(numpy.arange(table.num_rows)))


def _aggregate(made: Made) -> _Found:
    """Return the rows of each group, where groups come in the same order again."""
    from forebear.engines import rowmaps

    groups, numpy = made.args[0], sys.modules["numpy"]
    table = groups._table
    keys = [groups.keys] if isinstance(groups.keys, str) else list(groups.keys)
    again = _numbered(table.select(keys)).group_by(keys, use_threads=False)
    held = again.aggregate([(_NUMBER, "list")])
    if not held.select(keys).equals(made.thing.select(keys)):
        return {}
    lists = held[f"{_NUMBER}_list"].combine_chunks()
    sizes = numpy.diff(lists.offsets.to_numpy())
    outs = numpy.repeat(numpy.arange(len(sizes)), sizes)
    ins = lists.flatten().to_numpy()
    return {id(table): rowmaps.pairs(outs, ins, len(sizes), table.num_rows)}


def _join(made: Made) -> _Found:
    """Return the rows of both sides, where the join comes out the same again."""
    left, right = made.args[0], _argument(made, 1, "right_table")
    other = f"{_NUMBER}right__"
    kwargs = {name: one for name, one in made.kwargs.items() if name != "right_table"}
    again = getattr(_numbered(left), made.function)(
        _numbered(right, other), *made.args[2:], **kwargs
    )
    names = made.thing.column_names
    if not again.select(names).equals(made.thing):
        return {}
    sides = ((left, _NUMBER), (right, other))
    return {
        id(side): _taken(again[name].fill_null(-1).to_numpy(), len(side))
        for side, name in sides
        if name in again.column_names
    }


def _stacked(made: Made) -> _Found:
    numpy = sys.modules["numpy"]
    pieces = list(_argument(made, 0, "tables", "arrays"))
    total = sum(_size(one) for one in pieces)
    if total != _size(made.thing):
        return {}
    found: dict[int, Any] = {}
    heights = {id(one): len(one) for one in pieces}
    before = 0
    for one in pieces:
        places = found.setdefault(id(one), numpy.full(total, -1))
        places[before : before + len(one)] = numpy.arange(len(one))
        before += len(one)
    return {key: _taken(places, heights[key]) for key, places in found.items()}


_Rule = Callable[[Made], _Found]
_RULES: Final[dict[str, _Rule]] = {
    **dict.fromkeys(("filter", "array_filter"), _filter),
    **dict.fromkeys(("take", "array_take"), _take),
    **dict.fromkeys(("sort_by", "sort"), _sort),
    **dict.fromkeys(("join", "join_asof"), _join),
    **dict.fromkeys(
        ("concat_tables", "concat_arrays", "chunked_array", "concat_batches"), _stacked
    ),
    "slice": _slice,
    "drop_null": _drop_null,
    "aggregate": _aggregate,
}
