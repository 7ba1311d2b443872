"""Reading: SQL as text, which both databases answer alike.

Whoever only asks needs no SQLAlchemy, which takes longer to import than most questions take to
answer. A question is written once, with its values as `:name`. `IN :name` stands for one of a
list; a list may be as long as it likes. Numbers are numbers in both databases, but only
PostgreSQL knows what is true: SQLite says 0 or 1.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import namedtuple
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, Protocol

from forebear.core.errors import InvalidInput

__all__ = ["Reader", "SqliteReader", "refuse_nul", "row_type", "spelled"]

_IN_LIST: Final = re.compile(r"\bIN :(\w+)")
_LISTS: Final = {
    "sqlite": r"IN (SELECT value FROM json_each(:\1))",
    "postgresql": r"= ANY(:\1)",
}


class Reader(Protocol):
    """One transaction that sees one state of the database."""

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""

    @property
    def driver(self) -> Any:
        """The driver's own connection, for what only it can do."""

    def rows(self, query: str, **given: Any) -> list[Any]:
        """Return rows, with columns as attributes and in order."""

    def tuples(self, query: str, **given: Any) -> list[Any]:
        """Return rows as plain tuples, which costs less where there are many."""

    def column(self, query: str, **given: Any) -> list[Any]:
        """Return the first column of all rows."""

    def value(self, query: str, **given: Any) -> Any:
        """Return the first column of the first row; None if there is no row."""


class SqliteReader:
    """A transaction on a connection of the standard library."""

    dialect = "sqlite"

    def __init__(self, driver: sqlite3.Connection) -> None:
        self.driver = driver

    def rows(self, query: str, **given: Any) -> list[Any]:
        """Return rows, with columns as attributes and in order."""
        cursor = self._asked(query, given)
        make = row_type(tuple(column[0] for column in cursor.description))
        return list(map(make, cursor))

    def tuples(self, query: str, **given: Any) -> list[Any]:
        """Return rows as plain tuples."""
        return self._asked(query, given).fetchall()

    def column(self, query: str, **given: Any) -> list[Any]:
        """Return the first column of all rows."""
        return [row[0] for row in self._asked(query, given)]

    def value(self, query: str, **given: Any) -> Any:
        """Return the first column of the first row; None if there is no row."""
        row = self._asked(query, given).fetchone()
        return None if row is None else row[0]

    def _asked(self, query: str, given: Mapping[str, Any]) -> sqlite3.Cursor:
        refuse_nul(given.values())
        said = {
            name: json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
            for name, value in given.items()
        }
        return self.driver.execute(spelled(query, self.dialect), said)


@lru_cache(maxsize=256)
def spelled(query: str, dialect: str) -> str:
    """Return a question as a database wants it."""
    return _IN_LIST.sub(_LISTS[dialect], query)


def refuse_nul(values: Iterable[Any]) -> None:
    """Refuse a NUL in a text that is asked for: PostgreSQL has none, and SQLite would find none.

    In events it is told as U+FFFD (`ledger.told`), so rows have none in either database.
    """
    for value in values:
        if isinstance(value, list):
            refuse_nul(value)
        elif type(value) is str and "\0" in value:
            raise InvalidInput("A text with a NUL character has no place in a store.")


@lru_cache(maxsize=256)
def row_type(columns: tuple[str, ...]) -> Any:
    """Return what makes a row with these columns of its values."""
    make: Any = namedtuple
    return make("Row", columns, rename=True)._make
