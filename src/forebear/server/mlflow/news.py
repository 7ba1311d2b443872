"""What webhooks tell of: what the ledger's events say of registered models, in MLflow's words.

Read from the ledger, so that a move by `forebear promote` is told of as one by MLflow's client is.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct

from forebear.core.errors import ForebearError
from forebear.core.events import AliasMoved, AnyEvent, Stated, decode
from forebear.core.ports import Store
from forebear.core.rows import StoredEvent
from forebear.core.statements import about_name
from forebear.server.mlflow.facts import MODEL, PROMPT, TAG, VERSION, ModelFact, VersionFact

__all__ = ["EVENTS", "EXAMPLES", "News", "news_of"]

EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "registered_model.created": {
        "name": "example_model",
        "tags": {"example_key": "example_value"},
        "description": "An example registered model",
    },
    "model_version.created": {
        "name": "example_model",
        "version": "1",
        "source": "models:/123",
        "run_id": "abcd1234abcd5678",
        "tags": {"example_key": "example_value"},
        "description": "An example model version",
    },
    "model_version_tag.set": {
        "name": "example_model",
        "version": "1",
        "key": "example_key",
        "value": "example_value",
    },
    "model_version_tag.deleted": {"name": "example_model", "version": "1", "key": "example_key"},
    "model_version_alias.created": {
        "name": "example_model",
        "alias": "example_alias",
        "version": "1",
    },
    "model_version_alias.deleted": {"name": "example_model", "alias": "example_alias"},
}
"""What a test sends."""
EVENTS: Final = frozenset(EXAMPLES)
_OURS: Final = (b'"event":"alias"', b'"topic":"mlflow.model"', b'"topic":"mlflow.version"')
_IMPORTED: Final = "imported from "
_log = logging.getLogger(__name__)


class News(Struct, frozen=True, kw_only=True):
    """Something that webhooks of a workspace are told of."""

    space: str
    event: str
    data: dict[str, Any]


def news_of(store: Store, stored: StoredEvent) -> list[News]:
    """Return what an event of the ledger is in the words of MLflow; what was imported is no news.

    Prompts, which clients keep as registered models, are no models.
    """
    if not any(mark in stored.body for mark in _OURS):
        return []
    event = decode(store.identities.reveal(stored.body))
    if not isinstance(event, AliasMoved | Stated) or (event.why or "").startswith(_IMPORTED):
        return []
    try:
        return list(_news(store, event, stored.seq))
    except (ForebearError, msgspec.MsgspecError) as error:
        _log.warning("Event %d is no news that MLflow has words for: %s", stored.seq, error)
        return []


def _news(store: Store, event: AnyEvent, seq: int) -> Iterator[News]:
    if isinstance(event, AliasMoved) and event.kind == "model":
        model = _model(store, about_name("model", event.name), event.name)
        data = {"name": model.name, "alias": event.alias}
        if event.version is None:
            yield News(space=model.space, event="model_version_alias.deleted", data=data)
        else:
            data["version"] = str(event.version)
            yield News(space=model.space, event="model_version_alias.created", data=data)
    elif isinstance(event, Stated) and event.topic == MODEL.name:
        yield from _of_model(store, event, seq)
    elif isinstance(event, Stated) and event.topic == VERSION.name:
        yield from _of_version(store, event, seq)


def _of_model(store: Store, event: Stated, seq: int) -> Iterator[News]:
    fact, before = msgspec.convert(event.value, ModelFact), _before(store, event, seq)
    known = before is not None and not msgspec.convert(before, ModelFact).deleted
    tags = _tags(store, event.about)
    if known or fact.deleted or PROMPT in tags:
        return
    data = {"name": fact.name, "tags": tags, "description": fact.description or None}
    yield News(space=fact.space, event="registered_model.created", data=data)


def _of_version(store: Store, event: Stated, seq: int) -> Iterator[News]:
    fact, before = msgspec.convert(event.value, VersionFact), _before(store, event, seq)
    graph_name = event.about.partition(":")[2]
    number = _number(store, event.key, graph_name)
    if number is None or fact.deleted or PROMPT in _tags(store, event.about):
        return
    model = _model(store, event.about, graph_name)
    which = {"name": model.name, "version": str(number)}
    if before is None:
        more = {
            "source": fact.source,
            "run_id": fact.run or None,
            "tags": fact.tags,
            "description": fact.description or None,
        }
        yield News(space=model.space, event="model_version.created", data={**which, **more})
        return
    earlier = msgspec.convert(before, VersionFact).tags
    for key, value in fact.tags.items():
        if earlier.get(key) != value:
            data = {**which, "key": key, "value": value}
            yield News(space=model.space, event="model_version_tag.set", data=data)
    for key in earlier.keys() - fact.tags.keys():
        data = {**which, "key": key}
        yield News(space=model.space, event="model_version_tag.deleted", data=data)


def _before(store: Store, event: Stated, seq: int) -> Any:
    """Return what was said before on the same topic, thing and key."""
    rows = store.statements.history(
        [event.topic], [event.about], key=event.key, seq=seq - 1, limit=1
    )
    return rows[0].value if rows else None


def _model(store: Store, about: str, name: str) -> ModelFact:
    """Return the registered model; one that MLflow's clients have not made goes by its name."""
    said = MODEL.one(store.statements, about)
    return said.value if said else ModelFact(name=name, created=0, updated=0)


def _number(store: Store, key: str, name: str) -> int | None:
    if key.isdigit():
        return int(key)
    rows = store.versions_of([key]).get(key, [])
    return next((row.version for row in rows if (row.kind, row.name) == ("model", name)), None)


def _tags(store: Store, about: str) -> dict[str, str]:
    return {said.row.key: said.value for said in TAG.latest(store.statements, [about])}
