"""What MLflow has words for, as one workspace's view holds it: experiments, runs, models.

They are made and changed by `forebear.server.mlflow.view` alone, from events.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from forebear.core.entities import Figure
from forebear.server.mlflow import facts
from forebear.server.mlflow.facts import (
    ExperimentFact,
    InputFact,
    LoggedFact,
    ModelFact,
    OutputFact,
    RunFact,
    VersionFact,
)

__all__ = ["Experiment", "Logged", "Model", "Point", "Run"]


@dataclass(slots=True)
class Point:
    """One value of a metric."""

    value: Figure
    timestamp: int
    step: int

    @property
    def place(self) -> tuple[int, int, float]:
        """By which the latest is found: the step counts first, as in MLflow."""
        number = float(self.value)
        return (self.step, self.timestamp, -math.inf if math.isnan(number) else number)


@dataclass(slots=True)
class Experiment:
    """An experiment with its runs and logged models, in the order in which they came."""

    id: str
    fact: ExperimentFact
    tags: dict[str, str] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    logged: dict[str, Logged] = field(default_factory=dict)


@dataclass(slots=True)
class Run:
    """A run with what was logged in it."""

    id: str
    """32 hexadecimal digits."""
    fact: RunFact
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    latest: dict[str, Point] = field(default_factory=dict)
    history: dict[str, list[Point]] = field(default_factory=dict)
    inputs: dict[str, InputFact] = field(default_factory=dict)
    outputs: dict[str, OutputFact] = field(default_factory=dict)
    experiment: Experiment | None = None
    touched: bool = False
    """Something was said of it after it was made."""
    has_twin: bool = False
    """The request that made it came once more afterwards."""

    @property
    def is_deleted(self) -> bool:
        """Whether it was hidden, by itself or with its experiment."""
        return self.fact.deleted or (self.experiment is not None and self.experiment.fact.deleted)

    @property
    def is_ghost(self) -> bool:
        """Whether its maker never heard of it: the reply was lost, and they asked again."""
        return self.has_twin and not self.touched

    def values(self, kind: str, key: str) -> Iterable[Any]:
        """Return the values of a field; see `filters.Searched`."""
        if kind == "metric":
            point = self.latest.get(key)
            return () if point is None else (float(point.value),)
        if kind == "param":
            return _one(self.params.get(key))
        if kind == "tag":
            return _one(self.tags.get(key))
        if kind == "dataset":
            return self._of_datasets(key)
        return _one(self.attribute(key))

    def attribute(self, key: str) -> Any:
        """Return an attribute by its name."""
        if key == "run_id":
            return self.id
        if key == "user_id":
            return self.fact.user
        return getattr(self.fact, _RUN_FIELDS[key])

    def _of_datasets(self, key: str) -> list[str]:
        used = [one for one in self.inputs.values() if one.dataset is not None]
        if key == "context":
            return [one.tags[facts.CONTEXT] for one in used if facts.CONTEXT in one.tags]
        return [getattr(one.dataset, key) for one in used]


_RUN_FIELDS: Final = {
    "run_name": "name",
    "status": "status",
    "start_time": "start",
    "end_time": "end",
    "artifact_uri": "artifact_uri",
    "experiment_id": "experiment",
}


@dataclass(slots=True)
class Logged:
    """A logged model."""

    id: str
    fact: LoggedFact
    tags: dict[str, str] = field(default_factory=dict)
    metrics: list[tuple[str, Point, str, str | None, str | None]] = field(default_factory=list)
    """Key, value, run, name and digest of the data."""

    def values(self, kind: str, key: str) -> Iterable[Any]:
        """Return the values of a field; see `filters.Searched`."""
        if kind == "metric":
            return [float(point.value) for name, point, *_ in self.metrics if name == key]
        if kind == "param":
            return _one(self.fact.params.get(key))
        if kind == "tag":
            return _one(self.tags.get(key))
        return _one(self.attribute(key))

    def attribute(self, key: str) -> Any:
        """Return an attribute by its name."""
        if key == "model_id":
            return self.id
        return getattr(self.fact, _LOGGED_FIELDS[key])


_LOGGED_FIELDS: Final = {
    "name": "name",
    "model_name": "name",
    "status": "status",
    "model_type": "model_type",
    "source_run_id": "run",
    "experiment_id": "experiment",
    "artifact_location": "artifact_uri",
    "creation_timestamp": "created",
    "creation_time": "created",
    "last_updated_timestamp": "updated",
    "last_updated_time": "updated",
}


@dataclass(slots=True)
class Model:
    """A registered model."""

    name: str
    """As MLflow's clients call it."""
    graph_name: str
    """As it is called in the graph."""
    fact: ModelFact
    tags: dict[str, str] = field(default_factory=dict)
    versions: dict[int, VersionFact] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    """Of the version that an artifact is."""
    aliases: dict[str, int] = field(default_factory=dict)

    def heard_of(self, before: VersionFact | None, fact: VersionFact) -> None:
        """Count a version that is made, moved to a stage or deleted as a change of the model."""
        if before is None or (before.stage, before.deleted) != (fact.stage, fact.deleted):
            changed = fact.created if before is None else fact.updated
            updated = max(self.fact.updated, changed)
            self.fact = msgspec.structs.replace(self.fact, updated=updated)


def _one(value: Any) -> Iterable[Any]:
    return () if value is None else (value,)
