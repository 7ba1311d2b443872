"""Figures of large groups beside their own rows: as many pairs as the square of the rows."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from forebear.engines import rowbytes

from .recording import recording

ROWS = 300_000  # 45,000 million pairs in two groups


def by_join(path):
    frame = pd.read_csv(path)
    means = frame.groupby("group")["value"].mean().rename("mean")
    frame.join(means, on="group").to_parquet("out.parquet")


def by_merge(path):
    frame = pd.read_csv(path)
    means = frame.groupby("group", as_index=False)["value"].mean()
    means.merge(frame, on="group").to_parquet("out.parquet")


def only_the_figures(path):
    frame = pd.read_csv(path)
    means = frame.groupby("group")["value"].mean().rename("mean")
    frame[["group"]].merge(means, on="group")[["mean"]].to_parquet("out.parquet")


def in_polars(path):
    frame = pl.read_csv(path)
    means = frame.group_by("group").agg(pl.col("value").mean().alias("mean"))
    frame.join(means, on="group").write_parquet("out.parquet")


def in_polars_the_other_way(path):
    frame = pl.read_csv(path)
    means = frame.group_by("group").agg(pl.col("value").mean().alias("mean"))
    means.join(frame, on="group").select("mean").write_parquet("out.parquet")


@pytest.mark.parametrize(
    "program", [by_join, by_merge, only_the_figures, in_polars, in_polars_the_other_way]
)
def test_figures_of_large_groups_go_back_to_their_rows(tmp_path, monkeypatch, program):
    monkeypatch.chdir(tmp_path)
    table = pd.DataFrame({"group": np.arange(ROWS) % 2, "value": np.arange(ROWS)})
    table.to_csv("table.csv", index=False)
    with recording(tmp_path) as record:
        program("table.csv")
    assert not record.gaps
    step = next(one for one in record.steps if one.generated and "parquet" in one.name)
    (flow,) = (one for one in step.flows if one.rows)
    (rows,) = flow.rows
    assert (rows.n_in, rows.n_out, rows.reached) == (ROWS, ROWS, ROWS)
    if rows.data or rows.map:
        found = rowbytes.decode(rows.data or record.session.blobs.get(rows.map))
        assert 0 in found.backward([0])
