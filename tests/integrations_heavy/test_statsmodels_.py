import joblib
import numpy as np
import pytest

pytest.importorskip("statsmodels")

import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.base.model import Model, Results
from statsmodels.tsa.arima.model import ARIMA

from capture.integrations.recording import recording
from forebear.engines.models import state_digest

from .boosters import roles, write_data


@pytest.fixture
def folder(tmp_path):
    write_data(tmp_path)
    return tmp_path


def job():
    train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
    fitted = smf.ols("y ~ a + b", data=train).fit()
    fitted.save("model.pickle")
    return sm.load("model.pickle").predict(test)


def test_a_formula_is_one_training_from_the_file_to_a_saved_model(folder):
    with recording(folder) as record:
        job()
    assert [one.name for one in record.steps if one.kind == "train"] == ["OLS.fit"]
    step = record.step("OLS.fit")
    assert roles(record, step) == {("train", "train.csv")}
    assert step.params == {"formula": "y ~ a + b"}
    saved = record.by_label("model.pickle")
    assert saved.kind == "model"
    assert record.ancestors(saved.artifact) >= {"fitted", "train", "train.csv"}
    predict = record.step("OLSResults.predict")
    assert roles(record, predict) >= {("test", "test.csv")}
    assert ("fitted", "model") in record.used(predict)
    figures = {m.key for event in record.metrics for m in event.metrics}
    assert figures == {"rsquared", "aic", "bic", "llf"}
    assert record.gaps == []
    assert record.inferred() == []


def test_arrays_links_and_series(folder):
    with recording(folder) as record:
        train = pd.read_csv("train.csv")
        X, y = sm.add_constant(train[["a", "c"]]), train["y"]
        logit = sm.Logit(y, X).fit(disp=0)
        logit.predict(X)
        sm.GLM(y, X, family=sm.families.Binomial()).fit()
        arima = ARIMA(train["a"], order=(1, 0, 0)).fit()
        forecast = arima.forecast(3)
        joblib.dump(logit, "logit.joblib")
    assert len(forecast) == 3
    trainings = {step.name: step for step in record.steps if step.kind == "train"}
    assert set(trainings) == {"Logit.fit", "GLM.fit", "ARIMA.fit"}
    assert all(roles(record, one) == {("train", "train.csv")} for one in trainings.values())
    assert trainings["ARIMA.fit"].params["order"] == [1, 0, 0]
    assert ("data", "train") in record.used(record.step("LogitResults.predict"))
    saved = record.by_label("logit.joblib")
    assert record.ancestors(saved.artifact) >= {"logit", "train.csv"}


def test_results_are_the_same_with_and_without_recording(folder, monkeypatch, capfd):
    with recording(folder):
        seen = job()
    monkeypatch.chdir(folder)
    np.testing.assert_array_equal(job(), seen)
    assert capfd.readouterr() == ("", "")


def test_the_digest_is_of_what_was_learned(folder, monkeypatch):
    monkeypatch.chdir(folder)
    train = pd.read_csv("train.csv")
    fitted = smf.ols("y ~ a + b", data=train).fit()
    digest = state_digest(fitted)
    fitted.save("m.pickle")
    assert state_digest(sm.load("m.pickle")) == digest
    assert state_digest(smf.ols("y ~ a + b", data=train).fit()) == digest
    assert state_digest(smf.ols("y ~ a + b", data=train[1:]).fit()) != digest
    assert state_digest(smf.ols("y ~ a", data=train).fit()) != digest


def test_undo_leaves_statsmodels_as_it_was(folder):
    def methods():
        return [dict(vars(owner)) for owner in (Model, Results, sm.OLS, sm.GLM, ARIMA)]

    before = methods()
    with recording(folder):
        assert methods() != before
    assert methods() == before
