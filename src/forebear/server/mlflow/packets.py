"""Points of series as MLflow's interface needs them, whatever somebody has sent as a packet."""

from __future__ import annotations

import logging

from forebear.core.blobs import Blobs
from forebear.core.clock import micros
from forebear.core.errors import NotFound, Unreadable
from forebear.core.events import SeriesLogged
from forebear.core.points import Point, number, unpack

__all__ = ["points_of"]

_log = logging.getLogger(__name__)


def points_of(event: SeriesLogged, blobs: Blobs) -> list[Point]:
    """Return all points of some series, or where their packet cannot be read the last of each."""
    try:
        points = unpack(blobs.get(event.points))
    except (NotFound, Unreadable) as error:
        _log.warning("Of the series in event %s only the last points are told: %s", event.id, error)
        return [
            Point(n, micros(one.time), one.last.step or 0, number(one.last.value))
            for n, one in enumerate(event.series)
        ]
    return [point for point in points if 0 <= point.series < len(event.series)]
