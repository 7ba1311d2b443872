"""A story with rows and columns: a file is cleansed, split, scaled, and a model trained on it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import msgspec
import numpy as np

from forebear.core.digest import of_bytes
from forebear.core.entities import Column, Metric
from forebear.core.events import (
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    Feed,
    Flow,
    Link,
    LocationSeen,
    MetricsLogged,
    Operation,
    Rows,
    VersionNamed,
)
from forebear.core.ports import Store
from forebear.engines.rowbytes import encode
from forebear.engines.rowmaps import RowMap, identity, take
from forebear.ops.leaks import LeaksRequest
from forebear.ops.table import Target
from story import Story, link

__all__ = ["PEOPLE", "SCRIPT", "Cleansed", "FlowStory", "rows", "table"]

SCRIPT = b"""import pandas as pd

people = pd.read_csv("data/people.csv")
people = people.dropna(subset=["age"])
people = people[people.income > 10]
people["ratio"] = people.income / people.age
X, y = people[["age", "ratio", "sex"]], people.churned
X_train, X_test, y_train, y_test = train_test_split(X, y)
scaler.fit(X_train)
Z_train = scaler.transform(X_train)
model.fit(Z_train, y_train)
model.score(scaler.transform(X_test), y_test)
"""

PEOPLE = [
    {
        "id": str(100 + n),
        "age": "" if n in (3, 7) else str(20 + n),
        "income": "5" if n in (4, 5, 6) else str(11 + n),
        "sex": "f" if n % 2 else "m",
        "note": f"note {n}",
        "churned": str(n % 3 == 0),
    }
    for n in range(20)
]
KEPT = [n for n in range(20) if n not in (3, 4, 5, 6, 7)]
TRAIN, TEST = [14, 0, 3, 2, 9, 8, 4, 6, 11, 12], [1, 5, 7, 10, 13]
"""Positions among the 15 kept rows."""


def table(records: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()


def rows(one: RowMap) -> Rows:
    known = {"n_in": one.n_in, "n_out": one.n_out, "reached": int(one.reached().sum())}
    return Rows(**known, data=None if one.is_identity() else encode(one))


@dataclass
class Cleansed:
    """What there is in the story, by name."""

    run: str
    raw: str
    frame: str
    X: str
    y: str
    X_train: str
    X_test: str
    y_train: str
    y_test: str
    Z_train: str
    Z_test: str
    scaler: str
    model: str
    file: str
    fit: str


class FlowStory(Story):
    """Tells of rows and columns too."""

    def flow(
        self,
        target: str,
        sources: dict[str, RowMap | None],
        same: str = "",
        **made: tuple[list[tuple[int, str]], list[int]],
    ) -> Flow:
        return Flow(
            target=target,
            sources=list(sources),
            rows=[rows(one) if one is not None else None for one in sources.values()],
            same=same.split(),
            columns={name: Feed(*fed) for name, fed in made.items()},
        )

    def people(self, store: Store, *, keep: bool = True) -> str:
        body = table(PEOPLE)
        names = [Column(name=name, type="str") for name in PEOPLE[0]]
        raw = self.file("data/people.csv", body, rows=len(PEOPLE), columns=names, kept=keep)
        if keep:
            store.blobs.put(body)
        self.say(VersionNamed(kind="data", name="people", artifact=raw, automatic=True))
        return raw

    def script(self, store: Store, run: str) -> None:
        kept = store.blobs.put(SCRIPT)
        manifest = {"files": [{"path": "train.py", "digest": kept, "size": len(SCRIPT)}]}
        code = store.blobs.put(msgspec.json.encode(manifest))
        self.say(ArtifactRecorded(artifact=code, kind="code", digest=code, kept=True))
        used = [Link(artifact=code, role="code")]
        self.say(EdgesRecorded(run=run, used=used, context=True))

    def half(self, run: str, label: str, source: str, picked: list[int], same: str) -> str:
        id = self.memory("data", label, f"{label} of {run}", rows=len(picked))
        self.halves.append(
            (id, source, self.flow(id, {source: take(np.array(picked), len(KEPT))}, same))
        )
        return id

    def cleansed(
        self,
        store: Store,
        *,
        keep: bool = True,
        test: list[int] = TEST,
        scaled_on: str = "X_train",
        transform_seen: bool = True,
        data: str | None = None,
    ) -> Cleansed:
        """Tell the whole story; `test` are the positions of test rows among the kept ones."""
        raw = data or self.people(store, keep=keep)
        run = self.run("train.py")
        self.script(store, run)
        frame = self.memory("data", "people", f"frame {run}", rows=20)
        self.step(
            run,
            "ingest",
            "pandas.read_csv",
            [link(raw)],
            [frame],
            where="train.py:3",
            flows=[self.flow(frame, {raw: identity(20)}, "id age income sex churned")],
        )
        kept = take(np.array(KEPT), 20) if transform_seen else None
        operations = [
            Operation(name="dropna", where="train.py:4", rows_in=20, rows_out=18, by=["age"]),
            Operation(name="filter", where="train.py:5", rows_in=18, rows_out=15, by=["income"]),
            Operation(name="assign", where="train.py:6", added=["ratio"]),
            Operation(name="select", where="train.py:7", dropped=["id", "income", "churned"]),
        ]
        X = self.memory("data", "X", f"X {run}", rows=15)
        y = self.memory("data", "y", f"y {run}", rows=15)
        ratio = ([(0, "income"), (0, "age")], [2])
        for target, flow in (
            (X, self.flow(X, {frame: kept}, "age sex", ratio=ratio)),
            (y, self.flow(y, {frame: kept}, "churned")),
        ):
            self.step(
                run,
                "transform",
                "select",
                [link(frame)],
                [target],
                where="train.py:7",
                operations=operations,
                flows=[flow],
            )
        self.halves: list[tuple[str, str, Flow]] = []
        X_train = self.half(run, "X_train", X, TRAIN, "age sex ratio")
        X_test = self.half(run, "X_test", X, test, "age sex ratio")
        y_train = self.half(run, "y_train", y, TRAIN, "churned")
        y_test = self.half(run, "y_test", y, test, "churned")
        self.step(
            run,
            "split",
            "train_test_split",
            [link(X), link(y)],
            [id for id, _, _ in self.halves],
            where="train.py:8",
            flows=[flow for _, _, flow in self.halves],
        )
        seen = {"X_train": X_train, "X": X}[scaled_on]
        scaler = self.memory("model", "StandardScaler", f"scaler {run}")
        self.step(
            run,
            "train",
            "StandardScaler.fit",
            [link(seen, "train", "X")],
            [scaler],
            where="train.py:9",
        )
        Z_train = self.scaled(run, scaler, X_train, "Z_train", len(TRAIN), "train.py:10")
        model = self.memory("model", "LogisticRegression", f"model {run}")
        fit = self.step(
            run,
            "train",
            "LogisticRegression.fit",
            [link(Z_train, "train", "X"), link(y_train, "train", "y")],
            [model],
            where="train.py:11",
        )
        Z_test = self.scaled(run, scaler, X_test, "Z_test", len(test), "train.py:12")
        self.scored(run, model, Z_test, y_test, "train.py:12")
        file = self.file("model.pkl", f"model {run}".encode(), kind="model")
        self.say(Derived(source=model, target=file, relation="export", evidence="observed"))
        self.say(VersionNamed(kind="model", name="churn", artifact=file, run=run, by="ops"))
        self.end(run)
        return Cleansed(
            run, raw, frame, X, y, X_train, X_test, y_train, y_test,
            Z_train, Z_test, scaler, model, file, fit,
        )  # fmt: skip

    def scaled(self, run: str, scaler: str, source: str, label: str, n: int, where: str) -> str:
        id = self.memory("data", label, f"{label} {run}", rows=n)
        columns = {
            str(place): ([(0, name)], []) for place, name in enumerate(("age", "ratio", "sex"))
        }
        self.step(
            run,
            "transform",
            "StandardScaler.transform",
            [link(source), link(scaler, "model")],
            [id],
            where=where,
            flows=[self.flow(id, {source: identity(n)}, **columns)],
        )
        return id

    def scored(self, run: str, model: str, X: str, y: str, where: str, value: float = 0.8) -> None:
        step = self.step(
            run,
            "evaluate",
            "LogisticRegression.score",
            [link(X, "test", "X"), link(y, "test", "y"), link(model, "model")],
            [],
            where=where,
        )
        figures = [Metric(key="accuracy", value=value)]
        self.say(MetricsLogged(run=step, metrics=figures, model=model, data=X, split="test"))

    def seen_at(self, artifact: str, place: str) -> None:
        self.say(LocationSeen(artifact=artifact, uri=str(self.at / place), mode="read"))

    @staticmethod
    def digest(body: bytes) -> str:
        return of_bytes(body)


def leaks_asked(client, ref="churn", **more):
    return client.call(LeaksRequest(target=Target(ref=ref), **more))


def two_halves(story, run, source, train, test, same="x"):
    X_train, X_test = story.memory("data", "a", f"{run} a"), story.memory("data", "b", f"{run} b")
    flows = [
        story.flow(X_train, {source: train}, same),
        story.flow(X_test, {source: test}, same),
    ]
    story.step(run, "split", "split", [link(source)], [X_train, X_test], flows=flows)
    model = story.memory("model", "Tree", f"tree {run}")
    story.step(run, "train", "Tree.fit", [link(X_train, "train", "X")], [model], where="x.py:9")
    story.scored(run, model, X_test, X_test, "x.py:10")
    return model
