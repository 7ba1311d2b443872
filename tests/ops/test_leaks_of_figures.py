"""Leaks by figures over many rows: which were over test rows too, and which only look so."""

from __future__ import annotations

import numpy as np
import pytest

from flowstory import FlowStory, leaks_asked, two_halves
from forebear.core.events import Operation
from forebear.engines.rowmaps import identity, pairs, span
from story import link


@pytest.fixture
def story(tmp_path):
    return FlowStory(tmp_path)


def test_groups_hold_their_own_rows_only(store, story, client):
    orders = story.file("orders.csv", b"orders", rows=6)
    run = story.run("group.py")
    grouped = story.memory("data", "grouped", "grouped")
    of = pairs(np.array([0, 0, 1, 1, 2, 3]), np.arange(6), 4, 6)
    sums = Operation(name="sum", where="group.py:3", rows_in=6, rows_out=4, by=["customer"])
    flow = story.flow(grouped, {orders: of}, "", x=([(0, "x")], [0]))
    story.step(run, "transform", "sum", [link(orders)], [grouped], operations=[sums], flows=[flow])
    model = two_halves(story, run, grouped, span(0, 2, 4), span(2, 2, 4))
    store.append(story.events)
    assert leaks_asked(client, model).leaks is False


@pytest.mark.parametrize("over", [20, 15])
def test_a_figure_over_all_rows_before_the_split_is_a_leak(store, story, client, over):
    raw = story.file("raw.csv", b"raw", rows=20)
    run = story.run("rate.py")
    frame = story.memory("data", "frame", "frame")
    mean = Operation(name="mean", where="rate.py:4", rows_in=over, rows_out=3, by=["kind"])
    back = Operation(name="map", where="rate.py:5", rows_in=3, rows_out=20)
    flow = story.flow(frame, {raw: identity(20)}, "kind", x=([(0, "kind")], [0, 1]))
    story.step(run, "transform", "map", [link(raw)], [frame], operations=[mean, back], flows=[flow])
    model = two_halves(story, run, frame, span(0, 15, 20), span(15, 5, 20))
    store.append(story.events)
    answer = leaks_asked(client, model)
    if over < 20:  # over the training rows: nothing of the test
        assert answer.leaks is False
        return
    (finding,) = answer.findings
    assert (finding.kind, finding.count) == ("preprocessing", 5)
    assert (finding.cause.name, finding.cause.where) == ("mean", "rate.py:4")


@pytest.mark.parametrize(("pooled", "rows_out"), [(True, 20), (True, None), (False, 20)])
def test_a_figure_that_went_into_values_of_each_row(store, story, client, pooled, rows_out):
    raw = story.file("raw.csv", b"raw", rows=20)
    run = story.run("fill.py")
    frame = story.memory("data", "frame", "frame")
    rows_in = 20 if rows_out else None
    fill = Operation(
        name="fillna", where="fill.py:4", rows_in=rows_in, rows_out=rows_out, pooled=pooled
    )
    flow = story.flow(frame, {raw: identity(20)}, "", x=([(0, "x")], [0]))
    used = [link(raw)]
    story.step(run, "transform", "fillna", used, [frame], operations=[fill], flows=[flow])
    model = two_halves(story, run, frame, span(0, 15, 20), span(15, 5, 20))
    store.append(story.events)
    findings = leaks_asked(client, model).findings
    assert [(one.kind, one.cause.where) for one in findings] == (
        [("preprocessing", "fill.py:4")] if pooled else []
    )


def test_figures_of_groups_are_told_once_each_and_not_again_where_they_are_joined(
    store, story, client
):
    raw = story.file("raw.csv", b"raw", rows=20)
    run = story.run("rate.py")
    frame = story.memory("data", "frame", "frame")
    done = [
        Operation(
            name=name,
            where=f"rate.py:{line}",
            rows_in=20,
            rows_out=rows_out,
            by=["kind"] if line < 8 else [],
            pooled=rows_out == 20,
        )
        for name, line, rows_out in (
            ("mean", 4, 3),
            ("join", 5, 20),
            ("max", 6, 3),
            ("merge", 7, 20),
            ("select", 8, 20),
            ("fillna", 8, 20),
            ("assign", 8, 20),
        )
    ]
    flow = story.flow(frame, {raw: identity(20)}, "kind", x=([(0, "kind")], list(range(7))))
    story.step(run, "transform", "merge", [link(raw)], [frame], operations=done, flows=[flow])
    model = two_halves(story, run, frame, span(0, 15, 20), span(15, 5, 20))
    store.append(story.events)
    found = leaks_asked(client, model).findings
    assert [one.cause.where for one in found] == ["rate.py:4", "rate.py:6", "rate.py:8"]
    assert [one.words.split(" over ")[0] for one in found] == [
        "mean by kind was computed", "max by kind was computed", "fillna used a figure",
    ]  # fmt: skip


@pytest.mark.parametrize("before", [8, 5])
def test_a_figure_in_the_step_that_also_divides(store, story, client, before):
    """Rows are those that the operation before left: all of them, or the training rows alone."""
    raw = story.file("raw.csv", b"raw", rows=8)
    run = story.run("hand.py")
    X_train, X_test = story.memory("data", "a", "a"), story.memory("data", "b", "b")
    first = Operation(name="select", rows_in=8, rows_out=before)
    mean = Operation(name="arithmetic", where="hand.py:8", pooled=True)
    twice = Operation(name="arithmetic", where="hand.py:8", pooled=True)
    for target, rows in ((X_train, span(0, 5, 8)), (X_test, span(5, 3, 8))):
        flow = story.flow(target, {raw: rows}, "", x=([(0, "x")], [1, 2]))
        story.step(
            run, "transform", "select", [link(raw)], [target],
            operations=[first, mean, twice], flows=[flow],
        )  # fmt: skip
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(X_train, "train", "X")], [model])
    story.scored(run, model, X_test, X_test, "hand.py:9")
    store.append(story.events)
    findings = leaks_asked(client, model).findings
    assert [one.kind for one in findings] == (["preprocessing"] if before == 8 else [])


def test_fewer_values_without_groups_are_no_figures(store, story, client):
    raw = story.file("raw.csv", b"raw", rows=8)
    run = story.run("codes.py")
    coded = story.memory("data", "coded", "coded")
    # As of `pandas.factorize`: what came out beside the codes are the distinct values.
    operation = Operation(name="factorize", rows_in=8, rows_out=3, unknown=True)
    story.step(
        run, "transform", "factorize", [link(raw)], [coded], operations=[operation],
        flows=[story.flow(coded, {raw: identity(8)}, "", x=([(0, "x")], [0]))],
    )  # fmt: skip
    model = two_halves(story, run, coded, span(0, 5, 8), span(5, 3, 8))
    store.append(story.events)
    assert leaks_asked(client, model).findings == []
