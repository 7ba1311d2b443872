"""Experiments: names under which runs are gathered."""

from __future__ import annotations

import msgspec

from forebear.analysis.filters import Fields, matcher, parse
from forebear.analysis.ordering import sorted_by
from forebear.core.events import AnyEvent
from forebear.server.mlflow.errors import MlflowError, exists, invalid, missing
from forebear.server.mlflow.facts import EXPERIMENT, TAG, ExperimentFact, experiment_id
from forebear.server.mlflow.pages import page
from forebear.server.mlflow.table import Desk, serves
from forebear.server.mlflow.things import Experiment
from forebear.server.mlflow.values import (
    Body,
    check_key,
    number,
    optional,
    pairs,
    short,
    text,
    texts,
    value_of,
)

__all__ = ["about", "ensure_default", "out"]

_FIELDS = Fields(
    frozenset(["name", "experiment_id"]),
    frozenset(["creation_time", "last_update_time"]),
    frozenset(["tag", "attribute"]),
)
_LONGEST_NAME = 500
_LONGEST_TAG = 20_000


def about(id: str) -> str:
    """Return how statements write an experiment."""
    return f"experiment:{id}"


def out(one: Experiment) -> Body:
    """Return an experiment as a client expects it."""
    return {
        "experiment_id": one.id,
        "name": one.fact.name,
        "artifact_location": one.fact.artifact_location,
        "lifecycle_stage": "deleted" if one.fact.deleted else "active",
        "last_update_time": one.fact.updated,
        "creation_time": one.fact.created,
        "tags": [{"key": key, "value": value} for key, value in one.tags.items()],
    }


def ensure_default(desk: Desk) -> None:
    """Make the experiment that clients use when they name none."""
    if "0" not in desk.view.experiments:
        _make(desk, "Default", None, {})


@serves("POST", "experiments/create")
def create(desk: Desk, body: Body) -> Body:
    """Make an experiment."""
    ensure_default(desk)
    name = short(text(body, "name"), _LONGEST_NAME, "name")
    known = _named(desk, name)
    if known is not None:
        state = "deleted state" if known.fact.deleted else "active state"
        raise exists(
            f"Experiment '{name}' already exists in {state}. You can restore the experiment, or"
            " permanently delete the experiment to create a new one."
            if known.fact.deleted
            else f"Experiment(name={name}) already exists."
        )
    location = optional(body, "artifact_location")
    if location is not None and ("#" in location or "?" in location or ".." in location):
        raise invalid(
            "'artifact_location' URL can't include fragments, params or relative parts:"
            f" '{location[:200]}'."
        )
    return {"experiment_id": _make(desk, name, location, pairs(body, "tags", _LONGEST_TAG))}


@serves("GET", "experiments/get", "read")
def get(desk: Desk, body: Body) -> Body:
    """Return an experiment."""
    ensure_default(desk)
    return {"experiment": out(desk.experiment(text(body, "experiment_id")))}


@serves("GET", "experiments/get-by-name", "read")
def get_by_name(desk: Desk, body: Body) -> Body:
    """Return the experiment of a name."""
    ensure_default(desk)
    name = text(body, "experiment_name")
    found = _named(desk, name)
    if found is None:
        raise missing(f"Could not find experiment with name '{name}'")
    return {"experiment": out(found)}


@serves("POST", "experiments/search", "read")
@serves("GET", "experiments/search", "read")
def search(desk: Desk, body: Body) -> Body:
    """Find experiments."""
    ensure_default(desk)
    matches = matcher(parse(optional(body, "filter"), _FIELDS))
    view = optional(body, "view_type") or "ACTIVE_ONLY"
    found = [
        one
        for one in desk.view.experiments.values()
        if view == "ALL" or one.fact.deleted == (view == "DELETED_ONLY")
        if matches(_Searched(one))
    ]
    order = texts(body, "order_by") or ["creation_time DESC"]
    ordered = sorted_by(found, order, _FIELDS, _value, lambda one: (-one.fact.created, one.id))
    shown, token = page(ordered, body, number(body, "max_results", 1000), 50_000)
    return {"experiments": [out(one) for one in shown], "next_page_token": token}


@serves("POST", "experiments/update")
def update(desk: Desk, body: Body) -> Body:
    """Give an experiment another name."""
    ensure_default(desk)
    one = desk.experiment(text(body, "experiment_id"))
    if one.fact.deleted:
        raise MlflowError("INVALID_STATE", "Cannot rename a non-active experiment.")
    name = short(text(body, "new_name"), _LONGEST_NAME, "name")
    if (other := _named(desk, name)) is not None and other is not one:
        raise exists(f"Experiment(name={name}) already exists.")
    return _say(desk, one, name=name)


@serves("POST", "experiments/delete")
def delete(desk: Desk, body: Body) -> Body:
    """Hide an experiment; its runs and what they made stay in the graph."""
    id = text(body, "experiment_id")
    ensure_default(desk)
    one = desk.experiment(id)
    if one.fact.deleted:
        raise missing(f"No Experiment with id={id} exists")
    return _say(desk, one, deleted=True)


@serves("POST", "experiments/restore")
def restore(desk: Desk, body: Body) -> Body:
    """Show an experiment again."""
    one = desk.experiment(text(body, "experiment_id"))
    if not one.fact.deleted:
        raise missing(f"No deleted Experiment with id={one.id} exists")
    return _say(desk, one, deleted=False)


@serves("POST", "experiments/set-experiment-tag")
def set_tag(desk: Desk, body: Body) -> Body:
    """Tag an experiment."""
    one = _active(desk, text(body, "experiment_id"))
    value = short(value_of(body), _LONGEST_TAG)
    desk.write([TAG.say(about(one.id), value, key=check_key(text(body, "key")), by=desk.author)])
    return {}


@serves("POST", "experiments/delete-experiment-tag")
def delete_tag(desk: Desk, body: Body) -> Body:
    """Take a tag from an experiment."""
    one, key = _active(desk, text(body, "experiment_id")), text(body, "key")
    if key not in one.tags:
        raise missing(f"No tag with name: {key} in experiment with id {one.id}")
    desk.write([TAG.say(about(one.id), None, key=key, by=desk.author)])
    return {}


class _Searched:
    def __init__(self, one: Experiment) -> None:
        self._one = one

    def values(self, kind: str, key: str) -> list[object]:
        """Return the values of a field."""
        found = self._one.tags.get(key) if kind == "tag" else _value(self._one, kind, key)
        return [] if found is None else [found]


def _value(one: Experiment, kind: str, key: str) -> object:
    if kind == "tag":
        return one.tags.get(key)
    fields = {
        "name": one.fact.name,
        "experiment_id": one.id,
        "creation_time": one.fact.created,
        "last_update_time": one.fact.updated,
    }
    return fields[key]


def _named(desk: Desk, name: str) -> Experiment | None:
    return next((one for one in desk.view.experiments.values() if one.fact.name == name), None)


def _active(desk: Desk, id: str) -> Experiment:
    ensure_default(desk)
    one = desk.experiment(id)
    if one.fact.deleted:
        raise MlflowError(
            "INVALID_PARAMETER_VALUE",
            f"The experiment {id} must be in the 'active' state. Current state is deleted.",
        )
    return one


def _make(desk: Desk, name: str, location: str | None, tags: dict[str, str]) -> str:
    id = experiment_id(desk.view.space, name)
    while id in desk.view.experiments:  # its first bearer was given another name since
        id = str(int(id) + 1)
    fact = ExperimentFact(
        space=desk.view.space,
        name=name,
        artifact_location=location or f"mlflow-artifacts:/{id}",
        created=desk.now,
        updated=desk.now,
    )
    events: list[AnyEvent] = [EXPERIMENT.say(about(id), fact, by=desk.author)]
    events += [TAG.say(about(id), value, key=key) for key, value in tags.items()]
    desk.write(events)
    return id


def _say(desk: Desk, one: Experiment, **changes: object) -> Body:
    fact = msgspec.structs.replace(one.fact, updated=desk.now, **changes)
    desk.write([EXPERIMENT.say(about(one.id), fact, by=desk.author)])
    return {}
