"""Siblings: what other processes of the same run have recorded, read from their spools.

An object that came out of another process by pickle is known by its content: by the digest that
the process has recorded it under. The spools are the memory that the processes share.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from forebear.capture.tracker import Origin
from forebear.client.spool import SpoolReader, spools_of
from forebear.core.entities import Column
from forebear.core.errors import Unreadable
from forebear.core.events import ArtifactRecorded, StepRecorded, decode

__all__ = ["Siblings"]

_TELLING: Final = (b'"event":"artifact"', b'"kind":"predict"')


class Siblings:
    """Content recorded by other processes of a run, by digest; read on as they go on."""

    def __init__(
        self,
        folder: Path,
        run: str,
        *,
        columns: Callable[[Sequence[Column], Origin], None],
        estimators: dict[str, str],
    ) -> None:
        """Look in the spools in `folder` of an outermost run.

        `columns` is told the columns of data that are found, `estimators` the classes of models.
        """
        self._folder = folder
        self._run = run
        self._tell_columns = columns
        self._estimators = estimators
        self._read: dict[Path, int] = {}
        self._known: dict[str, Origin] = {}
        self._by_artifact: dict[str, Origin] = {}
        self._lengths: set[int | None] = set()

    def may_have(self, rows: int) -> bool:
        """Tell whether another process has recorded data of that many rows."""
        if not self._lengths & {rows, None}:
            self._read_on()
        return bool(self._lengths & {rows, None})

    def find(self, digest: str) -> Origin | None:
        """Return the data or model of that digest that another process has recorded."""
        if digest not in self._known:
            self._read_on()
        return self._known.get(digest)

    def _read_on(self) -> None:
        own = f"{self._run}.{os.getpid()}."
        for path in spools_of(self._folder, self._run):
            if path.name.startswith(own):
                continue
            try:
                if path.stat().st_size > self._read.get(path, 0):
                    self._read_file(path)
            except (OSError, Unreadable):
                continue  # taken into the ledger, or just being made

    def _read_file(self, path: Path) -> None:
        for body, position in SpoolReader(path).records(self._read.get(path, 0)):
            self._read[path] = position
            if any(word in body for word in _TELLING):
                event = decode(body)
                if isinstance(event, ArtifactRecorded):
                    self._take(event)
                elif isinstance(event, StepRecorded):
                    self._tie(event)

    def _take(self, event: ArtifactRecorded) -> None:
        if event.artifact == event.digest or event.kind not in ("data", "model"):
            return
        origin = Origin(artifact=event.artifact, digest=event.digest, label=event.label)
        self._known.setdefault(event.digest, origin)
        if event.kind == "data":
            self._lengths.add(event.rows)
        self._by_artifact[event.artifact] = origin
        self._tell_columns(event.columns, origin)
        if event.kind == "model":
            name = str(event.attrs.get("estimator") or event.label).rpartition(".")[2]
            self._estimators.setdefault(event.artifact, name)

    def _tie(self, step: StepRecorded) -> None:
        """Let predictions know the model that made them and the data they were made on."""
        ends = {link.role: self._by_artifact.get(link.artifact) for link in step.used}
        model = ends.pop("model", None)
        for link in step.generated:
            made = self._by_artifact.get(link.artifact)
            if made is not None:
                made.model = model
                made.data = next((origin for origin in ends.values() if origin), None)
