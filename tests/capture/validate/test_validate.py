from __future__ import annotations

import json

import joblib
import pandas as pd
import pytest
from sklearn import metrics as sk

from forebear.capture.validate.settings import How
from forebear.capture.validate.validation import validate
from forebear.core.statements import StatementRow
from forebear.core.validation import THRESHOLDS, VALIDATION
from forebear.store import open_store
from serving import served

GOOD = ["validate", "good.joblib", "--on", "test.csv", "--target", "income"]


def test_figures_are_those_of_the_model_on_the_data(answered, folder):
    code, found = answered(*GOOD)
    frame = pd.read_csv("test.csv")
    said = joblib.load("good.joblib").predict(frame[["age", "hours", "sex", "race"]])
    metrics = found["validation"]["metrics"]
    assert code == 0
    assert metrics["accuracy"]["value"] == pytest.approx((said == frame.income).mean())
    assert metrics["f1"]["value"] == pytest.approx(
        sk.f1_score(frame.income, said, pos_label=">50K")
    )
    assert metrics["accuracy"]["n"] == found["validation"]["rows"] == 800
    assert metrics["accuracy"]["low"] < metrics["accuracy"]["value"] < metrics["accuracy"]["high"]


def test_a_threshold_that_fails_ends_with_1(run):
    code, out, _ = run(*GOOD, "--threshold", "accuracy>=0.7", "--threshold", "recall>=0.999")
    assert code == 1
    assert "fails 1 of 2 thresholds" in out
    assert max(map(len, out.splitlines())) <= 100


def test_a_threshold_on_a_slice_is_judged_on_it(answered):
    code, found = answered(*GOOD, "--threshold", "accuracy[age<30 and sex=Female]>=0.7")
    (one,) = found["validation"]["thresholds"]
    assert code == 1
    assert one["measured"]["n"] < 100
    assert one["measured"]["value"] < 0.7


def test_a_threshold_that_cannot_be_judged_ends_with_2(run):
    code, out, _ = run(*GOOD, "--threshold", "r2>=0.5")
    assert code == 2
    assert "there is no figure 'r2' of classification" in out


def test_the_positive_class_may_be_said(answered):
    _, found = answered(*GOOD, "--positive", "<=50K")
    metrics = found["validation"]["metrics"]
    assert metrics["recall"]["value"] == pytest.approx(metrics["recall.<=50K"]["value"])


def rows(folder, topic: str) -> list[StatementRow]:
    with open_store(folder / ".forebear") as store:
        return store.statements.history([topic])


def test_thresholds_are_recorded_before_the_run_and_a_later_change_shows(answered, folder):
    answered(*GOOD, "--threshold", "accuracy>=0.9")
    _, found = answered(*GOOD, "--threshold", "accuracy>=0.5")
    fixed, said = rows(folder, THRESHOLDS.name), rows(folder, VALIDATION.name)
    assert fixed[0].seq < said[0].seq
    assert fixed[0].value["digest"] == said[0].value["thresholds_digest"]
    assert fixed[0].value["digest"] != fixed[1].value["digest"]
    assert found["validation"]["thresholds_changed"] is True
    assert any("set after" in note for note in found["validation"]["notes"])
    _, again = answered(*GOOD, "--threshold", "accuracy>=0.5")
    assert again["validation"]["thresholds_changed"] is True
    _, first = answered(*GOOD, "--threshold", "accuracy>=0.9")
    assert not first["validation"].get("thresholds_changed")


def test_thresholds_stay_recorded_when_the_model_fails(run, folder):
    pd.read_csv("test.csv").drop(columns="age").to_csv("bad.csv", index=False)
    words = ["--on", "bad.csv", "--target", "income", "--threshold", "accuracy>=0.9"]
    code, _, err = run("validate", "good.joblib", *words)
    assert code == 2
    assert "lack 1 column that good.joblib was trained on: age" in err
    assert len(rows(folder, THRESHOLDS.name)) == 1


def test_what_was_done_is_a_step_with_edges_figures_and_a_packet(answered, folder):
    _, found = answered(*GOOD)
    step = found["validation"]["step"]
    with open_store(folder / ".forebear") as store:
        run = store.run(step)
        edges = {edge.role: edge for edge in store.edges([step], "up")}
        (figure,) = [row for row in store.metrics(runs=[step]) if row.metric.key == "accuracy"]
        packet = json.loads(store.blobs.get(found["packet"]))
        assert list(store.verify()) == []
    assert (run.kind, run.parent) == ("evaluate", found["run"])
    assert edges["model"].evidence == edges["test"].evidence == "observed"
    assert (figure.model, figure.split) == (found["model"], "test")
    assert packet["validation"]["metrics"] == found["validation"]["metrics"]
    assert packet["classes"] == ["<=50K", ">50K"]
    assert sum(map(sum, packet["confusion"])) == sum(o["n"] for o in packet["calibration"]) == 800


def test_a_model_and_data_may_have_one_name(run, answered):
    run(*GOOD)
    for file in ("good.joblib", "test.csv"):
        assert run("name", file, "people")[0] == 0
    code, found = answered("validate", "people", "--on", "people:1", "--target", "income")
    assert (code, found["validation"]["rows"]) == (0, 800)
    code, _, err = run("validate", "data:people", "--on", "people", "--target", "income")
    assert (code, "is no model but data" in err) == (2, True)


def test_history_lists_all_of_them(run):
    run(*GOOD)
    run(*GOOD, "--threshold", "accuracy>=0.99")
    code, out, _ = run("validations", "good.joblib")
    assert code == 0
    assert "was validated 2 times" in out
    assert "failed" in out
    assert "done again since" in out


def test_what_does_not_fit_is_said_in_a_sentence(run):
    for words, said in [
        (["validate", "good.joblib", "--on", "test.csv"], "was not recorded"),
        ([*GOOD[:-1], "wages"], "no column 'wages'"),
        ([*GOOD[:-1], "sex"], "lack 1 column that good.joblib was trained on: sex"),
        (["validate", "poor.joblib", *GOOD[2:-1], "sex"], "no label is in both"),
        ([*GOOD, "--positive", "rich"], "'rich' is none of the labels"),
        ([*GOOD, "--threshold", "accuracy"], "no threshold"),
        ([*GOOD, "--main", "beauty"], "no figure of classification"),
        ([*GOOD, "--threshold", "recall[wages>1]>0"], "no column 'wages'"),
        (["validate", "nothing", "--on", "test.csv"], "nothing"),
        (["validate", "good.joblib", "--on", "none.csv"], "none.csv"),
    ]:
        code, _, err = run(*words)
        assert code == 2, (words, err)
        assert said in err
        assert "internal" not in err


def test_rows_without_an_answer_are_left_out_and_told(answered):
    frame = pd.read_csv("test.csv")
    frame.loc[:9, "income"] = None
    frame.to_csv("holes.csv", index=False)
    _, found = answered("validate", "good.joblib", "--on", "holes.csv", "--target", "income")
    assert found["validation"]["rows"] == 790
    assert "10 rows without a value of income left out" in found["validation"]["notes"]


def test_labels_that_the_model_never_saw_count_as_wrong(answered):
    frame = pd.read_csv("test.csv")
    frame.loc[:4, "income"] = "unknown"
    frame.to_csv("new.csv", index=False)
    _, found = answered("validate", "good.joblib", "--on", "new.csv", "--target", "income")
    (note,) = [one for one in found["validation"]["notes"] if "never seen" in one]
    assert note.startswith("5 rows")


def test_slices_groups_and_comparisons_are_told(answered, run):
    words = [*GOOD, "--by", "sex,race", "--slice", "age<30", "--find-slices"]
    code, found = answered(*words, "--baseline", "majority", "--against", "poor.joblib")
    said = found["validation"]
    assert code == 0
    assert said["slices"][0]["where"] == "age<30"
    assert any(one.get("found") and "Female" in one["where"] for one in said["slices"])
    assert said["searched"] > 20
    assert {one["by"] for one in said["groups"]} == {"sex", "race", "sex × race"}
    assert [one["value"] for one in said["groups"] if one.get("small")]
    roles = {(one["role"], one["metric"]): one["verdict"] for one in said["comparisons"]}
    assert roles["champion", "accuracy"] == roles["baseline", "roc_auc"] == "better"
    _, out, _ = run(*words)
    assert max(map(len, out.splitlines())) <= 100
    assert "The largest gaps by sex" in out


def test_a_champion_is_used_as_a_reference(answered, folder):
    _, found = answered(*GOOD, "--against", "poor.joblib")
    with open_store(folder / ".forebear") as store:
        roles = {edge.role for edge in store.edges([found["validation"]["step"]], "up")}
    assert roles == {"model", "test", "reference"}


def test_compare_ends_with_1_where_the_challenger_is_worse(run):
    words = ["--on", "test.csv", "--target", "income"]
    code, out, _ = run("compare", "good.joblib", "poor.joblib", *words)
    assert code == 1
    assert out.startswith("poor.joblib is worse than good.joblib by accuracy")
    code, out, _ = run("compare", "poor.joblib", "good.joblib", *words)
    assert code == 0
    assert out.startswith("good.joblib is better than poor.joblib by accuracy")


def test_fairness_may_be_a_threshold_and_a_file_may_hold_them(answered, run, folder):
    code, found = answered(*GOOD, "--threshold", "demographic_parity_ratio[sex]>=1")
    assert code == 1
    assert {one["by"] for one in found["validation"]["groups"]} == {"sex"}
    (folder / "t.toml").write_text(
        '[[threshold]]\nmetric = "accuracy"\nop = ">="\nvalue = 0.6\nsure = true\n'
    )
    code, found = answered(*GOOD, "--threshold-file", "t.toml")
    assert code == 0
    assert found["validation"]["thresholds"][0]["sure"] is True
    (folder / "t.toml").write_text('[[threshold]]\nmetric = "accuracy"\nvalue = 0.6\n')
    code, _, err = run(*GOOD, "--threshold-file", "t.toml")
    assert code == 2
    assert "holds no thresholds" in err


def test_a_model_is_validated_here_for_a_store_behind_a_server(folder, made):
    with open_store(folder / "elsewhere", create=True) as store, served(store) as client:
        how = How(target="income")
        found = validate(client, str(made / "good.joblib"), str(made / "test.csv"), how)
        (said,) = VALIDATION.latest(store.statements)
        assert (said.row.by, said.value.rows) == ("ops", 800)
        assert found.validation.metrics["accuracy"] == said.value.metrics["accuracy"]
        assert store.blobs.has(said.value.charts["confusion"])
        assert not store.blobs.has(said.value.data)
