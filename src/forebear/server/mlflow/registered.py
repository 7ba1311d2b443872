"""Registered models and their versions as clients see them, and how both are found and changed."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from forebear.core import redaction
from forebear.core.catalog import DESCRIPTION, Description
from forebear.core.events import AnyEvent
from forebear.core.statements import about_name
from forebear.server.mlflow.errors import invalid, missing
from forebear.server.mlflow.facts import RECALLED, VERSION, VersionFact
from forebear.server.mlflow.table import Desk
from forebear.server.mlflow.things import Model
from forebear.server.mlflow.values import (
    Body,
    text,
)

__all__ = [
    "LONGEST_TAG",
    "copied_from",
    "described",
    "files_at",
    "latest_of",
    "model_out",
    "say_version",
    "stage_of",
    "version_at",
    "version_out",
]

_STAGES = {stage.lower(): stage for stage in ("None", "Staging", "Production", "Archived")}
LONGEST_TAG = 100_000
_COPIED: Final = re.compile(r"models:/(?P<name>[^/@]+)/(?P<number>[0-9]{1,9})")


def model_out(desk: Desk, model: Model) -> Body:
    """Return a registered model as a client expects it."""
    return {
        "name": model.name,
        "creation_timestamp": model.fact.created,
        "last_updated_timestamp": model.fact.updated,
        "description": model.fact.description,
        "latest_versions": [version_out(desk, model, number) for number in latest_of(model)],
        "tags": [{"key": key, "value": value} for key, value in model.tags.items()],
        "aliases": [
            {"alias": alias, "version": str(number)} for alias, number in model.aliases.items()
        ],
    }


def version_out(desk: Desk, model: Model, number: int) -> Body:
    """Return a version as a client expects it."""
    fact = model.versions.get(number)
    if fact is None or fact.deleted:
        raise missing(f"Model Version (name={model.name}, version={number}) not found")
    logged = desk.view.logged.get(fact.model_id)
    told: Body = {
        "name": model.name,
        "version": str(number),
        "creation_timestamp": fact.created,
        "last_updated_timestamp": fact.updated,
        "user_id": fact.user,
        "current_stage": fact.stage,
        "description": fact.description,
        "source": fact.source,
        "run_id": fact.run,
        "run_link": fact.run_link,
        "status": "READY",
        "tags": [
            {"key": key, "value": value} for key, value in fact.tags.items() if key != RECALLED
        ],
        "aliases": [alias for alias, pointed in model.aliases.items() if pointed == number],
    }
    if fact.model_id:
        told["model_id"] = fact.model_id
    if logged is not None:
        told["model_params"] = [
            {"name": key, "value": value} for key, value in logged.fact.params.items()
        ]
    return told


def copied_from(desk: Desk, source: str) -> VersionFact | None:
    """Return the version that a source names, deleted or not; None where it names none."""
    found = _COPIED.fullmatch(source)
    model = desk.view.models.get(found["name"]) if found else None
    return model.versions.get(int(found["number"])) if found and model else None


def files_at(desk: Desk, fact: VersionFact) -> str:
    """Return where the files of a version are; of a copy they are those of the first one."""
    seen = {fact.source}
    while True:
        logged = desk.view.logged.get(fact.model_id)
        if logged is not None:
            return logged.fact.artifact_uri
        origin = copied_from(desk, fact.source)
        if origin is None or origin.source in seen:
            return fact.source
        seen.add(origin.source)
        fact = origin


def described(about: str, said: str, *, before: str = "", by: str) -> list[AnyEvent]:
    """Return what gives the catalog the description that a client gave."""
    plain = redaction.text(said.strip()).value
    if not plain and not before:
        return []
    return [DESCRIPTION.say(about, Description(text=plain) if plain else None, by=by)]


def latest_of(model: Model) -> list[int]:
    """Return the newest version in each stage."""
    newest: dict[str, int] = {}
    for place, one in sorted(model.versions.items()):
        if not one.deleted:
            newest[one.stage] = place
    return sorted(newest.values())


def stage_of(said: str) -> str:
    """Return a stage as it is written, however it was."""
    found = _STAGES.get(said.lower())
    if found is None:
        raise invalid(
            f"Invalid Model Version stage: {said[:100]}. Value must be one of None, Staging,"
            " Production, Archived."
        )
    return found


def version_at(desk: Desk, body: Body) -> tuple[Model, int]:
    """Return a version that a request names and that is there: the model and the number."""
    name, said = text(body, "name"), text(body, "version")
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise invalid(f"Parameter 'version' must be an integer, got {said[:100]!r}.")
    model = desk.view.model_named(name)
    one = model.versions.get(int(said)) if model else None
    if model is None or one is None or one.deleted:
        raise missing(f"Model Version (name={name}, version={said}) not found")
    return model, int(said)


def say_version(desk: Desk, body: Body, *others: AnyEvent, **changes: Any) -> Body:
    """Record a change of a version, with what goes with it, and return what a client expects."""
    model, number = version_at(desk, body)
    fact = msgspec.structs.replace(model.versions[number], **{"updated": desk.now, **changes})
    about = about_name("model", model.graph_name)
    desk.write([*others, VERSION.say(about, fact, key=fact.artifact, by=desk.author)])
    return {} if fact.deleted else {"model_version": version_out(desk, model, number)}
