"""Pattern: texts are written in one form."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from forebear.core.checking import RowCheck, Shape, quoted, text

__all__ = ["Pattern"]


class Pattern(RowCheck, frozen=True, kw_only=True, omit_defaults=True):
    """Each text as a whole matches a regular expression (RE2, as DuckDB has it)."""

    kind: ClassVar[str] = "pattern"

    column: str
    matches: str

    def __post_init__(self) -> None:
        try:
            re.compile(self.matches)
        except re.error as error:
            raise ValueError(f"`matches` is no regular expression: {error}") from None

    def bad(self, shape: Shape) -> str:
        """Return what holds for a text in another form."""
        column = f"CAST({quoted(self.column)} AS VARCHAR)"
        return f"NOT regexp_full_match({column}, {text(self.matches)})"

    def words(self) -> str:
        """Return the form."""
        return f"of the form {self.matches}"

    def expects(self) -> Any:
        """Return the expression."""
        return self.matches
