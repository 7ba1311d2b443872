"""What MLflow has recorded, imported from MLflow's own server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from forebear.server.mlflow.importing.importer import import_mlflow
from forebear.store import open_store
from server.mlflow.importing.conftest import there
from server.mlflow.importing.test_importing import counts, pairs, trained
from server.mlflow.wire import FILES, Client
from serving import asked

__all__ = ["there"]

pytest.importorskip("mlflow")


@pytest.fixture
def url(there):
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [
        sys.executable, "-m", "mlflow", "server", "--workers", "1", "--port", str(port),
        "--backend-store-uri", f"sqlite:///{there}/mlflow.db",
        "--artifacts-destination", str(there / "served"),
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=there, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            while process.poll() is None:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2).close()
                    break
                except OSError:
                    time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def test_everything_comes_from_a_server_as_from_its_database(url, there, tmp_path):
    with open_store(tmp_path / "store", create=True) as store:
        report = import_mlflow(store, url, by="ada")
        assert counts(report) == [(2, 2), (4, 4), (1, 1), (2, 2), (3, 3), (4, 4)]
        assert report.notes == []
        with asked(store) as http:
            mlflow = Client(http)
            run = trained(mlflow)
            assert pairs(run["data"]["metrics"]) == {"loss": 0.2, "broken": "NaN", "auc": 0.9}
            where = mlflow.get("model-versions/get-download-uri", name="churn", version="1")
            path = where["artifact_uri"].removeprefix("mlflow-artifacts:/")
            assert http.get(f"{FILES}/{path}/MLmodel").text == "flavors: {}  # model\n"
        again = import_mlflow(store, url, by="ada")
        assert [new for _, new in counts(again)] == [0] * 6
        file = there / "mlflow.db"
        import_mlflow(store, str(file), by="ada", artifacts=[there / "artifacts"])
        with asked(store) as http:
            history = Client(http).get(
                "metrics/get-history", run_id=run["info"]["run_id"], metric_key="loss"
            )
            assert len(history["metrics"]) == 5


def test_what_mlflow_itself_keeps_in_postgresql(postgres, tmp_path, monkeypatch):
    from mlflow import MlflowClient
    from mlflow.entities import Dataset, DatasetInput, InputTag, LoggedModelOutput

    pytest.importorskip("psycopg")
    monkeypatch.chdir(tmp_path)  # where MLflow puts a database of its own, if it wants one
    client = MlflowClient(postgres.replace("postgresql://", "postgresql+psycopg://"))
    experiment = client.create_experiment("churn", artifact_location=str(tmp_path / "artifacts"))
    run = client.create_run(experiment, run_name="train").info.run_id
    client.log_param(run, "depth", 4)
    for step, loss in enumerate((0.5, float("nan"), 0.2)):
        client.log_metric(run, "loss", loss, step=step)
    data = Dataset("customers", "d1", "local", '{"uri": "/data/customers.csv"}')
    used = DatasetInput(data, [InputTag("mlflow.data.context", "training")])
    client.log_inputs(run, [used])
    client.log_text(run, "hello", "notes.txt")
    model = client.create_logged_model(experiment, name="model", source_run_id=run)
    client.log_outputs(run, [LoggedModelOutput(model.model_id, 1)])
    client.create_registered_model("churn", tags={"team": "risk"})
    client.create_model_version("churn", model.artifact_location, run)
    client.set_registered_model_alias("churn", "champion", "1")
    with open_store(tmp_path / "store", create=True) as store:
        report = import_mlflow(store, postgres, by="ada", artifacts=[tmp_path / "artifacts"])
        assert counts(report) == [(2, 2), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1)]
        with asked(store) as http:
            mlflow = Client(http)
            found = mlflow.get("runs/get", run_id=run)["run"]
            assert pairs(found["data"]["params"]) == {"depth": "4"}
            assert pairs(found["data"]["metrics"]) == {"loss": 0.2}
            assert found["inputs"]["dataset_inputs"][0]["dataset"]["name"] == "customers"
            told = mlflow.get("registered-models/alias", name="churn", alias="champion")
            assert told["model_version"]["run_id"] == run
