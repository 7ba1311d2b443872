"""Validating models in their libraries' own formats."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_iris

from forebear.cli import main

ON = ("--on", "data.csv", "--target", "answer")


@pytest.fixture
def validated(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    main(["init"])

    def validated(*words: str, code: int = 0):
        capsys.readouterr()
        assert main(["validate", *words, *ON, "--json"]) == code
        said = capsys.readouterr()
        return json.loads(said.out) if code == 0 else said.err

    return validated


def iris(two: bool = False) -> pd.DataFrame:
    data, answer = load_iris(return_X_y=True, as_frame=True)
    data.columns = ["sl", "sw", "pl", "pw"]
    return data.assign(answer=(answer > 0).astype(int) if two else answer)


def diabetes() -> pd.DataFrame:
    data, answer = load_diabetes(return_X_y=True, as_frame=True)
    return data.assign(answer=answer)


def parts(frame: pd.DataFrame):
    frame.to_csv("data.csv", index=False)
    return frame.drop(columns="answer"), frame["answer"]


def metric(found, name: str) -> float:
    return found["validation"]["metrics"][name]["value"]


@pytest.mark.parametrize("ending", ["json", "ubj"])
def test_xgboost(validated, ending):
    xgboost = pytest.importorskip("xgboost")
    for frame, kind in ((iris(), "XGBClassifier"), (iris(two=True), "XGBClassifier")):
        data, answer = parts(frame)
        model = getattr(xgboost, kind)(n_estimators=5, max_depth=2).fit(data, answer)
        model.save_model(f"m.{ending}")
        found = validated(f"m.{ending}")
        assert found["kind"] == "XGBoost model"
        assert metric(found, "accuracy") == pytest.approx((model.predict(data) == answer).mean())
        assert "log_loss" in found["validation"]["metrics"]
    data, answer = parts(diabetes())
    model = xgboost.XGBRegressor(n_estimators=5).fit(data, answer)
    model.save_model(f"m.{ending}")
    mae = np.abs(model.predict(data) - answer).mean()
    assert metric(validated(f"m.{ending}"), "mae") == pytest.approx(mae, rel=1e-4)


def test_lightgbm(validated):
    lightgbm = pytest.importorskip("lightgbm")
    for frame in (iris(), iris(two=True)):
        data, answer = parts(frame)
        model = lightgbm.LGBMClassifier(n_estimators=5, verbose=-1).fit(data, answer)
        model.booster_.save_model("m.txt")
        found = validated("m.txt")
        assert found["kind"] == "LightGBM model"
        assert metric(found, "accuracy") == pytest.approx((model.predict(data) == answer).mean())
        assert "log_loss" in found["validation"]["metrics"]
    data, answer = parts(diabetes())
    model = lightgbm.LGBMRegressor(n_estimators=5, verbose=-1).fit(data, answer)
    model.booster_.save_model("m.txt")
    found = validated("m.txt")
    assert metric(found, "mae") == pytest.approx(np.abs(model.predict(data) - answer).mean())


def test_catboost(validated):
    catboost = pytest.importorskip("catboost")
    for frame in (iris(), iris(two=True)):
        data, answer = parts(frame)
        model = catboost.CatBoostClassifier(iterations=5, verbose=0, allow_writing_files=False)
        model.fit(data, answer).save_model("m.cbm")
        found = validated("m.cbm")
        assert found["kind"] == "CatBoost model"
        right = (model.predict(data).ravel() == answer).mean()
        assert metric(found, "accuracy") == pytest.approx(right)
        assert "log_loss" in found["validation"]["metrics"]
    data, answer = parts(diabetes())
    model = catboost.CatBoostRegressor(iterations=5, verbose=0, allow_writing_files=False)
    model.fit(data, answer).save_model("m.cbm")
    found = validated("m.cbm")
    assert metric(found, "mae") == pytest.approx(np.abs(model.predict(data) - answer).mean())


def test_torch(validated):
    torch = pytest.importorskip("torch")
    data, answer = parts(iris())
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3)).eval()
    rows = torch.tensor(data.to_numpy(), dtype=torch.float32)
    right = (net(rows).argmax(dim=1).numpy() == answer).mean()
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        torch.jit.script(net).save("net.pt")
    found = validated("net.pt")
    assert found["kind"] == "TorchScript module"
    assert metric(found, "accuracy") == pytest.approx(right)
    assert metric(found, "log_loss") is None  # its scores are no probabilities
    torch.save(net, "whole.pt")
    assert "runs code of its maker" in validated("whole.pt", code=2)
    assert metric(validated("whole.pt", "--trust"), "accuracy") == pytest.approx(right)
    torch.save(net.state_dict(), "weights.pt")
    assert "holds weights" in validated("weights.pt", code=2)
    some = torch.export.Dim("rows")
    torch.export.save(torch.export.export(net, (rows,), dynamic_shapes=({0: some},)), "net.pt2")
    assert metric(validated("net.pt2"), "accuracy") == pytest.approx(right)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras with a new NumPy
def test_keras(validated):
    keras = pytest.importorskip("keras")
    data, answer = parts(iris())
    layers = [keras.layers.Input((4,)), keras.layers.Dense(3, activation="softmax")]
    net = keras.Sequential(layers)
    right = (net.predict(data.to_numpy(), verbose=0).argmax(axis=1) == answer).mean()
    net.save("net.keras")
    found = validated("net.keras")
    assert (found["kind"], metric(found, "accuracy")) == ("Keras model", pytest.approx(right))
    assert "log_loss" in found["validation"]["metrics"]
    net.save("net.h5")
    assert "may run code of its maker" in validated("net.h5", code=2)
    assert metric(validated("net.h5", "--trust"), "accuracy") == pytest.approx(right)
    unsafe = keras.Sequential([layers[0], keras.layers.Lambda(lambda x: x * 2), layers[1]])
    unsafe.save("lambda.keras")
    assert "holds code of its maker" in validated("lambda.keras", code=2)
    assert validated("lambda.keras", "--trust")["kind"] == "Keras model"
