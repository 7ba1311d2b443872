from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest

from forebear.capture.serving.counting import Calls, Window
from forebear.capture.serving.inputs import Inputs, taken
from forebear.core.clock import now
from forebear.core.serving import size_of


def said(*inputs, **more):
    sums = Inputs(**more)
    for one in inputs:
        sums.add(taken(one))
    return sums


FRAME = {"age": [30, 40], "plan": ["gold", "none"], "fare": [1.5, math.nan]}


@pytest.mark.parametrize(
    "inputs",
    [
        pd.DataFrame(FRAME),
        pl.DataFrame(FRAME),
        [{"age": 30, "plan": "gold", "fare": 1.5}, {"age": 40, "plan": "none", "fare": math.nan}],
    ],
    ids=["pandas", "polars", "rows"],
)
def test_frames_and_rows_are_counted_alike(inputs):
    found = said(inputs, categories={"plan": ["gold"]})
    assert found.rows == 2
    columns = found.said()
    age, plan, fare = (columns[name] for name in ("age", "plan", "fare"))
    assert (age.numbers, age.mean, age.positive) == (2, 35.0, [(size_of(30), 1), (size_of(40), 1)])
    assert (plan.texts, plan.categories, plan.others, plan.lengths) == (2, {"gold": 1}, 1, [(4, 2)])
    assert (fare.nulls, fare.numbers) == (1, 1)


def test_arrays_have_columns_by_their_places():
    columns = said(np.array([[1.0, -2.0], [0.0, 4.0]])).said()
    assert (columns["0"].zeros, columns["1"].negative) == (1, [(size_of(2), 1)])
    assert said(np.arange(3)).rows == 3
    assert said([1, 2, 3]).rows == 1
    assert said(np.zeros((2, 2, 2))).rows == 0


def test_no_text_is_held_or_said():
    secret = "somebody@example.org"
    held = taken({"who": secret * 100, "note": "x"})
    assert secret not in repr(held)
    column = said({"who": secret}).said()["who"]
    assert secret not in repr(column)
    assert (column.texts, column.categories) == (1, {})


def test_what_is_held_is_bounded():
    many = [list(range(1000))] * 1000
    assert sum(map(len, taken(many))) <= 256
    wide = said({f"c{n}": n for n in range(1000)})
    assert len(wide.said()) == 200
    assert "x" * 100 not in said({"x" * 100: 1}).said()


def test_numbers_of_all_sizes_are_counted():
    values = [1e308, -1e308, 5e-324, 10**400, math.inf, True, np.float32(2), np.int64(3)]
    column = said(*[{"v": v} for v in values]).said()["v"]
    assert column.count == len(values)
    assert column.numbers + column.others == len(values)
    assert math.isfinite(column.total)


def test_calls_that_come_too_fast_are_counted_all_the_same():
    woken = []
    calls = Calls(lambda: woken.append(True))
    window = Window(now(), str)
    for _ in range(70_000):
        calls.add(1000, "web", False)
    window.add(calls)
    usage = window.said("app.py")
    assert (usage.calls, usage.unmeasured) == (70_000, 70_000 - 65_536)
    assert usage.latency.count == 65_536
    assert woken


def test_callers_are_bounded():
    calls, window = Calls(lambda: None), Window(now(), str)
    for place in range(3000):
        calls.add(1, f"caller {place}", False)
    window.add(calls)
    callers = window.said(None).callers
    assert len(callers) == 1001
    assert callers["others"] == 2000


def test_windows_begin_on_the_hour():
    start = Window.start_of(now(), timedelta(hours=1))
    assert (start.minute, start.second, start.microsecond) == (0, 0, 0)
    assert timedelta(0) <= now() - start < timedelta(hours=1)
