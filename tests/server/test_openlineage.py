"""Producers of OpenLineage, as they speak on the wire, and what the graph has of them."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forebear.client.local import LocalClient
from forebear.core.digest import of_bytes
from forebear.core.events import ArtifactRecorded, LocationSeen
from forebear.exchange.openlineage.receiver import Receiver
from forebear.ops.lineage import TraceRequest
from forebear.ops.table import Target
from forebear.store import open_store
from serving import asked

DATA = Path(__file__).parents[1] / "data" / "openlineage"
JSON = {"Content-Type": "application/json"}
R1, R2, R3 = (f"01a207c0-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))


def samples(name):
    return [json.loads(line) for line in (DATA / f"{name}.ndjson").read_text().splitlines()]


def event(run, state, at, inputs=(), outputs=(), job="job", **more):
    told = {"eventTime": f"2026-03-01T12:{at:02}:00Z", "producer": "https://p", "schemaURL": "s"}
    return told | {
        "eventType": state,
        "run": {"runId": run, "facets": more.get("run_facets", {})},
        "job": {"namespace": "ns", "name": job, "facets": more.get("job_facets", {})},
        "inputs": [one if isinstance(one, dict) else data(one) for one in inputs],
        "outputs": [one if isinstance(one, dict) else data(one) for one in outputs],
    }


def data(name, version=None, namespace="s3://lake", **facets):
    if version is not None:
        facets["version"] = {"datasetVersion": version}
    return {"namespace": namespace, "name": name, "facets": facets}


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / ".forebear", create=True) as store:
        yield store


@pytest.fixture
def http(store):
    with asked(store) as http:
        yield http


@pytest.fixture
def send(http, store):
    """What sends events one by one, and lets them settle."""

    def send(*events):
        for one in events:
            answer = http.post("/api/v1/lineage", json=one)
            assert (answer.status_code, answer.content) == (201, b""), answer.text
        assert http.get("/api/v1/runs").status_code == 200

    return send


def picture(store):
    """All that the graph says, but for when it was said."""
    runs = store.runs(roots_only=False, limit=1000)
    ids = [run.id for run in runs]
    nodes = store.nodes([*ids, *store.artifacts("data"), *store.artifacts("model")])
    topics = ["check", "owner", "description", "tag", "column", "openlineage.run"]
    topics += ["openlineage.job", "openlineage.dataset"]
    said = store.statements.latest(topics)
    edges = [*store.edges(list(nodes), "up"), *store.edges(list(nodes), "down")]
    reveal = store.identities.reveal
    return {
        "nodes": nodes,
        "edges": {encode_edge(edge) for edge in edges},
        "said": {(s.topic, s.about, s.key): reveal(json.dumps(s.value).encode()) for s in said},
        "steps": {id: (s.flows, s.operations) for id, s in store.flows.steps(ids).items()},
        "gaps": {(gap.run, gap.what) for gap in store.gaps(ids)},
        "runs": {run.id: (run.status, run.started, run.ended, run.params) for run in runs},
    }


def encode_edge(edge):
    return (edge.source, edge.target, edge.type, edge.role, edge.relation, edge.evidence)


def names(store, edges):
    nodes = store.nodes([end for edge in edges for end in (edge.source, edge.target)])
    return {(nodes[e.source].label or nodes[e.source].name,
             nodes[e.target].label or nodes[e.target].name, e.type) for e in edges}  # fmt: skip


def into(store, run):
    return names(store, store.run_edges(run))


# Taking in -------------------------------------------------------------------------------------


def test_a_run_is_a_run_with_its_job_state_parent_and_settings(send, store):
    send(*samples("python_client"))
    run = store.run("01a207c0-33a2-777c-b431-5a55a07f728c")
    assert (run.name, run.kind, run.status) == ("churn_pipeline.train", "train", "finished")
    assert run.params == {"learning_rate": "0.05", "max_depth": "6", "seed": "42"}
    assert run.parent == "01a207c0-3335-7957-9c68-28dad37a0b22"
    assert into(store, run.id) == {
        ("features/customer_v3", "churn_pipeline.train", "used"),
        ("churn_pipeline.train", "churn/model.pkl", "generated"),
    }
    failed = store.run("01a207c0-33d0-7bc3-b7fa-57a572b1e4ea")
    assert (failed.status, failed.error) == ("failed", "AUC 0.61 < 0.80")
    assert {edge.evidence for edge in store.run_edges(run.id)} == {"declared"}


def test_a_model_is_traced_to_where_its_data_came_from(send, store):
    send(*samples("python_client"))
    (name,) = store.names("model")
    target = Target(ref=f"model:{name.name}")
    answer = LocalClient(store).run(TraceRequest(target=target, depth=10))
    assert {"raw/customers", "features/customer_v3"} <= {node.label for node in answer.nodes}


def test_what_is_sent_again_changes_nothing(send, store):
    send(*samples("dbt_duckdb"))
    before = store.head()
    send(*samples("dbt_duckdb"))
    assert store.head() == before


ORDERS = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def graph_of(folder, events, restart=False):
    with open_store(folder, create=True) as store:
        receiver = Receiver(store)
        for one in events:
            assert receiver.take([one]) == [None]
            if restart:
                receiver = Receiver(store)
        receiver.settle()
        assert receiver.settle() == 0
        assert list(store.verify()) == []
        return picture(store)


@pytest.mark.parametrize("name", ["python_client", "dbt_duckdb"])
def test_reversed_or_doubled_events_make_the_same_graph(tmp_path, name):
    events = samples(name)
    expected = graph_of(tmp_path / "a", events)
    assert graph_of(tmp_path / "b", events[::-1]) == expected
    assert graph_of(tmp_path / "c", [*events, *events[::-1]]) == expected
    assert graph_of(tmp_path / "d", events, restart=True) == expected
    assert len(expected["edges"]) > 5


@ORDERS
@given(order=st.permutations([*samples("python_client"), *samples("dbt_duckdb")]))
def test_events_in_any_order_make_the_same_graph(tmp_path_factory, order):
    folder = tmp_path_factory.mktemp("orders")
    known = getattr(test_events_in_any_order_make_the_same_graph, "known", None)
    if known is None:
        known = graph_of(folder / "a", [*samples("python_client"), *samples("dbt_duckdb")])
        test_events_in_any_order_make_the_same_graph.known = known
    assert graph_of(folder / "b", order) == known


def test_an_end_stays_whatever_is_told_later(send, store):
    send(event(R1, "COMPLETE", 5), event(R1, "RUNNING", 6), event(R1, "START", 1))
    run = store.run(R1)
    assert (run.status, run.started.minute, run.ended.minute) == ("finished", 1, 5)


def test_of_two_ends_the_later_and_of_simultaneous_ones_the_worse_holds(tmp_path):
    for n, (ends, expected) in enumerate([
        ([event(R1, "FAIL", 5), event(R1, "COMPLETE", 5)], "failed"),
        ([event(R1, "COMPLETE", 5), event(R1, "FAIL", 5)], "failed"),
        ([event(R1, "COMPLETE", 6), event(R1, "FAIL", 5)], "finished"),
    ]):  # fmt: skip
        assert graph_of(tmp_path / str(n), ends)["runs"][R1][0] == expected


def test_silence_takes_nothing_away(send, store):
    send(event(R1, "START", 1, ["a"], ["b"]), event(R1, "COMPLETE", 2), event(R1, "OTHER", 3))
    assert into(store, R1) == {("a", "job", "used"), ("job", "b", "generated")}


def test_what_is_read_without_a_version_is_what_was_written_last_before(send, store):
    send(
        event(R1, "COMPLETE", 1, [], ["d"], job="first"),
        event(R2, "COMPLETE", 3, [], ["d"], job="second"),
        event(R3, "START", 2, ["d"], ["e"], job="reader"),
        event(R3, "COMPLETE", 9, job="reader"),
    )
    (used,) = [edge for edge in store.run_edges(R3) if edge.type == "used"]
    (made,) = [edge for edge in store.run_edges(R1) if edge.type == "generated"]
    assert (used.source, used.evidence) == (made.target, "inferred")  # R2 wrote meanwhile


def test_a_version_that_is_told_at_the_end_is_the_one_that_was_read(send, store):
    send(
        event(R1, "COMPLETE", 1, [], [data("d", "v1")], job="writer"),
        event(R2, "START", 2, ["d"], job="reader"),
        event(R2, "COMPLETE", 3, [data("d", "v1")], job="reader"),
    )
    (used,) = [edge for edge in store.run_edges(R2) if edge.type == "used"]
    (made,) = [edge for edge in store.run_edges(R1) if edge.type == "generated"]
    assert (used.source, used.evidence) == (made.target, "declared")


def test_quoted_names_and_symlinks_are_one_data_set(send, store, http):
    names = {"identifiers": [{"namespace": "hive://meta", "name": "db.d", "type": "TABLE"}]}
    quoted = data('"sm"."ml"."orders"', namespace="duckdb://x")
    send(
        event(R1, "COMPLETE", 1, [], [data("d", symlinks=names), quoted], job="writer"),
        event(R2, "COMPLETE", 2, [data("db.d", namespace="hive://meta"),
                                  data("sm.ml.orders", namespace="duckdb://x")], job="reader"),
    )  # fmt: skip
    written = {e.target for e in store.run_edges(R1) if e.type == "generated"}
    read = {e.source for e in store.run_edges(R2) if e.type == "used"}
    assert len(written) == 2
    assert read == written
    both = [http.get(f"/api/v1/namespaces/{quote(ns, safe='')}/datasets/{name}").json()
            for ns, name in (("s3://lake", "d"), ("hive://meta", "db.d"))]  # fmt: skip
    assert both[0]["id"] == both[1]["id"] == {"namespace": "s3://lake", "name": "d"}


def test_explicit_lineage_beats_all_into_all(send, store):
    entry = {"type": "DATASET", "namespace": "s3://lake", "name": "x",
             "inputs": [{"type": "DATASET", "namespace": "s3://lake", "name": "a"}]}  # fmt: skip
    send(
        event(
            R1, "COMPLETE", 1, ["a", "b"], ["x", "y"], job_facets={"lineage": {"entries": [entry]}}
        )
    )
    (x,) = [n.id for n in store.nodes(store.artifacts("data")).values() if n.label == "x"]
    (y,) = [n.id for n in store.nodes(store.artifacts("data")).values() if n.label == "y"]
    above = {n: {store.node(one).label for one in store.closure([n], "up").depths} for n in (x, y)}
    assert above[x] == {"a", None} or above[x] == {"a", "job"}
    assert "b" not in above[y]
    assert ("b", "job", "used") in into(store, R1)


def test_columns_are_followed(send, store):
    send(*samples("python_client"))
    steps = [
        s
        for s in store.flows.steps([r.id for r in store.runs(roots_only=False)]).values()
        if s.flows
    ]
    (flow,) = steps[0].flows
    assert flow.columns["id"].columns == [(0, "id")]
    assert (
        steps[0].operations[flow.columns["email_domain"].through[0]].name
        == "transformation (masking)"
    )
    filters = [one for one in steps[0].operations if one.name == "filter"]
    assert filters[0].by == ["addr.country"]
    told = store.flows.passages([flow.target], "up")
    assert [one.told for one in told] == [True]


def test_checks_owners_tags_schemas_and_descriptions_are_in_the_catalog(send, store):
    send(*samples("dbt_duckdb"), *samples("python_client"))
    checks = [row.value for row in store.statements.latest(["check"])]
    assert {"passed", "failed"} <= {one["status"] for one in checks}
    assert {"dbt", "custom"} <= {one["tool"] for one in checks}
    (owner,) = store.statements.latest(["owner"], ["data:lake.raw.customers"])
    assert owner.value["who"] == "team:data"
    assert store.statements.latest(["description"], ["data:churn.main.customer_features"])
    node = next(
        n for n in store.nodes(store.artifacts("data")).values() if n.label == "raw/customers"
    )
    assert [column["name"] for column in node.attrs["schema"]] == [
        "id",
        "email",
        "addr",
        "addr.country",
    ]
    assert b"team:data" not in b"".join(
        one.body for one in store.events() if b'"topic":"owner"' in one.body
    )


def test_content_that_was_seen_by_ourselves_is_what_a_producer_read(send, store):
    digest, own = of_bytes(b"content"), "01a207c0-0000-7000-8000-0000000000ff"
    store.append([
        ArtifactRecorded(artifact=digest, kind="data", digest=digest, label="ours"),
        LocationSeen(artifact=digest, uri="s3://lake/d", mode="write", run=own,
                     time=datetime(2026, 3, 1, 12, tzinfo=UTC)),
    ])  # fmt: skip
    send(event(R1, "COMPLETE", 1, ["d"], ["e"]), event(R2, "COMPLETE", 2, [data("d", digest)]))
    (likely,) = [edge for edge in store.run_edges(R1) if edge.type == "used"]
    (said,) = store.run_edges(R2)
    assert (likely.source, likely.evidence) == (digest, "inferred")
    assert (said.source, said.evidence) == (digest, "declared")


def test_two_jobs_with_one_run_id_are_two_runs(send, store):
    send(
        event(R1, "COMPLETE", 1, ["a"], ["b"], job="one"),
        event(R1, "COMPLETE", 2, ["b"], job="two"),
    )
    runs = {run.name: run.id for run in store.runs(roots_only=True)}
    assert runs["one"] == R1
    assert runs["two"] != R1


# What is wrong ---------------------------------------------------------------------------------

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


# Marquez' questions ----------------------------------------------------------------------------


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
    assert get("events/lineage", limit=3)["totalCount"] == 42
    events = get("events/lineage", limit=3, sortDirection="asc")["events"]
    assert [one["eventTime"][:16] for one in events] == ["2026-11-20T09:58"] * 2 + [
        "2026-11-20T10:00"
    ]
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


ODD = [None, 0, -1, 1e308, "", [], {}, "x" * 5000, True, [None], {"a": None}, "\0", "2026-13-45",
       {"_deleted": True}, "https://u:pw@h", "a:b:c:/d", "'\"`[", [1, "a", {}]]  # fmt: skip


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
