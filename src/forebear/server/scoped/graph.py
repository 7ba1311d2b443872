"""The graph as somebody sees it: its nodes, edges, walks, and the names that nodes have there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from itertools import islice
from typing import TypeVar

from msgspec import structs

from forebear.core.entities import ArtifactKind, Edge, EdgeType, Node
from forebear.core.lineage import Direction
from forebear.core.ports import Store
from forebear.core.refs import NameKind
from forebear.core.rows import (
    AliasRow,
    Closure,
    Common,
    Fringe,
    GapRow,
    LocationRow,
    MetricRow,
    ReproductionRow,
    RunRow,
    VersionRow,
)
from forebear.core.statements import about_name
from forebear.server.scoped.sight import Sight
from forebear.server.scoped.terrain import Terrain
from forebear.server.scoped.walks import Walks

__all__ = ["ScopedGraph"]

T = TypeVar("T", AliasRow, LocationRow, ReproductionRow, MetricRow, GapRow)

_PAGE = 200
_PROBE = 1_000
"""So many of the nearest tell as a rule whether anything is hidden."""
_OF_CONTENT = frozenset({"table", "weights"})
"""What an artifact's attributes say of its content, which is the same for everybody."""


class ScopedGraph(Store):
    """What is in the graph of a store, as somebody sees it."""

    def __init__(self, inner: Store, sight: Sight, *, decides: bool = False) -> None:
        self._inner, self._sight, self._decides = inner, sight, decides

    @property
    def withheld(self) -> int:
        """How many things were left out so far."""
        return len(self._sight.withheld)

    def node(self, id: str, seq: int | None = None) -> Node | None:
        """The artifact or run with this id."""
        return self.nodes([id], seq).get(id)

    def nodes(self, ids: Sequence[str], seq: int | None = None) -> dict[str, Node]:
        """Many nodes at once."""
        found = self._inner.nodes(self._seen(ids), seq)
        return {node.id: node for node in self._as_named(found.values(), seq)}

    def find_artifacts(self, digest: str, seq: int | None = None) -> list[Node]:
        """Artifacts with this digest."""
        return self._nodes_seen(self._inner.find_artifacts(digest, seq), seq)

    def find_runs(self, prefix: str, seq: int | None = None) -> list[RunRow]:
        """Runs whose id begins so."""
        return self._runs_seen(self._inner.find_runs(prefix, seq))

    def find_location(self, uri: str, seq: int | None = None) -> list[Node]:
        """Artifacts that were seen at this place, by somebody who is seen."""
        found = self._nodes_seen(self._inner.find_location(uri, seq), seq)
        there = {
            one.artifact for one in self.locations([n.id for n in found], seq) if one.uri == uri
        }
        return [node for node in found if node.id in there]

    def run(self, id: str, seq: int | None = None) -> RunRow | None:
        """One run."""
        return self._inner.run(id, seq) if self._sight.thing(id) else None

    def runs(
        self,
        *,
        roots_only: bool = True,
        parent: str | None = None,
        before: str | None = None,
        limit: int = 50,
        seq: int | None = None,
    ) -> list[RunRow]:
        """Runs, newest first, or the steps of a run that is seen."""
        ask = partial(self._inner.runs, roots_only=roots_only, seq=seq)
        if parent is not None:
            if not self._sight.thing(parent):
                return []
            return self._runs_seen(ask(parent=parent, before=before, limit=limit))
        found: list[RunRow] = []
        while len(found) < limit and (page := ask(before=before, limit=_PAGE)):
            found += self._runs_seen(page)
            before = page[-1].id
        return found[:limit]

    def unfinished(self) -> list[RunRow]:
        """Root runs without an end."""
        return self._runs_seen(self._inner.unfinished())

    def edges(
        self,
        ids: Sequence[str],
        direction: Direction,
        *,
        type: EdgeType | None = None,
        evidence: int = 1,
        seq: int | None = None,
    ) -> list[Edge]:
        """Edges between what is seen; ends that are not are withheld."""
        starts = self._seen(ids)
        if not starts:
            return []
        found = self._inner.edges(starts, direction, type=type, evidence=evidence, seq=seq)
        return self._edges_seen(found)

    def fringe(
        self,
        ids: Sequence[str],
        direction: Direction,
        *,
        most: int,
        without: Sequence[str] = (),
        evidence: int = 1,
        seq: int | None = None,
    ) -> Fringe:
        """Of each node the last `most` edges, and how many it has if it has more."""
        at: dict[str, list[Edge]] = {}
        for edge in self.edges(ids, direction, evidence=evidence, seq=seq):
            if edge.role not in without:
                at.setdefault(edge.target if direction == "up" else edge.source, []).append(edge)
        return Fringe(
            edges=[edge for edges in at.values() for edge in edges[-most:]],
            counts={id: len(edges) for id, edges in at.items() if len(edges) > most},
        )

    def run_edges(self, run: str, seq: int | None = None) -> list[Edge]:
        """Edges of a run and all its steps."""
        if not self._sight.thing(run):
            return []
        return self._edges_seen(self._inner.run_edges(run, seq))

    def edges_of_runs(self, runs: Sequence[str], seq: int | None = None) -> dict[str, list[Edge]]:
        """Edges of each run and all its steps."""
        found = self._inner.edges_of_runs(self._seen(runs), seq)
        return {run: self._edges_seen(found.get(run, [])) for run in runs}

    def closure(
        self,
        ids: Sequence[str],
        direction: Direction,
        *,
        kinds: Sequence[str] | None = None,
        evidence: int = 1,
        seq: int | None = None,
        depth: int | None = None,
        limit: int | None = None,
    ) -> Closure:
        """All that lies above or below, as far as it is seen."""
        ask = partial(self._inner.closure, direction=direction, evidence=evidence, seq=seq)
        if depth is None and self._is_seen_whole(ask, starts := self._seen(ids)):
            return ask(starts, kinds=kinds, limit=limit)
        walks = self._walks(evidence, seq)
        return walks.closure(ids, direction, kinds=kinds, depth=depth, limit=limit)

    def reached(
        self,
        ids: Sequence[str],
        direction: Direction,
        among: Sequence[str],
        *,
        evidence: int = 1,
        seq: int | None = None,
    ) -> dict[str, int]:
        """Those that lie above or below, with their distance."""
        depths = self.closure(ids, direction, evidence=evidence, seq=seq).depths
        return {id: depths[id] for id in among if id in depths}

    def is_ancestor(self, a: str, b: str, *, evidence: int = 1, seq: int | None = None) -> bool:
        """Tell whether one leads to the other by any way: a cycle must be found all the same."""
        return self._inner.is_ancestor(a, b, evidence=evidence, seq=seq)

    def shortest_path(
        self,
        starts: Sequence[str],
        ends: Sequence[str],
        *,
        evidence: int = 1,
        seq: int | None = None,
    ) -> list[str]:
        """The nodes of a shortest way that is seen."""
        begin, end = self._seen(starts), self._seen(ends)
        way = self._inner.shortest_path(begin, end, evidence=evidence, seq=seq)
        return way if self._are_seen(way) else self._walks(evidence, seq).way(begin, end)

    def ways(
        self,
        starts: Sequence[str],
        goals: Sequence[str],
        direction: Direction,
        *,
        without: Sequence[str] = (),
        evidence: int = 1,
        seq: int | None = None,
    ) -> dict[str, list[str]]:
        """For each goal that is reached the nodes of a shortest way that is seen."""
        begin, wanted = self._seen(starts), self._seen(goals)
        found = self._inner.ways(
            begin, wanted, direction, without=without, evidence=evidence, seq=seq
        )
        if self._are_seen({id for way in found.values() for id in way}):
            return found
        return self._walks(evidence, seq).ways(begin, wanted, direction, without)

    def between(
        self,
        starts: Sequence[str],
        ends: Sequence[str],
        *,
        evidence: int = 1,
        seq: int | None = None,
        limit: int | None = None,
    ) -> Closure:
        """All that lies on any way that is seen."""
        begin, end = self._seen(starts), self._seen(ends)
        found = self._inner.between(begin, end, evidence=evidence, seq=seq)
        if not self._are_seen(found.depths):
            return self._walks(evidence, seq).between(begin, end, limit)
        return structs.replace(found, depths=dict(islice(found.depths.items(), limit)))

    def common_ancestors(
        self,
        groups: Sequence[Sequence[str]],
        *,
        kinds: Sequence[str] | None = None,
        evidence: int = 1,
        seq: int | None = None,
        limit: int | None = None,
    ) -> Common:
        """What each group has among its nodes and their ancestors."""
        seen = [self._seen(group) for group in groups]
        return self._walks(evidence, seq).common(seen, kinds, limit)

    def live_deployments(
        self, ids: Sequence[str], *, evidence: int = 1, seq: int | None = None
    ) -> list[RunRow]:
        """Outermost deployments without an end that any of these reaches."""
        below = self.closure(ids, "down", evidence=evidence, seq=seq).depths.keys() | set(ids)
        return [
            row
            for row in self.deployments(seq=seq)
            if row.id in below or not below.isdisjoint(self._parts(row.id, seq))
        ]

    def deployments(self, *, ended: bool = False, seq: int | None = None) -> list[RunRow]:
        """All deployments without an end; with `ended` those too."""
        return self._runs_seen(self._inner.deployments(ended=ended, seq=seq))

    def artifacts(self, kind: ArtifactKind, seq: int | None = None) -> list[str]:
        """The ids of all artifacts of this kind."""
        return self._seen(self._inner.artifacts(kind, seq))

    def versions_of(
        self, artifacts: Sequence[str], seq: int | None = None
    ) -> dict[str, list[VersionRow]]:
        """For each artifact the versions that it is, of names that are seen."""
        found = self._inner.versions_of(self._seen(artifacts), seq)
        kept = {id: self._versions_seen(rows, seq) for id, rows in found.items()}
        return {id: rows for id, rows in kept.items() if rows}

    def alias_history(self, kind: NameKind, name: str, seq: int | None = None) -> list[AliasRow]:
        """Every move of every alias that is seen, newest first."""
        return self._rows_seen(self._inner.alias_history(kind, name, seq))

    def locations(
        self, artifacts: Sequence[str], seq: int | None = None, *, run: str | None = None
    ) -> list[LocationRow]:
        """Where artifacts were seen, by somebody who is seen."""
        return self._rows_seen(self._inner.locations(self._seen(artifacts), seq, run=run))

    def locations_of_runs(
        self, artifacts: Sequence[str], runs: Sequence[str], seq: int | None = None
    ) -> dict[str, list[LocationRow]]:
        """Where each run saw artifacts, by events that are seen."""
        found = self._inner.locations_of_runs(self._seen(artifacts), runs, seq)
        return {run: self._rows_seen(rows) for run, rows in found.items()}

    def _parts(self, run: str, seq: int | None) -> set[str]:
        """Return the steps of a run, by their edges."""
        edges = self.run_edges(run, seq)
        used = {edge.target for edge in edges if edge.type == "used"}
        return used | {edge.source for edge in edges if edge.type == "generated"}

    def _is_seen_whole(self, ask: Callable[..., Closure], starts: Sequence[str]) -> bool:
        """Tell whether nothing is hidden above or below: then nobody has to look where one goes."""
        nearest = ask(starts, limit=_PROBE).depths
        if not self._are_seen(nearest):
            return False
        return len(nearest) < _PROBE or self._are_seen(ask(starts).depths)

    def _are_seen(self, ids: Collection[str]) -> bool:
        return len(self._sight.things(ids)) == len(ids)

    def _walks(self, evidence: int, seq: int | None) -> Walks:
        def of_kinds(ids: Sequence[str], kinds: Sequence[str] | None) -> list[str]:
            if kinds is None:
                return list(ids)
            known = self._inner.sketches(ids, seq)
            return [id for id in ids if id in known and known[id].kind in kinds]

        terrain = Terrain(self._inner, self._sight, evidence=evidence, seq=seq)
        return Walks(terrain.edges, ordered=self._sight.first, of_kinds=of_kinds)

    def _seen(self, keys: Sequence[str]) -> list[str]:
        seen = self._sight.things(keys)
        return [key for key in keys if key in seen]

    def _edges_seen(self, edges: Sequence[Edge]) -> list[Edge]:
        ends = {end for edge in edges for end in (edge.source, edge.target)}
        seen = self._sight.things(ends)
        self._sight.withhold(ends - seen)
        return [edge for edge in edges if edge.source in seen and edge.target in seen]

    def _rows_seen(self, rows: Iterable[T]) -> list[T]:
        return [row for row in rows if self._sight.event(row.seq)]

    def _runs_seen(self, rows: Sequence[RunRow]) -> list[RunRow]:
        seen = self._sight.things(row.id for row in rows)
        return [row for row in rows if row.id in seen]

    def _nodes_seen(self, nodes: Sequence[Node], seq: int | None) -> list[Node]:
        seen = self._sight.things(node.id for node in nodes)
        return self._as_named((node for node in nodes if node.id in seen), seq)

    def _as_named(self, nodes: Iterable[Node], seq: int | None) -> list[Node]:
        """Return nodes as they are called where they are seen: elsewhere it may be otherwise."""
        given = [self._as_told(node, seq) for node in nodes]
        named = [node.id for node in given if node.version is not None]
        versions = self.versions_of(named, seq) if named else {}
        return [
            node if node.version is None else _called(node, versions.get(node.id, []))
            for node in given
        ]

    def _as_told(self, node: Node, seq: int | None) -> Node:
        """Return a node without what others, who have met the same content, say of it."""
        if node.type == "run" or not self._sight.is_shared(node.id):
            return node
        places = self.locations([node.id], seq)
        label = places[0].uri.rstrip("/").rpartition("/")[2] if places else None
        return structs.replace(
            node,
            label=label,
            name=label if node.version is None else node.name,
            attrs={key: value for key, value in node.attrs.items() if key in _OF_CONTENT},
        )

    def _versions_seen(self, rows: Sequence[VersionRow], seq: int | None) -> list[VersionRow]:
        names = self._sight.things(about_name(row.kind, row.name) for row in rows)
        artifacts = self._sight.things(row.artifact for row in rows)
        kept = [
            row
            for row in rows
            if row.artifact in artifacts and about_name(row.kind, row.name) in names
        ]
        pointing = {(row.kind, row.name): self._pointing(row.kind, row.name, seq) for row in kept}
        return [
            structs.replace(row, aliases=pointing[row.kind, row.name].get(row.version, []))
            for row in kept
        ]

    def _pointing(self, kind: NameKind, name: str, seq: int | None) -> dict[int, list[str]]:
        last: dict[str, int | None] = {}
        for move in self.alias_history(kind, name, seq):
            last.setdefault(move.alias, move.version)
        found: dict[int, list[str]] = {}
        for alias, version in sorted(last.items()):
            if version is not None:
                found.setdefault(version, []).append(alias)
        return found


def _called(node: Node, versions: Sequence[VersionRow]) -> Node:
    if not versions:
        return structs.replace(node, name=node.label, version=None, aliases=[])
    first = next((row for row in versions if row.name == node.name), versions[0])
    return structs.replace(
        node, name=first.name, version=first.version, aliases=list(first.aliases)
    )
