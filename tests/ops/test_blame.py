"""Blame: a fault is planted at each step of a story, and found where it was planted."""

import random

import pytest

from forebear.core.clock import now
from forebear.core.digest import of_bytes
from forebear.core.errors import InvalidInput
from forebear.core.events import (
    ArtifactRecorded,
    Feed,
    Flow,
    Link,
    LocationSeen,
    RunEnded,
    RunStarted,
    StepRecorded,
    VersionNamed,
)
from forebear.core.ids import new_id
from forebear.core.profiles import encode
from forebear.engines.profile import profile_path
from forebear.ops.blame import BlameRequest
from forebear.ops.profiles import KeepProfileRequest
from forebear.ops.quality import QualityCheckRequest
from forebear.ops.table import Target

SUITE = """
data = "{name}"
[[check]]
kind = "range"
column = "{column}"
least = 0
greatest = 120
"""
STEPS = ["raw", "cities", "joined", "clean", "final"]
MADE_OF = {"joined": ["raw", "cities"], "clean": ["joined"], "final": ["clean"]}
COLUMN = {"raw": "age", "cities": "size", "joined": "age", "clean": "years", "final": "years"}


def csv(heads, rows):
    return "\n".join([",".join(heads), *(",".join(map(str, row)) for row in rows)]) + "\n"


def tables(seed, spoiled=None):
    """The data of one run of the story; the ages in what `spoiled` makes are those of trees."""
    dice = random.Random(seed)

    def aged(name, age):
        return age + 400 if name == spoiled else age

    raw = [(n, aged("raw", dice.randint(18, 80)), n % 4) for n in range(500)]
    cities = [(n, 900 + n) for n in range(4)]
    joined = [(n, aged("joined", age), 900 + city) for n, age, city in raw]
    clean = [(n, aged("clean", age)) for n, age, _ in joined]
    final = [(n, aged("final", age), n % 2) for n, age in clean]
    return {
        "raw": csv(["id", "age", "city"], raw),
        "cities": csv(["city", "size"], cities),
        "joined": csv(["id", "age", "size"], joined),
        "clean": csv(["id", "years"], clean),
        "final": csv(["id", "years", "half"], final),
    }


class Pipeline:
    """Records runs of the story; what it made is in `ids`, by name and version."""

    def __init__(self, store, client, folder):
        self.store, self.client, self.folder = store, client, folder
        self.ids = {}
        self.count = 0

    def run(self, seed, spoiled=None, *, profiled=STEPS):
        self.count += 1
        run, made = new_id(), {}
        self.store.append([RunStarted(run=run, kind="run", name="story.py")])
        for name, text in tables(seed, spoiled).items():
            made[name] = self.artifact(name, text.encode())
            if name in MADE_OF:
                self.step(run, name, made)
        self.store.append([RunEnded(run=run, status="finished", ended=now())])
        for name, id in made.items():
            self.ids[name, self.count] = id
            if name in profiled:
                packet = encode(profile_path(str(self.folder / f"{name}{self.count}.csv")))
                self.client.call(KeepProfileRequest(about=id, packet=packet))

    def artifact(self, name, content):
        digest = of_bytes(content)
        path = self.folder / f"{name}{self.count}.csv"
        path.write_bytes(content)
        self.store.append(
            [
                ArtifactRecorded(
                    artifact=digest, kind="data", digest=digest, label=f"{name}.csv", format="csv"
                ),
                LocationSeen(artifact=digest, uri=str(path), mode="write"),
                VersionNamed(kind="data", name=name, artifact=digest),
            ]
        )
        return digest

    def step(self, run, name, made):
        sources = [made[one] for one in MADE_OF[name]]
        flow = Flow(
            target=made[name],
            sources=sources,
            same=["id"],
            columns={COLUMN[name]: Feed(columns=[(0, COLUMN[MADE_OF[name][0]])])},
        )
        self.store.append(
            [
                StepRecorded(
                    run=new_id(),
                    parent=run,
                    kind="transform",
                    name=f"make_{name}",
                    where=f"story.py:{STEPS.index(name)}",
                    started=now(),
                    ended=now(),
                    used=[Link(artifact=id, role="input") for id in sources],
                    generated=[Link(artifact=made[name])],
                    flows=[flow],
                )
            ]
        )

    def check(self, ref, name):
        suite = SUITE.format(name=name, column=COLUMN[name])
        return self.client.call(QualityCheckRequest(target=Target(ref=ref), suite=suite))

    def forget_contents(self):
        for path in self.folder.glob("*.csv"):
            path.unlink()


@pytest.fixture
def pipeline(store, client, tmp_path):
    return Pipeline(store, client, tmp_path)


def blame(client, ref, **more):
    return client.call(BlameRequest(target=Target(ref=ref), **more))


PLANTED = ["raw", "joined", "clean", "final"]


@pytest.mark.parametrize("where", PLANTED)
@pytest.mark.parametrize("checked", [True, False], ids=["by checks", "by drift"])
def test_a_fault_is_found_where_it_was_planted(pipeline, client, where, checked):
    pipeline.run(1)
    pipeline.run(2, where)
    if checked:
        pipeline.check("data:final:1", "final")
        pipeline.check("data:final:2", "final")
    pipeline.forget_contents()
    answer = blame(client, "data:final:2")
    (problem,) = [p for p in answer.problems if "years" in p.what]
    (found,) = problem.origins
    assert (found.title, found.sure) == (f"{where}:2", True)
    assert found.way[0].artifact == pipeline.ids[where, 2]
    assert [stop.title for stop in found.way] == [
        f"{name}:2" for name in PLANTED[PLANTED.index(where) :]
    ]
    if where == "raw":
        assert "which nothing recorded made" in found.verdict
    else:
        assert (found.name, found.where) == (f"make_{where}", f"story.py:{STEPS.index(where)}")
        assert {stop.state for stop in found.above} == {"good"}
    assert answer.good == "final:1"


@pytest.mark.parametrize("where", ["joined", "clean"])
def test_where_a_profile_is_missing_it_is_said_between_what(pipeline, client, where):
    known = ["raw", "cities", "final"]
    pipeline.run(1, profiled=known)
    pipeline.run(2, where, profiled=known)
    (problem,) = [p for p in blame(client, "data:final:2").problems if "years" in p.what]
    (found,) = problem.origins
    assert found.title == "final:2"
    assert "between raw:2" in found.verdict
    assert "2 things between it is not recorded" in found.verdict
    states = {stop.title: stop.state for stop in found.above}
    assert states["raw:2"] == "good"
    assert (states["clean:2"], states["joined:2"]) == ("unknown", "unknown")


def test_a_bad_thing_beyond_one_of_which_nothing_is_known_is_reached(pipeline, client):
    known = ["raw", "cities", "joined", "final"]
    pipeline.run(1, profiled=known)
    pipeline.run(2, "joined", profiled=known)
    (problem,) = [p for p in blame(client, "data:final:2").problems if "years" in p.what]
    (found,) = problem.origins
    assert (found.title, found.sure) == ("joined:2", True)
    assert [stop.state for stop in found.way] == ["bad", "unknown", "bad"]


def test_nothing_recorded_above_is_not_called_good(pipeline, client):
    pipeline.run(1, profiled=["final"])
    pipeline.run(2, "raw", profiled=["final"])
    answer = blame(client, "data:final:2")
    (found,) = answer.problems[0].origins
    assert not found.sure
    assert "not recorded" in found.verdict
    assert any("neither a profile nor checks" in gap for gap in answer.gaps)


def test_results_of_checks_alone_are_enough(pipeline, client):
    pipeline.run(1, profiled=[])
    pipeline.run(2, "joined", profiled=[])
    for name in ("raw", "joined", "clean", "final"):
        for count in (1, 2):
            pipeline.check(f"data:{name}:{count}", name)
    answer = blame(client, "data:final:2", check="range:years")
    (found,) = answer.problems[0].origins
    assert (found.title, found.sure) == ("joined:2", True)


def test_what_is_fine_is_said_and_what_does_not_exist_is_refused(pipeline, client):
    pipeline.run(1)
    pipeline.run(2)
    assert blame(client, "data:final:2").verdict == "Nothing is known to be wrong with final:2."
    with pytest.raises(InvalidInput, match="nothing to compare"):
        blame(client, "data:final:1")
    with pytest.raises(InvalidInput, match="no column 'nose'"):
        blame(client, "data:final:2", column="nose")
    with pytest.raises(InvalidInput, match="was not done"):
        blame(client, "data:final:2", check="range:nose")


def test_the_last_good_version_is_what_it_is_compared_with(pipeline, client):
    pipeline.run(1)
    pipeline.run(2, "clean")
    pipeline.run(3, "clean")
    for count in (1, 2, 3):
        pipeline.check(f"data:final:{count}", "final")
    answer = blame(client, "data:final:3")
    assert answer.good == "final:1"
    assert answer.problems[0].origins[0].title == "clean:3"
    assert blame(client, "data:final:3", good=Target(ref="data:final:2")).good == "final:2"
