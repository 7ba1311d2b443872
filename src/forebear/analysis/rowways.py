"""Which rows of one artifact are in another, however many steps lie between: maps composed.

Needs NumPy. Maps are fetched one by one as they are needed, and let go of when nothing further
needs them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from forebear.analysis.flowgraph import FlowGraph
from forebear.core.flows import Passage
from forebear.engines.rowmaps import RowMap, identity, pairs

__all__ = [
    "Holding",
    "Load",
    "Spread",
    "divided",
    "down_from",
    "reached_from",
    "sizes",
    "spread",
    "up_from",
]

Array = npt.NDArray[Any]
Load = Callable[[Passage], RowMap | None]
"""Returns the row map of a passage, None where the rows were not seen."""
_ROUNDS = 50


class Holding(NamedTuple):
    """What an artifact holds of another one, or is held of it."""

    rows: RowMap | None
    """By the ways that were seen; None where none was."""
    unseen: bool = False
    """There are ways of which the rows were not seen: it may be more than `rows` says."""


class Spread(NamedTuple):
    """Which rows an artifact holds of some that were asked about."""

    rows: dict[str, Array]
    """For each artifact with any of them the positions there."""
    perhaps: set[str]
    """Artifacts that may hold any of them, by ways of which the rows were not seen."""


def down_from(
    graph: FlowGraph,
    source: str,
    load: Load,
    *,
    wanted: Iterable[str] | None = None,
    figures: bool = True,
) -> Iterator[tuple[str, Holding]]:
    """Yield what each artifact below `source` holds of it, itself first.

    `graph` holds what lies below; with `wanted` only these are yielded, and what they need.
    Without `figures` a row that a row of the source went into by itself does not hold the rows of
    the groups whose figures (a mean, a rate) were put beside it.
    """
    size = sizes(graph)
    inside = graph.below([source])
    if wanted is not None:
        needed = set(graph.above(wanted))
        inside = [one for one in inside if one in needed]
    members = set(inside)
    left = Counter(p.source for one in inside for p in graph.into.get(one, ()))
    held: dict[str, Holding] = {source: _itself(source, size)}
    cyclic = graph.cyclic
    for one in inside:
        if one != source:
            arriving = [p for p in graph.into.get(one, ()) if p.source in members]
            held[one] = _holding(arriving, held, load, size, _joined if figures else _standing)
        yield one, held[one]
        for passage in graph.into.get(one, ()):
            left[passage.source] -= 1
            if not cyclic and not left[passage.source] and passage.source in held:
                del held[passage.source]
        if not cyclic and not left[one]:
            del held[one]


def _itself(artifact: str, size: dict[str, int]) -> Holding:
    rows = identity(size.get(artifact, 0))
    return Holding(None, unseen=True) if rows.is_vast else Holding(rows)


def _holding(
    arriving: Sequence[Passage],
    held: dict[str, Holding],
    load: Load,
    size: dict[str, int],
    joined: Callable[[RowMap, RowMap], RowMap],
) -> Holding:
    rows: RowMap | None = None
    unseen = False
    for passage in arriving:
        before = held.get(passage.source)  # None on a way that leads back to where it began
        step = _sized(load(passage), passage, size)
        unseen |= before is None or before.unseen or step is None
        if before is not None and before.rows is not None and step is not None:
            way = step.after(before.rows)
            rows = way if rows is None else joined(rows, way)
    return Holding(rows, unseen)


def up_from(graph: FlowGraph, target: str, load: Load) -> dict[str, Holding]:
    """Return what `target` holds of each artifact above it, itself included."""
    size = sizes(graph)
    inside = graph.above([target])
    members = set(inside)
    leaving: dict[str, list[Passage]] = {}
    for one in inside:
        for passage in graph.into.get(one, ()):
            leaving.setdefault(passage.source, []).append(passage)
    held: dict[str, Holding] = {target: _itself(target, size)}
    for one in reversed(inside):
        if one == target:
            continue
        rows: RowMap | None = None
        unseen = False
        for passage in leaving.get(one, ()):
            later = held.get(passage.target)
            if later is None or passage.target not in members:
                continue
            unseen |= later.unseen or not passage.seen
            step = None if later.rows is None else _sized(load(passage), passage, size)
            if later.rows is None or step is None:
                unseen = True
                continue
            way = later.rows.after(step)
            rows = way if rows is None else _joined(rows, way)
        held[one] = Holding(rows, unseen)
    return held


def spread(graph: FlowGraph, source: str, rows: Array, load: Load) -> Spread:
    """Return where some rows of `source` went, row by row and step by step.

    The plain way: every map on the way is read, for this one question.
    """
    size = sizes(graph)
    found: dict[str, Array] = {source: np.unique(np.asarray(rows, np.int64))}
    perhaps: set[str] = set()
    order = graph.below([source])
    for _ in range(_ROUNDS):
        before = {one: len(there) for one, there in found.items()}, len(perhaps)
        for one in order:
            for passage in graph.into.get(one, ()):
                if passage.source in perhaps:
                    perhaps.add(one)
                here = found.get(passage.source)
                if here is None or not len(here):
                    continue
                step = _sized(load(passage), passage, size)
                if step is None:
                    perhaps.add(one)
                    continue
                known = found.get(one, np.zeros(0, np.int64))
                there = np.union1d(known, step.forward(here[here < step.n_in]))
                if len(there):
                    found[one] = there
        if not graph.cyclic or before == (
            {one: len(there) for one, there in found.items()},
            len(perhaps),
        ):
            break
    return Spread(found, perhaps)


def reached_from(
    graph: FlowGraph,
    source: str,
    load: Load,
    mask_of: Callable[[Passage], Array | None],
    *,
    wanted: Sequence[str] | None = None,
) -> Iterator[tuple[str, Array | tuple[int, int]]]:
    """Yield which rows of `source` each artifact below it holds: a mask, or first and last + 1.

    `mask_of` tells of one passage which rows of its source are in its target. It spares composing
    maps where an artifact was taken straight from the source's own rows and went no further.
    """
    leaving = graph.out_of()
    chosen = graph.below([source]) if wanted is None else wanted
    plain = {source}
    short: list[Passage] = []
    for one in graph.below([source]):
        arriving = graph.into.get(one, ())
        if len(arriving) == 1 and arriving[0].source in plain:
            if arriving[0].whole:
                plain.add(one)
            elif not leaving.get(one) and arriving[0].seen:
                short.append(arriving[0])
    straight = {p.target: p for p in short if p.target in set(chosen)}
    rest = [one for one in chosen if one not in straight]
    members = set(rest)
    for one, holding in down_from(graph, source, load, wanted=rest) if rest else ():
        if one in members and holding.rows is not None:
            yield one, _narrow(holding.rows.reached())
    for one, passage in straight.items():
        mask = mask_of(passage)
        if mask is not None:
            yield one, _narrow(mask)


def _narrow(mask: Array) -> Array | tuple[int, int]:
    """Return a mask as its first and last row + 1, where all in between are in it too."""
    count = int(np.count_nonzero(mask))
    if not count:
        return 0, 0
    first, stop = int(mask.argmax()), len(mask) - int(mask[::-1].argmax())
    return (first, stop) if stop - first == count else mask


def divided(graph: FlowGraph, load: Load) -> Load:
    """Return a loader of maps by which each row of a target has a row of one source only.

    Where tables were joined, one of them is divided by a split and the others are looked up: their
    rows belong to many rows of the target. The divided one is that whose rows come once, else
    the first. Tables put below each other are all divided.
    """
    cache: dict[tuple[str, str | None], dict[str, RowMap | None]] = {}

    def loaded(passage: Passage) -> RowMap | None:
        key = passage.target, passage.run
        if key not in cache:
            together = [p for p in graph.into.get(key[0], ()) if p.run == key[1]]
            cache[key] = _own(together, load) if len(together) > 1 else {}
        own = cache[key]
        return own[passage.source] if passage.source in own else load(passage)

    return loaded


def _own(together: Sequence[Passage], load: Load) -> dict[str, RowMap | None]:
    maps = {p.source: load(p) for p in together}
    seen = {source: one for source, one in maps.items() if one is not None and not one.is_vast}
    first = list(seen)
    taken = np.zeros(max((one.n_out for one in seen.values()), default=0), bool)
    for source in sorted(seen, key=lambda one: (_repeats(seen[one]), first.index(one))):
        one = seen[source]
        covered = one.covered()
        before = taken[: one.n_out]
        if (covered & before).any():
            maps[source] = one.within(~before)
        taken[: one.n_out] |= covered
    if seen and taken.all():
        # Each row is one of a table that was seen: of the others something was looked up.
        nothing = np.zeros(0, np.int64)
        for source, unknown in maps.items():
            if unknown is None:
                maps[source] = pairs(nothing, nothing, len(taken), 0)
    return maps


def _repeats(one: RowMap) -> bool:
    """Tell whether a row of the source belongs to several rows of the target."""
    return bool((one.counts() > 1).any())


def _joined(one: RowMap, two: RowMap) -> RowMap:
    return one if one is two else one.joined(two)


def _standing(one: RowMap, two: RowMap) -> RowMap:
    """Return both ways in one; where one brings single rows, groups of the other don't count."""
    if one.is_grouped == two.is_grouped:
        return _joined(one, two)
    single, grouped = (two, one) if one.is_grouped else (one, two)
    return single.joined(grouped.within(~single.covered()))


def sizes(graph: FlowGraph) -> dict[str, int]:
    """Return how many rows each artifact has, as far as records and passages say."""
    size: dict[str, int] = dict(graph.rows)
    for passage in graph.passages:
        for one, rows in ((passage.source, passage.n_in), (passage.target, passage.n_out)):
            if rows is not None:
                size[one] = max(size.get(one, 0), rows)
    whole = [passage for passage in graph.passages if passage.whole]
    for passage in [*whole, *reversed(whole)]:  # a copy has as many rows as what was copied
        if passage.source in size:
            size.setdefault(passage.target, size[passage.source])
        elif passage.target in size:
            size[passage.source] = size[passage.target]
    return size


def _sized(one: RowMap | None, passage: Passage, size: dict[str, int]) -> RowMap | None:
    """Return a map between artifacts of the sizes that they have, as far as that is known.

    Who reads the first rows of a file only may not know how many there are. Of more rows than
    there is room for it is not known either.
    """
    if one is None and passage.whole:
        one = _whole(passage, size)
    if one is None:
        return None
    n_in, n_out = size.get(passage.source, one.n_in), size.get(passage.target, one.n_out)
    if one.n_out != n_out:
        return None
    fitting = one if one.n_in == n_in else one.of_source(n_in)
    return None if fitting.is_vast else fitting


def _whole(passage: Passage, size: dict[str, int]) -> RowMap | None:
    rows = size.get(passage.target, size.get(passage.source))
    return None if rows is None else RowMap(size.get(passage.source, rows), rows, start=0)
