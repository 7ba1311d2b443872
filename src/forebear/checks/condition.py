"""Condition: what nobody but you knows, said in SQL."""

from __future__ import annotations

from typing import Any, ClassVar

from forebear.core.checking import RowCheck, Shape

__all__ = ["Condition"]


class Condition(RowCheck, frozen=True, kw_only=True, omit_defaults=True):
    """A condition in SQL `holds` in each row; where it is NULL, nothing is said against the row."""

    kind: ClassVar[str] = "condition"

    holds: str
    column: str | None = None
    """The column that it is mainly about."""
    when: str | None = None
    """Only rows for which this holds are looked at."""

    def bad(self, shape: Shape) -> str:
        """Return what holds for a row that does not meet the condition."""
        when = f"({self.when}) AND " if self.when else ""
        return f"({when}NOT ({self.holds}))"

    def subject(self) -> str:
        """Return what it is about."""
        return self.column or "a row"

    def words(self) -> str:
        """Return the condition."""
        return f"such that {self.holds}" + (f" when {self.when}" if self.when else "")

    def expects(self) -> Any:
        """Return the condition."""
        return self.holds
