"""Pipelines of several commands are chained by the content of the files between them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from forebear.capture.watching.strace import find_strace

FOREBEAR = [sys.executable, "-m", "forebear"]
RUN = f"{sys.executable} -m forebear run --quiet"
followed = pytest.mark.skipif(find_strace() is None, reason="strace may not follow programs here")
made = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    rows = [f"{n % 10},{(n * 7 % 11) / 11},{int(n * 3 % 7 > 3)}" for n in range(60)]
    (tmp_path / "raw.csv").write_text("\n".join(["a,b,y", *rows]) + "\n")
    (tmp_path / "clean.py").write_text(
        "import pandas as pd\n"
        "frame = pd.read_csv('raw.csv')\n"
        "frame[frame.a > 2].to_csv('clean.csv', index=False)\n"
    )
    (tmp_path / "train.py").write_text(
        "import joblib, pandas as pd\n"
        "from sklearn.linear_model import LogisticRegression\n"
        "frame = pd.read_csv('sorted.csv', names=['a', 'b', 'y'])\n"
        "model = LogisticRegression().fit(frame[['a', 'b']], frame['y'])\n"
        "joblib.dump(model, 'model.joblib')\n"
    )
    return tmp_path


def answer(*words: str) -> Any:
    done = subprocess.run(
        [*FOREBEAR, *words, "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def labels(trace: Any) -> set[str]:
    return {node.get("label") or node.get("name") for node in trace["nodes"]}


MAKEFILE = """
model.joblib: sorted.csv train.py
\t{run} train.py
sorted.csv: clean.csv
\t{run} {watch} -- sh -c 'tail -n +2 clean.csv | sort > sorted.csv'
clean.csv: raw.csv clean.py
\t{run} clean.py
"""
DECLARED = "--no-watch --in clean.csv --out sorted.csv"


@made
@pytest.mark.parametrize(
    ("watch", "evidence"),
    [pytest.param("", {"observed"}, marks=followed), (DECLARED, {"observed", "declared"})],
)
def test_make_runs_three_stages_and_the_model_is_traced_to_the_first(
    work: Path, watch: str, evidence: set[str]
) -> None:
    (work / "Makefile").write_text(MAKEFILE.format(run=RUN, watch=watch))
    subprocess.run(["make", "-s"], check=True, capture_output=True)
    trace = answer("trace", "model.joblib")
    assert {"raw.csv", "clean.csv", "sorted.csv", "model.joblib"} <= labels(trace)
    assert {edge["evidence"] for edge in trace["edges"]} == evidence
    assert len(answer("log")["runs"]) == 3
    assert "model.joblib" in labels(answer("impact", "raw.csv"))
    before = len(answer("log")["runs"])
    subprocess.run(["make", "-s"], check=True, capture_output=True)
    assert len(answer("log")["runs"]) == before


@made
@followed
def test_a_whole_pipeline_may_be_one_run(work: Path) -> None:
    (work / "Makefile").write_text(MAKEFILE.format(run=sys.executable, watch="").replace(
        f"{sys.executable}  -- sh -c", "sh -c"))  # fmt: skip
    subprocess.run([*FOREBEAR, "run", "--", "make", "-s"], check=True, capture_output=True)
    (run,) = answer("log")["runs"]
    inside = {step["name"]: step for step in answer("show", f"run:{run['id']}")["steps"]}
    assert {"clean.py", "train.py"} <= inside.keys()
    assert {"raw.csv", "sorted.csv"} <= labels(answer("trace", "model.joblib"))


@followed
def test_stages_in_the_manner_of_dvc_are_chained_by_content(work: Path) -> None:
    (work / "pipeline.json").write_text(
        json.dumps(
            [
                {"cmd": f"{sys.executable} clean.py", "outs": ["clean.csv"]},
                {"cmd": "tail -n +2 clean.csv | sort > sorted.csv", "outs": ["sorted.csv"]},
                {"cmd": f"{sys.executable} train.py", "outs": ["model.joblib"]},
            ]
        )
    )
    cache = work / "cache"
    cache.mkdir()
    for stage in json.loads((work / "pipeline.json").read_text()):
        subprocess.run([*FOREBEAR, "run", "--quiet", "--", "sh", "-c", stage["cmd"]], check=True)
        for out in stage["outs"]:
            # As DVC does it: the content moves into a cache, a link stands in its place.
            (work / out).rename(cache / out)
            (work / out).symlink_to(cache / out)
    assert {"raw.csv", "clean.csv", "sorted.csv"} <= labels(answer("trace", "model.joblib"))
