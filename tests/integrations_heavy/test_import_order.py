"""A library is followed whether it was imported before recording began or after."""

import importlib.util
import subprocess
import sys

import pytest

from .boosters import write_data

READ = """
import pandas as pd
frame = pd.read_csv("train.csv")
X, y = frame[["a", "b", "c"]], frame["y"]
"""
JOBS = {
    "xgboost": (
        "from xgboost import DMatrix, train",
        "train({}, DMatrix(X, y), 2).save_model('out.ubj')",
        "out.ubj",
    ),
    "lightgbm": (
        "from lightgbm import Dataset, train",
        "train({'verbose': -1}, Dataset(X, y), 2).save_model('out.txt')",
        "out.txt",
    ),
    "catboost": (
        "from catboost import CatBoostClassifier",
        "CatBoostClassifier(iterations=2, verbose=0, allow_writing_files=False)"
        ".fit(X, y).save_model('out.cbm')",
        "out.cbm",
    ),
    "statsmodels": (
        "from statsmodels.formula.api import ols",
        "ols('y ~ a', data=frame).fit().save('out.pickle')",
        "out.pickle",
    ),
    "matplotlib": (
        "import matplotlib; matplotlib.use('Agg'); import matplotlib.pyplot as plt",
        "plt.plot(frame['a']); plt.savefig('out.png')",
        "out.png",
    ),
}


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("library", JOBS)
def test_the_order_of_imports_does_not_matter(tmp_path, library, late):
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    write_data(tmp_path)
    load, job, saved = JOBS[library]
    begin = "import forebear as fb; fb.autolog()"
    lines = [begin, load] if late else [load, begin]
    (tmp_path / "job.py").write_text("\n".join([*lines, READ, job]))
    done = subprocess.run(
        [sys.executable, "job.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    shown = subprocess.run(
        [sys.executable, "-m", "forebear", "trace", saved],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "train.csv" in shown.stdout, shown.stdout + shown.stderr
    assert "inferred" not in shown.stdout, shown.stdout
