"""What it costs to start: everyday commands in a small store, each in a process of its own.

    python bench/start.py

CPU time is what counts here: it depends less on what else the machine does. The best of ten.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROUNDS = 10
COMMANDS = ("--version", "models", "trace b", "impact a", "show b", "runs", "log", "--help")
PROGRAM = "from pathlib import Path; Path('b').write_bytes(Path('a').read_bytes())"


WITH_BYTECODE = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
"""An installed package is compiled, and stays so."""


class Cost(NamedTuple):
    """Seconds."""

    cpu: float
    wall: float


def cost(command: list[str], folder: Path) -> Cost:
    """Run a command a few times and return the least that it took."""
    costs = []
    for _ in range(ROUNDS):
        began, before = time.perf_counter(), used_by_children()
        subprocess.run(command, cwd=folder, capture_output=True, check=True, env=WITH_BYTECODE)
        costs.append(Cost(used_by_children() - before, time.perf_counter() - began))
    return Cost(min(one.cpu for one in costs), min(one.wall for one in costs))


def used_by_children() -> float:
    """Return the CPU time of all processes that were started and are over."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    forebear = [sys.executable, "-m", "forebear"]
    with tempfile.TemporaryDirectory(prefix="forebear-start-") as name:
        folder = Path(name)
        (folder / "a").write_text("a")
        (folder / "copy_it.py").write_text(PROGRAM)
        subprocess.run([*forebear, "run", "--quiet", "copy_it.py"], cwd=folder, check=True)
        subprocess.run([*forebear, "log"], cwd=folder, check=True, capture_output=True)
        print(f"{'':<22}{'CPU':>8}{'wall':>8}   ms")
        for words in (["-c", "pass"], *([*forebear[1:], *line.split()] for line in COMMANDS)):
            found = cost([sys.executable, *words], folder)
            told = "python -c pass" if words[0] == "-c" else " ".join(["forebear", *words[2:]])
            print(f"{told:<22}{found.cpu * 1e3:>8.0f}{found.wall * 1e3:>8.0f}", flush=True)


if __name__ == "__main__":
    main()
