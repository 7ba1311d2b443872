"""Loading a model records who uses it, and says when it is recalled."""

from __future__ import annotations

import subprocess
import sys
import warnings

import pytest

import forebear as fb
from command import answer, forebear
from forebear.capture import loading
from forebear.core.errors import Conflict

TRAIN = """
import pickle
import forebear as fb
with fb.run("train", kind="train"):
    fb.log_data("data.csv", name="numbers")
    open("model.pkl", "wb").write(pickle.dumps({"weights": [1, 2]}))
    fb.log_model("model.pkl", name="churn")
"""
USE = """
import forebear as fb
for _ in range(3):
    assert fb.load_model("churn") == {"weights": [1, 2]}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.csv").write_text("a\n1\n")
    subprocess.run([sys.executable, "-c", TRAIN], check=True)
    loading._warned.clear()
    loading._told.clear()
    return tmp_path


def test_a_program_that_loads_a_model_is_a_consumer(folder):
    (folder / "use.py").write_text(USE)
    subprocess.run([sys.executable, "use.py"], check=True)
    (one,) = answer("consumers", "churn")["consumers"]
    assert (one["who"], one["how"], one["times"]) == ("use.py", "consumes", 1)
    reached = answer("impact", "data.csv")["consumers"]
    assert [item["title"] for item in reached] == ["use.py (churn:1)"]
    told = answer("show", f"run:{one['id']}")["run"]
    assert (told["kind"], told["status"]) == ("consume", "finished")


def test_a_module_that_loads_a_model_bears_its_own_name(folder):
    (folder / "service").mkdir()
    (folder / "service" / "__main__.py").write_text(USE)
    subprocess.run([sys.executable, "-m", "service"], check=True)
    assert [one["who"] for one in answer("consumers", "churn")["consumers"]] == ["service"]


def test_a_store_that_cannot_be_written_does_not_keep_a_model_away(folder, monkeypatch, caplog):
    def refuse(*_, **__):
        raise OSError("no room")

    monkeypatch.setattr(loading, "SpoolWriter", refuse)
    assert fb.load_model("churn") == {"weights": [1, 2]}
    assert "not recorded" in caplog.text


def test_a_recalled_model_warns_once_and_strictly_is_refused(folder):
    done = forebear("recall", "churn:1", "--reason", "it leaks")
    assert done.returncode == 0, done.stderr
    with pytest.warns(loading.RecallWarning, match="churn.* was recalled: it leaks") as caught:
        assert fb.load_model("churn:1") == {"weights": [1, 2]}
    assert len(caught) == 1
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert fb.load_model("churn:1") == {"weights": [1, 2]}
    with pytest.raises(Conflict, match="was recalled: it leaks"):
        fb.load_model("churn:1", strict=True)


def test_a_sound_model_is_loaded_without_a_word(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert fb.load_model("churn", strict=True) == {"weights": [1, 2]}
