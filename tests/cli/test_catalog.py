"""The catalog's commands, as a user starts them."""

from __future__ import annotations

import json

import pytest

from command import forebear
from forebear.store import open_store
from story import Story


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    story = Story(tmp_path)
    story.prepare()
    story.train(2, 0.8)
    with open_store(tmp_path / ".forebear", create=True) as store:
        store.append(story.events)
    return tmp_path


def said(folder, *words):
    done = forebear(*words, cwd=folder)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def refused(folder, *words):
    done = forebear(*words, cwd=folder)
    assert (done.returncode, done.stdout) == (2, ""), done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


def test_facts_are_said_shown_found_and_taken_back(folder):
    assert said(folder, "tag", "data:raw", "pii") == "raw: tagged pii.\n"
    assert "already" in said(folder, "tag", "data:raw", "PII")
    assert "non-commercial" in said(folder, "licence", "data:raw", "CC BY-NC 4.0")
    said(folder, "own", "data:raw", "--by", "Ada Byron")
    said(folder, "describe", "data:raw", "Customers of the shop")
    shown = said(folder, "show", "churn")
    for words in ("tag pii", "from data:raw", "licence CC-BY-NC-4.0", "non-commercial"):
        assert words in shown
    assert max(map(len, shown.splitlines())) <= 100
    assert "raw" in said(folder, "search", "shop", "byron")
    listed = said(folder, "data", "--tag", "pii")
    assert "pii*" in listed
    assert "Ada Byron" in listed
    assert "clean" in said(folder, "data", "--missing", "owner")
    assert said(folder, "tag", "data:raw", "pii", "--remove") == "raw: tag pii is taken back.\n"
    assert "tag pii" not in said(folder, "show", "churn")


def test_answers_are_json_where_that_is_asked(folder):
    answer = json.loads(said(folder, "column", "data:clean", "age", "In years", "--json"))
    assert (answer["about"], answer["facts"][0]["key"]) == ("data:clean", "age")
    assert json.loads(said(folder, "search", "years", "--json"))["hits"][0]["ref"] == "data:clean"
    assert json.loads(said(folder, "data", "--json"))["count"] == 2


def test_a_scan_reads_the_file_where_it_lies_and_keeps_no_value(folder):
    pytest.importorskip("stdnum")
    (folder / "people.csv").write_text("mail\nada@example.org\n")
    answer = said(folder, "scan", "people.csv")
    assert "email" in answer
    assert "nothing was kept" in answer
    kept = json.loads(said(folder, "scan", "data:raw", "--json"))
    assert (kept["rows"], kept["columns"], kept["findings"]) == (1, 3, [])
    (folder / "data" / "raw.csv").write_text("changed\n")
    assert "was seen at" in refused(folder, "scan", "data:raw")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["describe", "data:raw"], "Say either what holds, or --remove"),
        (["describe", "data:raw", "x", "--remove"], "Say either what holds, or --remove"),
        (["describe", "data:rew", "x"], "raw"),
        (["own", "data:raw"], "--remove"),
        (["tag", "data:raw"], "which tag"),
        (["tag", "data:raw", "gold", "--remove"], "could be taken back"),
        (["licence", "data:raw", "CC-BY-40"], "CC-BY-4.0"),
        (["licence", "data:raw", "LicenseRef-x", "--term", "no-fun"], "no-ml"),
        (["column", "data:clean", "agee", "x"], "age"),
        (["column", "data:clean", "age", "--sensitive", "emial"], "email"),
        (["column", "data:clean", "age", "--sensitive", "email", "--not-sensitive"], "either"),
        (["fresh", "data:raw", "--every", "often"], "1w"),
        (["stop", "data:raw", "pii"], "tag:NAME"),
        (["data", "--missing", "everything"], "missing"),
        (["data", "--tag", "a b"], "cannot be a tag"),
        (["search"], "what to look for"),
        (["search", "!!"], "what to look for"),
        (["scan", "churn"], "data"),
    ],
)
def test_what_has_no_meaning_is_refused_in_a_sentence(folder, words, message):
    assert message in refused(folder, *words)
