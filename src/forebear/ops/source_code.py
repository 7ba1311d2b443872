"""The text of lines of code as it was when a run executed them."""

from __future__ import annotations

from pathlib import PurePosixPath

import msgspec
from msgspec import Struct

from forebear.core.errors import ForebearError
from forebear.core.ports import Store

__all__ = ["KeptFile", "SourceLines", "files_of", "text_of"]


class KeptFile(Struct, frozen=True):
    """A source file as the list of a run's code has it."""

    path: str
    digest: str
    size: int = 0
    secrets: list[str] = []
    """The rules by which secrets were found in it."""
    kept: str | None = None
    """The digest of the copy without them, which is all that is kept then."""

    @property
    def content(self) -> str:
        """The digest of the bytes that may be kept."""
        return self.kept or self.digest


class _Manifest(Struct, frozen=True):
    files: list[KeptFile]


def files_of(store: Store, code: str) -> list[KeptFile] | None:
    """Return the source files of a code artifact; None where their list was not kept."""
    try:
        return msgspec.json.decode(store.blobs.get(code), type=_Manifest).files
    except (ForebearError, msgspec.MsgspecError):
        return None


def text_of(store: Store, digest: str) -> str | None:
    """Return the text of a kept source file; None where it was not kept."""
    try:
        return store.blobs.get(digest).decode("utf-8", "replace")
    except ForebearError:
        return None


class SourceLines:
    """Reads lines from the kept code of runs, each file once."""

    def __init__(self, store: Store, seq: int | None) -> None:
        self._store, self._seq = store, seq
        self._files: dict[str, dict[str, str]] = {}
        self._lines: dict[str, list[str]] = {}

    def at(self, step: str, where: str | None) -> str | None:
        """Return the line at `file:line` in the code of the run of a step; None if not kept."""
        name, _, number = (where or "").rpartition(":")
        if not name or not number.isdigit():
            return None
        files = self._of_run(step)
        digest = files.get(name)
        if digest is None:
            alike = {one for path, one in files.items() if _ends(path, name) or _ends(name, path)}
            digest = alike.pop() if len(alike) == 1 else None
        lines = self._text(digest) if digest is not None else []
        place = int(number) - 1
        return lines[place].strip() or None if 0 <= place < len(lines) else None

    def _of_run(self, step: str) -> dict[str, str]:
        """Return the digests of the kept source files of a run by their paths."""
        codes = [
            edge.source
            for edge in self._store.edges([step], "up", seq=self._seq)
            if edge.type == "used" and edge.role == "code"
        ]
        found: dict[str, str] = {}
        for code in codes:
            if code not in self._files:
                self._files[code] = self._manifest(code)
            found |= self._files[code]
        return found

    def _manifest(self, code: str) -> dict[str, str]:
        return {one.path: one.content for one in files_of(self._store, code) or ()}

    def _text(self, digest: str) -> list[str]:
        if digest not in self._lines:
            self._lines[digest] = (text_of(self._store, digest) or "").splitlines()
        return self._lines[digest]


def _ends(path: str, end: str) -> bool:
    parts, last = PurePosixPath(path).parts, PurePosixPath(end).parts
    return len(last) <= len(parts) and parts[len(parts) - len(last) :] == last
