"""Files that a program reads line by line itself, and the values in memory that are theirs.

Plain Python values carry no lineage. Where the values of a list, an array or a frame are those of
a file's columns, and could only stand in certain rows, those are its rows: `inferred`, as nobody
saw it happen. Where several rows or files would do, nothing is said.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from forebear.capture.passage import Columns, Feed, Relation, merged, names_of
from forebear.capture.session import Session
from forebear.capture.tracker import Operation, Origin
from forebear.engines.plain_tables import SUFFIXES, PlainTable, read_table

__all__ = [
    "Found",
    "feed_of",
    "found_in_files",
    "has_notes",
    "keys_of",
    "matched",
    "note_read",
    "origin_of",
]

_LARGEST: Final = 20 << 20
_MOST_FILES: Final = 32
_MOST_CELLS: Final = 2_000_000
_MOST_TRIES: Final = 6
_FEWEST: Final = 4
_CHANCE: Final = 1e-6
"""Chance of an accident below which values are taken to be those of a column."""


class _File(NamedTuple):
    """A file as it was when it was opened."""

    artifact: str
    size: int
    changed: int


class Found(NamedTuple):
    """Rows of a file that hold some values, and the column of the file that each column is."""

    artifact: str
    table: PlainTable
    columns: dict[str, str]
    rows: Relation


class _Noted:
    """What one session knows of files that were read without a library."""

    def __init__(self) -> None:
        self.files: dict[Path, _File] = {}
        self.tables: dict[Path, PlainTable | None] = {}


_NOTED: weakref.WeakKeyDictionary[Session, _Noted] = weakref.WeakKeyDictionary()


def note_read(session: Session, path: Path, artifact: str) -> None:
    """Remember a small file of records that the program has opened for reading."""
    if path.suffix.lower() not in SUFFIXES:
        return
    noted = _NOTED.setdefault(session, _Noted())
    about = path.stat()
    if about.st_size <= _LARGEST and len(noted.files) < _MOST_FILES:
        noted.files[path] = _File(artifact, about.st_size, about.st_mtime_ns)
        noted.tables.pop(path, None)


def has_notes(session: Session) -> bool:
    """Tell whether the program has read such files by itself."""
    return session in _NOTED


def matched(session: Session, thing: Any) -> Origin | None:
    """Return the origin of values that are those of one file's columns, in rows that are plain."""
    columns = _columns(thing) if _NOTED.get(session) is not None else {}
    found = found_in_files(session, columns) if columns else None
    return None if found is None else _origin(found, columns)


def found_in_files(session: Session, columns: Mapping[str, list[Any]]) -> Found | None:
    """Return where the values of columns are in the one file that can only have them there."""
    noted = _NOTED.get(session)
    if noted is None:
        return None
    found = []
    for path in noted.files:
        table = _table(noted, path)
        match = _Match(table, columns).find() if table is not None and table.columns else None
        if match is not None and table is not None:
            found.append(Found(noted.files[path].artifact, table, *match))
    return found[0] if len(found) == 1 else None


def _table(noted: _Noted, path: Path) -> PlainTable | None:
    """Return what is in a file, read once, if it is still what the program has read."""
    if path not in noted.tables:
        file = noted.files[path]
        try:
            about = path.stat()
            same = (about.st_size, about.st_mtime_ns) == (file.size, file.changed)
            noted.tables[path] = read_table(path) if same else None
        except (OSError, ValueError):  # gone, or no text
            noted.tables[path] = None
    return noted.tables[path]


def _columns(thing: Any) -> dict[str, list[Any]]:
    """Return the columns of a small array, series or frame as keys that compare with a file's."""
    size = math.prod(getattr(thing, "shape", ()) or (0,))
    names = names_of(thing) if 0 < size <= _MOST_CELLS else ()
    if hasattr(thing, "iloc") and getattr(thing, "ndim", 0) == 2:
        values = [thing.iloc[:, at].tolist() for at in range(len(names))]
    elif getattr(thing, "ndim", 0) == 2 and hasattr(thing, "strides"):
        values = thing.T.tolist()
    elif getattr(thing, "ndim", 0) == 1 and hasattr(thing, "tolist"):
        values = [thing.tolist()]
    else:
        return {}
    if len(values[0]) < _FEWEST:
        return {}
    return {name: keys for name, one in zip(names, values, strict=True) if (keys := keys_of(one))}


def keys_of(values: Sequence[Any]) -> list[Any]:
    """Return values as numbers or texts; nothing where they are other things."""
    if all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
        return [None if one != one else float(one) for one in values]  # noqa: PLR0124  NaN
    if all(isinstance(one, str) or one is None or one != one for one in values):  # noqa: PLR0124
        return [one.strip() if isinstance(one, str) else None for one in values]
    return []


class _Match:
    """Looks for the rows of a file that hold the values of some columns."""

    def __init__(self, table: PlainTable, columns: Mapping[str, list[Any]]) -> None:
        self.table = table
        self.columns = columns
        self.rows = len(next(iter(columns.values())))

    def find(self) -> tuple[dict[str, str], Relation] | None:
        """Return the column of the file that each column is, and the rows; None where unclear."""
        for pairs in self._likely():
            if self._chance(pairs) < _CHANCE:
                places = self._places(pairs)
                if places is not None:
                    return self._confirmed(places, pairs), _relation(places, self.table.rows)
        return None

    def _likely(self) -> list[dict[str, str]]:
        """Return pairings of columns to try, the most telling first, then all clear ones at once.

        A column is clear that fits one column of the file alone, or the one of its name.
        """
        fitting = {
            name: [one for one in self.table.columns if self._holds(name, one)]
            for name in self.columns
        }
        single = [{name: one} for name, ones in fitting.items() for one in ones]
        named = {name: name for name, ones in fitting.items() if name in ones}
        clear = {name: ones[0] for name, ones in fitting.items() if len(ones) == 1}
        return [*sorted(single, key=self._chance)[:_MOST_TRIES], named, {**clear, **named}]

    def _is_text(self, name: str) -> bool:
        return any(isinstance(one, str) for one in self.columns[name][:100])

    def _given(self, name: str, column: str) -> list[Any]:
        """Return a column of the file in the way in which a column in memory is given."""
        return self.table.keys(column, self._is_text(name))

    def _holds(self, name: str, column: str) -> bool:
        return self.table.distinct(column, self._is_text(name)).issuperset(self.columns[name])

    def _chance(self, pairs: Mapping[str, str]) -> float:
        """Return how likely it is that values are in these columns by accident."""
        chance = 1.0
        for name, column in pairs.items():
            share = self.table.share(column, self._is_text(name))
            chance *= share ** len({*self.columns[name]})
        return chance

    def _places(self, pairs: Mapping[str, str]) -> list[int] | None:
        """Return the only rows of the file that hold the values, in the order of the values."""
        wanted = list(zip(*(self.columns[name] for name in pairs), strict=True))
        given = list(zip(*(self._given(*pair) for pair in pairs.items()), strict=True))
        places: dict[Any, list[int]] = {}
        for at, key in enumerate(given):
            places.setdefault(key, []).append(at)
        if any(key not in places for key in wanted):
            return None
        if all(len(places[key]) == 1 for key in set(wanted)):
            return [places[key][0] for key in wanted]
        forward, backward = _placed(wanted, given), _placed(wanted[::-1], given[::-1])
        if forward is None or backward is None:
            return None
        # Where they fit from the front as from the back, there is no other way.
        return forward if [len(given) - 1 - at for at in backward[::-1]] == forward else None

    def _confirmed(self, places: list[int], pairs: Mapping[str, str]) -> dict[str, str]:
        """Return all columns that have the values of one column of the file at these rows."""
        found = dict(pairs)
        for name, values in self.columns.items():
            if name in found:
                continue
            same = [
                column
                for column in self.table.columns
                if [self._given(name, column)[at] for at in places] == values
            ]
            if len(same) == 1 or name in same:
                found[name] = name if name in same else same[0]
        return found


def _relation(places: list[int], rows: int) -> Relation:
    import numpy as np

    from forebear.engines import rowmaps

    return rowmaps.take(np.asarray(places, np.int64), rows)


def _placed(wanted: Sequence[Any], given: Sequence[Any]) -> list[int] | None:
    """Return the first places at which values stand one after the other among others."""
    found: list[int] = []
    at = 0
    for key in wanted:
        while at < len(given) and given[at] != key:
            at += 1
        if at == len(given):
            return None
        found.append(at)
        at += 1
    return found


def _origin(found: Found, columns: Mapping[str, list[Any]]) -> Origin:
    """Return the origin of values that were found in a file; what was not may be of any column."""
    source = Origin(artifact=found.artifact)
    operation = Operation("read", -1)
    feeds = tuple(feed_of(found, source, [name], operation) for name in columns)
    return origin_of(found, source, operation, Columns(tuple(columns), feeds))


def feed_of(found: Found, source: Origin, names: Sequence[str], operation: Operation) -> Feed:
    """Return what values of some columns are made of, by an operation where that is not plain."""
    if len(names) == 1 and names[0] in found.columns:
        return Feed(frozenset({(source, found.columns[names[0]])}))
    known = [found.columns[name] for name in names if name in found.columns]
    every = known if len(known) == len(names) else found.table.columns
    return merged([Feed(frozenset((source, name) for name in every))], operation)


def origin_of(found: Found, source: Origin, operation: Operation, columns: Columns) -> Origin:
    """Return the origin of something made of columns of a file: nobody saw it being made."""
    used = {name for feed in columns.feeds for _, name in feed.sources}
    operation.rows_in = found.table.rows
    operation.rows_out = found.rows.n_out
    operation.dropped = dict.fromkeys(name for name in found.table.columns if name not in used)
    return Origin(
        parents=(source,),
        operations=(operation,),
        exact=False,
        rows={source: found.rows},
        columns=columns,
    )
