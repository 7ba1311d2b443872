"""What is found where MLflow has recorded: its experiments, runs and models, as plain Structs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal, Protocol

from msgspec import Struct

from forebear.core.entities import Figure, finite

__all__ = [
    "FoundExperiment",
    "FoundFile",
    "FoundInput",
    "FoundLogged",
    "FoundModel",
    "FoundPoint",
    "FoundRun",
    "FoundVersion",
    "Owner",
    "Source",
    "Unlisted",
    "text",
]


class Unlisted(Exception):
    """Files that can't be looked at; its text says why."""


class Owner(Struct, frozen=True, kw_only=True):
    """A run or a logged model, as the owner of files below an address."""

    kind: Literal["run", "model"]
    id: str
    uri: str


class FoundFile(Struct, frozen=True, array_like=True):
    """A file among the artifacts of its owner; `stamp` changes when it is written again."""

    path: str
    size: int
    stamp: int = 0


class FoundPoint(Struct, frozen=True, array_like=True):
    """One value of a metric, with the logged model and the data that it speaks of."""

    key: str
    value: float
    timestamp: int
    step: int
    model: str = ""
    dataset: str = ""
    digest: str = ""

    @property
    def place(self) -> tuple[str, Figure, int, int]:
        """Where it stands in its run, whatever it speaks of."""
        return self.key, finite(self.value), self.timestamp, self.step


class FoundInput(Struct, frozen=True, kw_only=True):
    """Data in one context, or a logged model, that a run used."""

    dataset: dict[str, str] | None = None
    """name, digest, source_type, source, schema, profile"""
    model: str = ""
    tags: dict[str, str] = {}


class FoundExperiment(Struct, frozen=True, kw_only=True):
    """An experiment; times in milliseconds since 1970."""

    id: str
    name: str
    created: int
    updated: int
    deleted: bool = False
    tags: dict[str, str] = {}


class FoundRun(Struct, frozen=True, kw_only=True):
    """A run with what was logged in it."""

    id: str
    experiment: str
    name: str
    user: str
    status: str
    start: int
    end: int | None
    deleted: bool
    artifact_uri: str
    params: dict[str, str]
    tags: dict[str, str]
    points: list[FoundPoint]
    inputs: list[FoundInput]
    outputs: dict[str, int]
    """Logged models that it made, and the step."""


class FoundLogged(Struct, frozen=True, kw_only=True):
    """A logged model; `points` are what was measured of it, by run."""

    id: str
    experiment: str
    name: str
    created: int
    updated: int
    status: str
    model_type: str
    run: str
    deleted: bool
    artifact_uri: str
    params: dict[str, str]
    tags: dict[str, str]
    points: dict[str, list[FoundPoint]]


class FoundVersion(Struct, frozen=True, kw_only=True):
    """A version of a registered model."""

    number: int
    source: str
    created: int
    updated: int
    stage: str
    description: str = ""
    run: str = ""
    run_link: str = ""
    model_id: str = ""
    user: str = ""
    tags: dict[str, str] = {}
    deleted: bool = False


class FoundModel(Struct, frozen=True, kw_only=True):
    """A registered model with its versions and aliases."""

    name: str
    created: int
    updated: int
    description: str
    tags: dict[str, str]
    aliases: dict[str, int]
    versions: list[FoundVersion]


class Source(Protocol):
    """Where MLflow has recorded."""

    where: str
    """As it may be shown."""

    def experiments(self) -> list[FoundExperiment]:
        """Return all experiments, deleted ones too."""

    def count(self) -> int:
        """Return how many runs there are, as far as that is known beforehand."""

    def runs(self, experiment: str) -> Iterator[FoundRun]:
        """Return the runs of an experiment, oldest first, deleted ones too."""

    def logged(self) -> list[FoundLogged]:
        """Return all logged models."""

    def models(self) -> list[FoundModel]:
        """Return all registered models."""

    def files(self, owner: Owner) -> list[FoundFile]:
        """Return the files of a run or logged model.

        Raises:
            Unlisted: there is no looking at them.
        """

    def file(self, owner: Owner, path: str) -> AbstractContextManager[Path]:
        """Give one of these files, for as long as it is looked at.

        Raises:
            Unlisted, OSError: it is not there, or not to be had.
        """

    def close(self) -> None:
        """Let go of it."""


def text(value: Any) -> str:
    """Return a value as text; nothing is an empty one."""
    return "" if value is None else str(value)
