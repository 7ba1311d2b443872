"""Length: texts are neither too short nor too long."""

from __future__ import annotations

from typing import Any, ClassVar

from forebear.core.checking import RowCheck, Shape, quoted

__all__ = ["Length"]


class Length(RowCheck, frozen=True, kw_only=True, omit_defaults=True):
    """Each text has `least` to `greatest` characters."""

    kind: ClassVar[str] = "length"

    column: str
    least: int = 0
    greatest: int | None = None

    def bad(self, shape: Shape) -> str:
        """Return what holds for a text of another length."""
        size = f"length(CAST({quoted(self.column)} AS VARCHAR))"
        above = f" OR {size} > {self.greatest}" if self.greatest is not None else ""
        return f"({size} < {self.least}{above})"

    def words(self) -> str:
        """Return the lengths."""
        top = f" to {self.greatest}" if self.greatest is not None else " or more"
        return f"{self.least}{top} characters long"

    def expects(self) -> Any:
        """Return the bounds."""
        return {"least": self.least, "greatest": self.greatest}
