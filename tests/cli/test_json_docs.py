from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec import inspect

from forebear.ops.table import operations

PAGE = (Path(__file__).parents[2] / "docs/reference/json.md").read_text()
TOLD = set(re.findall(r"`([a-z_]+)`", PAGE))
PRINTED = ["trace", "impact", "path", "show", "runs", "models", "data", "name", "alias", "derive"]
GRAPH = ["closure", "common", "paths", "diff", "neighbourhood", "moments", "column-map"]
FLOWS = ["columns", "rows", "who-used", "leaks", "bias", "check-completeness"]
COMPARED = ["views", "compare-runs", "series"]
EXECUTED = ["output", "code", "code-diff", "environment", "environment-diff"]
CATALOG = ["search", "describe", "own", "tag", "licence", "column", "fresh", "stop", "keep-scan"]
SERVED = ["deployments", "deploy", "undeploy", "traffic", "consumers", "deliveries"]
RECALLED = ["recall", "recalls", "recall-status", "recall-remedy", "recall-close", "recalled"]
VALIDATED = ["validated", "validations"]
PROVED = ["prove", "erase-identity", "anchor"]

LIFE = [
    "promote",
    "demote",
    "rollback",
    "retire",
    "approve",
    "policy-show",
    "policy-check",
    "kpi",
    "timeline",
    "audit",
    "attention",
    "versions",
    "event",
]


def fields(type_: inspect.Type) -> set[str]:
    """Return the names of all fields that JSON of this type may have, at any depth."""
    found: set[str] = set()
    pending = [type_]
    while pending:
        one = pending.pop()
        if isinstance(one, inspect.StructType):
            found |= {field.encode_name for field in one.fields}
            pending += [field.type for field in one.fields]
        elif isinstance(one, inspect.UnionType):
            pending += one.types
        elif isinstance(one, inspect.ListType):
            pending.append(one.item_type)
    return found


@pytest.mark.parametrize(
    "name",
    [
        "profile",
        *PRINTED,
        *GRAPH,
        *FLOWS,
        *COMPARED,
        *EXECUTED,
        *PROVED,
        *CATALOG,
        *LIFE,
        "verify",
        *SERVED,
        *RECALLED,
        *VALIDATED,
    ],
)
def test_every_field_of_an_answer_is_on_the_page(name):
    found = fields(inspect.type_info(operations()[name].response))
    assert found
    assert found - TOLD == set()
