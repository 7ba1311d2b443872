"""Points of time series as compact bytes: what is logged every step would fill the ledger.

A packet is the line `forebear-points-1`, the number of points (8 bytes, little endian), then
four columns of 8-byte little-endian numbers, compressed together by zlib: which series a point
belongs to, when it was said (microseconds, as difference from the point before), its step (the
same), its value (IEEE 754). In each column the first bytes of all numbers come first, then all
second bytes, and so on: neighbours differ in few of them, which is what zlib feeds on.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Any, Final, NamedTuple

from forebear.core.entities import Figure
from forebear.core.errors import Unreadable

__all__ = ["Point", "greater", "lesser", "number", "pack", "unpack"]

_MAGIC: Final = b"forebear-points-1\n"
_COUNT: Final = struct.Struct("<Q")
_WIDTH: Final = 8
_LEVEL: Final = 6
_MOST_COMPRESSED: Final = 1100
"""No better does zlib compress anything."""
_MOST: Final = 1 << 20
"""Points in a packet: a megabyte of nothing but zeros would be read as a thousand times that."""


class Point(NamedTuple):
    """One value of a series (its number among the series of the packet) at a step."""

    series: int
    time: int
    """Microseconds since 1970."""
    step: int
    value: float


def pack(points: Iterable[Point]) -> bytes:
    """Return the packet of these points; the same points give the same bytes.

    Raises:
        OverflowError: a step or time has more than 64 bits, or is that far from the one before; or
            there are more than a million points.

    >>> unpack(pack([Point(0, 5, 1, 0.5), Point(0, 7, 2, 0.25)]))
    [Point(series=0, time=5, step=1, value=0.5), Point(series=0, time=7, step=2, value=0.25)]
    """
    series, times, steps, values = array("q"), array("q"), array("q"), array("d")
    for point in points:
        series.append(point.series)
        times.append(point.time)
        steps.append(point.step)
        values.append(point.value)
    if len(values) > _MOST:
        raise OverflowError(f"A packet holds {_MOST:,} points at most.")
    columns: tuple[array[Any], ...] = (series, _differences(times), _differences(steps), values)
    body = b"".join(_shuffled(column.tobytes()) for column in map(_little, columns))
    return _MAGIC + _COUNT.pack(len(values)) + zlib.compress(body, _LEVEL)


def unpack(packet: bytes) -> list[Point]:
    """Return the points of a packet, in their order.

    Raises:
        Unreadable: these bytes are no packet.
    """
    head = len(_MAGIC) + _COUNT.size
    if not packet.startswith(_MAGIC) or len(packet) < head:
        raise Unreadable("These bytes are no packet of points.")
    (count,) = _COUNT.unpack_from(packet, len(_MAGIC))
    expected = 4 * count * _WIDTH
    if count > _MOST:
        raise Unreadable(f"The packet announces {count} points, and {_MOST} are the most.")
    if expected > _MOST_COMPRESSED * len(packet):
        raise Unreadable(f"The packet is too small for the {count} points that it announces.")
    reader = zlib.decompressobj()
    try:
        body = reader.decompress(packet[head:], expected + 1)
    except zlib.error as error:
        raise Unreadable(f"The packet of points is damaged: {error}.") from error
    if len(body) != expected or not reader.eof or reader.unused_data:
        raise Unreadable(f"The packet does not hold the {count} points that it announces.")
    columns = [body[at * count * _WIDTH : (at + 1) * count * _WIDTH] for at in range(4)]
    series, times, steps, values = (
        _little(array(kind, _restored(column)))
        for kind, column in zip("qqqd", columns, strict=True)
    )
    return list(map(Point, series, accumulate(times), accumulate(steps), values))


def number(figure: Figure) -> float:
    """Return a figure as a number.

    >>> number("-Infinity")
    -inf
    """
    return float(figure)


def lesser(one: Figure | None, other: Figure | None) -> Figure | None:
    """Return the smaller of two figures; one that is missing or NaN counts for nothing."""
    return _better(one, other, lambda a, b: a < b)


def greater(one: Figure | None, other: Figure | None) -> Figure | None:
    """Return the larger of two figures; one that is missing or NaN counts for nothing."""
    return _better(one, other, lambda a, b: a > b)


def _better(
    one: Figure | None, other: Figure | None, wins: Callable[[float, float], bool]
) -> Figure | None:
    if other is None or other == "NaN":
        return one if one is not None else other
    if one is None or one == "NaN" or wins(number(other), number(one)):
        return other
    return one


def _differences(numbers: array[int]) -> array[int]:
    return array("q", (now - before for now, before in zip(numbers, [0, *numbers], strict=False)))


def _little(numbers: array[Any]) -> array[Any]:
    """Change between the byte order of this machine and that of a packet."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _shuffled(column: bytes) -> bytes:
    return b"".join(column[at::_WIDTH] for at in range(_WIDTH))


def _restored(shuffled: bytes) -> bytes:
    count = len(shuffled) // _WIDTH
    column = bytearray(len(shuffled))
    for at in range(_WIDTH):
        column[at::_WIDTH] = shuffled[at * count : (at + 1) * count]
    return bytes(column)
