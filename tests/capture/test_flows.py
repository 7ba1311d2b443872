"""What is written of the way of data between two points."""

import numpy as np
import pytest

from forebear.capture.flows import flow_of, mixed, operations_of, own_columns, passed_on, rows_of
from forebear.capture.passage import SAME, At, Columns, Feed, Operation, Origin
from forebear.capture.session import Session
from forebear.client.config import Config
from forebear.core import events
from forebear.core.ids import new_id
from forebear.engines.rowbytes import decode
from forebear.engines.rowmaps import identity, take

ONE, TWO = Origin(artifact="one"), Origin(artifact="two")


@pytest.fixture
def session(tmp_path):
    return Session(tmp_path / ".forebear", new_id(), Config(), script=None)


def feed(*columns, through=()):
    return Feed(frozenset(columns), through)


def flow(session, origin, sources=(ONE, TWO), **options):
    return flow_of(session, "target", origin, sources, **{"rows": 3, **options})


def test_rows_of_the_same_need_no_bytes(session):
    plain = events.Rows(n_in=3, n_out=3, reached=3)
    assert rows_of(session, SAME, 3) == plain
    assert rows_of(session, identity(3), 3) == plain
    assert rows_of(session, None, 3) is None


def test_a_short_map_stands_in_the_event_and_a_long_one_beside(session):
    short, long = take(np.array([2, 0]), 4), take(np.random.default_rng(1).permutation(5000), 5000)
    written, kept = rows_of(session, short, 2), rows_of(session, long, 5000)
    assert (written.n_in, written.n_out, written.reached, written.map) == (4, 2, 2, None)
    assert decode(written.data).positions().tolist() == [2, 0]
    assert (kept.data, kept.reached) == (None, 5000)
    again = decode(session.blobs.get(kept.map)).positions()
    assert again.tolist() == long.positions().tolist()


def test_a_map_of_another_state_is_not_told(session):
    assert rows_of(session, take(np.array([2, 0]), 4), 3) is None


def test_columns_that_stay_are_named_once_and_others_say_what_of(session):
    scaled = Operation("scale", 1)
    columns = Columns(
        ("a", "b", "c", "d", "one"),
        (
            feed((ONE, "a")),
            feed((ONE, "x")),
            feed((TWO, "c")),
            feed((ONE, "d"), through=(scaled,)),
            feed(),
        ),
    )
    origin = Origin(operations=(Operation("read", 0), scaled), columns=columns, rows={ONE: SAME})
    found = flow(session, origin)
    assert found.same == ["a"]
    assert found.columns == {
        "b": events.Feed([(0, "x")]),
        "c": events.Feed([(1, "c")]),
        "d": events.Feed([(0, "d")], [1]),
        "one": events.Feed(),
    }
    assert [rows is not None for rows in found.rows] == [True, False]
    assert not found.unseen


def test_what_was_not_seen_of_columns_is_said(session):
    found = flow(session, Origin())
    assert found.unseen
    assert (found.rows, found.same, found.columns) == ([None, None], [], {})


def test_names_that_the_object_has_now_count(session):
    columns = Columns(("a", "b"), (feed((ONE, "a")), feed((ONE, "b"))), {"k": feed((ONE, "k"))})
    origin = Origin(columns=columns)
    assert flow(session, origin, names=["x", "y"]).columns == {
        "x": events.Feed([(0, "a")]),
        "y": events.Feed([(0, "b")]),
    }
    chosen = flow(session, origin, names=["b", "k"], labels={"k"})
    assert chosen.same == ["b"]
    assert chosen.labels == {"k": events.Feed([(0, "k")])}
    assert flow(session, origin, names=["b", "a"]).same == ["b", "a"]


def test_new_names_of_unknown_columns_are_not_guessed(session):
    columns = Columns(("a", "b", "c"), (feed((ONE, "a")), feed((ONE, "b")), feed((ONE, "c"))))
    assert flow(session, Origin(columns=columns), names=["a", "z"]).unseen


def test_labels_without_a_name_are_left_out(session):
    columns = Columns(("a",), (feed((ONE, "a")),))
    found = flow(
        session,
        Origin(columns=columns),
        names=["a", "__index_level_0__"],
        labels={"__index_level_0__"},
    )
    assert (found.same, found.labels, found.columns) == (["a"], {}, {})


def test_sources_that_are_not_among_those_told_are_left_out(session):
    columns = Columns(("a",), (feed((ONE, "a"), (TWO, "b")),))
    found = flow(session, Origin(columns=columns), sources=[TWO])
    assert found.columns == {"a": events.Feed([(0, "b")])}


def test_content_that_is_recorded_has_its_own_columns():
    columns = own_columns(ONE, ["a", "b"], ["key", "a"])
    assert columns.names == ("a", "b")
    assert columns.feed("a") == feed((ONE, "a"))
    assert columns.levels == {"key": feed((ONE, "key"))}


def test_what_passes_unchanged(session):
    found = passed_on(session, "t", "s", rows=4, names=["a"], labels=["k", "__index_level_0__"])
    assert found == events.Flow(
        target="t",
        sources=["s"],
        rows=[events.Rows(n_in=4, n_out=4, reached=4)],
        same=["a"],
        labels={"k": events.Feed([(0, "k")])},
    )


def test_columns_that_are_mixed(session):
    found = mixed(session, "t", "s", rows=4, columns={"a": ["a"], "b": ["a", "c"]})
    assert found.same == ["a"]
    assert found.columns == {"b": events.Feed([(0, "a"), (0, "c")])}
    assert mixed(session, "t", "s", rows=4).unseen


def test_operations_say_where_they_were(session):
    one, two = Operation("merge", 1, At(1, 2, "train.py", 7)), Operation("sample", 2)
    one.rows_in, one.rows_out = 10, 4
    one.by, one.dropped = {"id": None}, {"name": None}
    two.unknown = True
    first, second = operations_of(session, [one, two])
    assert (first.name, first.rows_in, first.rows_out) == ("merge", 10, 4)
    assert (first.by, first.dropped, first.unknown) == (["id"], ["name"], False)
    assert first.where.endswith("train.py:7")
    assert (second.where, second.unknown) == (None, True)
