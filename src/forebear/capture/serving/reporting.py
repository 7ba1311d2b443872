"""What was counted goes to the spool: from a thread of its own, window by window.

The thread finds out which deployment it is, adds up once a second and writes when it is time. It
waits for disk, store and network; the program never does. Whatever fails is tried again, is said
once in the log, and is nobody else's trouble.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import logging
import os
import secrets
import sys
import threading
import time
import weakref
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from forebear.capture.serving.counting import REST, Calls, Window
from forebear.capture.session import active
from forebear.client.background import push_later
from forebear.client.client import connect
from forebear.client.host import host_id
from forebear.client.locate import Place, place_for_recording
from forebear.client.privacy import concealment
from forebear.client.spool import SpoolHeader, SpoolWriter
from forebear.core.clock import now
from forebear.core.serving import USAGE
from forebear.ops.serving import ServingRequest
from forebear.ops.table import Target
from forebear.store import IDENTITIES
from forebear.store.identities import FileIdentities

__all__ = ["DEPLOYMENT", "Reporter"]

_log = logging.getLogger("forebear")

DEPLOYMENT: Final = "FOREBEAR_DEPLOYMENT"
"""The variable that says which deployment a program serves; then no store is asked."""
WINDOW: Final = timedelta(hours=1)
_TICK: Final = 1.0
_AGAIN: Final = 30.0
_MOST_WAITING: Final = 24
"""Windows that wait for a store which is away."""
_MOST_NAMES: Final = 1_000
"""Callers that one process keeps apart; who makes up names must not fill the disk."""
_reporters: weakref.WeakSet[Reporter] = weakref.WeakSet()


class Reporter:
    """Adds up the calls of one model and says them; one thread in each process.

    The thread ends when nothing was counted for a while, and the next call starts another: who
    makes many of these, as a notebook does whose cells are run again, does not gather threads.
    """

    def __init__(
        self,
        ref: str,
        env: str,
        *,
        store: str | None = None,
        every: float = 300.0,
        services: Collection[str] = (),
        categories: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self._ref, self._env, self._store, self._every = ref, env, store, every
        self._services, self._categories = frozenset(services), categories
        self._names: dict[str, str] = {}
        self._program = Path(sys.argv[0]).name or None
        self._begin()
        _reporters.add(self)

    def _begin(self) -> None:
        self.calls = Calls(self._woken)
        self._worker = secrets.token_hex(4)
        self._windows: list[Window] = []
        self._spool: SpoolWriter | None = None
        self._place: Place | None = None
        self._identities: FileIdentities | None = None
        self._run = os.environ.get(DEPLOYMENT) or None
        self._next_try = 0.0
        self._said = False
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._working = threading.Lock()
        self._event = threading.Event()
        self._over = False

    def count(self, nanoseconds: int, caller: str | None, failed: bool) -> None:
        """Count a call; never waits, never raises."""
        try:
            self.calls.add(nanoseconds, caller, failed)
            if self._thread is None:
                self._start()
        except Exception as error:
            _log.debug("a call was not counted", exc_info=error)

    def look(self, inputs: object) -> None:
        """Look at inputs some time soon; never waits, never raises."""
        try:
            self.calls.look(inputs)
            if self._thread is None:
                self._start()
        except Exception as error:
            _log.debug("inputs were not looked at", exc_info=error)

    def flush(self) -> None:
        """Say now what was counted; waits until it is on the disk."""
        with self._working, _unobserved():
            self._add_up()
            self._say()

    def close(self) -> None:
        """Say the rest, and stop."""
        self._over = True
        self._event.set()
        try:
            self.flush()
        except Exception as error:
            self._failed(error)
        self._let_go()

    def go_on_in_child(self) -> None:
        """Begin anew in a forked child; what its parent has counted is the parent's."""
        if self._spool is not None:
            with contextlib.suppress(OSError):
                self._spool.abandon()
        self._begin()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None and not self._over:
                self._thread = threading.Thread(
                    target=self._work, name="forebear-serving", daemon=True
                )
                self._thread.start()

    def _woken(self) -> None:
        self._event.set()

    def _work(self) -> None:
        due = time.monotonic() + self._every
        while not self._over:
            self._event.wait(min(_TICK, self._every))
            self._event.clear()
            try:
                with self._working, _unobserved():
                    self._add_up()
                    if time.monotonic() >= due and not self._over:
                        due = time.monotonic() + self._every
                        if not self._has_news() and self._rests():
                            return
                        self._say()
            except Exception as error:
                self._failed(error)

    def _rests(self) -> bool:
        """Let go of thread and spool, unless somebody calls at this very moment."""
        with self._starting:
            # Who counts from here on finds no thread; who did so before is seen below.
            self._thread = None
            if self.calls.are_waiting:
                self._thread = threading.current_thread()
                return False
        # Another thread waits until this is done; the program, which starts it, does not.
        self._let_go()
        # What comes is counted as another worker's: spools are taken in in no order.
        self._worker, self._windows, self._next_try = secrets.token_hex(4), [], 0.0
        return True

    def _let_go(self) -> None:
        if self._spool is not None:
            with contextlib.suppress(Exception):
                self._spool.close()
            self._spool = None

    def _has_news(self) -> bool:
        return any(window.changed for window in self._windows)

    def _add_up(self) -> None:
        start = Window.start_of(now(), WINDOW)
        if not self._windows or self._windows[-1].start != start:
            fresh = Window(start, self._named, self._categories)
            self._windows = [*self._windows[1 - _MOST_WAITING :], fresh]
        self._windows[-1].add(self.calls)

    def _say(self) -> None:
        if not self._has_news():
            return
        spool = self._opened()
        if spool is None or self._run is None:
            return
        for window in self._windows:
            if window.changed:
                key = f"{window.start:%Y-%m-%dT%H:%MZ}/{self._worker}"
                usage = window.said(self._program)
                spool.append(
                    USAGE.say(self._run, usage, key=key, run=self._run, evidence="observed")
                )
        spool.sync()
        for window in self._windows:
            window.changed = False
        self._windows = self._windows[-1:]
        if self._place is not None:
            push_later(self._place)

    def _opened(self) -> SpoolWriter | None:
        """Return the spool, once it is known which deployment this is."""
        if self._spool is not None or time.monotonic() < self._next_try:
            return self._spool
        self._next_try = time.monotonic() + _AGAIN
        place = place_for_recording(self._store)
        if place.folder is None:
            return None
        if self._run is None:
            with _one_at_a_time(place.folder), connect(self._store) as client:
                request = ServingRequest(target=Target(ref=self._ref), env=self._env)
                self._run = client.call(request).run
        self._place = place
        self._identities = FileIdentities(place.kept / IDENTITIES)
        self._spool = SpoolWriter(
            place.folder / "spool",
            SpoolHeader(run=self._run, pid=os.getpid(), host=host_id()),
            conceal=concealment(place.kept),
        )
        return self._spool

    def _named(self, caller: str) -> str:
        """Return how a caller is called in the record: a service by its name, else a commitment."""
        if caller in self._services:
            return caller
        if caller not in self._names and self._identities is not None:
            if len(self._names) >= _MOST_NAMES:
                return REST
            self._names[caller] = self._identities.commitment(caller)
        return self._names.get(caller, REST)

    def _failed(self, error: Exception) -> None:
        if not self._said:
            self._said = True
            _log.warning("What is served is not recorded now: %s", error)
        _log.debug("serving was not recorded", exc_info=error)


@contextlib.contextmanager
def _unobserved() -> Iterator[None]:
    """Keep files that we open here out of the record of a program that is recorded itself."""
    session = active()
    if session is None:
        yield
        return
    with session.own_work():
        yield


@contextlib.contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Let workers that start together find the same deployment."""
    with (folder / "serving.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _in_child() -> None:
    for reporter in list(_reporters):
        reporter.go_on_in_child()


def _at_exit() -> None:
    for reporter in list(_reporters):
        reporter.close()


os.register_at_fork(after_in_child=_in_child)
atexit.register(_at_exit)
