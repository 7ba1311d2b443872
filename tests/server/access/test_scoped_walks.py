"""Walks of who sees a part of a graph, beside those in a store that has only that part."""

import random
from collections import Counter

import pytest

from forebear.core.access import Principal
from forebear.core.clock import now
from forebear.core.events import ArtifactRecorded, EdgesRecorded, Link, RunStarted, StepRecorded
from forebear.core.ids import new_id
from forebear.core.intakes import Intake
from forebear.server.scoped.attributed import attributed
from forebear.server.scoped.guard import Guard
from forebear.server.scoped.sight import Places, Sight
from forebear.server.scoped.store import ScopedStore
from forebear.store import open_store

SPACES = ["a", "b", "c"]


class Parted:
    """A random graph of artifacts and runs, each in one workspace; `a` and `b` are seen."""

    def __init__(self, seed, tmp_path):
        dice = random.Random(seed)
        self.whole = open_store(tmp_path / "whole", create=True)
        self.part = open_store(tmp_path / "part", create=True)
        self.where = {}
        artifacts = [self._artifact(dice) for _ in range(14)]
        for place in range(12):
            self._run(dice, artifacts, place)
        self.ids = list(self.where)
        sight = Sight(Places(self.whole), ["a", "b"])
        self.seen = ScopedStore(self.whole, sight)
        self.hidden = [id for id in self.ids if self.where[id] == "c"]

    def _tell(self, event, workspace):
        self.whole.append([event], intake=Intake(workspace=workspace))
        if workspace != "c":
            self.part.append([event])

    def _artifact(self, dice):
        id, workspace = new_id(), dice.choice(SPACES)
        self.where[id] = workspace
        kind = dice.choice(["data", "model"])
        said = ArtifactRecorded(artifact=id, kind=kind, digest="sha256:" + f"{len(self.where):064}")
        self._tell(said, workspace)
        return id

    def _run(self, dice, artifacts, place):
        id, workspace = new_id(), dice.choice(SPACES)
        self.where[id] = workspace
        kind = "serve" if place % 4 == 0 else "run"
        self._tell(RunStarted(run=id, kind=kind, name=f"run{place}"), workspace)
        used = dice.sample(artifacts[: place + 1], min(2, place + 1))
        made = dice.sample(artifacts[place + 1 :], min(1, len(artifacts) - place - 1))
        edges = EdgesRecorded(
            run=id,
            used=[Link(artifact=one, role="input") for one in used],
            generated=[Link(artifact=one) for one in made],
        )
        self.whole.append([edges], intake=Intake(workspace=workspace))
        if workspace != "c":
            self.part.append(
                [
                    EdgesRecorded(
                        run=id,
                        used=[one for one in edges.used if self.where[one.artifact] != "c"],
                        generated=[
                            one for one in edges.generated if self.where[one.artifact] != "c"
                        ],
                    )
                ]
            )

    def close(self):
        self.whole.close()
        self.part.close()


@pytest.fixture(params=range(4))
def parted(request, tmp_path):
    parted = Parted(request.param, tmp_path)
    yield parted
    parted.close()


def test_all_walks_are_those_of_the_part(parted):
    seen, part = parted.seen, parted.part
    for id in parted.ids:
        for direction in ("up", "down"):
            for more in ({}, {"depth": 2}, {"kinds": ["model"]}, {"limit": 3}):
                ours = seen.closure([id], direction, **more)
                theirs = part.closure([id], direction, **more)
                assert list(ours.depths.items()) == list(theirs.depths.items()), more
                assert (ours.counts, ours.beyond) == (theirs.counts, theirs.beyond), more
            ours = seen.reached([id], direction, parted.ids)
            assert ours == part.reached([id], direction, parted.ids)
            assert set(seen.edges([id], direction)) == set(part.edges([id], direction))


def test_all_ways_are_those_of_the_part(parted):
    seen, part = parted.seen, parted.part
    for start in parted.ids:
        closed = parted.ids[::5]
        for direction in ("up", "down"):
            ours, theirs = (
                one.ways([start], parted.ids, direction, without=closed) for one in (seen, part)
            )
            assert {id: len(way) for id, way in ours.items()} == {
                id: len(way) for id, way in theirs.items() if parted.where[id] != "c"
            }
        for end in parted.ids:
            if start != end:
                way = seen.shortest_path([start], [end])
                assert len(way) == len(part.shortest_path([start], [end]))
                assert seen.between([start], [end]) == part.between([start], [end])


def test_what_is_common_is_that_of_the_part(parted):
    for first, second in zip(parted.ids, reversed(parted.ids), strict=True):
        groups = [[first], [second]]
        ours, theirs = (one.common_ancestors(groups) for one in (parted.seen, parted.part))
        assert {one.id: (one.depths, one.nearest) for one in ours.ancestors} == {
            one.id: (one.depths, one.nearest) for one in theirs.ancestors
        }
        assert ours.count == theirs.count


def test_deployments_runs_and_kinds_are_those_of_the_part(parted):
    seen, part = parted.seen, parted.part
    assert [row.id for row in seen.runs(limit=3)] == [row.id for row in part.runs(limit=3)]
    assert [row.id for row in seen.deployments()] == [row.id for row in part.deployments()]
    for kind in ("data", "model"):
        assert seen.artifacts(kind) == part.artifacts(kind)
    for id in parted.ids:
        ours, theirs = ([row.id for row in one.live_deployments([id])] for one in (seen, part))
        assert sorted(ours) == sorted(theirs)


def test_nothing_hidden_is_found_from_anywhere(parted):
    assert parted.hidden
    for id in parted.hidden:
        assert parted.seen.node(id) is None
        assert parted.seen.run(id) is None
        assert parted.seen.edges([id], "down") == []
        assert parted.seen.closure([id], "down").depths == {}
        assert parted.seen.recorded_by(id) == []


def test_whoever_writes_sees_at_once_what_they_wrote(parted):
    who = Principal(
        name="ada", account="x", workspace="a", permissions={"a": frozenset(["read", "write"])}
    )
    places = Places(parted.whole)
    store = ScopedStore(
        attributed(parted.whole, Guard(parted.whole, places, who, "write"), None),
        Sight(places, ["a"]),
    )
    id = new_id()
    assert store.node(id) is None
    store.append([RunStarted(run=id, kind="run", name="new.py")])
    assert store.node(id) is not None


LONG = 300


@pytest.fixture
def chain(tmp_path):
    """A way of many steps, each of which has two ends; at every fortieth one of them is hidden."""
    with open_store(tmp_path / "long", create=True) as store:
        store.append([RunStarted(run="root", kind="run", name="x")], intake=Intake(workspace="a"))
        for place in range(LONG):
            for end, hidden in (("one", False), ("other", place % 40 == 39)):
                events = [
                    ArtifactRecorded(artifact=f"{end}{place}", kind="data", digest=f"{end}{place}"),
                    StepRecorded(
                        run=f"to-{end}{place}", parent="root", kind="transform", name="t",
                        started=now(), ended=now(),
                        used=[Link(artifact=f"one{place - 1}")] if place else [],
                        generated=[Link(artifact=f"{end}{place}")],
                    ),
                ]  # fmt: skip
                store.append(events, intake=Intake(workspace="c" if hidden else "a"))
        yield store


class Counting:
    """A store that counts what it is asked."""

    def __init__(self, store):
        self.store, self.asked = store, Counter()

    def __getattr__(self, name):
        self.asked[name] += 1
        return getattr(self.store, name)


def test_a_long_walk_takes_few_questions(chain):
    counting = Counting(chain)
    seen = ScopedStore(counting, Sight(Places(chain), ["a"]))
    found = seen.closure(["one0"], "down")
    hidden = LONG // 40
    assert len(found.depths) == 2 * (2 * LONG - 2 - hidden)
    assert len(found.counts) == 2 * (LONG - 1)
    assert seen.withheld == hidden
    assert counting.asked.total() < 40
    counting.asked.clear()
    assert len(seen.shortest_path(["one0"], [f"one{LONG - 1}"])) == 2 * LONG - 1
    assert counting.asked.total() < 5


def test_who_sees_all_of_it_is_answered_by_the_store_itself(chain):
    counting = Counting(chain)
    seen = ScopedStore(counting, Sight(Places(chain), ["a", "c"]))
    assert seen.closure(["one0"], "down", limit=7) == chain.closure(["one0"], "down", limit=7)
    between = seen.between(["one0"], ["other9"], limit=5)
    assert between == chain.between(["one0"], ["other9"], limit=5)
    assert counting.asked["edges"] == 0
