from __future__ import annotations

import logging
import sys
from importlib.metadata import EntryPoint
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
    plugins.load_folder.cache_clear()
    yield "some_folder"
    plugins.load_folder.cache_clear()
    for name in [n for n in sys.modules if n.split(".")[0] in {"some_folder", "stranger"}]:
        del sys.modules[name]


def test_every_public_file_of_a_folder_is_loaded_in_order(package):
    assert [module.NAME for module in plugins.load_folder(package)] == ["alpha", "beta"]


def test_strangers_come_after_ours_and_a_broken_one_is_left_out(package, monkeypatch, caplog):
    entries = [EntryPoint(name, name, package) for name in ("broken", "stranger")]
    monkeypatch.setattr(plugins, "entry_points", lambda group: entries if group == package else [])
    with caplog.at_level(logging.ERROR):
        names = [module.NAME for module in plugins.load_folder(package)]
    assert names == ["alpha", "beta", "stranger"]
    assert "The plugin broken (broken) cannot be loaded." in caplog.text
