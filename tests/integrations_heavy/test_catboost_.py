import pickle

import numpy as np
import pytest

catboost = pytest.importorskip("catboost")

from sklearn.metrics import accuracy_score  # noqa: E402

from capture.integrations.recording import recording  # noqa: E402
from forebear.engines.models import state_digest  # noqa: E402

from .boosters import read_data, roles, write_data  # noqa: E402

PARAMS = {
    "iterations": 5, "depth": 3, "random_seed": 3, "verbose": 0, "allow_writing_files": False,
    "thread_count": 1,
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    write_data(tmp_path)
    return tmp_path


def job():
    X_train, y_train, X_test, y_test = read_data()
    model = catboost.CatBoostClassifier(**PARAMS)
    model.fit(X_train, y_train, eval_set=(X_test, y_test))
    model.save_model("model.cbm")
    loaded = catboost.CatBoostClassifier().load_model("model.cbm")
    predictions = loaded.predict(X_test)
    accuracy_score(y_test, predictions)
    return predictions


def test_a_training_is_one_step_from_files_to_a_saved_model(folder):
    with recording(folder) as record:
        job()
    assert [one.name for one in record.steps if one.kind == "train"] == ["CatBoostClassifier.fit"]
    step = record.step("CatBoostClassifier.fit")
    assert roles(record, step) == {("train", "train.csv"), ("validation", "test.csv")}
    assert {link.slot for link in step.used} == {"X", "y"}
    assert step.params == PARAMS
    saved = record.by_label("model.cbm")
    assert (saved.kind, saved.format) == ("model", "catboost")
    assert record.ancestors(saved.artifact) >= {"model", "train.csv"}
    assert saved.weights == record.artifacts[step.generated[0].artifact].digest
    assert ("model.cbm", "model") in record.used(record.step("CatBoostClassifier.predict"))
    figures = {m.key for event in record.metrics for m in event.metrics}
    assert figures == {"learn.Logloss", "validation.Logloss", "accuracy"}
    assert record.gaps == []
    assert record.inferred() == []


def test_pools_scores_and_cross_validation(folder):
    with recording(folder) as record:
        X_train, y_train, X_test, y_test = read_data()
        pool = catboost.Pool(X_train, label=y_train)
        held_out = catboost.Pool(X_test, y_test)
        model = catboost.CatBoostClassifier(**PARAMS).fit(pool, eval_set=held_out)
        model.score(held_out)
        catboost.cv(pool, {**PARAMS, "loss_function": "Logloss"}, fold_count=2)
    step = record.step("CatBoostClassifier.fit")
    assert roles(record, step) == {("train", "train.csv"), ("validation", "test.csv")}
    scored = record.step("CatBoostClassifier.score")
    assert ("test", "test.csv") in roles(record, scored)
    assert ("train", "train.csv") in roles(record, record.step("catboost.cv"))
    assert record.gaps == []


def test_results_are_the_same_with_and_without_recording(folder, monkeypatch, capfd):
    with recording(folder):
        seen = job()
    monkeypatch.chdir(folder)
    np.testing.assert_array_equal(job(), seen)
    assert capfd.readouterr() == ("", "")


def test_the_digest_is_of_what_was_learned(folder, monkeypatch):
    monkeypatch.chdir(folder)
    X, y, _, _ = read_data()
    model = catboost.CatBoostClassifier(**PARAMS).fit(X, y)
    digest = state_digest(model)
    model.save_model("m.cbm")
    again = catboost.CatBoost().load_model("m.cbm")
    same = [again, pickle.loads(pickle.dumps(model)), catboost.CatBoostClassifier(**PARAMS)]
    same[2].fit(X, y)
    assert [state_digest(one) for one in same] == [digest] * 3
    other = catboost.CatBoostClassifier(**{**PARAMS, "iterations": 6}).fit(X, y)
    assert state_digest(other) != digest


def test_undo_leaves_catboost_as_it_was(folder):
    def methods():
        owners = (catboost.Pool, catboost.CatBoost, catboost.CatBoostClassifier)
        return [dict(vars(owner)) for owner in owners]

    before, train = methods(), catboost.train
    with recording(folder):
        assert catboost.train is not train
    assert catboost.train is train
    assert methods() == before
