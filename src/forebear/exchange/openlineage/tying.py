"""What the events of a run mean together: its edges, artifacts, columns and what is said of them.

Which version was read follows from all that is known of who wrote it when, and edges are never
taken back. So runs are tied to data sets after what arrives together has arrived, and when they
have ended; each time in the order of their own time. Done again nothing changes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

import msgspec

from forebear.core.digest import is_digest
from forebear.core.entities import Column
from forebear.core.events import (
    AnyEvent,
    ArtifactRecorded,
    Derived,
    Event,
    Link,
    LocationSeen,
    RunStarted,
    StepRecorded,
    VersionNamed,
    encode,
)
from forebear.core.ids import derived_id
from forebear.exchange.openlineage import facets, versions
from forebear.exchange.openlineage.columns import flow_of
from forebear.exchange.openlineage.explicit import key_of
from forebear.exchange.openlineage.naming import DatasetKey, event_id, run_uuid, uri_of
from forebear.exchange.openlineage.plain import is_training
from forebear.exchange.openlineage.sayings import Sayings, assertions_of
from forebear.exchange.openlineage.states import DatasetState, JobState, Part, RunState
from forebear.exchange.openlineage.versions import Met, Version
from forebear.exchange.openlineage.view import View

__all__ = ["Tie", "columns_of", "settle"]

E = TypeVar("E", bound=Event)
Group = tuple[list[DatasetKey], list[DatasetKey]]
"""Data sets that went into data sets."""
_NONE: Final = ""
_log = logging.getLogger(__name__)


def settle(view: View) -> list[AnyEvent]:
    """Return what follows from all that is new in the view, and take it for done."""
    made: list[AnyEvent] = []
    for run in sorted((view.runs[id] for id in view.dirty), key=_place):
        made += _harmless(partial(_of_run, view, run), run.id)
    for job in sorted(view.dirty_jobs):
        made += _harmless(partial(_declared, view, view.jobs[job]), job.about)
    for key in sorted(key for key in view.dirty_datasets if key in view.datasets):
        made += _harmless(partial(_of_dataset, view, view.datasets[key]), key.about)
    view.dirty, view.dirty_jobs, view.dirty_datasets = set(), set(), set()
    # A name's number depends on all before it, which the store has to write first: those together
    # are written once for all names, and not once for each.
    return sorted(made, key=lambda one: isinstance(one, VersionNamed))


def _harmless(work: Callable[[], list[AnyEvent]], of: str) -> list[AnyEvent]:
    """Return what one thing means; what is wrong with it keeps nobody else out of the graph."""
    try:
        return work()
    except Exception:
        _log.exception("What was told of %s could not be tied to the graph.", of)
        return []


def _of_run(view: View, run: RunState) -> list[AnyEvent]:
    return Tie(view, run).events()


def _place(run: RunState) -> tuple[datetime, str]:
    return run.ended or run.ordered[-1].at, run.id


def identified(event: E) -> E:
    """Return an event with the id that follows from what it says."""
    blank: Any = msgspec.structs.replace(event, id=_NONE)
    body = encode(blank).decode()
    return msgspec.structs.replace(event, id=event_id(event.time, "openlineage", body))


class Tie:
    """One run on its way into the graph."""

    def __init__(self, view: View, run: RunState) -> None:
        self.view, self.run = view, run
        self.at = run.ended or run.ordered[-1].at
        self.inputs = dict(run.parts("inputs", view.links))
        self.outputs = run.parts("outputs", view.links)
        for part in self.outputs.values():
            self._add_column_sources(part)
        self.groups = self._groups()
        self.read = {key: versions.read(view, part, run) for key, part in self.inputs.items()}
        self.written = {key: versions.written(part, run) for key, part in self.outputs.items()}
        self.met = Met(view, self.inputs, self.outputs, self.read, self.written)
        self.is_training = any(is_training(one) for one in run.ordered)

    def events(self) -> list[AnyEvent]:
        """Return all that follows."""
        made: list[AnyEvent] = [*self._above()]
        for parts, known, mode in (
            (self.inputs, self.read, "read"),
            (self.outputs, self.written, "write"),
        ):
            for key, part in parts.items():
                for version in known[key]:
                    made += self._artifact(part, version, mode)
        made += [step for group in self.groups for step in self._step(group)]
        return made + Sayings(self.view).of_run(self.run, self._told_of())

    def _told_of(self) -> list[tuple[Part, str]]:
        """Return what is said of which artifact; of what was read only what is sure."""
        both = [(self.inputs, self.read), (self.outputs, self.written)]
        return [
            (parts[key], one.artifact)
            for parts, known in both
            for key in parts
            for one in known[key]
        ]

    def _add_column_sources(self, part: Part) -> None:
        """Count what columns come from as read, where it is not said to be."""
        found = facets.read(part.facets, "columnLineage", facets.ColumnLineage)
        for key in sources_in(found):
            if self.view.canonical(key) == part.key:
                self._add_itself(part)
            self._add_input(key, part)

    def _add_itself(self, part: Part) -> None:
        """Count as read what was there before, where a merge or an update goes on from it."""
        before = versions.writes(self.view, part.key, but=self.run.id)
        if any(one.at <= part.first for one in before):
            self.inputs.setdefault(part.key, Part(part.key, {}, {}, part.first, part.last, []))

    def _add_input(self, key: DatasetKey, part: Part) -> DatasetKey:
        one = self.view.canonical(key)
        if one not in self.inputs and one not in self.outputs:
            self.inputs[one] = Part(one, {}, {}, part.first, part.last, [])
        return one

    def _groups(self) -> list[Group]:
        """Return what went into what: what is said explicitly, else all into all."""
        said = self._explicit()
        if said is None:
            return [(list(self.inputs), list(self.outputs))]
        groups: list[Group] = []
        for target, sources in said.items():
            keys = [self._add_input(key_of(one), self.outputs[target]) for one in sources]
            groups.append((list(dict.fromkeys(keys)), [target]))
        used = {key for sources, _ in groups for key in sources}
        groups += [([], [key]) for key in self.outputs if key not in said]
        unused = [key for key in self.inputs if key not in used]
        return [*groups, (unused, [])] if unused else groups

    def _explicit(self) -> dict[DatasetKey, list[facets.InputField]] | None:
        """Return what went into which output, where lineage facets of the job or of data say it."""
        said = facets.read(self.run.job_facets, "lineage", facets.LineageJob)
        targets = said.targets if said else []
        told = {self.view.canonical(key_of(one)): entry.sources for one, entry in targets}
        for key, part in self.outputs.items():
            own = facets.read(part.facets, "lineage", facets.LineageDataset)
            if own is not None and (own.inputs is not None or own.fields):
                told.setdefault(key, own.sources)
        found = {key: sources for key, sources in told.items() if key in self.outputs}
        return found if found or (said and said.entries) else None

    def _above(self) -> Iterable[AnyEvent]:
        """Announce the runs above: they began no later than this one, whatever they tell."""
        said, first = self.run.parent, self.run.ordered[0].at
        told = [one for one in (said, said.root) if one is not None] if said else []
        runs = {run_uuid(one.run.run_id): one.job for one in told}
        runs.pop(self.run.id, None)
        for id, parent in zip(runs, [*list(runs)[1:], None], strict=False):
            known = self.view.runs.get(id)
            is_told = known is not None and known.ordered[0].at <= first
            if known is not None and is_told and (parent is None or known.parent is not None):
                continue
            job = {"namespace": runs[id].namespace, "job": runs[id].name, "run": id}
            yield identified(
                RunStarted(
                    time=first,
                    run=id,
                    kind="run",
                    name=runs[id].name,
                    parent=parent,
                    started=first,
                    attrs={"openlineage": job},
                )
            )

    def _artifact(self, part: Part, version: Version, mode: Any) -> Iterable[AnyEvent]:
        yield identified(recorded(self.view, part, version, self.run.id))
        uri = uri_of(part.key)
        yield identified(
            LocationSeen(
                time=part.last, artifact=version.artifact, uri=uri, mode=mode, run=self.run.id
            )
        )
        yield named(self.view, part, version.artifact, self.run.id)

    def _step(self, group: Group) -> Iterable[AnyEvent]:
        sources, targets = group
        used = [link for key in sources for link in self._links(key)]
        # What a run only adds to has been there before it, and is no effect of itself.
        generated = [
            Link(artifact=one.artifact, evidence=one.evidence)
            for key in targets
            for one in self.written[key]
        ]
        made = {one.artifact for one in generated}
        used = [one for one in used if one.artifact not in made]
        if not used and not generated:
            return
        whole = len(self.groups) == 1
        name = "" if whole else "\n".join(f"{key.namespace}\n{key.name}" for key in targets)
        operations, flows = flow_of(self.met, sources, targets)
        yield identified(
            StepRecorded(
                time=self.at,
                run=derived_id(self.run.id, f"openlineage-step\n{name}"),
                parent=self.run.id,
                kind=self._kind(bool(generated)),
                name=self.run.job.name,
                started=self.run.ordered[0].at,
                ended=self.at,
                status="failed" if self.run.state in ("FAILED", "ABORTED") else "finished",
                used=used,
                generated=generated,
                operations=operations,
                flows=flows,
            )
        )

    def _kind(self, makes: bool) -> str:
        if self.is_training:
            return "train"
        if makes:
            return "transform"
        is_check = any(assertions_of(part.facets) for part in self.inputs.values())
        return "evaluate" if is_check else "ingest"

    def _links(self, key: DatasetKey) -> Iterable[Link]:
        part = self.inputs.get(key)
        use = facets.read(part.use, "forebear_use", facets.Use) if part else None
        role = "train" if self.is_training else "input"
        if is_model_set(self.view, key):
            role = "base" if self.is_training else "model"
        if use is not None and use.role is not None:
            role = use.role
        for one in self.read.get(key) or self.written.get(key, []):
            yield Link(
                artifact=one.artifact,
                role=role,
                slot=use.slot if use else None,
                evidence=one.evidence,
            )


def sources_in(found: facets.ColumnLineage | None) -> list[DatasetKey]:
    """Return the data sets that a facet of column lineage names."""
    if found is None:
        return []
    named_fields = [one for field in found.fields.values() for one in field.input_fields]
    return [key_of(one) for one in [*named_fields, *(found.dataset or ())]]


def is_model_set(view: View, key: DatasetKey) -> bool:
    """Tell whether a data set was ever said to be a model."""
    state = view.dataset(key)
    return state is not None and state.is_model


def recorded(view: View, part: Part, version: Version, run: str | None) -> ArtifactRecorded:
    """Return what is known of a version of a data set."""
    state = view.dataset(part.key)
    known = (state.known if state else {}) | part.facets
    amounts = [
        facets.read(part.facets, name, facets.Statistics)
        for name in ("outputStatistics", "dataQualityMetrics", "inputStatistics")
    ]
    storage = facets.read(known, "storage", facets.Storage)
    schema = facets.read(known, "schema", facets.Schema)
    attrs: dict[str, Any] = {
        "openlineage": {"namespace": part.key.namespace, "name": part.key.name}
    }
    if version.version is not None:
        attrs["version"] = version.version
    return ArtifactRecorded(
        time=part.last,
        artifact=version.artifact,
        kind="model" if is_model_set(view, part.key) else "data",
        digest=version.artifact,
        run=run,
        label=part.key.name,
        format=storage.file_format if storage else None,
        size=next(
            (n for one in amounts if one for n in (one.size, one.bytes) if n is not None), None
        ),
        rows=next((one.row_count for one in amounts if one and one.row_count is not None), None),
        columns=columns_of(schema.fields) if schema else [],
        by_reference=not _is_content(part, version),
        attrs=attrs,
    )


def columns_of(fields: Iterable[facets.SchemaField], above: str = "") -> list[Column]:
    """Return columns, those inside others with the names of both."""
    found = []
    for one in fields:
        found.append(Column(name=above + one.name, type=one.type or "unknown"))
        found += columns_of(one.fields, f"{above}{one.name}.")
    return found


def named(view: View, part: Part, artifact: str, run: str | None) -> VersionNamed:
    """Return that an artifact is a version of its data set's name."""
    return identified(
        VersionNamed(
            time=part.first,
            kind="model" if is_model_set(view, part.key) else "data",
            name=view.name_of(part.key),
            artifact=artifact,
            run=run,
            automatic=True,
        )
    )


def _is_content(part: Part, version: Version) -> bool:
    use = facets.read(part.use, "forebear_use", facets.Use)
    return (version.version is not None and is_digest(version.version)) or (
        use is not None and use.digest == version.artifact
    )


def _declared(view: View, job: JobState) -> list[AnyEvent]:
    """Return the lineage that was declared of a job without a run."""
    inputs, outputs = (job.declared(side, view.links) for side in ("inputs", "outputs"))
    made: list[AnyEvent] = []
    said = facets.read(job.known, "lineage", facets.LineageJob)
    pairs = [(source, target) for target in outputs for source in inputs]
    if said is not None and said.entries:
        pairs = [
            (view.canonical(key_of(source)), view.canonical(key_of(target)))
            for target, entry in said.targets
            if job.told
            for source in entry.sources
        ]
    at = job.ordered[-1].at if job.told else None
    for source, target in dict.fromkeys(pairs):
        if at is not None and source != target:
            made += _whole(view, source, at) + _whole(view, target, at)
            made.append(_derived(source, target, at))
    return made + Sayings(view).of_job(job)


def _of_dataset(view: View, state: DatasetState) -> list[AnyEvent]:
    """Return what was said of a data set without a run, and which content was met there."""
    made: list[AnyEvent] = []
    static = [told for told, _ in state.static if told.kind == "dataset"]
    if static:
        at = static[-1].at
        made += _whole(view, state.key, at)
        lineage = facets.read(state.known, "lineage", facets.LineageDataset)
        for one in lineage.sources if lineage else ():
            source = view.canonical(key_of(one))
            if source != state.key:
                made += [*_whole(view, source, at), _derived(source, state.key, at)]
    known = sorted(versions.writes(view, state.key))
    for seen in sorted(view.sightings.get(uri_of(state.key), ())):
        before = [one for one in known if one.at <= seen.at and one.artifact != seen.artifact]
        if seen.mode == "read" and before and before[-1].by_run:
            made.append(
                identified(
                    Derived(
                        time=seen.at,
                        source=before[-1].artifact,
                        target=seen.artifact,
                        relation="copy",
                        evidence="inferred",
                    )
                )
            )
    return made + Sayings(view).of_dataset(state)


def _whole(view: View, key: DatasetKey, at: datetime) -> list[AnyEvent]:
    part, version = Part(key, {}, {}, at, at, []), versions.whole(key)
    seen = LocationSeen(time=at, artifact=version.artifact, uri=uri_of(key), mode="read")
    made: list[AnyEvent] = [identified(recorded(view, part, version, None)), identified(seen)]
    state = view.dataset(key)
    if state is None or not (state.readers or state.writers):
        # Beside what runs have met it would be the newest version, and is none.
        made.append(named(view, part, version.artifact, None))
    return made


def _derived(source: DatasetKey, target: DatasetKey, at: datetime) -> Derived:
    return identified(
        Derived(
            time=at,
            source=versions.whole(source).artifact,
            target=versions.whole(target).artifact,
            relation="declared",
        )
    )
