"""Notebooks: one run for a session, cells told apart by number and execution."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("IPython")

LOOK = "from pathlib import Path; Path('in.csv').read_text()"
FOREBEAR = [sys.executable, "-m", "forebear"]


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    (tmp_path / "in.csv").write_text("a,y\n" + "".join(f"{n},{n % 2}\n" for n in range(20)))
    return tmp_path


@pytest.fixture
def shell() -> Iterator[Any]:
    from IPython.core.interactiveshell import InteractiveShell

    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    yield shell
    shell.run_line_magic("unload_ext", "forebear")
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


def answer(*words: str) -> Any:
    done = subprocess.run(
        [*FOREBEAR, *words, "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def shown() -> Any:
    (run,) = answer("log")["runs"]
    return answer("show", f"run:{run['id']}")


def ran(shell: Any, *cells: str) -> list[bool]:
    return [bool(shell.run_cell(cell, store_history=True).success) for cell in cells]


def test_cells_are_told_apart_and_an_error_does_not_fail_the_run(shell: Any) -> None:
    read = "import pandas as pd\nframe = pd.read_csv('in.csv')"
    save = "frame.assign(b=frame.a * 2).to_csv('out.csv')"
    done = ran(shell, "%load_ext forebear", read, "1 / 0", save, read, save, "%unload_ext forebear")
    assert done == [True, True, False, True, True, True, True]
    view = shown()
    assert view["run"]["status"] == "finished"
    steps = {step["kind"]: step for step in view["steps"]}
    assert [step["where"] for step in view["steps"] if step["kind"] == "ingest"] == [
        "cell 2:2",
        "cell 2 (2nd execution):2",
    ]
    cells = [(s["name"], s["status"]) for s in view["steps"] if s["kind"] == "cell"]
    assert cells == [
        ("cell 2", "finished"),
        ("cell 3", "failed"),
        ("cell 4", "finished"),
        ("cell 2 (2nd execution)", "finished"),
        ("cell 4 (2nd execution)", "finished"),
    ]
    assert steps["cell"]["attrs"]["execution"] == 6
    assert "in.csv" in {node.get("label") for node in answer("trace", "out.csv")["nodes"]}


def test_the_source_of_all_cells_is_kept_in_order(shell: Any, work: Path) -> None:
    ran(shell, "%load_ext forebear", *(f"x = {n}" for n in range(2, 12)), "%unload_ext forebear")
    view = shown()
    cells = [step for step in view["steps"] if step["kind"] == "cell"]
    kept = work / ".forebear" / "blobs"
    sources = [
        (kept / digest[7:9] / digest[9:]).read_text()
        for digest in (cell["attrs"]["source"] for cell in cells)
    ]
    assert sources == [f"x = {n}" for n in range(2, 12)]
    (code,) = [tie for tie in view["context"] if tie["kind"] == "code"]
    files = answer("show", code["id"])["node"]["attrs"]["files"]
    assert [file for file in files if file.startswith("cell")] == [
        f"cell-{n:04}" for n in range(1, 13)
    ]


def test_autolog_in_a_notebook_does_the_same(shell: Any) -> None:
    ran(shell, "import forebear as fb; fb.autolog()", LOOK)
    ran(shell, "Path('new.txt').write_text('x')", "%load_ext forebear", "%unload_ext forebear")
    assert "cell 2" in {step["name"] for step in shown()["steps"]}


def test_what_comes_after_unloading_is_not_recorded(shell: Any) -> None:
    ran(shell, "%load_ext forebear", "%unload_ext forebear", LOOK)
    assert shown()["inputs"] == []
    ran(shell, "%load_ext forebear", LOOK, "%unload_ext forebear")
    assert len(answer("log")["runs"]) == 2


def ran_in(client: Any, *cells: str) -> None:
    for cell in cells:
        reply = client.execute_interactive(cell, timeout=60, output_hook=lambda _: None)
        assert reply["content"]["status"] == "ok"


def test_a_restarted_kernel_is_another_run(work: Path) -> None:
    pytest.importorskip("ipykernel")
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3", env=dict(os.environ))
    try:
        ran_in(client, "%load_ext forebear", LOOK)
        manager.restart_kernel()
        client.wait_for_ready(timeout=60)
        ran_in(client, "%load_ext forebear", LOOK, LOOK)
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    runs = answer("log")["runs"]
    assert [run["status"] for run in runs] == ["finished", "finished"]
    cells = [[step["name"] for step in answer("show", f"run:{run['id']}")["steps"]] for run in runs]
    assert cells == [["cell 2", "cell 2 (2nd execution)"], ["cell 2"]]


def test_an_object_of_a_notebook_can_be_asked_about(shell: Any) -> None:
    make = (
        "import pandas as pd, forebear as fb\n"
        "from sklearn.tree import DecisionTreeClassifier\n"
        "frame = pd.read_csv('in.csv')\n"
        "tree = DecisionTreeClassifier().fit(frame[['a']], frame['y'])"
    )
    ask = (
        "model, data = fb.trace(tree), fb.trace(frame)\n"
        "labels = {node.label for node in model.nodes}\n"
        "sources = {node.label for node in data.nodes}"
    )
    assert all(ran(shell, "%load_ext forebear", make, ask))
    assert "in.csv" in shell.user_ns["labels"]
    assert "in.csv" in shell.user_ns["sources"]
