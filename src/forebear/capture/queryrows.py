"""Which rows of small tables are in the result of a query, asked by a query that only reads.

The answer counts only where the second query gives the very values that the program has got.
"""

from __future__ import annotations

import math
import sys
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from time import perf_counter
from typing import Any, Final, NamedTuple

from forebear.capture.passage import SAME, Relation
from forebear.capture.session import Session
from forebear.engines.sql_rows import PREFIX, Numbered, groups_counted, numbered, whole_table

__all__ = ["MOST_ROWS", "Grouped", "Reader", "Values", "grouped", "relations", "values_of"]

MOST_ROWS: Final = 200_000
_MOST_CELLS: Final = 2_000_000
_LONGEST: Final = 2.0
_spent: weakref.WeakKeyDictionary[Session, float] = weakref.WeakKeyDictionary()
"""Seconds that second queries have taken in a run; there is an end to them."""


Values = Sequence[Sequence[Any]]
"""Columns of plain Python values."""


class Reader(NamedTuple):
    """How to ask a database without the program's noticing. Both may raise whatever they like."""

    rows: Callable[[str], tuple[Sequence[str], Sequence[Sequence[Any]]]]
    """Returns names of columns and rows of a query, with the parameters of the program's own."""
    numbers: Callable[[str], Sequence[int] | None]
    """Returns the numbers that rows of a table have in queries, in order; None for too many."""
    alike: Callable[[str, str], bool]
    """Tells whether two queries give their rows in the same order for sure."""
    dialect: str
    figures: Callable[[str, float], Sequence[int] | None] = lambda sql, seconds: None
    """Returns the numbers that a query gives, where it gives them in so many seconds."""


class Grouped(NamedTuple):
    """How many rows a query made groups of, and how many groups."""

    rows: int
    groups: int


def relations(
    session: Session,
    sql: str,
    values: Callable[[], Values | None],
    reader: Reader | None,
    dialect: str | None,
) -> dict[str, Relation]:
    """Return which rows of tables are in the result of a query, by the names of the tables.

    `values` returns the columns that the program has got.
    """
    found: dict[str, Relation] = {}
    if reader is not None and _left(session) > 0:
        with _counted_in(session):
            found = _asked(sql, values, reader)
    whole = whole_table(sql, dialect) if not found else None
    return {whole: SAME} if whole is not None else found


def grouped(session: Session, sql: str | None, reader: Reader | None) -> Grouped | None:
    """Return how many rows were grouped, where a query made figures over those of one table.

    It is asked where single rows can't be followed, as there are too many: no more than a count.
    """
    left = _left(session)
    if sql is None or reader is None or left <= 0:
        return None
    with _counted_in(session):
        query = groups_counted(sql, reader.dialect)
        numbers = reader.figures(query, left) if query is not None else None
        return Grouped(*numbers) if numbers is not None else None
    return None


def _left(session: Session) -> float:
    return _LONGEST - _spent.get(session, 0.0)


@contextmanager
def _counted_in(session: Session) -> Iterator[None]:
    """Count the time of a second query; what is raised in it is not the program's to know."""
    began = perf_counter()
    with suppress(Exception):
        yield
    _spent[session] = _spent.get(session, 0.0) + perf_counter() - began


def _asked(sql: str, values: Callable[[], Values | None], reader: Reader) -> dict[str, Relation]:
    query = numbered(sql, reader.dialect)
    if query is None:
        return {}
    tables = {one.source: reader.numbers(one.source) for one in query.tables}
    if any(numbers is None for numbers in tables.values()):
        return {}
    seen = values()
    if seen is None:
        return {}
    names, rows = reader.rows(query.sql)
    extra = len(query.tables)
    shown = [at for at, name in enumerate(names[:-extra]) if not name.startswith(PREFIX)]
    if len(shown) != len(seen) or any(len(column) != len(rows) for column in seen):
        return {}
    wanted = list(zip(*(map(_key, column) for column in seen), strict=True))
    given = [tuple(_key(row[at]) for at in shown) for row in rows]
    alone = len(set(given)) == len(given)
    if alone and wanted != given:
        places = {row: at for at, row in enumerate(given)}
        if not set(wanted) <= places.keys():
            return {}
        rows = [rows[places[row]] for row in wanted]
    elif wanted != given or not (alone or reader.alike(sql, query.sql)):
        return {}
    return _told(query, tables, rows)


def _told(
    query: Numbered, tables: Mapping[str, Sequence[int] | None], rows: Sequence[Sequence[Any]]
) -> dict[str, Relation]:
    """Return what the last columns of the rows say of each table."""
    found: dict[str, Relation] = {}
    extra = len(query.tables)
    for place, one in enumerate(query.tables):
        relation = _relation([row[place - extra] for row in rows], tables[one.source] or ())
        known = found.get(one.name)
        found[one.name] = relation if known is None else known.joined(relation)
    return found


def _relation(column: Sequence[Any], numbers: Sequence[int]) -> Relation:
    """Return a row map of numbers, or of texts of several numbers each."""
    from forebear.engines import rowmaps

    numpy = sys.modules["numpy"]
    known = numpy.asarray(numbers, numpy.int64)
    outs: list[int] = []
    ins: list[int] = []
    for at, value in enumerate(column):
        several = value.split(",") if isinstance(value, str) else [value]
        held = {int(one) for one in several if one is not None}
        outs += [at] * len(held)
        ins += sorted(held)
    places = numpy.searchsorted(known, numpy.asarray(ins, numpy.int64))
    return rowmaps.pairs(numpy.asarray(outs, numpy.int64), places, len(column), len(known))


# Values --------------------------------------------------------------------------------------


def values_of(result: Any) -> Values | None:
    """Return the columns of a small result as plain Python values; None where they are not."""
    shape = getattr(result, "shape", None)
    if isinstance(shape, tuple) and math.prod(shape) > _MOST_CELLS:
        return None
    if hasattr(result, "iloc") and getattr(result, "ndim", 0) == 2:
        return [result.iloc[:, at].tolist() for at in range(result.shape[1])]
    if hasattr(result, "get_columns"):
        return [one.to_list() for one in result.get_columns()]
    if hasattr(result, "to_pydict"):
        return list(result.to_pydict().values())
    if isinstance(result, dict):
        return [one.tolist() for one in result.values()]
    return None


def _key(value: Any) -> Any:
    """Return a value as it compares between a frame and a database."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, float | Decimal):
        return None if math.isnan(value) else float(value)
    return value if isinstance(value, bool | int) else str(value)
