"""A server of its own process: recorded into, asked, killed, started again, and nothing is lost."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from command import FOREBEAR, forebear
from forebear.client.locate import locate, waiting
from forebear.client.spool import spools_of

TRAIN = """
import joblib, pandas as pd
from sklearn.linear_model import LogisticRegression

data = pd.read_csv("raw.csv")
model = LogisticRegression().fit(data[["a", "b"]], data["label"])
joblib.dump(model, "churn.joblib")
"""
USE = """
import forebear as fb
print(type(fb.load_model("churn")).__name__)
"""


@contextmanager
def serving(folder, *options, port="0"):
    """Start `forebear serve` in a folder, yield (process, url), and stop it."""
    command = [*FOREBEAR, "serve", "--port", port, *options]
    environment = {k: v for k, v in os.environ.items() if k != "FOREBEAR_STORE"}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            said = process.stderr.readline()
            found = re.search(r"served at (http://\S+)", said)
            assert found, said + process.stderr.read()
            yield process, found[1]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
    assert process.returncode in {0, -signal.SIGTERM, -signal.SIGKILL}


@pytest.fixture
def team(tmp_path):
    folder = tmp_path / "team"
    folder.mkdir()
    assert forebear("init", cwd=folder).returncode == 0
    return folder


@pytest.fixture
def work(tmp_path, monkeypatch):
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    rows = "\n".join(f"{n},{n % 7},{n % 2}" for n in range(60))
    (folder / "raw.csv").write_text(f"a,b,label\n{rows}\n")
    (folder / "train.py").write_text(TRAIN)
    (folder / "use.py").write_text(USE)
    return folder


def arrived(url, count):
    """Wait until the server has so many runs; what a run leaves is pushed in the background."""
    for _ in range(100):
        done = forebear("--store", url, "log", "--json")
        if done.returncode == 0 and len(json.loads(done.stdout)["runs"]) >= count:
            return json.loads(done.stdout)["runs"]
        time.sleep(0.1)
    raise AssertionError(done.stdout + done.stderr)


def test_from_a_recording_to_a_reproduction_by_way_of_a_server(team, work, monkeypatch):
    with serving(team) as (_, url):
        monkeypatch.setenv("FOREBEAR_STORE", url)
        trained = forebear("run", "train.py")
        assert trained.returncode == 0, trained.stderr
        traced = forebear("trace", "churn")
        assert "raw.csv" in traced.stdout, traced.stderr
        used = forebear("run", "use.py")
        assert used.stdout == "LogisticRegression\n", used.stderr
        assert len(arrived(url, 2)) == 2
        again = forebear("reproduce", "churn", "--env", "current")
        assert again.stdout.startswith("churn: bitwise"), again.stdout + again.stderr
        assert "verified" in forebear("trace", "churn").stdout
    # All of it lies in the store that was served.
    verified = forebear("verify", "--store", str(team))
    assert verified.returncode == 0, verified.stdout


def test_a_server_that_is_away_holds_nobody_up(team, work, monkeypatch):
    with serving(team) as (_, url):
        monkeypatch.setenv("FOREBEAR_STORE", url)
    away = forebear("run", "train.py")
    assert away.returncode == 0
    asked = forebear("trace", "churn")
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "does not answer" in asked.stderr
    assert "Traceback" not in asked.stderr
    port = url.rpartition(":")[2]
    with serving(team, port=port):
        traced = forebear("trace", "churn")
        assert "raw.csv" in traced.stdout, traced.stderr
        assert not waiting(locate()).exists()
        assert spools_of(locate().folder / "spool") == []


def test_several_workers_are_one_server(team, work):
    with serving(team, "--workers", "2") as (_, url):
        assert forebear("run", "--store", url, "train.py").returncode == 0
        arrived(url, 1)
        named = forebear("--store", url, "alias", "churn", "champion", "1")
        assert named.returncode == 0, named.stderr
        for _ in range(6):  # whichever worker answers
            told = json.loads(forebear("models", "--json", "--store", url).stdout)
            assert told["models"][0]["aliases"] == {"champion": 1}


def test_what_a_killed_server_has_acknowledged_is_there(team, work):
    from forebear.client.remotes import connect_remote
    from forebear.core.events import GapNoticed, encode

    with serving(team) as (process, url):
        remote = connect_remote(url)
        acknowledged = 0
        for batch in range(20):
            bodies = [encode(GapNoticed(run="r", what=f"{batch}.{n}")) for n in range(50)]
            acknowledged += remote.receive(bodies).accepted
        process.kill()
        process.wait()
        remote.close()
    verified = json.loads(forebear("verify", "--store", str(team), "--json").stdout)
    assert verified["well"]
    assert verified["events"] == acknowledged == 1000


def test_an_address_that_is_taken_is_said(team, work):
    with serving(team) as (_, url):
        done = forebear("serve", "--port", url.rpartition(":")[2], "--store", str(team))
        assert (done.returncode, done.stdout) == (2, "")
        assert "Cannot listen" in done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_nobody_is_served_to_strangers_by_mistake(team, host):
    done = forebear("serve", "--host", host, "--access", "single", "--store", str(team))
    assert done.returncode == 2
    assert "can be reached from other machines" in done.stderr
    assert sys.executable not in done.stderr
