"""The commands about rows and columns: text that fits, JSON, exit codes, and the same in Python."""

from __future__ import annotations

import json

import pytest

import forebear as fb
from flowstory import KEPT, PEOPLE, TEST, TRAIN, FlowStory
from forebear.cli import main
from forebear.client.locate import init_store
from forebear.store import open_store

RECORD = PEOPLE[KEPT[TRAIN[0]]]["id"]
ASKING = [
    ["columns", "churn"],
    ["rows", "churn"],
    ["rows", "churn", "--source", "data/people.csv"],
    ["who-used", "data/people.csv", "--key", f"id={RECORD}"],
    ["leaks", "churn"],
    ["bias", "churn", "--group", "sex"],
    ["check-completeness", "churn", "--min", "0.95"],
]


@pytest.fixture
def told(tmp_path, monkeypatch):
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)

    def tell(**more):
        story = FlowStory(tmp_path)
        with open_store(init_store(tmp_path / ".forebear"), create=True) as store:
            made = story.cleansed(store, **more)
            store.append(story.events)
        return made

    return tell


def run(capsys, *argv):
    code = main(list(argv))
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("argv", ASKING, ids=" ".join)
def test_answers_fit_and_come_as_json_too(told, capsys, argv):
    told()
    code, out, err = run(capsys, *argv)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines
    assert max(map(len, lines)) <= 100
    code, out, _ = run(capsys, *argv, "--json")
    assert code == 0
    assert json.loads(out)["verdict"]


def test_findings_leave_with_1_and_ignorance_with_2(told, capsys, tmp_path):
    told(test=[*TEST, TRAIN[0]])
    code, out, _ = run(capsys, "leaks", "churn", "--time", "id")
    assert code == 1
    assert "taken by  LogisticRegression.fit  train.py:11" in out
    assert max(map(len, out.splitlines())) <= 100
    assert run(capsys, "bias", "churn", "--group", "sex,churned", "--threshold", "0.01")[0] == 1
    assert run(capsys, "leaks", "churn", "--data", str(tmp_path / "data"))[0] in (1, 2)


def test_what_was_not_seen_leaves_with_2_or_1(told, capsys):
    told(transform_seen=False)
    assert run(capsys, "bias", "churn", "--group", "sex")[0] == 2
    assert run(capsys, "bias", "churn", "--group", "height")[0] == 2
    assert run(capsys, "check-completeness", "churn", "--min", "0.95")[0] == 1
    code, out, _ = run(capsys, "rows", "churn")
    assert code == 0
    assert "which rows select kept was not seen" in out


def test_keys_come_from_a_file(told, capsys, tmp_path):
    told()
    keys = tmp_path / "keys.csv"
    keys.write_text(f"id,sex\n{RECORD},{PEOPLE[KEPT[TRAIN[0]]]['sex']}\n999,m\n")
    code, out, _ = run(capsys, "who-used", "data/people.csv", "--key-file", str(keys), "--json")
    assert code == 0
    answer = json.loads(out)
    assert (answer["keys"], answer["found"]) == (2, 1)
    assert len(answer["models"]) == 2


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--key", "4711"], "is no key"),
        (["--key", "height=3"], "no column 'height'"),
        (["--key-file", "nowhere.csv"], "cannot be read"),
        (["--key-file", "empty.csv"], "holds no keys"),
        ([], "which records"),
    ],
)
def test_bad_keys_are_refused_in_a_sentence(told, capsys, tmp_path, argv, words):
    told()
    (tmp_path / "empty.csv").write_text("id\n")
    code, out, err = run(capsys, "who-used", "data/people.csv", *argv)
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


def test_the_same_answers_in_python(told):
    made = told()
    assert [use.column for use in fb.columns("churn").columns][:1] == ["age"]
    assert "train_test_split" in repr(fb.rows("churn", source="data/people.csv"))
    held = fb.who_used("data/people.csv", key={"id": int(RECORD)})
    assert {one.id for one in held.models} == {made.file, made.scaler}
    assert fb.who_used("data/people.csv", rows=[4], only_this=True).models == []
    assert fb.leaks("churn").leaks is False
    assert fb.bias("churn", ["sex"]).biased is False
    assert fb.check_completeness("churn").well
    for answer in (held, fb.leaks("churn"), fb.bias("churn", ["sex"]), fb.columns("churn")):
        assert answer.verdict.split()[0] in repr(answer)
        assert answer._repr_html_().startswith("<pre ")
