from __future__ import annotations

from forebear.core.digest import of_bytes
from forebear.ops.show import ArtifactView, NameView, RunView, ShowRequest
from forebear.ops.table import Target
from story import CLEAN, RAW


def show(client, ref: str, **more):
    return client.call(ShowRequest(target=Target(ref=ref), **more))


def test_a_version_tells_everything(store, story, client):
    trained = story.train(4, 0.8)
    story.alias("champion", 1, "first")
    service, _, _ = story.serve(trained.file)
    story.gap(trained.run, "An unknown read.")
    store.append(story.events)
    view = show(client, "churn:1")
    assert isinstance(view, ArtifactView)
    assert view.title == "churn:1"
    (made,) = view.made_by
    assert (made.id, made.params["max_depth"]) == (trained.fit, 4)
    assert [(tie.role, tie.title) for tie in made.inputs] == [
        ("train", "X_train"),
        ("train", "y_train"),
    ]
    assert made.run.attrs["git"]["branch"] == "main"
    assert service in {deed.id for deed in view.used_by}
    assert [figure.key for figure in view.metrics] == ["f1"]
    assert view.versions[0].aliases == ["champion"]
    assert [move.why for move in view.history] == ["first"]
    assert [place.uri for place in view.locations] == [str(story.at / "model.pkl")]
    assert view.gaps == ["An unknown read."]
    assert view.same == [trained.model]
    assert view.derived_from == []


def test_data_tells_its_schema_and_users(store, story, client):
    trained = story.train(4, 0.8)
    store.append(story.events)
    view = show(client, "data:clean")
    assert isinstance(view, NameView)
    view = show(client, "data:clean:1")
    assert [(column.name, column.type) for column in view.schema] == [
        ("age", "int64"),
        ("churned", "bool"),
    ]
    (use,) = view.used_by
    assert use.run.id == trained.run
    (made,) = view.made_by
    assert made.name == "DataFrame.to_parquet"
    assert "schema" not in view.node.attrs


def test_a_run_tells_what_went_in_and_came_out(store, story, client):
    trained = story.train(4, 0.8)
    store.append(story.events)
    view = show(client, f"run:{trained.run}")
    assert isinstance(view, RunView)
    assert [tie.id for tie in view.inputs] == [of_bytes(CLEAN)]
    assert {tie.id for tie in view.outputs} == {trained.model, trained.file}
    assert {tie.role for tie in view.context} == {"code", "environment"}
    assert [step.kind for step in view.steps] == ["ingest", "split", "train", "evaluate"]
    assert [figure.key for figure in view.metrics] == ["f1"]
    assert view.run.command == ["python", "train.py", "--depth", "4"]
    assert view.parent is None


def test_a_step_is_a_run_of_its_own(store, story, client):
    trained = story.train(4, 0.8)
    store.append(story.events)
    view = show(client, trained.fit)
    assert view.parent == trained.run
    assert {tie.role for tie in view.inputs} == {"train"}
    assert [tie.id for tie in view.outputs] == [trained.model]


def test_a_name_tells_versions_aliases_and_history(store, story, client):
    story.train(4, 0.8)
    story.train(8, 0.9, save="second.pkl")
    story.alias("champion", 1)
    story.alias("champion", 2, "better")
    store.append(story.events)
    view = show(client, "churn")
    assert isinstance(view, NameView)
    assert [row.version for row in view.versions] == [2, 1]
    assert view.aliases == {"champion": 2}
    assert [move.version for move in view.history] == [2, 1]


def test_as_of_shows_what_was_known(store, story, client):
    store.append(story.events)
    seq_time = next(iter(store.events(store.head().size - 1))).recorded
    story.events.clear()
    story.train(4, 0.8)
    store.append(story.events)
    assert len(show(client, of_bytes(CLEAN)).used_by) == 1
    assert show(client, of_bytes(CLEAN), as_of=seq_time.isoformat()).used_by == []
    assert len(show(client, of_bytes(RAW)).used_by) == 1
