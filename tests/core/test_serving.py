import math
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forebear.core.recalls import RECALL, Recall
from forebear.core.serving import (
    USAGE,
    InputColumn,
    Latency,
    Usage,
    bucket_of,
    counts,
    middle_of,
    size_of,
)

START = datetime(2026, 3, 1, tzinfo=UTC)
durations = st.lists(st.integers(0, 10**11), max_size=40)


def of(values):
    whole = Latency()
    for value in values:
        whole = whole.with_one(value)
    return whole


@given(st.integers(0, 2**60))
def test_a_bucket_holds_what_is_about_its_middle(value):
    assert abs(middle_of(bucket_of(value)) - value) <= value / 16


@given(durations, durations)
def test_parts_add_up_to_the_whole_in_any_order(one, two):
    assert of(one).plus(of(two)) == of(two + one)


@given(durations.filter(len))
def test_quantiles_are_near_the_true_ones(values):
    found = of(values).quantile(0.5)
    true = sorted(values)[math.ceil(len(values) / 2) - 1]
    assert abs(found - true) <= true / 16


@given(st.floats(1e-300, 1e300), st.floats(1e-300, 1e300))
def test_sizes_keep_the_order_of_numbers(one, two):
    assert (size_of(one) <= size_of(two)) == (one <= two) or size_of(one) == size_of(two)


def test_windows_add_up_and_come_back_from_their_statement():
    column = InputColumn(count=3, numbers=2, total=5.0, squares=13.0, positive=counts({9: 2}))
    one = Usage(start=START, end=START, calls=2, callers={"web": 2}, inputs={"age": column})
    later = START + timedelta(hours=1)
    two = Usage(start=later, end=later, calls=1, latency=of([5]), inputs={"fare": column})
    whole = Usage.sum([two, one])
    assert (whole.start, whole.end, whole.calls) == (START, later, 3)
    assert set(whole.inputs) == {"age", "fare"}
    assert whole.plus(one).inputs["age"].positive == [(9, 4)]
    event = USAGE.say("run", whole, key="w")
    again = msgspec.json.decode(msgspec.json.encode(event.value))
    assert msgspec.convert(again, Usage) == whole


def test_nothing_adds_up_to_nothing():
    assert Usage.sum([]) is None
    assert Latency().quantile(0.5) is None


def test_a_recall_without_a_known_severity_is_refused():
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"title": "x", "reason": "y", "severity": "dire"}, Recall)
    event = RECALL.say("data:adult", Recall(title="adult", reason="wrong labels"), key="r")
    assert event.value == {"title": "adult", "reason": "wrong labels"}
