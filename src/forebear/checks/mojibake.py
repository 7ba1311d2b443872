"""Mojibake: no text was read in the wrong encoding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from forebear.core.checking import Check, RowCheck, Shape, quoted, text
from forebear.core.suggesting import Seen

__all__ = ["Mojibake"]

_TRACES: Final = (
    "[\\x{C3}\\x{C2}][\\x{80}-\\x{BF}]"  # UTF-8 read as Latin-1: é became Ã©
    "|\\x{E2}\\x{20AC}[\\x{90}-\\x{BF}\\x{2018}-\\x{201D}\\x{2122}\\x{153}\\x{A6}]"  # as cp1252
    "|\\x{FFFD}"  # what a decoder puts where it gave up
    "|[\\x{80}-\\x{9F}]"  # control characters that are cp1252 read as Latin-1
)


class Mojibake(RowCheck, frozen=True, kw_only=True, omit_defaults=True):
    """No text shows the traces of a wrong encoding: `Ã©` for é, `â€™` for ’, a replacement mark."""

    kind: ClassVar[str] = "mojibake"

    column: str

    def bad(self, shape: Shape) -> str:
        """Return what holds for a garbled text."""
        return f"regexp_matches(CAST({quoted(self.column)} AS VARCHAR), {text(_TRACES)})"

    def words(self) -> str:
        """Return what texts have to be."""
        return "free of wrongly decoded characters"

    @classmethod
    def suggest(cls, seen: Seen) -> Iterable[tuple[Check, str]]:
        """Suggest it for texts of many kinds; it is kept where the trusted version has none."""
        for name, column in seen.columns.items():
            if column.type == "text" and not column.values:
                yield cls(column=name, severity="warn"), "no garbled text in the trusted version"
