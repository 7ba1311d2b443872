"""What people read of a profile fits 100 columns and says what is not known."""

from __future__ import annotations

import pandas as pd
import pytest

from forebear.client.lines import WIDTH, as_text
from forebear.client.profile_text import profile_lines
from forebear.core.personal import personal_class
from forebear.core.profiles import seal
from forebear.engines.profile import profile_frame
from forebear.ops.profiles import answer_of


def told(frame: pd.DataFrame, columns: list[str] | None = None, **more: bool) -> str:
    profile = seal(profile_frame(frame, **more), personal=personal_class)
    return as_text(profile_lines(answer_of(profile, title="t", columns=columns)))


ODD = pd.DataFrame(
    {
        "one": [7] * 20,
        "x": [1.5, float("inf"), -2.0, None] * 5,
        "tags": [[1], [1, 2]] * 10,
        "inner": [{"a": 1}] * 20,
        "mixed": [1, "x"] * 10,
        "nothing": [None] * 20,
        "email": ["a@example.org"] * 20,
        "at": pd.date_range("2024-01-01", periods=20, freq="30D"),
        "soon": pd.date_range("2024-01-01", periods=20, freq="min"),
        "a name that is much longer than there is room for": ["Bern"] * 12 + ["\\x1b[31mChur"] * 8,
    }
)


@pytest.mark.parametrize(
    "line",
    [
        "always 7",
        "-2 ‥ -2 ‥ 1.5   5 infinite",
        "1 to 2 items, 1.5 on average",
        "by reference: what is inside was not looked at",
        "values of several types",
        "no value",
        "values not kept: email",
        "2024-01-01 ‥ 2024-09-27 ‥ 2025-07-24",
        "2024-01-01 ‥ 2024-01-01 00:19:00",
        "Bern 60.0%",
        "a name that is much…",
    ],
)
def test_each_kind_of_column_has_its_words(line: str) -> None:
    assert line in told(ODD)


def test_lines_fit() -> None:
    wide = pd.DataFrame({f"c{place}": [f"value {place}" * 9] * 20 for place in range(70)})
    for text in (told(ODD), told(wide)):
        assert max(map(len, text.splitlines())) <= WIDTH
    assert "and 10 more columns; --json has all" in told(wide)


def test_few_columns_are_told_whole() -> None:
    frame = pd.DataFrame({"n": range(100), "s": ["a", "b"] * 50})
    text = told(frame, ["n"])
    assert "quantile 0.25  24" in text
    assert "kurtosis       1.8" in text
    assert "a       50 rows" in told(frame)


def test_correlations_are_of_the_columns_that_are_told() -> None:
    frame = pd.DataFrame({"a": range(50), "b": [2 * i for i in range(50)], "c": [1, 2] * 25})
    assert "+1.000  a  b" in told(frame, correlations=True)
    assert "Correlations" not in told(frame, ["a"], correlations=True)


def test_no_number_is_cut_where_there_is_no_room_for_it():
    long = "a name of twenty-one!"
    times = pd.to_datetime(["2024-01-01 10:00:00", "2024-01-01 11:30:00", "2024-01-01 23:59:59"])
    frame = pd.DataFrame(
        {
            long: [*times] * 400,
            "huge": [-123456789, 123456788, 123456787] * 400,
            "both": [1.2345e-7, float("inf"), 9.8765e17] * 400,
        }
    )
    lines = told(frame).splitlines()
    table = lines[lines.index(next(one for one in lines if one.startswith("column"))) + 1 :][:3]
    assert all(len(one) <= WIDTH and not one.endswith("…") for one in table)
    assert table[1].endswith("123,456,788")
    assert "2024-01-01 10:00:00" in table[0]
    assert table[0].endswith("2024-01-01 23:59:59")
