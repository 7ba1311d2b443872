from __future__ import annotations

import json
from pathlib import Path

import pytest

from forebear.cli import main
from forebear.client.locate import init_store
from forebear.store import open_store
from story import Story

ASKING = [
    ["ancestors", "churn:1"],
    ["ancestors", "churn:1", "--kind", "data", "--kind", "code", "--depth", "9"],
    ["descendants", "data/raw.csv", "--evidence", "observed", "--limit", "3"],
    ["common", "churn:1", "churn:2"],
    ["common", "model.pkl", "second.pkl", "data/clean.parquet"],
    ["diff", "churn:1", "churn:2"],
    ["path", "data/raw.csv", "churn:2", "--all"],
    ["path", "churn:2", "data/raw.csv", "--all", "--max", "1"],
    ["neighbourhood", "churn:1"],
    [
        "neighbourhood",
        "data/raw.csv",
        "--down",
        "9",
        "--detail",
        "steps",
        "--limit",
        "4",
        "--drift",
    ],
    ["neighbourhood", "churn:1", "--toward", "data/raw.csv", "--sort", "data", "--each", "1"],
    ["moments", "churn:1", "--most", "2"],
    ["column-map", "data:clean", "--model", "churn:1"],
    ["column-map", "data:clean", "data:raw"],
]


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    story = Story(tmp_path)
    story.prepare()
    story.train(4, 0.8)
    story.train(8, 0.9, save="second.pkl")
    with open_store(init_store(tmp_path / ".forebear"), create=True) as store:
        store.append(story.events)
    return story


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = main(list(argv))
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("argv", ASKING, ids=" ".join)
def test_every_question_is_answered_in_words_and_in_json(story, capsys, argv):
    code, out, err = run(capsys, *argv)
    assert (code, err) == (0, "")
    assert all(len(line) <= 100 for line in out.splitlines())
    code, body, _ = run(capsys, *argv, "--json")
    answer = json.loads(body)
    assert code == 0
    assert answer["verdict"][:40] in out


def test_ancestors_are_listed_with_their_distance(story, capsys):
    _, out, _ = run(capsys, "ancestors", "churn:1", "--kind", "model", "--kind", "train")
    lines = [line.split() for line in out.splitlines()[2:]]
    assert [line[:3] for line in lines] == [
        ["1", "model", "RandomForestClassifier"],
        ["2", "train", "RandomForestClassifier.fit"],
    ]


def test_what_is_not_listed_is_counted(story, capsys):
    _, out, _ = run(capsys, "descendants", "data/raw.csv", "--limit", "3")
    _, body, _ = run(capsys, "descendants", "data/raw.csv", "--limit", "3", "--json")
    answer = json.loads(body)
    assert (len(answer["nodes"]), answer["complete"]) == (3, False)
    assert f"and at least {answer['omitted']} more nodes" in out


def test_the_nearest_common_ancestors_come_first(story, capsys):
    _, out, _ = run(capsys, "common", "churn:1", "churn:2")
    nearest, further = out.split("Further back")
    assert "clean:1" in nearest.split("Nearest")[1]
    assert "raw:1" in further


def test_a_difference_says_what_and_where(story, capsys):
    _, out, _ = run(capsys, "diff", "churn:1", "churn:2")
    parameters = next(line for line in out.splitlines() if "max_depth" in line)
    assert parameters.split() == ["max_depth", "4", "8", "RandomForestClassifier.fit"]
    figures = next(line for line in out.splitlines() if "f1 test" in line)
    assert figures.split() == ["f1", "test", "0.8", "0.9"]


def test_all_ways_are_counted(story, capsys):
    _, out, _ = run(capsys, "path", "data/clean.parquet", "churn:1", "--all")
    assert out.startswith("2 ways lead from")
    assert len([line for line in out.splitlines() if line.endswith(" links")]) == 2


def test_a_ref_that_means_nothing(story, capsys):
    for argv in (["ancestors", "nothing"], ["common", "churn:1"], ["diff", "churn:1", "no.csv"]):
        code, out, err = run(capsys, *argv)
        assert (code, out) == (2, "")
        assert err.startswith("error: ")
