"""One check on a small table, written as a file: what a test of a check needs."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from forebear.checks import check_of
from forebear.core.quality import CheckResult
from forebear.engines.checking import scanning
from forebear.ops.quality_run import do_checks


def tried(said, columns=None, *, csv=None, other=None, made=None, before=None) -> CheckResult:
    """Do the check on columns (a Parquet file) or on a text (a CSV file)."""
    check = check_of(said, "test")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("data.csv" if csv is not None else "data.parquet")
        if csv is not None:
            path.write_bytes(csv if isinstance(csv, bytes) else csv.encode())
        else:
            written(path, columns)
        others = {}
        if other is not None:
            others[check.another] = Path(folder) / "other.parquet"
            written(others[check.another], other)
        with scanning(path, others) as scan:
            missing = {} if other is not None or not check.another else {check.another: "gone"}
            (done,) = do_checks(
                [check], scan, "s", made=made, rows_before=before, missing=missing.get
            )
    return done.result


def written(path, columns):
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    parquet.write_table(table, path)
