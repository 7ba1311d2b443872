"""Compare forebear's table digest with MLflow's and with other ways to name a table.

    python bench/digests.py [--rows 2000000] [--mlflow-python /path/to/venv/bin/python]

Three tables: which changes a digest sees, which equal tables it calls equal, and how fast it
is. MLflow's own package makes its digests: in this environment when it is installed here, else
in the one whose interpreter `--mlflow-python` names (it needs mlflow or mlflow-skinny, pandas and
pyarrow).
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import io
import json
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

SMALL = 20_000


def frame(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(20)
    return pd.DataFrame(
        {
            "x": rng.normal(size=rows),
            "y": rng.normal(size=rows),
            "n": rng.integers(0, 1000, rows),
            "flag": rng.random(rows) > 0.5,
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(rows), unit="s"),
            "city": rng.choice(["Paris", "Rome", "Oslo", "Lima"], rows),
        }
    )


def changed() -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """Pairs of tables that are not the same."""
    base = frame(SMALL)
    late = base.copy()
    late.loc[10_000:, "x"] += 1.0
    one_null = base.copy()
    one_null.loc[0, "city"] = None
    other_null = one_null.copy()
    other_null.loc[1:, "city"] = one_null["city"].iloc[:0:-1].to_numpy()
    one_number = base.copy()
    one_number.loc[5, "x"] = 0.0
    return {
        "only rows after 10,000 changed": (base, late),
        "only a datetime column changed": (
            base,
            base.assign(when=base["when"] + pd.Timedelta(days=1)),
        ),
        "only a boolean column changed": (base, base.assign(flag=~base["flag"])),
        "only a string column with one null changed": (one_null, other_null),
        "only a column's name changed": (base, base.rename(columns={"x": "z"})),
        "only a column's type changed": (base, base.astype({"n": "int32"})),
        "one number in the first rows changed": (base, one_number),
    }


def unchanged() -> dict[str, tuple[Any, Any]]:
    """Pairs of tables that are the same, held in another way."""
    base = frame(SMALL)
    file = io.BytesIO()
    base.to_parquet(file)
    csv = io.StringIO(base.to_csv(index=False))
    kept = pd.concat([base.iloc[:1], base]).reset_index(drop=True)
    pieces = pd.DataFrame({name: base[name].copy() for name in base.columns})
    return {
        "written to Parquet and read again": (base, pd.read_parquet(file)),
        "written to CSV and read again": (base, pd.read_csv(csv, parse_dates=["when"])),
        "built column by column": (base, pieces),
        "rows selected from a longer table": (base, kept[kept.index > 0]),
        "strings as a categorical": (base, base.astype({"city": "category"})),
    }


def other_libraries() -> dict[str, tuple[Any, Any]]:
    import polars as pl
    import pyarrow as pa

    base = frame(SMALL)
    arrow = pa.Table.from_pandas(base)
    chunks = pa.concat_tables([arrow.slice(0, 7), arrow.slice(7)])
    return {
        "as an Arrow table": (base, arrow),
        "as an Arrow table in other chunks": (base, chunks),
        "as a polars frame": (base, pl.from_pandas(base)),
    }


def mlflow_digest(table: pd.DataFrame) -> str:
    import mlflow.data

    return str(mlflow.data.from_pandas(table).digest)


def mlflow_here(rows: int) -> dict[str, Any]:
    """Return what MLflow's own package says, in an environment that has it."""
    import warnings

    import mlflow

    warnings.simplefilter("ignore")
    table = frame(rows)
    mlflow_digest(table)
    return {
        "version": mlflow.__version__,
        "equal": {
            name: mlflow_digest(one) == mlflow_digest(two)
            for name, (one, two) in {**changed(), **unchanged()}.items()
        },
        "seconds": timed(lambda: mlflow_digest(table)),
    }


def mlflow_there(python: str | None, rows: int) -> dict[str, Any] | None:
    if python is None:
        return mlflow_here(rows) if importlib.util.find_spec("mlflow") else None
    command = [python, __file__, "--only-mlflow", "--rows", str(rows)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def hash_rows(table: pd.DataFrame) -> str:
    return hashlib.sha256(pd.util.hash_pandas_object(table).to_numpy().tobytes()).hexdigest()


def pickled(table: Any) -> str:
    return hashlib.sha256(pickle.dumps(table, protocol=5)).hexdigest()


def ours(table: Any) -> str:
    from forebear.engines.tables import fingerprint

    found = fingerprint(table)
    assert found is not None
    return found.digest


def joblib_hash(table: Any) -> str:
    import joblib

    return str(joblib.hash(table))


def timed(call: Callable[[], object], repeat: int = 3) -> tuple[float, float]:
    """Return the least wall and CPU time of a few calls, in seconds."""
    walls, cpus = [], []
    for _ in range(repeat):
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus)


def table_text(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def answers(pairs: dict[str, tuple[Any, Any]], mlflow: dict[str, Any] | None) -> list[list[str]]:
    """Return a row a pair: which digests call the two tables equal."""
    rows = []
    for name, (one, two) in pairs.items():
        both = isinstance(two, pd.DataFrame)
        theirs = (mlflow or {"equal": {}})["equal"].get(name)
        cells = [
            "-" if theirs is None else word(theirs),
            word(hash_rows(one) == hash_rows(two)) if both else "-",
            word(joblib_hash(one) == joblib_hash(two)),
            word(pickled(one) == pickled(two)),
            word(ours(one) == ours(two)),
        ]
        rows.append([name, *cells])
    return rows


def word(equal: bool) -> str:
    return "equal" if equal else "different"


def speeds(rows: int, mlflow: dict[str, Any] | None) -> tuple[int, list[list[str]]]:
    table = frame(rows)
    size = int(table.memory_usage(index=False, deep=True).sum())
    raw = bytes(size)
    calls: dict[str, Callable[[], object]] = {
        "forebear, all rows and columns": lambda: ours(table),
        "pandas.util.hash_pandas_object + SHA-256": lambda: hash_rows(table),
        "joblib.hash (MD5 of a pickle)": lambda: joblib_hash(table),
        "pickle + SHA-256": lambda: pickled(table),
        "SHA-256 of as many bytes, nothing else": lambda: hashlib.sha256(raw).digest(),
    }
    measured = {name: timed(call) for name, call in calls.items()}
    lines = [
        [name, f"{wall * 1e3:,.0f} ms", f"{cpu * 1e3:,.0f} ms", f"{size / wall / 1e9:.2f} GB/s"]
        for name, (wall, cpu) in measured.items()
    ]
    if mlflow:
        wall, cpu = mlflow["seconds"]
        note = "digests 10,000 rows"
        lines.append(
            [
                "MLflow, `from_pandas(…).digest`",
                f"{wall * 1e3:,.0f} ms",
                f"{cpu * 1e3:,.0f} ms",
                note,
            ]
        )
    return size, lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2_000_000, help="rows of the timed table")
    parser.add_argument("--mlflow-python", help="interpreter of an environment with mlflow")
    parser.add_argument("--only-mlflow", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only_mlflow:
        print(json.dumps(mlflow_here(options.rows)))
        return
    mlflow = mlflow_there(options.mlflow_python, options.rows)
    print(f"MLflow {mlflow['version']}" if mlflow else "mlflow is not installed", end=", ")
    print(f"pandas {pd.__version__}, NumPy {np.__version__}, Python {sys.version.split()[0]}\n")
    heads = ["MLflow", "hash_pandas_object", "joblib.hash", "pickle", "forebear"]
    print(f"Two tables of {SMALL:,} rows that are not the same:\n")
    print(table_text(["what differs", *heads], answers(changed(), mlflow)))
    print("\nThe same table, held in another way:\n")
    same = {**unchanged(), **other_libraries()}
    print(table_text(["how it is held", *heads], answers(same, mlflow)))
    size, lines = speeds(options.rows, mlflow)
    print(f"\nThe same columns with {options.rows:,} rows ({size / 1e6:,.0f} MB in memory):\n")
    print(table_text(["digest", "wall", "CPU", "speed"], lines))
    floats = pd.DataFrame(np.random.default_rng(0).normal(size=(SMALL, 30))).add_prefix("c")
    wall, cpu = timed(lambda: ours(floats), 10)
    print(f"\nforebear, {SMALL:,} x 30 floats: {wall * 1e3:.1f} ms wall, {cpu * 1e3:.1f} ms CPU")


if __name__ == "__main__":
    main()
