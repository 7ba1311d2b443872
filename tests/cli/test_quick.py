"""The usual way of `forebear run`: the program records itself, and says what the long way says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from forebear.cli import quick
from forebear.client.spool import SpoolReader, spools_of
from forebear.core.events import ArtifactRecorded, RunEnded, RunStarted, decode

CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("FOREBEAR")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with a store that is complete, as after a first run."""
    run(tmp_path, "first.py", "pass")
    for spool in (tmp_path / ".forebear" / "spool").iterdir():
        spool.unlink()
    return tmp_path


def run(folder: Path, name: str, code: str, *words: str, **more) -> subprocess.CompletedProcess:
    (folder / name).write_text(code)
    return subprocess.run(
        [sys.executable, "-m", "forebear", "run", "--quiet", name, *words],
        cwd=folder,
        env=CLEAN,
        capture_output=True,
        text=True,
        check=False,
        **more,
    )


def events(folder: Path) -> list:
    spools = sorted((folder / ".forebear" / "spool").glob("*.spool"))
    return [decode(body) for path in spools for body, _ in SpoolReader(path).records()]


def of(folder: Path, kind: type) -> list:
    """Events of a kind in the order of their time."""
    found = [event for event in events(folder) if isinstance(event, kind)]
    return sorted(found, key=lambda event: event.time)


def test_a_program_that_finishes_records_itself_alone(folder: Path) -> None:
    done = run(folder, "train.py", "import sys\nprint(sys.argv[1:])\n", "--depth", "4")
    assert (done.returncode, done.stdout, done.stderr) == (0, "['--depth', '4']\n", "")
    (started,) = of(folder, RunStarted)
    assert len(spools_of(folder / ".forebear" / "spool", started.run)) == 1
    assert (started.name, started.command[1:]) == ("train.py", ["train.py", "--depth", "4"])
    assert started.attrs["script"] == str(folder / "train.py")
    ended = of(folder, RunEnded)[-1]
    assert (ended.status, ended.exit_code) == ("finished", 0)
    assert ended.attrs["machine"]["cores"] >= 1
    assert {event.kind for event in of(folder, ArtifactRecorded)} == {"code", "environment"}


@pytest.mark.parametrize(
    ("code", "exit_code", "status"),
    [
        ("import sys; sys.exit(3)", 3, "failed"),
        ("1 / 0", 1, "failed"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 137, "lost"),
        ("import os; os._exit(0)", 0, "finished"),
        ("import os; os._exit(5)", 5, "failed"),
    ],
)
def test_other_ends_are_recorded_by_who_waited(
    folder: Path, code: str, exit_code: int, status: str
) -> None:
    done = run(folder, "train.py", code)
    assert done.returncode == exit_code
    # A program that ends by an error says so itself too, without the code that it leaves with.
    ends = [(one.status, one.exit_code) for one in of(folder, RunEnded)]
    assert (status, exit_code) in ends
    shown = subprocess.run(
        [sys.executable, "-m", "forebear", "runs", "--json"],
        cwd=folder,
        env=CLEAN,
        capture_output=True,
        text=True,
        check=True,
    )
    newest = json.loads(shown.stdout)["runs"][0]
    assert (newest["status"], newest["exit_code"]) == (status, exit_code)


def test_the_program_sees_its_own_environment(folder: Path) -> None:
    code = "import os\nprint(sorted(k for k in os.environ if 'FOREBEAR' in k or k == 'PYTHONPATH'))"
    assert run(folder, "train.py", code).stdout == "[]\n"


def test_a_signal_is_passed_on(folder: Path) -> None:
    code = "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(9))\n"
    code += "print('ready', flush=True)\ntime.sleep(60)\n"
    (folder / "wait.py").write_text(code)
    command = [sys.executable, "-m", "forebear", "run", "--quiet", "wait.py"]
    with subprocess.Popen(command, cwd=folder, env=CLEAN, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"ready\n"
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 9


def test_the_program_dies_with_who_waits(folder: Path) -> None:
    code = "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)\n"
    (folder / "wait.py").write_text(code)
    command = [sys.executable, "-m", "forebear", "run", "--quiet", "wait.py"]
    with subprocess.Popen(command, cwd=folder, env=CLEAN, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        pid = int(running.stdout.readline())
        running.kill()
    until = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "Z":
            break
        time.sleep(0.05)
    else:
        assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(
    "words", [["log"], ["run"], ["run", "-m", "json"], ["run", "--", "true"], ["run", "gone.py"]]
)
def test_what_is_out_of_the_ordinary_is_left_to_the_long_way(
    folder: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert quick.start(words) is None


def test_a_store_that_was_said_is_left_to_the_long_way(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("FOREBEAR_STORE", str(folder))
    assert quick.start(["run", "first.py"]) is None
