"""Duplicates: no row comes twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from forebear.core.checking import (
    Ask,
    Check,
    Outcome,
    Part,
    Shape,
    Sql,
    Stat,
    failed,
    passed,
    quoted,
    share,
)
from forebear.core.suggesting import Seen, rounded_up

__all__ = ["Duplicates"]


class Duplicates(Check, frozen=True, kw_only=True, omit_defaults=True):
    """At most a share `most` of the rows repeats another one in all `columns` (default: all)."""

    kind: ClassVar[str] = "duplicates"

    columns: list[str] = []
    most: Part = 0.0

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask for rows, and different rows."""
        names = ", ".join(map(quoted, self.columns or shape.columns))
        return [Stat("rows"), Sql(f"count(DISTINCT row({names}))")]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail where more rows are repeated than may be."""
        rows, distinct = found
        repeated = rows - distinct
        told = f"repeated from an earlier row: {repeated:,} of {rows:,} ({share(repeated / rows)})"
        outcome = passed if repeated <= self.most * rows else failed
        return outcome(told, repeated / rows, self.most, offending=repeated)

    def offenders(self, shape: Shape) -> str | None:
        """Return the rows that came before."""
        names = ", ".join(map(quoted, self.columns or shape.columns))
        return (
            f"SELECT place FROM (SELECT place, row_number() OVER (PARTITION BY {names}"
            f" ORDER BY place) AS nth FROM data) WHERE nth > 1"
        )

    @classmethod
    def suggest(cls, seen: Seen) -> Iterable[tuple[Check, str]]:
        """Suggest that none comes twice; it is kept where the trusted version has none."""
        most = max(0.01, float(rounded_up(3 / seen.rows))) if seen.rows else 0.01
        yield cls(most=min(most, 1.0), severity="warn"), "rows hardly repeat in the trusted version"
