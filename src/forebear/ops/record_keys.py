"""Which rows of a source have some keys: columns with values, as people know a record."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from forebear.core.errors import InvalidInput
from forebear.engines.records import Records, canonical

__all__ = ["Key", "Rows", "lacking", "rows_with"]

Key = Mapping[str, str]
"""Columns with their values: a record has a key when all of them are equal."""
_MOST_CACHED: Final = 8
_cache: OrderedDict[tuple[str, tuple[str, ...]], dict[tuple[object, ...], list[int]]] = (
    OrderedDict()
)
"""Rows by the values of columns, of the sources that were asked about last."""


class Rows(NamedTuple):
    """Rows with any of the keys, and which of the keys (by their places) some row has."""

    rows: list[int]
    found: set[int]


def lacking(title: str, records: Records, keys: Sequence[Key]) -> InvalidInput | None:
    """Return what is to be said of a source that has not all columns of the keys."""
    for name in sorted({name for key in keys for name in key}):
        if records.column(name) is None:
            known = ", ".join(list(records.columns)[:12])
            return InvalidInput(
                f"{title} has no column '{name}'.", hint=f"Its columns are {known}."
            )
    return None


def rows_with(digest: str, records: Records, keys: Sequence[Key]) -> Rows:
    """Return the rows of a source, of which `digest` is the content, that have any of the keys.

    It has all their columns (see `lacking`). Values are equal as numbers where both are numbers:
    4711 and 4711.0 and 04711.
    """
    rows: dict[int, None] = {}
    found: set[int] = set()
    for place, key in enumerate(keys):
        names = tuple(sorted(key))
        there = _by_values(digest, records, names).get(
            tuple(canonical(key[name]) for name in names), ()
        )
        rows |= dict.fromkeys(there)
        if there:
            found.add(place)
    return Rows(sorted(rows), found)


def _by_values(
    digest: str, records: Records, names: tuple[str, ...]
) -> dict[tuple[object, ...], list[int]]:
    cached = _cache.get((digest, names))
    if cached is not None:
        _cache.move_to_end((digest, names))
        return cached
    columns = [map(canonical, records.column(name) or ()) for name in names]
    made: dict[tuple[object, ...], list[int]] = {}
    for row, values in enumerate(zip(*columns, strict=True)):
        made.setdefault(values, []).append(row)
    _cache[digest, names] = made
    if len(_cache) > _MOST_CACHED:
        _cache.popitem(last=False)
    return made
