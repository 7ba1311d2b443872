"""The graph in outline: a run is one thing, with its steps and what it held in memory.

So people draw it: files go into a program, and a model comes out. A run that is *opened* is
shown in full instead, step by step.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct, field

from forebear.analysis.verdict import CONTEXT
from forebear.analysis.walk import far_end
from forebear.core.digest import is_digest
from forebear.core.entities import Edge, EdgeType, Evidence, EvidenceWord, Node
from forebear.core.ports import Direction, Store

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
        self._store, self._seq, self._evidence = store, seq, evidence
        self._opened = None if opened is None else frozenset(opened)
        self._without = () if context else tuple(sorted(CONTEXT))
        self._nodes: dict[str, Node] = {}
        self._stands: dict[str, str] = {}
        self._inside: dict[str, list[Edge]] = {}

    def nodes(self, ids: Iterable[str]) -> Mapping[str, Node]:
        """Return what is known of these, and of all that were asked about before."""
        missing = [id for id in dict.fromkeys(ids) if id not in self._nodes]
        if missing:
            self._nodes |= self._store.nodes(missing, self._seq)
        return self._nodes

    def stands_for(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Return which thing stands for each of these: itself, or the run that it is part of."""
        missing = [id for id in dict.fromkeys(ids) if id not in self._stands]
        self._stands |= {id: id for id in missing}
        unsure = [id for id in missing if not is_digest(id)]
        held = []
        for id in unsure:
            node = self.nodes(unsure).get(id)
            if node is not None and node.type == "run":
                root = node.root or id
                self._stands[id] = id if self._is_open(root) else root
            elif node is not None and node.version is None and self._opened is not None:
                held.append(id)
        if held:
            self._hold(held)
        return self._stands

    def links(self, ids: Sequence[str], direction: Direction) -> Links:
        """Return the links that arrive at (`up`) or leave (`down`) each of these."""
        nodes = self.nodes(ids)
        closed = [id for id in ids if id in nodes and self._is_closed(nodes[id])]
        plain = [id for id in ids if id not in set(closed)]
        found = self._store.fringe(
            plain,
            direction,
            most=MOST,
            without=self._without,
            evidence=self._evidence,
            seq=self._seq,
        )
        edges: dict[str, list[Edge]] = {id: [] for id in ids}
        for edge in found.edges:
            edges[edge.target if direction == "up" else edge.source].append(edge)
        for run in closed:
            edges[run] = self._of_run(run, direction)
        self.stands_for(far_end(edge, direction) for some in edges.values() for edge in some)
        links = {id: self._merged(id, edges[id], direction) for id in ids}
        return Links(of=links, cut=found.counts)

    def _is_open(self, root: str) -> bool:
        return self._opened is None or root in self._opened

    def _is_closed(self, node: Node) -> bool:
        return (
            node.type == "run" and (node.root or node.id) == node.id and not self._is_open(node.id)
        )

    def _hold(self, held: Sequence[str]) -> None:
        """Let what lay in memory be part of the run that made it, if that is shown as one thing."""
        arriving: dict[str, list[Edge]] = {}
        for edge in self._store.edges(held, "up", seq=self._seq):
            arriving.setdefault(edge.target, []).append(edge)
        stands = self.stands_for(edge.source for some in arriving.values() for edge in some)
        nodes = self.nodes(stands[edge.source] for some in arriving.values() for edge in some)
        for id, some in arriving.items():
            makers = (stands[edge.source] for edge in some)
            whole = (one for one in makers if one in nodes and self._is_closed(nodes[one]))
            self._stands[id] = next(whole, id)

    def _of_run(self, run: str, direction: Direction) -> list[Edge]:
        """Return the edges that cross the border of a run that is shown as one thing."""
        if run not in self._inside:
            edges = [edge for edge in self._store.run_edges(run, self._seq) if self._passes(edge)]
            steps = {edge.target for edge in edges if edge.type == "used"}
            steps |= {edge.source for edge in edges if edge.type == "generated"}
            self._stands |= dict.fromkeys(steps, run)
            self._inside[run] = edges
        edges = self._inside[run]
        stands = self.stands_for(end for edge in edges for end in (edge.source, edge.target))
        held = {end for edge in edges for end in (edge.source, edge.target) if stands[end] == run}
        memory = [
            id for id, node in self.nodes(held).items() if id in held and node.type == "artifact"
        ]
        further = self._store.edges(memory, direction, evidence=self._evidence, seq=self._seq)
        both = dict.fromkeys([*edges, *filter(self._passes, further)])
        self.stands_for(end for edge in both for end in (edge.source, edge.target))
        return [edge for edge in both if self._crosses(edge, run, direction)]

    def _passes(self, edge: Edge) -> bool:
        return Evidence[edge.evidence] >= self._evidence and edge.role not in self._without

    def _crosses(self, edge: Edge, run: str, direction: Direction) -> bool:
        source, target = self._stands[edge.source], self._stands[edge.target]
        here, there = (target, source) if direction == "up" else (source, target)
        return here == run != there

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
        nodes = self.nodes(ends)
        steps = [nodes[end] for end in ends if end in nodes and nodes[end].type == "run"]
        roots = {node.root for node in steps if node.root != node.id}
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
