"""Figures against scikit-learn, SciPy and published tables."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from sklearn import metrics as sk

from forebear.analysis.areas import auc_estimate, delong
from forebear.analysis.intervals import mean, newcombe, quantile, wilson
from forebear.analysis.metrics import custom, lower_is_better, measure
from forebear.analysis.outcome import Outcome, classified
from forebear.core.validation import Estimate

FEW = settings(max_examples=25, deadline=None)


@st.composite
def labelled(draw):
    k = draw(st.integers(2, 4))
    n = draw(st.integers(12, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    truth = np.concatenate([np.arange(k), np.arange(k), random.integers(0, k, n)])
    scores = random.dirichlet(np.ones(k), len(truth)).round(2) + 1e-3
    scores /= scores.sum(axis=1, keepdims=True)
    return truth, scores


def value(found: dict[str, Estimate], name: str) -> float:
    assert found[name].value is not None, (name, found[name])
    return found[name].value


@FEW
@given(labelled())
def test_figures_of_classes_are_those_of_scikit_learn(case):
    truth, scores = case
    said = scores.argmax(axis=1)
    k = scores.shape[1]
    found = measure(classified(truth, said, classes=range(k), scores=scores, probabilities=True))
    expected = {
        "accuracy": sk.accuracy_score(truth, said),
        "balanced_accuracy": sk.balanced_accuracy_score(truth, said),
        "mcc": sk.matthews_corrcoef(truth, said),
        "log_loss": sk.log_loss(truth, scores),
    }
    for average in ("macro", "micro", "weighted"):
        for name in ("precision", "recall", "f1"):
            function = getattr(sk, f"{name}_score")
            said_so = function(truth, said, average=average, zero_division=0)
            expected[f"{name}_{average}"] = said_so
    for place in range(k):
        expected[f"recall.{place}"] = sk.recall_score(truth == place, said == place)
    if k == 2:
        expected["roc_auc"] = sk.roc_auc_score(truth, scores[:, 1])
        expected["pr_auc"] = sk.average_precision_score(truth, scores[:, 1])
        expected["brier"] = sk.brier_score_loss(truth, scores[:, 1])
        expected["f1"] = sk.f1_score(truth, said)
    else:
        expected["roc_auc"] = sk.roc_auc_score(truth, scores, multi_class="ovr")
        expected["pr_auc"] = sk.average_precision_score(np.eye(k)[truth], scores)
        expected["brier"] = sk.brier_score_loss(truth, scores)
    for name, wanted in expected.items():
        assert value(found, name) == pytest.approx(wanted, abs=1e-9), name
    for name, one in found.items():
        if one.low is not None and one.value is not None and one.how != "bootstrap":
            assert one.low - 1e-12 <= one.value <= one.high + 1e-12, name


@FEW
@given(
    hnp.arrays(float, st.integers(3, 60), elements=st.integers(-5000, 5000)),
    st.integers(0, 2**32 - 1),
)
def test_figures_of_values_are_those_of_scikit_learn(truth, seed):
    truth = truth / 100
    predicted = truth + np.random.default_rng(seed).normal(size=len(truth))
    found = measure(Outcome(task="regression", truth=truth, predicted=predicted))
    assert value(found, "mae") == pytest.approx(sk.mean_absolute_error(truth, predicted))
    assert value(found, "rmse") == pytest.approx(sk.root_mean_squared_error(truth, predicted))
    if np.ptp(truth) > 1e-3:
        assert value(found, "r2") == pytest.approx(sk.r2_score(truth, predicted))
    if (truth == 0).any():
        assert found["mape"].value is None
    else:
        wanted = sk.mean_absolute_percentage_error(truth, predicted)
        assert value(found, "mape") == pytest.approx(wanted)


@FEW
@given(st.integers(1, 8), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_figures_of_rankings_are_those_of_scikit_learn(queries, size, seed):
    random = np.random.default_rng(seed)
    truth = random.integers(0, 4, (queries, size))
    truth[:, 0] = 1
    scores = random.permuted(np.tile(np.arange(size, dtype=float), (queries, 1)), axis=1)
    outcome = Outcome(
        task="ranking",
        truth=truth.ravel(),
        predicted=scores.ravel(),
        query=np.repeat(np.arange(queries), size),
    )
    found = measure(outcome, {"ndcg@3", "ndcg@10", "map", "mrr", "precision@1"})
    if size > 1:
        assert value(found, "ndcg@3") == pytest.approx(sk.ndcg_score(truth, scores, k=3))
        assert value(found, "ndcg@10") == pytest.approx(sk.ndcg_score(truth, scores, k=10))
    each = [sk.average_precision_score(t > 0, s) for t, s in zip(truth, scores, strict=True)]
    assert value(found, "map") == pytest.approx(np.mean(each))
    best = [(t > 0)[s.argmax()] for t, s in zip(truth, scores, strict=True)]
    assert value(found, "precision@1") == pytest.approx(np.mean(best))


@FEW
@given(st.integers(1, 400), st.data())
def test_wilson_is_that_of_scipy(n, data):
    hits = data.draw(st.integers(0, n))
    wanted = stats.binomtest(hits, n).proportion_ci(method="wilson")
    found = wilson(hits, n)
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=1e-9)


def test_newcombe_is_as_published():
    # Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10
    for one, two, low, high in [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ]:
        found = newcombe(one, two)
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_the_mean_has_the_interval_of_student():
    values = np.array([2.1, 3.4, 1.9, 5.0, 4.2])
    wanted = stats.t.interval(0.95, 4, values.mean(), stats.sem(values))
    assert (mean(values).low, mean(values).high) == pytest.approx(wanted)


def test_order_statistics_hold_the_median_often_enough():
    random = np.random.default_rng(1)
    held = 0
    for _ in range(400):
        found = quantile(random.exponential(size=60), 0.5)
        held += found.low <= np.log(2) <= found.high
    assert held / 400 >= 0.94


def test_delong_covers_the_true_area():
    random = np.random.default_rng(2)
    truth = np.repeat([True, False], [60, 140])
    area = stats.norm.cdf(1 / np.sqrt(2))
    held = 0
    for _ in range(400):
        found = auc_estimate(truth, random.normal(size=200) + truth)
        held += found.low <= area <= found.high
    assert 0.92 <= held / 400 <= 0.985


def test_delong_has_the_variance_of_placements():
    random = np.random.default_rng(3)
    truth = np.repeat([True, False], [30, 50])
    one, two = random.normal(size=(2, 80)) + truth
    areas, covariance = delong(truth, [one, two])
    above = np.array([[np.mean(s[~truth] < x) for x in s[truth]] for s in (one, two)])
    below = np.array([[np.mean(s[truth] > x) for x in s[~truth]] for s in (one, two)])
    assert covariance == pytest.approx(np.cov(above) / 30 + np.cov(below) / 50)
    assert areas == pytest.approx([sk.roc_auc_score(truth, one), sk.roc_auc_score(truth, two)])


def test_the_same_data_give_the_same_interval():
    outcome = classified([0, 1, 1, 0, 1] * 20, [0, 1, 0, 0, 1] * 20)
    assert measure(outcome) == measure(outcome)


def test_what_is_not_defined_says_why():
    outcome = classified([1, 1, 1], [1, 0, 1], classes=[0, 1], scores=np.eye(2)[[1, 0, 1]])
    found = measure(outcome)
    assert found["specificity"].value is None
    assert found["roc_auc"].why == "all rows are of one class"
    assert found["log_loss"].why == "the scores are no probabilities"


def test_a_figure_of_the_callers_own_sees_labels():
    outcome = classified(["a", "b", "b"] * 20, ["a", "b", "a"] * 20)
    found = custom(outcome, lambda truth, said: np.mean((truth == "b") & (said == "b")))
    assert found.value == pytest.approx(1 / 3)
    assert found.low < 1 / 3 < found.high
    assert lower_is_better("brier")


def in_all_orders(truth, said, figure) -> float:
    """Return the mean of a figure over all orders that do not contradict what was said."""
    orders = [
        order
        for order in permutations(range(len(truth)))
        if all(said[a] >= said[b] for a, b in pairwise(order))
    ]
    return float(np.mean([figure([truth[i] for i in order]) for order in orders]))


def average_precision(ranked) -> float:
    hits = [place for place, one in enumerate(ranked, 1) if one > 0]
    return float(np.mean([(n + 1) / place for n, place in enumerate(hits)]))


def reciprocal(ranked) -> float:
    return 1 / next(place for place, one in enumerate(ranked, 1) if one > 0)


@FEW
@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_rows_that_are_ranked_alike_have_no_order(seed, n):
    random = np.random.default_rng(seed)
    truth, said = random.integers(0, 3, n), random.integers(0, 3, n)
    truth[0] = 2
    one = Outcome(task="ranking", truth=truth, predicted=said, query=np.zeros(n, dtype=int))
    found = measure(one)
    assert value(found, "map") == pytest.approx(in_all_orders(truth, said, average_precision))
    assert value(found, "mrr") == pytest.approx(in_all_orders(truth, said, reciprocal))
    first = in_all_orders(truth, said, lambda ranked: ranked[0] > 0)
    assert value(found, "precision@1") == pytest.approx(first)
    for cut in (1, 5, 10):
        wanted = sk.ndcg_score([truth], [said], k=cut)
        assert value(found, f"ndcg@{cut}") == pytest.approx(wanted, rel=1e-12)
