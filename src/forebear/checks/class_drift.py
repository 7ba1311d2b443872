"""Class drift: classes have the shares that they had."""

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
    Sql,
    failed,
    passed,
    quoted,
    share,
    skipped,
    text,
)
from forebear.core.suggesting import Seen, rounded_up, spread

__all__ = ["ClassDrift"]

_MOST_CLASSES = 10


class ClassDrift(Check, frozen=True, kw_only=True, omit_defaults=True):
    """The share of no class differs by more than `most` from what it was (L-infinity)."""

    kind: ClassVar[str] = "class_drift"

    column: str
    shares: dict[str, float]
    most: Part = 0.1

    def __post_init__(self) -> None:
        if not self.shares:
            raise ValueError("`shares` has to name some classes")
        if min(self.shares.values()) < 0 or sum(self.shares.values()) > 1.01:
            raise ValueError("`shares` are parts of a whole, and these are more")

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask how many rows each class has."""
        column = quoted(self.column)
        same = f"CAST({column} AS VARCHAR) ="
        classes = [f"count(*) FILTER (WHERE {same} {text(name)})" for name in self.shares]
        return [Sql(f"count({column})"), *map(Sql, classes)]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail where the farthest is too far, and chance does not explain it."""
        total, *counts = found
        if not total:
            return skipped(f"no row has a {self.column}")
        parts = {name: count / total for name, count in zip(self.shares, counts, strict=True)}
        far = max(parts, key=lambda name: abs(parts[name] - self.shares[name]))
        known = self.shares[far]
        apart = abs(parts[far] - known)
        chance = 3 * math.sqrt(max(known * (1 - known), 0.0) / total)
        told = (
            f"a class of {self.column} has {share(parts[far])} of the rows, and had {share(known)}"
        )
        outcome = passed if apart <= max(self.most, chance) else failed
        return outcome(f"{told}; {share(self.most)} apart is allowed", apart, self.most)

    @classmethod
    def suggest(cls, seen: Seen) -> Iterable[tuple[Check, str]]:
        """Suggest the shares of columns with few values, all of them common."""
        for name, column in seen.columns.items():
            few = 2 <= len(column.values) <= _MOST_CLASSES
            if column.sensitive or not few or column.others or name.lower() not in _LABELS:
                continue
            total = seen.rows - column.nulls
            shares = {one: round(count / total, 4) for one, count in column.values.items()}
            before = [
                [
                    one.values.get(label, 0) / max(sum(one.values.values()), 1)
                    for one in seen.of(name)
                ]
                for label in shares
            ]
            room = max(0.1, 3 * max(spread(parts) for parts in before))
            yield cls(column=name, shares=shares, most=rounded_up(room)), "it looks like a label"


_LABELS = frozenset(
    {"label", "target", "class", "y", "outcome", "income", "churn", "churned", "default", "fraud"}
)
