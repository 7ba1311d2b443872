"""What `lineage` facets say explicitly goes before all inputs into all outputs."""

import pytest

from server.openlineage.telling import R1, data, event, graph_of, into


def named(name, **more):
    return {"type": "DATASET", "namespace": "s3://lake", "name": name, **more}


def entry(name, *inputs, **more):
    return named(name, inputs=[one if isinstance(one, dict) else named(one) for one in inputs]) \
        | more  # fmt: skip


def lineage(*entries):
    return {"lineage": {"entries": list(entries)}}


def above(store, label):
    """Return what lies above the data set of a label."""
    (node,) = [n.id for n in store.nodes(store.artifacts("data")).values() if n.label == label]
    found = {store.node(one).label for one in store.closure([node], "up").depths}
    return found - {None, "job", label}


def columns(http, name):
    query = {"nodeId": f"dataset:s3://lake:{name}"}
    told = http.get("/api/v1/column-lineage", params=query).json()["graph"]
    of = {one["data"]["field"]: one["data"] for one in told if one["data"]["dataset"] == name}
    return {
        field: {f"{source['dataset']}.{source['field']}" for source in one["inputFields"]}
        for field, one in of.items()
    }


def test_each_output_comes_from_what_is_said_of_it(send, store):
    told = lineage(entry("x", "a"), entry("y", "b"))
    send(event(R1, "COMPLETE", 1, ["a", "b"], ["x", "y"], job_facets=told))
    assert (above(store, "x"), above(store, "y")) == ({"a"}, {"b"})


def test_an_output_of_which_nothing_is_said_comes_from_nothing(send, store):
    send(event(R1, "COMPLETE", 1, ["a", "b"], ["x", "y"], job_facets=lineage(entry("x", "a"))))
    assert (above(store, "x"), above(store, "y")) == ({"a"}, set())
    assert ("b", "job", "used") in into(store, R1)


@pytest.mark.parametrize(
    "job", [{"type": "JOB"}, {"type": "JOB", "namespace": "ns", "name": "job", "runId": R1}]
)
def test_what_the_job_itself_keeps_or_makes_is_no_data_set(send, store, job):
    kept = job | {"inputs": [named("b")]}
    made = entry("x", "a", job)
    send(event(R1, "COMPLETE", 1, ["a", "b"], ["x"], job_facets=lineage(kept, made)))
    assert above(store, "x") == {"a"}
    assert into(store, R1) == {
        ("a", "job", "used"), ("b", "job", "used"), ("job", "x", "generated"),
    }  # fmt: skip
    assert store.gaps([R1]) == []


def test_an_empty_list_says_that_there_is_no_source(send, store):
    send(event(R1, "COMPLETE", 1, ["a"], ["x"], job_facets=lineage(entry("x"))))
    assert above(store, "x") == set()
    assert into(store, R1) == {("a", "job", "used"), ("job", "x", "generated")}


def test_what_only_an_entry_names_was_read_and_written_too(send, store):
    send(event(R1, "COMPLETE", 1, job_facets=lineage(entry("x", "a"))))
    assert above(store, "x") == {"a"}
    assert into(store, R1) == {("a", "job", "used"), ("job", "x", "generated")}


def test_columns_that_an_entry_tells_are_followed(send, store, http):
    fields = {
        "double": {"inputs": [named("b", field="amount", transformations=[{"type": "DIRECT"}])]},
        "id": {"inputs": [named("a", field="id")]},
    }
    told = lineage(entry("x", named("a", field="country"), fields=fields))
    send(event(R1, "COMPLETE", 1, ["a"], ["x"], job_facets=told))
    assert above(store, "x") == {"a", "b"}
    assert columns(http, "x") == {"double": {"b.amount"}, "id": {"a.id"}}
    runs = [run.id for run in store.runs(roots_only=False)]
    (step,) = [one for one in store.flows.steps(runs).values() if one.flows]
    assert set(step.flows[0].columns) == {"double", "id"}
    assert [one.by for one in step.operations if one.by] == [["country"]]


def test_what_a_data_set_says_of_itself_holds(send, store, http):
    own = {"inputs": [named("a")], "fields": {"id": {"inputs": [named("a", field="key")]}}}
    send(event(R1, "COMPLETE", 1, ["a", "b"], [data("x", lineage=own), "y"]))
    assert above(store, "x") == {"a"}
    assert columns(http, "x") == {"id": {"a.key"}}


def test_a_data_set_without_a_run_tells_its_columns(send, store, http):
    own = {"fields": {"id": {"inputs": [named("a", field="key")]}}}
    static = {"eventTime": "2026-03-01T12:00:00Z", "producer": "https://p", "schemaURL": "s"}
    send(static | {"dataset": data("v", lineage=own)})
    assert above(store, "v") == {"a"}
    assert columns(http, "v") == {"id": {"a.key"}}


def test_a_job_without_a_run_tells_them_too(send, store, http):
    static = {"eventTime": "2026-03-01T12:00:00Z", "producer": "https://p", "schemaURL": "s"}
    fields = {"id": {"inputs": [named("a", field="key")]}}
    job = {"namespace": "ns", "name": "job", "facets": lineage(entry("x", "a", fields=fields))}
    send(static | {"job": job, "inputs": [data("a"), data("b")], "outputs": [data("x")]})
    assert above(store, "x") == {"a"}
    assert columns(http, "x") == {"id": {"a.key"}}


def test_in_any_order_it_is_the_same(tmp_path):
    told = lineage(entry("x", "a"), {"type": "JOB", "inputs": [named("b")]})
    events = [
        event(R1, "START", 1, ["a"], job_facets=told),
        event(R1, "RUNNING", 2, ["b"], ["x"]),
        event(R1, "COMPLETE", 3, [], ["y"], job_facets=told),
    ]
    expected = graph_of(tmp_path / "a", events)
    assert graph_of(tmp_path / "b", [*events[::-1], *events]) == expected
