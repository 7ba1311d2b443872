"""A store that remembers what it was asked: for questions about hundreds of things at once.

What a ledger held at a moment never changes, so an answer about it can be given again. Pieces of
the graph are remembered one by one, so that questions about overlapping sets of things meet each
thing once in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final, TypeVar, cast

from forebear.core.entities import Edge, EdgeType, Node
from forebear.core.flows import Flows
from forebear.core.lineage import Direction
from forebear.core.ports import Store
from forebear.core.refs import NameKind
from forebear.core.rows import (
    Closure,
    GapRow,
    LocationRow,
    MetricRow,
    ReproductionRow,
    RunRow,
    VersionRow,
)
from forebear.core.statements import Statements
from forebear.ops.kin import states_of
from forebear.ops.remembered_parts import RememberedFlows, RememberedStatements

__all__ = ["remembering"]

T = TypeVar("T")
About = TypeVar("About", LocationRow, ReproductionRow)

_WHOLE: Final = frozenset(
    {
        "alias_history",
        "artifacts",
        "deployments",
        "find_artifacts",
    }
)
"""Questions that are remembered as they were asked."""


def remembering(store: Store, roots: Iterable[str], seq: int | None) -> Store:
    """Return a store that reads each thing of the graph once, as it was up to `seq`.

    What leads to `roots` is read ahead. Nothing that is written meanwhile is seen by questions
    that were asked before, so it must not outlive the one answer that it is made for.
    """
    return cast("Store", _Remembering(store, list(roots), seq))


class _Remembering:
    def __init__(self, store: Store, roots: Sequence[str], seq: int | None) -> None:
        self._store, self._seq = store, seq
        self._answers: dict[Hashable, Any] = {}
        self._serving: tuple[list[RunRow], dict[str, list[int]]] | None = None
        self._flows = RememberedFlows(store.flows, seq)
        self._nodes: dict[str, Node | None] = {}
        self._versions: dict[str, list[VersionRow]] = {}
        self._edges: dict[tuple[Direction, int], dict[str, list[Edge]]] = {}
        self._reproductions: dict[str, list[ReproductionRow]] = {}
        self._places: dict[str, list[LocationRow]] = {}
        self._equal: dict[str, list[Node]] = {}
        self._runs: dict[str, RunRow | None] = {}
        self._figures: dict[str, list[MetricRow]] = {}
        self._measured: dict[str, list[MetricRow]] = {}
        self._unseen: dict[str, list[GapRow]] = {}
        self._inside: dict[str, list[Edge]] = {}
        self._seen: dict[str, tuple[set[str], list[LocationRow]]] = {}
        self._versions_named: dict[tuple[NameKind, str], list[VersionRow]] = {}
        self._statements = RememberedStatements(store.statements)
        self._read_ahead(roots)

    def _read_ahead(self, roots: Sequence[str]) -> None:
        """Read what leads to `roots`, and what models among that were measured on."""
        seq = self._seq
        above = [*roots, *self._store.closure(roots, "up", seq=seq).depths] if roots else []
        self.nodes(above, seq)
        named = [node for id in above if (node := self._nodes[id]) and node.kind == "model"]
        models = [node.id for node in named]
        used = self.edges(models, "down", type="used", seq=seq)
        steps = [edge.target for edge in used]
        tested = [edge.source for edge in self.edges(steps, "up", type="used", seq=seq)]
        every = list(dict.fromkeys([*above, *steps, *tested]))
        self.nodes(every, seq)
        self.edges(every, "up", seq=seq)
        runs = {id for id in every if (node := self._nodes[id]) and node.type == "run"}
        data = [id for id in every if id not in runs]
        self.versions_of(every, seq)
        self.locations(data, seq)
        self.reproductions(models, seq)
        self.metrics(models=models, seq=seq)
        states = [word for node in named for word in states_of(node)]
        self.same_content(list(dict.fromkeys(states)), seq)
        whole = list(dict.fromkeys(n.root or n.id for id in runs if (n := self._nodes[id])))
        self.run_rows(whole, seq)
        self._read_runs(whole)
        self._read_names([row.name for row in self._of_models(models)])
        self._flows.passages(data, "up", seq)
        self._flows.steps(list(runs), seq)

    def _read_runs(self, runs: Sequence[str]) -> None:
        """Read what is known of outermost runs with all their steps."""
        seq = self._seq
        self._inside |= self._store.edges_of_runs(runs, seq)
        used = {run: {e.source for e in some} for run, some in self._inside.items()}
        places = self._store.locations_of_runs(list(set().union(*used.values())), runs, seq)
        self._seen |= {run: (used[run], places.get(run, [])) for run in runs}
        of = {**self._store.steps(runs, seq), **{run: run for run in runs}}
        self._unseen |= {run: [] for run in runs}
        for gap in self._store.gaps(runs, seq):
            self._unseen[of[gap.run]].append(gap)
        self._measured |= {run: [] for run in of}
        for row in self._store.metrics(runs=list(of), seq=seq):
            self._measured[row.run].append(row)

    def _read_names(self, names: Sequence[str]) -> None:
        """Read all versions of what models are called, data of that name too."""
        kinds: tuple[NameKind, ...] = ("model", "data")
        for kind in kinds:
            found = self._store.versions_of_names(kind, names, self._seq)
            self._versions_named |= {(kind, name): found.get(name, []) for name in names}

    def _of_models(self, models: Sequence[str]) -> list[VersionRow]:
        rows = (row for id in models for row in self._versions[id])
        return [row for row in rows if row.kind == "model"]

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._store, name)
        return self._remembered(name, asked) if name in _WHOLE else asked

    def node(self, id: str, seq: int | None = None) -> Node | None:
        """The artifact or run with exactly this id."""
        return self.nodes([id], seq).get(id)

    def nodes(self, ids: Sequence[str], seq: int | None = None) -> dict[str, Node]:
        """Many nodes at once; unknown ids are left out."""
        if seq != self._seq:
            return self._store.nodes(ids, seq)
        fresh = [id for id in ids if id not in self._nodes]
        if fresh:
            found = self._store.nodes(fresh, seq)
            self._nodes |= {id: found.get(id) for id in fresh}
        return {id: node for id in ids if (node := self._nodes[id]) is not None}

    def versions_of(
        self, artifacts: Sequence[str], seq: int | None = None
    ) -> dict[str, list[VersionRow]]:
        """For each artifact the versions that it is."""
        if seq != self._seq:
            return self._store.versions_of(artifacts, seq)
        fresh = [id for id in dict.fromkeys(artifacts) if id not in self._versions]
        if fresh:
            found = self._store.versions_of(fresh, seq)
            self._versions |= {id: found.get(id, []) for id in fresh}
        return {id: rows for id in artifacts if (rows := self._versions[id])}

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
        if seq != self._seq:
            return self._store.edges(ids, direction, type=type, evidence=evidence, seq=seq)
        known = self._edges.setdefault((direction, evidence), {})
        wanted = dict.fromkeys(ids)
        fresh = [id for id in wanted if id not in known]
        if fresh:
            known.update((id, []) for id in fresh)
            for edge in self._store.edges(fresh, direction, evidence=evidence, seq=seq):
                known[edge.target if direction == "up" else edge.source].append(edge)
        found = [edge for id in wanted for edge in known[id]]
        return found if type is None else [edge for edge in found if edge.type == type]

    def closure(self, ids: Sequence[str], direction: Direction, **more: Any) -> Closure:
        """All that lies above (`up`) or below (`down`) any of `ids`, each with its distance."""
        if direction == "down" or more != {"seq": self._seq}:
            return self._remembered("closure", self._store.closure)(ids, direction, **more)
        depths: dict[str, int] = dict.fromkeys(ids, 0)
        frontier, counts = list(depths), list[int]()
        while frontier:
            edges = self.edges(frontier, "up", seq=self._seq)
            fresh = dict.fromkeys(edge.source for edge in edges if edge.source not in depths)
            depths |= dict.fromkeys(fresh, len(counts) + 1)
            frontier = list(fresh)
            counts += [len(fresh)] if fresh else []
        return Closure(depths={id: far for id, far in depths.items() if far}, counts=counts)

    def reached(
        self, ids: Sequence[str], direction: Direction, among: Sequence[str], **more: Any
    ) -> dict[str, int]:
        """Those of `among` that lie above (`up`) or below (`down`) any of `ids`."""
        if direction == "down" or more != {"seq": self._seq}:
            return self._store.reached(ids, direction, among, **more)
        depths = self.closure(ids, "up", **more).depths
        return {id: depths[id] for id in among if id in depths}

    def reproductions(
        self, artifacts: Sequence[str], seq: int | None = None
    ) -> list[ReproductionRow]:
        """Verdicts about artifacts, newest first."""
        if seq != self._seq:
            return self._store.reproductions(artifacts, seq)
        found = _each(self._reproductions, artifacts, self._store.reproductions, seq)
        return sorted(found, key=lambda row: row.seq, reverse=True)

    def metrics(
        self,
        *,
        runs: Sequence[str] = (),
        models: Sequence[str] = (),
        seq: int | None = None,
        points: bool = False,
    ) -> list[MetricRow]:
        """Figures of the given runs or about the given models, oldest first."""
        if seq == self._seq and not (points or models) and self._measured.keys() >= set(runs):
            told = [row for id in dict.fromkeys(runs) for row in self._measured[id]]
            return sorted(told, key=lambda row: row.seq)
        if seq != self._seq or points or runs:
            ask = self._remembered("metrics", self._store.metrics)
            return ask(runs=runs, models=models, seq=seq, points=points)
        fresh = [id for id in dict.fromkeys(models) if id not in self._figures]
        self._figures |= {id: [] for id in fresh}
        for row in self._store.metrics(models=fresh, seq=seq) if fresh else ():
            self._figures[row.model or ""].append(row)
        found = [row for id in dict.fromkeys(models) for row in self._figures[id]]
        return sorted(found, key=lambda row: row.seq)

    def same_content(self, digests: Sequence[str], seq: int | None = None) -> dict[str, list[Node]]:
        """For each digest the artifacts whose content, table or weights digest it is."""
        if seq != self._seq:
            return self._store.same_content(digests, seq)
        fresh = [digest for digest in digests if digest not in self._equal]
        if fresh:
            self._equal |= self._store.same_content(fresh, seq)
        return {digest: self._equal[digest] for digest in digests}

    def run_rows(self, ids: Sequence[str], seq: int | None = None) -> dict[str, RunRow]:
        """Many runs at once; unknown ids are left out."""
        if seq != self._seq:
            return self._store.run_rows(ids, seq)
        fresh = [id for id in dict.fromkeys(ids) if id not in self._runs]
        if fresh:
            found = self._store.run_rows(fresh, seq)
            self._runs |= {id: found.get(id) for id in fresh}
        return {id: row for id in ids if (row := self._runs[id]) is not None}

    def run(self, id: str, seq: int | None = None) -> RunRow | None:
        """One run."""
        return self.run_rows([id], seq).get(id)

    def locations(
        self, artifacts: Sequence[str], seq: int | None = None, *, run: str | None = None
    ) -> list[LocationRow]:
        """Where artifacts were seen, newest first, one row a place."""
        if seq == self._seq and run in self._seen and self._seen[run][0] >= set(artifacts):
            wanted = set(artifacts)
            return [row for row in self._seen[run][1] if row.artifact in wanted]
        if seq != self._seq or run is not None:
            return self._store.locations(artifacts, seq, run=run)
        found = _each(self._places, artifacts, self._store.locations, seq)
        return sorted(found, key=lambda row: (row.at, row.seq), reverse=True)

    def gaps(self, runs: Sequence[str], seq: int | None = None) -> list[GapRow]:
        """What was not seen in the given runs and all steps below them."""
        if seq != self._seq or not self._unseen.keys() >= set(runs):
            return self._remembered("gaps", self._store.gaps)(runs, seq)
        found = [row for id in dict.fromkeys(runs) for row in self._unseen[id]]
        return sorted(found, key=lambda row: row.seq)

    def run_edges(self, run: str, seq: int | None = None) -> list[Edge]:
        """Edges of a run and all its steps."""
        if seq != self._seq:
            return self._store.run_edges(run, seq)
        if run not in self._inside:
            self._inside |= self._store.edges_of_runs([run], seq)
        return self._inside[run]

    def versions(self, kind: NameKind, name: str, seq: int | None = None) -> list[VersionRow]:
        """Versions of a name, newest first, each with the aliases that point to it."""
        known = self._versions_named.get((kind, name)) if seq == self._seq else None
        if known is None:
            return self._remembered("versions", self._store.versions)(kind, name, seq)
        return known

    def live_deployments(
        self, ids: Sequence[str], *, evidence: int = 1, seq: int | None = None
    ) -> list[RunRow]:
        """Outermost runs of the kind `serve` without an end that any of `ids` reaches."""
        if seq != self._seq or evidence > 1:
            return self._store.live_deployments(ids, evidence=evidence, seq=seq)
        if self._serving is None:
            self._serving = self._read_serving()
        rows, behind = self._serving
        places = {place for id in ids for place in behind.get(id, ())}
        return [rows[place] for place in sorted(places)]

    def _read_serving(self) -> tuple[list[RunRow], dict[str, list[int]]]:
        """Return the live deployments, and for each thing the places of those that it reaches."""
        rows = self._store.deployments(seq=self._seq)
        self._inside |= self._store.edges_of_runs([row.id for row in rows], self._seq)
        reached: dict[str, list[int]] = {}
        for place, row in enumerate(rows):
            for id in self._behind(row.id):
                reached.setdefault(id, []).append(place)
        return rows, reached

    def _behind(self, deployment: str) -> set[str]:
        """Return a deployment's steps and all that leads to it: few, where below is much."""
        edges = self.run_edges(deployment, self._seq)
        inside = {deployment, *(e.target if e.type == "used" else e.source for e in edges)}
        used = [edge.source for edge in edges if edge.type == "used"]
        return {*inside, *used, *self.closure(used, "up", seq=self._seq).depths}

    @property
    def flows(self) -> Flows:
        """How data went into data, each passage read once."""
        return cast("Flows", self._flows)

    @property
    def statements(self) -> Statements:
        """What is said of things, each topic read once."""
        return self._statements

    def _remembered(self, name: str, asked: Callable[..., T]) -> Callable[..., T]:
        def ask(*args: Any, **more: Any) -> T:
            key = (name, _plain(args), _plain(sorted(more.items())))
            if key not in self._answers:
                self._answers[key] = asked(*args, **more)
            return cast("T", self._answers[key])

        return ask


def _each(
    known: dict[str, list[About]],
    artifacts: Sequence[str],
    ask: Callable[[Sequence[str], int | None], list[About]],
    seq: int | None,
) -> list[About]:
    """Return the rows about some artifacts, reading those of each once."""
    wanted = list(dict.fromkeys(artifacts))
    fresh = [id for id in wanted if id not in known]
    if fresh:
        known.update((id, []) for id in fresh)
        for row in ask(fresh, seq):
            known[row.artifact].append(row)
    return [row for id in wanted for row in known[id]]


def _plain(value: Any) -> Hashable:
    return tuple(map(_plain, value)) if isinstance(value, list | tuple) else value
