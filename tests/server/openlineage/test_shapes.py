"""What events of some twenty producers become, each in the shape in which it sends them."""

import pytest

from forebear.core.quality import CHECK
from server.openlineage.shapes import changed, engine, kind, later, made_of, table, told
from server.openlineage.telling import R1, R2, data, event, into, names

BROKER, POSTGRES = "kafka://broker:9092", "postgres://db:5432"


def topic(name):
    return table(name, BROKER, [(BROKER, f"default_catalog.default_database.{name}")])


SPARK = kind("SPARK", "SQL_JOB") | {"documentation": {"description": "a job"}}
HIVE = table("/hive/shop.db/orders", links=[("hive", "shop.orders")], columns=["id", "day"])
CHECKED = {
    "greatExpectations_assertions": {
        "assertions": [
            {"expectationType": "expect_table_row_count_to_be_between", "success": True},
            {"expectationType": "expect_column_min_to_be_between", "success": False, "column": "n"},
        ]
    }
}
RUN = {"job": {"namespace": "ns", "name": "dag"}, "run": {"runId": R2}}

ONE_RUN = {
    "Spark, a file that is a table of Hive": (
        told(R1, ("START", ["raw"], []), ("RUNNING", ["raw"], [table("/out")]),
             ("COMPLETE", [], [table("/out", links=[("hive://metastore", "default.out")])]),
             job="app.insert", job_facets=SPARK, run_facets={"spark.logicalPlan": {"plan": []}}),
        {"raw"}, {"/out"}),
    "Spark, RDDs": (
        told(R1, ("COMPLETE", [table("/a"), table("/b")], [table("/c", columns=["_1"])]),
             job="app.rdd", job_facets=kind("SPARK", "RDD_JOB")),
        {"/a", "/b"}, {"/c"}),
    "Spark, column lineage names sources that the lists don't": (
        told(R1, ("COMPLETE", [], [table("/t", columnLineage=made_of(k=("/s1", "k"),
             v=("/s2", "v")))]), job="app.save", job_facets=SPARK),
        {"/s1", "/s2"}, {"/t"}),
    "Spark, BigQuery": (
        told(R1, ("START", [], []), ("COMPLETE", [table("p.d.source", "bigquery")], []),
             ("COMPLETE", [], [table("p.d.target", "bigquery")]), job="app.bq"),
        {"p.d.source"}, {"p.d.target"}),
    "Flink 1, which says no type": (
        told(R1, ("START", [], []), ("RUNNING", [data("in.a", namespace=BROKER)],
             [data("out.a", namespace=BROKER)]), job="stream",
             run_facets={"checkpoints": {"completed": 1}, **engine("flink")}),
        {"in.a"}, {"out.a"}),
    "Flink 2 SQL": (
        told(R1, ("START", [topic("shop.in")], [topic("shop.out")]), job="insert-into",
             job_facets=kind("FLINK", processing="STREAMING")),
        {"shop.in"}, {"shop.out"}),
    "Flink, Cassandra": (
        told(R1, ("START", [table("ks.a", "cassandra://c:9042")], [table("ks.b", "cassandra://c:9042")]),
             ("COMPLETE", [], []), job="copy"),
        {"ks.a"}, {"ks.b"}),
    "Flink, a job that failed": (
        told(R1, ("START", [table("a.b", POSTGRES)], [table("a.c", POSTGRES)]), ("FAIL", [], []),
             job="jdbc"),
        {"a.b"}, {"a.c"}),
    "Debezium": (
        told(R1, ("START", [], []), ("RUNNING", [table("shop.public.orders", POSTGRES)],
             [data("cdc.public.orders", namespace=BROKER)]), job="cdc.0",
             job_facets=kind("DEBEZIUM", "TASK", "STREAMING")),
        {"shop.public.orders"}, {"cdc.public.orders"}),
    "Airflow, Trino: inputs at the start, outputs at the end": (
        told(R1, ("START", [table("m.public.a", "trino://t:8080")], []),
             ("COMPLETE", [], [table("m.default.b", "trino://t:8080")]), job="dag.task"),
        {"m.public.a"}, {"m.default.b"}),
    "Airflow, Snowflake: nothing at the end": (
        told(R1, ("START", [], [table("DB.S.T", "snowflake://org-acc")]), ("COMPLETE", [], []),
             job="dag.task"),
        set(), {"DB.S.T"}),
    "Airflow, Athena: a table and where it lies": (
        told(R1, ("COMPLETE", [], [table("AwsDataCatalog.db.t", "awsathena://athena.eu.amazonaws.com"),
             data("/out/t", namespace="s3://lake")]), job="dag.task"),
        set(), {"awsdatacatalog.db.t", "/out/t"}),
    "Airflow, Cloud Storage": (
        told(R1, ("START", [data("a", namespace="gs://one")], [data("a", namespace="gs://two")]),
             ("COMPLETE", [], []), job="dag.copy"),
        {"a"}, {"a"}),
    "Airflow, SFTP": (
        told(R1, ("COMPLETE", [data("/etc/a.cfg", namespace="file://one:22")],
             [data("/etc/a.cfg", namespace="file://two:22")]), job="dag.sftp"),
        {"/etc/a.cfg"}, {"/etc/a.cfg"}),
    "Airflow, an operator that nobody knows": (
        told(R1, ("START", [], []), ("COMPLETE", [], []), job="dag.unknown",
             run_facets={"unknownSourceAttribute": {"unknownItems": [{"name": "Op"}]}}),
        set(), set()),
    "dbt, Snowflake": (
        told(R1, ("START", [table("DB.S.a", "snowflake://acc.eu")], [table("DB.S.b", "snowflake://acc.eu")]),
             ("COMPLETE", [table("DB.S.a", "snowflake://acc.eu", columns=["id"])],
              [table("DB.S.b", "snowflake://acc.eu", columns=["id"])]),
             job="DB.S.project.b", job_facets={"sql": {"query": "select id from a"}}),
        {"DB.S.A"}, {"DB.S.B"}),
    "Hive": (
        told(R1, ("COMPLETE", [HIVE], [table("/hive/shop.db/daily", links=[("hive", "shop.daily")],
             columnLineage=made_of(id=("/hive/shop.db/orders", "id")))]), job="select"),
        {"/hive/shop.db/orders"}, {"/hive/shop.db/daily"}),
    "Great Expectations": (
        told(R1, ("COMPLETE", [data("orders", namespace="sqlite") | {"inputFacets": CHECKED}], []),
             job="suite.batch"),
        {"orders"}, set()),
    "Marquez' own: no zone, no type of event, another alphabet": (
        [event(R1, None, 0, ["in"], ["out"], job="aufträge.🕷")
         | {"eventTime": "2020-12-28T19:51:01"}],
        {"in"}, {"out"}),
}  # fmt: skip


@pytest.mark.parametrize("producer", ONE_RUN)
def test_what_one_run_read_and_wrote(send, store, producer):
    events, read, wrote = ONE_RUN[producer]
    send(*events)
    name = store.run(R1).name
    assert into(store, R1) == {(one, name, "used") for one in read} | {
        (name, one, "generated") for one in wrote
    }
    assert not store.gaps([R1])


def test_a_run_is_below_that_of_its_application_and_that_below_its_scheduler(send, store):
    above = {"parent": {"run": {"runId": R1}, "job": {"namespace": "ns", "name": "app"}}}
    send(
        *told(R1, ("START", [], []), ("COMPLETE", [], []), job="app", run_facets={"parent": RUN},
              job_facets=kind("SPARK", "APPLICATION")),
        event("01a207c0-0000-7000-8000-000000000009", "COMPLETE", 5, ["a"], ["b"], job="app.insert",
              run_facets=above),
    )  # fmt: skip
    assert store.run("01a207c0-0000-7000-8000-000000000009").parent == R1
    assert (store.run(R1).parent, store.run(R2).name) == (R2, "dag")


def test_an_older_airflow_tells_its_dag_under_another_name(send, store):
    send(event(R1, "COMPLETE", 1, run_facets={"parentRun": RUN}))
    assert (store.run(R1).parent, store.run(R2).name) == (R2, "dag")


def test_what_great_expectations_found_is_a_check(send, store):
    send(*ONE_RUN["Great Expectations"][0])
    checks = CHECK.latest(store.statements)
    assert {one.value.tool for one in checks} == {"great_expectations"}
    assert {one.row.key: one.value.status for one in checks} == {
        "expect_table_row_count_to_be_between": "passed",
        "expect_column_min_to_be_between:n": "failed",
    }


def test_what_was_dropped_is_no_version_that_somebody_reads(send, store, http):
    send(
        event(R1, "COMPLETE", 1, ["raw"], [table("/t")], job="make"),
        *later(told(R2, ("START", [], [table("/t", **changed("DROP"))]),
                    ("COMPLETE", [], [table("/t", **changed("DROP"))]), job="drop")),
    )  # fmt: skip
    assert into(store, R2) == set()
    assert [row.version for row in store.versions("data", "t")] == [1]
    told_of = "/marquez/api/v1/namespaces/file/datasets/%2Ft"
    assert http.get(told_of).json()["deleted"] is True
    again = event(R1.replace("1", "4"), "COMPLETE", 1, ["raw"], [table("/t")], job="make")
    send(again | {"eventTime": "2026-03-01T14:00:00Z"})
    assert http.get(told_of).json()["deleted"] is False


def test_what_was_renamed_comes_from_what_it_was_called_before(send, store):
    before = {"namespace": "file", "name": "/t"}
    renamed = table("/new", links=[("file:/w", "default.new")],
                    **changed("RENAME", previousIdentifier=before))  # fmt: skip
    send(
        event(R1, "COMPLETE", 1, ["raw"], [table("/t")], job="make"),
        *later(told(R2, ("COMPLETE", [], [renamed]), job="rename")),
    )
    assert into(store, R2) == {("/t", "rename", "used"), ("rename", "/new", "generated")}
    (edge,) = [one for one in store.run_edges(R2) if one.type == "used"]
    assert edge.source in {one.target for one in store.run_edges(R1) if one.type == "generated"}


def test_a_merge_goes_on_from_what_was_there(send, store):
    columns = made_of(id=("/lake/events", "id"), at=("/lake/updates", "at"))
    merged = table("/lake/events", links=[("/lake", "default.events")], columnLineage=columns)
    send(
        event(R1, "COMPLETE", 1, ["raw"], [table("/lake/events")], job="make"),
        *later(told(R2, ("COMPLETE", [], [merged]), job="merge")),
    )
    edges = store.run_edges(R2)
    assert names(store, edges) == {
        ("/lake/events", "merge", "used"), ("/lake/updates", "merge", "used"),
        ("merge", "/lake/events", "generated"),
    }  # fmt: skip
    (made,) = [one.target for one in edges if one.type == "generated"]
    assert made not in {one.source for one in edges if one.type == "used"}
    # Of the very first nobody knows what was there before.
    send(event("01a207c0-0000-7000-8000-000000000008", "COMPLETE", 1, [],
               [table("/x", columnLineage=made_of(a=("/x", "a")))], job="first"))  # fmt: skip
    assert into(store, "01a207c0-0000-7000-8000-000000000008") == {("first", "/x", "generated")}
