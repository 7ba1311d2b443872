"""All that producers have told, added up: a function of the set of events, not of their order.

The view is memory only. It is made from the events in the ledger and brought up to its end before
it is used; several servers over one store each have their own, and agree. What holds of several
events is that of the latest by its own time, whenever it arrived.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

import msgspec

from forebear.core.addresses import canonical
from forebear.core.errors import ForebearError
from forebear.core.events import LocationSeen, Stated, decode
from forebear.core.ids import derived_id
from forebear.core.ports import Store
from forebear.exchange.openlineage import facets
from forebear.exchange.openlineage.explicit import key_of, spelled_out
from forebear.exchange.openlineage.naming import (
    DatasetKey,
    JobKey,
    artifact_id,
    registered_name,
    uri_of,
)
from forebear.exchange.openlineage.naming import plain_name as plain
from forebear.exchange.openlineage.plain import is_model
from forebear.exchange.openlineage.reading import Dataset, Told, tell
from forebear.exchange.openlineage.states import DatasetState, JobState, RunState
from forebear.exchange.openlineage.symlinks import Symlinks
from forebear.exchange.openlineage.topics import EVENT, OURS, kept_event, statement_id

__all__ = ["Sighting", "Spoken", "View", "column_sources"]

_MARKS: Final = (b'"event":"location"', *(b'"topic":"%s"' % name.encode() for name in OURS))
_PAGE: Final = 1000


@dataclass(slots=True, frozen=True, order=True)
class Sighting:
    """Content that was seen at an address by what is not a producer of OpenLineage."""

    at: datetime
    artifact: str
    mode: str


@dataclass(slots=True, frozen=True)
class Spoken:
    """What a statement says, which one of its kind it is, and of what moment."""

    value: Any
    count: int
    at: datetime


class View:
    """What producers have told. Use it inside `with view.lock`."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.lock = threading.RLock()
        self.runs: dict[str, RunState] = {}
        self.jobs: dict[JobKey, JobState] = {}
        self.datasets: dict[DatasetKey, DatasetState] = {}
        self.links = Symlinks()
        self.events: list[tuple[datetime, int]] = []
        """Time and seq of each event of a run as it came."""
        self.sightings: dict[str, set[Sighting]] = {}
        self.said: dict[tuple[str, str, str], Spoken] = {}
        """The last statement of the receiver's own on a topic, about a thing, under a key."""
        self.dirty: set[str] = set()
        """Runs of which something new is known that is not in the graph yet."""
        self.dirty_jobs: set[JobKey] = set()
        self.dirty_datasets: set[DatasetKey] = set()
        self._uris: dict[str, set[DatasetKey]] = {}
        self._names: dict[str, set[DatasetKey]] = {}
        self._seq = 0

    def catch_up(self) -> None:
        """Take in what was recorded since."""
        size = self.store.head().size
        if size == self._seq:
            return
        if not self._seq and not self.store.statements.history([EVENT.name], limit=1):
            return  # nobody has ever sent an event: there is no need to read a whole ledger
        events = self.store.events(self._seq)
        while page := list(islice(events, _PAGE)):
            for one in page:
                if any(mark in one.body for mark in _MARKS):
                    event = decode(self.store.identities.reveal(one.body))
                    if isinstance(event, Stated):
                        self._stated(one.seq, event)
                    elif isinstance(event, LocationSeen):
                        self._seen(event)
                self._seq = one.seq

    def run_id(self, run: str, job: JobKey) -> str:
        """Return the id in the graph of a run: its own, or if another job has that, a made one."""
        known = self.runs.get(run)
        if known is None or known.job == job:
            return run
        return self.other_id(run, job)

    @staticmethod
    def other_id(run: str, job: JobKey) -> str:
        """Return the id of a run whose own id is also that of a run of another job."""
        return derived_id("openlineage", job.namespace, job.name, run)

    def name_of(self, key: DatasetKey) -> str:
        """Return how the catalog calls a data set."""
        return registered_name(key, min(self._names.get(plain(key), {key})) != key)

    def canonical(self, key: DatasetKey) -> DatasetKey:
        """Return the one name of a data set."""
        return self.links.canonical(key)

    def dataset(self, key: DatasetKey) -> DatasetState | None:
        """Return a data set by any of its names."""
        return self.datasets.get(self.canonical(key))

    def _stated(self, seq: int, event: Stated) -> None:
        if event.topic == EVENT.name:
            try:
                told = tell(kept_event(event, self.store.blobs))
            except (ForebearError, msgspec.MsgspecError):
                return  # a later version took it, or it is none; it stays in the ledger
            if told.kind == "run":
                self.events.append((told.at, seq))
            self._take(spelled_out(told))
            return
        place = event.topic, event.about, event.key
        count = self.said[place].count + 1 if place in self.said else 1
        # What people say on the same topics has other ids, and is theirs.
        if event.id == statement_id(event.time, place, event.value, count):
            self.said[place] = Spoken(event.value, count, event.time)

    def _seen(self, event: LocationSeen) -> None:
        is_ours = event.run in self.runs if event.run else event.artifact == artifact_id(event.uri)
        if is_ours:
            return
        seen = Sighting(event.time, event.artifact, event.mode)
        uri = canonical(event.uri)
        self.sightings.setdefault(uri, set()).add(seen)
        for key in self._uris.get(uri, ()):
            self._changed(self._dataset(key), event.time)

    def _take(self, told: Told) -> None:
        for dataset in _all_datasets(told):
            found = facets.read(dataset.facets, "symlinks", facets.Symlinks)
            others = [key_of(one) for one in found.identifiers] if found else []
            if self.links.add(dataset.key, others):
                self._move()
        if told.kind == "run":
            assert told.run is not None
            assert told.job is not None
            id = self.run_id(told.run, told.job)
            run = self.runs.setdefault(id, RunState(id=id, job=told.job))
            run.add(told)
            self.dirty.add(id)
            job = self._job(told.job)
            job.runs[id] = run
            job.latest.add(told.order, told.job_facets)
            run.writing |= {dataset.key for dataset in told.outputs}
            for key in run.writing:
                self._dataset(key).writes = None
            self._meet(told.inputs, told, run.id, writes=False)
            self._meet(told.outputs, told, run.id, writes=True)
        elif told.kind == "job":
            assert told.job is not None
            job = self._job(told.job)
            job.add(told)
            job.latest.add(told.order, told.job_facets)
            self.dirty_jobs.add(told.job)
            self._meet([*told.inputs, *told.outputs], told, None, writes=False)
        elif told.dataset is not None:
            self._meet([told.dataset], told, None, writes=False)

    def _job(self, key: JobKey) -> JobState:
        return self.jobs.setdefault(key, JobState(key=key))

    def _meet(
        self, datasets: Iterable[Dataset], told: Told, run: str | None, *, writes: bool
    ) -> None:
        for dataset in datasets:
            state = self._dataset(dataset.key)
            if run is None:
                state.told[f"{told.digest} {dataset.key.name}"] = told, dataset
            state.latest.add(told.order, dataset.facets)
            state.is_model |= is_model(dataset.facets)
            self.dirty_datasets.add(state.key)
            if run is not None:
                (state.writers if writes else state.readers).add(run)
            for source in column_sources(dataset):
                other = self._dataset(source)
                if run is not None:
                    other.readers.add(run)
            if writes:
                self._changed(state, told.at)

    def _changed(self, state: DatasetState, at: datetime) -> None:
        """Look again at whoever may have read what was written then."""
        self.dirty_datasets.add(state.key)
        self.dirty |= {one for one in state.readers if self.runs[one].ordered[-1].at >= at}

    def _dataset(self, key: DatasetKey) -> DatasetState:
        key = self.canonical(key)
        if key not in self.datasets:
            self.datasets[key] = DatasetState(key)
            self._uris.setdefault(uri_of(key), set()).add(key)
            self._names.setdefault(plain(key), set()).add(key)
        return self.datasets[key]

    def _move(self) -> None:
        """Put data sets together that have turned out to be one."""
        for key in list(self.datasets):
            one = self.canonical(key)
            if one == key:
                continue
            gone = self.datasets.pop(key)
            self._names[plain(key)].discard(key)
            state = self._dataset(one)
            state.join(gone)
            state.writes = None
            self.dirty |= state.readers | state.writers
            self._uris.get(uri_of(key), set()).discard(key)


def column_sources(dataset: Dataset) -> Iterator[DatasetKey]:
    """Yield the data sets from which columns of a data set are said to come."""
    found = facets.read(dataset.facets, "columnLineage", facets.ColumnLineage)
    if found is None:
        return
    for one in found.fields.values():
        for source in one.input_fields:
            yield key_of(source)
    for source in found.dataset or ():
        yield key_of(source)


def _all_datasets(told: Told) -> Iterator[Dataset]:
    yield from told.inputs
    yield from told.outputs
    if told.dataset is not None:
        yield told.dataset
