"""How data went into data, in either database."""

from __future__ import annotations

import numpy as np
import pytest

from forebear.core.clock import now
from forebear.core.digest import of_bytes
from forebear.core.errors import NotFound
from forebear.core.events import (
    Derived,
    EdgesRecorded,
    Feed,
    Flow,
    Link,
    Operation,
    Rows,
    StepRecorded,
)
from forebear.engines.rowbytes import decode, encode
from forebear.engines.rowmaps import take
from forebear.store import open_store
from story import Story, link


@pytest.fixture
def story(tmp_path):
    return Story(tmp_path)


def told(store, story):
    """A file is read, filtered, split; what was written of it is seen by nobody."""
    raw = story.file("raw.csv", b"id\n1\n2\n3\n4\n", rows=4)
    run = story.run("train.py")
    frame, kept, other = (story.memory("data", name, name) for name in ("frame", "kept", "other"))
    whole = Rows(n_in=4, n_out=4, reached=4)
    flow = Flow(target=frame, sources=[raw], rows=[whole], same=["id"])
    read = story.step(run, "ingest", "pandas.read_csv", [link(raw)], [frame], flows=[flow])
    some = take(np.array([3, 0]), 4)
    short = Rows(n_in=4, n_out=2, reached=2, data=encode(some))
    long = Rows(n_in=4, n_out=2, reached=2, map=store.blobs.put(encode(some)))
    filtered = story.step(
        run,
        "transform",
        "filter",
        [link(frame)],
        [kept],
        operations=[Operation(name="filter", where="train.py:4", rows_in=4, rows_out=2)],
        flows=[
            Flow(
                target=kept,
                sources=[frame, raw, frame],
                rows=[short, long],
                columns={"x": Feed([(0, "id")], [0])},
            )
        ],
    )
    story.step(run, "transform", "mystery", [link(kept)], [other])
    out = story.file("out.csv", b"out")
    story.say(EdgesRecorded(run=run, used=[link(raw)], generated=[Link(artifact=out)]))
    copy = story.file("copy.csv", b"out ")
    story.say(Derived(source=out, target=copy, relation="copy"))
    store.append(story.events)
    return raw, frame, kept, other, out, copy, read, filtered


def test_rows_are_found_from_both_ends(store, story):
    raw, frame, kept, *_, read, filtered = told(store, story)
    (one,) = store.flows.passages([frame], "up")
    assert (one.source, one.target, one.run, one.told) == (raw, frame, read, True)
    assert one.whole
    assert one.seen
    assert store.flows.map_bytes(one) is None
    short, long, unseen = store.flows.passages([kept], "up")
    assert [p.run for p in (short, long, unseen)] == [filtered] * 3
    assert (short.n_in, short.n_out, short.reached, short.whole) == (4, 2, 2, False)
    for seen in (short, long):
        assert decode(store.flows.map_bytes(seen)).positions().tolist() == [3, 0]
    assert not unseen.seen
    assert store.flows.map_bytes(unseen) is None
    down = store.flows.passages([frame], "down")
    assert {(p.target, p.n) for p in down} == {(kept, 0), (kept, 2)}


def test_what_no_flow_tells_of_follows_from_uses_and_derivations(store, story):
    raw, _, kept, other, out, copy, *_ = told(store, story)
    (mystery,) = store.flows.passages([other], "up")
    assert (mystery.source, mystery.told, mystery.seen) == (kept, False, False)
    (written,) = store.flows.passages([out], "up")
    assert (written.source, written.told, written.seen) == (raw, False, False)
    (copied,) = store.flows.passages([copy], "up")
    assert (copied.source, copied.relation, copied.whole) == (out, "copy", True)
    assert {p.target for p in store.flows.passages([out], "down")} == {copy}


def test_models_and_code_pass_no_rows(store, story):
    story.prepare()
    trained = story.train(3, 0.5)
    store.append(story.events)
    assert store.flows.passages([trained.model, trained.file], "up") == []
    steps = store.flows.steps([trained.fit, trained.run])
    assert list(steps) == [trained.fit]
    assert steps[trained.fit].params["max_depth"] == 3


def test_what_came_later_is_left_out_or_asked_for(store, story):
    _raw, frame, kept, other, out, copy, *_ = told(store, story)
    (first,) = store.flows.passages([frame], "up")
    assert store.flows.passages([kept], "up", first.seq) == []
    assert store.flows.steps([first.run], first.seq - 1) == {}
    assert set(store.flows.later(first.seq)) == {kept, other, out, copy}
    assert store.flows.later(store.head().size) == []


def test_a_flow_may_speak_of_what_nothing_else_does(store, story):
    told(store, story)
    story.events.clear()
    run = story.run("other.py")
    flow = Flow(target="0192a000-0000-7000-8000-000000000001", sources=[of_bytes(b"nowhere")])
    story.step(run, "transform", "odd", [], [], flows=[flow])
    store.append(story.events)
    story.events.clear()
    story.step(run, "transform", "odd", [], [], flows=[flow])
    store.append(story.events)
    assert len(store.flows.passages([flow.target], "up")) == 2


def test_a_map_that_is_gone_is_a_fault_and_no_surprise(tmp_path, story):
    with open_store(tmp_path / "store", create=True) as store:
        _, _, kept, *_ = told(store, story)
        (_, long, _) = store.flows.passages([kept], "up")
        path = store.blobs._path(long.map)
        path.unlink()
        assert [fault.what for fault in store.verify()] == ["missing-blob"]
        with pytest.raises(NotFound):
            store.flows.map_bytes(long)


def test_steps_that_made_nothing_but_figures_over_many_rows_are_known(store):
    def summed(name, n_out):
        return StepRecorded(
            run=name,
            parent="root",
            kind="transform",
            name=name,
            started=now(),
            ended=now(),
            flows=[
                Flow(
                    target=f"{name}-made",
                    sources=["raw"],
                    rows=[Rows(n_in=100, n_out=n_out, reached=100)],
                    columns={"sum": Feed([(0, "age")])},
                )
            ],
        )

    store.append([summed("by-sex", 2)])
    seq = store.head().size
    store.append([summed("each", 100), summed("by-age", 20)])
    assert sorted(store.flows.aggregating()) == ["by-age", "by-sex"]
    assert store.flows.aggregating(seq) == ["by-sex"]
