"""Artifacts in folders: found by the address that MLflow has of them, and never outside.

A database says where artifacts are, and whoever made it may have written anything there. So only
what lies below folders that the caller means is read: beside the database, or where they say.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from forebear.exchange.mlflow.found import FoundFile, Owner, Unlisted

__all__ = ["Folders"]

_SCHEMES: Final = {"", "file", "mlflow-artifacts"}
_WINDOWS: Final = re.compile(r"[A-Za-z]:[\\/]")


class Folders:
    """Artifacts below some folders."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = [root.resolve() for root in roots if root.is_dir()]

    def files(self, owner: Owner) -> list[FoundFile]:
        """Return the files of a run or logged model; none where its folder was never made.

        Raises:
            Unlisted: they are elsewhere, or outside.
        """
        folder = self._folder(owner.uri)
        return [] if folder is None else list(_below(folder))

    @contextmanager
    def file(self, owner: Owner, path: str) -> Iterator[Path]:
        """Give one of these files.

        Raises:
            Unlisted: it is outside, or gone.
        """
        folder = self._folder(owner.uri)
        if folder is None:
            raise Unlisted("gone")
        whole = folder / path
        if not whole.resolve().is_relative_to(folder.resolve()):
            raise Unlisted("outside the folder of its run")
        yield whole

    def _folder(self, uri: str) -> Path | None:
        parts = urlsplit("" if _WINDOWS.match(uri) else uri)
        if parts.scheme not in _SCHEMES or _WINDOWS.match(uri):
            raise Unlisted(f"lie at {uri.partition(':')[0]}: (not read)")
        path = Path(unquote(parts.path) if parts.scheme else uri)
        steps = [step for step in path.parts if step not in {"/", "."}]
        if ".." in steps:
            raise Unlisted("have an address that leads elsewhere")
        if path.is_absolute() and parts.scheme != "mlflow-artifacts" and self._holds(path):
            return path
        for root in self._roots:
            # Whoever moved the folder moved all in it: the end of the address is still true.
            for skipped in range(max(1, len(steps) - 1)):
                moved = root.joinpath(*steps[skipped:])
                if self._holds(moved):
                    return moved
        if path.is_absolute() and path.is_dir():
            where = path.parent.parent
            raise Unlisted(f"lie in {where}: `--artifacts {where}` reads them")
        return None

    def _holds(self, path: Path) -> bool:
        return path.is_dir() and any(path.resolve().is_relative_to(root) for root in self._roots)


def _below(folder: Path) -> Iterator[FoundFile]:
    for place, names, files in os.walk(folder):
        names.sort()  # links to folders are not followed
        for name in sorted(files):
            path = Path(place) / name
            if path.is_file() and not path.is_symlink():
                known = path.stat()
                inside = path.relative_to(folder).as_posix()
                yield FoundFile(inside, known.st_size, known.st_mtime_ns)
