"""Sending our runs to whoever takes events of OpenLineage, and again what could not be sent.

What is to be sent is first noted in the store's folder, and crossed out when it was taken. So a
receiver that is away loses nothing: the next emit to it sends what waits.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from forebear.client.asking import Asking
from forebear.client.background import leave_running
from forebear.client.locate import Place
from forebear.core.addresses import without_password
from forebear.core.errors import ForebearError, InvalidInput, StoreError
from forebear.ops.openlineage import ToldRun, ToldRunsRequest
from forebear.ops.table import Target

__all__ = ["Emitted", "check", "emit", "emit_later", "receiver", "waiting"]

URL_VARIABLE: Final = "OPENLINEAGE_URL"
KEY_VARIABLE: Final = "OPENLINEAGE_API_KEY"
_SECONDS: Final = 30.0
_REACH_SECONDS: Final = 5.0
_PREFIX: Final = "openlineage:"
_log = logging.getLogger(__name__)


class Emitted(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of runs that were to be sent."""

    to: str
    runs: list[str]
    """Those that were taken."""
    events: int = 0
    waiting: list[str] = []
    """Those that wait for a later emit."""
    omitted: int = 0
    problem: str | None = None


def receiver(said: str) -> str:
    """Return where events go: a URL, or the absolute path of a file.

    >>> receiver("openlineage:http://marquez:5000")
    'http://marquez:5000/api/v1/lineage'

    Raises:
        InvalidInput: it is neither.
    """
    where = said.removeprefix(_PREFIX)
    parts = urlsplit(where)
    if parts.scheme in ("http", "https") and parts.netloc:
        whole = parts.path.rstrip("/")
        path = whole if whole.endswith("/lineage") else f"{whole}/api/v1/lineage"
        return parts._replace(path=path).geturl()
    if not where or "://" in where:
        raise InvalidInput(
            f"'{said[:100]}' is no place for events of OpenLineage.",
            hint="Say http://HOST:PORT or FILE.ndjson, or set OPENLINEAGE_URL.",
        )
    return str(Path(where).expanduser().absolute())


def check(said: str) -> None:
    """Check what `run --emit` was told.

    Raises:
        InvalidInput: it is no receiver of events of OpenLineage.
    """
    if not said.startswith(_PREFIX):
        raise InvalidInput(
            f"'{said[:100]}' says nothing of the format in which a run is to be sent.",
            hint="Say openlineage:http://HOST:PORT or openlineage:FILE.ndjson.",
        )
    receiver(said)


def emit(client: Asking, place: Place, to: str | None, ref: str | None, namespace: str) -> Emitted:
    """Send the runs behind a ref, and those that wait; what is not taken waits.

    Raises:
        ForebearError: the ref means nothing, or nobody says where to send it.
    """
    to = to or os.environ.get(URL_VARIABLE)
    if to is None:
        raise InvalidInput(
            "Nobody says where events of OpenLineage go.",
            hint=f"Say --to http://HOST:PORT or --to FILE.ndjson, or set {URL_VARIABLE}.",
        )
    box = _Box(place, to)
    omitted = 0
    if ref is not None:
        told = client.call(ToldRunsRequest(target=Target(ref=ref), namespace=namespace))
        omitted = told.omitted
        for one in told.runs:
            box.note(one.run)
    with box.alone():
        return _sent(client, box, namespace, omitted)


def _sent(client: Asking, box: _Box, namespace: str, omitted: int) -> Emitted:
    sent: list[str] = []
    events, problem = 0, None
    for id in box.noted():
        try:
            asked = ToldRunsRequest(target=Target(ref=f"run:{id}"), namespace=namespace)
            for one in client.run(asked).runs:
                _deliver(box.to, one)
                events += len(one.events)
            box.cross_out(id)
            sent.append(id)
        except ForebearError as error:
            problem = error.message
            break
    return Emitted(
        to=without_password(box.to),
        runs=sent,
        events=events,
        waiting=box.noted(),
        omitted=omitted,
        problem=problem,
    )


def _deliver(to: str, one: ToldRun) -> None:
    if "://" not in to:
        _append(Path(to), one.events)
        return
    for event in one.events:
        _post(to, event)


def _append(file: Path, events: Sequence[dict[str, Any]]) -> None:
    lines = b"".join(msgspec.json.encode(event) + b"\n" for event in events)
    try:
        with file.open("ab") as out:
            out.write(lines)
    except OSError as error:
        raise InvalidInput(f"{file} could not be written: {error.strerror}.") from None


def _post(to: str, event: dict[str, Any]) -> None:
    try:
        import httpx2
    except ImportError:
        raise InvalidInput(
            "What speaks HTTP is not installed.", hint="`pip install 'forebear[http]'` brings it."
        ) from None
    key = os.environ.get(KEY_VARIABLE, "").strip()
    headers = {"Content-Type": "application/json"}
    headers |= {"Authorization": f"Bearer {key}"} if key else {}
    try:
        answer = httpx2.post(
            to,
            content=msgspec.json.encode(event),
            headers=headers,
            timeout=httpx2.Timeout(_SECONDS, connect=_REACH_SECONDS),
        )
    except httpx2.HTTPError as error:
        raise StoreError(f"{without_password(to)} does not answer: {error}.") from None
    if not answer.is_success:
        raise StoreError(
            f"{without_password(to)} refused an event ({answer.status_code}):"
            f" {answer.text[:200].strip() or 'it does not say why'}."
        )


def emit_later(place: Place, to: str, run: str) -> None:
    """Note a run, and start a process of its own that sends it; never waits, never raises."""
    try:
        box = _Box(place, to)
        box.note(run)
        # Not as an argument, which everybody on the machine can read.
        leave_running(
            place, ["emit", "openlineage"], box.folder / "last.log", {URL_VARIABLE: box.to}
        )
    except Exception as error:
        _log.debug("no emit was started: %s", error)


def waiting(place: Place, to: str) -> list[str]:
    """Return the runs that wait to be sent."""
    return _Box(place, to).noted()


class _Box:
    """Runs that are to be sent to one receiver: an empty file for each."""

    def __init__(self, place: Place, to: str) -> None:
        assert place.folder is not None
        self.to = receiver(to)
        mark = hashlib.sha256(self.to.encode()).hexdigest()[:16]
        self.folder = Path(place.folder) / "emit" / mark

    def note(self, run: str) -> None:
        """Note that a run is to be sent."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / f"{run}.run").touch()

    def cross_out(self, run: str) -> None:
        """Forget a run that was sent."""
        (self.folder / f"{run}.run").unlink(missing_ok=True)

    def noted(self) -> list[str]:
        """Return the runs that are to be sent, oldest first."""
        return sorted(file.stem for file in self.folder.glob("*.run"))

    def alone(self) -> _Alone:
        """Return what waits until nobody else sends to this receiver."""
        return _Alone(self.folder)


class _Alone:
    """Keeps others from sending the same at the same time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        os.close(self._lock)
