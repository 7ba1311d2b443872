"""One model in several guises: in memory, saved to files, loaded again."""

from __future__ import annotations

from collections.abc import Iterable

from forebear.core.entities import Edge, Node
from forebear.core.ports import Store

__all__ = ["grouped", "same_model", "states_of", "table_of"]

_MOST = 200


def same_model(store: Store, node: Node, seq: int | None = None) -> list[Node]:
    """Return the artifacts that are the same model as `node`, itself first.

    They are tied by having been saved from each other, or have equal learned state.
    """
    found = {node.id: node}
    pending = [node]
    while pending and len(found) < _MOST:
        one = pending.pop()
        ends = [e.source for e in store.edges([one.id], "up", seq=seq) if e.relation == "export"]
        ends += [e.target for e in store.edges([one.id], "down", seq=seq) if e.relation == "export"]
        near = list(store.nodes(ends, seq).values())
        for equal in store.same_content(states_of(one), seq).values():
            near += equal
        for other in near:
            if other.id not in found and other.kind == "model":
                found[other.id] = other
                pending.append(other)
    return list(found.values())


def table_of(store: Store, file: Node, seq: int | None = None) -> Node:
    """Return what tells the columns of a data file: itself, or the equal table in memory."""
    table = file.attrs.get("table")
    if file.columns or not isinstance(table, str):
        return file
    equal = (node for node in store.same_content([table], seq)[table] if node.columns)
    return next(equal, file)


def grouped(models: Iterable[Node], edges: Iterable[Edge]) -> list[list[Node]]:
    """Return models in groups of what is one model, the most telling guise first in each.

    A model in memory, the files it was saved to, and what was loaded from them count once.
    """
    nodes = {node.id: node for node in models}
    leader = {id: id for id in nodes}

    def top(id: str) -> str:
        while leader[id] != id:
            leader[id] = leader[leader[id]]
            id = leader[id]
        return id

    for edge in edges:
        if edge.relation == "export" and edge.source in nodes and edge.target in nodes:
            leader[top(edge.source)] = top(edge.target)
    first: dict[str, str] = {}
    for node in nodes.values():
        for state in states_of(node):
            leader[top(node.id)] = top(first.setdefault(state, node.id))
    groups: dict[str, list[Node]] = {}
    for node in nodes.values():
        groups.setdefault(top(node.id), []).append(node)
    return [
        sorted(group, key=lambda n: (n.version is None, n.in_memory, n.depth))
        for group in groups.values()
    ]


def states_of(node: Node) -> list[str]:
    """Return the digests by which another artifact is known to be the same model."""
    return [word for word in (node.digest, node.attrs.get("weights")) if isinstance(word, str)]
