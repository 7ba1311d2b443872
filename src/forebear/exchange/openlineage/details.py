"""What is known of data beyond its record, which whoever tells of a run has found out."""

from __future__ import annotations

from msgspec import Struct

from forebear.core.entities import Column

__all__ = ["ColumnSource", "Details"]


class ColumnSource(Struct, frozen=True, kw_only=True):
    """A column of an input that a column of an output was made of."""

    artifact: str
    column: str
    through: list[str]
    """What was done to it."""
    way: str
    """IDENTITY, TRANSFORMATION or AGGREGATION."""


class Details(Struct, frozen=True, kw_only=True):
    """What is known of one artifact."""

    columns: list[Column] = []
    rows: int | None = None
    role: str | None = None
    """As what it reached a model: train, test…"""
    made_of: dict[str, list[ColumnSource]] = {}
    """What its columns were made of."""
    tags: list[str] = []
    description: str | None = None
