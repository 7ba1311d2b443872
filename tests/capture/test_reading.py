import numpy as np
import pytest

from forebear.capture.reading import origins_in_code
from forebear.capture.tracker import Origin, Tracker


@pytest.fixture
def tracker():
    return Tracker()


def raw(tracker, name):
    array = np.arange(12.0).reshape(6, 2)
    tracker.bind(array, Origin(artifact=name))
    return array


def behind(tracker, thing):
    return {origin.artifact for origin in origins_in_code(tracker, thing)}


def test_assignments_are_followed_back(tracker):
    one, two = raw(tracker, "one"), raw(tracker, "two")
    scale = two.max() + 1
    mixed = one * 3
    mixed = np.log1p(mixed)
    mixed += scale
    other = two - 1
    assert behind(tracker, mixed) == {"one", "two"}
    assert behind(tracker, other) == {"two"}


def test_a_name_given_anew_later_counts_as_it_was(tracker):
    first = raw(tracker, "one")
    made = first * 2
    first = raw(tracker, "two")
    assert behind(tracker, made) == set()
    assert first is not made


def test_loops_and_tuples(tracker):
    data = raw(tracker, "one")
    for row in data:
        halves, rest = row / 2, 0
        assert behind(tracker, halves) == {"one"}
        assert rest == 0


def passed_on(tracker, argument):
    return behind(tracker, argument)


def test_arguments_are_known_by_the_expression_that_made_them(tracker):
    table, labels = raw(tracker, "table"), raw(tracker, "labels")[:, 0].copy()
    tracker.bind(labels, Origin(artifact="labels"))
    chosen = [0, 2]
    assert passed_on(tracker, table[chosen]) == {"table"}
    assert passed_on(tracker, labels[chosen] + table.size) == {"labels"}


def test_models_and_functions_are_no_sources(tracker):
    class Model:
        def fit(self):
            return np.zeros(3)

    model = Model()
    tracker.bind(model, Origin(artifact="model"))
    out = model.fit() + 1
    assert behind(tracker, out) == set()


def test_values_do_not_outlive_their_function(tracker):
    import weakref

    class Big(list):
        pass

    def work():
        big, unknown = Big(), np.zeros(3)
        watch = weakref.ref(big)
        origins_in_code(tracker, unknown)
        del big
        return watch()

    assert work() is None
