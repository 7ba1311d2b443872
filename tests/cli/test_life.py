"""The life of a model by the command, as a user sees it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from forebear.cli import main
from forebear.client.locate import init_store
from forebear.core.clock import now
from forebear.store import open_store
from story import Story

SOON = f"{now() + timedelta(days=7):%Y-%m-%d}"
RULES = """
[policy.staging]
leaks = "any"
[policy.production]
leaks = "any"
owner = true
metrics = ["f1 >= 0.9"]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.setenv("LOGNAME", "ops")
    monkeypatch.chdir(tmp_path)
    story = Story(tmp_path)
    story.prepare()
    story.train(4, 0.8)
    story.train(8, 0.9, save="second.pkl")
    with open_store(init_store(tmp_path / ".forebear"), create=True) as store:
        store.append(story.events)
    (tmp_path / "forebear.toml").write_text(RULES)
    return tmp_path


@pytest.fixture
def run(project, capsys):
    def command(*argv: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(list(argv))
        out, err = capsys.readouterr()
        assert "--json" in argv or all(len(line) <= 100 for line in out.splitlines())
        return code, out, err

    return command


OVERRIDE = ["--override", "the fair is on Monday", "--until", SOON]


def test_a_refusal_says_what_is_missing_and_leaves_with_1(run):
    code, out, err = run("promote", "churn:1", "--to", "prod")
    assert (code, err) == (1, "")
    assert "churn:1 stays in candidate." in out
    assert "→ forebear own model:churn --by WHO" in out
    assert "→ forebear validate churn:1 --on TEST_DATA" in out
    code, body, _ = run("promote", "churn:1", "--to", "prod", "--json")
    assert (code, json.loads(body)["moved"]) == (1, False)


def test_what_a_refusal_recommends_leads_on(run):
    assert run("own", "model:churn", "--by", "ada")[0] == 0
    code, out, _ = run("policy", "check", "churn:1", "--for", "production")
    assert code == 1
    assert re.search(r"owner +met +ada answers for it", out)


def test_a_life_from_the_first_stage_to_the_last(run, monkeypatch):
    assert run("promote", "churn:1", "--to", "staging")[0] == 0
    code, out, _ = run("promote", "churn:1", "--to", "prod", *OVERRIDE)
    assert code == 0
    assert "churn:1 is in production; before it was in staging." in out
    assert f"The override runs out on {SOON}." in out
    for command in (["show", "churn:1"], ["trace", "churn:1"], ["audit", "churn:1"]):
        assert "Override: figures and owner need not be met" in run(*command)[1]
    assert "production → 1 (override)" in run("models")[1]
    assert run("promote", "churn:2", "--to", "prod", *OVERRIDE)[0] == 0
    code, out, _ = run("rollback", "churn", "--env", "prod", "--why", "2 is slow")
    assert (code, out.splitlines()[0]) == (
        0,
        "churn:1 is in production again instead of churn:2; before it was in candidate.",
    )
    assert run("demote", "churn:1")[1].startswith("churn:1 is in staging;")
    run("deploy", "churn:1", "--env", "test")
    code, out, _ = run("retire", "churn:1")
    assert (code, "It is being served" in out, "--override" in out) == (1, True, False)
    run("undeploy", "churn:1", "--env", "test")
    assert run("retire", "churn:1")[1].startswith("churn:1 is in retired;")
    out = run("history", "churn", "--all")[1]
    assert "production was rolled back to it, by ops: 2 is slow" in out
    assert "@production" in run("history", "churn")[1]


def test_only_others_approve(run, monkeypatch):
    code, _, err = run("approve", "churn:1", "--for", "prod")
    assert code == 2
    assert "You are the author of churn:1" in err
    monkeypatch.setenv("LOGNAME", "grace")
    code, out, _ = run("approve", "churn:1", "--for", "prod", "--why", "fine")
    assert (code, out.splitlines()[0]) == (0, "grace approved churn:1 for production.")
    assert run("reject", "churn:2")[1].startswith("grace rejected churn:2 for production.")


def test_the_rules_are_shown_and_a_slip_in_them_is_said(run, project):
    code, out, _ = run("policy", "show")
    assert code == 0
    assert "Stages: candidate → staging → production → retired." in out
    assert 'metrics = ["f1 >= 0.9"]' in out
    long = 'metrics = ["f1 >= 0.9", "recall >= 0.8", "precision >= 0.8"]'
    (project / "forebear.toml").write_text(f"[policy.production]\n{long}\nowner = true\n")
    out = run("policy", "show")[1]
    assert f"  {long}\n" in out
    assert "  It is good enough\n" in out
    assert "…" not in out
    (project / "forebear.toml").write_text("[policy.production]\nownr = true\n")
    code, _, err = run("policy", "show")
    assert code == 2
    assert "[policy.production] has no setting `ownr`" in err
    assert "Did you mean `owner`?" in err
    (project / "forebear.toml").write_bytes(b"\xff\xfe")
    code, _, err = run("policy", "show")
    assert (code, "cannot be read" in err) == (2, True)


def test_rules_are_found_in_a_folder_above(run, project, monkeypatch):
    below = project / "deep" / "er"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert "owner" in run("policy", "show")[1].split("retired")[1]
    (project / "forebear.toml").unlink()
    assert "There is no forebear.toml here: the defaults hold." in run("policy", "show")[1]


def test_business_figures_stand_beside_technical_ones(run):
    code, out, _ = run(
        "kpi",
        "churn:1",
        "uplift=0.031",
        "cost=2",
        "--unit",
        "EUR",
        "--from",
        "2026-01-01",
        "--to",
        "2026-02-01",
        "--source",
        "A/B test",
    )
    assert code == 0
    assert re.search(r"uplift +0.031 EUR +2026-01-01 to 2026-02-01 +A/B test +by ops", out)
    assert re.search(r"Technical\n +f1 +0.8", out)
    assert "Business" in run("show", "churn:1")[1]
    for wrong in ("uplift", "uplift=much", "=3", "uplift=nan", "up lift=1"):
        code, _, err = run("kpi", "churn:1", wrong)
        assert (code, err.startswith("error: ")) == (2, True)
    assert run("kpi", "churn:1", "a=1", "--from", "2026-02-01", "--to", "2026-01-01")[0] == 2


def test_an_audit_fails_a_build_under_a_score(run):
    code, out, _ = run("audit", "churn:2")
    assert code == 0
    score = float(re.search(r"has ([\d.]+) of 100 points", out)[1])
    assert run("audit", "churn:2", "--fail-under", f"{score}")[0] == 0
    code, _, err = run("audit", "churn:2", "--fail-under", f"{score + 0.1}")
    assert (code, "a score is below" in err) == (1, True)
    code, out, _ = run("audit", "--all", "--fail-under", "99")
    assert (code, "are below 99" in out) == (1, True) or "of 1" in out
    assert run("audit")[0] == 2
    assert run("audit", "churn:1", "--all")[0] == 2


@pytest.mark.parametrize("name", ["x.md", "x.html"])
def test_a_report_leads_to_events_that_the_command_shows(run, project, name):
    code, out, _ = run("audit", "churn:2", "--report", name)
    assert (code, f"The report is {name}" in out) == (0, True)
    page = (project / name).read_text()
    seqs = re.findall(r"forebear event (\d+)", page)
    assert seqs
    code, out, _ = run("event", seqs[0])
    assert (code, out.startswith(f"event {seqs[0]}  ")) == (0, True)
    id = out.splitlines()[0].split()[-1]
    assert id in page or id.replace("-", r"\-") in page
    assert run("audit", "churn:2", "--report", "x.pdf")[0] == 2
    assert run("audit", "churn:2", "--report", "no/folder.md")[0] == 2


def test_json_of_every_answer(run):
    for argv in (
        ["policy", "show"],
        ["audit", "churn:1"],
        ["audit", "--all"],
        ["history", "churn", "--all"],
        ["history", "churn"],
        ["kpi", "churn:1"],
        ["event", "1"],
        ["retire", "churn:1"],
        ["promote", "churn:1", "--to", "staging"],
        ["demote", "churn:1"],
    ):
        code, body, err = run(*argv, "--json")
        assert (code, err) == (0, ""), argv
        assert json.loads(body)
