"""Which rows of one table are in another: row maps, how they combine, and how they are kept.

A map leads from the rows of a *target* back to the rows of a *source*. Most steps of data work
pick rows (filter, sort, sample, split): then each row of the target holds one row of the source,
and a map is an array of positions. Grouping and joining several rows into one makes pairs.

A figure of a group that is put beside each of its rows makes as many pairs as the square of the
group's rows. They are never written out: such a map goes by way of the groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["MOST_ROWS", "RowMap", "Via", "identity", "pairs", "span", "stacked", "take"]

Array = npt.NDArray[Any]
MOST_ROWS: Final = 1 << 31
"""Rows up to which one byte for each of them is a matter of course."""
_FEW: Final = 100_000
_MANY: Final = 4
"""Pairs that are written out: a few, and so many times the rows that they are made of."""


class RowMap:
    """For each row of a target, the rows of a source that it holds.

    One of four forms: a *span* (row i holds row `start` + i), *positions* (row i holds row
    `positions[i]`, or none where that is -1), *pairs* (row `outs[k]` holds row `ins[k]`,
    ordered by `outs`), or *via* (row i holds what the rows hold that it holds of a third table).
    `n_in` and `n_out` are the numbers of rows of source and target. Never changed once made.
    """

    __slots__ = ("ins", "n_in", "n_out", "outs", "start", "via")

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        start: int | None = None,
        ins: Array | None = None,
        outs: Array | None = None,
        via: Via | None = None,
    ) -> None:
        self.n_in, self.n_out = n_in, n_out
        self.start, self.ins, self.outs, self.via = start, ins, outs, via

    def __repr__(self) -> str:
        forms = {"span": self.start, "via": self.via, "pairs": self.outs, "take": self.ins}
        form = next(form for form, part in forms.items() if part is not None)
        return f"<RowMap {form} {self.n_in} → {self.n_out}>"

    @property
    def is_grouped(self) -> bool:
        """Tell whether rows of the target hold several rows of the source each."""
        return self.outs is not None or self.via is not None

    @property
    def is_vast(self) -> bool:
        """Tell whether there would be no room for its rows, which take none as long as they lie.

        A few bytes, or a figure that a warehouse told, can say that a table has any number of rows.
        """
        return max(self.n_in, self.n_out) > MOST_ROWS

    def is_identity(self) -> bool:
        """Tell whether each row of the target is the source's row at the same place."""
        return self.start == 0 and self.n_in == self.n_out

    def pick(self, rows: Array | slice) -> RowMap:
        """Return the map of a target made of these rows of this one.

        `rows` are positions (-1: a row that comes from nowhere), a mask, or a slice.
        """
        if isinstance(rows, slice):
            first, stop, step = rows.indices(self.n_out)
            if step == 1 and self.start is not None:
                return span(self.start + first, max(0, stop - first), self.n_in)
            rows = np.arange(first, stop, step)
        rows = np.asarray(rows)
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        if not self.is_grouped:
            return take(_through(self.positions(), rows), self.n_in)
        if self.via is not None:
            return _by_way(self.via.later.pick(rows), self.via.earlier)
        return self._pick_pairs(rows)

    def _pick_pairs(self, rows: Array) -> RowMap:
        assert self.ins is not None
        assert self.outs is not None
        first = np.searchsorted(self.outs, rows, "left")
        counts = np.where(rows >= 0, np.searchsorted(self.outs, rows, "right") - first, 0)
        if counts.sum() > _FEW + _MANY * (len(rows) + len(self.ins)):
            return RowMap(self.n_in, len(rows), via=Via(take(rows, self.n_out), self))
        where = _ranges(first, counts)
        return pairs(np.repeat(np.arange(len(rows)), counts), self.ins[where], len(rows), self.n_in)

    def after(self, earlier: RowMap) -> RowMap:
        """Return the way through both: this map leads into the target of the earlier one."""
        if self.is_identity():
            return earlier
        if earlier.is_identity():
            return self
        if self.via is not None:
            return _by_way(self.via.later, self.via.earlier.after(earlier))
        if self.outs is None:
            rows = slice(self.start, self.start + self.n_out) if self.start is not None else None
            return earlier.pick(self.positions() if rows is None else rows)
        assert self.ins is not None
        through = earlier.pick(self.ins)
        if through.via is not None:
            outs, groups = through.via.later.as_pairs()
            later = _once(self.outs[outs], groups, self.n_out, through.via.later.n_in)
            return _by_way(later, through.via.earlier)
        outs, ins = through.as_pairs()
        return pairs(self.outs[outs], ins, self.n_out, earlier.n_in)

    def joined(self, other: RowMap) -> RowMap:
        """Return the map of the same target that holds the rows of both maps."""
        if self is other:
            return self
        if self.via is not None or other.via is not None:
            return _both_ways(self, other)
        if not self.is_grouped and not other.is_grouped:
            one, two = self.positions(), other.positions()
            if bool(((one == two) | (one < 0) | (two < 0)).all()):
                return take(np.maximum(one, two), self.n_in)
        (outs, ins), (more_outs, more_ins) = self.as_pairs(), other.as_pairs()
        outs, ins = np.append(outs, more_outs), np.append(ins, more_ins)
        return _once(outs, ins, self.n_out, self.n_in)

    def with_own_rows(self) -> RowMap:
        """Return this map joined with that of a target that has the rows of its source."""
        return self.joined(identity(self.n_in))

    def positions(self) -> Array:
        """Return the row of the source that each row of the target holds, -1 for none.

        Raises:
            ValueError: some hold several.
        """
        if self.start is not None:
            return np.arange(self.start, self.start + self.n_out)
        if self.is_grouped:
            raise ValueError("Rows of the target hold several rows of the source.")
        assert self.ins is not None
        return self.ins

    def as_pairs(self) -> tuple[Array, Array]:
        """Return (row of the target, row of the source), ordered by the first.

        Raises:
            ValueError: there are too many to be written out.
        """
        if self.via is not None:
            raise ValueError("Rows of the target hold too many rows of the source.")
        if self.outs is not None:
            assert self.ins is not None
            return self.outs, self.ins
        ins = self.positions()
        known = np.flatnonzero(ins >= 0)
        return known, ins[known]

    def reached(self) -> Array:
        """Return a mask over the rows of the source: which of them are in the target."""
        if self.via is not None:
            return self.via.earlier.within(self.via.later.reached()).reached()
        mask = np.zeros(self.n_in, bool)
        if self.start is not None:
            mask[self.start : self.start + self.n_out] = True
        else:
            assert self.ins is not None
            mask[self.ins[self.ins >= 0]] = True
        return mask

    def covered(self) -> Array:
        """Return a mask over the rows of the target: which of them hold any of the source."""
        if self.via is not None:
            mask = np.zeros(self.n_out, bool)
            mask[self.via.later.forward(np.flatnonzero(self.via.earlier.covered()))] = True
            return mask
        mask = np.zeros(self.n_out, bool)
        mask[self.as_pairs()[0]] = True
        return mask

    def within(self, rows: Array) -> RowMap:
        """Return this map without the rows of the target that this mask leaves out."""
        if self.via is not None:
            return _by_way(self.via.later.within(rows), self.via.earlier)
        if self.outs is None:
            return take(np.where(rows, self.positions(), -1), self.n_in)
        assert self.ins is not None
        left = rows[self.outs]
        return pairs(self.outs[left], self.ins[left], self.n_out, self.n_in)

    def counts(self) -> Array:
        """Return for each row of the source how many rows of the target hold it.

        Of figures of groups: a row counts once for each way by which it is held.
        """
        return self._counts(np.ones(self.n_out, np.int64))

    def _counts(self, weights: Array) -> Array:
        if self.via is not None:
            return self.via.earlier._counts(self.via.later._counts(weights))
        outs, ins = self.as_pairs()
        found: Array = np.bincount(ins, weights[outs], self.n_in).astype(np.int64)
        return found

    def of_source(self, n_in: int) -> RowMap:
        """Return the same map of a source that has so many rows, of which no others are held."""
        via = self.via
        if via is not None:
            via = Via(via.later, via.earlier.of_source(n_in))
        return RowMap(n_in, self.n_out, start=self.start, ins=self.ins, outs=self.outs, via=via)

    def backward(self, rows: Array) -> Array:
        """Return the rows of the source that these rows of the target hold, ascending."""
        return np.flatnonzero(self.pick(np.asarray(rows, np.int64)).reached())

    def forward(self, rows: Array) -> Array:
        """Return the rows of the target that hold any of these rows of the source, ascending."""
        if self.via is not None:
            return self.via.later.forward(self.via.earlier.forward(rows))
        wanted = np.zeros(self.n_in, bool)
        wanted[np.asarray(rows, np.int64)] = True
        outs, ins = self.as_pairs()
        return np.unique(outs[wanted[ins]])


class Via(NamedTuple):
    """Two maps, one after the other, of which the later one leads into the target."""

    later: RowMap
    earlier: RowMap


def identity(rows: int) -> RowMap:
    """Return the map of a target that has the rows of its source, in order.

    >>> identity(3).is_identity()
    True
    """
    return RowMap(rows, rows, start=0)


def span(start: int, n_out: int, n_in: int) -> RowMap:
    """Return the map of a target that holds consecutive rows of its source."""
    return RowMap(n_in, n_out, start=start)


def take(positions: Array, n_in: int) -> RowMap:
    """Return the map of a target whose row i holds row `positions[i]`, or none where it is -1.

    >>> take(np.array([2, 0]), 3).reached().tolist()
    [True, False, True]
    """
    positions = np.asarray(positions)
    size = len(positions)
    near = size > 0 and positions[0] >= 0 and positions[-1] - positions[0] == size - 1
    if near and bool((np.diff(positions) == 1).all()):
        return span(int(positions[0]), size, n_in)
    return RowMap(n_in, size, ins=positions)


def pairs(outs: Array, ins: Array, n_out: int, n_in: int) -> RowMap:
    """Return the map of a target whose row `outs[k]` holds row `ins[k]`, in any order.

    >>> pairs(np.array([0, 0, 1]), np.array([0, 2, 1]), 2, 3).backward([0]).tolist()
    [0, 2]
    """
    outs, ins = np.asarray(outs), np.asarray(ins)
    if len(outs) > 1 and bool((outs[1:] < outs[:-1]).any()):
        order = np.argsort(outs, kind="stable")
        outs, ins = outs[order], ins[order]
    if len(outs) < 2 or bool((outs[1:] > outs[:-1]).all()):
        positions = np.full(n_out, -1, np.int64)
        positions[outs] = ins
        return take(positions, n_in)
    return RowMap(n_in, n_out, outs=outs, ins=ins)


def stacked(maps: Sequence[RowMap]) -> RowMap:
    """Return the map of a target that is the targets of these maps one below the other."""
    n_in, n_out = maps[0].n_in, sum(one.n_out for one in maps)
    if any(one.via is not None for one in maps):
        ways = [_as_via(one) for one in maps]
        return _by_way(_beside([one.later for one in ways]), stacked([one.earlier for one in ways]))
    if not any(one.is_grouped for one in maps):
        return take(np.concatenate([one.positions() for one in maps]), n_in)
    outs, ins, before = [], [], 0
    for one in maps:
        out, in_ = one.as_pairs()
        outs.append(out + before)
        ins.append(in_)
        before += one.n_out
    return pairs(np.concatenate(outs), np.concatenate(ins), n_out, n_in)


def _by_way(later: RowMap, earlier: RowMap) -> RowMap:
    """Return the way through both, whose pairs are not written out."""
    if later.via is not None:  # what leads into the target is always written out
        return _by_way(later.via.later, _by_way(later.via.earlier, earlier))
    return RowMap(earlier.n_in, later.n_out, via=Via(later, earlier))


def _as_via(one: RowMap) -> Via:
    return one.via if one.via is not None else Via(identity(one.n_out), one)


def _both_ways(one: RowMap, two: RowMap) -> RowMap:
    """Return the map that holds the rows of both, by way of what they go through, side by side."""
    (later, earlier), (more_later, more_earlier) = _as_via(one), _as_via(two)
    (outs, ins), (more_outs, more_ins) = later.as_pairs(), more_later.as_pairs()
    outs, ins = np.append(outs, more_outs), np.append(ins, more_ins + later.n_in)
    both = pairs(outs, ins, one.n_out, later.n_in + more_later.n_in)
    return _by_way(both, stacked([earlier, more_earlier]))


def _beside(maps: Sequence[RowMap]) -> RowMap:
    """Return the map of targets below each other whose sources lie below each other too."""
    outs, ins, n_out, n_in = [], [], 0, 0
    for one in maps:
        out, in_ = one.as_pairs()
        outs.append(out + n_out)
        ins.append(in_ + n_in)
        n_out, n_in = n_out + one.n_out, n_in + one.n_in
    return pairs(np.concatenate(outs), np.concatenate(ins), n_out, n_in)


def _once(outs: Array, ins: Array, n_out: int, n_in: int) -> RowMap:
    """Return the map of these pairs, each of them once."""
    order = np.lexsort((ins, outs))  # of columns that are nearly in order, as these are
    outs, ins = outs[order], ins[order]
    new = np.append(True, (outs[1:] != outs[:-1]) | (ins[1:] != ins[:-1]))[: len(outs)]
    return pairs(outs[new], ins[new], n_out, n_in)


def _through(positions: Array, rows: Array) -> Array:
    """Return `positions[rows]`, and -1 where `rows` is -1."""
    found: Array = positions[rows] if len(positions) else np.full(len(rows), -1)
    if len(rows) and rows.min() < 0:
        found = np.where(rows < 0, -1, found)
    return found


def _ranges(first: Array, counts: Array) -> Array:
    """Return all places in these ranges, one after the other."""
    behind = np.cumsum(counts)
    total = int(behind[-1]) if len(behind) else 0
    places: Array = np.arange(total) - np.repeat(behind - counts - first, counts)
    return places
