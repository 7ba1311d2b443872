"""Bad inputs in every field, address and body that is served.

No answer is a failure of the server, takes seconds, or tells where things lie; what is refused
changes nothing; and whatever was taken in, the store is sound afterwards and goes on answering.
In a plain run each place gets a few of the inputs, and all places together all of them;
FOREBEAR_FAULTS=full tries every input at every place.
"""

import json
import re

import pytest

from forebear.core.events import AnyEvent
from forebear.core.ids import new_id
from forebear.ops.table import operations
from forebear.server.mlflow import table
from hostile import lists, places
from hostile.attack import NOT_SET_UP, some

TEXTS = [*lists.PATHS, *lists.URIS, *lists.NAMES, *lists.FILTERS, *lists.OTHER_KINDS]
NUMBERS = [*lists.NUMBERS, *lists.OTHER_KINDS]
EACH = 3
"""Inputs at each place in a plain run."""
AS_JSON = {"Content-Type": "application/json"}
CALLS = sorted({f"{one.method} {one.path}" for one in table.calls()})
KINDS = sorted(kind.__name__ for kind in AnyEvent.__args__)
OWN = {"{api}": "api", "{version}": "2.0", "{space}": "team"}


def inputs(place):
    values = NUMBERS if place.kind == "number" else TEXTS
    return some(values, f"{place.call} {place.field}", EACH)


@pytest.mark.parametrize("operation", sorted(operations()))
def test_fields_of_operations(attack, operation):
    for place in places.of_operations():
        if place.call == operation:
            for token in inputs(place):
                attack("POST", place.path, content=place.said(token), headers=AS_JSON)


@pytest.mark.parametrize("kind", KINDS)
def test_fields_of_events(attack, kind):
    for place in places.of_events():
        if place.call == kind:
            for token in inputs(place):
                body = place.said(token)
                if place.field != "id":
                    body = re.sub(rb'"id": "[^"]*"', b'"id": "%s"' % new_id().encode(), body)
                attack("POST", place.path, content=body)


@pytest.mark.parametrize("call", CALLS)
def test_fields_of_mlflow(attack, known, call):
    for place in places.of_mlflow(known):
        if place.call != call:
            continue
        for token in inputs(place):
            body = place.said(token)
            if place.method == "GET":
                attack("GET", place.path, params=in_address(body))
            else:
                attack(place.method, place.path, content=body, headers=AS_JSON)


def in_address(body):
    """Return what a client would write into an address."""
    try:
        fields = json.loads(body)
    except ValueError:
        return {}
    told = {key: str(value) for key, value in fields.items() if not isinstance(value, list | dict)}
    return {key: value.encode("utf-8", "replace")[:4000].decode() for key, value in told.items()}


@pytest.mark.parametrize("operation", sorted(operations()))
def test_parameters_of_questions(attack, operation):
    for place in places.of_operations():
        if place.call == operation and operations()[operation].permission == "read":
            for token in inputs(place):
                attack("GET", place.path, params=in_address(b'{"%s": %s}' % (
                    place.field.partition(".")[0].encode(),
                    token.encode("utf-8", "surrogatepass"),
                )))  # fmt: skip


def test_a_name_beyond_measure_is_not_searched_for(attack):
    said = {"name": "a " * 50_000}
    assert attack("POST", "/api/v1/erase-identity", json=said).status_code == 400


@pytest.mark.parametrize(
    "path", ["/api/v1/models", "/api/2.0/mlflow/experiments/search", "/marquez/api/v1/jobs"]
)
@pytest.mark.parametrize(
    "form", ["k{n}=1", "max_results=1", "limit={n}", "name=%00", "a[{n}][b]=1", "{n}"]
)
def test_thousands_of_parameters(attack, path, form):
    """As many as a head of 64 KiB has room for; each more must not cost more than the last."""
    query = "&".join(form.format(n=n) for n in range(12_000))
    attack("GET", f"{path}?{query[:60_000]}")


def test_addresses(attack, http):
    """A value in an address is a value; it never leads to a file."""
    for route in http.app.routes:
        for method in route.methods - {"HEAD"}:
            for variable in re.findall(r"\{\w+(?::\w+)?\}", route.path):
                for raw in some(lists.ADDRESSES, f"{method} {route.path} {variable}", 8):
                    path = address(route.path, variable, raw)
                    if path.startswith(b"/ui"):
                        continue
                    more = {} if method == "GET" else {"content": b"x", "headers": AS_JSON}
                    url = "http://localhost" + path.decode("latin-1")
                    answer = attack(method, url, **more)
                    assert answer.headers["content-type"] != "text/html"


def address(path, variable, raw):
    """Return an address with bytes where one variable stands."""
    for name, value in OWN.items():
        if name != variable:
            path = path.replace(name, value)
    return re.sub(rb"\{\w+(:\w+)?\}", b"1", path.encode().replace(variable.encode(), raw))


def written(http):
    """Return every address that something can be sent to, with the method."""
    for route in http.app.routes:
        for method in sorted(route.methods - {"HEAD", "GET"}):
            path = route.path.replace("{rest:path}", "runs/create")
            yield method, address(path, "", b"").decode()


def test_bodies(attack, http):
    for method, path in written(http):
        for name in some(list(lists.BODIES), f"{method} {path}", 8):
            attack(method, path, content=lists.BODIES[name], headers=AS_JSON)


def test_types_of_bodies(attack, http):
    for method, path in written(http):
        for said in some(lists.TYPES, f"{method} {path}", 4):
            attack(method, path, content=b'{"name": "x"}', headers={"Content-Type": said})


def test_the_store_is_sound_afterwards_and_answers(http, store):
    # An event may speak of kept bytes that are not here: this is said, and is no fault of ours.
    assert [one for one in store.verify() if one.what != "missing-blob"] == []
    asked = [
        route.path
        for route in http.app.routes
        if "GET" in route.methods and "{" not in route.path and route.path not in {"/", "/ui"}
    ]
    assert len(asked) > 40
    failed = [path for path in asked if http.get(path).status_code >= 500]
    assert [path for path in failed if not path.startswith(NOT_SET_UP)] == []
