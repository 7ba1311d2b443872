"""What lies above and below, in every kind of store and whoever walks: SQL or arrays."""

from datetime import UTC, datetime, timedelta

import pytest

from forebear.core.events import (
    ArtifactRecorded,
    Derived,
    EdgesRecorded,
    Link,
    RunEnded,
    RunStarted,
    StepRecorded,
)
from forebear.core.rows import Fringe, Sketch
from forebear.store import closure as closures
from forebear.store import open_store

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Snapshots for stores on a server go into the user's folder for caches."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(params=["SQL", "SQL level by level", "arrays"])
def asked(request, store, monkeypatch):
    """The store, with one way of walking."""
    if request.param != "SQL":
        store._closures._budget = 0
    if request.param == "SQL level by level":
        monkeypatch.setattr(closures, "_has_numpy", lambda: False)
    if request.param == "arrays":
        pytest.importorskip("numpy")
    return store


def step(run, used, made, kind="train", evidence="observed", parent="root"):
    return StepRecorded(
        run=run,
        parent=parent,
        kind=kind,
        name=kind,
        started=START,
        ended=START,
        used=[Link(artifact=one, evidence=evidence) for one in used],
        generated=[Link(artifact=one, evidence=evidence) for one in made],
    )


def artifact(id, kind):
    return ArtifactRecorded(artifact=id, kind=kind, digest=f"digest-of-{id}")


def started(run, kind="run", parent=None):
    return RunStarted(run=run, kind=kind, name=run, started=START, parent=parent)


@pytest.fixture
def story(asked):
    """raw -> clean -> (one, two) -> merged; one -> served -> predictions -> read."""
    asked.append(
        [
            started("root"),
            artifact("raw", "data"),
            artifact("clean", "data"),
            step("prepare", ["raw"], ["clean"], "transform"),
            step("fit-one", ["clean"], ["one"]),
            step("fit-two", ["clean", "extra"], ["two"], evidence="declared"),
            artifact("one", "model"),
            artifact("two", "model"),
            Derived(source="one", target="merged", relation="merge", evidence="inferred"),
            Derived(source="two", target="merged", relation="merge"),
            artifact("merged", "model"),
            started("service", "serve"),
            started("handler", "run", "service"),
            EdgesRecorded(run="handler", used=[Link(artifact="one")]),
            started("old-service", "serve"),
            EdgesRecorded(run="old-service", used=[Link(artifact="two")]),
        ]
    )
    asked.append([RunEnded(run="old-service", status="finished", ended=START + timedelta(1))])
    return asked


def test_everything_above_with_distances(story):
    found = story.closure(["merged"], "up")
    assert found.depths == {
        "one": 1,
        "two": 1,
        "fit-one": 2,
        "fit-two": 2,
        "clean": 3,
        "extra": 3,
        "prepare": 4,
        "raw": 5,
    }
    assert found.counts == [2, 2, 2, 1, 1]
    assert (found.count, found.beyond, found.omitted) == (8, 0, 0)


def test_everything_below_from_several_at_once(story):
    found = story.closure(["clean", "two"], "down")
    assert found.depths == {
        "fit-one": 1,
        "fit-two": 1,
        "merged": 1,
        "old-service": 1,
        "one": 2,
        "handler": 3,
    }
    assert story.closure(["nobody"], "down").depths == {}
    assert story.closure([], "up").count == 0


def test_the_nearest_are_listed_and_the_others_counted(story):
    found = story.closure(["merged"], "up", limit=3)
    assert list(found.depths.items()) == [("one", 1), ("two", 1), ("fit-one", 2)]
    assert (found.count, found.omitted) == (8, 5)
    near = story.closure(["merged"], "up", depth=2)
    assert (list(near.depths), near.beyond, near.omitted) == (
        ["one", "two", "fit-one", "fit-two"],
        2,
        2,
    )
    assert story.closure(["merged"], "up", depth=0).omitted == 2
    assert story.closure(["merged"], "up", limit=0).omitted == 8


def test_only_some_kinds_are_listed_and_all_are_walked_through(story):
    assert story.closure(["merged"], "up", kinds=["data"]).depths == {"clean": 3, "raw": 5}
    assert list(story.closure(["raw"], "down", kinds=["model"]).depths) == ["one", "two", "merged"]
    assert story.closure(["raw"], "down", kinds=["serve"]).depths == {"old-service": 5}
    assert story.closure(["merged"], "up", kinds=["unknown"]).depths == {"extra": 3}
    assert story.closure(["raw"], "down", kinds=["model"], limit=1).omitted == 2


def test_only_links_that_are_known_well_enough_are_followed(story):
    assert list(story.closure(["merged"], "up", evidence=2).depths) == [
        "two",
        "fit-two",
        "clean",
        "extra",
        "prepare",
        "raw",
    ]
    assert story.closure(["merged"], "up", evidence=3).depths == {}
    assert not story.is_ancestor("raw", "merged", evidence=3)
    assert story.shortest_path(["one"], ["merged"], evidence=2) == []


def test_the_graph_as_it_was(story):
    before_merge = 8
    assert story.closure(["raw"], "down", seq=before_merge).depths == {
        "prepare": 1,
        "clean": 2,
        "fit-one": 3,
        "fit-two": 3,
        "one": 4,
        "two": 4,
    }
    assert story.closure(["raw"], "down", kinds=["model"], seq=6).count == 0
    assert not story.is_ancestor("raw", "merged", seq=before_merge)
    assert story.is_ancestor("raw", "merged", seq=before_merge + 1)
    assert story.closure(["raw"], "down", seq=0).count == 0


def test_new_events_are_seen_at_once(story):
    assert story.closure(["merged"], "down").count == 0
    story.append([Derived(source="merged", target="small", relation="quantize")])
    assert story.closure(["merged"], "down").depths == {"small": 1}
    assert story.is_ancestor("raw", "small")
    story.append([Derived(source="raw", target="small", relation="copy")])
    assert story.closure(["small"], "up").depths["raw"] == 1
    assert story.shortest_path(["raw"], ["small"]) == ["raw", "small"]


def test_ancestors_and_ways(story):
    assert story.is_ancestor("raw", "merged")
    assert not story.is_ancestor("merged", "raw")
    assert not story.is_ancestor("raw", "raw")
    assert not story.is_ancestor("raw", "nobody")
    assert story.shortest_path(["extra", "raw"], ["two"]) == ["extra", "fit-two", "two"]
    assert story.shortest_path(["two"], ["raw"]) == []
    assert story.shortest_path(["raw"], ["raw", "two"]) == ["raw"]
    assert story.shortest_path(["nobody"], ["raw"]) == []


def test_what_lies_between(story):
    found = story.between(["clean"], ["merged"])
    assert found.depths == {
        "clean": 0,
        "fit-one": 1,
        "fit-two": 1,
        "one": 2,
        "two": 2,
        "merged": 3,
    }
    assert (found.counts, found.omitted) == ([1, 2, 2, 1], 0)
    assert story.between(["clean"], ["merged"], limit=2).omitted == 4
    assert story.between(["merged"], ["clean"]).depths == {}


def test_common_ancestors(story):
    found = story.common_ancestors([["one"], ["two"]])
    assert [(one.id, one.depths, one.nearest) for one in found.ancestors] == [
        ("clean", [2, 2], True),
        ("prepare", [3, 3], False),
        ("raw", [4, 4], False),
    ]
    only = story.common_ancestors([["one"], ["two"], ["clean"]], kinds=["data"], limit=1)
    assert [one.id for one in only.ancestors] == ["clean"]
    assert (only.ancestors[0].depths, only.count) == ([2, 2, 0], 2)
    assert story.common_ancestors([["raw"], ["extra"]]).count == 0
    assert story.common_ancestors([["one"], ["two"]], seq=4).count == 0


def test_deployments_that_still_run(story):
    live = story.live_deployments(["raw"])
    assert [(row.id, row.status) for row in live] == [("service", "running")]
    assert story.live_deployments(["two"]) == []
    assert [row.id for row in story.live_deployments(["two"], seq=16)] == ["old-service"]
    assert story.live_deployments(["raw"], seq=10) == []
    assert story.live_deployments(["extra"], evidence=3) == []
    every = [row.id for row in story.deployments(ended=True)]
    assert set(every) >= {"service", "old-service"}
    assert "old-service" not in {row.id for row in story.deployments()}
    assert "old-service" in {row.id for row in story.deployments(seq=16)}
    assert story.deployments(seq=0) == []


@pytest.mark.parametrize(
    "kinds", [["model"], ["data", "train"], ["serve", "consume"], ["unknown"], ["model", "run"]]
)
def test_kinds_are_told_apart_alike_among_few_and_many(story, monkeypatch, kinds):
    few = story.closure(["raw"], "down", kinds=kinds)
    monkeypatch.setattr(closures, "BUDGET", 0)
    assert story.closure(["raw"], "down", kinds=kinds) == few
    assert story.closure(["raw"], "down", kinds=kinds, seq=0).count == 0


def test_which_of_some_nodes_are_reached(story):
    some = ["two", "raw", "nowhere", "extra", "one"]
    depths = story.closure(["raw"], "down").depths
    assert story.reached(["raw"], "down", some) == {k: depths[k] for k in some if k in depths}
    assert story.reached(["one"], "up", ["raw"]) == {
        "raw": story.closure(["one"], "up").depths["raw"]
    }
    assert story.reached(["raw"], "down", some, seq=0) == {}
    assert story.reached(["raw"], "down", []) == story.reached([], "down", some) == {}


def test_artifacts_of_a_kind(story):
    models = story.artifacts("model")
    assert {node.kind for node in story.nodes(models).values()} == {"model"}
    assert len(models) == len(set(models)) > 1
    assert story.artifacts("model", seq=0) == story.artifacts("environment") == []


def test_a_cycle_ends_by_itself(asked):
    asked.append(
        [Derived(source=a, target=b, relation="copy") for a, b in ("ab", "bc", "ca", "cd", "dd")]
    )
    assert asked.closure(["a"], "down").depths == {"b": 1, "c": 2, "d": 3}
    assert asked.closure(["a"], "up").depths == {"c": 1, "b": 2}
    assert asked.is_ancestor("a", "d")
    assert asked.is_ancestor("b", "a")
    assert not asked.is_ancestor("d", "a")


def test_a_walk_that_outgrows_its_budget_is_handed_over(location, cache):
    pytest.importorskip("numpy")
    nodes = closures.BUDGET + 100
    with open_store(**location, create=True) as store:
        links = [Link(artifact=f"leaf-{n}") for n in range(nodes)]
        store.append([EdgesRecorded(run="hub", generated=links)])
        found = store.closure(["hub"], "down", limit=2)
        assert (list(found.depths), found.count) == (["leaf-0", "leaf-1"], nodes)
        made = (
            list(location.get("location").glob("graph/*/header"))
            if "blobs" not in location
            else list(cache.glob("forebear/graph/*/*/header"))
        )
        assert len(made) == 1
    with open_store(**location) as store:
        assert len(store.closure(["hub"], "down").depths) == nodes


def test_ways_to_many_at_once_around_what_lets_nothing_through(story):
    assert story.ways(["raw"], ["one", "two", "nobody"], "down") == {
        "one": ["raw", "prepare", "clean", "fit-one", "one"],
        "two": ["raw", "prepare", "clean", "fit-two", "two"],
    }
    around = story.ways(["merged"], ["raw", "extra"], "up", without=["fit-two"])
    assert around == {"raw": ["raw", "prepare", "clean", "fit-one", "one", "merged"]}
    assert story.ways(["clean"], ["one"], "down", without=["clean"])["one"][0] == "clean"
    assert story.ways(["one"], ["clean"], "up", without=["clean"])["clean"][-1] == "one"
    assert story.ways(["raw"], ["one"], "down", without=["clean"]) == {}
    assert story.ways(["one"], ["raw"], "up", without=["one"]) == {}
    assert story.ways(["raw"], ["raw"], "down") == {"raw": ["raw"]}
    assert story.ways(["raw"], ["merged"], "down", evidence=3) == {}
    assert story.ways([], ["raw"], "up") == {}


def test_of_crowded_nodes_only_the_newest_edges(store):
    """The newest are told and all are counted, whichever way they point."""
    crowd = [f"01920000-0000-7000-8000-{number:012x}" for number in range(9)]
    data, model = "sha256:" + "a" * 64, "sha256:" + "b" * 64
    for run in crowd:
        store.append(
            [
                RunStarted(run=run, kind="run", name="a.py", started=START),
                EdgesRecorded(
                    run=run,
                    used=[Link(artifact=data, role="train"), Link(artifact=model, role="code")],
                    generated=[Link(artifact=model)],
                ),
            ]
        )
    down = store.fringe([data], "down", most=4)
    assert ({edge.target for edge in down.edges}, down.counts) == (set(crowd[5:]), {data: 9})
    up = store.fringe([model, crowd[0]], "up", most=4, without=["code"])
    assert {edge.source for edge in up.edges} == {*crowd[5:], data}
    assert up.counts == {model: 9}
    all_ = store.fringe([data, model], "down", most=9, without=["code", "diff"])
    assert all_.edges == store.edges([data], "down")
    assert all_.counts == {}
    assert store.fringe([data], "down", most=4, evidence=4) == Fringe(edges=[], counts={})
    seq = store.recorded_by(crowd[3])[-1] + 1
    assert len(store.fringe([data], "down", most=9, seq=seq).edges) == 4
    first = store.first_recorded([data, crowd[3], "nobody"])
    assert first == {
        data: store.recorded_at([2])[2],
        crowd[3]: store.recorded_at(store.recorded_by(crowd[3]))[7],
    }


def test_what_nodes_are_in_short_and_the_steps_below_runs(store):
    run, step, inner, later = (f"01920000-0000-7000-8000-{n:012x}" for n in range(4))
    data = "sha256:" + "a" * 64
    store.append(
        [
            RunStarted(run=run, kind="run", name="a.py", started=START),
            StepRecorded(
                run=step, parent=run, kind="train", name="fit", started=START, ended=START
            ),
            StepRecorded(
                run=inner, parent=step, kind="split", name="cut", started=START, ended=START
            ),
            ArtifactRecorded(artifact=data, kind="file", digest=data),
            ArtifactRecorded(artifact=data, kind="data", digest=data),
        ]
    )
    seq = store.head().size
    store.append(
        [StepRecorded(run=later, parent=run, kind="x", name="x", started=START, ended=START)]
    )
    assert store.steps([run]) == {step: run, inner: run, later: run}
    assert store.steps([run, data], seq) == {step: run, inner: run}
    assert store.sketches([inner, run, data, later, "nobody"], seq) == {
        inner: Sketch(type="run", kind="split", root=run),
        run: Sketch(type="run", kind="run", root=run),
        data: Sketch(type="artifact", kind="data"),
    }
    nodes = store.nodes([inner, run, data, later])
    known = store.sketches(list(nodes))
    assert {id: (one.type, one.kind, one.root) for id, one in known.items()} == {
        id: (one.type, one.kind, one.root) for id, one in nodes.items()
    }
