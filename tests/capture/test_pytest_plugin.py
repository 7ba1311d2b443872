"""`pytest --forebear`: a session of tests is a run; without the option nothing is loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FOREBEAR = [sys.executable, "-m", "forebear"]


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    (tmp_path / "in.csv").write_text("a,y\n" + "".join(f"{n},{n % 2}\n" for n in range(20)))
    (tmp_path / "test_model.py").write_text(
        "import joblib, pandas as pd, pytest, sys\n"
        "from sklearn.linear_model import LogisticRegression\n"
        "@pytest.fixture(scope='module')\n"
        "def model():\n"
        "    frame = pd.read_csv('in.csv')\n"
        "    return LogisticRegression().fit(frame[['a']], frame['y'])\n"
        "def test_nothing(): assert 1 + 1 == 2\n"
        "def test_trained(model): joblib.dump(model, 'model.joblib')\n"
        "def test_good(model):\n"
        "    frame = pd.read_csv('in.csv')\n"
        "    assert model.score(frame[['a']], frame['y']) > 2\n"
    )
    return tmp_path


def pytest_on(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin(), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def plugin() -> list[str]:
    """Name the plugin where the installation is older than its entry point."""
    from importlib.metadata import entry_points

    known = any(point.name == "forebear" for point in entry_points(group="pytest11"))
    return [] if known else ["-p", "forebear.capture.pytest_plugin"]


def answer(*words: str) -> Any:
    done = subprocess.run(
        [*FOREBEAR, *words, "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_session_is_a_run_and_tests_that_matter_are_inside(work: Path) -> None:
    plain, recorded = pytest_on(), pytest_on("--forebear")
    assert (plain.returncode, recorded.returncode) == (1, 1)
    assert "1 failed, 2 passed" in recorded.stdout
    (run,) = answer("log")["runs"]
    assert (run["kind"], run["name"], run["status"]) == ("evaluate", "pytest", "failed")
    inside = {s["name"]: s["status"] for s in answer("show", f"run:{run['id']}")["steps"]}
    assert inside == {
        "test_model.py::test_trained": "finished",
        "test_model.py::test_good": "failed",
    }
    labels = {node.get("label") for node in answer("trace", "model.joblib")["nodes"]}
    assert {"in.csv", "model.joblib"} <= labels


def test_without_the_option_nothing_is_recorded_or_imported(work: Path) -> None:
    (work / "test_model.py").write_text(
        "import sys\n"
        "def test_imports():\n"
        "    ours = {name for name in sys.modules if name.startswith('forebear')}\n"
        "    assert ours == {'forebear', 'forebear.capture', 'forebear.capture.pytest_plugin'}\n"
        "    assert 'msgspec' not in sys.modules\n"
    )
    assert pytest_on().returncode == 0
    assert not (work / ".forebear").exists()
