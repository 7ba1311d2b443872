"""The commands about deployments and recalls, as a user types them."""

from __future__ import annotations

import json

import pytest

from flowstory import FlowStory
from forebear.cli import main
from forebear.client.locate import init_store
from forebear.core.events import EdgesRecorded, RunStarted
from forebear.store import open_store
from story import link


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    story = FlowStory(tmp_path)
    with open_store(init_store(tmp_path / ".forebear"), create=True) as store:
        made = story.cleansed(store)
        store.append(story.events)
    return made


@pytest.fixture
def run(capsys):
    def run(*argv):
        code = main(list(argv))
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        assert "--json" in argv or all(len(line) <= 100 for line in out.splitlines())
        return code, out, err

    return run


def test_from_deployment_to_the_end_of_a_recall(made, run):
    assert run("deploy", "churn:1", "--env", "prod", "--endpoint", "https://api/v1")[0] == 0
    code, out, _ = run("deployments", "--env", "prod")
    assert (code, "churn:1  100 %" in out, "live" in out) == (0, True, True)
    assert "https://api/v1" in out
    code, out, _ = run("consumers", "churn")
    assert (code, "1 live deployment (prod)" in out) == (0, True)
    assert run("recall", "check", "churn:1")[0] == 0
    code, out, _ = run("recall", "data:people", "--reason", "wrong ages", "--json")
    view = json.loads(out)
    assert (code, view["severity"], view["open"]) == (0, "high", 3)
    code, out, _ = run("recall", "status")
    assert "3 of 3 open" in out
    code, out, _ = run("recall", "status", view["id"][:13])
    assert "quarantine" in out
    assert "→ churn:1 in prod" in " ".join(out.split())
    assert run("recall", "check", "churn:1")[0] == 1
    code, _, err = run("recall", "close", view["id"])
    assert (code, "3 things are left" in err) == (2, True)
    assert run("undeploy", "churn:1")[0] == 0
    code, out, _ = run("recall", "status", view["id"])
    assert "--done --by-version NEW, or --accepted" in " ".join(out.split())
    for title in ("churn:1", "StandardScaler"):
        code, out, _ = run("recall", "remedy", view["id"], title, "--accepted", "--note", "old")
        assert code == 0
    assert "accepted" in out
    assert run("recall", "close", view["id"])[0] == 0
    assert "No recall is open." in run("recall", "status")[1]


def test_programs_of_one_name_are_told_apart_by_their_runs(made, run, tmp_path):
    runs = [f"01a21da{n}-4ff5-7000-9eb8-572a81cf3bb9" for n in (2, 3)]
    with open_store(tmp_path / ".forebear") as store:
        model = store.versions("model", "churn")[0].artifact
        for id, kind in zip(runs, ("consume", "script"), strict=True):
            store.append(
                [
                    RunStarted(run=id, kind=kind, name="use.py"),
                    EdgesRecorded(run=id, used=[link(model, "model")]),
                ]
            )
    out = run("recall", "data:people", "--reason", "wrong ages")[1]
    shown = [one for one in out.splitlines() if one.startswith("  use.py (churn:1)")]
    assert sorted(one.split("run:")[1].split()[0] for one in shown) == sorted(i[:13] for i in runs)
    id = json.loads(run("recall", "status", "--json")[1])["recalls"][0]["id"]
    told = run("recall", "remedy", id, f"run:{runs[0][:13]}", "--done", "--note", "mail")
    assert (told[0], "disclose: done" in told[1]) == (0, True)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("deploy", "churn:9", "--env", "prod"), "no version 9"),
        (("deploy", "churn:1", "--env", "prod", "--share", "2"), "at most 1"),
        (("traffic", "churn:1", "--env", "prod"), "no share"),
        (("traffic", "churn:1=much", "--env", "prod"), "'much' is no number"),
        (("undeploy", "churn:1"), "not deployed anywhere"),
        (("recall", "data:people"), "reason"),
        (("recall", "data:people", "--reason", "x", "--key", "4711"), "is no key"),
        (("recall", "data:people", "--reason", "x", "--severity", "dire"), "dire"),
        (("recall", "remedy", "0192", "churn:1"), "Say one of"),
        (("recall", "status", "0192"), "No recall begins"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(made, run, argv, said):
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert said in err
