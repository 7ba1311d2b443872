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
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, ParamSpec

from forebear.capture.callsite import CallSite, call_site
from forebear.capture.filekinds import kind_of_file
from forebear.capture.known import KnownColumns, KnownFiles, KnownModels
from forebear.capture.plain import plain_mapping
from forebear.capture.syncing import Syncer
from forebear.capture.tracker import Origin, Tracker
from forebear.client.config import Config
from forebear.client.host import host_id
from forebear.client.locate import Place
from forebear.client.privacy import concealment
from forebear.client.spool import SpoolHeader, SpoolWriter
from forebear.core import redaction
from forebear.core.clock import now
from forebear.core.entities import ArtifactKind, EvidenceWord, Metric, finite
from forebear.core.errors import ForebearError
from forebear.core.events import (
    AnyEvent,
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    Flow,
    GapNoticed,
    Link,
    LocationSeen,
    MetricsLogged,
    Operation,
    ParamsLogged,
    RunStarted,
    StepRecorded,
)
from forebear.core.ids import new_id
from forebear.engines import files as digests
from forebear.store import BLOBS
from forebear.store.blobs import FileBlobs

__all__ = ["Session", "active", "current_run", "guarded"]

_log = logging.getLogger("forebear")
_active: Session | None = None
current_run: ContextVar[str | None] = ContextVar("forebear_run", default=None)
"""The run that facts belong to now: the innermost `fb.run` of this context."""

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


class Session:
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
        self.run = run
        self.root = root or run
        self.worker = self.shared = root is not None
        """Whether another process records the same run and says how it ended."""
        self.checked: tuple[int, ...] = ()
        """What there was to complete when a worker last completed its record."""
        self.modules_told = 0
        """How many modules there were when a worker last said which source files ran."""
        self.place: Callable[[str], str | None] | None = None
        """Tells what a file is called that is a cell of a notebook."""
        self.watched = False
        """Whether programs that it starts are watched from outside."""
        self.sandbox: str | None = None
        """The folder below which the program may write, when it may not everywhere."""
        self.folder = folder
        self.config = config
        self.script = script
        self.cwd = Path.cwd()
        """Where the program was started."""
        self.tracker = Tracker()
        kept = Place(folder=folder, url=config.store.url or None).kept
        self.blobs = FileBlobs(kept / BLOBS)
        self._kept = kept
        self._opening: RunStarted | None = None
        self._siblings: Any = None
        self._spool: SpoolWriter | None = None
        self._beginning = threading.Lock()
        self._nested = threading.local()
        self._artifacts: set[str] = set()
        self._used: set[tuple[str, str, str]] = set()
        self.files = KnownFiles()
        self.models = KnownModels()
        self.columns = KnownColumns()
        self.met: set[int] = set()
        """Data of a worker process that was looked for in the record of the others."""
        self._leaves: dict[str, None] = {}
        self.unfinished: dict[int, Callable[[], None]] = {}
        """What records the trainings that are going on, by the identity of their models."""
        self.observing = 0
        """How many observed calls are going on, in all threads."""
        self.emitted = self.dropped = 0
        self.failure: str | None = None
        self._troubles: dict[str, int] = {}
        self._said: set[str] = set()
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
        with self._beginning:
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

    @property
    def here(self) -> str:
        """The run that a fact belongs to when nothing else is said."""
        return current_run.get() or self.run

    @contextlib.contextmanager
    def inside(self) -> Iterator[list[tuple[str, str]]]:
        """While in here, calls that a library makes of itself are not steps of their own.

        Yields the list into which the file watcher puts (path, mode) of the files that this
        thread opens meanwhile: the observer claims those it accounts for by taking them out.
        """
        opened: list[tuple[str, str]] = []
        self._nested.opened = opened
        self.observing += 1
        try:
            yield opened
        finally:
            self.observing -= 1
            self._nested.opened = None

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

    # -- facts -----------------------------------------------------------------------------

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

    def gap(self, what: str, artifact: str | None = None) -> None:
        """Say that something was not seen."""
        self.emit(GapNoticed(run=self.here, what=what, artifact=artifact))

    def gap_once(self, what: str) -> None:
        """Say it, if it was not said of this run before."""
        if what not in self._said:
            self._said.add(what)
            self.gap(what)

    def params(self, values: dict[str, Any], run: str | None = None) -> None:
        """Record settings, without secrets."""
        clean = redaction.mapping(plain_mapping(values)).value
        self.emit(ParamsLogged(run=run or self.here, params=clean))

    def metrics(
        self,
        values: dict[str, float],
        *,
        run: str | None = None,
        model: str | None = None,
        data: str | None = None,
        split: str | None = None,
        step: int | None = None,
        params: dict[str, Any] | None = None,
        evidence: EvidenceWord = "observed",
    ) -> None:
        """Record figures with the artifacts they speak of."""
        self.emit(
            MetricsLogged(
                run=run or self.here,
                metrics=[
                    Metric(key=str(key), value=finite(float(value)), step=step)
                    for key, value in values.items()
                ],
                model=model,
                data=data,
                split=split,
                params=plain_mapping(params or {}),
                evidence=evidence,
            )
        )

    def step(
        self,
        kind: str,
        name: str,
        *,
        started: datetime,
        used: Sequence[Link] = (),
        generated: Sequence[Link] = (),
        params: dict[str, Any] | None = None,
        site: CallSite | None = None,
        operations: Sequence[Operation] = (),
        flows: Sequence[Flow | None] = (),
        attrs: dict[str, Any] | None = None,
    ) -> str:
        """Record one finished operation and return its run id."""
        step = new_id()
        site = site or call_site()
        for link in used:
            self._leaves.pop(link.artifact, None)
        self._leaves.update(dict.fromkeys(link.artifact for link in generated))
        self.emit(
            StepRecorded(
                run=step,
                parent=self.here,
                kind=kind,
                name=name,
                started=started,
                ended=now(),
                where=self._where(site),
                params=redaction.mapping(plain_mapping(params or {})).value,
                used=_unique(used),
                generated=_unique(generated),
                operations=list(operations),
                flows=[flow for flow in flows if flow is not None],
                attrs=attrs or {},
            )
        )
        return step

    def used(self, artifact: str, role: str) -> None:
        """Record, once, that the run itself uses an artifact, in no step of its own."""
        here = self.here
        if (here, artifact, role) not in self._used:
            self._used.add((here, artifact, role))
            self.emit(EdgesRecorded(run=here, used=[Link(artifact=artifact, role=role)]))

    def derived(self, source: str, target: str, relation: str) -> None:
        """Record that one artifact was seen to come from another."""
        if relation == "subset":
            self.models.wholes.add(source)
        self.emit(
            Derived(
                source=source,
                target=target,
                relation=relation,
                evidence="observed",
                run=self.here,
            )
        )

    def artifact(
        self, kind: ArtifactKind, digest: str, *, id: str | None = None, **facts: Any
    ) -> str:
        """Record an artifact (once each) and return its id.

        Without `id` it is one whose bytes exist outside the process: its id is its digest.
        """
        id = id or digest
        if id not in self._artifacts or facts.keys() & {"table", "weights", "kept"}:
            self._artifacts.add(id)
            self.emit(
                ArtifactRecorded(artifact=id, kind=kind, digest=digest, run=self.run, **facts)
            )
        return id

    # -- files -----------------------------------------------------------------------------

    def file(
        self,
        path: str | os.PathLike[str],
        mode: Literal["read", "write"],
        *,
        kind: ArtifactKind | None = None,
        format: str | None = None,
        **facts: Any,
    ) -> str:
        """Record a file's present content and return its artifact id.

        A file below the configured size is kept in the content store. What is written with
        content that this run has read before is a copy, not something new.
        """
        full = Path(os.path.abspath(path))
        found = digests.digest_path(full)
        kind = kind or kind_of_file(full)
        capture = self.config.capture
        limit = capture.keep_models_below if kind == "model" else capture.keep_data_below
        kept = found.size <= limit and full.is_file() and self._keep_file(full, found.digest)
        self.artifact(
            kind,
            found.digest,
            label=full.name,
            format=format or full.suffix.lstrip(".") or None,
            size=found.size,
            kept=kept,
            **facts,
        )
        copied = mode == "write" and self.files.was_read(found.digest)
        self.emit(
            LocationSeen(
                artifact=found.digest,
                uri=str(full),
                mode="copy" if copied else mode,
                run=self.here,
            )
        )
        if kind == "data":
            self.files.data.setdefault(found.digest, full)
        (self.files.read if mode == "read" else self.files.written).setdefault(found.digest)
        return found.digest

    def settle(self, thing: object = None) -> None:
        """Record the training of a model that was going on until now; without one, of all."""
        for key in list(self.unfinished) if thing is None else [id(thing)]:
            record = self.unfinished.pop(key, None)
            if record is not None:
                try:
                    record()
                except Exception as error:
                    self.trouble("a training", error)

    def leaves(self) -> list[str]:
        """Artifacts of this run that nothing was made of yet, and the files it has read."""
        return list(self.files.read | self._leaves)

    def keep(self, data: bytes) -> str:
        """Keep bytes in the content store and return their digest."""
        return self.blobs.put(data)

    def _keep_file(self, path: Path, digest: str) -> bool:
        try:
            self.blobs.put_file(path, digest)
        except ForebearError as error:
            _log.debug("not kept: %s", error)
            return False
        return True

    def elsewhere(self, digest: str) -> Origin | None:
        """Return content that another process of this run has recorded, by its digest."""
        if not self.shared:
            return None
        if self._siblings is None:
            from forebear.capture.siblings import Siblings

            self._siblings = Siblings(
                self.folder / "spool",
                self.root,
                columns=self.columns.remember,
                estimators=self.models.estimators,
            )
        with self.own_work():
            origin: Origin | None = self._siblings.find(digest)
        return origin

    # -- objects ---------------------------------------------------------------------------

    def relative(self, path: str) -> str:
        """Return a path as people in the working folder would write it."""
        here = os.getcwd() + os.sep
        return path.removeprefix(here)

    def _where(self, site: CallSite | None) -> str | None:
        if site is None:
            return None
        file, _, line = site.where.rpartition(":")
        cell = self.place(file) if self.place is not None else None
        return self.relative(site.where) if cell is None else f"{cell}:{line}"

    def _refused(self, why: str) -> None:
        self.failure = why


def _unique(links: Iterable[Link]) -> list[Link]:
    return list({(link.artifact, link.role, link.slot): link for link in links}.values())
