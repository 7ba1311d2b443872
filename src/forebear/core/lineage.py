"""What is asked of the graph: edges, and what lies above, below and between nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:  # programs that are recorded import this module
    from forebear.core.entities import Edge, EdgeType
    from forebear.core.rows import Closure, Common, Fringe, RunRow

__all__ = ["Direction", "Lineage"]

Direction = Literal["up", "down"]


class Lineage(Protocol):
    """The graph of a store. `seq` bounds what a question may see: None is all."""

    def edges(
        self,
        ids: Sequence[str],
        direction: Direction,
        *,
        type: EdgeType | None = None,
        evidence: int = 1,
        seq: int | None = None,
    ) -> list[Edge]:
        """Edges that arrive at (`up`) or leave (`down`) any of `ids`, of one type or all.

        Of parallel edges (same ends, type, role, relation, slot) only the one with the
        strongest evidence is returned.
        """

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
        """What `edges` tells, of each node the newest `most`, and how many it has if it has more.

        Edges with a role among `without` are left out.
        """

    def run_edges(self, run: str, seq: int | None = None) -> list[Edge]:
        """Edges of a run and all its steps."""

    def edges_of_runs(self, runs: Sequence[str], seq: int | None = None) -> dict[str, list[Edge]]:
        """For each of these runs what `run_edges` tells."""

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
        """All that lies above (`up`) or below (`down`) any of `ids`, which are not part of it.

        Distances are exact: links on a shortest way. `kinds` leaves out nodes of other kinds,
        and walks through them all the same. Of each distance the oldest come first.
        """

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

    def is_ancestor(self, a: str, b: str, *, evidence: int = 1, seq: int | None = None) -> bool:
        """Tell whether `a` leads to `b`, which is another node."""

    def shortest_path(
        self,
        starts: Sequence[str],
        ends: Sequence[str],
        *,
        evidence: int = 1,
        seq: int | None = None,
    ) -> list[str]:
        """The nodes of a shortest way from any of `starts` to any of `ends`, if there is one."""

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
        """For each of `goals` that is reached, the nodes of a shortest way, the cause first.

        `direction` is that from `starts` to `goals`. No way arrives by an edge at a node of
        `without`: what is there may be where it begins, and goes on; nothing comes to it.
        """

    def between(
        self,
        starts: Sequence[str],
        ends: Sequence[str],
        *,
        evidence: int = 1,
        seq: int | None = None,
        limit: int | None = None,
    ) -> Closure:
        """All that lies on any way from `starts` to `ends`, these included.

        Distances are those from the starts, and counts begin with the distance 0.
        """

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

    def live_deployments(
        self, ids: Sequence[str], *, evidence: int = 1, seq: int | None = None
    ) -> list[RunRow]:
        """Outermost runs of the kind `serve` without an end that any of `ids` reaches."""
