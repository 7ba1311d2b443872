"""Registered models, their versions, aliases and stages; each is a name of the graph."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from forebear.core.digest import of_bytes
from forebear.core.events import (
    AliasMoved,
    AnyEvent,
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    Link,
    RunEnded,
    RunStarted,
    VersionNamed,
)
from forebear.core.ids import new_id
from forebear.core.statements import about_name
from forebear.server.mlflow import artifacts
from forebear.server.mlflow.calls.logged_models import record_content
from forebear.server.mlflow.errors import exists, invalid, missing
from forebear.server.mlflow.facts import (
    MODEL,
    TAG,
    VERSION,
    ModelFact,
    VersionFact,
    name_of,
    run_of,
)
from forebear.server.mlflow.filters import Fields, parse, passing
from forebear.server.mlflow.pages import page, sorted_by
from forebear.server.mlflow.table import Desk, serves
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
)
from forebear.server.mlflow.view import Model

_MODELS = Fields(
    frozenset(["name"]),
    frozenset(["creation_timestamp", "last_updated_timestamp", "timestamp"]),
    frozenset(["tag", "attribute"]),
)
_VERSIONS = Fields(
    frozenset(["name", "run_id", "source", "source_path", "current_stage", "status"]),
    frozenset(["version_number", "creation_timestamp", "last_updated_timestamp", "timestamp"]),
    frozenset(["tag", "attribute"]),
)
_STAGES = {stage.lower(): stage for stage in ("None", "Staging", "Production", "Archived")}
_ALIAS = re.compile(r"[\w\-]{1,255}\Z")
_RESERVED = re.compile(r"latest\Z|v\d+\Z", re.IGNORECASE)
_LONGEST_TAG = 100_000
_PROMPT = "mlflow.prompt.is_prompt"
_LOCAL = re.compile(r"(?:file:|/|\\|~|[A-Za-z]:\\|\.\.?(?:/|$))", re.IGNORECASE)


@serves("POST", "registered-models/create")
def create(desk: Desk, body: Body) -> Body:
    """Register a name for models."""
    name = _checked(text(body, "name"))
    if desk.view.model_named(name) is not None:
        raise exists(f"Registered Model (name={name}) already exists.")
    fact = ModelFact(
        space=desk.view.space,
        name=name,
        created=desk.now,
        updated=desk.now,
        description=optional(body, "description") or "",
    )
    about = about_name("model", name_of(desk.view.space, name))
    events: list[AnyEvent] = [MODEL.say(about, fact, by=desk.author)]
    events += [
        TAG.say(about, value, key=key) for key, value in pairs(body, "tags", _LONGEST_TAG).items()
    ]
    desk.write(events)
    return {"registered_model": _model_out(desk, desk.model(name))}


@serves("GET", "registered-models/get", "read")
def get(desk: Desk, body: Body) -> Body:
    """Return a registered model."""
    return {"registered_model": _model_out(desk, desk.model(text(body, "name")))}


@serves("POST", "registered-models/rename")
def rename(desk: Desk, body: Body) -> Body:
    """Call a registered model otherwise; in the graph it keeps its name."""
    model, name = desk.model(text(body, "name")), _checked(text(body, "new_name"))
    if desk.view.model_named(name) is not None:
        raise exists(f"Registered Model (name={name}) already exists.")
    return {"registered_model": _say_model(desk, model, name=name)}


@serves("PATCH", "registered-models/update")
def update(desk: Desk, body: Body) -> Body:
    """Describe a registered model."""
    model = desk.model(text(body, "name"))
    described = {"description": optional(body, "description") or ""}
    return {"registered_model": _say_model(desk, model, **described)}


@serves("DELETE", "registered-models/delete")
def delete(desk: Desk, body: Body) -> Body:
    """Hide a registered model; its versions and all that led to them stay in the graph."""
    model = desk.model(text(body, "name"))
    about, author = about_name("model", model.graph_name), desk.author
    events: list[AnyEvent] = [
        AliasMoved(kind="model", name=model.graph_name, alias=alias, version=None, by=author)
        for alias in model.aliases
    ]
    events += [TAG.say(about, None, key=key) for key in model.tags]
    fact = msgspec.structs.replace(model.fact, deleted=True, updated=desk.now)
    desk.write([*events, MODEL.say(about, fact, by=author)])
    return {}


@serves("GET", "registered-models/search", "read")
@serves("POST", "registered-models/search", "read")
def search(desk: Desk, body: Body) -> Body:
    """Find registered models."""
    comparisons = parse(optional(body, "filter"), _MODELS)
    found = [
        one
        for one in desk.view.models.values()
        if not one.fact.deleted and passing(_SearchedModel(one), comparisons)
    ]
    ordered = sorted_by(found, texts(body, "order_by"), _MODELS, _model_value, lambda m: m.name)
    shown, token = page(ordered, body, number(body, "max_results", 100), 1000)
    told = [_model_out(desk, one) for one in shown]
    return {"registered_models": told, "next_page_token": token}


@serves("GET", "registered-models/get-latest-versions", "read")
@serves("POST", "registered-models/get-latest-versions", "read")
def latest(desk: Desk, body: Body) -> Body:
    """Return the newest version in each stage."""
    model = desk.model(text(body, "name"))
    wanted = [_stage(one) for one in texts(body, "stages")]
    return {
        "model_versions": [
            _version_out(desk, model, number)
            for number in _latest(model)
            if not wanted or model.versions[number].stage in wanted
        ]
    }


@serves("POST", "registered-models/set-tag")
def set_tag(desk: Desk, body: Body) -> Body:
    """Tag a registered model."""
    model, key = desk.model(text(body, "name")), check_key(text(body, "key"))
    value = short(str(body.get("value") or ""), _LONGEST_TAG)
    desk.write([TAG.say(about_name("model", model.graph_name), value, key=key, by=desk.author)])
    return {}


@serves("DELETE", "registered-models/delete-tag")
def delete_tag(desk: Desk, body: Body) -> Body:
    """Take a tag from a registered model; one that it has not is no error."""
    model, key = desk.model(text(body, "name")), text(body, "key")
    if key in model.tags:
        desk.write([TAG.say(about_name("model", model.graph_name), None, key=key, by=desk.author)])
    return {}


@serves("POST", "registered-models/alias")
def set_alias(desk: Desk, body: Body) -> Body:
    """Point an alias to a version; every move is kept, with who and when."""
    model, alias = desk.model(text(body, "name")), text(body, "alias")
    if not _ALIAS.match(alias):
        raise invalid(
            f"Invalid alias name: '{alias[:100]}'. Names may only contain alphanumerics,"
            " underscores (_), and dashes (-)."
        )
    if _RESERVED.match(alias):
        raise invalid(f"'{alias}' alias name (case insensitive) is reserved.")
    number = _known(desk, model, text(body, "version"))
    desk.write(
        [
            AliasMoved(
                kind="model", name=model.graph_name, alias=alias, version=number, by=desk.author,
                artifact=model.versions[number].artifact,
            )
        ]
    )  # fmt: skip
    return {}


@serves("DELETE", "registered-models/alias")
def delete_alias(desk: Desk, body: Body) -> Body:
    """Take an alias away; one that is not there is no error."""
    model, alias = desk.model(text(body, "name")), text(body, "alias")
    if alias in model.aliases:
        moved = AliasMoved(
            kind="model", name=model.graph_name, alias=alias, version=None, by=desk.author
        )
        desk.write([moved])
    return {}


@serves("GET", "registered-models/alias", "read")
def get_by_alias(desk: Desk, body: Body) -> Body:
    """Return the version that an alias points to."""
    model, alias = desk.model(text(body, "name")), text(body, "alias")
    if alias not in model.aliases:
        raise invalid(f"Registered model alias {alias} not found.")
    return {"model_version": _version_out(desk, model, model.aliases[alias])}


@serves("POST", "model-versions/create")
def create_version(desk: Desk, body: Body) -> Body:
    """Register a model as the next version of a name."""
    model, source = desk.model(text(body, "name")), text(body, "source")
    if _LOCAL.match(source) or ".." in source or "#" in source:
        raise invalid(
            f"Invalid model version source: '{source[:200]}'. To use a local path as a model"
            " version source, the run_id request parameter has to be specified and the local path"
            " has to be contained within the artifact directory of the run specified by the run_id."
        )
    run, model_id = optional(body, "run_id") or "", optional(body, "model_id") or ""
    if not model_id and source.startswith("models:/m-"):
        model_id = source.removeprefix("models:/")
    artifact, events = _artifact(desk, model, source, model_id, run)
    named = VersionNamed(
        kind="model",
        name=model.graph_name,
        artifact=artifact,
        run=run_of(run),
        by=desk.author,
    )
    desk.write([*events, named])
    (row,) = [
        row
        for row in desk.store.versions_of([artifact])[artifact]
        if (row.kind, row.name) == ("model", model.graph_name)
    ]
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
        tags=pairs(body, "tags", _LONGEST_TAG),
    )
    about = about_name("model", model.graph_name)
    touched = msgspec.structs.replace(model.fact, updated=desk.now)
    desk.write(
        [
            VERSION.say(about, fact, key=str(row.version), by=desk.author),
            MODEL.say(about, touched, by=desk.author),
        ]
    )
    return {"model_version": _version_out(desk, model, row.version)}


@serves("GET", "model-versions/get", "read")
def get_version(desk: Desk, body: Body) -> Body:
    """Return a version."""
    model = desk.model(text(body, "name"))
    return {"model_version": _version_out(desk, model, _known(desk, model, text(body, "version")))}


@serves("PATCH", "model-versions/update")
def update_version(desk: Desk, body: Body) -> Body:
    """Describe a version."""
    return _say_version(desk, body, description=optional(body, "description") or "")


@serves("POST", "model-versions/transition-stage")
def transition(desk: Desk, body: Body) -> Body:
    """Bring a version to another stage."""
    model, stage = desk.model(text(body, "name")), _stage(text(body, "stage"))
    number = _known(desk, model, text(body, "version"))
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
        _say_version(desk, {"name": model.name, "version": str(other)}, stage="Archived")
    return _say_version(desk, body, stage=stage)


@serves("DELETE", "model-versions/delete")
def delete_version(desk: Desk, body: Body) -> Body:
    """Hide a version; in the graph it stays what it is, and its aliases point nowhere."""
    model = desk.model(text(body, "name"))
    number = _known(desk, model, text(body, "version"))
    moved = [
        AliasMoved(
            kind="model", name=model.graph_name, alias=alias, version=None, by=desk.author,
            why="the version was deleted",
        )
        for alias, pointed in model.aliases.items()
        if pointed == number
    ]  # fmt: skip
    if moved:
        desk.write(moved)
    _say_version(desk, body, deleted=True)
    return {}


@serves("GET", "model-versions/search", "read")
@serves("POST", "model-versions/search", "read")
def search_versions(desk: Desk, body: Body) -> Body:
    """Find versions."""
    comparisons = parse(optional(body, "filter"), _VERSIONS)
    found = [
        (model, number)
        for model in desk.view.models.values()
        if not model.fact.deleted
        for number, one in model.versions.items()
        if not one.deleted and passing(_SearchedVersion(model, number), comparisons)
    ]
    ordered = sorted_by(
        found,
        texts(body, "order_by"),
        _VERSIONS,
        lambda one, kind, key: next(iter(_SearchedVersion(*one).values(kind, key)), None),
        lambda one: (-one[0].versions[one[1]].updated, one[0].name, -one[1]),
    )
    shown, token = page(ordered, body, number(body, "max_results", 10_000), 200_000)
    told = [_version_out(desk, *one) for one in shown]
    return {"model_versions": told, "next_page_token": token}


@serves("GET", "model-versions/get-download-uri", "read")
def download_uri(desk: Desk, body: Body) -> Body:
    """Return where the files of a version are; whoever asks is recorded as who uses it."""
    model = desk.model(text(body, "name"))
    number = _known(desk, model, text(body, "version"))
    fact = model.versions[number]
    logged = desk.view.logged.get(fact.model_id)
    _record_use(desk, model, number)
    return {"artifact_uri": logged.fact.artifact_uri if logged else fact.source}


@serves("POST", "model-versions/set-tag")
def set_version_tag(desk: Desk, body: Body) -> Body:
    """Tag a version."""
    model = desk.model(text(body, "name"))
    number = _known(desk, model, text(body, "version"))
    value = short(str(body.get("value") or ""), _LONGEST_TAG)
    tags = {**model.versions[number].tags, check_key(text(body, "key")): value}
    _say_version(desk, body, tags=tags)
    return {}


@serves("DELETE", "model-versions/delete-tag")
def delete_version_tag(desk: Desk, body: Body) -> Body:
    """Take a tag from a version; one that it has not is no error."""
    model = desk.model(text(body, "name"))
    number = _known(desk, model, text(body, "version"))
    tags = dict(model.versions[number].tags)
    if tags.pop(text(body, "key"), None) is not None:
        _say_version(desk, body, tags=tags)
    return {}


class _SearchedModel:
    def __init__(self, model: Model) -> None:
        self._model = model

    def values(self, kind: str, key: str) -> list[Any]:
        """Return the values of a field."""
        found = _model_value(self._model, kind, key)
        return [] if found is None else [found]


class _SearchedVersion:
    def __init__(self, model: Model, number: int) -> None:
        self._model, self._number = model, number

    def values(self, kind: str, key: str) -> list[Any]:
        """Return the values of a field."""
        fact = self._model.versions[self._number]
        if kind == "tag":
            found = fact.tags.get(key, "false" if key == _PROMPT else None)
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


def _model_value(model: Model, kind: str, key: str) -> Any:
    if kind == "tag":
        # Clients ask for what is no prompt, and no tag says so of an ordinary model.
        return model.tags.get(key, "false" if key == _PROMPT else None)
    if key == "name":
        return model.name
    return model.fact.created if key == "creation_timestamp" else model.fact.updated


def _model_out(desk: Desk, model: Model) -> Body:
    return {
        "name": model.name,
        "creation_timestamp": model.fact.created,
        "last_updated_timestamp": model.fact.updated,
        "description": model.fact.description,
        "latest_versions": [_version_out(desk, model, number) for number in _latest(model)],
        "tags": [{"key": key, "value": value} for key, value in model.tags.items()],
        "aliases": [
            {"alias": alias, "version": str(number)} for alias, number in model.aliases.items()
        ],
    }


def _version_out(desk: Desk, model: Model, number: int) -> Body:
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
        "tags": [{"key": key, "value": value} for key, value in fact.tags.items()],
        "aliases": [alias for alias, pointed in model.aliases.items() if pointed == number],
    }
    if fact.model_id:
        told["model_id"] = fact.model_id
    if logged is not None:
        told["model_params"] = [
            {"name": key, "value": value} for key, value in logged.fact.params.items()
        ]
    return told


def _latest(model: Model) -> list[int]:
    newest: dict[str, int] = {}
    for place, one in sorted(model.versions.items()):
        if not one.deleted:
            newest[one.stage] = place
    return sorted(newest.values())


def _checked(name: str) -> str:
    if not name.strip() or len(name) > 256:
        raise invalid("Missing value for required parameter 'name'.")
    if "/" in name or ":" in name or name in {".", ".."} or not name.isprintable():
        raise invalid(f"Invalid model name '{name}'. Names cannot contain '/' or ':'.")
    return name


def _stage(said: str) -> str:
    found = _STAGES.get(said.lower())
    if found is None:
        raise invalid(
            f"Invalid Model Version stage: {said[:100]}. Value must be one of None, Staging,"
            " Production, Archived."
        )
    return found


def _known(desk: Desk, model: Model, said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise invalid(f"Invalid value {said!r} for parameter 'version' supplied.")
    one = model.versions.get(int(said))
    if one is None or one.deleted:
        raise missing(f"Model Version (name={model.name}, version={said}) not found")
    return int(said)


def _say_model(desk: Desk, model: Model, **changes: Any) -> Body:
    fact = msgspec.structs.replace(model.fact, updated=desk.now, **changes)
    desk.write([MODEL.say(about_name("model", model.graph_name), fact, by=desk.author)])
    return _model_out(desk, model)


def _say_version(desk: Desk, body: Body, **changes: Any) -> Body:
    model = desk.model(text(body, "name"))
    number = _known(desk, model, text(body, "version"))
    fact = msgspec.structs.replace(model.versions[number], updated=desk.now, **changes)
    about = about_name("model", model.graph_name)
    desk.write([VERSION.say(about, fact, key=str(number), by=desk.author)])
    return {} if fact.deleted else {"model_version": _version_out(desk, model, number)}


def _artifact(
    desk: Desk, model: Model, source: str, model_id: str, run: str
) -> tuple[str, list[AnyEvent]]:
    """Return what a version is in the graph, and the events that say so.

    Content that is a version of that name already gets an artifact of its own: MLflow's clients
    expect a new number each time they register.
    """
    logged = desk.view.logged.get(model_id)
    if logged is not None:
        record_content(desk, logged)
    path = artifacts.path_of(source)
    files = artifacts.files_below(desk.view, path) if path else {}
    if logged is not None and logged.fact.artifact is not None:
        content, events = logged.fact.artifact, []
    elif files:
        content = artifacts.digest_of(files)
        events = _made(desk, content, model.name, run, sum(one.size for one in files.values()))
    else:
        content = of_bytes(b"mlflow-source" + source.encode())
        events = _made(desk, content, model.name, run, None)
    if all(content != one.artifact for one in model.versions.values()):
        return content, events
    again = new_id()
    digest = of_bytes(again.encode())
    return again, [
        *events,
        ArtifactRecorded(
            artifact=again, kind="model", digest=digest, label=model.name, by_reference=True
        ),
        Derived(source=content, target=again, relation="copy"),
    ]


def _made(desk: Desk, content: str, label: str, run: str, size: int | None) -> list[AnyEvent]:
    inside = run_of(run)
    recorded = ArtifactRecorded(
        artifact=content, kind="model", digest=content, run=inside, label=label, format="mlflow",
        size=size, by_reference=size is None,
    )  # fmt: skip
    if inside is None or desk.view.runs.get(run) is None:
        return [recorded]
    return [
        recorded,
        EdgesRecorded(run=inside, generated=[Link(artifact=content, evidence="declared")]),
    ]


def _record_use(desk: Desk, model: Model, number: int) -> None:
    """Record that somebody fetched a version, once a day for each who does."""
    day = desk.now // 86_400_000
    key = of_bytes(f"{desk.by}\0{model.graph_name}\0{number}\0{day}".encode())
    id = f"{key[7:15]}-{key[15:19]}-8{key[20:23]}-8{key[24:27]}-{key[27:39]}"
    if desk.store.run(id) is not None:
        return
    link = Link(artifact=model.versions[number].artifact, role="model")
    attrs = {"client": "mlflow", "by": desk.author}
    desk.write(
        [
            RunStarted(run=id, kind="consume", name="MLflow client", attrs=attrs),
            EdgesRecorded(run=id, used=[link]),
            RunEnded(run=id, status="finished"),
        ]
    )
