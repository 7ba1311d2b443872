from __future__ import annotations

import io

import numpy as np
import pytest

from flowstory import KEPT, PEOPLE, TEST, FlowStory
from forebear.core.errors import InvalidInput
from forebear.core.events import Derived, Operation
from forebear.engines.rowmaps import identity, take
from forebear.ops.bias import BiasRequest
from forebear.ops.table import Target
from story import link

LOANS = b"id,race\n" + b"".join(b"%d,%s\n" % (n, b"ab"[n % 2 :][:1]) for n in range(20))
PLACES = b"race,name\na,one\nb,two\n"


@pytest.fixture
def story(tmp_path):
    return FlowStory(tmp_path)


def asked(client, ref="churn", groups=("sex",), **more):
    return client.call(BiasRequest(target=Target(ref=ref), groups=list(groups), **more))


def predicted(store, story, made, values, *, kept=True):
    buffer = io.BytesIO()
    np.save(buffer, np.array(values))
    digest = store.blobs.put(buffer.getvalue())
    said = story.memory(
        "data", "said", f"said {made.run}", attrs={"values": digest} if kept else {}
    )
    flow = story.flow(said, {made.Z_test: identity(len(values))}, "", p=([], []))
    used = [link(made.Z_test, "test", "X"), link(made.model, "model")]
    story.step(made.run, "predict", "LogisticRegression.predict", used, [said], flows=[flow])


def looked_up_in(store, story):
    """Keep the loans, and record a table that they are joined to by their group."""
    for kept in (LOANS, PLACES):
        store.blobs.put(kept)
    return story.file("names.csv", PLACES, rows=2, kept=True)


def fitted(story, run, frame):
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(frame, "train", "X")], [model])
    return model


def shares(stage):
    return {one.group: (one.before, one.after) for one in stage.changes}


def test_each_step_that_changed_shares_is_told_with_its_operations(store, story, client):
    story.cleansed(store)
    store.append(story.events)
    answer = asked(client)
    first, second = answer.stages
    sexes = [PEOPLE[row]["sex"] for row in KEPT]
    assert shares(first) == {"m": (10, sexes.count("m")), "f": (10, sexes.count("f"))}
    assert [(one.name, one.where) for one in first.operations] == [
        ("dropna", "train.py:4"),
        ("filter", "train.py:5"),
    ]
    assert second.where == "train.py:8"
    assert answer.biased is False
    assert asked(client, threshold=0.01).biased is True


def test_a_filter_that_hits_one_group_is_named(store, story, client):
    store.blobs.put(LOANS)
    raw = story.file("loans.csv", LOANS, rows=20, kept=True)
    run = story.run("loans.py")
    kept = [n for n in range(20) if n % 2 == 0 or n in (1, 3)]
    frame = story.memory("data", "kept", "kept")
    cut = Operation(name="dropna", where="loans.py:4", rows_in=20, rows_out=12, by=["job"])
    flow = story.flow(frame, {raw: take(np.array(kept), 20)}, "id")
    story.step(run, "transform", "dropna", [link(raw)], [frame], operations=[cut], flows=[flow])
    model = fitted(story, run, frame)
    store.append(story.events)
    answer = asked(client, model, ["race"])
    (stage,) = answer.stages
    assert stage.beyond == ["b"]
    change = {one.group: one for one in stage.changes}["b"]
    assert (change.before, change.after) == (10, 2)
    assert change.change == pytest.approx((2 / 12 - 0.5) / 0.5)
    assert answer.biased is True
    assert "dropna" in answer.verdict


def test_of_two_sources_with_the_column_the_one_is_meant_that_the_other_was_looked_up_in(
    store, story, client
):
    names = looked_up_in(store, story)
    raw = story.file("loans.csv", LOANS, rows=20, kept=True)
    run = story.run("loans.py")
    frame = story.memory("data", "joined", "joined")
    looked_up = take(np.arange(20) % 2, 2)
    flow = story.flow(frame, {names: looked_up, raw: identity(20)}, "race")
    used = [link(names), link(raw)]
    story.step(run, "transform", "merge", used, [frame], flows=[flow])
    model = fitted(story, run, frame)
    store.append(story.events)
    assert asked(client, model, ["race"]).source == raw


def test_groups_of_a_source_that_cannot_be_read_are_told_from_the_file_made_of_it(
    store, story, client
):
    names = looked_up_in(store, story)
    raw = story.file("loans.sav", b"a form that nobody reads", rows=30)
    loans = story.file("loans.csv", LOANS, rows=20, kept=True)
    run = story.run("loans.py")
    picked = story.flow(loans, {raw: take(np.arange(20), 30)}, "race")
    story.step(run, "transform", "to_csv", [link(raw)], [loans], flows=[picked])
    frame = story.memory("data", "joined", "joined")
    looked_up = take(np.arange(12) % 2, 2)
    flow = story.flow(frame, {names: looked_up, loans: take(np.arange(12), 20)}, "race")
    story.step(run, "transform", "merge", [link(names), link(loans)], [frame], flows=[flow])
    model = fitted(story, run, frame)
    store.append(story.events)
    answer = asked(client, model, ["race"])
    assert answer.source == loans
    assert shares(answer.stages[0]) == {"a": (10, 6), "b": (10, 6)}
    assert "how the groups of loans.sav were divided before loans.csv is not known" in answer.gaps


def test_a_program_that_made_the_same_twice_changed_shares_once(store, story, client):
    first = story.cleansed(store)
    again = story.cleansed(store, data=first.raw)
    story.say(
        Derived(source=again.model, target=first.file, relation="export", evidence="observed")
    )
    store.append(story.events)
    assert [one.where for one in asked(client, first.file).stages] == ["train.py:7", "train.py:8"]


def test_rows_that_come_several_times_count_several_times(store, story, client):
    body = b"g\na\nb\n"
    store.blobs.put(body)
    raw = story.file("two.csv", body, rows=2, kept=True)
    run = story.run("over.py")
    frame = story.memory("data", "drawn", "drawn")
    flow = story.flow(frame, {raw: take(np.array([0, 1, 1, 1]), 2)}, "g")
    story.step(run, "transform", "resample", [link(raw)], [frame], flows=[flow])
    model = fitted(story, run, frame)
    store.append(story.events)
    (stage,) = asked(client, model, ["g"]).stages
    assert shares(stage) == {"a": (1, 1), "b": (1, 3)}
    assert stage.beyond == ["a"]


def test_combinations_of_columns_are_groups_too(store, story, client):
    story.cleansed(store)
    store.append(story.events)
    answer = asked(client, groups=["sex", "churned"])
    assert {stage.column for stage in answer.stages} >= {"sex × churned"}
    both = [one for one in answer.stages if one.column == "sex × churned"]
    assert "f × True" in shares(both[0])


def test_figures_by_group_with_counts_and_intervals(store, story, client):
    made = story.cleansed(store)
    true = [PEOPLE[KEPT[place]]["churned"] for place in TEST]
    said = [one == "True" for one in true]
    said[0] = not said[0]  # 4 of 5 are right, as the accuracy that was recorded says
    predicted(store, story, made, [int(one) for one in said])
    store.append(story.events)
    (table,) = asked(client).figures
    assert table.positive == "1"
    sexes = [PEOPLE[KEPT[place]]["sex"] for place in TEST]
    for group in table.groups:
        rows = [n for n, sex in enumerate(sexes) if sex == group.group]
        assert group.rows == len(rows)
        assert group.selected.count == sum(said[n] for n in rows)
        assert group.accuracy.count == sum(said[n] == (true[n] == "True") for n in rows)
        assert group.true_positive.of == sum(true[n] == "True" for n in rows)
        assert group.accuracy.low <= group.accuracy.value <= group.accuracy.high
    assert asked(client, positive="0").figures[0].positive == "0"


def test_where_the_classes_cannot_be_told_only_selection_is(store, story, client):
    made = story.cleansed(store)
    predicted(store, story, made, [0, 1, 0, 1, 1])
    store.append(story.events)
    answer = asked(client)
    (table,) = answer.figures
    assert all(group.accuracy is None for group in table.groups)
    assert "only selection is told" in " ".join(answer.gaps)


def test_without_kept_predictions_there_are_no_figures(store, story, client):
    made = story.cleansed(store)
    predicted(store, story, made, [0, 1, 0, 1, 1], kept=False)
    store.append(story.events)
    answer = asked(client)
    assert answer.figures == []
    assert "no predictions on test data were kept" in " ".join(answer.gaps)


def test_what_was_not_seen_is_said(store, story, client):
    story.cleansed(store, transform_seen=False)
    store.append(story.events)
    answer = asked(client)
    assert answer.biased is None
    assert "which rows select kept was not seen (train.py:7)" in answer.gaps
    nobody = asked(client, groups=["height"])
    assert nobody.biased is None
    assert "cannot be said" in nobody.verdict


def test_bad_requests(store, story, client):
    story.cleansed(store)
    store.append(story.events)
    for bad in ({"groups": []}, {"threshold": 0}, {"threshold": 30}):
        with pytest.raises(InvalidInput, match="Name the columns"):
            asked(client, **bad)
