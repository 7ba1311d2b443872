"""What the graph has of a model that only an MLflow client has told of."""

import hashlib

import pytest

from forebear.client.local import LocalClient
from forebear.core.catalog import DESCRIPTION
from forebear.core.events import GapNoticed, decode
from forebear.core.statements import about_name
from forebear.ops.audit import AuditRequest
from forebear.ops.table import Target
from forebear.server.mlflow import table
from forebear.server.mlflow.table import Desk
from forebear.server.mlflow.view import View

CSV = b"a,b\n1,2\n"
TRAINING = [{"key": "mlflow.data.context", "value": "training"}]


def data(name, digest="abc", source="/x.csv"):
    said = {
        "name": name,
        "digest": digest,
        "source_type": "local",
        "source": f'{{"uri":"{source}"}}',
    }
    return {"dataset": said, "tags": TRAINING}


def gaps(store):
    events = (decode(one.body) for one in store.events())
    return [one.what for one in events if isinstance(one, GapNoticed)]


def test_data_is_in_the_catalog_under_the_name_that_it_was_given(mlflow, store):
    id = mlflow.run()["info"]["run_id"]
    for digest in ("abc", "abc", "def"):
        mlflow.post("runs/log-inputs", run_id=id, datasets=[data("my data", digest)])
    mlflow.post("runs/log-inputs", run_id=id, datasets=[data("dataset")])
    (name,) = [row.name for row in store.names("data")]
    assert name.startswith("my-data-")
    assert [row.version for row in store.versions("data", name)] == [2, 1]


def test_the_audit_knows_the_data_of_a_model_and_what_it_is(mlflow, store):
    run = mlflow.run()
    mlflow.post("runs/log-inputs", run_id=run["info"]["run_id"], datasets=[data("customers")])
    id = mlflow.logged_model(run, {"MLmodel": b"a"})
    mlflow.post("registered-models/create", name="churn", description="Who leaves")
    mlflow.post("model-versions/create", name="churn", source=f"models:/{id}")
    told = LocalClient(store).call(AuditRequest(target=Target(ref="churn:1")))
    facts = {one.label: one.value for one in told.models[0].about}
    assert facts["Trained on"] == "customers:1"
    assert facts["What it is"] == "Who leaves"


def test_a_description_that_is_taken_back_is_gone(mlflow, store):
    def said():
        found = DESCRIPTION.one(store.statements, about_name("model", "churn"))
        return found and found.value.text

    mlflow.post("registered-models/create", name="churn")
    assert said() is None
    for text, expected in (("good", "good"), ("password=hunter2secret", None), ("", None)):
        mlflow.ask("PATCH", "registered-models/update", name="churn", description=text)
        assert said() == expected or (expected is None and "hunter2" not in (said() or ""))
    assert said() is None


def test_of_a_model_from_data_that_nobody_named_the_gap_is_told_once(mlflow, store):
    run = mlflow.run()
    mlflow.logged_model(run, {"MLmodel": b"a"})
    for _ in range(2):
        mlflow.post("runs/update", run_id=run["info"]["run_id"], status="FINISHED")
    assert len(gaps(store)) == 1
    other = mlflow.run(start_time=2000)
    mlflow.post("runs/log-inputs", run_id=other["info"]["run_id"], datasets=[data("x")])
    mlflow.logged_model(other, {"MLmodel": b"b"})
    mlflow.post("runs/update", run_id=other["info"]["run_id"], status="FINISHED")
    assert len(gaps(store)) == 1


@pytest.mark.parametrize("here", [True, False])
def test_a_file_of_this_machine_is_known_by_its_content(store, tmp_path, here):
    (tmp_path / "x.csv").write_bytes(CSV)
    desk = Desk(store, View(store), "ada", here=here)

    def ask(path, **said):
        call, _ = table.find("POST", path)
        return table.answer(call, desk, said)

    run = ask("runs/create", experiment_id="0")["run"]["info"]["run_id"]
    told = data("x", source=tmp_path / "x.csv")
    ask("runs/log-inputs", run_id=run, datasets=[told, data("gone", source=tmp_path / "gone")])
    found = {name: store.versions("data", name)[0].artifact for name in ("x", "gone")}
    digest = f"sha256:{hashlib.sha256(CSV).hexdigest()}"
    assert (found["x"] == digest) is here
    assert found["gone"] not in {digest, found["x"]}


class TestRunOfAVersion:
    def test_it_is_that_of_the_logged_model(self, mlflow):
        run = mlflow.run()
        id = mlflow.logged_model(run, {"MLmodel": b"a"})
        mlflow.post("registered-models/create", name="churn")
        made = mlflow.post("model-versions/create", name="churn", source=f"models:/{id}")
        assert made["model_version"]["run_id"] == run["info"]["run_id"]

    def test_it_is_that_in_whose_folder_the_files_lie(self, mlflow):
        run, other = mlflow.run(), mlflow.run(start_time=2000)
        mlflow.post("registered-models/create", name="churn")
        source = f"{run['info']['artifact_uri']}/model"
        made = mlflow.post("model-versions/create", name="churn", source=source)
        assert made["model_version"]["run_id"] == run["info"]["run_id"]
        assert mlflow.refused(
            "POST", "model-versions/create", name="churn", source=source,
            run_id=other["info"]["run_id"],
        )  # fmt: skip


def test_a_parameter_of_a_logged_model_keeps_its_value(mlflow):
    id = mlflow.logged_model(mlflow.run(), {"MLmodel": b"a"})
    params = [{"key": "depth", "value": "4"}]
    for _ in range(2):
        mlflow.post(f"logged-models/{id}/params", params=params)
    mlflow.refused("POST", f"logged-models/{id}/params", params=[{"key": "depth", "value": "5"}])


def test_logged_models_in_the_order_of_a_metric_on_certain_data(mlflow):
    run = mlflow.run()["info"]["run_id"]
    for name, on_test, on_train in (("a", 0.9, 0.1), ("b", 0.2, 0.8)):
        made = mlflow.post("logged-models", experiment_id="0", name=name, source_run_id=run)
        model = {"model_id": made["model"]["info"]["model_id"]}
        for at, value in (("test", on_test), ("train", on_train)):
            on = {"dataset_name": at, "dataset_digest": "1"}
            point = {"key": "f1", "value": value, "timestamp": 1, "step": 0}
            mlflow.post("runs/log-metric", run_id=run, **point, **model, **on)

    def found(**order):
        said = [{"field_name": "metrics.f1", **order}]
        told = mlflow.post("logged-models/search", experiment_ids=["0"], order_by=said)
        return [one["info"]["name"] for one in told["models"]]

    assert found(ascending=True, dataset_name="test") == ["b", "a"]
    assert found(ascending=True, dataset_name="train") == ["a", "b"]
    assert found(ascending=False, dataset_name="test", dataset_digest="1") == ["a", "b"]


def test_a_logged_model_that_is_deleted_again_is_deleted(mlflow):
    id = mlflow.logged_model(mlflow.run(), {"MLmodel": b"a"})
    for _ in range(2):
        mlflow.ask("DELETE", f"logged-models/{id}")
    mlflow.refused("GET", f"logged-models/{id}", 404)
