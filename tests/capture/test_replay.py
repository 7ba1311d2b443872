"""What the code did to arrays, done again on values that are still there.

Each case is a function of its own: its local names are what is looked at.
"""

import numpy as np
import pandas as pd
import pytest

from forebear.capture import replay
from forebear.capture.flows import own_columns
from forebear.capture.passage import SAME, Origin, names_of
from forebear.capture.replay import replayed
from forebear.capture.tracker import Tracker

random = np.random.default_rng(3)


class World:
    """A tracker with known arrays, and what is asked of it."""

    def __init__(self):
        self.tracker = Tracker()

    def know(self, thing, name):
        origin = Origin(artifact=name)
        origin.columns = own_columns(origin, names_of(thing))
        self.tracker.bind(thing, origin)
        return thing

    def ask(self, thing):
        """Rows and columns of what a thing comes from, by artifact; None where not found."""
        origin = replayed(self.tracker, thing)
        if origin is None:
            return None
        rows = {source.artifact: positions(way, thing) for source, way in origin.rows.items()}
        feeds = origin.columns.feeds if origin.columns is not None else ()
        columns = [
            "+".join(sorted(f"{one.artifact}.{column}" for one, column in feed.sources))
            for feed in feeds
        ]
        return rows, columns


def positions(way, thing):
    if way is None:
        return None
    return list(range(len(thing))) if way is SAME else way.positions().tolist()


@pytest.fixture
def world():
    return World()


def table():
    return random.normal(size=(8, 3)).round(3)


ALL = list(range(8))
COLUMNS = ["a.0", "a.1", "a.2"]


# Rows -------------------------------------------------------------------------------------------


def test_a_mask(world):
    a = world.know(table(), "a")
    mask = a[:, 0] > 0
    chosen = a[mask]
    assert world.ask(chosen) == ({"a": np.flatnonzero(mask).tolist()}, COLUMNS)


def test_a_mask_that_is_negated_and_joined(world):
    a = world.know(table(), "a")
    rest = a[~((a[:, 0] > 0) & (a[:, 1] > -1))]
    expected = np.flatnonzero(~((a[:, 0] > 0) & (a[:, 1] > -1))).tolist()
    assert world.ask(rest) == ({"a": expected}, COLUMNS)


def test_a_mask_of_another_known_array(world):
    a = world.know(table(), "a")
    y = world.know(np.array([0, 1, 1, 0, 2, 1, 0, 1]), "y")
    ones = a[y == 1]
    assert world.ask(ones) == ({"a": [1, 2, 5, 7]}, COLUMNS)


def test_fancy_indices(world):
    a = world.know(table(), "a")
    index = np.array([5, 2, 2, 0])
    chosen = a[index]
    assert world.ask(chosen) == ({"a": [5, 2, 2, 0]}, COLUMNS)


def test_a_permutation_cut_in_two(world):
    a = world.know(table(), "a")
    order = np.random.default_rng(7).permutation(len(a))
    train, test = a[order[:5]], a[order[5:]]
    assert world.ask(train) == ({"a": order[:5].tolist()}, COLUMNS)
    assert world.ask(test) == ({"a": order[5:].tolist()}, COLUMNS)


def test_slices_with_names_for_their_ends(world):
    a = world.know(table(), "a")
    cut = int(len(a) * 0.5)
    head = a[:cut] * 1.0
    tail = a[cut::2] + 0
    assert world.ask(head) == ({"a": [0, 1, 2, 3]}, COLUMNS)
    assert world.ask(tail) == ({"a": [4, 6]}, COLUMNS)


def test_rows_and_columns_at_once(world):
    a = world.know(table(), "a")
    part = a[[1, 3]][:, [2, 0]]
    assert world.ask(part) == ({"a": [1, 3]}, ["a.2", "a.0"])


def test_deleted_rows_and_columns(world):
    a = world.know(table(), "a")
    fewer = np.delete(a, [0, 4], axis=0)
    narrow = np.delete(a, 1, axis=1)
    assert world.ask(fewer) == ({"a": [1, 2, 3, 5, 6, 7]}, COLUMNS)
    assert world.ask(narrow) == ({"a": ALL}, ["a.0", "a.2"])


# Columns ----------------------------------------------------------------------------------------


def test_columns_beside_each_other(world):
    a, b = world.know(table(), "a"), world.know(table(), "b")
    both = np.column_stack([a[:, 0], b, a[:, 1] * 2])
    assert world.ask(both) == ({"a": ALL, "b": ALL}, ["a.0", "b.0", "b.1", "b.2", "a.1"])


def test_rows_below_each_other(world):
    a, b = world.know(table(), "a"), world.know(table(), "b")
    both = np.vstack([a, b])
    rows, columns = world.ask(both)
    assert rows == {"a": [*ALL, *[-1] * 8], "b": [*[-1] * 8, *ALL]}
    assert columns == ["a.0+b.0", "a.1+b.1", "a.2+b.2"]


def test_the_same_array_twice_below_each_other(world):
    a = world.know(table(), "a")
    twice = np.concatenate([a[:2], a[6:]])
    assert world.ask(twice) == ({"a": [0, 1, 6, 7]}, COLUMNS)


def test_arithmetic_keeps_rows_and_columns(world):
    a = world.know(table(), "a")
    scaled = (a - 1.5) / 2
    assert world.ask(scaled) == ({"a": ALL}, COLUMNS)


def test_arithmetic_with_figures_of_the_same_array(world):
    a = world.know(table(), "a")
    normal = (a - a.mean(axis=0)) / a.std(axis=0)
    assert world.ask(normal) == ({"a": ALL}, COLUMNS)


def test_arithmetic_of_two_arrays(world):
    a, b = world.know(table(), "a"), world.know(table(), "b")
    summed = a[:, 0] * 2 + b[:, 2]
    assert world.ask(summed) == ({"a": ALL, "b": ALL}, ["a.0+b.2"])


def test_functions_that_work_row_by_row(world):
    a = world.know(table(), "a")
    logs = np.log1p(np.abs(a))
    clipped = a.clip(-1, 1).astype("float32")
    assert world.ask(logs) == ({"a": ALL}, COLUMNS)
    assert world.ask(clipped) == ({"a": ALL}, COLUMNS)


def test_a_choice_between_values_is_of_the_values(world):
    a, b = world.know(table(), "a"), world.know(table(), "b")
    chosen = np.where(a[:, 0] > 0, b[:, 1], b[:, 2])
    flags = np.where(a[:, 0] > 0, 1, 0)
    assert world.ask(chosen) == ({"b": ALL}, ["b.1+b.2"])
    assert world.ask(flags) == ({"a": ALL}, ["a.0"])


def test_figures_over_rows_hold_no_row(world):
    a = world.know(table(), "a")
    means = a.mean(axis=0)
    rows, _ = world.ask(means)
    assert rows == {"a": None}


def test_columns_of_a_frame(world):
    frame = world.know(pd.DataFrame(table(), columns=["x", "y", "z"]), "f")
    values = frame[["z", "x"]].to_numpy() * 2
    one = np.log1p(frame["y"].to_numpy() ** 2)
    assert world.ask(values) == ({"f": ALL}, ["f.z", "f.x"])
    assert world.ask(one) == ({"f": ALL}, ["f.y"])


def test_names_given_one_after_the_other(world):
    a = world.know(table(), "a")
    middle = a[2:6] * 2
    last = middle[[3, 0]] + 1
    del middle
    assert world.ask(last) == ({"a": [5, 2]}, COLUMNS)


def test_parts_of_a_tuple(world):
    a = world.know(table(), "a")
    left, right = a[:4] * 1.0, a[4:] * 1.0
    assert world.ask(left) == ({"a": [0, 1, 2, 3]}, COLUMNS)
    assert world.ask(right) == ({"a": [4, 5, 6, 7]}, COLUMNS)


def inner(world, X):
    scaled = X * 3
    return world.ask(scaled)


def test_arguments_of_functions(world):
    a = world.know(table(), "a")
    assert inner(world, a) == ({"a": ALL}, COLUMNS)


# What is not claimed ------------------------------------------------------------------------------


def test_a_name_that_was_given_anew(world):
    a = world.know(table(), "a")
    made = a * 2
    a = world.know(table(), "b")
    assert world.ask(made) is None
    assert a is not made


def test_values_that_were_changed_in_place_since(world):
    a = world.know(table(), "a")
    made = a * 2
    made[0, 0] = 17.0
    assert world.ask(made) is None


def test_a_source_that_was_changed_in_place_since(world):
    a = world.know(table(), "a")
    made = a * 2
    a[3] = 0.0
    assert world.ask(made) is None


def test_a_variable_that_changed_in_between(world):
    a = world.know(table(), "a")
    factor = 2
    made = a * factor
    factor = 3
    assert world.ask(made) in (None, ({"a": ALL}, COLUMNS))
    assert factor == 3


def test_functions_of_the_users_own_are_never_called(world):
    calls = []

    def scaled(values):
        calls.append(1)
        return values * 2

    a = world.know(table(), "a")
    made = scaled(a) + 0
    calls.clear()
    assert world.ask(made) is None
    assert calls == []


class Loud:
    """A class of the user's own that answers to operators."""

    calls = 0
    __array_ufunc__ = None

    def __init__(self, values):
        self.values = values

    def __rmul__(self, other):
        Loud.calls += 1
        return other * self.values

    def __getitem__(self, index):
        Loud.calls += 1
        return self.values[index]


def test_operators_of_the_users_own_are_never_called(world):
    a = world.know(table(), "a")
    loud = Loud(2.0)
    made = a * loud
    Loud.calls = 0
    assert world.ask(made) is None
    assert Loud.calls == 0


def test_brackets_of_the_users_own_are_never_asked(world):
    a = world.know(table(), "a")
    holder = Loud(a)
    part = holder[[2, 3]] * 1.0
    Loud.calls = 0
    world.ask(part)
    assert Loud.calls == 0


class Quiet(np.ndarray):
    """An array of the user's own."""

    calls = 0

    def __mul__(self, other):
        Quiet.calls += 1
        return super().__mul__(other)


def test_arrays_of_the_users_own_are_never_asked(world):
    a = world.know(table(), "a")
    own = a.view(Quiet)
    made = np.asarray(own * 2)
    Quiet.calls = 0
    assert world.ask(made) is None
    assert Quiet.calls == 0


def test_names_inside_a_loop_are_those_of_the_last_round(world):
    a = world.know(table(), "a")
    for start in (0, 4):
        part = a[start : start + 4] * 2
    assert world.ask(part) in (None, ({"a": [4, 5, 6, 7]}, COLUMNS))


def test_huge_arrays_are_left_alone(world, monkeypatch):
    a = world.know(table(), "a")
    made = a * 2
    monkeypatch.setattr(replay, "_MOST_BYTES", 100)
    assert world.ask(made) is None


def test_nothing_known_gives_nothing(world):
    a = table()
    made = a * 2
    assert world.ask(made) is None


def test_nothing_random_is_drawn_again(world):
    a = world.know(table(), "a")
    noise = np.random.default_rng(0)
    before = noise.bit_generator.state
    made = a + 0.0
    made = made + np.random.default_rng(0).normal(size=a.shape)
    assert world.ask(made) is None
    assert noise.bit_generator.state == before
