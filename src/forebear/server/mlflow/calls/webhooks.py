"""Webhooks: who is told of changes of registered models. Their secrets are never given back."""

from __future__ import annotations

import re
import uuid
from typing import Any

import msgspec

from forebear.core.errors import ForebearError
from forebear.server.mlflow.errors import invalid
from forebear.server.mlflow.facts import WEBHOOK, WebhookFact
from forebear.server.mlflow.news import EVENTS, EXAMPLES
from forebear.server.mlflow.pages import page
from forebear.server.mlflow.table import Desk, serves
from forebear.server.mlflow.values import (
    Body,
    items,
    not_implemented,
    number,
    optional,
    short,
    text,
)
from forebear.server.mlflow.webhooks import Hook, Hooks, deliver, example

__all__ = ["out"]

_STATES = {"1": "ACTIVE", "2": "DISABLED", "ACTIVE": "ACTIVE", "DISABLED": "DISABLED"}
_LONGEST = 500
_NAME = re.compile(r"[a-zA-Z0-9](?:[\w.\-]{0,61}[a-zA-Z0-9])?", re.ASCII)


def out(hook: Hook) -> Body:
    """Return a webhook as a client expects it."""
    return {
        "webhook_id": hook.id,
        "name": hook.name,
        "url": hook.url,
        "events": [
            {"entity": entity.upper(), "action": action.upper()}
            for entity, _, action in (event.partition(".") for event in hook.events)
        ],
        "description": hook.description,
        "status": hook.status,
        "creation_timestamp": hook.created,
        "last_updated_timestamp": hook.updated,
    }


@serves("POST", "webhooks", "admin")
def create(desk: Desk, body: Body) -> Body:
    """Have somebody told of changes."""
    hooks, url = _hooks(desk), short(text(body, "url"), 2000, "url")
    hook = Hook(
        id=uuid.uuid4().hex,
        space=desk.view.space,
        name=_checked(text(body, "name")),
        url=url,
        events=_events(body),
        status=_status(optional(body, "status") or "ACTIVE"),
        created=desk.now,
        updated=desk.now,
        description=optional(body, "description") or "",
        secret=short(optional(body, "secret") or "", _LONGEST, "secret"),
    )
    hooks.check(url)
    return _keep(desk, hook)


@serves("GET", "webhooks", "admin")
def list_all(desk: Desk, body: Body) -> Body:
    """Return the webhooks."""
    found = [one for one in _hooks(desk).all() if one.space == desk.view.space]
    shown, token = page(found, body, number(body, "max_results", 100), 1000)
    return {"webhooks": [out(one) for one in shown], "next_page_token": token}


@serves("GET", "webhooks/{webhook_id}", "admin")
def get(desk: Desk, body: Body) -> Body:
    """Return a webhook."""
    return {"webhook": out(_found(desk, body))}


@serves("PATCH", "webhooks/{webhook_id}", "admin")
def update(desk: Desk, body: Body) -> Body:
    """Change a webhook."""
    hook = _found(desk, body)
    changes: dict[str, Any] = {
        part: short(str(body[part] or ""), 2000, part)
        for part in ("name", "url", "description", "secret")
        if body.get(part) is not None
    }
    for part in ("name", "url"):
        if changes.get(part) == "":
            del changes[part]
    if "name" in changes:
        _checked(changes["name"])
    if "url" in changes:
        _hooks(desk).check(changes["url"])
    if body.get("events"):
        changes["events"] = _events(body)
    if (status := optional(body, "status")) is not None:
        changes["status"] = _status(status)
    return _keep(desk, msgspec.structs.replace(hook, updated=desk.now, **changes))


@serves("DELETE", "webhooks/{webhook_id}", "admin")
def delete(desk: Desk, body: Body) -> Body:
    """Tell somebody nothing any more."""
    hook = _found(desk, body)
    _hooks(desk).forget(hook)
    desk.write([WEBHOOK.say(f"webhook:{hook.id}", None, by=desk.author)])
    return {}


@serves("POST", "webhooks/{webhook_id}/test", "admin")
def test(desk: Desk, body: Body) -> Body:
    """Tell an example, at once and once."""
    hook, said = _found(desk, body), body.get("event")
    event = _event(said) if isinstance(said, dict) else hook.events[0]
    hooks, id = _hooks(desk), str(uuid.uuid4())
    desk.view.lock.release()  # whoever is asked may take long
    try:
        status = deliver(hook, id, example(event, EXAMPLES[event]), hooks.allow)
    except ForebearError as error:
        return {"result": {"success": False, "error_message": error.message}}
    finally:
        desk.view.lock.acquire()
    return {"result": {"success": True, "response_status": status, "response_body": ""}}


def _keep(desk: Desk, hook: Hook) -> Body:
    """Keep a webhook, and record who has made or changed it; not where it leads, or its secret."""
    _hooks(desk).keep(hook, desk.store.head().size)
    fact = WebhookFact(space=hook.space, name=hook.name, events=hook.events, status=hook.status)
    desk.write([WEBHOOK.say(f"webhook:{hook.id}", fact, by=desk.author)])
    return {"webhook": out(hook)}


def _found(desk: Desk, body: Body) -> Hook:
    return _hooks(desk).find(desk.view.space, text(body, "webhook_id"))


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise invalid(
            f"Webhook name {name[:100]!r} is invalid. It must start and end with a letter or"
            " digit, have 63 characters at most, and contain only letters, digits, dots (.),"
            " underscores (_) and hyphens (-)."
        )
    return name


def _hooks(desk: Desk) -> Hooks:
    if desk.hooks is None:
        raise not_implemented("Telling webhooks, which takes a server,")
    return desk.hooks


def _events(body: Body) -> list[str]:
    found = list(dict.fromkeys(_event(one) for one in items(body, "events")))
    if not found:
        raise invalid("Webhook events cannot be empty")
    return found


def _event(said: Body) -> str:
    event = f"{text(said, 'entity')}.{text(said, 'action')}".lower()
    if event not in EVENTS:
        raise invalid(f"There is no webhook event '{event[:100]}'. Events are {sorted(EVENTS)}.")
    return event


def _status(said: str) -> str:
    if said not in _STATES:
        raise invalid(f"Invalid webhook status '{said[:100]}': ACTIVE or DISABLED.")
    return _STATES[said]
