"""What happens in a run, said as events; a session puts them on record."""

from __future__ import annotations

import logging
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from forebear.capture.callsite import CallSite, call_site
from forebear.capture.filekinds import kind_of_file
from forebear.capture.known import KnownColumns, KnownFiles, KnownModels
from forebear.capture.plain import plain_mapping
from forebear.client.config import Config
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
    StepRecorded,
)
from forebear.core.ids import new_id
from forebear.engines import files as digests
from forebear.store.blobs import FileBlobs

__all__ = ["Recorder", "current_run"]

_log = logging.getLogger("forebear")
current_run: ContextVar[str | None] = ContextVar("forebear_run", default=None)
"""The run that facts belong to now: the innermost `fb.run` of this context."""


class Recorder(ABC):
    """Says the facts of a run, each once, and remembers what observers ask later."""

    def __init__(self, run: str, config: Config, blobs: FileBlobs) -> None:
        self.run = run
        self.config = config
        self.blobs = blobs
        self.place: Callable[[str], str | None] | None = None
        """Tells what a file is called that is a cell of a notebook."""
        self.files = KnownFiles()
        self.models = KnownModels()
        self.columns = KnownColumns()
        self._artifacts: set[str] = set()
        self._used: set[tuple[str, str, str]] = set()
        self._leaves: dict[str, None] = {}
        self._said: set[str] = set()

    @abstractmethod
    def emit(self, event: AnyEvent) -> None:
        """Put an event on record."""

    @property
    def over_by(self) -> datetime:
        """The moment by which what is found out only now was over."""
        return now()

    @property
    def here(self) -> str:
        """The run that a fact belongs to when nothing else is said."""
        return current_run.get() or self.run

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
        started: datetime | None = None,
        used: Sequence[Link] = (),
        generated: Sequence[Link] = (),
        params: dict[str, Any] | None = None,
        site: CallSite | None = None,
        operations: Sequence[Operation] = (),
        flows: Sequence[Flow | None] = (),
        attrs: dict[str, Any] | None = None,
    ) -> str:
        """Record one finished operation and return its run id.

        Without `started` it is one that is found out only now, and was over by some time ago.
        """
        step, ended = new_id(), now()
        if started is None:
            started = ended = self.over_by
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
                ended=ended,
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


def _unique(links: Iterable[Link]) -> list[Link]:
    return list({(link.artifact, link.role, link.slot): link for link in links}.values())
