"""Which artifact somebody means: the smallest question, for those who go on from there."""

from __future__ import annotations

from msgspec import Struct

from forebear.core.ports import LocationRow, VersionRow
from forebear.ops.graph import GraphNode, node_out
from forebear.ops.resolve import moment, resolve
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["IdentifyRequest", "IdentifyResponse", "identify"]


class IdentifyResponse(Struct, frozen=True, kw_only=True):
    """What a ref means."""

    node: GraphNode
    version: VersionRow | None
    """The version that was asked for, or that the artifact is."""
    others: list[str]
    """Ids of further artifacts with that content, or of the steps of a run."""
    locations: list[LocationRow]


class IdentifyRequest(Request[IdentifyResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask which node a ref means."""

    target: Target
    as_of: str | None = None


@operation(name="identify", permission="read")
def identify(context: Context, request: IdentifyRequest) -> IdentifyResponse:
    """Tell which node a ref means, and where its content was seen."""
    store = context.store
    seq = moment(store, request.as_of)
    found = resolve(store, request.target, seq)
    node = found.nodes[0]
    return IdentifyResponse(
        node=node_out(node),
        version=found.version,
        others=found.ids[1:],
        locations=store.locations([node.id], seq) if node.type == "artifact" else [],
    )
