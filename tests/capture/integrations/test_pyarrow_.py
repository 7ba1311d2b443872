import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from .recording import recording


@pytest.fixture
def folder(tmp_path):
    pq.write_table(pa.table({"a": range(30), "b": list("xyz") * 10}), tmp_path / "p.parquet")
    return tmp_path


def test_files_are_known_by_the_arguments(folder):
    with recording(folder) as record:
        table = pq.read_table("p.parquet")
        pa.csv.write_csv(table.select(["b", "a"]), "q.csv")
        again = pa.csv.read_csv("q.csv")
        pa.feather.write_feather(again, "r.feather")
        pq.write_table(pa.concat_tables([table, table]), "s.parquet")
        table.to_pandas().to_csv("t.csv")
    written = {record.generated(s)[0]: record.used(s) for s in record.steps if s.kind != "ingest"}
    assert written == {
        "q.csv": [("table", "input")],
        "r.feather": [("again", "input")],
        "s.parquet": [("table", "input")],
        "t.csv": [("table", "input")],
    }
    assert record.gaps == []
    assert record.inferred() == []


def test_a_file_read_in_parts(folder):
    with recording(folder) as record:
        file = pq.ParquetFile("p.parquet")
        pq.write_table(file.read_row_group(0), "u.parquet", compression="gzip")
        pq.write_table(pq.ParquetFile("p.parquet").read(columns=["a"]), "v.parquet")
    written = [record.used(s) for s in record.steps if s.name.endswith("write_table")]
    assert written == [[("p.parquet", "input")]] * 2


def test_what_native_code_takes_is_seen(folder):
    with recording(folder) as record:
        table = pq.read_table("p.parquet")
        pq.write_table(table.slice(0, 3), "w.parquet")
    written = record.step("pyarrow.parquet.write_table")
    assert [link.evidence for link in written.used] == ["observed"]
    assert written.attrs["operations"] == ["slice"]
    assert record.gaps == []


def test_undo_leaves_pyarrow_as_it_was(folder):
    def methods():
        types = (pa.Table, pa.RecordBatch, pa.ChunkedArray, pa.Array, pa.TableGroupBy)
        inside = [dict(vars(owner)) for cls in types for owner in cls.__mro__[:-1]]
        return [*inside, dict(vars(pc)), pq.read_table, pq.core.read_table, pa.concat_tables]

    before, take = methods(), pa.Table.take
    with recording(folder):
        assert pq.read_table is not before[-3]
        assert pa.Table.take is not take
    assert methods() == before
    assert pa.table({"a": [3, 4]}).take([1])["a"].to_pylist() == [4]
