"""Lineage questions on large graphs, side by side in one run.

    python bench/graph.py [--quick] [--sizes 100000,1000000,10000000] [--keep FOLDER]

Builds stores with graphs that grew as real ones do: each run uses one to five artifacts that were
there before it, most of them recent, some of them old and popular, and generates one.
*pipelines* go through stages (raw data, features, models, evaluations), so that an ancestry is
small and the effects of raw data are many; in *tangled* any artifact may be used, so that nearly
everything is an ancestor of what comes late. A *chain* of 10,000 runs and a *base* model used by
a million runs are the extremes.

Node and edge tables are written directly, with a ledger of one event: what is measured is the
graph, not recording. Each engine answers the same questions in a process of its own, and must
count the same nodes. Times are medians in ms, the best in brackets.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from graphs import Made, base, chain, pipelines, tangled, write_store

CHAIN = 10_000
SECONDS = 1.0
"""For how long a question is asked again and again, at least three times."""
SMALL = 400
"""How many different small ancestries are asked for."""
PAIRS = 1000
"""How many times it is asked whether one node is an ancestor of another."""
NETWORKX_MOST = 200_000
"""Edges above which networkx is left out."""


# The questions ----------------------------------------------------------------------------------


def questions_of(made: Made, shape: str) -> dict[str, Any]:
    """Choose what to ask: a walk to about a fifth of the edges' number, and small ancestries."""
    from forebear.store.csr.rows import Sieve, merged
    from forebear.store.csr.slates import Slates
    from forebear.store.csr.walk import walk

    size = made.nodes + 1
    slates = Slates(size)
    nothing = np.ones(len(made.sources), np.uint8)
    rest = (nothing, nothing)
    up = merged(None, size, made.targets, (made.sources, *rest))
    down = merged(None, size, made.sources, (made.targets, *rest))
    random = np.random.default_rng(1)

    def reached(side: Any, start: int) -> int:
        return sum(walk([side], [start], slates, Sieve()).counts)

    if shape == "tangled":
        side, direction = up, "up"
        candidates = np.linspace(made.nodes // 20, made.nodes, 24).astype(int).tolist()
    elif shape == "chain":
        side, direction, candidates = up, "up", [made.nodes]
    elif shape == "base":
        side, direction, candidates = down, "down", [1]
    else:
        side, direction, candidates = down, "down", [1, 2, 3, 5, 8, 13, 21, 34]
    wish = len(made.sources) / 5
    start = min(candidates, key=lambda one: abs(reached(side, one) - wish))
    artifacts = made.raw + 2 * random.integers(1, made.runs + 1, SMALL)
    pairs = np.sort(random.integers(1, made.nodes + 1, (PAIRS, 2)), axis=1)
    swapped = random.random(len(pairs)) < 0.2
    pairs[swapped] = pairs[swapped][:, ::-1]
    return {
        "direction": direction,
        "start": made.key(start),
        "number": start,
        "count": reached(side, start),
        "small": [made.key(int(node)) for node in artifacts] if shape == "pipelines" else [],
        "small_numbers": artifacts.tolist() if shape == "pipelines" else [],
        "pairs": [[made.key(int(a)), made.key(int(b))] for a, b in pairs],
    }


# The engines, each in a process of its own ------------------------------------------------------


def ours(folder: Path, asked: dict[str, Any]) -> dict[str, Any]:
    from forebear.store import open_store

    began = time.perf_counter()
    store = open_store(folder)
    large = lambda: store.closure([asked["start"]], asked["direction"], limit=0).count  # noqa: E731
    small = [lambda one=one: store.closure([one], "up").count for one in asked["small"]]
    cold_small = each(small)  # answered by SQL: nothing large has been asked yet
    memory = resident()
    found: dict[str, Any] = {"count": large(), "ready": (time.perf_counter() - began) * 1e3}
    large()  # the second large walk loads the compiled search
    found |= {"large": again(large), "small": each(small), "sql_small": cold_small}
    found["memory"] = resident() - memory
    asking = [lambda a=a, b=b: store.is_ancestor(a, b) for a, b in asked["pairs"]]
    store.is_ancestor(*asked["pairs"][0])
    found["is_ancestor"] = each(asking)
    found["related"] = sum(store.is_ancestor(a, b) for a, b in asked["pairs"])
    one = asked["start"]
    named = lambda: len(store.closure([one], asked["direction"]).depths)  # noqa: E731
    found["named"] = again(named, least=1)
    found["evidence"] = again(
        lambda: store.closure([one], asked["direction"], evidence=3, limit=0).count
    )
    part = store.head().size * 3 // 4
    if asked["direction"] == "down":
        found["as_of"] = again(lambda: store.closure([one], "down", seq=part, limit=0).count)
    found["two_hops"] = again(
        lambda: store.closure([one], asked["direction"], depth=2, limit=0).count
    )
    store.close()
    return found


def newer(folder: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Add 1 % real events and ask again: they must be seen at once, beside the snapshot."""
    from forebear.core.clock import now
    from forebear.core.events import Link, StepRecorded
    from forebear.core.ids import new_id
    from forebear.store import open_store

    store = open_store(folder)
    large = lambda: store.closure([asked["start"]], "down", limit=0).count  # noqa: E731
    before = large()
    large()  # the second large walk loads the compiled search
    runs = max(1, asked["edges"] // 400)
    events = [
        StepRecorded(
            run=new_id(),
            parent=asked["a_run"],
            kind="train",
            name="fit",
            started=now(),
            ended=now(),
            used=[Link(artifact=asked["start"], role="train")],
            generated=[Link(artifact=new_id()) for _ in range(3)],
        )
        for _ in range(runs)
    ]
    for first in range(0, runs, 5000):
        store.append(events[first : first + 5000])
    began = time.perf_counter()
    after = large()
    seen = (time.perf_counter() - began) * 1e3
    assert after == before + 4 * runs, (before, after, runs)
    found = {"edges": 4 * runs, "first": seen, "large": again(large)}
    store.close()
    return found


def recursive(folder: Path, asked: dict[str, Any]) -> dict[str, Any]:
    began = time.perf_counter()
    database = sqlite3.connect(folder / "ledger.db")
    database.execute("PRAGMA cache_size = -32000")
    here, there = ("target", "source") if asked["direction"] == "up" else ("source", "target")

    def walk(start: str, here: str, there: str) -> int:
        query = (
            "WITH RECURSIVE reach(node) AS (SELECT id FROM node WHERE key = ? UNION"
            f" SELECT edge.{there} FROM reach CROSS JOIN edge WHERE edge.{here} = reach.node)"
            " SELECT node FROM reach"
        )
        return len(database.execute(query, [start]).fetchall()) - 1

    memory = resident()
    large = lambda: walk(asked["start"], here, there)  # noqa: E731
    found: dict[str, Any] = {"count": large(), "ready": (time.perf_counter() - began) * 1e3}
    small = [lambda one=one: walk(one, "target", "source") for one in asked["small"]]
    found |= {"large": again(large), "small": each(small)}
    return found | {"memory": resident() - memory}


def by_rustworkx(folder: Path, asked: dict[str, Any]) -> dict[str, Any]:
    import rustworkx

    def build(pairs: list[tuple[int, int]], size: int) -> Any:
        graph = rustworkx.PyDiGraph()
        graph.add_nodes_from(range(size))
        graph.add_edges_from_no_data(pairs)
        return graph, rustworkx.ancestors, rustworkx.descendants

    return in_memory(folder, asked, build)


def by_networkx(folder: Path, asked: dict[str, Any]) -> dict[str, Any]:
    import networkx

    def build(pairs: list[tuple[int, int]], _: int) -> Any:
        return networkx.DiGraph(pairs), networkx.ancestors, networkx.descendants

    return in_memory(folder, asked, build)


def in_memory(folder: Path, asked: dict[str, Any], build: Callable[..., Any]) -> dict[str, Any]:
    database = sqlite3.connect(folder / "ledger.db")
    memory = resident()
    began = time.perf_counter()
    pairs = database.execute("SELECT source, target FROM edge").fetchall()
    (size,) = database.execute("SELECT max(id) + 1 FROM node").fetchone()
    graph, ancestors, descendants = build(pairs, size)
    del pairs
    search = ancestors if asked["direction"] == "up" else descendants
    large = lambda: len(search(graph, asked["number"]))  # noqa: E731
    found: dict[str, Any] = {"count": large(), "ready": (time.perf_counter() - began) * 1e3}
    small = [lambda one=one: len(ancestors(graph, one)) for one in asked["small_numbers"]]
    found |= {"large": again(large), "small": each(small)}
    return found | {"memory": resident() - memory}


COLD = """
import json, sys, time
asked = json.load(open(sys.argv[1] + "/question.json"))
began = time.perf_counter()
import forebear.store.sql_store
imported = time.perf_counter()
store = forebear.store.open_store(sys.argv[1])
opened = time.perf_counter()
count = store.closure([asked["start"]], asked["direction"], limit=0).count
done = time.perf_counter()
times = {"import": imported - began, "open": opened - imported, "answer": done - opened}
print(json.dumps({"count": count} | {name: 1e3 * took for name, took in times.items()}))
"""
"""Opens the store and asks one question in a process that has imported nothing before."""

ENGINES: dict[str, Callable[[Path, dict[str, Any]], dict[str, Any]]] = {
    "forebear": ours,
    "recursive CTE": recursive,
    "rustworkx": by_rustworkx,
    "networkx": by_networkx,
    "newer": newer,
}


# Measuring --------------------------------------------------------------------------------------


def again(question: Callable[[], Any], least: int = 3) -> dict[str, float]:
    """Ask for a while; ms."""
    times: list[float] = []
    until = time.perf_counter() + SECONDS
    while len(times) < least or (time.perf_counter() < until and len(times) < 200):
        began = time.perf_counter()
        question()
        times.append((time.perf_counter() - began) * 1e3)
    return {"median": statistics.median(times), "best": min(times)}


def each(questions: list[Callable[[], Any]]) -> dict[str, float]:
    """Ask each question once, after some to warm up; ms."""
    for question in questions[:20]:
        question()
    times = []
    for question in questions:
        began = time.perf_counter()
        question()
        times.append((time.perf_counter() - began) * 1e3)
    if not times:
        return {}
    return {"median": statistics.median(times), "p99": float(np.quantile(times, 0.99))}


def resident() -> float:
    """Return the memory that this process holds now, mapped files that it has read too, in MB."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = (one for one in status.read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def in_process(engine: str, folder: Path, asked: dict[str, Any]) -> dict[str, Any]:
    question = folder / "question.json"
    question.write_text(json.dumps(asked))
    program = [__file__, "--engine", engine, "--store"] if engine != "cold" else ["-c", COLD]
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    # An installed package is compiled, and stays so.
    with_bytecode = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(
        [sys.executable, *program, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env=with_bytecode,
    )
    if done.returncode:
        raise SystemExit(f"{engine} failed:\n{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer: dict[str, Any] = json.loads(done.stdout)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return answer | {"process": (time.perf_counter() - began) * 1e3, "cpu": cpu * 1e3}


def evict(folder: Path) -> bool:
    """Have the system forget the files that it keeps in memory, where it lets us."""
    if not hasattr(os, "posix_fadvise"):
        return False
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return True


# Telling ----------------------------------------------------------------------------------------


def compare(shape: str, made: Made, folder: Path) -> None:
    edges = len(made.sources)
    began = time.perf_counter()
    write_store(made, folder)
    written = time.perf_counter() - began
    asked = questions_of(made, shape) | {"edges": edges, "a_run": made.key(made.raw + 1)}
    built = in_process("cold", folder, asked)  # the first large question makes the snapshot
    print(f"\n{shape}: {edges:,} edges, {made.nodes:,} nodes (store written in {written:.0f} s)")
    names = ["forebear", "recursive CTE", "rustworkx"]
    names += ["networkx"] if edges <= NETWORKX_MOST else []
    what = "effects" if asked["direction"] == "down" else "ancestors"
    head = f"{asked['count']:,} {what}"
    print(f"  {'':<16}{'ready':>9}{'memory':>11}{head:>24}{'small ancestry (p99)':>26}")
    answers = {}
    for name in names:
        module = {"rustworkx": "rustworkx", "networkx": "networkx"}.get(name)
        if module and importlib.util.find_spec(module) is None:
            print(f"  {name:<16}not installed")
            continue
        answer = answers[name] = in_process(name, folder, asked)
        assert answer["count"] == asked["count"], (name, answer["count"], asked["count"])
        small = answer["small"]
        few = f"{small['median']:.3f} ({small['p99']:.3f})" if small else ""
        print(
            f"  {name:<16}{answer['ready']:>6.0f} ms{answer['memory']:>8.0f} MB"
            f"{times(answer['large']):>24}{few:>26}"
        )
    mine = answers["forebear"]
    ratio = answers["recursive CTE"]["large"]["median"] / mine["large"]["median"]
    print(f"  forebear is {ratio:.0f} x as fast as the recursive CTE.")
    files = [path for path in (folder / "graph").rglob("*") if path.is_file()]
    if files:
        size = sum(path.stat().st_size for path in files)
        print(
            f"  snapshot: {size / 1e6:.1f} MB, {size / edges:.1f} bytes an edge, made (and the"
            f" question answered) in {built['answer'] / 1e3:.1f} s"
        )
    details(mine)
    cold_start(folder, asked)
    if shape == "pipelines":
        more = in_process("newer", folder, asked)
        print(
            f"  with {more['edges']:,} newer edges beside the snapshot: first {more['first']:.1f},"
            f" then {times(more['large'])}"
        )


def details(mine: dict[str, Any]) -> None:
    print(
        f"  the same with public ids {times(mine['named'])}; of observed evidence"
        f" {times(mine['evidence'])}; two hops {times(mine['two_hops'])}"
    )
    if "as_of" in mine:
        print(f"  as of three quarters of the ledger {times(mine['as_of'])}")
    if mine["sql_small"]:
        small = mine["sql_small"]
        print(f"  small ancestry by SQL alone {small['median']:.3f} (p99 {small['p99']:.3f})")
    asked = mine["is_ancestor"]
    print(
        f"  is-ancestor {asked['median']:.3f} (p99 {asked['p99']:.3f}),"
        f" {mine['related']} of {PAIRS:,} pairs are related"
    )


def cold_start(folder: Path, asked: dict[str, Any]) -> None:
    rounds = []
    for _ in range(3):
        evicted = evict(folder)
        rounds.append(in_process("cold", folder, asked))
    best = min(rounds, key=lambda one: one["process"])
    state = "files evicted" if evicted else "files may be in memory"
    print(
        f"  cold process ({state}): {best['process']:.0f} in all ({best['cpu']:.0f} of CPU)"
        f" = imports {best['import']:.0f},"
        f" open {best['open']:.0f}, answer {best['answer']:.0f}, the rest is Python's start"
    )


def times(of: dict[str, float]) -> str:
    return f"{of['median']:.2f} [{of['best']:.2f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 edges only")
    parser.add_argument("--sizes", default="100000,1000000,10000000")
    parser.add_argument("--keep", type=Path, help="make the stores here and leave them")
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    parser.add_argument("--store", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.engine:
        asked = json.loads((options.store / "question.json").read_text())
        print(json.dumps(ENGINES[options.engine](options.store, asked)))
        return
    sizes = [100_000] if options.quick else [int(size) for size in options.sizes.split(",")]
    folder = options.keep or Path(tempfile.mkdtemp(prefix="forebear-graph-"))
    print(__doc__.strip().splitlines()[0], flush=True)
    try:
        for size in sizes:
            for shape, make in (("pipelines", pipelines), ("tangled", tangled)):
                compare(shape, make(size), folder / f"{shape}-{size}")
                if not options.keep:
                    shutil.rmtree(folder / f"{shape}-{size}")
        compare("chain", chain(CHAIN), folder / "chain")
        compare("base", base(min(1_000_000, max(sizes))), folder / "base")
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
