import polars as pl
import pytest
from polars.testing import assert_frame_equal

from .recording import recording


@pytest.fixture
def folder(tmp_path):
    pl.DataFrame({"a": range(30), "b": list("xyz") * 10}).write_parquet(tmp_path / "p.parquet")
    pl.DataFrame({"a": range(30), "c": range(30, 60)}).write_csv(tmp_path / "c.csv")
    return tmp_path


def prepare():
    left = pl.read_csv("c.csv")
    right = pl.scan_parquet("p.parquet")
    table = (
        left.lazy()
        .join(right, on="a")
        .filter(pl.col("a") > 1)
        .with_columns(z=pl.col("a") * 2)
        .sort("a")
        .collect()
    )
    table.write_parquet("out.parquet")
    table.group_by("b").agg(pl.col("z").sum()).sort("b").write_csv("sums.csv")
    return table


def test_lazy_and_eager_frames_keep_their_sources(folder):
    with recording(folder) as record:
        prepare()
    written = record.step("DataFrame.write_parquet")
    assert set(record.used(written)) == {("left", "input"), ("p.parquet", "input")}
    assert set(record.used(record.step("DataFrame.write_csv"))) == set(record.used(written))
    assert written.attrs["operations"][-2:] == ["sort", "collect"]
    assert record.gaps == []
    assert record.inferred() == []


def test_results_are_the_same_with_and_without_recording(folder, monkeypatch):
    with recording(folder):
        seen = prepare()
    monkeypatch.chdir(folder)
    assert_frame_equal(prepare(), seen)


def test_streams_and_conversions(folder):
    with recording(folder) as record:
        left = pl.read_csv("c.csv")
        pl.scan_parquet("p.parquet").sink_csv("sink.csv")
        pl.from_pandas(left.to_pandas()).drop("c").write_ipc("k.arrow")
        left["a"].to_frame().write_ndjson("n.ndjson")
        (left["a"] + left["c"]).to_frame().write_json("s.json")
    used = {record.generated(s)[0]: record.used(s) for s in record.steps if s.kind != "ingest"}
    assert used == {
        "sink.csv": [("p.parquet", "input")],
        "k.arrow": [("left", "input")],
        "n.ndjson": [("left", "input")],
        "s.json": [("left", "input")],
    }
    assert record.gaps == []


def test_undo_leaves_polars_as_it_was(folder):
    def methods():
        return [dict(vars(cls)) for cls in (pl.DataFrame, pl.LazyFrame, pl.Series)]

    before, read = methods(), pl.read_csv
    with recording(folder):
        assert pl.read_csv is not read
    assert methods() == before
    assert pl.read_csv is read
