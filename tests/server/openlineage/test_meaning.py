"""What events say, and what the graph has of it."""

from datetime import UTC, datetime
from urllib.parse import quote

from forebear.client.local import LocalClient
from forebear.core.digest import of_bytes
from forebear.core.events import ArtifactRecorded, LocationSeen
from forebear.ops.lineage import TraceRequest
from forebear.ops.table import Target
from server.openlineage.telling import R1, R2, R3, data, event, into, samples


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


def test_a_warehouse_table_is_one_data_set_for_all_who_spell_it(send, store):
    account, uri = "snowflake://org-acc", "snowflake://org-acc/SHOP#ORDERS"
    ours = of_bytes(uri.encode())
    send(
        event(R1, "COMPLETE", 1, [], [data("shop.public.orders", namespace=account.upper())]),
        event(R2, "COMPLETE", 2, [data('"SHOP"."PUBLIC"."ORDERS"', namespace=account)], ["out"]),
    )
    store.append([
        ArtifactRecorded(artifact=ours, kind="data", digest=ours, by_reference=True),
        LocationSeen(artifact=ours, uri=uri, mode="read", run=R3,
                     time=datetime(2026, 3, 1, 13, tzinfo=UTC)),
    ])  # fmt: skip
    send(event(R3, "COMPLETE", 9, ["elsewhere"]))
    (made,) = [edge.target for edge in store.run_edges(R1)]
    (read,) = [edge.source for edge in store.run_edges(R2) if edge.type == "used"]
    assert read == made
    assert (made, ours) in {(one.source, one.target) for one in store.edges([ours], "up")}
    assert {row.name for row in store.versions_of([made])[made]} == {"SHOP.PUBLIC.ORDERS"}


def test_two_jobs_with_one_run_id_are_two_runs(send, store):
    send(
        event(R1, "COMPLETE", 1, ["a"], ["b"], job="one"),
        event(R1, "COMPLETE", 2, ["b"], job="two"),
    )
    runs = {run.name: run.id for run in store.runs(roots_only=True)}
    assert runs["one"] == R1
    assert runs["two"] != R1
