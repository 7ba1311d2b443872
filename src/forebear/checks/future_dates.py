"""Future dates: nothing happened tomorrow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar

from forebear.core.checking import Check, RowCheck, Shape, quoted
from forebear.core.suggesting import Seen

__all__ = ["FutureDates"]


class FutureDates(RowCheck, frozen=True, kw_only=True, omit_defaults=True):
    """No date lies after now, give or take `days`: clocks and time zones differ."""

    kind: ClassVar[str] = "future_dates"

    column: str
    days: float = 1.0

    def bad(self, shape: Shape) -> str:
        """Return what holds for a date that is to come."""
        latest = datetime.fromtimestamp(shape.now + self.days * 86_400, UTC)
        return (
            f"TRY_CAST({quoted(self.column)} AS TIMESTAMP) > TIMESTAMP '{latest:%Y-%m-%d %H:%M:%S}'"
        )

    def words(self) -> str:
        """Return what dates have to be."""
        return "in the past"

    @classmethod
    def suggest(cls, seen: Seen) -> Iterable[tuple[Check, str]]:
        """Suggest it for dates; it is kept where the trusted version has none."""
        for name, column in seen.columns.items():
            if column.type in ("date", "timestamp"):
                yield cls(column=name, severity="warn"), "no date of the trusted version is to come"
