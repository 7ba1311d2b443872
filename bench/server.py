"""How fast the server answers MLflow's clients, beside MLflow's own server, in one run.

Both serve from SQLite with one worker on this machine, and both sync every write to the disk
(`synchronous = FULL`; MLflow's with a rollback journal, ours with a write-ahead log). They have the
same runs: MLflow's database is filled, and imported into ours. They are asked in turns, so that
what else the machine does is in both.

1. MLflow's own client, one call after the other: the median, of that the client's own CPU, which is
   in both, and the server's CPU for a call.
2. 16 connections at once, by a generator that costs next to nothing: answers a second, p50, p99.
   The limit beside it is an empty answer (/health).

    python bench/server.py --mlflow-python /path/to/a/python/with/mlflow [--runs 1000,30000]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import shutil
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
MOMENT = b"1111111111111"
"""Stands for the moment of a request."""
CLIENT = Path(__file__).with_name("server_client.py")


def cpu(group):
    """Return the CPU time of a group of processes in ms."""
    ticks = 0
    for one in Path("/proc").glob("[0-9]*/stat"):
        try:
            said = one.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(said[2]) == group:
            ticks += int(said[11]) + int(said[12])
    return ticks / os.sysconf("SC_CLK_TCK") * 1000


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


def by_client(servers, python, searched):
    """Return what MLflow's client measures of each server: ms and CPU ms by what it does."""
    done = subprocess.run(
        [python, "-W", "ignore", str(CLIENT), json.dumps(servers), json.dumps(searched)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


async def connection(url, request, until, took, refused, moments):
    """Send a request again and again over one connection; what is refused counts for nothing.

    Values that are sent again are no new values: each request has a moment of its own.
    """
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    while time.perf_counter() < until:
        begun = time.perf_counter()
        writer.write(request.replace(MOMENT, b"%d" % next(moments)))
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
    took, refused, moments = [], [], itertools.count(int(time.time() * 1000))

    async def all_at_once(until):
        await asyncio.gather(
            *(connection(url, request, until, took, refused, moments) for _ in range(CLIENTS))
        )

    asyncio.run(all_at_once(time.perf_counter() + 0.5))
    took.clear(), refused.clear()
    before = cpu(group)
    asyncio.run(all_at_once(time.perf_counter() + seconds))
    spent = (cpu(group) - before) / len(took)
    took.sort()
    half, slow = (took[int(len(took) * part)] * 1e3 for part in (0.5, 0.99))
    return len(took) / seconds, half, slow, spent, len(refused)


def posted(url, path, body):
    asked = urllib.request.Request(
        url + API + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)


def loads(servers):
    """Return what many connections at once measure of each server, in turns."""
    ways = {name: _ways(url) for name, (url, _) in servers.items()}
    found = {name: {} for name in servers}
    for what in next(iter(ways.values())):
        for name, (url, group) in servers.items():
            path, body = ways[name][what]
            whole = path if path.startswith("/") else API + path
            found[name][what] = by_load(url, group, whole, body)
    return found


def _ways(url):
    run = posted(url, "runs/create", {"experiment_id": "0"})["run"]["info"]["run_id"]
    posted(url, "registered-models/create", {"name": "load"})
    source = f"mlflow-artifacts:/0/{run}/artifacts/model"
    version = {"name": "load", "source": source, "run_id": run}
    posted(url, "model-versions/create", version)
    now = int(MOMENT)
    batch = [
        {"key": f"m{n % 20}", "value": float(n), "timestamp": now, "step": n} for n in range(1000)
    ]
    metric = {"run_id": run, "key": "x", "value": 1.0, "timestamp": now, "step": 1}
    return {
        "empty answer": ("/health", None),
        "create_run": ("runs/create", {"experiment_id": "0"}),
        "log_metric": ("runs/log-metric", metric),
        "log_batch (1000)": ("runs/log-batch", {"run_id": run, "metrics": batch}),
        "register": ("model-versions/create", version),
        "alias": ("registered-models/alias", {"name": "load", "alias": "best", "version": "1"}),
    }


def fsync_ms(folder):
    """Return how long this disk takes to sync a page."""
    with (folder / "sync").open("wb", buffering=0) as file:
        begun = time.perf_counter()
        for _ in range(50):
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
        return (time.perf_counter() - begun) / 50 * 1000


def python_with_mlflow(said):
    """Return the whole path of a Python: the servers start in folders of their own."""
    path = str(Path(shutil.which(said) or said).absolute())
    try:
        found = subprocess.run([path, "-c", "import mlflow"], capture_output=True, check=False)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{path} cannot be started: {error.strerror}.") from None
    if found.returncode:
        raise argparse.ArgumentTypeError(f"{path} has no mlflow; install it there.")
    return path


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
    options.add_argument("--mlflow-python", required=True, type=python_with_mlflow)
    options.add_argument("--runs", default="1000")
    said = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="forebear-bench-") as folder:
        place, python = Path(folder), said.mlflow_python
        searched = prepared(place, python, [int(n) for n in said.runs.split(",")])
        with (
            started(ours(), place / "forebear") as one,
            started(theirs(place / "mlflow", python), place / "mlflow") as other,
        ):
            servers = {"forebear": one, "mlflow": other}
            print("MLflow's client ...", file=sys.stderr)
            by_one = by_client(servers, python, searched)
            print(f"{CLIENTS} connections ...", file=sys.stderr)
            by_many = loads(servers)
        print(f"a sync of this disk takes {fsync_ms(place):.2f} ms")
    tell(*((by_one[name], by_many[name]) for name in servers))


def tell(ours, theirs):
    print("\nMLflow's client, one call after the other, in ms: the median of a call,")
    print("of that the client's own CPU, and the server's CPU")
    for key, (wall, cpu_ms, own) in ours[0].items():
        other, other_cpu, other_own = theirs[0][key]
        print(
            f"  {key:22} forebear {wall:7.1f} {own:5.1f} {cpu_ms:6.1f}   mlflow {other:8.1f}"
            f" {other_own:5.1f} {other_cpu:7.1f}   {other / wall:5.1f} x"
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
