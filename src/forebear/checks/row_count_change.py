"""Row count change: a version has about as many rows as the one before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, ClassVar

from forebear.core.checking import (
    Ask,
    Check,
    Outcome,
    Shape,
    Stat,
    failed,
    passed,
    share,
    skipped,
)
from forebear.core.suggesting import Seen, rounded_up

__all__ = ["RowCountChange"]


class RowCountChange(Check, frozen=True, kw_only=True, omit_defaults=True):
    """Between this version and the one before, rows fall by at most `fall` and rise by `rise`."""

    kind: ClassVar[str] = "row_count_change"
    on_empty: ClassVar[bool] = True

    fall: float = 0.2
    rise: float = 0.5

    def asks(self, shape: Shape) -> Sequence[Ask]:
        """Ask how many rows there are."""
        return [Stat("rows")]

    def judge(self, found: Sequence[Any], shape: Shape) -> Outcome:
        """Compare with the version before, where its rows are known."""
        (rows,) = found
        if shape.rows_before is None:
            return skipped("there is no version before, or its rows are not known")
        if shape.rows_before == 0:
            return skipped("the version before has no rows")
        change = rows / shape.rows_before - 1
        told = f"{rows:,} rows after {shape.rows_before:,} ({change:+.1%})"
        expected = {"fall": self.fall, "rise": self.rise}
        if -self.fall <= change <= self.rise:
            return passed(told, change, expected)
        allowed = f"allowed are -{share(self.fall)} to +{share(self.rise)}"
        return failed(f"{told}; {allowed}", change, expected)

    @classmethod
    def suggest(cls, seen: Seen) -> Iterable[tuple[Check, str]]:
        """Suggest twice the largest change among the versions, where there were any."""
        counts = [one.rows for one in (seen, *seen.earlier)]
        pairs = [(new, old) for new, old in pairwise(counts) if old]
        if not pairs:
            return
        changes = [new / old - 1 for new, old in pairs]
        fall = min(0.9, float(rounded_up(max(0.2, -2 * min(changes)))))
        rise = float(rounded_up(max(0.5, 2 * max(changes))))
        why = f"changes of {seen.between(f'{min(changes):+.1%}', f'{max(changes):+.1%}')}"
        yield cls(fall=fall, rise=rise, severity="warn"), why
