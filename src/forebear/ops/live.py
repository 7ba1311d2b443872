"""What is in use now must not be missed, however large the answer would be."""

from __future__ import annotations

from collections.abc import Sequence

from forebear.analysis.walk import Walk
from forebear.core.ports import Store

__all__ = ["with_live_deployments"]


def with_live_deployments(
    store: Store, starts: Sequence[str], walked: Walk, *, evidence: int, seq: int | None
) -> Walk:
    """Add to a walk that was cut short a shortest way to each running deployment below it."""
    depths, edges = dict(walked.depths), dict.fromkeys(walked.edges)
    for row in store.live_deployments(starts, evidence=evidence, seq=seq):
        parts = {row.id, *(edge.target for edge in store.run_edges(row.id, seq))}
        if not parts.isdisjoint(depths):
            continue
        way = store.shortest_path(starts, sorted(parts), evidence=evidence, seq=seq)
        for distance, id in enumerate(way):
            depths.setdefault(id, distance)
        links = store.edges(way, "up", evidence=evidence, seq=seq)
        edges.update((edge, None) for edge in links if edge.source in way)
    return Walk(depths=depths, edges=list(edges), omitted=walked.omitted)
