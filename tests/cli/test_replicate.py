from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from forebear.cli import main
from forebear.client.locate import init_store
from forebear.core.errors import NoStore
from forebear.store import open_store
from story import Story


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("FOREBEAR_STORE", "FOREBEAR_REMOTE", "FOREBEAR_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def story(folder: Path) -> Story:
    story = Story(folder)
    story.prepare()
    story.train(4, 0.8)
    with open_store(init_store(folder / ".forebear"), create=True) as store:
        store.append(story.events)
        store.blobs.put(b"kept")
    return story


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = main(list(argv))
    out, err = capsys.readouterr()
    return code, out, err


def root(folder: Path) -> str:
    with open_store(folder) as store:
        return store.head().root


def test_pushing_says_what_went_where(story: Story, folder: Path, capsys):
    there = str(folder / "team")
    count = len(story.events)
    code, out, err = run(capsys, "push", there)
    assert (code, err) == (0, "")
    assert out.split() == f"Pushed {count} events and 1 kept file to {there}.".split()
    assert run(capsys, "push", there)[1].split() == [there, "has", "everything."]
    code, out, _ = run(capsys, "push", there, "--json")
    assert (code, json.loads(out)["seq"]) == (0, count)
    assert root(folder / "team") == root(folder / ".forebear")
    assert run(capsys, "models", "--store", there)[1] == run(capsys, "models")[1]


def test_where_to_may_be_set_once(story: Story, folder: Path, capsys, monkeypatch):
    code, _, err = run(capsys, "push")
    assert code == 2
    assert "no store to push to" in err
    (folder / ".forebear" / "config.toml").write_text('[push]\nremote = "team"\n')
    assert run(capsys, "push")[0] == 0
    assert root(folder / "team") == root(folder / ".forebear")
    monkeypatch.setenv("FOREBEAR_REMOTE", str(folder / "other"))
    assert f"{folder / 'other'}." in run(capsys, "push")[1].split()


def test_a_remote_that_is_away_is_one_sentence_and_code_2(story: Story, folder: Path, capsys):
    code, out, err = run(capsys, "push", str(folder / "not" / "mounted"))
    assert (code, out) == (2, "")
    assert err.startswith("error: Cannot push to ")
    assert f"Nothing is lost: {len(story.events)} events wait" in err
    code, out, err = run(capsys, "push", "http://user:secret@127.0.0.1:9/")
    assert (code, out) == (2, "")
    assert "The server at http://user@127.0.0.1:9/ does not answer" in err
    assert f"Nothing is lost: {len(story.events)} events wait" in err
    assert "secret" not in err


def test_export_and_import_move_a_store(story: Story, folder: Path, capsys):
    count = len(story.events)
    code, out, err = run(capsys, "export", "--events", "all.ndjson.gz", "--blobs")
    assert (code, err) == (0, "")
    assert out == f"Wrote {count} events to all.ndjson.gz.\nWrote 1 kept file to all.blobs.\n"
    code, out, _ = run(
        capsys, "import", "--events", "all.ndjson.gz", "--blobs", "--store", str(folder / "new")
    )
    assert code == 0
    assert out.splitlines() == [
        f"Took in {count} events and 1 kept file.",
        f"root {root(folder / '.forebear')}, as in the file",
    ]
    assert root(folder / "new") == root(folder / ".forebear")
    code, out, _ = run(capsys, "import", "--events", "all.ndjson.gz", "--json")
    assert json.loads(out)["duplicates"] == count


def test_a_damaged_file_is_refused_with_code_2(story: Story, folder: Path, capsys):
    run(capsys, "export", "--events", "all.ndjson")
    whole = Path("all.ndjson").read_bytes()
    Path("all.ndjson").write_bytes(whole[:-30])
    code, out, err = run(capsys, "import", "--events", "all.ndjson", "--store", str(folder / "new"))
    assert (code, out) == (2, "")
    assert "'all.ndjson' is damaged" in err


def test_a_damaged_file_makes_no_store(story: Story, folder: Path, capsys):
    run(capsys, "export", "--events", "all.ndjson")
    Path("all.ndjson").write_bytes(Path("all.ndjson").read_bytes()[:-20])
    code, _, err = run(capsys, "import", "--events", "all.ndjson", "--store", "new/.forebear")
    assert (code, "damaged" in err) == (2, True)
    assert not Path("new").exists()


def test_an_export_goes_into_a_pipe(story: Story, folder: Path):
    command = [sys.executable, "-m", "forebear"]
    written = subprocess.run(
        [*command, "export", "--events", "-"], capture_output=True, check=True, cwd=folder
    )
    assert written.stdout.count(b"\n") == len(story.events) + 2
    read = subprocess.run(
        [*command, "import", "--events", "-", "--store", "new"],
        input=written.stdout,
        capture_output=True,
        check=True,
        cwd=folder,
    )
    assert b"as in the file" in read.stdout


def wait_for(folder: Path, runs: int) -> None:
    """Wait until the background has brought that many finished runs to a store."""
    for _ in range(300):
        with suppress(NoStore), open_store(folder) as store:
            if sum(row.status == "finished" for row in store.runs()) == runs:
                return
        time.sleep(0.1)
    raise AssertionError(f"{runs} runs did not arrive")


def test_a_run_is_pushed_when_it_has_ended(folder: Path):
    team = folder / "team"
    (folder / "job.py").write_text(
        "import forebear as fb\n"
        f"fb.remote = {str(team)!r}\n"
        "with fb.run('job'):\n"
        "    fb.log_params({'a': 1})\n"
    )
    subprocess.run([sys.executable, "job.py"], cwd=folder, check=True)
    wait_for(team, 1)
    (folder / "job.py").write_text("print('hello')\n")
    command = [sys.executable, "-m", "forebear", "run", "--quiet", "job.py"]
    done = subprocess.run(
        command,
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "FOREBEAR_REMOTE": str(team)},
    )
    assert (done.stdout, done.stderr) == ("hello\n", "")
    wait_for(team, 2)


def test_a_remote_that_is_away_harms_no_run(folder: Path):
    (folder / "job.py").write_text("print('hello')\n")
    done = subprocess.run(
        [sys.executable, "-m", "forebear", "run", "--quiet", "job.py"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "FOREBEAR_REMOTE": str(folder / "not" / "mounted")},
    )
    assert (done.stdout, done.stderr) == ("hello\n", "")
    log = folder / ".forebear" / "push" / "last.log"
    for _ in range(100):
        if "Nothing is lost" in log.read_text():
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text())
