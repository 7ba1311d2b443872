"""What is wrong in an event is kept and said; what is no event is refused with a sentence."""

import gzip
import json
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.openlineage.telling import R1, R2, data, event, into, samples

JSON = {"Content-Type": "application/json"}
BAD_FACETS = [
    {"version": 7}, {"version": {"datasetVersion": {}}}, {"schema": {"fields": "no"}},
    {"schema": []}, {"columnLineage": {"fields": {"a": 1}}}, {"symlinks": {"identifiers": [1]}},
    {"ownership": None}, {"dataQualityAssertions": {"assertions": [{"success": "?"}]}},
    {"custom": "text"}, {"datasetType": {"datasetType": 5}}, {"outputStatistics": {"size": "big"}},
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD_FACETS)
def test_a_facet_of_another_form_is_kept_and_said_and_harms_nothing(send, store, http, bad):
    send(
        event(
            R1,
            "COMPLETE",
            1,
            ["a"],
            [data("b") | {"facets": bad}],
            run_facets={"parent": "x", "test": {"tests": 3}},
        )
    )
    assert into(store, R1) == {("a", "job", "used"), ("job", "b", "generated")}
    said = " ".join(gap.what for gap in store.gaps([R1]))
    assert "facet parent of the run" in said
    assert next(iter(bad)) in said
    (kept,) = http.get("/api/v1/events/lineage").json()["events"]
    assert kept["outputs"][0]["facets"] == bad


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no JSON"), (b"{", "no JSON"), (b"\xff", "no JSON"), (b"[]", "JSON object"),
        (b"7", "a number"), (b"{}", "eventTime"),
        (b'{"eventTime": "2026-03-01T12:00:00Z"}', "no `run`, no `job` and no `dataset`"),
        (b'{"eventTime": "soon", "run": {"runId": "x"}}', "'soon'"),
        (json.dumps(event(R1, "START", 1) | {"run": {}}).encode(), "runId"),
        (b'{"eventTime": "2026-03-01T12:00:00Z", "run": {"runId": "x"}}', "`job`"),
        (b'{"eventTime": "2026-03-01T12:00:00Z", "dataset": {"name": "x"}}', "`dataset`"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, ""),
    ],
)  # fmt: skip
def test_what_is_no_event_is_refused_with_a_sentence(http, store, body, words):
    before = store.head()
    answer = http.post("/api/v1/lineage", content=body, headers=JSON)
    assert (answer.status_code, store.head()) == (400, before)
    assert words in answer.json()["detail"]


def test_data_sets_without_end_are_refused_and_may_come_in_several_events(http, store):
    before = store.head()
    many = [{"namespace": "s3://lake", "name": f"d{n}"} for n in range(5_001)]
    entries = {"lineage": {"entries": [one | {"type": "DATASET"} for one in many]}}
    for sent in (event(R1, "COMPLETE", 1, many), event(R1, "COMPLETE", 1, job_facets=entries)):
        answer = http.post("/api/v1/lineage", json=sent)
        assert (answer.status_code, store.head()) == (400, before)
        assert "5,001 data sets" in answer.json()["detail"]
    for at, some in enumerate((many[:10], many[10:20])):
        sent = http.post("/api/v1/lineage", json=event(R1, "COMPLETE", at, some))
        assert sent.status_code == 201
    assert http.get("/api/v1/runs").status_code == 200
    assert len(into(store, R1)) == 20


def test_packed_bodies_are_read(http, store):
    body = gzip.compress(json.dumps(event(R1, "COMPLETE", 1)).encode())
    packed = JSON | {"Content-Encoding": "gzip"}
    assert http.post("/api/v1/lineage", content=body, headers=packed).status_code == 201
    assert store.run(R1).status == "finished"
    for broken in (body[:-9], b"plain", b""):
        assert http.post("/api/v1/lineage", content=broken, headers=packed).status_code == 400
    bomb = gzip.compress(b" " * (70 << 20))
    assert http.post("/api/v1/lineage", content=bomb, headers=packed).status_code == 413


def test_of_a_batch_each_event_that_is_one_is_taken(http, store):
    sent = [event(R1, "COMPLETE", 1), {"no": "event"}, event(R2, "COMPLETE", 1)]
    answer = http.post("/api/v1/lineage/batch", json=sent)
    told = answer.json()
    assert (answer.status_code, told["status"]) == (200, "partial_success")
    assert told["summary"]["successful"] == 2
    assert [one["index"] for one in told["failed_events"]] == [1]
    assert store.run(R2) is not None
    assert http.post("/api/v1/lineage/batch", json=[{}]).status_code == 400
    assert http.post("/api/v1/lineage/batch", json={"events": sent}).status_code == 200


def test_no_secret_is_kept(send, store, http):
    secret = [{"name": "DB_PASSWORD", "value": "hunter2"}]
    said = {
        "environmentVariables": {"environmentVariables": secret},
        "executionParameters": {"parameters": [{"key": "api_key", "value": "hunter2"}]},
    }
    send(
        event(
            R1,
            "COMPLETE",
            1,
            [data("d", namespace="postgres://u:hunter2@db:5432")],
            run_facets=said,
        )
    )
    assert not [one.body for one in store.events() if b"hunter2" in one.body]


def test_a_large_event_is_kept_beside_the_ledger(send, http):
    query = {"sql": {"query": "select " + "x, " * 200_000 + "1"}}
    send(event(R1, "COMPLETE", 1, job_facets=query))
    (kept,) = http.get("/api/v1/events/lineage").json()["events"]
    assert kept["job"]["facets"] == query


ODD = [None, 0, -1, 1e308, "", [], {}, "x" * 5000, True, [None], {"a": None}, "\0", "2026-13-45",
       {"_deleted": True}, "https://u:pw@h", "a:b:c:/d", "'\"`[", [1, "a", {}]]  # fmt: skip


FACETS = ["parent", "parentRun", "schema", "version", "columnLineage", "symlinks", "ownership",
          "tags", "documentation", "dataQualityAssertions", "greatExpectations_assertions",
          "storage",
          "dataQualityMetrics", "test", "executionParameters", "errorMessage", "outputStatistics",
          "inputStatistics", "datasetType", "lifecycleStateChange", "jobType", "sql", "sourceCode",
          "lineage", "nominalTime", "sourceCodeLocation", "processing_engine", "checkpoints",
          "forebear_use", "environmentVariables"]  # fmt: skip


def test_no_facet_whatever_it_holds_makes_a_page_fail(http, caplog):
    sent = []
    for facet in FACETS:
        for number, odd in enumerate([*ODD, {facet: 7}, {facet: [{}]}, {"fields": {"a": []}}]):
            known = {facet: odd}
            told = data(f"{facet}.{number}") | {"facets": known, "inputFacets": known}
            made = data(f"{facet}.{number}.out") | {"facets": known, "outputFacets": known}
            run = str(uuid5(NAMESPACE_URL, f"{facet} {number}"))
            sent.append(event(run, "COMPLETE", 1, [told], [made], job=f"{facet}.{number}",
                              run_facets=known, job_facets=known))  # fmt: skip
    answer = http.post("/api/v1/lineage/batch", json=sent)
    assert answer.json()["summary"]["successful"] == len(sent)
    root, lake = "/marquez/api/v1", "s3%3A%2F%2Flake"
    pages = ["jobs", "namespaces", "sources", "tags", "search?q=1", "events/lineage",
             f"namespaces/{lake}/datasets", "stats/jobs?period=DAY"]  # fmt: skip
    for one in sent[::37]:
        name, run = one["job"]["name"], one["run"]["runId"]
        pages += [
            f"namespaces/ns/jobs/{name}", f"namespaces/ns/jobs/{name}/runs",
            f"namespaces/{lake}/datasets/{name}.out/versions", f"jobs/runs/{run}/facets?type=job",
            f"lineage?nodeId=job:ns:{name}", f"column-lineage?nodeId=job:ns:{name}",
            f"runlineage/upstream?runId={run}",
        ]  # fmt: skip
    wrong = [page for page in pages if http.get(f"{root}/{page}").status_code != 200]
    wrong += [kind for kind in ("jobs", "datasets")
              if http.get(f"/api/v2beta/search/{kind}?q=out").status_code != 200]  # fmt: skip
    assert http.get("/api/v1/runs").status_code == 200
    assert (wrong, [record for record in caplog.records if record.levelname == "ERROR"]) == ([], [])


def places(value, path=()):
    """Yield the way to each part of an event."""
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else ()
    for key, part in enumerate(value) if isinstance(value, list) else inside:
        yield from places(part, (*path, key))


@settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
@given(
    event=st.sampled_from([*samples("python_client"), *samples("dbt_duckdb")]),
    odd=st.sampled_from(ODD),
    random=st.randoms(use_true_random=False),
)
def test_nothing_that_is_odd_makes_the_server_fail(http, store, caplog, event, odd, random):
    event = json.loads(json.dumps(event))
    *above, last = random.choice(list(places(event)))
    part = event
    for key in above:
        part = part[key]
    part[last] = odd
    answer = http.post("/api/v1/lineage", json=event)
    assert answer.status_code in {201, 400}, answer.text
    for path in ("runs", "jobs", "namespaces", "tags", "events/lineage?limit=1"):
        assert http.get(f"/api/v1/{path}").status_code == 200
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
