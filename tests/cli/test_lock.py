"""A lock file of models, as a project that uses them keeps it and CI checks it."""

from __future__ import annotations

import json
import shutil
import tomllib

import pytest

from forebear.cli import main
from forebear.client.locate import init_store
from forebear.core.policies import STAGE, Stage
from forebear.store import open_store
from story import Story


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project beside the store's folder; the files of the models lie in the store's."""
    home = tmp_path / "home"
    monkeypatch.setenv("FOREBEAR_STORE", str(home / ".forebear"))
    story = Story(home)
    with open_store(init_store(home / ".forebear"), create=True) as store:
        story.prepare()
        for number in (1, 2):
            story.train(number, 0.8, save=f"model{number}.pkl")
        story.alias("champion", 1)
        store.append(story.events)
    folder = tmp_path / "shop"
    (folder / "models").mkdir(parents=True)
    shutil.copy(home / "model1.pkl", folder / "models" / "churn.pkl")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(capsys):
    def run(*argv):
        code = main(list(argv))
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return run


def move(run, version):
    assert run("alias", "churn", "champion", str(version))[0] == 0


def test_a_lock_holds_name_version_digest_and_size(project, run):
    code, out, _ = run("lock", "churn@champion", "--file", "models/churn.pkl")
    assert (code, "locks 1 model" in out) == (0, True)
    (entry,) = tomllib.loads((project / "models.lock").read_text())["model"]
    assert (entry["ref"], entry["name"], entry["version"]) == ("churn@champion", "churn", 1)
    assert (entry["file"], entry["size"]) == ("models/churn.pkl", 8)
    assert entry["digest"].startswith("sha256:")
    assert run("lock", "check")[0] == 0
    code, out, _ = run("consumers", "churn:1")
    assert "shop" in out
    assert "lock" in out


def test_locking_again_changes_neither_file_nor_store(project, run):
    run("lock", "churn@champion", "churn:2")
    before = (project / "models.lock").read_bytes()
    with open_store(project.parent / "home" / ".forebear") as store:
        size = store.head().size
    run("lock", "churn@champion")
    assert (project / "models.lock").read_bytes() == before
    with open_store(project.parent / "home" / ".forebear") as store:
        assert store.head().size == size


def test_a_file_with_other_content_fails_with_and_without_a_store(project, run, monkeypatch):
    run("lock", "churn@champion", "--file", "models/churn.pkl")
    (project / "models" / "churn.pkl").write_bytes(b"another")
    code, out, _ = run("lock", "check")
    assert (code, "holds other content than churn:1" in out) == (1, True)
    monkeypatch.delenv("FOREBEAR_STORE")
    code, out, err = run("lock", "check")
    assert (code, "Only files are checked" in err, "Files only" in out) == (1, True, True)
    (project / "models" / "churn.pkl").unlink()
    code, out, _ = run("lock", "check", "--offline")
    assert (code, "is not there" in out) == (1, True)


def test_an_alias_that_moved_fails_unless_newer_is_allowed(project, run):
    run("lock", "churn@champion", "--file", "models/churn.pkl")
    move(run, 2)
    code, out, _ = run("lock", "check")
    assert (code, "churn@champion is churn:2 now" in out) == (1, True)
    code, out, _ = run("lock", "check", "--allow-newer", "--json")
    answer = json.loads(out)
    assert (code, answer["ok"], answer["models"][0]["status"]) == (0, True, "newer")
    code, _, err = run("lock", "update")
    assert (code, "Fetch that version first" in err) == (2, True)
    shutil.copy(project.parent / "home" / "model2.pkl", project / "models" / "churn.pkl")
    assert run("lock", "update")[0] == 0
    assert run("lock", "check")[0] == 0


def test_what_is_recalled_or_retired_fails_even_if_newer_is_allowed(project, run):
    run("lock", "churn:1", "churn:2")
    run("recall", "churn:1", "--reason", "it leaks")
    with open_store(project.parent / "home" / ".forebear") as store:
        (row,) = [one for one in store.versions("model", "churn") if one.version == 2]
        store.append([STAGE.say(row.artifact, Stage(stage="retired"), key="churn")])
    code, out, _ = run("lock", "check", "--allow-newer")
    assert code == 1
    assert "it is recalled (churn:1: it leaks)" in out
    assert "it is retired" in out


def test_a_recall_reaches_who_has_locked(project, run):
    run("lock", "churn@champion")
    _, out, _ = run("recall", "data:raw", "--reason", "wrong", "--json")
    consumers = [one for one in json.loads(out)["affected"] if one["kind"] == "consumer"]
    assert [(one["id"], one["verdict"]) for one in consumers] == [("consumer:shop", "disclose")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lock = 1\n[[model]]\nref = 'a'\ndigest = 'nothing'\n", "is no digest"),
        ("lock = 9\n", "later version"),
        ("lock = 1\nother = 2\n", "no lock file"),
        ("not toml at all", "cannot be read"),
        (None, "There is no models.lock"),
    ],
)
def test_a_lock_file_that_cannot_be_read_is_one_sentence(project, run, text, said):
    if text is not None:
        (project / "models.lock").write_text(text)
    code, out, err = run("lock", "check")
    assert (code, out, said in err) == (2, "", True)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("lock",), "Say what to lock"),
        (("lock", "data:raw"), "only models are locked"),
        (("lock", "churn:9"), "no version 9"),
        (("lock", "churn:2", "--file", "models/churn.pkl"), "holds other content"),
    ],
)
def test_what_cannot_be_locked_leaves_no_file(project, run, argv, said):
    code, _, err = run(*argv)
    assert (code, said in err) == (2, True)
    assert not (project / "models.lock").exists()


def test_what_nobody_looked_at_is_not_said_to_be_well(project, run, monkeypatch):
    run("lock", "churn@champion", "--file", "models/churn.pkl")
    run("lock", "churn:2")
    code, out, _ = run("lock", "check", "--offline")
    assert code == 0
    assert "1 model as locked. Files only" in out
    assert "Of 1 nothing was checked." in " ".join(out.split())
    assert "unchecked" in out
    (project / "models.lock").unlink()
    run("lock", "churn:2")
    code, _, err = run("lock", "check", "--offline")
    assert code == 2
    assert "Nothing that models.lock locks could be checked" in err
    monkeypatch.setenv("FOREBEAR_STORE", str(project / "gone"))
    code, _, err = run("lock", "check")
    assert (code, "There is no store at" in err) == (2, True)


def test_who_locks_the_next_version_uses_the_one_before_no_more(project, run):
    run("lock", "churn@champion")
    run("alias", "churn", "champion", "2")
    run("lock", "update")
    assert "shop" not in run("consumers", "churn:1")[1]
    assert "shop  lock" in run("consumers", "churn:2")[1]
