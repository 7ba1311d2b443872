"""What MLflow's calls leave in the store: statements on topics of their own, beside our events.

A run is a run of the graph, a metric a metric, a registered model a name with versions and aliases.
What only MLflow has (experiments, tags, its life-cycle stages) is said in statements, in the words
of its interface, so that a client is given back what it sent.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from forebear.core.clock import from_micros, micros
from forebear.core.errors import InvalidInput
from forebear.core.refs import check_name
from forebear.core.statements import Topic
from forebear.server.mlflow.errors import invalid

__all__ = [
    "CONTEXT",
    "EXPERIMENT",
    "FILE",
    "IMPORTED",
    "INPUT",
    "LOGGED",
    "MODEL",
    "OUTPUT",
    "PROMPT",
    "RECALLED",
    "RUN",
    "TAG",
    "VERSION",
    "WEBHOOK",
    "DatasetFact",
    "ExperimentFact",
    "FileFact",
    "ImportedFact",
    "InputFact",
    "LoggedFact",
    "ModelFact",
    "OutputFact",
    "RunFact",
    "VersionFact",
    "WebhookFact",
    "experiment_id",
    "hex_of",
    "millis",
    "moment",
    "name_of",
    "run_of",
]


class ExperimentFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An experiment; times in milliseconds since 1970."""

    space: str = ""
    name: str
    artifact_location: str
    created: int
    updated: int
    deleted: bool = False


class RunFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run as MLflow knows it."""

    space: str = ""
    experiment: str
    name: str
    user: str = ""
    status: str
    start: int
    end: int | None = None
    artifact_uri: str
    deleted: bool = False
    twin: str = ""
    """What a request that is sent again has in common with the first."""


class DatasetFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Data as a client described it."""

    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""


class InputFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run used data, or a logged model, in one context."""

    dataset: DatasetFact | None = None
    model: str | None = None
    tags: dict[str, str] = {}
    artifact: str | None = None
    """What the data is in the graph."""


class OutputFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run made a logged model at a step."""

    model: str
    step: int = 0


class LoggedFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A logged model."""

    space: str = ""
    experiment: str
    name: str
    created: int
    updated: int
    artifact_uri: str
    status: str
    model_type: str = ""
    run: str = ""
    user: str = ""
    params: dict[str, str] = {}
    artifact: str | None = None
    """Its content in the graph, once all its files are there."""
    deleted: bool = False


class ModelFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A registered model; the name that it has in the graph is what the statement is about."""

    space: str = ""
    name: str
    created: int
    updated: int
    description: str = ""
    deleted: bool = False


class VersionFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A version of a registered model.

    The statement's key is its artifact, since its number is known only when it is named; what was
    written by earlier versions of forebear has the number as its key.
    """

    source: str
    artifact: str
    created: int
    updated: int
    stage: str = "None"
    description: str = ""
    run: str = ""
    run_link: str = ""
    model_id: str = ""
    user: str = ""
    deleted: bool = False
    tags: dict[str, str] = {}


class FileFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file among the artifacts of a run or logged model; its path is the statement's key."""

    digest: str
    size: int


class ImportedFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something was imported from MLflow's own records; the workspace is the statement's key."""

    source: str
    digest: str
    """Of all that was found about it there: where that is unchanged, nothing is new."""
    artifact_uri: str = ""
    """Where its files were."""


class WebhookFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody is told of changes; where that leads stands beside the store (`webhooks`)."""

    space: str = ""
    name: str
    events: list[str]
    status: str


EXPERIMENT: Final = Topic("mlflow.experiment", ExperimentFact)
RUN: Final = Topic("mlflow.run", RunFact)
TAG: Final[Topic[Any]] = Topic("mlflow.tag", str)
INPUT: Final = Topic("mlflow.input", InputFact)
OUTPUT: Final = Topic("mlflow.output", OutputFact)
LOGGED: Final = Topic("mlflow.logged-model", LoggedFact)
MODEL: Final = Topic("mlflow.model", ModelFact)
VERSION: Final = Topic("mlflow.version", VersionFact)
FILE: Final = Topic("mlflow.file", FileFact)
IMPORTED: Final = Topic("mlflow.imported", ImportedFact)
WEBHOOK: Final = Topic("mlflow.webhook", WebhookFact)

CONTEXT: Final = "mlflow.data.context"
RECALLED: Final = "forebear.recalled"
"""The tag of a version that a recall reaches, which is said by nobody but us."""
"""The tag that says what a run used data for."""
PROMPT: Final = "mlflow.prompt.is_prompt"
"""The tag of what clients keep as a registered model and is none."""
_DEFAULT: Final = "0"


def experiment_id(space: str, name: str) -> str:
    """Return the id of an experiment: the same name has the same id at every server.

    >>> experiment_id("", "Default")
    '0'
    """
    if name == "Default":
        return _DEFAULT
    return str(int(hashlib.sha256(f"{space}\0{name}".encode()).hexdigest()[:14], 16))


def run_of(hex: str) -> str | None:
    """Return the id in the graph of a run that MLflow calls by 32 digits; None for what is none.

    >>> run_of("0192a4c1000070008000000000000001")
    '0192a4c1-0000-7000-8000-000000000001'
    """
    return str(uuid.UUID(hex)) if re.fullmatch(r"[0-9a-f]{32}", hex) else None


def hex_of(id: str) -> str:
    """Return how MLflow calls a run of the graph."""
    return id.replace("-", "")


def millis(moment: datetime) -> int:
    """Return a time as MLflow writes it."""
    return micros(moment) // 1000


def moment(millis: int) -> datetime:
    """Return a time that MLflow wrote.

    Raises:
        MlflowError: no calendar has it.
    """
    try:
        return from_micros(millis * 1000)
    except (OverflowError, ValueError, OSError):
        raise invalid(f"Got invalid timestamp {millis}.") from None


def name_of(space: str, name: str) -> str:
    """Return the name in the graph of a registered model, which may be called anything.

    >>> name_of("", "churn"), name_of("team", "churn")
    ('churn', 'team.churn')
    >>> name_of("", "my model").startswith("my-model-")
    True
    """
    whole = f"{space}.{name}" if space else name
    with suppress(InvalidInput):
        if check_name(whole) == whole:
            return whole
    plain = re.sub(r"[^\w.\-]+", "-", whole).strip("-.")[:80] or "model"
    return f"{plain}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"
