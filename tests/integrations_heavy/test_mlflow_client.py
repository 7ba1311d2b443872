"""An unmodified MLflow client against a real server of ours."""

from __future__ import annotations

import http.server
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

mlflow = pytest.importorskip("mlflow")

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow tells its users of its own future

FOREBEAR = [sys.executable, "-m", "forebear"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    subprocess.run([*FOREBEAR, "init"], cwd=folder, check=True, capture_output=True)
    environment = {k: v for k, v in os.environ.items() if k != "FOREBEAR_STORE"}
    with subprocess.Popen(
        [*FOREBEAR, "serve", "--port", "0", "--allow-webhooks-to", "127.0.0.0/8"],
        cwd=folder, env=environment, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stderr is not None
            found = re.search(r"served at (http://\S+)", process.stderr.readline())
            assert found
            yield found[1], folder
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


@pytest.fixture(params=["server", "embedded"])
def client(server, request, tmp_path):
    """A client in a workspace of its own on a server, and one with no server at all."""
    url, _ = server
    space = re.sub(r"\W", "-", request.node.name)
    embedded = f"forebear://{tmp_path / '.forebear'}"
    mlflow.set_tracking_uri(embedded if request.param == "embedded" else f"{url}/mlflow/{space}")
    mlflow.set_experiment(experiment_id="0")
    yield mlflow.MlflowClient()
    while mlflow.active_run():
        mlflow.end_run()


@pytest.fixture(scope="module")
def data():
    import pandas as pd

    return pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [0.0, 1.0, 0.0, 1.0], "y": [0, 1, 0, 1]})


def test_what_is_logged_comes_back(client, tmp_path):
    mlflow.set_experiment("first")
    with mlflow.start_run(run_name="one", tags={"t": "v"}) as run:
        mlflow.log_params({"depth": 4, "name": "x"})
        mlflow.log_metric("f1", 0.5, step=1)
        mlflow.log_metrics({"loss": 0.25, "odd": float("inf")}, step=2)
        mlflow.log_text("hello", "notes/a.txt")
        mlflow.log_dict({"a": 1}, "b.json")
    told = client.get_run(run.info.run_id)
    assert told.info.status == "FINISHED"
    assert told.data.params == {"depth": "4", "name": "x"}
    assert told.data.metrics == {"f1": 0.5, "loss": 0.25, "odd": float("inf")}
    assert told.data.tags["t"] == "v"
    assert [one.path for one in client.list_artifacts(run.info.run_id)] == ["b.json", "notes"]
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/notes/a.txt") == "hello"
    client.download_artifacts(run.info.run_id, "notes", str(tmp_path))
    assert (tmp_path / "notes" / "a.txt").read_text() == "hello"
    assert len(client.get_metric_history(run.info.run_id, "f1")) == 1


def test_no_path_leads_out_of_a_run(client):
    with mlflow.start_run() as run:
        for path in ("../x", "a/../../../x", "/x"):
            with pytest.raises(mlflow.MlflowException, match="Invalid"):
                client.log_text(run.info.run_id, "x", f"{path}/y.txt")
    assert client.list_artifacts(run.info.run_id) == []


def test_both_contexts_of_the_same_data_are_kept(client, data):
    with mlflow.start_run() as run:
        for context in ("training", "validation"):
            mlflow.log_input(mlflow.data.from_pandas(data, source="/x.csv", name="x"), context)
    used = client.get_run(run.info.run_id).inputs.dataset_inputs
    assert {tag.value for one in used for tag in one.tags} == {"training", "validation"}


def test_search(client):
    for n in range(5):
        with mlflow.start_run(run_name=f"run {n}"):
            mlflow.log_param("depth", n)
            mlflow.log_metric("f1", n / 10)
    found = mlflow.search_runs(
        filter_string="metrics.f1 > 0.1 and params.depth != '4'", order_by=["metrics.f1 DESC"],
        output_format="list",
    )  # fmt: skip
    assert [run.data.params["depth"] for run in found] == ["3", "2"]
    pages = client.search_runs(["0"], max_results=2)
    assert len(pages) == 2
    assert pages.token
    with pytest.raises(mlflow.MlflowException, match="Invalid"):
        client.search_runs(["0"], filter_string="nonsense")


def test_a_model_from_autolog_to_its_use(client, data, server):
    from sklearn.linear_model import LogisticRegression

    mlflow.sklearn.autolog()
    try:
        with mlflow.start_run() as run:
            LogisticRegression().fit(data[["a", "b"]], data["y"])
    finally:
        mlflow.sklearn.autolog(disable=True)
    (logged,) = mlflow.search_logged_models(experiment_ids=["0"], output_format="list")
    assert logged.status == "READY"
    assert logged.source_run_id == run.info.run_id
    for expected in ("1", "2"):
        version = mlflow.register_model(logged.model_uri, "churn model")
        assert version.version == expected
    client.set_registered_model_alias("churn model", "champion", 1)
    assert client.get_model_version_by_alias("churn model", "champion").version == "1"
    for uri in ("models:/churn model@champion", "models:/churn model/2", logged.model_uri):
        predicted = mlflow.pyfunc.load_model(uri).predict(data[["a", "b"]])
        assert len(predicted) == len(data)
    client.set_model_version_tag("churn model", "1", "checked", "yes")
    assert client.search_model_versions("tags.checked = 'yes'")[0].version == "1"
    assert client.search_registered_models()[0].aliases == {"champion": "1"}
    at = mlflow.get_tracking_uri()
    store = at.removeprefix("forebear://") if at.startswith("forebear:") else server[0]
    names = subprocess.run(
        [*FOREBEAR, "models", "--store", store], capture_output=True, text=True, check=True
    ).stdout
    assert "churn-model" in names


def test_a_registered_run_artifact(client, data):
    from sklearn.linear_model import LogisticRegression

    with mlflow.start_run() as run:
        model = LogisticRegression().fit(data[["a", "b"]], data["y"])
        info = mlflow.sklearn.log_model(model, name="model")
    version = mlflow.register_model(f"runs:/{run.info.run_id}/model", "churn")
    assert version.version == "1"
    assert mlflow.sklearn.load_model("models:/churn/1").coef_.shape == (1, 2)
    client.transition_model_version_stage("churn", "1", "Staging")
    assert client.get_latest_versions("churn", ["Staging"])[0].version == "1"
    client.delete_logged_model(info.model_id)
    client.delete_model_version("churn", "1")
    assert client.search_model_versions("name = 'churn'") == []


def test_errors_are_those_that_clients_know(client):
    with pytest.raises(mlflow.MlflowException) as raised:
        client.get_run("0" * 32)
    assert raised.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    client.create_registered_model("taken")
    with pytest.raises(mlflow.MlflowException) as raised:
        client.create_registered_model("taken")
    assert raised.value.error_code == "RESOURCE_ALREADY_EXISTS"


def test_nested_runs_and_a_run_that_goes_on(client):
    with mlflow.start_run() as parent, mlflow.start_run(nested=True) as child:
        mlflow.log_metric("x", 1)
    assert client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"] == parent.info.run_id
    with mlflow.start_run(run_id=parent.info.run_id):
        mlflow.log_metric("later", 2)
    told = client.get_run(parent.info.run_id)
    assert (told.info.status, told.data.metrics) == ("FINISHED", {"later": 2.0})


def test_evaluate(client, data):
    from sklearn.linear_model import LogisticRegression

    with mlflow.start_run():
        model = LogisticRegression().fit(data[["a", "b"]], data["y"])
        info = mlflow.sklearn.log_model(model, name="model")
        found = mlflow.models.evaluate(
            info.model_uri, data, targets="y", model_type="classifier",
            evaluator_config={"log_explainer": False},
        )  # fmt: skip
    assert found.metrics["accuracy_score"] > 0


def test_a_large_file_goes_in_parts(server, monkeypatch, tmp_path):
    monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", "true")
    monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", "1000000")
    monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", str(5 << 20))
    url, folder = server
    mlflow.set_tracking_uri(f"{url}/mlflow/large")
    mlflow.set_experiment(experiment_id="0")
    (tmp_path / "big.bin").write_bytes(os.urandom(12 << 20))
    with mlflow.start_run() as run:
        mlflow.log_artifact(str(tmp_path / "big.bin"), "deep")
    got = mlflow.artifacts.download_artifacts(
        run_id=run.info.run_id, artifact_path="deep/big.bin", dst_path=str(tmp_path / "got")
    )
    assert Path(got).read_bytes() == (tmp_path / "big.bin").read_bytes()
    (upload,) = (folder / ".forebear" / "uploads").glob("*/*")
    assert {file.name for file in upload.iterdir()} == {".lock", "upload.json"}


def test_webhooks_are_told_and_signed(server):
    from mlflow.webhooks.delivery import _generate_hmac_signature as signature

    told: queue.Queue[Any] = queue.Queue()

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            told.put((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    client = mlflow.MlflowClient(f"{server[0]}/mlflow/hooked")
    made = client.create_webhook(
        "ci", f"http://127.0.0.1:{listening.server_port}/x", ["model_version_alias.created"],
        secret="hush",
    )  # fmt: skip
    try:
        assert client.test_webhook(made.webhook_id).success
        told.get(timeout=10)
        client.create_registered_model("hooked")
        client.create_model_version("hooked", "s3://bucket/model")
        client.set_registered_model_alias("hooked", "best", 1)
        headers, body = told.get(timeout=20)
        assert json.loads(body)["data"] == {"name": "hooked", "alias": "best", "version": "1"}
        id, stamp = headers["X-MLflow-Delivery-Id"], headers["X-MLflow-Timestamp"]
        assert signature("hush", id, stamp, body.decode()) == headers["X-MLflow-Signature"]
        client.delete_webhook(made.webhook_id)
        assert list(client.list_webhooks()) == []
    finally:
        listening.shutdown()
        listening.server_close()


def test_it_all_is_sound(server):
    _, folder = server
    done = subprocess.run(
        [*FOREBEAR, "verify", "--store", str(Path(folder))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_whoever_loads_a_recalled_model_without_a_server_is_warned(tmp_path, data):
    from mlflow.entities import Dataset, DatasetInput, InputTag
    from sklearn.linear_model import LogisticRegression

    import forebear as fb

    mlflow.set_tracking_uri(f"forebear://{tmp_path / '.forebear'}")
    people = Dataset("people", "1", "local", '{"uri": "/x"}')
    used = DatasetInput(people, [InputTag("mlflow.data.context", "training")])
    with mlflow.start_run() as run:
        mlflow.MlflowClient().log_inputs(run.info.run_id, [used])
        model = LogisticRegression().fit(data[["a", "b"]], data["y"])
        info = mlflow.sklearn.log_model(model, name="model")
    fb.recall("data:people", reason="labels of May are wrong", store=str(tmp_path / ".forebear"))
    with pytest.warns(UserWarning, match="labels of May are wrong"):
        mlflow.sklearn.load_model(info.model_uri)


def test_a_store_that_cannot_be_read_is_told_in_errors_of_mlflow(tmp_path, monkeypatch):
    from mlflow.exceptions import MlflowException
    from sklearn.linear_model import LogisticRegression

    from forebear.core.errors import CorruptStore
    from forebear.server.mlflow import plugin

    def unreadable(*_):
        raise CorruptStore("A recall is damaged.")

    mlflow.set_tracking_uri(f"forebear://{tmp_path / '.forebear'}")
    with mlflow.start_run():
        model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
        info = mlflow.sklearn.log_model(model, name="model")
    monkeypatch.setattr(plugin, "recall_of", unreadable)
    with pytest.raises(MlflowException, match="TEMPORARILY_UNAVAILABLE"):
        mlflow.sklearn.load_model(info.model_uri)
