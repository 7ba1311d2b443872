"""Finite: numbers are numbers."""

from __future__ import annotations

from typing import ClassVar

from forebear.core.checking import RowCheck, Shape, number

__all__ = ["Finite"]


class Finite(RowCheck, frozen=True, kw_only=True, omit_defaults=True):
    """No number is infinite; NaN counts as absent, which `nulls` is about."""

    kind: ClassVar[str] = "finite"

    column: str

    def bad(self, shape: Shape) -> str:
        """Return what holds for an infinite number."""
        return f"isinf({number(self.column)})"

    def words(self) -> str:
        """Return what numbers have to be."""
        return "finite"
