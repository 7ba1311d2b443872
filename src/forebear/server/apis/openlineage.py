"""OpenLineage over HTTP: events are taken in where Marquez takes them, and asked for as there.

`/api/v1/lineage` is where producers send. Marquez' questions are answered at /marquez/api/v1, and
at /api/v1 too but for those whose address is that of an operation of ours. Its pages give tags.
"""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import unquote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from forebear.core.errors import ForebearError, InvalidInput
from forebear.exchange.openlineage.receiver import Receiver
from forebear.ops.table import operations
from forebear.server.apis.operations import PREFIX
from forebear.server.endpoints import (
    MOST_BODY,
    Call,
    Endpoint,
    TooLarge,
    json_response,
    read_body,
)
from forebear.server.openapi import described
from forebear.server.openlineage import marquez, tags

__all__ = ["endpoints"]

_MARQUEZ: Final = f"/marquez{PREFIX}"
_BETA: Final = "/api/v2beta"
_DEEP: Final = ("namespaces", "sources", "jobs", "stats")
"""Addresses below which there are more, with names in them that may hold any character."""


class Kept(ForebearError):
    """What was told is to be deleted, and nothing is."""

    code = "method-not-allowed"
    status = 405


def endpoints() -> list[Endpoint]:
    """Return the endpoints that take events in, and those that answer Marquez' questions."""
    ours = operations()
    made = []
    for root in (PREFIX, _MARQUEZ):
        made += _takers(root)
        plain = [one for one in marquez.QUESTIONS if "*" not in one]
        # Marquez' web pages ask with a slash at the end, and take no other address for an answer.
        slashed = [f"{one}/" for one in plain if one not in _DEEP]
        paths = [*plain, *slashed, *(f"{one}/{{rest:path}}" for one in _DEEP)]
        made += [
            Endpoint(method="GET", path=f"{root}/{path}", permission="read", answer=_ask(root))
            for path in paths
            if root == _MARQUEZ or path.rstrip("/") not in ours
        ]
        made += _taggers(root)
    made += [
        Endpoint(method="GET", path=f"{root}/search/{{what}}", permission="read", answer=_ask(root))
        for root in (_BETA, f"/marquez{_BETA}")
    ]
    return made


def _taggers(root: str) -> list[Endpoint]:
    """Return what takes the tags that Marquez' pages give and take away."""
    changes = (
        ("PUT", "tags/{tag}", _describe),
        ("POST", "namespaces/{rest:path}", _tag(root, tags.give)),
        ("DELETE", "namespaces/{rest:path}", _tag(root, tags.take)),
    )
    return [
        Endpoint(method=method, path=f"{root}/{path}", permission="write", answer=answer)
        for method, path, answer in changes
    ]


def _takers(root: str) -> list[Endpoint]:
    one = described(
        "take-lineage",
        "Take in an event of OpenLineage.",
        "openlineage",
        takes="application/json",
        answer=None,
        status=201,
    )
    many = described(
        "take-lineages",
        "Take in events of OpenLineage, and say which are none.",
        "openlineage",
        takes="application/json",
        answer="application/json",
    )
    many["responses"]["400"]["content"].update(many["responses"]["200"]["content"])
    ours = root == PREFIX
    return [
        Endpoint(
            method="POST",
            path=f"{root}/{path}",
            permission="write",
            answer=answer,
            spec=spec if ours else None,
        )
        for path, answer, spec in (
            ("lineage", _take_one, one),
            ("lineage/batch", _take_many, many),
        )
    ]


async def _take_one(call: Call) -> Response:
    event = await _sent(call.request)
    (refused,) = await call.service.in_thread(lambda: _receiver(call).take([event], call.store))
    if refused is not None:
        raise refused
    return Response(status_code=201)


async def _take_many(call: Call) -> Response:
    """Take in each event of a list that is one, and say which are not."""
    sent = await _sent(call.request)
    events = sent.get("events") if isinstance(sent, dict) else sent
    if not isinstance(events, list):
        raise InvalidInput(
            "A batch is a list of events.", hint='Send [event, …] or {"events": [event, …]}.'
        )
    outcomes = await call.service.in_thread(lambda: _receiver(call).take(events, call.store))
    failed = [(n, error) for n, error in enumerate(outcomes) if error is not None]
    told = {
        "status": "success" if not failed else "partial_success",
        "summary": {
            "received": len(events),
            "successful": len(events) - len(failed),
            "failed": len(failed),
            "retriable": 0,
            "non_retriable": len(failed),
        },
        "failed_events": [
            {"index": n, "reason": error.message, "retriable": False} for n, error in failed
        ],
    }
    if failed and len(failed) == len(events):
        told["status"] = "failure"
    answer = json_response(told)
    answer.status_code = 400 if told["status"] == "failure" else 200
    return answer


def _receiver(call: Call) -> Receiver:
    return call.service.openlineage_in(call.workspace)


async def _sent(request: Request) -> Any:
    """Return the JSON that was sent, packed or not."""
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said != "application/json":
        # What a page of another origin can send without asking first is no event.
        raise InvalidInput(
            f"The body is said to be {said or 'nothing'}, and has to be JSON.",
            hint="Send the header `Content-Type: application/json`.",
        )
    body = await read_body(request)
    packing = request.headers.get("content-encoding", "identity").strip().lower()
    if packing == "gzip":
        body = _unpacked(body)
    elif packing != "identity":
        raise InvalidInput(f"Bodies packed by '{packing[:40]}' are not read.", hint="Use gzip.")
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The body is no JSON: {error}.") from None


def _unpacked(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(body, MOST_BODY + 1)
    except zlib.error:
        raise InvalidInput("The body is said to be packed by gzip, and is not.") from None
    if len(found) > MOST_BODY:
        raise TooLarge(f"The event has more than {MOST_BODY >> 20} MiB.", hint="Send less at once.")
    if not unpacker.eof:
        raise InvalidInput("The packed body ends before its end.")
    return found


def _ask(root: str) -> Callable[[Call], Awaitable[Response]]:
    async def answer(call: Call) -> Response:
        call.who.must_here("read")
        path = _parts(call.request, root)
        query = dict(call.request.query_params)
        view = _receiver(call).view
        return json_response(
            await call.service.in_thread(lambda: marquez.answer(view, path, query))
        )

    return answer


async def _describe(call: Call) -> Response:
    call.who.must_here("write")
    sent, name = await _sent(call.request), call.request.path_params["tag"]
    text = sent.get("description") if isinstance(sent, dict) else sent
    answer = await call.service.in_thread(
        lambda: tags.describe(call.store, name, text, _author(call))
    )
    return json_response(answer)


def _tag(root: str, change: Callable[..., Any]) -> Callable[[Call], Awaitable[Response]]:
    async def answer(call: Call) -> Response:
        call.who.must_here("write")
        path, view = _parts(call.request, root), _receiver(call).view
        if call.request.method == "DELETE" and path[-2:-1] != ["tags"]:
            raise Kept("Nothing is deleted here: what was told of a job or a data set stays.")

        def work() -> Any:
            with view.lock:
                view.catch_up()
                return change(view, call.store, path, _author(call))

        return json_response(await call.service.in_thread(work))

    return answer


def _author(call: Call) -> str:
    return call.store.identities.commitment(call.who.name)


def _parts(request: Request, root: str) -> list[str]:
    """Return the address in its parts, each decoded once: a name may have a slash in it."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    path = raw.partition(b"?")[0].decode("ascii", "replace")
    return [unquote(part) for part in path.removeprefix(f"{root}/").rstrip("/").split("/")]
