"""Going through what MLflow has recorded, and saying what of it is new here."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.events import AnyEvent, Derived
from forebear.core.ports import Store
from forebear.exchange.mlflow.found import (
    FoundExperiment,
    FoundFile,
    FoundLogged,
    FoundPoint,
    FoundRun,
    Owner,
    Source,
    Unlisted,
)
from forebear.exchange.mlflow.opening import open_source
from forebear.server.mlflow import artifacts
from forebear.server.mlflow.contents import content
from forebear.server.mlflow.errors import MlflowError
from forebear.server.mlflow.facts import (
    EXPERIMENT,
    FILE,
    LOGGED,
    ExperimentFact,
    FileFact,
    LoggedFact,
    experiment_id,
    run_of,
)
from forebear.server.mlflow.importing.events import run_events, tag_events
from forebear.server.mlflow.importing.models import Models
from forebear.server.mlflow.importing.report import Counts, ImportReport, Notes
from forebear.server.mlflow.importing.writing import Writing, digest_of
from forebear.server.mlflow.table import Desk
from forebear.server.mlflow.view import View

__all__ = ["Told", "import_mlflow"]

T = TypeVar("T")
Told = Callable[[int, int, str], None]
"""Is told how many things are done, of how many (0: not known), and what is next."""

_LOCAL = {"", "file", "mlflow-artifacts"}
_SPACE = re.compile(r"[A-Za-z0-9_-]{0,60}")
_HERE = "did not come: here already, and not by an import into this workspace"


def import_mlflow(
    store: Store,
    uri: str,
    *,
    by: str,
    space: str = "",
    artifacts: Sequence[Path] = (),
    dry_run: bool = False,
    told: Told | None = None,
) -> ImportReport:
    """Take over what MLflow has recorded at a place; done again, it adds what is new there.

    Raises:
        InvalidInput, Unreadable, StoreError: there is no reading it; what was read is taken over.
    """
    if not _SPACE.fullmatch(space):
        raise InvalidInput(
            f"'{space[:60]}' is no name of a workspace.",
            hint="It has letters, digits, - and _, 60 at most.",
        )
    source = open_source(uri, artifacts)
    try:
        desk = Desk(store, View(store, space), by)
        return _Import(desk, source, dry_run, told or (lambda *_: None)).done()
    finally:
        source.close()


class _Import:
    """One import on its way."""

    def __init__(self, desk: Desk, source: Source, dry_run: bool, told: Told) -> None:
        self._desk, self._source, self._dry, self._told = desk, source, dry_run, told
        self._writing = Writing(desk, source.where)
        self._notes = Notes()
        self._experiments: dict[str, str] = {}
        self._uris: dict[str, tuple[str, str]] = {}
        """Where the files of runs and logged models were, and where they are now."""
        self._measured: dict[str, dict[str, list[FoundPoint]]] = defaultdict(dict)
        """What runs have measured of logged models, by run and model."""
        self._report = ImportReport(source=source.where, dry_run=dry_run)

    def done(self) -> ImportReport:
        """Go through it all, and return what came of it."""
        with self._desk.view.lock:
            self._desk.view.catch_up()
            found = self._source.experiments()
            for one in found:
                self._experiment(one)
            self._flush()
            for logged in self._source.logged():
                self._measure(logged)
                self._tried("logged model", logged.id, self._logged, logged)
            self._flush()
            self._runs(found)
            self._flush()
            self._models()
        self._report.notes = self._notes.told()
        return self._report

    def _runs(self, experiments: list[FoundExperiment]) -> None:
        done, all_runs = 0, self._source.count()
        for experiment in experiments:
            for run in self._source.runs(experiment.id):
                self._tried("run", run.id, self._run, run)
                done += 1
                self._told(done, all_runs, f"runs of {experiment.name}")

    def _models(self) -> None:
        found = self._source.models()
        models = Models(self._desk, self._writing, self._notes, self._uris, self._dry)
        for done, one in enumerate(found):
            self._told(done, len(found), "registered models")
            self._tried("model", one.name, models.take, one)
        self._flush()
        self._report.models, self._report.versions = models.models, models.versions

    def _tried(self, kind: str, name: str, take: Callable[[T], None], one: T) -> None:
        """Take over one thing; what can't be said of it here is a note."""
        try:
            take(one)
        except MlflowError as error:
            self._notes.add(kind, name, f"could not be said here ({error.message[:120]})")

    def _flush(self) -> None:
        if not self._dry:
            self._writing.flush()

    def _experiment(self, found: FoundExperiment) -> None:
        id = self._here(found)
        self._experiments[found.id] = id
        about, digest = f"experiment:{id}", digest_of(found)
        if self._known("experiments", about, digest):
            return
        fact = ExperimentFact(
            space=self._desk.view.space,
            name=found.name,
            artifact_location=f"{artifacts.SCHEME}/{id}",
            created=found.created,
            updated=found.updated,
            deleted=found.deleted,
        )
        said = EXPERIMENT.say(about, fact, by=self._desk.author)
        there = id in self._desk.view.experiments and not self._writing.knows(about)
        events = [] if there else [said]
        self._say(about, digest, [*events, *tag_events(about, found.tags)])

    def _here(self, found: FoundExperiment) -> str:
        """Return which experiment it is here: a name is one experiment, and keeps a free id."""
        known = self._desk.view.experiments
        for one in known.values():
            if one.fact.name == found.name:
                return one.id
        same = known.get(found.id)
        if same is None or same.fact.created == found.created:
            return found.id
        id = experiment_id(self._desk.view.space, found.name)
        self._notes.add("experiment", found.name, "got another id here, where that one is taken")
        return id

    def _measure(self, found: FoundLogged) -> None:
        for run, points in found.points.items():
            self._measured[run][found.id] = points

    def _logged(self, found: FoundLogged) -> None:
        experiment = self._experiments.get(found.experiment, found.experiment)
        owner = Owner(kind="model", id=found.id, uri=found.artifact_uri)
        uri, files = self._files(owner, f"{experiment}/models/{found.id}/artifacts")
        if not files and found.status.endswith("_READY"):
            self._notes.add("logged model", found.id, "had no files there")
        digest, known = digest_of(found, files), self._desk.view.logged.get(found.id)
        if known is not None and not self._writing.knows(found.id):
            self._report.logged_models.found += 1
            self._notes.add("logged model", found.id, _HERE)
            return
        if self._known("logged_models", found.id, digest):
            return
        kept = self._kept(owner, uri, files)
        fact = LoggedFact(
            space=self._desk.view.space,
            experiment=experiment,
            name=found.name,
            created=found.created,
            updated=found.updated,
            artifact_uri=uri,
            status=found.status,
            model_type=found.model_type,
            run=found.run,
            params=found.params,
            artifact=known.fact.artifact if known else None,
            deleted=found.deleted,
        )
        fact, events = content(self._desk, found.id, fact, kept, "declared")
        events += self._tied(found.id, known.fact.artifact if known else None, fact.artifact)
        said = LOGGED.say(found.id, fact, by=self._desk.author)
        told = [*events, *tag_events(found.id, found.tags), said, *self._said(uri, kept)]
        self._say(found.id, digest, told, artifact_uri=found.artifact_uri)

    def _tied(self, id: str, before: str | None, now: str | None) -> list[AnyEvent]:
        """Tie versions that were imported before their files were to what the files are."""
        if now is None or now == before:
            return []
        return [
            Derived(source=now, target=version.artifact, relation="copy")
            for model in self._desk.view.models.values()
            for version in model.versions.values()
            if version.model_id == id and version.artifact != now
        ]

    def _run(self, found: FoundRun) -> None:
        id = run_of(found.id)
        if id is None:
            self._notes.add("run", found.id, "did not come: the id is none that MLflow gives")
            return
        found = msgspec.structs.replace(found, points=self._points(found))
        experiment = self._desk.view.experiments.get(self._experiments[found.experiment])
        owner = Owner(kind="run", id=found.id, uri=found.artifact_uri)
        place = f"{self._experiments[found.experiment]}/{found.id}/artifacts"
        uri, files = self._files(owner, place)
        digest = digest_of(found, files)
        if not self._writing.knows(id) and self._desk.store.run(id) is not None:
            self._report.runs.found += 1
            self._notes.add("run", found.id, _HERE)
            return
        if self._known("runs", id, digest) or experiment is None:
            return
        kept = self._kept(owner, uri, files)
        told = run_events(self._desk, found, experiment, uri, self._source.where)
        told += self._said(uri, kept)
        self._say(id, digest, told, artifact_uri=found.artifact_uri)

    def _points(self, run: FoundRun) -> list[FoundPoint]:
        """Return the values of metrics, with the models and data that they speak of."""
        about: dict[tuple[object, ...], list[FoundPoint]] = defaultdict(list)
        for points in self._measured.pop(run.id, {}).values():
            for one in points:
                about[one.place].append(one)
        return [told for one in run.points for told in about.pop(one.place, None) or [one]]

    def _known(self, kind: str, about: str, digest: str) -> bool:
        """Count a thing, and tell whether there is nothing to do for it."""
        counts: Counts = getattr(self._report, kind)
        counts.found += 1
        if self._writing.has(about, digest):
            return True
        if self._writing.knows(about):
            counts.changed += 1
        else:
            counts.new += 1
        return self._dry

    def _say(
        self, about: str, digest: str, events: list[AnyEvent], *, artifact_uri: str = ""
    ) -> None:
        self._writing.say(about, digest, events, artifact_uri=artifact_uri)

    def _files(self, owner: Owner, place: str) -> tuple[str, list[FoundFile]]:
        """Return the address that files have from now on, and which there are."""
        uri = f"{artifacts.SCHEME}/{place}"
        try:
            files = self._source.files(owner)
        except (Unlisted, OSError) as error:
            files = []
            if urlsplit(owner.uri).scheme not in _LOCAL:
                uri = owner.uri  # clients go there themselves, as they did before
            self._notes.add(owner.kind, owner.id, f"came without files, which {error}")
        self._uris[owner.id] = owner.uri, uri
        self._report.files.found += len(files)
        return uri, files

    def _kept(self, owner: Owner, uri: str, files: list[FoundFile]) -> dict[str, FileFact]:
        """Keep the bytes of files; those that are gone or strange are said and left out."""
        kept, blobs = {}, self._desk.store.blobs
        for one in files:
            name = f"{owner.id}/{one.path}"
            try:
                artifacts.check_path(one.path)
                with self._source.file(owner, one.path) as path:
                    digest, size = blobs.put_file(path), path.stat().st_size
            except MlflowError:
                self._notes.add(
                    "file", name[:200], "did not come: the path is none that files have here"
                )
            except (Unlisted, Unreadable, OSError) as error:
                why = error.strerror if isinstance(error, OSError) else str(error)
                self._notes.add("file", name[:200], f"did not come: {why}")
            else:
                kept[one.path] = FileFact(digest=digest, size=size)
                self._report.files.new += 1
                self._report.bytes += size
        return kept

    def _said(self, uri: str, kept: dict[str, FileFact]) -> list[AnyEvent]:
        root, said = artifacts.path_of(uri), []
        for path, fact in kept.items():
            about, key = artifacts.place_of(self._desk.view.space, f"{root}/{path}")
            said.append(FILE.say(about, fact, key=key, by=self._desk.author))
        return list(said)
