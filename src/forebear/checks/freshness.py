"""Freshness: data is not older than it may be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final

from msgspec import Meta

from forebear.core.checking import (
    Ask,
    Check,
    Outcome,
    Shape,
    Sql,
    failed,
    passed,
    quoted,
    skipped,
)

__all__ = ["Freshness"]

_DAY: Final = 86_400


class Freshness(Check, frozen=True, kw_only=True, omit_defaults=True):
    """The latest time in `column`, or else the version itself, is at most `days` old."""

    kind: ClassVar[str] = "freshness"

    days: Annotated[float, Meta(ge=0)]
    column: str | None = None

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask for the latest time."""
        if self.column is None:
            return ()
        return [Sql(f"epoch(max(TRY_CAST({quoted(self.column)} AS TIMESTAMP)))")]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Compare its age."""
        latest = found[0] if self.column else shape.made
        if latest is None and self.column:
            return failed(f"{self.column} holds no time", None, self.days)
        if latest is None:
            return skipped("when the data was made is not known")
        age = (shape.now - float(latest)) / _DAY
        when = datetime.fromtimestamp(float(latest), UTC)
        told = f"the latest is of {when:%Y-%m-%d %H:%M} UTC, {age:.1f} days ago"
        outcome = passed if age <= self.days else failed
        return outcome(f"{told}; at most {self.days:g} days are allowed", age, self.days)
