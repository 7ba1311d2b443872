"""Runs, jobs and data sets in the form in which Marquez gives them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from forebear.core.catalog import TAG, Tag
from forebear.core.digest import of_bytes
from forebear.core.statements import about_name
from forebear.exchange.openlineage import facets, versions
from forebear.exchange.openlineage.naming import DatasetKey, JobKey, uri_of
from forebear.exchange.openlineage.sayings import tags_of
from forebear.exchange.openlineage.states import DatasetState, JobState, Part, RunState
from forebear.exchange.openlineage.view import View

__all__ = ["Shapes", "first_told", "moment"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def moment(at: datetime | None) -> str | None:
    """Return a moment as Marquez writes it."""
    return None if at is None else at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def first_told(view: View) -> dict[str, datetime]:
    """Return when each namespace of data sets was first told of."""
    found: dict[str, datetime] = {}
    for state in view.datasets.values():
        for at in _times(state)[:1]:
            found[state.key.namespace] = min(at, found.get(state.key.namespace, at))
    return found


def identifier(key: JobKey | DatasetKey) -> dict[str, str]:
    """Return how a job or a data set is named."""
    return {"namespace": key.namespace, "name": key.name}


def version_uuid(artifact: str) -> str:
    """Return the id of a version as Marquez has it: the first half of its digest."""
    digits = artifact.partition(":")[2] or of_bytes(artifact.encode()).partition(":")[2]
    return str(uuid.UUID(digits[:32]))


class Shapes:
    """Puts what a view knows into Marquez' words."""

    def __init__(self, view: View) -> None:
        self.view = view

    @cached_property
    def tags(self) -> dict[str, dict[str, Tag]]:
        """All tags, by what they are about: those that producers told and those of people."""
        found: dict[str, dict[str, Tag]] = {}
        for one in TAG.latest(self.view.store.statements):
            found.setdefault(one.row.about, {})[one.row.key] = one.value
        return found

    def tags_of(self, thing: DatasetState | JobState) -> dict[str, Tag]:
        """Return the tags of a data set or a job."""
        said, view = self.tags.get(self.about(thing), {}), self.view
        if isinstance(thing, JobState):
            is_new = thing.key in view.dirty_jobs or not view.dirty.isdisjoint(thing.runs)
        else:
            is_new = thing.key in view.dirty_datasets
        # What producers have only just told is not said in statements yet.
        return {**tags_of(thing.known), **said} if is_new else said

    def about(self, thing: DatasetState | JobState) -> str:
        """Return how statements write a data set or a job."""
        if isinstance(thing, JobState):
            return thing.key.about
        return about_name("model" if thing.is_model else "data", self.view.name_of(thing.key))

    def namespaces(self) -> list[dict[str, Any]]:
        """Return all namespaces, by name."""
        times: dict[str, list[datetime]] = {}
        for job in self.view.jobs.values():
            times.setdefault(job.key.namespace, []).extend(job.times())
        for state in self.view.datasets.values():
            times.setdefault(state.key.namespace, []).extend(_times(state))
        return [
            {
                "name": name,
                "createdAt": moment(min(said, default=_EPOCH)),
                "updatedAt": moment(max(said, default=_EPOCH)),
                "ownerName": "anonymous",
                "description": None,
                "isHidden": False,
            }
            for name, said in sorted(times.items())
        ]

    def sources(self) -> list[dict[str, Any]]:
        """Return where data lies: the namespaces of data sets."""
        times: dict[str, list[datetime]] = {}
        for state in self.view.datasets.values():
            times.setdefault(state.key.namespace, []).extend(_times(state))
        return [
            {
                "type": name.partition("://")[0].upper(),
                "name": name,
                "createdAt": moment(min(said, default=_EPOCH)),
                "updatedAt": moment(max(said, default=_EPOCH)),
                "connectionUrl": name,
                "description": None,
            }
            for name, said in sorted(times.items())
        ]

    def dataset(self, state: DatasetState) -> dict[str, Any]:
        """Return a data set as it is now."""
        known, times = state.known, _times(state)
        latest = self._versions(state)
        made = [at for at, _, _, _ in latest]
        columns = facets.read(known, "columnLineage", facets.ColumnLineage)
        return {
            **self._described(state, known),
            "createdAt": moment(min(times, default=_EPOCH)),
            "updatedAt": moment(max(times, default=_EPOCH)),
            "lastModifiedAt": moment(max(made, default=None)),
            "lastLifecycleState": _lifecycle(known),
            "currentVersion": version_uuid(latest[-1][1]) if latest else None,
            "columnLineage": _columns(columns),
            "deleted": self._is_gone(state, max(made, default=_EPOCH)),
        }

    @staticmethod
    def _is_gone(state: DatasetState, written: datetime) -> bool:
        """Tell whether a data set was dropped, and nothing was written to it since."""
        dropped = state.latest.told_at("lifecycleStateChange")
        is_dropped = _lifecycle(state.known) == "DROP"
        return is_dropped and dropped is not None and dropped >= written

    def dataset_versions(self, state: DatasetState) -> list[dict[str, Any]]:
        """Return the versions of a data set, newest first."""
        return [
            {
                **self._described(state, part.facets if part else state.known),
                "id": {**identifier(state.key), "version": version_uuid(artifact)},
                "createdAt": moment(at),
                "lastModifiedAt": moment(at),
                "version": version_uuid(artifact),
                "lifecycleState": _lifecycle(part.facets if part else {}),
                "createdByRun": self.run(run) if run else None,
                "forebear": {"artifact": artifact},
            }
            for at, artifact, run, part in reversed(self._versions(state))
        ]

    def _described(self, state: DatasetState, known: dict[str, Any]) -> dict[str, Any]:
        tags = sorted(self.tags_of(state).items())
        schema = facets.read(known, "schema", facets.Schema)
        text = facets.read(state.known, "documentation", facets.Documentation)
        return {
            "id": identifier(state.key),
            "type": "DB_TABLE"
            if "#" in uri_of(state.key)
            else "STREAM"
            if state.key.namespace.startswith("kafka")
            else "DB_TABLE",
            "name": state.key.name,
            "physicalName": state.key.name,
            "namespace": state.key.namespace,
            "sourceName": state.key.namespace,
            "fields": [
                {
                    "name": one.name,
                    "type": one.type,
                    "tags": [name for name, tag in tags if one.name in tag.columns],
                    "description": one.description,
                }
                for one in (schema.fields if schema else [])
            ],
            "tags": [name for name, tag in tags if not tag.columns],
            "description": text.description if text else None,
            "facets": known,
        }

    def _versions(
        self, state: DatasetState
    ) -> list[tuple[datetime, str, RunState | None, Part | None]]:
        """Return the versions of a data set, oldest first, each artifact once.

        What nobody was seen to write has those that were read, or at least the one it is.
        """
        found: list[tuple[datetime, str, RunState | None, Part | None]] = []
        for id in state.writers:
            run = self.view.runs[id]
            part = run.parts("outputs", self.view.links).get(state.key)
            at = run.ended or run.ordered[-1].at
            made = versions.written(part, run) if part else []
            found += [(at, one.artifact, run, part) for one in made]
        seen = (one for one in versions.writes(self.view, state.key) if not one.by_run)
        found += [(one.at, one.artifact, None, None) for one in seen]
        if not found:
            found = self._read_of(state)
        once: dict[str, Any] = {}
        for row in sorted(found, key=lambda row: row[:2]):
            once.setdefault(row[1], row)
        return list(once.values())

    def _read_of(
        self, state: DatasetState
    ) -> list[tuple[datetime, str, RunState | None, Part | None]]:
        runs = (self.view.runs[id] for id in state.readers)
        parts = (run.parts("inputs", self.view.links).get(state.key) for run in runs)
        told = [
            (part.first, one.artifact, None, part)
            for part in parts
            if part is not None
            for one in versions.said(part)
        ]
        first = min(_times(state), default=_EPOCH)
        return [*told] or [(first, versions.whole(state.key).artifact, None, None)]

    def run(self, run: RunState) -> dict[str, Any]:
        """Return a run."""
        nominal = run.known.get("nominalTime")
        times = nominal if isinstance(nominal, dict) else {}
        length = None if run.ended is None or run.started is None else run.ended - run.started
        told = run.known
        settings = facets.read(told, "executionParameters", facets.Parameters)
        parts = {side: run.parts(side, self.view.links) for side in ("inputs", "outputs")}
        return {
            "id": run.id,
            "createdAt": moment(run.started),
            "updatedAt": moment(run.ordered[-1].at),
            "nominalStartTime": times.get("nominalStartTime"),
            "nominalEndTime": times.get("nominalEndTime"),
            "state": run.state,
            "startedAt": moment(run.started),
            "endedAt": moment(run.ended),
            "durationMs": None if length is None else round(length.total_seconds() * 1000),
            "args": {one.key: one.value for one in settings.parameters} if settings else {},
            "jobVersion": {**identifier(run.job), "version": self._job_version(run.job)},
            "inputDatasetVersions": [
                self._version(part, one, "inputFacets")
                for part in parts["inputs"].values()
                for one in versions.read(self.view, part, run)
            ],
            "outputDatasetVersions": [
                self._version(part, one, "outputFacets")
                for part in parts["outputs"].values()
                for one in versions.written(part, run)
            ],
            "facets": told,
        }

    def _version(self, part: Part, one: versions.Version, use: str) -> dict[str, Any]:
        version = {**identifier(part.key), "version": version_uuid(one.artifact)}
        return {"datasetVersionId": version, "facets": part.facets, use: part.use}

    def job(self, job: JobState) -> dict[str, Any]:
        """Return a job with its latest run."""
        known, times = job.known, job.times()
        kind = facets.read(known, "jobType", facets.JobType)
        text = facets.read(known, "documentation", facets.Documentation)
        place = known.get("sourceCodeLocation")
        latest = self.latest_runs(job)
        parent = latest[0].parent if latest else None
        return {
            "id": identifier(job.key),
            "type": _job_kind(kind),
            "name": job.key.name,
            "simpleName": job.key.name,
            "parentJobName": parent.job.name if parent else None,
            "parentJobUuid": None,
            "createdAt": moment(min(times, default=_EPOCH)),
            "updatedAt": moment(max(times, default=_EPOCH)),
            "namespace": job.key.namespace,
            "inputs": [identifier(key) for key in self.io(job, "inputs")],
            "outputs": [identifier(key) for key in self.io(job, "outputs")],
            "location": place.get("url") if isinstance(place, dict) else None,
            "description": text.description if text else None,
            "latestRun": self.run(latest[0]) if latest else None,
            # Of an empty list Marquez' pages want the longest run, and break.
            "latestRuns": [self.run(one) for one in latest[:10]] or None,
            "tags": sorted(self.tags_of(job)),
            "labels": [f"{kind.integration}_{kind.job_type}"] if kind and kind.job_type else [],
            "currentVersion": self._job_version(job.key),
            "facets": known,
        }

    def latest_runs(self, job: JobState) -> list[RunState]:
        """Return the runs of a job, newest first."""
        runs = job.runs.values()
        return sorted(runs, key=lambda run: (run.ordered[0].at, run.id), reverse=True)

    def io(self, job: JobState, side: str) -> list[DatasetKey]:
        """Return the data sets on one side of a job: those of its last run that told of any.

        What a run is silent of is not gone. What was declared without a run holds too.
        """
        found = dict.fromkeys(job.declared(side, self.view.links))
        for run in self.latest_runs(job):
            parts = list(run.parts(side, self.view.links))
            if side == "inputs":
                made = run.parts("outputs", self.view.links)
                parts += [key for part in made.values() for key in self._column_inputs(part, made)]
            if parts:
                return sorted(found | dict.fromkeys(parts))
        return sorted(found)

    def _column_inputs(self, part: Part, made: dict[DatasetKey, Part]) -> Iterable[DatasetKey]:
        from forebear.exchange.openlineage.tying import sources_in

        said = facets.read(part.facets, "columnLineage", facets.ColumnLineage)
        keys = (self.view.canonical(key) for key in sources_in(said))
        return [key for key in keys if key not in made]

    def _job_version(self, key: JobKey) -> str:
        job = self.view.jobs[key]
        parts = [str((side, self.io(job, side))) for side in ("inputs", "outputs")]
        return version_uuid(of_bytes("\n".join([key.about, *parts]).encode()))


def _job_kind(kind: facets.JobType | None) -> str:
    said = str(kind.processing_type).upper() if kind else ""
    return {"STREAMING": "STREAM", "SERVICE": "SERVICE"}.get(said, "BATCH")


def _times(state: DatasetState) -> Sequence[datetime]:
    return state.latest.times


def _lifecycle(known: dict[str, Any]) -> str | None:
    said = known.get("lifecycleStateChange")
    word = said.get("lifecycleStateChange") if isinstance(said, dict) else None
    return word if isinstance(word, str) else None


def _columns(found: facets.ColumnLineage | None) -> list[dict[str, Any]] | None:
    if found is None:
        return None
    return [
        {
            "name": name,
            "inputFields": [
                {"namespace": one.namespace, "dataset": one.name, "field": one.field}
                for one in sources.input_fields
            ],
            "transformationDescription": None,
            "transformationType": sources.transformation_type,
        }
        for name, sources in sorted(found.fields.items())
    ]
