import datetime as dt
import io
import subprocess
import sys
import zoneinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from forebear.core.errors import Unreadable
from forebear.engines.columns import struct_word
from forebear.engines.tables import Fingerprint, fingerprint, is_tabular


def look(table: Any) -> Fingerprint:
    found = fingerprint(table)
    assert found is not None
    return found


def digest(table: Any) -> str:
    found = look(table)
    assert found.gaps == []
    return found.digest


def column(values: Any) -> tuple[str, str | None]:
    """Return type and digest of a lone column."""
    (only,) = look(values).columns
    return only.type, only.digest


def objects(values: list[Any]) -> pd.Series:
    cells = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        cells[i] = value
    return pd.Series(cells, dtype=object)


@pytest.fixture(scope="module")
def big() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    n = 20_000
    return pd.DataFrame(
        {
            "x": rng.normal(size=n),
            "flag": rng.random(n) > 0.5,
            "when": pd.date_range("2024-01-01", periods=n, freq="min"),
            "city": np.where(rng.random(n) > 0.5, "Paris", "Rome"),
        }
    )


# What must differ


def test_rows_after_10_000_count(big: pd.DataFrame) -> None:
    other = big.copy()
    other.loc[15_000:, "x"] += 1
    assert digest(other) != digest(big)


def test_a_datetime_column_counts(big: pd.DataFrame) -> None:
    assert digest(big.assign(when=big["when"] + pd.Timedelta("1s"))) != digest(big)


def test_a_boolean_column_counts(big: pd.DataFrame) -> None:
    assert digest(big.assign(flag=~big["flag"])) != digest(big)


def test_a_string_column_with_a_null_counts(big: pd.DataFrame) -> None:
    one = big.copy()
    one.loc[3, "city"] = None
    two = one.copy()
    two.loc[4, "city"] = "Oslo"
    moved = big.copy()
    moved.loc[4, "city"] = None
    assert len({digest(one), digest(two), digest(moved), digest(big)}) == 4


def test_every_cell_name_type_and_order_counts() -> None:
    base = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    others = [
        base.rename(columns={"a": "c"}),
        base[["b", "a"]],
        base.astype({"a": "int32"}),
        base.astype({"a": "float64"}),
        base.iloc[::-1],
        base.iloc[:1],
        base[["a"]],
        base.assign(b=["x", "z"]),
        base.assign(b=["xy", ""]),
        pd.concat([base, base]),
        base.rename(columns={"a": 0}),
        base.rename(columns={"a": "0"}),
        base.assign(b=[b"x", b"y"]),
    ]
    assert len({digest(table) for table in [base, *others]}) == len(others) + 1


def test_times_with_and_without_zone_differ() -> None:
    naive = pd.Series(pd.to_datetime(["2020-01-01", None]))
    aware = [naive.dt.tz_localize(zone) for zone in ("UTC", "Etc/GMT", "Europe/Paris")]
    assert len({digest(series) for series in [naive, *aware]}) == 4
    assert column(naive)[0] == "timestamp"
    assert column(aware[2])[0] == "timestamp[Europe/Paris]"


def test_empty_tables_differ_by_their_columns() -> None:
    tables = [pd.DataFrame(), pd.DataFrame({"a": []}), pd.DataFrame({"b": []})]
    assert len({digest(table) for table in tables}) == 3
    assert digest(pa.table({})) == digest(pl.DataFrame()) == digest(pd.DataFrame())


# What must be equal


def test_pandas_polars_and_arrow_agree(big: pd.DataFrame) -> None:
    arrow = pa.Table.from_pandas(big)
    assert (
        digest(arrow) == digest(big) == digest(pl.from_pandas(big)) == digest(pl.from_arrow(arrow))
    )
    assert digest(arrow.to_batches()[0]) == digest(arrow)


def test_the_same_table_from_csv_and_parquet(big: pd.DataFrame, tmp_path: Path) -> None:
    big.to_csv(tmp_path / "t.csv", index=False)
    big.to_parquet(tmp_path / "t.parquet")
    pl.from_pandas(big).write_parquet(tmp_path / "polars.parquet")
    csv = pd.read_csv(tmp_path / "t.csv", parse_dates=["when"])
    tables = [
        csv,
        pd.read_parquet(tmp_path / "t.parquet"),
        pd.read_parquet(tmp_path / "t.parquet", dtype_backend="numpy_nullable"),
        pd.read_parquet(tmp_path / "t.parquet", dtype_backend="pyarrow"),
        pq.read_table(tmp_path / "t.parquet"),
        pq.read_table(tmp_path / "polars.parquet"),
        pl.read_parquet(tmp_path / "t.parquet"),
        pl.read_csv(tmp_path / "t.csv", try_parse_dates=True),
    ]
    assert {digest(table) for table in tables} == {digest(big)}


def test_chunks_slices_and_encodings_leave_no_trace(big: pd.DataFrame) -> None:
    arrow = pa.Table.from_pandas(big)
    split = pa.concat_tables([arrow.slice(0, 7), arrow.slice(7, 0), arrow.slice(7)])
    assert split.column(0).num_chunks > 1
    assert digest(split) == digest(arrow)
    assert digest(arrow.slice(100, 900)) == digest(big.iloc[100:1000])
    shuffled = pl.from_pandas(big)
    assert digest(pl.concat([shuffled[:9], shuffled[9:]], rechunk=False)) == digest(arrow)


def test_string_encodings_are_one() -> None:
    values = ["é", None, "", "bb", "bb"]
    text = pa.array(values)
    same = [
        text,
        text.cast(pa.large_string()),
        text.cast(pa.string_view()),
        text.dictionary_encode(),
        pc.run_end_encode(text),
        pa.array(["x", *values]).slice(1),
        pl.Series(values),
        pl.Series(values, dtype=pl.Categorical),
        pl.Series(values, dtype=pl.Enum(["é", "", "bb"])),
        pd.Series(values),
        pd.Series(values, dtype=pd.StringDtype("python")),
        pd.Series(values, dtype=pd.StringDtype("pyarrow")),
        pd.Series(values, dtype=pd.StringDtype("python", na_value=np.nan)),
        pd.Series(values, dtype="category"),
        pd.Series(values, dtype=pd.ArrowDtype(pa.large_string())),
        objects(values),
        objects(["é", np.nan, "", "bb", np.str_("bb")]),
        objects(["é", pd.NA, "", "bb", "bb"]),
        objects(["é", pd.NaT, "", "bb", "bb"]),
        np.array(values, dtype=object),
    ]
    assert {column(values) for values in same} == {column(text)}
    assert column(text)[0] == "string"


def test_bytes_under_a_null_do_not_count() -> None:
    data, offsets = pa.py_buffer(b"abXX"), pa.py_buffer(np.array([0, 1, 3, 4], "i4").tobytes())
    hidden = pa.Array.from_buffers(pa.string(), 3, [pa.py_buffer(b"\5"), offsets, data])
    assert hidden.to_pylist() == ["a", None, "X"]
    assert column(hidden) == column(pa.array(["a", None, "X"]))
    numbers = pa.Array.from_buffers(
        pa.int32(), 2, [pa.py_buffer(b"\1"), pa.py_buffer(np.array([1, 9], "i4").tobytes())]
    )
    assert column(numbers) == column(pa.array([1, None], pa.int32()))


def test_all_null_strings_are_still_strings() -> None:
    values = [None, None]
    same = [
        pa.array(values, pa.string()),
        pl.Series(values, dtype=pl.String),
        pd.Series(values, dtype="str"),
        pd.Series(values, dtype=pd.StringDtype("python")),
    ]
    assert {column(values)[0] for values in same} == {"string"}
    assert len({column(values) for values in same}) == 1
    untyped = [objects(values), pa.nulls(2), pl.Series(values), objects([np.nan, pd.NA])]
    assert {column(values) for values in untyped} == {column(pa.nulls(2))}


def test_nan_is_null_and_minus_zero_is_zero() -> None:
    same = [
        np.array([0.0, np.nan]),
        np.array([-0.0, np.nan]),
        pa.array([0.0, None]),
        pa.array([-0.0, float("nan")]),
        pl.Series([0.0, None]),
        pl.Series([-0.0, float("nan")]),
        pd.Series([0.0, None]),
        pd.array([0.0, None], dtype="Float64").to_numpy(dtype="float64", na_value=np.nan),
        pd.Series([0.0, None], dtype="Float64"),
        pd.Series([0.0, None], dtype="category"),
        objects([0.0, None]),
        objects([np.float64(-0.0), pd.NA]),
    ]
    assert {column(values) for values in same} == {column(same[0])}
    noisy = np.array([0, 0xFFF8000000000001], dtype="u8").view("f8")
    assert column(noisy) == column(same[0])


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "uint8", "uint64"])
def test_whole_numbers_with_nulls(dtype: str) -> None:
    values = [1, None, 100]
    same = [
        pa.array(values, getattr(pa, dtype)()),
        pl.Series(values, dtype=getattr(pl, dtype.title().replace("Ui", "UI"))),
        pd.Series(values, dtype=dtype.title().replace("Ui", "UI")),
        pd.Series(values, dtype=pd.ArrowDtype(getattr(pa, dtype)())),
        pd.Series(pd.Categorical.from_codes([0, -1, 1], np.array([1, 100], dtype=dtype))),
        objects([np.dtype(dtype).type(1), None, np.dtype(dtype).type(100)]),
    ]
    assert {column(values) for values in same} == {column(same[0])}
    assert column(same[0])[0] == dtype


def test_booleans_with_nulls() -> None:
    values = [True, None, False]
    same = [
        pa.array([False, *values]).slice(1),
        pl.Series(values),
        pd.Series(values, dtype="boolean"),
        pd.Series(values, dtype="category"),
        objects(values),
        objects([True, np.nan, np.False_]),
    ]
    assert {column(values) for values in same} == {column(same[0])}
    assert column(pa.array([True, False])) == column(np.array([True, False]))


def test_moments_are_instants() -> None:
    moments = [dt.datetime(1960, 1, 2, 3, 4, 5, 678_000), None, dt.datetime(2020, 1, 1)]
    same = [
        *(pa.array(moments, pa.timestamp(unit)) for unit in ("ms", "us", "ns")),
        *(pl.Series(moments, dtype=pl.Datetime(unit)) for unit in ("ms", "us", "ns")),
        *(pd.Series(moments).astype(f"M8[{unit}]") for unit in ("ms", "us", "ns")),
        objects(moments),
        objects([pd.Timestamp(moments[0]), pd.NaT, moments[2]]),
        objects([np.datetime64(moments[0]), np.datetime64("NaT"), np.datetime64(moments[2], "s")]),
    ]
    assert {column(values) for values in same} == {column(same[0])}
    nano = pd.Timestamp("1960-01-01 00:00:00.000000001")
    assert column(objects([nano])) == column(pd.Series([nano], dtype="M8[ns]"))
    assert column(objects([nano.to_datetime64()])) == column(objects([nano]))


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "+02:00"])
def test_moments_in_a_zone(zone: str) -> None:
    offset = dt.timezone(dt.timedelta(hours=2))
    info: dt.tzinfo = offset if zone == "+02:00" else zoneinfo.ZoneInfo(zone)
    moments = [dt.datetime(2020, 7, 1, 12, tzinfo=info), None]
    same = [
        pa.array(moments, pa.timestamp("ms", zone)),
        pa.array(moments, pa.timestamp("ns", zone)),
        pd.Series(moments, dtype=pd.DatetimeTZDtype("us", info)),
        pd.Series(pd.Categorical(pd.Series(moments, dtype=pd.DatetimeTZDtype("us", info)))),
        objects(moments),
        objects([pd.Timestamp(moments[0]), pd.NaT]),
    ]
    if zone != "+02:00":
        same.append(pl.Series(moments[:1]).dt.convert_time_zone(zone).extend_constant(None, 1))
    assert {column(values) for values in same} == {column(same[0])}
    assert column(same[0])[0] == f"timestamp[{zone}]"


def test_dates_times_and_spans() -> None:
    days = [dt.date(1960, 2, 29), None]
    same = [
        pa.array(days, pa.date32()),
        pa.array(days, pa.date64()),
        pl.Series(days),
        objects(days),
        np.array(days, dtype="M8[D]"),
        objects([np.datetime64("1960-02-29"), None]),
        pd.Series(days, dtype=pd.ArrowDtype(pa.date32())),
    ]
    assert {column(values) for values in same} == {column(same[0])}
    clocks = [dt.time(1, 2, 3, 4000), None]
    same = [
        pa.array(clocks, pa.time32("ms")),
        pa.array(clocks, pa.time64("ns")),
        pl.Series(clocks),
        objects(clocks),
    ]
    assert {column(values) for values in same} == {column(same[0])}
    spans = [dt.timedelta(days=-1, milliseconds=5), None]
    same = [
        pa.array(spans, pa.duration("ms")),
        pa.array(spans, pa.duration("ns")),
        pl.Series(spans),
        pd.Series(spans),
        objects(spans),
        objects([np.timedelta64(spans[0]), pd.NaT]),
        objects([pd.Timedelta(spans[0]), None]),
    ]
    assert {column(values) for values in same} == {column(same[0])}


def test_decimals_go_by_value() -> None:
    values = [Decimal("1.10"), None, Decimal("-200"), Decimal("0.00")]
    same = [
        pa.array(values, pa.decimal128(10, 2)),
        pa.array(values, pa.decimal256(40, 5)),
        pl.Series(values),
        objects(values),
        objects([Decimal("1.1"), Decimal("NaN"), -200, Decimal("-0")]),
        pd.Series(values, dtype=pd.ArrowDtype(pa.decimal128(10, 2))),
    ]
    assert {column(values) for values in same} == {column(same[0])}
    assert column(objects([Decimal("1E+2")])) == column(objects([Decimal(100)]))
    many = Decimal("1." + "3" * 40)
    assert column(objects([many])) != column(objects([many + Decimal("1E-40")]))
    assert column(objects([Decimal("Infinity")])) != column(objects([Decimal("-Infinity")]))


def test_lists_and_records() -> None:
    values = [[1, 2], None, [], [None, 4]]
    inner = pa.int32()
    same = [
        pa.array(values, pa.list_(inner)),
        pa.array([[9], *values], pa.large_list(inner)).slice(1),
        pa.array(values, pa.list_view(inner)),
        pl.Series(values, dtype=pl.List(pl.Int32)),
    ]
    assert {column(values) for values in same} == {column(same[0])}
    pairs = [[1.0, 2.0], None, [3.0, None]]
    same = [
        pa.array(pairs, pa.list_(pa.float64(), 2)),
        pa.array(pairs, pa.list_(pa.float64())),
        pl.Series(pairs, dtype=pl.Array(pl.Float64, 2)),
        objects(pairs),
        objects([np.array([1.0, 2.0]), None, (3.0, float("nan"))]),
        objects([np.array([1.0, 2.0]), None, np.array([3.0, np.nan])]),
    ]
    assert {column(values) for values in same} == {column(same[0])}
    records = [{"a": 1, "b": ["x"]}, None, {"a": None, "b": []}]
    same = [pa.array(records), pl.Series(records), objects(records)]
    assert {column(values) for values in same} == {column(same[0])}
    assert column(same[0])[0] == 'struct<"a": int64, "b": list<string>>'
    square = np.arange(4).reshape(2, 2)
    assert column(objects([square])) == column(pa.array([square.tolist()]))


def test_maps_binaries_and_the_rest_of_arrow() -> None:
    pairs = [[("a", 1)], None, [("b", None)]]
    maps = pa.array(pairs, pa.map_(pa.string(), pa.int8()))
    assert column(maps)[0] == "map<string, int8>"
    assert column(maps.slice(1)) == column(pa.array(pairs[1:], maps.type))
    assert column(maps) != column(maps.take([2, 1, 0]))
    raw = pa.array([b"ab", None])
    same = [
        raw,
        raw.cast(pa.large_binary()),
        raw.cast(pa.binary_view()),
        raw.cast(pa.binary(2)),
        pl.Series([b"ab", None]),
        objects([b"ab", None]),
        objects([bytearray(b"ab"), None]),
    ]
    assert {column(values) for values in same} == {column(raw)}
    half = pa.array(np.array([1, 2], dtype="f2"))
    assert column(half) == column(np.array([1, 2], dtype="f2"))
    named = pa.array([b"0" * 16], pa.uuid())
    assert column(named)[0] == "arrow.uuid<binary>"
    gap = pa.array([(1, 2, 3)], pa.month_day_nano_interval())
    assert look(gap).gaps == []
    assert column(gap) != column(pa.array([(1, 2, 4)], pa.month_day_nano_interval()))


def test_wide_whole_numbers_of_polars() -> None:
    wide = pl.Series([2**100, None, -1], dtype=pl.Int128)
    assert column(wide)[0] == "int128"
    assert column(wide) != column(pl.Series([2**100 + 1, None, -1], dtype=pl.Int128))
    assert column(wide)[1] != column(pl.Series([2**100, 0, 1], dtype=pl.UInt128))[1]


def test_periods_intervals_and_sparse_columns_of_pandas() -> None:
    periods = pd.Series(pd.period_range("2020-01", periods=3, freq="M"))
    assert column(periods)[0] == "period[M]"
    assert column(periods) == column(pa.array(periods))
    assert column(periods) != column(periods.shift(1))
    spans = pd.Series(pd.arrays.IntervalArray.from_tuples([(0, 1), None, (2, 3)]))
    assert column(spans)[0] == "interval[right]<float64>"
    assert column(spans) == column(pa.array(spans))
    dense = pd.Series([0.0, 1.0, 0.0])
    assert column(dense.astype(pd.SparseDtype("float64"))) == column(dense)


# The index of pandas


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


@pytest.mark.parametrize(
    "thing", [1, "a", [1, 2], (1.5,), {"a": [1]}, None, object(), np.float64(1)]
)
def test_other_things_are_no_tables(thing: Any) -> None:
    assert fingerprint(thing) is None
    assert not is_tabular(thing)


def test_tables_are_recognised() -> None:
    frame = pd.DataFrame({"a": [1]})
    arrow = pa.table({"a": [1]})
    for table in [frame, frame["a"], frame.columns, pl.DataFrame(frame), pl.Series([1]), arrow]:
        assert is_tabular(table)
    assert not is_tabular(pl.DataFrame({"a": [1]}).lazy())
    assert fingerprint(pl.DataFrame({"a": [1]}).lazy()) is None


def test_what_is_told_of_a_table() -> None:
    found = look(pd.DataFrame({"a": [1, 2], "b": [0.5, 1.5]}))
    assert (found.form, found.rows, found.shape, found.gaps) == ("table", 2, (2, 2), [])
    assert [(c.name, c.type) for c in found.columns] == [("a", "int64"), ("b", "float64")]
    assert found.digest.startswith("sha256:")


def test_tables_are_left_as_they_were() -> None:
    frame = pd.DataFrame({"x": [-0.0, np.nan], "s": ["a", None], "o": objects([1, None])})
    before = frame.copy(deep=True)
    look(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert np.signbit(frame["x"].iloc[0])


def test_without_numpy_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.table({"a": [1]})
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(Unreadable, match="NumPy is not installed"):
        fingerprint(table)


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_nothing_is_imported_to_recognise_tables() -> None:
    heavy = run(
        "import sys; from forebear.engines.tables import fingerprint, is_tabular\n"
        "assert fingerprint([1]) is None and not is_tabular(3)\n"
        "print({'numpy', 'pandas', 'polars', 'pyarrow', 'scipy'} & set(sys.modules))"
    )
    assert heavy == "set()"


def test_polars_needs_neither_pandas_nor_pyarrow() -> None:
    values = {"s": ["a", None], "n": [1, 2], "l": [[1], None], "t": [dt.datetime(2020, 1, 1), None]}
    out = run(
        "import sys, datetime as dt, polars as pl\n"
        "from forebear.engines.tables import fingerprint\n"
        f"from datetime import datetime\nimport datetime\nvalues = {values!r}\n"
        "print(fingerprint(pl.DataFrame(values)).digest)\n"
        "assert not {'pandas', 'pyarrow'} & set(sys.modules)"
    )
    assert out == digest(pl.DataFrame(values))


def test_pandas_without_pyarrow_gives_the_same_digests() -> None:
    code = (
        "import sys\nsys.modules['pyarrow'] = None\n"
        "import io, pandas as pd, numpy as np, datetime as dt\n"
        "from forebear.engines.tables import fingerprint\n"
        "text = 'n,s,w\\n1,é,2020-01-01\\n2,,2020-01-02\\n'\n"
        "frame = pd.read_csv(io.StringIO(text), parse_dates=['w'])\n"
        "frame['c'] = frame['s'].astype('category')\n"
        "frame['l'] = [[1, 2], None]\nframe['d'] = [dt.date(2020, 1, 1), None]\n"
        "print(fingerprint(frame).digest)"
    )
    frame = pd.read_csv(io.StringIO("n,s,w\n1,é,2020-01-01\n2,,2020-01-02\n"), parse_dates=["w"])
    frame["c"] = frame["s"].astype("category")
    frame["l"] = objects([[1, 2], None])
    frame["d"] = objects([dt.date(2020, 1, 1), None])
    assert run(code) == digest(frame) == digest(pa.Table.from_pandas(frame))


def test_digests_work_while_the_interpreter_shuts_down() -> None:
    out = run(
        "import atexit, numpy as np\n"
        "from forebear.engines.tables import fingerprint\n"
        "values = np.zeros(2_000_000)\n"
        "atexit.register(lambda: print(fingerprint(values).digest))"
    )
    assert out == digest(np.zeros(2_000_000))
