"""Marquez' questions: what its clients and its web pages ask, and what they read in the answer."""

from urllib.parse import quote

import pytest

from server.openlineage.telling import R1, R2, R3, data, event, samples


def test_marquez_questions_are_answered(send, http):
    send(*samples("dbt_duckdb"), *samples("python_client"))

    def get(path, **query):
        answer = http.get(f"/api/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert [one["name"] for one in get("namespaces")["namespaces"]] == sorted(
        ["dbt-prod", "duckdb://churn.duckdb", "ml-prod", "postgres://db.example.org:5432",
         "s3://lake", "s3://models"])  # fmt: skip
    lake = quote("s3://lake", safe="")
    assert get(f"namespaces/{lake}")["name"] == "s3://lake"
    found = get(f"namespaces/{lake}/datasets")
    assert (found["totalCount"], len(found["datasets"])) == (2, 2)
    one = get(f"namespaces/{lake}/datasets/{quote('raw/customers', safe='')}")
    assert [field["name"] for field in one["fields"]] == ["id", "email", "addr"]
    versions = get(f"namespaces/{lake}/datasets/{quote('features/customer_v3', safe='')}/versions")
    (version,) = versions["versions"]
    assert version["createdByRun"]["state"] == "COMPLETED"
    job = get("namespaces/ml-prod/jobs/churn_pipeline.train")
    assert job["latestRun"]["state"] == "COMPLETED"
    assert job["inputs"] == [{"namespace": "s3://lake", "name": "features/customer_v3"}]
    assert (
        get("namespaces/ml-prod/jobs/churn_pipeline.validate/runs")["runs"][0]["state"] == "FAILED"
    )
    assert {one["name"] for one in get("jobs", lastRunStates="ABORTED")["jobs"]} == {
        "churn_pipeline.score"
    }
    assert get("events/lineage", limit=3)["totalCount"] == 40
    events = get("events/lineage", limit=3, sortDirection="asc")["events"]
    assert [one["eventTime"][:16] for one in events] == ["2026-11-20T10:00"] * 3
    assert all(one["run"] for one in events)
    assert len(get("column-lineage", nodeId="dataset:s3://lake:features/customer_v3")["graph"]) == 4


def test_lineage_goes_up_and_down_and_to_no_siblings(send, http):
    send(
        event(R1, "COMPLETE", 1, ["a"], ["b"], job="one"),
        event(R2, "COMPLETE", 2, ["b"], ["c"], job="two"),
        event(R3, "COMPLETE", 3, ["a"], ["z"], job="sibling"),
    )

    def graph(node, depth):
        told = http.get("/api/v1/lineage", params={"nodeId": node, "depth": depth}).json()["graph"]
        return {
            one["id"].removeprefix("dataset:s3://lake:").removeprefix("job:ns:") for one in told
        }

    assert graph("dataset:s3://lake:b", 5) == {"a", "one", "b", "two", "c"}
    assert graph("dataset:s3://lake:c", 1) == {"b", "two", "c"}
    assert graph("job:ns:one", 0) == {"a", "one", "b"}
    edges = http.get("/api/v1/lineage", params={"nodeId": "job:ns:one"}).json()["graph"]
    job = next(one for one in edges if one["type"] == "JOB" and one["id"] == "job:ns:one")
    assert job["inEdges"] == [{"origin": "dataset:s3://lake:a", "destination": "job:ns:one"}]


def test_where_an_address_is_ours_marquez_is_below_its_own(send, http):
    send(*samples("python_client"))
    ours = http.get("/api/v1/search", params={"query": "train"}).json()
    theirs = http.get("/marquez/api/v1/search", params={"q": "train"}).json()
    assert "verdict" in ours
    assert theirs["results"][0]["nodeId"] == "job:ml-prod:churn_pipeline.train"
    assert http.post("/marquez/api/v1/lineage", json=event(R1, "COMPLETE", 1)).status_code == 201


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("namespaces/none", 404), ("namespaces/none/jobs/x", 404), ("lineage", 400),
        ("lineage?nodeId=x", 400), ("lineage?nodeId=job:none:none", 404), ("jobs/runs/none", 404),
        ("jobs?limit=many", 400), ("column-lineage?nodeId=datasetField:a:b:c", 404),
        ("namespaces/a/b/c/d/e/f", 404), ("events/lineage?after=soon", 400),
        ("runlineage/upstream?runId=none", 404),
    ],
)  # fmt: skip
def test_what_is_not_there_is_said(http, path, status):
    answer = http.get(f"/api/v1/{path}")
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_columns_are_those_of_the_version_that_is_asked_for(send, http):
    def columns(source):
        made_of = [{"namespace": "s3://lake", "name": source, "field": "key"}]
        return {"fields": {"id": {"inputFields": made_of}}}

    send(
        event(R1, "COMPLETE", 1, ["a"], [data("x", columnLineage=columns("a"))]),
        event(R2, "COMPLETE", 2, ["b"], [data("x", columnLineage=columns("b"))]),
    )

    def above(node):
        told = http.get("/api/v1/column-lineage", params={"nodeId": node})
        assert told.status_code == 200, told.text
        return {one["data"]["dataset"] for one in told.json()["graph"]} - {"x"}

    found = http.get("/api/v1/namespaces/s3%3A%2F%2Flake/datasets/x/versions").json()["versions"]
    new, old = (one["version"] for one in found)
    assert above("dataset:s3://lake:x") == above(f"dataset:s3://lake:x#{new}") == {"b"}
    assert above(f"dataset:s3://lake:x#{old}") == {"a"}
    assert above(f"datasetField:s3://lake:x:id#{old}") == {"a"}
    assert above(f"job:ns:job#{old}") == {"b"}
    other = {"nodeId": f"dataset:s3://lake:x#{R1}"}
    assert http.get("/api/v1/column-lineage", params=other).status_code == 404
    assert http.get("/api/v1/lineage", params={"nodeId": f"job:ns:job#{old}"}).status_code == 200
