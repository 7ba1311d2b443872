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
