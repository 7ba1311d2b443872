"""A store that remembers what it was asked: for questions about hundreds of things at once.

What a ledger held at a moment never changes, so an answer about it can be given again. Pieces of
the graph are remembered one by one, so that questions about overlapping sets of things meet each
thing once in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final, TypeVar, cast

from forebear.core.entities import Edge, EdgeType, Node
from forebear.core.events import StepRecorded
from forebear.core.flows import Flows, Passage
from forebear.core.ports import Direction, Store
from forebear.core.rows import RunRow, VersionRow

__all__ = ["remembering"]

T = TypeVar("T")

_WHOLE: Final = frozenset(
    {
        "alias_history",
        "closure",
        "deployments",
        "find_artifacts",
        "gaps",
        "locations",
        "metrics",
        "node",
        "reproductions",
        "run",
        "run_edges",
        "versions",
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
        self._serving: bool | None = None
        self._flows = _RememberingFlows(store.flows, seq)
        self._nodes: dict[str, Node | None] = {}
        self._versions: dict[str, list[VersionRow]] = {}
        self._edges: dict[tuple[Direction, int], dict[str, list[Edge]]] = {}
        above = [*roots, *store.closure(roots, "up", seq=seq).depths] if roots else []
        self.nodes(above, seq)
        self.versions_of(above, seq)
        self.edges(above, "up", seq=seq)
        self.edges(roots, "down", seq=seq)
        runs = {id for id in above if (node := self._nodes[id]) and node.type == "run"}
        self._flows.passages([id for id in above if id not in runs], "up", seq)
        self._flows.steps(list(runs), seq)

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._store, name)
        return self._remembered(name, asked) if name in _WHOLE else asked

    def nodes(self, ids: Sequence[str], seq: int | None = None) -> dict[str, Node]:
        """Many nodes at once; unknown ids are left out."""
        if seq != self._seq:
            return self._store.nodes(ids, seq)
        fresh = [id for id in dict.fromkeys(ids) if id not in self._nodes]
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
        wanted = list(dict.fromkeys(ids))
        fresh = [id for id in wanted if id not in known]
        if fresh:
            known.update((id, []) for id in fresh)
            for edge in self._store.edges(fresh, direction, evidence=evidence, seq=seq):
                known[edge.target if direction == "up" else edge.source].append(edge)
        return [e for id in wanted for e in known[id] if type is None or e.type == type]

    def live_deployments(
        self, ids: Sequence[str], *, evidence: int = 1, seq: int | None = None
    ) -> list[RunRow]:
        """Outermost runs of the kind `serve` without an end that any of `ids` reaches."""
        if self._serving is None:
            self._serving = bool(self._store.deployments(seq=self._seq))
        if not self._serving:
            return []
        return self._store.live_deployments(ids, evidence=evidence, seq=seq)

    @property
    def flows(self) -> Flows:
        """How data went into data, each passage read once."""
        return cast("Flows", self._flows)

    def _remembered(self, name: str, asked: Callable[..., T]) -> Callable[..., T]:
        def ask(*args: Any, **more: Any) -> T:
            key = (name, _plain(args), _plain(sorted(more.items())))
            if key not in self._answers:
                self._answers[key] = asked(*args, **more)
            return cast("T", self._answers[key])

        return ask


class _RememberingFlows:
    def __init__(self, flows: Flows, seq: int | None) -> None:
        self._real, self._seq = flows, seq
        self._arriving: dict[str, list[Passage]] = {}
        self._steps: dict[str, StepRecorded | None] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def passages(
        self, artifacts: Sequence[str], direction: Direction, seq: int | None = None
    ) -> list[Passage]:
        """What arrives at (`up`) or leaves (`down`) any of these, in the order of recording."""
        if direction == "down" or seq != self._seq:
            return self._real.passages(artifacts, direction, seq)
        wanted = list(dict.fromkeys(artifacts))
        fresh = [id for id in wanted if id not in self._arriving]
        if fresh:
            self._arriving.update((id, []) for id in fresh)
            for one in self._real.passages(fresh, direction, seq):
                self._arriving[one.target].append(one)
        found = [one for id in wanted for one in self._arriving[id]]
        return sorted(found, key=lambda one: (one.seq, one.n))

    def steps(self, runs: Sequence[str], seq: int | None = None) -> dict[str, StepRecorded]:
        """What was recorded of these steps, by their ids; runs that are no steps are left out."""
        if seq != self._seq:
            return self._real.steps(runs, seq)
        fresh = [id for id in dict.fromkeys(runs) if id not in self._steps]
        if fresh:
            found = self._real.steps(fresh, seq)
            self._steps |= {id: found.get(id) for id in fresh}
        return {id: step for id in runs if (step := self._steps[id]) is not None}


def _plain(value: Any) -> Hashable:
    return tuple(map(_plain, value)) if isinstance(value, list | tuple) else value
