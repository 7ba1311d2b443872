"""What the description promises holds, whatever is sent: schemathesis asks all that it describes.

Requests are of two kinds: those that follow from the schema one by one (its bounds, parts left
out, other types, other methods), and some that chance makes of it, valid and not.
"""

import itertools
import time

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    positive_data_acceptance,
    unsupported_method,
)

from forebear.plugins import load_folder
from forebear.server.openlineage.marquez import QUESTIONS
from hostile.attack import SECONDS
from hostile.seeded import seeded
from serving import asked

MOST = 40
"""Requests that follow from the schema of one operation; most have fewer."""
DESCRIBED = [
    (one.method, one.path)
    for api in load_folder("forebear.server.apis")
    for one in api.endpoints()
    if one.spec is not None
]
# A schema can say neither what is recorded nor what a ref looks like, so what it allows may be
# refused.
NO_PROMISES = [positive_data_acceptance]
SHARED = {"/api/v1/blobs/lacking", "/api/v1/lineage"}
"""Addresses which another route would take for a value of its own under another method."""
OF_OTHERS = [allow_header_conformance, unsupported_method]
NAMED = ("namespaces", "sources", "jobs", "stats")
"""Marquez' addresses below which there are more, by name."""
EACH = settings(
    max_examples=4,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def http(tmp_path_factory):
    with seeded(tmp_path_factory.mktemp("described")) as store, asked(store) as http:
        yield http


@pytest.fixture(scope="module")
def described(http):
    loaded = schemathesis.openapi.from_dict(http.get("/openapi.json").json())
    loaded.app = http.app
    return loaded


@schemathesis.serializer("application/x-ndjson")
def lines(_, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def holds(case):
    busy = time.process_time()
    answer = case.call(base_url="http://localhost")
    busy = time.process_time() - busy
    excluded = NO_PROMISES + (OF_OTHERS if case.operation.path in SHARED else [])
    case.validate_response(answer, excluded_checks=excluded)
    assert busy < SECONDS


@pytest.mark.parametrize(("method", "path"), DESCRIBED)
def test_it_holds(described, method, path):
    operation = described[path][method]
    following = described.iter_coverage_cases(
        operation,
        generation_modes=list(GenerationMode),
        generation_config=described.config.generation,
    )
    for case in itertools.islice(following, MOST):
        holds(case)

    @EACH
    @given(st.one_of(operation.as_strategy(mode) for mode in GenerationMode))
    def by_chance(case):
        holds(case)

    by_chance()


def test_all_that_is_served_under_our_own_names_is_described(http):
    told = http.get("/openapi.json").json()["paths"]
    own = {(m, one.path) for one in http.app.routes for m in one.methods - {"HEAD"}}
    marquez = tuple(f"/api/v1/{one}" for one in (*QUESTIONS, *NAMED))
    foreign = (
        "/ui",
        "/mlflow",
        "/get-artifact",
        "/model-versions/get-artifact",
        "/{api}",
        "/marquez",
        "/api/v2beta",
        "/health",
        "/version",
        "/openapi.json",
        *marquez,
    )
    missing = [
        (method, path)
        for method, path in own
        if path != "/" and not path.startswith(foreign) and method.lower() not in told.get(path, {})
    ]
    assert missing == []
