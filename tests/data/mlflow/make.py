"""Make what is in this folder, with MLflow itself: a database with its artifacts, and a folder.

    python tests/data/mlflow/make.py     # needs mlflow 3

`database.sql` is MLflow's SQLite database as text, `artifacts/` what its server would keep for
it, `mlruns/` the same kind of things as MLflow wrote them before it had a database.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
os.environ |= {"MLFLOW_ALLOW_FILE_STORE": "true", "LOGNAME": "ada", "GIT_PYTHON_REFRESH": "quiet"}

import mlflow  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.data.http_dataset_source import HTTPDatasetSource  # noqa: E402
from mlflow.data.meta_dataset import MetaDataset  # noqa: E402
from mlflow.entities import (  # noqa: E402
    DatasetInput,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    Param,
)


def dataset(name: str, context: str) -> DatasetInput:
    source = HTTPDatasetSource(f"https://example.org/{name}.csv")
    told = MetaDataset(source, name=name, digest=f"{name}-1")._to_mlflow_entity()
    return DatasetInput(told, [InputTag("mlflow.data.context", context)])


def files(folder: Path) -> Path:
    (folder / "deep").mkdir(parents=True)
    (folder / "MLmodel").write_text(f"flavors: {{}}  # {folder.name}\n")
    (folder / "deep" / "weights.bin").write_bytes(bytes(range(32)))
    return folder


def fill(client: MlflowClient, root: str | None) -> None:
    """Leave a bit of everything."""
    place = Path(tempfile.mkdtemp())
    experiment = client.create_experiment(
        "churn", artifact_location=root and f"{root}/churn", tags={"team": "growth"}
    )
    parent = client.create_run(experiment, 1_700_000_000_000, {"mlflow.user": "ada"}, "sweep")
    tags = {"mlflow.user": "ada", "mlflow.parentRunId": parent.info.run_id,
            "mlflow.source.git.commit": "c0ffee", "mlflow.source.name": "train.py"}  # fmt: skip
    run = client.create_run(experiment, 1_700_000_001_000, tags, "train").info.run_id
    model = client.create_logged_model(
        experiment, "classifier", run, {"kind": "tree"}, {"depth": "4"}, "classifier",
    )  # fmt: skip
    client.log_model_artifacts(model.model_id, str(files(place / "model")))
    client.finalize_logged_model(model.model_id, "READY")
    client.log_batch(run, params=[Param("depth", "4"), Param("note", "an 'odd' value: #1")])
    for step in range(5):
        client.log_metric(run, "loss", 1 / (step + 1), 1_700_000_002_000 + step, step)
    client.log_metric(run, "broken", float("nan"), 1_700_000_002_000, 0)
    client.log_inputs(run, [dataset("customers", "training"), dataset("holdout", "evaluation")])
    client.log_batch(run, metrics=[Metric(
        "auc", 0.9, 1_700_000_003_000, 0, model_id=model.model_id, dataset_name="holdout",
        dataset_digest="holdout-1")])  # fmt: skip
    client.log_outputs(run, [LoggedModelOutput(model.model_id, 3)])
    client.log_artifacts(run, str(files(place / "plots")), "plots")
    client.set_tag(run, "owner", "ada")
    client.set_terminated(run, "FINISHED", 1_700_000_009_000)
    client.set_terminated(parent.info.run_id, "FAILED", 1_700_000_010_000)
    judge = client.create_run(experiment, 1_700_000_020_000, {}, "evaluate").info.run_id
    client.log_inputs(judge, models=[LoggedModelInput(model.model_id)])
    deleted = client.create_run(experiment, 1_700_000_030_000, {}, "mistake").info.run_id
    client.delete_run(deleted)
    client.create_registered_model("churn", {"tier": "1"}, "who will leave")
    for at in range(3):
        client.create_model_version(
            "churn", f"models:/{model.model_id}", run, {"at": str(at)},
            description=f"try {at}", model_id=model.model_id,
        )  # fmt: skip
    client.delete_model_version("churn", "2")
    client.transition_model_version_stage("churn", "1", "Production")
    client.set_registered_model_alias("churn", "champion", "3")
    source = client.get_run(run).info.artifact_uri + "/plots"
    client.create_registered_model("my model")
    client.create_model_version("my model", source, run)


def database() -> None:
    work = Path(tempfile.mkdtemp())
    os.chdir(work)
    file = work / "mlflow.db"
    mlflow.set_tracking_uri(f"sqlite:///{file}")
    mlflow.set_registry_uri(f"sqlite:///{file}")
    fill(MlflowClient(), str(work / "artifacts"))
    with sqlite3.connect(file) as link:
        text = "\n".join(link.iterdump())
    # Where it was made matters to nobody; tests put their own place there.
    (HERE / "database.sql").write_text(text.replace(str(work), "{HERE}") + "\n")
    shutil.rmtree(HERE / "artifacts", ignore_errors=True)
    shutil.copytree(work / "artifacts", HERE / "artifacts")


def folder() -> None:
    work = Path(tempfile.mkdtemp())
    mlflow.set_tracking_uri(f"file://{work}/mlruns")
    mlflow.set_registry_uri(f"file://{work}/mlruns")
    fill(MlflowClient(), None)
    for file in (work / "mlruns").rglob("*"):
        if file.is_file() and file.suffix != ".bin":
            file.write_text(file.read_text().replace(str(work), "{HERE}"))
    shutil.rmtree(HERE / "mlruns", ignore_errors=True)
    shutil.copytree(work / "mlruns", HERE / "mlruns")


if __name__ == "__main__":
    database()
    folder()
    sys.stdout.write(f"made with mlflow {mlflow.__version__}\n")
