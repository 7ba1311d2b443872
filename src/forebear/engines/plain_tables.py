"""Small text files of records as columns of plain values: CSV, JSON and JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

__all__ = ["SUFFIXES", "PlainTable", "read_table"]

SUFFIXES: Final = frozenset({".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson"})
_DELIMITERS: Final = ",;\t|"


class PlainTable:
    """Columns of a file, as texts and as numbers."""

    def __init__(self, columns: Mapping[str, Sequence[Any]]) -> None:
        self.columns = tuple(columns)
        self.rows = len(next(iter(columns.values()), ()))
        self._values = columns
        self._keys: dict[tuple[str, bool], list[Any]] = {}
        self._distinct: dict[tuple[str, bool], frozenset[Any]] = {}

    def keys(self, column: str, text: bool) -> list[Any]:
        """Return a column's values as stripped texts, or as numbers; None for what is neither."""
        if (column, text) not in self._keys:
            make = _text if text else _number
            self._keys[column, text] = [make(one) for one in self._values[column]]
        return self._keys[column, text]

    def distinct(self, column: str, text: bool) -> frozenset[Any]:
        """Return the values that a column has."""
        if (column, text) not in self._distinct:
            self._distinct[column, text] = frozenset(self.keys(column, text))
        return self._distinct[column, text]

    def share(self, column: str, text: bool) -> float:
        """Return the chance that some value of such a kind is one of the column's by accident."""
        values = [one for one in self.distinct(column, text) if one is not None]
        if not values:
            return 1.0
        if text:
            return 0.5 if len(values) < 16 else 0.01
        if all(one.is_integer() for one in values):
            return min(1.0, len(values) / float(max(values) - min(values) + 1))
        return 0.5 if len(values) < 16 else 0.1


def read_table(path: Path) -> PlainTable:
    """Return the records in a file; a table without columns where it holds something else.

    Raises:
        ValueError: it is no text, or not what its name says.
        OSError: it cannot be read.
    """
    text = path.read_text("utf-8-sig")
    suffix = path.suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        return PlainTable(_of_records([json.loads(line) for line in text.splitlines() if line]))
    if suffix == ".json":
        return PlainTable(_of_json(json.loads(text)))
    return PlainTable(_of_csv(text, suffix))


def _of_json(value: Any) -> dict[str, list[Any]]:
    if isinstance(value, dict):
        lists = {name: one for name, one in value.items() if isinstance(one, list)}
        sizes = {len(one) for one in lists.values()}
        inner = next(iter(lists.values())) if len(lists) == 1 else []
        if inner and isinstance(inner[0], dict):
            return _of_records(inner)
        return lists if len(sizes) == 1 and len(lists) == len(value) else {}
    return _of_records(value) if isinstance(value, list) else {}


def _of_records(records: Sequence[Any]) -> dict[str, list[Any]]:
    if not records or not all(isinstance(one, dict) for one in records):
        return {}
    names = dict.fromkeys(name for one in records for name in one)
    return {name: [one.get(name) for one in records] for name in names}


def _of_csv(text: str, suffix: str) -> dict[str, list[Any]]:
    """Return the columns of a CSV file; without a header they are called by their places."""
    first = text.partition("\n")[0]
    delimiter = "\t" if suffix == ".tsv" else max(_DELIMITERS, key=first.count)
    if not first.count(delimiter) and suffix == ".txt":
        return {"0": text.splitlines()}
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    if not rows:
        return {}
    head = rows[0]
    named = len(set(head)) == len(head) and not any(_number(one) is not None for one in head)
    body = rows[1:] if named else rows
    names = head if named else list(map(str, range(len(head))))
    return {
        name: [row[at] if at < len(row) else None for row in body] for at, name in enumerate(names)
    }


def _text(value: Any) -> str | None:
    return value.strip() if isinstance(value, str) else None if value is None else str(value)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return None if found != found else found  # noqa: PLR0124  NaN
