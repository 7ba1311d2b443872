"""What recording costs, side by side in one run.

    python bench/capture.py [--rounds 5] [--mlflow-python PATH]

1. CPU seconds of a typical job (20,000 x 30 rows, three fits) with and without `forebear run`,
   the recorder's own process included; and once what is done in the background when it has ended.
2. A tiny fit alone, under forebear's autolog, and under MLflow's where it is installed.
3. Microseconds for one `log_params` and one `log_metrics` call, and CPU of `import forebear`.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

JOBS = Path(__file__).parent / "jobs"


def cpu_of(*command: str, cwd: Path) -> float:
    """Return the CPU seconds (user and system, children included) of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LOKY_MAX_CPU_COUNT": "1"}
    subprocess.run(
        command,
        cwd=cwd,
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **one_thread},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def output_of(*command: str, cwd: Path) -> float:
    done = subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def make_data(folder: Path) -> None:
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(20_000, 30)), columns=[f"c{i}" for i in range(30)])
    frame["label"] = (frame["c0"] + random.normal(size=20_000) > 0).astype(int)
    frame.to_csv(folder / "job.csv", index=False)


def typical_job(folder: Path, rounds: int) -> None:
    script = str(folder / "typical.py")
    plain_command = (sys.executable, script)
    recorded_command = (str(Path(sys.executable).with_name("forebear")), "run", "--quiet", script)
    for command in (plain_command, recorded_command):
        cpu_of(*command, cwd=folder)
    plain, recorded = [], []
    for _ in range(rounds):
        plain.append(cpu_of(*plain_command, cwd=folder))
        recorded.append(cpu_of(*recorded_command, cwd=folder))
    one, two = statistics.median(plain), statistics.median(recorded)
    print(f"typical job, CPU seconds (median of {rounds})")
    print(f"  plain                    {one:6.2f}")
    print(f"  forebear run             {two:6.2f}   {(two / one - 1) * 100:+.1f} %")
    print(
        f"  in the background        {afterwards(folder):6.2f}   niced, and at most once a minute"
    )


def afterwards(folder: Path) -> float:
    """Return the CPU seconds of one look at what a run has left: taking it in, profiling it."""
    fresh = folder / "fresh"
    fresh.mkdir()
    for name in ("typical.py", "job.csv"):
        shutil.copy(folder / name, fresh)
    forebear = str(Path(sys.executable).with_name("forebear"))
    quiet = {"PYTEST_CURRENT_TEST": "none is started, so that this one does the work"}
    subprocess.run([forebear, "init"], cwd=fresh, check=True, capture_output=True)
    subprocess.run(
        [forebear, "run", "--quiet", "typical.py"],
        cwd=fresh,
        check=True,
        capture_output=True,
        env={**os.environ, **quiet},
    )
    state = fresh / ".forebear" / "afterwards"
    state.mkdir()
    (state / "wanted").touch()
    return cpu_of(forebear, "quality", "watch", "--background", cwd=fresh)


def tiny_fit(folder: Path, mlflow_python: str | None) -> None:
    script = str(folder / "tiny_fit.py")
    print("one tiny fit, milliseconds")
    print(f"  plain                    {output_of(sys.executable, script, cwd=folder) * 1e3:8.2f}")
    ours = output_of(sys.executable, script, "forebear", cwd=folder)
    print(f"  forebear autolog         {ours * 1e3:8.2f}")
    python = mlflow_python or (sys.executable if importlib.util.find_spec("mlflow") else None)
    if python is None:
        print("  MLflow autolog           not installed (--mlflow-python PATH)")
        return
    theirs = output_of(python, script, "mlflow", cwd=folder)
    print(f"  MLflow autolog           {theirs * 1e3:8.2f}")


CALLS = """
import statistics, time
import forebear as fb
with fb.run("bench"):
    def median(call):
        call()
        times = []
        for i in range(2000):
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
        return statistics.median(times) * 1e6
    print(median(lambda: fb.log_params({"depth": 4, "rate": 0.1, "kind": "gini"})),
          median(lambda: fb.log_metrics({"loss": 0.25, "accuracy": 0.91}, step=3)))
"""


def calls(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CALLS], cwd=folder, check=True, capture_output=True, text=True
    )
    params, metrics = map(float, done.stdout.split())
    print("one call, microseconds (median of 2,000)")
    print(f"  log_params               {params:8.1f}")
    print(f"  log_metrics              {metrics:8.1f}")
    empty = min(cpu_of(sys.executable, "-c", "pass", cwd=folder) for _ in range(5))
    ours = min(cpu_of(sys.executable, "-c", "import forebear", cwd=folder) for _ in range(5))
    print(
        f"import forebear            {(ours - empty) * 1e3:8.1f} ms CPU beyond Python's own start"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mlflow-python")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="forebear-bench-"))
    try:
        for job in JOBS.glob("*.py"):
            shutil.copy(job, folder)
        make_data(folder)
        typical_job(folder, options.rounds)
        tiny_fit(folder, options.mlflow_python)
        calls(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
