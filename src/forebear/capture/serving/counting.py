"""Counting calls without a lock: the program appends, a thread of ours adds up.

A call costs the program one append to a deque. What is appended faster than it is added up pushes
out the oldest, so memory is bounded, and the count stays exact: every call takes a number.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from forebear.capture.serving.inputs import ROWS, Inputs, taken
from forebear.core.clock import now
from forebear.core.serving import Latency, Usage, bucket_of, counts

__all__ = ["REST", "Calls", "Window"]

_MOST_CALLS: Final = 65_536
_MOST_CALLERS: Final = 1_000
REST: Final = "others"
_WAKE: Final = _MOST_CALLS // 4 - 1


class Calls:
    """What happened and was not added up yet; any thread may add, one takes."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._numbers = itertools.count(1)
        self._calls: deque[tuple[int, int, str | None, bool]] = deque(maxlen=_MOST_CALLS)
        self._rows: deque[Any] = deque(maxlen=ROWS)
        self._frames: deque[Any] = deque(maxlen=1)
        self._taken = 0

    def add(self, nanoseconds: int, caller: str | None, failed: bool) -> None:
        """Count a call."""
        number = next(self._numbers)
        self._calls.append((number, nanoseconds, caller, failed))
        if number & _WAKE == 1:
            self._wake()

    def look(self, inputs: Any) -> None:
        """Remember inputs to be looked at, if there is room; what is large waits alone."""
        kind = type(inputs)
        if kind is dict or kind is list or kind is tuple:
            if len(self._rows) < ROWS:
                self._rows.append(taken(inputs))
        elif not self._frames:
            self._frames.append(inputs)

    @property
    def are_waiting(self) -> bool:
        """Whether there is something to take."""
        return bool(self._calls or self._rows or self._frames)

    def take(self) -> tuple[list[tuple[int, int, str | None, bool]], list[Any], int]:
        """Return calls and inputs since the last time, and how many calls there were in all."""
        calls = _emptied(self._calls)
        last = max((number for number, *_ in calls), default=self._taken)
        whole, self._taken = max(0, last - self._taken), max(last, self._taken)
        return calls, [*_emptied(self._rows), *_emptied(self._frames)], whole


class Window:
    """What was added up of one hour."""

    def __init__(
        self,
        start: datetime,
        name: Callable[[str], str],
        categories: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        """Begin a window; `name` says how a caller is called in the record."""
        self.start, self._name = start, name
        self.changed = False
        self._end = start
        self._calls = self._errors = self._unmeasured = self._total = 0
        self._buckets: Counter[int] = Counter()
        self._callers: Counter[str] = Counter()
        self._inputs = Inputs(categories)

    @staticmethod
    def start_of(moment: datetime, length: timedelta) -> datetime:
        """Return when the window began that a moment lies in."""
        begin = datetime(1970, 1, 1, tzinfo=UTC)
        return moment - (moment - begin) % length

    def add(self, calls: Calls) -> None:
        """Take in what has happened."""
        some, rows, whole = calls.take()
        for _, nanoseconds, caller, failed in some:
            self._buckets[bucket_of(nanoseconds)] += 1
            self._total += nanoseconds
            self._errors += failed
            if caller is not None:
                known = caller in self._callers or len(self._callers) < _MOST_CALLERS
                self._callers[caller if known else REST] += 1
        for row in rows:
            self._inputs.add(row)
        self._calls += whole
        self._unmeasured += max(0, whole - len(some))
        if whole or rows:
            self._end, self.changed = now(), True

    def said(self, program: str | None) -> Usage:
        """Return it as a statement says it."""
        callers: Counter[str] = Counter()
        for caller, count in self._callers.items():
            callers[caller if caller == REST else self._name(caller)] += count
        return Usage(
            start=self.start,
            end=self._end,
            calls=self._calls,
            errors=self._errors,
            unmeasured=self._unmeasured,
            latency=Latency(buckets=counts(self._buckets), total=self._total),
            callers=dict(callers),
            profiled=self._inputs.rows,
            inputs=self._inputs.said(),
            program=program,
        )


def _emptied(some: deque[Any]) -> list[Any]:
    found = []
    # Others append meanwhile: only so many as there are now.
    for _ in range(len(some)):
        try:
            found.append(some.popleft())
        except IndexError:
            break
    return found
