"""Who contains a record: many versions of data with a model each, beside reading every map.

    python bench/whoused.py [--versions 5000] [--rows 1000000] [--maps 64] [--keep FOLDER]

Builds a store in which each version holds a random four fifths of the rows of one source, and a
model was trained on it. Tables are written directly, with a ledger of one event: the question is
measured, not recording. To keep the disk small, versions share `--maps` distinct row maps; the
index has bits of its own for each version all the same. The naive way decodes every map for
every question; a loop over bitmaps in memory is what a program without an index could do at best.
Times are medians in ms, the best in brackets.
"""

from __future__ import annotations

import argparse
import json
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

KEYS = 1000
SOURCE = "sha256:" + "1" * 64

COLD = """
import json, sys, time
began = time.perf_counter()
from pathlib import Path
from forebear.client.client import LocalClient
from forebear.store import open_store
from forebear.ops.table import Target
from forebear.ops.who_used import WhoUsedRequest
store = open_store(Path(sys.argv[1]))
client = LocalClient(store, by="bench")
opened = time.perf_counter()
rows = json.loads(sys.argv[2])
request = WhoUsedRequest(source=Target(ref=sys.argv[3]), rows=rows, only_this=True)
answer = client.call(request)
print(json.dumps({
    "open": (opened - began) * 1e3,
    "answer": (time.perf_counter() - opened) * 1e3,
    "data": len(answer.data), "models": len(answer.models),
}))
"""


def version(n: int) -> str:
    return f"0192a000-0000-7000-8000-{3 * n + 1:012x}"


def step(n: int) -> str:
    return f"0192a000-0000-7000-8000-{3 * n + 2:012x}"


def model(n: int) -> str:
    return f"0192a000-0000-7000-8000-{3 * n + 3:012x}"


def build(folder: Path, versions: int, rows: int, distinct: int) -> list[str]:
    """Write the store; return the digests of the maps by version."""
    from forebear.core.clock import now
    from forebear.core.events import RunStarted
    from forebear.core.ids import new_id
    from forebear.engines.rowbytes import encode
    from forebear.engines.rowmaps import take
    from forebear.store import open_store
    from forebear.store.words import EDGE_TYPES, GRADES

    random = np.random.default_rng(7)
    store = open_store(folder, create=True)
    run = new_id()
    store.append([RunStarted(run=run, kind="run", name="bench", started=now())])
    maps, reached = [], []
    for _ in range(distinct):
        picked = np.flatnonzero(random.random(rows) < 0.8)
        maps.append(store.blobs.put(encode(take(picked, rows))))
        reached.append(len(picked))
    store.close()
    database = sqlite3.connect(folder / "ledger.db")
    (base,) = database.execute("SELECT max(id) FROM node").fetchone()
    source = base + 1
    nodes = [(source, SOURCE, "artifact", 1)]
    artifacts = [(10, source, "data", SOURCE, rows)]
    steps, edges, flows = [], [], []
    for n in range(versions):
        data, run_, made = (source + 3 * n + k for k in (1, 2, 3))
        nodes += [(data, version(n), "artifact", 1), (run_, step(n), "run", 1)]
        nodes.append((made, model(n), "artifact", 1))
        which = n % distinct
        artifacts += [
            (11 + 2 * n, data, "data", f"sha256:{2 * n:064x}", reached[which]),
            (12 + 2 * n, made, "model", f"sha256:{2 * n + 1:064x}", None),
        ]
        steps.append((100_000_000 + n, run_, base, 1, "train", "Tree.fit", 1, 2, "finished"))
        edges += [
            (data, run_, EDGE_TYPES["used"], "train", "", "X", 0, GRADES["observed"], 1),
            (run_, made, EDGE_TYPES["generated"], "", "", "", 0, GRADES["observed"], 1),
        ]
        flows.append(
            (1, n, base, source, data, rows, reached[which], reached[which], 0, maps[which])
        )
    put = database.executemany
    put("INSERT INTO node VALUES (?, ?, ?, ?)", nodes)
    put(
        "INSERT INTO artifact (seq, node, said, kind, digest, rows, kept, by_reference)"
        " VALUES (?, ?, 1, ?, ?, ?, 0, 0)",
        artifacts,
    )
    put(
        "INSERT INTO run (seq, node, parent, said, kind, name, started, ended, status)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        steps,
    )
    put("INSERT INTO edge VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", edges)
    put(
        "INSERT INTO flow (seq, n, run, source, target, n_in, n_out, reached, whole, map)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        flows,
    )
    database.commit()
    database.close()
    return [maps[n % distinct] for n in range(versions)]


def again(question: Callable[[], Any], seconds: float = 1.0) -> dict[str, float]:
    times = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(times) < 3:
        began = time.perf_counter()
        question()
        times.append((time.perf_counter() - began) * 1e3)
    return {"median": statistics.median(times), "best": min(times)}


def told(of: dict[str, float]) -> str:
    return f"{of['median']:.1f} [{of['best']:.1f}]"


def cold(folder: Path, rows: list[int]) -> dict[str, Any]:
    began = time.perf_counter()
    asked = [sys.executable, "-c", COLD, str(folder), json.dumps(rows), SOURCE]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"process": (time.perf_counter() - began) * 1e3}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--versions", type=int, default=5000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--maps", type=int, default=64)
    parser.add_argument("--keep", type=Path, help="make the store here and leave it")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="forebear-whoused-"))
    try:
        measure(folder, options)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


def measure(folder: Path, options: argparse.Namespace) -> None:
    from forebear.client.client import LocalClient
    from forebear.engines.rowbytes import members
    from forebear.ops.table import Target
    from forebear.ops.who_used import WhoUsedRequest
    from forebear.store import open_store

    maps = build(folder, options.versions, options.rows, options.maps)
    print(
        f"{options.versions:,} versions of {options.rows:,} rows, each four fifths of them, with a"
        f" model each; {options.maps} distinct row maps"
    )
    random = np.random.default_rng(11)
    one = [int(random.integers(options.rows))]
    many = sorted(random.choice(options.rows, min(KEYS, options.rows), replace=False).tolist())
    first = cold(folder, one)
    print(f"  first question ever (the index is made): {first['answer'] / 1e3:.1f} s")
    size = sum(path.stat().st_size for path in (folder / "rows").rglob("*") if path.is_file())
    bits = options.versions * options.rows / 8
    print(f"  index: {size / 1e6:.0f} MB on disk, {size / bits:.3f} x one bit a version and row")
    with open_store(folder) as store:
        client = LocalClient(store, by="bench")
        counts = {}
        for name, rows in (("1 key", one), (f"{len(many):,} keys", many)):
            process = cold(folder, rows)
            request = WhoUsedRequest(source=Target(ref=SOURCE), rows=rows, only_this=True)
            answer = client.call(request)
            holding = [
                int(members(store.blobs.get(maps[n]))[rows].sum())
                for n in range(min(options.versions, options.maps))
            ]
            expected = sum(holding[n % options.maps] > 0 for n in range(options.versions))
            counts[name] = len(answer.models)
            assert len(answer.models) == expected == len(answer.data) - 1
            warm = again(lambda request=request: client.call(request))
            index = store.flows.membership(SOURCE)
            wanted = np.array(rows)
            index.counts(wanted)
            bare = again(lambda index=index, wanted=wanted: index.counts(wanted))
            print(
                f"  {name:<11} warm {told(warm)} ms for the whole answer ({counts[name]:,} models),"
                f" {told(bare)} ms of it the index;"
                f" new process {process['process']:.0f} ms (open {process['open']:.0f},"
                f" answer {process['answer']:.0f})"
            )
        sample = min(options.versions, 200)
        wanted = np.array(many)

        def naive() -> None:
            for digest in maps[:sample]:
                members(store.blobs.get(digest))[wanted].any()

        by_map = again(naive)["median"] * options.versions / sample
        bitmaps = [np.packbits(members(store.blobs.get(digest))) for digest in maps[: options.maps]]
        at, bit = one[0] >> 3, 7 - (one[0] & 7)
        loop = again(
            lambda: [n for n in range(options.versions) if bitmaps[n % options.maps][at] >> bit & 1]
        )
        print(
            f"  the naive way: every map read and decoded {by_map:,.0f} ms"
            f" (from {sample} of them); a loop over bitmaps in memory {told(loop)} ms for 1 key"
        )


if __name__ == "__main__":
    main()
