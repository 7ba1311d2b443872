"""A bad disk: nothing is acknowledged that is not there, and it is said once and clearly."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from forebear.client.drain import drain
from forebear.client.locate import init_store
from forebear.client.spool import SpoolReader, spools_of
from forebear.core.events import ParamsLogged, RunEnded, RunStarted, decode
from forebear.store import open_store

DISK = Path(__file__).with_name("disk.py")


def run(scenario: str, folder: Path, *, inside: str = "") -> tuple[dict[str, Any], str]:
    """Run a scenario, in a mount namespace after the commands `inside` if there are any."""
    command = [sys.executable, str(DISK), scenario, str(folder)]
    if inside:
        command = ["unshare", "-m", "sh", "-ec", f"{inside}\nexec {shlex.join(command)}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder.parent)
    if done.returncode == 77:
        pytest.skip("this kernel lets no process filter its own system calls")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout[done.stdout.rindex("{") :]), done.stdout + done.stderr


@pytest.fixture(scope="module")
def mounts() -> None:
    """Ask for a machine where we may mount file systems of our own."""
    if shutil.which("unshare") is None or os.geteuid() != 0:
        pytest.skip("file systems of one's own need root")
    tried = subprocess.run(
        ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False
    )
    if tried.returncode != 0:
        pytest.skip("no file system can be mounted here")


def numbers_in(folder: Path) -> list[int]:
    found = []
    for path in spools_of(folder / "spool"):
        for body, _ in SpoolReader(path).records():
            event = decode(body)
            assert isinstance(event, ParamsLogged)
            found.append(event.params["number"])
    return found


def test_a_spool_whose_disk_does_not_sync_acknowledges_no_sync(tmp_path: Path) -> None:
    result, _ = run("spool:sync", tmp_path)
    assert result["appended"] == 10
    assert result["synced"] == 0
    assert "Input/output error" in result["said"]
    assert sorted(set(numbers_in(tmp_path))) == list(range(10))  # the process died, no machine did


def test_a_ledger_whose_disk_does_not_sync_acknowledges_nothing(tmp_path: Path) -> None:
    result, _ = run("store:sync", tmp_path)
    assert len(result["known"]) == 3
    assert len(result["said"]) == 2
    assert all("disk I/O error" in said for said in result["said"])
    with open_store(tmp_path) as store:
        ids = [decode(event.body).id for event in store.events()]
        assert ids[:3] == result["known"]
        assert len(ids) <= 5
        assert list(store.verify()) == []
        store.append([ParamsLogged(run="r", params={"well": "again"})])


def test_a_full_spool_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    result, _ = run("spool:size=20000", tmp_path)
    assert 20 < result["appended"] < 200
    assert "File too large" in result["said"]
    assert numbers_in(tmp_path) == list(range(result["appended"]))


def test_a_full_ledger_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    result, _ = run("store:size=1000000", tmp_path)
    assert len(result["known"]) > 10
    assert all(said.startswith("Store") for said in result["said"])
    with open_store(tmp_path) as store:
        ids = [decode(event.body).id for event in store.events()]
        assert ids[: len(result["known"])] == result["known"]
        assert len(ids) <= len(result["known"]) + 2
        assert list(store.verify()) == []


def test_a_program_goes_on_when_nothing_can_be_recorded(tmp_path: Path) -> None:
    folder = init_store(tmp_path / ".forebear")
    result, output = run("program:sync", folder)
    assert (result["done"], result["run"]) == (3000, None)
    assert output.count("ot recorded") == 1
    assert "Input/output error" in output


def test_a_program_goes_on_when_its_record_cannot(tmp_path: Path) -> None:
    folder = init_store(tmp_path / ".forebear")
    result, output = run("program:size=60000", folder)
    assert result["done"] == 3000
    assert output.count("Recording stopped early") == 1
    assert "File too large" in output
    with open_store(folder, create=True) as store:
        drain(folder, store)
        found = store.run(result["run"])
        assert found is not None
        assert found.status == "lost"
        assert 100 < len(found.params) < 3000
        assert list(store.verify()) == []


def test_a_program_goes_on_on_a_full_disk(tmp_path: Path, mounts: None) -> None:
    folder = tmp_path / "disk" / ".forebear"
    folder.parent.mkdir()
    inside = f"mount -t tmpfs -o size=300k tmpfs {folder.parent}"
    result, output = run("program:nothing", folder, inside=inside)
    assert result["done"] == 3000
    assert output.count("No space left on device") == 1
    result, output = run("spool:nothing", folder, inside=inside)
    assert 100 < result["appended"] < 3000
    assert "No space left on device" in result["said"]
    result, output = run("store:nothing", folder, inside=inside.replace("300k", "4m"))
    assert len(result["known"]) > 10
    assert len(result["said"]) == 2
    assert all("StoreUnwritable" in said and "full" in said for said in result["said"])


def test_a_question_on_a_full_disk_says_that_it_is_full(tmp_path: Path, mounts: None) -> None:
    """SQLite has no room for the index of its log there, and calls that an I/O error."""
    folder = init_store(tmp_path / "project" / ".forebear")
    with open_store(folder, create=True) as store:
        store.append([ParamsLogged(run="r", params={"a": 1})])
    disk = tmp_path / "disk"
    disk.mkdir()
    inside = (
        f"mount -t tmpfs -o size=2m tmpfs {disk}\ncp -r {folder} {disk}\n"
        f"head -c 4m /dev/zero > {disk}/filled 2>/dev/null || true"
    )
    result, output = run("ask:log", disk / ".forebear", inside=inside)
    assert result["code"] == 2
    assert "cannot be used: the disk is full" in output


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    """A store with one run in its ledger and one in its spool."""
    from forebear.client.drain import host_id
    from forebear.client.spool import SpoolHeader, SpoolWriter

    folder = init_store(tmp_path / "project" / ".forebear")
    with open_store(folder, create=True) as store:
        store.append(
            [
                RunStarted(run="old", kind="run", name="old.py"),
                RunEnded(run="old", status="finished"),
            ]
        )
    writer = SpoolWriter(folder / "spool", SpoolHeader(run="new", pid=1, host=host_id()))
    writer.append(RunStarted(run="new", kind="run", name="new.py"))
    writer.append(RunEnded(run="new", status="finished"))
    writer.close()
    return folder


def test_a_store_that_is_read_only(waiting: Path, mounts: None) -> None:
    project = waiting.parent
    inside = f"mount --bind {project} {project}\nmount -o remount,bind,ro {project}"
    result, output = run("ask:log", waiting, inside=inside)
    assert result["code"] == 0
    assert "old.py" in output
    assert "can't be taken in now" in output
    result, output = run("ask:derive old new --relation copy", waiting, inside=inside)
    assert result["code"] == 2
    result, output = run("program:nothing", waiting, inside=inside)
    assert (result["done"], result["run"] is None) == (3000, True)
    assert output.count("ot recorded") == 1
    assert "Read-only file system" in output
    elsewhere = project.parent / "elsewhere"
    with open_store(init_store(elsewhere), create=True) as store:
        store.append([ParamsLogged(run="r", params={"a": 1})])
    result, output = run(f"ask:push {waiting}", elsewhere, inside=inside)
    assert result["code"] == 2
    assert "error: Cannot push to" in output
    assert "1 event waits" in output
    result, output = run("ask:log", waiting)
    assert "new.py" in output
