"""The order in which events come, and how often, does not matter."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.openlineage.telling import R1, event, graph_of, into, samples

ORDERS = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def test_what_is_sent_again_changes_nothing(send, store):
    send(*samples("dbt_duckdb"))
    before = store.head()
    send(*samples("dbt_duckdb"))
    assert store.head() == before


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
