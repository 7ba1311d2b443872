"""What is recorded of scripts is their true lineage, as far as a user can ask for it.

A dozen of the cases, over all kinds of leaks and of data; `make bench-capture` has all of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.agreement import PARTS, agreement, files_in
from corpus.running import run
from corpus.truth import cases
from forebear.client.client import connect
from forebear.client.locate import init_store

CASES = """
01_churn_basic 03_shop_join 12_sensor_random_split 14_scaler_before_split 16_target_encoding
19_repeated_export 21_best_on_test 22_answer_as_feature 24_patients_by_group 27_polars_eager
37_fails_halfway 57_scaled_together
""".split()
BY_NAME = {case.name: case for case in cases()}
ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "FOREBEAR_STORE": ""}


@pytest.mark.parametrize("name", CASES)
def test_the_record_says_what_is_true_and_nothing_else(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = BY_NAME[name]
    for variable, value in ALONE.items():
        monkeypatch.setenv(variable, value)
    plain, recorded = tmp_path / "plain", tmp_path / "recorded"
    for folder in (plain, recorded):
        folder.mkdir()
        case.truth.make(folder)
    inputs = files_in(recorded)
    for folder in (plain, recorded):
        case.copy(folder)
    for command in case.truth.commands:
        script, *arguments = command.split()
        code, output, _ = run(script, arguments, plain)
        done = subprocess.run(
            [sys.executable, "-m", "forebear", "run", "--quiet", script, *arguments],
            cwd=recorded,
            env=dict(os.environ),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (code, output), done.stderr
    with connect(start=recorded) as client:
        found = agreement(case, recorded, client, inputs)
    assert found.differences == []
    assert all(getattr(found, part).full for part in PARTS)
    assert found.edges.right or found.rows.right


def test_what_was_never_recorded_counts_as_missing(tmp_path: Path) -> None:
    case = BY_NAME["01_churn_basic"]
    case.truth.make(tmp_path)
    inputs = files_in(tmp_path)
    store = init_store(tmp_path / ".forebear")
    with connect(str(store)) as client:
        found = agreement(case, tmp_path, client, inputs)
    assert found.edges.told == found.columns.told == found.rows.told == 0
    assert (found.edges.expected, found.columns.expected, found.rows.expected) == (1, 7, 2)
    assert len(found.differences) == 2  # the edge, and the model
