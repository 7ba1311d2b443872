"""Telling people of recalls: by webhooks, mails and a command, each delivery recorded."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from forebear.client.asking import Asking
from forebear.client.config import NotifyConfig
from forebear.client.lines import as_text
from forebear.client.notices import Untold, untold
from forebear.client.notify_http import Refused, post, read_url, signature
from forebear.client.notify_mail import send_mail
from forebear.client.recall_text import recall_lines
from forebear.core.clock import now
from forebear.core.errors import ForebearError, InvalidInput, StoreError
from forebear.core.ids import new_id
from forebear.core.recalls import SEVERITIES, Channel, Delivery, Happening
from forebear.ops.notices import DeliveredRequest, DeliveriesRequest, NoticeRequest
from forebear.ops.recall_view import RecallView

__all__ = ["SECRET", "Patience", "channels_of", "left_to_tell", "tell", "tell_again"]

SECRET: Final = "FOREBEAR_NOTIFY_SECRET"  # noqa: S105  the name of the variable
_MOST_TOLD: Final = 200
_ROOM: Final = 300


class Patience(Struct, frozen=True, kw_only=True):
    """How often it is tried at once, and how long each try may take, in seconds."""

    tries: int = 3
    seconds: float = 10.0
    pause: float = 0.5
    """Before the second try; each further pause is four times as long."""


class Recipient(Struct, frozen=True, kw_only=True):
    """Somebody who is told, with what does it."""

    channel: Channel
    target: str
    """As it is recorded: without its secrets."""
    send: Callable[[RecallView, Happening, str], None]


def channels_of(config: NotifyConfig, *, seconds: float = 10.0) -> list[Recipient]:
    """Return who is to be told, as the settings say.

    Raises:
        InvalidInput: the settings make no sense.
    """
    if config.least not in SEVERITIES:
        raise InvalidInput(
            f"`least` in [notify] is {config.least!r}.", hint=f"Use one of {', '.join(SEVERITIES)}."
        )
    found = [_webhook(url, config, seconds) for url in config.webhooks]
    found += [_mail(to, config, seconds) for to in config.email]
    return found + ([_command(config.command, seconds)] if config.command else [])


def tell(
    client: Asking,
    recall: str,
    happening: Happening,
    config: NotifyConfig,
    *,
    patience: Patience = Patience(),  # noqa: B008  it is frozen
    only: Mapping[tuple[Channel, str], int] | None = None,
) -> list[Delivery]:
    """Tell all that are to be told of a recall, at the same time, and record how it went.

    `only` names those who are left, each with how often it was tried before. Nothing that goes
    wrong is raised; it is said in the deliveries, and `tell_again` tries anew.
    """
    recipients = channels_of(config, seconds=patience.seconds)
    if only is not None:
        recipients = [one for one in recipients if (one.channel, one.target) in only]
    view = client.call(NoticeRequest(recall=recall)) if recipients else None
    if view is None or SEVERITIES.index(view.severity) < SEVERITIES.index(config.least):
        return []
    with ThreadPoolExecutor(max_workers=min(8, len(recipients))) as pool:
        made = list(pool.map(lambda one: _delivered(one, view, happening, patience), recipients))
    if only is not None:
        made = [replace(one, attempts=one.attempts + only[one.channel, one.target]) for one in made]
    client.call(DeliveredRequest(recall=view.id, deliveries=made))
    return made


def tell_again(
    client: Asking,
    config: NotifyConfig,
    *,
    patience: Patience = Patience(),  # noqa: B008
    wanted: Callable[[Untold], bool] = lambda _: True,
) -> list[Delivery]:
    """Tell those who could not be told, and those whom nobody has tried to tell.

    With `wanted` only some of them.
    """
    made: list[Delivery] = []
    left: dict[tuple[str, Happening], dict[tuple[Channel, str], int]] = {}
    for one in left_to_tell(client, config):
        if wanted(one):
            of = left.setdefault((one.told.recall, one.told.happening), {})
            of[one.channel, one.target] = one.attempts
    for (recall, happening), only in left.items():
        made += tell(client, recall, happening, config, patience=patience, only=only)
    return made


def left_to_tell(client: Asking, config: NotifyConfig) -> list[Untold]:
    """Return who has not been told of what, as the settings say who is to be told."""
    recipients = [(one.channel, one.target) for one in channels_of(config)]
    if not recipients:
        return []
    return list(untold(client.call(DeliveriesRequest()), recipients, config.least))


def _delivered(
    recipient: Recipient, view: RecallView, happening: Happening, patience: Patience
) -> Delivery:
    error, tried, id = None, 0, new_id()
    for tried in range(1, patience.tries + 1):
        try:
            recipient.send(view, happening, id)
            error = None
            break
        except Refused as refusal:
            error = refusal.message
            break
        except ForebearError as fault:
            error = fault.message
        except Exception as fault:
            error = f"{type(fault).__name__}: {fault}"
        if tried < patience.tries:
            # Several that are told by one server must not all come back at the same moment.
            time.sleep(patience.pause * 4 ** (tried - 1) * random.uniform(0.8, 1.2))  # noqa: S311
    return Delivery(
        channel=recipient.channel,
        target=recipient.target,
        happening=happening,
        status="failed" if error else "delivered",
        attempts=tried,
        error=error,
    )


def _webhook(url: str, config: NotifyConfig, seconds: float) -> Recipient:
    try:
        host = read_url(url).hostname
    except Refused:
        host = "no address"  # said of this delivery, and no reason to tell nobody else

    def send(view: RecallView, happening: Happening, id: str) -> None:
        body = _body(view, happening)
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "forebear",
            "X-Forebear-Event": f"recall.{happening}",
            "X-Forebear-Delivery": id,
            "X-Forebear-Timestamp": timestamp,
        }
        secret = os.environ.get(SECRET, "")
        if secret:
            headers["X-Forebear-Signature"] = signature(secret, timestamp, body)
        post(url, body, headers, allow=config.allow, seconds=seconds)

    return Recipient(channel="webhook", target=f"{host} ({_short(url)})", send=send)


def _mail(to: str, config: NotifyConfig, seconds: float) -> Recipient:
    def send(view: RecallView, happening: Happening, id: str) -> None:
        subject = f"[{view.severity}] recall {happening}: {view.title}"
        text = as_text(recall_lines(view)) + "\n"
        send_mail(config.smtp, config.sender, to, subject, text, seconds=seconds)

    return Recipient(channel="email", target=to, send=send)


def _command(argv: Sequence[str], seconds: float) -> Recipient:
    name = Path(argv[0]).name

    def send(view: RecallView, happening: Happening, id: str) -> None:
        try:
            done = subprocess.run(
                list(argv),
                input=_body(view, happening),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise StoreError(f"{name} did not end within {seconds:g} s.") from None
        except OSError as error:
            raise Refused(f"{name} cannot be started: {error.strerror or error}.") from None
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()[-_ROOM:]
            raise StoreError(
                f"{name} ended with {done.returncode}" + (f": {said}" if said else ".")
            )

    return Recipient(channel="command", target=f"{name} ({_short(' '.join(argv))})", send=send)


def _body(view: RecallView, happening: Happening) -> bytes:
    """Return what programs are told, as JSON."""
    told: dict[str, Any] = {
        "event": f"recall.{happening}",
        "time": now(),
        "recall": view.id,
        "title": view.title,
        "reason": view.reason,
        "severity": view.severity,
        "cause": view.cause,
        "status": view.status,
        "verdict": view.verdict,
        "open": view.open,
        "affected": [
            {
                "kind": one.kind,
                "title": one.title,
                "verdict": one.verdict,
                "status": one.status,
                "live": one.live,
            }
            for one in view.affected[:_MOST_TOLD]
        ],
        "omitted": view.omitted + max(0, len(view.affected) - _MOST_TOLD),
    }
    return msgspec.json.encode(told)


def _short(text: str) -> str:
    """Return what tells targets of one host apart, and does not tell their secrets."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
