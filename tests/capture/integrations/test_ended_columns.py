"""Where columns end: the operation that is told for each column that reaches nothing."""

from __future__ import annotations

import pandas as pd
import pytest

from .recording import recording


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame({"id": range(12), "a": range(12), "b": range(12), "day": [1, 2, 3] * 4})
    frame.to_csv("raw.csv", index=False)
    frame[["id"]].assign(note=1).to_csv("notes.csv", index=False)
    return tmp_path


def ended(folder, work):
    """Return, for each column of raw.csv that is in nothing of the result, where it ended."""
    with recording(folder) as record:
        work(pd.read_csv("raw.csv")).to_csv("out.csv", index=False)
    step = record.step("DataFrame.to_csv")
    return {
        name: step.operations[one.operation].name
        for one in step.flows[0].ended
        for place, name in one.columns
        if place == 0
    }


def test_columns_end_where_the_table_loses_them(folder):
    assert ended(folder, lambda f: f.drop(columns="b")[["id", "a"]]) == {
        "b": "drop",
        "day": "select",
    }


def test_a_figure_on_the_side_ends_nothing(folder):
    def work(frame):
        kept = frame[["a", "b"]]
        return kept - frame[["a", "b"]].assign(b=frame["b"].mean()).mean()

    assert ended(folder, work) == {"id": "select", "day": "select"}


def test_a_column_goes_on_in_what_is_made_of_it(folder):
    def work(frame):
        frame = frame.assign(age=frame["id"] * 2).drop(columns="id")
        return frame.rename(columns={"b": "c"})[["a", "c"]]

    assert ended(folder, work) == {"id": "select", "day": "select"}


def test_a_key_of_a_join_is_that_of_both_sides(folder):
    def work(frame):
        return pd.read_csv("notes.csv").merge(frame, on="id").drop(columns=["id"])[["a", "note"]]

    with recording(folder) as record:
        work(pd.read_csv("raw.csv")).to_csv("out.csv", index=False)
    step = record.step("DataFrame.to_csv")
    last = {step.operations[one.operation].name: one.columns for one in step.flows[0].ended}
    assert {name for _, name in last["drop"]} == {"id"}
    assert len(last["drop"]) == 2


def test_arrays_that_are_done_again_tell_their_line(folder):
    def work(frame):
        values = frame[["a", "b"]].to_numpy() / 10
        return pd.DataFrame(values, columns=["x", "y"])

    assert ended(folder, work) == {"id": "select", "day": "select"}
