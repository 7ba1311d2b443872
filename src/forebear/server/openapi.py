"""The description of the interface (OpenAPI 3.1), made from the table of operations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from forebear import __version__
from forebear.ops.table import Operation, Target, operations
from forebear.server.problems import ProblemDetails

__all__ = ["document", "operation"]

_REF: Final = "#/components/schemas/{name}"
_ERRORS: Final = {
    "400": "The request itself is wrong.",
    "403": "Who asks may not do this.",
    "404": "The thing asked for is not recorded.",
    "409": "The state has moved on.",
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
        "components": {"schemas": schemas},
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
        "responses": responses(answered),
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


def responses(schema: dict[str, Any]) -> dict[str, Any]:
    """Return Response Objects: the answer, and what may go wrong."""
    trouble = {"application/problem+json": {"schema": {"$ref": _REF.format(name="ProblemDetails")}}}
    return {
        "200": {"description": "The answer.", "content": {"application/json": {"schema": schema}}},
        **{code: {"description": text, "content": trouble} for code, text in _ERRORS.items()},
    }


def _types() -> list[Any]:
    return [
        ProblemDetails,
        *(type for one in operations().values() for type in (one.request, one.response)),
    ]


def _parameters(of: Operation) -> list[dict[str, Any]]:
    info = msgspec.inspect.type_info(of.request)
    (schema,), parts = msgspec.json.schema_components([of.request], ref_template=_REF)
    properties = parts[_named(schema)].get("properties", {})
    return [
        {
            "name": field.encode_name,
            "in": "query",
            "required": field.required,
            "schema": _query_schema(properties[field.encode_name]),
        }
        for field in info.fields  # type: ignore[attr-defined]
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
