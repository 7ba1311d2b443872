"""What a run is doing now, as server-sent events: its state, its figures, its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
from msgspec import Struct
from starlette.responses import Response, StreamingResponse

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


async def _live(call: Call) -> Response:
    said = f"run:{call.request.path_params['run'].removeprefix('run:')}"
    store = call.store
    found = await call.service.in_thread(lambda: resolve(store, Target(ref=said)))
    assert found.run is not None
    id = found.run.id

    async def events() -> AsyncIterator[bytes]:
        before, silent = b"", 0.0
        while not call.service.stopping.is_set():
            now = await call.service.in_thread(lambda: _now(store, id))
            body = msgspec.json.encode(now)
            if body != before:
                yield b"event: run\ndata: " + body + b"\n\n"
                before, silent = body, 0.0
            if now.run.status != "running":
                yield b"event: end\ndata: {}\n\n"
                return
            await asyncio.sleep(_EVERY)
            silent += _EVERY
            if silent >= _SIGN_OF_LIFE:
                yield b": still here\n\n"
                silent = 0.0

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events(), headers=headers, media_type="text/event-stream")


def _now(store: Store, id: str) -> Live:
    row = store.run(id)
    assert row is not None
    steps = [step.id for step in store.runs(parent=id, limit=1000)]
    last: dict[tuple[Any, ...], MetricRow] = {}
    for one in store.metrics(runs=[id, *steps]):
        last[one.metric.key, one.model, one.data, one.split] = one
    return Live(run=row, metrics=list(last.values()))
