"""What a program prints is its own, and a copy of it is kept where somebody asks for one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from command import FOREBEAR, answer, forebear
from forebear.capture.printing import _MOST, Printing, kept_text

SCRIPT = """
import sys, os
print("out", flush=True)
print("err", file=sys.stderr, flush=True)
print("password=hunter2hunter2", sys.stdin.read(), flush=True)
sys.exit(3)
"""


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    return tmp_path


def last_run() -> str:
    return f"run:{answer('log', '--limit', '1')['runs'][0]['id']}"


def test_a_program_prints_as_it_would_and_a_copy_without_secrets_is_kept(work):
    (work / "job.py").write_text(SCRIPT)
    plain = subprocess.run(
        [sys.executable, "job.py"], capture_output=True, text=True, input="typed", check=False
    )
    done = forebear("run", "--keep-output", "--quiet", "job.py", input="typed")
    assert (done.returncode, done.stdout, done.stderr) == (3, plain.stdout, plain.stderr)
    told = answer("output", last_run())
    lines = told["text"].splitlines()
    assert len(lines) == 3
    assert {"out", "err"} < set(lines)  # two pipes: which of them is read first is not known
    assert "hunter2" not in told["text"]
    assert told["secrets"]
    assert told["size"] == len(plain.stdout + plain.stderr)
    assert told["verdict"] == "job.py printed 3 lines, without secrets that were in it."
    assert "out" in forebear("output", last_run()).stdout.splitlines()


def test_nothing_is_kept_unless_it_is_asked_for(work):
    (work / "job.py").write_text("print('out')")
    forebear("run", "job.py")
    told = answer("output", last_run())
    assert told["text"] is None
    assert "was not kept" in told["verdict"]


def test_who_reads_no_more_ends_the_program(work):
    (work / "job.py").write_text("while True: print('again')")
    with subprocess.Popen(
        [*FOREBEAR, "run", "--keep-output", "--quiet", "job.py"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"again\n"
        process.stdout.close()
        assert process.wait(30) != 0


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_program_in_a_terminal_sees_one(work):
    import pty
    import termios

    (work / "job.py").write_text(
        "import os, sys; print([os.isatty(n) for n in (1, 2)], os.get_terminal_size().columns)"
    )
    source, end = pty.openpty()
    termios.tcsetwinsize(end, (20, 77))
    done = subprocess.run(
        [*FOREBEAR, "run", "--keep-output", "--quiet", "job.py"],
        stdout=end,
        stderr=end,
        check=False,
    )
    os.close(end)
    assert (done.returncode, os.read(source, 1000)) == (0, b"[True, True] 77\r\n")
    os.close(source)
    assert answer("output", last_run())["text"] == "[True, True] 77\n"


def test_of_very_much_the_middle_is_left_out():
    printing = Printing()
    for letter in (b"a", b"b", b"c"):
        for _ in range(4):
            printing._remember(letter * (_MOST // 2))
    printing.abandon()
    assert printing._size == 6 * _MOST
    assert printing._head == b"a" * _MOST
    assert len(printing._tail) <= 2 * _MOST
    assert printing._tail.endswith(b"c" * _MOST)


def test_what_was_left_out_is_said():
    assert kept_text(b"begin", b"end\n", 1234) == "begin\n… 1,234 bytes are left out …\nend\n"
