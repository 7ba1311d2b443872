"""Programs that are killed at random points, and what is left of what they were told is safe.

    python killing.py clients|writers|together --rounds N --seconds S --seed X [--postgres URL]

Each round forks a process that works on a store and reports through a pipe what was
acknowledged, kills it with SIGKILL, and compares. Prints figures as JSON: nothing may be `lost`
or found `twice`. `amid` are kills between the begin and the end of a call that writes, `torn`
those in the middle of a record. With the URL of a database, which is emptied, the store is there.
SIGKILL shows what a crash of the process does, not what a power cut does.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import random
import select
import signal
import struct
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import forebear as fb
import forebear.capture.api  # children inherit what is loaded: a round costs milliseconds
from forebear.client.client import connect
from forebear.client.drain import drain, host_id
from forebear.client.local import open_at
from forebear.client.locate import init_store, locate
from forebear.client.spool import SpoolHeader, SpoolWriter, spools_of
from forebear.core.entities import Metric
from forebear.core.events import (
    AnyEvent,
    MetricsLogged,
    ParamsLogged,
    RunEnded,
    RunStarted,
    decode,
)
from forebear.core.ids import new_id
from forebear.core.ports import Store

_ID: Final = 36
_VERIFY_EVERY: Final = 500


def store_in(folder: Path) -> Store:
    """Open the store in a folder, or in the database that the folder is the companion of."""
    return open_at(locate(str(folder)))


def emptied(address: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
        connection.execute("CREATE SCHEMA public")


def fork(work: Callable[[int], object]) -> tuple[int, int]:
    """Start `work` in a child, which is given one end of a pipe; return its pid and the other."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    try:
        work(writing)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def kill(child: int, pipe: int, *, after_word: bool, seconds: float) -> bytes:
    """Kill a child, some time after its start or its first word; return all that it has said."""
    if after_word:
        select.select([pipe], [], [], 10)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    said = b""
    while part := os.read(pipe, 1 << 16):
        said += part
    os.close(pipe)
    return said


def kill_clients(folder: Path, rounds: int, seconds: float, dice: random.Random) -> dict[str, int]:
    """Kill programs that record through the SDK; then what they left is taken in."""
    os.environ["FOREBEAR_STORE"] = str(folder)
    figures = Counter(rounds=0, acknowledged=0, recorded=0, lost=0, twice=0, invented=0)
    figures.update(torn=0, damaged=0, finished=0)
    end = time.monotonic() + seconds
    with store_in(folder) as store:
        while figures["rounds"] < rounds and time.monotonic() < end:
            many = dice.choice([10**9, 10**9, dice.randrange(60)])
            child, pipe = fork(lambda pipe, many=many: _record(pipe, many))
            after_word = dice.random() < 0.7
            longest = dice.choice([0.03, 0.03, 0.03, 0.5])
            said = kill(child, pipe, after_word=after_word, seconds=dice.uniform(0, longest))
            run, numbers = said[:_ID].decode(), said[_ID : len(said) - (len(said) - _ID) % 4]
            known = [number for (number,) in struct.iter_unpack("<I", numbers)] if run else []
            report = drain(folder, store)
            _look_at_client(figures, store, run, known)
            for _ in report.notes:
                figures["torn" if _is_torn(folder) else "damaged"] += 1
            _sound(store, figures)
    return figures


def _is_torn(folder: Path) -> bool:
    """Tell whether a spool was set aside whose last record was being written when death came.

    SIGKILL cuts a write short between two pages of memory; then nothing was acknowledged.
    """
    aside = sorted((folder / "spool").glob("*.damaged"))
    sizes = [path.stat().st_size for path in aside]
    for path in aside:
        path.unlink()
    return bool(sizes) and all(size % mmap.PAGESIZE == 0 for size in sizes)


def _record(pipe: int, many: int) -> None:
    with fb.run("job") as run:
        os.write(pipe, str(run.id).encode())
        for number in range(many):
            fb.log_metrics({"loss": 1 / (number + 1)}, step=number)
            os.write(pipe, struct.pack("<I", number))


def _look_at_client(figures: Counter[str], store: Any, run: str, known: list[int]) -> None:
    row = store.run(run) if run else None
    steps = _steps(store, run)
    figures["acknowledged"] += len(known)
    figures["recorded"] += len(steps)
    figures["lost"] += len(set(known) - set(steps))
    figures["lost"] += bool(run) and (row is None or row.status == "running")
    figures["invented"] += max(0, len(steps) - len(known) - 1)  # one may have been on its way
    figures["twice"] += len(steps) - len(set(steps))
    figures["finished"] += row is not None and row.status == "finished"


def _steps(store: Any, run: str) -> list[int]:
    return [row.metric.step for row in store.metrics(runs=[run], points=True)] if run else []


def kill_writers(folder: Path, rounds: int, seconds: float, dice: random.Random) -> dict[str, int]:
    """Kill processes that write to the ledger: half of them append, half take in spools."""
    figures = Counter(
        rounds=0, amid=0, acknowledged=0, recorded=0, lost=0, twice=0, left=0, slowest_open_ms=0
    )
    store_in(folder).close()
    all_ids: set[str] = set()
    end = time.monotonic() + seconds
    while figures["rounds"] < rounds and time.monotonic() < end:
        if dice.random() < 0.5:
            run, spooled, points = _spool(folder, dice.randrange(1, dice.choice([30, 300, 3000])))
            child, pipe = fork(lambda pipe: _drain(folder, pipe))
        else:
            run, spooled, points = "", [], 0
            child, pipe = fork(lambda pipe: _append(folder, pipe))
        said = kill(
            child, pipe, after_word=dice.random() < 0.7, seconds=dice.uniform(0, 0.06)
        ).decode()
        figures["amid"] += said.endswith("<")
        ids_said = said.replace("<", "").replace(">", "")
        known = [ids_said[at : at + _ID] for at in range(0, len(ids_said) - _ID + 1, _ID)]
        began = time.monotonic()
        with store_in(folder) as store:
            store.head()
            took = int(1000 * (time.monotonic() - began))
            figures["slowest_open_ms"] = max(figures["slowest_open_ms"], took)
            drain(folder, store)
            figures["left"] += len(spools_of(folder / "spool"))
            ids = [decode(stored.body).id for stored in store.events(len(all_ids))]
            figures["twice"] += len(ids) - len(set(ids) - all_ids)
            all_ids |= set(ids)
            safe = {*known, *spooled} - {""}
            figures["acknowledged"] += len(safe)
            figures["recorded"] += len(ids)
            steps = _steps(store, run)
            figures["lost"] += len(safe - all_ids) + points - len(set(steps))
            figures["twice"] += len(steps) - len(set(steps))
            _sound(store, figures)
    return figures


def _append(folder: Path, pipe: int) -> None:
    with store_in(folder) as store:
        while True:
            events = [
                ParamsLogged(run=new_id(), params={"a": 1})
                for _ in range(random.choice((1, 1, 30)))
            ]
            os.write(pipe, b"<")
            store.append(events)
            os.write(pipe, "".join(event.id for event in events).encode())


def _drain(folder: Path, pipe: int) -> None:
    with store_in(folder) as store:
        os.write(pipe, b"<")
        drain(folder, store)
        os.write(pipe, b">")


def _spool(folder: Path, many: int) -> tuple[str, list[str], int]:
    """Leave a finished spool; return its run, the ids of its events, and how many points it has."""
    run = new_id()
    header = SpoolHeader(run=run, pid=os.getpid(), host=host_id())
    writer = SpoolWriter(folder / "spool", header, segment=100_000)
    events: list[AnyEvent] = [RunStarted(run=run, kind="run", name="job")]
    events += [ParamsLogged(run=run, params={"number": number}) for number in range(many)]
    events.append(RunEnded(run=run, status="finished"))
    for event in events:
        writer.append(event)
    for step in range(many):
        writer.append(MetricsLogged(run=run, metrics=[Metric(key="loss", value=1.0, step=step)]))
    writer.close()
    return run, [event.id for event in events], many


def _sound(store: Any, figures: Counter[str]) -> None:
    figures["rounds"] += 1
    if figures["rounds"] % _VERIFY_EVERY == 0:
        _verify(store)


def _verify(store: Any) -> None:
    faults = list(store.verify())
    if faults:
        raise SystemExit(f"The store is not sound: {faults[:3]}")


def record_together(folder: Path, writers: int) -> dict[str, Any]:
    """Let many programs record runs into one store at once, and ask it for something at once."""
    os.environ["FOREBEAR_STORE"] = str(folder)
    store_in(folder).close()
    output = folder / "output"
    gate, opened = os.pipe()

    def work(number: int) -> None:
        os.close(opened)
        log = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.read(gate, 1)  # all begin when the gate is closed
        with fb.run("job"):
            for name in ("churn", "fraud"):
                path = folder / f"{name}-{number}.pkl"
                path.write_bytes(b"model %d of %s" % (number, name.encode()))
                fb.log_model(path, name=name)
        with connect(str(folder)) as client:
            if client.notes:
                print(client.notes)

    began = time.monotonic()
    children = [fork(lambda _, number=number: work(number)) for number in range(writers)]
    os.close(gate)
    os.close(opened)
    failed = sum(os.waitpid(child, 0)[1] != 0 for child, _ in children)
    for _, pipe in children:
        os.close(pipe)
    seconds = time.monotonic() - began
    with connect(str(folder)) as client:
        store = client.store  # type: ignore[attr-defined]
        _verify(store)
        numbers = {
            name: sorted(row.version for row in store.versions("model", name))
            for name in ("churn", "fraud")
        }
        return {
            "writers": writers,
            "failed": failed,
            "output": output.read_text(),
            "numbers": numbers,
            "runs": len(store.runs(limit=10 * writers)),
            "finished": sum(r.status == "finished" for r in store.runs(limit=10 * writers)),
            "spools_left": len(spools_of(folder / "spool")),
            "seconds": round(seconds, 1),
        }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["clients", "writers", "together"])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", help="URL of a database that may be emptied")
    given = parser.parse_args()
    random.seed(given.seed)
    dice = random.Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="forebear-killing-") as place:
        if given.postgres:
            emptied(given.postgres)
        folder = init_store(Path(place) / ".forebear", url=given.postgres)
        os.chdir(place)
        if given.what == "together":
            print(json.dumps(record_together(folder, given.rounds)))
            return
        kills = kill_clients if given.what == "clients" else kill_writers
        began = time.monotonic()
        figures = dict(kills(folder, given.rounds, given.seconds, dice))
        with store_in(folder) as store:
            _verify(store)
        print(json.dumps({**figures, "seconds": round(time.monotonic() - began, 1)}))


if __name__ == "__main__":
    sys.exit(main())
