"""Models of every kind: what they are given, what is read, what is said when they fail."""

from __future__ import annotations

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pandas as pd
import pytest

TEST = ["--on", "test.csv", "--target", "income"]
OLD = 'lambda frame: [">50K" if age > 45 else "<=50K" for age in frame.age]'


@pytest.fixture
def expected(folder):
    """The accuracy of taking everybody above 45 for rich."""
    frame = pd.read_csv("test.csv")
    return float(((frame.age > 45) == (frame.income == ">50K")).mean())


def accuracy(found) -> float:
    return found["validation"]["metrics"]["accuracy"]["value"]


def script(folder, name: str, text: str) -> str:
    (folder / name).write_text(text)
    return f"{sys.executable} {name}"


READS = "import sys, csv, json, time\nrows = list(csv.DictReader(sys.stdin))\n"
SAYS = '">50K" if int(row["age"]) > 45 else "<=50K"'


def test_rules_are_a_model(answered, run, folder, expected):
    (folder / "rules.toml").write_text(
        'default = "<=50K"\n[[rule]]\nwhen = "age>45"\nthen = ">50K"\n'
    )
    assert run("register", "rules.toml", "earners")[1] == "rules.toml is earners:1.\n"
    assert run("register", "rules.toml", "earners")[1] == "rules.toml is earners:1 already.\n"
    code, found = answered("validate", "earners", *TEST)
    assert (code, accuracy(found)) == (0, pytest.approx(expected))
    assert found["kind"] == "1 rules"
    assert run("show", "earners:1")[0] == 0


def test_the_first_rule_that_holds_decides(answered, folder):
    (folder / "rules.toml").write_text(
        'default = "<=50K"\nscore = 0.1\n'
        '[[rule]]\nwhen = "age>60"\nthen = ">50K"\nscore = 0.9\n'
        '[[rule]]\nwhen = "age>45"\nthen = "<=50K"\nscore = 0.4\n'
        '[[rule]]\nwhen = "age>30"\nthen = ">50K"\nscore = 0.6\n'
    )
    _, found = answered("validate", "rules.toml", *TEST)
    frame = pd.read_csv("test.csv")
    said = (frame.age > 60) | ((frame.age <= 45) & (frame.age > 30))
    assert accuracy(found) == pytest.approx((said == (frame.income == ">50K")).mean())
    assert "roc_auc" in found["validation"]["metrics"]


def test_functions_are_a_model_known_by_their_file(answered, folder, expected, monkeypatch):
    (folder / "mine_fn.py").write_text(f"predict = {OLD}\n")
    code, found = answered("validate", "mine_fn:predict", *TEST)
    assert (code, accuracy(found)) == (0, pytest.approx(expected))
    assert found["title"] == "mine_fn:predict"
    _, by_rules = answered("validate", "good.joblib", *TEST, "--callable", "mine_fn:predict")
    assert accuracy(by_rules) == pytest.approx(expected)


def test_a_folder_with_predict_py_is_a_model_known_by_all_of_it(answered, run, folder, expected):
    (folder / "agent").mkdir()
    (folder / "agent" / "prompt.txt").write_text("Who earns more?")
    (folder / "agent" / "predict.py").write_text(
        "def predict(frame, folder):\n"
        "    assert (folder / 'prompt.txt').is_file()\n"
        f"    return ({OLD})(frame)\n"
    )
    run("register", "agent", "agent")
    _, found = answered("validate", "agent:1", *TEST)
    assert accuracy(found) == pytest.approx(expected)
    (folder / "agent" / "prompt.txt").write_text("Who earns most?")
    assert run("register", "agent", "agent")[1] == "agent is agent:2.\n"


def test_commands_are_given_csv_or_json_lines(answered, folder, expected):
    command = script(folder, "p.py", READS + f"for row in rows: print({SAYS})")
    _, found = answered("validate", "p.py", *TEST, "--command", command)
    assert accuracy(found) == pytest.approx(expected)
    command = script(
        folder,
        "j.py",
        "import sys, json\nfor line in sys.stdin:\n    row = json.loads(line)\n"
        f"    print(json.dumps({{'prediction': {SAYS}, 'score': int(row['age']) / 100}}))",
    )
    words = ["--command", command, "--send", "jsonl"]
    _, found = answered("validate", "j.py", *TEST, *words)
    assert accuracy(found) == pytest.approx(expected)
    assert found["validation"]["metrics"]["roc_auc"]["value"] > 0.6


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("for row in rows[1:]: print(1)", "gave 799 predictions for 800 rows"),
        ("pass", "said nothing"),
        ("print('boom', file=sys.stderr); sys.exit(3)", "ended with exit code 3: boom"),
        ("time.sleep(30)", "did not answer within 1 s"),
        ("for row in rows: print('nan')", "gave no prediction, or NaN, for 800 rows"),
        ("for row in rows: print('perhaps')", "no label is in both"),
        ("for row in rows: print('{broken')", "neither CSV nor JSON lines"),
        ('for row in rows: print(\'{"a": 1, "b": 1}\')', "columns without a prediction: a, b"),
    ],
)
def test_a_command_that_fails_is_told_in_a_sentence(run, folder, body, said):
    command = script(folder, "p.py", READS + body)
    code, _, err = run("validate", "p.py", *TEST, "--command", command, "--timeout", "1")
    assert code == 2
    assert said in err
    assert "Traceback" not in err


def test_a_command_that_is_not_there(run, folder):
    code, _, err = run("validate", "good.joblib", *TEST, "--command", "./none")
    assert code == 2
    assert "`./none` cannot be started: No such file or directory." in err


class _Service(BaseHTTPRequestHandler):
    mode = "well"

    def do_POST(self):
        rows = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["instances"]
        said = [">50K" if row["age"] > 45 else "<=50K" for row in rows]
        if self.mode == "slow":
            time.sleep(3)
        self.send_response(500 if self.mode == "broken" else 200)
        self.end_headers()
        body = {"predictions": said[1:] if self.mode == "short" else said}
        self.wfile.write(b"<html>" if self.mode == "words" else json.dumps(body).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def service():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/predict"
    _Service.mode = "well"
    server.shutdown()
    server.server_close()


def test_services_are_a_model_known_by_their_address(answered, run, service, expected):
    code, found = answered("validate", service, *TEST)
    assert (code, accuracy(found)) == (0, pytest.approx(expected))
    run("register", service, "remote")
    _, again = answered("validate", "remote:1", *TEST)
    assert again["model"] == found["model"]


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("broken", "answered 500"),
        ("words", "answered with text/plain, not JSON"),
        ("slow", "did not answer within 1 s"),
        ("short", "gave 799 predictions for 800 rows"),
    ],
)
def test_a_service_that_fails_is_told_in_a_sentence(run, service, mode, said):
    _Service.mode = mode
    code, _, err = run("validate", service, *TEST, "--timeout", "1")
    assert code == 2
    assert said in err


def test_a_service_that_is_down(run):
    code, _, err = run("validate", "http://127.0.0.1:9/x", *TEST)
    assert code == 2
    assert "cannot be reached" in err


@pytest.mark.parametrize("form", ["csv", "plain", "jsonl", "parquet"])
def test_recorded_predictions_are_read_in_any_form(answered, folder, expected, form):
    frame = pd.read_csv("test.csv")
    said = pd.DataFrame({"prediction": np.where(frame.age > 45, ">50K", "<=50K")})
    name = f"said.{'csv' if form == 'plain' else form}"
    if form == "parquet":
        said.to_parquet(name)
    elif form == "jsonl":
        said.to_json(name, orient="records", lines=True)
    else:
        said.to_csv(name, index=False, header=form == "csv")
    words = ["--predictions", name, "--probe", "noise"]
    _, found = answered("validate", "good.joblib", *TEST, *words)
    assert accuracy(found) == pytest.approx(expected)
    assert any("cannot be probed" in note for note in found["validation"]["notes"])


def test_recorded_predictions_belong_to_all_rows(answered, folder, expected):
    frame = pd.read_csv("test.csv")
    pd.DataFrame({"prediction": np.where(frame.age > 45, ">50K", "<=50K")}).to_csv(
        "said.csv", index=False
    )
    frame.loc[::3, "income"] = None
    frame.to_csv("holes.csv", index=False)
    words = ["--on", "holes.csv", "--target", "income", "--predictions", "said.csv"]
    _, found = answered("validate", "good.joblib", *words)
    known = frame.income.notna()
    wanted = ((frame.age > 45) == (frame.income == ">50K"))[known].mean()
    assert accuracy(found) == pytest.approx(wanted)


def test_what_cannot_be_loaded_is_told_in_a_sentence(run, folder):
    (folder / "broken.joblib").write_bytes(b"no pickle")
    (folder / "notes.md").write_text("a model?")
    (folder / "empty.toml").write_text("x = 1")
    (folder / "bad_module.py").write_text("predict = 1\nraise RuntimeError('no')\n")
    (folder / "script.py").write_text("open('touched', 'w')\n")
    for words, said in [
        (["broken.joblib"], "could not be loaded"),
        (["notes.md"], "How to ask notes.md for predictions is not known"),
        (["empty.toml"], "holds no rules"),
        (["bad_module.py"], "cannot be imported (RuntimeError: no)"),
        (["bad_module:predict"], "cannot be imported"),
        (["script.py"], "script.py has no function `predict`"),
        (["good.joblib", "--callable", "none:predict"], "cannot be imported"),
        (["good.joblib", "--predictions", "none.csv"], "no file of predictions"),
        (["good.joblib", "--metric", "json:none"], "has no 'none'"),
        (["good.joblib", "--probe", "earthquake"], "no probe 'earthquake'"),
    ]:
        code, _, err = run("validate", *words, *TEST)
        assert code == 2, words
        assert said in err, err
        assert "internal" not in err
    assert not (folder / "touched").exists()


def test_a_metric_of_the_callers_own_may_be_a_threshold(answered, folder):
    (folder / "own_metric.py").write_text(
        "def missed(truth, said):\n"
        "    return float(((truth == '>50K') & (said != '>50K')).mean())\n"
    )
    words = ["--metric", "own_metric:missed", "--threshold", "missed<=0.5"]
    code, found = answered("validate", "good.joblib", *TEST, *words)
    assert code == 0
    one = found["validation"]["metrics"]["missed"]
    assert one["low"] <= one["value"] <= one["high"]


@pytest.mark.parametrize(
    ("kept", "one"), [(int, 1), (bool, True), (str, "'1'")], ids=["int", "bool", "text"]
)
def test_a_metric_of_the_callers_own_is_given_labels_as_the_data_hold_them(
    answered, folder, kept, one
):
    frame = pd.DataFrame({"x": range(40), "y": [kept(int(row >= 20)) for row in range(40)]})
    frame.to_parquet("kept.parquet")
    (folder / "step.py").write_text("def predict(frame):\n    return (frame.x >= 30).astype(int)\n")
    module = f"lost_of_{kept.__name__}"
    (folder / f"{module}.py").write_text(
        f"def lost(truth, said):\n    return ((truth == {one}) & (said != {one})).sum()\n"
    )
    words = ["--on", "kept.parquet", "--target", "y", "--metric", f"{module}:lost"]
    _, found = answered("validate", "step.py", *words)
    assert found["validation"]["metrics"]["lost"]["value"] == 10


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("bad", "raise KeyError('gain')", "KeyError: 'gain'."),
        ("odd", "return 'much'", "ValueError: could not convert string to float: 'much'."),
    ],
)
def test_a_metric_of_the_callers_own_that_fails_is_told_as_that(run, folder, name, body, said):
    (folder / f"{name}_metric.py").write_text(f"def {name}(truth, said):\n    {body}\n")
    code, _, err = run("validate", "good.joblib", *TEST, "--metric", f"{name}_metric:{name}")
    assert code == 2
    assert err.startswith(f"error: {name} failed with {said}\n")


def test_a_metric_that_one_class_alone_does_not_have_is_resampled_elsewhere(answered, folder):
    (folder / "picky.py").write_text(
        "def picky(truth, said):\n"
        "    if len(set(truth)) < 2:\n"
        "        raise ValueError('one class')\n"
        "    return (truth == said).mean()\n"
    )
    words = ["--metric", "picky:picky", "--threshold", "picky[income=>50K]>=0.5"]
    code, found = answered("validate", "good.joblib", *TEST, *words)
    assert code == 2
    assert found["unknown"] == [
        "picky[income=>50K] >= 0.5: picky failed with ValueError: one class."
    ]


def test_equalised_odds_may_be_spelt_as_fairlearn_does(answered, run):
    words = ["validate", "good.joblib", *TEST, "--threshold"]
    _, found = answered(*words, "equalized_odds_difference[sex]<=1")
    assert found["validation"]["thresholds"][0]["passed"] is True
    code, _, err = run(*words, "recal[sex]<=1")
    assert code == 2
    assert err.startswith("error: 'recal' does not compare the groups of sex.\n")


def test_registered_data_have_columns_and_rows(run, answered, folder):
    assert run("register", "test.csv", "people-test", "--kind", "data")[0] == 0
    _, shown = answered("show", "data:people-test:1")
    assert [one["name"] for one in shown["schema"]][:2] == ["age", "hours"]
    assert shown["node"]["rows"] == 800
    _, found = answered("validate", "good.joblib", "--on", "data:people-test", *TEST[2:])
    assert found["validation"]["data_title"] == "people-test:1"


def test_tables_are_data_if_nothing_else_is_said(run, folder):
    assert run("register", "test.csv", "people")[1] == "test.csv is data:people:1.\n"
    assert run("register", "test.csv", "data:people")[1] == "test.csv is data:people:1 already.\n"
    (folder / "parts").mkdir()
    (folder / "parts" / "1.csv").write_text("a\n1\n")
    assert run("register", "parts", "parts")[1] == "parts is data:parts:1.\n"
    (folder / "parts" / "rules.toml").write_text('default = "no"\n')
    assert run("register", "parts", "rules")[1] == "parts is rules:1.\n"
    assert run("register", "test.csv", "model:odd")[1] == "test.csv is odd:1.\n"
    code, _, err = run("register", "test.csv", "data:people", "--kind", "model")
    assert code == 2
    assert err == "error: 'data:people' is called data, and --kind says model.\n"


def test_what_is_not_there_cannot_be_registered(run):
    for words in (["none.bin", "x"], ["none.mod:f", "x"], ["test.csv", "not a name"]):
        code, _, err = run("register", *words)
        assert code == 2
        assert "internal" not in err


def test_what_a_model_prints_does_not_come_into_the_answer(run, folder, expected):
    (folder / "loud.py").write_text(
        f"def predict(frame):\n    print('asked about', len(frame))\n    return ({OLD})(frame)\n"
    )
    code, out, err = run("validate", "loud.py", *TEST, "--json")
    assert code == 0
    assert accuracy(json.loads(out)) == pytest.approx(expected)
    assert "asked about 800" in err


@pytest.mark.parametrize("empty", ["", "NaN"])
def test_a_row_without_a_prediction_is_no_label(run, folder, empty):
    frame = pd.read_csv("test.csv")
    said = ["prediction", *(">50K" if age > 45 else "<=50K" for age in frame.age)]
    said[3] = empty or '""'
    (folder / "said.csv").write_text("\n".join(said) + "\n")
    (folder / "rules.toml").write_text('default = "<=50K"\n')
    code, _, err = run("validate", "rules.toml", *TEST, "--predictions", "said.csv")
    assert code == 2
    assert "gave no prediction, or NaN, for 1 row, first for row 2." in err
