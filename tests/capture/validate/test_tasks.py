"""Values and rankings, probes, charts, and validation from a program."""

from __future__ import annotations

import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import ndcg_score

from forebear.core.validation import VALIDATION
from forebear.store import open_store


@pytest.fixture
def houses(folder):
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {"size": random.normal(100, 30, 400), "town": random.choice(["a", "b"], 400)}
    )
    frame["price"] = frame["size"] * 3 + random.normal(0, 20, 400) + (frame.town == "b") * 40
    frame.to_csv("houses.csv", index=False)
    (folder / "priced.py").write_text(
        "import pandas as pd\n"
        "def predict(frame):\n"
        "    said = frame['size'] * 3\n"
        "    return pd.DataFrame({'prediction': said, 'low': said - 40, 'high': said + 40})\n"
    )
    return frame


HOUSES = ["validate", "priced.py", "--on", "houses.csv", "--target", "price"]


def test_values_have_errors_bounds_and_groups(answered, run, houses):
    code, found = answered(
        *HOUSES, "--by", "town", "--baseline", "mean", "--threshold", "r2>=0.5", "--find-slices"
    )
    said = found["validation"]
    error = houses["size"] * 3 - houses["price"]
    assert (code, said["task"], said["main"]) == (0, "regression", "mae")
    assert said["metrics"]["mae"]["value"] == pytest.approx(abs(error).mean())
    assert said["metrics"]["residual_q50"]["value"] == pytest.approx(error.median())
    inside = (abs(error) <= 40).mean()
    assert said["metrics"]["coverage"]["value"] == pytest.approx(inside)
    assert said["comparisons"][0]["verdict"] == "better"
    gaps = {one["metric"]: one for one in said["fairness"]}
    assert gaps["bias_difference"]["estimate"]["low"] > 20
    assert any(one["where"] == "town=b" for one in said["slices"])
    assert set(said["charts"]) == {"residuals", "predicted"}
    _, out, _ = run(*HOUSES, "--by", "town", "--probe", "all")
    assert max(map(len, out.splitlines())) <= 100


def test_rankings_are_judged_query_by_query(answered, run, folder):
    random = np.random.default_rng(4)
    truth = random.integers(0, 3, (40, 8))
    truth[:, 0] = 2
    score = truth + random.normal(0, 0.8, truth.shape)
    frame = pd.DataFrame(
        {
            "query": np.repeat([f"q{i}" for i in range(40)], 8),
            "score": score.ravel(),
            "relevance": truth.ravel(),
        }
    )
    frame.to_csv("found.csv", index=False)
    (folder / "ranked.py").write_text("predict = lambda frame: frame['score'].tolist()\n")
    (folder / "random_rank.py").write_text(
        "predict = lambda frame: [hash(str(x)) % 97 for x in frame['score'].tolist()]\n"
    )
    words = ["--on", "found.csv", "--target", "relevance", "--query", "query"]
    _, found = answered("validate", "ranked.py", *words, "--against", "random_rank.py")
    said = found["validation"]
    assert said["task"] == "ranking"
    assert said["metrics"]["ndcg@5"]["value"] == pytest.approx(ndcg_score(truth, score, k=5))
    assert said["metrics"]["ndcg@5"]["n"] == 40
    assert said["comparisons"][0]["verdict"] == "better"
    code, _, err = run("validate", "ranked.py", *words[:-2], "--task", "ranking")
    assert code == 2
    assert "Say it: `--query`" in err


def test_probes_tell_what_the_figure_lost(answered):
    words = ["--on", "test.csv", "--target", "income", "--probe", "all"]
    code, found = answered("validate", "good.joblib", *words)
    probes = {one["probe"]: one for one in found["validation"]["probes"]}
    assert code == 0
    for name in ("order", "duplicates"):
        assert probes[name]["changed"] == 0
        assert probes[name]["fall"] == pytest.approx(0)
    assert probes["shift"]["changed"] > 0.05
    assert "could not predict" in probes["missing"]["why"]
    _, again = answered("validate", "good.joblib", *words)
    assert again["validation"]["probes"] == found["validation"]["probes"]


def test_charts_are_kept_and_written(answered, folder):
    words = ["--on", "test.csv", "--target", "income", "--charts", "drawn"]
    _, found = answered("validate", "good.joblib", *words)
    names = {"confusion", "roc", "precision-recall", "calibration"}
    assert set(found["validation"]["charts"]) == names
    with open_store(folder / ".forebear") as store:
        kept = {
            name: store.blobs.get(digest) for name, digest in found["validation"]["charts"].items()
        }
        made = {e.target for e in store.run_edges(found["run"]) if e.type == "generated"}
    assert made == set(found["validation"]["charts"].values())
    for name in names:
        assert (folder / "drawn" / f"{name}.svg").read_bytes() == kept[name]
        assert ElementTree.fromstring(kept[name]).tag.endswith("svg")


PROGRAM = """
import forebear as fb, joblib, pandas as pd
train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
features = ["age", "hours", "sex", "race"]
model = joblib.load("good.joblib")
model.fit(train[features], train["income"])
found = fb.validate(
    model, test[features], test["income"],
    thresholds=["accuracy>=0.6"], by=["sex"], baseline="majority", probes=["order"],
)
assert found.validation.passed is True
assert found.validation.trained_on == 0, found.validation.notes
print(found)
again = fb.validate(model, train[features], train["income"])
assert again.validation.trained_on == len(train), again.validation.notes
"""


def test_a_program_validates_what_it_has_in_memory(folder, run):
    (folder / "program.py").write_text(PROGRAM)
    words = [sys.executable, "-m", "forebear", "run", "program.py"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "meets its threshold" in done.stdout
    with open_store(folder / ".forebear") as store:
        (program,) = [row for row in store.runs() if row.name == "program.py"]
        steps = store.runs(parent=program.id)
        assert list(store.verify()) == []
    assert [one.name for one in steps].count("validate") == 2
    assert "predict" not in {one.kind for one in steps}


def test_a_program_that_nobody_records_keeps_its_validation(folder, run):
    (folder / "program.py").write_text(
        PROGRAM.split("found =", maxsplit=1)[0]
        + """
found = fb.validate(model, test.drop(columns="income"), test["income"].tolist())
print(found.validation.metrics["accuracy"].value)
try:
    fb.validate(model, test, "wages")
except fb.ForebearError as error:
    print(error)
"""
    )
    done = subprocess.run(
        [sys.executable, "program.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "no column 'wages'" in done.stdout
    with open_store(folder / ".forebear") as store:
        (kept,) = VALIDATION.latest(store.statements)
    figure = kept.value.metrics["accuracy"].value
    assert float(done.stdout.splitlines()[0]) == pytest.approx(figure)


def test_a_model_that_was_trained_on_the_rows_says_so(folder, run, answered):
    (folder / "train.py").write_text(
        "import joblib, pandas as pd\n"
        "frame = pd.read_csv('train.csv')\n"
        "rich = joblib.load('good.joblib')\n"
        "rich.fit(frame[['age', 'hours', 'sex', 'race']], frame['income'])\n"
        "joblib.dump(rich, 'rich.bin')\n"
    )
    words = [sys.executable, "-m", "forebear", "run", "train.py"]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0
    test, train = pd.read_csv("test.csv"), pd.read_csv("train.csv")
    pd.concat([test.head(90), train.head(10)]).to_csv("mixed.csv", index=False)
    _, clean = answered("validate", "rich.bin", "--on", "test.csv")
    assert clean["validation"]["trained_on"] == 0
    assert "none of which it was trained on" in clean["verdict"]
    _, mixed = answered("validate", "rich.bin", "--on", "mixed.csv")
    assert mixed["validation"]["trained_on"] == 10
    assert "10 of which equal records that it was trained on" in mixed["verdict"]
    _, all_of_it = answered("validate", "rich.bin", "--on", "train.csv")
    assert all_of_it["validation"]["trained_on"] == 1500
    assert "all of which it was trained on" in all_of_it["verdict"]
    assert run("register", "rich.bin", "rich")[0] == 0
    assert leaks_by_policy(answered) == "failed"
    answered("validate", "rich.bin", "--on", "test.csv")
    assert leaks_by_policy(answered) == "passed"


def leaks_by_policy(answered):
    _, answer = answered("policy", "check", "rich:1", "--for", "production")
    return next(one["state"] for one in answer["outcomes"] if one["requirement"] == "leaks")


SPLIT = (
    "import joblib, pandas as pd\n"
    "from sklearn.linear_model import LogisticRegression\n"
    "from sklearn.model_selection import train_test_split\n"
    "frame = pd.read_csv('train.csv')\n"
    "X, y = frame[['age', 'hours']], frame['income']\n"
    "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=300, random_state=1)\n"
    "rich = LogisticRegression().fit(X_train, y_train)\n"
    "print(rich.score(X_test, y_test))\n"
    "joblib.dump(rich, 'split.joblib')\n"
)


def test_the_rows_that_a_run_set_aside_can_be_asked_about_again(folder, answered):
    (folder / "split.py").write_text(SPLIT)
    words = [sys.executable, "-m", "forebear", "run", "split.py"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    score = float(done.stdout.splitlines()[0])
    _, found = answered("validate", "split.joblib", "--on", "train.csv", "--part", "test")
    said = found["validation"]
    assert (said["rows"], said["trained_on"], said["part"]) == (300, 0, "test")
    assert said["metrics"]["accuracy"]["value"] == pytest.approx(score)
    assert "(test rows), none of which it was trained on" in found["verdict"]
    _, whole = answered("validate", "split.joblib", "--on", "train.csv")
    assert (whole["validation"]["rows"], whole["validation"]["trained_on"]) == (1500, 1200)
    _, again = answered("validate", "split.joblib", "--on", "train.csv", "--part", "test")
    assert (again["validation"]["rows"], again["validation"]["trained_on"]) == (300, 0)


def test_a_validation_of_a_part_makes_no_test_data_of_the_whole(folder, answered):
    (folder / "split.py").write_text(SPLIT)
    words = [sys.executable, "-m", "forebear", "run", "split.py"]
    subprocess.run(words, capture_output=True, check=True)
    for _ in range(2):
        _, found = answered("validate", "split.joblib", "--on", "train.csv", "--part", "test")
        assert (found["validation"]["rows"], found["validation"]["trained_on"]) == (300, 0)
    _, leaks = answered("leaks", "split.joblib")
    assert leaks["leaks"] is False
    assert leaks["test_rows"] == 300


def test_a_part_is_asked_about_only_where_it_was_seen(run):
    code, _, err = run("validate", "good.joblib", "--on", "train.csv", "--part", "test")
    assert code == 2
    assert "internal" not in err


def test_values_that_hardly_move_have_not_changed(folder, answered):
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"x": random.normal(size=300)})
    frame["y"] = frame.x + random.normal(size=300)
    frame.to_csv("values.csv", index=False)
    (folder / "line.py").write_text("def predict(frame):\n    return frame['x'] * 1.1\n")
    words = ("validate", "line.py", "--on", "values.csv", "--target", "y")
    _, found = answered(*words, "--probe", "rounding,noise")
    changed = {one["probe"]: one["changed"] for one in found["validation"]["probes"]}
    assert changed["rounding"] == 0
    assert changed["noise"] > 0.9


def test_a_calibration_chart_shows_how_sure_it_is(folder, answered):
    answered(
        "validate", "good.joblib", "--on", "test.csv", "--target", "income", "--charts", "drawn"
    )
    text = (folder / "drawn" / "calibration.svg").read_text()
    assert text.count('class="e"') == text.count("<circle") > 3


def test_rows_may_have_numbers_of_another_table(folder, answered):
    frame = pd.read_csv("test.csv").sample(200, random_state=0)
    frame.index = frame.index + 5000
    frame.to_parquet("part.parquet")
    words = ("validate", "good.joblib", "--on", "part.parquet", "--target", "income")
    code, found = answered(*words, "--probe", "order", "--by", "sex", "--find-slices")
    assert code == 0
    assert found["validation"]["probes"][0]["changed"] == 0
