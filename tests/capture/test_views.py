"""Which rows and columns of an array a view shows, by where both lie in memory.

Each value of the arrays here says its own row and column.
"""

import numpy as np
import pytest

from forebear.capture.passage import SAME, Columns, Feed, Origin
from forebear.capture.views import rows_and_columns

WIDTH = 6
SOURCE = Origin(artifact="table")


def columns_of(array):
    names = tuple(map(str, range(array.shape[1]))) if array.ndim == 2 else ("",)
    return Columns(names, tuple(Feed(frozenset({(SOURCE, name)})) for name in names))


def seen(view, known):
    """Rows and columns that are said to be shown; None where nothing is said."""
    found = rows_and_columns(view, known, columns_of(known))
    if found is None:
        return None
    relation, columns = found
    rows = list(range(len(known))) if relation is SAME else relation.positions().tolist()
    if columns is None:
        return rows, None
    places = [int(name or 0) for feed in columns.feeds for _, name in feed.sources]
    return rows, places


def shown(view):
    """Rows and columns that are shown in truth, by the values."""
    if view.ndim == 1:
        return (view // WIDTH).tolist(), sorted(set((view % WIDTH).tolist()))
    return (view[:, 0] // WIDTH).tolist(), (view[0] % WIDTH).tolist()


PLAIN = {
    "all": np.s_[:],
    "some rows": np.s_[2:7],
    "each third row": np.s_[1::3],
    "rows backwards": np.s_[::-1],
    "some rows backwards": np.s_[7:1:-2],
    "the last rows": np.s_[-3:],
    "one row as a table": np.s_[4:5],
    "some columns": np.s_[:, 1:4],
    "each second column": np.s_[:, ::2],
    "columns backwards": np.s_[:, ::-1],
    "some columns backwards": np.s_[:, 4:1:-1],
    "rows and columns": np.s_[3:8:2, 2:5],
    "rows and columns backwards": np.s_[8:2:-1, 5:0:-2],
    "one column": np.s_[:, 3],
    "one column of some rows": np.s_[2:6, 0],
    "one column backwards": np.s_[::-1, 5],
    "one column as a table": np.s_[:, 5:6],
}


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("index", PLAIN.values(), ids=PLAIN)
def test_plain_slices(index, order):
    known = np.array(np.arange(60).reshape(10, WIDTH), order=order)
    view = known[index]
    assert np.shares_memory(view, known)
    assert seen(view, known) == shown(view)


def test_slices_of_slices():
    known = np.arange(60).reshape(10, WIDTH)[1:9, 1:]
    view = known[::2, ::-1]
    rows, columns = shown(view)
    assert seen(view, known) == ([row - 1 for row in rows], [column - 1 for column in columns])


def test_slices_of_one_dimension():
    known = np.arange(10)
    assert seen(known[2:8:3], known) == ([2, 5], [0])
    assert seen(known[::-2], known) == ([9, 7, 5, 3, 1], [0])


def test_parts_of_more_dimensions():
    known = np.arange(60).reshape(5, 4, 3)
    rows, columns = rows_and_columns(known[1:4], known, None)
    assert (rows.positions().tolist(), columns) == ([1, 2, 3], None)


OTHER = {
    "transposed": lambda known: known.T,
    "reshaped": lambda known: known.reshape(20, 3),
    "raveled": lambda known: known.ravel(),
    "one row": lambda known: known[3],
    "diagonal": lambda known: known.diagonal(),
    "of another type": lambda known: known.view("int32"),
    "with one more dimension": lambda known: known[:, :, None],
    "with steps over both": lambda known: known.reshape(-1)[::7],
    "the same row again and again": lambda known: np.broadcast_to(known[2], (10, WIDTH)),
}


@pytest.mark.parametrize("make", OTHER.values(), ids=OTHER)
def test_other_views_say_nothing(make):
    known = np.arange(60).reshape(10, WIDTH)
    assert seen(make(known), known) is None


def test_a_view_that_begins_before_says_nothing():
    whole = np.arange(60).reshape(10, WIDTH)
    assert seen(whole[1:5], whole[3:9]) is None


def test_columns_are_unknown_where_those_of_the_array_are():
    known = np.arange(60).reshape(10, WIDTH)
    relation, columns = rows_and_columns(known[2:4, 1:3], known, None)
    assert columns is None
    assert relation.positions().tolist() == [2, 3]
