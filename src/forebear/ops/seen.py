"""What a walk through the graph saw, with all that is told about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

import msgspec

from forebear.analysis.completeness import gaps_of
from forebear.analysis.walk import Graded, Neighbours, Walk, walk
from forebear.core.entities import Edge, EvidenceWord, at_least
from forebear.core.errors import InvalidInput
from forebear.core.lineage import Direction
from forebear.core.ports import Store
from forebear.core.rows import RunRow
from forebear.ops.graph import RunFacts, edges_out, facts_of, nodes_out
from forebear.ops.live import with_live_deployments
from forebear.ops.resolve import Found, moment, resolve
from forebear.ops.table import Target

__all__ = ["Asked", "Seen", "look", "natural", "neighbours_of"]


class Asked(Protocol):
    """How far a walk is to go."""

    @property
    def as_of(self) -> str | None:
        """As things were at this time."""

    @property
    def evidence(self) -> EvidenceWord | None:
        """Only links that are known at least so well."""

    @property
    def depth(self) -> int | None:
        """How many links far."""

    @property
    def limit(self) -> int:
        """How many nodes the answer may have."""


class Seen:
    """What a walk saw, with all that is told about it."""

    def __init__(
        self,
        *,
        store: Store,
        seq: int | None,
        found: Found,
        walk: Walk,
        graded: Graded,
        least: EvidenceWord | None,
    ) -> None:
        self.store, self.seq, self.found, self.walk = store, seq, found, walk
        self._graded, self._least = graded, least
        self.nodes = store.nodes(list(walk.depths), seq) | {node.id: node for node in found.nodes}
        for id, depth in walk.depths.items():
            if id in self.nodes:
                self.nodes[id] = msgspec.structs.replace(self.nodes[id], depth=depth)
        whole = dict.fromkeys(n.root or n.id for n in self.nodes.values() if n.type == "run")
        self.runs: list[RunRow] = [row for id in whole if (row := store.run(id, seq)) is not None]

    def gaps(self) -> list[str]:
        """Say what was not seen."""
        runs = {run.id for run in self.runs} | self._of_models_from_nowhere()
        return gaps_of(
            runs=self.runs,
            noticed=self.store.gaps(sorted(runs), self.seq),
            nodes=self.nodes,
            edges=self.walk.edges,
            hidden=len(self._graded.hidden),
            least=self._least,
        )

    def _of_models_from_nowhere(self) -> set[str]:
        """Return the runs that saved models of which nothing on the way says who made them.

        No run is on the way to such a model, and what its run says of it would be left out.
        """
        made = {edge.target for edge in self.walk.edges}
        models = (n.id for n in self.nodes.values() if n.kind == "model" and n.in_memory)
        alone = {id for id in models if id not in made}
        saved = [edge.target for edge in self.walk.edges if edge.source in alone]
        places = self.store.locations(saved, self.seq) if saved else []
        return {row.run for row in places if row.run is not None and row.mode == "write"}

    def facts(self) -> list[RunFacts]:
        """Tell of the outermost runs."""
        return facts_of(self.runs, self.nodes, self.walk.edges)

    def graph(self, gaps: list[str]) -> dict[str, Any]:
        """Return the fields that all answers about the graph have, but for the verdict."""
        places: dict[str, str] = {}
        stored = [n.id for n in self.nodes.values() if n.type == "artifact" and not n.in_memory]
        for place in self.store.locations(stored, self.seq):
            places.setdefault(place.artifact, place.uri)
        return {
            "root": self.found.nodes[0].id,
            "roots": self.found.ids,
            "nodes": nodes_out(self.nodes, self.walk.depths, places),
            "edges": edges_out(self.walk.edges),
            "complete": not gaps and not self.walk.omitted,
            "omitted": self.walk.omitted,
            "gaps": gaps,
        }


def look(store: Store, target: Target, direction: Direction, asked: Asked) -> Seen:
    """Walk up or down from a thing, as far as was asked for.

    Raises:
        InvalidInput: the depth or the limit is below 0.
    """
    depth, limit = natural(asked.depth, "depth"), natural(asked.limit, "limit")
    seq = moment(store, asked.as_of)
    found = resolve(store, target, seq)
    graded = Graded(neighbours_of(store, seq), asked.evidence)
    walked = walk(found.ids, graded, direction, max_depth=depth, max_nodes=max(1, limit or 0))
    if walked.omitted and direction == "down" and asked.depth is None:
        walked = with_live_deployments(
            store, found.ids, walked, evidence=at_least(asked.evidence), seq=seq
        )
    return Seen(store=store, seq=seq, found=found, walk=walked, graded=graded, least=asked.evidence)


def natural(number: int | None, what: str) -> int | None:
    """Return a bound of a walk as it is, if it is one."""
    if number is not None and number < 0:
        raise InvalidInput(f"A {what} of {number} makes no sense; it is a number from 0 on.")
    return number


def neighbours_of(store: Store, seq: int | None) -> Neighbours:
    """Return what tells the edges of things, as they were at a seq."""
    edges: Callable[[Sequence[str], Direction], list[Edge]] = partial(store.edges, seq=seq)
    return edges
