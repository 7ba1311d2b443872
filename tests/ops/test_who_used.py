from __future__ import annotations

import numpy as np
import pytest

from flowstory import KEPT, PEOPLE, TEST, TRAIN, FlowStory, table
from forebear.core.errors import InvalidInput
from forebear.core.events import Derived, Flow, VersionNamed
from forebear.engines.rowmaps import identity, take
from forebear.ops import holders
from forebear.ops.table import Target
from forebear.ops.who_used import WhoUsedRequest
from story import link


@pytest.fixture
def story(tmp_path):
    return FlowStory(tmp_path)


@pytest.fixture(params=["composed", "indexed"])
def way(request, monkeypatch):
    """Both ways to find rows must give the same answers."""
    if request.param == "indexed":
        monkeypatch.setattr(holders, "_FEW", 0)
    return request.param


def asked(client, source="data:people", **more):
    return client.call(WhoUsedRequest(source=Target(ref=source), **more))


def by_id(answer):
    return {one.id: one for one in (*answer.data, *answer.models)}


def key(n):
    return {"id": PEOPLE[n]["id"]}


def test_a_record_is_followed_into_data_and_models(store, story, client, way):
    made = story.cleansed(store)
    store.append(story.events)
    answer = asked(client, keys=[key(KEPT[TRAIN[0]])])
    held = by_id(answer)
    assert set(held) == {
        made.raw, made.frame, made.X, made.y, made.X_train, made.y_train, made.Z_train,
        made.file, made.scaler,
    }  # fmt: skip
    assert all(one.certain for one in held.values())
    assert held[made.file].parts == ["train", "fitted"]
    assert held[made.file].also == [made.model]
    assert held[made.Z_train].parts == ["train"]
    assert (answer.keys, answer.found) == (1, 1)
    assert answer.sources[0].rows == [KEPT[TRAIN[0]]]
    assert answer.complete
    assert answer.verdict == "The record of people:1 is in 7 pieces of data and in 2 models."


def test_a_test_record_is_in_no_model_unless_it_was_fitted_on(store, story, client, way):
    made = story.cleansed(store)
    store.append(story.events)
    answer = asked(client, keys=[key(KEPT[TEST[0]])])
    assert answer.models == []
    assert {made.X_test, made.Z_test} < set(by_id(answer))
    story.events.clear()
    leaky = story.cleansed(store, scaled_on="X")
    store.append(story.events)
    answer = asked(client, keys=[key(KEPT[TEST[0]])])
    assert by_id(answer)[leaky.file].parts == ["fitted"]
    assert made.file not in by_id(answer)


def test_a_record_that_was_dropped_goes_no_further(store, story, client, way):
    made = story.cleansed(store)
    store.append(story.events)
    assert set(by_id(asked(client, keys=[key(4)]))) == {made.raw, made.frame}
    nobody = asked(client, keys=[{"id": "9999"}])
    assert (nobody.data, nobody.models, nobody.found) == ([], [], 0)
    assert nobody.verdict == "No recorded version of people:1 has it."


def test_several_keys_and_keys_of_several_columns(store, story, client, way):
    made = story.cleansed(store)
    store.append(story.events)
    three = [key(KEPT[place]) for place in (TRAIN[0], TRAIN[1], TEST[0])]
    held = by_id(asked(client, keys=[*three, {"id": "none"}]))
    assert held[made.X].rows == 3
    assert (held[made.X_train].rows, held[made.X_test].rows) == (2, 1)
    both = asked(client, keys=[{"sex": "f", "age": "21.0"}])
    assert both.sources[0].rows == [1]
    assert asked(client, keys=[{"sex": "m", "age": "21"}]).found == 0
    assert asked(client, rows=[0, 1]).sources[0].count == 2


@pytest.mark.parametrize("row", [-1, 5_000])
def test_a_row_that_the_source_does_not_have_is_refused(store, story, client, row):
    story.cleansed(store)
    store.append(story.events)
    with pytest.raises(
        InvalidInput, match=rf"There is no row {row:,} of people:1 to follow: .* 20 rows"
    ):
        asked(client, rows=[0, row])


def test_where_rows_were_not_seen_it_may_be(store, story, client, way):
    made = story.cleansed(store, transform_seen=False)
    store.append(story.events)
    answer = asked(client, keys=[key(4)])
    held = by_id(answer)
    assert {id for id, one in held.items() if one.certain} == {made.raw, made.frame}
    assert {made.X, made.X_test, made.file, made.scaler} <= set(held)
    assert not answer.complete
    assert "may contain" in answer.verdict


def test_a_step_that_tells_nothing_may_have_taken_everything(store, story, client, way):
    made = story.cleansed(store)
    run = story.run("other.py")
    out, model = story.file("out.csv", b"out"), story.memory("model", "Tree", "tree")
    story.step(run, "transform", "mystery", [link(made.X_test)], [out])
    story.step(run, "train", "Tree.fit", [link(out, "train", "X", evidence="inferred")], [model])
    store.append(story.events)
    held = by_id(asked(client, keys=[key(KEPT[TEST[0]])]))
    assert not held[out].certain
    assert not held[model].certain
    assert out not in by_id(asked(client, keys=[key(KEPT[TRAIN[0]])]))


def test_inferred_training_data_is_no_certainty(store, story, client, way):
    made = story.cleansed(store)
    run = story.run("other.py")
    model = story.memory("model", "Tree", "tree")
    guessed = link(made.X_test, "train", "X", evidence="inferred")
    story.step(run, "train", "Tree.fit", [guessed], [model])
    store.append(story.events)
    assert not by_id(asked(client, keys=[key(KEPT[TEST[0]])]))[model].certain


def test_records_that_cannot_be_read_may_be_anywhere(store, story, client, tmp_path):
    made = story.cleansed(store, keep=False)
    store.append(story.events)
    (tmp_path / "data/people.csv").write_text("changed since")
    answer = asked(client, keys=[key(0)])
    assert answer.sources[0].keys is None
    assert made.file in by_id(answer)
    assert not any(one.certain for one in by_id(answer).values())
    assert any("cannot be read" in gap for gap in answer.gaps)


def test_other_versions_of_the_source_are_looked_into(store, story, client, way):
    made = story.cleansed(store)
    newer = table([*PEOPLE[:2], {**PEOPLE[2], "id": "777"}])
    store.blobs.put(newer)
    second = story.file("data/people.csv", newer, rows=3, kept=True)
    story.say(VersionNamed(kind="data", name="people", artifact=second, automatic=True))
    run = story.run("second.py")
    frame = story.memory("data", "frame", "second frame")
    flow = story.flow(frame, {second: identity(3)}, "id")
    story.step(run, "ingest", "read", [link(second)], [frame], flows=[flow])
    store.append(story.events)
    answer = asked(client, keys=[key(0)])
    assert {one.id: one.rows for one in answer.sources} == {made.raw: [0], second: [0]}
    assert {made.file, frame} <= set(by_id(answer))
    assert frame in by_id(asked(client, second, keys=[{"id": "777"}]))
    only = asked(client, second, keys=[key(0)], only_this=True)
    assert made.file not in by_id(only)


def test_a_version_without_the_column_does_not_hide_those_that_have_it(store, story, client):
    made = story.cleansed(store)
    other = table([{"weight": 1}, {"weight": 2}])
    store.blobs.put(other)
    second = story.file("data/people.csv", other, rows=2, kept=True)
    story.say(VersionNamed(kind="data", name="people", artifact=second, automatic=True))
    store.append(story.events)
    answer = asked(client, keys=[key(0)])
    assert {one.id: one.rows for one in answer.sources} == {made.raw: [0], second: []}
    assert made.file in by_id(answer)
    assert not answer.complete
    assert any("has no column 'id'" in gap for gap in answer.gaps)
    with pytest.raises(InvalidInput, match="no column 'id'"):
        asked(client, second, keys=[key(0)], only_this=True)


def test_models_that_build_on_a_model_hold_what_it_holds(store, story, client, way):
    made = story.cleansed(store)
    run = story.run("more.py")
    other = story.file("other.csv", b"other", rows=3)
    tuned, merged = story.memory("model", "A", "tuned"), story.memory("model", "B", "merged")
    used = [link(other, "train", "X"), link(made.file, "base")]
    story.step(run, "train", "A.fit", used, [tuned])
    story.say(Derived(source=tuned, target=merged, relation="merge"))
    store.append(story.events)
    held = by_id(asked(client, keys=[key(KEPT[TRAIN[0]])]))
    assert (held[tuned].parts, held[merged].parts) == (["base"], ["base"])


def test_a_model_that_learns_from_predictions(store, story, client, way):
    made = story.cleansed(store)
    run = story.run("distil.py")
    other = story.file("other.csv", b"other", rows=3)
    said, student = story.memory("data", "said", "said"), story.memory("model", "S", "student")
    flow = story.flow(said, {other: identity(3)}, "", p=([], []))
    used = [link(other), link(made.file, "model")]
    story.step(run, "predict", "A.predict", used, [said], flows=[flow])
    story.step(run, "train", "S.fit", [link(said, "train", "X")], [student])
    store.append(story.events)
    held = by_id(asked(client, keys=[key(KEPT[TRAIN[0]])]))
    assert held[student].parts == ["fitted"]
    assert said not in held


def test_what_is_recorded_later_is_in_the_next_answer(store, story, client, way):
    made = story.cleansed(store)
    store.append(story.events)
    before = by_id(asked(client, keys=[key(KEPT[TRAIN[0]])]))
    moment = next(iter(store.events(store.head().size - 1))).recorded
    story.events.clear()
    run = story.run("later.py")
    part, model = story.memory("data", "part", "part"), story.memory("model", "T", "t")
    flow = story.flow(part, {made.X: take(np.array([TRAIN[0]]), 15)}, "age")
    story.step(run, "transform", "sample", [link(made.X)], [part], flows=[flow])
    story.step(run, "train", "T.fit", [link(part, "train", "X")], [model])
    store.append(story.events)
    after = by_id(asked(client, keys=[key(KEPT[TRAIN[0]])]))
    assert set(after) == {*before, part, model}
    assert part not in by_id(asked(client, keys=[key(KEPT[TRAIN[1]])]))
    then = by_id(asked(client, keys=[key(KEPT[TRAIN[0]])], as_of=moment.isoformat()))
    assert set(then) == set(before)


def test_content_that_is_made_again_from_elsewhere(store, story, client, way):
    """A file that was there before gets rows of the source, and so does all that came of it."""
    out = story.file("out.csv", b"out", rows=20)
    run = story.run("first.py")
    frame = story.memory("data", "frame", "first frame")
    flow = story.flow(frame, {out: identity(20)}, "id")
    story.step(run, "ingest", "read", [link(out)], [frame], flows=[flow])
    raw = story.people(store)
    store.append(story.events)
    assert set(by_id(asked(client, keys=[key(1)]))) == {raw}
    story.events.clear()
    run = story.run("second.py")
    flow = story.flow(out, {raw: identity(20)}, "id")
    story.step(run, "transform", "to_csv", [link(raw)], [out], flows=[flow])
    store.append(story.events)
    assert set(by_id(asked(client, keys=[key(1)]))) == {raw, out, frame}


def test_content_that_comes_back_to_where_it_began(store, story, client, way):
    raw = story.people(store)
    run = story.run("round.py")
    there, back = story.file("there.csv", b"there", rows=20), raw
    first = story.flow(there, {raw: identity(20)}, "id")
    second = story.flow(back, {there: identity(20)}, "id")
    story.step(run, "transform", "write", [link(raw)], [there], flows=[first])
    story.step(run, "transform", "write", [link(there)], [back], flows=[second])
    store.append(story.events)
    assert set(by_id(asked(client, keys=[key(1)]))) == {raw, there}


def test_a_map_that_is_gone_makes_it_may(store, story, client, way):
    from forebear.core.events import Rows
    from forebear.engines.rowbytes import encode

    raw = story.people(store)
    run = story.run("x.py")
    part = story.memory("data", "part", "part")
    digest = store.blobs.put(encode(take(np.array([5, 1]), 20)))
    flow = Flow(target=part, sources=[raw], rows=[Rows(n_in=20, n_out=2, reached=2, map=digest)])
    story.step(run, "transform", "sample", [link(raw)], [part], flows=[flow])
    store.append(story.events)
    store.blobs._path(digest).unlink()
    for _ in range(2):
        answer = asked(client, keys=[key(3)])
        assert not by_id(answer)[part].certain
        assert "a row map that was kept is gone" in answer.gaps


def test_bad_requests(store, story, client):
    story.cleansed(store)
    store.append(story.events)
    with pytest.raises(InvalidInput, match="no column 'nothing'"):
        asked(client, keys=[{"nothing": "1"}])
    with pytest.raises(InvalidInput, match="which records"):
        asked(client)
    with pytest.raises(InvalidInput, match="is no data"):
        asked(client, "churn", keys=[key(0)])
