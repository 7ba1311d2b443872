"""The columns of tables, as far as they are recorded."""

from __future__ import annotations

from forebear.core.entities import Column, Node
from forebear.core.ports import Store
from forebear.ops.kin import table_of

__all__ = ["columns_in", "schema_of"]


def schema_of(store: Store, node: Node, seq: int | None = None) -> list[Column]:
    """Return the columns of data: its own, or those of the equal table in memory."""
    return columns_in(table_of(store, node, seq))


def columns_in(node: Node) -> list[Column]:
    """Return the columns that a node's own record tells."""
    said = node.attrs.get("schema")
    if not isinstance(said, list):
        return []
    return [Column(**column) if isinstance(column, dict) else column for column in said]
