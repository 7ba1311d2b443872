"""How fast the server answers MLflow's clients, beside MLflow's own server, in one run.

Both serve from SQLite with one worker on this machine. MLflow's own client asks both, one call
after the other; then 16 connections ask at once. The limit beside it is an empty answer (/health).

    python bench/server.py --mlflow-python /path/to/a/python/with/mlflow [--runs 1000,30000]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import httpx2

API = "/api/2.0/mlflow/"
CLIENT = r"""
import json, sys, time
import mlflow
from mlflow.entities import Metric, Param
from mlflow import MlflowClient

url, sizes = sys.argv[1], [int(n) for n in sys.argv[2].split(",")]
mlflow.set_tracking_uri(url)
client = MlflowClient()
told = {}

def timed(name, work, times):
    for _ in range(3):
        work()
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    took.sort()
    told[name] = took[len(took) // 2] * 1000

experiment = client.create_experiment("bench")
timed("create_run", lambda: client.create_run(experiment), 60)
run = client.create_run(experiment).info.run_id
timed("log_metric", lambda: client.log_metric(run, "loss", 0.5, step=1), 100)
timed("log_batch (1000)", lambda: client.log_batch(
    run, [Metric(f"m{n % 20}", n, int(time.time() * 1000), n) for n in range(1000)]), 8)
client.create_registered_model("churn")
source = f"mlflow-artifacts:/{experiment}/{run}/artifacts/model"
timed("register", lambda: client.create_model_version("churn", source, run_id=run), 20)
timed("alias", lambda: client.set_registered_model_alias("churn", "best", 1), 40)
for size in sizes:
    searched = client.create_experiment(f"search {size}")
    for n in range(size):
        made = client.create_run(searched)
        params = [Param("depth", str(n % 9))]
        client.log_batch(made.info.run_id, [Metric("f1", n / size, 1, 0)], params)
    wanted = "metrics.f1 > 0.5 and params.depth = '4'"
    timed(f"search {size:,} runs", lambda: client.search_runs(
        [searched], wanted, order_by=["metrics.f1 DESC"], max_results=100), 5)
print(json.dumps(told))
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(url):
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{url} did not start")


@contextmanager
def started(command, folder, url):
    environment = {k: v for k, v in os.environ.items() if k != "FOREBEAR_STORE"}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            wait_for(url)
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def ours(folder):
    made = [sys.executable, "-m", "forebear", "init"]
    subprocess.run(made, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    return started(
        [sys.executable, "-m", "forebear", "serve", "--port", str(port)], folder, url
    ), url


def theirs(folder, python):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [
        python, "-m", "mlflow", "server", "--workers", "1", "--port", str(port),
        "--backend-store-uri", f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination", str(folder / "artifacts"),
    ]  # fmt: skip
    return started(command, folder, url), url


def by_client(url, python, sizes):
    done = subprocess.run(
        [python, "-W", "ignore", "-c", CLIENT, url, sizes],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


def by_load(url, path, body, clients, seconds):
    """Return answers a second and the 99th percentile in ms, of so many connections at once."""
    took, stop = [], time.perf_counter() + seconds

    def work():
        with httpx2.Client(base_url=url) as http:
            while time.perf_counter() < stop:
                begun = time.perf_counter()
                answer = http.get(path) if body is None else http.post(path, json=body)
                took.append(time.perf_counter() - begun)
                assert answer.status_code == 200, answer.text

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took.sort()
    return len(took) / seconds, took[int(len(took) * 0.99)] * 1000


def loads(url):
    made = httpx2.post(f"{url}{API}runs/create", json={"experiment_id": "0", "start_time": 1})
    run = made.json()["run"]["info"]["run_id"]
    metric = {"run_id": run, "key": "x", "value": 1.0, "timestamp": 1, "step": 1}
    ways = {
        "empty answer": ("/health", None),
        "create_run": (f"{API}runs/create", {"experiment_id": "0"}),
        "log_metric": (f"{API}runs/log-metric", metric),
    }
    return {name: by_load(url, path, body, 16, 3) for name, (path, body) in ways.items()}


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--mlflow-python", required=True)
    options.add_argument("--runs", default="1000")
    said = options.parse_args()
    found = {}
    with tempfile.TemporaryDirectory(prefix="forebear-bench-") as place:
        for name in ("forebear", "mlflow"):
            folder = Path(place) / name
            folder.mkdir()
            serving, url = (
                ours(folder) if name == "forebear" else theirs(folder, said.mlflow_python)
            )
            with serving:
                print(f"{name}: MLflow's client ...", file=sys.stderr)
                one_by_one = by_client(url, said.mlflow_python, said.runs)
                print(f"{name}: 16 connections ...", file=sys.stderr)
                found[name] = one_by_one, loads(url)
    print("MLflow's client, one call after the other (median, ms)")
    for key, value in found["forebear"][0].items():
        other = found["mlflow"][0][key]
        print(f"  {key:22} forebear {value:9.2f}   mlflow {other:9.2f}   {other / value:6.1f} x")
    print("16 connections at once (answers a second, p99 in ms)")
    for key, (rate, slow) in found["forebear"][1].items():
        other, other_slow = found["mlflow"][1][key]
        print(
            f"  {key:22} forebear {rate:7.0f}/s p99 {slow:7.1f}   mlflow {other:7.0f}/s"
            f" p99 {other_slow:7.1f}   {rate / other:6.1f} x"
        )


if __name__ == "__main__":
    main()
