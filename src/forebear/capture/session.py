"""A session: the recording of one root run in one process.

It turns what integrations, the file watcher and the SDK see into events on the spool. Whatever
goes wrong in here is logged and counted; nothing of it reaches the program that is recorded.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

from forebear.capture.recorder import Recorder
from forebear.capture.syncing import Syncer
from forebear.capture.tracker import Origin, Tracker
from forebear.client.config import Config
from forebear.client.host import host_id
from forebear.client.locate import Place
from forebear.client.privacy import concealment
from forebear.client.spool import SpoolHeader, SpoolWriter
from forebear.core import redaction
from forebear.core.clock import now
from forebear.core.errors import ForebearError
from forebear.core.events import (
    AnyEvent,
    GapNoticed,
    RunStarted,
)
from forebear.store import BLOBS
from forebear.store.blobs import FileBlobs

if TYPE_CHECKING:
    from forebear.capture.siblings import Siblings

__all__ = ["Session", "active", "guarded"]

_log = logging.getLogger("forebear")
_active: Session | None = None
P = ParamSpec("P")


def active() -> Session | None:
    """Return the session that records this process now, if any."""
    return _active


def guarded(function: Callable[P, None]) -> Callable[P, None]:
    """Make a recording function harmless: its errors are noted in the session, never raised."""

    @functools.wraps(function)
    def harmless(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except Exception as error:
            if _active is not None:
                _active.trouble(function.__qualname__, error)

    return harmless


class Session(Recorder):
    """Records one root run."""

    def __init__(
        self,
        folder: Path,
        run: str,
        config: Config,
        *,
        script: str | None,
        root: str | None = None,
    ) -> None:
        """Open a spool for `run` in the store's folder.

        With `root`, the outermost run, which another process records, the spool is opened at
        the first fact, and this process is a worker of `run` unless `open_with` says more.

        Raises:
            StoreUnwritable: nothing can be recorded there.
        """
        kept = Place(folder=folder, url=config.store.url or None).kept
        super().__init__(run, config, FileBlobs(kept / BLOBS))
        self.root = root or run
        self.worker = self.shared = root is not None
        """Whether another process records the same run and says how it ended."""
        self.checked: tuple[int, ...] = ()
        """What there was to complete when a worker last completed its record."""
        self.modules_told = 0
        """How many modules there were when a worker last said which source files ran."""
        self.watched = False
        """Whether programs that it starts are watched from outside."""
        self.sandbox: str | None = None
        """The folder below which the program may write, when it may not everywhere."""
        self.folder = folder
        self.script = script
        self.cwd = Path.cwd()
        """Where the program was started."""
        self.tracker = Tracker()
        self._kept = kept
        self._opening: RunStarted | None = None
        self._siblings: Siblings | None = None
        self._spool: SpoolWriter | None = None
        self._beginning = threading.Lock()
        self._nested = threading.local()
        self.met: dict[int, weakref.ref[Any]] = {}
        """Data of a worker process that was looked for in the record of the others, by identity."""
        self.unfinished: dict[int, Callable[[], None]] = {}
        """What records the trainings that are going on, by the identity of their models."""
        self.observing = 0
        """How many observed calls are going on, in all threads."""
        self.emitted = self.dropped = 0
        self.failure: str | None = None
        self._troubles: dict[str, int] = {}
        self._closed = threading.Event()
        self.syncer: Syncer | None = None
        if root is None:
            self._writer()

    # -- what is going on ------------------------------------------------------------------

    def start(self) -> None:
        """Make this the session of the process."""
        global _active
        _active = self

    def stop(self) -> None:
        """Stop recording; what was emitted is on disk when this returns."""
        global _active
        if _active is self:
            _active = None
        self._closed.set()
        if self.syncer is not None:
            self.syncer.stop()
        try:
            if self._spool is not None:
                self._spool.close()
        except ForebearError as error:
            self.failure = str(error)
        if self.failure:
            _log.warning("Recording stopped early: %s", self.failure)

    def open_with(self, opening: RunStarted) -> None:
        """Record a run inside the outermost one, begun by `opening` before the first fact."""
        self._opening, self.worker = opening, False

    def go_on_in_child(self) -> None:
        """Go on in a forked child, with a spool of its own; the parent ends what it began."""
        if self._spool is not None:
            with contextlib.suppress(OSError):
                self._spool.abandon()
        own = self.is_own_thread()
        # Threads that held these locks, and the one that synced, are not in the child.
        self._spool, self._opening, self._siblings = None, None, None
        self.worker = self.shared = True
        self._beginning, self._closed = threading.Lock(), threading.Event()
        self.syncer = None
        self._nested = threading.local()
        self._nested.own = own
        self.tracker.go_on_in_child()
        self.files.leave_begun()
        self.models.leave_begun()
        self.unfinished.clear()
        self.dropped = 0

    @property
    def stopped(self) -> bool:
        """Tell whether the record of this process is complete."""
        return self._closed.is_set()

    @property
    def begun(self) -> bool:
        """Tell whether this process has recorded anything."""
        return self._spool is not None

    def _writer(self) -> SpoolWriter:
        """Return the spool of this process, opened now if this is the first fact."""
        # It reads git's settings, which the program does not: noting that would wait for this.
        with self._beginning, self.own_work():
            if self._spool is None:
                self._spool = self._opened()
                self.syncer = Syncer(self._spool, self._refused)
            return self._spool

    def _opened(self) -> SpoolWriter:
        inner = None if self.worker or self.run == self.root else self.run
        spool = SpoolWriter(
            self.folder / "spool",
            SpoolHeader(run=self.root, pid=os.getpid(), host=host_id(), inner=inner),
            conceal=concealment(self._kept),
        )
        if self._opening is not None:
            spool.append(self._opening)
        return spool

    @contextlib.contextmanager
    def inside(self) -> Iterator[list[tuple[str, str]]]:
        """While in here, calls that a library makes of itself are not steps of their own.

        Yields the list into which the file watcher puts (path, mode) of the files that this
        thread opens meanwhile: the observer claims those it accounts for by taking them out.
        """
        opened: list[tuple[str, str]] = []
        self._nested.opened, self._nested.since = opened, now()
        self.observing += 1
        try:
            yield opened
        finally:
            self.observing -= 1
            self._nested.opened = None

    @property
    def over_by(self) -> datetime:
        """The moment by which what is found out only now was over: when the call began."""
        return now() if self.opened_inside is None else self._nested.since

    @property
    def opened_inside(self) -> list[tuple[str, str]] | None:
        """The list of `inside` when this thread is in an observed call, else None."""
        return getattr(self._nested, "opened", None)

    @contextlib.contextmanager
    def own_work(self) -> Iterator[None]:
        """While in here, this thread's file accesses are ours, not the program's."""
        before = getattr(self._nested, "own", False)
        self._nested.own = True
        try:
            yield
        finally:
            self._nested.own = before

    def is_own_thread(self) -> bool:
        """Tell whether this thread is doing our own work now."""
        return getattr(self._nested, "own", False)

    def trouble(self, where: str, error: BaseException) -> None:
        """Note an error of our own: once in the record for each kind, always in the log."""
        _log.debug("capture failed in %s", where, exc_info=error)
        what = f"{where}: {type(error).__name__}: {error}"
        self._troubles[what] = self._troubles.get(what, 0) + 1
        if self._troubles[what] == 1:
            text = redaction.text(what).value
            self.emit(GapNoticed(run=self.run, what=f"Something was not recorded ({text})."))

    def emit(self, event: AnyEvent) -> None:
        """Put an event on the spool; when the disk refuses, count what is lost and go on."""
        if self.failure is not None:
            self.dropped += 1
            return
        try:
            (self._spool or self._writer()).append(event)
            self.emitted += 1
            if self.syncer is not None and self.syncer.paused:
                self.syncer.start()
        except ForebearError as error:
            self.failure = str(error)
            self.dropped += 1

    def settle(self, thing: object = None) -> None:
        """Record the training of a model that was going on until now; without one, of all."""
        for key in list(self.unfinished) if thing is None else [id(thing)]:
            record = self.unfinished.pop(key, None)
            if record is not None:
                try:
                    record()
                except Exception as error:
                    self.trouble("a training", error)

    def elsewhere(self, digest: str) -> Origin | None:
        """Return content that another process of this run has recorded, by its digest."""
        if not self.shared:
            return None
        with self.own_work():
            return self._others().find(digest)

    def perhaps_elsewhere(self, rows: int) -> bool:
        """Tell whether another process of this run has recorded data of that many rows."""
        if not self.shared:
            return False
        with self.own_work():
            return self._others().may_have(rows)

    def _others(self) -> Siblings:
        if self._siblings is None:
            from forebear.capture.siblings import Siblings

            self._siblings = Siblings(
                self.folder / "spool",
                self.root,
                columns=self.columns.remember,
                estimators=self.models.estimators,
            )
        return self._siblings

    def _refused(self, why: str) -> None:
        self.failure = why
