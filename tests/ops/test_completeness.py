from __future__ import annotations

import pytest

from flowstory import FlowStory
from forebear.core.errors import InvalidInput
from forebear.core.events import EdgesRecorded, Flow, Link, Operation
from forebear.ops.completeness import CompletenessRequest
from forebear.ops.table import Target
from story import link


@pytest.fixture
def story(tmp_path):
    return FlowStory(tmp_path)


def asked(client, ref="churn", **more):
    return client.call(CompletenessRequest(target=Target(ref=ref), **more))


def shares(answer):
    return {one.what: (one.seen, one.whole) for one in answer.shares}


def test_a_model_of_which_everything_was_seen(store, story, client):
    made = story.cleansed(store)
    store.append(story.events)
    answer = asked(client)
    assert (answer.figure, answer.well) == (1.0, True)
    found = shares(answer)
    assert found["operations"] == (8, 8)
    assert found["rows"][0] == found["rows"][1] > 0
    assert found["columns"][0] == found["columns"][1] > 0
    assert [run.id for run in answer.runs] == [made.run]
    assert answer.runs[0].figure == 1.0
    assert "The smallest" not in answer.verdict


def test_rows_that_were_not_seen_lower_the_figure(store, story, client):
    story.cleansed(store, transform_seen=False)
    store.append(story.events)
    answer = asked(client, minimum=0.9)
    seen, whole = shares(answer)["rows"]
    assert seen == whole - 2
    assert answer.figure == int(1000 * seen / whole) / 1000
    assert not answer.well
    assert asked(client, minimum=answer.figure).well


def test_an_unknown_operation_is_named_and_lowers_the_figure(store, story, client):
    made = story.cleansed(store)
    run = story.run("odd.py")
    odd = story.memory("data", "odd", "odd")
    ops = [
        Operation(name="apply", where="odd.py:3", times=3, unknown=True),
        Operation(name="dropna", where="odd.py:4"),
    ]
    flow = Flow(target=odd, sources=[made.X], unseen=True)
    used = [link(made.X)]
    story.step(run, "transform", "apply", used, [odd], operations=ops, flows=[flow])
    model = story.memory("model", "Tree", "tree")
    story.step(run, "train", "Tree.fit", [link(odd, "train", "X")], [model])
    store.append(story.events)
    answer = asked(client, model)
    assert [(deed.name, deed.where) for deed in answer.unknown] == [("apply", "odd.py:3")]
    assert shares(answer)["operations"] == (5, 8)
    assert shares(answer)["columns"] == (2, 3)
    figures = {run.name: run.figure for run in answer.runs}
    assert figures == {"train.py": 1.0, "odd.py": 0.0}
    assert answer.verdict.endswith("That is too little.")


def test_a_file_that_nobody_followed_is_named(store, story, client):
    made = story.cleansed(store)
    extra = story.file("secret.csv", b"x" * 1000)
    story.say(EdgesRecorded(run=made.run, used=[link(extra)]))
    from forebear.core.events import LocationSeen

    story.say(LocationSeen(artifact=extra, uri="/secret.csv", mode="read", run=made.run))
    story.say(LocationSeen(artifact=made.raw, uri="/raw.csv", mode="read", run=made.run))
    store.append(story.events)
    answer = asked(client)
    (file,) = answer.runs[0].files
    assert (file.id, file.size) == (extra, 1000)
    seen, whole = shares(answer)["bytes"]
    assert whole - seen == 1000
    assert answer.figure < 1


def test_a_program_without_steps_is_one_itself(store, story, client):
    from forebear.core.events import LocationSeen

    run = story.run("tool")
    read, written = story.file("in.bin", b"in"), story.file("out.bin", b"out!")
    story.say(EdgesRecorded(run=run, used=[link(read)], generated=[Link(artifact=written)]))
    story.say(LocationSeen(artifact=read, uri="/in.bin", mode="read", run=run))
    story.end(run)
    store.append(story.events)
    answer = asked(client, written)
    assert shares(answer)["bytes"] == (2, 2)
    assert answer.well


def test_gaps_and_weak_links_count(store, story, client):
    made = story.cleansed(store)
    story.gap(made.run, "One file was not seen.", made.file)
    store.append(story.events)
    answer = asked(client)
    assert answer.gaps
    seen, whole = shares(answer)["links"]
    assert whole == seen + 1
    assert not answer.well


def test_bad_requests_and_short_looks(store, story, client):
    story.cleansed(store)
    store.append(story.events)
    with pytest.raises(InvalidInput, match="no share"):
        asked(client, minimum=95)
    short = asked(client, limit=3)
    assert short.omitted
    assert not short.well
