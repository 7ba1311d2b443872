"""What is logged in a run: metrics, parameters, tags, the data and models that it used and made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from forebear.core.events import AnyEvent, ParamsLogged
from forebear.server.mlflow.calls.runs import LONGEST, NAME, graph_id
from forebear.server.mlflow.errors import invalid, missing
from forebear.server.mlflow.facts import (
    CONTEXT,
    OUTPUT,
    RUN,
    TAG,
    OutputFact,
)
from forebear.server.mlflow.inputs import dataset_artifact, dataset_events, model_input_events
from forebear.server.mlflow.metrics import Value, metric_events, values_of
from forebear.server.mlflow.table import Desk, serves
from forebear.server.mlflow.things import Run
from forebear.server.mlflow.values import (
    Body,
    check_key,
    cut,
    items,
    number,
    pairs,
    refuse_many,
    text,
    texts,
    value_of,
)

_MOST_EXPERIMENTS = 20
_MOST_METRICS = 1000
_MOST_OTHERS = 100
_AROUND = 8
"""Values of a metric that may have come between a request and the same one sent again."""


@serves("POST", "runs/log-metric")
def log_metric(desk: Desk, body: Body) -> Body:
    """Log one value of a metric."""
    run = desk.active_run(text(body, "run_id", "run_uuid"))
    events = _metric_events(desk, run, [body])
    if events:
        desk.write(events)
    return {}


@serves("POST", "runs/log-parameter")
def log_parameter(desk: Desk, body: Body) -> Body:
    """Log one parameter, which keeps its value."""
    run = desk.active_run(text(body, "run_id", "run_uuid"))
    desk.write(_param_events(run, {check_key(text(body, "key")): value_of(body)}))
    return {}


@serves("POST", "runs/set-tag")
def set_tag(desk: Desk, body: Body) -> Body:
    """Tag a run."""
    run = desk.active_run(text(body, "run_id", "run_uuid"))
    desk.write(_tag_events(desk, run, {check_key(text(body, "key")): value_of(body)}))
    return {}


@serves("POST", "runs/delete-tag")
def delete_tag(desk: Desk, body: Body) -> Body:
    """Take a tag from a run."""
    run, key = desk.active_run(text(body, "run_id")), text(body, "key")
    if key not in run.tags:
        raise missing(f"No tag with name: {key} in run with id {run.id}")
    desk.write([TAG.say(graph_id(run), None, key=key, by=desk.author)])
    return {}


@serves("POST", "runs/log-batch")
def log_batch(desk: Desk, body: Body) -> Body:
    """Log much at once, all or none."""
    run = desk.active_run(text(body, "run_id"))
    metrics, params, tags = (items(body, name) for name in ("metrics", "params", "tags"))
    refuse_many(len(metrics), _MOST_METRICS, "metrics")
    refuse_many(len(params), _MOST_OTHERS, "params")
    refuse_many(len(tags), _MOST_OTHERS, "tags")
    refuse_many(len(metrics) + len(params) + len(tags), _MOST_METRICS, "metrics, params, and tags")
    keys = [one.get("key") for one in params]
    twice = sorted({str(key) for key in keys if keys.count(key) > 1})
    if twice:
        raise invalid(
            f"Duplicate parameter keys have been submitted: {twice}. Please ensure the request"
            " contains only one param value per param key."
        )
    events = [
        *_param_events(run, pairs(body, "params")),
        *_metric_events(desk, run, metrics, "metrics"),
        *_tag_events(desk, run, pairs(body, "tags")),
    ]
    if events:
        desk.write(events)
    return {}


@serves("POST", "runs/log-inputs")
def log_inputs(desk: Desk, body: Body) -> Body:
    """Tell which data and models a run used; each context of the same data counts."""
    run = desk.active_run(text(body, "run_id"))
    events: list[AnyEvent] = []
    for one in items(body, "datasets"):
        events += dataset_events(desk, graph_id(run), one)
    for one in items(body, "models"):
        events += model_input_events(desk, graph_id(run), text(one, "model_id"))
    if events:
        desk.write(events)
    return {}


@serves("POST", "runs/outputs")
def log_outputs(desk: Desk, body: Body) -> Body:
    """Tell which logged models a run made."""
    run = desk.active_run(text(body, "run_id"))
    desk.write(
        [
            OUTPUT.say(
                graph_id(run), OutputFact(model=text(one, "model_id"), step=number(one, "step", 0)),
                key=text(one, "model_id"), run=graph_id(run),
            )
            for one in items(body, "models")
        ]
    )  # fmt: skip
    return {}


@serves("POST", "experiments/search-datasets", "read")
def search_datasets(desk: Desk, body: Body) -> Body:
    """Return which data runs of experiments used."""
    ids = list(dict.fromkeys(texts(body, "experiment_ids")))
    if not 0 < len(ids) <= _MOST_EXPERIMENTS:
        wrong = (
            f"cannot specify more than {_MOST_EXPERIMENTS} experiment_ids. Received {len(ids)}"
            " experiment_ids."
            if ids
            else "must specify at least one experiment_id."
        )
        raise invalid(f"SearchDatasets request {wrong}")
    found: dict[tuple[str, ...], Body] = {}
    for one in desk.experiments(ids):
        for run in one.runs.values():
            for used in run.inputs.values():
                if used.dataset is not None:
                    context = used.tags.get(CONTEXT, "")
                    key = (one.id, used.dataset.name, used.dataset.digest, context)
                    names = ("experiment_id", "name", "digest", "context")
                    found[key] = {name: said for name, said in zip(names, key, strict=True) if said}
    return {"dataset_summaries": list(found.values())}


def _metric_events(desk: Desk, run: Run, said: list[Body], name: str = "") -> list[AnyEvent]:
    datasets = {
        (one.dataset.name, one.dataset.digest): one.artifact or dataset_artifact(one.dataset)
        for one in run.inputs.values()
        if one.dataset is not None
    }
    values = _not_sent_before(run, values_of(said, name=name))
    return metric_events(desk, graph_id(run), values, datasets) if values else []


def _not_sent_before(run: Run, values: Sequence[Value]) -> list[Value]:
    """Return the values that are not among the newest of the run already.

    They are where the reply to a request was lost, and where a program sends what it has, old and
    new. The same value at the same time and step counts once.
    """
    sent = Counter(one.key for one in values)
    known = {
        key: {(p.value, p.timestamp, p.step) for p in run.history.get(key, [])[-count - _AROUND :]}
        for key, count in sent.items()
    }
    fresh = []
    for one in values:
        point = (one.value, one.timestamp, one.step)
        if one.model or one.dataset or point not in known[one.key]:
            fresh.append(one)
            known[one.key].add(point)
    return fresh


def _param_events(run: Run, said: dict[str, str]) -> list[AnyEvent]:
    params = {key: cut(value, LONGEST) for key, value in said.items()}
    for key, value in params.items():
        before = run.params.get(key, value)
        if before != value:
            raise invalid(
                f"Changing param values is not allowed. Param with key='{key}' was already logged"
                f" with value='{before}' for run ID='{run.id}'. Attempted logging new value"
                f" '{value}'."
            )
    return [ParamsLogged(run=graph_id(run), params=params)] if params else []


def _tag_events(desk: Desk, run: Run, tags: dict[str, str]) -> list[AnyEvent]:
    id = graph_id(run)
    events: list[AnyEvent] = [
        TAG.say(id, cut(value, LONGEST), key=key, run=id) for key, value in tags.items()
    ]
    if NAME in tags:  # it is the run's name as well
        fact = msgspec.structs.replace(run.fact, name=tags[NAME])
        events.append(RUN.say(id, fact, by=desk.author, run=id))
    return events
