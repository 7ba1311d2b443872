from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from forebear import plugins


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "some_folder"
    folder.mkdir()
    for name in ("__init__", "beta", "alpha", "_private"):
        (folder / f"{name}.py").write_text(f"NAME = {name!r}\n")
    (tmp_path / "stranger.py").write_text("NAME = 'stranger'\n")
    (tmp_path / "broken.py").write_text("raise RuntimeError('no')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for known in (plugins.load_folder, plugins.strangers):
        known.cache_clear()
    yield "some_folder"
    for known in (plugins.load_folder, plugins.strangers):
        known.cache_clear()
    for name in [n for n in sys.modules if n.split(".")[0] in {"some_folder", "stranger"}]:
        del sys.modules[name]


def test_every_public_file_of_a_folder_is_loaded_in_order(package):
    assert [module.NAME for module in plugins.load_folder(package)] == ["alpha", "beta"]


def test_strangers_come_after_ours_and_a_broken_one_is_left_out(package, tmp_path, caplog):
    info = tmp_path / "others-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{package}]\nbroken = broken\nstranger = stranger\n")
    with caplog.at_level(logging.ERROR):
        names = [module.NAME for module in plugins.load_folder(package)]
    assert names == ["alpha", "beta", "stranger"]
    assert "The plugin broken (broken) cannot be loaded." in caplog.text


def test_a_group_that_nobody_brings_has_no_strangers(package):
    assert plugins.strangers(package) == []


def test_keys_are_read_from_the_text_of_files_that_are_not_imported(package, tmp_path):
    (tmp_path / package / "beta.py").write_text(
        'raise RuntimeError\nMODULES: dict = {"one": f, "two.three": g}\n'
    )
    (tmp_path / package / "alpha.py").write_text('MODULES = {\n    "four": h,\n}\n')
    assert plugins.keys_in_files(package, "MODULES") == {
        f"{package}.alpha": ["four"],
        f"{package}.beta": ["one", "two.three"],
    }


def test_what_is_read_of_our_integrations_is_what_they_are():
    group = "forebear.capture.integrations"
    told = plugins.keys_in_files(group, "MODULES")
    files = plugins.load_folder(group)
    assert told == {file.__name__: list(file.MODULES) for file in files}
