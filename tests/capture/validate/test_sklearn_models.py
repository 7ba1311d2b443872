"""Models of scikit-learn of all sorts, as their users save them."""

from __future__ import annotations

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.svm import SVC, LinearSVC

IRIS = load_iris(as_frame=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])


@pytest.fixture
def iris(folder):
    frame = IRIS.frame.sample(frac=1, random_state=0).reset_index(drop=True)
    frame["kind"] = NAMES[frame.pop("target")]
    frame.tail(70).to_csv("iris.csv", index=False)
    return frame


def saved(model, frame, target="kind", *, array=False):
    X, y = frame.drop(columns=[target]).head(80), frame[target].head(80)
    joblib.dump(model.fit(X.to_numpy() if array else X, y), "m.joblib")
    test = frame.tail(70)
    return test.drop(columns=[target]), test[target]


@pytest.mark.parametrize("array", [True, False])
@pytest.mark.parametrize(
    "model",
    [
        RandomForestClassifier(20, random_state=0),
        LogisticRegression(max_iter=1000),
        SVC(),
        SVC(decision_function_shape="ovo"),
        LinearSVC(),
    ],
    ids=lambda one: f"{one}"[:40],
)
def test_classes_of_any_number(answered, iris, model, array):
    X, y = saved(model, iris, array=array)
    _, found = answered("validate", "m.joblib", "--on", "iris.csv", "--target", "kind")
    metrics = found["validation"]["metrics"]
    said = model.predict(X.to_numpy() if array else X)
    assert metrics["accuracy"]["value"] == pytest.approx((said == y).mean())
    assert metrics["f1_macro"]["value"] == pytest.approx(sk.f1_score(y, said, average="macro"))
    assert metrics["recall.setosa"]["n"] == (y == "setosa").sum()
    if hasattr(model, "predict_proba"):
        chance = model.predict_proba(X.to_numpy() if array else X)
        area = sk.roc_auc_score(y, chance, multi_class="ovr")
        assert metrics["roc_auc"]["value"] == pytest.approx(area)
        assert metrics["log_loss"]["value"] == pytest.approx(sk.log_loss(y, chance))
    elif "roc_auc" in metrics:
        assert metrics["log_loss"]["why"] == "the scores are no probabilities"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (lambda rich: rich, ["True", "False"]),
        (lambda rich: rich.astype(int), ["1", "0"]),
        (lambda rich: rich.astype(int), ["1.0", "0.0"]),
        (lambda rich: rich.astype(float), ["1", "0"]),
    ],
)
def test_labels_are_equal_however_they_are_written(answered, iris, typed, written):
    frame = iris.drop(columns=["kind"]).assign(kind=typed(iris.kind == "setosa"))
    X, y = saved(LogisticRegression(max_iter=1000), frame)
    X.assign(kind=np.where(y.astype(bool), *written)).to_csv("iris.csv", index=False)
    _, found = answered("validate", "m.joblib", "--on", "iris.csv", "--target", "kind")
    assert found["validation"]["metrics"]["accuracy"]["value"] == 1.0


@pytest.mark.parametrize("model", [LinearRegression(), RandomForestRegressor(20, random_state=0)])
@pytest.mark.parametrize("form", ["csv", "parquet", "feather", "jsonl", "csv.gz"])
def test_values_from_any_file(answered, iris, model, form):
    frame = iris.drop(columns=["kind"])
    target = "petal width (cm)"
    X, y = saved(model, frame, target)
    test = X.assign(**{target: y}).reset_index(drop=True)
    name = f"t.{form}"
    if form == "jsonl":
        test.to_json(name, orient="records", lines=True)
    elif form.startswith("csv"):
        test.to_csv(name, index=False)
    else:
        getattr(test, f"to_{form}")(name)
    _, found = answered("validate", "m.joblib", "--on", name, "--target", target)
    assert found["validation"]["task"] == "regression"
    error = sk.mean_absolute_error(y, model.predict(X))
    assert found["validation"]["metrics"]["mae"]["value"] == pytest.approx(error)


def test_arrays_of_another_width_are_told(run, iris):
    saved(LinearRegression(), iris.drop(columns=["kind"]), "petal width (cm)", array=True)
    frame = pd.read_csv("iris.csv").drop(columns=["kind", "sepal width (cm)"])
    frame.to_csv("narrow.csv", index=False)
    words = ["--on", "narrow.csv", "--target", "petal width (cm)"]
    code, _, err = run("validate", "m.joblib", *words)
    assert code == 2
    assert "was trained on 3 columns, and the data have 2 beside the answer" in err
