"""Moving a whole store: its events in one file, and its kept bytes in a folder beside it.

A damaged file changes nothing: it is read through and checked before its first event is taken.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from msgspec import Struct

from forebear.client.handover import in_batches
from forebear.core.errors import CorruptStore, EventConflict, InvalidInput, NotFound, Unreadable
from forebear.core.ports import Store
from forebear.exchange.events_file import (
    EventsHeader,
    opened,
    read_events,
    read_header,
    write_events,
)
from forebear.store.blobs import FileBlobs

__all__ = [
    "EventsFile",
    "ExportReport",
    "ImportReport",
    "blobs_beside",
    "export_events",
    "import_events",
    "take_events",
    "whole_events",
]

_STANDARD: Final = Path("-")
_ENDINGS: Final = (".ndjson", ".jsonl", ".json", ".events")


class EventsFile(NamedTuple):
    """A file of events, open at its beginning."""

    path: Path
    file: BinaryIO
    header: EventsHeader


class ExportReport(Struct, kw_only=True, omit_defaults=True):
    """What was written."""

    file: str
    events: int
    root: str
    """The Merkle root of the whole ledger."""
    blobs: int = 0
    folder: str | None = None
    """Where the kept bytes are."""
    notes: list[str] = []


class ImportReport(Struct, kw_only=True, omit_defaults=True):
    """What was taken in."""

    file: str
    events: int
    duplicates: int
    root: str
    """The Merkle root of the ledger now."""
    same_root: bool
    """It is the root that the file states: the two ledgers are one and the same."""
    blobs: int = 0
    notes: list[str] = []


def export_events(store: Store, path: Path, *, since: int = 0, blobs: bool = False) -> ExportReport:
    """Write all events with a seq greater than `since` to a file, `-` for the standard output.

    The file appears under its name when it is whole. With `blobs` all kept bytes go to the
    folder beside it (see `blobs_beside`), those before the events that speak of them.

    Raises:
        InvalidInput: the file cannot be written.
    """
    head = store.head()
    if not 0 <= since <= head.size:
        raise InvalidInput(f"The ledger has {head.size:,} events: there is none after {since:,}.")
    if blobs and path == _STANDARD:
        raise InvalidInput(
            "Kept bytes go to a folder beside the file, and `-` has none.", hint="Name a file."
        )
    header = EventsHeader(after=since, count=head.size - since, size=head.size, root=head.root)
    report = ExportReport(file=str(path), events=header.count, root=head.root)
    if blobs:
        _export_blobs(store, blobs_beside(path), report)
    events = islice(store.events(since), header.count)
    with _written(path) as file:
        write_events(file, header, (event.body for event in events))
    return report


@contextmanager
def whole_events(path: Path) -> Iterator[EventsFile]:
    """Open a file of events, `-` for the standard input, that was read through and is whole.

    Raises:
        Unreadable: it is damaged, or none.
    """
    with _seekable(path) as file:
        header = read_header(file, str(path))
        file.seek(0)
        for _ in read_events(file, str(path)):
            continue
        file.seek(0)
        yield EventsFile(path, file, header)


def import_events(store: Store, path: Path, *, blobs: bool = False) -> ImportReport:
    """Take in the events of a file: `take_events`, of `whole_events`.

    Raises:
        Unreadable: the file is damaged; nothing was taken.
        EventConflict: an event is there and says something else; what comes before it is taken.
    """
    with whole_events(path) as source:
        return take_events(store, source, blobs=blobs)


def take_events(store: Store, source: EventsFile, *, blobs: bool = False) -> ImportReport:
    """Take in the events of a file that is whole, and with `blobs` kept bytes.

    Events that are there already are left out, so an import that was interrupted can be done
    again. They get their place in this ledger in the order of the file.

    Raises:
        EventConflict: an event is there and says something else; what comes before it is taken.
    """
    path, header = source.path, source.header
    report = ImportReport(file=str(path), events=0, duplicates=0, root="", same_root=False)
    if blobs:
        _import_blobs(store, blobs_beside(path), report)
    for batch in in_batches(read_events(source.file, str(path)), len):
        try:
            done = store.append_encoded(batch)
        except EventConflict as error:
            taken = report.events + report.duplicates
            raise EventConflict(
                f"{error.message} The first {taken:,} events of '{path}' are taken in.",
                hint="The file and this store contradict each other: one of them was changed.",
            ) from error
        report.events += done.accepted
        report.duplicates += done.duplicates
    head = store.head()
    report.root = head.root
    report.same_root = (head.size, head.root) == (header.size, header.root)
    return report


def blobs_beside(path: Path) -> Path:
    """Return the folder of the kept bytes that belong to a file of events.

    >>> str(blobs_beside(Path("backup/wine.ndjson.gz")))
    'backup/wine.blobs'
    """
    name = path.name.removesuffix(".gz")
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return path.with_name(name + ".blobs")


def _export_blobs(store: Store, folder: Path, report: ExportReport) -> None:
    target = FileBlobs(folder)
    report.folder = str(folder)
    for digest in store.blobs.digests():
        if target.has(digest):
            continue
        name = digest.removeprefix("sha256:")
        try:
            store.blobs.copy_to(digest, folder / name[:2] / name[2:])
            report.blobs += 1
        except (CorruptStore, NotFound, Unreadable) as error:
            report.notes.append(f"{digest} was not written: {error}")


def _import_blobs(store: Store, folder: Path, report: ImportReport) -> None:
    if not folder.is_dir():
        raise InvalidInput(f"There is no folder {folder} with kept bytes.")
    # Only names that are digests are looked at, and only plain files with that content kept.
    for digest in FileBlobs(folder).digests():
        name = digest.removeprefix("sha256:")
        path = folder / name[:2] / name[2:]
        if store.blobs.has(digest):
            continue
        if path.is_symlink() or path.parent.is_symlink() or not path.is_file():
            report.notes.append(f"{path} was not taken: it is not a plain file.")
            continue
        try:
            store.blobs.put_file(path, digest)
            report.blobs += 1
        except Unreadable as error:
            report.notes.append(f"{path} was not taken: {error}")


@contextmanager
def _written(path: Path) -> Iterator[BinaryIO]:
    """Open a file that bears its name only when it was written to the end."""
    if path == _STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    unfinished = path.with_name(f".unfinished-{path.name}")
    try:
        with opened(unfinished, "wb") as file:
            yield file
        unfinished.replace(path)
    except OSError as error:
        raise InvalidInput(f"'{path}' cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


@contextmanager
def _seekable(path: Path) -> Iterator[BinaryIO]:
    """Open a file to be read twice; the standard input is laid down in a file first."""
    if path != _STANDARD:
        with opened(path, "rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.seek(0)
        yield copy
