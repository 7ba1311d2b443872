"""A small history to ask about: one raw file, a preparation, trainings, a service, its reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from forebear.core.digest import of_bytes
from forebear.core.entities import Column, Metric
from forebear.core.events import (
    AliasMoved,
    AnyEvent,
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    GapNoticed,
    Link,
    LocationSeen,
    MetricsLogged,
    RunEnded,
    RunStarted,
    StepRecorded,
    VersionNamed,
)
from forebear.core.ids import new_id

RAW = b"id,age,churned\n1,40,0\n"
CLEAN = b"clean table"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Story:
    """Builds events; `at` is the folder in which the files of the story lie."""

    at: Path
    events: list[AnyEvent] = field(default_factory=list)
    clock: datetime = START

    def tick(self, seconds: float = 1.0) -> datetime:
        self.clock += timedelta(seconds=seconds)
        return self.clock

    def say(self, event: AnyEvent) -> None:
        self.events.append(event)

    def file(self, name: str, content: bytes, kind: str = "data", **facts: object) -> str:
        path = self.at / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        digest = of_bytes(content)
        self.say(
            ArtifactRecorded(
                artifact=digest,
                kind=kind,
                digest=digest,
                label=path.name,
                size=len(content),
                **facts,
            )
        )
        self.say(LocationSeen(artifact=digest, uri=str(path), mode="read"))
        return digest

    def memory(self, kind: str, label: str, content: str, **facts: object) -> str:
        id = new_id()
        digest = of_bytes(content.encode())
        self.say(ArtifactRecorded(artifact=id, kind=kind, digest=digest, label=label, **facts))
        return id

    def run(self, name: str, *args: str, kind: str = "run", **attrs: object) -> str:
        id = new_id()
        self.say(
            RunStarted(
                run=id,
                kind=kind,
                name=name,
                command=["python", name, *args],
                cwd=str(self.at),
                started=self.tick(60),
                attrs=attrs,
            )
        )
        code, environment = of_bytes(name.encode()), of_bytes(b"environment")
        self.say(ArtifactRecorded(artifact=code, kind="code", digest=code, label=name))
        self.say(
            ArtifactRecorded(
                artifact=environment,
                kind="environment",
                digest=environment,
                label="Python 3.11.7, 34 packages",
            )
        )
        used = [Link(artifact=code, role="code"), Link(artifact=environment, role="environment")]
        self.say(EdgesRecorded(run=id, used=used, context=True))
        return id

    def end(self, run: str, status: str = "finished", **more: object) -> None:
        self.say(RunEnded(run=run, status=status, ended=self.tick(3.2), **more))

    def step(
        self,
        run: str,
        kind: str,
        name: str,
        used: list[Link],
        generated: list[str],
        **more: object,
    ) -> str:
        id = new_id()
        self.say(
            StepRecorded(
                run=id,
                parent=run,
                kind=kind,
                name=name,
                started=self.tick(0.1),
                ended=self.tick(0.1),
                used=used,
                generated=[Link(artifact=one) for one in generated],
                **more,
            )
        )
        return id

    def prepare(self) -> str:
        raw = self.file("data/raw.csv", RAW)
        self.say(VersionNamed(kind="data", name="raw", artifact=raw, automatic=True))
        run = self.run("prepare.py")
        frame = self.memory("data", "raw", "raw table", rows=1000)
        self.step(run, "ingest", "pandas.read_csv", [link(raw)], [frame], where="prepare.py:3")
        clean = self.file(
            "data/clean.parquet",
            CLEAN,
            rows=990,
            columns=[Column(name="age", type="int64"), Column(name="churned", type="bool")],
        )
        self.step(run, "transform", "DataFrame.to_parquet", [link(frame)], [clean])
        self.say(VersionNamed(kind="data", name="clean", artifact=clean, automatic=True))
        self.end(run)
        return clean

    def train(self, depth: int, score: float, *, save: str | None = "model.pkl") -> Trained:
        clean = of_bytes(CLEAN)
        git = {"commit": "1a2b3c4d5e6f7a8b", "branch": "main", "dirty": True}
        run = self.run("train.py", "--depth", str(depth), git=git)
        frame = self.memory("data", "df", "clean table in memory", rows=990)
        self.step(run, "ingest", "pandas.read_parquet", [link(clean)], [frame])
        halves = [
            self.memory("data", label, f"{label} values", rows=rows)
            for label, rows in (("X_train", 742), ("y_train", 742), ("X_test", 248))
        ]
        self.step(
            run,
            "split",
            "train_test_split",
            [link(frame)],
            halves,
            where="train.py:9",
            params={"random_state": 0, "test_size": 0.25},
        )
        model = self.memory("model", "RandomForestClassifier", f"forest {depth}")
        fit = self.step(
            run,
            "train",
            "RandomForestClassifier.fit",
            [link(halves[0], "train", "X"), link(halves[1], "train", "y")],
            [model],
            where="train.py:12",
            params={"max_depth": depth, "n_estimators": 100, "class_weight": None},
        )
        scored = self.step(
            run, "evaluate", "f1_score", [link(model, "model"), link(halves[2], "test")], []
        )
        self.say(
            MetricsLogged(
                run=scored,
                metrics=[Metric(key="f1", value=score)],
                model=model,
                data=halves[2],
                split="test",
            )
        )
        named = model
        if save:
            named = self.file(save, f"pickle {depth}".encode(), kind="model")
            self.say(
                Derived(source=model, target=named, relation="export", evidence="observed", run=run)
            )
        self.say(VersionNamed(kind="model", name="churn", artifact=named, run=run, by="ops"))
        self.end(run)
        return Trained(run=run, fit=fit, model=model, file=named, test=halves[2])

    def serve(self, model: str) -> tuple[str, str, str]:
        service = self.run("serve.py", kind="serve")
        predictions = self.file("predictions.csv", b"1,0.7")
        self.say(
            EdgesRecorded(
                run=service, used=[link(model, "model")], generated=[Link(artifact=predictions)]
            )
        )
        reader = self.run("report.py", kind="consume")
        self.say(EdgesRecorded(run=reader, used=[link(predictions)]))
        self.end(reader)
        return service, predictions, reader

    def alias(self, alias: str, version: int | None, why: str | None = None) -> None:
        self.say(
            AliasMoved(kind="model", name="churn", alias=alias, version=version, by="ops", why=why)
        )

    def gap(self, run: str, what: str, artifact: str | None = None) -> None:
        self.say(GapNoticed(run=run, what=what, artifact=artifact))


@dataclass(frozen=True)
class Trained:
    run: str
    fit: str
    model: str
    file: str
    test: str


def link(artifact: str, role: str = "input", slot: str | None = None, **more: object) -> Link:
    return Link(artifact=artifact, role=role, slot=slot, **more)
