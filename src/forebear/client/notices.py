"""Who is still to be told of recalls, and from when on it is to be tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from forebear.core.recalls import SEVERITIES, Channel
from forebear.ops.notices import DeliveriesResponse, DeliveryEntry, Told

__all__ = ["GRACE", "Untold", "untold"]

GRACE: Final = timedelta(seconds=90)
"""So long it is left to whoever recalled a thing to tell people of it."""
_FIRST: Final = timedelta(seconds=15)
_LONGEST: Final = timedelta(hours=6)
_PATIENCE: Final = timedelta(days=7)


class Untold(Struct, frozen=True, kw_only=True):
    """Somebody who is to be told of a recall, and has not been."""

    told: Told
    channel: Channel
    target: str
    attempts: int
    """How often it was tried."""
    due: datetime
    """From when on it is to be tried."""
    until: datetime
    """From when on it is news no more, and tried only when somebody asks for it."""


def untold(
    answer: DeliveriesResponse, recipients: Sequence[tuple[Channel, str]], least: str
) -> Iterator[Untold]:
    """Yield who of the recipients has not been told of what is as severe as `least`."""
    known = {
        (one.recall, one.delivery.happening, one.delivery.channel, one.delivery.target): one
        for one in reversed(answer.deliveries)
    }
    for told in answer.happenings:
        if SEVERITIES.index(told.severity) < SEVERITIES.index(least):
            continue
        for channel, target in recipients:
            last = known.get((told.recall, told.happening, channel, target))
            if last is None or last.delivery.status != "delivered":
                yield Untold(
                    told=told,
                    channel=channel,
                    target=target,
                    attempts=0 if last is None else last.delivery.attempts,
                    due=_due(told, last),
                    until=told.at + _PATIENCE,
                )


def _due(told: Told, last: DeliveryEntry | None) -> datetime:
    """Return when it is to be tried next: the longer it failed, the seldomer."""
    if last is None:
        return told.at + GRACE
    return last.at + min(_FIRST * (1 << min(last.delivery.attempts, 16)), _LONGEST)
