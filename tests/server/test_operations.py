"""The operations over HTTP: questions by address, deeds by JSON, errors in one form."""

import gzip

import msgspec
import pytest

from forebear.core.errors import StoreError
from forebear.ops.table import operations


def test_a_question_by_its_address(http):
    answer = http.get("/api/v1/trace", params={"target": "churn"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["nodes"]


def test_a_question_by_its_address_says_what_json_says(http):
    asked = {"target": {"ref": "churn"}, "depth": 2}
    by_body = http.post("/api/v1/trace", json=asked)
    by_address = http.get("/api/v1/trace", params={"target": "churn", "depth": 2})
    assert by_body.json() == by_address.json()


def test_whoever_has_an_answer_is_not_sent_it_again(http):
    first = http.get("/api/v1/models")
    again = http.get("/api/v1/models", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    done = http.post("/api/v1/alias", json={"name": "churn", "alias": "best", "version": 1})
    assert done.status_code == 200
    changed = http.get("/api/v1/models", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.json()["models"][0]["aliases"] == {"best": 1}


@pytest.mark.parametrize("said", ["*", 'W/"{tag}"', '"{tag}"', '"x", W/"{tag}"', 'W/"x" , "{tag}"'])
def test_an_answer_is_known_however_that_is_written(http, said):
    tag = http.get("/api/v1/models").headers["etag"]
    assert tag.startswith('W/"')
    said = said.replace("{tag}", tag.removeprefix("W/").strip('"'))
    assert http.get("/api/v1/models", headers={"If-None-Match": said}).status_code == 304


@pytest.mark.parametrize("operation", [name for name, one in operations().items() if one.reads])
def test_every_list_is_known_again_packed_or_not(http, operation):
    first = http.get(f"/api/v1/{operation}", headers={"Accept-Encoding": "identity"})
    if first.status_code != 200 or "at" in first.json():
        return  # it has to be asked about something, or tells the time
    packed = http.get(f"/api/v1/{operation}", headers={"Accept-Encoding": "gzip"})
    assert first.json() == packed.json()
    assert first.headers["etag"] == packed.headers["etag"]
    for one in (first, packed):
        assert one.headers["cache-control"] == "private, no-cache"
        known = {"If-None-Match": one.headers["etag"]}
        again = http.get(f"/api/v1/{operation}", headers=known)
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/api/v1/show?target=churn", "/readyz", "/nothing", "/metrics"])
def test_no_proxy_keeps_an_answer_for_somebody_else(http, path):
    assert "private" in http.get(path).headers["cache-control"]


def test_a_long_answer_is_packed_for_who_asks_for_that(http):
    with http.stream(
        "GET", "/api/v1/trace?target=churn", headers={"Accept-Encoding": "gzip"}
    ) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert msgspec.json.decode(gzip.decompress(packed))["nodes"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/trace?target=nothing", 404, "unknown-ref"),
        ("/api/v1/trace?target=", 400, "bad-ref"),
        ("/api/v1/trace", 400, "invalid-input"),
        ("/api/v1/trace?target=churn&depth=deep", 400, "invalid-input"),
        ("/api/v1/trace?target=churn&target=other", 400, "invalid-input"),
        ("/api/v1/trace?target=churn&unknown=1", 400, "invalid-input"),
        ("/api/v1/models?as_of=yesterday-ish", 400, "invalid-input"),
        ("/api/v1/nothing", 404, "not-found"),
        ("/api/v1/alias", 405, "method-not-allowed"),
    ],
)
def test_what_goes_wrong_is_said_in_one_form(http, path, status, code):
    answer = http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:forebear:error:{code}"
    assert answer.json()["detail"].endswith(".")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"name": 3}', b'{"name": "churn"}', b"[" * 100_000, b"\xff", b'"\\ud800"',
     b'{"name": "churn", "alias": "a", "version": 1e999}', b'{"unknown": 1}'],
)  # fmt: skip
def test_a_body_that_makes_no_sense_changes_nothing(http, store, body):
    before = store.head()
    headers = {"Content-Type": "application/json"}
    answer = http.post("/api/v1/alias", content=body, headers=headers)
    assert answer.status_code == 400
    assert store.head() == before


def test_a_form_of_another_page_is_no_json(http, store):
    before = store.head()
    answer = http.post("/api/v1/alias", data={"name": "churn"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")
    text = http.post(
        "/api/v1/alias",
        content=b'{"name": "churn", "alias": "a", "version": 1}',
        headers={"Content-Type": "text/plain"},
    )
    assert text.status_code == 400
    assert store.head() == before


def test_a_body_that_is_too_large_is_not_read_to_its_end(http):
    answer = http.post(
        "/api/v1/alias", content=b" " * (65 << 20), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_a_fault_of_ours_tells_a_stranger_nothing(http, monkeypatch, caplog):
    def broken(context, request):
        raise RuntimeError("the secret is swordfish")

    operation = operations()["models"]
    # The table is frozen: what runs is looked up at each call.
    monkeypatch.setattr(type(operation), "run", property(lambda self: broken), raising=False)
    answer = http.get("/api/v1/models")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "swordfish" not in answer.text
    assert answer.json()["incident"] in caplog.text


def test_what_a_stranger_writes_is_one_line_of_the_log(store, http, monkeypatch, caplog):
    def broken(*asked):
        raise StoreError("The disk is gone.")

    monkeypatch.setattr(type(store.blobs), "checked", broken)
    monkeypatch.setattr(type(store), "run", broken)
    for path in ("a%0aERROR:root:forged", "%1b[2J%1b]0;x%07", "%e2%80%ae", "x" * 5000):
        http.get(f"/api/v1/live/{path}")
        http.get(f"/api/2.0/mlflow-artifacts/artifacts/1/{path}")
    http.get("/api/v1/models%0aERROR:root:forged")
    for record in caplog.records:
        assert record.getMessage().isprintable()
        assert len(record.getMessage()) < 1000
    assert "forged" in caplog.text or caplog.records == []
