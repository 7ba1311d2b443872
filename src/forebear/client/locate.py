"""Where the store is: `FOREBEAR_STORE`, else `.forebear` here or in a folder above."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from msgspec import Struct

from forebear.client.config import TEMPLATE
from forebear.core.errors import NoStore, StoreUnwritable

__all__ = [
    "FOLDER",
    "VARIABLE",
    "Place",
    "find_store",
    "init_store",
    "locate",
    "place_for_recording",
]

FOLDER: Final = ".forebear"
VARIABLE: Final = "FOREBEAR_STORE"
_URL: Final = re.compile(r"[a-z][a-z0-9+.\-]+://", re.IGNORECASE)
_HINT: Final = (
    "`forebear init` makes one here, and recording (`forebear run train.py`) makes one by "
    f"itself; `--store` or {VARIABLE} name one elsewhere."
)


class Place(Struct, frozen=True, kw_only=True):
    """Where a store is: in a folder of this machine, or behind a URL."""

    folder: Path | None = None
    url: str | None = None

    def __str__(self) -> str:
        return str(self.folder or self.url)


def find_store(start: Path | None = None) -> Path | None:
    """Return the nearest `.forebear` folder at or above `start` (default: here), if any."""
    begin = (start or Path.cwd()).absolute()
    for folder in (begin, *begin.parents):
        candidate = folder / FOLDER
        if _is_store(candidate):
            return candidate
    return None


def locate(store: str | None = None, *, start: Path | None = None) -> Place:
    """Return the place of the store to use.

    What the caller says comes first, then `FOREBEAR_STORE`, then the nearest `.forebear` at or
    above `start`. A path may name the store's own folder or the folder that holds it.

    Raises:
        NoStore: there is none.
    """
    said = store or os.environ.get(VARIABLE)
    if said is None or not said.strip():
        found = find_store(start)
        if found is None:
            where = (start or Path.cwd()).absolute()
            raise NoStore(f"There is no store in {where} or any folder above.", hint=_HINT)
        return Place(folder=found)
    place = _said(said)
    if place.folder is not None and not _is_store(place.folder):
        raise NoStore(f"There is no store at {place.folder}.", hint=_HINT)
    return place


def place_for_recording(store: str | None = None, *, start: Path | None = None) -> Place:
    """Return the place of the store to record into, making one where there is none.

    A new store is made at the place that was said, else in `start` (default: here).

    Raises:
        StoreUnwritable: it cannot be made.
    """
    try:
        return locate(store, start=start)
    except NoStore:
        said = store or os.environ.get(VARIABLE)
        folder = _said(said).folder if said and said.strip() else None
        return Place(folder=init_store(folder or (start or Path.cwd()) / FOLDER))


def init_store(folder: Path) -> Path:
    """Make the folders of a store and return its own folder; an existing one stays as it is.

    `folder` is the store's own folder (`.forebear`). It is readable by its owner only: what a
    run wrote and read is nobody else's business until somebody decides so.

    Raises:
        StoreUnwritable: the folder cannot be made.
    """
    folder = folder.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("blobs", "spool"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        for name, text in ((".gitignore", "*\n"), ("config.toml", TEMPLATE)):
            if not (folder / name).exists():
                (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoreUnwritable(
            f"Cannot make a store at {folder}: {error.strerror or error}.",
            hint="Choose a folder that you may write to.",
        ) from error
    return folder


def _is_store(folder: Path) -> bool:
    return (folder / "config.toml").is_file() or (folder / "ledger.db").is_file()


def _said(text: str) -> Place:
    if _URL.match(text):
        return Place(url=text)
    path = Path(text).expanduser().absolute()
    inner = path / FOLDER
    if path.name == FOLDER or not inner.is_dir():
        return Place(folder=path)
    return Place(folder=inner)
