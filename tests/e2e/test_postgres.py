"""From `forebear run` to a reproduction, with the store in PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from forebear.client.locate import locate
from forebear.client.spool import spools_of

PASSWORD = "zq-password-zq"
TRAIN = """
import joblib, pandas as pd
from sklearn.ensemble import RandomForestClassifier

data = pd.read_csv("raw.csv")
X, y = data.drop(columns="label"), data["label"]
model = RandomForestClassifier(n_estimators=5, random_state=1).fit(X, y)
joblib.dump(model, "churn.joblib")
"""
PREPARE = """
import pandas as pd
pd.read_csv("raw.csv").head(50).to_csv("clean.csv")
"""
LOOP = """
import forebear as fb
for step in range(1000):
    fb.log_metrics({"loss": 1 / (step + 1)}, step=step)
fb.use("data:clean")
"""


@pytest.fixture
def address(postgres: str) -> str:
    """The database under an address with a password, which no server of ours asks for."""
    scheme, _, rest = postgres.partition("://")
    user, _, host = rest.partition("@")
    return f"{scheme}://{user.partition(':')[0]}:{PASSWORD}@{host}"


@pytest.fixture
def work(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    import numpy as np
    import pandas as pd

    monkeypatch.setenv("FOREBEAR_STORE", address)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("FOREBEAR_BLOBS", raising=False)
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(100, 3)), columns=list("abc"))
    frame["label"] = (frame["a"] > 0).astype(int)
    frame.to_csv("raw.csv", index=False)
    Path("train.py").write_text(TRAIN)
    Path("prepare.py").write_text(PREPARE)
    Path("loop.py").write_text(LOOP)
    return folder


def forebear(*words: str, code: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "forebear", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **more},
    )
    assert done.returncode == code, done.stderr
    return done


def body(*words: str) -> dict:
    return dict(json.loads(forebear(*words, "--json").stdout))


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_the_whole_way(work: Path) -> None:
    done = forebear("run", "train.py")
    assert "recorded run:" in done.stderr
    assert not (work / ".forebear").exists()
    told = body("trace", "churn")
    assert {"model", "data"} <= {node["kind"] for node in told["nodes"]}
    companion = locate().folder
    assert spools_of(companion / "spool") == []
    assert body("verify")["well"]
    found = body("reproduce", "churn:1", "--env", "current")
    assert found["verdict"] == "bitwise"
    forebear("alias", "churn", "champion", "1", "--expect", "0")
    refused = forebear("alias", "churn", "champion", "1", "--expect", "7", code=2)
    assert "points to version 1, not to version 7" in refused.stderr
    everything = written(work.parent)
    assert PASSWORD.encode() not in everything
    assert not (companion / "ledger.db").exists()


def test_the_address_may_be_said_by_an_option(work: Path, address: str) -> None:
    elsewhere = {"FOREBEAR_STORE": ""}
    forebear("run", "--store", address, "prepare.py", **elsewhere)
    forebear("name", "--store", address, "clean.csv", "clean", **elsewhere)
    done = forebear("run", "--store", address, "loop.py", **elsewhere)
    assert "Not recorded" not in done.stderr
    told = forebear("impact", "--store", address, "raw.csv", "--json", **elsewhere).stdout
    assert "loop.py" in {node["name"] for node in json.loads(told)["nodes"]}
    assert not (work / ".forebear").exists()
    assert PASSWORD.encode() not in written(work.parent)


def test_a_server_that_is_away_stops_questions_and_no_recording(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = f"postgresql://user:{PASSWORD}@127.0.0.1:1/lineage"
    monkeypatch.setenv("FOREBEAR_STORE", away)
    done = forebear("run", "prepare.py")
    assert "recorded run:" in done.stderr
    folder = locate().folder
    assert len(spools_of(folder / "spool")) >= 1
    asked = forebear("models", code=2)
    assert asked.stdout == ""
    error, hint = asked.stderr.splitlines()
    assert error.startswith("error: The store at postgresql://user@127.0.0.1:1/lineage cannot be")
    assert hint.startswith("hint: Recording goes on")
    assert PASSWORD not in asked.stderr


def test_what_waited_for_the_server_is_taken_in_when_it_is_back(
    work: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOREBEAR_STORE", "postgresql://user@127.0.0.1:1/lineage")
    forebear("run", "prepare.py")
    waiting = locate().folder
    monkeypatch.setenv("FOREBEAR_STORE", address)
    (config := waiting / "config.toml").write_text(
        config.read_text().replace("postgresql://user@127.0.0.1:1/lineage", str(locate()))
    )
    assert len(body("log", "--store", str(waiting))["runs"]) == 1


def test_init_says_where_things_are(work: Path, address: str) -> None:
    said = forebear("init", "--store", address).stdout
    assert "The store is at postgresql://" in said
    assert PASSWORD not in said
    assert body("models")["models"] == []


def test_two_machines_share_kept_bytes(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOREBEAR_BLOBS", str(work.parent / "shared"))
    forebear("run", "prepare.py")
    assert body("log")["runs"]
    monkeypatch.setenv("XDG_DATA_HOME", str(work.parent / "another"))
    forebear("run", "loop.py")
    answer = body("verify")
    assert answer["well"], answer["faults"]
    assert answer["blobs"] > 3
