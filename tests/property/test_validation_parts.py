"""Slices, groups and comparisons against known tables, simulations and other libraries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from forebear.analysis import conditions, fairness, slices
from forebear.analysis.comparison import baseline, compare
from forebear.analysis.discoveries import adjusted
from forebear.analysis.outcome import Outcome, classified
from forebear.core.errors import InvalidInput

FEW = settings(max_examples=40, deadline=None)


@FEW
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_false_discoveries_are_controlled_as_scipy_does(ps):
    assert adjusted(ps) == pytest.approx(stats.false_discovery_control(ps))


FRAME = pd.DataFrame(
    {
        "age": [20, 30, 40, None, 60],
        "sex": ["F", "M", "F", "M", None],
        "flag": [True, False, True, False, True],
        "hours per week": [10.5, 20, 30, 40, 50],
    }
)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("age<40", [0, 1]),
        ("age >= 40", [2, 4]),
        ("age=30", [1]),
        ("sex=F", [0, 2]),
        ("sex != F", [1, 3]),
        ("sex='F' and age<30", [0]),
        ("sex in {F, M} and age > 20", [1, 2]),
        ("sex not in {F}", [1, 3]),
        ("age is missing", [3]),
        ("sex is not missing and age is not missing", [0, 1, 2]),
        ("flag=True", [0, 2, 4]),
        ("hours per week <= 20", [0, 1]),
    ],
)
def test_conditions_mean_what_they_say(text, rows):
    assert np.flatnonzero(conditions.parse(text).mask(FRAME)).tolist() == rows
    again = str(conditions.parse(text))
    assert np.flatnonzero(conditions.parse(again).mask(FRAME)).tolist() == rows


@pytest.mark.parametrize("text", ["age", "", "age ~ 3", "__import__('os')", "age<x", "wages>1"])
def test_what_is_no_condition_is_refused(text):
    with pytest.raises(InvalidInput):
        conditions.parse(text).mask(FRAME)


def people(random, n=2000):
    return pd.DataFrame(
        {
            "age": random.integers(18, 80, n),
            "sex": random.choice(["F", "M"], n),
            "region": random.choice(list("abcde"), n),
        }
    )


def outcome(wrong, random):
    truth = random.integers(0, 2, len(wrong))
    return classified(truth, np.where(wrong, 1 - truth, truth), classes=[0, 1])


def test_the_search_finds_what_was_planted():
    random = np.random.default_rng(4)
    frame = people(random)
    bad = (frame.sex == "F") & (frame.region == "c")
    wrong = random.random(len(frame)) < np.where(bad, 0.5, 0.1)
    found, tested = slices.find(outcome(wrong, random), frame, list(frame), "accuracy")
    assert tested > 40
    assert found[0].where == "sex=F and region=c"
    assert found[0].inside.value == pytest.approx(1 - wrong[bad].mean())
    assert found[0].p < 0.001


def test_the_search_seldom_finds_what_is_not_there():
    alarms = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        frame = people(random, 600)
        wrong = random.random(len(frame)) < 0.2
        alarms += bool(slices.find(outcome(wrong, random), frame, list(frame), "accuracy")[0])
    assert alarms <= 8  # at most one in twenty is expected; more than 8 has a chance of 0.5 %


def test_the_search_works_on_values():
    random = np.random.default_rng(5)
    frame = people(random)
    truth = random.normal(size=len(frame))
    noise = random.normal(size=len(frame)) * np.where(frame.region == "e", 3.0, 1.0)
    one = Outcome(task="regression", truth=truth, predicted=truth + noise)
    found, _ = slices.find(one, frame, list(frame), "mae")
    assert [row.where for row in found] == ["region=e"]


def test_a_slice_that_was_asked_for_is_tested_exactly_and_small_ones_are_not_judged():
    random = np.random.default_rng(6)
    frame = people(random, 400)
    wrong = random.random(400) < np.where(frame.sex == "F", 0.4, 0.1)
    one, small = slices.given(
        outcome(wrong, random), frame, ["sex=F", "age<20 and sex=F"], "accuracy"
    )
    f = (frame.sex == "F").to_numpy()
    table = [[wrong[f].sum(), (~wrong[f]).sum()], [wrong[~f].sum(), (~wrong[~f]).sum()]]
    assert one.p == pytest.approx(stats.fisher_exact(table).pvalue)
    assert (one.verdict, small.verdict, small.p) == ("worse", "too small", None)


def test_measures_of_fairness_are_the_widest_gaps():
    random = np.random.default_rng(7)
    n = 3000
    group = random.choice(["a", "b", "c", "tiny"], n, p=[0.5, 0.3, 0.195, 0.005])
    truth = random.integers(0, 2, n)
    chance = np.where(truth == 1, 0.8, 0.2) - np.where(group == "c", 0.15, 0)
    said = (random.random(n) < chance).astype(int)
    groups, apart = fairness.by_groups(
        classified(truth, said, classes=[0, 1]), pd.DataFrame({"g": group}), ["g"]
    )
    gaps = {one.metric: one for one in apart}
    rate = {name: said[group == name].mean() for name in "abc"}
    tpr = {name: said[(group == name) & (truth == 1)].mean() for name in "abc"}
    fpr = {name: said[(group == name) & (truth == 0)].mean() for name in "abc"}

    def wide(rates):
        return max(rates.values()) - min(rates.values())

    parity = gaps["demographic_parity_difference"]
    assert parity.estimate.value == pytest.approx(wide(rate))
    assert parity.between[0] == "c"
    assert parity.left_out == ["tiny"]
    assert parity.estimate.low < 0.15 < parity.estimate.high
    ratio = gaps["demographic_parity_ratio"].estimate
    assert ratio.value == pytest.approx(min(rate.values()) / max(rate.values()))
    assert ratio.low < ratio.value < ratio.high <= 1
    assert gaps["equal_opportunity_difference"].estimate.value == pytest.approx(wide(tpr))
    both = max(wide(tpr), wide(fpr))
    assert gaps["equalised_odds_difference"].estimate.value == pytest.approx(both)
    assert [one.value for one in groups if one.small] == ["tiny"]


def test_groups_of_two_columns_are_told_apart_whatever_their_values_are_called():
    random = np.random.default_rng(11)
    frame = pd.DataFrame({"a": ["x", "x y"] * 100, "b": ["y z", "z"] * 100})
    truth, said = random.integers(0, 2, (2, 200))
    one = classified(truth, said, classes=[0, 1])
    groups, _ = fairness.by_groups(one, frame, ["a", "b"])
    both = {row.value: row.n for row in groups if row.by == "a × b"}
    assert both == {"x × y z": 100, "x y × z": 100}


def test_groups_may_be_judged_too_surely():
    """All are promised 0.7; of one group half comes true, of the other nine tenths."""
    random = np.random.default_rng(12)
    group = np.repeat(["a", "b"], 1000)
    truth = (random.random(2000) < np.where(group == "a", 0.5, 0.9)).astype(int)
    scores = np.tile([0.3, 0.7], (2000, 1))
    one = classified(truth, np.ones(2000, int), classes=[0, 1], scores=scores, probabilities=True)
    _, apart = fairness.by_groups(one, pd.DataFrame({"g": group}), ["g"])
    gaps = {row.metric: row for row in apart}
    found = gaps["calibration_difference"]
    wanted = truth[group == "b"].mean() - truth[group == "a"].mean()
    assert found.estimate.value == pytest.approx(wanted)
    assert found.estimate.low < 0.4 < found.estimate.high
    assert found.between == ["b", "a"]
    assert gaps["predictive_equality_difference"].estimate.value == 0


def test_equal_groups_are_not_said_to_differ():
    alarms = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        group = random.choice(list("abcd"), 800)
        truth, said = random.integers(0, 2, (2, 800))
        one = classified(truth, said, classes=[0, 1])
        _, apart = fairness.by_groups(one, pd.DataFrame({"g": group}), ["g"])
        alarms += next(o for o in apart if "parity_diff" in o.metric).estimate.low > 0
    assert alarms <= 8


def pair(seed, n=600, better=0.0):
    random = np.random.default_rng(seed)
    truth = random.integers(0, 2, n)
    made = []
    for gain in (better, 0.0):
        score = np.clip(truth * (0.2 + gain) + random.random(n) * 0.8, 0, 1)
        scores = np.column_stack([1 - score, score])
        said = score > 0.5
        made.append(
            classified(truth, said.astype(int), classes=[0, 1], scores=scores, probabilities=True)
        )
    return made


def test_mcnemar_is_exact():
    one, two = pair(1)
    right, theirs = one.losses == 0, two.losses == 0
    b, c = (right & ~theirs).sum(), (~right & theirs).sum()
    found = compare(one, two, "accuracy", to="x", title="x", role="champion")
    assert found.p == pytest.approx(stats.binomtest(b, b + c).pvalue)
    assert found.difference.value == pytest.approx((b - c) / 600)


def test_a_difference_of_areas_is_that_of_the_areas():
    one, two = pair(2, better=0.3)
    found = compare(one, two, "roc_auc", to="x", title="x", role="champion")
    areas = [roc_auc_score(o.truth, o.positive_scores) for o in (one, two)]
    assert found.difference.value == pytest.approx(areas[0] - areas[1])
    assert found.verdict == "better"
    back = compare(two, one, "roc_auc", to="x", title="x", role="champion")
    assert back.verdict == "worse"
    assert back.p == pytest.approx(found.p)


@pytest.mark.parametrize("metric", ["accuracy", "roc_auc", "f1", "log_loss"])
def test_equal_models_are_seldom_told_apart(metric):
    rounds = 60 if metric in {"accuracy", "roc_auc"} else 12
    alarms = 0
    for seed in range(rounds):
        found = compare(*pair(seed, 200), metric, to="x", title="x", role="champion")
        alarms += found.verdict != "not distinguishable"
    assert alarms <= (8 if rounds == 60 else 3)


def test_what_would_have_been_seen_is_seen_8_times_of_10():
    one, two = pair(3, 2000)
    least = compare(one, two, "accuracy", to="x", title="x", role="champion").detectable
    seen = 0
    random = np.random.default_rng(0)
    agree = (one.losses == two.losses).mean()
    for _ in range(200):
        draws = random.multinomial(2000, [(1 - agree + least) / 2, (1 - agree - least) / 2, agree])
        seen += stats.binomtest(int(draws[0]), int(draws[0] + draws[1])).pvalue < 0.05
    assert 0.7 <= seen / 200 <= 0.9


def test_the_same_model_is_equivalent_to_itself_and_not_better():
    one, _ = pair(4)
    found = compare(one, one, "accuracy", to="x", title="x", role="champion", margin=0.02)
    assert found.verdict == "equivalent"
    plain = compare(one, one, "f1", to="x", title="x", role="champion")
    assert plain.verdict == "not distinguishable"


def test_values_are_compared_in_pairs():
    random = np.random.default_rng(8)
    truth = random.normal(size=500)
    shared = random.normal(size=500)
    one = Outcome(task="regression", truth=truth, predicted=truth + shared)
    two = Outcome(task="regression", truth=truth, predicted=truth + shared * 1.1)
    for metric in ("mae", "rmse"):
        found = compare(one, two, metric, to="x", title="x", role="champion")
        assert found.verdict == "better"
        assert found.difference.high < 0


def test_baselines_know_the_answers_only():
    one, _ = pair(5)
    dull = baseline(one, "majority")
    assert len(set(dull.predicted)) == 1
    found = compare(one, dull, "roc_auc", to="x", title="x", role="baseline")
    assert found.other.value == 0.5
    with pytest.raises(ValueError, match="no baseline"):
        baseline(one, "mean")


def test_groups_that_are_too_many_are_counted():
    random = np.random.default_rng(9)
    group = random.integers(0, 60, 3000).astype(str)
    truth, said = random.integers(0, 2, (2, 3000))
    one = classified(truth, said, classes=[0, 1])
    groups, _ = fairness.by_groups(one, pd.DataFrame({"g": group}), ["g"])
    assert len(groups) == 21
    assert groups[-1].value == "40 smaller groups"
    assert sum(row.n for row in groups) == 3000
