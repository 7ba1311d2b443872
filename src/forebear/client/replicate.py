"""Replication: the events of this store, and the bytes it keeps, also go to another one.

Where to is said by `fb.remote`, FOREBEAR_REMOTE, or `remote` under `[push]` in config.toml; then
a push is started whenever a root run ends, in a process of its own that nobody waits for. What
it does not get done is done by the next one.

Events go in the order of their seq, at least once; they are idempotent by id, so a reply that
was lost costs nothing. How far a push got is remembered beside the store for each remote, as
marks that both ledgers must still bear; without it, or when one of them is another ledger now,
a push begins at the first event.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from itertools import islice, takewhile
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from forebear.analysis.verdict import counted
from forebear.client.background import (
    VARIABLE,
    alone,
    note_of,
    remote_of,
    state_of,
)
from forebear.client.handover import hand_over, in_batches
from forebear.client.local import open_local
from forebear.client.locate import FOLDER, Place, waiting
from forebear.client.remotes import Mark, Remote, connect_remote
from forebear.core.addresses import without_password
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
from forebear.core.ports import Store
from forebear.core.rows import StoredEvent

__all__ = ["PushReport", "Pushed", "push", "push_from"]

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
    note = note_of(state, address)
    said = _read(note)
    last = store.head().size
    report = PushReport(remote=without_password(address), seq=said.here.seq if said else 0)
    try:
        remote = connect_remote(address, known=said is not None)
        try:
            report.remote = remote.place
            report.seq = said.here.seq if said and _still_true(said, store, remote) else 0
            _push_blobs(store, remote, report)
            events = takewhile(lambda event: event.seq <= last, store.events(report.seq))
            for batch in in_batches(events, lambda event: len(event.body)):
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


def push_from(
    place: Place,
    address: str | None = None,
    *,
    background: bool = False,
    told: Callable[[int, int], None] | None = None,
) -> PushReport | None:
    """Push the store at `place`, with what programs have recorded for it, to its remote.

    In the background nothing is done (None) while another process does it, and what is recorded
    meanwhile is pushed too.

    Raises:
        InvalidInput: no remote is said, or it is this very store.
        StoreError: the remote is away.
    """
    said = remote_of(place, address)
    if said is None:
        raise InvalidInput(
            "There is no store to push to.",
            hint=f"Name one: `forebear push FOLDER`, {VARIABLE}, or `remote` under [push] in"
            " config.toml.",
        )
    state = state_of(place)
    with alone(state) as free:
        if background and not free:
            return None
        report = _push_drained(place, said, state, told)
        while background and (after := _push_drained(place, said, state, told)).seq > report.seq:
            report = after
    return report


def _push_drained(
    place: Place, address: str, state: Path, told: Callable[[int, int], None] | None
) -> PushReport:
    there = Path(address).expanduser().absolute()
    if place.folder in {there, there / FOLDER} or (address == place.url and not place.is_server):
        raise InvalidInput(f"{place} is this very store.", hint="Name another one.")
    before = _waiting(place)
    with open_local(place.here) as client:
        report = push(client.store, address, state, told=told)
        report.notes = client.notes + report.notes
    if before and before == _waiting(place):
        waiting(place).unlink(missing_ok=True)
    return report


def _waiting(place: Place) -> str:
    try:
        return waiting(place).read_text() if place.is_server else ""
    except OSError:
        return ""


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


def _away(error: Exception, report: PushReport, waiting: int, note: Path | None) -> StoreError:
    wait = "waits" if waiting == 1 else "wait"
    hint = f"Nothing is lost: {counted(waiting, 'event')} {wait} here for the next push."
    if isinstance(error, NoStore) and note is not None:
        hint += f" If that store is gone for good, delete {note} and push again to make a new one."
    return StoreError(f"Cannot push to {report.remote}: {error}", hint=hint)


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
