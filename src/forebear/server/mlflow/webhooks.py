"""Webhooks: whom changes of registered models are told, and telling them, off every request's path.

Addresses and secrets of receivers lie in files beside the store, not in the ledger, which forgets
nothing. What is to be told waits in files too, until it was taken or given up; so neither a
restart nor a receiver that is away loses it. It may be told twice, under the same delivery id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import logging
import os
import threading
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from forebear.client.background import alone
from forebear.client.notify_http import Refused, check, post
from forebear.core.errors import ForebearError
from forebear.core.ids import derived_id
from forebear.core.ports import Store
from forebear.server.mlflow.errors import invalid, missing
from forebear.server.mlflow.news import News, news_of

__all__ = ["Deliverer", "Hook", "Hooks", "deliver", "signature"]

T = TypeVar("T", bound=Struct)

_PAUSES: Final = (1, 4, 16, 64, 256, 1024, 3600)
"""Seconds before each further try."""
_EVERY: Final = 1.0
_AT_ONCE: Final = 8
_SECONDS: Final = 10.0
_log = logging.getLogger(__name__)


class Hook(Struct, frozen=True, kw_only=True):
    """A receiver; times in milliseconds since 1970."""

    id: str
    space: str
    name: str
    url: str
    events: list[str]
    status: str
    created: int
    updated: int
    description: str = ""
    secret: str = ""


class Delivery(Struct, frozen=True, kw_only=True):
    """Something that a receiver is to be told."""

    hook: str
    body: str
    due: float
    tries: int = 0


class Hooks:
    """The receivers of a store, and where they may be."""

    def __init__(self, folder: Path, allow: Sequence[str] = ()) -> None:
        self.folder, self.allow = folder, tuple(allow)

    def all(self) -> list[Hook]:
        """Return all receivers, oldest first."""
        found = [_read(file, Hook) for file in self.folder.glob("hook-*.json")]
        return sorted((one for one in found if one), key=lambda one: (one.created, one.id))

    def find(self, space: str, id: str) -> Hook:
        """Return a receiver of a workspace.

        Raises:
            MlflowError: there is none of this id.
        """
        for one in self.all():
            if (one.space, one.id) == (space, id):
                return one
        raise missing(f"Webhook with ID {id[:100]} not found.")

    def check(self, url: str) -> None:
        """Return when a receiver may be at an address.

        Raises:
            MlflowError: it is none, or leads inside.
        """
        if not url.strip():
            raise invalid("Webhook URL cannot be empty or just whitespace.")
        scheme, colon, _ = url.partition("://")
        if colon and scheme.lower() not in {"http", "https"}:
            raise invalid(
                f"Invalid webhook URL scheme: {scheme[:20]!r}. Allowed schemes are https and, for"
                " networks that an operator allows, http."
            )
        try:
            address = ipaddress.ip_address(check(url, self.allow))
            if url.startswith("http://") and not any(
                address in ipaddress.ip_network(one, strict=False) for one in self.allow
            ):
                raise Refused("What goes outside has to begin with https://.")
        except ForebearError as error:
            more = " `forebear serve --allow-webhooks-to NETWORK` allows a network."
            hint = more if error.hint else ""
            raise invalid(f"Invalid webhook URL. {error.message}{hint}") from None

    def keep(self, hook: Hook, seq: int) -> None:
        """Keep a receiver; the first one is told what is recorded after `seq`."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.cursor.exists():
            _write(self.cursor, str(seq).encode())
        _write(self.folder / f"hook-{hook.id}.json", msgspec.json.encode(hook))

    def forget(self, hook: Hook) -> None:
        """Forget a receiver, with its address and its secret."""
        (self.folder / f"hook-{hook.id}.json").unlink(missing_ok=True)

    @property
    def cursor(self) -> Path:
        """The file that says up to which event receivers were told."""
        return self.folder / "seq"

    def waiting(self) -> list[tuple[Path, Delivery]]:
        """Return what is to be told."""
        files = sorted(self.folder.glob("told-*.json"))
        return [(file, one) for file in files if (one := _read(file, Delivery)) is not None]

    def put(self, id: str, delivery: Delivery) -> None:
        """Note what is to be told."""
        _write(self.folder / f"told-{id}.json", msgspec.json.encode(delivery))


class Deliverer:
    """Tells receivers what the ledger says, from a thread of its own."""

    def __init__(self, hooks: Hooks, store: Store, stopping: threading.Event) -> None:
        self._hooks, self._store, self._stopping = hooks, store, stopping
        self._complaint = ""
        self._thread = threading.Thread(target=self._work, name="webhooks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Come to an end; what was not told is told by the next server."""
        self._thread.join()

    def look(self) -> None:
        """Note what is new, and tell what is due; of several processes one does so at a time."""
        if not self._hooks.cursor.exists():
            return
        with alone(self._hooks.folder) as free:
            if free:
                hooks = self._hooks.all()
                self._note(hooks)
                self._tell({one.id: one for one in hooks})

    def _work(self) -> None:
        while not self._stopping.wait(_EVERY):
            try:
                self.look()
                self._complaint = ""
            except Exception as error:
                if str(error) != self._complaint:  # it is tried again and again
                    _log.warning("Webhooks can't be told: %s", error)
                    self._complaint = str(error)

    def _note(self, hooks: Sequence[Hook]) -> None:
        seq = last = int(self._hooks.cursor.read_bytes() or b"0")
        if self._store.head().size == seq:
            return
        for stored in self._store.events(seq):
            for place, news in enumerate(news_of(self._store, stored) if hooks else ()):
                for hook in hooks:
                    if _wants(hook, news):
                        id = derived_id(hook.id, str(stored.seq), str(place))
                        delivery = Delivery(hook=hook.id, body=_body(news), due=time.time())
                        self._hooks.put(id, delivery)
            last = stored.seq
        _write(self._hooks.cursor, str(last).encode())

    def _tell(self, hooks: dict[str, Hook]) -> None:
        now = time.time()
        due = [(file, one) for file, one in self._hooks.waiting() if one.due <= now]
        if due:
            with ThreadPoolExecutor(max_workers=min(_AT_ONCE, len(due))) as pool:
                for file, one in due:
                    pool.submit(self._told, file, one, hooks.get(one.hook))

    def _told(self, file: Path, delivery: Delivery, hook: Hook | None) -> None:
        if hook is None or hook.status != "ACTIVE":
            file.unlink(missing_ok=True)
            return
        id = file.stem.removeprefix("told-")
        try:
            deliver(hook, id, delivery.body, self._hooks.allow)
        except ForebearError as error:
            if isinstance(error, Refused) or delivery.tries >= len(_PAUSES):
                _log.warning("The webhook %s was not told: %s", hook.name, error.message)
            else:
                due = time.time() + _PAUSES[delivery.tries]
                later = msgspec.structs.replace(delivery, due=due, tries=delivery.tries + 1)
                self._hooks.put(id, later)
                return
        file.unlink(missing_ok=True)


def deliver(hook: Hook, id: str, body: str, allow: Sequence[str]) -> int:
    """Send a body to a receiver, and return the status of its answer.

    Raises:
        Refused: it may not be told, or does not want it.
        StoreError: it is away, too slow, or has a fault of its own.
    """
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "X-MLflow-Delivery-Id": id,
        "X-MLflow-Timestamp": stamp,
    }
    if hook.secret:
        headers["X-MLflow-Signature"] = signature(hook.secret, id, stamp, body)
    return post(hook.url, body.encode(), headers, allow=allow, seconds=_SECONDS)


def signature(secret: str, id: str, timestamp: str, body: str) -> str:
    """Return MLflow's signature of a body, which the receiver makes again with the same secret.

    >>> signature("key", "id", "1", "{}")[:20]
    'v1,5PVmP2AfJGwnp9flV'
    """
    said = f"{id}.{timestamp}.{body}".encode()
    made = hmac.new(secret.encode(), said, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}"


def example(event: str, data: dict[str, Any]) -> str:
    """Return the body of a test."""
    return _body(News(space="", event=event, data=data))


def _wants(hook: Hook, news: News) -> bool:
    return hook.space == news.space and hook.status == "ACTIVE" and news.event in hook.events


def _body(news: News) -> str:
    entity, _, action = news.event.partition(".")
    stamp = datetime.now(UTC).isoformat()
    said = {"entity": entity, "action": action, "timestamp": stamp, "data": news.data}
    return msgspec.json.encode(said).decode()


def _read(file: Path, type: type[T]) -> T | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=type)
    except (OSError, msgspec.MsgspecError):
        return None  # gone meanwhile


def _write(file: Path, data: bytes) -> None:
    """Write a file that only the owner reads, whole or not at all."""
    new = file.with_name(f".{uuid.uuid4().hex}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(data)
    new.replace(file)
