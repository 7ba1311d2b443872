"""From files through polars and Arrow to models: which rows and columns a model learned from."""

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from sklearn.linear_model import LinearRegression

from forebear.engines import rowbytes, rowmaps
from forebear.store.blobs import FileBlobs

from .recording import recording


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(11)
    size = 500
    pl.DataFrame(
        {
            "visit": np.arange(size) + 1000,
            "patient": rng.integers(0, 90, size),
            "ward": rng.choice(["a", "b", "c"], size),
            "pulse": rng.normal(70, 9, size).round(1),
            "stay": rng.gamma(2.0, 3.0, size).round(2),
        }
    ).write_csv(tmp_path / "visits.csv")
    pl.DataFrame({"patient": np.arange(80), "age": rng.integers(20, 90, 80)}).write_parquet(
        tmp_path / "patients.parquet"
    )
    return tmp_path


class Learned:
    """What the data of a step comes from: rows and columns of files, by their names."""

    def __init__(self, record, folder):
        self.record = record
        self.blobs = FileBlobs(folder / ".forebear" / "blobs")
        self.makers = {one.artifact: step for step in record.steps for one in step.generated}

    def _map(self, rows):
        if rows is None or not (rows.map or rows.data):
            return rows and rowmaps.identity(rows.n_out)
        return rowbytes.decode(rows.data or self.blobs.get(rows.map))

    def _flow(self, artifact):
        step = self.makers.get(artifact)
        flows = [flow for flow in step.flows if flow.target == artifact] if step else []
        return flows[0] if flows else None

    def rows(self, artifact):
        """The rows of each file that the data holds."""
        flow = self._flow(artifact)
        if flow is None:
            return {self.record.label(artifact): None}
        found = {}
        for source, rows in zip(flow.sources, flow.rows, strict=True):
            way = self._map(rows)
            for label, before in self.rows(source).items():
                found[label] = way if before is None else way.after(before)
        return found

    def columns(self, artifact, name):
        """The columns of files that a column was made of."""
        flow = self._flow(artifact)
        if flow is None:
            return {(self.record.label(artifact), name)}
        if name in flow.same:
            return self.columns(flow.sources[0], name)
        feeds = flow.columns[name].columns
        return set().union(*(self.columns(flow.sources[at], column) for at, column in feeds))

    def of(self, step, slot):
        """The rows, and the columns, that what stands in a slot of a step comes from."""
        (artifact,) = [one.artifact for one in step.used if one.slot == slot]
        flow = self._flow(artifact)
        names = [*flow.same, *flow.columns]
        rows = {
            label: set(way.reached().nonzero()[0]) for label, way in self.rows(artifact).items()
        }
        return rows, set().union(*(self.columns(artifact, name) for name in names))


def test_a_lazy_query_over_two_files_in_no_order(folder):
    with recording(folder) as record:
        visits, patients = pl.scan_csv("visits.csv"), pl.scan_parquet("patients.parquet")
        data = (
            visits.filter(pl.col("ward") != "c")
            .join(patients, on="patient")
            .group_by("patient")
            .agg(pl.col("pulse").mean(), pl.col("stay").sum(), pl.col("age").first(), n=pl.len())
            .filter(pl.col("n") > 2)
            .collect()
        )
        LinearRegression().fit(data.select("pulse", "age"), data["stay"])
    rows, columns = Learned(record, folder).of(record.step("LinearRegression.fit"), "X")
    asked = pl.read_csv(folder / "visits.csv").with_row_index()
    asked = asked.filter((pl.col("ward") != "c") & (pl.col("patient") < 80))
    kept = asked.filter(pl.len().over("patient") > 2)
    assert rows == {
        "visits.csv": set(kept["index"].to_list()),
        "patients.parquet": set(kept["patient"].to_list()),
    }
    assert columns == {("visits.csv", "pulse"), ("patients.parquet", "age")}
    _, target = Learned(record, folder).of(record.step("LinearRegression.fit"), "y")
    assert target == {("visits.csv", "stay")}
    assert record.gaps == []


def test_polars_then_pandas_then_arrays(folder):
    with recording(folder) as record:
        frame = pl.read_csv("visits.csv").sample(fraction=0.6, seed=3, shuffle=True)
        frame = frame.with_columns(
            high=(pl.col("pulse") > 70).cast(pl.Int8),
            usual=pl.col("pulse").median().over("ward"),
        ).unique("patient", keep="first", maintain_order=True)
        wards = frame.partition_by("ward", as_dict=True)
        table = wards[("b",)].to_pandas()
        table = table[table["stay"] > 1]
        LinearRegression().fit(table[["high", "usual"]].to_numpy(), table["stay"].to_numpy())
        visits = set(table["visit"] - 1000)
    learned = Learned(record, folder)
    rows, columns = learned.of(record.step("LinearRegression.fit"), "X")
    assert rows == {"visits.csv": visits}
    assert columns == {("visits.csv", "pulse")}
    assert record.gaps == []


def test_arrow_through_a_file_of_its_own(folder):
    with recording(folder) as record:
        table = pa.csv.read_csv("visits.csv")
        table = table.filter(pc.is_in(table["ward"], value_set=pa.array(["a", "b"])))
        table = table.append_column("long", pc.greater(table["stay"], 5.0)).sort_by("pulse")
        pq.write_table(table.drop_columns(["ward", "stay"]), "made.parquet")
        back = pq.read_table("made.parquet", filters=pc.field("patient") < 40)
        train = back.slice(0, 60)
        X = train.select(["patient", "pulse"]).to_pandas()
        LinearRegression().fit(X, train["long"].cast("float64").to_numpy())
        visits = {one - 1000 for one in train["visit"].to_pylist()}
    learned = Learned(record, folder)
    fit = record.step("LinearRegression.fit")
    rows, columns = learned.of(fit, "X")
    written = learned.makers[record.step("pyarrow.parquet.write_table").generated[0].artifact]
    assert rows == {"visits.csv": visits}
    assert columns == {("visits.csv", "patient"), ("visits.csv", "pulse")}
    assert learned.of(fit, "y")[1] == {("visits.csv", "stay")}
    assert {name for one in written.operations for name in one.by} == {"ward", "pulse"}
    assert record.gaps == []
