"""Events and kept bytes, handed over by other stores and by programs that record elsewhere.

Events travel as their canonical bytes, one a line: these are what is hashed, and no line end is
ever in them. All that is handed over twice counts once, so whoever lost a reply says it again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import islice
from typing import Any, Final

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from forebear.client.remotes import Mark
from forebear.core.digest import is_digest, of_bytes
from forebear.core.errors import InvalidInput, NotFound
from forebear.core.ports import Store
from forebear.core.rows import Appended
from forebear.server import openapi
from forebear.server.apis.operations import PREFIX
from forebear.server.endpoints import Call, Endpoint, json_response, read_body, read_json
from forebear.server.kept import keep_sent, send_kept

__all__ = ["Lacking", "endpoints"]

_MOST_ASKED: Final = 10_000
_PAGE: Final = 1000


class Lacking(Struct, frozen=True):
    """Digests of kept bytes: those asked about, or those that are not here."""

    digests: list[str]


def endpoints() -> list[Endpoint]:
    """Return the endpoints of replication."""
    return [
        Endpoint(
            method="POST",
            path=f"{PREFIX}/ledger/events",
            permission="write",
            answer=_take_in,
            spec=_spec("append-events", "Take in events, in order; all or none.", Appended),
        ),
        Endpoint(
            method="GET",
            path=f"{PREFIX}/ledger/events",
            permission="read",
            answer=_tell,
        ),
        Endpoint(
            method="GET",
            path=f"{PREFIX}/ledger/mark",
            permission="read",
            answer=_mark,
            spec=_spec("get-mark", "Tell the end of the ledger, or one event's hash.", Mark),
        ),
        Endpoint(
            method="POST",
            path=f"{PREFIX}/blobs/lacking",
            permission="write",
            answer=_lacking,
            spec=_spec("lacking-blobs", "Tell which kept bytes are not here.", Lacking),
        ),
        Endpoint(
            method="PUT",
            path=f"{PREFIX}/blobs/{{digest}}",
            permission="write",
            answer=_keep,
        ),
        Endpoint(
            method="GET",
            path=f"{PREFIX}/blobs/{{digest}}",
            permission="read",
            answer=_give,
        ),
    ]


def _spec(id: str, summary: str, answered: type[Struct]) -> dict[str, Any]:
    schema = msgspec.json.schema(answered)
    return {
        "operationId": id,
        "summary": summary,
        "tags": ["replication"],
        "responses": openapi.responses(_inlined(schema)),
    }


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    definitions = schema.get("$defs", {})

    def inlined(part: Any) -> Any:
        if isinstance(part, dict):
            if "$ref" in part:
                return inlined(definitions[part["$ref"].rpartition("/")[2]])
            return {key: inlined(one) for key, one in part.items() if key != "$defs"}
        return [inlined(one) for one in part] if isinstance(part, list) else part

    return inlined(schema)  # type: ignore[no-any-return]


async def _take_in(call: Call) -> Response:
    body = await read_body(call.request)
    bodies = [line for line in body.split(b"\n") if line]
    if not bodies:
        raise InvalidInput("There is no event in the request.", hint="Send one event a line.")
    done = await call.service.in_thread(lambda: call.service.store.append_encoded(bodies))
    return json_response(done)


async def _tell(call: Call) -> Response:
    """Send all events after a seq, `seq` and bytes, in lines, as they lie in the ledger."""
    store, after = call.service.store, _number(call.request, "after", 0)
    events = store.events(after)

    async def lines() -> AsyncIterator[bytes]:
        while page := await call.service.in_thread(lambda: list(islice(events, _PAGE))):
            yield b"".join(b"%d %s\n" % (one.seq, one.body) for one in page)

    return StreamingResponse(lines(), media_type="text/plain")


async def _mark(call: Call) -> Response:
    wanted = _number(call.request, "seq", -1)
    return json_response(await call.service.in_thread(lambda: _mark_of(call.service.store, wanted)))


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
    asked: Lacking = await read_json(call.request, Lacking)
    if len(asked.digests) > _MOST_ASKED:
        raise InvalidInput(f"Ask about {_MOST_ASKED:,} digests at most at a time.")
    blobs = call.service.store.blobs
    here = await call.service.in_thread(lambda: [one for one in asked.digests if blobs.has(one)])
    return json_response(Lacking([one for one in asked.digests if one not in set(here)]))


async def _keep(call: Call) -> Response:
    await keep_sent(call, _digest(call.request))
    return Response(status_code=204)


async def _give(call: Call) -> Response:
    digest = _digest(call.request)
    if not call.service.store.blobs.has(digest):
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
