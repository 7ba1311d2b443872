"""Recalls of a record or a column: rows and columns tell which models are spared."""

from __future__ import annotations

import pytest

from flowstory import KEPT, PEOPLE, TEST, TRAIN, FlowStory, identity, link
from forebear.core.commitments import commit
from forebear.core.errors import InvalidInput, NotFound
from forebear.core.events import Derived, VersionNamed
from forebear.core.recalls import RECALL
from forebear.ops.recall import RecallRequest, RecallStatusRequest
from forebear.ops.recalled import recalled
from forebear.ops.remedy import RemedyRequest
from forebear.ops.table import Target


@pytest.fixture
def made(store, tmp_path):
    story = FlowStory(tmp_path)
    made = story.cleansed(store)
    store.append(story.events)
    return made


def recall(client, **more):
    return client.call(RecallRequest(target=Target(ref="data:people"), reason="asked", **more))


def key(n):
    return [{"id": PEOPLE[n]["id"]}]


def of(view, title="churn:1"):
    return next(one for one in view.affected if one.title == title)


def test_a_model_that_learned_a_record_is_trained_again(client, store, made):
    view = recall(client, keys=key(KEPT[TRAIN[0]]))
    assert (view.cause, of(view).verdict) == ("consent", "retrain")
    assert recalled(store, [made.file, made.model])


@pytest.mark.parametrize("row", [3, KEPT[TEST[0]]], ids=["dropped", "only tested on"])
def test_a_model_that_never_learned_it_is_spared(client, store, made, row):
    view = recall(client, keys=key(row))
    assert of(view).verdict == "none"
    assert of(view).status == "nothing to do"
    assert recalled(store, [made.file, made.model]) == []


@pytest.mark.parametrize("role", ["base", "teacher", "train"])
def test_a_model_that_goes_on_from_one_that_learned_a_record_is_not_spared(
    client, store, tmp_path, role
):
    """It saw other rows itself, and holds what the first one learned."""
    story = FlowStory(tmp_path)
    made = story.cleansed(store)
    run = story.run("tune.py")
    tuned = story.memory("model", "tuned", "tuned")
    used = [link(made.file, role), link(made.X_test, "train", "X")]
    story.step(run, "train", "Tree.partial_fit", used, [tuned], where="tune.py:3")
    file = story.file("tuned.pkl", b"tuned", kind="model")
    story.say(Derived(source=tuned, target=file, relation="export", evidence="observed"))
    story.say(VersionNamed(kind="model", name="tuned", artifact=file, run=run, by="ops"))
    story.end(run)
    store.append(story.events)
    assert of(recall(client, keys=key(KEPT[TRAIN[0]])), "tuned:1").verdict == "retrain"
    assert recalled(store, [file])
    assert of(recall(client, keys=key(3)), "tuned:1").verdict == "none"


def test_what_was_not_seen_may_contain_it(client, store, tmp_path):
    story = FlowStory(tmp_path)
    made = story.cleansed(store, transform_seen=False)
    store.append(story.events)
    view = recall(client, keys=key(3))
    assert of(view).verdict == "quarantine"
    assert recalled(store, [made.file])


def test_the_key_of_a_record_is_nowhere_in_the_ledger(client, store, made):
    said = f"id={PEOPLE[KEPT[0]]['id']}"
    view = recall(client, keys=key(KEPT[0]))
    assert view.key == said
    bodies = b"".join(one.body for one in store.events())
    assert said.encode() not in bodies
    (token,) = store.identities.matching(said)
    assert token.encode() in bodies
    assert token != commit(bytes(32), said)
    store.erase_identity([token])
    again = client.call(RecallStatusRequest(id=view.id))
    assert said not in (again.key or "")
    assert of(again).verdict == of(view).verdict


def test_a_column_that_went_nowhere_spares_the_model(client, store, made):
    assert of(recall(client, column="note")).verdict == "none"
    assert of(recall(client, column="sex")).verdict == "retrain"
    assert of(recall(client, column="income")).verdict == "retrain"
    assert {one.title for one in recalled(store, [made.file])} == {
        "column sex of data:people",
        "column income of data:people",
    }


def test_a_column_of_data_that_was_made_of_others_is_followed_from_there(
    client, store, story, tmp_path
):
    """The sources of a model lie above: what is recalled is on the way."""
    flows = FlowStory(tmp_path)
    made = flows.cleansed(store)
    run = flows.run("fetch.py")
    table = flows.memory("data", "warehouse", "warehouse", rows=20)
    flow = flows.flow(made.raw, {table: identity(20)}, "id age income sex churned note")
    flows.step(run, "output", "to_csv", [link(table)], [made.raw], flows=[flow])
    store.append(flows.events)
    assert of(recall(client, column="sex")).verdict == "retrain"
    view = recall(client, column="note")
    assert (of(view).verdict, view.gaps) == ("none", [])


def test_a_column_that_no_version_has_is_refused(client, store, made):
    with pytest.raises(NotFound, match="has a column 'incom'") as told:
        recall(client, column="incom")
    assert told.value.hint == "Did you mean income?"
    assert not RECALL.latest(store.statements)


def test_a_column_that_decided_about_rows_may_matter(client, store, made):
    # `id` was dropped and decided nothing; `churned` is the target.
    assert of(recall(client, column="id")).verdict == "none"
    assert of(recall(client, column="churned")).verdict == "retrain"


def test_a_version_that_learned_the_record_replaces_nothing(client, store, tmp_path, made):
    def remedied(view, by):
        request = RemedyRequest(
            id=view.id, target=Target(ref="churn:1"), status="done", by_version=Target(ref=by)
        )
        return client.call(request)

    # The second version was trained on the same file, its rows were not all seen.
    story = FlowStory(tmp_path)
    story.cleansed(store, data=made.raw, scaled_on="X")
    store.append(story.events)
    view = recall(client, keys=key(KEPT[TEST[0]]))
    assert of(view).verdict == "none"
    assert of(view, "churn:2").verdict == "retrain"
    with pytest.raises(InvalidInput, match="churn:2 comes from one record of data:people too"):
        remedied(view, "churn:2")
    assert of(remedied(view, "churn:1")).status == "done"


def test_a_record_that_is_nowhere_is_refused(client, store, made):
    seen = len(RECALL.latest(store.statements))
    with pytest.raises(NotFound, match="has that record"):
        recall(client, keys=[{"id": "999999"}])
    with pytest.raises(InvalidInput, match="no column"):
        recall(client, keys=[{"nowhere": "1"}])
    assert len(RECALL.latest(store.statements)) == seen
