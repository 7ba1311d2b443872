"""Columns of pandas: NumPy's where pandas keeps those, Arrow's where it keeps Arrow's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from forebear.engines.columns import (
    Buffer,
    Source,
    numpy_source,
    structs,
    timestamp_word,
)
from forebear.engines.frames_arrow import arrow_source
from forebear.engines.objects import object_source, zone_name

__all__ = ["frame_columns", "pandas_source"]

_WRAPPERS: Final = ("NumpyEADtype", "PandasDtype")
"""The dtypes under which pandas shows plain NumPy arrays as arrays of its own."""


def frame_columns(obj: Any) -> Iterator[tuple[Any, Source]]:
    """Yield name and column of a DataFrame, Series or Index, with the index columns last.

    As in Arrow's own tables: an unnamed RangeIndex is no column, any other index is one column
    a level, under its name where that is free, else as `__index_level_0__`. A named RangeIndex
    was a column of numbers in a row before pandas found a shorter form for it.
    """
    pd = sys.modules["pandas"]
    if isinstance(obj, pd.MultiIndex):
        yield from _levels(obj, [])
        return
    if isinstance(obj, (pd.Series, pd.Index)):
        names = ["" if obj.name is None else obj.name]
        yield names[0], pandas_source(obj.array)
    else:
        names = list(obj.columns)
        for name, (_, series) in zip(names, obj.items(), strict=True):
            yield name, pandas_source(series.array)
    if isinstance(obj, pd.Index):
        return
    if not isinstance(obj.index, pd.RangeIndex) or obj.index.name is not None:
        yield from _levels(obj.index, names)


def _levels(index: Any, taken: list[Any]) -> Iterator[tuple[Any, Source]]:
    for level, name in enumerate(index.names):
        own = name if name is not None and name not in taken else f"__index_level_{level}__"
        values = index.get_level_values(level) if index.nlevels > 1 else index
        yield own, pandas_source(values.array)


def pandas_source(values: Any) -> Source:
    """Return the column of what a Series keeps: a pandas array of any of its types."""
    pd = sys.modules["pandas"]
    dtype = values.dtype
    if type(dtype).__name__ in _WRAPPERS:
        dtype = dtype.numpy_dtype
    if isinstance(dtype, np.dtype):
        plain = np.asarray(values)
        return object_source(plain) if dtype.kind == "O" else numpy_source(plain)
    if isinstance(dtype, pd.CategoricalDtype):
        return _decoded(values)
    if isinstance(dtype, pd.DatetimeTZDtype):
        return _zoned(values)
    if isinstance(dtype, pd.StringDtype):
        if getattr(dtype, "storage", "python") != "python" and "pyarrow" in sys.modules:
            return arrow_source(values.__arrow_array__())
        return object_source(np.asarray(values, dtype=object), "string")
    arrow_dtype = getattr(pd, "ArrowDtype", None)
    if arrow_dtype is not None and isinstance(dtype, arrow_dtype):
        return arrow_source(values.__arrow_array__())
    if isinstance(dtype, pd.SparseDtype):
        return pandas_source(pd.Series(np.asarray(values)).array)
    if isinstance(dtype, pd.PeriodDtype):
        there = ~np.asarray(values.isna())
        ordinals = numpy_source(np.asarray(values.asi8), there)
        return ordinals._replace(word=str(dtype))
    if isinstance(dtype, pd.IntervalDtype):
        return _intervals(values)
    if isinstance(getattr(dtype, "numpy_dtype", None), np.dtype):
        there = ~np.asarray(values.isna())
        return numpy_source(values.to_numpy(dtype=dtype.numpy_dtype, na_value=0), there)
    return object_source(np.asarray(values, dtype=object))


def _decoded(values: Any) -> Source:
    """Return the column that a categorical stands for: the type of its categories."""
    codes = np.asarray(values.codes)
    categories = values.categories
    if not isinstance(categories.dtype, np.dtype) or categories.dtype.kind == "O":
        return pandas_source(categories.array.take(codes, allow_fill=True))
    there = codes >= 0
    if not len(categories):
        return numpy_source(np.zeros(len(codes), dtype=categories.dtype), there)
    return numpy_source(categories.to_numpy().take(np.where(there, codes, 0)), there)


def _zoned(values: Any) -> Source:
    instant = numpy_source(np.asarray(values.tz_convert(None)))
    return instant._replace(word=timestamp_word(zone_name(values.dtype.tz)))


def _intervals(values: Any) -> Source:
    ends = (pandas_source(values.left.array), pandas_source(values.right.array))
    there = ~np.asarray(values.isna())

    def encode(start: int, stop: int) -> list[Buffer]:
        return structs([end.encode(start, stop) for end in ends], there[start:stop])

    return Source(f"interval[{values.closed}]<{ends[0].word}>", len(values), encode)
