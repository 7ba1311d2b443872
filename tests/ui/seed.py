"""A store as a team has it after some months: `python tests/ui/seed.py FOLDER`.

One pipeline is real (recorded scripts, profiles, checks, validations, policy, deployments, a
recall); around it lie some models of other teams with two thousand runs, as events.
"""

from __future__ import annotations

import csv
import os
import random
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from forebear.capture.serving.inputs import Inputs, taken
from forebear.core.digest import of_bytes
from forebear.core.entities import Column, Metric
from forebear.core.events import (
    AliasMoved,
    AnyEvent,
    ArtifactRecorded,
    EdgesRecorded,
    Link,
    LocationSeen,
    MetricsLogged,
    ParamsLogged,
    RunEnded,
    RunStarted,
    VersionNamed,
)
from forebear.core.ids import new_id
from forebear.core.serving import USAGE, Usage
from forebear.ops.deployments import deployments_at
from forebear.store import open_store

PIPELINE: Final = Path(__file__).parent / "pipeline"
RUNS: Final = 2_000
_NOW: Final = datetime.now(UTC).replace(microsecond=0)
_WHAT: Final = "fraud demand pricing ranking intent credit uplift claims returns delay".split()
_WHERE: Final = "eu us apac retail online".split()
_PEOPLE: Final = "ada grace edsger barbara".split()


def seed(folder: Path) -> None:
    """Fill a folder with a store and the files that it tells of."""
    shutil.copytree(PIPELINE, folder, dirs_exist_ok=True)
    do(folder, "init")
    others(folder)
    customers(folder, 1)
    record(folder)
    judge(folder)
    release(folder)


def do(folder: Path, *words: str, by: str = "ada", leaves: int | None = 0) -> None:
    """Run the command as somebody."""
    names = {"LOGNAME": by, "USER": by}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FOREBEAR_")} | names
    command = [sys.executable, "-m", "forebear", *words]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if leaves is not None and done.returncode != leaves:
        raise RuntimeError(f"{words} left with {done.returncode}: {done.stdout}{done.stderr}")


def customers(folder: Path, month: int) -> None:
    """Write the customers of a month; in the second month prices have gone up."""
    chance = random.Random(month)
    lines = ["id,region,age,tenure,plan,monthly,calls,churned"]
    for n in range(3_000):
        age = "" if chance.random() < 0.02 else str(chance.randint(18, 90))
        tenure, calls = chance.randint(-1, 72), min(9, int(chance.expovariate(0.6)))
        monthly = round(chance.gauss(40 + 25 * (month - 1), 12), 2)
        plan, region = chance.choice("SML"), chance.choice(["north", "south", "west"])
        left = int(chance.random() < 0.1 + 0.07 * calls + (0.2 if tenure < 12 else 0))
        lines.append(f"{n},{region},{age},{tenure},{plan},{monthly},{calls},{left}")
    lines += lines[1:40]
    (folder / "customers.csv").write_text("\n".join(lines) + "\n")
    (folder / "plans.csv").write_text("plan,price\nS,10\nM,20\nL,35\n")


def record(folder: Path) -> None:
    """Run the pipeline: three versions of a model, and what reads the second one's risks."""
    do(folder, "run", "prepare.py")
    for depth in (2, 6):
        do(folder, "run", "train.py", "--depth", str(depth))
    do(folder, "run", "report.py")
    customers(folder, 2)
    do(folder, "run", "prepare.py")
    do(folder, "run", "train.py", "--depth", "9")


def judge(folder: Path) -> None:
    """Profile and check the data, and validate each version on rows that were held out."""
    do(folder, "profile", "data:clean")
    do(folder, "profile", "customers.csv")
    do(folder, "quality", "suggest", "data:clean:1", "-o", "quality/clean.toml")
    do(folder, "quality", "check", "data:clean:2", leaves=None)
    asked = ("--on", "holdout.parquet", "--target", "churned", "--threshold", "f1>=0.2")
    sliced = ("--by", "region", "--slice", "age<30")
    for version in (2, 3):
        do(folder, "validate", f"churn:{version}", *asked, *sliced, leaves=None)


def release(folder: Path) -> None:
    """Approve, promote and deploy the second version; the third one waits for an approval."""
    do(folder, "own", "model:churn", "--by", "the retention team")
    for data in ("customers", "plans"):
        do(folder, "licence", f"data:{data}", "CC-BY-4.0")
    do(folder, "describe", "model:churn", "Who leaves within a month.", leaves=None)
    do(folder, "kpi", "churn:2", "revenue_uplift=0.031", "--unit", "EUR")
    soon = (_NOW + timedelta(days=5)).date().isoformat()
    approved = ("--for", "production", "--until", soon, "--why", "checked the report")
    do(folder, "approve", "churn:2", *approved, by="grace")
    do(folder, "promote", "churn:2", "--to", "staging")
    do(
        folder,
        "promote",
        "churn:2",
        "--to",
        "production",
        "--override",
        "the old one is gone",
        "--until",
        soon,
        leaves=None,
    )
    do(folder, "deploy", "churn:2", "--env", "prod", "--endpoint", "https://models.example/churn")
    serve(folder)
    do(folder, "alias", "fraud-eu", "champion", "1", "--why", "the best on last month's cases")
    do(folder, "deploy", "fraud-eu:1", "--env", "prod", leaves=None)
    do(folder, "recall", "data:fraud-eu-events", "--reason", "labels of one week were swapped")


def serve(folder: Path) -> None:
    """Tell what the deployment was given: the customers of the second month, who pay more."""
    inputs = Inputs()
    with (folder / "customers.csv").open() as lines:
        for row in csv.DictReader(lines):
            kept = {name: float(row[name]) for name in ("tenure", "monthly", "calls")}
            inputs.add(taken(kept))
    with open_store(folder / ".forebear") as store:
        (one,) = deployments_at(store)
        window = Usage(
            start=_NOW - timedelta(hours=1), end=_NOW, calls=inputs.rows, errors=3,
            profiled=inputs.rows, inputs=inputs.said(), callers={"billing": inputs.rows},
        )  # fmt: skip
        store.append([USAGE.say(one.id, window, key=f"{_NOW:%Y%m%dT%H}", by="ada")])


def others(folder: Path) -> None:
    """Tell of other teams: data, runs with figures, models with versions."""
    chance = random.Random(0)
    names = [f"{what}-{where}" for what in _WHAT for where in _WHERE]
    with open_store(folder / ".forebear") as store:
        for number, name in enumerate(names):
            store.append(team(name, number, chance))


def team(name: str, number: int, chance: random.Random) -> list[AnyEvent]:
    """Tell of one team: its data month by month, its trainings, and some models among them."""
    events: list[AnyEvent] = []
    by = chance.choice(_PEOPLE)
    score, versions = chance.uniform(0.6, 0.8), 0
    data = source(events, f"{name}-events", 1, chance)
    for n in range(RUNS // len(_WHAT) // len(_WHERE)):
        begun = _NOW - timedelta(days=120 - 3 * n, hours=number % 24)
        if n % 10 == 9:
            data = source(events, f"{name}-events", n // 10 + 2, chance)
        score = min(0.99, score + chance.uniform(-0.02, 0.025))
        model = training(events, name, n, data, begun, score, chance)
        if n % 8 == 0:
            versions += 1
            named = VersionNamed(kind="model", name=name, artifact=model, by=by, time=begun)
            events.append(named)
    if number % 3 == 0:
        events.append(
            AliasMoved(
                kind="model",
                name=name,
                alias="champion",
                version=versions,
                by=by,
                why="the best so far",
            )
        )
    return events


def source(events: list[AnyEvent], name: str, version: int, chance: random.Random) -> str:
    """Tell of a version of data."""
    digest = of_bytes(f"{name} {version}".encode())
    columns = [Column(name=f"f{n}", type="double") for n in range(chance.randint(4, 30))]
    events += [
        ArtifactRecorded(
            artifact=digest,
            kind="data",
            digest=digest,
            label=f"{name}.parquet",
            rows=chance.randint(1_000, 900_000),
            size=chance.randint(10**5, 10**9),
            format="parquet",
            columns=columns,
        ),
        LocationSeen(artifact=digest, uri=f"s3://lake/{name}/{version}.parquet", mode="read"),
        VersionNamed(kind="data", name=name, artifact=digest, automatic=True),
    ]
    return digest


def training(
    events: list[AnyEvent],
    name: str,
    n: int,
    data: str,
    begun: datetime,
    score: float,
    chance: random.Random,
) -> str:
    """Tell of a training: what it used, its settings, its figures, its model."""
    run, model = new_id(), new_id()
    code = of_bytes(f"{name} code {n // 7}".encode())
    failed = chance.random() < 0.06
    ended = begun + timedelta(seconds=chance.randint(20, 9_000))
    figures = [
        Metric(key="accuracy", value=round(score, 4)),
        Metric(key="loss", value=round(1 - score + chance.uniform(0, 0.1), 4)),
    ]
    params = {
        "depth": chance.randint(2, 12),
        "rate": round(chance.uniform(0.01, 0.3), 3),
        "loss": chance.choice(["log", "hinge"]),
    }
    events += [
        RunStarted(
            run=run,
            kind="train",
            name=f"train_{name}.py",
            started=begun,
            time=begun,
            command=["python", f"train_{name}.py"],
        ),
        ArtifactRecorded(artifact=code, kind="code", digest=code, label=f"train_{name}.py"),
        ArtifactRecorded(
            artifact=model,
            kind="model",
            digest=of_bytes(model.encode()),
            label=f"{name}.onnx",
            format="onnx",
        ),
        EdgesRecorded(
            run=run,
            used=[Link(artifact=data, role="train")],
            generated=[] if failed else [Link(artifact=model)],
        ),
        EdgesRecorded(run=run, used=[Link(artifact=code, role="code")], context=True),
        ParamsLogged(run=run, params=params),
        MetricsLogged(run=run, metrics=figures, model=model, data=data, split="test"),
        RunEnded(
            run=run,
            status="failed" if failed else "finished",
            ended=ended,
            time=ended,
            error="MemoryError" if failed else None,
        ),
    ]
    return model


if __name__ == "__main__":
    seed(Path(sys.argv[1]))
