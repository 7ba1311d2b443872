"""Versions of registered models, and their stages; each is a version of the graph."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from forebear.analysis.filters import Fields, matcher, parse
from forebear.analysis.ordering import sorted_by
from forebear.core.events import (
    AliasMoved,
    VersionNamed,
)
from forebear.core.statements import about_name
from forebear.server.mlflow import artifacts
from forebear.server.mlflow.contents import version_content
from forebear.server.mlflow.errors import invalid
from forebear.server.mlflow.facts import (
    PROMPT,
    VERSION,
    VersionFact,
    run_of,
)
from forebear.server.mlflow.pages import page
from forebear.server.mlflow.recalls import version_with_recall
from forebear.server.mlflow.registered import (
    LONGEST_TAG,
    copied_from,
    described,
    files_at,
    say_version,
    stage_of,
    version_at,
    version_out,
)
from forebear.server.mlflow.table import Desk, serves
from forebear.server.mlflow.things import Model
from forebear.server.mlflow.usage import record_use
from forebear.server.mlflow.values import (
    Body,
    check_key,
    flag,
    number,
    optional,
    pairs,
    short,
    text,
    texts,
    value_of,
)

_VERSIONS = Fields(
    frozenset(["name", "run_id", "source", "source_path", "current_stage", "status"]),
    frozenset(["version_number", "creation_timestamp", "last_updated_timestamp", "timestamp"]),
    frozenset(["tag", "attribute"]),
)
_LOCAL = re.compile(r"(?:file:|/|\\|~|[A-Za-z]:\\|\.\.?(?:/|$))", re.IGNORECASE)


@serves("POST", "model-versions/create")
def create_version(desk: Desk, body: Body) -> Body:
    """Register a model as the next version of a name."""
    model, source = desk.model(text(body, "name")), text(body, "source")
    if model.tags.get(PROMPT) != "true":  # a prompt lies in a tag, and its source means nothing
        _check_source(source)
    if source.startswith("models:/") and copied_from(desk, source) is None:
        _check_logged(desk, source)
    run, model_id = optional(body, "run_id") or "", optional(body, "model_id") or ""
    if not model_id and source.startswith("models:/m-"):
        model_id = source.removeprefix("models:/")
    run = _run_behind(desk, source, run, model_id)
    artifact, events = version_content(desk, model, source, model_id, run)
    named = VersionNamed(
        kind="model",
        name=model.graph_name,
        artifact=artifact,
        run=run_of(run),
        by=desk.author,
    )
    fact = VersionFact(
        source=source,
        artifact=artifact,
        created=desk.now,
        updated=desk.now,
        description=optional(body, "description") or "",
        run=run,
        run_link=optional(body, "run_link") or "",
        model_id=model_id,
        user=desk.by,
        tags=pairs(body, "tags", LONGEST_TAG),
    )
    said = VERSION.say(about_name("model", model.graph_name), fact, key=artifact, by=desk.author)
    told = described(artifact, fact.description, by=desk.author)
    desk.write([*events, named, said, *told])
    return {"model_version": version_out(desk, model, model.numbers[artifact])}


@serves("GET", "model-versions/get", "read")
def get_version(desk: Desk, body: Body) -> Body:
    """Return a version."""
    return {"model_version": version_with_recall(desk, *version_at(desk, body))}


@serves("PATCH", "model-versions/update")
def update_version(desk: Desk, body: Body) -> Body:
    """Describe a version."""
    model, number = version_at(desk, body)
    before, said = model.versions[number], optional(body, "description") or ""
    told = described(before.artifact, said, before=before.description, by=desk.author)
    return say_version(desk, body, *told, description=said)


@serves("POST", "model-versions/transition-stage")
def transition(desk: Desk, body: Body) -> Body:
    """Bring a version to another stage."""
    stage = stage_of(text(body, "stage"))
    model, number = version_at(desk, body)
    others = []
    if flag(body, "archive_existing_versions"):
        if stage not in {"Staging", "Production"}:
            raise invalid(
                f"Model version transition cannot archive existing model versions because '{stage}'"
                " is not an Active stage. Valid stages are ['Staging', 'Production']"
            )
        others = [
            n
            for n, one in model.versions.items()
            if n != number and one.stage == stage and not one.deleted
        ]
    for other in others:
        say_version(desk, {"name": model.name, "version": str(other)}, stage="Archived")
    return say_version(desk, body, stage=stage)


@serves("DELETE", "model-versions/delete")
def delete_version(desk: Desk, body: Body) -> Body:
    """Hide a version; in the graph it stays what it is, and its aliases point nowhere."""
    model, number = version_at(desk, body)
    moved = [
        AliasMoved(
            kind="model", name=model.graph_name, alias=alias, version=None, by=desk.author,
            why="the version was deleted",
        )
        for alias, pointed in model.aliases.items()
        if pointed == number
    ]  # fmt: skip
    say_version(desk, body, *moved, deleted=True)
    return {}


@serves("GET", "model-versions/search", "read")
@serves("POST", "model-versions/search", "read")
def search_versions(desk: Desk, body: Body) -> Body:
    """Find versions."""
    matches = matcher(parse(optional(body, "filter"), _VERSIONS))
    found = [
        (model, number)
        for model in desk.view.models.values()
        if not model.fact.deleted
        for number, one in model.versions.items()
        if not one.deleted and matches(_SearchedVersion(model, number))
    ]
    ordered = sorted_by(
        found,
        texts(body, "order_by") or ["last_updated_timestamp DESC"],
        _VERSIONS,
        lambda one, kind, key: next(iter(_SearchedVersion(*one).values(kind, key)), None),
        lambda one: (one[0].name, -one[1]),
    )
    shown, token = page(ordered, body, number(body, "max_results", 10_000), 200_000)
    told = [version_out(desk, *one) for one in shown]
    return {"model_versions": told, "next_page_token": token}


@serves("GET", "model-versions/get-download-uri", "read")
def download_uri(desk: Desk, body: Body) -> Body:
    """Return where the files of a version are; whoever asks is recorded as who uses it."""
    model, number = version_at(desk, body)
    fact = model.versions[number]
    record_use(desk, fact.artifact)
    return {"artifact_uri": files_at(desk, fact)}


@serves("POST", "model-versions/set-tag")
def set_version_tag(desk: Desk, body: Body) -> Body:
    """Tag a version."""
    model, number = version_at(desk, body)
    value = short(value_of(body), LONGEST_TAG)
    one = model.versions[number]
    tags = {**one.tags, check_key(text(body, "key")): value}
    say_version(desk, body, tags=tags, updated=one.updated)
    return {}


@serves("DELETE", "model-versions/delete-tag")
def delete_version_tag(desk: Desk, body: Body) -> Body:
    """Take a tag from a version; one that it has not is no error."""
    model, number = version_at(desk, body)
    one = model.versions[number]
    tags = dict(one.tags)
    if tags.pop(text(body, "key"), None) is not None:
        say_version(desk, body, tags=tags, updated=one.updated)
    return {}


def _check_source(source: str) -> None:
    if _LOCAL.match(source) or ":" not in source:
        raise invalid(
            f"Invalid model version source: '{source[:200]}'. To use a local path as a model"
            " version source, the run_id request parameter has to be specified and the local path"
            " has to be contained within the artifact directory of the run specified by the run_id."
        )
    plain = unquote(unquote(source))
    if ".." in re.split(r"[/\\]", plain) or "\0" in plain or "#" in plain:
        raise invalid(
            f"Invalid model version source: '{source[:200]}'. If supplying a source as an http,"
            " https, ftp, object store or mlflow-artifacts uri, an absolute path must be provided,"
            " without relative references."
        )


def _run_behind(desk: Desk, source: str, run: str, model_id: str) -> str:
    """Return the run that made what a source names, whether the client says it or not.

    Raises:
        MlflowError: the client names another one.
    """
    if not run and model_id in desk.view.logged:
        return desk.view.logged[model_id].fact.run
    _, _, rest = (artifacts.path_of(source) or "").partition("/")
    owner, _, inside = rest.partition("/")
    if not inside or owner not in desk.view.runs:
        return run
    if run not in {"", owner}:
        raise invalid(
            f"Invalid model version source: '{source[:200]}'. The run_id request parameter must"
            " identify the resource that contains the source."
        )
    return owner


def _check_logged(desk: Desk, source: str) -> None:
    """Raise where a source names a version or logged model that is not there."""
    name, _, number = source.removeprefix("models:/").partition("/")
    if number:
        version_at(desk, {"name": name, "version": number})
    else:
        desk.logged(name)


class _SearchedVersion:
    def __init__(self, model: Model, number: int) -> None:
        self._model, self._number = model, number

    def values(self, kind: str, key: str) -> list[Any]:
        """Return the values of a field."""
        fact = self._model.versions[self._number]
        if kind == "tag":
            found = fact.tags.get(key, "false" if key == PROMPT else None)
            return [] if found is None else [found]
        fields = {
            "name": self._model.name,
            "version_number": self._number,
            "run_id": fact.run,
            "source": fact.source,
            "source_path": fact.source,
            "current_stage": fact.stage,
            "status": "READY",
            "creation_timestamp": fact.created,
            "last_updated_timestamp": fact.updated,
            "timestamp": fact.updated,
        }
        return [fields[key]]
