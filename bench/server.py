"""How fast the server answers MLflow's clients, beside MLflow's own server, in one run.

Both serve from SQLite with one worker on this machine, and both sync every write to the disk
(`synchronous = FULL`; MLflow's with a rollback journal, ours with a write-ahead log). They have the
same runs: MLflow's database is filled, and imported into ours.

1. MLflow's own client, one call after the other: the median, and the server's CPU for a call.
   The client's own work, 2 to 4 ms a request, is in both.
2. 16 connections at once, by a generator that costs next to nothing: answers a second, p50, p99.
   The limit beside it is an empty answer (/health).

    python bench/server.py --mlflow-python /path/to/a/python/with/mlflow [--runs 1000,30000]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

API = "/api/2.0/mlflow/"
CLIENTS = 16
CPU = r"""
def cpu(group):
    import os
    ticks = 0
    for one in os.listdir("/proc"):
        if one.isdigit():
            try:
                with open(f"/proc/{one}/stat") as file:
                    said = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            if int(said[2]) == group:
                ticks += int(said[11]) + int(said[12])
    return ticks / os.sysconf("SC_CLK_TCK") * 1000
"""
CLIENT = (
    CPU
    + r"""
import json, sys, time
import mlflow
from mlflow.entities import Metric
from mlflow import MlflowClient

url, group, searched = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
mlflow.set_tracking_uri(url)
client = MlflowClient()
told = {}

def timed(name, work, times):
    for _ in range(3):
        work()
    took, before = [], cpu(group)
    for _ in range(times):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    took.sort()
    told[name] = took[len(took) // 2] * 1000, (cpu(group) - before) / times

def batch(apart):
    now = int(time.time() * 1000)
    return [Metric(f"m{n % 20}", n, now + n * apart, n) for n in range(1000)]

experiment = client.create_experiment("bench")
timed("create_run", lambda: client.create_run(experiment), 60)
run = client.create_run(experiment).info.run_id
timed("log_metric", lambda: client.log_metric(run, "loss", 0.5, step=1), 100)
timed("log_batch (1000)", lambda: client.log_batch(run, batch(0)), 10)
timed("log_batch (1000 times)", lambda: client.log_batch(run, batch(1)), 10)
client.create_registered_model("churn")
source = f"mlflow-artifacts:/{experiment}/{run}/artifacts/model"
timed("register", lambda: client.create_model_version("churn", source, run_id=run), 30)
timed("alias", lambda: client.set_registered_model_alias("churn", "best", 1), 40)
for id, size in searched.items():
    wanted = "metrics.f1 > 0.5 and params.depth = '4'"
    timed(f"search {size:,} runs", lambda: client.search_runs(
        [id], wanted, order_by=["metrics.f1 DESC"], max_results=100), 5)
print(json.dumps(told))
"""
)
exec(CPU)  # the same function as in the client


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(url, process):
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{url} did not start")


@contextmanager
def started(command, folder):
    """Give the address of a server, and its group of processes."""
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if k != "FOREBEAR_STORE"}
    with subprocess.Popen(
        [*command, "--port", str(port)], cwd=folder, env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            wait_for(f"http://127.0.0.1:{port}", process)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def ours():
    return [sys.executable, "-m", "forebear", "serve"]


def theirs(folder, python):
    return [
        python, "-m", "mlflow", "server", "--workers", "1", "--backend-store-uri",
        f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", str(folder / "artifacts"),
    ]  # fmt: skip


def fill(file, sizes):
    """Put runs into MLflow's database, and return how many are in which experiment."""
    searched = {}
    with sqlite3.connect(file) as link:
        for at, size in enumerate(sizes):
            experiment = 1000 + at
            searched[str(experiment)] = size
            link.execute(
                "INSERT INTO experiments (experiment_id, name, lifecycle_stage, creation_time,"
                " last_update_time, artifact_location) VALUES (?, ?, 'active', 1, 1, ?)",
                (experiment, f"search {size}", f"mlflow-artifacts:/{experiment}"),
            )
            runs = [(f"{experiment:016x}{n:016x}", n) for n in range(size)]
            link.executemany(
                "INSERT INTO runs (run_uuid, name, user_id, status, start_time, end_time,"
                " lifecycle_stage, artifact_uri, experiment_id) VALUES (?, ?, 'bench', 'FINISHED',"
                " ?, ?, 'active', ?, ?)",
                [
                    (id, f"run {n}", n + 1, n + 2,
                     f"mlflow-artifacts:/{experiment}/{id}/artifacts", experiment)
                    for id, n in runs
                ],
            )  # fmt: skip
            link.executemany(
                "INSERT INTO params (key, value, run_uuid) VALUES ('depth', ?, ?)",
                [(str(n % 9), id) for id, n in runs],
            )
            values = [(n / size, id) for id, n in runs]
            for table in ("metrics", "latest_metrics"):
                link.executemany(
                    f"INSERT INTO {table} (key, value, timestamp, run_uuid, step, is_nan)"
                    " VALUES ('f1', ?, 1, ?, 0, 0)",
                    values,
                )
    link.close()
    return searched


def by_client(url, group, python, searched):
    done = subprocess.run(
        [python, "-W", "ignore", "-c", CLIENT, url, str(group), json.dumps(searched)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


async def connection(url, request, until, took, refused):
    """Send a request again and again over one connection; what is refused counts for nothing."""
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    while time.perf_counter() < until:
        begun = time.perf_counter()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b"chunked" in head:
            while (size := int(await reader.readline(), 16)) >= 0:
                await reader.readexactly(size + 2)
                if not size:
                    break
        else:
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
        well = b" 200 " in head.partition(b"\r\n")[0]
        (took if well else refused).append(time.perf_counter() - begun)
    writer.close()


def by_load(url, group, path, body, seconds=4):
    """Return answers a second, p50, p99 and CPU for an answer in ms, and how many were refused."""
    data = b"" if body is None else json.dumps(body).encode()
    request = (
        f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: {url[7:]}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    ).encode() + data
    took, refused = [], []

    async def all_at_once(until):
        await asyncio.gather(
            *(connection(url, request, until, took, refused) for _ in range(CLIENTS))
        )

    asyncio.run(all_at_once(time.perf_counter() + 0.5))
    took.clear(), refused.clear()
    before = cpu(group)  # noqa: F821
    asyncio.run(all_at_once(time.perf_counter() + seconds))
    spent = (cpu(group) - before) / len(took)  # noqa: F821
    took.sort()
    half, slow = (took[int(len(took) * part)] * 1e3 for part in (0.5, 0.99))
    return len(took) / seconds, half, slow, spent, len(refused)


def posted(url, path, body):
    asked = urllib.request.Request(
        url + API + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)


def loads(url, group):
    run = posted(url, "runs/create", {"experiment_id": "0"})["run"]["info"]["run_id"]
    posted(url, "registered-models/create", {"name": "load"})
    source = f"mlflow-artifacts:/0/{run}/artifacts/model"
    posted(url, "model-versions/create", {"name": "load", "source": source, "run_id": run})
    now = int(time.time() * 1000)
    batch = [
        {"key": f"m{n % 20}", "value": float(n), "timestamp": now, "step": n} for n in range(1000)
    ]
    ways = {
        "empty answer": ("/health", None),
        "create_run": ("runs/create", {"experiment_id": "0"}),
        "log_metric": (
            "runs/log-metric",
            {"run_id": run, "key": "x", "value": 1.0, "timestamp": now, "step": 1},
        ),
        "log_batch (1000)": ("runs/log-batch", {"run_id": run, "metrics": batch}),
        "register": (
            "model-versions/create", {"name": "load", "source": source, "run_id": run},
        ),
        "alias": ("registered-models/alias", {"name": "load", "alias": "best", "version": "1"}),
    }  # fmt: skip
    return {
        name: by_load(url, group, path if path.startswith("/") else API + path, body)
        for name, (path, body) in ways.items()
    }


def fsync_ms(folder):
    """Return how long this disk takes to sync a page."""
    with (folder / "sync").open("wb", buffering=0) as file:
        begun = time.perf_counter()
        for _ in range(50):
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
        return (time.perf_counter() - begun) / 50 * 1000


def prepared(place, python, sizes):
    """Make both stores, with the same runs in them."""
    for name in ("forebear", "mlflow"):
        (place / name).mkdir()
    print("mlflow makes its database ...", file=sys.stderr)
    with started(theirs(place / "mlflow", python), place / "mlflow"):
        pass
    searched = fill(place / "mlflow" / "mlflow.db", sizes)
    begun = time.perf_counter()
    command = [sys.executable, "-m", "forebear", "import", "mlflow"]
    subprocess.run(
        [*command, f"sqlite:///{place}/mlflow/mlflow.db", "--store", f"{place}/forebear/.forebear"],
        check=True, stdout=subprocess.DEVNULL, cwd=place,
    )  # fmt: skip
    took = time.perf_counter() - begun
    print(f"imported {sum(sizes):,} runs in {took:.1f} s ({sum(sizes) / took:,.0f} a second)")
    return searched


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--mlflow-python", required=True)
    options.add_argument("--runs", default="1000")
    said = options.parse_args()
    found = {}
    with tempfile.TemporaryDirectory(prefix="forebear-bench-") as folder:
        place = Path(folder)
        searched = prepared(place, said.mlflow_python, [int(n) for n in said.runs.split(",")])
        for name in ("forebear", "mlflow"):
            command = ours() if name == "forebear" else theirs(place / name, said.mlflow_python)
            with started(command, place / name) as (url, group):
                print(f"{name}: MLflow's client ...", file=sys.stderr)
                one_by_one = by_client(url, group, said.mlflow_python, searched)
                print(f"{name}: {CLIENTS} connections ...", file=sys.stderr)
                found[name] = one_by_one, loads(url, group)
        print(f"a sync of this disk takes {fsync_ms(place):.2f} ms")
    tell(found["forebear"], found["mlflow"])


def tell(ours, theirs):
    print("\nMLflow's client, one call after the other (median; CPU of the server for a call)")
    for key, (wall, cpu_ms) in ours[0].items():
        other, other_cpu = theirs[0][key]
        print(
            f"  {key:22} forebear {wall:8.2f} ms {cpu_ms:7.2f}   mlflow {other:8.2f} ms"
            f" {other_cpu:7.2f}   {other / wall:5.1f} x"
            f"   CPU {other_cpu / max(cpu_ms, 0.01):5.1f} x"
        )
    print(f"\n{CLIENTS} connections at once (answers a second, p50 and p99, CPU for an answer)")
    for key, (rate, half, slow, cpu_ms, refused) in ours[1].items():
        other, other_half, other_slow, other_cpu, other_refused = theirs[1][key]
        print(
            f"  {key:17} forebear {rate:6.0f}/s {half:6.1f} {slow:7.1f} ms {cpu_ms:6.2f}"
            f"   mlflow {other:5.0f}/s {other_half:6.1f} {other_slow:7.1f} ms {other_cpu:6.2f}"
            f"   {rate / other:5.1f} x"
            + (f"   refused {refused} and {other_refused}" if refused or other_refused else "")
        )


if __name__ == "__main__":
    main()
