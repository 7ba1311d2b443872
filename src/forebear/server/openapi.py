"""The description of the interface (OpenAPI 3.1), made from the table of operations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from forebear import __version__
from forebear.ops.table import Operation, Target, operations
from forebear.server.problems import ProblemDetails

__all__ = [
    "described",
    "document",
    "is_target",
    "kinds",
    "operation",
    "parameter",
    "query_fields",
]

_REF: Final = "#/components/schemas/{name}"
_ERRORS: Final = {
    "400": "The request itself is wrong.",
    "401": "It is not known who asks.",
    "403": "Who asks may not do this.",
    "404": "The thing asked for is not recorded.",
    "409": "The state has moved on.",
    "413": "The request has more bytes than are taken at once.",
    "421": "The request was meant for another host.",
    "422": "What was sent cannot be read as what it is said to be.",
    "503": "The store cannot do its work now.",
}


def document(described: Iterable[tuple[str, str, dict[str, Any]]]) -> dict[str, Any]:
    """Return the whole description; `described` has (path, method, Operation Object)."""
    paths: dict[str, dict[str, Any]] = {}
    for path, method, spec in described:
        paths.setdefault(path, {})[method.lower()] = spec
    _, schemas = msgspec.json.schema_components(_types(), ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "forebear",
            "version": __version__,
            "description": "Where a model came from, what it reaches, and whether it can be made"
            " again.",
        },
        "paths": paths,
        "components": {"schemas": _plain(schemas)},
    }


def operation(of: Operation, method: str) -> dict[str, Any]:
    """Return the Operation Object of an operation."""
    (asked, answered), _ = msgspec.json.schema_components(
        [of.request, of.response], ref_template=_REF
    )
    summary, _, rest = of.doc.strip().partition("\n\n")
    spec: dict[str, Any] = {
        "operationId": of.name if method == "POST" else f"get-{of.name}",
        "summary": " ".join(summary.split()),
        "tags": [of.permission],
        "responses": _responses({"application/json": {"schema": answered}}),
    }
    if rest.strip():
        spec["description"] = " ".join(rest.split())
    if method == "GET":
        spec["parameters"] = _parameters(of)
        spec["responses"]["304"] = {"description": "The caller has this answer already."}
    else:
        spec["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": asked}},
        }
    return spec


def described(
    id: str,
    summary: str,
    tag: str,
    *,
    answer: type[Struct] | str | None,
    takes: type[Struct] | str | None = None,
    parameters: Sequence[dict[str, Any]] = (),
    status: int = 200,
) -> dict[str, Any]:
    """Return the Operation Object of what is no operation of the table.

    `answer` and `takes` are Structs, sent as JSON, or media types of other bodies.
    """
    spec: dict[str, Any] = {
        "operationId": id,
        "summary": summary,
        "tags": [tag],
        "responses": _responses(_content(answer), status),
    }
    if takes is not None:
        spec["requestBody"] = {"required": True, "content": _content(takes)}
    if parameters:
        spec["parameters"] = list(parameters)
    return spec


def parameter(
    name: str, schema: dict[str, Any], *, where: str = "query", required: bool = False
) -> dict[str, Any]:
    """Return a Parameter Object."""
    return {"name": name, "in": where, "required": required, "schema": schema}


def _responses(content: dict[str, Any], status: int = 200) -> dict[str, Any]:
    """Return Response Objects: the answer, and what may go wrong."""
    trouble = {"application/problem+json": {"schema": {"$ref": _REF.format(name="ProblemDetails")}}}
    answer: dict[str, Any] = {"description": "The answer."}
    if content:
        answer["content"] = content
    return {
        str(status): answer,
        **{code: {"description": text, "content": trouble} for code, text in _ERRORS.items()},
    }


def _content(of: type[Struct] | str | None) -> dict[str, Any]:
    if of is None:
        return {}
    if isinstance(of, str):
        return {of: {"schema": {}}}
    return {"application/json": {"schema": _inlined(msgspec.json.schema(of))}}


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    definitions = schema.get("$defs", {})

    def inlined(part: Any) -> Any:
        if isinstance(part, dict):
            if "$ref" in part:
                return inlined(definitions[part["$ref"].rpartition("/")[2]])
            # A title would name it: a generator takes what is sent and what is answered for one.
            return {
                key: inlined(one)
                for key, one in part.items()
                if key != "$defs" and not (key == "title" and isinstance(one, str))
            }
        return [inlined(one) for one in part] if isinstance(part, list) else part

    return inlined(schema)  # type: ignore[no-any-return]


def _plain(part: Any) -> Any:
    """Return a schema in words that generators of clients know as well.

    They know no schema that is `false`: that a pair has two members is said by `maxItems` too.
    And a list of anything is to say so.
    """
    if isinstance(part, list):
        return [_plain(one) for one in part]
    if not isinstance(part, dict):
        return part
    told = {key: _plain(one) for key, one in part.items() if (key, one) != ("items", False)}
    if told.get("type") == "array" and told.keys().isdisjoint(("items", "prefixItems")):
        told["items"] = {}
    return told


def _types() -> list[Any]:
    return [
        ProblemDetails,
        *(type for one in operations().values() for type in (one.request, one.response)),
    ]


def query_fields(request: type[Struct]) -> dict[str, msgspec.inspect.Field]:
    """Return the fields of a request that query parameters can say, by their names."""
    info = msgspec.inspect.type_info(request)
    return {
        field.encode_name: field
        for field in info.fields  # type: ignore[attr-defined]
        if not any(map(_has_parts, kinds(field.type)))
    }


def kinds(type: msgspec.inspect.Type) -> list[msgspec.inspect.Type]:
    """Return what a value, or an item of a list of values, may be."""
    options = type.types if isinstance(type, msgspec.inspect.UnionType) else (type,)
    return [one.item_type if isinstance(one, msgspec.inspect.ListType) else one for one in options]


def is_target(type: msgspec.inspect.Type) -> bool:
    """Tell whether it is a thing that is meant, which a query writes as its ref."""
    return isinstance(type, msgspec.inspect.StructType) and type.cls is Target


def _has_parts(type: msgspec.inspect.Type) -> bool:
    return (isinstance(type, msgspec.inspect.StructType) and not is_target(type)) or isinstance(
        type, msgspec.inspect.DictType
    )


def _parameters(of: Operation) -> list[dict[str, Any]]:
    (schema,), parts = msgspec.json.schema_components([of.request], ref_template=_REF)
    properties = parts[_named(schema)].get("properties", {})
    return [
        parameter(name, _query_schema(properties[name]), required=field.required)
        for name, field in query_fields(of.request).items()
    ]


def _query_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter: a thing that is meant is written as its ref."""
    if _named(schema) == Target.__name__:
        return {"type": "string"}
    if "items" in schema:
        return {**schema, "items": _query_schema(schema["items"])}
    if "anyOf" in schema:
        return {**schema, "anyOf": [_query_schema(one) for one in schema["anyOf"]]}
    return schema


def _named(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
