"""An audit of every model: CPU time for a thousand models, and for one of them.

    python bench/audit.py [--models 1000] [--keep FOLDER]

Twenty models at a time share a data set, with its preparation, its split and its test data, as
trainings of one project do; each has two versions, metrics, an owner or none, and one of ten is
deployed. Asked is the operation that the command asks, in a process that has just opened the
store, then again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from forebear.core.catalog import OWNER, Owner
from forebear.core.clock import now
from forebear.core.digest import of_bytes
from forebear.core.entities import Column, Metric
from forebear.core.events import (
    AnyEvent,
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    Flow,
    Link,
    LocationSeen,
    MetricsLogged,
    Rows,
    RunEnded,
    RunStarted,
    StepRecorded,
    VersionNamed,
)
from forebear.core.ids import new_id

SHARING = 20
ROWS = 10_000


class Project:
    """Events of one data set and the models that are trained on it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.events: list[AnyEvent] = []

    def run(self, script: str) -> str:
        id, code = new_id(), of_bytes(f"{script} {self.number}".encode())
        environment = of_bytes(b"environment")
        self.events += [
            RunStarted(run=id, kind="run", name=script, command=["python", script]),
            ArtifactRecorded(artifact=code, kind="code", digest=code, label=script),
            ArtifactRecorded(artifact=environment, kind="environment", digest=environment),
            EdgesRecorded(
                run=id,
                used=[
                    Link(artifact=code, role="code"),
                    Link(artifact=environment, role="environment"),
                ],
                context=True,
            ),
        ]
        return id

    def artifact(self, kind: Any, label: str, *, file: bool = False, **more: Any) -> str:
        digest = of_bytes(f"{label} {self.number}".encode())
        id = digest if file else new_id()
        self.events.append(
            ArtifactRecorded(artifact=id, kind=kind, digest=digest, label=label, **more)
        )
        if file:
            self.events.append(LocationSeen(artifact=id, uri=f"/data/{label}", mode="read"))
        return id

    def step(self, run: str, kind: str, name: str, used: list[Link], made: list[str]) -> str:
        id = new_id()
        every = Rows(n_in=ROWS, n_out=ROWS, reached=ROWS)
        flows = [
            Flow(target=target, sources=[one.artifact], rows=[every], same=["c0", "c1"])
            for target in made
            for one in used
            if kind != "train"
        ]
        self.events.append(
            StepRecorded(
                run=id,
                parent=run,
                kind=kind,
                name=name,
                started=now(),
                ended=now(),
                used=used,
                generated=[Link(artifact=one) for one in made],
                flows=flows,
            )
        )
        return id

    def prepare(self) -> str:
        columns = [Column(name=f"c{place}", type="int64") for place in range(12)]
        raw = self.artifact("data", "raw.csv", file=True, rows=ROWS, columns=columns)
        clean = self.artifact("data", "clean.csv", file=True, rows=ROWS, columns=columns)
        run = self.run("prepare.py")
        frame = self.artifact("data", "raw", rows=ROWS, columns=columns)
        self.step(run, "ingest", "read_csv", [Link(artifact=raw, role="input")], [frame])
        self.step(run, "transform", "to_csv", [Link(artifact=frame, role="input")], [clean])
        self.events.append(RunEnded(run=run, status="finished"))
        for name, artifact in (("raw", raw), ("clean", clean)):
            self.events.append(
                VersionNamed(kind="data", name=f"{name}-{self.number}", artifact=artifact)
            )
        return clean

    def train(self, clean: str, name: str, version: int) -> str:
        run = self.run("train.py")
        frame = self.artifact("data", f"frame {name} {version}", rows=ROWS)
        self.step(run, "ingest", "read_csv", [Link(artifact=clean, role="input")], [frame])
        parts = [
            self.artifact("data", f"{part} {name} {version}", rows=ROWS)
            for part in ("X_train", "y_train", "X_test", "y_test")
        ]
        self.step(run, "split", "train_test_split", [Link(artifact=frame, role="input")], parts)
        model = self.artifact("model", f"forest {name} {version}")
        fit = [Link(artifact=parts[place], role="train", slot="Xy"[place]) for place in (0, 1)]
        self.step(run, "train", "Forest.fit", fit, [model])
        test = [Link(artifact=model, role="model"), Link(artifact=parts[2], role="test")]
        scored = self.step(run, "evaluate", "f1_score", test, [])
        file = self.artifact("model", f"{name}-{version}.pkl", file=True)
        self.events += [
            MetricsLogged(
                run=scored,
                metrics=[Metric(key="f1", value=0.8), Metric(key="recall", value=0.7)],
                model=model,
                data=parts[2],
                split="test",
            ),
            Derived(source=model, target=file, relation="export", evidence="observed", run=run),
            VersionNamed(kind="model", name=name, artifact=file, run=run, by="somebody"),
            RunEnded(run=run, status="finished"),
        ]
        return file


def told(models: int) -> Iterator[list[AnyEvent]]:
    """Yield the events of each project."""
    for number in range(models // SHARING):
        project = Project(number)
        clean = project.prepare()
        for place in range(SHARING):
            name = f"model-{number}-{place}"
            project.train(clean, name, 1)
            file = project.train(clean, name, 2)
            if place % 2:
                project.events.append(OWNER.say(f"model:{name}", Owner(who="team", role="owner")))
            if place % 10 == 0:
                run = new_id()
                project.events += [
                    RunStarted(run=run, kind="serve", name="serve", attrs={"env": "prod"}),
                    EdgesRecorded(run=run, used=[Link(artifact=file, role="model")]),
                ]
        yield project.events


def measured(folder: Path) -> dict[str, Any]:
    from forebear.client.local import LocalClient
    from forebear.ops.audit import AuditRequest
    from forebear.ops.table import Target
    from forebear.store import open_store

    client = LocalClient(open_store(folder), by="bench")
    found: dict[str, Any] = {}
    for what, target in (("all", None), ("one", Target(ref="model-0-0:2"))):
        times = []
        for _ in range(2):
            began = time.process_time()
            answer = client.call(AuditRequest(target=target))
            times.append(time.process_time() - began)
        found[what] = {"models": len(answer.models), "seconds": times}
    client.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measured(options.measure)))
        return
    base = options.keep or Path(tempfile.mkdtemp(prefix="forebear-audit-"))
    folder = base / f"models-{options.models}"
    try:
        if not folder.exists():
            from forebear.store import open_store

            with open_store(folder, create=True) as store:
                for events in told(options.models):
                    store.append(events)
        command = [sys.executable, __file__, "--measure", str(folder)]
        found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        for what, one in found.items():
            first, then = one["seconds"]
            print(
                f"{what:<4}{one['models']:>6,} models  first {first:7.2f}  then {then:7.2f}  CPU s"
            )
    finally:
        if not options.keep:
            shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
