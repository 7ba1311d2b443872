"""Profiles of files and frames, of every type, cut anyhow: the same bytes."""

import datetime as dt
import decimal
import gzip
import itertools
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from forebear.analysis.profile_view import column_views
from forebear.core.errors import InvalidInput, Unreadable
from forebear.core.numbers import numbers_of
from forebear.core.profiles import ColumnProfile, Profile, encode, merge_all
from forebear.core.sketches import registers_of, text_hash
from forebear.engines import profile_parquet
from forebear.engines.arrow_values import booleans_of, present
from forebear.engines.profile import profile_frame, profile_path
from forebear.engines.profile_texts import text_hashes

pytestmark = pytest.mark.usefixtures("way")


def table(n: int = 5000, seed: int = 3) -> pa.Table:
    rng = np.random.default_rng(seed)
    gone = rng.random(n) < 0.1
    words = np.array(["Bern", "Basel", "", "Zürich", "Ö" * 300])
    when = dt.datetime(2024, 1, 1)
    return pa.table(
        {
            "n": rng.integers(0, 90, n),
            "x": pa.array(rng.normal(size=n), mask=gone),
            "half": pa.array(rng.normal(size=n).astype(np.float16)),
            "money": pa.array(
                [decimal.Decimal(int(v)) / 100 for v in rng.integers(0, 10**6, n)],
                pa.decimal128(12, 2),
            ),
            "ok": pa.array(rng.random(n) < 0.3, mask=gone),
            "city": pa.array(words[rng.integers(0, 4, n)], mask=gone),
            "long": pa.array(words[rng.integers(0, 5, n)]),
            "user": [f"user-{v}" for v in rng.integers(0, 4000, n)],
            "coded": pa.array(words[rng.integers(0, 4, n)]).dictionary_encode(),
            "day": pa.array([when.date() + dt.timedelta(int(v)) for v in rng.integers(0, 999, n)]),
            "at": pa.array(
                [when + dt.timedelta(minutes=int(v)) for v in rng.integers(0, 10**6, n)]
            ),
            "zoned": pa.array(
                [when + dt.timedelta(minutes=int(v)) for v in rng.integers(0, 10**6, n)],
                pa.timestamp("ns", tz="Europe/Zurich"),
            ),
            "clock": pa.array(rng.integers(0, 86_399, n).astype(np.int32)).cast(pa.time32("s")),
            "took": pa.array(rng.integers(0, 10**9, n)).cast(pa.duration("ns")),
            "raw": pa.array([bytes([v]) * v for v in rng.integers(0, 40, n).tolist()]),
            "tags": pa.array([list(range(v)) for v in rng.integers(0, 5, n).tolist()]),
            "inner": pa.array([{"a": 1}] * n),
            "nothing": pa.nulls(n),
        }
    )


WHOLE = table()


def column(profile: Profile, name: str) -> ColumnProfile:
    found = profile.column(name)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def whole() -> Profile:
    return profile_frame(WHOLE)


def test_parts_of_any_size_make_the_whole(whole: Profile) -> None:
    cuts = [0, 1, 1, 700, 4096, 5000]
    parts = [profile_frame(WHOLE.slice(a, b - a)) for a, b in itertools.pairwise(cuts)]
    assert encode(merge_all(parts)) == encode(whole)
    assert encode(merge_all(reversed(parts))) == encode(whole)


def test_the_order_of_rows_and_batches_does_not_matter(whole: Profile) -> None:
    order = np.random.default_rng(1).permutation(5000)
    assert encode(profile_frame(WHOLE.take(pa.array(order)))) == encode(whole)
    chunks = pa.concat_tables([WHOLE.slice(4000), WHOLE.slice(0, 4000)])
    assert encode(profile_frame(chunks)) == encode(whole)


def test_what_each_kind_tells(whole: Profile) -> None:
    kinds = {one.name: one.kind for one in whole.columns}
    assert kinds == {
        "n": "integer", "x": "float", "half": "float", "money": "decimal", "ok": "boolean",
        "city": "string", "long": "string", "user": "string", "coded": "string", "day": "date",
        "at": "timestamp", "zoned": "timestamp", "clock": "time", "took": "duration",
        "raw": "binary", "tags": "nested", "inner": "nested", "nothing": "null",
    }  # fmt: skip
    x = WHOLE["x"].drop_null().to_numpy()
    assert column(whole, "x").mean == pytest.approx(x.mean())
    assert column(whole, "x").nulls == WHOLE["x"].null_count
    assert column(whole, "money").max == float(max(WHOLE["money"].to_pylist()))
    assert column(whole, "money").numbers == numbers_of([*map(float, WHOLE["money"].to_pylist())])
    assert column(whole, "tags").lengths.high == 4
    assert column(whole, "nothing").nulls == 5000
    found = column(whole, "city").frequencies()
    assert found is not None
    counted = pd.Series(WHOLE["city"].to_pylist()).value_counts()
    assert found.values == counted.to_dict()
    assert column(whole, "city").empties == counted[""]
    assert column(whole, "city").lengths.high == 6


def test_long_texts_are_not_kept(whole: Profile) -> None:
    long = column(whole, "long")
    assert long.frequencies() is None
    assert long.lengths.high == 300
    assert long.distinct is not None
    assert round(long.distinct.value) == 5


def test_hashes_of_texts_are_those_of_the_core() -> None:
    texts = [
        "",
        "a",
        "12345678",
        "123456789",
        "Zürich",
        "x" * 255,
        "y" * 256,
        "z" * 257,
        "w" * 9000,
    ]
    for array in (pa.array(texts), pa.array(["skipped", *texts]).slice(1)):
        _, hashes = text_hashes(array)
        assert hashes.tolist() == [text_hash(one.encode()) for one in texts]
    user = column(profile_frame(WHOLE), "user").values
    distinct = {one.encode() for one in WHOLE["user"].to_pylist()}
    assert user.registers == registers_of(map(text_hash, distinct))


def test_libraries_agree() -> None:
    plain = WHOLE.select(["n", "x", "city", "ok", "user"])
    arrow = profile_frame(plain)
    for frame in (plain.to_pandas(), pl.from_arrow(plain)):
        found = profile_frame(frame)
        for one, other in zip(arrow.columns, found.columns, strict=True):
            assert (one.nulls, one.numbers, one.values, one.lengths) == (
                other.nulls,
                other.numbers,
                other.values,
                other.lengths,
            )


def test_pandas_columns_of_several_types_are_counted() -> None:
    frame = pd.DataFrame({"a": [1, "x", None, 2.5], "b": [{1}, object(), None, 3]})
    found = profile_frame(frame)
    assert [(one.kind, one.nulls, one.rows) for one in found.columns] == [("other", 1, 4)] * 2


def test_other_objects_are_refused() -> None:
    with pytest.raises(InvalidInput, match="dict cannot be profiled"):
        profile_frame({})


def test_frames_without_rows_or_columns() -> None:
    assert profile_frame(pd.DataFrame()).rows == 0
    empty = profile_frame(WHOLE.slice(0, 0))
    assert [one.count for one in empty.columns] == [0] * 18
    assert encode(merge_all([empty, profile_frame(WHOLE)])) == encode(profile_frame(WHOLE))


# Files


@pytest.mark.parametrize("form", ["parquet", "feather"])
def test_files_are_what_they_hold(tmp_path, form: str, whole: Profile) -> None:
    path = tmp_path / f"t.{form}"
    plain = WHOLE.drop_columns(["half", "clock", "tags"])
    pq.write_table(plain, path, row_group_size=900) if form == "parquet" else feather.write_feather(
        plain, path
    )
    assert encode(profile_path(str(path))) == encode(profile_frame(plain))


def test_a_folder_and_a_pattern_are_their_parts(tmp_path) -> None:
    plain = WHOLE.select(["n", "x", "city"])
    pq.write_table(plain, tmp_path / "whole.parquet")
    parts = tmp_path / "parts" / "year=2024"
    parts.mkdir(parents=True)
    for place in range(3):
        pq.write_table(plain.slice(place * 1700, 1700), parts / f"{place}.parquet")
    (tmp_path / "parts" / "_SUCCESS").touch()
    whole = encode(profile_path(str(tmp_path / "whole.parquet")))
    assert encode(profile_path(str(tmp_path / "parts"))) == whole
    assert encode(profile_path(str(parts / "*.parquet"))) == whole


def test_csv(tmp_path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('id;city;at\n1;"Bern;\nWest";2024-01-01\n2;;2024-01-03\n3;Basel;\n')
    found = profile_path(str(path))
    assert [(one.name, one.kind, one.nulls) for one in found.columns] == [
        ("id", "integer", 0),
        ("city", "string", 1),
        ("at", "date", 1),
    ]
    assert column(found, "city").empties == 0
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert encode(profile_path(str(packed))) == encode(found)


def test_a_late_value_widens_its_column_and_nothing_is_rounded(tmp_path) -> None:
    path = tmp_path / "t.csv"
    rows = "".join(f"{i},{i},2024-01-01\n" for i in range(400_000))
    path.write_text("a,b,c\n" + rows + "0.5,x,2024-01-01 10:00:00\n")
    found = profile_path(str(path))
    assert [one.kind for one in found.columns] == ["float", "string", "timestamp"]
    assert column(found, "a").rows == 400_001
    assert column(found, "a").numbers.total.fraction() == sum(range(400_000)) + 0.5


def test_csv_parts_have_the_types_of_the_whole(tmp_path) -> None:
    (tmp_path / "1.csv").write_text("a,b\n1,\n2,\n")
    (tmp_path / "2.csv").write_text("a,b\n1.5,x\n")
    found = profile_path(str(tmp_path))
    assert [one.kind for one in found.columns] == ["float", "string"]
    assert column(found, "a").max == 2.0


def test_other_encodings_and_marks(tmp_path) -> None:
    (tmp_path / "latin.csv").write_bytes("a,b\n1,Zürich\n".encode("latin-1"))
    found = column(profile_path(str(tmp_path / "latin.csv")), "b").frequencies()
    assert found is not None
    assert found.values == {"Zürich": 1}
    (tmp_path / "bom.csv").write_bytes(b"\xef\xbb\xbfa,b\n1,2\n")
    assert [one.name for one in profile_path(str(tmp_path / "bom.csv")).columns] == ["a", "b"]


def test_json_lines(tmp_path) -> None:
    (tmp_path / "t.jsonl").write_text('{"a": 1, "b": {"c": 2}}\n{"a": null, "b": {"c": 3}}\n')
    found = profile_path(str(tmp_path / "t.jsonl"))
    assert [(one.kind, one.nulls) for one in found.columns] == [("integer", 1), ("nested", 0)]


def test_a_header_alone_is_a_table_without_rows(tmp_path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n")
    found = profile_path(str(tmp_path / "t.csv"))
    assert (found.rows, [one.name for one in found.columns]) == (0, ["a", "b"])


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.csv", None, "There is no file"),
        ("empty.csv", b"", "is empty"),
        ("ragged.csv", b"a,b\n1,2\n1,2,3\n", "Expected 2 columns, got 3"),
        ("short.csv", b"a,b\n1,2\n1\n", "Expected 2 columns, got 1"),
        ("not.parquet", b"hello", "cannot be read"),
        ("model.pkl", b"\x80\x04", "is no table that can be profiled"),
        ("bad.jsonl", b'{"a": 1}\n{"a"\n', "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, name, content, sentence) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Unreadable, match=sentence):
        profile_path(str(tmp_path / name))


def test_what_is_not_installed_is_said(tmp_path, monkeypatch) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(Unreadable, match="Profiling needs numpy") as error:
        profile_path(str(path))
    assert "forebear[profile]" in str(error.value.hint)


def test_a_truncated_file_is_said(tmp_path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(WHOLE.select(["n", "user"]), path)
    data = path.read_bytes()
    path.write_bytes(data[:200] + b"\0" * (len(data) - 400) + data[-200:])
    with pytest.raises(Unreadable, match=r"t\.parquet' cannot be read"):
        profile_path(str(path))


@pytest.mark.parametrize("type", [pa.string_view(), pa.binary_view()])
def test_views_of_texts_are_texts(tmp_path, type) -> None:
    texts = pa.array(["Bern", None, "Zürich", "Ö" * 300] * 50).cast(pa.binary())
    plain = texts.cast(pa.string() if type == pa.string_view() else pa.binary())
    found = profile_frame(pa.table({"t": plain.cast(type)})).column("t")
    assert found.nulls == 50
    expected = profile_frame(pa.table({"t": plain})).column("t")
    assert (found.values, found.lengths) == (expected.values, expected.lengths)


def test_dictionaries_of_views_are_texts() -> None:
    codes = pa.array([0, None, 2, 1] * 50, pa.int8())
    for held in (["a", None, "ü"], ["a", "b", "ü"]):
        tables = [
            pa.table({"t": pa.DictionaryArray.from_arrays(codes, pa.array(held, kind))})
            for kind in (pa.string_view(), pa.string())
        ]
        views, plain = (profile_frame(one).column("t") for one in tables)
        assert (views.nulls, views.values) == (plain.nulls, plain.values)


def test_files_of_polars_are_read(tmp_path) -> None:
    frame = pl.DataFrame({"t": ["a", None, "b"]})
    frame.write_ipc(tmp_path / "t.arrow")
    assert profile_path(str(tmp_path / "t.arrow")).column("t").nulls == 1


def test_only_some_columns(tmp_path) -> None:
    pq.write_table(WHOLE.select(["n", "user", "x"]), tmp_path / "t.parquet")
    found = profile_path(str(tmp_path / "t.parquet"), columns=["x", "n"])
    assert [one.name for one in found.columns] == ["x", "n"]
    with pytest.raises(InvalidInput, match="no column 'y'"):
        profile_path(str(tmp_path / "t.parquet"), columns=["y"])
    WHOLE.select(["n", "x"]).to_pandas().to_csv(tmp_path / "t.csv", index=False)
    assert profile_path(str(tmp_path / "t.csv"), columns=["x"]).columns[0].kind == "float"


def test_ten_thousand_columns(tmp_path) -> None:
    wide = pa.table({f"c{place}": pa.array([1.5, 2.5]) for place in range(10_000)})
    found = profile_frame(wide)
    assert len(found.columns) == 10_000
    assert found.columns[-1].mean == 2.0


def test_a_file_is_opened_a_few_times_however_many_columns_it_has(tmp_path, monkeypatch) -> None:
    path = tmp_path / "wide.parquet"
    pq.write_table(pa.table({f"c{place}": ["a", "b"] for place in range(50)}), path)
    opened: list[object] = []
    kept = profile_parquet._file
    monkeypatch.setattr(
        profile_parquet, "_file", lambda *words: opened.append(words) or kept(*words)
    )
    assert len(profile_path(str(path)).columns) == 50
    assert len(opened) <= 4


def test_huge_texts(tmp_path) -> None:
    found = profile_frame(pa.table({"a": ["x" * 10_000_000, "y", "y"]})).columns[0]
    assert found.lengths.high == 10_000_000
    assert found.distinct is not None
    assert round(found.distinct.value) == 2


# Correlations


def test_correlations_are_exact_and_add_up() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=4000)
    frame = pa.table(
        {
            "x": pa.array(x, mask=rng.random(4000) < 0.1),
            "y": 3 * x + rng.normal(size=4000),
            "huge": x * 1e290,
            "flat": np.ones(4000),
            "s": ["a"] * 4000,
        }
    )
    found = profile_frame(frame, correlations=True)
    assert found.comoments is not None
    pandas = frame.to_pandas().dropna()
    told = found.comoments.correlations()
    assert told["x", "y"] == pytest.approx(pandas["x"].corr(pandas["y"]), rel=1e-12)
    assert told["x", "huge"] == pytest.approx(1, rel=1e-9)
    assert not [pair for pair in told if "flat" in pair]
    parts = [profile_frame(frame.slice(a, 900), correlations=True) for a in range(0, 4000, 900)]
    assert encode(merge_all(parts)) == encode(found)


def test_a_table_without_rows_says_so_of_columns_of_each_type(tmp_path):
    types = {"a": pa.string(), "b": pa.binary(), "c": pa.timestamp("us"), "d": pa.list_(pa.int8())}
    table = pa.table({name: pa.array([], type) for name, type in types.items()})
    pq.write_table(table, tmp_path / "none.parquet")
    found = profile_path(str(tmp_path / "none.parquet"))
    assert found.rows == 0
    for view in column_views(found):
        assert view.distinct is None or view.distinct.value == 0


def test_pandas_is_not_imported_for_a_parquet_file(tmp_path):
    pq.write_table(WHOLE, tmp_path / "whole.parquet")
    program = """
import sys
from pyarrow import parquet
from forebear.engines.profile import profile_path
from forebear.engines.tables import fingerprint
profile_path("whole.parquet", correlations=True)
fingerprint(parquet.ParquetFile("whole.parquet").read().drop_columns(["money", "raw"]))
sys.exit("pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("offset", [0, 1, 7, 8, 9, 70])
def test_bits_of_a_slice_are_its_own(offset: int) -> None:
    told = [place % 3 == 0 for place in range(100)]
    holes = [None if place % 5 == 0 else one for place, one in enumerate(told)]
    assert booleans_of(pa.array(told)[offset:]).tolist() == told[offset:]
    assert present(pa.array(holes)[offset:]).tolist() == [one is not None for one in holes[offset:]]


def test_maps_tell_how_many_entries_they_have() -> None:
    rows = [[("k", 1)], None, [], [("a", 1), ("b", 2)]]
    maps = pa.array(rows, pa.map_(pa.string(), pa.int64()))
    found = column(profile_frame(pa.table({"m": maps})), "m")
    assert (found.kind, found.nulls, found.lengths.low, found.lengths.high) == ("nested", 1, 0, 2)
