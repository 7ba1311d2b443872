"""What comes down to data by the columns that it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from functools import partial
from typing import NamedTuple

from forebear.analysis.flowgraph import gather
from forebear.analysis.sensitive import Passed, passed_on
from forebear.core.flows import Passage
from forebear.core.ports import Store

__all__ = ["Above", "columns_above", "data_behind"]


class Above(NamedTuple):
    """Columns to which something came down, and whether all that lies above was followed."""

    columns: dict[str, Passed]
    complete: bool = True


def columns_above(
    store: Store,
    id: str,
    own: Mapping[str, Mapping[str, str]],
    seq: int | None = None,
    *,
    closed: Set[str] = frozenset(),
) -> Above:
    """Return the columns of data to which words come down that columns above have of their own.

    `own` are the words by artifact and column. Nothing passes through what is `closed`.
    """
    above = list(store.ways([id], list(own), "up", without=sorted(closed), seq=seq))
    if not above:
        return Above({})
    # What lies on no way from there need not be looked at.
    between = store.between(above, [id], seq=seq).depths.keys() | {id}
    graph = gather([id], partial(_passages, store, seq, between, closed))
    runs = {passage.run for passage in graph.passages if passage.run}
    found = passed_on(graph, store.flows.steps(list(runs), seq), own)
    return Above(found.get(id, {}), graph.complete)


def data_behind(store: Store, ids: Sequence[str], seq: int | None = None) -> list[str]:
    """Return the data among these nodes, what runs used, and what models were trained on."""
    nodes = store.nodes(ids, seq).values()
    data = [node.id for node in nodes if node.kind in {"data", "file"}]
    runs = [node.id for node in nodes if node.type == "run"]
    models = [node.id for node in nodes if node.kind == "model"]
    made = store.edges(models, "up", seq=seq) if models else []
    runs += [edge.source for edge in made if edge.type == "generated"]
    used = store.edges(runs, "up", seq=seq) if runs else []
    ends = list(dict.fromkeys(edge.source for edge in used if edge.type == "used"))
    data += [node.id for node in store.nodes(ends, seq).values() if node.kind == "data"]
    return list(dict.fromkeys(data))


def _passages(
    store: Store, seq: int | None, between: Set[str], closed: Set[str], ids: Sequence[str]
) -> list[Passage]:
    return [
        one
        for one in store.flows.passages(ids, "up", seq)
        if one.source in between and one.target not in closed and one.run not in closed
    ]
