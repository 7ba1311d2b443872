"""The figures that a run measured, step by step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from forebear.analysis.verdict import counted
from forebear.core.entities import Figure
from forebear.core.errors import InvalidInput
from forebear.core.rows import MetricRow
from forebear.ops.resolve import moment
from forebear.ops.run_behind import run_behind, with_steps
from forebear.ops.table import Context, Request, Target, operation

__all__ = ["Series", "SeriesPoint", "SeriesRequest", "SeriesResponse", "series", "thinned"]


class SeriesPoint(Struct, frozen=True, kw_only=True):
    """One value of a figure."""

    step: int | None
    at: datetime
    value: Figure


class Series(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One figure from its first value to its last."""

    key: str
    count: int
    """How many values there are, told or not."""
    least: float | None
    """Null where no value is a number."""
    greatest: float | None
    last: Figure
    points: list[SeriesPoint]
    split: str | None = None
    model: str | None = None
    data: str | None = None


class SeriesResponse(Struct, frozen=True, kw_only=True):
    """What a run and its steps measured."""

    run: str
    name: str
    verdict: str
    series: list[Series]


class SeriesRequest(Request[SeriesResponse], frozen=True, kw_only=True, omit_defaults=True):
    """Ask for the figures that a run measured."""

    target: Target
    """A run, or what it made."""
    keys: list[str] = []
    """Only these figures; all of them."""
    most: int = 1000
    """So many points of each are told; among them always the first, the last and the extremes."""
    as_of: str | None = None


@operation(name="series", permission="read")
def series(context: Context, request: SeriesRequest) -> SeriesResponse:
    """Tell the figures that a run and its steps measured, step by step.

    Raises:
        UnknownRef: no run is meant.
        InvalidInput: fewer than four points are asked for.
    """
    if request.most < 4:
        raise InvalidInput(f"{request.most} points tell nothing.", hint="Ask for 4 or more.")
    store, seq = context.store, moment(context.store, request.as_of)
    row = run_behind(store, request.target, seq)
    found: dict[tuple[Any, ...], list[MetricRow]] = {}
    for one in store.metrics(runs=with_steps(store, row, seq), seq=seq, points=True):
        if not request.keys or one.metric.key in request.keys:
            found.setdefault((one.metric.key, one.split, one.model, one.data), []).append(one)
    told = [_series(rows, request.most) for rows in found.values()]
    told.sort(key=lambda one: (one.count == 1, one.key))
    points = sum(one.count for one in told)
    verdict = (
        f"{row.name} measured {counted(len(told), 'figure')}, {counted(points, 'value')} in all."
        if told
        else f"{row.name} measured nothing that was seen."
    )
    return SeriesResponse(run=row.id, name=row.name, verdict=verdict, series=told)


def _series(rows: Sequence[MetricRow], most: int) -> Series:
    ordered = sorted(rows, key=lambda row: (row.metric.step is None, row.metric.step or 0, row.at))
    values = [_number(row) for row in ordered]
    known = [value for value in values if math.isfinite(value)]
    first, last = rows[0], ordered[-1]
    return Series(
        key=first.metric.key,
        count=len(rows),
        least=min(known, default=None),
        greatest=max(known, default=None),
        last=last.metric.value,
        points=[
            SeriesPoint(step=row.metric.step, at=row.at, value=row.metric.value)
            for row in (ordered[place] for place in thinned(values, most))
        ],
        split=first.split,
        model=first.model,
        data=first.data,
    )


def _number(row: MetricRow) -> float:
    return float(row.metric.value)


def thinned(values: Sequence[float], most: int) -> list[int]:
    """Return the places of at most so many values that show what all of them do.

    The first and the last are among them, and the least and the greatest of each of equally
    long stretches between, so that no peak is lost.

    >>> thinned([0, 1, 9, 1, 1, -5, 1, 1], 6)
    [0, 1, 2, 4, 5, 7]
    """
    count = len(values)
    if count <= most:
        return list(range(count))
    stretches = (most - 2) // 2
    kept = {0, count - 1}
    for stretch in range(stretches):
        start = 1 + stretch * (count - 2) // stretches
        stop = 1 + (stretch + 1) * (count - 2) // stretches
        inside = [place for place in range(start, stop) if not math.isnan(values[place])]
        if inside:
            kept |= {min(inside, key=values.__getitem__), max(inside, key=values.__getitem__)}
    return sorted(kept)
