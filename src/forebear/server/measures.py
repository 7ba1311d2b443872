"""What the server measures of itself, in the form of Prometheus.

With several workers each measures alone; they share what they measured by files in the folder
that PROMETHEUS_MULTIPROC_DIR names (`forebear.server.running` sets it), and any of them tells all.
"""

from __future__ import annotations

import os
import time
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Measured", "exposition"]

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_own: Final = CollectorRegistry()
_requests: Final = Counter(
    "forebear_http_requests", "Requests answered.", ["path", "method", "status"], registry=_own
)
_seconds: Final = Histogram(
    "forebear_http_request_seconds", "How long answers took.", ["path"], registry=_own,
    buckets=_BUCKETS,
)  # fmt: skip


class Measured:
    """Counts and times what goes through; asked by the address of a route, never by its values."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, told)
        finally:
            # An address that nobody serves is anybody's text: it is no label. So is a method.
            path = getattr(scope.get("route"), "path", "other")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            _requests.labels(path, method, status).inc()
            _seconds.labels(path).observe(time.perf_counter() - begun)


def exposition(events: int) -> tuple[bytes, str]:
    """Return what was measured as text, and its media type; `events` are in the ledger."""
    registry = _own
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    ledger = CollectorRegistry()
    Gauge("forebear_ledger_events", "Events in the ledger.", registry=ledger).set(events)
    return generate_latest(registry) + generate_latest(ledger), CONTENT_TYPE_LATEST
