"""Files that somebody says a program reads and writes, because nobody can see it."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from forebear.capture.session import Session
from forebear.core.errors import InvalidInput
from forebear.core.events import EdgesRecorded, Link

__all__ = ["Declared", "declared_files", "record_inputs", "record_outputs"]

_MOST_FILES: Final = 10_000


class Declared(Struct, frozen=True, kw_only=True):
    """Files, folders or patterns: what a program reads, and what it writes."""

    inputs: Sequence[str] = ()
    outputs: Sequence[str] = ()


def declared_files(said: Sequence[str], *, missing: Literal["refuse", "skip"]) -> list[Path]:
    """Return the files that paths, folders and patterns stand for, each once.

    A folder stands for all files in it, or for itself where they are too many.

    Raises:
        InvalidInput: there is nothing at one of them, and `missing` is `refuse`.
    """
    found: dict[Path, None] = {}
    for text in said:
        files = _files(text)
        if not files and missing == "refuse":
            raise InvalidInput(f"There is no input at {text}.")
        found.update(dict.fromkeys(files))
    return list(found)


def _files(text: str) -> list[Path]:
    path = Path(text)
    matches = sorted(glob.glob(text, recursive=True))  # noqa: PTH207  ** as in a shell
    files: list[Path] = []
    for place in [path] if path.exists() else map(Path, matches):
        inside = sorted(one for one in place.rglob("*") if one.is_file()) if place.is_dir() else []
        files += inside if 0 < len(inside) <= _MOST_FILES else [place]
    return files


def record_inputs(session: Session, files: Sequence[Path]) -> None:
    """Record that the run uses these files as they are now."""
    links = [
        Link(artifact=session.file(path, "read"), role="input", evidence="declared")
        for path in files
    ]
    if links:
        session.emit(EdgesRecorded(run=session.run, used=links))


def record_outputs(session: Session, said: Sequence[str]) -> None:
    """Record that the run has made these files; what is not there is a gap."""
    for text in said:
        links = [
            Link(artifact=artifact, evidence="declared")
            for path in declared_files([text], missing="skip")
            if not session.files.was_read(artifact := session.file(path, "write"))
        ]
        if links:
            session.emit(EdgesRecorded(run=session.run, generated=links))
        elif not declared_files([text], missing="skip"):
            session.gap(f"The output {text} was declared, and there was none.")
