"""Label balance: no class is too rare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from forebear.core.checking import (
    Ask,
    Check,
    Outcome,
    Part,
    Query,
    Shape,
    failed,
    passed,
    quoted,
    share,
    skipped,
)

__all__ = ["LabelBalance"]


class LabelBalance(Check, frozen=True, kw_only=True, omit_defaults=True):
    """Each class of the label has at least a share `least` of the rows, and there are enough."""

    kind: ClassVar[str] = "label_balance"

    column: str
    least: Part = 0.05
    classes: int = 2
    """How many classes there have to be."""

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask for the rarest class, all rows with a class, and how many classes there are."""
        column = quoted(self.column)
        counts = f"SELECT count(*) AS n FROM data WHERE {column} IS NOT NULL GROUP BY {column}"
        return [Query(f"SELECT min(n), sum(n)::BIGINT, count(*) FROM ({counts})")]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail where a class is too rare, or one is not there at all."""
        rarest, rows, classes = found[0] or (None, 0, 0)
        expected = {"least": self.least, "classes": self.classes}
        if not rows or rarest is None:
            return skipped(f"no row has a {self.column}")
        part = float(rarest) / rows
        told = f"the rarest of {classes:,} classes of {self.column} has {share(part)} of the rows"
        good = part >= self.least and classes >= self.classes
        outcome = passed if good else failed
        allowed = f"at least {share(self.least)} and {self.classes} classes are wanted"
        return outcome(f"{told}; {allowed}", part, expected)
