"""Why two things differ: where their ancestries part."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from msgspec import Struct

from forebear.analysis.difference import Ancestry, Difference, differences
from forebear.analysis.schema_changes import SchemaChange, schema_change
from forebear.analysis.verdict import counted, listed
from forebear.analysis.walk import Graded, walk
from forebear.core.entities import EvidenceWord, Node
from forebear.core.errors import ForebearError
from forebear.core.ports import Store
from forebear.ops.graph import GraphNode, node_out
from forebear.ops.kin import same_model
from forebear.ops.resolve import Found, moment, resolve
from forebear.ops.schemas import schema_of
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["DiffRequest", "DiffResponse", "Measured", "diff"]

_LIMIT = 5_000
_PARTS = {
    "step": "step",
    "input": "input",
    "parameter": "parameter",
    "code": "code file",
    "environment": "package",
}


class Measured(Struct, frozen=True, kw_only=True):
    """One figure of both, the last that was measured on each."""

    key: str
    split: str | None
    left: float | str | None
    right: float | str | None


class DiffResponse(Struct, kw_only=True):
    """Where the making of two things differs."""

    left: GraphNode
    right: GraphNode
    verdict: str
    same: bool
    """Both are the same content."""
    differences: list[Difference]
    """Where the ancestries part, the nearest first."""
    metrics: list[Measured]
    columns: SchemaChange | None
    """Of data what became of the columns from left to right; null where they are not recorded."""
    only_left: list[GraphNode]
    """Ancestors that the right one does not have, by content, the nearest first."""
    only_right: list[GraphNode]
    shared: int
    """How many ancestors both have."""
    omitted: int
    """Ancestors that were not looked at, for the limit."""
    complete: bool
    withheld: int = 0
    """Ancestors that whoever asks may not see: they are in other workspaces."""


class DiffRequest(Request[DiffResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask why two things differ."""

    left: Target
    right: Target
    as_of: str | None = None
    evidence: EvidenceWord | None = None
    limit: int = _LIMIT
    """How many ancestors of each are looked at."""


@operation(name="diff", permission="read")
def diff(context: Context, request: DiffRequest) -> DiffResponse:
    """Compare how two things were made: inputs, settings, code, environment, by role."""
    store = context.store
    seq = moment(store, request.as_of)
    left, right = (
        _Side(store, resolve(store, target, seq), seq, request)
        for target in (request.left, request.right)
    )
    found = differences(left.ancestry, right.ancestry)
    same = left.node.id == right.node.id or (
        left.node.digest is not None and left.node.digest == right.node.digest
    )
    here, there = left.contents, right.contents
    omitted = left.omitted + right.omitted
    return DiffResponse(
        left=node_out(left.node),
        right=node_out(right.node),
        verdict=_verdict(left.found.title, right.found.title, found, same=same),
        same=same,
        differences=found,
        metrics=_measured(left.figures(), right.figures()),
        columns=_columns(store, left.node, right.node, seq),
        only_left=[
            node_out(node, depth=node.depth) for key, node in here.items() if key not in there
        ],
        only_right=[
            node_out(node, depth=node.depth) for key, node in there.items() if key not in here
        ],
        shared=len(here.keys() & there.keys()),
        omitted=omitted,
        complete=omitted == 0,
    )


class _Side:
    """One of the two with its ancestry."""

    def __init__(self, store: Store, found: Found, seq: int | None, asked: DiffRequest) -> None:
        self._store, self._seq, self.found = store, seq, found
        graded = Graded(partial(store.edges, seq=seq), asked.evidence)
        walked = walk(found.ids, graded, "up", max_nodes=max(1, asked.limit))
        nodes = store.nodes(list(walked.depths), seq)
        self.nodes = {
            id: msgspec.structs.replace(nodes[id], depth=depth)
            for id, depth in walked.depths.items()
            if id in nodes
        }
        self.node, self.omitted = found.nodes[0], walked.omitted
        whole = dict.fromkeys(n.root or n.id for n in self.nodes.values() if n.type == "run")
        rows = {id: row for id in whole if (row := store.run(id, seq)) is not None}
        self.ancestry = Ancestry(
            root=self.node.id,
            nodes=self.nodes,
            edges=walked.edges,
            runs=rows,
            packages={
                node.digest: packages
                for node in self.nodes.values()
                if node.kind == "environment" and node.digest is not None
                if (packages := _packages(store, node)) is not None
            },
        )

    @property
    def contents(self) -> dict[str, Node]:
        """Ancestors by their content; runs are activities, each is one of its own."""
        starts = set(self.found.ids)
        return {
            node.digest or node.id: node
            for node in reversed(self.nodes.values())
            if node.type == "artifact" and node.id not in starts
        }

    def figures(self) -> dict[tuple[str, str | None], float | str]:
        """Return what was measured last, by key and split."""
        if self.node.kind != "model":
            return {}
        kin = [node.id for node in same_model(self._store, self.node, self._seq)]
        rows = self._store.metrics(models=kin, seq=self._seq)
        return {(row.metric.key, row.split): row.metric.value for row in rows}


def _columns(store: Store, left: Node, right: Node, seq: int | None) -> SchemaChange | None:
    before, after = (schema_of(store, node, seq) for node in (left, right))
    return schema_change(before, after) if before and after else None


def _packages(store: Store, environment: Node) -> dict[str, str] | None:
    """Return the packages of an environment; None where its description was not kept."""
    digest = environment.digest
    if digest is None or not store.blobs.has(digest):
        return None
    try:
        described: Any = msgspec.json.decode(store.blobs.get(digest))
        packages = {one["name"]: one["version"] for one in described["packages"]}
        return packages | {"python": described["python"]["version"]}
    except (ForebearError, msgspec.MsgspecError, KeyError, TypeError):
        return None


def _measured(
    left: dict[tuple[str, str | None], float | str],
    right: dict[tuple[str, str | None], float | str],
) -> list[Measured]:
    keys = dict.fromkeys([*left, *right])
    return [
        Measured(key=key, split=split, left=left.get((key, split)), right=right.get((key, split)))
        for key, split in keys
    ]


def _verdict(left: str, right: str, found: list[Difference], *, same: bool) -> str:
    if same:
        return f"{left} and {right} are the same content."
    if not found:
        return f"{left} and {right} differ, and nothing recorded of their making does."
    parts = {noun: sum(1 for one in found if one.what == part) for part, noun in _PARTS.items()}
    said = [counted(number, noun) for noun, number in parts.items() if number]
    return f"{left} and {right} differ in {listed(said, most=5)}."
