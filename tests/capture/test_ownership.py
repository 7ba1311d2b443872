"""Whose a file is, with the environment beside, inside or around the project."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
import venv
from pathlib import Path

import msgspec
import pytest

import forebear
from forebear.capture.ownership import is_environment, is_foreign

ASK = """
import json, sys
from forebear.capture.ownership import is_foreign
print(json.dumps([path for path in sys.argv[1:] if not is_foreign(path)]))
"""


def own(python: Path, cwd: Path, names: list[str]) -> list[str]:
    """Return which of the files under `cwd` are the user's own, as an interpreter there sees it."""
    needed = (Path(forebear.__file__).parents[1], Path(msgspec.__file__).parents[1])
    done = subprocess.run(
        [python, "-c", ASK, *(str(cwd / name) for name in names)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, needed))},
        check=True,
        capture_output=True,
        text=True,
    )
    return [Path(path).relative_to(cwd).as_posix() for path in json.loads(done.stdout)]


def environment(folder: Path) -> Path:
    """Make a virtual environment and return its interpreter."""
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    return next(folder.glob("bin/python")) if os.name != "nt" else folder / "Scripts/python.exe"


def test_an_environment_inside_the_project_is_foreign(tmp_path: Path) -> None:
    python = environment(tmp_path / ".venv")
    (site,) = (tmp_path / ".venv").rglob("site-packages")
    names = [
        "train.py",
        "lib/part.py",
        ".venvs.py",
        (site / "library.py").relative_to(tmp_path).as_posix(),
        (python.parent / "tool.py").relative_to(tmp_path).as_posix(),
        ".venv/src/checkout/module.py",
    ]
    assert own(python, tmp_path, names) == ["train.py", "lib/part.py", ".venvs.py"]


def test_a_project_laid_out_in_its_environment_stays_the_users(tmp_path: Path) -> None:
    python = environment(tmp_path)
    (site,) = tmp_path.rglob("site-packages")
    names = [
        "train.py",
        "src/part.py",
        (site / "library.py").relative_to(tmp_path).as_posix(),
        (python.parent / "tool.py").relative_to(tmp_path).as_posix(),
    ]
    assert own(python, tmp_path, names) == ["train.py", "src/part.py"]


@pytest.mark.parametrize(
    "path",
    [
        os.__file__,
        pytest.__file__,
        forebear.__file__,
        f"{os.sep}home{os.sep}.local{os.sep}site-packages{os.sep}a.py",
        f"{os.sep}usr{os.sep}lib{os.sep}python3{os.sep}dist-packages{os.sep}a.py",
    ],
)
def test_what_others_wrote_is_foreign(path: str) -> None:
    assert is_foreign(path)


@pytest.mark.parametrize("folder", [Path(forebear.__file__).parent, sysconfig.get_path("stdlib")])
def test_a_name_that_only_begins_alike_is_the_users(folder: Path | str) -> None:
    assert not is_foreign(f"{folder}_demo{os.sep}train.py")


def test_environments_are_known_by_what_lies_in_them(tmp_path: Path) -> None:
    for name in ("virtual", "conda", "neither"):
        (tmp_path / name).mkdir()
    (tmp_path / "virtual" / "pyvenv.cfg").write_text("")
    (tmp_path / "conda" / "conda-meta").mkdir()
    found = [folder.name for folder in sorted(tmp_path.iterdir()) if is_environment(folder)]
    assert found == ["conda", "virtual"]
