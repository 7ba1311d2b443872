"""Replication: the events of this store, and the bytes it keeps, also go to another one.

Events go in the order of their seq, at least once; they are idempotent by id, so a reply that
was lost costs nothing. How far a push got is remembered beside the store for each remote, as
marks that both ledgers must still bear; without it, or when one of them is another ledger now,
a push begins at the first event.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from forebear.client.drain import BATCH_BYTES, BATCH_EVENTS, hand_over
from forebear.client.remotes import Mark, Remote, connect_remote, without_password
from forebear.core.errors import (
    CorruptStore,
    EventConflict,
    InvalidInput,
    NoStore,
    NotFound,
    StoreError,
    Unreadable,
)
from forebear.core.merkle import leaf_hash
from forebear.core.ports import Store, StoredEvent

__all__ = ["PushReport", "Pushed", "push", "pushing"]

_ASKED_AT_ONCE: Final = 500
_MOST_NOTES: Final = 20
_log = logging.getLogger(__name__)


class PushReport(Struct, kw_only=True):
    """What a push did."""

    remote: str
    events: int = 0
    """Events that were new there."""
    duplicates: int = 0
    blobs: int = 0
    """Kept files that were new there."""
    seq: int = 0
    """The event of this store up to which the remote has all."""
    notes: list[str] = []
    """What could not be pushed, in words."""


class Pushed(Struct, frozen=True, kw_only=True):
    """How far pushes to one remote got; safe to delete."""

    remote: str
    here: Mark
    there: Mark


def push(
    store: Store, address: str, state: Path, *, told: Callable[[int, int], None] | None = None
) -> PushReport:
    """Hand everything that a store has, and the remote at `address` does not, to the remote.

    Kept bytes go before the events that speak of them. `state` is a folder of this store's own,
    `told` is called with (seq reached, last seq) after each batch. What was recorded after
    the beginning waits for the next push.

    Raises:
        InvalidInput: there is no way to such an address.
        StoreError: the remote is away; what it has taken so far is remembered.
    """
    note = _note(state, address)
    said = _read(note)
    last = store.head().size
    report = PushReport(remote=without_password(address), seq=said.here.seq if said else 0)
    try:
        remote = connect_remote(address, known=said is not None)
        try:
            report.remote = remote.place
            report.seq = said.here.seq if said and _still_true(said, store, remote) else 0
            _push_blobs(store, remote, report)
            for batch in _batches(store, report.seq, last):
                _push_batch(batch, remote, report)
                _remember(note, batch[-1], remote)
                if told is not None:
                    told(report.seq, last)
        finally:
            remote.close()
    except (InvalidInput, EventConflict):
        raise
    except (StoreError, NotFound, OSError) as error:
        raise _away(error, report, last - report.seq, note if said else None) from error
    return report


@contextmanager
def pushing(state: Path) -> Iterator[bool]:
    """Tell whether no other process pushes from this store now, and keep others from it."""
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(state / "push.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        _log.debug("no lock for pushing in %s: %s", state, error)
        yield True
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


def _push_blobs(store: Store, remote: Remote, report: PushReport) -> None:
    # All that is kept, not what the new events speak of: manifests speak of files too.
    digests = store.blobs.digests()
    while some := list(islice(digests, _ASKED_AT_ONCE)):
        for digest in remote.lacks(some):
            try:
                remote.keep(digest, store.blobs)
                report.blobs += 1
            except (CorruptStore, NotFound, Unreadable) as error:
                _noted(report, f"{digest} was not pushed: {error}")


def _push_batch(batch: list[StoredEvent], remote: Remote, report: PushReport) -> None:
    handed = hand_over([event.body for event in batch], remote.receive, EventConflict)
    report.events += handed.accepted
    report.duplicates += handed.duplicates
    report.seq = batch[-1].seq
    for why in handed.refused:
        _noted(report, f"{remote.place} refused an event: {why}")


def _noted(report: PushReport, text: str) -> None:
    if len(report.notes) < _MOST_NOTES:
        report.notes.append(text)


def _batches(store: Store, after: int, last: int) -> Iterator[list[StoredEvent]]:
    batch: list[StoredEvent] = []
    size = 0
    for event in store.events(after) if after < last else ():
        if event.seq > last:
            break
        batch.append(event)
        size += len(event.body)
        if len(batch) >= BATCH_EVENTS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _away(error: Exception, report: PushReport, waiting: int, note: Path | None) -> StoreError:
    hint = f"Nothing is lost: {waiting:,} events wait here for the next push."
    if isinstance(error, NoStore) and note is not None:
        hint += f" If that store is gone for good, delete {note} and push again to make a new one."
    return StoreError(f"Cannot push to {report.remote}: {error}", hint=hint)


def _note(state: Path, address: str) -> Path:
    place = address if "://" in address else str(Path(address).expanduser().absolute())
    return state / f"{hashlib.sha256(without_password(place).encode()).hexdigest()[:16]}.json"


def _read(note: Path) -> Pushed | None:
    try:
        return msgspec.json.decode(note.read_bytes(), type=Pushed)
    except (OSError, msgspec.MsgspecError):
        return None


def _still_true(said: Pushed, store: Store, remote: Remote) -> bool:
    leaves = store.leaf_hashes(said.here.seq - 1, said.here.seq)
    return [leaf.hex() for leaf in leaves] == [said.here.leaf] and remote.goes_on_from(said.there)


def _remember(note: Path, last: StoredEvent, remote: Remote) -> None:
    there = remote.mark()
    if there is None:
        return
    here = Mark(seq=last.seq, leaf=leaf_hash(last.body).hex())
    temporary = note.with_suffix(f".{os.getpid()}.tmp")
    try:
        note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary.write_bytes(
            msgspec.json.encode(Pushed(remote=remote.place, here=here, there=there))
        )
        temporary.replace(note)
    except OSError as error:
        _log.debug("cannot remember how far a push got: %s", error)
