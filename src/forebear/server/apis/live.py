"""What a run is doing now, as server-sent events: its state, its figures, its end."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final
from weakref import WeakValueDictionary

import msgspec
from msgspec import Struct
from starlette.responses import Response, StreamingResponse

from forebear.core.errors import ForebearError, TooMany
from forebear.core.ports import Store
from forebear.core.rows import MetricRow, RunRow
from forebear.ops.resolve import resolve
from forebear.ops.table import Target
from forebear.server.apis.operations import PREFIX
from forebear.server.endpoints import Call, Endpoint
from forebear.server.openapi import described, parameter

__all__ = ["Live", "endpoints"]

_EVERY: Final = 0.5
_SIGN_OF_LIFE: Final = 15.0
_ADMITTED: Final = 5.0
"""Seconds after which it is looked again whether somebody may follow a run."""
_END: Final = "end"


class Live(Struct, frozen=True, kw_only=True):
    """A run as it is now, with the last value of each figure."""

    run: RunRow
    metrics: list[MetricRow]


def endpoints() -> list[Endpoint]:
    """Return the endpoint of live runs."""
    path = f"{PREFIX}/live/{{run}}"
    spec = described(
        "follow-run",
        "Tell what a run is doing until it ends, as server-sent events.",
        "read",
        answer="text/event-stream",
        parameters=[parameter("run", {"type": "string"}, where="path", required=True)],
    )
    return [Endpoint(method="GET", path=path, permission="read", answer=_live, spec=spec)]


class _View:
    """A run as some see it, which the store is asked for once, however many look."""

    def __init__(self, ask: Callable[[], Awaitable[Live]]) -> None:
        self._ask, self._turn = ask, asyncio.Lock()
        self._at = 0.0
        self._last: _Told | None = None

    async def now(self) -> _Told:
        """Return what is told of it, which is half a second old at most."""
        async with self._turn:
            if self._last is None or time.monotonic() - self._at >= _EVERY:
                self._last, self._at = _told(await self._ask()), time.monotonic()
            return self._last


class _Told(Struct, frozen=True):
    id: str
    body: bytes
    ends: bool


_views: Final[WeakValueDictionary[tuple[object, ...], _View]] = WeakValueDictionary()


async def _live(call: Call) -> Response:
    said = f"run:{call.request.path_params['run'].removeprefix('run:')}"
    store = call.store
    found = await call.service.in_thread(lambda: resolve(store, Target(ref=said)))
    assert found.run is not None
    key = (id(call.service), call.who.account is None, call.who.sees, found.run.id)
    view = _views.get(key) or _views.setdefault(key, _view(call, store, found.run.id))
    known = call.request.headers.get("last-event-id")
    if known == _END and (await view.now()).ends:
        return Response(status_code=204)  # a browser that comes back is told to come no more
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    events = _events(call, view, known)
    return StreamingResponse(events, headers=headers, media_type="text/event-stream")


def _view(call: Call, store: Store, run: str) -> _View:
    async def ask() -> Live:
        return await call.service.in_thread(lambda: _now(store, run))

    return _View(ask)


async def _events(call: Call, view: _View, known: str | None) -> AsyncIterator[bytes]:
    """Yield what changes until the run ends, or who follows it may do so no longer."""
    spoke = admitted = time.monotonic()
    while not call.service.stopping.is_set():
        now = await view.now()
        if now.id != known:
            yield b"id: %s\nevent: run\ndata: %s\n\n" % (now.id.encode(), now.body)
            known, spoke = now.id, time.monotonic()
        if now.ends:
            yield b"id: %s\nevent: end\ndata: {}\n\n" % _END.encode()
            return
        await asyncio.sleep(_EVERY)
        if time.monotonic() - admitted >= _ADMITTED:
            if not await _is_still_admitted(call):
                return
            admitted = time.monotonic()
        if time.monotonic() - spoke >= _SIGN_OF_LIFE:
            yield b": still here\n\n"
            spoke = time.monotonic()


async def _is_still_admitted(call: Call) -> bool:
    """Tell whether who asks may still see what they saw: a token may have ended, or a role."""
    try:
        return (await call.again()).permissions == call.who.permissions
    except TooMany:
        return True
    except ForebearError:
        return False


def _told(now: Live) -> _Told:
    body = msgspec.json.encode(now)
    ends = now.run.status != "running"
    return _Told(hashlib.sha256(body).hexdigest()[:16], body, ends)


def _now(store: Store, id: str) -> Live:
    row = store.run(id)
    assert row is not None
    steps = [step.id for step in store.runs(parent=id, limit=1000)]
    last: dict[tuple[Any, ...], MetricRow] = {}
    for one in store.metrics(runs=[id, *steps]):
        last[one.metric.key, one.model, one.data, one.split] = one
    return Live(run=row, metrics=list(last.values()))
