"""Trimmed: texts are neither empty nor padded with blanks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from forebear.core.checking import Check, RowCheck, Shape, quoted
from forebear.core.suggesting import Seen

__all__ = ["Trimmed"]


class Trimmed(RowCheck, frozen=True, kw_only=True, omit_defaults=True):
    """No text is empty, nothing but blanks, or has blanks at its ends: ` M` is not `M`."""

    kind: ClassVar[str] = "trimmed"

    column: str

    def bad(self, shape: Shape) -> str:
        """Return what holds for a padded or empty text."""
        value = f"CAST({quoted(self.column)} AS VARCHAR)"
        return f"({value} = '' OR {value} <> trim({value}, ' \t\n\r'))"

    def words(self) -> str:
        """Return what texts have to be."""
        return "without blanks around it"

    @classmethod
    def suggest(cls, seen: Seen) -> Iterable[tuple[Check, str]]:
        """Suggest it for texts; it is kept where the trusted version has none."""
        for name, column in seen.columns.items():
            if column.type == "text" and not column.values:
                yield cls(column=name, severity="warn"), "no padded text in the trusted version"
