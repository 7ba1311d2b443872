"""Rows that do not count alike: told everywhere, predicted from nowhere, refused where wrong."""

from __future__ import annotations

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, recall_score

import forebear as fb
from forebear.core.errors import InvalidInput

from .conftest import FEATURES, trained


@pytest.fixture
def heavy(folder):
    frame = pd.read_csv("test.csv")
    frame["w"] = np.random.default_rng(3).gamma(1.0, 2.0, len(frame)).round(3)
    frame.to_csv("heavy.csv", index=False)
    return frame


def asked(model: str, *more: str) -> tuple[str, ...]:
    return ("validate", model, "--on", "heavy.csv", "--target", "income", "--weight", "w", *more)


def test_figures_are_weighted_and_the_weight_is_told(heavy, answered, run):
    code, said = answered(*asked("good.joblib", "--threshold", "recall>=0.5"))
    assert code == 0
    found = said["validation"]
    kept = heavy[heavy.w > 0]
    model = joblib.load("good.joblib")
    predicted = model.predict(kept[FEATURES])
    assert found["metrics"]["accuracy"]["value"] == pytest.approx(
        accuracy_score(kept.income, predicted, sample_weight=kept.w), rel=1e-12
    )
    recall = recall_score(kept.income, predicted, pos_label=">50K", sample_weight=kept.w)
    assert found["metrics"]["recall"]["value"] == pytest.approx(recall, rel=1e-12)
    assert (found["weight"], found["rows"]) == ("w", len(kept))
    assert 100 < found["rows_worth"] < len(kept)
    assert "weighted by w, which are worth" in said["verdict"]
    _, out, _ = run("validations", "good.joblib")
    assert "weighted by w" in out
    _, out, _ = run("show", "good.joblib")
    assert "weighted by w" in out


def test_the_weight_is_no_feature_and_not_searched(heavy, answered):
    seen = []

    def model(frame):
        seen.append(list(frame.columns))
        return ["<=50K"] * (len(frame) - 1) + [">50K"]

    with fb.run("weighed"):
        fb.validate(model, heavy.drop(columns="income"), heavy.income, weight="w", find_slices=True)
    assert "w" not in seen[0]
    _, said = answered(*asked("poor.joblib", "--find-slices"))
    assert not any(
        "w<" in one["where"] or "w>" in one["where"] for one in said["validation"].get("slices", [])
    )


def test_a_model_that_learned_from_the_weight_is_refused(heavy, run):
    columns = [*FEATURES, "w"]
    joblib.dump(trained(heavy, columns), "greedy.joblib")
    code, _, err = run(*asked("greedy.joblib"))
    assert code == 2
    assert "predicts from column 'w', so it cannot be the weight of rows." in err


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (-1.0, "has the weight -1 in row 2, which is negative."),
        (float("nan"), "has no weight in row 2."),
        (float("inf"), "has the weight inf in row 2, which is infinite."),
        ("all", "is 0 in all rows: none would count."),
        ("text", "holds what is no number, so no weights."),
    ],
)
def test_what_are_no_weights_is_refused(heavy, run, values, why):
    if values == "all":
        heavy["w"] = 0
    elif values == "text":
        heavy["w"] = "much"
    else:
        heavy.loc[2, "w"] = values
    heavy.to_csv("heavy.csv", index=False)
    code, out, err = run(*asked("good.joblib"))
    assert (code, out) == (2, "")
    assert why in " ".join(err.split())


@pytest.mark.parametrize(
    ("weight", "why"),
    [("nope", "The data have no column 'nope'."), ("income", "is what is to be predicted")],
)
def test_a_column_that_cannot_be_the_weight_is_refused(heavy, run, weight, why):
    code, _, err = run(*asked("good.joblib")[:-1], weight)
    assert code == 2
    assert why in " ".join(err.split())


def test_rows_that_weigh_nothing_are_left_out(heavy, answered):
    heavy.loc[:9, "w"] = 0
    heavy.loc[10:, "w"] = 1
    heavy.to_csv("heavy.csv", index=False)
    _, said = answered(*asked("good.joblib"))
    assert said["validation"]["rows"] == len(heavy) - 10
    assert "10 rows with a weight of 0 left out" in said["validation"]["notes"]


def test_another_weight_after_the_result_is_told(heavy, answered):
    limit = ("--threshold", "recall>=0.5")
    plain = ("validate", "good.joblib", "--on", "heavy.csv", "--target", "income", *limit)
    answered(*plain)
    _, said = answered(*asked("good.joblib", *limit))
    assert said["validation"]["thresholds_changed"] is True


def test_two_models_are_compared_by_weight(heavy, answered):
    words = ("compare", "good.joblib", "poor.joblib", "--on", "heavy.csv", "--target", "income")
    code, said = answered(*words, "--weight", "w")
    assert code == 1
    one = said["validation"]["comparisons"][0]
    assert (one["verdict"], one["test"]) == ("worse", "paired t, weighted")


def test_weights_may_be_given_apart(heavy):
    kept = heavy[heavy.w > 0]
    model = joblib.load("good.joblib")
    with fb.run("weighed"):
        found = fb.validate(model, kept[FEATURES], kept.income, weight=kept.w.to_numpy())
    told = found.validation
    assert told.weight == "weight"
    assert any("the weights came apart from the data" in note for note in told.notes)
    wanted = accuracy_score(kept.income, model.predict(kept[FEATURES]), sample_weight=kept.w)
    assert told.metrics["accuracy"].value == pytest.approx(wanted, rel=1e-12)
    with fb.run("weighed"), pytest.raises(InvalidInput, match="and 3 weights"):
        fb.validate(model, kept[FEATURES], kept.income, weight=[1, 2, 3])


def test_a_figure_that_takes_no_weights_is_told(heavy, answered, folder):
    (folder / "pricing.py").write_text("def cost(true, said):\n    return (true != said).sum()\n")
    _, said = answered(*asked("good.joblib", "--metric", "pricing:cost"))
    assert any("cost takes no sample_weight" in note for note in said["validation"]["notes"])


def test_weights_of_a_ranking_are_those_of_its_queries(folder, run):
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"q": np.repeat(range(20), 5), "rel": random.integers(0, 3, 100)})
    frame["score"] = random.normal(size=100)
    frame["w"] = np.repeat(random.gamma(1.0, 1.0, 20) + 0.1, 5)
    frame.to_csv("ranked.csv", index=False)
    (folder / "rank.py").write_text("def predict(frame):\n    return frame['score']\n")
    words = ("validate", "rank.py", "--on", "ranked.csv", "--target", "rel", "--query", "q")
    code, out, err = run(*words, "--weight", "w")
    assert code == 0, err
    assert "weighted by w" in out
    frame.loc[0, "w"] = 99
    frame.to_csv("ranked.csv", index=False)
    code, _, err = run(*words, "--weight", "w")
    assert code == 2
    assert "queries have weights: 'w' differs within one 'q'." in " ".join(err.split())
