"""Secrets in all places where programs have them: none is in anything that is kept or told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLANTED = {
    "argument": "Tr0ub4dor-argument",
    "setting": "Tr0ub4dor-setting",
    "variable": "Tr0ub4dor-variable",
    "address": "Tr0ub4dor-address",
    "database": "Tr0ub4dor-database",
    "code": "Tr0ub4dor-code",
    "provider": "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "difference": "Tr0ub4dor-difference",
    "parameter": "Tr0ub4dor-parameter",
    "error": "Tr0ub4dor-error",
    "reason": "Tr0ub4dor-reason",
}
SCRIPT = """
import sys
import forebear as fb
import pandas as pd
from sklearn.linear_model import LinearRegression

API_KEY = "{code}"
token = "{provider}"
database = "postgresql://user:{database}@db.example/prod"
frame = pd.DataFrame({{"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]}})
frame.to_csv("data.csv", index=False)
try:
    pd.read_csv("https://user:{address}@127.0.0.1:9/data.csv")
except OSError:
    pass
frame = pd.read_csv("data.csv")
model = LinearRegression().fit(frame[["x"]], frame["y"])
fb.log_params({{"db": {{"password": "{parameter}"}}, "depth": 4}})
raise ValueError("cannot log in: password={error}")
"""


def forebear(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "forebear", *words],
        cwd=folder,
        env={**os.environ, "SERVICE_PASSWORD": PLANTED["variable"], "FOREBEAR_DEBUG": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=Tester", "-c", "user.email=tester@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A project whose run has been recorded, and all that the commands have printed."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "settings.py").write_text("DEPTH = 4\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    address = f"https://user:{PLANTED['address']}@git.example/project.git"
    git(folder, "remote", "add", "origin", address)
    (folder / "settings.py").write_text(f'DEPTH = 4\npassword = "{PLANTED["difference"]}"\n')
    (folder / "train.py").write_text(SCRIPT.format(**PLANTED))
    forebear(folder, "init")
    secrets = ("--password", PLANTED["argument"], f"db.password={PLANTED['setting']}")
    for _ in range(2):  # the usual way, and the one that sets up
        forebear(folder, "run", "train.py", *secrets)
    told = forebear(folder, "log") + forebear(folder, "runs", "--json")
    models = forebear(folder, "models")
    name, why = "linear-regression", f"password={PLANTED['reason']}"
    told += models + forebear(folder, "trace", name, "--json") + forebear(folder, "show", name)
    told += forebear(folder, "alias", name, "champion", "1", "--why", why)
    told += forebear(folder, "verify") + forebear(folder, "export", "--events", "events.tar")
    assert "train.py" in told
    return folder, told


def test_the_commands_tell_none(recorded: tuple[Path, str]) -> None:
    _, told = recorded
    assert [name for name, secret in PLANTED.items() if secret in told] == []


def test_nothing_that_is_kept_holds_one(recorded: tuple[Path, str]) -> None:
    folder, _ = recorded
    kept = [path for path in (folder / ".forebear").rglob("*") if path.is_file()]
    exported = [path for path in folder.iterdir() if path.name.startswith("events")]
    assert len(kept) > 5
    assert exported
    found = [
        (path.name, name)
        for path in kept + exported
        for name, secret in PLANTED.items()
        if secret.encode() in path.read_bytes()
    ]
    assert found == []
