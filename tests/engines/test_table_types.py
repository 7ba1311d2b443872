"""Types of values: what is one value, and what is another."""

import datetime as dt
import zoneinfo
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from told import column, look, objects


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
        objects(
            [np.datetime64(moments[0]), np.datetime64("NaT", "us"), np.datetime64(moments[2], "s")]
        ),
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
