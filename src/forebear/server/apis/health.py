"""Whether the server is well: for those who start it, watch it, and put it behind a balancer."""

from __future__ import annotations

from msgspec import Struct
from starlette.responses import PlainTextResponse, Response

from forebear.server.endpoints import Call, Endpoint, json_response
from forebear.server.measures import exposition
from forebear.server.openapi import described

__all__ = ["Ready", "endpoints"]


class Ready(Struct, frozen=True, omit_defaults=True):
    """The store answers, and has so many events: that is told where there are no strangers."""

    events: int | None = None


def endpoints() -> list[Endpoint]:
    """Return the endpoints of health and measures."""
    alive = described("get-alive", "Tell that the server runs.", "health", answer="text/plain")
    ready = described("get-ready", "Tell that the store answers.", "health", answer=Ready)
    measures = described(
        "get-measures", "Tell measures, for Prometheus.", "health", answer="text/plain"
    )
    return [
        Endpoint(method="GET", path="/healthz", permission="anybody", answer=_alive, spec=alive),
        Endpoint(method="GET", path="/readyz", permission="anybody", answer=_ready, spec=ready),
        Endpoint(method="GET", path="/metrics", permission="read", answer=_measures, spec=measures),
    ]


async def _alive(_: Call) -> Response:
    return PlainTextResponse("ok\n")


async def _ready(call: Call) -> Response:
    """Ask the store how far it is; that fails with 503 where it can't be reached."""
    head = await call.service.in_thread(call.service.store.head)
    return json_response(Ready(events=None if call.service.has_accounts else head.size))


async def _measures(call: Call) -> Response:
    head = await call.service.in_thread(call.service.store.head)
    body, media = exposition(head.size)
    return Response(body, media_type=media)
