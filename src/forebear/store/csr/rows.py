"""Edges by one of their ends, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "Edges", "Rows", "Sieve", "distinct", "merged", "narrowest", "ranges", "sparse"]

Array = npt.NDArray[Any]

_FEW: int = 64
"""Edges up to which a loop in Python is cheaper than a dozen calls of NumPy."""


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which edges a question may follow: known well enough, and recorded early enough."""

    evidence: int = 1
    seq: int | None = None

    @property
    def open(self) -> bool:
        """Every edge passes."""
        return self.evidence <= 1 and self.seq is None

    def passes(self, evidence: Array, seqs: Array) -> Array:
        """Tell which edges pass."""
        passing = evidence >= self.evidence
        return passing if self.seq is None else passing & (seqs <= self.seq)


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges in columns, in no particular order."""

    sources: Array
    targets: Array
    evidence: Array
    seqs: Array

    def __len__(self) -> int:
        return len(self.sources)

    def along(self, direction: str) -> tuple[Array, Array]:
        """Return where each edge is met in a walk in this direction, and where it leads."""
        up = direction == "up"
        return (self.targets, self.sources) if up else (self.sources, self.targets)

    def with_more(self, more: Edges) -> Edges:
        """Return these edges and those."""
        return Edges(
            *(
                np.concatenate([getattr(self, name), getattr(more, name)])
                for name in ("sources", "targets", "evidence", "seqs")
            )
        )


@dataclass(frozen=True, slots=True)
class Rows:
    """Edges in one direction, those of one node together.

    The edges met at node `i` are those from `first[i]` to `first[i + 1]`. With `keys` only the
    nodes in it (ascending) have a row, in that order.
    """

    first: Array
    ends: Array
    evidence: Array
    seqs: Array
    keys: Array | None = None

    def __len__(self) -> int:
        return len(self.first) - 1

    def of(self, nodes: Array) -> tuple[Array, Array, Array]:
        """Return those of these nodes that have rows, where the rows begin, how long they are."""
        if self.keys is None:
            known = nodes < len(self)
            inside = rows = nodes if known.all() else nodes[known]
        else:
            rows = np.minimum(self.keys.searchsorted(nodes), len(self) - 1)
            known = self.keys[rows] == nodes
            inside, rows = nodes[known], rows[known]
        begin = self.first[rows]
        return inside, begin, self.first[rows + 1] - begin

    def reached(self, nodes: Array, sieve: Sieve) -> Array:
        """Return the far ends of all edges of these nodes, as often as edges lead there."""
        _, begin, counts = self.of(nodes)
        if len(begin) == 1:
            found: slice | Array = slice(int(begin[0]), int(begin[0] + counts[0]))
        else:
            found = ranges(begin, counts)
        ends = self.ends[found]
        return ends if sieve.open else ends[sieve.passes(self.evidence[found], self.seqs[found])]

    def pairs(self, nodes: Array) -> tuple[Array, Array]:
        """Return all edges of these nodes: the node, and the far end."""
        inside, begin, counts = self.of(nodes)
        return np.repeat(inside, counts), self.ends[ranges(begin, counts)]

    def few(self, nodes: list[int], sieve: Sieve) -> list[int] | None:
        """Return what `reached` does as a list, or None where that would be long."""
        found: list[int] = []
        for node in nodes:
            row = self._place(node)
            if row is None:
                continue
            begin, end = self.first.item(row), self.first.item(row + 1)
            if end - begin > _FEW:
                return None
            ends = self.ends[begin:end]
            if not sieve.open:
                ends = ends[sieve.passes(self.evidence[begin:end], self.seqs[begin:end])]
            found += ends.tolist()
        return found

    def _place(self, node: int) -> int | None:
        if self.keys is None:
            return node if node < len(self) else None
        place = int(self.keys.searchsorted(self.keys.dtype.type(node)))
        return place if place < len(self) and self.keys.item(place) == node else None


def merged(base: Rows | None, nodes: int, at: Array, edges: tuple[Array, Array, Array]) -> Rows:
    """Return rows for all of `nodes` with the edges of `base` and others, met `at` these nodes.

    `edges` are the far ends, the evidence and the seqs.
    """
    order = np.argsort(at, kind="stable")
    at = at[order]
    old = np.zeros(0, np.int64) if base is None else np.diff(base.first)
    counts = np.bincount(at, minlength=nodes)
    counts[: len(old)] += old
    first = np.zeros(nodes + 1, narrowest(int(counts.sum())))
    np.cumsum(counts, out=first[1:])
    ends, evidence, seqs = (column[order] for column in edges)
    if base is not None:
        behind = base.first[np.minimum(at + 1, len(base))]
        ends = np.insert(base.ends, behind, ends)
        evidence = np.insert(base.evidence, behind, evidence)
        newest = seqs.max(initial=0)
        wide = seqs.dtype if newest > np.iinfo(base.seqs.dtype).max else base.seqs.dtype
        seqs = np.insert(base.seqs.astype(wide, copy=False), behind, seqs)
    # SciPy walks rows whose places and ends are of one type.
    widest = np.promote_types(first.dtype, narrowest(nodes))
    return Rows(
        first.astype(widest, copy=False),
        ends.astype(widest, copy=False),
        evidence.astype(np.uint8, copy=False),
        seqs.astype(np.uint32 if seqs.max(initial=0) < 2**32 else np.uint64, copy=False),
    )


def sparse(at: Array, ends: Array, evidence: Array, seqs: Array) -> Rows:
    """Return rows for those nodes only that have edges."""
    order = np.argsort(at, kind="stable")
    at = at[order]
    first = _begins(at)
    return Rows(np.append(first, len(at)), ends[order], evidence[order], seqs[order], at[first])


def distinct(numbers: Array) -> Array:
    """Return numbers in ascending order, each once.

    So does `np.unique`, which imports masked arrays for it: a fifth of what NumPy itself takes.
    """
    ordered = np.sort(numbers)
    return ordered[_begins(ordered)]


def _begins(ordered: Array) -> Array:
    """Return where in ascending numbers each of them stands first."""
    first: Array = np.append(0, np.flatnonzero(ordered[1:] != ordered[:-1]) + 1)
    return first[: len(ordered)]


def narrowest(most: int) -> type[np.signedinteger[Any]]:
    """Return the narrower of the two types that hold numbers up to `most`."""
    return np.int32 if most < 2**31 else np.int64


def ranges(begin: Array, counts: Array) -> Array:
    """Return all places in these ranges, one after the other."""
    behind = np.cumsum(counts)
    total = int(behind[-1]) if len(behind) else 0
    places = np.repeat(begin - (behind - counts).astype(begin.dtype), counts)
    places += np.arange(total, dtype=places.dtype)
    return places
