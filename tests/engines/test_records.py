from __future__ import annotations

import contextlib
import gzip
import io
import json
import tracemalloc

import numpy as np
import pytest

from forebear.core.errors import Unreadable
from forebear.engines import records
from forebear.engines.records import canonical, column_names, load_array, read_records

ROWS = [("1", "a,b"), ("2", 'say "hi"'), ("", "two\nlines")]
CSV = b'id,what\n1,"a,b"\n\n2,"say ""hi"""\n,"two\nlines"\n'


def told(data, name, **more):
    found = read_records(data, name, **more)
    return list(zip(*found.columns.values(), strict=True))


def test_csv_is_read_as_programs_number_its_rows():
    found = read_records(CSV, "data/t.csv")
    assert (found.rows, list(found.columns)) == (3, ["id", "what"])
    assert told(CSV, "t.csv") == ROWS
    assert told(gzip.compress(CSV), "T.CSV.GZ") == ROWS
    assert told(CSV.replace(b",what", b";what").replace(b"1,", b"1;"), "t.csv")[0][0] == "1"


def test_a_file_with_as_many_lines_as_rows_were_read_has_no_header():
    data = b"1\t2\n3\t4\n"
    assert read_records(data, "t.tsv", rows=2).columns == {"0": ["1", "3"], "1": ["2", "4"]}
    assert read_records(data, "t.tsv", rows=1).columns == {"1": ["3"], "2": ["4"]}
    assert read_records(data, "t.tsv").column("1") == ["3"]
    assert read_records(data, "t.tsv", rows=2).column("9") is None


def test_a_long_file_is_read_by_arrow_to_the_same_records(monkeypatch):
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(records, "_LONG", 0)
    assert records._lines_by_arrow(CSV, ",") == records._lines(CSV, ",")
    assert told(CSV, "t.csv") == ROWS
    ragged = b"a,b\n1\n2,3\n"
    assert records._lines_by_arrow(ragged, ",") is None
    assert told(ragged, "t.csv") == [("1", ""), ("2", "3")]


def test_lines_of_json_and_arrays():
    data = b'{"id": 1, "x": null}\n{"id": 2.5, "y": true}\n'
    assert read_records(data, "t.jsonl").columns == {
        "id": ["1", "2.5"],
        "x": ["", ""],
        "y": ["", "True"],
    }
    assert told(json.dumps([{"id": 1}, {"id": 2}]).encode(), "t.json") == [("1",), ("2",)]
    buffer = io.BytesIO()
    np.save(buffer, np.array([[1, 2], [3, 4]]))
    assert told(buffer.getvalue(), "t.npy") == [("1", "2"), ("3", "4")]
    assert told(b"# head\n1.5 2\n3 4\n", "t.txt") == [("1.5", "2"), ("3", "4")]
    assert told(b"a,b\n1,2\n", "t.txt") == [("1", "2")]


def test_parquet_and_feather():
    pa = pytest.importorskip("pyarrow")
    from pyarrow import feather, parquet

    table = pa.table({"id": [1, None], "name": ["x", "y"]})
    for write, name in ((parquet.write_table, "t.parquet"), (feather.write_feather, "t.feather")):
        sink = io.BytesIO()
        write(table, sink)
        assert read_records(sink.getvalue(), name).columns == {"id": ["1", ""], "name": ["x", "y"]}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x80", "t.pkl"),
        (b"PAR1 nothing", "t.parquet"),
        (b"no array", "t.npy"),
        (b"[1, 2]", "t.json"),
        (b"{", "t.jsonl"),
        (b"\x1f\x8bcut", "t.csv.gz"),
        (b"[" * 100_000 + b"]" * 100_000, "t.json"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "t.jsonl"),
        (b"", ""),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(data, name):
    with pytest.raises(Unreadable, match=r"cannot be (read|unpacked)"):
        read_records(data, name)


def bombs():
    wide = "," * 50_000 + "\n" + "x\n" * 50_000
    yield "t.csv", wide.encode()
    yield "t.jsonl", "\n".join(f'{{"k{n}": 1}}' for n in range(20_000)).encode()
    yield "t.csv.gz", gzip.compress(b"a\n" * (20 << 20), 9)
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (100000000, 100000)}"
    yield "t.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


@pytest.mark.parametrize(
    ("name", "data"), list(bombs()), ids=lambda one: one if isinstance(one, str) else ""
)
def test_a_few_bytes_do_not_become_a_table_beyond_measure(name, data):
    tracemalloc.start()
    with pytest.raises(Unreadable, match=r"cannot be (read|unpacked)"):
        read_records(data, name)
    assert tracemalloc.get_traced_memory()[1] < 60 << 20
    tracemalloc.stop()


def test_parquet_that_repeats_one_value_without_end_is_refused():
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    sink = io.BytesIO()
    parquet.write_table(pa.table({"a": pa.repeat(1, 20_000_000)}), sink)
    with pytest.raises(Unreadable, match="it would be 20,000,000 rows"):
        read_records(sink.getvalue(), "t.parquet")


def test_a_damaged_archive_of_arrays_is_said_to_be_one():
    sink = io.BytesIO()
    np.savez(sink, a=np.arange(3))
    sound = sink.getvalue()
    for place in range(len(sound)):
        damaged = sound[:place] + b"\xff" + sound[place + 1 :]
        with contextlib.suppress(Unreadable):
            column_names(damaged, "t.npz")


def test_an_array_comes_back_and_no_other_file_is_one():
    def written(array, **more):
        sink = io.BytesIO()
        np.save(sink, array, **more)
        return sink.getvalue()

    assert load_array(written(np.arange(6).reshape(2, 3))).tolist() == [[0, 1, 2], [3, 4, 5]]
    named = np.array([(1,)], dtype=[("\u00e9", "<i4")])  # a header of the third version
    assert load_array(written(named))["\u00e9"].tolist() == [1]
    objects = written(np.array([{}], dtype=object), allow_pickle=True)
    for data in (objects, written(np.arange(6))[:-1], b"", b"PK\x03\x04", next(
        data for name, data in bombs() if name == "t.npy"
    )):  # fmt: skip
        with pytest.raises(ValueError, match="no array can be read"):
            load_array(data)


def test_names_of_columns_alone():
    assert column_names(CSV, "t.csv") == ["id", "what"]
    buffer = io.BytesIO()
    np.savez(buffer, images=np.zeros(2), labels=np.zeros(2))
    assert column_names(buffer.getvalue(), "t.npz") == ["images", "labels"]
    assert column_names(b'{"a": 1}', "t.jsonl") == ["a"]
    for name in ("t.npz", "t.pkl"):
        with pytest.raises(Unreadable):
            column_names(b"nothing", name)


def test_equal_values_are_equal_however_they_are_written():
    assert canonical("4711") == canonical("4711.0") == canonical(" 4711 ") == 4711
    assert canonical("0.50") == canonical(".5") == 0.5
    assert canonical("-7") == -7
    assert canonical("9007199254740993") == 9007199254740993
    for text in ("", "a7", "1_0", "nan", "inf", "1-2", "-"):
        assert canonical(text) == text
