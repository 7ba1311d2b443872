"""Compare: one column stands to another as it should."""

from __future__ import annotations

from typing import ClassVar, Literal

from forebear.core.checking import RowCheck, Shape, quoted

__all__ = ["Compare"]


class Compare(RowCheck, frozen=True, kw_only=True, omit_defaults=True):
    """In each row `left` is less than, equal to … `right`; rows without one of them don't count."""

    kind: ClassVar[str] = "compare"

    left: str
    relation: Literal["<", "<=", "=", "<>", ">=", ">"]
    right: str

    def involved(self) -> list[str]:
        """Return both columns."""
        return [self.left, self.right]

    def bad(self, shape: Shape) -> str:
        """Return what holds where it is otherwise."""
        left, right = quoted(self.left), quoted(self.right)
        if shape.columns.get(self.left) == "text" or shape.columns.get(self.right) == "text":
            left, right = f"CAST({left} AS VARCHAR)", f"CAST({right} AS VARCHAR)"
        return f"(NOT {left} {self.relation} {right})"

    def subject(self) -> str:
        """Return the left column."""
        return self.left

    def words(self) -> str:
        """Return the comparison."""
        return f"{self.relation} {self.right}"
