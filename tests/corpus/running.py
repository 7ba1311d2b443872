"""Runs scripts as `python script.py` does, without paying for the same imports each time."""

from __future__ import annotations

import multiprocessing
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

__all__ = ["run"]

MODULES = """
joblib pandas sklearn.calibration sklearn.cluster sklearn.compose sklearn.ensemble
sklearn.feature_extraction.text sklearn.feature_selection sklearn.impute sklearn.linear_model
sklearn.model_selection sklearn.neighbors sklearn.neural_network sklearn.pipeline sklearn.svm
""".split()

OWN_PROCESSES = re.compile(r"\b(multiprocessing|subprocess|Parallel|polars)\b")
"""What does not bear to be forked, or needs a main module that a new process can import."""

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(MODULES)


def run(script: str, arguments: list[str], folder: Path) -> tuple[int, str, str]:
    """Return the exit code, the output and the errors of a script that was run in a folder."""
    if OWN_PROCESSES.search((folder / script).read_text(encoding="utf-8")):
        done = subprocess.run(
            [sys.executable, script, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr
    said = [folder.with_name(f"{folder.name}.{stream}") for stream in ("out", "err")]
    process = SERVER.Process(target=_inside, args=(script, arguments, folder, said))
    process.start()
    process.join()
    output, errors = (path.read_text(encoding="utf-8") for path in said)
    return process.exitcode, output, errors


def _inside(script: str, arguments: list[str], folder: Path, said: list[Path]) -> None:
    os.chdir(folder)
    for stream, path in zip((1, 2), said, strict=True):
        os.dup2(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC), stream)
    sys.argv = [script, *arguments]
    sys.path.insert(0, str(folder))
    runpy.run_path(script, run_name="__main__")
