"""Draining: what lies in spools goes into the ledger, and runs without a writer are lost."""

from __future__ import annotations

import hashlib
import logging
import os
import platform
from pathlib import Path

import msgspec
from msgspec import Struct

from forebear.client.spool import SpoolReader, is_live, spools_of
from forebear.core.errors import EventConflict, Unreadable
from forebear.core.events import AnyEvent, GapNoticed, RunEnded
from forebear.core.ports import Store

__all__ = ["DrainReport", "drain", "host_id"]

_BATCH = 1000
_log = logging.getLogger(__name__)


class DrainReport(Struct, kw_only=True):
    """What draining found."""

    events: int = 0
    lost: list[str] = []
    notes: list[str] = []


def host_id() -> str:
    """Return a short stable id of this machine that does not tell its name."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:12]


def drain(folder: Path, store: Store) -> DrainReport:
    """Bring every spooled event under `folder` into the ledger and end runs that are lost.

    `folder` is the store's own folder (`.forebear`). Safe to call from any number of processes
    at once, and while programs record: events are idempotent by id, a live spool is read up to
    its last whole record and stays.
    """
    report = DrainReport()
    spools = folder / "spool"
    if not spools.is_dir():
        return report
    for path in spools_of(spools):
        try:
            _drain_one(path, store, report)
        except FileNotFoundError:
            continue  # another process has just drained it
    _end_lost_runs(spools, store, report)
    return report


def _drain_one(path: Path, store: Store, report: DrainReport) -> None:
    # The lock is tested before the bytes are read: a dead writer writes nothing afterwards.
    live = is_live(path)
    mark = path.with_suffix(".drained")
    position = _position(mark)
    if live and path.stat().st_size <= position:
        return
    try:
        reader = SpoolReader(path)
    except Unreadable as error:
        if not live:
            _set_aside(path, report, str(error))
        return
    batch: list[bytes] = []
    end = position
    for body, after in reader.records(position):
        batch.append(body)
        end = after
        if len(batch) >= _BATCH and not _append(batch, store, path, live, report):
            return
    if not _append(batch, store, path, live, report):
        return
    if live:
        _remember(mark, end)
        return
    if reader.damage:
        what = f"Part of the record was lost: {reader.damage}."
        store.append([GapNoticed(run=reader.header.run, what=what)])
        _set_aside(path, report, reader.damage + "; everything before them is safe")
    path.unlink(missing_ok=True)
    mark.unlink(missing_ok=True)


def _append(batch: list[bytes], store: Store, path: Path, live: bool, report: DrainReport) -> bool:
    if batch:
        try:
            report.events += store.append_encoded(batch).accepted
        except (EventConflict, msgspec.MsgspecError) as error:
            if not live:
                _set_aside(path, report, str(error))
            return False
        batch.clear()
    return True


def _end_lost_runs(spools: Path, store: Store, report: DrainReport) -> None:
    events: list[AnyEvent] = []
    here = host_id()
    for run in store.unfinished():
        if run.attrs.get("host") != here:
            continue
        if any(is_live(path) for path in spools_of(spools, run.id)):
            continue
        events.append(
            RunEnded(run=run.id, status="lost", error="The recording program ended without a word.")
        )
        report.lost.append(run.id)
    if events:
        store.append(events)


def _set_aside(path: Path, report: DrainReport, why: str) -> None:
    aside = path.with_suffix(".damaged")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return
    report.notes.append(f"{path.name}: {why}. The file is kept as {aside}.")


def _position(mark: Path) -> int:
    try:
        return int(mark.read_text())
    except (OSError, ValueError):
        return 0


def _remember(mark: Path, position: int) -> None:
    try:
        temporary = mark.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(str(position))
        temporary.replace(mark)
    except OSError as error:
        _log.debug("cannot remember how far %s was read: %s", mark, error)
