"""What a session has learned of files, models and columns, for observers that come later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from forebear.capture.passage import Feed
from forebear.capture.tracker import Origin
from forebear.core.entities import Column

__all__ = ["KnownColumns", "KnownFiles", "KnownModels", "ModelFolder"]

_MOST_COLUMNS: Final = 100_000


class KnownFiles:
    """Files that a run has read and written, and those that it is still writing."""

    def __init__(self) -> None:
        self.read: dict[str, None] = {}
        """Artifacts of all files read so far, in order."""
        self.written: dict[str, None] = {}
        """Artifacts of all files written so far, in order."""
        self.data: dict[str, Path] = {}
        """Data files read or written: artifact to path."""
        self.configs: dict[str, Path] = {}
        """Files read by ordinary means that may hold settings, by artifact."""
        self.pending: dict[str, str] = {}
        """Files opened for writing by ordinary means, with the run that did it."""
        self.spoken_of: dict[str, list[str] | None] = {}
        """Artifacts of which the code speaks that opened a file to write, where that is clear."""
        self.settlers: dict[str, list[Callable[[str], None]]] = {}
        """What observers do with a file that they saw being written, once it is complete."""
        self.exported: dict[str, Callable[[str], None]] = {}
        """The same for bytes that were made of an object: by their digest."""

    def was_read(self, artifact: str) -> bool:
        """Tell whether this run has read that content: writing it again is a copy."""
        return artifact in self.read

    def was_written(self, artifact: str) -> bool:
        """Tell whether this run has written that content."""
        return artifact in self.written

    def leave_begun(self) -> None:
        """Forget what a forked child need not end: its parent does."""
        for begun in (self.pending, self.settlers, self.data):
            begun.clear()


class ModelFolder(NamedTuple):
    """A folder in which a model was saved."""

    model: str | None
    """Its artifact in memory."""
    format: str
    files: list[str]
    """The artifacts of the files that hold its weights."""
    weight_files: frozenset[Path]
    """These files."""
    weights: dict[str, str]
    """The digest of its weights, where one file has them all."""


class KnownModels:
    """Models that a run has trained, loaded or named."""

    def __init__(self) -> None:
        self.trained: dict[tuple[str, str], str] = {}
        """Predictors trained in this run: (place in the code, class) to the last artifact."""
        self.estimators: dict[str, str] = {}
        """Class names of all models recorded, by artifact."""
        self.slots: dict[str, str] = {}
        """What batches of data were for the model that was trained on them: "X" or "y"."""
        self.wholes: set[str] = set()
        """Artifacts of which a part was taken out and recorded, as the best model of a search."""
        self.exports: dict[str, tuple[str, Path]] = {}
        """Saved models: file artifact to (model in memory, path)."""
        self.folders: dict[Path, ModelFolder] = {}
        """Folders in which models were saved, each with what is known of the last one."""
        self.loaded_folders: set[str] = set()
        """Digests of folders out of which models were loaded."""
        self.named: set[str] = set()
        """Artifacts that the program has named itself."""
        self.any_named = False
        """Whether there is a model among them."""

    def leave_begun(self) -> None:
        """Forget what a forked child need not end: its parent does."""
        self.exports.clear()
        self.trained.clear()
        self.folders.clear()


class KnownColumns:
    """Columns whose content is known, to recognise them in objects that are not."""

    def __init__(self) -> None:
        self._columns: dict[str, tuple[Origin, str]] = {}

    def remember(self, columns: Sequence[Column], origin: Origin) -> None:
        """Remember whose content the columns are."""
        for column in columns:
            if column.digest is not None and len(self._columns) < _MOST_COLUMNS:
                self._columns.setdefault(column.digest, (origin, column.name))

    def holders(self, columns: Sequence[Column]) -> list[Origin]:
        """Return the recorded data that hold one or more of the columns, value for value."""
        found = [self._columns.get(column.digest or "") for column in columns]
        return list({id(one[0]): one[0] for one in found if one is not None}.values())

    def feed(self, column: Column) -> Feed | None:
        """Return the recorded column that one is, value for value."""
        known = self._columns.get(column.digest or "")
        return Feed(frozenset({known})) if known is not None else None
