"""Type: values can be read as what they should be."""

from __future__ import annotations

from typing import ClassVar, Final

from forebear.core.checking import ColumnType, RowCheck, Shape, quoted

__all__ = ["Type"]

_SQL: Final[dict[ColumnType, str]] = {
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


class Type(RowCheck, frozen=True, kw_only=True, omit_defaults=True):
    """Each value can be read as an integer, number, boolean, date or timestamp."""

    kind: ClassVar[str] = "type"

    column: str
    type: ColumnType

    def bad(self, shape: Shape) -> str:
        """Return what holds for a value that cannot be read as the type."""
        column = quoted(self.column)
        if self.type not in _SQL:
            return "false"
        if self.type == "integer":
            # A cast rounds 1.5 to 2, which was no integer.
            return (
                f"{column} IS NOT NULL AND (TRY_CAST({column} AS DOUBLE) IS NULL"
                f" OR TRY_CAST({column} AS DOUBLE) <> floor(TRY_CAST({column} AS DOUBLE)))"
            )
        return f"{column} IS NOT NULL AND TRY_CAST({column} AS {_SQL[self.type]}) IS NULL"

    def words(self) -> str:
        """Return what values have to be."""
        return f"a {self.type}" if self.type != "integer" else "an integer"
