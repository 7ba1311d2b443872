"""A backup: the whole of a store in one file, and a store made from it.

It is a tar file. `tables/` has a file of JSON lines for each table that can't be made again: the
events with the times at which they were recorded, accounts with their roles and tokens, the log of
who did what. `blobs/` has what is kept, `identities/` the names behind commitments, `keys/` the key
of the log; `manifest.json`, the last, tells what there is with a digest of each. Sign-ins that are
under way and what can be made again are left out. Whoever has it has all that the store has, and
can sign in its name.
"""

from __future__ import annotations

import gzip
import os
import re
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final, Literal, cast

import msgspec
from msgspec import Struct

from forebear.client.local import open_at
from forebear.client.locate import FOLDER, KEYS, VARIABLE, Place, place_for_recording
from forebear.core.clock import now
from forebear.core.errors import Conflict, InvalidInput, StoreUnwritable, Unreadable
from forebear.store import IDENTITIES
from forebear.store.sql_store import SqlStore

__all__ = ["BackupReport", "back_up", "restore"]

_MANIFEST: Final = "manifest.json"
_CONFIG: Final = "config.toml"
_FOLDERS: Final = (IDENTITIES, KEYS)
_CHUNK: Final = 1 << 20
_PACKED: Final = {".gz", ".tgz"}
_DAMAGED: Final = (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error, UnicodeError)


@cache
def _names() -> re.Pattern[str]:
    """Return what there may be in a backup: nothing else is looked at, wherever it would lead."""
    from forebear.store.dump import TABLES  # brings SQLAlchemy, which few commands need

    return re.compile(
        rf"tables/(?:{'|'.join(TABLES)})\.ndjson|blobs/[0-9a-f]{{2}}/[0-9a-f]{{62}}"
        rf"|(?:{'|'.join(_FOLDERS)})/[\w-][\w.-]*|{re.escape(_CONFIG)}"
    )


class _Manifest(Struct, frozen=True, kw_only=True):
    """What is in a backup."""

    format: Literal["forebear-backup-1"] = "forebear-backup-1"
    made: datetime
    events: int
    root: str
    files: dict[str, str]
    """Names with their digests."""


class BackupReport(Struct, kw_only=True, omit_defaults=True):
    """What was written, or made again."""

    file: str
    store: str
    made: datetime
    events: int
    root: str
    """The Merkle root of the whole ledger."""
    accounts: int = 0
    blobs: int = 0


def back_up(store: SqlStore, place: Place, path: Path) -> BackupReport:
    """Write all of a store to a file, which appears when it is whole; writing may go on meanwhile.

    Raises:
        InvalidInput: the file cannot be written.
        CorruptStore: what is kept is damaged; `forebear verify` says more.
    """
    with _new(path) as tar, tempfile.TemporaryDirectory(prefix="forebear-backup-") as folder:
        writer = _Writer(tar, Path(folder))
        head = store.save(writer.table)
        # What events speak of was kept before them, so that now all of it is there.
        for digest in store.blobs.digests():
            name = digest.removeprefix("sha256:")
            writer.aside.unlink(missing_ok=True)
            store.blobs.copy_to(digest, writer.aside)
            writer.file(f"blobs/{name[:2]}/{name[2:]}", writer.aside)
        for name, source in _beside(place):
            writer.file(name, source)
        manifest = _Manifest(made=now(), events=head.size, root=head.root, files=writer.files)
        writer.member(_MANIFEST, msgspec.json.encode(manifest))
    return _report(path, place, manifest, writer.rows["account"])


def restore(path: Path, said: str | None = None) -> BackupReport:
    """Make a store from a backup, at the place that is said or else here.

    Raises:
        Unreadable: the file is damaged, or no backup; nothing was made.
        Conflict: there is something in the store already.
    """
    with _opened(path) as tar:
        manifest = _checked(tar, path)
        place = place_for_recording(said or os.environ.get(VARIABLE) or str(Path.cwd() / FOLDER))
        if place.is_server:
            raise InvalidInput(
                f"{place} is a server.", hint="Restore where it runs: --store PLACE."
            )
        store = open_at(place)
        assert isinstance(store, SqlStore)
        try:
            accounts = _fill(store, place, tar, manifest)
        finally:
            store.close()
    return _report(path, place, manifest, accounts)


def _fill(store: SqlStore, place: Place, tar: tarfile.TarFile, manifest: _Manifest) -> int:
    if store.head().size:
        raise Conflict(
            f"There are events in the store at {place} already.",
            hint="Restore into a new one: --store FOLDER, or an empty database.",
        )
    for member in tar:
        _put_back(store, place, tar, member)
    head = store.load(lambda table: _lines(tar, f"tables/{table}.ndjson"))
    if (head.size, head.root) != (manifest.events, manifest.root):
        raise Unreadable(f"The events in '{tar.name!s}' are not those that were backed up.")
    return sum(1 for _ in _lines(tar, "tables/account.ndjson"))


class _Writer:
    """Writes files into a backup, and remembers their digests."""

    def __init__(self, tar: tarfile.TarFile, folder: Path) -> None:
        self._tar, self.aside = tar, folder / "aside"
        self.files: dict[str, str] = {}
        self.rows: dict[str, int] = {}

    def table(self, name: str, lines: Iterator[bytes]) -> None:
        """Write the rows of a table; how long they are is known only when all have come."""
        self.rows[name] = 0
        with self.aside.open("wb") as file:
            for line in lines:
                file.write(line + b"\n")
                self.rows[name] += 1
        self.file(f"tables/{name}.ndjson", self.aside)

    def file(self, name: str, path: Path) -> None:
        """Write a file."""
        with path.open("rb") as file:
            running = sha256()
            while part := file.read(_CHUNK):
                running.update(part)
            self.files[name] = f"sha256:{running.hexdigest()}"
            size = file.tell()
            file.seek(0)
            self._add(name, size, file)

    def member(self, name: str, body: bytes) -> None:
        """Write bytes."""
        self._add(name, len(body), BytesIO(body))

    def _add(self, name: str, size: int, file: BinaryIO | BytesIO) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, int(now().timestamp())
        self._tar.addfile(info, file)


def _beside(place: Place) -> Iterator[tuple[str, Path]]:
    """Yield the files that lie beside the ledger, with their names in a backup."""
    assert place.folder is not None
    for name, root in ((IDENTITIES, place.kept / IDENTITIES), (KEYS, place.keys)):
        for path in sorted(root.glob("*")):
            if path.is_file() and _names().fullmatch(f"{name}/{path.name}"):
                yield f"{name}/{path.name}", path
    if place.url is None and (place.folder / _CONFIG).is_file():
        yield _CONFIG, place.folder / _CONFIG


def _put_back(store: SqlStore, place: Place, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    """Put a file back where it was; tables come later."""
    kind, _, rest = member.name.partition("/")
    if kind in {"tables", _MANIFEST} or (kind == _CONFIG and place.url is not None):
        return
    assert place.folder is not None
    root = place.kept if kind in _FOLDERS else place.folder
    with tempfile.TemporaryDirectory(prefix="forebear-restore-") as folder:
        aside = Path(folder) / "aside"
        with aside.open("wb") as file:
            for part in _parts(tar, member):
                file.write(part)
        if kind == "blobs":
            store.blobs.put_file(aside, f"sha256:{rest.replace('/', '')}")
            return
        try:
            target = root / member.name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(aside.read_bytes())
        except OSError as error:
            raise StoreUnwritable(f"{target} cannot be written: {error.strerror}.") from error


def _checked(tar: tarfile.TarFile, path: Path) -> _Manifest:
    """Read a backup through and compare each file with its digest, before any is used."""
    found: dict[str, str] = {}
    manifest = None
    for member in tar:
        if member.name == _MANIFEST and member.isreg():
            manifest = _manifest(b"".join(_parts(tar, member)), path)
            continue
        if not member.isreg() or not _names().fullmatch(member.name) or member.name in found:
            raise Unreadable(f"'{path}' holds {member.name[:60]!r}, which is no part of a backup.")
        running = sha256()
        for part in _parts(tar, member):
            running.update(part)
        found[member.name] = f"sha256:{running.hexdigest()}"
    if manifest is None:
        raise Unreadable(f"'{path}' is no backup, or was cut off: it has no {_MANIFEST}.")
    if manifest.files != found:
        wrong = next(iter(sorted(manifest.files.items() ^ found.items())))[0]
        raise Unreadable(f"'{path}' is damaged: {wrong} is not what was written.")
    return manifest


def _manifest(body: bytes, path: Path) -> _Manifest:
    try:
        return msgspec.json.decode(body, type=_Manifest)
    except msgspec.MsgspecError as error:
        raise Unreadable(
            f"'{path}' is no backup that this forebear knows: {error}.",
            hint="Restore with the forebear that made it, or a later one.",
        ) from error


def _lines(tar: tarfile.TarFile, name: str) -> Iterator[bytes]:
    """Yield the lines of a file in a backup; what is not there has none."""
    with suppress(KeyError), ExitStack() as stack:
        file = tar.extractfile(name)
        assert file is not None
        yield from stack.enter_context(file)


def _parts(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    file = tar.extractfile(member)
    assert file is not None
    with file:
        while part := file.read(_CHUNK):
            yield part


@contextmanager
def _new(path: Path) -> Iterator[tarfile.TarFile]:
    """Open a backup that bears its name only when it was written to the end."""
    unfinished = path.with_name(f".unfinished-{path.name}")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            with ExitStack() as stack:
                inner: BinaryIO = file
                if path.suffix in _PACKED:
                    packed = stack.enter_context(gzip.GzipFile("", "wb", 3, file))
                    inner = cast(BinaryIO, packed)
                yield stack.enter_context(tarfile.open(fileobj=inner, mode="w"))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise InvalidInput(f"'{path}' cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:*") as tar:
            yield tar
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile):
            raise Unreadable(f"'{path}' is damaged: {error}.") from error
        raise InvalidInput(f"'{path}' cannot be read: {error.strerror or error}.") from error
    except _DAMAGED as error:
        raise Unreadable(f"'{path}' is damaged, or no backup.") from error


def _report(path: Path, place: Place, manifest: _Manifest, accounts: int) -> BackupReport:
    return BackupReport(
        file=str(path),
        store=str(place),
        made=manifest.made,
        events=manifest.events,
        root=manifest.root,
        accounts=accounts,
        blobs=sum(1 for name in manifest.files if name.startswith("blobs/")),
    )
