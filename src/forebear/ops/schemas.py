"""The columns of tables, as far as they are recorded."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from forebear.analysis.schema_changes import UNTOLD, SchemaChange, schema_change
from forebear.core.entities import Column, Node
from forebear.core.ports import Store
from forebear.core.rows import VersionRow
from forebear.ops.kin import table_of

__all__ = ["SchemaVersion", "columns_in", "schema_history", "schema_of"]


class SchemaVersion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The columns of one version, against those of the version before."""

    version: int
    artifact: str
    columns: int | None
    """None where they are not recorded."""
    change: SchemaChange | None = None
    """None for the first version of which they are recorded."""


def schema_history(
    store: Store, versions: Sequence[VersionRow], seq: int | None = None
) -> list[SchemaVersion]:
    """Return how the columns of a name changed from version to version, the newest first."""
    nodes = store.nodes([row.artifact for row in versions], seq)
    found: list[SchemaVersion] = []
    before: list[Column] = []
    for row in sorted(versions, key=lambda row: row.version):
        node = nodes.get(row.artifact)
        columns = schema_of(store, node, seq) if node is not None else []
        found.append(
            SchemaVersion(
                version=row.version,
                artifact=row.artifact,
                columns=len(columns) or None,
                change=schema_change(before, columns) if before and columns else None,
            )
        )
        before = columns or before
    return found[::-1]


def schema_of(store: Store, node: Node, seq: int | None = None) -> list[Column]:
    """Return the columns of data: its own, those of the equal table, or what was written into it.

    Of a file that nobody has read again only the names may be known.
    """
    return columns_in(table_of(store, node, seq)) or _written(store, node, seq)


def columns_in(node: Node) -> list[Column]:
    """Return the columns that a node's own record tells."""
    said = node.attrs.get("schema")
    if not isinstance(said, list):
        return []
    return [Column(**column) if isinstance(column, dict) else column for column in said]


def _written(store: Store, node: Node, seq: int | None) -> list[Column]:
    if node.kind not in {"data", "file"}:
        return []
    passages = [one for one in store.flows.passages([node.id], "up", seq) if one.run and one.told]
    steps = store.flows.steps([one.run for one in passages if one.run], seq)
    flows = [flow for step in steps.values() for flow in step.flows if flow.target == node.id]
    for flow in flows:
        if flow.unseen or not flow.sources:
            continue
        source = store.node(flow.sources[0], seq)
        known = {one.name: one for one in (columns_in(source) if source else ())}
        same = [known.get(name, Column(name=name, type=UNTOLD)) for name in flow.same]
        return [*same, *(Column(name=name, type=UNTOLD) for name in flow.columns)]
    return []
