"""Intervals say no more than the rows do."""

import numpy as np
import pytest

from forebear.analysis.classification import measure
from forebear.analysis.intervals import bootstrap, mean
from forebear.analysis.outcome import Outcome


def test_a_mean_that_cannot_be_negative_has_no_negative_bound():
    values = np.array([0.0, 0.0, 0.9])
    assert mean(values).low < 0
    found = mean(values, least=0.0)
    assert (found.low, found.high) == (0.0, mean(values).high)


def test_resamples_that_are_all_alike_are_no_interval():
    found = bootstrap(lambda rows: 1.0, 30)
    assert (found.value, found.low, found.high) == (1.0, None, None)
    assert found.why == "resamples are all alike"


def test_too_many_rows_to_be_resampled_is_said():
    found = bootstrap(lambda rows: float(len(rows)), 30, times=0)
    assert (found.value, found.low) == (30.0, None)
    assert found.why == "too many rows to be resampled"


@pytest.mark.parametrize("figure", ["f1", "balanced_accuracy", "mcc"])
def test_a_model_without_a_mistake_on_few_rows_is_not_surely_perfect(figure):
    truth = np.array([0] * 20 + [1] * 20)
    right = Outcome(
        task="classification", truth=truth, predicted=truth, classes=["a", "b"], positive=1
    )
    perfect = measure(right, {figure})[figure]
    assert (perfect.value, perfect.low) == (1.0, None)
    said = truth.copy()
    said[0] = 1
    one_wrong = Outcome(
        task="classification", truth=truth, predicted=said, classes=["a", "b"], positive=1
    )
    assert measure(one_wrong, {figure})[figure].low < 1.0


def test_weighted_rows_that_are_too_many_are_not_called_classes(monkeypatch):
    monkeypatch.setattr("forebear.analysis.intervals._MOST_ROWS", 30)
    truth, said = np.random.default_rng(0).integers(0, 2, (2, 40))
    one = Outcome(
        task="classification",
        truth=truth,
        predicted=said,
        classes=["a", "b"],
        positive=1,
        weight=np.linspace(1, 2, 40),
    )
    found = measure(one, {"f1"})["f1"]
    assert (found.low, found.why) == (None, "too many rows to be resampled")
