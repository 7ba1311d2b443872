import inspect
import pickle
import threading

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from .recording import recording


class Mine(ClassifierMixin, BaseEstimator):
    def __init__(self, c=1):
        self.c = c

    def fit(self, X, y, sample_weight=None):
        self.inner_ = LogisticRegression().fit(X, y)
        self.classes_ = self.inner_.classes_
        return self

    def predict(self, X):
        return self.inner_.predict(X)


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(120, 3)), columns=["age", "pay", "ratio"])
    frame["job"] = rng.choice(list("xyz"), 120)
    frame["churned"] = (frame.age + rng.normal(size=120) > 0).astype(int)
    frame.to_parquet(tmp_path / "people.parquet", index=False)
    return tmp_path


@pytest.fixture
def data():
    rng = np.random.default_rng(1)
    return rng.normal(size=(80, 2)), rng.integers(0, 2, 80)


def train():
    people = pd.read_parquet("people.parquet")
    X = people.drop(columns="churned")
    y = people["churned"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=1)
    columns = ColumnTransformer(
        [("num", StandardScaler(), ["age", "pay"]), ("cat", OneHotEncoder(), ["job"])]
    )
    pipe = Pipeline(
        [("columns", columns), ("forest", RandomForestClassifier(5, random_state=0, n_jobs=2))]
    )
    pipe.fit(X_train, y_train)
    predicted = pipe.predict(X_test)
    first = f1_score(y_test, predicted)
    search = GridSearchCV(pipe, {"forest__max_depth": [2, 3]}, cv=2, scoring="f1")
    search.fit(X_train, y_train)
    joblib.dump(search.best_estimator_, "best.joblib")
    return first, search.score(X_test, y_test), predicted


def test_a_training_is_recorded_whole(folder):
    with recording(folder) as record:
        train()
    assert [(step.kind, step.name) for step in record.steps] == [
        ("ingest", "pandas.read_parquet"),
        ("transform", "drop"),
        ("transform", "select"),
        ("split", "train_test_split"),
        ("train", "Pipeline.fit"),
        ("predict", "Pipeline.predict"),
        ("evaluate", "f1_score"),
        ("train", "GridSearchCV.fit"),
        ("evaluate", "GridSearchCV.score"),
    ]
    fit = record.step("Pipeline.fit")
    assert record.used(fit) == [("X_train", "train"), ("y_train", "train")]
    assert [link.slot for link in fit.used] == ["X", "y"]
    assert fit.params["forest__random_state"] == 0
    assert fit.params["columns__num"] == "sklearn.preprocessing.StandardScaler"
    model = record.artifacts[fit.generated[0].artifact]
    assert (model.kind, model.label, model.weights) == ("model", "pipe", model.digest)
    assert model.attrs["estimator"] == "sklearn.pipeline.Pipeline"
    assert model.attrs["steps"] == [
        ["columns", "ColumnTransformer"],
        ["forest", "RandomForestClassifier"],
    ]
    assert (model.attrs["library"], model.attrs["version"]) == ("scikit-learn", sklearn.__version__)
    assert record.gaps == []
    assert record.inferred() == []


def test_metrics_name_model_data_and_split(folder):
    with recording(folder) as record:
        f1, score, _ = train()
    measured = [
        (event.metrics[0].key, event.metrics[0].value, record.label(event.model),
         record.label(event.data), event.split)
        for event in record.metrics
    ]  # fmt: skip
    assert measured[0] == ("f1", f1, "pipe", "X_test", "test")
    assert (measured[1][0], *measured[1][2:]) == ("best_score", "search", "X_train", "cv")
    assert measured[2] == ("f1", score, "search", "X_test", "test")


def test_the_saved_part_of_a_search_comes_from_the_search(folder):
    with recording(folder) as record:
        train()
    part, export = record.derived
    assert (record.label(part.source), part.relation) == ("search", "subset")
    assert (part.target, export.relation) == (export.source, "export")
    assert record.label(export.target) == "best.joblib"
    assert record.ancestors(export.target) >= {"search", "X_train", "people", "people.parquet"}


def test_predictions_are_kept(folder):
    with recording(folder) as record:
        _, _, predicted = train()
    made = record.artifacts[record.step("Pipeline.predict").generated[0].artifact]
    import io

    kept = np.load(io.BytesIO(record.session.blobs.get(made.attrs["values"])))
    np.testing.assert_array_equal(kept, predicted)


def test_results_are_the_same_with_and_without_recording(folder, monkeypatch):
    with recording(folder):
        seen = train()
        saved = (folder / "best.joblib").read_bytes()
    monkeypatch.chdir(folder)
    again = train()
    assert again[:2] == seen[:2]
    np.testing.assert_array_equal(again[2], seen[2])
    assert (folder / "best.joblib").read_bytes() == saved


def test_own_estimators_are_recorded_and_stay_what_they_are(tmp_path, data):
    plain = (
        inspect.signature(Mine.fit),
        str(Mine().get_metadata_routing()),
        pickle.dumps(Mine(2)),
        repr(make_pipeline(Mine(3))),
        Mine.fit.__qualname__,
        sorted(name for name in dir(Mine) if not name.startswith("__")),
    )
    with recording(tmp_path) as record:
        model = clone(Mine(2)).fit(*data)
        model.score(*data)
        seen = (
            inspect.signature(Mine.fit),
            str(Mine().get_metadata_routing()),
            pickle.dumps(Mine(2)),
            repr(make_pipeline(Mine(3))),
            Mine.fit.__qualname__,
            sorted(name for name in dir(Mine) if not name.startswith("__")),
        )
    assert seen == plain
    assert [step.name for step in record.steps if step.kind != "ingest"] == [
        "Mine.fit",
        "Mine.score",
    ]
    assert record.step("Mine.fit").params == {"c": 2}
    assert record.metrics[0].metrics[0].key == "accuracy"
    assert record.metrics[0].split == "train"


def test_classes_made_while_recording_are_observed_outside_their_library_wrapper(tmp_path, data):
    with recording(tmp_path) as record:

        class Twice(TransformerMixin, BaseEstimator):
            def fit(self, X, y=None):
                return self

            def transform(self, X):
                return X * 2

            def get_feature_names_out(self, names=None):
                return np.array(["a", "b"])

        out = Twice().set_output(transform="pandas").fit_transform(data[0])
        assert list(out.columns) == ["a", "b"]
        assert Twice().set_output(transform="pandas").transform(data[0]).equals(out)
        LogisticRegression().fit(out, data[1])
    assert record.used(record.step("LogisticRegression.fit"))[0] == ("out", "train")
    assert record.step("Twice.fit").generated[0].artifact == record.steps[2].used[1].artifact
    assert "__forebear__" not in vars(vars(Twice)["transform"])


def test_transformers(tmp_path, data):
    with recording(tmp_path) as record:
        scaler = StandardScaler().fit(data[0])
        scaled = scaler.transform(data[0])
        logged = FunctionTransformer(np.abs).transform(scaled)
        scaler.inverse_transform(logged)
    fitted = record.artifacts[record.step("StandardScaler.fit").generated[0].artifact]
    assert fitted.attrs["transformer"] is True
    assert record.used(record.step("StandardScaler.transform"))[1] == ("scaler", "model")
    # A transformer that learns nothing is no model.
    assert record.used(record.step("FunctionTransformer.transform")) == [("scaled", "input")]


def test_only_the_outermost_call_is_seen_in_threads_too(tmp_path, data):
    with recording(tmp_path) as record:
        with joblib.parallel_backend("threading", n_jobs=2):
            BaggingClassifier(LogisticRegression(), 4).fit(*data)
            GridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=2).fit(*data)
        thread = threading.Thread(target=lambda: LogisticRegression().fit(*data))
        thread.start()
        thread.join()
    assert [step.name for step in record.steps if step.kind == "train"] == [
        "BaggingClassifier.fit",
        "GridSearchCV.fit",
        "LogisticRegression.fit",
    ]


def test_small_steps_become_one_training_when_the_model_is_used(tmp_path, data):
    X, y = data
    with recording(tmp_path) as record:
        model = SGDClassifier(random_state=0)
        for start in range(0, 80, 20):
            model.partial_fit(X[start : start + 20], y[start : start + 20], classes=[0, 1])
        model.predict(X)
    trained = [step for step in record.steps if step.kind == "train"]
    assert [step.name for step in trained] == ["SGDClassifier.partial_fit"] * 2
    assert {link.role for link in trained[1].used} == {"base", "train"}
    assert (
        record.step("SGDClassifier.predict").used[1]
        == (record.step("SGDClassifier.predict").used[1])
    )
    assert record.step("SGDClassifier.predict").used[1].artifact == trained[1].generated[0].artifact


def test_what_a_training_builds_on(tmp_path, data):
    with recording(tmp_path) as record:
        base = LogisticRegression().fit(*data)
        CalibratedClassifierCV(FrozenEstimator(base)).fit(*data)
        forest = RandomForestClassifier(2, warm_start=True).fit(*data)
        forest.set_params(n_estimators=4).fit(*data)
        GridSearchCV(base, {"C": [1, 2]}, cv=2).fit(*data)
    bases = [
        (step.name, [record.label(link.artifact) for link in step.used if link.role == "base"])
        for step in record.steps
        if step.kind == "train"
    ]
    assert bases == [
        ("LogisticRegression.fit", []),
        ("CalibratedClassifierCV.fit", ["base"]),
        ("RandomForestClassifier.fit", []),
        ("RandomForestClassifier.fit", ["forest"]),
        ("GridSearchCV.fit", []),
    ]


def test_clusters(tmp_path, data):
    with recording(tmp_path) as record:
        labels = KMeans(2, n_init=1, random_state=0).fit_predict(data[0])
    assert len(labels) == 80
    assert record.used(record.step("KMeans.predict"))[0][1] == "train"
    assert record.generated(record.step("KMeans.predict")) == ["labels"]


def test_a_copy_of_a_model_is_the_same_model(tmp_path, data):
    import copy

    with recording(tmp_path) as record:
        model = LinearRegression().fit(*data)
        copy.deepcopy(model).predict(data[0])
    used = record.step("LinearRegression.predict").used
    assert used[1].artifact == record.step("LinearRegression.fit").generated[0].artifact
    assert not any("trained" in gap for gap in record.gaps)


def test_a_model_from_nowhere_is_a_gap(tmp_path, data):
    model = LinearRegression().fit(*data)
    with recording(tmp_path) as record:
        model.predict(data[0])
    assert "How model was trained was not seen." in record.gaps


def test_errors_of_a_fit_pass(tmp_path, data):
    with recording(tmp_path) as record, pytest.raises(ValueError, match="inconsistent"):
        LogisticRegression().fit(data[0], data[1][:5])
    assert not [step for step in record.steps if step.kind == "train"]


def test_undo_leaves_every_class_as_it_was(tmp_path):
    def methods():
        classes = [Mine, LogisticRegression, StandardScaler, Pipeline, BaseEstimator]
        classes += [TransformerMixin, ClassifierMixin]
        return [dict(vars(cls)) for cls in classes], vars(Pipeline)["predict"].fn

    before = methods()
    with recording(tmp_path):
        assert methods() != before
    assert methods() == before
