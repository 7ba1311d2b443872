import numpy as np
import pandas as pd
import sklearn
from sklearn import datasets
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    KFold,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    train_test_split,
)

from .recording import recording

rng = np.random.default_rng(0)
TABLE = pd.DataFrame(rng.normal(size=(90, 2)), columns=["a", "b"]).assign(y=[0, 1, 1] * 30)


def test_a_split_gives_its_parts_their_roles(tmp_path):
    TABLE.to_csv(tmp_path / "t.csv", index=False)
    with recording(tmp_path) as record:
        table = pd.read_csv("t.csv")
        train, rest = train_test_split(table, test_size=0.4, random_state=3)
        valid, test = train_test_split(rest, test_size=0.5, random_state=3, stratify=rest.y)
        train2, val2 = train_test_split(train, shuffle=False)
    first, second, third = record.steps[1:]
    assert [(record.label(g.artifact), g.role) for g in first.generated] == [
        ("train", "train"),
        ("rest", "test"),
    ]
    assert [g.role for g in second.generated] == ["validation", "test"]
    assert [g.role for g in third.generated] == ["train", "validation"]
    assert first.params == {"random_state": 3, "test_size": 0.4}
    assert second.params["stratify"] is True
    assert second.used[0].artifact == first.generated[1].artifact
    assert record.gaps == []
    assert len(train2) + len(val2) + len(valid) + len(test) == 90


def test_parts_without_names_are_named_after_what_was_split(tmp_path):
    with recording(tmp_path) as record:
        values = datasets.make_blobs(30, random_state=0)[0]
        parts = train_test_split(values)
    assert len(parts) == 2
    assert record.generated(record.step("train_test_split")) == ["values_train", "values_test"]


def test_cross_validation_is_one_evaluation(tmp_path):
    with recording(tmp_path) as record:
        X, y = datasets.make_classification(60, random_state=2)
        model = LogisticRegression(C=0.5)
        scores = cross_val_score(model, X, y, cv=KFold(3, shuffle=True, random_state=1))
        many = cross_validate(model, X, y, cv=3, scoring=["f1", "roc_auc"], return_estimator=True)
        cross_val_predict(model, X, y, cv=3)
        many["estimator"][0].predict(X)
    step = record.step("cross_val_score")
    assert {link.role for link in step.used} == {"train", "validation"}
    assert step.params["cv"]["class"] == "KFold"
    assert step.params["cv"]["random_state"] == 1
    assert step.params["estimator"] == "sklearn.linear_model.LogisticRegression"
    assert step.params["estimator_params"]["C"] == 0.5
    found = {m.key: m.value for event in record.metrics for m in event.metrics}
    assert found["accuracy_mean"] == scores.mean()
    assert found["roc_auc_std"] == many["test_roc_auc"].std()
    assert {event.split for event in record.metrics} == {"cv"}
    assert record.generated(record.step("cross_val_predict")) == ["predictions"]
    assert record.used(record.step("LogisticRegression.cross_validate"))[0][1] == "train"


def test_bundled_data_come_from_their_package(tmp_path):
    with recording(tmp_path) as record:
        iris = datasets.load_iris(as_frame=True)
        iris.frame.to_parquet("iris.parquet")
        X, y = datasets.load_wine(return_X_y=True)
        LogisticRegression(max_iter=5000).fit(X[:, :2], y)
        datasets.make_moons(50, noise=0.1, random_state=4)
    loaded = record.step("sklearn.datasets.load_iris")
    source = f"pkg:pypi/scikit-learn@{sklearn.__version__}#sklearn.datasets.load_iris"
    assert loaded.attrs == {"source": source}
    assert record.generated(loaded) == [
        f"sklearn.datasets.load_iris.{part}" for part in ("data", "target", "frame")
    ]
    assert record.used(record.step("DataFrame.to_parquet")) == [
        ("sklearn.datasets.load_iris.frame", "input")
    ]
    assert record.step("sklearn.datasets.make_moons").params == {
        "n_samples": 50,
        "noise": 0.1,
        "random_state": 4,
    }
    assert record.gaps == []
    assert record.inferred() == []
