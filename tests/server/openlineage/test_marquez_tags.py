"""Tags as Marquez' pages give and take them, and what else its newer pages ask for."""

import pytest

from forebear.core.catalog import TAG
from server.openlineage.telling import R1, R2, data, event

ROOT = "/marquez/api/v1"
JOB = f"{ROOT}/namespaces/ns/jobs/job"
# As its pages write it: the namespace is encoded, the name of the data set is not.
DATASET = f"{ROOT}/namespaces/s3%3A%2F%2Flake/datasets/raw/people"
TOLD = {"tags": [{"key": "Raw"}, {"key": "Tier", "value": "Gold 1"},
                 {"key": "pii", "field": "email"}]}  # fmt: skip
SCHEMA = {"fields": [{"name": "email", "type": "text"}, {"name": "age", "type": "int"}]}


@pytest.fixture
def told(send):
    people = data("raw/people", tags=TOLD, schema=SCHEMA)
    send(event(R1, "COMPLETE", 1, [people], ["out"], job_facets={"tags": {"tags": [{"key": "a"}]}}))


def tags(answer):
    assert answer.status_code == 200, answer.text
    one = answer.json()
    fields = {field["name"]: field["tags"] for field in one.get("fields", ()) if field["tags"]}
    return one["tags"], fields


def test_tags_of_producers_are_those_of_the_catalog(told, http, store):
    assert tags(http.get(DATASET.replace("raw/", "raw%2F"))) \
        == (["raw", "tier:gold-1"], {"email": ["pii"]})  # fmt: skip
    (name,) = {row.name for row in store.versions("data", "lake.raw.people")}
    of = {one.row.key: one.value.columns for one in TAG.latest(store.statements, [f"data:{name}"])}
    assert of == {"raw": [], "tier:gold-1": [], "pii": ["email"]}
    taken = {"target": {"ref": f"data:{name}"}, "tags": ["Tier:gold-1"], "remove": True}
    assert http.post("/api/v1/tag", json=taken).status_code == 200
    assert tags(http.get(DATASET.replace("raw/", "raw%2F")))[0] == ["raw"]


def test_tags_are_given_and_taken_as_marquez_pages_do_it(told, http, send):
    assert tags(http.post(f"{DATASET}/tags/HOT"))[0] == ["hot", "raw", "tier:gold-1"]
    assert tags(http.post(f"{DATASET}/fields/age/tags/pii"))[1] == {
        "email": ["pii"],
        "age": ["pii"],
    }
    assert tags(http.delete(f"{DATASET}/fields/email/tags/PII"))[1] == {"age": ["pii"]}
    assert tags(http.delete(f"{DATASET}/fields/age/tags/pii"))[1] == {}
    assert tags(http.delete(f"{DATASET}/tags/raw"))[0] == ["hot", "tier:gold-1"]
    assert tags(http.post(f"{JOB}/tags/nightly"))[0] == ["a", "nightly"]
    assert tags(http.delete(f"{JOB}/tags/a"))[0] == ["nightly"]
    send(event(R2, "COMPLETE", 2, [data("raw/people", tags=TOLD)]))
    assert tags(http.get(DATASET.replace("raw/", "raw%2F")))[0] == ["hot", "tier:gold-1"]


def test_a_tag_may_be_described_before_anything_has_it(told, http):
    said = http.put(f"{ROOT}/tags/GDPR", json={"description": "speaks of people"})
    assert said.json() == {"name": "gdpr", "description": "speaks of people"}
    known = {one["name"]: one["description"] for one in http.get(f"{ROOT}/tags").json()["tags"]}
    assert known == {"a": None, "gdpr": "speaks of people", "pii": None, "raw": None,
                     "tier:gold-1": None}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("DELETE", DATASET, 405), ("DELETE", JOB, 405), ("DELETE", f"{ROOT}/namespaces/ns", 405),
        ("DELETE", f"{DATASET}/tags/none", 404), ("DELETE", f"{JOB}/tags/none", 404),
        ("POST", f"{ROOT}/namespaces/ns/jobs/none/tags/x", 404), ("POST", f"{JOB}/tags/%20", 400),
        ("POST", f"{DATASET}/tags/two%20words", 400), ("POST", JOB, 404),
        ("DELETE", f"{DATASET}/fields/age/tags/raw", 404),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_is_refused_with_a_sentence(told, http, store, method, path, status):
    before = store.head()
    answer = http.request(method, path)
    assert (answer.status_code, store.head()) == (status, before)
    assert answer.json()["detail"].endswith(".")


def test_what_was_only_read_or_declared_has_a_page(send, http):
    send(
        event(R1, "COMPLETE", 1, ["read", data("versioned", 7)], []),
        {"eventTime": "2026-03-01T12:00:00Z", "dataset": data("declared", schema=SCHEMA)},
        {"eventTime": "2026-03-01T12:00:00Z", "job": {"namespace": "ns", "name": "planned"}},
    )
    for name, fields in (("read", 0), ("versioned", 0), ("declared", 2)):
        place = f"{ROOT}/namespaces/s3%3A%2F%2Flake/datasets/{name}"
        (version,) = http.get(f"{place}/versions").json()["versions"]
        assert version["createdByRun"] is None
        assert len(version["fields"]) == fields
        assert http.get(place).json()["currentVersion"] == version["version"]
        assert http.get(f"{place}/versions/{version['version']}").json() == version
    # Marquez' dashboard takes no empty list for the runs of a job that has none.
    planned = http.get(f"{ROOT}/namespaces/ns/jobs/planned").json()
    assert (planned["latestRun"], planned["latestRuns"]) == (None, None)


def test_words_are_found_where_they_stand(send, http):
    facets = {"sql": {"query": "SELECT email FROM people"}}
    engine = {"processing_engine": {"name": "spark", "version": "3.5"}}
    send(
        event(R1, "COMPLETE", 1, [data("people", schema=SCHEMA)], job_facets=facets,
              run_facets=engine),
        event(R2, "START", 2, job="other", run_facets={"processing_engine": {"version": "1"}}),
    )  # fmt: skip
    for root in ("/api/v2beta", "/marquez/api/v2beta"):
        jobs = http.get(f"{root}/search/jobs?q=EMAIL").json()
        (hit,) = jobs["hits"]
        assert set(hit) >= {"run_id", "name", "namespace", "eventType", "type", "facets"}
        assert (hit["eventType"], hit["runFacets"]["processing_engine"]["name"]) \
            == ("COMPLETE", "spark")  # fmt: skip
        shown = "SELECT <em>email</em> FROM people"
        assert jobs["highlights"] == [{"facets.sql.query": [shown]}]
        datasets = http.get(f"{root}/search/datasets?q=email").json()
        assert [one["name"] for one in datasets["hits"]] == ["people"]
        assert datasets["highlights"] == [{"facets.schema.fields.name": ["<em>email</em>"]}]
    (other,) = http.get("/api/v2beta/search/jobs?q=other").json()["hits"]
    assert (other["eventType"], other["runFacets"]) == ("RUNNING", {})
    assert http.get("/api/v2beta/search/jobs?q=nothing").json() == {"hits": [], "highlights": []}
    assert http.get("/api/v2beta/search/runs?q=x").status_code == 404
    assert http.get("/api/v2beta/search/jobs").status_code == 400
