"""Conditional: where one thing holds, another does."""

from __future__ import annotations

from typing import ClassVar

from forebear.core.checking import RowCheck, Shape, among, quoted

__all__ = ["Conditional"]

Value = str | int | float | bool


class Conditional(RowCheck, frozen=True, kw_only=True, omit_defaults=True):
    """Where `column` is one of `values`, `then` is one of `then_values` (default: there)."""

    kind: ClassVar[str] = "conditional"

    column: str
    values: list[Value] = []
    then: str
    then_values: list[Value] = []

    def involved(self) -> list[str]:
        """Return both columns."""
        return [self.column, self.then]

    def bad(self, shape: Shape) -> str:
        """Return what holds where the first does and the second does not."""
        first = f"{quoted(self.column)} IS NOT NULL"
        if self.values:
            first = among(self.column, self.values, shape)
        second = f"{quoted(self.then)} IS NOT NULL"
        if self.then_values:
            second = f"coalesce({among(self.then, self.then_values, shape)}, false)"
        return f"({first} AND NOT {second})"

    def subject(self) -> str:
        """Return the column that is bound."""
        return self.then

    def words(self) -> str:
        """Return the rule."""
        return f"{_told(self.then_values)} where {self.column} is {_told(self.values)}"


def _told(values: list[Value]) -> str:
    if not values:
        return "there"
    return " or ".join(map(str, values)) if len(values) < 4 else f"one of {len(values)} values"
