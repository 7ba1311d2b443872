"""The SDK: what programs say of themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import forebear as fb
from forebear.capture.session import active
from forebear.client.client import LocalClient, connect
from forebear.core.errors import UnknownRef


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    return tmp_path


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame({"age": [30, 41, 52], "churned": [0, 1, 0]})


def store() -> Any:
    client = connect()
    assert isinstance(client, LocalClient)
    return client.store


def runs() -> list[Any]:
    return list(store().runs())


def test_a_run_is_recorded_with_its_facts(work: Path) -> None:
    with fb.run("train", kind="train", params={"depth": 4}) as run:
        fb.log_params({"rate": 0.1, "when": None})
        fb.log_metrics({"loss": float("nan"), "accuracy": 0.9}, step=2)
    (row,) = runs()
    assert (row.id, row.name, row.kind, row.status) == (run.id, "train", "train", "finished")
    assert row.params == {"depth": 4, "rate": 0.1, "when": None}
    figures = {m.metric.key: m.metric.value for m in store().metrics(runs=[run.id])}
    assert figures == {"loss": "NaN", "accuracy": 0.9}
    assert active() is None


def test_runs_nest(work: Path) -> None:
    with fb.run("outer") as outer, fb.run("inner", kind="evaluate") as inner:
        fb.log_params({"where": "inner"})
    found = store().run(inner.id)
    assert (found.parent, found.root, found.params) == (outer.id, outer.id, {"where": "inner"})
    assert store().run(outer.id).params == {}


def test_a_run_decorates_a_function(work: Path) -> None:
    @fb.run("double")
    def double(value: int) -> int:
        """Twice."""
        return value * 2

    assert double(4) == 8
    assert double.__doc__ == "Twice."
    double(5)
    assert [row.name for row in runs()] == ["double", "double"]


def test_exceptions_pass_through_and_mark_the_run(work: Path) -> None:
    with pytest.raises(ZeroDivisionError), fb.run("train"):
        _ = 1 / 0
    (row,) = runs()
    assert (row.status, row.error) == ("failed", "ZeroDivisionError: division by zero")


def test_data_is_linked_by_content(work: Path, frame: pd.DataFrame) -> None:
    frame.to_csv("people.csv", index=False)
    with fb.run("train") as run:
        fb.log_data("people.csv", name="people", role="train")
        fb.log_data(frame, name="people-frame", role="validation")
        fb.log_metrics({"f1": 0.8}, on="people.csv")
    roles = {edge.role for edge in store().run_edges(run.id) if edge.type == "used"}
    assert {"train", "validation"} <= roles
    (figure,) = store().metrics(runs=[run.id])
    assert figure.data == fb.digest_of("people.csv")
    (version,) = store().versions("data", "people")
    assert (version.version, version.digest) == (1, fb.digest_of("people.csv"))
    (in_memory,) = store().versions("data", "people-frame")
    assert in_memory.digest == fb.digest_of(frame)


def test_output_data_comes_from_the_run(work: Path) -> None:
    Path("scores.csv").write_text("a,b\n1,2\n")
    with fb.run("score") as run:
        fb.log_data("scores.csv", role="output")
    found = fb.trace("scores.csv")
    assert run.id in {node.id for node in found.nodes}


def test_a_model_object_is_kept_named_and_loaded_again(work: Path) -> None:
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit(np.arange(8.0).reshape(4, 2), np.arange(4.0))
    with fb.run("train"):
        fb.log_model(model, name="line")
    with fb.run("serve", kind="consume") as user:
        again = fb.load_model("line")
    assert np.array_equal(again.coef_, model.coef_)
    used = [edge for edge in store().run_edges(user.id) if edge.role == "model"]
    (version,) = store().versions("model", "line")
    assert [edge.source for edge in used] == [version.artifact]


def test_a_model_file_is_named(work: Path) -> None:
    Path("net.onnx").write_bytes(b"weights")
    with fb.run("export") as run:
        fb.log_model("net.onnx", name="net")
    assert fb.show("net:1") is not None
    assert run.id in {node.id for node in fb.trace("net:1").nodes}


def test_use_takes_refs_and_paths(work: Path) -> None:
    Path("notes.txt").write_text("look here")
    with fb.run("first"):
        fb.log_data("notes.txt", name="notes", role="output")
    with fb.run("second") as run:
        fb.use("data:notes", role="reference")
    (edge,) = [e for e in store().run_edges(run.id) if e.role == "reference"]
    assert (edge.source, edge.evidence) == (fb.digest_of("notes.txt"), "declared")


def test_bad_declarations_harm_nobody_and_are_said(
    work: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with fb.run("train") as run:
        fb.use("no-such-thing:3")
        fb.log_data(object(), name="odd")
        fb.log_metrics({"loss": "high"})  # type: ignore[dict-item]
        fb.log_data("people.csv", name="not a name!")
    assert runs()[0].status == "finished"
    assert len(store().gaps([run.id])) >= 3
    assert "no-such-thing" in caplog.text


def test_a_store_that_cannot_be_written_does_not_stop_the_program(
    work: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (work / "blocked").write_text("")
    monkeypatch.setenv("FOREBEAR_STORE", str(work / "blocked" / "store"))
    with fb.run("train") as run:
        fb.log_params({"depth": 3})
        value = 7
    assert value == 7
    assert run.id is None or active() is None
    assert "not recorded" in caplog.text.lower()


def test_secrets_in_params_are_left_out(work: Path) -> None:
    secret = "hunter2" * 3
    with fb.run("train", params={"db_password": secret, "depth": 3}):
        fb.log_params({"url": f"https://me:{secret}@example.org/x"})
    everything = b"".join(p.read_bytes() for p in Path(".forebear").rglob("*") if p.is_file())
    assert secret.encode() not in everything
    assert runs()[0].params["depth"] == 3


def test_loading_what_is_not_there_is_one_clear_error(work: Path) -> None:
    with fb.run("train"):
        pass
    with pytest.raises(UnknownRef):
        fb.load_model("nothing")


def test_facts_outside_a_run_belong_to_one_for_the_process(work: Path) -> None:
    Path("job.py").write_text(
        "import forebear as fb\nfb.log_params({'a': 1})\nfb.log_params({'b': 2})\n"
    )
    subprocess.run([sys.executable, "job.py"], check=True)
    (row,) = runs()
    assert (row.name, row.params, row.status) == ("job.py", {"a": 1, "b": 2}, "finished")


def test_sdk_runs_inside_forebear_run_are_parts_of_it(work: Path) -> None:
    Path("job.py").write_text(
        "import forebear as fb\nwith fb.run('inner'): fb.log_params({'a': 1})\n"
    )
    subprocess.run([sys.executable, "-m", "forebear", "run", "--quiet", "job.py"], check=True)
    (row,) = runs()
    assert row.name == "job.py"
    (inner,) = store().runs(roots_only=False, parent=row.id)
    assert (inner.name, inner.params) == ("inner", {"a": 1})


def test_importing_is_cheap_and_pulls_nothing_in() -> None:
    program = (
        "import time, sys, json; t = time.process_time(); import forebear;"
        "print(json.dumps([time.process_time() - t, sorted(sys.modules)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    seconds, modules = json.loads(done.stdout)
    assert seconds < 0.1
    tops = {name.partition(".")[0] for name in modules}
    assert not tops & {"numpy", "pandas", "sqlalchemy", "rich", "cyclopts", "alembic", "sklearn"}


def test_a_declared_model_comes_from_the_run_that_declared_it(work: Path) -> None:
    from sklearn.linear_model import LinearRegression

    data = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]})
    with fb.run("train", kind="train") as run:
        fb.log_data(data, name="points", role="train")
        fb.log_model(LinearRegression().fit(data[["x"]], data["y"]), name="line")
    found = fb.trace("line")
    assert run.id in {node.id for node in found.nodes}
    assert "points" in {node.name for node in found.nodes}
    assert any("was trained was not seen" in gap for gap in found.gaps)


def test_who_names_a_model_is_believed(work: Path) -> None:
    Path("job.py").write_text(
        "import forebear as fb\n"
        "fb.autolog()\n"
        "from sklearn.linear_model import Ridge\n"
        "models = [Ridge(alpha=a).fit([[0.0], [1.0]], [a, 1.0]) for a in (0.1, 1.0)]\n"
        "fb.log_model(models[0], name='best')\n"
    )
    subprocess.run([sys.executable, "job.py"], check=True)
    assert [row.name for row in store().names("model")] == ["best"]
