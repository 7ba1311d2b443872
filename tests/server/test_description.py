"""The description says what is served, and the schemas are those of what is sent."""

import json

from msgspec import Struct

from forebear.ops.table import operations
from forebear.server.apis.operations import PREFIX
from forebear.server.openapi import described

POST_ONLY = {"lock-check"}
"""Questions that have to be told lists of things with parts."""


def test_every_operation_is_described(http):
    told = http.get("/openapi.json").json()
    assert told["openapi"] == "3.1.0"
    for name, operation in operations().items():
        methods = told["paths"][f"{PREFIX}/{name}"]
        assert ("get" in methods) == (operation.reads and name not in POST_ONLY)
        assert methods["post"]["summary"]


def test_no_reference_leads_nowhere(http):
    told = http.get("/openapi.json").json()
    text = json.dumps(told)
    assert text.count('"$ref": "') == text.count('"$ref": "#/components/schemas/')
    named = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert named <= set(told["components"]["schemas"])
    assert "ProblemDetails" in named


def test_operation_ids_are_unique(http):
    told = http.get("/openapi.json").json()
    ids = [spec["operationId"] for path in told["paths"].values() for spec in path.values()]
    assert len(ids) == len(set(ids))


def test_no_two_schemas_share_a_name(http):
    # What shares one is told apart by its module, which is no name for a typed client.
    told = http.get("/openapi.json").json()
    shared = [name for name in told["components"]["schemas"] if "." in name]
    assert shared == []


def parts(part):
    yield part
    for one in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from parts(one)


def test_generators_of_clients_know_all_of_its_words(http):
    """openapi-python-client 0.29 makes a client of it; these were what it did not know."""
    told = http.get("/openapi.json").json()
    arrays = [one for one in parts(told) if isinstance(one, dict) and one.get("type") == "array"]
    assert len(arrays) > 100
    for one in arrays:
        assert isinstance(one.get("items", {}), dict)
        assert one.keys() & {"items", "prefixItems"}
    bodies = [
        content["schema"]
        for path in told["paths"].values()
        for spec in path.values()
        for body in (spec.get("requestBody", {}), *spec["responses"].values())
        for content in body.get("content", {}).values()
    ]
    assert [one for one in bodies if "title" in one] == []


def test_what_is_inlined_keeps_its_fields():
    class Titled(Struct):
        title: str
        pairs: list[tuple[int, int]]

    spec = described("x", "X.", "x", answer=Titled)
    schema = spec["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["properties"].keys() == {"title", "pairs"}
