"""Row count: there are neither too few rows nor too many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from forebear.core.checking import Ask, Check, Outcome, Shape, Stat, failed, passed
from forebear.core.suggesting import Seen, rounded_down, rounded_up, spread

__all__ = ["RowCount"]


class RowCount(Check, frozen=True, kw_only=True, omit_defaults=True):
    """The number of rows lies between `least` and `greatest`."""

    kind: ClassVar[str] = "row_count"
    on_empty: ClassVar[bool] = True

    least: int = 1
    greatest: int | None = None

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask how many rows there are."""
        return [Stat("rows")]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Fail outside the bounds."""
        (rows,) = found
        expected = {"least": self.least, "greatest": self.greatest}
        if rows < self.least:
            return failed(f"{rows:,} rows are fewer than {self.least:,}", rows, expected)
        if self.greatest is not None and rows > self.greatest:
            return failed(f"{rows:,} rows are more than {self.greatest:,}", rows, expected)
        return passed(f"{rows:,} rows", rows, expected)

    @classmethod
    def suggest(cls, seen: Seen) -> Iterable[tuple[Check, str]]:
        """Suggest half of the fewest to twice the most, and more where versions differ much."""
        counts = [one.rows for one in (seen, *seen.earlier)]
        room = 3 * spread([float(count) for count in counts])
        least = max(1, int(rounded_down(min(min(counts) / 2, min(counts) - room) or 1)))
        greatest = int(rounded_up(max(max(counts) * 2, max(counts) + room)))
        told = seen.between(f"{min(counts):,}", f"{max(counts):,}")
        why = f"rows: {told}; half and twice that"
        yield cls(least=least, greatest=max(greatest, 1)), why
