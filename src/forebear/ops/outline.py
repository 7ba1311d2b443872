"""The graph in outline: a run is one thing, with its steps and what it held in memory.

So people draw it: files go into a program, and a model comes out. A run that is *opened* is
shown in full instead, step by step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct, field

from forebear.analysis.verdict import CONTEXT
from forebear.analysis.walk import far_end
from forebear.core.digest import is_digest
from forebear.core.entities import Edge, EdgeType, Evidence, EvidenceWord, Node
from forebear.core.lineage import Direction
from forebear.core.ports import Store
from forebear.core.rows import Fringe, Sketch

__all__ = ["Link", "Links", "Outline", "stronger"]

MOST: Final = 1_000
"""Edges of one node that are looked at: the newest."""


class Link(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one thing leads to another: all recorded edges between them, and what they stand for."""

    source: str = field(name="from")
    target: str = field(name="to")
    type: EdgeType
    roles: list[str] = []
    relation: str | None = None
    evidence: EvidenceWord
    """The strongest of its edges; of the links on a way that is not shown, the weakest."""
    between: int = 0
    """So many things lie between, which are not shown."""


class Links(Struct, kw_only=True):
    """The links at some nodes in one direction."""

    of: dict[str, list[Link]]
    """For each node its links, the newest first."""
    cut: dict[str, int] = {}
    """Nodes with more edges than are looked at, and how many they have."""


class Outline:
    """Answers who is next to whom; `opened` are runs that are shown in full, None for all."""

    def __init__(
        self,
        store: Store,
        seq: int | None,
        *,
        evidence: int,
        opened: Collection[str] | None,
        context: bool = False,
    ) -> None:
        self._store, self._seq, self.evidence = store, seq, evidence
        self._opened = None if opened is None else frozenset(opened)
        self._without = () if context else tuple(sorted(CONTEXT))
        self._nodes: dict[str, Node] = {}
        self._sketches: dict[str, Sketch] = {}
        self._stands: dict[str, str] = {}
        self.steps: dict[str, int] = {}
        """Of runs that are shown as one thing, how many steps they have."""

    def nodes(self, ids: Iterable[str]) -> Mapping[str, Node]:
        """Return all that is known of these, and of those that were asked about before."""
        missing = [id for id in dict.fromkeys(ids) if id not in self._nodes]
        if missing:
            self._nodes |= self._store.nodes(missing, self._seq)
        return self._nodes

    def sketches(self, ids: Iterable[str]) -> Mapping[str, Sketch]:
        """Return in short what these are, and those that were asked about before."""
        missing = [id for id in dict.fromkeys(ids) if id not in self._sketches]
        if missing:
            self._sketches |= self._store.sketches(missing, self._seq)
        return self._sketches

    def named_first(self, ids: Sequence[str]) -> list[str]:
        """Return these with what has an alias in front, then what has a name."""
        versions = self._store.versions_of(ids, self._seq)
        aliased = {id for id, rows in versions.items() if any(row.aliases for row in rows)}
        return sorted(ids, key=lambda id: (id not in aliased, id not in versions))

    def stands_for(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Return which thing stands for each of these: itself, or the run that it is part of."""
        missing = [id for id in dict.fromkeys(ids) if id not in self._stands]
        self._stands |= {id: id for id in missing}
        # What has a digest for an id outlived its run.
        unsure = [id for id in missing if not is_digest(id)]
        known = self.sketches(unsure)
        # Who sees a step need not see the run around it.
        whole = self.sketches(known[id].root or id for id in unsure if id in known)
        held = []
        for id in unsure:
            sketch = known.get(id)
            if sketch is None:
                continue
            if sketch.root is not None:
                shut = sketch.root in whole and not self._is_open(sketch.root)
                self._stands[id] = sketch.root if shut else id
            elif self._opened is not None and sketch.type == "artifact":
                held.append(id)
        if held:
            self._hold(held)
        return self._stands

    def links(self, ids: Sequence[str], direction: Direction) -> Links:
        """Return the links that arrive at (`up`) or leave (`down`) each of these."""
        known = self.sketches(ids)
        closed = [id for id in ids if id in known and self._is_closed(id, known[id])]
        inside = self._inside(closed)
        found = self._fringe([*ids, *inside], direction)
        edges: dict[str, list[Edge]] = {id: [] for id in ids}
        for edge in found.edges:
            here = edge.target if direction == "up" else edge.source
            edges[inside.get(here, here)].append(edge)
        far = [far_end(edge, direction) for some in edges.values() for edge in some]
        stands = self.stands_for(far)
        self.sketches(stands[end] for end in far)
        links = {id: self._merged(id, edges[id], direction) for id in ids}
        return Links(of=links, cut={id: found.counts[id] for id in ids if id in found.counts})

    def _fringe(self, ids: Sequence[str], direction: Direction) -> Fringe:
        return self._store.fringe(
            ids,
            direction,
            most=MOST,
            without=self._without,
            evidence=self.evidence,
            seq=self._seq,
        )

    def _is_open(self, root: str) -> bool:
        return self._opened is None or root in self._opened

    def _is_closed(self, id: str, sketch: Sketch) -> bool:
        return sketch.type == "run" and sketch.root in {None, id} and not self._is_open(id)

    def _hold(self, held: Sequence[str]) -> None:
        """Let what lay in memory be part of the run that made it, if that is shown as one thing.

        What has a name is looked for by people, wherever it lay.
        """
        named = self._store.versions_of(held, self._seq)
        unnamed = [id for id in held if id not in named]
        arriving: dict[str, list[Edge]] = {}
        for edge in self._store.edges(unnamed, "up", seq=self._seq):
            arriving.setdefault(edge.target, []).append(edge)
        stands = self.stands_for(edge.source for some in arriving.values() for edge in some)
        known = self.sketches(stands[e.source] for some in arriving.values() for e in some)
        for id, some in arriving.items():
            makers = (stands[edge.source] for edge in some)
            whole = (one for one in makers if one in known and self._is_closed(one, known[one]))
            self._stands[id] = next(whole, id)

    def _inside(self, runs: Sequence[str]) -> dict[str, str]:
        """Return what these runs stand for, steps and what lay in memory, with the run."""
        if not runs:
            return {}
        inside = self._store.steps(runs, self._seq)
        self.steps |= Counter(inside.values())
        self._stands |= inside
        wanted, made = frozenset(runs), [*runs, *inside]
        while made:
            ends = [edge.target for edge in self._fringe(made, "down").edges if edge.type != "used"]
            stands = self.stands_for(ends)
            made = [
                end
                for end in dict.fromkeys(ends)
                if end not in inside and end != stands[end] and stands[end] in wanted
            ]
            inside |= {end: stands[end] for end in made}
        return inside

    def _merged(self, id: str, edges: Sequence[Edge], direction: Direction) -> list[Link]:
        """Make one link of all edges between two things, the newest first."""
        found: dict[str, list[Edge]] = {}
        for edge in reversed(edges):
            far = self._stands[far_end(edge, direction)]
            if far != id:
                found.setdefault(far, []).append(edge)
        for far in self._told_by_steps(found):
            del found[far]
        return [_link(id, far, some, direction) for far, some in found.items()]

    def _told_by_steps(self, ends: Collection[str]) -> list[str]:
        """Return runs among these of which a step is there too: it tells the same, and more."""
        known = self._sketches
        roots = {known[end].root for end in ends if end in known and known[end].root != end}
        return [end for end in ends if end in roots]


def stronger(one: EvidenceWord, other: EvidenceWord) -> EvidenceWord:
    """Return the better of two grades.

    >>> stronger("declared", "observed")
    'observed'
    """
    return max(one, other, key=lambda word: Evidence[word])


def _link(id: str, far: str, edges: Sequence[Edge], direction: Direction) -> Link:
    source, target = (far, id) if direction == "up" else (id, far)
    best = edges[0].evidence
    for edge in edges:
        best = stronger(best, edge.evidence)
    first = edges[0]
    return Link(
        source=source,
        target=target,
        type=first.type,
        roles=list(dict.fromkeys(edge.role for edge in edges if edge.role)),
        relation=next((edge.relation for edge in edges if edge.relation), None),
        evidence=best,
    )
