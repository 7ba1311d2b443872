"""What lies above or below: small answers by recursive SQL, large ones by the mapped arrays.

SQL walks with a budget of nodes. Who needs more is handed over to the graph in memory
(`store.csr`), which from then on answers everything in this process. Without NumPy the walk
goes on level by level in SQL.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import shutil
import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from forebear.core.lineage import Direction
from forebear.core.rows import Closure, Common, CommonAncestor, RunRow
from forebear.store import graph as tables
from forebear.store import ledger, recursion, runs
from forebear.store.reading import Reader
from forebear.store.recursion import Near, Passing, keys_of, numbers_of
from forebear.store.words import ALL

if TYPE_CHECKING:
    from forebear.store.csr.graph import Graph

__all__ = ["BUDGET", "Closures", "folder_for"]

_log = logging.getLogger(__name__)

T = TypeVar("T")

BUDGET: Final = 5_000
"""Nodes up to which SQL answers, in some 10 ms at most."""

_BUDGET_BESIDE: Final = 1_000
"""The same where arrays lie ready: to look thousands of nodes up in a cold file takes longer."""


class _Reach(Protocol):
    """Reached nodes, the nearest first, how many at each distance, and how many beyond."""

    @property
    def nodes(self) -> Any: ...
    @property
    def counts(self) -> list[int]: ...
    @property
    def beyond(self) -> int: ...
    def places(self, among: Collection[int]) -> list[int]: ...


def folder_for(place: str, beside: Path) -> Path:
    """Return where snapshots of the graph belong.

    That is beside the ledger, or for a ledger on a server (`place` is a URL then) in the
    user's folder for caches.
    """
    if "://" not in place:
        return beside / "graph"
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "forebear" / "graph" / hashlib.sha256(place.encode()).hexdigest()[:24]


class Closures:
    """Answers questions about the whole graph of one store; may be used from several threads.

    `folder` is where snapshots are kept. It belongs to this class alone, and may be deleted.
    `budget` is the number of nodes up to which SQL answers; fewer where a snapshot lies ready.
    """

    def __init__(self, folder: Path, *, budget: int = BUDGET) -> None:
        self._folder, self._budget = folder, budget
        self._graph: Graph | None = None
        self._lock = threading.Lock()
        self._pid = os.getpid()

    def closure(
        self,
        reader: Reader,
        keys: Sequence[str],
        direction: Direction,
        passing: Passing,
        *,
        kinds: Sequence[str] | None = None,
        depth: int | None = None,
        limit: int | None = None,
    ) -> Closure:
        """Return all that lies above or below some nodes, each with its distance."""
        known = self._graph is not None and depth is None and kinds is not None
        if known and not recursion.any_said_to_be(reader, kinds or (), passing.seq):
            return Closure(depths={}, counts=[])
        starts = list(numbers_of(reader, keys).values())
        reach = self._reach(reader, starts, direction, passing, depth)
        if kinds is not None:
            reach = _of_kinds(reader, reach, kinds, passing.seq)
        nearest = _nearest(reach, limit)
        names = keys_of(reader, list(nearest))
        return Closure(
            depths={names[node]: distance for node, distance in nearest.items()},
            counts=reach.counts,
            beyond=reach.beyond,
        )

    def reached(
        self,
        reader: Reader,
        keys: Sequence[str],
        direction: Direction,
        among: Sequence[str],
        passing: Passing,
    ) -> dict[str, int]:
        """Return those among many nodes that lie above or below some, with their distance."""
        starts = list(numbers_of(reader, keys).values())
        wanted = {number: key for key, number in numbers_of(reader, among).items()}
        reach = self._reach(reader, starts, direction, passing)
        ends = list(accumulate(reach.counts))
        return {
            wanted[int(reach.nodes[place])]: bisect_right(ends, place) + 1
            for place in reach.places(wanted)
        }

    def is_ancestor(self, reader: Reader, a: str, b: str, passing: Passing) -> bool:
        """Tell whether `a` leads to `b` by at least one edge."""
        numbers = numbers_of(reader, [a, b])
        if a == b or len(numbers) < 2:
            return False
        cause, effect = numbers[a], numbers[b]

        def small(edges: dict[int, list[int]]) -> bool:
            return any(cause in far for far in edges.values())

        def large(graph: Graph, sieve: Any) -> bool:
            return graph.related(cause, effect, sieve)

        return self._answered(reader, ([effect], "up", passing), small, large)

    def way(
        self, reader: Reader, starts: Sequence[str], ends: Sequence[str], passing: Passing
    ) -> list[str]:
        """Return the nodes of a shortest way from any of `starts` to any of `ends`, or none."""
        causes = list(numbers_of(reader, starts).values())
        effects = list(numbers_of(reader, ends).values())
        if not causes or not effects:
            return []

        def small(edges: dict[int, list[int]]) -> list[int]:
            return recursion.trail(edges, effects, causes)

        def large(graph: Graph, sieve: Any) -> list[int]:
            return graph.way(causes, effects, sieve)

        way = self._answered(reader, (effects, "up", passing), small, large)
        names = keys_of(reader, way)
        return [names[node] for node in way]

    def ways(
        self,
        reader: Reader,
        starts: Sequence[str],
        goals: Sequence[str],
        direction: Direction,
        passing: Passing,
        *,
        without: Sequence[str] = (),
    ) -> dict[str, list[str]]:
        """Return for each of `goals` that is reached the nodes of a shortest way, cause first."""
        begin, wanted, closed = (
            list(numbers_of(reader, keys).values()) for keys in (starts, goals, without)
        )
        if not begin or not wanted:
            return {}

        def small(edges: dict[int, list[int]]) -> dict[int, list[int]]:
            return recursion.trails(edges, begin, wanted, closed, direction)

        def large(graph: Graph, sieve: Any) -> dict[int, list[int]]:
            return graph.ways(begin, wanted, closed, direction, sieve)

        found = self._answered(reader, (begin, direction, passing), small, large)
        names = keys_of(reader, list({node for way in found.values() for node in way}))
        return {names[goal]: [names[node] for node in way] for goal, way in found.items()}

    def between(
        self,
        reader: Reader,
        starts: Sequence[str],
        ends: Sequence[str],
        passing: Passing,
        *,
        limit: int | None = None,
    ) -> Closure:
        """Return what lies on any way from `starts` to `ends`, with the distance from `starts`."""
        causes = list(numbers_of(reader, starts).values())
        effects = list(numbers_of(reader, ends).values())

        def small(edges: dict[int, list[int]]) -> dict[int, int]:
            above = {*effects, *(end for far in edges.values() for end in far)}
            leaving: dict[int, list[int]] = {}
            for here, far in edges.items():
                for end in far:
                    leaving.setdefault(end, []).append(here)
            inside = [node for node in causes if node in above]
            return _with_starts(recursion.spread(leaving, inside), inside)

        def large(graph: Graph, sieve: Any) -> dict[int, int]:
            above = _with_starts(graph.reach(effects, "up", sieve), effects)
            below = _with_starts(graph.reach(causes, "down", sieve), causes)
            return {node: depth for node, depth in below.items() if node in above}

        found = self._answered(reader, (effects, "up", passing), small, large)
        order = sorted(found, key=lambda node: (found[node], node))
        names = keys_of(reader, order[:limit])
        counts = [0] * (max(found.values(), default=-1) + 1)
        for depth in found.values():
            counts[depth] += 1
        return Closure(depths={names[node]: found[node] for node in order[:limit]}, counts=counts)

    def common(
        self,
        reader: Reader,
        groups: Sequence[Sequence[str]],
        passing: Passing,
        *,
        kinds: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> Common:
        """Return what all groups have among themselves and their ancestors."""
        reached = []
        for keys in groups:
            starts = list(numbers_of(reader, keys).values())
            reached.append(_with_starts(self._reach(reader, starts, "up", passing), starts))
        shared = list(set(reached[0]).intersection(*reached[1:]))
        above = self._parents(reader, shared, passing)
        if kinds is not None:
            shared = [shared[n] for n in _only(reader, Near(shared, []), kinds, passing.seq)]
        depths = {node: [reach[node] for reach in reached] for node in shared}
        order = sorted(shared, key=lambda n: (n in above, sum(depths[n]), n))
        names = keys_of(reader, order[:limit])
        return Common(
            ancestors=[
                CommonAncestor(id=names[n], depths=depths[n], nearest=n not in above)
                for n in order[:limit]
            ],
            count=len(order),
        )

    def live_deployments(
        self, reader: Reader, keys: Sequence[str], passing: Passing
    ) -> list[RunRow]:
        """Return the deployments that have not ended and that any of these nodes reaches."""
        starts = list(numbers_of(reader, keys).values())
        serving = runs.serving(reader, passing.seq)
        if not serving or not starts:
            return []
        reach = self._reach(reader, starts, "down", passing)
        below = {*starts, *_plain(reach.nodes)}
        return [
            row
            for row in serving
            if not below.isdisjoint(runs.subtree(reader, row.id, passing.seq))
        ]

    def forget(self) -> None:
        """Throw away all that is kept, after which it is made again from the database."""
        with self._safe():
            self._graph = None
            if self._folder.exists():
                shutil.rmtree(self._folder, ignore_errors=True)

    def _reach(
        self,
        reader: Reader,
        starts: list[int],
        direction: Direction,
        passing: Passing,
        depth: int | None = None,
    ) -> _Reach:
        def small(edges: dict[int, list[int]]) -> _Reach:
            return recursion.spread(edges, starts, depth)

        def large(graph: Graph, sieve: Any) -> _Reach:
            return graph.reach(starts, direction, sieve, depth)

        def otherwise() -> _Reach:
            return recursion.by_levels(reader, starts, direction, passing, depth)

        walked = (starts, direction, passing)
        return self._answered(reader, walked, small, large, otherwise)

    def _answered(
        self,
        reader: Reader,
        walked: tuple[list[int], Direction, Passing],
        small: Callable[[dict[int, list[int]]], T],
        large: Callable[[Graph, Any], T],
        otherwise: Callable[[], T] | None = None,
    ) -> T:
        """Answer from SQL when that is enough, else from the graph, else from SQL all the same."""
        starts, direction, passing = walked
        if self._graph is None:
            ready = self._folder.is_dir()
            budget = min(self._budget, _BUDGET_BESIDE) if ready else self._budget
            edges = recursion.recursive(reader, starts, direction, passing, budget)
            if edges is not None:
                return small(edges)
            if not _has_numpy():
                if otherwise is not None:
                    return otherwise()
                found = recursion.recursive(reader, starts, direction, passing, ALL)
                return small(found or {})
        return self._from_graph(reader, passing, large)

    def _from_graph(self, reader: Reader, passing: Passing, ask: Callable[[Graph, Any], T]) -> T:
        from forebear.store.csr.rows import Sieve
        from forebear.store.csr.snapshot import Damaged

        seq = ledger.read_head(reader).size
        sieve = Sieve(passing.evidence, min(passing.seq, seq))
        try:
            return ask(self._current(reader, seq), sieve)
        except Damaged as damage:
            _log.warning("%s The snapshot is made again.", damage)
            self.forget()
            return ask(self._current(reader, seq), sieve)

    def _current(self, reader: Reader, seq: int) -> Graph:
        from forebear.store.csr.graph import brought_up, loaded

        with self._safe():
            graph = self._graph or loaded(reader, self._folder)
            self._graph = brought_up(reader, graph, seq, self._folder)
            return self._graph

    def _parents(self, reader: Reader, nodes: list[int], passing: Passing) -> set[int]:
        if self._graph is None:
            return recursion.neighbours(reader, nodes, "up", passing)
        return self._from_graph(
            reader, passing, lambda graph, sieve: graph.neighbours(nodes, "up", sieve)
        )

    @contextmanager
    def _safe(self) -> Iterator[None]:
        if self._pid != os.getpid():  # another thread may have held the lock at the fork
            self._pid, self._lock = os.getpid(), threading.Lock()
        with self._lock:
            yield


def _has_numpy() -> bool:
    return importlib.util.find_spec("numpy") is not None


def _plain(nodes: Any) -> list[int]:
    """Return node numbers as a list, whoever found them."""
    return nodes if isinstance(nodes, list) else nodes.tolist()


def _with_starts(reach: _Reach, starts: Iterable[int]) -> dict[int, int]:
    """Return the distance of all nodes, those where the walk began too."""
    depths = chain.from_iterable(repeat(d, count) for d, count in enumerate(reach.counts, 1))
    return dict.fromkeys(starts, 0) | dict(zip(_plain(reach.nodes), depths, strict=True))


def _nearest(reach: _Reach, limit: int | None) -> dict[int, int]:
    """Return the nearest nodes with their distances, in the order in which they were recorded."""
    found: dict[int, int] = {}
    begin = 0
    for depth, count in enumerate(reach.counts, 1):
        if limit is not None and len(found) >= limit:
            break
        level = sorted(_plain(reach.nodes[begin : begin + count]))
        found.update(dict.fromkeys(level if limit is None else level[: limit - len(found)], depth))
        begin += count
    return found


def _of_kinds(reader: Reader, reach: _Reach, kinds: Sequence[str], seq: int) -> recursion.Near:
    places = _only(reader, reach, kinds, seq)
    ends = list(accumulate(reach.counts))
    counts = Counter(bisect_right(ends, place) + 1 for place in places)
    deepest = max(counts, default=0)
    found = [int(reach.nodes[place]) for place in places]
    return Near(found, [counts[depth] for depth in range(1, deepest + 1)], reach.beyond)


def _only(reader: Reader, reach: _Reach, kinds: Sequence[str], seq: int) -> list[int]:
    """Return where nodes stand that are of one of these kinds, as far as was known then."""
    places: list[int] = []
    doubtful = list(range(len(reach.nodes)))
    if len(doubtful) > BUDGET and "unknown" not in kinds:
        # Few are of some kind, as a rule: only what was ever said to be of it is looked at, and
        # what was said to be of the most specific kind is of no other.
        said = recursion.runs_said_to_be(reader, kinds, seq)
        for kind in kinds:
            artifacts = recursion.artifacts_said_to_be(reader, kind, seq)
            if kind == tables.MOST_SPECIFIC:
                places = reach.places(artifacts)
            else:
                said |= artifacts
        doubtful = sorted(set(reach.places(said)).difference(places))
    numbers = {int(reach.nodes[place]): place for place in doubtful}
    artifacts_kinds, begun, types = recursion.kinds_of(reader, list(numbers), seq)
    for number, place in numbers.items():
        if types[number] == "artifact":
            kind = tables.most_specific(artifacts_kinds.get(number, ()))
        else:
            kind = runs.first_said(begun.get(number, ()))
        if kind in kinds:
            places.append(place)
    return sorted(places)
