"""pandas: which rows of one frame are in another.

Whatever picks rows in pandas ends in a few functions of its block managers. They are followed:
each notes which row labels it has made of which, and by what positions. Labels are known by
their identity, as pandas itself does (`Index.is_`), never by their values.
"""

from __future__ import annotations

import functools
import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Final

from forebear.capture.passage import SAME, Relation, through
from forebear.capture.patching import Patches, is_ours, marked
from forebear.capture.session import active

__all__ = ["grouped", "joined", "patch_rows", "relations", "repeated", "stacked", "tabulated"]

_MOST_MOVES: Final = 512
_MOST_BYTES: Final = 256 << 20
_LONGEST_WAY: Final = 12


class _Moves:
    """The latest picks of rows: from the identity of new labels to where they come from."""

    def __init__(self) -> None:
        self._known: OrderedDict[Any, list[tuple[Any, Any]]] = OrderedDict()
        self._bytes = 0

    def note(self, made: Any, source: Any, positions: Any) -> None:
        """Remember that labels were made of others: at positions, by a slice, or unchanged."""
        here, there = getattr(made, "_id", None), getattr(source, "_id", None)
        if here is None or there is None or here is there:
            return
        known = self._known.setdefault(here, [])
        if any(before is there for before, _ in known):
            return
        known.append((there, positions))
        self._bytes += getattr(positions, "nbytes", 0)
        while len(self._known) > _MOST_MOVES or self._bytes > _MOST_BYTES:
            _, gone = self._known.popitem(last=False)
            self._bytes -= sum(getattr(one, "nbytes", 0) for _, one in gone)

    def way(self, made: Any, source: Any, rows: int) -> Relation:
        """Return which of the `rows` rows of `source` are at the labels `made`."""
        wanted = getattr(source, "_id", None)
        return None if wanted is None else self._way(made._id, wanted, rows, 0)

    def _way(self, here: Any, wanted: Any, rows: int, depth: int) -> Relation:
        if here is wanted:
            return SAME
        for there, positions in self._known.get(here, ()) if depth < _LONGEST_WAY else ():
            earlier = self._way(there, wanted, rows, depth + 1)
            if earlier is not None:
                return through(_relation(positions, rows, earlier), earlier)
        return None


_moves = _Moves()


def _relation(positions: Any, rows: int, earlier: Relation) -> Relation:
    """Return a pick as a relation to what it picked from."""
    if positions is None:
        return SAME
    from forebear.engines import rowmaps

    size = rows if earlier is SAME else earlier.n_out
    if isinstance(positions, slice):
        return rowmaps.identity(size).pick(positions)
    return rowmaps.take(positions, size)


def patch_rows(patches: Patches) -> None:
    """Follow the functions that pick rows."""
    managers = sys.modules["pandas.core.internals.managers"]
    block, single = managers.BlockManager, managers.SingleBlockManager
    base = managers.BaseBlockManager
    _follow(patches, base, "reindex_indexer", _reindexed)
    patches.replace(base, "set_axis", _relabelling(base.set_axis))
    for owner in (block, single):
        _follow(patches, owner, "get_slice", _sliced)
    _follow(patches, single, "get_rows_with_mask", _masked)
    _follow(patches, sys.modules["pandas"].Index, "repeat", _repeated)


def _follow(patches: Patches, owner: Any, name: str, tell: Callable[..., None]) -> None:
    original = getattr(owner, name, None)
    if original is None or is_ours(original):
        return

    @functools.wraps(original)
    def followed(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        session = active()
        if session is not None:
            try:
                tell(self, result, *args, **kwargs)
            except Exception as error:
                session.trouble(name, error)
        return result

    patches.replace(owner, name, marked(followed, original))


def _relabelling(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return `set_axis` that notes which row labels are put in place of which."""

    @functools.wraps(original)
    def set_axis(self: Any, axis: int, new_labels: Any) -> Any:
        before = self.axes[axis] if active() is not None and axis == self.ndim - 1 else None
        result = original(self, axis, new_labels)
        if before is not None:
            _moves.note(self.axes[axis], before, None)
        return result

    return marked(set_axis, original)


def _reindexed(self: Any, result: Any, new_axis: Any, indexer: Any, axis: int, **_: Any) -> None:
    if axis == self.ndim - 1:
        _moves.note(result.axes[-1], self.axes[-1], indexer)


def _sliced(self: Any, result: Any, slobj: slice, axis: int = 0, new_index: Any = None) -> None:
    if axis == self.ndim - 1:
        _moves.note(result.axes[-1], self.axes[-1], slobj)


def _masked(self: Any, result: Any, indexer: Any) -> None:
    numpy = sys.modules["numpy"]
    _moves.note(result.axes[-1], self.axes[-1], numpy.flatnonzero(numpy.asarray(indexer)))


def joined(made: Any, join: Any, left: Any, right: Any) -> None:
    """Note which rows of both sides a join has put beside each other."""
    _moves.note(made.index, join.left.index, left)
    _moves.note(made.index, join.right.index, right)


def _repeated(self: Any, result: Any, repeats: Any, axis: None = None) -> None:
    numpy = sys.modules["numpy"]
    times = numpy.asarray(repeats).astype(numpy.intp)
    _moves.note(result, self, numpy.repeat(numpy.arange(len(self)), times))


def relations(made: Any, parents: Sequence[Any]) -> list[Relation]:
    """Return which rows of each parent are in what was made."""
    return [_of(made, parent) for parent in parents]


def _of(made: Any, parent: Any) -> Relation:
    if made is parent:
        return SAME
    here, there = _labels(made), _labels(parent)
    if hasattr(here, "is_") and hasattr(there, "is_"):
        return SAME if here.is_(there) else _moves.way(here, there, len(parent))
    labels = parent if hasattr(parent, "is_") else made if hasattr(made, "is_") else None
    if labels is not None:
        other = here if labels is parent else there
        return SAME if hasattr(other, "is_") and other.is_(labels) else None
    # Between a frame and an array values are passed row by row.
    if not getattr(made, "ndim", 0) or not hasattr(parent, "__len__"):
        return None
    return SAME if len(made) == len(parent) and (here is None or there is None) else None


def _labels(thing: Any) -> Any:
    """Return the row labels of a frame, or of what an accessor such as `.cat` looks at."""
    found = getattr(thing, "index", None)
    return found if hasattr(found, "is_") else getattr(thing, "_index", None)


def stacked(made: Any, parents: Sequence[Any]) -> list[Relation] | None:
    """Return which rows of each parent are in a frame that has them one below the other."""
    from forebear.engines import rowmaps

    lengths = [len(parent) for parent in parents]
    if sum(lengths) != len(made):
        return None
    numpy = sys.modules["numpy"]
    found: list[Relation] = []
    before = 0
    for size in lengths:
        positions = numpy.full(len(made), -1)
        positions[before : before + size] = numpy.arange(size)
        found.append(rowmaps.take(positions, size))
        before += size
    return found


def repeated(made: Any, parent: Any) -> Relation:
    """Return which rows of a frame are in one that has them all, several times over."""
    size = len(parent)
    if not size or len(made) % size:
        return None
    from forebear.engines.rowmaps import take

    numpy = sys.modules["numpy"]
    return take(numpy.tile(numpy.arange(size), len(made) // size), size)


def by_labels(made: Any, given: Any) -> Relation:
    """Return which rows of a frame are in one that has a row for each label that it gives them.

    `given` is an index with one entry for each row of the frame; those that are not among the
    labels of what was made are in none of its rows.
    """
    labels = getattr(made, "index", None)
    if labels is None or not labels.is_unique or labels.nlevels != given.nlevels:
        return None
    from forebear.engines import rowmaps

    numpy = sys.modules["numpy"]
    places = numpy.asarray(labels.get_indexer(given))
    inside = numpy.flatnonzero(places >= 0)
    return rowmaps.pairs(places[inside], inside, len(made), len(given))


def tabulated(made: Any, frame: Any, function: str, asked: Any) -> Relation:
    """Return the rows of a frame in its counts of values, its pivot table, or another shape."""
    pandas = sys.modules["pandas"]
    if function == "value_counts":
        if getattr(frame, "ndim", 0) == 1:
            binned = asked.option(4, "bins") is not None
            return None if binned else by_labels(made, pandas.Index(frame))
        chosen = frame if (names := asked.option(1, "subset")) is None else frame[names]
        chosen = chosen.to_frame() if chosen.ndim == 1 else chosen
        return by_labels(made, pandas.MultiIndex.from_frame(chosen))
    if function == "pivot_table":
        return _pivoted(made, frame, asked)
    if function == "unstack":
        level = asked.option(1, "level")
        return by_labels(made, frame.index.droplevel(-1 if level is None else level))
    return _stacked_up(made, frame)


def _pivoted(made: Any, frame: Any, asked: Any) -> Relation:
    pandas = sys.modules["pandas"]
    keys, others = (_names(asked.option(place, n)) for place, n in ((2, "index"), (3, "columns")))
    plain = all(isinstance(one, str) and one in frame.columns for one in (*keys, *others))
    if not keys or not plain or asked.kwargs.get("margins") or asked.kwargs.get("dropna") is False:
        return None
    given = frame[keys]
    if others:  # what has no column in the table is in none of its rows
        given = given.where(frame[others].notna().all(axis=1))
    one = len(keys) == 1
    return by_labels(
        made, pandas.Index(given[keys[0]]) if one else pandas.MultiIndex.from_frame(given)
    )


def _names(said: Any) -> list[Any]:
    return [] if said is None else list(said) if isinstance(said, list | tuple) else [said]


def _stacked_up(made: Any, frame: Any) -> Relation:
    """Return the row of a frame that each row is of where its columns lie one below the other."""
    numpy, labels = sys.modules["numpy"], getattr(made, "index", None)
    if labels is None or labels.nlevels != frame.index.nlevels + 1 or not frame.index.is_unique:
        return None
    from forebear.engines.rowmaps import take

    return take(numpy.asarray(frame.index.get_indexer(labels.droplevel(-1))), len(frame))


def grouped(made: Any, groups: Any) -> Relation:
    """Return which rows of the grouped frame are in a frame that has one row for each group."""
    grouper = groups._grouper
    if getattr(made, "index", None) is None or len(made) != grouper.ngroups:
        return None
    from forebear.engines import rowmaps

    numpy = sys.modules["numpy"]
    ids = numpy.asarray(grouper.ids)
    inside = numpy.flatnonzero(ids >= 0)
    return rowmaps.pairs(ids[inside], inside, len(made), len(ids))
