"""Logged models: made in a run, filled with files, finished; then they have a content."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from forebear.analysis.filters import Fields, Searched, matcher, parse
from forebear.analysis.ordering import sorted_by
from forebear.core.events import AnyEvent
from forebear.server.mlflow import artifacts
from forebear.server.mlflow.calls import experiments
from forebear.server.mlflow.calls.runs import metric_out
from forebear.server.mlflow.contents import content, files_of
from forebear.server.mlflow.errors import invalid, missing
from forebear.server.mlflow.facts import LOGGED, TAG, LoggedFact
from forebear.server.mlflow.pages import page
from forebear.server.mlflow.table import Desk, serves
from forebear.server.mlflow.things import Logged
from forebear.server.mlflow.values import (
    Body,
    flag,
    free_pairs,
    items,
    number,
    optional,
    short,
    text,
    texts,
)

_FIELDS = Fields(
    frozenset(
        ["name", "model_id", "model_type", "status", "source_run_id", "experiment_id",
         "artifact_location", "model_name"]
    ),
    frozenset(
        ["creation_timestamp", "creation_time", "last_updated_timestamp", "last_updated_time"]
    ),
    frozenset(["metric", "param", "tag", "attribute"]),
)  # fmt: skip
_STATES = {"0": "LOGGED_MODEL_STATUS_UNSPECIFIED", "1": "LOGGED_MODEL_PENDING",
           "2": "LOGGED_MODEL_READY", "3": "LOGGED_MODEL_UPLOAD_FAILED"}  # fmt: skip
_LONGEST = 8000


def out(one: Logged) -> Body:
    """Return a logged model as a client expects it."""
    fact = one.fact
    told = {
        "model_id": one.id,
        "experiment_id": fact.experiment,
        "name": fact.name,
        "creation_timestamp_ms": fact.created,
        "last_updated_timestamp_ms": fact.updated,
        "artifact_uri": fact.artifact_uri,
        "status": fact.status,
        "model_type": fact.model_type,
        "source_run_id": fact.run,
        "tags": [{"key": key, "value": value} for key, value in one.tags.items()],
    }
    metrics = [
        {
            **metric_out(key, point),
            "run_id": run,
            "model_id": one.id,
            **({"dataset_name": name, "dataset_digest": digest} if name else {}),
        }
        for key, point, run, name, digest in one.metrics
    ]
    params = [{"key": key, "value": value} for key, value in fact.params.items()]
    return {"info": told, "data": {"params": params, "metrics": metrics}}


@serves("POST", "logged-models")
def create(desk: Desk, body: Body) -> Body:
    """Begin a logged model."""
    experiments.ensure_default(desk)
    experiment = desk.experiment(text(body, "experiment_id"))
    id = f"m-{uuid.uuid4().hex}"
    name = short(optional(body, "name") or id, 500, "name")
    if any(char in name for char in "/:.%\"'"):
        raise invalid(
            f"Invalid model name ({name}) provided. Model name must be a non-empty string and"
            " cannot contain the following characters: ('/', ':', '.', '%', '\"', \"'\")"
        )
    run = optional(body, "source_run_id") or ""
    fact = LoggedFact(
        space=desk.view.space,
        experiment=experiment.id,
        name=name,
        created=desk.now,
        updated=desk.now,
        artifact_uri=f"{artifacts.SCHEME}/{experiment.id}/models/{id}/artifacts",
        status="LOGGED_MODEL_PENDING",
        model_type=optional(body, "model_type") or "",
        run=run,
        user=desk.by,
        params=free_pairs(body, "params", _LONGEST),
    )
    tags = free_pairs(body, "tags", _LONGEST)
    desk.write([LOGGED.say(id, fact, by=desk.author), *_tags(id, tags)])
    return {"model": out(desk.logged(id))}


@serves("GET", "logged-models/{model_id}", "read")
def get(desk: Desk, body: Body) -> Body:
    """Return a logged model."""
    id = text(body, "model_id")
    found = desk.view.logged.get(id)
    if found is None or (found.fact.deleted and not flag(body, "allow_deleted")):
        raise missing(f"Logged model with ID '{id}' not found.")
    return {"model": out(found)}


@serves("PATCH", "logged-models/{model_id}")
def finalize(desk: Desk, body: Body) -> Body:
    """Tell that all files of a logged model are there, or that they will not come."""
    one = desk.logged(text(body, "model_id"))
    status = _STATES.get(text(body, "status"), text(body, "status"))
    if status not in _STATES.values():
        raise invalid(f"Invalid model status: {status}")
    events: list[AnyEvent] = []
    fact = one.fact
    if status == "LOGGED_MODEL_READY":
        fact, events = content(desk, one.id, fact, files_of(desk, fact))
    fact = msgspec.structs.replace(fact, status=status, updated=desk.now)
    desk.write([*events, LOGGED.say(one.id, fact, by=desk.author)])
    return {"model": out(one)}


@serves("DELETE", "logged-models/{model_id}")
def delete(desk: Desk, body: Body) -> Body:
    """Hide a logged model; its bytes stay, since versions may be it."""
    one = desk.view.logged.get(text(body, "model_id"))
    if one is not None and one.fact.deleted:
        return {}  # a request that is sent again, when its reply was lost
    one = desk.logged(text(body, "model_id"))
    fact = msgspec.structs.replace(one.fact, deleted=True, updated=desk.now)
    desk.write([LOGGED.say(one.id, fact, by=desk.author)])
    return {}


@serves("POST", "logged-models/search", "read")
def search(desk: Desk, body: Body) -> Body:
    """Find logged models."""
    matches = matcher(parse(optional(body, "filter"), _FIELDS))
    wanted = [_data(one) for one in items(body, "datasets")]
    found = [
        one
        for inside in desk.experiments(texts(body, "experiment_ids"))
        for one in inside.logged.values()
        if not one.fact.deleted and _fits(one, wanted, matches)
    ]
    ordered = _ordered(found, items(body, "order_by"))
    shown, token = page(ordered, body, number(body, "max_results", 100), 50_000)
    return {"models": [out(one) for one in shown], "next_page_token": token}


@serves("PATCH", "logged-models/{model_id}/tags")
def set_tags(desk: Desk, body: Body) -> Body:
    """Tag a logged model."""
    one = desk.logged(text(body, "model_id"))
    desk.write(_tags(one.id, free_pairs(body, "tags", _LONGEST)))
    return {"model": out(one)}


@serves("DELETE", "logged-models/{model_id}/tags/{tag_key}")
def delete_tag(desk: Desk, body: Body) -> Body:
    """Take a tag from a logged model."""
    one, key = desk.logged(text(body, "model_id")), text(body, "tag_key")
    if key not in one.tags:
        raise missing(f"No tag with key {key!r} found for model with ID {one.id!r}.")
    desk.write([TAG.say(one.id, None, key=key, by=desk.author)])
    return {}


@serves("POST", "logged-models/{model_id}/params")
def log_params(desk: Desk, body: Body) -> Body:
    """Add parameters to a logged model; each keeps its value."""
    one = desk.logged(text(body, "model_id"))
    params = free_pairs(body, "params", _LONGEST)
    for key, value in params.items():
        before = one.fact.params.get(key, value)
        if before != value:
            raise invalid(
                f"Changing param values is not allowed. Param with key='{key}' was already logged"
                f" with value='{before}' for model ID='{one.id}'. Attempted logging new value"
                f" '{value}'."
            )
    params = {**one.fact.params, **params}
    fact = msgspec.structs.replace(one.fact, params=params, updated=desk.now)
    desk.write([LOGGED.say(one.id, fact, by=desk.author)])
    return {}


@serves("GET", "logged-models/{model_id}/artifacts/directories", "read")
def directories(desk: Desk, body: Body) -> Body:
    """Return the files in a folder of a logged model."""
    one = desk.logged(text(body, "model_id"))
    root = artifacts.path_of(one.fact.artifact_uri) or ""
    inside = optional(body, "artifact_directory_path") or ""
    folder = f"{root}/{artifacts.check_path(inside)}" if inside else root
    files = artifacts.listing(desk.view, folder, relative_to=inside)
    return {"root_uri": one.fact.artifact_uri, "files": files}


def _data(said: Body) -> tuple[str, str | None]:
    name = optional(said, "dataset_name")
    if name is None:
        raise invalid("`dataset_name` in the `datasets` clause must be specified.")
    return name, optional(said, "dataset_digest")


def _tags(id: str, tags: dict[str, str]) -> list[AnyEvent]:
    return [TAG.say(id, value, key=key) for key, value in tags.items()]


def _fits(
    one: Logged, wanted: list[tuple[str, str | None]], matches: Callable[[Searched], bool]
) -> bool:
    """Tell whether a model fits; where data is wanted, only what was measured on it counts."""
    if not wanted:
        return matches(one)
    metrics = [
        metric
        for metric in one.metrics
        if any(metric[3] == name and digest in {None, metric[4]} for name, digest in wanted)
    ]
    return bool(metrics) and matches(replace(one, metrics=metrics))


def _quoted(field: str) -> str:
    kind, dot, key = field.partition(".")
    return f"{kind}.`{key}`" if dot else field


def _ordered(found: list[Logged], clauses: list[Body]) -> list[Logged]:
    """Return models in an order; a metric may be meant of certain data only."""
    ordered = sorted(found, key=lambda one: (-one.fact.created, one.id))
    for said in reversed(clauses):
        ordered = _sorted(ordered, said)
    return ordered


def _sorted(found: list[Logged], said: Body) -> list[Logged]:
    way = "ASC" if flag(said, "ascending", True) else "DESC"
    clause = f"{_quoted(text(said, 'field_name'))} {way}"
    value = partial(_value, optional(said, "dataset_name"), optional(said, "dataset_digest"))
    place = {one.id: at for at, one in enumerate(found)}
    return sorted_by(found, [clause], _FIELDS, value, lambda one: place[one.id])


def _value(name: str | None, digest: str | None, one: Logged, kind: str, key: str) -> Any:
    if kind == "metric":
        found = [
            float(point.value)
            for said, point, _, *data in one.metrics
            if said == key and name in {None, data[0]} and digest in {None, data[1]}
        ]
    else:
        found = list(one.values(kind, key))
    return found[-1] if found else None
