"""What ML Metadata has recorded of pipelines is in the graph, once, however often it is read."""

import json
import sqlite3
from contextlib import closing

import pytest

from command import forebear
from exchange.mlmd_sample import COMPLETE, Sample, three_runs
from forebear.core.digest import of_bytes
from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.quality import CHECK
from forebear.exchange.mlmd.events import Telling
from forebear.exchange.mlmd.found import read
from forebear.exchange.mlmd.values import value_of
from forebear.store import open_store


def taken(store, file, content=lambda _: None):
    return store.append(list(Telling(read(str(file)), content).events())).accepted


@pytest.fixture
def file(tmp_path):
    three_runs(tmp_path / "metadata.db")
    return tmp_path / "metadata.db"


@pytest.fixture
def store(tmp_path, file):
    with open_store(tmp_path / ".forebear", create=True) as store:
        taken(store, file)
        yield store


def made(store, name, number):
    (found,) = [row for row in store.versions("model", name) if row.version == number]
    return found.artifact


def above(store, artifact):
    nodes = store.nodes(list(store.closure([artifact], "up").depths))
    return {node.name or node.label for node in nodes.values() if node.id != artifact}


def test_a_model_comes_from_what_its_trainer_used_and_not_from_the_cache(store):
    for number in (1, 2):
        model = made(store, "penguin.Trainer", number)
        assert above(store, model) == {
            "penguin.Trainer", "penguin.CsvExampleGen.examples", "penguin.CsvExampleGen",
        }  # fmt: skip
        (edge,) = [one for one in store.edges([model], "up") if one.type == "generated"]
        run = store.run(edge.source)
        roles = {one.role: one.slot for one in store.run_edges(run.id) if one.type == "used"}
        assert (run.kind, roles) == ("train", {"train": "examples"})
        whole = store.run(run.parent)
        assert (whole.name, whole.status) == ("penguin", "finished")


def test_settings_are_told_and_no_secret(store):
    runs = [one for one in store.runs(roots_only=False, limit=100) if one.kind == "train"]
    (first,) = [one for one in runs if one.params.get("train_args") == {"num_steps": 100}]
    assert first.params["custom_config"]["rate"] == 0.01
    assert not [one.body for one in store.events() if b"hunter2" in one.body]


def test_a_trainer_that_failed_fails_its_pipeline(store):
    runs = [one for one in store.runs(roots_only=False, limit=100) if one.status == "failed"]
    assert sorted(one.kind for one in runs) == ["run", "train"]
    assert "penguin.Trainer failed" in next(one.error for one in runs if one.kind == "run")


def test_a_blessing_is_a_check_of_the_model(store):
    for number, status in ((1, "passed"), (2, "failed")):
        model = made(store, "penguin.Trainer", number)
        (check,) = CHECK.latest(store.statements, [model])
        assert (check.value.check, check.value.status) == ("blessing", status)
        figures = store.metrics(models=[model])
        assert [(one.metric.key, one.metric.value) for one in figures] == [("accuracy", 2 - number)]


def test_what_was_pushed_is_deployed_and_what_was_not_is_not(store):
    (serving,) = store.deployments()
    assert (serving.status, serving.attrs["env"]) == ("running", "penguin")
    (edge,) = [one for one in store.run_edges(serving.id) if one.type == "used"]
    assert made(store, "penguin.Trainer", 1) in store.closure([edge.source], "up").depths


def test_read_again_it_adds_what_is_new_and_nothing_else(tmp_path):
    sample, _ = three_runs(tmp_path / "metadata.db")
    with open_store(tmp_path / ".forebear", create=True) as store:
        assert taken(store, tmp_path / "metadata.db") > 30
        assert taken(store, tmp_path / "metadata.db") == 0
        model = sample.artifact("Model", "model")
        running = sample.execution("run-4", "Trainer", {}, {"model": model}, 2)
        assert taken(store, tmp_path / "metadata.db") > 0
        (open_run,) = [r for r in store.runs(roots_only=False, limit=99) if r.kind == "train"
                       and r.status == "running"]  # fmt: skip
        sample.ended(running, COMPLETE)
        assert taken(store, tmp_path / "metadata.db") > 0
        assert store.run(open_run.id).status == "finished"
        assert list(store.verify()) == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE Artifact SET create_time_since_epoch = 1e300", "UPDATE Artifact SET state = 'x'",
        "UPDATE Execution SET create_time_since_epoch = 'soon'", "DROP TABLE Execution",
        "UPDATE Artifact SET create_time_since_epoch = -9223372036854775807",
    ],
)  # fmt: skip
def test_a_damaged_database_is_one_sentence_and_changes_nothing(tmp_path, file, damage):
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(damage)
    done = forebear("import", "mlmd", "metadata.db", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert "internal error" not in done.stderr


def test_what_is_odd_and_no_harm_is_taken(tmp_path, file):
    with closing(sqlite3.connect(file)) as connection, connection:
        for change in (
            "UPDATE ArtifactProperty SET string_value = x'ff00' WHERE name = 'tfx_version'",
            "UPDATE Artifact SET uri = 's3://key:hunter2@bucket/' || id WHERE id < 3",
            "INSERT INTO Event VALUES (900, 777, 1, 3, 0)", "DROP TABLE ParentType",
            "UPDATE Artifact SET uri = NULL WHERE id = 4", "DROP TABLE EventPath",
        ):  # fmt: skip
            connection.execute(change)
    with open_store(tmp_path / ".forebear", create=True) as store:
        assert taken(store, file) > 30
        assert list(store.verify()) == []
        assert not [one.body for one in store.events() if b"hunter2" in one.body]


def test_what_lies_at_an_address_now_is_likely_what_was_written_there(tmp_path):
    three_runs(tmp_path / "metadata.db", root=str(tmp_path))
    content = {f"{tmp_path}/model/3000": of_bytes(b"weights")}
    with open_store(tmp_path / ".forebear", create=True) as store:
        taken(store, tmp_path / "metadata.db", content.get)
        (edge,) = store.edges([of_bytes(b"weights")], "up")
        assert (edge.type, edge.relation, edge.evidence) == ("derived", "copy", "inferred")
        assert edge.source == made(store, "penguin.Trainer", 1)


def test_what_came_from_outside_reaches_what_was_made_of_it(tmp_path):
    sample = Sample(tmp_path / "metadata.db")
    raw, model = sample.artifact("DataSet", "raw"), sample.artifact("SavedModel", "model")
    sample.moved(raw, f"file://{tmp_path}/data.csv")
    sample.execution("run-1", "Trainer", {"examples": raw}, {"model": model})
    content = {f"{tmp_path}/data.csv": of_bytes(b"1,2")}
    with open_store(tmp_path / ".forebear", create=True) as store:
        taken(store, tmp_path / "metadata.db", content.get)
        (edge,) = store.edges([of_bytes(b"1,2")], "down")
        assert (edge.relation, edge.evidence) == ("copy", "inferred")
        (row,) = store.versions("data", "DataSet.data")  # no more than `data` is no name
        assert row.artifact == edge.target
        below = store.closure([of_bytes(b"1,2")], "down").depths
        assert made(store, "penguin.Trainer", 1) in below


def test_what_lies_where_something_was_made_reaches_those_who_used_it(tmp_path):
    three_runs(tmp_path / "metadata.db", root=str(tmp_path))
    model = of_bytes(b"weights")
    with open_store(tmp_path / ".forebear", create=True) as store:
        taken(store, tmp_path / "metadata.db", {f"{tmp_path}/model/3000": model}.get)
        below = store.edges([model], "down")
        nodes = store.nodes([edge.target for edge in below])
        declared = store.edges([made(store, "penguin.Trainer", 1)], "down")
        users = {edge.target for edge in declared if edge.type == "used"}
        assert {edge.target for edge in below} == users
        assert {edge.evidence for edge in below} == {"inferred"}
        assert {node.name for node in nodes.values()} >= {"penguin.Evaluator", "penguin.Pusher"}


def test_the_command_says_what_came(tmp_path):
    three_runs(tmp_path / "metadata.db", root=str(tmp_path / "root"))
    (tmp_path / "root/model/3000").mkdir(parents=True)
    (tmp_path / "root/model/3000/saved_model.pb").write_bytes(b"x")

    def said(*words):
        done = forebear("import", "mlmd", "metadata.db", *words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    would = json.loads(said("--dry-run", "--json"))["events"]
    assert "brought" in said()
    assert json.loads(said("--dry-run", "--json"))["events"] == 0
    assert would > 30
    assert "has nothing that is not here already" in said()
    traced = forebear("trace", "root/model/3000", cwd=tmp_path)
    assert "penguin.CsvExampleGen.examples" in traced.stdout


@pytest.mark.parametrize(
    ("where", "error"),
    [("none.db", InvalidInput), ("ftp://x/y", InvalidInput), ("text.db", Unreadable),
     ("other.db", Unreadable)],
)  # fmt: skip
def test_what_is_no_such_database_is_said(tmp_path, monkeypatch, where, error):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.db").write_text("no database at all, but long enough to be looked at" * 9)
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.executescript("CREATE TABLE t (a)")
    with pytest.raises(error):
        read(where)


STRUCT = (
    "mlmd-struct::Cj8KBXNwbGl0EjYqNAoUCgVuYW1lcxILMgkKAxoBYQoCCAAKEgoFdHJhaW4SCREAAAAAAAD4PwoICgJv"
    "axICIAE="
)


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ({"string_value": STRUCT}, {"split": {"names": ["a", None], "train": 1.5, "ok": True}}),
        ({"string_value": '{"a": [1]}'}, {"a": [1]}), ({"string_value": "{broken"}, "{broken"),
        ({"string_value": "mlmd-struct::????"}, "mlmd-struct::????"),
        ({"string_value": "mlmd-struct:://///w=="}, "mlmd-struct:://///w=="),
        ({"int_value": 0}, 0), ({"double_value": 1.5}, 1.5), ({"bool_value": 1}, True), ({}, None),
    ],
)  # fmt: skip
def test_a_property_has_the_value_of_the_column_that_is_set(row, value):
    columns = dict.fromkeys(("int_value", "double_value", "string_value", "bool_value"))
    assert value_of(columns | row) == value
