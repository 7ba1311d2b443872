"""Registered models, their tags and aliases; each is a name of the graph."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from forebear.analysis.filters import Fields, matcher, parse
from forebear.analysis.ordering import sorted_by
from forebear.core.events import (
    AliasMoved,
    AnyEvent,
)
from forebear.core.statements import about_name
from forebear.server.mlflow.errors import exists, invalid
from forebear.server.mlflow.facts import (
    MODEL,
    PROMPT,
    TAG,
    ModelFact,
)
from forebear.server.mlflow.pages import page
from forebear.server.mlflow.recalls import version_with_recall
from forebear.server.mlflow.registered import (
    LONGEST_TAG,
    described,
    latest_of,
    model_out,
    stage_of,
    version_at,
    version_out,
)
from forebear.server.mlflow.table import Desk, serves
from forebear.server.mlflow.things import Model
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

_MODELS = Fields(
    frozenset(["name"]),
    frozenset(["creation_timestamp", "last_updated_timestamp", "timestamp"]),
    frozenset(["tag", "attribute"]),
)
_ALIAS = re.compile(r"[\w\-]+\Z")
_OF_A_VERSION = re.compile(r"v\d+\Z", re.IGNORECASE)
_LONGEST_NAME = 256
_LONGEST_ALIAS = 255


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
    about = about_name("model", desk.view.graph_name(name))
    events: list[AnyEvent] = [MODEL.say(about, fact, by=desk.author)]
    events += [
        TAG.say(about, value, key=key) for key, value in pairs(body, "tags", LONGEST_TAG).items()
    ]
    events += described(about, fact.description, by=desk.author)
    desk.write(events)
    return {"registered_model": model_out(desk, desk.model(name))}


@serves("GET", "registered-models/get", "read")
def get(desk: Desk, body: Body) -> Body:
    """Return a registered model."""
    return {"registered_model": model_out(desk, desk.model(text(body, "name")))}


@serves("POST", "registered-models/rename")
def rename(desk: Desk, body: Body) -> Body:
    """Call a registered model otherwise; in the graph it keeps its name."""
    model, name = desk.model(text(body, "name")), _checked(text(body, "new_name"), "new_name")
    if desk.view.model_named(name) not in (None, model):
        raise exists(f"Registered Model (name={name}) already exists.")
    return {"registered_model": _say_model(desk, model, [], name=name)}


@serves("PATCH", "registered-models/update")
def update(desk: Desk, body: Body) -> Body:
    """Describe a registered model."""
    model, said = desk.model(text(body, "name")), optional(body, "description") or ""
    about, before = about_name("model", model.graph_name), model.fact.description
    told = described(about, said, before=before, by=desk.author)
    return {"registered_model": _say_model(desk, model, told, description=said)}


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
    matches = matcher(parse(optional(body, "filter"), _MODELS))
    found = [
        one
        for one in desk.view.models.values()
        if not one.fact.deleted and matches(_SearchedModel(one))
    ]
    ordered = sorted_by(found, texts(body, "order_by"), _MODELS, _model_value, lambda m: m.name)
    shown, token = page(ordered, body, number(body, "max_results", 100), 1000)
    told = [model_out(desk, one) for one in shown]
    return {"registered_models": told, "next_page_token": token}


@serves("GET", "registered-models/get-latest-versions", "read")
@serves("POST", "registered-models/get-latest-versions", "read")
def latest(desk: Desk, body: Body) -> Body:
    """Return the newest version in each stage."""
    model = desk.model(text(body, "name"))
    wanted = [stage_of(one) for one in texts(body, "stages")]
    return {
        "model_versions": [
            version_out(desk, model, number)
            for number in latest_of(model)
            if not wanted or model.versions[number].stage in wanted
        ]
    }


@serves("POST", "registered-models/set-tag")
def set_tag(desk: Desk, body: Body) -> Body:
    """Tag a registered model."""
    model, key = desk.model(text(body, "name")), check_key(text(body, "key"))
    value = short(value_of(body), LONGEST_TAG)
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
    alias = _checked_alias(text(body, "alias"))
    model, number = version_at(desk, body)
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
    return {"model_version": version_with_recall(desk, model, model.aliases[alias])}


class _SearchedModel:
    def __init__(self, model: Model) -> None:
        self._model = model

    def values(self, kind: str, key: str) -> list[Any]:
        """Return the values of a field."""
        found = _model_value(self._model, kind, key)
        return [] if found is None else [found]


def _model_value(model: Model, kind: str, key: str) -> Any:
    if kind == "tag":
        # Clients ask for what is no prompt, and no tag says so of an ordinary model.
        return model.tags.get(key, "false" if key == PROMPT else None)
    if key == "name":
        return model.name
    return model.fact.created if key == "creation_timestamp" else model.fact.updated


def _checked(name: str, what: str = "name") -> str:
    if not name.strip():
        raise invalid(f"Missing value for required parameter '{what}'.")
    short(name, _LONGEST_NAME, what)
    if "/" in name or ":" in name or name in {".", ".."} or not name.isprintable():
        raise invalid(f"Invalid model name '{name}'. Names cannot contain '/' or ':'.")
    return name


def _checked_alias(alias: str) -> str:
    short(alias, _LONGEST_ALIAS, "Registered model alias name")
    if not _ALIAS.match(alias):
        raise invalid(
            f"Invalid alias name: '{alias}'. Names may only contain alphanumerics, underscores"
            " (_), and dashes (-)."
        )
    if alias.lower() == "latest":
        raise invalid("'latest' alias name (case insensitive) is reserved.")
    if _OF_A_VERSION.match(alias):
        raise invalid(f"Version alias name '{alias}' is reserved.")
    return alias


def _say_model(desk: Desk, model: Model, others: list[AnyEvent], **changes: Any) -> Body:
    fact = msgspec.structs.replace(model.fact, updated=desk.now, **changes)
    about = about_name("model", model.graph_name)
    desk.write([*others, MODEL.say(about, fact, by=desk.author)])
    return model_out(desk, model)
