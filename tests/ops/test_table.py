from __future__ import annotations

import typing

import msgspec
import pytest

from forebear.core.errors import InvalidInput
from forebear.ops.table import Request, find, operation, operations

WRITING = {"name", "alias", "derive", "record", "reproduced"}


def test_every_operation_is_found_with_its_permission():
    table = operations()
    assert {"trace", "impact", "path", "show", "models", "data", "runs", "verify"} <= set(table)
    assert {name for name, one in table.items() if one.permission == "write"} >= WRITING & set(
        table
    )
    assert table["trace"].permission == "read"


@pytest.mark.parametrize("name", sorted(operations()))
def test_an_operation_can_be_served(name):
    found = operations()[name]
    assert found.doc.strip()
    for type_ in (found.request, found.response):
        msgspec.json.schema(type_)
    (base,) = [b for b in found.request.__orig_bases__ if typing.get_origin(b) is Request]
    assert typing.get_args(base) == (found.response,)


def test_a_request_that_nobody_answers():
    class Odd(Request[int], frozen=True):
        pass

    with pytest.raises(InvalidInput, match="No operation answers a Odd"):
        find(Odd())


def test_two_operations_cannot_share_a_name():
    assert "trace" in operations()
    with pytest.raises(ValueError, match="two operations called trace"):
        operation(name="trace", permission="read")(lambda context, request: None)


def test_unknown_fields_are_refused():
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.json.decode(b'{"target":{"ref":"x"},"oops":1}', type=operations()["trace"].request)
