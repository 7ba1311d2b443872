"""Runs, jobs and data sets, each added up from all events that tell of it, by their own time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from forebear.exchange.openlineage import facets
from forebear.exchange.openlineage.naming import DatasetKey, JobKey
from forebear.exchange.openlineage.reading import TERMINAL, Dataset, Told
from forebear.exchange.openlineage.symlinks import Symlinks

__all__ = ["DatasetState", "JobState", "Part", "RunState"]


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

    def told_at(self, name: str) -> datetime | None:
        """Return when a facet was last told."""
        found = self._facets.get(name)
        return None if found is None else found[0][0]

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
        if kind is not None and kind.processing_type is not None:
            return kind.processing_type.upper() == "STREAMING"
        # An older Flink says no type of a job that streams; but who makes checkpoints does.
        return "checkpoints" in self.known

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
        found = (facets.parent_of(one.run_facets) for one in self.ordered)
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
