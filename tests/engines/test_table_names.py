"""Names, indexes and mixed columns of tables."""

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from told import column, digest, look, objects

from forebear.engines.columns import struct_word


def test_a_default_or_unnamed_number_index_is_no_content() -> None:
    base = pd.DataFrame({"a": [1, 2, 3]})
    filtered = pd.DataFrame({"a": [1, 0, 2, 3]}).query("a > 0")
    same = [
        filtered,
        base.set_index(pd.Index([7, 8, 9])),
        base.set_index(pd.Index([9.0, 1, 2]).astype("uint8")),
    ]
    assert {digest(table) for table in same} == {digest(base)}
    arrow = pa.Table.from_pandas(filtered)
    assert "__index_level_0__" in arrow.column_names
    assert digest(arrow) == digest(pl.from_arrow(arrow)) == digest(base)


@pytest.mark.parametrize(
    "index",
    [
        pd.Index(["x", "y"]),
        pd.Index([5, 6], name="id"),
        pd.RangeIndex(5, 7, name="id"),
        pd.RangeIndex(5, 9, 2, name="id"),
        pd.DatetimeIndex(["2020-01-01", "2020-01-02"]),
        pd.Index([0.5, 1.5]),
        pd.CategoricalIndex(["u", "v"]),
        pd.MultiIndex.from_tuples([(1, "u"), (2, "v")]),
        pd.MultiIndex.from_tuples([(1, "u"), (2, "v")], names=["n", None]),
        pd.Index(["x", "y"], name="a"),
        pd.interval_range(0, 2),
    ],
    ids=lambda index: f"{type(index).__name__}-{index.names[0]}",
)
def test_any_other_index_is_columns_as_in_arrow(index: pd.Index) -> None:
    base = pd.DataFrame({"a": [1, 2]})
    indexed = base.set_axis(index, axis=0)
    assert digest(indexed) != digest(base)
    assert digest(indexed) != digest(indexed.iloc[::-1].set_axis(index, axis=0))
    assert digest(indexed) != digest(base.set_axis(index[::-1], axis=0))
    assert digest(pa.Table.from_pandas(indexed)) == digest(indexed)


def test_numbers_in_a_row_are_content_as_a_named_index() -> None:
    base = pd.DataFrame({"id": [5, 6, 7], "x": [1.0, 2.0, 3.0]})
    indexed = base.set_index("id")
    assert digest(indexed) == digest(base[["x", "id"]])
    assert digest(indexed) != digest(base.assign(id=[6, 7, 8]).set_index("id"))
    arrow = pa.Table.from_pandas(indexed)
    assert digest(arrow) == digest(arrow.to_batches()[0]) == digest(indexed)
    assert digest(arrow.slice(1)) == digest(base[["x"]].iloc[1:])
    for note in (b"{", b"{}", b'{"index_columns": [{"name": "id"}]}', b'{"index_columns": ["id"]}'):
        assert digest(arrow.replace_schema_metadata({"pandas": note})) == digest(base[["x"]])
    taken = base.set_index(pd.RangeIndex(5, 8, name="x"))
    assert digest(taken) == digest(pa.Table.from_pandas(taken)) == digest(base)
    filtered = indexed[indexed["x"] != 2]
    assert digest(filtered) == digest(pa.Table.from_pandas(filtered))


# Names


def test_names_that_are_no_text_say_so() -> None:
    number, text = pd.DataFrame({0: [1]}), pd.DataFrame({"0": [1]})
    assert look(number).columns == look(text).columns
    assert digest(number) != digest(text)
    assert digest(pd.DataFrame({np.int64(0): [1]})) == digest(number)
    pairs = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2)]))
    assert [c.name for c in look(pairs).columns] == ["('a', 1)", "('a', 2)"]


def test_names_may_repeat() -> None:
    twice = pd.DataFrame([[1, 2.5]], columns=["a", "a"])
    assert [c.type for c in look(twice).columns] == ["int64", "float64"]
    assert digest(twice) == digest(pa.Table.from_arrays([[1], [2.5]], names=["a", "a"]))


def test_half_a_surrogate_pair_is_no_reason_to_fail() -> None:
    broken = "\ud800"
    values = [np.array([text], dtype=object) for text in (broken, "\ud801")]
    assert digest(values[0]) != digest(values[1])
    assert struct_word([(broken, "int8")]) != struct_word([("\ud801", "int8")])


def test_a_lone_column_is_a_table_of_one() -> None:
    series = pd.Series([1.5, 2.5], name="y")
    assert look(series) == look(series.to_frame()) == look(pl.Series("y", [1.5, 2.5]))
    assert look(series).columns[0].digest == look(series.to_numpy()).columns[0].digest
    assert look(series).form == "table"
    assert look(series.to_numpy()).form == "array"
    unnamed = [pd.Series([1, 2]), pl.Series([1, 2]), pa.array([1, 2]), pa.chunked_array([[1], [2]])]
    assert {digest(values) for values in [*unnamed, pd.Index([1, 2])]} == {digest(unnamed[0])}
    levels = pd.MultiIndex.from_tuples([("a", 1)], names=["x", "y"])
    assert [c.name for c in look(levels).columns] == ["x", "y"]


# Objects that share no type


def test_mixed_columns_count_every_value() -> None:
    values = [1, "1", b"1", 1.0, True, None, Decimal(1), dt.date(2020, 1, 1), (1, "a"), {"k": "v"}]
    values += [{1, "x"}, 1j, 2**70, dt.time(1, tzinfo=dt.UTC), np.array([1, 2]), np.float32(1)]
    values += [dt.datetime(2020, 1, 1), dt.timedelta(1), np.array(["a", 1], dtype=object)]
    base = look(objects(values))
    assert base.columns[0].type == "mixed"
    assert base.gaps == []
    seen = {base.digest}
    for i, value in enumerate(values):
        if value is not None:
            seen.add(digest(objects([*values[:i], None, *values[i + 1 :]])))
    assert len(seen) == len(values)
    singles = {column(objects(["mixed", 0, value]))[1] for value in values}
    assert len(singles) == len(values)


def test_mixed_values_have_one_form() -> None:
    one = objects(["x", 0, {"a": 1, "b": {3, 1, 2}}, np.int64(5), -0.0])
    two = objects(["x", 0, {"b": {2, 1, 3}, "a": 1}, 5, 0.0])
    assert digest(one) == digest(two)


def test_numbers_are_joined_only_without_loss() -> None:
    assert column(objects([1, 2.5])) == column(np.array([1.0, 2.5]))
    assert column(objects([2**53 + 1, 2.5]))[0] == "mixed"
    assert column(objects([2**63, 1])) == column(np.array([2**63, 1], dtype="u8"))
    assert column(objects([2**63, -1]))[0] == "mixed"
    assert column(objects([2**70]))[0] == "mixed"
    assert column(objects([np.int8(1), np.int32(2)])) == column(np.array([1, 2], dtype="int32"))
    assert column(objects([np.uint64(1), np.int8(2)]))[0] == "mixed"
    assert column(objects([True, 1]))[0] == "mixed"
    assert column(objects([1 + 2j, 1]))[0] == "mixed"
    assert column(objects([np.complex64(1), 1]))[0] == "mixed"
    assert column(objects([np.timedelta64(1, "Y")]))[0] == "mixed"
    assert column(objects(["a", b"a"]))[0] == "mixed"
    assert column(objects([dt.date(2020, 1, 1), dt.datetime(2020, 1, 1)]))[0] == "mixed"
    assert (
        column(objects([dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 1, tzinfo=dt.UTC)]))[0]
        == "mixed"
    )
    assert column(objects([{1: 2}]))[0] == "mixed"
    assert column(objects([np.array(1)]))[0] == "mixed"
    assert column(objects([[1, "a"]]))[0] == "list<mixed>"


def test_what_cannot_be_written_is_said() -> None:
    found = look(pd.DataFrame({"a": [1, 2], "model": objects([object(), None])}))
    assert found.gaps == [
        "Column 'model' holds what only its type was digested of: builtins.object."
    ]
    other = look(pd.DataFrame({"a": [1, 3], "model": objects([object(), None])}))
    assert other.digest != found.digest
    loop: list[Any] = []
    loop.append(loop)
    assert "holds itself" in look(objects([loop])).gaps[0]
    assert look(pl.Series([object()], dtype=pl.Object)).gaps


# What is a table
