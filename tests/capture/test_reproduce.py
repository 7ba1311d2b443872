"""The verdict of a reproduction, on programs that deserve each of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from command import FOREBEAR, forebear

TRAIN = """
import joblib, numpy as np, pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

data = pd.read_csv("data/raw.csv")
X, y = data.drop(columns="label"), data["label"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = {model}
model.fit(X_train, y_train)
{after}
print(f1_score(y_test, model.predict(X_test)))
joblib.dump(model, "churn.joblib")
"""
SEEDED = "RandomForestClassifier(n_estimators=5, random_state=1)"


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import numpy as np
    import pandas as pd

    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    folder = tmp_path / "project"
    (folder / "data").mkdir(parents=True)
    monkeypatch.chdir(folder)
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(300, 4)), columns=list("abcd"))
    frame["label"] = (frame["a"] + random.normal(size=300) > 0).astype(int)
    frame.to_csv("data/raw.csv", index=False)
    return folder


def record(model: str, after: str = "") -> None:
    Path("train.py").write_text(TRAIN.format(model=model, after=after))
    done = forebear("run", "train.py")
    assert done.returncode == 0, done.stderr


def verdict(ref: str = "churn:1", *more: str) -> dict[str, Any]:
    done = forebear("reproduce", ref, "--env", "current", "--json", *more)
    assert done.returncode in (0, 1), done.stderr
    found = dict(json.loads(done.stdout))
    assert (done.returncode == 1) == (found["verdict"] == "refuted")
    return found


def test_a_seeded_program_is_bitwise_and_its_links_become_verified(work: Path) -> None:
    record(SEEDED)
    before = sorted(p.name for p in work.iterdir())
    found = verdict()
    assert found["verdict"] == "bitwise"
    assert sorted(p.name for p in work.iterdir()) == before
    shown = json.loads(forebear("trace", "churn:1", "--evidence", "verified", "--json").stdout)
    assert any(edge["evidence"] == "verified" for edge in shown["edges"])
    assert "bitwise" in forebear("show", "churn:1").stdout


def test_the_original_files_are_not_needed(work: Path) -> None:
    record(SEEDED)
    for path in ("train.py", "data/raw.csv", "churn.joblib"):
        Path(path).unlink()
    assert verdict()["verdict"] == "bitwise"


def test_an_unseeded_program_is_refuted_with_its_reason(work: Path) -> None:
    record("RandomForestClassifier(n_estimators=3, max_depth=2)")
    found = verdict()
    assert found["verdict"] == "refuted"
    assert "predictions differ" in found["reason"]
    assert "RandomForestClassifier.fit at train.py" in found["reason"]
    assert "without a seed" in found["reason"]


def test_rounding_is_numerical_and_labels_are_a_decision(work: Path) -> None:
    nudge = "model.coef_ = model.coef_ * (1 + 1e-12 * np.random.rand())\n"
    record("LogisticRegression()", nudge + "model.predict_proba(X_test)")
    assert verdict()["verdict"] == "numerical"
    Path("train.py").write_text(Path("train.py").read_text().replace("1e-12", "1e-4"))
    assert forebear("run", "train.py").returncode == 0
    found = verdict("churn:2")
    assert found["verdict"] == "decision"
    assert "labels are the same" in found["reason"]


def test_data_that_was_not_kept_and_changed_is_named(work: Path) -> None:
    forebear("init")
    Path(".forebear/config.toml").write_text('[capture]\nkeep_data_below = "0"\n')
    record(SEEDED)
    assert verdict()["verdict"] == "bitwise"
    with Path("data/raw.csv").open("a") as file:
        file.write("1,2,3,4,1\n")
    found = verdict()
    assert found["verdict"] == "refuted"
    assert "raw.csv has changed" in found["reason"]
    Path("data/raw.csv").unlink()
    assert "raw.csv is gone" in verdict()["reason"]


def test_a_second_run_that_breaks_says_how(work: Path) -> None:
    record(SEEDED, "import os; assert not os.path.exists('marker'), 'marker is there'")
    Path(".forebear/marker").touch()
    code = Path("train.py").read_text()
    Path("train.py").write_text(
        code.replace(
            "import joblib",
            "import os, sys, joblib\nif 'tree' in os.getcwd(): sys.exit(3)\nimport joblib",
            1,
        )
    )
    assert forebear("run", "train.py").returncode == 0
    found = verdict(json.loads(forebear("log", "--json").stdout)["runs"][0]["id"])
    assert found["verdict"] == "refuted"
    assert "exit code 3" in found["reason"]


def test_what_a_shell_starts_is_of_the_same_environment(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (work / "train.py").write_text(TRAIN.format(model=SEEDED, after=""))
    (work / "all.sh").write_text("python train.py\n")
    other = work / "elsewhere"
    other.mkdir()
    (other / "python").write_text("#!/bin/sh\necho 'ModuleNotFoundError: no pandas' >&2\nexit 3\n")
    (other / "python").chmod(0o755)
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{path}")
    done = forebear("run", "--", "sh", "all.sh")
    assert done.returncode == 0, done.stderr
    monkeypatch.setenv("PATH", f"{other}:{path}")
    found = verdict()
    assert found["verdict"] == "bitwise"
    assert not found["details"]["differences"]


def test_a_second_run_that_gives_no_reason_is_told_by_what_it_printed(work: Path) -> None:
    (work / "train.py").write_text(TRAIN.format(model=SEEDED, after=""))
    (work / "all.sh").write_text(
        f"test -e {work}/broken && echo 'DiskError: no more room' && exit 3\n"
        f"{sys.executable} train.py\n"
    )
    done = forebear("run", "--", "sh", "all.sh")
    assert done.returncode == 0, done.stderr
    (work / "broken").touch()
    assert "exit code 3 (DiskError: no more room)" in verdict()["reason"]


@pytest.mark.skipif(sys.platform != "linux", reason="children are looked for in /proc")
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_who_ends_it_leaves_no_verdict_and_no_folder(
    work: Path, tmp_path: Path, sent: signal.Signals
) -> None:
    # Only the first run ends by itself.
    Path("slow.py").write_text(
        "import os, time\n"
        "open('out.csv', 'w').write('a')\n"
        "while not os.environ.get('FIRST'): time.sleep(0.1)\n"
    )
    assert forebear("run", "slow.py", env=os.environ | {"FIRST": "1"}).returncode == 0
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with subprocess.Popen(
        [*FOREBEAR, "reproduce", "out.csv", "--env", "current"],
        env=os.environ | {"TMPDIR": str(scratch)},
        start_new_session=True,
    ) as again:
        children = Path(f"/proc/{again.pid}/task/{again.pid}/children")
        until = time.monotonic() + 60
        while not any("slow.py" in told(child) for child in children.read_text().split()):
            assert again.poll() is None
            assert time.monotonic() < until, "the program was not started again"
            time.sleep(0.05)
        assert list(scratch.glob("forebear-reproduce-*"))
        os.killpg(again.pid, sent) if sent == signal.SIGINT else again.terminate()
        assert again.wait(60) == 130
    assert not list(scratch.glob("forebear-reproduce-*"))
    assert "reproduced" not in forebear("show", "out.csv").stdout.lower()


def told(process: str) -> str:
    """Return the command line of a process."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""


def test_writing_outside_is_refused(work: Path) -> None:
    outside = work.parent / "outside.txt"
    record(SEEDED, f"open({str(outside)!r}, 'w').write('x')")
    outside.write_text("precious")
    found = verdict()
    assert found["verdict"] == "refuted"
    assert "does not let the program write" in found["reason"]
    assert outside.read_text() == "precious"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux confines native code")
def test_native_code_cannot_write_outside_either(work: Path) -> None:
    outside = work.parent / "outside.parquet"
    write = f"pq.write_table(pa.table({{'a': [1]}}), {str(outside)!r})"
    record(SEEDED, f"import pyarrow.parquet as pq, pyarrow as pa\n{write}")
    outside.write_text("precious")
    found = verdict()
    assert found["verdict"] == "refuted"
    assert outside.read_text() == "precious"


def test_secrets_on_the_command_line_stop_it_clearly(work: Path) -> None:
    Path("train.py").write_text(TRAIN.format(model=SEEDED, after=""))
    assert forebear("run", "train.py", "--password", "hunter2hunter").returncode == 0
    done = forebear("reproduce", "churn:1", "--env", "current")
    assert done.returncode == 2
    assert "secret" in done.stderr


def test_what_no_run_made_cannot_be_reproduced(work: Path) -> None:
    record(SEEDED)
    done = forebear("reproduce", "data/raw.csv", "--env", "current")
    assert done.returncode == 2
    assert "nothing to run again" in done.stderr


def test_the_rebuilt_environment_is_isolated(work: Path) -> None:
    Path("job.py").write_text(
        "import sys, msgspec\nopen('prefix.txt', 'w').write('same')\nprint(sys.prefix)\n"
    )
    assert forebear("run", "job.py").returncode == 0
    done = forebear("reproduce", "prefix.txt", "--keep", "--json")
    found = json.loads(done.stdout)
    assert (found["verdict"], found["environment"]) == ("bitwise", "rebuilt")
    output = (Path(found["workshop"]) / "output.txt").read_text()
    assert output.strip() == str(Path(found["workshop"]) / "environment")
