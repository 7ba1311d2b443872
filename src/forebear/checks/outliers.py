"""Outliers: few values lie far from where most are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from forebear.core.checking import (
    Ask,
    Outcome,
    Part,
    RowCheck,
    Shape,
    Sql,
    no_numbers,
    number,
    quoted,
)

__all__ = ["Outliers"]


class Outliers(RowCheck, frozen=True, kw_only=True, omit_defaults=True):
    """At most a share `most` of the rows lies beyond the quartiles by `times` their distance."""

    kind: ClassVar[str] = "outliers"

    column: str
    times: Annotated[float, Meta(gt=0)] = 3.0
    most: Part = 0.01

    def bad(self, shape: Shape) -> str:
        """Return what holds for an outlier."""
        value = quoted(self.column) if shape.numeric(self.column) else number(self.column)
        low = f"(SELECT quantile_cont({value}, 0.25) FROM data)"
        high = f"(SELECT quantile_cont({value}, 0.75) FROM data)"
        room = f"{self.times!r} * ({high} - {low})"
        return f"({value} < {low} - {room} OR {value} > {high} + {room})"

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask how many rows are bad, of how many, and how many hold a number."""
        return [*super().asks(shape), Sql(f"count({number(self.column)})")]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Say of what holds no number that nothing can be told."""
        *counted, numbers = found
        return super().judge(counted, shape) if numbers else no_numbers(self.column, shape)

    def words(self) -> str:
        """Return where values have to be."""
        return f"within {self.times:g} interquartile ranges of the quartiles"

    def expects(self) -> Any:
        """Return the bounds."""
        return {"times": self.times, "most": self.most}
