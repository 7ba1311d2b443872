import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from forebear.capture.passage import (
    SAME,
    Columns,
    Feed,
    Operation,
    Origin,
    combined,
    merged,
    names_of,
    through,
)
from forebear.engines.rowmaps import identity, take

ONE, TWO = Origin(artifact="one"), Origin(artifact="two")
SCALED, JOINED = Operation("scale", 1), Operation("join", 2)


def feed(*columns, through=()):
    return Feed(frozenset(columns), through)


def test_relations_follow_each_other():
    half, reverse = take(np.array([4, 2, 0]), 5), take(np.array([2, 1, 0]), 3)
    assert through(reverse, half).positions().tolist() == [0, 2, 4]
    assert through(SAME, half) is half
    assert through(half, SAME) is half
    assert through(SAME, SAME) is SAME


@pytest.mark.parametrize("pair", [(None, SAME), (SAME, None), (None, None)])
def test_what_was_not_seen_stays_unseen(pair):
    assert through(*pair) is None


def test_rows_of_both_are_held():
    up, down = take(np.array([0, -1, 2]), 3), take(np.array([-1, 1, -1]), 3)
    assert combined(up, down).positions().tolist() == [0, 1, 2]
    other = take(np.array([2, 1, 0]), 3)
    assert combined(SAME, other).backward(np.array([0])).tolist() == [0, 2]
    assert combined(other, SAME).backward(np.array([0])).tolist() == [0, 2]
    assert combined(SAME, identity(3)) is SAME
    assert combined(SAME, SAME) is SAME
    assert combined(up, up) is up


def test_rows_of_something_unseen_and_another_are_unseen():
    assert combined(None, SAME) is None
    assert combined(identity(3), None) is None
    assert combined(None, None) is None
    # Of another size it cannot have the rows of the source, each at its place.
    assert combined(SAME, take(np.array([0, 2]), 3)) is None


def test_feeds_add_up_with_each_operation_once_and_the_last_at_the_end():
    left = feed((ONE, "a"), through=(JOINED, SCALED))
    right = feed((ONE, "a"), (TWO, "b"), through=(SCALED,))
    both = merged([left, right], JOINED)
    assert both.sources == {(ONE, "a"), (TWO, "b")}
    assert both.through == (SCALED, JOINED)
    assert merged([]) == Feed()
    assert merged([left]) == left


def test_columns_are_found_by_name_and_labels_after_them():
    a, b, key = feed((ONE, "a")), feed((TWO, "b")), feed((ONE, "key"))
    columns = Columns(("x", "y"), (a, b), {"key": key, "x": key})
    assert columns.feed("y") is b
    assert columns.feed("key") is key
    assert columns.feed("x") is a
    assert columns.feed("z") is None
    assert columns.all().sources == {(ONE, "a"), (TWO, "b")}


@pytest.mark.parametrize(
    ("thing", "names"),
    [
        (pd.DataFrame({"a": [1], 2: [3]}), ("a", "2")),
        (pd.Series([1, 2], name="a"), ("a",)),
        (pd.Series([1, 2]), ("",)),
        (pd.Series([1, 2], name=0), ("0",)),
        (np.zeros((4, 3)), ("0", "1", "2")),
        (np.zeros(4), ("",)),
        (np.zeros((2, 2, 2)), ("",)),
        (sparse.csr_matrix(np.eye(2)), ("0", "1")),
    ],
)
def test_names_of_columns(thing, names):
    assert names_of(thing) == names
