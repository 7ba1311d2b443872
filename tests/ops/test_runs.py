from __future__ import annotations

import pytest

from forebear.core.errors import InvalidInput, UnknownRef
from forebear.ops.runs import RunsRequest


def test_runs_are_newest_first_with_what_they_left(store, story, client):
    story.train(4, 0.8)
    store.append(story.events)
    runs = client.call(RunsRequest()).runs
    assert [run.name for run in runs] == ["train.py", "prepare.py"]
    assert [made.title for made in runs[0].made] == ["churn:1"]
    assert [made.title for made in runs[1].made] == ["clean:1"]
    assert runs[0].steps == 4
    assert runs[0].status == "finished"


def test_an_unsaved_model_with_a_name_is_something_left(store, story, client):
    story.train(4, 0.8, save=None)
    store.append(story.events)
    assert [made.title for made in client.call(RunsRequest(limit=1)).runs[0].made] == ["churn:1"]


def test_pages_follow_each_other(store, story, client):
    for depth in range(4):
        story.train(depth, 0.8, save=f"{depth}.pkl")
    store.append(story.events)
    seen, before = [], None
    while True:
        page = client.call(RunsRequest(limit=2, before=before))
        seen += [run.id for run in page.runs]
        before = page.next
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_steps_are_runs_too(store, story, client):
    store.append(story.events)
    runs = client.call(RunsRequest(steps=True)).runs
    assert {run.kind for run in runs} == {"run", "ingest", "transform"}
    assert {run.root for run in runs} == {run.id for run in runs if run.parent is None}


def test_the_next_page_begins_at_a_short_id(store, story, client):
    story.train(4, 0.8)
    store.append(story.events)
    newest, second = client.call(RunsRequest()).runs
    page = client.call(RunsRequest(before=newest.id[:-4], limit=1)).runs
    assert [run.id for run in page] == [second.id]
    with pytest.raises(UnknownRef):
        client.call(RunsRequest(before="ffffffff"))


def test_runs_are_asked_for_by_their_ids_as_they_are_now(store, story, client):
    trained = story.train(4, 0.8).run
    going = story.run("more.py")
    store.append(story.events)
    story.events.clear()
    asked = RunsRequest(ids=[going, trained, "01990000-0000-7000-8000-000000000000"], figures=True)
    told = client.call(asked).runs
    assert [(one.id, one.status) for one in told] == [(going, "running"), (trained, "finished")]
    assert told[1].metrics["f1"] == 0.8
    story.end(going, "failed", exit_code=1)
    store.append(story.events)
    assert client.call(asked).runs[0].status == "failed"


def test_ids_and_a_filter_exclude_each_other(store, story, client):
    store.append(story.events)
    with pytest.raises(InvalidInput, match="not by both"):
        client.call(RunsRequest(ids=["x"], where="name = 'x'"))
