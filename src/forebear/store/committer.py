"""Group commit: callers that write at the same time share one transaction and one fsync.

Whoever comes while nobody writes, writes: for itself and for all that have come by then. Those
that come meanwhile wait; the first of them writes next, for all of them. So a single writer
waits for nobody, and sixteen pay for one fsync. No thread of its own, nothing to stop.

Those who were written for wake one another in a row: woken all at once they would stand in line
for Python's lock, and each step of each of them would cost a turn.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from forebear.core.errors import ForebearError, InvalidInput, StoreError
from forebear.core.rows import Appended
from forebear.store.ledger import Call

__all__ = ["Committer"]

Outcome = Appended | ForebearError

_MOST: Final = 5000
"""Events in one transaction, unless one caller alone brings more."""
_PATIENCE: Final = 0.002


class _Waiting:
    """A call on its way, and the lock that is let go when it is done or may write.

    `next` is whom it wakes when it was written by another; `gone` is who waits no longer.
    """

    def __init__(self, call: Call) -> None:
        self.call = call
        self.outcome: Outcome | None = None
        self.leads = self.gone = False
        self.next: _Waiting | None = None
        self.turn = threading.Lock()
        self.turn.acquire()


class Committer:
    """Brings calls of many threads to `write`, which commits several at once.

    `write` returns for each call what became of it; what it raises is everybody's error.
    """

    def __init__(self, write: Callable[[Sequence[Call]], list[Outcome]]) -> None:
        self._write = write
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._busy = False
        self._last = 1
        self._took = 0.0
        self._enough: threading.Lock | None = None

    def commit(self, call: Call) -> Appended:
        """Write a call, durably, and return or raise what became of it."""
        if self._pid != os.getpid():
            self._begin()  # the threads that were at work here are not in this child
        mine = _Waiting(call)
        try:
            self._go_through(mine)
        except BaseException:
            self._leave(mine)
            raise
        assert mine.outcome is not None
        if isinstance(mine.outcome, ForebearError):
            raise mine.outcome
        return mine.outcome

    def _go_through(self, mine: _Waiting) -> None:
        with self._lock:
            self._waiting.append(mine)
            mine.leads = not self._busy
            self._busy = True
            if self._enough is not None and len(self._waiting) >= self._last:
                self._enough.release()
                self._enough = None
        if not mine.leads:
            mine.turn.acquire()
        if mine.outcome is None:
            self._lead()
        elif mine.next is not None:
            self._wake(mine.next)

    def _leave(self, mine: _Waiting) -> None:
        """Wait no longer: who was interrupted keeps nobody from writing, or from waking."""
        with self._lock:
            mine.gone = True
            if mine in self._waiting:
                self._waiting.remove(mine)
                if mine.leads:
                    self._pass_on()
        if mine.outcome is not None and mine.next is not None:
            self._wake(mine.next)

    def _wake(self, one: _Waiting | None) -> None:
        """Let the first go on that still waits, from this one on; once more does no harm."""
        with self._lock:
            while one is not None and one.gone:
                one = one.next
            if one is not None and one.turn.locked():
                one.turn.release()

    def _lead(self) -> None:
        """Write for all that wait, then let the first of those that have come since do so."""
        self._let_others_come()
        with self._lock:
            group = self._take()
        began = time.monotonic()
        try:
            self._settle(group)
        finally:
            self._took, self._last = time.monotonic() - began, len(group)
            others = [one for one in group if not one.leads]
            for one, after in pairwise(others):
                one.next = after
            for one in group:
                if one.outcome is None:
                    one.outcome = StoreError(
                        "Writing was interrupted, and may have come to nothing.",
                        hint="Write the same events again: what is there already counts once.",
                    )
            with self._lock:
                self._pass_on()
            if others:
                self._wake(others[0])

    def _pass_on(self) -> None:
        """Let the first of those that wait lead; needs the lock."""
        if self._waiting:
            self._waiting[0].leads = True
            self._waiting[0].turn.release()
        else:
            self._busy = False

    def _let_others_come(self) -> None:
        """Wait a moment for callers of the last group, who will be back with more at once.

        Without it the group after a large one would be the one caller who was quickest.
        """
        enough = threading.Lock()
        enough.acquire()
        with self._lock:
            if len(self._waiting) >= self._last:
                return
            self._enough = enough
        enough.acquire(timeout=min(_PATIENCE, self._took))  # whoever completes them lets it go
        with self._lock:
            self._enough = None

    def _take(self) -> list[_Waiting]:
        """Take as many calls as fit into one transaction, in the order in which they came."""
        events, count = 0, 0
        for one in self._waiting:
            events += len(one.call.incoming)
            if count and events > _MOST:
                break
            count += 1
        group, self._waiting = self._waiting[:count], self._waiting[count:]
        return group

    def _settle(self, group: Sequence[_Waiting]) -> None:
        try:
            for one, outcome in zip(group, self._write([one.call for one in group]), strict=True):
                one.outcome = outcome
        except InvalidInput as error:
            # The database refuses a value, and does not say whose it is.
            if len(group) == 1:
                group[0].outcome = error
            else:
                for one in group:
                    self._settle([one])
        except ForebearError as error:
            for one in group:
                one.outcome = type(error)(error.message, hint=error.hint)
