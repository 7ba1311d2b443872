from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from forebear.cli import main
from forebear.client.locate import init_store
from forebear.core.digest import of_bytes
from forebear.store import open_store
from story import RAW, Story

COMMANDS = [
    "init",
    "log",
    "runs",
    "models",
    "data",
    "show",
    "trace",
    "impact",
    "path",
    "ancestors",
    "descendants",
    "common",
    "diff",
    "name",
    "alias",
    "derive",
    "verify",
]
ASKING = [
    ["log"],
    ["log", "--where", "metrics.f1 > 0.85 and model = 'churn'", "--order", "params.max_depth desc"],
    ["runs"],
    ["compare-runs", "churn:1", "churn:2"],
    ["code", "churn:1"],
    ["environment", "churn:1"],
    ["series", "churn:1"],
    ["models"],
    ["data"],
    ["show", "churn"],
    ["show", "churn:1"],
    ["trace", "churn"],
    ["impact", "data/raw.csv"],
    ["path", "data/raw.csv", "churn:2"],
    ["verify"],
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.delenv("FOREBEAR_DEBUG", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def story(folder: Path) -> Story:
    story = Story(folder)
    story.prepare()
    story.train(4, 0.8)
    story.train(8, 0.9, save="second.pkl")
    with open_store(init_store(folder / ".forebear"), create=True) as store:
        store.append(story.events)
    return story


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = main(list(argv))
    out, err = capsys.readouterr()
    return code, out, err


def body(capsys: pytest.CaptureFixture[str], *argv: str):
    code, out, _ = run(capsys, *argv, "--json")
    assert code == 0
    return json.loads(out)


@pytest.mark.parametrize("argv", ASKING, ids=" ".join)
def test_every_question_is_answered_in_words_and_in_json(story, capsys, argv):
    code, out, err = run(capsys, *argv)
    assert (code, err) == (0, "")
    assert out.strip()
    assert all(len(line) <= 100 for line in out.splitlines())
    assert "\x1b" not in out
    assert isinstance(body(capsys, *argv), dict)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(folder, capsys, name):
    code, out, _ = run(capsys, name, "--help")
    assert code == 0
    assert out.startswith(f"Usage: forebear {name}")
    assert "--json" in out
    assert "--store" in out


def test_the_command_itself_tells_what_there_is(folder, capsys):
    code, out, _ = run(capsys, "--help")
    assert code == 0
    assert all(f" {name} " in out for name in COMMANDS)
    assert run(capsys, "--version")[1].startswith("forebear ")


def test_init_says_when_commands_use_another_store(folder, capsys, monkeypatch):
    monkeypatch.setenv("FOREBEAR_STORE", "postgresql://me:secret@db.example.com/ml")
    code, out, err = run(capsys, "init")
    assert (code, out) == (0, "Made a store at .forebear.\n")
    assert "FOREBEAR_STORE names postgresql://me@db.example.com/ml" in err
    assert "secret" not in err


def test_init_makes_a_store_once(folder, capsys):
    code, out, _ = run(capsys, "init")
    assert (code, out) == (0, "Made a store at .forebear.\n")
    assert (folder / ".forebear/ledger.db").is_file()
    assert run(capsys, "init")[1:] == ("There is a store already at .forebear.\n", "")
    assert body(capsys, "init", "deep") == {
        "store": str(folder / "deep/.forebear"),
        "new": True,
    }


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["log"], "no runs are recorded here"),
        (["models"], "no models are recorded here"),
        (["data"], "no data is recorded here"),
    ],
)
def test_an_empty_store_says_how_to_begin(folder, capsys, argv, said):
    run(capsys, "init")
    code, out, err = run(capsys, *argv)
    assert (code, out) == (0, "")
    assert said in err


@pytest.mark.parametrize(
    ("argv", "message", "hint"),
    [
        (["trace", "churm"], "error: There is no model, data or file called 'churm'.", "churn?"),
        (["show", "churn:9"], "error: churn has no version 9.", "1 to 2"),
        (["trace"], "error: `forebear trace` needs REF.", "`forebear trace --help`"),
        (
            ["show", "churn", "b", "c"],
            "error: `forebear show` has no place for 'b', 'c'.",
            "--help`",
        ),
        (["log", "--limit"], "error: `forebear log` needs a value after --limit.", "--help`"),
        (["trace", "churn", "--depth", "-1"], "error: A depth of -1 makes no sense", ""),
        (["trace", "churn", "--evidence", "rumour"], 'error: Invalid value "rumour"', "hint:"),
        (["trase", "churn"], 'error: Unknown command "trase". Did you mean "trace"?', "hint:"),
        (["trace", "churn", "--as-of", "soon"], "error: 'soon' is not a point in time.", "2026"),
        (["alias", "churn", "champion"], "error: Say either", "forebear alias churn champion 3"),
        (["alias", "churn", "champion", "1", "--expect", "2"], "points to no version", "history"),
        (["derive", "churn:1", "churn:1", "--relation", "copy"], "come from itself", ""),
        (["log", "--store", "nowhere"], "error: There is no store at", "`forebear init`"),
    ],
)
def test_mistakes_get_one_sentence_and_a_hint(story, capsys, argv, message, hint):
    code, out, err = run(capsys, *argv)
    assert (code, out) == (2, "")
    assert message in err
    assert hint in err
    assert "Traceback" not in err


def test_no_store_says_so(folder, capsys):
    code, _, err = run(capsys, "log")
    assert code == 2
    assert err.startswith("error: There is no store in ")


def test_naming_and_aliases(story, capsys):
    assert run(capsys, "name", "model.pkl", "best")[1] == "model.pkl is best:1.\n"
    assert run(capsys, "name", "model.pkl", "best")[1] == "model.pkl is best:1 already.\n"
    code, out, _ = run(capsys, "alias", "churn", "champion", "1", "--why", "first")
    assert (code, out) == (0, "churn@champion points to version 1.\n")
    moved = run(capsys, "alias", "churn", "champion", "2")[1]
    assert moved == "churn@champion points to version 2 (before: 1).\n"
    assert body(capsys, "trace", "churn@champion")["root"] == of_bytes(b"pickle 8")
    assert "first" in run(capsys, "show", "churn", "--history")[1]
    gone = run(capsys, "alias", "churn", "champion", "--remove")[1]
    assert gone == "churn@champion points nowhere now (before: 2).\n"


def test_a_declared_link_shows_as_declared(story, capsys):
    assert run(capsys, "derive", "churn:1", "churn:2", "--relation", "finetune")[0] == 0
    out = run(capsys, "trace", "churn:2")[1]
    assert "fine-tuned from churn:1" in out
    assert "is only declared" in out


def test_the_json_of_a_walk_is_what_is_promised(story, capsys):
    told = body(capsys, "trace", "churn:1", "--depth", "1")
    assert told["root"] == of_bytes(b"pickle 4")
    assert told["gaps"] == []
    assert (told["complete"], told["omitted"]) == (False, 1)
    for node in told["nodes"]:
        assert {"id", "type", "kind", "name", "version", "digest", "depth"} <= node.keys()
        assert node["type"] in {"artifact", "run"}
    (edge,) = told["edges"]
    assert edge == {
        "from": told["nodes"][1]["id"],
        "to": told["root"],
        "type": "derived",
        "role": None,
        "relation": "export",
        "evidence": "observed",
    }


def test_verify_finds_damage_and_leaves_with_one(story, folder, capsys):
    code, out, _ = run(capsys, "verify")
    assert code == 0
    assert out.startswith(f"All well: {len(story.events)} events, ")
    with open_store(folder / ".forebear") as store:
        digest = store.blobs.put(b"kept")
    (kept,) = [p for p in (folder / ".forebear/blobs").rglob("*") if p.is_file()]
    kept.chmod(0o600)
    kept.write_bytes(b"other")
    code, out, _ = run(capsys, "verify")
    assert code == 1
    assert "1 fault found" in out
    code, out, _ = run(capsys, "verify", "--json")
    assert code == 1
    assert json.loads(out)["well"] is False
    assert digest.removeprefix("sha256:")[:6] in out


def test_a_file_is_traced_by_its_content(story, folder, capsys):
    (folder / "copy of raw.csv").write_bytes(RAW)
    told = body(capsys, "impact", "copy of raw.csv")
    assert [model["title"] for model in told["models"]] == ["churn:1", "churn:2"]


def test_our_own_faults_are_one_sentence(story, capsys, monkeypatch):
    def burst(*_: object) -> None:
        raise RuntimeError("boom\x1b[2J")

    monkeypatch.setattr("forebear.cli.log.ask", burst)
    code, out, err = run(capsys, "log")
    assert (code, out) == (70, "")
    assert err.startswith("error: internal error (RuntimeError: boom\\x1b[2J); please report it")
    assert "Traceback" not in err
    monkeypatch.setenv("FOREBEAR_DEBUG", "1")
    assert "Traceback" in run(capsys, "log")[2]


def test_an_interruption_is_quiet(story, capsys, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("forebear.cli.log.ask", interrupt)
    assert run(capsys, "log") == (130, "", "")


@pytest.mark.parametrize("argv", [["trace", "churn"], ["trace", "churn", "--json"], ["models"]])
def test_a_reader_that_goes_away_is_no_fault(story, folder, argv):
    code = f"import sys; from forebear.cli import main; sys.exit(main({argv}))"
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", code],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=folder,
        check=False,
    )
    os.close(writing)
    assert done.stderr == b""
    assert done.returncode == 141


def test_stored_words_are_never_markup_or_commands(story, folder, capsys):
    evil = Story(folder)
    started = evil.run("\x1b[2J[red]evil.py")
    evil.end(started)
    with open_store(folder / ".forebear") as store:
        store.append(evil.events)
    out = run(capsys, "log")[1]
    assert "\\x1b[2J[red]evil.py" in out.replace("\n", "")
    assert "\x1b" not in out
