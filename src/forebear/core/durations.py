"""Spans of time as people write them: `30 days`, `12 hours`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from forebear.core.errors import InvalidInput

__all__ = ["parse_duration", "spoken"]

_SPAN: Final = re.compile(r"\s*(\d{1,6})\s*(minute|hour|day|week|month|year)s?\s*")
_UNITS: Final = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}


def parse_duration(text: object) -> timedelta:
    """Return a span of time; a month has 30 days and a year 365.

    Raises:
        InvalidInput: it is none.

    >>> parse_duration("2 weeks").days
    14
    """
    found = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if found is None or int(found[1]) == 0:
        raise InvalidInput(
            f"{text!r} is no span of time.", hint='Write it like "30 days" or "12 hours".'
        )
    return int(found[1]) * _UNITS[found[2]]


def spoken(span: timedelta) -> str:
    """Return a span of time in words, in its largest whole unit below months.

    >>> spoken(timedelta(days=30)), spoken(timedelta(minutes=90)), spoken(timedelta(hours=1))
    ('30 days', '90 minutes', '1 hour')
    """
    for unit in ("day", "hour", "minute"):
        number, rest = divmod(span, _UNITS[unit])
        if number and not rest:
            break
    else:
        number, unit = span // _UNITS["minute"], "minute"
    return f"{number:,} {unit}" + ("" if number == 1 else "s")
