"""Views into arrays: which rows and columns of an array another one shows of the same memory."""

from __future__ import annotations

from typing import Any

from forebear.capture.passage import SAME, Columns, Relation, names_of

__all__ = ["rows_and_columns"]


def rows_and_columns(
    view: Any, known: Any, columns: Columns | None
) -> tuple[Relation, Columns | None] | None:
    """Return which rows and columns of `known` a view shows, by where both lie in memory.

    None where the view is no plain slice of it: transposed, reshaped, or of other types.
    """
    if view.dtype != known.dtype or not known.ndim or not view.ndim:
        return None
    offset = view.__array_interface__["data"][0] - known.__array_interface__["data"][0]
    if offset < 0:
        return None
    rows = _along(view, known, offset, 0)
    if rows is None:
        return None
    first, step = rows
    offset -= first * known.strides[0]
    names = names_of(view)
    if known.ndim == 1 or view.shape[1:] == known.shape[1:]:
        if offset or view.strides[1:] != known.strides[1:]:
            return None
        kept = columns if columns is None or len(columns.names) == len(names) else None
        return _relation(first, step, view, known), kept
    if known.ndim != 2 or not known.strides[1] or offset % known.strides[1]:
        return None
    place = offset // known.strides[1]
    stride = view.strides[1] // known.strides[1] if view.ndim == 2 and view.strides[1] else 1
    places = [place + at * stride for at in range(len(names))]
    chosen = None
    if columns is not None and max(places, default=0) < len(columns.feeds):
        chosen = Columns(names, tuple(columns.feeds[at] for at in places))
    return _relation(first, step, view, known), chosen


def _along(view: Any, known: Any, offset: int, axis: int) -> tuple[int, int] | None:
    """Return the first row that a view shows, and how far its rows lie apart."""
    stride = known.strides[axis]
    if not stride or view.strides[axis] % stride or view.ndim > known.ndim:
        return None
    first, step = offset // stride, view.strides[axis] // stride
    last = first + step * (len(view) - 1)
    inside = 0 <= first < max(1, len(known)) and 0 <= last < max(1, len(known))
    return (first, step) if step and inside else None


def _relation(first: int, step: int, view: Any, known: Any) -> Relation:
    if first == 0 and step == 1 and len(view) == len(known):
        return SAME
    from forebear.engines.rowmaps import identity

    stop = first + step * len(view)
    return identity(len(known)).pick(slice(first, stop if stop >= 0 else None, step))
