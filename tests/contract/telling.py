"""Events and edges of a small story, in as few words as a test needs."""

from datetime import UTC, datetime, timedelta

from forebear.core.digest import of_bytes
from forebear.core.entities import Edge
from forebear.core.events import (
    AliasMoved,
    ArtifactRecorded,
    RunEnded,
    RunStarted,
    StepRecorded,
    VersionNamed,
)

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(seconds):
    return START + timedelta(seconds=seconds)


def rid(number):
    return f"0192a000-0000-7000-8000-{number:012x}"


def file(text):
    return of_bytes(text.encode())


def orders(count):
    """Some orders of arrival: as told, backwards, and each of the others first once."""
    told = list(range(count))
    return [told, told[::-1], *([*told[at:], *told[:at]] for at in range(1, count))]


ROOT, STEP, INNER, OTHER = rid(1), rid(2), rid(3), rid(4)
CSV, MODEL, CODE = file("csv"), file("model"), file("code")
FRAME, FITTED = rid(101), rid(102)


def started(run=ROOT, when=0, **more):
    fields = {"kind": "run", "name": "train.py", "started": at(when), "time": at(when)}
    return RunStarted(run=run, **(fields | more))


def step(run=STEP, parent=ROOT, when=1, **more):
    fields = {"kind": "train", "name": "fit", "started": at(when), "ended": at(when + 1)}
    return StepRecorded(run=run, parent=parent, time=at(when + 1), **(fields | more))


def ended(run=ROOT, status="finished", when=10, **more):
    return RunEnded(run=run, status=status, ended=at(when), time=at(when), **more)


def artifact(id=CSV, kind="file", when=0, **more):
    return ArtifactRecorded(
        **({"artifact": id, "kind": kind, "digest": id, "time": at(when)} | more)
    )


def named(id=MODEL, name="churn", when=0, kind="model", **more):
    return VersionNamed(kind=kind, name=name, artifact=id, time=at(when), **more)


def moved(version, alias="champion", name="churn", when=0, **more):
    return AliasMoved(
        kind="model", name=name, alias=alias, version=version, by="user", time=at(when), **more
    )


def used(artifact, run, evidence="observed", **more):
    return Edge(source=artifact, target=run, type="used", evidence=evidence, **more)


def made(run, artifact, evidence="observed", **more):
    return Edge(source=run, target=artifact, type="generated", evidence=evidence, **more)


def roots(store, **more):
    return [row.id for row in store.runs(**more)]
