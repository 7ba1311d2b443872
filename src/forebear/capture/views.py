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
    if view.dtype != known.dtype or not 0 < view.ndim <= known.ndim or not view.size:
        return None
    offset = view.__array_interface__["data"][0] - known.__array_interface__["data"][0]
    corner = _corner(known, offset)
    if corner is None:
        return None
    step = _step(view, known, corner, 0)
    if step is None:
        return None
    relation = _relation(corner[0], step, view, known)
    if known.ndim != 2:
        whole = view.shape[1:] == known.shape[1:] and view.strides[1:] == known.strides[1:]
        return (relation, columns) if whole and not any(corner[1:]) else None
    across = _step(view, known, corner, 1) if view.ndim == 2 else 1
    if across is None:
        return None
    names = names_of(view)
    places = [corner[1] + at * across for at in range(len(names))]
    chosen = None
    if columns is not None and len(columns.feeds) == known.shape[1]:
        chosen = Columns(names, tuple(columns.feeds[at] for at in places))
    return relation, chosen


def _corner(known: Any, offset: int) -> list[int] | None:
    """Return the place in an array, along each axis, of the value at an offset in memory."""
    steps = list(zip(known.strides, known.shape, range(known.ndim), strict=True))
    offset -= sum(min(0, stride * (size - 1)) for stride, size, _ in steps)
    places = [0] * known.ndim
    if offset < 0:
        return None
    for stride, size, axis in sorted(steps, key=lambda one: -abs(one[0])):
        if size < 2:
            continue
        if not stride:
            return None
        place, offset = divmod(offset, abs(stride))
        if place >= size:
            return None
        places[axis] = place if stride > 0 else size - 1 - place
    return places if offset == 0 else None


def _step(view: Any, known: Any, corner: list[int], axis: int) -> int | None:
    """Return how far apart in an array lie what a view shows one after the other on an axis."""
    size, stride = view.shape[axis], known.strides[axis]
    if size == 1:
        return 1
    if not stride or view.strides[axis] % stride:
        return None
    step = view.strides[axis] // stride
    inside = 0 <= corner[axis] + step * (size - 1) < known.shape[axis]
    return int(step) if step and inside else None


def _relation(first: int, step: int, view: Any, known: Any) -> Relation:
    if first == 0 and step == 1 and len(view) == len(known):
        return SAME
    from forebear.engines.rowmaps import identity

    stop = first + step * len(view)
    return identity(len(known)).pick(slice(first, stop if stop >= 0 else None, step))
