"""Events and kept bytes, handed over by other stores and by programs that record elsewhere.

Events travel as their canonical bytes, one a line: these are what is hashed, and no line end is
ever in them. All that is handed over twice counts once, so whoever lost a reply says it again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from itertools import islice
from typing import Final

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from forebear.client.remotes import Mark
from forebear.core.digest import is_digest, of_bytes
from forebear.core.errors import InvalidInput, NotFound
from forebear.core.ports import Store
from forebear.core.rows import Appended
from forebear.ops.record import check_forms
from forebear.server.apis.operations import PREFIX
from forebear.server.endpoints import Call, Endpoint, json_response, read_body, read_json
from forebear.server.kept import keep_sent, send_kept
from forebear.server.openapi import described, parameter

__all__ = ["Lacking", "endpoints"]

_MOST_ASKED: Final = 10_000
_PAGE: Final = 1000
_LINES: Final = "application/x-ndjson"
_BYTES: Final = "application/octet-stream"
_NUMBER: Final = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
_OF_BYTES: Final = parameter(
    "digest", {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}, where="path", required=True
)
_spec: Final = partial(described, tag="replication")


class Lacking(Struct, frozen=True):
    """Digests of kept bytes: those asked about, or those that are not here."""

    digests: list[str]


def endpoints() -> list[Endpoint]:
    """Return the endpoints of replication."""
    events, mark, blob = f"{PREFIX}/ledger/events", f"{PREFIX}/ledger/mark", f"{PREFIX}/blobs"
    return [
        Endpoint(
            method="POST",
            path=events,
            permission="write",
            answer=_take_in,
            spec=_spec(
                "append-events",
                "Take in events, one a line, in order; all or none.",
                takes=_LINES,
                answer=Appended,
            ),
        ),
        Endpoint(
            method="GET",
            path=events,
            permission="read",
            answer=_tell,
            spec=_spec(
                "get-events",
                "Tell all events after a seq, seq and bytes, one a line.",
                answer="text/plain",
                parameters=[parameter("after", _NUMBER)],
            ),
        ),
        Endpoint(
            method="GET",
            path=mark,
            permission="read",
            answer=_mark,
            spec=_spec(
                "get-mark",
                "Tell the end of the ledger, or one event's hash.",
                answer=Mark,
                parameters=[parameter("seq", _NUMBER)],
            ),
        ),
        Endpoint(
            method="POST",
            path=f"{blob}/lacking",
            permission="write",
            answer=_lacking,
            spec=_spec(
                "lacking-blobs",
                "Tell which kept bytes are not here.",
                takes=Lacking,
                answer=Lacking,
            ),
        ),
        Endpoint(
            method="PUT",
            path=f"{blob}/{{digest}}",
            permission="write",
            answer=_keep,
            spec=_spec(
                "put-blob",
                "Keep bytes that have this digest.",
                takes=_BYTES,
                answer=None,
                parameters=[_OF_BYTES],
                status=204,
            ),
        ),
        Endpoint(
            method="GET",
            path=f"{blob}/{{digest}}",
            permission="read",
            answer=_give,
            spec=_spec("get-blob", "Give kept bytes.", answer=_BYTES, parameters=[_OF_BYTES]),
        ),
    ]


async def _take_in(call: Call) -> Response:
    body = await read_body(call.request)
    bodies = [line for line in body.split(b"\n") if line]
    if not bodies:
        raise InvalidInput("There is no event in the request.", hint="Send one event a line.")

    def work() -> Appended:
        check_forms(bodies)
        return call.store.append_encoded(bodies)

    return json_response(await call.service.in_thread(work))


async def _tell(call: Call) -> Response:
    """Send all events after a seq, `seq` and bytes, in lines, as they lie in the ledger."""
    store, after = call.store, _number(call.request, "after", 0)
    events = store.events(after)

    async def lines() -> AsyncIterator[bytes]:
        while page := await call.service.in_thread(lambda: list(islice(events, _PAGE))):
            yield b"".join(b"%d %s\n" % (one.seq, one.body) for one in page)

    return StreamingResponse(lines(), media_type="text/plain")


async def _mark(call: Call) -> Response:
    wanted = _number(call.request, "seq", -1)
    return json_response(await call.service.in_thread(lambda: _mark_of(call.store, wanted)))


def _mark_of(store: Store, seq: int) -> Mark:
    size = store.head().size
    if seq == 0 or (seq < 0 and size == 0):
        return Mark(seq=0, leaf="")
    if seq > size:
        raise NotFound(f"The ledger has {size} events, and no event {seq}.")
    place = size if seq < 0 else seq
    (leaf,) = store.leaf_hashes(place - 1, place)
    return Mark(seq=place, leaf=leaf.hex())


async def _lacking(call: Call) -> Response:
    call.who.must_here("write")
    asked: Lacking = await read_json(call.request, Lacking)
    if len(asked.digests) > _MOST_ASKED:
        raise InvalidInput(f"Ask about {_MOST_ASKED:,} digests at most at a time.")
    here = await call.service.in_thread(lambda: _here(call, asked.digests))
    return json_response(Lacking([one for one in asked.digests if one not in here]))


def _here(call: Call, digests: list[str]) -> set[str]:
    """Return what is here and needs not be sent: it is as if it were brought now."""
    store = call.store
    here = [one for one in digests if store.blobs.has(one)]
    if here and call.workspace is not None:
        store.intakes.keep(here, call.workspace, known=True)
    return set(here)


async def _keep(call: Call) -> Response:
    await keep_sent(call, _digest(call.request))
    return Response(status_code=204)


async def _give(call: Call) -> Response:
    digest = _digest(call.request)
    if not call.store.blobs.has(digest):
        raise NotFound("No bytes with this digest are kept here.")
    return await send_kept(call, digest)


def _digest(request: Request) -> str:
    said: str = request.path_params["digest"]
    if not is_digest(said):
        raise InvalidInput(
            "Kept bytes are found by their whole digest.", hint=f"For example {of_bytes(b'')}."
        )
    return said


def _number(request: Request, name: str, default: int) -> int:
    said = request.query_params.get(name)
    if said is None:
        return default
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise InvalidInput(f"The parameter '{name}' is a number.")
    return int(said)
