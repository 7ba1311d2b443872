"""The description says what is served, and the schemas are those of what is sent."""

import json

from forebear.ops.table import operations
from forebear.server.apis.operations import PREFIX

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
