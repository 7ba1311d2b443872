"""What MLflow would have in its database, told from the events of a store.

The view is memory only: it is made from the ledger, brought up to its end before each call, and
never trusted over it. Several servers over one store each have their own, and agree.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from forebear.core.entities import finite
from forebear.core.events import (
    AliasMoved,
    AnyEvent,
    MetricsLogged,
    ParamsLogged,
    SeriesLogged,
    Stated,
    decode,
)
from forebear.core.ports import Store
from forebear.core.rows import Appended, StoredEvent
from forebear.server.mlflow import facts
from forebear.server.mlflow.facts import (
    ExperimentFact,
    FileFact,
    InputFact,
    LoggedFact,
    ModelFact,
    OutputFact,
    RunFact,
    VersionFact,
    hex_of,
    millis,
)
from forebear.server.mlflow.packets import points_of
from forebear.server.mlflow.things import Experiment, Logged, Model, Point, Run

__all__ = ["View"]

_UNREADABLE: Final = (msgspec.MsgspecError, LookupError, TypeError, ValueError, OverflowError)
_log = logging.getLogger(__name__)
_OURS: Final = tuple(
    b'"event":"%s"' % kind for kind in (b"stated", b"metrics", b"params", b"alias", b"series")
)


class View:
    """One workspace as MLflow's clients see it. Use it inside `with view.lock`."""

    def __init__(self, store: Store, space: str = "") -> None:
        self.store, self.space = store, space
        self.lock = threading.RLock()
        self.experiments: dict[str, Experiment] = {}
        self.runs: dict[str, Run] = {}
        self.logged: dict[str, Logged] = {}
        self.models: dict[str, Model] = {}
        self.files: dict[str, dict[str, FileFact]] = {}
        self._named: dict[str, Model] = {}
        self._moves: dict[str, dict[str, int]] = {}
        self._tags: dict[str, dict[str, str]] = {}
        self._twins: dict[str, Run] = {}
        self._seq = 0

    def catch_up(self) -> None:
        """Take in what was recorded since."""
        size = self.store.head().size
        if size == self._seq:
            return
        for one in self.store.events(self._seq):
            # Most events of a large graph are none that MLflow has words for.
            if any(mark in one.body for mark in _OURS):
                self._take_if_readable(one)
            self._seq = one.seq
        self._seq = max(self._seq, size)  # what is not seen in this workspace is done with, too

    def follow(self, events: Sequence[AnyEvent], appended: Appended) -> None:
        """Take in what was recorded just now: as it is where nobody else has written between."""
        if appended.head.size == self._seq + len(events) and not appended.duplicates:
            for one in events:
                self._take(one)
            self._seq = appended.head.size
        elif appended.head.size > self._seq:
            self.catch_up()

    def _take_if_readable(self, one: StoredEvent) -> None:
        """Take in an event; one that nobody can read must not keep all later ones away."""
        try:
            self._take(decode(self.store.identities.reveal(one.body)))
        except _UNREADABLE as error:
            _log.warning("Event %d tells MLflow's interface nothing: %s", one.seq, error)

    def model_named(self, name: str) -> Model | None:
        """Return a registered model that is not deleted."""
        found = self.models.get(name)
        return None if found is None or found.fact.deleted else found

    def graph_name(self, name: str) -> str:
        """Return what a model of this name is called in the graph, or would be if it were made now.

        That may not be its own name: a model that was renamed keeps what it is called there.
        """
        there = self.model_named(name)
        if there is not None:
            return there.graph_name
        called = first = facts.name_of(self.space, name)
        place = 1
        while (known := self._named.get(called)) is not None and known.name != name:
            place += 1
            called = f"{first}-{place}"
        return called

    def _take(self, event: AnyEvent) -> None:
        if isinstance(event, Stated):
            take = self._topics.get(event.topic)
            if take is not None:
                take(self, event)
        elif isinstance(event, MetricsLogged):
            self._metrics(event)
        elif isinstance(event, SeriesLogged):
            self._series(event)
        elif isinstance(event, ParamsLogged):
            run = self.runs.get(hex_of(event.run))
            if run is not None:
                run.params |= {key: str(value) for key, value in event.params.items()}
                run.touched = True
        elif isinstance(event, AliasMoved) and event.kind == "model":
            moves = self._moves.setdefault(event.name, {})
            if event.version is None:
                moves.pop(event.alias, None)
            else:
                moves[event.alias] = event.version

    def _metrics(self, event: MetricsLogged) -> None:
        run = self.runs.get(hex_of(event.run))
        if run is None:
            return
        run.touched = True
        at = millis(event.time)
        for one in event.metrics:
            self._point(run, one.key, Point(one.value, at, one.step or 0), event.params)

    def _series(self, event: SeriesLogged) -> None:
        runs = [self.runs.get(hex_of(one.run)) for one in event.series]
        if not any(runs):
            return  # most packets are of programs that know nothing of MLflow
        for point in points_of(event, self.store.blobs):
            run, said = runs[point.series], event.series[point.series]
            if run is not None:
                run.touched = True
                made = Point(finite(point.value), point.time // 1000, point.step)
                self._point(run, said.last.key, made, said.params)

    def _point(self, run: Run, key: str, point: Point, about: dict[str, Any]) -> None:
        history = run.history.setdefault(key, [])
        if history[-1:] != [point]:  # what is said of a model too is said twice
            history.append(point)
        latest = run.latest.get(key)
        if latest is None or point.step > latest.step or point.place >= latest.place:
            run.latest[key] = point
        if not about:
            return
        logged = self.logged.get(str(about.get("model_id", "")))
        if logged is not None:
            name, digest = (about.get(f"dataset_{part}") for part in ("name", "digest"))
            logged.metrics.append((key, point, run.id, name, digest))

    def _experiment(self, event: Stated) -> None:
        fact = msgspec.convert(event.value, ExperimentFact)
        if fact.space != self.space:
            return
        id = event.about.partition(":")[2]
        known = self.experiments.get(id)
        if known is None:
            self.experiments[id] = Experiment(id, fact, self._tags_of(event.about))
        else:
            known.fact = fact

    def _run(self, event: Stated) -> None:
        fact = msgspec.convert(event.value, RunFact)
        if fact.space != self.space:
            return
        id = hex_of(event.about)
        known = self.runs.get(id)
        if known is not None:
            known.fact, known.touched = fact, True
            return
        experiment = self.experiments.get(fact.experiment)
        run = Run(id, fact, tags=self._tags_of(event.about), experiment=experiment)
        self.runs[id] = run
        if experiment is not None:
            experiment.runs[id] = run
        if fact.twin:
            before = self._twins.get(fact.twin)
            if before is not None:
                before.has_twin = True
            self._twins[fact.twin] = run

    def _tag(self, event: Stated) -> None:
        tags = self._tags_of(event.about)
        if event.value is None:
            tags.pop(event.key, None)
        else:
            tags[event.key] = event.value
        run = self.runs.get(hex_of(event.about))
        if run is not None:  # those that it is made with come before it
            run.touched = True

    def _input(self, event: Stated) -> None:
        run = self.runs.get(hex_of(event.about))
        if run is not None:
            run.inputs[event.key] = msgspec.convert(event.value, InputFact)
            run.touched = True

    def _output(self, event: Stated) -> None:
        run = self.runs.get(hex_of(event.about))
        if run is not None:
            run.outputs[event.key] = msgspec.convert(event.value, OutputFact)
            run.touched = True

    def _logged(self, event: Stated) -> None:
        fact = msgspec.convert(event.value, LoggedFact)
        if fact.space != self.space:
            return
        known = self.logged.get(event.about)
        if known is not None:
            known.fact = fact
            return
        made = self.logged[event.about] = Logged(event.about, fact, self._tags_of(event.about))
        if (experiment := self.experiments.get(fact.experiment)) is not None:
            experiment.logged[event.about] = made

    def _model(self, event: Stated) -> None:
        fact = msgspec.convert(event.value, ModelFact)
        if fact.space != self.space:
            return
        graph_name = event.about.partition(":")[2]
        known = self._named.get(graph_name)
        if known is None or (known.fact.deleted and not fact.deleted):
            # A name that was deleted and comes again is another model with the same numbers on.
            before = known
            known = Model(fact.name, graph_name, fact)
            known.aliases = self._moves.setdefault(graph_name, {})
            known.tags = self._tags_of(event.about)
            if before is not None:
                known.versions = {
                    number: msgspec.structs.replace(one, deleted=True)
                    for number, one in before.versions.items()
                }
                known.numbers = before.numbers
            self._named[graph_name] = self.models[fact.name] = known
            return
        if known.name != fact.name:
            del self.models[known.name]
            known.name = fact.name
            self.models[fact.name] = known
        known.fact = fact

    def _version(self, event: Stated) -> None:
        model = self._named.get(event.about.partition(":")[2])
        number = None if model is None else self._number(model, event.key)
        if model is not None and number is not None:
            before, fact = model.versions.get(number), msgspec.convert(event.value, VersionFact)
            model.versions[number], model.numbers[fact.artifact] = fact, number
            model.heard_of(before, fact)

    def _number(self, model: Model, key: str) -> int | None:
        """Return the number of a version that is said by its artifact, or by its number."""
        if key.isdigit():
            return int(key)
        if key in model.numbers:
            return model.numbers[key]
        rows = self.store.versions_of([key]).get(key, [])
        named = ("model", model.graph_name)
        return next((row.version for row in rows if (row.kind, row.name) == named), None)

    def _file(self, event: Stated) -> None:
        files = self.files.setdefault(event.about, {})
        if event.value is None:
            files.pop(event.key, None)
        else:
            files[event.key] = msgspec.convert(event.value, FileFact)

    def _tags_of(self, about: str) -> dict[str, str]:
        return self._tags.setdefault(about, {})

    _topics: Final = {
        facts.EXPERIMENT.name: _experiment,
        facts.RUN.name: _run,
        facts.TAG.name: _tag,
        facts.INPUT.name: _input,
        facts.OUTPUT.name: _output,
        facts.LOGGED.name: _logged,
        facts.MODEL.name: _model,
        facts.VERSION.name: _version,
        facts.FILE.name: _file,
    }
