"""Where the store is: `FOREBEAR_STORE`, else `.forebear` here or in a folder above.

A store in a database has a folder on each machine that uses it, its companion: programs record
into the spool there, which waits for nobody, and every command takes that into the database.
A store behind a server has one too, which is a whole store: what was recorded on this machine
lies there and is pushed to the server, so that nothing waits for it or is lost while it is away.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from pathlib import Path
from typing import Final

from msgspec import Struct

from forebear.client.config import TEMPLATE, load_config
from forebear.core.addresses import is_database, without_password
from forebear.core.errors import InvalidInput, NoStore, StoreUnwritable
from forebear.core.patterns import pattern

__all__ = [
    "BLOBS_VARIABLE",
    "FOLDER",
    "KEYS",
    "VARIABLE",
    "Place",
    "find_store",
    "init_store",
    "locate",
    "mark_waiting",
    "place_for_recording",
    "waiting",
]

FOLDER: Final = ".forebear"
KEYS: Final = "keys"
"""The folder in it that holds the key of the log."""
VARIABLE: Final = "FOREBEAR_STORE"
BLOBS_VARIABLE: Final = "FOREBEAR_BLOBS"
_URL: Final = pattern(r"[a-z][a-z0-9+.\-]+://", re.IGNORECASE)
_STORE: Final = """
[store]
# The database or server that this folder is the companion of. A password is never written here.
url = "{}"
"""
_HINT: Final = (
    "`forebear init` makes one here, and recording (`forebear run train.py`) makes one by "
    f"itself; `--store` or {VARIABLE} name one elsewhere."
)


class Place(Struct, frozen=True, kw_only=True):
    """Where a store is: in a folder of this machine, in a database, or behind a server.

    The folder of a store in a database or behind a server is its companion. `str(place)` is for
    people, `address` is what leads there again, with the password if there is one.
    """

    folder: Path | None = None
    url: str | None = None

    def __str__(self) -> str:
        return without_password(self.address)

    @property
    def address(self) -> str:
        """What `locate` finds this place by; never to be shown or written down."""
        return self.url or str(self.folder)

    @property
    def is_server(self) -> bool:
        """Whether it is asked over HTTP."""
        return self.url is not None and not is_database(self.url)

    @property
    def here(self) -> Place:
        """The store that is on this machine: of a server its companion, else the place itself."""
        return Place(folder=self.folder) if self.is_server else self

    @property
    def kept(self) -> Path:
        """The folder that holds kept bytes and what else belongs to the ledger, in folders.

        Those who share a database share it too if FOREBEAR_BLOBS names a folder they all see.
        """
        assert self.folder is not None
        shared = os.environ.get(BLOBS_VARIABLE, "").strip() if self.url else ""
        return Path(shared).expanduser().absolute() if shared else self.folder

    @property
    def keys(self) -> Path:
        """The folder of the log's key: one for all who share a database and its folder."""
        assert self.folder is not None
        own, shared = self.folder / KEYS, self.kept / KEYS
        return own if own.is_dir() and not shared.is_dir() else shared


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
        return _companion(found)
    place = _said(said)
    if place.url is None and place.folder is not None and not _is_store(place.folder):
        raise NoStore(f"There is no store at {place.folder}.", hint=_HINT)
    return place


def place_for_recording(store: str | None = None, *, start: Path | None = None) -> Place:
    """Return the place of the store to record into, making one where there is none.

    A new store is made at the place that was said, else in `start` (default: here).

    Raises:
        StoreUnwritable: it cannot be made.
    """
    try:
        place = locate(store, start=start)
    except NoStore:
        said = store or os.environ.get(VARIABLE)
        folder = _said(said).folder if said and said.strip() else None
        return Place(folder=init_store(folder or (start or Path.cwd()) / FOLDER))
    if place.url is not None and place.folder is not None:
        init_store(place.folder, url=place.url)
    if place.is_server:
        mark_waiting(place)
    return place


def mark_waiting(place: Place) -> None:
    """Remember that something recorded here may not be at the server yet."""
    note = waiting(place)
    try:
        note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        note.write_text(f"{os.getpid()} {time.time_ns()}")
    except OSError as error:
        raise StoreUnwritable(
            f"Nothing can be recorded at {place.folder}: {error.strerror or error}."
        ) from error


def waiting(place: Place) -> Path:
    """Return the file that is there while something recorded here may not be at the server.

    It is another one after each recording, so that a push that has ended knows whether all that
    was recorded meanwhile went with it.
    """
    assert place.folder is not None
    return place.folder / "push" / "waiting"


def init_store(folder: Path, *, url: str | None = None) -> Path:
    """Make the folders of a store and return its own folder; an existing one stays as it is.

    `folder` is the store's own folder (`.forebear`), or the companion of the database at `url`,
    whose password is not written. It is readable by its owner only: what a
    run wrote and read is nobody else's business until somebody decides so.

    Raises:
        StoreUnwritable: the folder cannot be made.
    """
    folder = folder.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("blobs", "spool"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        settings = TEMPLATE if url is None else TEMPLATE + _STORE.format(without_password(url))
        for name, text in ((".gitignore", "*\n"), ("config.toml", settings)):
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
    if is_database(text):
        return _at(text)
    if scheme := _URL.match(text):
        if scheme[0].lower() not in {"http://", "https://"}:
            raise InvalidInput(
                f"No store is found by an address that begins with {scheme[0]}",
                hint="A store is a folder, postgresql://user@host/database, or a server:"
                " https://host.",
            )
        return _at(text)
    path = Path(text).expanduser().absolute()
    inner = path / FOLDER
    return _companion(path if path.name == FOLDER or not inner.is_dir() else inner)


def _at(url: str) -> Place:
    """Return the place of a store elsewhere, with the password that the caller has said."""
    shown = without_password(url.rstrip("/"))
    short = hashlib.sha256(shown.encode()).hexdigest()[:16]
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Place(folder=Path(data).absolute() / "forebear" / short, url=_with_password(url))


def _companion(folder: Path) -> Place:
    """Return the place that a folder stands for: itself, or the database it is a companion of."""
    try:
        spoken_of = b"\n[store]" in (folder / "config.toml").read_bytes()
    except OSError:
        spoken_of = False
    url = load_config(folder).store.url if spoken_of else ""
    return Place(folder=folder, url=_with_password(url) if url else None)


def _with_password(url: str) -> str:
    """Return the address as FOREBEAR_STORE says it, if it means the same database."""
    said = os.environ.get(VARIABLE, "").strip()
    same = is_database(said) and without_password(said) == without_password(url)
    return said if same and without_password(url) == url else url
