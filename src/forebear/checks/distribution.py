"""Distribution: values are spread as they were in the version that is trusted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

from forebear.core.checking import (
    Ask,
    Check,
    Outcome,
    Shape,
    Sql,
    failed,
    no_numbers,
    number,
    passed,
    quoted,
    skipped,
    text,
)
from forebear.core.suggesting import Seen

__all__ = ["Distribution"]

_LIMIT: Final = 0.25
_FEWEST: Final = 30
_QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)


class Distribution(Check, frozen=True, kw_only=True, omit_defaults=True):
    """The population stability index against known shares is at most `psi`.

    Of numbers `shares` are those below, between and above `edges`; of categories `categories`
    gives the share of each.
    """

    kind: ClassVar[str] = "distribution"

    column: str
    edges: list[float | int] = []
    shares: list[float] = []
    categories: dict[str, float] = {}
    psi: float = _LIMIT

    def __post_init__(self) -> None:
        if bool(self.edges) == bool(self.categories):
            raise ValueError("either `edges` with `shares`, or `categories` has to be said")
        if self.edges and len(self.shares) != len(self.edges) + 1:
            raise ValueError("`shares` has one number more than `edges`")
        if self.edges != sorted(self.edges):
            raise ValueError("`edges` has to rise")
        parts = [*self.shares, *self.categories.values()]
        if min(parts) < 0 or sum(parts) > 1.01 or (self.edges and sum(parts) < 0.99):
            raise ValueError(f"shares are parts of a whole, and these are {sum(parts):g}")

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask how many values are in each part, and how many there are."""
        column = quoted(self.column)
        if self.categories:
            parts = [f"CAST({column} AS VARCHAR) = {text(name)}" for name in self.categories]
            return [Sql(f"count({column})"), *map(_counted, parts)]
        value = column if shape.numeric(self.column) else number(self.column)
        bounds = ["-inf", *map(repr, self.edges)]
        parts = [f"{value} >= '{low}'::DOUBLE" for low in bounds]
        return [Sql(f"count({value})"), *map(_counted, parts)]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Compute the index; half a row is added to each part, so that none is nothing."""
        total, *counts = found
        if not total and not self.categories:
            return no_numbers(self.column, shape)
        if total < _FEWEST:
            return skipped(f"{total} values are too few for a distribution")
        if self.categories:
            known = [*self.categories.values()]
            counts = [*counts, total - sum(counts)]
            known.append(max(0.0, 1 - sum(known)))
        else:
            known = self.shares
            counts = [a - b for a, b in zip(counts, [*counts[1:], 0], strict=True)]
        value = _stability(known, counts)
        # What chance does to so few values is no change of the distribution.
        chance = 2 * (len(counts) - 1) / total
        told = f"the distribution of {self.column} has a stability index of {value:.3f}"
        outcome = passed if value <= self.psi + chance else failed
        return outcome(f"{told}; at most {self.psi:g} is allowed", value, self.psi)

    @classmethod
    def suggest(cls, seen: Seen) -> Iterable[tuple[Check, str]]:
        """Suggest shares between quantiles, and of categories."""
        why = "the shares of the trusted version; a stability index of 0.25 is a strong change"
        for name, column in seen.columns.items():
            if column.sensitive or column.nulls > seen.rows - 100:
                continue
            if column.values and column.type != "other":
                total = seen.rows - column.nulls
                parts = {one: round(n / total, 4) for one, n in column.values.items()}
                yield cls(column=name, categories=parts, severity="warn"), why
            elif column.quantiles and column.distinct != seen.rows - column.nulls:
                edges = [column.quantiles[at] for at in _QUANTILES if at in column.quantiles]
                if len(set(edges)) == len(_QUANTILES) and column.type == "number":
                    yield (
                        cls(
                            column=name,
                            edges=[float(f"{edge:.6g}") for edge in edges],
                            shares=[0.05, 0.2, 0.25, 0.25, 0.2, 0.05],
                            severity="warn",
                        ),
                        why,
                    )


def _counted(condition: str) -> Sql:
    return Sql(f"count(*) FILTER (WHERE {condition})")


def _stability(known: Sequence[float], counts: Sequence[int]) -> float:
    total = sum(counts) + 0.5 * len(counts)
    smallest = 0.5 / total
    whole = sum(max(part, smallest) for part in known)
    pairs = [
        (max(part, smallest) / whole, (count + 0.5) / total)
        for part, count in zip(known, counts, strict=True)
    ]
    return math.fsum((q - p) * math.log(q / p) for p, q in pairs)
