"""Runs: made, ended, searched; each is a run of the graph."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import msgspec

from forebear.analysis.filters import Fields, matcher, parse
from forebear.analysis.ordering import sorted_by
from forebear.core.events import AnyEvent, RunEnded, RunStarted
from forebear.core.ids import new_id
from forebear.server.mlflow.calls import experiments
from forebear.server.mlflow.contents import data_not_told
from forebear.server.mlflow.errors import invalid
from forebear.server.mlflow.facts import RUN, TAG, RunFact, hex_of, moment, run_of
from forebear.server.mlflow.pages import page
from forebear.server.mlflow.table import Desk, serves
from forebear.server.mlflow.things import Point, Run
from forebear.server.mlflow.values import (
    Body,
    cut,
    number,
    optional,
    pairs,
    text,
    texts,
)

__all__ = ["LONGEST", "NAME", "attributes", "graph_id", "metric_out", "out"]

_FIELDS = Fields(
    frozenset(["run_id", "run_name", "status", "user_id", "artifact_uri", "experiment_id"]),
    frozenset(["start_time", "end_time"]),
    frozenset(["metric", "param", "tag", "attribute", "dataset"]),
    {
        "created": "start_time", "Created": "start_time", "run name": "run_name",
        "Run name": "run_name", "Run Name": "run_name",
    },
    datasets=frozenset(["name", "digest", "context"]),
)  # fmt: skip
_STATUSES = {"1": "RUNNING", "2": "SCHEDULED", "3": "FINISHED", "4": "FAILED", "5": "KILLED"}
_ENDS = {"FINISHED": "finished", "FAILED": "failed", "KILLED": "failed"}
NAME = "mlflow.runName"
LONGEST = 100_000
"""Characters that are kept of a parameter or tag; MLflow keeps 6,000 and 8,000."""
_RETRIED_WITHIN = 15 * 60 * 1000
"""Milliseconds for which clients go on asking when a reply is lost, and some more."""
_WORDS = (
    "able bright calm deft eager fair glad keen mild neat proud quick rare sure tidy warm".split(),
    "ant bee crane deer eel fox gull hare ibis jay kite lark mole newt owl pike".split(),
)


def graph_id(run: Run) -> str:
    """Return the id of a run in the graph."""
    id = run_of(run.id)
    assert id is not None
    return id


def metric_out(key: str, point: Point) -> Body:
    """Return a value of a metric as a client expects it."""
    return {"key": key, "value": point.value, "timestamp": point.timestamp, "step": point.step}


def out(run: Run) -> Body:
    """Return a run as a client expects it."""
    used, made = run.inputs.values(), run.outputs.values()
    # What is empty is left out: clients take long to read what they are sent.
    return {
        "info": info(run),
        "data": {
            "metrics": [metric_out(key, point) for key, point in run.latest.items()],
            "params": _pairs(run.params),
            "tags": _pairs(run.tags),
        },
        "inputs": {
            "dataset_inputs": [
                {"tags": _pairs(one.tags), "dataset": msgspec.to_builtins(one.dataset)}
                for one in used
                if one.dataset is not None
            ],
            "model_inputs": [{"model_id": one.model} for one in used if one.model],
        }
        if used
        else {},
        "outputs": {"model_outputs": [{"model_id": one.model, "step": one.step} for one in made]}
        if made
        else {},
    }


def _pairs(said: dict[str, str]) -> list[Body]:
    return [{"key": key, "value": value} for key, value in said.items()]


def info(run: Run) -> Body:
    """Return what describes a run."""
    fact = run.fact
    told = {
        "run_id": run.id,
        "run_uuid": run.id,
        "run_name": fact.name,
        "experiment_id": fact.experiment,
        "user_id": fact.user,
        "status": fact.status,
        "start_time": fact.start,
        "artifact_uri": fact.artifact_uri,
        "lifecycle_stage": "deleted" if run.is_deleted else "active",
    }
    return told if fact.end is None else {**told, "end_time": fact.end}


@serves("POST", "runs/create")
def create(desk: Desk, body: Body) -> Body:
    """Begin a run."""
    experiments.ensure_default(desk)
    experiment = desk.experiment(optional(body, "experiment_id") or "0")
    if experiment.fact.deleted:
        raise invalid(
            f"The experiment {experiment.id} must be in the 'active' state. Current state is"
            " deleted."
        )
    tags = {key: cut(value, LONGEST) for key, value in pairs(body, "tags").items()}
    said = optional(body, "run_name")
    if said and tags.get(NAME, said) != said:
        raise invalid(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different"
            f" values (run_name='{said}', mlflow.runName='{tags[NAME]}')."
        )
    id, start = new_id(), number(body, "start_time", 0) or desk.now
    user, twin = optional(body, "user_id"), ""
    if abs(desk.now - start) < _RETRIED_WITHIN:
        twin = _fingerprint(experiment.id, start, said, tags, user)
    name = said or tags.get(NAME) or _some_name(id)
    tags[NAME] = name
    root = experiment.fact.artifact_location.rstrip("/")
    fact = RunFact(
        space=desk.view.space,
        experiment=experiment.id,
        name=name,
        user=user or "",
        status="RUNNING",
        start=start,
        artifact_uri=f"{root}/{hex_of(id)}/artifacts",
        twin=twin,
    )
    began = RunStarted(
        run=id,
        kind="run",
        name=name,
        started=moment(start),
        parent=run_of(tags.get("mlflow.parentRunId", "")),
        attrs=attributes(desk, experiment.fact.name, tags),
    )
    events: list[AnyEvent] = [began]
    events += [TAG.say(id, value, key=key, run=id) for key, value in tags.items()]
    desk.write([*events, RUN.say(id, fact, by=desk.author, run=id)])
    return {"run": out(desk.run(hex_of(id)))}


@serves("GET", "runs/get", "read")
def get(desk: Desk, body: Body) -> Body:
    """Return a run."""
    run = desk.run(text(body, "run_id", "run_uuid"))
    return {"run": out(run)}


@serves("POST", "runs/update")
def update(desk: Desk, body: Body) -> Body:
    """Tell how a run goes on, or ends."""
    run = desk.active_run(text(body, "run_id", "run_uuid"))
    status = optional(body, "status")
    status = _STATUSES.get(status or "", status)
    if status is not None and status not in _STATUSES.values():
        raise invalid(f"Invalid value '{status}' for parameter 'status' supplied.")
    changes: dict[str, Any] = {}
    if status is not None:
        changes["status"] = status
    if "end_time" in body and body["end_time"] is not None:
        changes["end"] = number(body, "end_time")
    name = optional(body, "run_name")
    events: list[AnyEvent] = []
    if name is not None:
        changes["name"] = name
        events.append(TAG.say(graph_id(run), name, key=NAME))
    if status in _ENDS:
        ended = moment(changes.get("end") or desk.now)
        events.append(RunEnded(run=graph_id(run), status=_ENDS[status], ended=ended))  # type: ignore[arg-type]
        if run.outputs and run.fact.status not in _ENDS:
            events += data_not_told(desk, run)
    _say(desk, run, events, **changes)
    return {"run_info": info(run)}


@serves("POST", "runs/delete")
def delete(desk: Desk, body: Body) -> Body:
    """Hide a run; what it made stays in the graph."""
    run = desk.run(text(body, "run_id", "run_uuid"))
    _say(desk, run, [], deleted=True)
    return {}


@serves("POST", "runs/restore")
def restore(desk: Desk, body: Body) -> Body:
    """Show a run again."""
    run = desk.run(text(body, "run_id", "run_uuid"))
    _say(desk, run, [], deleted=False)
    return {}


@serves("POST", "runs/search", "read")
def search(desk: Desk, body: Body) -> Body:
    """Find runs."""
    experiments.ensure_default(desk)
    matches = matcher(parse(optional(body, "filter"), _FIELDS))
    view = optional(body, "run_view_type") or "ACTIVE_ONLY"
    inside = [
        run for one in desk.experiments(texts(body, "experiment_ids")) for run in one.runs.values()
    ]
    found = [
        run
        for run in inside
        if (view == "ALL" or run.is_deleted == (view == "DELETED_ONLY"))
        if not run.is_ghost and matches(run)
    ]
    ordered = sorted_by(
        found, texts(body, "order_by"), _FIELDS, _value, lambda run: (-run.fact.start, run.id)
    )
    shown, token = page(ordered, body, number(body, "max_results", 1000), 50_000)
    return {"runs": [out(run) for run in shown], "next_page_token": token}


def _value(run: Run, kind: str, key: str) -> Any:
    return next(iter(run.values(kind, key)), None)


def _say(desk: Desk, run: Run, events: list[AnyEvent], **changes: Any) -> None:
    fact = msgspec.structs.replace(run.fact, **changes)
    desk.write([*events, RUN.say(graph_id(run), fact, by=desk.author, run=graph_id(run))])


def _fingerprint(
    experiment: str, start: int, name: str | None, tags: dict[str, str], user: str | None
) -> str:
    """Return what a request has in common with its like, when a lost reply has it sent again."""
    said = msgspec.json.encode([experiment, start, name, sorted(tags.items()), user])
    return hashlib.sha256(said).hexdigest()[:32]


def attributes(desk: Desk, experiment: str, tags: dict[str, str]) -> dict[str, Any]:
    """Return what the graph is told of a run beside its name and times."""
    git = {
        part: tags[f"mlflow.source.git.{said}"]
        for part, said in (("commit", "commit"), ("branch", "branch"), ("remote", "repoURL"))
        if f"mlflow.source.git.{said}" in tags
    }
    told: dict[str, Any] = {"client": "mlflow", "experiment": experiment, "by": desk.author}
    if "mlflow.source.name" in tags:
        told["source"] = tags["mlflow.source.name"]
    return {**told, "git": git} if git else told


def _some_name(id: str) -> str:
    pick = random.Random(id)  # noqa: S311  a name to be remembered, no secret
    return f"{pick.choice(_WORDS[0])}-{pick.choice(_WORDS[1])}-{pick.randrange(1000)}"
