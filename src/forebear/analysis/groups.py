"""Groups of people (or of anything): their shares before and after a step, and figures by group."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

__all__ = ["GroupFigures", "Rate", "ShareChange", "changes", "figures_by_group", "wilson"]

_Z = 1.959964


class ShareChange(Struct, frozen=True, kw_only=True):
    """How a group's share of the rows changed in a step."""

    group: str
    before: int
    after: int
    share_before: float
    share_after: float
    change: float
    """Relative: -0.3 is a share that fell by three tenths of itself."""


class Rate(Struct, frozen=True, kw_only=True):
    """A share that was counted, with its 95 % interval (Wilson)."""

    value: float | None
    """Null where there was nothing to count."""
    count: int
    of: int
    low: float | None
    high: float | None


class GroupFigures(Struct, frozen=True, kw_only=True):
    """What a model did with one group."""

    group: str
    rows: int
    selected: Rate
    """Rows for which it said the positive class."""
    accuracy: Rate | None
    true_positive: Rate | None
    false_positive: Rate | None


def changes(before: Mapping[str, int], after: Mapping[str, int]) -> list[ShareChange]:
    """Return how the share of each group that was there before changed.

    >>> one = changes({"a": 50, "b": 50}, {"a": 30, "b": 10})[1]
    >>> one.group, one.share_after, round(one.change, 2)
    ('b', 0.25, -0.5)
    """
    all_before, all_after = sum(before.values()), sum(after.values())
    found = []
    for group, count in before.items():
        if not count:
            continue
        share = count / all_before
        left = after.get(group, 0) / all_after if all_after else 0.0
        found.append(
            ShareChange(
                group=group,
                before=count,
                after=after.get(group, 0),
                share_before=share,
                share_after=left,
                change=(left - share) / share,
            )
        )
    return found


def wilson(count: int, of: int) -> Rate:
    """Return a rate with its interval.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    JASA 22 (1927).

    >>> rate = wilson(8, 10)
    >>> rate.value, round(rate.low, 3), round(rate.high, 3)
    (0.8, 0.49, 0.943)
    """
    if not of:
        return Rate(value=None, count=0, of=0, low=None, high=None)
    value, square = count / of, _Z**2
    middle = (value + square / (2 * of)) / (1 + square / of)
    half = _Z * math.sqrt(value * (1 - value) / of + square / (4 * of**2)) / (1 + square / of)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Rate(value=value, count=count, of=of, low=low, high=high)


def figures_by_group(
    groups: Sequence[str],
    predicted: Sequence[object],
    actual: Sequence[object] | None,
    positive: object,
) -> list[GroupFigures]:
    """Return the figures of each group; `actual` is None where the true classes are not known."""
    found = []
    for group in sorted(Counter(groups)):
        rows = [row for row, one in enumerate(groups) if one == group]
        said = [predicted[row] == positive for row in rows]
        true = None if actual is None else [actual[row] for row in rows]
        found.append(
            GroupFigures(
                group=group,
                rows=len(rows),
                selected=wilson(sum(said), len(rows)),
                accuracy=_right([predicted[row] for row in rows], true),
                true_positive=_rate(said, true, positive, wanted=True),
                false_positive=_rate(said, true, positive, wanted=False),
            )
        )
    return found


def _right(predicted: Sequence[object], true: Sequence[object] | None) -> Rate | None:
    if true is None:
        return None
    right = sum(one == real for one, real in zip(predicted, true, strict=True))
    return wilson(right, len(true))


def _rate(
    said: Sequence[bool], true: Sequence[object] | None, positive: object, *, wanted: bool
) -> Rate | None:
    if true is None:
        return None
    among = [one for one, real in zip(said, true, strict=True) if (real == positive) == wanted]
    return wilson(sum(among), len(among))
