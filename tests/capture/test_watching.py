"""Programs that are not Python: the files they open are seen from outside, or declared."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from command import FOREBEAR, answer, forebear
from forebear.capture import watching
from forebear.capture.launch import launch, program_of
from forebear.capture.session import Session
from forebear.capture.watching.strace import Strace, find_strace
from forebear.capture.watching.watched import Watched
from forebear.client.config import Config
from forebear.client.locate import init_store
from forebear.client.spool import SpoolReader, spools_of
from forebear.core.events import EdgesRecorded, GapNoticed, LocationSeen, decode
from forebear.core.ids import new_id
from forebear.engines.files import digest_path

followed = pytest.mark.skipif(find_strace() is None, reason="strace may not follow programs here")


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    return tmp_path


def show() -> Any:
    (run,) = answer("log")["runs"]
    return answer("show", f"run:{run['id']}")


def used() -> dict[str, str]:
    return {tie["title"]: tie["evidence"] for tie in show()["inputs"]}


def made() -> dict[str, str]:
    return {tie["title"]: tie["evidence"] for tie in show()["outputs"]}


def gaps() -> str:
    return " ".join(show()["gaps"])


@followed
def test_files_that_a_program_and_its_children_open_are_seen(work: Path) -> None:
    (work / "in put.txt").write_text("b\na\n")
    (work / "tool.sh").write_text(
        "cat 'in put.txt' | sort > mid.tmp\n"
        "mv mid.tmp größe.txt\n"
        "echo scratch > gone.txt; rm gone.txt\n"
        'cd /; sed s/a/c/ "$OLDPWD/größe.txt" > "$OLDPWD/out.txt"\n'
        "echo shown; exit 3\n"
    )
    done = forebear("run", "--", "sh", "tool.sh")
    assert (done.stdout, done.returncode) == ("shown\n", 3)
    assert not list((work / ".forebear").glob("trace-*"))
    assert used() == {"in put.txt": "observed", "tool.sh": "observed"}
    assert made() == {"größe.txt": "observed", "out.txt": "observed"}
    trace = answer("trace", "out.txt")
    assert "in put.txt" in {node.get("label") for node in trace["nodes"]}


@followed
def test_what_the_shell_redirects_is_seen_too(work: Path) -> None:
    (work / "in.txt").write_text("b\na\n")
    with open("in.txt") as source, open("out.txt", "w") as target:
        subprocess.run(
            [*FOREBEAR, "run", "--quiet", "--", "sort"], stdin=source, stdout=target, check=True
        )
    assert (work / "out.txt").read_text() == "a\nb\n"
    assert used() == {"in.txt": "observed"}
    assert made() == {"out.txt": "observed"}


@followed
def test_a_copy_is_a_copy(work: Path) -> None:
    (work / "in.txt").write_text("data")
    forebear("run", "--", "cp", "in.txt", "copy.txt")
    assert used() == {"in.txt": "observed"}
    assert made() == {}


@followed
def test_a_file_changed_in_place_was_read_as_it_was(work: Path) -> None:
    (work / "in.txt").write_text("a\n")
    forebear("run", "--", "sed", "-i", "s/a/b/", "in.txt")
    assert made() == {"in.txt": "observed"}
    before = {tie["digest"] for tie in show()["inputs"]}
    assert show()["outputs"][0]["digest"] not in before
    assert before or "in.txt was read and then changed" in gaps()


@followed
def test_a_python_program_inside_records_itself_and_what_it_starts_is_seen(work: Path) -> None:
    (work / "a.txt").write_text("x\ny\n")
    (work / "job.py").write_text(
        "import subprocess\n"
        "text = open('b.txt').read()\n"
        "open('c.txt', 'w').write(text * 2)\n"
        "subprocess.run('sort c.txt > d.txt', shell=True)\n"
    )
    forebear("run", "--", "sh", "-c", f"sort -r a.txt > b.txt; {sys.executable} job.py; true")
    assert used()["a.txt"] == "observed"
    assert {"d.txt"} <= made().keys()
    assert "program" not in gaps()
    assert "a.txt" in {node.get("label") for node in answer("trace", "c.txt")["nodes"]}


def test_a_program_that_is_told_before_its_birth_is_followed(work: Path) -> None:
    """Where cores are busy, strace hears of a child's exec before its parent's fork is over."""
    init_store(work / "store")
    session = Session(work / "store", new_id(), Config(), script=None)
    watched = Watched(session)
    (work / "out.txt").write_text("x")
    (work / "own.txt").write_text("y")
    watched.records_itself(1)
    watched.forked(1, 3)
    watched.opened(3, str(work / "own.txt"), writes=True)  # a fork of it, which records too
    watched.executed(2, "/bin/sh")
    watched.forked(1, 2)
    watched.opened(2, str(work / "out.txt"), writes=True)
    watched.finish()
    session.stop()
    assert session.files.written.keys() == {digest_path(work / "out.txt").digest}


@followed
def test_what_a_script_starts_is_seen_when_asked_for(work: Path) -> None:
    (work / "in.txt").write_text("b\na\n")
    (work / "job.py").write_text("import os; os.system('sort in.txt > out.txt')")
    forebear("run", "--watch", "job.py")
    assert used() == {"in.txt": "observed"}
    assert made() == {"out.txt": "observed"}
    assert "program" not in gaps()


def test_an_unwatched_program_is_known_by_what_is_declared(work: Path) -> None:
    (work / "data").mkdir()
    (work / "data" / "a.csv").write_text("1")
    (work / "data" / "b.csv").write_text("2")
    (work / "more.csv").write_text("3")
    done = forebear(
        *["run", "--no-watch", "--in", "data", "--in", "m*.csv", "--out", "out.txt", "--out", "no"],
        *["--", "sh", "-c", "cat data/* more.csv > out.txt"],
    )
    assert done.returncode == 0, done.stderr
    assert used() == dict.fromkeys(["a.csv", "b.csv", "more.csv"], "declared")
    assert made() == {"out.txt": "declared"}
    assert "The output no was declared, and there was none" in gaps()


def test_a_declared_input_that_is_not_there_is_one_clear_sentence(work: Path) -> None:
    done = forebear("run", "--in", "none.csv", "--", "touch", "ran")
    assert done.returncode == 2
    assert "There is no input at none.csv" in done.stderr
    assert not (work / "ran").exists()


def test_looking_now_and_then_sees_what_stays_open_and_says_what_it_misses(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (work / "in.txt").write_text("data")
    monkeypatch.setattr(watching, "find_strace", lambda: None)
    store = init_store(work / "store")
    words = ["sh", "-c", "exec 3< in.txt 4> out.txt; echo x >&4; sleep 0.5"]
    finished = launch(program_of(words, module=None, direct=True), store)
    events = [
        decode(body)
        for path in spools_of(store / "spool", finished.run)
        for body, _ in SpoolReader(path).records()
    ]
    places = {Path(e.uri).name: e.mode for e in events if isinstance(e, LocationSeen)}
    assert places == {"in.txt": "read", "out.txt": "write"}
    assert any("now and then" in e.what for e in events if isinstance(e, GapNoticed))
    assert any(e.generated for e in events if isinstance(e, EdgesRecorded))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
@followed
def test_an_ordinary_user_may_follow_programs_too() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from forebear.capture.watching.strace import find_strace as f;"
         "import os; os.setuid(65534); print(f() is not None)"],
        capture_output=True, text=True, check=True, cwd="/",
    )  # fmt: skip
    assert done.stdout == "True\n"


def test_lines_of_strace_are_read_in_whatever_order_they_come(work: Path) -> None:
    session = Session(work / "store", new_id(), Config(), script=None)
    for name in ("a b.txt", "c.txt"):
        (work / name).write_text(name)
    strace = Strace(session, shutil.which("strace") or "strace")
    later, opened = "9999999999.9", f"openat(AT_FDCWD<{work}>,"
    for line in (
        f'7 {later} {opened} "a b.txt", O_RDONLY <unfinished ...>',
        f'8 {later} {opened} "no.txt", O_RDONLY) = -1 ENOENT (No such file)',
        f'8 {later} {opened} "tmp.txt", O_WRONLY|O_CREAT, 0600) = 4<{work}/tmp.txt>',
        f"7 {later} <... openat resumed>)  = 3<{work}/a b.txt>",
        '8 9.9 rename("tmp.txt", "c.txt") = 0',
        "8 9.9 +++ exited with 0 +++",
    ):
        strace._take(line)
    strace.finish()
    session.stop()
    events = [
        decode(body)
        for path in spools_of(work / "store" / "spool")
        for body, _ in SpoolReader(path).records()
    ]
    places = {Path(e.uri).name: e.mode for e in events if isinstance(e, LocationSeen)}
    assert places == {"a b.txt": "read", "c.txt": "write"}
