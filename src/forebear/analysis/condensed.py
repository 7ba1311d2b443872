"""A walk in outline, for a drawing: a program is one thing, with its steps and what it held."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from forebear.analysis.verdict import CONTEXT
from forebear.core.entities import Edge, Evidence, EvidenceWord, Node

__all__ = ["Arrow", "condensed", "nearest"]


class Arrow(Struct, frozen=True, kw_only=True):
    """How one thing leads to another, all edges between them in one."""

    source: str
    target: str
    roles: list[str]
    evidence: EvidenceWord
    """Of the strongest edge."""


def condensed(
    nodes: Mapping[str, Node], edges: Sequence[Edge], roots: Collection[str]
) -> tuple[dict[str, Node], list[Arrow]]:
    """Return what is shown of a walk, and the arrows between, from causes to effects.

    Steps stand in their program, and so does what only its memory held. Code and environments
    are left out. Of a program that is known by its steps alone the node is made up from them.
    """
    told = [edge for edge in edges if edge.role not in CONTEXT]
    homes = _homes(nodes, told, roots)
    met: dict[tuple[str, str], list[Edge]] = {}
    for edge in told:
        source, target = homes.get(edge.source), homes.get(edge.target)
        if source is not None and target is not None and source != target:
            met.setdefault((source, target), []).append(edge)
    arrows = [
        Arrow(
            source=source,
            target=target,
            roles=list(dict.fromkeys(one.role for one in some if one.role)),
            evidence=max((one.evidence for one in some), key=lambda word: Evidence[word]),
        )
        for (source, target), some in met.items()
    ]
    ends = {id for arrow in arrows for id in (arrow.source, arrow.target)}
    shown = [id for id in dict.fromkeys(homes.values()) if id in ends or id in roots]
    return {id: _node(id, nodes) for id in shown}, arrows


def nearest(roots: Iterable[str], arrows: Sequence[Arrow], most: int) -> set[str]:
    """Return the things that are the fewest arrows away, at most so many."""
    beside: dict[str, list[str]] = {}
    for arrow in arrows:
        beside.setdefault(arrow.source, []).append(arrow.target)
        beside.setdefault(arrow.target, []).append(arrow.source)
    found, waiting = dict.fromkeys(roots), list(roots)
    for id in waiting:
        for other in beside.get(id, ()):
            if other not in found and len(found) < most:
                found[other] = None
                waiting.append(other)
    return set(found)


def _homes(
    nodes: Mapping[str, Node], edges: Sequence[Edge], roots: Collection[str]
) -> dict[str, str]:
    """Return for each node what it is shown by."""
    homes: dict[str, str] = {}
    for id, node in nodes.items():
        if node.type == "run":
            homes[id] = node.root or id
        elif id in roots or not (node.in_memory or node.kind in CONTEXT):
            homes[id] = id
    # What was in memory is where it was made; what was made elsewhere, where it was used first.
    for kind in ("generated", "used"):
        for edge in edges:
            inner, run = (
                (edge.target, edge.source) if kind == "generated" else (edge.source, edge.target)
            )
            if edge.type == kind and inner in nodes and inner not in homes and run in homes:
                homes[inner] = homes[run]
    # A copy in memory that nobody made is where the file that it is of is.
    for edge in edges:
        if edge.type == "derived" and edge.source in nodes and edge.source not in homes:
            homes[edge.source] = homes.get(edge.target, edge.source)
    return homes


def _node(id: str, nodes: Mapping[str, Node]) -> Node:
    if id in nodes:
        return nodes[id]
    step = next(node for node in nodes.values() if node.root == id)
    return Node(id=id, type="run", kind="run", label=(step.where or "").partition(":")[0] or None)
