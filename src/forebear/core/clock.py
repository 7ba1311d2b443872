"""Times: UTC `datetime` inside, RFC 3339 on the wire, integer microseconds in SQL."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from forebear.core.errors import InvalidInput
from forebear.core.patterns import pattern

__all__ = ["from_micros", "micros", "now", "parse_duration", "parse_since", "parse_when"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_DURATION = pattern(r"(?:(\d{1,9})w)?(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?")


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def micros(moment: datetime) -> int:
    """Return `moment` as microseconds since 1970, exactly.

    >>> micros(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_micros(value: int) -> datetime:
    """Return the moment `value` microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=value)


def parse_when(text: str) -> datetime:
    """Read a point in time as people write it: a date, or a date and time.

    A bare date means the end of that day in UTC, so that `--as-of 2026-03-01` includes
    what happened on 1 March. A time without a zone is UTC.

    Raises:
        InvalidInput: the text is neither.

    >>> parse_when("2026-03-01T12:00:00Z").isoformat()
    '2026-03-01T12:00:00+00:00'
    """
    try:
        if len(text) == len("2026-03-01"):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            f"'{text}' is not a point in time.",
            hint="Write a date (2026-03-01) or a time (2026-03-01T12:00:00Z).",
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def parse_since(text: str) -> datetime:
    """Read from when on: a date means the beginning of that day, which is the first one.

    Raises:
        InvalidInput: the text is no point in time.

    >>> parse_since("2026-03-01").isoformat()
    '2026-03-01T00:00:00+00:00'
    """
    moment = parse_when(text)
    if len(text) == len("2026-03-01"):
        return datetime.combine(moment.date(), time.min, UTC)
    return moment


def parse_duration(text: str) -> int:
    """Read how long something takes, in seconds: `1d`, `12h`, `2h30m`, `1w`.

    Raises:
        InvalidInput: the text is nothing of the kind, or no time at all.

    >>> parse_duration("1d"), parse_duration("2h30m")
    (86400, 9000)
    """
    found = _DURATION.fullmatch(text.strip().lower())
    parts = found.groups(default="0") if found else ()
    seconds = sum(int(part) * unit for part, unit in zip(parts, _UNITS.values(), strict=False))
    if not seconds:
        raise InvalidInput(
            f"'{text}' is no length of time.",
            hint="Write weeks, days, hours, minutes, seconds: 1w, 1d, 12h, 2h30m.",
        )
    return seconds
