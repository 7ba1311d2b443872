"""Nulls: values are there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from forebear.core.checking import (
    Ask,
    Check,
    Outcome,
    Part,
    Shape,
    Stat,
    failed,
    passed,
    quoted,
    share,
)
from forebear.core.suggesting import Seen, rounded_up, spread

__all__ = ["Nulls"]


class Nulls(Check, frozen=True, kw_only=True, omit_defaults=True):
    """At most a share `most` of the values is absent; 0 means that none may be."""

    kind: ClassVar[str] = "nulls"

    column: str
    most: Part = 0.0

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask how many are absent."""
        return [Stat("nulls", self.column), Stat("rows")]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail where more are absent than may be."""
        nulls, rows = found
        part = nulls / rows
        told = f"{self.column} is absent in {nulls:,} of {rows:,} rows ({share(part)})"
        outcome = passed if part <= self.most else failed
        allowed = "none may be" if self.most == 0 else f"{share(self.most)} may be"
        return outcome(f"{told}; {allowed}", part, self.most, offending=nulls)

    def offenders(self, shape: Shape) -> str | None:
        """Return what holds for a row without the value."""
        return f"{quoted(self.column)} IS NULL"

    @classmethod
    def suggest(cls, seen: Seen) -> Iterable[tuple[Check, str]]:
        """Suggest none where there never were any, else what was seen and three deviations."""
        for name in seen.columns:
            versions = (seen, *seen.earlier)
            parts = [
                one.columns[name].nulls / one.rows
                for one in versions
                if one.rows and name in one.columns
            ]
            if not parts or min(parts) == 1:
                continue
            if max(parts) == 0:
                yield cls(column=name), f"never absent in {seen.versions()}"
                continue
            top = max(parts)
            room = 3 * math.sqrt(top * (1 - top) / seen.rows) + 3 * spread(parts) + 0.01
            bound = min(rounded_up(top + room), 1.0)
            why = f"up to {share(top)} absent in {seen.versions()}, and room for chance"
            yield cls(column=name, most=bound, severity="warn"), why
