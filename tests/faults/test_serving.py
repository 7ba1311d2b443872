"""A server that is told to end, or loses a worker or its disk: what it acknowledged is there."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from faults.served import Server
from forebear.core.digest import of_bytes
from forebear.core.events import ParamsLogged, RunStarted, decode, encode
from forebear.core.ids import new_id
from forebear.store import open_store

PART = b"x" * 65536
PARTS = 24
WHOLE = of_bytes(PART * PARTS)


class Writer:
    """Hands over events one by one until it is told to end; knows which were acknowledged."""

    def __init__(self, url: str, size: int = 10) -> None:
        self.url, self.size = url, size
        self.known: list[str] = []
        self.codes: list[int] = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._write)
        self.thread.start()

    def _write(self) -> None:
        with httpx.Client(base_url=self.url, timeout=30) as client:
            while not self.over.is_set():
                event = ParamsLogged(run=new_id(), params={"text": "x" * self.size})
                try:
                    answer = client.post("/api/v1/ledger/events", content=encode(event))
                except httpx.TransportError:
                    time.sleep(0.02)
                    continue
                self.codes.append(answer.status_code)
                if answer.status_code == 200:
                    self.known.append(event.id)

    def end(self) -> list[str]:
        self.over.set()
        self.thread.join()
        return self.known


def until(holds: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    open_store(tmp_path / "served", create=True).close()
    return tmp_path / "served"


def check(folder: Path, known: list[str], run: str | None = None) -> None:
    """What was acknowledged is in the store once, the store is sound, and nothing is half."""
    with open_store(folder) as store:
        there = [decode(one.body).id for one in store.events()]
        assert set(known) <= set(there)
        assert len(there) == len(set(there))
        assert list(store.verify()) == []
        assert list(store.blobs.root.glob(".*")) == []
        if run is not None:
            assert store.run(run) is not None


def test_what_is_on_its_way_at_the_end_is_finished_or_not_begun(folder: Path) -> None:
    run, heard, stored = new_id(), [], []
    sending = threading.Event()

    def parts() -> Iterator[bytes]:
        for number in range(PARTS):
            yield PART
            time.sleep(0.1)
            if number == 5:
                sending.set()

    with Server(str(folder)) as server:
        started = encode(RunStarted(run=run, kind="run", name="train.py"))
        httpx.post(f"{server.url}/api/v1/ledger/events", content=started).raise_for_status()

        def follow() -> None:
            heard.append(httpx.get(f"{server.url}/api/v1/live/{run}", timeout=60).text)

        def upload() -> None:
            answer = httpx.put(f"{server.url}/api/v1/blobs/{WHOLE}", content=parts(), timeout=60)
            stored.append(answer.status_code)

        others = [threading.Thread(target=one) for one in (follow, upload)]
        writers = [Writer(server.url) for _ in range(3)]
        for one in others:
            one.start()
        assert sending.wait(30)
        began = time.monotonic()
        code = server.stop()
        took = time.monotonic() - began
        for one in others:
            one.join(30)
        known = [id for one in writers for id in one.end()]
    assert code in {0, -signal.SIGTERM}
    assert took < 30
    assert stored == [204]
    assert heard[0].startswith("id: ")
    assert {code for one in writers for code in one.codes} == {200}
    assert len(known) > 3
    check(folder, known, run)
    with open_store(folder) as store:
        assert store.blobs.has(WHOLE)


def workers_of(server: Server) -> set[int]:
    """Return the processes of a server that listen; its children are told by the kernel."""
    assert server.process is not None
    found = set()
    for task in Path(f"/proc/{server.process.pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"spawn_main" in command:
                found.add(int(child))
    return found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux")
def test_a_worker_that_is_killed_takes_nothing_with_it_and_is_replaced(folder: Path) -> None:
    with Server(str(folder), workers=4) as server:
        until(lambda: len(workers_of(server)) == 4)
        before = workers_of(server)
        writers = [Writer(server.url) for _ in range(4)]
        until(lambda: all(one.known for one in writers))
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        counts = [len(one.known) for one in writers]
        until(lambda: all(len(w.known) > count for w, count in zip(writers, counts, strict=True)))
        until(lambda: len(workers_of(server) - {victim}) == 4)
        known = [id for one in writers for id in one.end()]
        measures = httpx.get(f"{server.url}/metrics").text
        assert server.stop() in {0, -signal.SIGTERM}
    assert "forebear_http_requests_total" in measures
    assert {code for one in writers for code in one.codes} == {200}
    check(folder, known)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux")
def test_workers_end_with_what_started_them_and_leave_the_address(folder: Path) -> None:
    with Server(str(folder), workers=2) as server:
        until(lambda: len(workers_of(server)) == 2)
        workers = workers_of(server)
        server.kill()
        until(lambda: not any(Path(f"/proc/{one}").exists() for one in workers))
        server.start()
        assert httpx.get(f"{server.url}/readyz").status_code == 200


def test_a_disk_that_is_full_is_said_and_once_there_is_room_all_goes_on(folder: Path) -> None:
    with Server(str(folder)) as server:
        assert server.process is not None
        pid = server.process.pid
        writer = Writer(server.url, size=20_000)
        until(lambda: len(writer.known) > 3)
        full = max(file.stat().st_size for file in folder.glob("ledger.db*")) + 200_000
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))
        until(lambda: 503 in writer.codes)
        asked = httpx.get(f"{server.url}/api/v1/runs")
        upload = httpx.put(f"{server.url}/api/v1/blobs/{of_bytes(PART * 40)}", content=PART * 40)
        refused = httpx.post(
            f"{server.url}/api/v1/ledger/events",
            content=encode(ParamsLogged(run="r", params={"a": "x" * 500_000})),
        )
        count = len(writer.known)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        until(lambda: len(writer.known) > count + 3)
        known = writer.end()
    assert asked.status_code == 200
    assert upload.status_code == 503
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "1"
    assert str(folder) not in refused.text
    assert set(writer.codes) == {200, 503}
    check(folder, known)
