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
