"""Requirements of a validation and of its figures: overall, by slice, by group."""

from __future__ import annotations

from datetime import timedelta

import pytest

from forebear.core.clock import now
from forebear.core.validation import (
    Estimate,
    FairnessSummary,
    GroupSummary,
    SliceSummary,
    Threshold,
)
from forebear.ops import judging
from life import commands, validate


def test_a_figure_that_no_validation_has_is_told_beside_one_that_is_too_low(life):
    setting = 'metrics = ["f1 >= 0.95", "f9 >= 0.5", "uplift >= 1"]'
    assert "None of its" not in life.judged(setting).words  # there is no validation to look at
    validate(life)
    outcome = life.judged(setting)
    assert outcome.state == "failed"
    assert outcome.words == (
        "Not reached: f1 >= 0.95 (0.9). Not measured by a validation: f9 >= 0.5 and uplift >= 1."
        " None of its validations has a figure called f9: is f1 meant?"
        " None of its validations has a figure called uplift: they have f1."
    )
    assert "--metric MODULE:FUNCTION" in outcome.ways[0][-1].words


def test_a_validation_grows_old(life, monkeypatch):
    setting = 'validated_within = "30 days"'
    assert life.judged(setting).state == "unknown"
    validate(life)
    assert life.judged(setting).state == "passed"
    monkeypatch.setattr(judging, "now", lambda: now() + timedelta(days=29))
    assert life.judged(setting).state == "passed"
    monkeypatch.setattr(judging, "now", lambda: now() + timedelta(days=31))
    outcome = life.judged(setting)
    assert (outcome.state, "older than 30 days" in outcome.words) == ("failed", True)
    assert commands(outcome)[0] == "forebear validate churn:1 --on data:test"


def test_a_validation_that_did_not_pass_is_none(life):
    missed = Threshold("f1", ">=", 0.95, passed=False)
    validate(life, passed=False, thresholds=[missed])
    outcome = life.judged('validated_within = "30 days"')
    assert (outcome.state, "f1 >= 0.95" in outcome.words) == ("failed", True)


@pytest.mark.parametrize(
    ("asked", "state"),
    [
        ("f1 >= 0.85", "passed"),
        ("f1 >= 0.95", "failed"),
        ("recall >= 0.5", "unknown"),
        ("f1[age<30] >= 0.6", "passed"),
        ("f1[age < 30] >= 0.8", "failed"),
        ("recall[sex=F] >= 0.5", "passed"),
        ("recall[sex = 'F'] >= 0.5", "passed"),
        ("recall[sex=M] >= 0.5", "unknown"),
        ("mae[age<30] <= 2", "passed"),
    ],
)
def test_figures_are_compared_overall_and_by_slice(life, asked, state):
    setting = f'metrics = ["{asked}"]'
    assert life.judged(setting).state == "unknown"
    validate(
        life,
        slices=[SliceSummary(where="age<30", n=5, metric="f1", inside=Estimate(0.7))],
        groups=[GroupSummary(by="sex", value="F", n=5, metrics={"recall": Estimate(0.6)})],
        thresholds=[Threshold("mae", "<=", 3, slice="age<30", measured=Estimate(1.5))],
    )
    outcome = life.judged(setting)
    assert outcome.state == state
    assert bool(outcome.evidence) == (state != "unknown")


def test_a_bar_that_was_another_when_it_was_measured_is_told(life):
    bar = 'metrics = ["f1 >= 0.95", "recall >= 0.5"]'
    life.text = f"[policy.production]\n{bar}\n"
    life.approve(1, "ann")  # from here on the store knows the policy
    validate(life, metrics={"f1": Estimate(0.9), "recall": Estimate(0.7)})
    assert life.judged(bar).state == "failed"
    lowered = life.judged('metrics = ["f1 >= 0.85", "recall >= 0.5"]')
    assert (lowered.state, lowered.words) == (
        "passed",
        "Reached: f1 >= 0.85 (0.9) and recall >= 0.5 (0.7)."
        " When it was measured, the policy asked for f1 >= 0.95.",
    )
    assert "asked for" not in life.judged('metrics = ["recall >= 0.5"]').words


def test_figures_that_the_policy_did_not_ask_for_before_are_compared(life):
    life.text = "[policy.production]\nowner = true\n"
    life.approve(1, "ann")
    validate(life, metrics={"f1": Estimate(0.9)})
    assert life.judged('metrics = ["f1 >= 0.85"]').words == "Reached: f1 >= 0.85 (0.9)."


def test_figures_on_rows_of_the_training_count_where_there_are_no_others(life):
    validate(life, metrics={"f1": Estimate(0.6)})
    validate(life, key="train", trained_on=9, metrics={"f1": Estimate(0.99), "r2": Estimate(0.9)})
    outcome = life.judged('metrics = ["f1 >= 0.5", "r2 >= 0.5"]')
    assert outcome.words == "Reached: f1 >= 0.5 (0.6) and r2 >= 0.5 (0.9)."


def test_slices_that_are_missing_are_asked_for(life):
    validate(life)
    outcome = life.judged('metrics = ["f1[age<30] >= 0.6"]')
    assert outcome.ways[0][0].words == "with --slice 'age<30'"


def test_a_validation_is_asked_for_again_by_its_weights(life):
    validate(life, weight="times seen")
    outcome = life.judged('metrics = ["f1[age<30] >= 0.6"]')
    assert list(commands(outcome)) == [
        "forebear validate churn:1 --on data:test --weight 'times seen'",
        "forebear validate churn:1 --on data:test --weight 'times seen' --by COLUMN",
    ]


@pytest.mark.parametrize(
    ("metric", "value", "state"),
    [
        ("equal_opportunity_difference", -0.1, "passed"),
        ("equal_opportunity_difference", -0.3, "failed"),
        ("disparate_impact_ratio", 0.9, "passed"),
        ("calibration_difference", 0.04, "passed"),
        ("disparate_impact_ratio", 0.5, "failed"),
        ("calibration_difference", 0.9, "failed"),
        ("equal_opportunity_difference", None, "unknown"),
    ],
)
def test_groups_may_differ_so_far(life, metric, value, state):
    assert life.judged("fairness = 0.2").state == "unknown"
    validate(life, fairness=[FairnessSummary(by="sex", metric=metric, estimate=Estimate(value))])
    assert life.judged("fairness = 0.2").state == state


@pytest.mark.parametrize(("mae", "state"), [(100.0, "passed"), (20.0, "failed"), (0.0, "passed")])
def test_errors_in_units_are_seen_beside_the_usual_error(life, mae, state):
    apart = FairnessSummary(by="sex", metric="mae_difference", estimate=Estimate(12.0))
    validate(life, task="regression", metrics={"mae": Estimate(mae)}, fairness=[apart])
    outcome = life.judged("fairness = 0.2")
    assert outcome.state == state
    assert outcome.evidence[0].words.endswith("of the mean error")
