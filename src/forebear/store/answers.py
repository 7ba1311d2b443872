"""What a store is asked: each question is put to the module that knows the tables for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

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
    NameRow,
    ReproductionRow,
    RunFigures,
    RunRow,
    Sketch,
    VersionRow,
)
from forebear.store import (
    facts,
    figures,
    graph,
    registry,
    runs,
)
from forebear.store.blobs import FileBlobs
from forebear.store.closure import Closures
from forebear.store.database import Database
from forebear.store.reading import Reader
from forebear.store.recursion import Passing, numbers_of
from forebear.store.runs import steps as run_steps
from forebear.store.words import ALL

if TYPE_CHECKING:
    pass

__all__ = ["Answers"]


class Answers(Store):
    """The questions of a store; who opens and writes it is `SqlStore`."""

    _database: Database
    _blobs: FileBlobs
    _closures: Closures

    def node(self, id: str, seq: int | None = None) -> Node | None:
        """The artifact or run with exactly this id.

        Something that is spoken of and not recorded yet has the kind `unknown` (an artifact)
        or `run` without a status.
        """
        return self.nodes([id], seq).get(id)

    def nodes(self, ids: Sequence[str], seq: int | None = None) -> dict[str, Node]:
        """Many nodes at once; unknown ids are left out."""
        with self._at(seq) as (reader, bound):
            return graph.nodes(reader, ids, bound)

    def sketches(self, ids: Sequence[str], seq: int | None = None) -> dict[str, Sketch]:
        """What each of many nodes is, in short; unknown ids are left out."""
        with self._at(seq) as (reader, bound):
            return graph.sketches(reader, ids, bound)

    def steps(self, runs: Sequence[str], seq: int | None = None) -> dict[str, str]:
        """For each step below any of these outermost runs that run."""
        with self._at(seq) as (reader, bound):
            return run_steps(reader, runs, bound)

    def same_content(self, digests: Sequence[str], seq: int | None = None) -> dict[str, list[Node]]:
        """For each digest the artifacts whose content, table or weights digest it is."""
        with self._at(seq) as (reader, bound):
            return graph.same_content(reader, digests, bound)

    def find_artifacts(self, digest: str, seq: int | None = None) -> list[Node]:
        """Artifacts whose content, table or weights digest is `digest` or begins with it."""
        with self._at(seq) as (reader, bound):
            return graph.find_artifacts(reader, digest, bound)

    def find_runs(self, prefix: str, seq: int | None = None) -> list[RunRow]:
        """Runs whose id begins with `prefix` (at most 20)."""
        with self._at(seq) as (reader, bound):
            return runs.find(reader, prefix, bound)

    def find_location(self, uri: str, seq: int | None = None) -> list[Node]:
        """Artifacts seen at this place, the one seen last first."""
        with self._at(seq) as (reader, bound):
            return graph.find_location(reader, uri, bound)

    def run_rows(self, ids: Sequence[str], seq: int | None = None) -> dict[str, RunRow]:
        """Many runs at once; unknown ids are left out."""
        with self._at(seq) as (reader, bound):
            numbers = list(numbers_of(reader, ids).values())
            return {row.id: row for row in runs.load(reader, numbers, bound).values()}

    def run(self, id: str, seq: int | None = None) -> RunRow | None:
        """One run."""
        with self._at(seq) as (reader, bound):
            return runs.one(reader, id, bound)

    def runs(
        self,
        *,
        roots_only: bool = True,
        parent: str | None = None,
        before: str | None = None,
        limit: int = 50,
        seq: int | None = None,
    ) -> list[RunRow]:
        """Runs, newest first; `before` is the id of the last run of the page before.

        With `parent`, the steps of that run in the order in which they happened.
        """
        with self._at(seq) as (reader, bound):
            return runs.listing(
                reader,
                roots_only=roots_only,
                parent=parent,
                before=before,
                limit=limit,
                bound=bound,
            )

    def unfinished(self) -> list[RunRow]:
        """Root runs without an end, oldest first."""
        with self._database.reading() as reader:
            return runs.unfinished(reader)

    def edges(
        self,
        ids: Sequence[str],
        direction: Direction,
        *,
        type: EdgeType | None = None,
        evidence: int = 1,
        seq: int | None = None,
    ) -> list[Edge]:
        """Edges that arrive at (`up`) or leave (`down`) any of `ids`, of one type or all."""
        with self._at(seq) as (reader, bound):
            return graph.edges(reader, ids, direction, Passing(evidence, bound), type)

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
        """What `edges` tells, of each node the newest `most`, and how many it has if more."""
        with self._at(seq) as (reader, bound):
            return graph.fringe(
                reader,
                ids,
                direction,
                most=most,
                without=without,
                evidence=evidence,
                bound=bound,
            )

    def run_edges(self, run: str, seq: int | None = None) -> list[Edge]:
        """Edges of a run and all its steps, with the derivations that they declared."""
        with self._at(seq) as (reader, bound):
            return graph.edges_of_runs(reader, [run], bound)[run]

    def edges_of_runs(self, runs: Sequence[str], seq: int | None = None) -> dict[str, list[Edge]]:
        """For each of these runs what `run_edges` tells."""
        with self._at(seq) as (reader, bound):
            return graph.edges_of_runs(reader, runs, bound)

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
        """All that lies above (`up`) or below (`down`) any of `ids`, each with its distance."""
        with self._at(seq) as (reader, bound):
            passing = Passing(evidence, bound)
            return self._closures.closure(
                reader, ids, direction, passing, kinds=kinds, depth=depth, limit=limit
            )

    def reached(
        self,
        ids: Sequence[str],
        direction: Direction,
        among: Sequence[str],
        *,
        evidence: int = 1,
        seq: int | None = None,
    ) -> dict[str, int]:
        """Those `among` many nodes that lie above or below any of `ids`, with their distance."""
        with self._at(seq) as (reader, bound):
            passing = Passing(evidence, bound)
            return self._closures.reached(reader, ids, direction, among, passing)

    def is_ancestor(self, a: str, b: str, *, evidence: int = 1, seq: int | None = None) -> bool:
        """Tell whether `a` leads to `b`, which is another node."""
        with self._at(seq) as (reader, bound):
            return self._closures.is_ancestor(reader, a, b, Passing(evidence, bound))

    def shortest_path(
        self,
        starts: Sequence[str],
        ends: Sequence[str],
        *,
        evidence: int = 1,
        seq: int | None = None,
    ) -> list[str]:
        """The nodes of a shortest way from any of `starts` to any of `ends`, if there is one."""
        with self._at(seq) as (reader, bound):
            return self._closures.way(reader, starts, ends, Passing(evidence, bound))

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
        """For each of `goals` that is reached, the nodes of a shortest way, the cause first."""
        with self._at(seq) as (reader, bound):
            passing = Passing(evidence, bound)
            return self._closures.ways(reader, starts, goals, direction, passing, without=without)

    def between(
        self,
        starts: Sequence[str],
        ends: Sequence[str],
        *,
        evidence: int = 1,
        seq: int | None = None,
        limit: int | None = None,
    ) -> Closure:
        """All that lies on any way from `starts` to `ends`, these included."""
        with self._at(seq) as (reader, bound):
            passing = Passing(evidence, bound)
            return self._closures.between(reader, starts, ends, passing, limit=limit)

    def common_ancestors(
        self,
        groups: Sequence[Sequence[str]],
        *,
        kinds: Sequence[str] | None = None,
        evidence: int = 1,
        seq: int | None = None,
        limit: int | None = None,
    ) -> Common:
        """What each of `groups` has among its nodes and their ancestors."""
        with self._at(seq) as (reader, bound):
            passing = Passing(evidence, bound)
            return self._closures.common(reader, groups, passing, kinds=kinds, limit=limit)

    def live_deployments(
        self, ids: Sequence[str], *, evidence: int = 1, seq: int | None = None
    ) -> list[RunRow]:
        """Outermost runs of the kind `serve` without an end that any of `ids` reaches."""
        with self._at(seq) as (reader, bound):
            return self._closures.live_deployments(reader, ids, Passing(evidence, bound))

    def deployments(self, *, ended: bool = False, seq: int | None = None) -> list[RunRow]:
        """All runs of the kind `serve` without an end, oldest first; with `ended` those too."""
        with self._at(seq) as (reader, bound):
            return runs.serving(reader, bound, ended=ended)

    def artifacts(self, kind: ArtifactKind, seq: int | None = None) -> list[str]:
        """The ids of all artifacts that were said to be of this kind, oldest first."""
        with self._at(seq) as (reader, bound):
            return graph.artifacts(reader, kind, bound)

    def names(self, kind: NameKind, seq: int | None = None) -> list[NameRow]:
        """Registered names, most recently changed first."""
        with self._at(seq) as (reader, bound):
            return registry.names(reader, kind, bound)

    def newest(self, kind: NameKind, seq: int | None = None) -> dict[str, str]:
        """For each name of a kind the artifact of its newest version."""
        with self._at(seq) as (reader, bound):
            return registry.newest(reader, kind, bound)

    def versions(self, kind: NameKind, name: str, seq: int | None = None) -> list[VersionRow]:
        """Versions of a name, newest first, each with the aliases that point to it."""
        with self._at(seq) as (reader, bound):
            return registry.versions_of_names(reader, kind, [name], bound).get(name, [])

    def versions_of_names(
        self, kind: NameKind, names: Sequence[str], seq: int | None = None
    ) -> dict[str, list[VersionRow]]:
        """For each of these names what `versions` tells; unknown ones are left out."""
        with self._at(seq) as (reader, bound):
            return registry.versions_of_names(reader, kind, names, bound)

    def versions_of(
        self, artifacts: Sequence[str], seq: int | None = None
    ) -> dict[str, list[VersionRow]]:
        """For each artifact the versions that it is, newest first.

        An artifact that was named when its content was a version already is that version,
        whose own `artifact` is then another one.
        """
        with self._at(seq) as (reader, bound):
            ids = numbers_of(reader, artifacts)
            found = registry.versions_of(reader, list(ids.values()), bound)
            return {key: found[id] for key, id in ids.items() if id in found}

    def named(self, kind: NameKind, seq: int | None = None) -> list[str]:
        """The ids of all artifacts that are a version of some name, oldest first."""
        with self._at(seq) as (reader, bound):
            return registry.named(reader, kind, bound)

    def alias(
        self, kind: NameKind, name: str, alias: str, seq: int | None = None
    ) -> AliasRow | None:
        """Where an alias points; None when it never did or was taken away."""
        with self._at(seq) as (reader, bound):
            return registry.alias_at(reader, kind, name, alias, bound)

    def alias_history(self, kind: NameKind, name: str, seq: int | None = None) -> list[AliasRow]:
        """Every move of every alias of a name, newest first."""
        with self._at(seq) as (reader, bound):
            return registry.history(reader, kind, name, bound)

    def metrics(
        self,
        *,
        runs: Sequence[str] = (),
        models: Sequence[str] = (),
        seq: int | None = None,
        points: bool = False,
    ) -> list[MetricRow]:
        """Figures of the given runs or about the given models, oldest first.

        A figure with very many points is one row, unless all `points` are asked for: then one
        row each, which needs the content store.
        """
        with self._at(seq) as (reader, bound):
            if points:
                return facts.points(reader, runs, models, bound, self._blobs.get)
            return facts.metrics(reader, runs, models, bound)

    def figures(self, runs: Sequence[str], seq: int | None = None) -> dict[str, RunFigures]:
        """For each of these runs what it and all its steps were set to and measured."""
        with self._at(seq) as (reader, bound):
            return figures.of_runs(reader, runs, bound)

    def locations(
        self, artifacts: Sequence[str], seq: int | None = None, *, run: str | None = None
    ) -> list[LocationRow]:
        """Where artifacts were seen, newest first, one row a place.

        With `run`, only what that outermost run and its parts saw, one row a place and mode.
        """
        with self._at(seq) as (reader, bound):
            if run is not None:
                return facts.locations_of_runs(reader, artifacts, [run], bound)[run]
            return facts.locations(reader, artifacts, bound)

    def locations_of_runs(
        self, artifacts: Sequence[str], runs: Sequence[str], seq: int | None = None
    ) -> dict[str, list[LocationRow]]:
        """For each of these runs what `locations` tells of it."""
        with self._at(seq) as (reader, bound):
            return facts.locations_of_runs(reader, artifacts, runs, bound)

    def gaps(self, runs: Sequence[str], seq: int | None = None) -> list[GapRow]:
        """What was not seen in the given runs and all steps below them."""
        with self._at(seq) as (reader, bound):
            return facts.gaps(reader, runs, bound)

    def reproductions(
        self, artifacts: Sequence[str], seq: int | None = None
    ) -> list[ReproductionRow]:
        """Verdicts about artifacts, newest first."""
        with self._at(seq) as (reader, bound):
            return facts.reproductions(reader, artifacts, bound)

    @contextmanager
    def _at(self, seq: int | None) -> Iterator[tuple[Reader, int]]:
        with self._database.reading() as reader:
            yield reader, ALL if seq is None else seq
