"""What results are called that nobody has given a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from forebear.capture.naming import name_for_model


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "churn"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("churn.joblib", "churn"),
        ("models/churn.joblib", "churn"),
        ("delay/model.pkl", "delay"),
        ("model.pkl", "ridge"),
        ("models/model.pkl", "ridge"),
    ],
)
def test_a_model_is_called_after_its_file_or_folder_but_not_after_the_project(
    project: Path, file: str, name: str
) -> None:
    assert name_for_model(project / file, "train.py", "Ridge") == name
