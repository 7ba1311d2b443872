"""Whole rows: enough rows have a value in each column."""

from __future__ import annotations

from typing import ClassVar

from forebear.core.checking import RowCheck, Shape, quoted

__all__ = ["WholeRows"]


class WholeRows(RowCheck, frozen=True, kw_only=True, omit_defaults=True):
    """At most a share `most` of the rows lacks a value in any of `columns` (default: in any)."""

    kind: ClassVar[str] = "whole_rows"

    columns: list[str] = []

    def bad(self, shape: Shape) -> str:
        """Return what holds for a row that lacks something."""
        names = self.columns or list(shape.columns)
        return f"({' OR '.join(f'{quoted(name)} IS NULL' for name in names)})"

    def subject(self) -> str:
        """Return what it is about."""
        return "a row"

    def words(self) -> str:
        """Return what rows have to be."""
        return "whole"
