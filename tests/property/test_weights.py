"""Figures of weighted rows: those of scikit-learn's `sample_weight`, and intervals that hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from scipy import stats
from sklearn import metrics as sk

from forebear.analysis import fairness, slices, weighting
from forebear.analysis.areas import delong
from forebear.analysis.classification import calibration, confusion
from forebear.analysis.comparison import baseline, compare
from forebear.analysis.intervals import mean, quantile, wilson
from forebear.analysis.metrics import custom, measure, point
from forebear.analysis.outcome import Outcome, classified

FEW = settings(max_examples=20, deadline=None)
CLOSE = {"rel": 1e-12, "abs": 1e-12}


def weighted(one: Outcome, weight) -> Outcome:
    return structs.replace(one, weight=np.asarray(weight, dtype=float))


@st.composite
def cases(draw):
    k, n = draw(st.integers(2, 4)), draw(st.integers(12, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    truth = np.concatenate([np.arange(k), np.arange(k), random.integers(0, k, n)])
    scores = random.dirichlet(np.ones(k), len(truth)).round(2) + 1e-3
    scores /= scores.sum(axis=1, keepdims=True)
    return truth, scores, random.gamma(0.7, 3.0, len(truth)) + 1e-3


@FEW
@given(cases())
def test_weighted_figures_of_classes_are_those_of_scikit_learn(case):
    truth, scores, w = case
    said, k = scores.argmax(axis=1), scores.shape[1]
    one = classified(truth, said, classes=range(k), scores=scores, probabilities=True)
    found = measure(weighted(one, w))
    expected = {
        "accuracy": sk.accuracy_score(truth, said, sample_weight=w),
        "balanced_accuracy": sk.balanced_accuracy_score(truth, said, sample_weight=w),
        "mcc": sk.matthews_corrcoef(truth, said, sample_weight=w),
        "log_loss": sk.log_loss(truth, scores, sample_weight=w),
    }
    for average in ("macro", "micro", "weighted"):
        for name in ("precision", "recall", "f1"):
            score = getattr(sk, f"{name}_score")
            expected[f"{name}_{average}"] = score(
                truth, said, average=average, zero_division=0, sample_weight=w
            )
    for place in range(k):
        expected[f"recall.{place}"] = sk.recall_score(
            truth == place, said == place, sample_weight=w
        )
    if k == 2:
        expected["roc_auc"] = sk.roc_auc_score(truth, scores[:, 1], sample_weight=w)
        expected["pr_auc"] = sk.average_precision_score(truth, scores[:, 1], sample_weight=w)
        expected["brier"] = sk.brier_score_loss(truth, scores[:, 1], sample_weight=w)
    else:
        expected["roc_auc"] = sk.roc_auc_score(truth, scores, multi_class="ovr", sample_weight=w)
        expected["pr_auc"] = sk.average_precision_score(truth, scores, sample_weight=w)
    for name, wanted in expected.items():
        assert found[name].value == pytest.approx(wanted, **CLOSE), name
    assert confusion(weighted(one, w)) == pytest.approx(
        sk.confusion_matrix(truth, said, sample_weight=w), **CLOSE
    )


@FEW
@given(st.integers(0, 2**32 - 1), st.integers(5, 80))
def test_weighted_figures_of_values_are_those_of_scikit_learn(seed, n):
    random = np.random.default_rng(seed)
    truth, w = random.normal(10, 1, n), random.gamma(0.7, 3.0, n) + 1e-3
    said = truth + random.normal(0, 1, n)
    one = Outcome(task="regression", truth=truth, predicted=said, weight=w)
    found = measure(one)
    for name, score in {
        "mae": sk.mean_absolute_error,
        "rmse": sk.root_mean_squared_error,
        "r2": sk.r2_score,
        "mape": sk.mean_absolute_percentage_error,
        "median_error": sk.median_absolute_error,
    }.items():
        assert found[name].value == pytest.approx(score(truth, said, sample_weight=w), **CLOSE)
    assert found["bias"].value == pytest.approx(np.average(said - truth, weights=w), **CLOSE)


def test_a_weighted_ranking_weighs_queries():
    random = np.random.default_rng(0)
    query, truth = np.repeat(np.arange(40), 8), random.integers(0, 4, 320)
    said, each = random.normal(size=320), random.gamma(1.0, 2.0, 40) + 0.01
    one = Outcome(task="ranking", truth=truth, predicted=said, query=query, weight=each[query])
    table = (truth.reshape(40, 8), said.reshape(40, 8))
    wanted = sk.ndcg_score(*table, k=5, sample_weight=each)
    assert measure(one, {"ndcg@5"})["ndcg@5"].value == pytest.approx(wanted, **CLOSE)


@pytest.mark.parametrize("scale", [1.0, 7.5])
def test_equal_weights_say_what_no_weights_say(scale):
    random = np.random.default_rng(1)
    truth = random.integers(0, 2, 300)
    score = np.clip(truth * 0.3 + random.random(300) * 0.7, 0, 1)
    one = classified(
        truth,
        (score > 0.5).astype(int),
        classes=[0, 1],
        scores=np.column_stack([1 - score, score]),
        probabilities=True,
    )
    plain, same = measure(one), measure(weighted(one, np.full(300, scale)))
    for name, figure in plain.items():
        assert same[name].value == pytest.approx(figure.value, **CLOSE), name
        if figure.how != "bootstrap":
            assert (same[name].low, same[name].high) == pytest.approx(
                (figure.low, figure.high), rel=1e-9
            ), name
        assert same[name].n == figure.n


def test_a_row_of_weight_two_counts_as_two_rows():
    random = np.random.default_rng(2)
    truth, said = random.integers(0, 3, (2, 200))
    times = random.integers(1, 4, 200)
    one = classified(truth, said, classes=range(3))
    many = one.take(np.repeat(np.arange(200), times))
    found, wanted = measure(weighted(one, times)), measure(many)
    for name, figure in wanted.items():
        assert found[name].value == pytest.approx(figure.value, **CLOSE), name


def test_unequal_rows_are_worth_fewer_equal_ones():
    assert weighting.worth(np.ones(50)) == 50
    assert weighting.worth(np.array([1.0, 1.0, 8.0])) == pytest.approx(100 / 66)
    hit = np.array([True, True, False, False])
    assert weighting.rate(hit, np.array([1.0, 1, 1, 1]))[1] == 4
    heavy = weighting.rate(hit, np.array([10.0, 1, 1, 10]))
    assert heavy[0] / heavy[1] == pytest.approx(0.5)
    assert heavy[1] == pytest.approx(22**2 / 202)


def covered(draw, interval, truth, rounds=1000) -> float:
    inside = 0
    for seed in range(rounds):
        found = interval(*draw(np.random.default_rng(1000 + seed)))
        inside += found.low <= truth <= found.high
    return inside / rounds


@pytest.mark.parametrize("heavy_right", [0.5, 0.9, 0.99])
def test_intervals_of_weighted_shares_hold_where_weights_know_the_answer(heavy_right):
    """A tenth of the rows has ten times the weight, and is right more or less often."""
    truth = (0.9 * 0.8 + 0.1 * 10 * heavy_right) / 1.9

    def draw(random):
        heavy = random.random(400) < 0.1
        hit = random.random(400) < np.where(heavy, heavy_right, 0.8)
        return hit, np.where(heavy, 10.0, 1.0)

    def interval(hit, weight):
        return wilson(*weighting.rate(hit, weight))

    assert covered(draw, interval, truth) >= 0.92


def test_intervals_of_weighted_means_and_medians_hold():
    def draw(random):
        weight = random.gamma(1.0, 1.0, 200) + 0.01
        return random.normal(size=200) + weight, weight

    # Heavy rows have larger values: E[w²] / E[w], by the moments of an exponential.
    truth = (2 + 0.02 + 1e-4) / 1.01
    assert covered(draw, lambda v, w: mean(v, weight=w), truth) >= 0.9

    def plain(random):
        return random.normal(size=200), random.gamma(1.0, 1.0, 200) + 0.01

    assert covered(plain, lambda v, w: quantile(v, 0.5, weight=w), 0.0) >= 0.92


def test_the_spread_of_weighted_areas_is_what_is_seen():
    areas, said = [], []
    for seed in range(300):
        random = np.random.default_rng(seed)
        truth = random.random(300) < 0.3
        found, spread = delong(
            truth, [truth + random.normal(size=300)], random.gamma(1.0, 1.0, 300) + 0.01
        )
        areas.append(found[0])
        said.append(spread[0, 0])
    assert np.sqrt(np.mean(said)) == pytest.approx(np.std(areas), rel=0.12)


def test_two_weighted_models_are_compared_in_pairs():
    random = np.random.default_rng(5)
    truth, w = random.integers(0, 2, 800), random.gamma(1.0, 2.0, 800) + 0.01
    made = [
        weighted(classified(truth, np.where(random.random(800) < wrong, 1 - truth, truth)), w)
        for wrong in (0.1, 0.3)
    ]
    found = compare(*made, "accuracy", to="x", title="x", role="champion")
    rights = [sk.accuracy_score(truth, one.predicted, sample_weight=w) for one in made]
    assert found.difference.value == pytest.approx(rights[0] - rights[1], **CLOSE)
    assert (found.verdict, found.test) == ("better", "paired t, weighted")
    same = compare(made[0], made[0], "accuracy", to="x", title="x", role="champion", margin=0.02)
    assert (same.verdict, same.p) == ("equivalent", 1.0)
    gaps = compare(*made, "f1", to="x", title="x", role="champion").difference.value
    assert gaps == pytest.approx(point(made[0], "f1") - point(made[1], "f1"))
    dull = baseline(made[0], "majority")
    heavier = int(w[truth == 1].sum() > w[truth == 0].sum())
    assert set(dull.predicted) == {heavier}


def test_weighted_groups_and_their_gaps_are_those_of_weighted_rates():
    random = np.random.default_rng(6)
    group = random.choice(["a", "b", "light"], 900)
    truth, said = random.integers(0, 2, (2, 900))
    w = random.gamma(1.0, 2.0, 900) + 0.01
    w[np.flatnonzero(group == "light")[1:]] *= 1e-4
    one = weighted(classified(truth, said, classes=[0, 1]), w)
    groups, apart = fairness.by_groups(one, pd.DataFrame({"g": group}), ["g"])
    rates = {g: np.average(said[group == g], weights=w[group == g]) for g in "ab"}
    told = {row.value: row for row in groups}
    assert told["a"].metrics["selection_rate"].value == pytest.approx(rates["a"], **CLOSE)
    assert told["light"].small
    gap = next(row for row in apart if row.metric == "demographic_parity_difference")
    assert gap.estimate.value == pytest.approx(abs(rates["a"] - rates["b"]), **CLOSE)
    assert gap.left_out == ["light"]


def people(random, n):
    return pd.DataFrame(
        {"sex": random.choice(["F", "M"], n), "region": random.choice(list("abcde"), n)}
    )


def test_a_weak_slice_is_found_by_weight_and_none_where_there_is_none():
    random = np.random.default_rng(7)
    frame = people(random, 3000)
    bad = ((frame.sex == "F") & (frame.region == "c")).to_numpy()
    truth = random.integers(0, 2, 3000)
    wrong = random.random(3000) < np.where(bad, 0.5, 0.1)
    one = classified(truth, np.where(wrong, 1 - truth, truth), classes=[0, 1])
    one = weighted(one, random.gamma(2.0, 1.0, 3000) + 0.01)
    found, _ = slices.find(one, frame, list(frame), "accuracy")
    assert [row.where for row in found] == ["sex=F and region=c"]
    alarms = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        frame, truth = people(random, 600), random.integers(0, 2, 600)
        wrong = random.random(600) < 0.2
        one = classified(truth, np.where(wrong, 1 - truth, truth), classes=[0, 1])
        one = weighted(one, random.gamma(1.0, 1.0, 600) + 0.01)
        alarms += bool(slices.find(one, frame, list(frame), "accuracy")[0])
    assert alarms <= 8  # at most one in twenty is expected; more than 8 has a chance of 0.5 %


def test_a_slice_that_was_asked_for_is_tested_by_weighted_means():
    random = np.random.default_rng(8)
    frame = people(random, 500)
    truth, said = random.normal(size=(2, 500))
    one = Outcome(task="regression", truth=truth, predicted=said)
    (plain,) = slices.given(one, frame, ["sex=F"], "mae")
    (same,) = slices.given(weighted(one, np.full(500, 3.0)), frame, ["sex=F"], "mae")
    f = (frame.sex == "F").to_numpy()
    wanted = stats.ttest_ind(one.losses[f], one.losses[~f], equal_var=False).pvalue
    assert plain.p == pytest.approx(wanted)
    assert same.p == pytest.approx(wanted)


def test_calibration_and_figures_of_ones_own_take_weights():
    random = np.random.default_rng(9)
    truth, score = random.integers(0, 2, 400), random.random(400)
    w = random.gamma(1.0, 1.0, 400) + 0.01
    one = classified(
        truth,
        (score > 0.5).astype(int),
        classes=[0, 1],
        scores=np.column_stack([1 - score, score]),
        probabilities=True,
    )
    rows = calibration(weighted(one, w))
    first = score < 0.1
    assert rows[0]["said"] == pytest.approx(np.average(score[first], weights=w[first]))
    assert rows[0]["came"] == pytest.approx(np.average(truth[first], weights=w[first]))
    assert rows[0]["n"] == first.sum()

    def cost(true, said, sample_weight=None):
        return float(np.average(true != said, weights=sample_weight))

    mine = custom(weighted(one, w), cost).value
    assert mine == pytest.approx(1 - measure(weighted(one, w), {"accuracy"})["accuracy"].value)
