"""Unmodified producers of OpenLineage against a real server of ours: dbt, dlt, the Python client.

They live in an environment of their own (.venv-openlineage), because what dbt pins suits no other
library. Where it can't be made, the tests say so and are skipped.
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
from urllib.request import urlopen

import pytest

if "FOREBEAR_TEST_HEAVY" not in os.environ:
    pytest.skip("installs dbt and dlt: `make test-integrations` does", allow_module_level=True)

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".venv-openlineage"
WANTED = {
    "openlineage": ["openlineage-python>=1.54"],
    "dbt": ["dbt-core>=1.10,<1.11", "dbt-duckdb>=1.9,<1.10", "openlineage-dbt>=1.54"],
    "dlt": ["dlt[duckdb]>=1.31", "dlt-openlineage>=0.1.1"],
}
FOREBEAR = [sys.executable, "-m", "forebear"]


def needs(name):
    """Return the folder of commands in which a producer is, or skip."""
    python = HOME / "bin" / "python"
    if not python.exists():
        made = subprocess.run(
            [sys.executable, "-m", "venv", HOME], capture_output=True, check=False
        )
        if made.returncode:
            pytest.skip("no environment could be made")
    module = f"import {name if name != 'dbt' else 'dbt.adapters.duckdb, openlineage.dbt'}"
    if subprocess.run([python, "-c", module], capture_output=True, check=False).returncode:
        command = [python, "-m", "pip", "install", "--quiet", *WANTED[name]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"{name} can't be installed: {done.stderr.strip().splitlines()[-1]}")
    return HOME / "bin"


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
    run(server, [python, "load.py"], tmp_path, HOME=str(tmp_path))
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


def test_what_we_tell_has_the_form_that_the_client_has(tmp_path):
    python = needs("openlineage") / "python"
    (tmp_path / "train.py").write_text(
        "import pandas as pd, pickle\n"
        "from sklearn.tree import DecisionTreeClassifier\n"
        "pd.DataFrame({'a': [1, 2, 3], 'y': [0, 1, 0]}).to_csv('data.csv', index=False)\n"
        "d = pd.read_csv('data.csv')\n"
        "pickle.dump(DecisionTreeClassifier().fit(d[['a']], d['y']), open('model.pkl', 'wb'))\n"
    )
    for words in (["run", "train.py"], ["emit", "openlineage", "model.pkl", "--to", "runs.ndjson"]):
        subprocess.run([*FOREBEAR, *words], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "compare.py").write_text(COMPARE)
    command = [python, "compare.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 8


COMPARE = """
import attr, importlib, json, pkgutil
import openlineage.client.generated as generated

classes = {}
for found in pkgutil.iter_modules(generated.__path__):
    module = importlib.import_module(f"{generated.__name__}.{found.name}")
    classes |= {name: one for name, one in vars(module).items() if hasattr(one, "_get_schema")}
count = 0
for event in map(json.loads, open("runs.ndjson")):
    for thing in (event["run"], event["job"], *event["inputs"], *event["outputs"]):
        for where in ("facets", "inputFacets", "outputFacets"):
            for name, facet in thing.get(where, {}).items():
                if name.startswith("forebear_"):
                    continue
                one = classes[facet["_schemaURL"].rpartition("/")[2]]
                assert facet["_schemaURL"] == one._get_schema(), (name, one._get_schema())
                said = {key: value for key, value in facet.items() if key[0] != "_"}
                assert set(said) <= {field.name for field in attr.fields(one)}, name
                one(**said)
                count += 1
print(count)
"""
