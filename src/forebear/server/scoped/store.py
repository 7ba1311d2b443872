"""The port of the store, over another store, for somebody who sees some workspaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from msgspec import structs

from forebear.analysis.verdict import counted
from forebear.core.accounts import Accounts
from forebear.core.entities import ArtifactKind, Edge, EdgeType, Node
from forebear.core.errors import Forbidden
from forebear.core.events import AliasMoved, AnyEvent, Stated
from forebear.core.intakes import Intake, Intakes
from forebear.core.ports import Direction, Expectation, HashTree, Identities, Store
from forebear.core.refs import NameKind
from forebear.core.rows import (
    AliasRow,
    Appended,
    Closure,
    Common,
    Fault,
    Fringe,
    GapRow,
    Head,
    LocationRow,
    MetricRow,
    NameRow,
    Refusal,
    ReproductionRow,
    RunFigures,
    RunRow,
    Sketch,
    StoredEvent,
    VersionRow,
)
from forebear.core.statements import about_name
from forebear.server.scoped.parts import (
    ScopedBlobs,
    ScopedFlows,
    ScopedPhrases,
    ScopedStatements,
)
from forebear.server.scoped.sight import Sight
from forebear.server.scoped.walks import Walks

__all__ = ["ScopedStore"]

T = TypeVar("T", AliasRow, LocationRow, ReproductionRow, MetricRow, GapRow)

_PAGE = 200


class ScopedStore(Store):
    """A store as somebody sees it; see the package.

    With `decides` nothing is written once something was withheld: what it would rest on is not
    known to who decides.
    """

    def __init__(self, inner: Store, sight: Sight, *, decides: bool = False) -> None:
        self._inner, self._sight, self._decides = inner, sight, decides

    @property
    def blobs(self) -> ScopedBlobs:
        """Kept bytes, but for those of artifacts that are not seen."""
        return ScopedBlobs(self._inner, self._sight)

    @property
    def flows(self) -> ScopedFlows:
        """How data went into data."""
        return ScopedFlows(self._inner.flows, self._sight)

    @property
    def statements(self) -> ScopedStatements:
        """What is said where it is seen."""
        return ScopedStatements(self._inner.statements, self._sight)

    @property
    def phrases(self) -> ScopedPhrases:
        """Texts about what is seen."""
        return ScopedPhrases(self._inner.phrases, self._sight)

    @property
    def withheld(self) -> int:
        """How many things were left out so far."""
        return len(self._sight.withheld)

    @property
    def identities(self) -> Identities:
        """Names behind commitments: whoever sees an event sees the names in it."""
        return self._inner.identities

    @property
    def accounts(self) -> Accounts:
        """Accounts are no matter of workspaces."""
        return self._inner.accounts

    @property
    def intakes(self) -> Intakes:
        """From whom events came in is asked of events that are seen."""
        return self._inner.intakes

    @property
    def tree(self) -> HashTree:
        """Hashes tell nothing of what was hashed."""
        return self._inner.tree

    def append(
        self,
        events: Iterable[AnyEvent],
        *,
        expect: Expectation | None = None,
        intake: Intake | None = None,
    ) -> Appended:
        """Write events."""
        said = list(events)
        if self._decides:
            self._check_grounds(said)
        return self._inner.append(said, expect=expect, intake=intake)

    def append_encoded(self, bodies: Iterable[bytes], *, intake: Intake | None = None) -> Appended:
        """Write events that are already in their canonical bytes."""
        return self._inner.append_encoded(bodies, intake=intake)

    def events(self, after: int = 0) -> Iterator[StoredEvent]:
        """All events that are seen, in order."""
        return (one for one in self._inner.events(after) if self._sight.event(one.seq))

    def refusals(self) -> list[Refusal]:
        """None: they are of everybody."""
        return []

    def head(self) -> Head:
        """How far the ledger reaches, with what is not seen."""
        return self._inner.head()

    def leaf_hashes(self, start: int, stop: int) -> list[bytes]:
        """Hashes tell nothing of what was hashed."""
        return self._inner.leaf_hashes(start, stop)

    def recorded_by(self, id: str) -> list[int]:
        """The events that are seen and tell of this."""
        if not self._sight.thing(id):
            return []
        return [seq for seq in self._inner.recorded_by(id) if self._sight.event(seq)]

    def first_recorded(self, ids: Sequence[str]) -> dict[str, datetime]:
        """When each of these was first spoken of."""
        return self._inner.first_recorded(self._seen(ids))

    def recorded_at(self, seqs: Sequence[int]) -> dict[int, datetime]:
        """When these events were recorded."""
        return self._inner.recorded_at([seq for seq in seqs if self._sight.event(seq)])

    def seq_at(self, moment: datetime) -> int:
        """The last event recorded by then, seen or not."""
        return self._inner.seq_at(moment)

    def node(self, id: str, seq: int | None = None) -> Node | None:
        """The artifact or run with this id."""
        return self.nodes([id], seq).get(id)

    def nodes(self, ids: Sequence[str], seq: int | None = None) -> dict[str, Node]:
        """Many nodes at once."""
        found = self._inner.nodes(self._seen(ids), seq)
        return {node.id: node for node in self._as_named(found.values(), seq)}

    def sketches(self, ids: Sequence[str], seq: int | None = None) -> dict[str, Sketch]:
        """What each of these is, in short."""
        return self._inner.sketches(self._seen(ids), seq)

    def steps(self, runs: Sequence[str], seq: int | None = None) -> dict[str, str]:
        """The steps below these runs."""
        found = self._inner.steps(self._seen(runs), seq)
        return {step: found[step] for step in self._seen(list(found))}

    def same_content(self, digests: Sequence[str], seq: int | None = None) -> dict[str, list[Node]]:
        """Artifacts with these digests."""
        found = self._inner.same_content(digests, seq)
        return {digest: self._nodes_seen(nodes, seq) for digest, nodes in found.items()}

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

    def run_rows(self, ids: Sequence[str], seq: int | None = None) -> dict[str, RunRow]:
        """Many runs at once."""
        return self._inner.run_rows(self._seen(ids), seq)

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
        return self._walks(evidence, seq).way(self._seen(starts), self._seen(ends))

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
        walks = self._walks(evidence, seq)
        return walks.ways(self._seen(starts), self._seen(goals), direction, without)

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
        return self._walks(evidence, seq).between(self._seen(starts), self._seen(ends), limit)

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

    def names(self, kind: NameKind, seq: int | None = None) -> list[NameRow]:
        """Names with versions that are seen, most recently changed first."""
        found = []
        for row in self._inner.names(kind, seq):
            versions = self.versions(kind, row.name, seq)
            if versions:
                moves = self.alias_history(kind, row.name, seq)
                times = [one.created for one in versions]
                found.append(
                    NameRow(
                        kind=kind,
                        name=row.name,
                        versions=len(versions),
                        created=min(times),
                        updated=max([*times, *(move.at for move in moves)]),
                    )
                )
        return sorted(found, key=lambda row: row.updated, reverse=True)

    def newest(self, kind: NameKind, seq: int | None = None) -> dict[str, str]:
        """For each name the artifact of its newest version that is seen."""
        rows = {row.name: self.versions(kind, row.name, seq) for row in self.names(kind, seq)}
        return {name: versions[0].artifact for name, versions in rows.items()}

    def versions(self, kind: NameKind, name: str, seq: int | None = None) -> list[VersionRow]:
        """Versions of a name that are seen, newest first; the numbers of others are left out."""
        if not self._sight.thing(about_name(kind, name)):
            return []
        return self._versions_seen(self._inner.versions(kind, name, seq), seq)

    def versions_of(
        self, artifacts: Sequence[str], seq: int | None = None
    ) -> dict[str, list[VersionRow]]:
        """For each artifact the versions that it is, of names that are seen."""
        found = self._inner.versions_of(self._seen(artifacts), seq)
        kept = {id: self._versions_seen(rows, seq) for id, rows in found.items()}
        return {id: rows for id, rows in kept.items() if rows}

    def named(self, kind: NameKind, seq: int | None = None) -> list[str]:
        """The ids of all artifacts that are a version of some name that is seen."""
        of = self.versions_of(self._seen(self._inner.named(kind, seq)), seq)
        return [id for id, rows in of.items() if any(row.kind == kind for row in rows)]

    def alias(
        self, kind: NameKind, name: str, alias: str, seq: int | None = None
    ) -> AliasRow | None:
        """Where an alias points by what is seen."""
        moves = self.alias_history(kind, name, seq)
        last = next((move for move in moves if move.alias == alias), None)
        return None if last is None or last.version is None else last

    def alias_history(self, kind: NameKind, name: str, seq: int | None = None) -> list[AliasRow]:
        """Every move of every alias that is seen, newest first."""
        return self._rows_seen(self._inner.alias_history(kind, name, seq))

    def metrics(
        self,
        *,
        runs: Sequence[str] = (),
        models: Sequence[str] = (),
        seq: int | None = None,
        points: bool = False,
    ) -> list[MetricRow]:
        """Figures of runs or about models, from runs that are seen."""
        seen = self._seen(runs), self._seen(models)
        if not any(seen):
            return []
        rows = self._inner.metrics(runs=seen[0], models=seen[1], seq=seq, points=points)
        return self._rows_seen(rows)

    def figures(self, runs: Sequence[str], seq: int | None = None) -> dict[str, RunFigures]:
        """What runs were set to and measured."""
        return self._inner.figures(self._seen(runs), seq)

    def locations(
        self, artifacts: Sequence[str], seq: int | None = None, *, run: str | None = None
    ) -> list[LocationRow]:
        """Where artifacts were seen, by somebody who is seen."""
        return self._rows_seen(self._inner.locations(self._seen(artifacts), seq, run=run))

    def gaps(self, runs: Sequence[str], seq: int | None = None) -> list[GapRow]:
        """What was not seen in runs."""
        return self._rows_seen(self._inner.gaps(self._seen(runs), seq))

    def reproductions(
        self, artifacts: Sequence[str], seq: int | None = None
    ) -> list[ReproductionRow]:
        """Verdicts about artifacts."""
        return self._rows_seen(self._inner.reproductions(self._seen(artifacts), seq))

    def verify(self) -> Iterator[Fault]:
        """Only whoever sees all of it can check it."""
        raise _of_all()

    def rebuild(self) -> None:
        """Only whoever sees all of it can make it again."""
        raise _of_all()

    def erase_identity(self, commitments: Sequence[str]) -> None:
        """Only whoever sees all of it can erase from it."""
        raise _of_all()

    def close(self) -> None:
        """The store is everybody's, and stays open."""

    def _check_grounds(self, events: Sequence[AnyEvent]) -> None:
        """Return when all is seen that led to the versions that something is decided about."""
        about = [one.about for one in events if isinstance(one, Stated)]
        about += [one.artifact for one in events if isinstance(one, AliasMoved) and one.artifact]
        above = ScopedStore(self._inner, self._sight.afresh())
        above.closure(about, "up")
        if above.withheld:
            number = counted(above.withheld, "thing")
            raise Forbidden(
                f"This rests on {number} withheld from you, in workspaces that you may not see.",
                hint="Somebody who may see them has to decide.",
            )

    def _parts(self, run: str, seq: int | None) -> set[str]:
        """Return the steps of a run, by their edges."""
        edges = self.run_edges(run, seq)
        used = {edge.target for edge in edges if edge.type == "used"}
        return used | {edge.source for edge in edges if edge.type == "generated"}

    def _walks(self, evidence: int, seq: int | None) -> Walks:
        def of_kinds(ids: Sequence[str], kinds: Sequence[str] | None) -> list[str]:
            if kinds is None:
                return list(ids)
            nodes = self._inner.nodes(ids, seq)
            return [id for id in ids if id in nodes and nodes[id].kind in kinds]

        edges = partial(self.edges, evidence=evidence, seq=seq)
        return Walks(edges, ordered=self._sight.first, of_kinds=of_kinds)

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
        """Return nodes under names that are seen: the same content may be called otherwise."""
        given = list(nodes)
        named = [node.id for node in given if node.version is not None]
        versions = self.versions_of(named, seq) if named else {}
        return [
            node if node.version is None else _called(node, versions.get(node.id, []))
            for node in given
        ]

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


def _of_all() -> Forbidden:
    return Forbidden(
        "This is about the whole store, and you may see a part of it.",
        hint="Whoever may read everywhere may ask it.",
    )
