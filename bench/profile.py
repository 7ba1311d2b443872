"""Compare `forebear profile` with other ways to say what a table holds.

    python bench/profile.py [--rows 10000000] [--rounds 3] [--others NAME=/path/to/python ...]

Ten million rows of twelve columns in one Parquet file; each contender in a process of its own, in
turns, so that all of them meet the same load. The bare scan reads every value and does nothing
with it. ydata-profiling and whylogs get the first 500,000 rows, in the interpreter that
`--others` names (`ydata-profiling=.../python`); without it they are left out and that is said.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FEW = 500_000


def write(path: Path, rows: int) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(7)
    cities = np.array([f"city-{k}" for k in range(40)])
    writer = None
    for start in range(0, rows, 1_000_000):
        n = min(1_000_000, rows - start)
        when = 1_577_836_800_000_000 + rng.integers(0, 5 * 365 * 86_400 * 10**6, n)
        table = pa.table(
            {
                "id": np.arange(start, start + n),
                "age": rng.integers(17, 91, n).astype(np.int32),
                "count": rng.geometric(0.001, n),
                "amount": np.round(rng.lognormal(4, 1.2, n), 2),
                "score": rng.normal(50, 12, n),
                "ratio": rng.random(n),
                "sparse": pa.array(rng.exponential(3, n), mask=rng.random(n) < 0.2),
                "weight": rng.normal(size=n).astype(np.float32),
                "when": pa.array(when, pa.timestamp("us")),
                "flag": rng.random(n) < 0.3,
                "city": cities[rng.zipf(1.5, n) % 40],
                "user": np.char.add("user-", rng.integers(0, 200_000, n).astype(str)),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    assert writer is not None
    writer.close()


# Contenders


def scan(path: str) -> None:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
    for _ in file.iter_batches(131_072):
        pass


def forebear(path: str) -> None:
    from forebear.core.profiles import encode, seal
    from forebear.engines.profile import profile_path

    encode(seal(profile_path(path)))


def summarize(path: str) -> None:
    import duckdb

    duckdb.sql(f"SUMMARIZE SELECT * FROM '{path}'").fetchall()


def describe(path: str) -> None:
    import pandas as pd

    pd.read_parquet(path).describe(include="all")


def ydata(path: str) -> None:
    import pyarrow.parquet as pq
    from ydata_profiling import ProfileReport

    frame = pq.read_table(path).to_pandas()
    report = ProfileReport(frame, minimal=True, progress_bar=False)
    report.get_description()


def whylogs(path: str) -> None:
    import pyarrow.parquet as pq
    import whylogs as why

    why.log(pq.read_table(path).to_pandas()).view().to_pandas()


WAYS = {
    "bare scan": scan,
    "forebear": forebear,
    "DuckDB SUMMARIZE": summarize,
    "pandas.describe": describe,
    "ydata-profiling": ydata,
    "whylogs": whylogs,
}
OTHERS = ("ydata-profiling", "whylogs")


def alone(name: str, path: str) -> None:
    """Run one contender here, and print what it took."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    WAYS[name](path)
    after = resource.getrusage(resource.RUSAGE_SELF)
    told = {
        "wall": time.perf_counter() - started,
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "memory": after.ru_maxrss * 1024,
    }
    print(json.dumps(told))


def measured(name: str, path: Path, python: str) -> dict[str, float] | str:
    command = [python, "-W", "ignore", __file__, "--alone", name, "--path", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def compare(names: list[str], path: Path, pythons: dict[str, str], rounds: int) -> None:
    best: dict[str, dict[str, float]] = {}
    failed: dict[str, str] = {}
    for _ in range(rounds):
        for name in names:
            if name in failed:
                continue
            found = measured(name, path, pythons.get(name, sys.executable))
            if isinstance(found, str):
                failed[name] = found
            else:
                known = best.setdefault(name, found)
                best[name] = {key: min(known[key], found[key]) for key in found}
    print(f"{'':20}{'wall s':>9}{'CPU s':>9}{'MB':>8}{'wall / scan':>13}{'CPU / scan':>12}")
    limit = best["bare scan"]
    for name, took in best.items():
        ratios = took["wall"] / limit["wall"], took["cpu"] / limit["cpu"]
        print(
            f"{name:20}{took['wall']:9.2f}{took['cpu']:9.2f}{took['memory'] / 1e6:8.0f}"
            f"{ratios[0]:13.2f}{ratios[1]:12.2f}"
        )
    for name, why in failed.items():
        print(f"{name:20} failed: {why[:90]}")
    if {"forebear", "DuckDB SUMMARIZE"} <= best.keys():
        ours, theirs = best["forebear"], best["DuckDB SUMMARIZE"]
        print(
            f"forebear is {theirs['wall'] / ours['wall']:.1f} x as fast as SUMMARIZE"
            f" ({theirs['cpu'] / ours['cpu']:.1f} x by CPU)."
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--others", nargs="*", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    parser.add_argument("--path", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone == "data":
        write(Path(asked.path), asked.rows)
        return
    if asked.alone:
        alone(asked.alone, asked.path)
        return
    pythons = dict(one.split("=", 1) for one in asked.others)
    usual = ["bare scan", "forebear", "DuckDB SUMMARIZE", "pandas.describe"]
    with tempfile.TemporaryDirectory(prefix="forebear-bench-") as folder:
        for rows, names in ((asked.rows, usual), (FEW, [*usual, *pythons])):
            path = Path(folder) / f"{rows}.parquet"
            # Not here: contenders would inherit its memory.
            made = ["--alone", "data", "--path", str(path), "--rows", str(rows)]
            subprocess.run([sys.executable, __file__, *made], check=True)
            size = path.stat().st_size / 1e6
            print(f"\n{rows:,} rows x 12 columns, {size:.0f} MB of Parquet, best of {asked.rounds}")
            compare(names, path, pythons, asked.rounds)
            path.unlink()
    for name in OTHERS:
        if name not in pythons:
            print(f"{name} was left out: give its interpreter by --others {name}=PYTHON.")


if __name__ == "__main__":
    main()
