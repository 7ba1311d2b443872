"""Functions, objects and closures of one module are models of their own; what fails is said."""

from __future__ import annotations

import sys

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.multioutput import MultiOutputClassifier

import forebear as fb
from forebear.core.errors import InvalidInput, ModelFailed

TEST = ["--on", "test.csv", "--target", "income"]
MODULE = """
import numpy as np

def rich(frame):
    return [">50K"] * len(frame)

def poor(frame):
    return ["<=50K"] * len(frame)

class ByAge:
    def __init__(self, age):
        self.age = age

    def predict(self, frame):
        return np.where(frame["age"] > self.age, ">50K", "<=50K")

def above(age):
    return lambda frame: np.where(frame["age"] > age, ">50K", "<=50K")

by_age, closure = ByAge(45), above(45)

def leaves(frame):
    raise SystemExit(3)

def unsure(frame):
    return [{"prediction": ">50K", "proba_>50K": 0.7, "proba_<=50K": 0.7}] * len(frame)

def several(frame):
    return np.ones((len(frame), 3))

def odd(frame):
    return ["rich"] * 3 + [">50K"] * (len(frame) - 3)
"""


@pytest.fixture
def module(folder, monkeypatch):
    monkeypatch.delitem(sys.modules, "deciders", raising=False)
    (folder / "deciders.py").write_text(MODULE)


def test_each_function_is_a_model_of_its_own(module, answered):
    found = [answered("validate", f"deciders:{name}", *TEST)[1] for name in ("rich", "poor")]
    assert found[0]["model"] != found[1]["model"]
    assert found[1]["title"] == "deciders:poor"
    code, said = answered("compare", "deciders:poor", "deciders:by_age", *TEST)
    one = said["validation"]["comparisons"][0]
    assert (code, one["title"], one["verdict"]) == (0, "deciders:poor", "better")


def test_objects_with_predict_and_closures_are_given_frames(module, answered):
    found = [answered("validate", f"deciders:{name}", *TEST)[1] for name in ("by_age", "closure")]
    assert (
        found[0]["validation"]["metrics"]["accuracy"]
        == (found[1]["validation"]["metrics"]["accuracy"])
    )


def test_a_function_that_has_a_name_is_asked_while_it_is_the_same(module, folder, run, answered):
    assert run("register", "deciders:by_age", "elders")[0] == 0
    assert answered("validate", "elders:1", *TEST)[0] == 0
    (folder / "deciders.py").write_text(MODULE + "\n# changed\n")
    code, _, err = run("validate", "elders:1", *TEST)
    assert code == 2
    assert "Module deciders is no longer what elders:1 was recorded from." in err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ByAge", "deciders:ByAge is a class, and no model yet."),
        ("leaves", "could not predict (SystemExit: 3)."),
        ("several", "returned several values as the prediction for row 0"),
    ],
)
def test_what_cannot_be_asked_is_told_in_a_sentence(module, run, name, said):
    code, _, err = run("validate", f"deciders:{name}", *TEST)
    assert code == 2
    assert said in err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("unsure", "are taken for no probabilities: those of row 0 add up to 1.4"),
        ("odd", "says rich for 3 rows, which income never is"),
    ],
)
def test_what_a_reader_must_know_is_noted(module, answered, name, said):
    _, found = answered("validate", f"deciders:{name}", *TEST)
    assert any(said in note for note in found["validation"]["notes"])


def test_commands_that_cannot_be_read_or_are_killed(run):
    for command, said in [("'open", "no closing quotation"), ("sh -c 'kill -9 $$'", "SIGKILL")]:
        code, _, err = run("validate", "good.joblib", *TEST, "--command", command)
        assert code == 2
        assert said in err


def test_one_value_a_row_is_compared_at_a_time(folder):
    rows = np.random.default_rng(0).normal(size=(60, 3))
    many = (rows > 0).astype(int)
    both = MultiOutputClassifier(LogisticRegression()).fit(rows, many)
    one = LogisticRegression().fit(rows, many[:, 0])
    with fb.run("compared"):
        with pytest.raises(ModelFailed, match="gives 3 values a row; one is compared at a time"):
            fb.validate(both, rows, many[:, 0])
        with pytest.raises(InvalidInput, match="are one value a row, and not 2-dimensional"):
            fb.validate(one, rows, many)
        with pytest.raises(InvalidInput, match="are one value a row, and not 0-dimensional"):
            fb.validate(one, rows, many[:, 0], weight=3)
        found = fb.validate(one, rows, many[:, 0])
    assert not any("order of the data" in note for note in found.validation.notes)


def test_columns_that_were_given_in_their_order_are_told(folder, answered):
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 2)), columns=["a", "b"])
    frame["y"] = (frame.a > 0).astype(int)
    frame.to_csv("rows.csv", index=False)
    joblib.dump(LogisticRegression().fit(frame[["a", "b"]].to_numpy(), frame.y), "plain.joblib")
    words = ("validate", "plain.joblib", "--on", "rows.csv", "--target", "y")
    told = "it knows no names of columns, so it was given them in the order of the data"
    assert told in answered(*words)[1]["validation"]["notes"]
    assert told not in answered(*words, "--features", "a,b")[1]["validation"]["notes"]


def test_one_chance_a_row_is_that_of_1(folder, answered):
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"x": random.normal(size=200)})
    frame["y"] = (frame.x + random.normal(size=200) > 0).astype(int)
    frame.to_csv("rows.csv", index=False)
    (folder / "chances.py").write_text(
        "import numpy as np\ndef predict(frame):\n    return 1 / (1 + np.exp(-frame['x']))\n"
    )
    words = ("validate", "chances.py", "--on", "rows.csv", "--target", "y")
    found = answered(*words, "--probe", "noise")[1]["validation"]
    assert found["task"] == "classification"
    assert found["metrics"]["roc_auc"]["value"] == pytest.approx(roc_auc_score(frame.y, frame.x))
    assert found["metrics"]["accuracy"]["value"] == ((frame.x >= 0) == frame.y).mean()
    assert found["probes"][0]["changed"] < 0.2
    assert answered(*words, "--task", "regression")[1]["validation"]["task"] == "regression"
