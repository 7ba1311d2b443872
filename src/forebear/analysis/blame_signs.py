"""What stored profiles say of a fault: signs of it in data, and whether they are above it too.

No thing is judged by itself: what came of a thing may be a little farther off by chance, and what
is otherwise in each version anyway is seen everywhere. So a sign is above where most of it is, and
not where there is little of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final, Literal

from msgspec import Struct

from forebear.analysis.blame import Standing
from forebear.analysis.column_facts import ColumnFacts
from forebear.analysis.drift import ColumnDrift, compared

__all__ = ["Sign", "picked", "signs_of", "standing_beside"]

Facts = Mapping[str, ColumnFacts]
_MOST: Final = 0.5
"""From this part of a drift on it is the same drift."""
_LITTLE: Final = 0.1
"""Up to this part of a drift it is another one."""
_REPEATED: Final = 0.01
"""The share of rows that are there again, from which on it is no accident."""
_FAR: Final = ("strong", "moderate")


class Sign(Struct, frozen=True, kw_only=True):
    """One thing in which data differs from the good version."""

    what: str
    """`column age`, or `rows`."""
    said: str
    kind: Literal["drifted", "gone", "repeated"] = "drifted"
    column: str | None = None
    """None where it is about whole rows."""
    drifts: dict[str, ColumnDrift] = {}
    """How far the columns are that it is about, by their names in what was asked about."""

    @property
    def far(self) -> bool:
        """Tell whether one of its columns has drifted for sure."""
        return any(one.verdict in _FAR for one in self.drifts.values())


def signs_of(before: Facts, now: Facts, column: str | None = None) -> list[Sign]:
    """Return in what data differs from a good version, or in what a column of it does.

    What concerns whole rows comes first: columns may have drifted by it.
    """
    found = compared(before, now)
    far = [c for c in found.columns if c.verdict in _FAR]
    if column is not None:
        far = [c for c in found.columns if c.column == column]
    again = _again(before, now) if column is None else {}
    signs = [Sign(what="rows", said=_told(again), kind="repeated")] if again else []
    signs += [
        Sign(what=f"column {c.column}", said=_said(c), column=c.column, drifts={c.column: c})
        for c in far
        if c.column not in again
    ]
    gone = [name for name in found.vanished if column in (None, name)]
    return signs + [
        Sign(what=f"column {name}", said="it is gone", kind="gone", column=name) for name in gone
    ]


def standing_beside(
    before: Facts, now: Facts, columns: Mapping[str, str], sign: Sign | None
) -> Standing:
    """Say whether a sign is in a thing too, by what stood in its place before.

    `columns` are the names there of the columns that it is about.
    """
    if sign is not None and sign.kind == "repeated":
        return _repeated(before, now)
    if sign is not None and sign.kind == "gone":
        return _gone(before, now, columns)
    wanted = {name: there for name, there in columns.items() if there in now}
    if not wanted:
        return Standing(state="good", how="it has no such column")
    found = {
        one.column: one
        for one in compared(picked(before, wanted.values()), picked(now, wanted.values())).columns
    }
    drifts = sign.drifts if sign is not None else {}
    said = [
        _of_drift(drifts.get(name), found[there])
        for name, there in wanted.items()
        if there in found
    ]
    order = {"bad": 0, "unknown": 1, "good": 2}
    unknown = Standing(state="unknown", how="what is stored does not tell")
    return min(said, key=lambda one: order[one.state], default=unknown)


def picked(facts: Facts, names: Iterable[str]) -> dict[str, ColumnFacts]:
    """Return the facts of some columns."""
    return {name: facts[name] for name in names if name in facts}


def _of_drift(below: ColumnDrift | None, here: ColumnDrift) -> Standing:
    """Say whether what a column has drifted here is what it has drifted below."""
    name = here.column
    drifted = f"{name} drifted ({here.verdict})"
    share = _share(below, here)
    if share is not None and share < _LITTLE:
        return Standing(state="good", how=f"{name} drifted far less, if at all")
    if here.verdict in _FAR:
        return Standing(state="bad", how=drifted)
    if share is not None and share >= _MOST:
        chance = here.why == "no more than chance"
        if chance:
            return Standing(state="unknown", how=f"{name} differs as much, which may be chance")
        return Standing(state="bad", how=f"{name} drifted most of the way")
    if here.verdict == "none":
        return Standing(state="good", how=f"{name} did not drift")
    return Standing(state="unknown", how="what is stored does not tell")


def _share(below: ColumnDrift | None, here: ColumnDrift) -> float | None:
    """Return how much of a drift is here already, by the measure that told it."""
    by = below.by if below is not None else None
    if below is None or by is None or below.verdict not in _FAR:
        return None
    if "type" in (by, here.by):
        return 1.0 if here.by == by else None
    one, other = here.measures.get(by), below.measures.get(by)
    if one is None or other is None or not other.value:
        return None
    share = one.value / other.value
    return math.sqrt(share) if by == "psi" else share  # which grows with the square


def _repeated(before: Facts, now: Facts) -> Standing:
    keys = [name for name, one in before.items() if one.key and name in now]
    if not keys:
        return Standing(state="unknown", how="no column named its rows before")
    again = _again(before, now)
    if again:
        return Standing(state="bad", how=_told(again))
    return Standing(state="good", how=f"{', '.join(keys)} named each row, as before")


def _again(before: Facts, now: Facts) -> dict[str, float]:
    """Return the columns that named each row and do not now, with the share that is there again."""
    return {
        name: now[name].repeated
        for name, one in before.items()
        if one.key and name in now and now[name].repeated >= _REPEATED
    }


def _told(again: Mapping[str, float]) -> str:
    name, share = max(again.items(), key=lambda one: one[1])
    return f"{name} named each row, and {share:.1%} of its values are there already"


def _gone(before: Facts, now: Facts, columns: Mapping[str, str]) -> Standing:
    there = next(iter(columns.values()), None)
    if there in now:
        return Standing(state="good", how=f"it has the column {there}")
    if there in before:
        return Standing(state="bad", how=f"it had a column {there}")
    return Standing(state="good", how="it had no such column")


def _said(one: ColumnDrift) -> str:
    by = f" by {one.by} {one.measures[one.by].value:.3f}" if one.by in one.measures else ""
    return f"it drifted ({one.verdict}{by})" if one.verdict != "none" else "it did not drift"
