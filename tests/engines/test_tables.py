"""Digests of tables: what counts, what leaves no trace, and what is a table."""

import datetime as dt
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from told import column, digest, look, objects

from forebear.core.errors import Unreadable
from forebear.engines.tables import fingerprint, is_tabular


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
