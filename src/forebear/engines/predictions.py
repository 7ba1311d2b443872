"""Comparing kept predictions, number by number."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from forebear.core.errors import Unreadable
from forebear.engines.records import load_array

__all__ = ["Difference", "compare"]


class Difference(Struct, frozen=True, kw_only=True):
    """How two arrays of predictions differ."""

    count: int
    """Number of predictions (rows)."""
    different: int
    """How many would lead to another decision: another label, or another largest score."""
    largest_error: float | None
    """Largest relative error of the numbers; None for labels, or where the shapes differ."""


def compare(recorded: bytes, again: bytes) -> Difference:
    """Compare two `.npy` files of predictions.

    Whole numbers, text and booleans are labels: each that is not equal counts. Floats of one
    column are figures: those beyond a relative error of 1e-6 count. Floats of several columns
    are scores of classes: rows whose largest score is in another column count.

    Raises:
        Unreadable: one of them is no array.
    """
    import numpy as np

    one, two = _load(recorded), _load(again)
    if one.shape != two.shape:
        rows = max(len(one) if one.ndim else 1, len(two) if two.ndim else 1)
        return Difference(count=rows, different=rows, largest_error=None)
    count = len(one) if one.ndim else 1
    if one.dtype.kind not in "fc" or two.dtype.kind not in "fc":
        unequal = one != two
        rows = unequal.reshape(count, -1).any(axis=1) if one.size else unequal
        return Difference(count=count, different=int(np.count_nonzero(rows)), largest_error=None)
    error = _relative_error(one, two)
    largest = float(error.max()) if error.size else 0.0
    if one.ndim == 2 and one.shape[1] > 1:
        different = int(np.count_nonzero(one.argmax(axis=1) != two.argmax(axis=1)))
    else:
        different = int(np.count_nonzero(error.reshape(count, -1).max(axis=1, initial=0) > 1e-6))
    return Difference(count=count, different=different, largest_error=largest)


def _relative_error(one: Any, two: Any) -> Any:
    import numpy as np

    scale = np.maximum(np.abs(one), np.abs(two))
    both_missing = np.isnan(one) & np.isnan(two)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.where((one == two) | both_missing, 0.0, np.abs(one - two) / scale)
    return np.nan_to_num(error, nan=np.inf, posinf=np.inf)


def _load(data: bytes) -> Any:
    try:
        return load_array(data)
    except ValueError as error:
        raise Unreadable(f"Kept predictions cannot be read: {error}.") from error
