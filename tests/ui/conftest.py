"""A real server on a store as a team has it, for pages that are opened in a real browser."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from command import FOREBEAR
from forebear.server.apis.ui import BUILT

UI = Path(__file__).parents[2] / "ui"


@pytest.fixture(scope="session")
def node() -> str:
    """The program that drives the browser; tests that need it are skipped where it is not."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not installed")
    if not (UI / "node_modules").is_dir():
        pytest.skip("ui/node_modules is not installed (`make ui`)")
    return found


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("chromium is not installed")
    if not (BUILT / "index.html").is_file():
        pytest.skip("the web application is not built (`make ui`)")
    return found


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store in it, made once for all workers; copies of it are served."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "seeded"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            subprocess.run(
                [sys.executable, Path(__file__).with_name("seed.py"), folder], check=True
            )
            (folder / "done").touch()
    return folder


@pytest.fixture
def url(seeded: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a server of a fresh copy of the store, asked as `grace`."""
    folder = shutil.copytree(seeded, tmp_path / "store", symlinks=True)
    with serving(folder) as (address, _):
        yield address


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve the store in a folder as `grace`, and yield its address and the process."""
    names = {"LOGNAME": "grace", "USER": "grace"}
    with subprocess.Popen(
        [*FOREBEAR, "serve", "--port", "0", *options],
        cwd=folder,
        env={k: v for k, v in os.environ.items() if k != "FOREBEAR_STORE"} | names,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr is not None
            said = process.stderr.readline()
            found = re.search(r"served at (http://\S+)", said)
            assert found, said + process.stderr.read()
            yield found[1], process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
