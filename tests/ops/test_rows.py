from __future__ import annotations

import numpy as np
import pytest

from flowstory import KEPT, TRAIN, FlowStory
from forebear.core.entities import Metric
from forebear.core.errors import InvalidInput
from forebear.core.events import Flow, MetricsLogged, Operation, Rows
from forebear.engines.rowbytes import encode
from forebear.engines.rowmaps import identity, pairs, span, take
from forebear.ops.leaks import LeaksRequest
from forebear.ops.rows import RowsRequest
from forebear.ops.table import Target
from forebear.ops.who_used import WhoUsedRequest
from story import link


@pytest.fixture
def story(tmp_path):
    return FlowStory(tmp_path)


def asked(client, ref="churn", source=None, **more):
    place = Target(ref=source) if source else None
    return client.call(RowsRequest(target=Target(ref=ref), source=place, **more))


def test_rows_are_counted_from_step_to_step(store, story, client):
    made = story.cleansed(store)
    store.append(story.events)
    answer = asked(client)
    assert answer.source == made.raw
    assert answer.rows == 20
    assert [(s.name, s.where, s.rows, s.reached, s.lost) for s in answer.stages] == [
        ("pandas.read_csv", "train.py:3", 20, 20, 0),
        ("select", "train.py:7", 15, 15, 5),
        ("train_test_split", "train.py:8", 10, 10, 5),
        ("StandardScaler.transform", "train.py:10", 10, 10, 0),
    ]
    cut = answer.stages[1]
    assert cut.lost_rows == [3, 4, 5, 6, 7]
    assert cut.set_aside == {}
    assert answer.stages[2].set_aside == {"test": 5}
    assert {(p.part, p.title, p.reached, p.repeated) for p in answer.parts} == {
        ("train", "Z_train", 10, 0),
        ("test", "Z_test", 5, 0),
    }
    assert answer.complete
    assert answer.verdict == (
        "churn:1 learned from 10 of 20 rows of people:1. 5 rows were in its test data."
    )


def test_each_loss_has_its_reason_and_its_line_of_code(store, story, client):
    story.cleansed(store)
    store.append(story.events)
    cut = asked(client).stages[1]
    assert cut.line == 'X, y = people[["age", "ratio", "sex"]], people.churned'
    assert [(c.name, c.by, c.rows_in, c.rows_out) for c in cut.operations[:2]] == [
        ("dropna", ["age"], 20, 18),
        ("filter", ["income"], 18, 15),
    ]
    assert cut.operations[1].line == "people = people[people.income > 10]"


def test_rows_that_come_more_than_once_are_counted(store, story, client):
    story.cleansed(store)
    run = story.run("over.py")
    raw = story.file("few.csv", b"few", rows=4)
    drawn = story.memory("data", "drawn", "drawn")
    flow = story.flow(drawn, {raw: take(np.array([0, 1, 1, 1, 3]), 4)}, "a")
    story.step(run, "transform", "resample", [link(raw)], [drawn], flows=[flow])
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(drawn, "train", "X")], [model])
    store.append(story.events)
    answer = asked(client, model)
    (stage,) = answer.stages
    assert (stage.rows, stage.reached, stage.lost, stage.repeated) == (5, 3, 1, 2)
    assert stage.lost_rows == [2]
    assert "2 rows of its training data are repetitions" in answer.verdict


def test_figures_that_are_made_beside_the_rows_cut_nothing(store, story, client):
    raw = story.file("few.csv", b"few", rows=20)
    run = story.run("rate.py")
    frame = story.memory("data", "frame", "frame")
    counts = {
        "dropna": (20, 18),
        "mean": (18, 3),
        "rename": (3, 3),
        "join": (18, 18),
        "groupby": (18, 4),
        "head": (4, 2),
    }
    done = [
        Operation(name=name, where="rate.py:4", rows_in=before, rows_out=after)
        for name, (before, after) in counts.items()
    ]
    flow = story.flow(frame, {raw: take(np.array([0, 1]), 20)}, "kind")
    story.step(run, "transform", "head", [link(raw)], [frame], operations=done, flows=[flow])
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(frame, "train", "X")], [model])
    store.append(story.events)
    (stage,) = asked(client, model).stages
    assert [one.name for one in stage.operations if one.beside] == ["mean"]


def test_a_map_that_is_missing_is_said(store, story, client):
    story.cleansed(store, transform_seen=False)
    store.append(story.events)
    answer = asked(client)
    assert [stage.reached for stage in answer.stages] == [20, None, None, None]
    assert not answer.complete
    assert answer.gaps == [
        "which rows select kept was not seen (train.py:7)",
        "which rows are in the train data Z_train is not known",
        "which rows are in the test data Z_test is not known",
    ]
    assert answer.verdict.endswith("is not known.")


def test_a_kept_map_that_is_gone_is_a_gap(store, story, client):
    raw = story.file("raw.csv", b"raw")
    run = story.run("x.py")
    frame = story.memory("data", "frame", "frame")
    digest = store.blobs.put(encode(take(np.array([2, 0]), 4)))
    flow = Flow(target=frame, sources=[raw], rows=[Rows(n_in=4, n_out=2, reached=2, map=digest)])
    story.step(run, "ingest", "read", [link(raw)], [frame], flows=[flow])
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(frame, "train", "X")], [model])
    store.append(story.events)
    assert asked(client, model).parts[0].reached == 2
    store.blobs._path(digest).unlink()
    answer = asked(client, model)
    assert answer.parts[0].reached is None
    assert "a row map that was kept is gone" in answer.gaps


def test_the_source_must_be_named_where_there_are_several(store, story, client):
    made = story.cleansed(store)
    run = story.run("join.py")
    other = story.file("other.csv", b"other", rows=3)
    both = story.memory("data", "both", "both")
    lookup = take(np.array([0, 1, 2] * 5), 3)
    flow = story.flow(both, {made.X: identity(15), other: lookup}, "age")
    story.step(run, "transform", "merge", [link(made.X), link(other)], [both], flows=[flow])
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(both, "train", "X")], [model])
    store.append(story.events)
    with pytest.raises(InvalidInput, match="2 sources"):
        asked(client, model)
    assert asked(client, model, made.raw).parts[0].reached == len(KEPT)
    mine = asked(client, model, other)
    assert (mine.parts[0].reached, mine.parts[0].repeated) == (3, 12)
    with pytest.raises(InvalidInput, match="No row of"):
        asked(client, "churn", other)


def test_a_copy_and_a_part_that_was_read_are_followed(store, story, client):
    from forebear.core.events import Derived

    raw = story.file("raw.csv", b"raw", rows=9)
    copy = story.file("copy.csv", b"raw, copied")
    story.say(Derived(source=raw, target=copy, relation="copy"))
    run = story.run("x.py")
    first, all_ = story.memory("data", "first", "first"), story.memory("data", "all", "all")
    flows = [
        story.flow(first, {copy: identity(6)}, "a"),
        story.flow(all_, {copy: span(0, 9, 9)}, "a"),
    ]
    for one, flow in zip((first, all_), flows, strict=True):
        story.step(run, "ingest", "read", [link(copy)], [one], flows=[flow])
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(first, "train", "X")], [model])
    story.scored(run, model, all_, all_, "x.py:9")
    store.append(story.events)
    answer = asked(client, model)
    assert answer.source == raw
    assert answer.rows == 9
    assert [(p.part, p.reached) for p in answer.parts] == [("train", 6), ("test", 9)]
    assert len(TRAIN) == 10


def test_the_rows_themselves_are_told_where_they_are_asked_for(store, story, client):
    story.cleansed(store)
    store.append(story.events)
    assert all(one.ranges == [] for one in asked(client).parts)
    parts = {one.part: one for one in asked(client, ranges=True).parts}
    told = {row for first, last in parts["train"].ranges for row in range(first, last + 1)}
    assert told == {KEPT[place] for place in TRAIN}
    assert parts["test"].ranges == [(1, 1), (10, 10), (12, 12), (15, 15), (18, 18)]


def fitted(story, run, inputs, name, base=None):
    model = story.memory("model", name, f"{name} of {run}")
    more = [link(base, "base")] if base else []
    story.step(run, "train", f"{name}.partial_fit", [*inputs, *more], [model])
    return model


def test_rows_of_a_model_that_this_one_goes_on_from_were_learned_too(store, story, client):
    raw = story.file("raw.csv", b"raw", rows=6)
    run = story.run("chunks.py")
    one, two = story.memory("data", "one", "one"), story.memory("data", "two", "two")
    flows = [
        story.flow(one, {raw: span(0, 2, 6)}, "x"),
        story.flow(two, {raw: span(2, 3, 6)}, "x"),
    ]
    story.step(run, "split", "split", [link(raw)], [one, two], flows=flows)
    first = fitted(story, run, [link(one, "train", "X")], "First")
    model = fitted(story, run, [link(two, "train", "X")], "Second", base=first)
    store.append(story.events)
    answer = asked(client, model, ranges=True)
    assert [(p.part, p.ranges) for p in answer.parts] == [("train", [(2, 4)]), ("base", [(0, 1)])]
    assert answer.verdict.startswith("Second learned from 5 of 6 rows of raw.csv.")


def test_a_source_of_the_answers_alone_has_rows_too(store, story, client):
    raw, answers = story.file("raw.csv", b"raw", rows=3), story.file("y.csv", b"y", rows=5)
    run = story.run("two.py")
    y = story.memory("data", "y", "y")
    flow = story.flow(y, {answers: span(1, 3, 5)}, "y")
    story.step(run, "transform", "slice", [link(answers)], [y], flows=[flow])
    inputs = [link(raw, "train", "X"), link(y, "train", "y")]
    model = fitted(story, run, inputs, "Model")
    store.append(story.events)
    answer = asked(client, model, source=answers, ranges=True)
    assert [(p.part, p.ranges) for p in answer.parts] == [("train", [(1, 3)])]
    (part,) = asked(client, model, source=raw).parts
    assert (part.part, part.reached) == ("train", 3)


def test_a_rate_from_training_rows_does_not_bring_these_rows_into_the_test_data(
    store, story, client
):
    raw = story.file("raw.csv", b"raw", rows=6)
    run = story.run("rates.py")
    train, test = story.memory("data", "train", "train"), story.memory("data", "test", "test")
    flows = [
        story.flow(train, {raw: span(0, 4, 6)}, "x"),
        story.flow(test, {raw: span(4, 2, 6)}, "x"),
    ]
    story.step(run, "split", "split", [link(raw)], [train, test], flows=flows)
    rated = story.memory("data", "rated", "rated")
    groups = pairs(np.array([0, 0, 1, 1]), np.array([0, 2, 1, 3]), 2, 4)
    flow = story.flow(rated, {test: identity(2), train: groups}, "x", rate=([(1, "x")], []))
    story.step(run, "transform", "merge", [link(test), link(train)], [rated], flows=[flow])
    model = fitted(story, run, [link(train, "train", "X")], "Model")
    story.step(run, "evaluate", "Model.score", [link(rated, "test", "X"), link(model, "model")], [])
    store.append(story.events)
    parts = {one.part: one.ranges for one in asked(client, model, ranges=True).parts}
    assert parts == {"train": [(0, 3)], "test": [(4, 5)]}


def test_the_answers_of_a_test_are_rows_of_their_own_source(store, story, client):
    X_file, y_file = story.file("X.npy", b"X", rows=4), story.file("y.npy", b"y", rows=4)
    run = story.run("two.py")
    model = fitted(story, run, [link(X_file, "train", "X"), link(y_file, "train", "y")], "Model")
    y_test = story.memory("data", "y_test", "y_test")
    flow = story.flow(y_test, {y_file: span(2, 2, 4)}, "0")
    story.step(run, "transform", "slice", [link(y_file)], [y_test], flows=[flow])
    used = [link(y_test, "reference", "y_true"), link(model, "model")]
    story.step(run, "evaluate", "r2_score", used, [])
    store.append(story.events)
    parts = {one.part: one.ranges for one in asked(client, model, source=y_file, ranges=True).parts}
    assert parts == {"train": [(0, 3)], "input": [(2, 3)]}


def test_rows_are_followed_to_data_too(store, story, client):
    made = story.cleansed(store)
    store.append(story.events)
    answer = asked(client, made.X)
    assert (answer.source, answer.rows) == (made.raw, 20)
    assert [(s.name, s.reached, s.lost) for s in answer.stages][:2] == [
        ("pandas.read_csv", 20, 0),
        ("select", 15, 5),
    ]
    assert {(p.part, p.reached) for p in answer.parts} == {("made", 15)}
    assert [(one.title, one.artifact) for one in answer.sources] == [("people:1", made.raw)]
    assert "holds 15 of 20 rows of people:1." in answer.verdict


def test_data_that_came_from_outside_has_no_way_to_it(store, story, client):
    made = story.cleansed(store)
    store.append(story.events)
    with pytest.raises(InvalidInput, match="was made of nothing that is recorded"):
        asked(client, made.raw)
    with pytest.raises(InvalidInput, match="No row of"):
        asked(client, made.X, made.Z_test)


VAST = 1 << 40


def test_a_table_of_more_rows_than_there_is_room_for_is_answered_in_words(store, story, client):
    """A figure that somebody declares makes no room: where its rows went is not known."""
    raw = story.file("lake.csv", b"lake", rows=VAST)
    run = story.run("vast.py")
    part = {"n_in": VAST, "n_out": VAST - 5, "reached": VAST - 5}
    flow = Flow(
        target=(train := story.memory("data", "train", "train")),
        sources=[raw],
        rows=[Rows(**part, data=encode(span(5, VAST - 5, VAST)))],
    )
    few = story.memory("data", "few", "few")
    other = story.flow(few, {raw: None})
    story.step(run, "split", "split", [link(raw)], [train, few], flows=[flow, other])
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(train, "train", "X")], [model])
    figures = [Metric(key="f1", value=0.5)]
    story.say(MetricsLogged(run=run, metrics=figures, model=model, data=few, split="test"))
    store.append(story.events)
    answer = asked(client, model)
    assert answer.parts[0].reached is None
    assert answer.verdict.endswith("is not known.")
    who = client.call(WhoUsedRequest(source=Target(ref=raw), rows=[7]))
    assert {one.id for one in who.data if not one.certain} == {train, few}
    assert [one.certain for one in who.models] == [False]
    assert client.call(LeaksRequest(target=Target(ref=model))).leaks is None
