"""Packing: what is logged every step becomes one event for thousands of points.

A program's figures over steps lie in its spool one by one, as durable as everything else. On the
way into the ledger, beyond the first few of a segment, they are gathered into packets
(`forebear.core.points`) that lie in the content store; a `series` event with the packet's digest
speaks for them. Which points make a packet is decided by what the segment holds and by nothing
else, so that reading it twice gives the same events twice, which is once.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from math import isnan
from typing import Any, Final, NamedTuple

import msgspec

from forebear.core.blobs import Blobs
from forebear.core.clock import from_micros, micros
from forebear.core.entities import Figure, Metric, finite
from forebear.core.events import MetricsLogged, Series, SeriesLogged, encode
from forebear.core.ids import derived_id
from forebear.core.points import Point, pack

__all__ = ["FEW", "MOST", "Packer", "Place", "series"]

FEW: Final = 200
"""Points at the beginning of a segment that go as they are: they are seen at once."""
MOST: Final = 16_384
"""Points in a packet."""
SPAN: Final = timedelta(minutes=5)
"""Between the first and the last point of a packet, so that it is not waited for too long."""
LEAST: Final = 16
"""Points for which a packet is made; fewer go as they are."""

_LOGGED: Final = b'"event":"metrics"'
_decoder: Final = msgspec.json.Decoder(MetricsLogged)
_params: Final = msgspec.json.Encoder(order="sorted")


class Place(NamedTuple):
    """Up to where a segment was read, and how many points had come by then."""

    position: int = 0
    points: int = 0


class Packer:
    """Gathers the points of one segment; what comes out is for the ledger.

    Each event comes with the place from which to read on once it is in the ledger, which is
    before the points that are still gathered.
    """

    def __init__(self, run: str, blobs: Blobs, begin: Place) -> None:
        self._run = run
        self._blobs = blobs
        self._safe = begin
        self._points = begin.points
        self._held: list[tuple[bytes, MetricsLogged]] = []
        self._held_points = 0
        self._last = begin.position

    def take(self, body: bytes, after: int) -> Iterator[tuple[bytes, Place]]:
        """Take the next record, which ends at `after`."""
        event = _points_of(body)
        if event is None:
            if not self._held:
                self._safe = Place(after, self._points)
            yield body, self._safe
            return
        number = len(event.metrics)
        before = self._points
        self._points += number
        if before < FEW:
            self._safe = Place(after, self._points)
            yield body, self._safe
            return
        if self._held and self._is_full(event):
            yield from self._let_go(Place(self._last, before))
        self._held.append((body, event))
        self._held_points += number
        self._last = after

    def finish(self) -> Iterator[tuple[bytes, Place]]:
        """Let go of what is still gathered: the segment has come to its end."""
        if self._held:
            yield from self._let_go(Place(self._last, self._points))

    def _is_full(self, event: MetricsLogged) -> bool:
        full = self._held_points + len(event.metrics) > MOST
        return full or _aware(event.time) - _aware(self._held[0][1].time) > SPAN

    def _let_go(self, place: Place) -> Iterator[tuple[bytes, Place]]:
        bodies, events = zip(*self._held, strict=True)
        before, self._safe = self._safe, place
        number, self._held, self._held_points = self._held_points, [], 0
        made = None if number < LEAST else _packed(self._run, events, self._blobs)
        if made is not None:
            bodies = (encode(made),)
        for body in bodies[:-1]:
            yield body, before
        yield bodies[-1], place


def _points_of(body: bytes) -> MetricsLogged | None:
    """Return the event if it says nothing but values at steps."""
    if _LOGGED not in body:
        return None
    try:
        event = _decoder.decode(body)
        stepped = all(metric.step is not None for metric in event.metrics)
        # What a later version has written may say more than would be kept.
        return event if event.metrics and stepped and encode(event) == body else None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None  # the store says what is wrong with it


def _packed(run: str, events: Sequence[MetricsLogged], blobs: Blobs) -> SeriesLogged | None:
    """Return one event for the points of many, whose packet it keeps; None if they fit in none.

    Each of their metrics needs a step.
    """
    rows = [
        (event, micros(_aware(event.time)), metric) for event in events for metric in event.metrics
    ]
    return series(derived_id(*(event.id for event in events)), run, rows, blobs)


def series(
    id: str, run: str, rows: Iterable[tuple[MetricsLogged, int, Metric]], blobs: Blobs
) -> SeriesLogged | None:
    """Return the event with this id for points, each with what is said of it and its time in µs.

    Of a `MetricsLogged` counts what it says its metrics are about. None where a number is too
    large for a packet.
    """
    told: dict[int, tuple[Any, ...]] = {}
    numbers: dict[Any, int] = {}
    values: list[list[float]] = []
    last: list[tuple[MetricsLogged, int, Metric]] = []
    points: list[Point] = []
    for event, time, metric in rows:
        whose = told.get(builtins.id(event)) or told.setdefault(builtins.id(event), _whose(event))
        number = numbers.setdefault((metric.key, whose), len(numbers))
        if number == len(values):
            values.append([])
            last.append((event, time, metric))
        value = float(metric.value)
        values[number].append(value)
        last[number] = event, time, metric
        assert metric.step is not None
        points.append(Point(number, time, metric.step, value))
    try:
        packet = pack(points)
    except OverflowError:
        return None
    return SeriesLogged(
        id=id,
        time=from_micros(points[-1].time),
        run=run,
        points=blobs.put(packet),
        size=len(packet),
        count=len(points),
        series=[_series(*one, of_series) for one, of_series in zip(last, values, strict=True)],
    )


def _whose(event: MetricsLogged) -> tuple[Any, ...]:
    settings = _params.encode(event.params) if event.params else b""
    return event.run, event.model, event.data, event.split, event.evidence, settings


def _series(event: MetricsLogged, time: int, metric: Metric, values: list[float]) -> Series:
    numbers = [value for value in values if not isnan(value)]
    least: Figure = finite(min(numbers)) if numbers else "NaN"
    greatest: Figure = finite(max(numbers)) if numbers else "NaN"
    return Series(
        run=event.run,
        last=metric,
        time=from_micros(time),
        count=len(values),
        least=least,
        greatest=greatest,
        model=event.model,
        data=event.data,
        split=event.split,
        evidence=event.evidence,
        params=event.params,
    )


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
