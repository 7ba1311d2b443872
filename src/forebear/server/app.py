"""The application: every endpoint behind the doorkeeper, and what holds for all answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Final

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forebear.plugins import load_folder
from forebear.server import openapi
from forebear.server.access import Doorkeeper
from forebear.server.endpoints import Call, Endpoint, route
from forebear.server.measures import Measured
from forebear.server.problems import HANDLERS
from forebear.server.routing import Directory
from forebear.server.service import Service

__all__ = ["create_app", "description"]

_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    # What one account may see is kept by no proxy, and asked for again by its browser.
    (b"cache-control", b"private, no-cache"),
)
_WORTH_PACKING: Final = 1000


class Hardened:
    """Adds to every answer the headers that keep browsers from misusing it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(header for header in _HEADERS if header[0] not in said),
                ]
            await send(message)

        await self._app(scope, receive, told if scope["type"] == "http" else send)


def create_app(service: Service, doorkeeper: Doorkeeper) -> Starlette:
    """Return the application that serves a store to whom the doorkeeper admits."""
    app = Starlette(
        exception_handlers=HANDLERS,
        middleware=[
            Middleware(Measured),
            Middleware(Hardened),
            Middleware(GZipMiddleware, minimum_size=_WORTH_PACKING, compresslevel=5),
        ],
    )
    routes = [route(endpoint, service, doorkeeper) for endpoint in [*_served(), _DESCRIBED]]
    app.router = Directory(routes, lifespan=_lifespan(service))
    return app


def _lifespan(service: Service) -> Any:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        if service.provider is not None:
            await service.provider.close()
        service.close()

    return lifespan


def description() -> dict[str, Any]:
    """Return the description of all that is served (OpenAPI 3.1)."""
    return openapi.document(
        (one.path, one.method, one.spec) for one in _served() if one.spec is not None
    )


def _served() -> list[Endpoint]:
    found = [one for api in load_folder("forebear.server.apis") for one in api.endpoints()]
    # What takes all the rest of an address gives way to what knows it.
    return sorted(found, key=lambda one: one.path.endswith(":path}"))


@cache
def _description() -> bytes:
    return msgspec.json.encode(description())


async def _describe(_: Call) -> Response:
    return Response(_description(), media_type="application/json")


_DESCRIBED: Final = Endpoint(
    method="GET", path="/openapi.json", permission="read", answer=_describe
)
