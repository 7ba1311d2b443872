"""Draining: what lies in spools goes into the ledger, and runs without a writer are lost."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

from forebear.client.handover import hand_over, in_batches
from forebear.client.host import host_id
from forebear.client.packing import Packer, Place
from forebear.client.spool import SpoolReader, is_live, run_of, spools_of
from forebear.core.errors import EventConflict, InvalidInput, StoreUnwritable, Unreadable
from forebear.core.events import GapNoticed, RunEnded
from forebear.core.ports import Store

__all__ = ["DrainReport", "drain", "host_id"]

_log = logging.getLogger(__name__)

_SMALL: Final = 256 << 10
"""Bytes of a spool that is taken in together with others: each alone would wait for the disk."""
_REFUSALS: Final = (EventConflict, InvalidInput)


class DrainReport(Struct, kw_only=True):
    """What draining found."""

    events: int = 0
    lost: list[str] = []
    notes: list[str] = []


def drain(folder: Path, store: Store) -> DrainReport:
    """Bring every spooled event under `folder` into the ledger and end runs that are lost.

    `folder` is the store's own folder (`.forebear`). Safe to call from any number of processes
    at once, and while programs record: events are idempotent by id, a live spool is read up to
    its last whole record and stays. A store that cannot be written leaves everything where it
    is, and is told of in `notes`.
    """
    report = DrainReport()
    spools = folder / "spool"
    if not spools_of(spools):
        return report
    try:
        with _alone(spools) as alone:
            found = spools_of(spools)
            _take_in_small(found, store, report)
            for path in found:
                try:
                    _drain_one(path, store, report, alone=alone)
                except FileNotFoundError:
                    continue  # another process has just drained it
    except (StoreUnwritable, OSError) as error:
        report.notes.append(f"What programs have recorded can't be taken in now: {error}")
    return report


@contextmanager
def _alone(spools: Path) -> Iterator[bool]:
    """Tell whether this process may clear away spools; one at a time may.

    The others need not wait for it: they take in what they find, and leave the rest to it.
    """
    try:
        lock = os.open(spools / "drain.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield False
        return
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            alone = True
        except OSError:
            alone = False
        yield alone
    finally:
        os.close(lock)


def _take_in_small(spools: Sequence[Path], store: Store, report: DrainReport) -> None:
    """Take in what many programs that are gone have left, as much as goes at once.

    Then each spool is read by itself, when it says nothing new: it is looked for damage, and
    cleared away. What is refused here comes out there too.
    """
    small = [path for path in spools if _is_small(path) and not is_live(path)]
    if len(small) > 1:
        for batch in in_batches(_left(small, store), len):
            try:
                report.events += store.append_encoded(batch).accepted
            except _REFUSALS as error:
                _log.debug("one of many events is refused: %s", error)


def _left(spools: Sequence[Path], store: Store) -> Iterator[bytes]:
    for path in spools:
        try:
            place = _place(path.with_suffix(".drained"))
            for body, _ in _packed(SpoolReader(path), store, place, to_the_end=True):
                yield body
        except (Unreadable, FileNotFoundError) as error:
            _log.debug("%s is left out: %s", path, error)


def _is_small(path: Path) -> bool:
    try:
        return path.stat().st_size <= _SMALL
    except FileNotFoundError:
        return False


def _drain_one(path: Path, store: Store, report: DrainReport, *, alone: bool) -> None:
    # The lock is tested before the bytes are read: a dead writer writes nothing afterwards.
    over = alone and not is_live(path)
    mark = path.with_suffix(".drained")
    place = _place(mark)
    if not over and path.stat().st_size <= place.position:
        return
    try:
        reader = SpoolReader(path)
    except Unreadable as error:
        if over:
            _clear_away(path, store, report, [str(error)])
        return
    troubles: list[str] = []
    packed = _packed(reader, store, place, to_the_end=over)
    for batch in in_batches(packed, lambda record: len(record[0])):
        bodies = [body for body, _ in batch]
        handed = hand_over(bodies, store.append_encoded, _REFUSALS)
        report.events += handed.accepted
        troubles += handed.refused
        if not troubles and not (over and _is_small(path)):
            # What comes behind a refused event is read again, so that at the end it is told.
            _remember(mark, batch[-1][1])
    if over:
        if reader.damage:
            troubles.append(f"{reader.damage}; everything before them is safe")
        if troubles:
            _say_gap(store, reader.header.run, troubles)
        _clear_away(path, store, report, troubles, reader.header.inner)


def _packed(
    reader: SpoolReader, store: Store, begin: Place, *, to_the_end: bool
) -> Iterator[tuple[bytes, Place]]:
    """Yield the events of a segment as they are to lie in the ledger, many points as one."""
    packer = Packer(reader.header.run, store.blobs, begin)
    for body, after in reader.records(begin.position):
        yield from packer.take(body, after)
    if to_the_end:
        yield from packer.finish()


def _say_gap(store: Store, run: str, troubles: list[str]) -> None:
    what = f"Part of the record was lost: {'; '.join(troubles)}".rstrip(".") + "."
    if all(gap.what != what for gap in store.gaps([run])):
        store.append([GapNoticed(run=run, what=what)])


def _clear_away(
    path: Path, store: Store, report: DrainReport, troubles: list[str], inner: str | None = None
) -> None:
    """Take away a segment that was read, or set it aside; with a run's last one the run is over.

    Only who has the spools of a run can tell that it is lost: in a store to which its events
    were pushed it goes on until they say otherwise.
    """
    folder, run, writer = path.parent, run_of(path), path.name.rsplit(".", 2)[0]
    if inner is not None and _is_running(inner, store) and spools_of(folder, writer) == [path]:
        _end_as_lost(inner, store, report)
    if _is_running(run, store) and spools_of(folder, run) == [path]:
        _end_as_lost(run, store, report)
    if troubles:
        aside = path.with_suffix(".damaged")
        path.rename(aside)
        said = "; ".join(trouble.rstrip(".") for trouble in troubles)
        report.notes.append(f"{path.name}: {said}. The file is kept as {aside}.")
    path.unlink(missing_ok=True)
    path.with_suffix(".drained").unlink(missing_ok=True)


def _is_running(run: str, store: Store) -> bool:
    """Tell whether a run of this machine has no end."""
    row = store.run(run)
    return row is not None and row.status == "running" and row.attrs.get("host") == host_id()


def _end_as_lost(run: str, store: Store, report: DrainReport) -> None:
    why = "The recording program ended without a word."
    store.append([RunEnded(run=run, status="lost", error=why)])
    report.lost.append(run)


def _place(mark: Path) -> Place:
    try:
        return Place(*map(int, mark.read_text().split()))
    except (OSError, ValueError, TypeError):
        return Place()


def _remember(mark: Path, place: Place) -> None:
    try:
        temporary = mark.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(f"{place.position} {place.points}")
        temporary.replace(mark)
    except OSError as error:
        _log.debug("cannot remember how far %s was read: %s", mark, error)
