import copy
import pickle

import numpy as np
import pytest

xgboost = pytest.importorskip("xgboost")

from sklearn.metrics import accuracy_score  # noqa: E402

from capture.integrations.recording import recording  # noqa: E402
from forebear.engines.models import state_digest  # noqa: E402

from .boosters import read_data, roles, write_data  # noqa: E402

PARAMS = {"max_depth": 2, "objective": "binary:logistic", "seed": 3}


@pytest.fixture
def folder(tmp_path):
    write_data(tmp_path)
    return tmp_path


def native():
    X_train, y_train, X_test, y_test = read_data()
    train = xgboost.DMatrix(X_train, label=y_train)
    test = xgboost.QuantileDMatrix(X_test, y_test, ref=train)
    results = {}
    booster = xgboost.train(
        PARAMS, train, 5, evals=[(train, "train"), (test, "test")],
        evals_result=results, verbose_eval=False,
    )  # fmt: skip
    booster.save_model("model.ubj")
    loaded = xgboost.Booster(model_file="model.ubj")
    predictions = loaded.predict(xgboost.DMatrix(X_test))
    accuracy_score(y_test, predictions > 0.5)
    return predictions, results


def wrapped():
    X_train, y_train, X_test, y_test = read_data()
    model = xgboost.XGBClassifier(n_estimators=5, max_depth=2, random_state=3)
    model.fit(X_train, y_train, eval_set=[(X_test, y_test)], verbose=False)
    model.save_model("model.json")
    loaded = xgboost.XGBClassifier()
    loaded.load_model("model.json")
    predictions = loaded.predict(X_test)
    accuracy_score(y_test, predictions)
    return predictions


def test_a_native_training_is_one_step_from_files_to_a_saved_model(folder):
    with recording(folder) as record:
        native()
    step = record.step("xgboost.train")
    assert [one.kind for one in record.steps].count("train") == 1
    assert roles(record, step) == {("train", "train.csv"), ("validation", "test.csv")}
    assert {link.slot for link in step.used} == {"X", "y"}
    assert step.params == {**PARAMS, "num_boost_round": 5}
    saved = record.by_label("model.ubj")
    assert (saved.kind, saved.format) == ("model", "xgboost")
    assert record.ancestors(saved.artifact) >= {"booster", "train.csv"}
    assert saved.weights == record.artifacts[step.generated[0].artifact].digest
    predict = record.step("Booster.predict")
    assert ("model.ubj", "model") in record.used(predict)
    figures = {m.key: m.value for event in record.metrics for m in event.metrics}
    assert figures["test.logloss"] > 0
    scored = [event for event in record.metrics if event.metrics[0].key == "accuracy"]
    assert [record.label(event.model) for event in scored] == ["model.ubj"]
    # NumPy's comparison in `predictions > 0.5` cannot be watched.
    assert record.gaps == ["How y_pred was made was not seen; its sources are inferred."]


def test_a_wrapper_is_one_training_and_its_file_the_same_model(folder):
    with recording(folder) as record:
        wrapped()
    assert [one.name for one in record.steps if one.kind == "train"] == ["XGBClassifier.fit"]
    step = record.step("XGBClassifier.fit")
    assert roles(record, step) == {("train", "train.csv"), ("validation", "test.csv")}
    saved = record.by_label("model.json")
    assert record.ancestors(saved.artifact) >= {"model", "train.csv"}
    assert saved.weights == record.artifacts[step.generated[0].artifact].digest
    assert ("model.json", "model") in record.used(record.step("XGBClassifier.predict"))
    assert record.gaps == []


def test_results_are_the_same_with_and_without_recording(folder, monkeypatch, capsys):
    with recording(folder):
        seen = native(), wrapped()
    monkeypatch.chdir(folder)
    plain = native(), wrapped()
    np.testing.assert_array_equal(seen[0][0], plain[0][0])
    assert seen[0][1] == plain[0][1]
    np.testing.assert_array_equal(seen[1], plain[1])
    assert capsys.readouterr() == ("", "")


def test_training_on_and_cross_validation(folder):
    with recording(folder) as record:
        X, y, _, _ = read_data()
        train = xgboost.DMatrix(X, y)
        first = xgboost.train(PARAMS, train, 2)
        second = xgboost.train(PARAMS, train, 2, xgb_model=first)
        xgboost.cv(PARAMS, train, 3, nfold=3)
    assert second.num_boosted_rounds() == 4
    steps = [step for step in record.steps if step.name == "xgboost.train"]
    assert ("first", "base") in record.used(steps[1])
    cv = record.step("xgboost.cv")
    assert roles(record, cv) == {("train", "train.csv"), ("validation", "train.csv")}
    assert {event.split for event in record.metrics} == {"cv"}


def test_the_digest_is_of_what_was_learned(folder, monkeypatch):
    monkeypatch.chdir(folder)
    X, y, _, _ = read_data()
    model = xgboost.XGBClassifier(n_estimators=5, random_state=3, n_jobs=1).fit(X, y)
    digest = state_digest(model)
    assert digest.complete
    model.save_model("m.json")
    again = xgboost.Booster(model_file="m.json")
    same = [model.get_booster(), again, pickle.loads(pickle.dumps(model)), copy.deepcopy(model)]
    assert [state_digest(one) for one in same] == [digest] * 4
    assert again.attr("scikit_learn") is not None
    other = xgboost.XGBClassifier(n_estimators=6, random_state=3, n_jobs=1).fit(X, y)
    assert state_digest(other) != digest
    assert state_digest(xgboost.XGBClassifier()) != digest


def test_undo_leaves_xgboost_as_it_was(folder):
    def methods():
        owners = (xgboost.DMatrix, xgboost.QuantileDMatrix, xgboost.Booster, xgboost.XGBModel)
        return [dict(vars(owner)) for owner in owners]

    before, train = methods(), xgboost.train
    with recording(folder):
        assert xgboost.train is not train
    assert xgboost.train is train
    assert methods() == before
