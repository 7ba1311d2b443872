"""A walk as a tree for reading: everything once in full, repetitions folded."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from msgspec import Struct

from forebear.analysis.verdict import CONTEXT
from forebear.analysis.walk import far_end
from forebear.core.entities import Edge, Evidence, Node
from forebear.core.lineage import Direction

__all__ = ["Twig", "grow"]

_ROLES = ("base", "teacher", "train", "validation", "test", "reference")


class Twig(Struct, kw_only=True):
    """One mention of a node in the tree, with the edges that tie it to the one above it."""

    node: Node
    edges: list[Edge] = []
    children: list[Twig] = []
    above: bool = False
    """Its branches are printed further up, where it is first mentioned."""
    more: int = 0
    """So many more nodes beside it did the same with the same result, and are not shown."""

    @property
    def evidence(self) -> str | None:
        """How the weakest of its edges is known."""
        return min((e.evidence for e in self.edges), key=lambda w: Evidence[w], default=None)

    @property
    def roles(self) -> list[str]:
        """What it is there for, each role once."""
        return list(dict.fromkeys(edge.role for edge in self.edges if edge.role))


def grow(
    roots: Sequence[str],
    nodes: Mapping[str, Node],
    edges: Sequence[Edge],
    direction: Direction,
) -> list[Twig]:
    """Return one twig for each root, with everything that lies in `direction` as its branches.

    Code and environment are left out: they surround a run, and are told once for each run.
    """
    garden = _Garden(nodes, [e for e in edges if e.role not in CONTEXT], direction)
    tops: list[Twig] = []
    shown: set[str] = set()
    first = garden.fold([(root, []) for root in roots if root in nodes])
    pending = [(*found, tops) for found in reversed(first)]
    while pending:
        id, ties, more, into = pending.pop()
        below = garden.below(id)
        twig = Twig(node=nodes[id], edges=ties, more=more, above=id in shown and bool(below))
        into.append(twig)
        if id not in shown:
            shown.add(id)
            pending += [(*found, twig.children) for found in reversed(below)]
    return tops


_Tied = tuple[str, list[Edge]]
_Folded = tuple[str, list[Edge], int]


class _Garden:
    """The flow of a walk, with the questions that growing a tree asks of it."""

    def __init__(
        self, nodes: Mapping[str, Node], edges: Sequence[Edge], direction: Direction
    ) -> None:
        self._nodes = nodes
        self._further: dict[str, dict[str, list[Edge]]] = {}
        self._touching: dict[str, list[Edge]] = {}
        for edge in edges:
            if edge.source not in nodes or edge.target not in nodes:
                continue
            here = edge.target if direction == "up" else edge.source
            self._further.setdefault(here, {}).setdefault(far_end(edge, direction), []).append(edge)
            for end in (edge.source, edge.target):
                self._touching.setdefault(end, []).append(edge)

    def below(self, id: str) -> list[_Folded]:
        """Return what hangs from a node, in reading order, repetitions folded."""
        further = self._further.get(id, {})
        inner = {root for end in further for root in self._roots_behind(end)}
        tied = [(end, ties) for end, ties in further.items() if end not in inner]
        return self.fold(sorted(tied, key=self._order))

    def fold(self, tied: list[_Tied]) -> list[_Folded]:
        """Leave one of those that are the same in all that matters, and count the others."""
        groups: dict[Hashable, list[_Tied]] = {}
        for end, ties in tied:
            groups.setdefault(self._likeness(end), []).append((end, ties))
        return [(*group[0], len(group) - 1) for group in groups.values()]

    def _roots_behind(self, id: str) -> set[str]:
        # A script and a step inside it may both have made a file: the step tells the story.
        runs = [id, *(e.source for e in self._touching.get(id, ()) if e.target == id)]
        return {root for run in runs if (root := self._nodes[run].root) and root != run}

    def _likeness(self, id: str) -> Hashable:
        node = self._nodes[id]
        if node.type == "artifact":
            # In one run, two tables with equal values stay two things with two names.
            makers = frozenset(
                self._deed(e.source) for e in self._touching.get(id, ()) if e.target == id
            )
            return (node.kind, node.digest or id, node.name, node.version, node.label, makers)
        return self._deed(id)

    def _deed(self, id: str) -> Hashable:
        node = self._nodes[id]
        if node.type == "artifact":
            return id
        ties = frozenset(
            (edge.type, edge.role, edge.slot, self._content(edge, id))
            for edge in self._touching.get(id, ())
        )
        return (node.kind, node.name, node.status, ties) if ties else id

    def _content(self, edge: Edge, run: str) -> str:
        end = self._nodes[edge.source if edge.target == run else edge.target]
        return end.digest or end.id

    def _order(self, tied: _Tied) -> tuple[int, str, float, str]:
        end, ties = tied
        node = self._nodes[end]
        roles = [_ROLES.index(e.role) for e in ties if e.role in _ROLES]
        newest_first = -node.started.timestamp() if node.started else 0.0
        rank = min(roles, default=len(_ROLES))
        return (rank, min(e.slot or "" for e in ties), newest_first, node.label or node.name or "")
