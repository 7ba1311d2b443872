import json
from uuid import UUID

import pytest

from forebear.capture.started_by import started_by

ABOVE, TOP = (str(UUID(int=n)) for n in (1, 2))


def named(run, job):
    return {"run": {"runId": run}, "job": {"namespace": "s3://prod", "name": job}}


OLD = {"OPENLINEAGE_PARENT_ID": f"s3://prod/shop.train/{ABOVE}"}
CONTEXT = {"parent": {**named(ABOVE, "shop.train"), "root": named(TOP, "shop"), "more": 1}}


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        (OLD, named(ABOVE, "shop.train")),
        (
            OLD | {"OPENLINEAGE_ROOT_PARENT_ID": f"s3://prod/shop/{TOP}"},
            named(ABOVE, "shop.train") | {"root": named(TOP, "shop")},
        ),
        (
            {"OPENLINEAGE_CONTEXT": json.dumps(CONTEXT)},
            named(ABOVE, "shop.train") | {"root": named(TOP, "shop")},
        ),
        ({"OPENLINEAGE_CONTEXT": "{", **OLD}, named(ABOVE, "shop.train")),
        ({"OPENLINEAGE_CONTEXT": "[" * 100_000}, None),
        ({"OPENLINEAGE_CONTEXT": '{"parent": {"run": {"runId": "x"}}}'}, None),
        ({"OPENLINEAGE_PARENT_ID": "no/uuid"}, None),
        ({"OPENLINEAGE_PARENT_ID": "a/b/no uuid"}, None),
        ({}, None),
    ],
)
def test_what_started_a_program_is_read(environ, told):
    assert started_by(environ) == told
