"""All that producers have told, added up: a function of the set of events, not of their order.

The view is memory only. It is made from the events in the ledger and brought up to its end before
it is used; several servers over one store each have their own, and agree. What holds of several
events is that of the latest by its own time, whenever it arrived.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any, Final

from forebear.core.errors import ForebearError
from forebear.core.events import LocationSeen, Stated, decode
from forebear.core.ids import derived_id
from forebear.core.ports import Store
from forebear.exchange.openlineage import facets
from forebear.exchange.openlineage.naming import (
    DatasetKey,
    JobKey,
    artifact_id,
    registered_name,
    unquoted,
    uri_of,
)
from forebear.exchange.openlineage.naming import plain_name as plain
from forebear.exchange.openlineage.plain import is_model
from forebear.exchange.openlineage.reading import TERMINAL, Dataset, Told, tell
from forebear.exchange.openlineage.symlinks import Symlinks
from forebear.exchange.openlineage.topics import EVENT, OURS, kept_event, statement_id

__all__ = [
    "DatasetState",
    "JobState",
    "Part",
    "RunState",
    "Sighting",
    "Spoken",
    "View",
    "column_sources",
    "key_of",
]

_MARKS: Final = (b'"event":"location"', *(b'"topic":"%s"' % name.encode() for name in OURS))
_PAGE: Final = 1000


@dataclass(slots=True)
class Part:
    """A data set in one run: all that its events said of it, and when first and last."""

    key: DatasetKey
    facets: dict[str, Any]
    use: dict[str, Any]
    first: datetime
    last: datetime
    versions: list[str]
    """The source's own versions, in the order in which they were said."""


class Latest:
    """Facets by name, each as it was last told, and when anything was told first and last."""

    def __init__(self) -> None:
        self._facets: dict[str, tuple[Any, Any]] = {}
        self._times: tuple[datetime, ...] = ()

    def add(self, order: tuple[datetime, int, str], found: dict[str, Any]) -> None:
        """Take in what an event tells."""
        for name, one in found.items():
            if name not in self._facets or self._facets[name][0] <= order:
                self._facets[name] = order, one
        self._stretch(order[0])

    def join(self, other: Latest) -> None:
        """Take in what was told of the same thing under another name."""
        for name, (order, one) in other._facets.items():
            self.add(order, {name: one})
        for at in other._times:
            self._stretch(at)

    @property
    def known(self) -> dict[str, Any]:
        """The facets that were not taken away again."""
        return _merged([{name: one for name, (_, one) in self._facets.items()}])

    @property
    def times(self) -> list[datetime]:
        """The first and the last moment, if there is any."""
        return list(self._times)

    def _stretch(self, at: datetime) -> None:
        both = (*self._times, at)
        self._times = min(both), max(both)


@dataclass
class _Many:
    """Something of which several events tell."""

    told: dict[str, Told] = field(default_factory=dict)

    def add(self, one: Told) -> None:
        """Take in an event."""
        self.told[one.digest] = one
        self.__dict__.pop("ordered", None)

    @cached_property
    def ordered(self) -> list[Told]:
        """The events by their own time."""
        return sorted(self.told.values(), key=lambda one: one.order)


@dataclass
class RunState(_Many):
    """One run."""

    id: str = ""
    job: JobKey = field(default_factory=lambda: JobKey("", ""))
    writing: set[DatasetKey] = field(default_factory=set)
    _parts: dict[str, tuple[tuple[int, int], dict[DatasetKey, Part]]] = field(default_factory=dict)

    @property
    def known(self) -> dict[str, Any]:
        """Facets of the run: a later one replaces an earlier one of its name whole."""
        return _merged(one.run_facets for one in self.ordered)

    @property
    def job_facets(self) -> dict[str, Any]:
        """Facets of the job, as this run tells of it."""
        return _merged(one.job_facets for one in self.ordered)

    @property
    def state(self) -> str:
        """How it stands: an end that was told of stays, whatever is told later."""
        ends = [one for one in self.ordered if one.state in TERMINAL]
        if ends:
            return {"COMPLETE": "COMPLETED", "FAIL": "FAILED", "ABORT": "ABORTED"}[
                str(ends[-1].state)
            ]
        return "RUNNING" if self.told else "NEW"

    @property
    def started(self) -> datetime | None:
        """When it began, by the first that was told of it."""
        return self.ordered[0].at if self.told else None

    @property
    def ended(self) -> datetime | None:
        """When it ended."""
        ends = [one.at for one in self.ordered if one.state in TERMINAL]
        return ends[-1] if ends else None

    @property
    def is_whole(self) -> bool:
        """Whether what it read and wrote may be taken for all: it ended, or will never say so."""
        if self.ended is not None:
            return True
        if not any(one.state in ("START", "RUNNING") for one in self.told.values()):
            return bool(self.told)
        kind = facets.read(self.job_facets, "jobType", facets.JobType)
        return kind is not None and str(kind.processing_type).upper() == "STREAMING"

    def parts(self, side: str, links: Symlinks) -> dict[DatasetKey, Part]:
        """Return the data sets on one side (`inputs`, `outputs`), of all events together."""
        made = len(self.told), links.changes
        known = self._parts.get(side)
        if known is None or known[0] != made:
            known = self._parts[side] = made, _parts(self.ordered, side, links)
        return known[1]

    @property
    def parent(self) -> facets.Parent | None:
        """The run that it is part of."""
        found = (facets.read(one.run_facets, "parent", facets.Parent) for one in self.ordered)
        return next((one for one in found if one is not None), None)


@dataclass
class JobState(_Many):
    """One job, with its runs by id and what was declared of it without a run."""

    key: JobKey = field(default_factory=lambda: JobKey("", ""))
    runs: dict[str, RunState] = field(default_factory=dict)

    latest: Latest = field(default_factory=Latest)
    """Facets of the job, of all events that tell of it."""

    @property
    def known(self) -> dict[str, Any]:
        """Facets that hold now."""
        return self.latest.known

    def declared(self, side: str, links: Symlinks) -> dict[DatasetKey, Part]:
        """Return the data sets on one side that were declared without a run."""
        return _parts(self.ordered, side, links)

    def times(self) -> list[datetime]:
        """Return when something was told of it first and last."""
        return self.latest.times


@dataclass
class DatasetState:
    """One data set, under all its names."""

    key: DatasetKey
    told: dict[str, tuple[Told, Dataset]] = field(default_factory=dict)
    """Events without a run that speak of it."""
    readers: set[str] = field(default_factory=set)
    writers: set[str] = field(default_factory=set)
    """Runs."""

    latest: Latest = field(default_factory=Latest)
    """Facets of all events that speak of it."""
    is_model: bool = False
    """Whether it was ever said to be a model."""
    writes: list[Any] | None = None
    """What runs have written to it, where that was worked out (`versions.writes`)."""

    @property
    def static(self) -> list[tuple[Told, Dataset]]:
        """What was said of it without a run, by the time of the events."""
        return sorted(self.told.values(), key=lambda one: one[0].order)

    @property
    def known(self) -> dict[str, Any]:
        """Facets that hold now."""
        return self.latest.known

    def join(self, other: DatasetState) -> None:
        """Take in what was known under another name."""
        self.told |= other.told
        self.readers |= other.readers
        self.writers |= other.writers
        self.latest.join(other.latest)
        self.is_model |= other.is_model


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
        """Time and seq of each event as it came."""
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
            except ForebearError:
                return  # a later version took it; it stays in the ledger
            self.events.append((told.at, seq))
            self._take(told)
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
        self.sightings.setdefault(event.uri, set()).add(seen)
        for key in self._uris.get(event.uri, ()):
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


def key_of(named: facets.InputField | facets.Identifier | facets.LineageEntry) -> DatasetKey:
    """Return the key of a data set that a facet names."""
    return DatasetKey(named.namespace.rstrip("/") or "/", unquoted(named.name))


def _all_datasets(told: Told) -> Iterator[Dataset]:
    yield from told.inputs
    yield from told.outputs
    if told.dataset is not None:
        yield told.dataset


def _parts(ordered: list[Told], side: str, links: Symlinks) -> dict[DatasetKey, Part]:
    found: dict[DatasetKey, Part] = {}
    for told in ordered:
        for dataset in getattr(told, side):
            key = links.canonical(dataset.key)
            part = found.get(key)
            if part is None:
                part = found[key] = Part(key, {}, {}, told.at, told.at, [])
            part.facets = _merged((part.facets, dataset.facets))
            part.use = _merged((part.use, dataset.use))
            part.last = told.at
            version = facets.read(dataset.facets, "version", facets.Version)
            if version is not None and str(version.dataset_version) not in part.versions:
                part.versions.append(str(version.dataset_version))
    return found


def _merged(many: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Add facets up: a later one replaces that of its name, and may take it away."""
    merged: dict[str, Any] = {}
    for some in many:
        merged |= some
    return {
        name: one
        for name, one in merged.items()
        if not (isinstance(one, dict) and one.get("_deleted") is True)
    }
