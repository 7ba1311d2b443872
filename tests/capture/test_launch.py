"""`forebear run` changes nothing about a program but that it is recorded."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from command import FOREBEAR, answer, forebear


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    return tmp_path


def only_run() -> dict[str, Any]:
    (run,) = answer("log")["runs"]
    return dict(run)


SCRIPT = """
import sys, os
print("out", sys.argv[1:], __name__, __file__)
print("err", file=sys.stderr)
print(sys.path[0] == os.path.dirname(os.path.abspath(__file__)), "PYTHONPATH" in os.environ)
print([name for name in os.environ if name.startswith("FOREBEAR")], sys.stdin.read())
if "boom" in sys.argv: raise ValueError("it broke")
if "three" in sys.argv: sys.exit(3)
"""


@pytest.mark.parametrize(("word", "code"), [("fine", 0), ("three", 3), ("boom", 1)])
def test_output_exit_code_and_traceback_are_the_programs_own(
    work: Path, word: str, code: int
) -> None:
    (work / "job.py").write_text(SCRIPT)
    plain = subprocess.run(
        [sys.executable, "job.py", word, "--store", "x"],
        capture_output=True, text=True, input="typed", check=False,
    )  # fmt: skip
    recorded = forebear("run", "job.py", word, "--store", "x", input="typed")
    assert recorded.returncode == plain.returncode == code
    assert recorded.stdout == plain.stdout
    assert recorded.stderr.startswith(plain.stderr)
    assert recorded.stderr.removeprefix(plain.stderr).count("\n") == 1
    run = only_run()
    assert run["status"] == ("finished" if code == 0 else "failed")
    assert run["exit_code"] == code


def test_a_failed_run_says_why(work: Path) -> None:
    (work / "job.py").write_text(SCRIPT)
    forebear("run", "job.py", "boom")
    run = only_run()
    assert run["error"] == "ValueError: it broke"


def test_quiet_says_nothing(work: Path) -> None:
    (work / "job.py").write_text("pass")
    done = forebear("run", "--quiet", "job.py")
    assert (done.stdout, done.stderr) == ("", "")


def test_modules_and_other_commands_run_too(work: Path) -> None:
    (work / "pack").mkdir()
    (work / "pack" / "__init__.py").write_text("")
    (work / "pack" / "job.py").write_text("import sys; print(__name__, sys.argv[1:])")
    assert forebear("run", "-m", "pack.job", "-v").stdout == "__main__ ['-v']\n"
    assert forebear("run", "--", "sh", "-c", "echo shell; exit 4").returncode == 4
    names = [run["name"] for run in answer("log")["runs"]]
    assert names == ["sh", "pack.job"]


def test_files_read_and_written_are_recorded_by_content(work: Path) -> None:
    (work / "in.txt").write_text("ground truth")
    (work / "job.py").write_text("open('out.txt','w').write(open('in.txt').read().upper())")
    forebear("run", "job.py")
    found = answer("trace", "out.txt")
    labels = {node.get("label") for node in found["nodes"] if node["type"] == "artifact"}
    assert {"in.txt", "out.txt", "job.py"} <= labels
    moved = work / "elsewhere.dat"
    (work / "out.txt").rename(moved)
    assert answer("trace", "elsewhere.dat")["root"] == found["root"]


def test_writing_what_was_read_is_a_copy_and_makes_no_circle(work: Path) -> None:
    (work / "in.txt").write_text("same")
    (work / "job.py").write_text("open('out.txt','w').write(open('in.txt').read())")
    forebear("run", "job.py")
    found = answer("trace", "out.txt")
    assert [edge for edge in found["edges"] if edge["type"] == "generated"] == []


def test_a_killed_run_is_lost_and_the_store_stays_readable(work: Path) -> None:
    (work / "job.py").write_text(
        "import time, pathlib\n"
        "open('in.txt').read()\n"
        "pathlib.Path('ready').touch()\n"
        "time.sleep(60)\n"
    )
    (work / "in.txt").write_text("data")
    parent = subprocess.Popen([*FOREBEAR, "run", "job.py"], stderr=subprocess.DEVNULL)
    wait_for(work / "ready")
    assert only_run()["status"] == "running"
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 10
    while only_run()["status"] == "running" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert only_run()["status"] == "lost"
    reached = {node.get("label") for node in answer("impact", "in.txt")["nodes"]}
    assert "job.py" in {node.get("name") for node in answer("impact", "in.txt")["nodes"]} | reached
    assert forebear("verify").returncode == 0


def test_a_program_killed_under_us_is_lost_with_its_signal(work: Path) -> None:
    (work / "job.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert forebear("run", "job.py").returncode == 128 + signal.SIGKILL
    assert only_run()["status"] == "lost"


def test_sigterm_reaches_the_program(work: Path) -> None:
    (work / "job.py").write_text(
        "import signal, sys, time, pathlib\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        "pathlib.Path('ready').touch()\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([*FOREBEAR, "run", "job.py"], stderr=subprocess.DEVNULL)
    wait_for(work / "ready")
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(timeout=20) == 7


def test_secrets_on_the_command_line_are_not_written_anywhere(work: Path) -> None:
    secret = "hunter2" + "hunter3"
    (work / "job.py").write_text("print('ok')")
    forebear("run", "job.py", "--password", secret, f"postgresql://me:{secret}@host/db")
    everything = b"".join(p.read_bytes() for p in (work / ".forebear").rglob("*") if p.is_file())
    assert secret.encode() not in everything
    assert "REDACTED" in " ".join(only_run()["command"])


def test_two_programs_record_into_one_store_at_once(work: Path) -> None:
    (work / "job.py").write_text("import sys; open(sys.argv[1],'w').write(sys.argv[1])")
    children = [
        subprocess.Popen([*FOREBEAR, "run", "job.py", f"{n}.txt"], stderr=subprocess.DEVNULL)
        for n in range(4)
    ]
    assert [child.wait(timeout=60) for child in children] == [0] * 4
    assert [run["status"] for run in answer("log")["runs"]] == ["finished"] * 4
    assert forebear("verify").returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run"], "nothing to run"),
        (["run", "none.py"], "no script at none.py"),
        (["run", "--", "no-such-program"], "Cannot run no-such-program"),
    ],
)
def test_what_cannot_run_is_one_clear_sentence(words: list[str], said: str) -> None:
    done = forebear(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_store_that_cannot_be_written_stops_nothing_silently(work: Path) -> None:
    (work / "job.py").write_text("print('ran')")
    (work / "blocked").write_text("a file")
    done = forebear("run", "--store", "blocked/store", "job.py")
    assert done.returncode == 2
    assert "blocked/store" in done.stderr
    assert "ran" not in done.stdout


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not come"
        time.sleep(0.02)


def test_the_environment_of_the_program_is_not_recorded(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_PRIVATE_SETTING", "do-not-write-this-down")
    (work / "job.py").write_text("import os; os.environ['MY_PRIVATE_SETTING']")
    forebear("run", "job.py")
    everything = b"".join(p.read_bytes() for p in (work / ".forebear").rglob("*") if p.is_file())
    assert b"do-not-write-this-down" not in everything
    assert os.environ["MY_PRIVATE_SETTING"].encode() not in everything


def gaps() -> str:
    return " ".join(answer("show", f"run:{only_run()['id']}")["gaps"])


def test_programs_that_are_not_seen_are_said(work: Path) -> None:
    (work / "job.py").write_text(
        "import os, subprocess, sys\n"
        "os.system('true')\n"
        "subprocess.run(['ls'], capture_output=True)\n"
    )
    forebear("run", "job.py")
    assert "(true)" in gaps()
    assert "(ls)" in gaps()


def test_a_program_behind_a_shell_has_its_code_and_environment(work: Path) -> None:
    (work / "job.py").write_text("print('inner')")
    done = forebear("run", "--", "sh", "-c", f"{sys.executable} job.py")
    assert done.stdout == "inner\n"
    outer = forebear("show", f"run:{only_run()['id']}").stdout
    assert "code  job.py" in outer
    (inner,) = answer("show", f"run:{only_run()['id']}")["steps"]
    assert inner["status"] == "finished"
    assert "packages" in forebear("show", f"run:{inner['id']}").stdout
    assert "environment" not in gaps()


def test_a_killed_program_keeps_its_script(work: Path) -> None:
    (work / "job.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    forebear("run", "job.py")
    # What is named is the script, whose size is not that of the list that names it.
    told = forebear("show", f"run:{only_run()['id']}").stdout
    assert re.search(r"^  code  job.py  [0-9a-f]{12} +observed$", told, re.MULTILINE), told


def test_an_interpreter_without_forebear_is_recorded_with_its_own_packages(work: Path) -> None:
    import venv

    venv.create(work / "other", symlinks=True)
    (work / "job.py").write_text("import sys; open('out.txt', 'w').write(sys.prefix)")
    done = forebear("run", "--", str(work / "other" / "bin" / "python"), "job.py")
    assert done.returncode == 0
    assert "not recorded" not in done.stderr
    assert (work / "out.txt").read_text() == str(work / "other")
    shown = forebear("show", f"run:{only_run()['id']}").stdout
    assert "0 packages" in shown
    assert "out.txt" in forebear("trace", "out.txt").stdout
