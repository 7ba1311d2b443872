"""Every field of answers about quality is on the page about JSON."""

from __future__ import annotations

import pytest
from msgspec import inspect

from forebear.ops.table import operations

from .test_json_docs import TOLD, fields

QUALITY = ["suggest", "check", "show", "cleansing", "import"]


@pytest.mark.parametrize("name", [*(f"quality-{one}" for one in QUALITY), "drift", "blame"])
def test_every_field_of_an_answer_is_on_the_page(name):
    found = fields(inspect.type_info(operations()[name].response))
    assert found
    assert found - TOLD == set()
