"""Values of Arrow arrays as NumPy has them, and back.

pyarrow's own conversions import pandas wherever it is installed, which takes longer than a small
file takes to be read.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["array_of", "booleans_of", "present", "values_of"]

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]


def values_of(array: Any, dtype: str | None = None) -> Array:
    """Return the values of a fixed width where they lie, read as `dtype` or as their own type.

    Rows without a value are anything.
    """
    found = np.dtype(array.type.to_pandas_dtype() if dtype is None else dtype)
    data = array.buffers()[1]
    if data is None or not len(array):
        return np.zeros(len(array), found)
    return np.frombuffer(data, found)[array.offset : array.offset + len(array)]


def booleans_of(array: Any) -> Mask:
    """Return booleans; rows without a value are anything."""
    data, offset, count = array.buffers()[1], array.offset, len(array)
    if data is None:
        return np.zeros(count, np.bool_)
    held = np.frombuffer(data, np.uint8)[offset // 8 : (offset + count + 7) // 8]
    bits = np.unpackbits(held, bitorder="little")[offset % 8 : offset % 8 + count]
    return bits.view(np.bool_)


def present(array: Any) -> Mask | None:
    """Return which rows have a value; None where all have one."""
    if not array.null_count:
        return None
    return booleans_of(array.is_valid())


def array_of(values: Array) -> Any:
    """Return numbers as an Arrow array over the same memory."""
    import pyarrow as pa

    plain = np.ascontiguousarray(values)
    return pa.Array.from_buffers(
        pa.from_numpy_dtype(plain.dtype), len(plain), [None, pa.py_buffer(plain)]
    )
