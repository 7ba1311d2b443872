import pickle
import subprocess
import sys
from pathlib import Path

import cloudpickle
import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.preprocessing import StandardScaler

from .recording import recording


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.normal(size=(40, 2)), np.array([0, 1] * 20)


def trained():
    X, y = make_blobs(60, centers=2, random_state=0)
    return X, LogisticRegression().fit(X, y)


def save_joblib(model, path):
    joblib.dump(model, path)


def save_open(model, path):
    with open(path, "wb") as file:
        pickle.dump(model, file)


def save_bytes(model, path):
    Path(path).write_bytes(pickle.dumps(model))


def save_cloudpickle(model, path):
    with open(path, "wb") as file:
        cloudpickle.dump(model, file)


def load_joblib(path):
    return joblib.load(path)


def load_open(path):
    with open(path, "rb") as file:
        return pickle.load(file)


def load_bytes(path):
    return pickle.loads(Path(path).read_bytes())


@pytest.mark.parametrize("save", [save_joblib, save_open, save_bytes, save_cloudpickle])
def test_a_saved_model_is_exported_from_the_trained_one(tmp_path, save):
    with recording(tmp_path) as record:
        _, model = trained()
        save(model, "model.pkl")
    (export,) = record.derived
    fit = record.step("LogisticRegression.fit")
    assert (export.source, export.relation) == (fit.generated[0].artifact, "export")
    assert export.evidence == "observed"
    file = record.artifacts[export.target]
    assert (file.kind, file.label) == ("model", "model.pkl")
    assert file.weights == record.artifacts[export.source].weights
    assert file.attrs["estimator"] == "sklearn.linear_model.LogisticRegression"
    assert file.size == (tmp_path / "model.pkl").stat().st_size
    assert record.gaps == []


@pytest.mark.parametrize(
    ("save", "load"),
    [(save_joblib, load_joblib), (save_open, load_open), (save_bytes, load_bytes)],
)
def test_a_loaded_model_is_its_file(tmp_path, data, save, load):
    with recording(tmp_path) as first:
        _, model = trained()
        save(model, "model.pkl")
    with recording(tmp_path) as second:
        loaded = load("model.pkl")
        loaded.predict(data[0])
    saved = first.derived[0].target
    assert [link.artifact for edges in second.root_edges for link in edges.used] == [saved]
    assert second.step("LogisticRegression.predict").used[1].artifact == saved
    assert second.derived == []
    assert not any("trained" in gap for gap in second.gaps)


def test_a_model_saved_and_loaded_in_one_run_keeps_its_past(tmp_path, data):
    with recording(tmp_path) as record:
        _, model = trained()
        save_open(model, "model.pkl")
        load_open("model.pkl").predict(data[0])
    assert len(record.derived) == 1
    used = record.step("LogisticRegression.predict").used[1].artifact
    assert used == record.derived[0].target
    assert record.root_edges == []


def test_a_bundle_comes_from_all_its_models(tmp_path, data):
    with recording(tmp_path) as record:
        X, model = trained()
        scaler = StandardScaler().fit(X)
        joblib.dump({"model": model, "scaler": scaler, "columns": ["a"]}, "bundle.joblib")
        bundle = joblib.load("bundle.joblib")
        bundle["model"].predict(data[0])
    assert {record.label(edge.source) for edge in record.derived} == {
        "LogisticRegression",
        "scaler",
    }
    file = record.by_label("bundle.joblib")
    assert file.attrs["estimators"] == [
        "sklearn.linear_model.LogisticRegression",
        "sklearn.preprocessing.StandardScaler",
    ]
    assert record.step("LogisticRegression.predict").used[1].artifact == file.artifact


def test_data_saved_and_loaded(tmp_path):
    pd.DataFrame({"a": range(30)}).to_csv(tmp_path / "a.csv", index=False)
    with recording(tmp_path) as first:
        table = pd.read_csv("a.csv")
        joblib.dump(table.query("a > 3"), "part.joblib")
    with recording(tmp_path) as second:
        part = joblib.load("part.joblib")
        part.to_csv("part.csv")
    assert first.used(first.step("joblib.dump")) == [("table", "input")]
    saved = first.step("joblib.dump").generated[0].artifact
    assert second.step("DataFrame.to_csv").used[0].artifact == saved
    assert second.artifacts[saved].kind == "data"


def test_what_holds_nothing_learned_is_no_model(tmp_path):
    with recording(tmp_path) as record:
        pickle.dumps({"a": 1})
        pickle.dumps(LogisticRegression())
        pickle.loads(pickle.dumps([1, 2]))
    assert record.events == []


SCRIPT = """
import sys
sys.path[:0] = [{tests!r}]
from pathlib import Path
import cloudpickle
from sklearn.base import BaseEstimator
from capture.integrations.recording import recording

class Mine(BaseEstimator):
    def fit(self, X, y=None):
        return self

with recording(Path({folder!r})):
    saved = cloudpickle.dumps(Mine())
assert b"forebear" not in saved and b"integrations" not in saved
assert type(cloudpickle.loads(saved)).fit.__qualname__ == "Mine.fit"
"""


def test_a_scripts_own_class_is_pickled_without_our_wrapper(tmp_path):
    tests = str(Path(__file__).parents[2])
    script = SCRIPT.format(tests=tests, folder=str(tmp_path))
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_loaded_model_that_learns_more_is_the_base_of_what_it_becomes(tmp_path):
    model = SGDClassifier(random_state=0).fit([[0.0], [1.0]], [0, 1])
    joblib.dump(model, tmp_path / "first.joblib")
    with recording(tmp_path) as record:
        again = joblib.load("first.joblib")
        again.partial_fit(np.array([[2.0], [3.0]]), np.array([1, 0]))
        joblib.dump(again, "second.joblib")
    step = record.step("SGDClassifier.partial_fit")
    roles = dict(record.used(step))
    assert roles["first.joblib"] == "base"
