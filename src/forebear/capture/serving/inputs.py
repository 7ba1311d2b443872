"""Inputs in short: what values looked like, added up without keeping any of them."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from forebear.core.serving import InputColumn, bucket_of, counts, size_of

__all__ = ["Inputs", "taken"]

ROWS: Final = 256
"""Rows that are looked at, of one input and within a second."""
_COLUMNS: Final = 200
_VALUES: Final = 128
"""Values that are looked at of one call with many rows."""
_LONGEST_NAME: Final = 64
_LONGEST_TEXT: Final = 64
_PLAIN: Final = frozenset({int, float, bool, type(None)})
_NESTED: Final = frozenset({dict, list, tuple})


class _Text(int):
    """A long text, of which only the length is remembered."""


class _Other:
    """A value of which nothing is remembered."""


_OTHER: Final = _Other()


def taken(inputs: Any) -> Any:
    """Return what is held of an input until it is counted, a second at most; never the whole.

    Long texts give way to their lengths at once, so that what waits is small. Frames and arrays
    are held as they are: only one waits at a time.
    """
    kind = type(inputs)
    if kind is dict:
        return {name: _light(inputs[name]) for name in islice(inputs, _COLUMNS)}
    if kind is not list and kind is not tuple:
        return inputs
    if inputs and type(inputs[0]) in _NESTED:
        rows = max(1, _VALUES // max(1, len(inputs[0])))
        return [taken(one) if type(one) in _NESTED else _light(one) for one in inputs[:rows]]
    return [_light(one) for one in inputs[:_COLUMNS]]


def _light(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is str:
        return value if len(value) <= _LONGEST_TEXT else _Text(len(value))
    item = getattr(value, "item", None)
    if item is not None and getattr(value, "ndim", None) == 0:
        return _light(item())  # a number of NumPy
    return _OTHER


class Inputs:
    """Adds up the inputs of one window. `categories` are the words that texts may be, by column."""

    def __init__(self, categories: Mapping[str, Collection[str]] | None = None) -> None:
        self._categories = {name: frozenset(words) for name, words in (categories or {}).items()}
        self._columns: dict[str, _Column] = {}
        self.rows = 0

    def add(self, held: Any) -> None:
        """Count what `taken` has returned."""
        for row in _rows_of(held):
            self.rows += 1
            for name, value in row:
                column = self._columns.get(name)
                if column is None:
                    if len(self._columns) >= _COLUMNS or len(name) > _LONGEST_NAME:
                        continue
                    words = self._categories.get(name, frozenset())
                    column = self._columns[name] = _Column(words)
                column.add(value)

    def said(self) -> dict[str, InputColumn]:
        """Return the columns as a statement says them."""
        return {name: column.said() for name, column in self._columns.items()}


class _Column:
    def __init__(self, words: frozenset[str]) -> None:
        self._words = words
        self._count = self._nulls = self._numbers = self._zeros = self._texts = self._others = 0
        self._total = self._squares = 0.0
        self._positive: Counter[int] = Counter()
        self._negative: Counter[int] = Counter()
        self._lengths: Counter[int] = Counter()
        self._categories: Counter[str] = Counter()

    def add(self, value: Any) -> None:
        self._count += 1
        kind = type(value)
        if value is None or (kind is float and math.isnan(value)):
            self._nulls += 1  # NaN is a missing value in frames
        elif kind is float or kind is int or kind is bool:
            self._number(float(value) if abs(value) < 1e300 else math.inf)
        elif kind is str or kind is _Text:
            self._texts += 1
            self._lengths[bucket_of(value if kind is _Text else len(value))] += 1
            if kind is str and value in self._words:
                self._categories[value] += 1
            elif self._words:
                self._others += 1
        else:
            self._others += 1

    def _number(self, value: float) -> None:
        if math.isinf(value):
            self._others += 1
            return
        self._numbers += 1
        self._total += value
        if abs(value) < 1e150:
            self._squares += value * value
        if value > 0:
            self._positive[size_of(value)] += 1
        elif value < 0:
            self._negative[size_of(-value)] += 1
        else:
            self._zeros += 1

    def said(self) -> InputColumn:
        return InputColumn(
            count=self._count,
            nulls=self._nulls,
            numbers=self._numbers,
            total=self._total,
            squares=self._squares,
            positive=counts(self._positive),
            negative=counts(self._negative),
            zeros=self._zeros,
            texts=self._texts,
            lengths=counts(self._lengths),
            categories=dict(self._categories),
            others=self._others,
        )


def _rows_of(held: Any) -> Iterator[Iterable[tuple[str, Any]]]:
    """Yield the rows of an input, each as names of columns with values."""
    if isinstance(held, dict):
        yield [(str(name), value) for name, value in held.items()]
    elif isinstance(held, list):
        nested = [one for one in held if isinstance(one, dict | list)]
        if nested:
            for one in nested:
                yield from _rows_of(one)
        elif held:
            yield [(str(place), value) for place, value in enumerate(held[:_COLUMNS])]
    else:
        columns = _columns_of(held)
        for row in zip(*columns.values(), strict=False):
            yield zip(columns, row, strict=True)


def _columns_of(held: Any) -> dict[str, Sequence[Any]]:
    """Return the first rows of a frame or an array by columns; of all else nothing."""
    pandas, polars, numpy = (sys.modules.get(name) for name in ("pandas", "polars", "numpy"))
    if pandas is not None and isinstance(held, pandas.DataFrame):
        part = held.iloc[:ROWS, :_COLUMNS]
        return {str(name): [_light(v) for v in part[name].tolist()] for name in part.columns}
    if polars is not None and isinstance(held, polars.DataFrame):
        return {
            name: [_light(value) for value in column]
            for name, column in held[:ROWS, :_COLUMNS].to_dict(as_series=False).items()
        }
    if numpy is not None and isinstance(held, numpy.ndarray) and held.ndim in {1, 2}:
        part = held[:ROWS].reshape(min(len(held), ROWS), -1)[:, :_COLUMNS]
        return {
            str(place): [_light(value) for value in column]
            for place, column in enumerate(part.T.tolist())
        }
    return {}
