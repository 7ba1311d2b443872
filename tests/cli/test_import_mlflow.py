import json
import shutil

import pytest

from forebear.cli import main
from server.mlflow.importing.conftest import there

__all__ = ["there"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("FOREBEAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_verdict_a_table_and_what_is_missing(folder, there, capsys):
    assert main(["import", "mlflow", "sqlite:///there/mlflow.db", "--dry-run"]) == 0
    assert "Nothing was changed" in capsys.readouterr().out
    shutil.move(there / "artifacts", there / "mlartifacts")
    assert main(["import", "mlflow", "sqlite:///there/mlflow.db"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Imported what is new at sqlite:///there/mlflow.db, with 4 files")
    assert "logged models" in out
    assert err == ""
    assert main(["import", "mlflow", "there/mlruns", "--workspace", "old", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["runs"]["new"], told["notes"]) == (4, [])
    assert main(["import", "mlflow", "sqlite:///there/mlflow.db"]) == 0
    assert "nothing that is not here already" in capsys.readouterr().out


def test_errors_are_one_sentence(folder, capsys):
    assert main(["import", "mlflow", "nothing.db"]) == 2
    assert "There is nothing at nothing.db" in capsys.readouterr().err
    assert main(["import", "mlflow"]) == 2
    assert "nothing to take in" in capsys.readouterr().err
