"""Every operation of the table, at /api/v1/NAME.

An operation that reads is asked by GET, with the fields of its request as query parameters, or
by POST with the request as JSON. One that writes takes POST only, and so does one that has to be
told more than query parameters can say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, Final

import msgspec
from starlette.datastructures import QueryParams
from starlette.responses import Response

from forebear.core.errors import InvalidInput
from forebear.ops.table import Operation, operations
from forebear.server import openapi
from forebear.server.endpoints import Call, Endpoint, json_response, read_json

__all__ = ["PREFIX", "endpoints"]

PREFIX: Final = "/api/v1"


@cache
def endpoints() -> list[Endpoint]:
    """Return the endpoints of all operations."""
    return [
        Endpoint(
            method=method,
            path=f"{PREFIX}/{name}",
            permission=operation.permission,
            answer=_by_query(operation) if method == "GET" else _by_body(operation),
            spec=openapi.operation(operation, method),
        )
        for name, operation in sorted(operations().items())
        for method in (("GET", "POST") if _is_question(operation) else ("POST",))
    ]


def _is_question(operation: Operation) -> bool:
    """Tell whether it only reads, and query parameters can say all that it needs."""
    asked = openapi.query_fields(operation.request)
    fields = msgspec.structs.fields(operation.request)
    return operation.reads and all(
        field.encode_name in asked or not field.required for field in fields
    )


def _by_body(operation: Operation) -> Callable[[Call], Awaitable[Response]]:
    async def answer(call: Call) -> Response:
        request = await read_json(call.request, operation.request)
        return json_response(await call.answer(operation, request))

    return answer


def _by_query(operation: Operation) -> Callable[[Call], Awaitable[Response]]:
    async def answer(call: Call) -> Response:
        request = asked(operation.request, call.request.query_params)
        answer = await call.answer(operation, request)
        return _unless_known(call, json_response(answer))

    return answer


def asked(type: type[Any], query: QueryParams) -> Any:
    """Return a request from query parameters; a thing that is meant is written as its ref.

    Raises:
        InvalidInput: there is no such parameter, or it has another form.
    """
    fields = {name: field.type for name, field in openapi.query_fields(type).items()}
    values: dict[str, Any] = {}
    for key in dict.fromkeys(query.keys()):
        if key not in fields:
            raise InvalidInput(
                f"There is no parameter '{key[:60]}' here.", hint=f"There is: {', '.join(fields)}."
            )
        said = query.getlist(key)
        many = _is(fields[key], msgspec.inspect.ListType)
        if not many and len(said) > 1:
            raise InvalidInput(f"The parameter '{key}' is said {len(said)} times.")
        whole = [_target(fields[key], one) for one in said]
        values[key] = whole if many else whole[0]
    try:
        return msgspec.convert(values, type, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"The parameters are not what this address takes: {error}.") from None


def _target(type: msgspec.inspect.Type, said: str) -> Any:
    return {"ref": said} if any(map(openapi.is_target, openapi.kinds(type))) else said


def _is(type: Any, wanted: type[Any]) -> bool:
    options = type.types if isinstance(type, msgspec.inspect.UnionType) else (type,)
    return any(isinstance(one, wanted) for one in options)


def _unless_known(call: Call, response: Response) -> Response:
    """Return 304 where the caller has this very answer already."""
    # Weak: packed or not, it is the same answer, but not the same bytes.
    tag = f'W/"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = call.request.headers.get("if-none-match", "")
    if known == "*" or tag[2:] in (one.strip().removeprefix("W/") for one in known.split(",")):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response
