"""What was found, as the events that MLflow's clients would have left here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from forebear.core.entities import Figure, finite
from forebear.core.events import (
    AnyEvent,
    ParamsLogged,
    RunEnded,
    RunStarted,
    Stated,
)
from forebear.exchange.mlflow.found import FoundInput, FoundPoint, FoundRun
from forebear.server.mlflow.calls.runs import attributes
from forebear.server.mlflow.facts import (
    OUTPUT,
    RUN,
    TAG,
    OutputFact,
    RunFact,
    moment,
    run_of,
)
from forebear.server.mlflow.inputs import dataset_events, model_input_events
from forebear.server.mlflow.metrics import Value, metric_events
from forebear.server.mlflow.table import Desk
from forebear.server.mlflow.things import Experiment, Run

__all__ = ["run_events", "tag_events"]

_ENDS: Final[Mapping[str, Any]] = {"FINISHED": "finished", "FAILED": "failed", "KILLED": "failed"}

Datasets = dict[tuple[str, str], str]
"""What data of a name and digest is in the graph."""


def run_events(
    desk: Desk, found: FoundRun, experiment: Experiment, artifact_uri: str, where: str
) -> list[AnyEvent]:
    """Return what tells of a run, without what is here of it already where that only adds up."""
    known, id = desk.view.runs.get(found.id), str(run_of(found.id))
    fact = RunFact(
        space=desk.view.space,
        experiment=experiment.id,
        name=found.name,
        user=found.user,
        status=found.status,
        start=found.start,
        end=found.end,
        artifact_uri=artifact_uri,
        deleted=found.deleted,
    )
    events: list[AnyEvent] = [] if known else [_started(desk, id, found, experiment, where)]
    events += tag_events(id, found.tags, run=id)
    events.append(RUN.say(id, fact, by=desk.author, run=id))
    events += _params(id, found, known)
    used = list(_inputs(desk, id, found.inputs, known))
    events += used
    values = _values(found.points, known)
    events += metric_events(desk, id, values, _datasets(used, known))
    events += [
        OUTPUT.say(id, OutputFact(model=model, step=step), key=model, run=id)
        for model, step in found.outputs.items()
    ]
    if found.status in _ENDS and (known is None or known.fact.status not in _ENDS):
        ended = moment(found.end or found.start)
        events.append(RunEnded(run=id, status=_ENDS[found.status], ended=ended))
    return events


def tag_events(about: str, tags: dict[str, str], run: str | None = None) -> list[AnyEvent]:
    """Return what tells of tags."""
    return [TAG.say(about, value, key=key, run=run) for key, value in tags.items()]


def _started(
    desk: Desk, id: str, found: FoundRun, experiment: Experiment, where: str
) -> RunStarted:
    attrs = attributes(desk, experiment.fact.name, found.tags)
    return RunStarted(
        run=id,
        kind="run",
        name=found.name or found.id,
        started=moment(found.start),
        parent=run_of(found.tags.get("mlflow.parentRunId", "")),
        attrs={**attrs, "imported": where},
    )


def _params(id: str, found: FoundRun, known: Run | None) -> list[AnyEvent]:
    here = known.params if known else {}
    fresh = {key: value for key, value in found.params.items() if key not in here}
    return [ParamsLogged(run=id, params=fresh)] if fresh else []


def _inputs(desk: Desk, id: str, inputs: list[FoundInput], known: Run | None) -> Iterator[AnyEvent]:
    here = known.inputs if known else {}
    for one in inputs:
        if one.dataset is None:
            events = model_input_events(desk, id, one.model)
        else:
            tags = [{"key": key, "value": value} for key, value in one.tags.items()]
            events = dataset_events(desk, id, {"dataset": one.dataset, "tags": tags})
        keys = {event.key for event in events if isinstance(event, Stated)}
        if keys.isdisjoint(here):
            yield from events


def _datasets(used: list[AnyEvent], known: Run | None) -> Datasets:
    told = [event.value for event in used if isinstance(event, Stated)]
    found = {
        (one["dataset"]["name"], one["dataset"]["digest"]): one["artifact"]
        for one in told
        if "artifact" in one
    }
    for fact in known.inputs.values() if known else ():
        if fact.dataset is not None and fact.artifact is not None:
            found[fact.dataset.name, fact.dataset.digest] = fact.artifact
    return found


def _values(points: list[FoundPoint], known: Run | None) -> list[Value]:
    return [
        Value(
            one.key, finite(one.value), one.timestamp, one.step, one.model, one.dataset, one.digest
        )
        for one in _fresh(points, known)
    ]


def _fresh(points: list[FoundPoint], known: Run | None) -> Iterator[FoundPoint]:
    here: Counter[tuple[str, Figure, int, int]] = Counter(
        (key, point.value, point.timestamp, point.step)
        for key, history in (known.history if known else {}).items()
        for point in history
    )
    for one in points:
        if here[one.place] > 0:
            here[one.place] -= 1
        else:
            yield one
