"""Producers in their own words: what they sent when they ran, and what the graph has of it.

The samples are streams of real runs with paths and hosts replaced; `tests/integrations_heavy`
runs the producers themselves.
"""

import pytest

from server.openlineage.telling import R1, R2, R3, data, event, graph_of, into, samples

DAG = "01a21b1f-857c-7a4e-a012-c6f3f0675b32"


def of(store, name):
    return [run for run in store.runs(roots_only=False, limit=1000) if run.name == name]


def parent(run, job="above", root=None):
    def told(id, name):
        return {"run": {"runId": id}, "job": {"namespace": "ns", "name": name}}

    return {"parent": told(run, job) | ({"root": told(root, "top")} if root else {})}


def test_tasks_of_airflow_are_parts_of_the_run_of_their_dag(send, store):
    send(*samples("airflow"))
    dag = store.run(DAG)
    assert (dag.name, dag.status, dag.error) == ("shop", "failed", "task_failure")
    tasks = {run.name: run for run in store.runs(parent=DAG, limit=100)}
    assert set(tasks) == {
        f"shop.{name}" for name in ("fetch", "raw", "features", "check", "train", "hello", "broken")
    }
    # Only its end is told where a DAG is tried without a scheduler, and its tasks began before.
    assert dag.started == min(run.started for run in tasks.values())
    assert tasks["shop.broken"].error == "AUC too low"


def test_tables_columns_and_checks_of_airflow_are_there(send, store, http):
    send(*samples("airflow"))
    (task,) = [run for run in of(store, "shop.features") if run.parent == DAG]
    assert into(store, task.id) == {
        ("shop.public.orders", "shop.features", "used"),
        ("shop.features", "shop.public.features", "generated"),
    }
    node = "dataset:postgres://db.example.org:5432:shop.public.features"
    told = http.get("/api/v1/column-lineage", params={"nodeId": node}).json()["graph"]
    assert {one["data"]["field"] for one in told} == {"id", "double", "amount"}
    checks = http.get("/api/v1/quality-show", params={"target": "data:shop.public.features"}).json()
    assert checks["verdict"].startswith("shop.public.features: version 2 passes 2 checks")


def test_files_that_airflow_moves_are_those_at_their_paths(send, store):
    send(*samples("airflow"))
    (task,) = [run for run in of(store, "shop.fetch") if run.parent == DAG]
    nodes = [end for edge in store.run_edges(task.id) for end in (edge.source, edge.target)]
    places = {row.uri for row in store.locations(nodes)}
    assert places == {"/srv/shop/in.csv", "/srv/shop/out.csv"}
    assert {name.name for name in store.names("data")} >= {"srv.shop.in.csv", "srv.shop.out.csv"}
    assert not [gap for gap in store.gaps([task.id]) if "data set" in gap.what]


def test_assets_of_dagster_that_share_a_run_id_are_runs_of_their_own(send, store, http):
    send(*samples("dagster"))
    assert {run.name: run.status for run in store.runs(roots_only=True)} == {
        "lake/orders": "finished", "lake/features": "finished",
        "lake/features__checks": "finished", "model": "failed",
    }  # fmt: skip
    (made,) = of(store, "lake/features")[:1]
    assert ("lake/orders", "lake/features", "used") in into(store, made.id)
    verdict = http.get("/api/v1/quality-show", params={"target": "data:shop.lake.features"})
    assert verdict.json()["verdict"] == "shop.lake.features: version 1 passes 1 check."


def test_tables_of_sqlmesh_are_one_however_they_are_quoted(send, store, http):
    send(*samples("sqlmesh"))
    assert {name.name for name in store.names("data")} == {
        "sm.sm.ml.raw_orders",
        "sm.sm.ml.features",
    }
    (run,) = [run for run in of(store, '"sm"."ml"."features"') if run.parent is None]
    assert ("sm.ml.raw_orders", run.name, "used") in into(store, run.id)
    told = http.get("/api/v1/column-lineage", params={"nodeId": "dataset:sm:sm.ml.features"})
    assert {(one["data"]["dataset"], one["data"]["field"]) for one in told.json()["graph"]} == {
        ("sm.ml.features", "id"), ("sm.ml.features", "double"),
        ("sm.ml.raw_orders", "id"), ("sm.ml.raw_orders", "amount"),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["airflow", "dagster", "sqlmesh"])
def test_in_reverse_and_doubled_they_are_the_same(tmp_path, name):
    events = samples(name)
    expected = graph_of(tmp_path / "a", events)
    doubled = graph_of(tmp_path / "b", [*events, *events[::-1]])
    assert doubled == expected
    if name != "dagster":  # of runs that share an id, the first to arrive has it
        assert graph_of(tmp_path / "c", events[::-1]) == expected


def test_runs_above_that_tell_nothing_are_there_up_to_the_root(send, store):
    send(event(R1, "COMPLETE", 5, ["a"], ["b"], run_facets=parent(R2, root=R3)))
    above, top = store.run(R2), store.run(R3)
    assert (above.name, above.parent) == ("above", R3)
    assert (top.name, top.parent) == ("top", None)
    assert store.run(R1).parent == R2


def test_what_a_run_above_tells_of_itself_holds(send, store):
    send(
        event(R2, "START", 1, job="own", run_facets=parent(R3, "top")),
        event(R1, "START", 2, run_facets=parent(R2, root=DAG)),
        event(R1, "COMPLETE", 3, run_facets=parent(R2, root=DAG)),
        event(R2, "COMPLETE", 4, job="own"),
    )
    assert (store.run(R2).name, store.run(R2).parent) == ("own", R3)
    assert store.run(R2).started.minute == 1


def test_a_data_set_without_a_namespace_is_there_and_it_is_said(send, store):
    send(event(R1, "COMPLETE", 1, [data("orders", namespace="")], ["b"]))
    assert into(store, R1) == {("orders", "job", "used"), ("job", "b", "generated")}
    (gap,) = store.gaps([R1])
    assert gap.what == "The data set orders has no namespace; its name alone tells it."
