"""Which rows and columns pass through the operations of pandas."""

import pandas as pd
import pytest

from .pandas_operations import CASES, NUMBER, Case, bonuses, carried, labels, people
from .passages import Passed, passage_to, reach
from .recording import recording

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def recorded(request, tmp_path_factory) -> tuple[Case, Passed]:
    """A case, and what was recorded of it."""
    folder = tmp_path_factory.mktemp("case")
    people().to_csv(folder / "people.csv", index=False)
    bonuses().to_csv(folder / "bonus.csv", index=False)
    with recording(folder) as record:
        frame = pd.read_csv("people.csv")
        bonus = pd.read_csv("bonus.csv")
        artifact = reach(record, request.param.do(frame, bonus))
    return request.param, passage_to(record, artifact)


def test_rows(recorded):
    case, passed = recorded
    made = numbered(case)
    expected = {"frame": listed((case.rows or labels)(made))}
    if case.bonus is not None:
        expected["bonus"] = listed(case.bonus(made))
    assert {name: passed.rows.get(name) for name in expected} == expected


def test_columns(recorded):
    case, passed = recorded
    expected = {}
    for name, told in case.columns.items():
        words = [name] if told == "=" else told.split()
        expected[name] = {word if "." in word else f"frame.{word}" for word in words}
    assert passed.columns == expected


def test_columns_that_decide_about_rows(recorded):
    case, passed = recorded
    assert set(case.by.split()) <= passed.by


def numbered(case):
    """What the operation makes of frames with their row numbers, where these can be carried."""
    frame, other = people(), bonuses()
    if case.rows is carried:
        frame[NUMBER] = range(len(frame))
    if case.bonus is carried:
        other["other"] = range(len(other))
    return case.do(frame, other)


def listed(found):
    """Row numbers as a list for each row; none for NaN and -1."""
    if found is None:
        return None
    rows = [one if isinstance(one, list) else [one] for one in found]
    return [sorted(int(one) for one in row if one == one and one >= 0) for row in rows]


@pytest.mark.parametrize("how", ["inner", "left", "right", "outer"])
@pytest.mark.parametrize("by", ["key", "index"])
def test_a_join_counts_the_rows_of_its_left_side(tmp_path, monkeypatch, how, by):
    monkeypatch.chdir(tmp_path)
    left = pd.DataFrame({"plan": [0, 1, 2, 0, 1, 7], "a": range(6)})
    right = pd.DataFrame({"plan": [0, 1, 2], "price": [5, 6, 7]})
    left.to_csv("left.csv", index=False)
    right.to_csv("right.csv", index=False)
    with recording(tmp_path) as record:
        one, two = pd.read_csv("left.csv"), pd.read_csv("right.csv")
        if by == "key":
            made = one.merge(two, on="plan", how=how)
        else:
            made = one.join(two.set_index("plan"), on="plan", how=how)
        made.to_csv("out.csv", index=False)
    step = record.step("DataFrame.to_csv")
    (join,) = [each for each in step.operations if each.name in {"merge", "join"}]
    assert (join.rows_in, join.rows_out) == (6, len(made))


@pytest.mark.parametrize("figure", ["mean", "median", "std", "max"])
def test_figures_of_all_columns_are_no_operation_that_nobody_knows(tmp_path, monkeypatch, figure):
    monkeypatch.chdir(tmp_path)
    pd.DataFrame({"a": [1.0, None, 3.0], "b": [4.0, 5.0, None]}).to_csv("in.csv", index=False)
    with recording(tmp_path) as record:
        frame = pd.read_csv("in.csv")
        frame.fillna(getattr(frame, figure)()).to_csv("out.csv", index=False)
    operations = {one.name: one for one in record.step("DataFrame.to_csv").operations}
    assert not operations[figure].unknown
    assert operations["fillna"].pooled
