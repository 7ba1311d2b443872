"""What group commit gains in SQLite, by what a sync of the disk takes.

    python bench/syncs.py [--added 0 1 2 5 10]

Each row is measured in a process of its own, whose calls of fsync and fdatasync `strace` delays
by so many milliseconds more than this disk takes: as by disks of servers (about 1), of clouds
(1-3), by common solid-state disks (1-10) and by turning ones (10 and more).
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ingest import WRITERS, Place, apart, begin, rate, table_text, writer

ALONE = "--alone"


def measured() -> list[float]:
    """Events a second of one writer, of as many processes, and of as many threads."""
    place = Place()
    try:
        with place.new() as store:
            begin(store)
            single = rate([writer(store)])
        with place.new() as store:
            begin(store)
            processes = apart(place.opening())
        with place.new() as store:
            begin(store)
            grouped = rate([writer(store)] * WRITERS)
    finally:
        shutil.rmtree(place.folder, ignore_errors=True)
    return [single, processes, grouped]


def slowed(added: float) -> list[float]:
    """The same in a process whose syncs take so many milliseconds more."""
    command = [sys.executable, __file__, ALONE]
    if added:
        delay = f"inject=fsync,fdatasync:delay_enter={round(added * 1000)}"
        traced = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", os.devnull]
        command = [*traced, "-e", "trace=fsync,fdatasync", "-e", delay, *command]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [float(figure) for figure in said.split()]


def sync_ms() -> float:
    """What it takes to make 4 kB durable here, in the median."""
    taken = []
    with (
        tempfile.TemporaryDirectory(prefix="forebear-bench-") as folder,
        Path(folder, "probe").open("wb", buffering=0) as file,
    ):
        for _ in range(200):
            file.write(b"x" * 4096)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--added", type=float, nargs="+", default=[0, 1, 2, 5, 10])
    parser.add_argument(ALONE, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        print(*measured())
        return
    if any(options.added) and shutil.which("strace") is None:
        parser.error("strace delays the syncs, and is not here; --added 0 needs none")
    own, lines = sync_ms(), []
    print(f"{WRITERS} writers of events into SQLite; a sync of this disk takes {own:.2f} ms\n")
    for added in options.added:
        single, processes, grouped = slowed(added)
        figures = [f"{own + added:.1f} ms", *(f"{one:,.0f}" for one in (single, processes))]
        gain = [f"{grouped / processes:.1f} x", f"{grouped / single:.1f} x"]
        lines.append([*figures, f"{grouped:,.0f}", *gain])
    heads = ["a sync", "one writer/s", "processes/s", "threads/s", "x processes", "x one writer"]
    print(table_text(heads, lines))


if __name__ == "__main__":
    main()
