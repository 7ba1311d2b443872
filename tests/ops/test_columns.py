from __future__ import annotations

import pytest

from flowstory import FlowStory
from forebear.core.errors import InvalidInput
from forebear.core.events import Flow
from forebear.ops.columns import ColumnsRequest
from forebear.ops.table import Target
from story import link


@pytest.fixture
def story(tmp_path):
    return FlowStory(tmp_path)


def asked(client, ref="churn", **more):
    return client.call(ColumnsRequest(target=Target(ref=ref), **more))


def told(answer):
    return {(use.column, use.part): use for use in answer.columns}


def test_each_feature_and_the_target_lead_to_source_columns(store, story, client):
    made = story.cleansed(store)
    store.append(story.events)
    answer = asked(client)
    uses = told(answer)
    assert list(uses) == [
        ("age", "feature"),
        ("income", "feature"),
        ("sex", "feature"),
        ("churned", "target"),
    ]
    assert {use.source for use in answer.columns} == {made.raw}
    assert uses["age", "feature"].becomes == ["0", "1"]
    income = uses["income", "feature"]
    assert income.becomes == ["1"]
    assert [(d.name, d.where) for d in income.through] == [
        ("assign", "train.py:6"),
        ("StandardScaler.transform", "train.py:10"),
    ]
    assert uses["churned", "target"].through == []
    assert {use.evidence for use in answer.columns} == {"observed"}
    assert answer.constants == []
    assert answer.complete
    assert answer.verdict == (
        "churn:1 learns from 3 columns of people:1. Its target is churned of people:1."
        " 2 other columns of these sources do not reach it."
    )


def test_the_others_ended_somewhere(store, story, client):
    story.cleansed(store)
    store.append(story.events)
    unused = {one.column: one for one in asked(client).unused}
    assert {name: one.how for name, one in unused.items()} == {
        "id": "dropped",
        "note": "not read",
    }
    assert (unused["id"].by.name, unused["id"].by.where) == ("select", "train.py:7")
    assert (unused["note"].by.name, unused["note"].by.where) == ("pandas.read_csv", "train.py:3")
    assert unused["id"].decided == []


def test_a_column_may_decide_about_rows_and_go_no_further(store, story, client):
    made = story.cleansed(store)
    raw = story.file("other.csv", b"other")
    run = story.run("more.py")
    frame = story.memory("data", "frame", "frame of more")
    kept = story.memory("data", "kept", "kept of more")
    from forebear.core.events import Operation
    from forebear.engines.rowmaps import identity, span

    story.step(
        run, "ingest", "read", [link(raw)], [frame],
        flows=[story.flow(frame, {raw: identity(4)}, "a b")],
    )  # fmt: skip
    cut = Operation(name="filter", where="more.py:3", by=["b"], dropped=["b"])
    story.step(
        run, "transform", "filter", [link(frame)], [kept], operations=[cut],
        flows=[story.flow(kept, {frame: span(0, 2, 4)}, "a")],
    )  # fmt: skip
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(kept, "train", "X")], [model])
    store.append(story.events)
    answer = asked(client, model)
    (unused,) = answer.unused
    assert answer.verdict.endswith(" 1 other column of these sources does not reach it.")
    assert (unused.column, unused.by.where) == ("b", "more.py:3")
    assert [deed.where for deed in unused.decided] == ["more.py:3"]
    assert made.raw not in {one.id for one in asked(client, model).sources}


def test_a_model_may_leave_out_columns_that_it_was_given(store, story, client):
    made = story.cleansed(store)
    store.append(story.events)
    story.events.clear()
    from forebear.core.events import ArtifactRecorded

    said = {"features_used": ["0", "1"]}
    story.say(
        ArtifactRecorded(artifact=made.model, kind="model", digest="sha256:" + 64 * "1", attrs=said)
    )
    store.append(story.events)
    answer = asked(client)
    assert ("sex", "feature") not in told(answer)
    (sex,) = (one for one in answer.unused if one.column == "sex")
    assert (sex.how, sex.by.name, sex.by.where) == (
        "left out",
        "LogisticRegression.fit",
        "train.py:11",
    )


def test_what_was_not_seen_is_said_and_may_be_anything(store, story, client):
    raw = story.file("raw.csv", b"raw")
    run = story.run("odd.py")
    frame, odd = story.memory("data", "frame", "f"), story.memory("data", "odd", "o")
    from forebear.engines.rowmaps import identity

    flow = story.flow(frame, {raw: identity(4)}, "a b")
    story.step(run, "ingest", "read", [link(raw)], [frame], flows=[flow])
    unseen = Flow(target=odd, sources=[frame], unseen=True)
    story.step(run, "transform", "mystery", [link(frame)], [odd], flows=[unseen])
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(odd, "train", "X")], [model])
    store.append(story.events)
    answer = asked(client, model)
    assert {(u.column, u.evidence) for u in answer.columns} == {
        ("a", "inferred"),
        ("b", "inferred"),
    }
    assert not answer.complete
    assert answer.gaps == ["2 columns may reach the model: what was done on the way was not seen"]


def test_runs_are_chained_by_content(store, story, client):
    made = story.cleansed(store)
    run = story.run("again.py")
    out = story.file("clean.parquet", b"clean")
    from forebear.engines.rowmaps import identity

    flow = story.flow(out, {made.X: identity(15)}, "age sex ratio")
    story.step(made.run, "transform", "to_parquet", [link(made.X)], [out], flows=[flow])
    frame = story.memory("data", "frame", "read again")
    flow = story.flow(frame, {out: identity(15)}, "age ratio")
    story.step(
        run, "ingest", "read_parquet", [link(out)], [frame], flows=[flow], where="again.py:2"
    )
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(frame, "train", "X")], [model])
    store.append(story.events)
    answer = asked(client, model)
    assert {(u.source, u.column) for u in answer.columns} == {
        (made.raw, "age"),
        (made.raw, "income"),
    }
    assert {one.column: one.by.where for one in answer.unused}["sex"] == "again.py:2"


def test_a_question_about_data_is_refused_and_as_of_looks_back(store, story, client):
    story.cleansed(store)
    store.append(story.events)
    with pytest.raises(InvalidInput, match="is no model"):
        asked(client, "data:people")
    moment = next(iter(store.events(store.head().size - 1))).recorded
    assert asked(client, as_of=moment.isoformat()).complete


def test_labels_of_rows_are_no_features_and_may_become_columns_again(store, story, client):
    from forebear.core.events import Feed
    from forebear.engines.rowmaps import identity

    raw = story.file("raw.csv", b"raw")
    run = story.run("labels.py")
    frame, out = story.memory("data", "frame", "frame"), story.memory("data", "out", "out")
    read = story.flow(frame, {raw: identity(4)}, "a")
    labelled = Flow(
        target=frame, sources=[raw], rows=read.rows, same=["a"], labels={"id": Feed([(0, "id")])}
    )
    story.step(run, "ingest", "read", [link(raw)], [frame], flows=[labelled], where="labels.py:2")
    back = story.flow(out, {frame: identity(4)}, "a", id=([(0, "id")], []))
    story.step(run, "transform", "reset_index", [link(frame)], [out], flows=[back])
    models = [story.memory("model", "Tree", f"tree {n}") for n in range(2)]
    for model, data in zip(models, (frame, out), strict=True):
        story.step(run, "train", "Tree.fit", [link(data, "train", "X")], [model])
    store.append(story.events)
    first, second = (asked(client, model) for model in models)
    assert [use.column for use in first.columns] == ["a"]
    (unused,) = first.unused
    assert (unused.column, unused.how, unused.by.where) == ("id", "not read", "labels.py:2")
    assert [use.column for use in second.columns] == ["a", "id"]


def test_what_was_never_read_is_told_by_the_file_itself(store, story, client, tmp_path):
    from forebear.engines.rowmaps import identity

    raw = story.file("wide.csv", b"a,b,c\n1,2,3\n")
    plain = story.file("plain.csv", b"1,2,3\n4,5,6\n")
    run = story.run("narrow.py")
    models = []
    for source, name in ((raw, "a"), (plain, "0")):
        frame, model = story.memory("data", "f", source), story.memory("model", "T", f"t {source}")
        flow = story.flow(frame, {source: identity(1)}, name)
        story.step(run, "ingest", "read", [link(source)], [frame], flows=[flow])
        story.step(run, "train", "T.fit", [link(frame, "train", "X")], [model])
        models.append(model)
    store.append(story.events)
    unused = asked(client, models[0]).unused
    assert [(one.column, one.how) for one in unused] == [("b", "not read"), ("c", "not read")]
    assert asked(client, models[1]).unused == []
    (tmp_path / "wide.csv").unlink()
    assert asked(client, models[0]).unused == []


def test_labels_of_rows_go_along_and_are_no_features(store, story, client):
    from msgspec.structs import replace

    from forebear.core.entities import Column
    from forebear.core.events import Feed
    from forebear.engines.rowmaps import identity

    schema = [Column(name=name, type="int64") for name in ("a", "Id")]
    raw = story.file("labelled.csv", b"labelled", rows=4)
    run = story.run("labels.py")
    frame = story.memory("data", "frame", "labelled frame", columns=schema)
    half = story.memory("data", "half", "labelled half", columns=schema)
    back = story.memory("data", "back", "labelled back")
    read = replace(story.flow(frame, {raw: identity(4)}, "a"), labels={"Id": Feed([(0, "Id")], [])})
    story.step(run, "ingest", "read", [link(raw)], [frame], flows=[read])
    story.step(
        run, "split", "split", [link(frame)], [half],
        flows=[story.flow(half, {frame: identity(4)}, "a")],
    )  # fmt: skip
    story.step(
        run, "transform", "reset_index", [link(half)], [back],
        flows=[story.flow(back, {half: identity(4)}, "a", key=([(0, "Id")], []))],
    )  # fmt: skip
    plain, keyed = (story.memory("model", "Tree", f"tree {n}") for n in range(2))
    story.step(run, "train", "Tree.fit", [link(half, "train", "X")], [plain])
    story.step(run, "train", "Tree.fit", [link(back, "train", "X")], [keyed])
    store.append(story.events)
    assert [use.column for use in asked(client, plain).columns] == ["a"]
    assert [use.evidence for use in asked(client, plain).columns] == ["observed"]
    assert {use.column for use in asked(client, keyed).columns} == {"a", "Id"}


def test_what_somebody_only_declared_is_told_as_that(store, story, client):
    from forebear.core.entities import Column
    from forebear.core.events import Link, StepRecorded
    from forebear.core.ids import new_id
    from forebear.engines.rowmaps import identity

    schema = [Column(name="a", type="int64")]
    raw = story.file("told.csv", b"told", rows=4, columns=schema)
    run = story.run("told.py")
    mid, last = (story.memory("data", name, f"{name} told", columns=schema) for name in "ml")
    told = {"evidence": "declared"}
    story.say(
        StepRecorded(
            run=new_id(), parent=run, kind="transform", name="job",
            started=story.tick(), ended=story.tick(),
            used=[link(raw, **told)], generated=[Link(artifact=mid, **told)],
            flows=[story.flow(mid, {raw: identity(4)}, "a")],
        )
    )  # fmt: skip
    story.step(
        run, "transform", "seen", [link(mid)], [last],
        flows=[story.flow(last, {mid: identity(4)}, "a")],
    )  # fmt: skip
    model = story.memory("model", "Tree", "tree told")
    story.step(run, "train", "Tree.fit", [link(last, "train", "X")], [model])
    store.append(story.events)
    answer = asked(client, model)
    assert [(use.column, use.evidence) for use in answer.columns] == [("a", "declared")]
    assert answer.complete
