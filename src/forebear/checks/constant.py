"""Constant: columns that should vary do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from forebear.core.checking import Ask, Check, Outcome, Shape, Sql, failed, passed, quoted
from forebear.core.suggesting import Seen

__all__ = ["Constant"]


class Constant(Check, frozen=True, kw_only=True, omit_defaults=True):
    """None of the columns holds one and the same value, or nothing, in all rows."""

    kind: ClassVar[str] = "constant"

    columns: list[str]

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask of each whether its smallest value is its greatest."""
        texts = [f"CAST({quoted(name)} AS VARCHAR)" for name in self.columns]
        return [
            Sql("count(*)"),
            *(Sql(f"coalesce(min({one}) = max({one}), true)") for one in texts),
        ]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail where a column does not vary."""
        rows, *constant = found
        flat = [name for name, one in zip(self.columns, constant, strict=True) if one]
        if not flat or rows < 2:
            return passed("all columns vary", [], offending=0)
        told = f"{', '.join(flat)} {'hold' if flat[1:] else 'holds'} the same in all {rows:,} rows"
        return failed(told, flat, offending=len(flat))

    @classmethod
    def suggest(cls, seen: Seen) -> Iterable[tuple[Check, str]]:
        """Suggest the columns that varied in all versions."""
        names = [
            name
            for name in seen.columns
            if all(one.distinct is None or one.distinct > 1 for one in seen.of(name))
        ]
        if names and seen.rows > 1:
            yield (
                cls(columns=names, id="constant", severity="warn"),
                (f"they varied in {seen.versions()}; one that stops to is often a broken join"),
            )
