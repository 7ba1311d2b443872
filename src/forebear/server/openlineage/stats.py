"""How many events came and how much there is, by the hour or by the day: what Marquez counts."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from forebear.core.errors import InvalidInput, NotFound
from forebear.exchange.openlineage.view import View
from forebear.server.openlineage.shapes import first_told, moment

__all__ = ["stats"]

_HOURS: Final = 24
_DAYS: Final = 7
_STATES: Final = ("FAIL", "START", "COMPLETE", "ABORT")
Span = tuple[datetime, datetime]


def stats(view: View, what: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return figures of `what` (lineage-events, jobs, datasets, sources), the oldest first.

    Raises:
        NotFound: nothing else is counted.
        InvalidInput: the period or the time zone is none.
    """
    spans = _spans(query, datetime.now(UTC))
    if what == "lineage-events":
        return _events(view, spans)
    if what == "jobs":
        times = [at for job in view.jobs.values() for at in job.times()[:1]]
    elif what == "datasets":
        times = [at for one in view.datasets.values() for at in one.latest.times[:1]]
    elif what == "sources":
        times = list(first_told(view).values())
    else:
        raise NotFound(f"There are no figures of '{what[:60]}'.")
    return _grown(sorted(times), spans)


def _events(view: View, spans: list[Span]) -> list[dict[str, Any]]:
    """Return how many events of each type lie in each span."""
    told = [one for run in view.runs.values() for one in run.told.values()]
    found = []
    for start, end in spans:
        seen = Counter(str(one.state) for one in told if start <= one.at < end)
        found.append({**_between(start, end), **{state.lower(): seen[state] for state in _STATES}})
    return found


def _grown(times: list[datetime], spans: list[Span]) -> list[dict[str, Any]]:
    """Return how many there were at the end of each span."""
    return [{**_between(start, end), "count": bisect_left(times, end)} for start, end in spans]


def _between(start: datetime, end: datetime) -> dict[str, str | None]:
    both = (moment(at.astimezone(UTC)) for at in (start, end))
    return dict(zip(("startInterval", "endInterval"), both, strict=True))


def _spans(query: Mapping[str, str], now: datetime) -> list[Span]:
    """Return the last hours of a day, or the last days of a week where the asker lives."""
    period = query.get("period", "DAY").upper()
    if period == "DAY":
        last = now.replace(minute=0, second=0, microsecond=0)
        hour = timedelta(hours=1)
        return [(at, at + hour) for at in (last - n * hour for n in reversed(range(_HOURS)))]
    if period != "WEEK":
        raise InvalidInput(f"The period '{period[:60]}' is neither DAY nor WEEK.")
    today = now.astimezone(_zone(query.get("timezone") or "UTC"))
    last, day = today.replace(hour=0, minute=0, second=0, microsecond=0), timedelta(days=1)
    return [(at, at + day) for at in (last - n * day for n in reversed(range(_DAYS)))]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidInput(
            f"'{name[:60]}' is no time zone.", hint="Write it as Europe/Berlin."
        ) from None
