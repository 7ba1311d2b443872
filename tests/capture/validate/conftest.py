"""A small model and its data, where nothing was recorded of their making."""

from __future__ import annotations

import json
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from forebear.cli import main


def people(n: int, seed: int) -> pd.DataFrame:
    """People of whom the young women are harder to judge than all others."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": random.integers(18, 80, n),
            "hours": random.normal(40, 10, n).round(5),
            "sex": random.choice(["Female", "Male"], n, p=[0.4, 0.6]),
            "race": random.choice(["A", "B", "C"], n, p=[0.7, 0.28, 0.02]),
        }
    )
    odds = 0.15 * (frame.age - 45) + np.where(frame.sex == "Male", 1.0, -0.2)
    hard = (frame.sex == "Female") & (frame.age < 30)
    frame["income"] = np.where(
        random.random(n) < 1 / (1 + np.exp(-np.where(hard, 0.0, odds))), ">50K", "<=50K"
    )
    return frame


FEATURES = ["age", "hours", "sex", "race"]


def trained(frame: pd.DataFrame, columns: list[str] = FEATURES):
    text = [name for name in columns if name in {"sex", "race"}]
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), text), remainder="passthrough"
    )
    return make_pipeline(encode, LogisticRegression(max_iter=2000)).fit(
        frame[columns], frame["income"]
    )


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    train, test = people(1500, 1), people(800, 2)
    train.to_csv(folder / "train.csv", index=False)
    test.to_csv(folder / "test.csv", index=False)
    joblib.dump(trained(train), folder / "good.joblib")
    joblib.dump(trained(train, ["hours", "race"]), folder / "poor.joblib")
    return folder


@pytest.fixture
def folder(made, tmp_path, monkeypatch):
    """A folder of its own with the files, and an empty store."""
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    for file in made.iterdir():
        (tmp_path / file.name).hardlink_to(file)
    main(["init"])
    return tmp_path


@pytest.fixture
def run(folder, capsys):
    """Runs a command and returns its exit code, its output and its complaints."""
    capsys.readouterr()

    def run(*words: str) -> tuple[int, str, str]:
        code = main(list(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def answered(run):
    """Runs a command with --json and returns its exit code and the answer."""

    def answered(*words: str):
        code, out, err = run(*words, "--json")
        assert out, err
        return code, json.loads(out)

    return answered
