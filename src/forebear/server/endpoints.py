"""Endpoints: an address, a method, the permission it asks for, and what answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from anyio import fail_after
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forebear.core import redaction
from forebear.core.access import Principal
from forebear.core.errors import ForebearError, InvalidInput
from forebear.core.ports import Store
from forebear.ops.identities import EraseRequest
from forebear.ops.table import Operation, Target
from forebear.server.access import Allowed, Doorkeeper, Misdirected
from forebear.server.problems import headers_of
from forebear.server.service import Service

__all__ = [
    "LITTLE",
    "Call",
    "Endpoint",
    "TooLarge",
    "TooSlow",
    "json_response",
    "read_body",
    "read_json",
    "read_little",
    "route",
]

MOST_BODY: Final = 64 << 20
"""Bytes of a request that is read whole."""
LITTLE: Final = 16 << 10
"""Bytes of a request that anybody may send."""
_LITTLE_WITHIN: Final = 10.0
_LONGEST: Final = 200


class TooLarge(ForebearError):
    """The body of a request is larger than this server takes."""

    code = "too-large"
    status = 413


class TooSlow(ForebearError):
    """The body of a request takes longer than this server waits."""

    code = "too-slow"
    status = 408


class Call(Struct, frozen=True, kw_only=True):
    """One request on its way to an answer."""

    request: Request
    service: Service
    who: Principal
    again: Callable[[], Awaitable[Principal]]
    """Finds out anew who asks: for answers that go on for longer than a token may be good."""

    @property
    def store(self) -> Store:
        """The store as who asks sees it."""
        return self.service.store_for(self.who)

    @property
    def workspace(self) -> str | None:
        """The one workspace that is meant by interfaces that know one; None for no such thing."""
        return None if self.who.account is None else self.who.workspace

    async def answer(self, operation: Operation, asked: Any) -> Any:
        """Return what an operation answers to who asks."""
        about = _about(asked)
        if about is not None and operation.permission == "admin":
            # It is somebody's name, and the log is for ever.
            about = self.service.store.identities.commitment(about)
        self.request.state.about, self.request.state.reads = about, operation.reads
        return await self.service.answer(operation, asked, self.who)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """What is served at an address.

    `spec` is its Operation Object in OpenAPI; what has none is not described there. `refused`
    says in the words of a foreign interface that somebody may not pass.
    """

    method: str
    path: str
    permission: Allowed
    answer: Callable[[Call], Awaitable[Response]]
    spec: dict[str, Any] | None = field(default=None)
    refused: Callable[[ForebearError], Response] | None = None


class GuardedRoute(Route):
    """A route with the permission it asks for."""

    def __init__(
        self, endpoint: Endpoint, answer: Callable[[Request], Awaitable[Response]]
    ) -> None:
        super().__init__(endpoint.path, answer, methods=[endpoint.method])
        self.permission: Allowed = endpoint.permission


def route(endpoint: Endpoint, service: Service, doorkeeper: Doorkeeper) -> GuardedRoute:
    """Return the route of an endpoint, which asks the doorkeeper before anything else."""

    async def answer(request: Request) -> Response:
        who, status = None, 500

        def again() -> Awaitable[Principal]:
            return doorkeeper.admit(request, endpoint.permission)

        try:
            who = await again()
            who.must(endpoint.permission)
            call = Call(request=request, service=service, who=who, again=again)
            response = await endpoint.answer(call)
            status = response.status_code
        except ForebearError as error:
            status = error.status
            if endpoint.refused is None or isinstance(error, Misdirected):
                raise
            response = endpoint.refused(error)
            response.headers.update(headers_of(error))
        finally:
            await doorkeeper.note(request, who, endpoint.permission, status)
        return response

    return GuardedRoute(endpoint, answer)


async def read_body(request: Request, most: int = MOST_BODY) -> bytes:
    """Return the body of a request.

    Raises:
        TooLarge: it has more than `most` bytes; the rest is not read.
    """
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise TooLarge(f"The request has more than {_words(most)}.", hint="Send less at once.")
        parts.append(part)
    return b"".join(parts)


async def read_little(request: Request, type: type[Any]) -> Any:
    """Return what anybody may send, which is short and comes at once.

    Raises:
        TooLarge, TooSlow: it is not; a stranger holds neither memory nor connections.
        InvalidInput: it is no JSON, or not what was expected.
    """
    try:
        with fail_after(_LITTLE_WITHIN):
            return await read_json(request, type, LITTLE)
    except TimeoutError:
        raise TooSlow(f"The request did not come within {_LITTLE_WITHIN:g} s.") from None


async def read_json(request: Request, type: type[Any], most: int = MOST_BODY) -> Any:
    """Return the JSON body of a request as a `type`.

    Only what says that it is JSON is read: a page of another origin can't say that without
    asking first.

    Raises:
        TooLarge: it has more than `most` bytes.
        InvalidInput: it is no JSON, or not what was expected.
    """
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said != "application/json":
        raise InvalidInput(
            f"The body is said to be {said or 'nothing'}, and has to be JSON.",
            hint="Send the header `Content-Type: application/json`.",
        )
    body = await read_body(request, most)
    try:
        return msgspec.json.decode(body, type=type)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The body is not what this address takes: {error}.") from None


def json_response(answer: Any) -> Response:
    """Return an answer as JSON."""
    return Response(msgspec.json.encode(answer), media_type="application/json")


def _words(size: int) -> str:
    return f"{size >> 20} MiB" if size >> 20 else f"{size >> 10} KiB"


def _about(asked: Any) -> str | None:
    """Return which thing a request is about, in the words of who asks."""
    if isinstance(asked, EraseRequest):
        return None  # to keep the name that goes would be to know it again
    said = getattr(asked, "target", None) or getattr(asked, "name", None)
    ref = said.ref if isinstance(said, Target) else said
    return redaction.text(ref[:_LONGEST]).value if isinstance(ref, str) else None
