"""Recalls on a large graph: what one reaches, what reaches a version, status and a remedy.

    python bench/recall.py [--edges 1000000] [--keep FOLDER]

On the graphs of bench/graph.py, in which one artifact of five is a model, 2,000 of them have a
name, and 200 are deployed. Recalled is raw data that a fifth of everything comes from. Each
question is asked by the operation that the command asks, first in a process that has just opened
the store (after its graph was mapped once), then again; ms.
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

sys.path.insert(0, str(Path(__file__).parent))
from graph import Made, pipelines, questions_of, tangled, write_store

NAMED = 2_000
DEPLOYED = 200


def kinds(made: Made, folder: Path) -> None:
    """Say of all nodes what they are: data and models, trainings and transformations."""
    database = sqlite3.connect(folder / "ledger.db", isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("BEGIN")
    nodes = range(1, made.nodes + 1)
    seqs = {node: max(1, node // 2) for node in nodes}
    database.executemany(
        "INSERT OR IGNORE INTO artifact (seq, node, said, kind, digest, kept, by_reference)"
        " VALUES (?, ?, 0, ?, ?, 0, 0)",
        (
            (
                -node,
                node,
                "model" if node > made.raw and node % 10 == made.raw % 10 else "data",
                made.key(node),
            )
            for node in nodes
            if not made.is_run(node)
        ),
    )
    database.executemany(
        "INSERT OR IGNORE INTO run (seq, node, said, kind, name, started, status)"
        " VALUES (?, ?, 0, 'train', 'fit', ?, 'finished')",
        ((-node, node, seqs[node]) for node in nodes if made.is_run(node)),
    )
    database.execute("COMMIT")
    database.close()


def people(made: Made, folder: Path) -> None:
    """Name models and deploy some, as events."""
    from forebear.core.events import EdgesRecorded, Link, RunStarted, VersionNamed
    from forebear.core.ids import new_id
    from forebear.core.serving import TRAFFIC, Traffic
    from forebear.store import open_store

    store = open_store(folder)
    models = store.artifacts("model")
    step = max(1, len(models) // NAMED)
    named = models[::step][:NAMED]
    store.append(
        [
            VersionNamed(kind="model", name=f"model-{place % 500}", artifact=id)
            for place, id in enumerate(named)
        ]
    )
    for place, id in enumerate(named[:: NAMED // DEPLOYED]):
        run = new_id()
        store.append(
            [
                RunStarted(run=run, kind="serve", name="serve", attrs={"env": f"env-{place % 7}"}),
                EdgesRecorded(run=run, used=[Link(artifact=id, role="model")]),
                TRAFFIC.say(run, Traffic()),
            ]
        )
    store.close()


def measured(folder: Path) -> dict[str, Any]:
    from forebear.client.local import LocalClient
    from forebear.ops.recall import RecallRequest, RecallsRequest, RecallStatusRequest
    from forebear.ops.recalled import RecalledRequest
    from forebear.ops.remedy import RemedyRequest
    from forebear.ops.table import Target
    from forebear.store import open_store

    asked = json.loads((folder / "question.json").read_text())
    client = LocalClient(open_store(folder), by="bench")
    opened = time.process_time()
    first, view = timed(
        lambda: client.call(RecallRequest(target=Target(ref=asked["start"]), reason="measured"))
    )
    cpu = (time.process_time() - opened) * 1e3
    kind = {k: sum(o.kind == k for o in view.affected) for k in ("model", "deployment")}
    some = next(one for one in view.affected if one.kind == "model")
    spared = client.store.named("model")[0]
    found: dict[str, Any] = {
        "reached": kind,
        "omitted": view.omitted,
        "recall": [first],
        "recall, CPU": [cpu],
    }
    found["status"] = again(lambda: client.call(RecallStatusRequest(id=view.id)))
    found["list of recalls"] = again(lambda: client.call(RecallsRequest()))
    asking = Target(ref=some.id)
    found["is it recalled: yes"] = again(lambda: client.call(RecalledRequest(target=asking)))
    clear = Target(ref=spared)
    found["is it recalled: another"] = again(lambda: client.call(RecalledRequest(target=clear)))
    noted = RemedyRequest(id=view.id, target=asking, status="accepted", note="measured")
    found["remedy"] = again(lambda: client.call(noted))
    client.close()
    return found


def again(question: Callable[[], Any]) -> list[float]:
    return [timed(question)[0] for _ in range(5)]


def timed(question: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = question()
    return (time.perf_counter() - began) * 1e3, answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--warm", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.warm:
        from forebear.store import open_store

        asked = json.loads((options.warm / "question.json").read_text())
        open_store(options.warm).closure([asked["start"]], "down", limit=0)
        return
    if options.measure:
        print(json.dumps(measured(options.measure)))
        return
    base = options.keep or Path(tempfile.mkdtemp(prefix="forebear-recall-"))
    try:
        for shape, make in (("pipelines", pipelines), ("tangled", tangled)):
            made, folder = make(options.edges), base / f"{shape}-{options.edges}"
            if not folder.exists():
                write_store(made, folder)
                kinds(made, folder)
                people(made, folder)
            asked = questions_of(made, "pipelines")
            (folder / "question.json").write_text(json.dumps({"start": asked["start"]}))
            tell(shape, made, asked["count"], folder)
    finally:
        if not options.keep:
            shutil.rmtree(base, ignore_errors=True)


def tell(shape: str, made: Made, effects: int, folder: Path) -> None:
    warm = [sys.executable, __file__, "--warm", str(folder)]
    subprocess.run(warm, check=True)  # the first large question of all makes the snapshot
    command = [sys.executable, __file__, "--measure", str(folder)]
    cold = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    reached = cold.pop("reached")
    print(
        f"\n{shape}: {len(made.sources):,} edges, {effects:,} effects of what is recalled;"
        f" listed {reached['model']:,} models and {reached['deployment']:,} deployments,"
        f" {cold.pop('omitted'):,} more counted"
    )
    for question, times in cold.items():
        first, rest = times[0], times[1:] or times
        print(f"  {question:<26}first {first:8.1f}   then {statistics.median(rest):8.1f}")


if __name__ == "__main__":
    main()
