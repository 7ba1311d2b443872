import pickle

import numpy as np
import pytest

lightgbm = pytest.importorskip("lightgbm")

from sklearn.metrics import accuracy_score  # noqa: E402

from capture.integrations.recording import recording  # noqa: E402
from forebear.engines.models import state_digest  # noqa: E402

from .boosters import read_data, roles, write_data  # noqa: E402

PARAMS = {"objective": "binary", "num_leaves": 4, "seed": 3, "verbose": -1, "num_threads": 1}


@pytest.fixture
def folder(tmp_path):
    write_data(tmp_path)
    return tmp_path


def native():
    X_train, y_train, X_test, y_test = read_data()
    train = lightgbm.Dataset(X_train, label=y_train)
    test = train.create_valid(X_test, label=y_test)
    booster = lightgbm.train(PARAMS, train, 5, valid_sets=[test], valid_names=["test"])
    booster.save_model("model.txt")
    return lightgbm.Booster(model_file="model.txt").predict(X_test)


def wrapped():
    X_train, y_train, X_test, y_test = read_data()
    model = lightgbm.LGBMClassifier(n_estimators=5, random_state=3, verbose=-1, n_jobs=1)
    model.fit(X_train, y_train, eval_X=X_test, eval_y=y_test)
    model.booster_.save_model("model.txt")
    predictions = model.predict(X_test)
    accuracy_score(y_test, predictions)
    return predictions


def test_a_native_training_is_one_step_from_files_to_a_saved_model(folder):
    with recording(folder) as record:
        native()
    step = record.step("lightgbm.train")
    assert [one.kind for one in record.steps].count("train") == 1
    assert roles(record, step) == {("train", "train.csv"), ("validation", "test.csv")}
    assert step.params == {**PARAMS, "num_boost_round": 5}
    saved = record.by_label("model.txt")
    assert (saved.kind, saved.format) == ("model", "lightgbm")
    assert record.ancestors(saved.artifact) >= {"booster", "train.csv"}
    assert saved.weights == record.artifacts[step.generated[0].artifact].digest
    assert ("model.txt", "model") in record.used(record.step("Booster.predict"))
    assert [m.key for event in record.metrics for m in event.metrics] == ["test.binary_logloss"]
    assert record.gaps == []
    assert record.inferred() == []


def test_a_wrapper_is_one_training_and_its_booster_the_same_model(folder):
    with recording(folder) as record:
        wrapped()
    assert [one.name for one in record.steps if one.kind == "train"] == ["LGBMClassifier.fit"]
    step = record.step("LGBMClassifier.fit")
    assert roles(record, step) == {("train", "train.csv"), ("validation", "test.csv")}
    saved = record.by_label("model.txt")
    assert record.ancestors(saved.artifact) >= {"model", "train.csv"}
    assert [m.key for event in record.metrics for m in event.metrics] == ["accuracy"]
    assert record.gaps == []


def test_results_are_the_same_with_and_without_recording(folder, monkeypatch, capfd):
    with recording(folder):
        seen = native(), wrapped()
    monkeypatch.chdir(folder)
    plain = native(), wrapped()
    np.testing.assert_array_equal(seen[0], plain[0])
    np.testing.assert_array_equal(seen[1], plain[1])
    assert capfd.readouterr() == ("", "")


def test_training_on_and_cross_validation(folder):
    with recording(folder) as record:
        X, y, _, _ = read_data()
        first = lightgbm.train(PARAMS, lightgbm.Dataset(X, y), 2)
        lightgbm.train(PARAMS, lightgbm.Dataset(X, y), 2, init_model=first)
        lightgbm.cv(PARAMS, lightgbm.Dataset(X, y), 3, nfold=3)
    steps = [step for step in record.steps if step.name == "lightgbm.train"]
    assert ("first", "base") in record.used(steps[1])
    cv = record.step("lightgbm.cv")
    assert roles(record, cv) == {("train", "train.csv"), ("validation", "train.csv")}
    assert {event.split for event in record.metrics} == {"cv"}


def test_the_digest_is_of_what_was_learned(folder, monkeypatch):
    monkeypatch.chdir(folder)
    X, y, _, _ = read_data()
    model = lightgbm.LGBMClassifier(n_estimators=5, verbose=-1, n_jobs=1).fit(X, y)
    digest = state_digest(model)
    model.booster_.save_model("m.txt")
    again = lightgbm.Booster(model_file="m.txt")
    same = [model.booster_, again, pickle.loads(pickle.dumps(model))]
    assert [state_digest(one) for one in same] == [digest] * 3
    words = lightgbm.LGBMClassifier(n_estimators=5, verbose=-1, n_jobs=1)
    words.fit(X, y.map({0: "no", 1: "yes"}))
    assert state_digest(words) != digest
    assert state_digest(words.booster_) == digest


def test_undo_leaves_lightgbm_as_it_was(folder):
    def methods():
        return [dict(vars(owner)) for owner in (lightgbm.Dataset, lightgbm.Booster)]

    before, train = methods(), lightgbm.train
    with recording(folder):
        assert lightgbm.train is not train
    assert lightgbm.train is train
    assert methods() == before
